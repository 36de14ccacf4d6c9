"""Messages and the replies they get: what must hold whatever the words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Context, Decision, Responder
from bot.knowledge import Examples, Knowledge
from bot.matcher.index import restored, stored
from bot.matcher.matcher import Matcher
from tests.rows import tsv


def topics(responder: Responder, *messages: str) -> list[tuple[str, ...]]:
    context, found = Context(), []
    for message in messages:
        reply, context = responder.reply(message, context)
        found.append(reply.topics if reply.decision is Decision.ANSWER else ())
    return found


@pytest.mark.parametrize(("dialogue", "expected"), tsv("dialogues.tsv"))
def test_dialogues(responder: Responder, dialogue: str, expected: str) -> None:
    wanted = [tuple(filter(None, turn.split("+"))) for turn in expected.split("|")]
    assert topics(responder, *dialogue.split("|")) == wanted


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["היי, ", "שלום! ", "בוקר טוב, ", "תודה רבה. ", "אהלן "]), st.data())
def test_a_greeting_changes_nothing(responder: Responder, greeting: str, data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from([e for e in responder.knowledge.entries.values() if e.kind != "chat"]))
    plain = topics(responder, entry.title)
    assert topics(responder, greeting + entry.title) == plain
    assert topics(responder, entry.title + " תודה!") == plain


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_fillers_change_nothing(responder: Responder, data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from([e for e in responder.knowledge.entries.values() if e.kind != "chat"]))
    filler = data.draw(st.sampled_from(["בבקשה", "תגיד", "בעצם", "יאללה", "please"]))
    assert topics(responder, f"{filler} {entry.title}") == topics(responder, entry.title)


@pytest.mark.parametrize("kind", ["answer", "uncovered", "chat"])
def test_every_title_gets_its_own_answer(responder: Responder, kind: str) -> None:
    entries = [entry for entry in responder.knowledge.entries.values() if entry.kind == kind]
    assert entries
    assert {entry.id: topics(responder, entry.title) for entry in entries} == {e.id: [(e.id,)] for e in entries}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_message_gets_a_reply(responder: Responder, message: str) -> None:
    reply, _ = responder.reply(message, Context(("israel",)))
    assert reply.text.strip() and len(reply.topics) <= 3
    assert bool(reply.topics) is (reply.decision is not Decision.FALLBACK)


def test_a_topic_that_was_picked_is_what_the_next_message_leans_on(responder: Responder) -> None:
    _, context = responder.show("bpo-definition", Context())
    assert responder.reply("ומה היתרונות שלו?", context)[0].topics == ("bpo-advantages",)
    with pytest.raises(KeyError):
        responder.show("no-such-topic", Context())


def test_what_was_learned_is_the_same_after_a_restart(knowledge: Knowledge, examples: Examples, matcher: Matcher) -> None:
    again = restored(knowledge, stored(matcher))
    for phrasings in examples.phrasings.values():
        for phrasing in phrasings[:5]:
            assert again.match(phrasing).decision == matcher.match(phrasing).decision


def test_topics_that_are_gone_since_they_were_said_do_no_harm(responder: Responder) -> None:
    gone = ("gone-since",)
    for message in ("לא", "עוד", "לא, התכוונתי ל-BPO", "מה זה KPO?"):
        assert responder.reply(message, Context(gone, gone, gone, gone))[0].parts
