"""Whether an answer helped: votes under it, what a bad one leads to, and the link to pass it on."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.conversation import Responder
from bot.preview.botapi import BotAPI
from bot.preview.people import Chat
from tests.telegram.conftest import running
from tests.telegram.talk import ask, buttons, labels, press, settled

UP, DOWN = "עזר 👍", "לא עזר 👎"


def votes(message: dict[str, Any]) -> list[str]:
    return [*labels(message, "u:"), *labels(message, "d:")]


def data(message: dict[str, Any], prefix: str) -> str:
    return next(b["callback_data"] for b in buttons(message) if b.get("callback_data", "").startswith(prefix))


async def vote(bot: BotAPI, chat: Chat, message: dict[str, Any], prefix: str, by: int | None = None) -> str:
    """Press a vote; what is shown for a moment."""
    number = chat.press_data(message, data(message, prefix), by=by)
    await bot.until(lambda: number in bot.toasts)
    await settled(bot)
    return str(bot.toasts[number]["text"])


async def test_a_vote_is_shown_and_thanked_for_and_can_be_changed(bot: BotAPI, responder: Responder) -> None:
    texts, chat = responder.knowledge.texts, bot.chat(1)
    answer = await ask(chat, "מה זה KPO?")
    topics = labels(answer, "t:")
    assert votes(answer) == [UP, DOWN]
    assert await vote(bot, chat, answer, "u:") == texts.voted_up
    await bot.until(lambda: votes(answer) == [f"{UP} ✓", DOWN])
    assert len(chat.from_bot) == 1, "a good vote is no reason to write"
    assert await vote(bot, chat, answer, "u:") == texts.vote_kept
    assert await vote(bot, chat, answer, "d:") == texts.voted_down
    await bot.until(lambda: votes(answer) == [UP, f"{DOWN} ✓"])
    assert labels(answer, "t:") == topics


async def test_a_bad_vote_asks_what_was_meant(bot: BotAPI, responder: Responder) -> None:
    texts, chat = responder.knowledge.texts, bot.chat(1)
    answer = await ask(chat, "מה היתרונות של KPO?")
    asked = await press(chat, answer, DOWN)
    assert asked["text"].strip() == texts.meant.strip()
    offered = labels(asked, "t:")
    assert 1 <= len(offered) <= 3 and responder.knowledge.entries["kpo-advantages"].title not in offered
    assert labels(asked)[-1] == texts.none_button
    menu = await press(chat, asked, texts.none_button)
    assert menu["text"].strip() == texts.none_of_these.strip() and labels(menu) == labels(menu, "m:")
    await vote(bot, chat, answer, "d:")
    assert len(chat.from_bot) == 3, "asked back once"


async def test_what_was_meant_is_answered_and_leant_on(bot: BotAPI) -> None:
    chat = bot.chat(1)
    asked = await press(chat, await ask(chat, "מה היתרונות של KPO?"), DOWN)
    [first, *_] = labels(asked, "t:")
    await press(chat, asked, first)
    assert "על זה כבר עניתי" in (await press(chat, asked, first))["text"]


async def test_in_a_group_each_person_has_a_vote(bot: BotAPI) -> None:
    group = bot.chat(-7, "supergroup")
    group.write(f"@{bot.username} מה זה KPO?", by=3)
    answer = await group.answer()
    for person in (3, 4, 4):
        await vote(bot, group, answer, "u:", by=person)
    await vote(bot, group, answer, "d:", by=5)
    await bot.until(lambda: votes(answer) == [f"{UP} (2)", f"{DOWN} (1)"])
    asked = await group.answer(2)
    assert asked["reply_to_message"]["message_id"] == answer["message_id"]
    await vote(bot, group, answer, "u:", by=5)
    await bot.until(lambda: votes(answer) == [f"{UP} (3)", DOWN])


async def test_an_answer_from_before_a_restart_can_be_voted_on(api: BotAPI, responder: Responder) -> None:
    chat = api.chat(1)
    async with running(api, responder):
        answer = await ask(chat, "מה היתרונות של KPO?")
        await vote(api, chat, answer, "u:")
    async with running(api, responder):
        asked = await press(chat, answer, DOWN)
        assert labels(asked, "t:")
        await api.until(lambda: votes(answer) == [UP, f"{DOWN} ✓"])
        await vote(
            api, chat, {"message_id": 9_999, "chat": chat.record, "date": 0, "reply_markup": answer["reply_markup"]}, "u:"
        )


@pytest.mark.parametrize("pressed", ["u:", "d:no-such-topic"])
async def test_a_vote_on_a_topic_that_is_gone_gets_a_word(bot: BotAPI, responder: Responder, pressed: str) -> None:
    chat = bot.chat(1)
    number = chat.press_data(await ask(chat, "מה זה KPO?"), pressed)
    await bot.until(lambda: number in bot.toasts)
    assert bot.toasts[number]["text"].strip() == responder.knowledge.texts.removed_topic.strip()


async def test_small_talk_and_refusals_are_not_voted_on(bot: BotAPI) -> None:
    for text in ("תודה רבה!", "מה מזג האוויר מחר?", "KPO גמלים"):
        assert votes(await ask(bot.chat(1), text)) == []


async def test_two_answers_have_one_vote(bot: BotAPI) -> None:
    answer = await ask(bot.chat(1), "מה זה KPO? ומי כתב את המאמר?")
    assert data(answer, "u:") == "u:kpo-definition+article-source" and len(votes(answer)) == 2


async def test_an_answer_is_passed_on_as_a_link_to_its_topic(bot: BotAPI, responder: Responder) -> None:
    chat = bot.chat(1)
    answer = await ask(chat, "מה זה KPO?")
    [link] = [button["url"] for button in buttons(answer) if "url" in button]
    shared = parse_qs(urlsplit(link).query)
    assert link.startswith("https://t.me/share/url?") and shared["text"] == [
        responder.knowledge.entries["kpo-definition"].title
    ]
    [deep] = shared["url"]
    assert deep == f"https://t.me/{bot.username}?start=kpo-definition"
    opened = await ask(chat, f"/start {parse_qs(urlsplit(deep).query)['start'][0]}")
    assert opened["text"] == answer["text"], "who follows a link sees what it leads to"
