"""Replies as Telegram HTML: escaped, right-to-left, within Telegram's limits."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InputTextMessageContent

from bot.conversation import Button, Decision, Offer, Part, Reply, Responder
from bot.knowledge import Knowledge
from bot.preview.entities import parse_html, utf16_length
from bot.telegram import rendering
from bot.telegram.rendering import RLM, Votes, right_to_left

NAME = "kpo_test_bot"
TEXTS = st.text(max_size=400).filter(lambda text: text.strip() != "")


def letters(text: str) -> str:
    """A text without spaces and marks."""
    return "".join(text.replace(RLM, "").split())


def first_strong(line: str) -> str | None:
    return next((d for c in line if (d := unicodedata.bidirectional(c)) in ("L", "R", "AL")), None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("KPO הוא", RLM + "KPO הוא"),
        ("• KPO הוא", RLM + "• KPO הוא"),
        ("17 מיליארד", "17 מיליארד"),
        ("מה זה KPO", "מה זה KPO"),
        ("", ""),
        ("מה\nKPO", "מה\n" + RLM + "KPO"),
    ],
)
def test_lines_read_right_to_left(line: str, expected: str) -> None:
    assert right_to_left(line) == expected


@given(TEXTS)
def test_any_text_reads_right_to_left(text: str) -> None:
    assert all(first_strong(line) != "L" for line in right_to_left(text).split("\n"))
    assert right_to_left(right_to_left(text)) == right_to_left(text)


@given(TEXTS, TEXTS)
def test_any_text_comes_through_as_it_is(knowledge: Knowledge, title: str, body: str) -> None:
    reply = Reply(Decision.ANSWER, ("a", "b"), (Part(body, title), Part(body, title)))
    shown, entities = parse_html("".join(one.html for one in rendering.reply(reply, knowledge, NAME)))
    assert letters(shown).count(letters(title)) >= 2 and letters(shown).count(letters(body)) >= 2
    assert {entity["type"] for entity in entities} <= {"bold", "expandable_blockquote"}


def test_two_long_answers_are_two_messages(knowledge: Knowledge) -> None:
    parts = (Part("א" * 3800, "כותרת"), Part("ב" * 3800, "כותרת"))
    messages = rendering.reply(Reply(Decision.ANSWER, ("a", "b"), parts, (Button("ג", "israel"),)), knowledge, NAME)
    assert len(messages) == 2
    assert messages[0].keyboard is None and messages[1].keyboard is not None
    assert all(utf16_length(parse_html(message.html)[0]) <= 4096 for message in messages)


def test_every_topic_fits_and_reads_right_to_left(responder: Responder) -> None:
    knowledge = responder.knowledge
    shown = [rendering.start(knowledge), rendering.help_text(knowledge), rendering.about(knowledge), rendering.menu(knowledge)]
    shown += [rendering.theme(knowledge, theme) for theme in knowledge.themes]
    for topic, entry in knowledge.entries.items():
        for offer in Offer:
            reply = Reply(Decision.ANSWER, (topic,), (Part(entry.answer),), offer=offer)
            shown += rendering.reply(reply, knowledge, NAME)
    assert len(shown) > 200
    for one in shown:
        text, _ = parse_html(one.html)
        assert 0 < utf16_length(text) <= 4096
        assert all(first_strong(line) in (None, "R") for line in text.split("\n"))
        for row in one.keyboard.inline_keyboard if one.keyboard else ():
            assert sum(len(button.text) for button in row) <= 31
            for button in row:
                assert first_strong(button.text) == "R"
                assert bool(button.url) or 0 < len(str(button.callback_data).encode()) <= 64


def test_a_long_reply_folds_all_but_the_first_paragraphs(knowledge: Knowledge) -> None:
    parts = (Part("ראשון\n\n" + "שני " * 200, "כותרת"), Part("קצר", "כותרת"))
    [message] = rendering.reply(Reply(Decision.ANSWER, ("israel", "india-share"), parts), knowledge, NAME)
    text, entities = parse_html(message.html)
    [folded] = [entity for entity in entities if entity["type"] == "expandable_blockquote"]
    assert text[: folded["offset"]].split() == ["כותרת", "ראשון"]
    assert text[folded["offset"] + folded["length"] :].split() == ["כותרת", "קצר"]


def test_a_short_reply_is_not_folded(knowledge: Knowledge) -> None:
    [message] = rendering.reply(Reply(Decision.ANSWER, ("israel",), (Part("ראשון\n\nשני"),)), knowledge, NAME)
    assert parse_html(message.html)[1] == []


@pytest.mark.parametrize(
    ("votes", "up", "down"),
    [
        (Votes(), "עזר 👍", "לא עזר 👎"),
        (Votes(up=1), "עזר 👍 ✓", "לא עזר 👎"),
        (Votes(down=1), "עזר 👍", "לא עזר 👎 ✓"),
        (Votes(up=2, down=1, counted=True), "עזר 👍 (2)", "לא עזר 👎 (1)"),
    ],
)
def test_the_buttons_show_the_votes(knowledge: Knowledge, votes: Votes, up: str, down: str) -> None:
    topic = Reply(Decision.ANSWER, ("israel",), (Part("א"),), (Button("ג", "india-share"),), Offer.VOTE)
    [message] = rendering.reply(topic, knowledge, NAME)
    assert message.keyboard
    keyboard = rendering.with_votes(message.keyboard, ("israel",), knowledge, NAME, votes)
    rows = keyboard.inline_keyboard
    assert [button.text for button in rows[-1][:2]] == [up, down]
    assert rows[:-1] == message.keyboard.inline_keyboard[:-1]


def test_a_button_carries_both_topics_where_there_is_room(knowledge: Knowledge) -> None:
    for topics, expected in [(("israel", "india-share"), 2), (("israel", "x" * 60), 1)]:
        row = rendering.vote_row(topics, knowledge, NAME)
        assert rendering.topics_in(str(row[0].callback_data), knowledge) == topics[:expected]


def test_what_inline_mode_sends_stands_alone(knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        result = rendering.inline_result(entry, knowledge, NAME)
        content = result.input_message_content
        assert isinstance(content, InputTextMessageContent)
        text, entities = parse_html(content.message_text)
        assert entry.title in text and knowledge.source.author in text and letters(entry.answer) in letters(text)
        assert all(first_strong(line) in (None, "R") for line in text.split("\n"))
        assert [entity["type"] for entity in entities] == ["bold", "italic"]
        assert first_strong(result.title) == "R" and first_strong(result.description or "") == "R"
