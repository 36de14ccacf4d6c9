"""Inline mode: the bot's name and some words, typed in any chat."""

from typing import Any

import pytest

from bot.conversation import Responder
from bot.preview.botapi import BotAPI
from tests.telegram.talk import ask, labels, reads_right_to_left


async def search(bot: BotAPI, text: str) -> dict[str, Any]:
    number = bot.chat(1).search(text)
    await bot.until(lambda: number in bot.results)
    return bot.results[number]


async def test_the_best_topics_are_listed_with_their_first_line(bot: BotAPI, responder: Responder) -> None:
    found = await search(bot, "היתרונות")
    [first, *others] = found["results"]
    entry = responder.knowledge.entries["kpo-advantages"]
    assert first["id"] == entry.id and first["title"] == entry.title and others
    assert first["description"] == entry.answer.split("\n")[0]
    assert found["button"] is None


async def test_what_is_chosen_is_the_answer_with_its_source_and_the_way_to_the_bot(bot: BotAPI, responder: Responder) -> None:
    [first, *_] = (await search(bot, "היתרונות"))["results"]
    text = first["message"]["text"]
    assert text.startswith("מה היתרונות של KPO?") and text.endswith(f"מאת {responder.knowledge.source.author}")
    assert reads_right_to_left(text)
    [[button]] = first["message"]["reply_markup"]["inline_keyboard"]
    assert button["url"] == f"https://t.me/{bot.username}?start=kpo-advantages"
    chat = bot.chat(1)
    chat.choose(first)
    assert "ניסיון" in (await ask(chat, "מה זה KPO?"))["text"] and len(chat.from_bot) == 1, "its own message is not answered"


async def test_nothing_typed_lists_the_main_topics(bot: BotAPI, responder: Responder) -> None:
    assert [result["id"] for result in (await search(bot, ""))["results"]] == responder.knowledge.texts.start_topics


async def test_nothing_found_leads_to_all_topics(bot: BotAPI, responder: Responder) -> None:
    found = await search(bot, "פיצה עם זיתים")
    assert found["results"] == [] and found["button"]["text"] == responder.knowledge.texts.search_nothing
    menu = await ask(bot.chat(1), f"/start {found['button']['start_parameter']}")
    assert labels(menu, "m:") == [theme.title for theme in responder.knowledge.themes]


@pytest.mark.parametrize("text", ["\u202e" * 100, "<b>", "א" * 256, "'", " ", "😂", "KPO " * 60])
async def test_any_query_gets_its_results(bot: BotAPI, text: str) -> None:
    assert "results" in await search(bot, text)
