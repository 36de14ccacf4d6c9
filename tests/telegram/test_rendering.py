"""Replies as Telegram HTML: escaped, right-to-left, within Telegram's limits."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Button, Decision, Part, Reply, Responder
from bot.knowledge import Knowledge
from bot.preview.entities import parse_html, utf16_length
from bot.telegram import rendering
from bot.telegram.rendering import RLM, right_to_left

TEXTS = st.text(max_size=400).filter(lambda text: text.strip() != "")


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
    shown, entities = parse_html("".join(one.html for one in rendering.reply(reply, knowledge)))
    assert shown.count(right_to_left(title.strip())) >= 2 and shown.count(right_to_left(body.strip())) >= 2
    assert all(entity["type"] == "bold" for entity in entities)


def test_two_long_answers_are_two_messages(knowledge: Knowledge) -> None:
    parts = (Part("א" * 3800, "כותרת"), Part("ב" * 3800, "כותרת"))
    messages = rendering.reply(Reply(Decision.ANSWER, ("a", "b"), parts, (Button("ג", "israel"),)), knowledge)
    assert len(messages) == 2
    assert messages[0].keyboard is None and messages[1].keyboard is not None
    assert all(utf16_length(parse_html(message.html)[0]) <= 4096 for message in messages)


def test_every_topic_fits_and_reads_right_to_left(responder: Responder) -> None:
    knowledge = responder.knowledge
    shown = [rendering.start(knowledge), rendering.help_text(knowledge), rendering.about(knowledge), rendering.menu(knowledge)]
    shown += [rendering.theme(knowledge, theme) for theme in knowledge.themes]
    for topic in knowledge.entries:
        shown += rendering.reply(Reply(Decision.ANSWER, (topic,), (Part(knowledge.entries[topic].answer),)), knowledge)
    assert len(shown) > 40
    for one in shown:
        text, _ = parse_html(one.html)
        assert 0 < utf16_length(text) <= 4096
        assert all(first_strong(line) in (None, "R") for line in text.split("\n"))
        for row in one.keyboard.inline_keyboard if one.keyboard else ():
            assert len(row) == 1 and first_strong(row[0].text) == "R"
            assert len(row[0].text) <= 31 and len(str(row[0].callback_data).encode()) <= 64
