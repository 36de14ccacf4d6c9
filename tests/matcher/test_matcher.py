"""Decisions, on the shipped knowledge: what must hold whatever the words."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge import Examples, Knowledge
from bot.matcher.matcher import Decision, Matcher, Reason
from bot.matcher.training import learned
from tests.rows import tsv

LATIN = "abcdefghijklmnopqrstuvwxyz"


def phrasings(examples: Examples, per_topic: int) -> list[tuple[str, str]]:
    chosen = random.Random(7)
    return [(t, p) for t, ps in examples.phrasings.items() for p in chosen.sample(ps, per_topic) if not t.startswith("chat")]


def test_what_a_phrasing_says_gets_its_topic(matcher: Matcher, examples: Examples) -> None:
    rows = phrasings(examples, 12)
    wrong = [(p, t, m.topics) for t, p in rows if (m := matcher.match(p)).decision is not Decision.ANSWER or t not in m.topics]
    assert len(rows) > 300 and len(wrong) <= len(rows) * 0.03, wrong


@pytest.mark.parametrize("courtesy", ["היי, {}", "שלום! {}", "תגיד {}", "{} בבקשה", "{} תודה מראש"])
def test_a_courtesy_changes_nothing(matcher: Matcher, examples: Examples, courtesy: str) -> None:
    rows = [text for _, text in phrasings(examples, 2)]
    changed = [text for text in rows if matcher.match(text).topics[:1] != matcher.match(courtesy.format(text)).topics[:1]]
    assert len(changed) <= len(rows) * 0.05, changed


@pytest.mark.parametrize(("question", "topic", "swapped", "other"), tsv("swaps.tsv"))
def test_the_word_that_decides(matcher: Matcher, question: str, topic: str, swapped: str, other: str) -> None:
    assert matcher.match(question).topics[:1] == (topic,)
    assert matcher.match(swapped).topics[:1] == (other,)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["kpo", "bpo"]), st.integers(0, 2), st.sampled_from(LATIN), st.sampled_from(["put", "add", "drop", "swap"])
)
def test_a_slip_never_turns_one_acronym_into_the_other(matcher: Matcher, name: str, at: int, letter: str, slip: str) -> None:
    typed = {
        "put": name[:at] + letter + name[at + 1 :],
        "add": name[:at] + letter + name[at:],
        "drop": name[:at] + name[at + 1 :],
        "swap": name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    }[slip]
    other = {"kpo": "bpo", "bpo": "kpo"}[name]
    if typed != other:
        assert all(other.upper() not in word.concepts for word in matcher.reader.read(typed))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.sampled_from([(), ("israel",), ("kpo-tasks", "bpo-tasks")]))
def test_any_text_gets_a_decision_and_always_the_same(matcher: Matcher, text: str, before: tuple[str, ...]) -> None:
    match = matcher.match(text, before)
    assert match == matcher.match(text, before)
    assert bool(match.topics) is (match.decision is not Decision.FALLBACK)
    assert 0 <= match.confidence <= 1 and len(match.topics) <= (2 if match.decision is Decision.ANSWER else 3)


STORY = (
    "אני עובדת בבנק כבר עשרים שנה, אתמול הייתה לנו ישיבה ארוכה והבוס דיבר בלי סוף על שינויים בחברה. "
    "אשמח אם תסביר לי מה היתרונות של KPO, תודה רבה לך ושבוע טוב"
)


@pytest.mark.parametrize("beside", ["", "היי מה שלומך? ", "מי אתה? "])
def test_small_talk_does_not_hide_the_question_of_a_story(matcher: Matcher, beside: str) -> None:
    assert "kpo-advantages" in matcher.match(beside + STORY).topics


def test_a_line_break_parts_questions_in_any_layout(matcher: Matcher) -> None:
    assert set(matcher.match("מה זה לפם\nמי כתב את המאמר").topics) == {"kpo-definition", "article-source"}


def test_two_questions_on_what_is_compared_get_the_comparison_first(matcher: Matcher) -> None:
    match = matcher.match("מה היתרונות של BPO? ומה היתרונות של KPO?")
    assert (match.topics, match.reason) == (("difference-advantage", "bpo-advantages"), Reason.TWO_QUESTIONS)


def test_small_talk_is_not_leaned_on(matcher: Matcher) -> None:
    assert "bpo-advantages" in matcher.match("מי אתה? ומה היתרונות שלו?", ("bpo-definition",)).topics


@pytest.mark.parametrize("text", ["", " ", "?!", "🎈", "\u202e"])
def test_no_words_are_not_understood(matcher: Matcher, text: str) -> None:
    assert matcher.match(text).reason is Reason.EMPTY


def test_the_order_of_entries_changes_nothing(knowledge: Knowledge, examples: Examples) -> None:
    topics = list(examples.phrasings)[:6]
    some = replace(
        examples,
        phrasings={topic: examples.phrasings[topic][:40] for topic in topics},
        off_domain=examples.off_domain[:80],
        follow_ups=tuple(f for f in examples.follow_ups if {f.before, f.topic} <= set(topics)),
    )
    turned = replace(
        some,
        phrasings={topic: some.phrasings[topic][::-1] for topic in reversed(topics)},
        off_domain=some.off_domain[::-1],
        follow_ups=some.follow_ups[::-1],
    )
    one, other = learned(knowledge, some), learned(knowledge, turned)
    assert one.ranker.network.to_bytes() == other.ranker.network.to_bytes()
    assert one.ranker.exact.to_bytes() == other.ranker.exact.to_bytes()
    assert one.reader.vocabulary == other.reader.vocabulary
