"""What people see in Telegram: the real bot, over HTTP, against the loopback Bot API."""

from typing import Any

import pytest
from aiohttp import web

from bot.conversation import Responder
from bot.preview.botapi import BotAPI
from bot.preview.content import Refusal
from bot.telegram.app import COMMANDS
from tests.telegram.conftest import running
from tests.telegram.talk import ask, labels, reads_right_to_left


async def test_a_question_is_answered_with_related_topics(bot: BotAPI, responder: Responder) -> None:
    answer = await ask(bot.chat(1), "מה זה KPO?")
    entry = responder.knowledge.entries["kpo-definition"]
    assert entry.answer.split()[-1] in answer["text"]
    assert labels(answer, "t:") == [responder.knowledge.entries[topic].title for topic in entry.related]
    assert reads_right_to_left(answer["text"])


async def test_a_related_topic_is_a_button_away(bot: BotAPI) -> None:
    chat = bot.chat(1)
    chat.press(await ask(chat, "מה זה KPO?"), "ההבדל")
    assert "שני הבדלים" in (await chat.answer(2))["text"]
    assert all(bot.answered.values())


async def test_the_next_message_leans_on_the_one_before_or_on_the_button(bot: BotAPI) -> None:
    chat = bot.chat(1)
    await ask(chat, "מה זה KPO?")
    assert "היתרון המרכזי" in (await ask(chat, "ומה היתרונות שלו?"))["text"]
    chat.press(await ask(chat, "מה זה BPO"), "מטלות")
    await chat.answer(4)
    assert "טמון בגודל" in (await ask(chat, "ומה היתרונות שלו?"))["text"]


async def test_start_greets_and_offers(bot: BotAPI, responder: Responder) -> None:
    greeting = await ask(bot.chat(1), "/start")
    offered = [responder.knowledge.entries[topic].title for topic in responder.knowledge.texts.start_topics]
    assert labels(greeting) == [*offered, responder.knowledge.texts.menu_button]


@pytest.mark.parametrize(("link", "expected"), [("israel", "רוסיה"), ("no-such-topic", "שלום"), ("<b>", "שלום")])
async def test_a_deep_link_opens_a_topic(bot: BotAPI, link: str, expected: str) -> None:
    assert expected in (await ask(bot.chat(1), f"/start {link}"))["text"]


async def test_the_menu_is_walked_back_and_forth_in_one_message(bot: BotAPI, responder: Responder) -> None:
    chat = bot.chat(1)
    menu = await ask(chat, "/topics")
    themes = [theme.title for theme in responder.knowledge.themes]
    assert labels(menu) == themes
    reached: set[str] = set()
    for theme in responder.knowledge.themes:
        chat.press(menu, theme.title)
        await bot.until(lambda: labels(menu) != themes)
        reached |= set(labels(menu)[:-1])
        chat.press(menu, responder.knowledge.texts.back_button)
        await bot.until(lambda: labels(menu) == themes)
    assert len(chat.from_bot) == 1
    assert reached == {e.title for e in responder.knowledge.entries.values() if e.kind != "chat"}


async def test_pressing_the_same_button_twice_is_no_error(bot: BotAPI) -> None:
    chat = bot.chat(1)
    menu = await ask(chat, "/topics")
    chat.press(menu, "הבסיס")
    chat.press_data(menu, menu["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    await bot.until(lambda: len(bot.answered) == 2 and all(bot.answered.values()))
    assert "KPO" in (await ask(chat, "מה זה KPO"))["text"]
    assert len(chat.from_bot) == 2


@pytest.mark.parametrize("data", ["t:a-topic-of-old", "m:a-theme-of-old", "something else", "t:"])
async def test_an_old_button_gets_a_kind_line(bot: BotAPI, responder: Responder, data: str) -> None:
    chat = bot.chat(1)
    chat.press_data(await ask(chat, "/help"), data)
    answer = await chat.answer(2)
    assert answer["text"].strip() == responder.knowledge.texts.removed_topic.strip()


async def test_a_button_of_a_message_too_old_to_see_still_works(bot: BotAPI) -> None:
    chat = bot.chat(1)
    old = {"message_id": 9_999, "chat": chat.record, "date": 0}
    chat.press_data(old, "t:israel")
    assert "רוסיה" in (await chat.answer())["text"]
    chat.press_data(old, "m:basics")
    assert "הבסיס" in (await chat.answer(2))["text"]


async def test_a_suggestion_offers_topics_and_none_of_these(bot: BotAPI, responder: Responder) -> None:
    chat = bot.chat(1)
    answer = await ask(chat, "KPO גמלים")
    texts = responder.knowledge.texts
    assert answer["text"].strip() == texts.suggest.strip()
    assert 1 < len(labels(answer)) <= 4 and labels(answer)[-1] == texts.none_button
    chat.press(answer, texts.none_button)
    assert (await chat.answer(2))["text"].strip() == texts.none_of_these.strip()


async def test_a_fallback_offers_the_menu(bot: BotAPI, responder: Responder) -> None:
    chat = bot.chat(1)
    answer = await ask(chat, "מה מזג האוויר מחר בתל אביב?")
    assert labels(answer) == [responder.knowledge.texts.menu_button]
    chat.press(answer, responder.knowledge.texts.menu_button)
    assert "הבסיס" in labels(await chat.answer(2))


async def test_two_questions_get_two_titled_answers(bot: BotAPI) -> None:
    answer = await ask(bot.chat(1), "מה זה KPO? ומי כתב את המאמר?")
    assert [entity["type"] for entity in answer["entities"]] == ["bold", "bold"]
    assert "נורית לין" in answer["text"] and "ניסיון" in answer["text"]


async def test_about_and_help(bot: BotAPI) -> None:
    assert "נורית לין" in (await ask(bot.chat(1), "/about"))["text"]
    assert "/topics" in (await ask(bot.chat(2), "/help"))["text"]
    assert "/topics" in (await ask(bot.chat(3), "/nosuchcommand"))["text"]


async def test_an_edited_question_gets_its_answer_anew(bot: BotAPI) -> None:
    chat = bot.chat(1)
    question = chat.write("מה זה KPO?")
    answer = await chat.answer()
    chat.edit(question, "מה זה BPO?")
    await bot.until(lambda: "Business Processing" in answer["text"])
    assert len(chat.from_bot) == 1
    chat.edit(question, "מה זה BPO")
    assert "היתרון המרכזי" in (await ask(chat, "מה היתרונות של KPO"))["text"]
    assert len(chat.from_bot) == 2


async def test_an_edited_question_from_before_the_bot_is_answered(bot: BotAPI) -> None:
    chat = bot.chat(1)
    message = {"message_id": 77, "from": chat.person(), "chat": chat.record, "date": 1, "text": "x"}
    chat.edit(message, "מה זה KPO?")
    assert "ניסיון" in (await chat.answer())["text"]


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {"file_id": "1", "file_unique_id": "1", "type": "regular", "width": 1, "height": 1, "is_animated": False,
                     "is_video": False}},
        {"photo": [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}]},
        {"voice": {"file_id": "1", "file_unique_id": "1", "duration": 3}},
        {"location": {"latitude": 32.0, "longitude": 34.8}},
    ],
    ids=lambda content: next(iter(content)),
)  # fmt: skip
async def test_what_has_no_words_gets_one_friendly_line(bot: BotAPI, responder: Responder, content: dict[str, Any]) -> None:
    chat, group = bot.chat(1), bot.chat(-5, "supergroup")
    group.write(**content)
    chat.write(**content)
    assert (await chat.answer())["text"].strip() == responder.knowledge.texts.no_text.strip()
    assert not group.from_bot


async def test_a_caption_is_a_question(bot: BotAPI) -> None:
    chat = bot.chat(1)
    chat.write(photo=[{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}], caption="מה זה KPO?")
    assert "ניסיון" in (await chat.answer())["text"]


async def test_in_a_group_only_what_is_addressed_is_answered(bot: BotAPI) -> None:
    group = bot.chat(-7, "supergroup")
    group.write("מה זה KPO?", by=3)
    group.write("@another_bot מה זה KPO?", by=3)
    group.write("/help@another_bot", by=3)
    group.write("/nosuchcommand", by=3)
    question = group.write(f"🙂 @{bot.username} מה זה KPO?", by=3)
    answer = await group.answer()
    assert answer["reply_to_message"]["message_id"] == question["message_id"]
    assert "ניסיון" in answer["text"]
    group.write("ומה היתרונות שלו?", by=3, reply_to_message=answer)
    assert "היתרון המרכזי" in (await group.answer(2))["text"]
    group.write("מה זה BPO", by=4, reply_to_message=answer)
    assert "Business" in (await group.answer(3))["text"]
    # Another person's question does not change what "his" means to the first one.
    group.write("ומה ההבדל בינו לבין BPO?", by=3, reply_to_message=answer)
    assert "שני הבדלים" in (await group.answer(4))["text"]
    group.write(f"/help@{bot.username}", by=3)
    assert "/topics" in (await group.answer(5))["text"]


async def test_a_bare_mention_is_asked_for_the_question(bot: BotAPI, responder: Responder) -> None:
    group = bot.chat(-7, "group")
    group.write(f"@{bot.username}", by=3)
    assert (await group.answer())["text"].strip() == responder.knowledge.texts.group_hint.strip()


async def test_junk_updates_do_no_harm(bot: BotAPI) -> None:
    chat = bot.chat(1)
    bot.push(message={"message_id": 900, "date": 0, "chat": {"id": -9, "type": "channel", "title": "x"}, "text": "KPO"})
    bot.push(message={"message_id": 901, "date": 0, "chat": chat.record, "from": chat.person(), "new_chat_title": "x"})
    bot.push(callback_query={"id": "77", "from": chat.person(), "chat_instance": "1", "game_short_name": "x"})
    bot.push(poll_answer={"poll_id": "1", "option_ids": []})
    chat.write("@inline", via_bot=bot.user)
    assert "ניסיון" in (await ask(chat, "מה זה KPO?"))["text"]
    assert len(chat.from_bot) == 1


@pytest.mark.parametrize(
    "text",
    ["<b>מה זה KPO</b>", "<script>&lt;", "א" * 4096, "\u202e" * 4096, "ẗ̈̈" * 1000, "😂" * 2048, "'; DROP TABLE x; --", "{q}"],
    ids=range(8),
)
async def test_any_text_gets_a_reply(bot: BotAPI, text: str) -> None:
    assert (await ask(bot.chat(1), text))["text"]


async def test_a_server_that_refuses_the_descriptions_is_no_reason_not_to_run(api: BotAPI, responder: Responder) -> None:
    async def refuse(method: str, parameters: dict[str, Any]) -> web.Response | None:
        return Refusal(400, "Bad Request: no").response() if method.startswith("setmy") else None

    api.fault = refuse
    async with running(api, responder):
        assert "ניסיון" in (await ask(api.chat(1), "מה זה KPO?"))["text"]
    assert not api.profile


async def test_messages_of_one_chat_are_answered_in_order(bot: BotAPI, responder: Responder) -> None:
    chat, other = bot.chat(1), bot.chat(2)
    asked = ["kpo-definition", "israel", "bpo-definition", "forecast-source", "kpo-domains"]
    for topic in asked:
        chat.write(f"/start {topic}")
    other.write("/start israel")
    await chat.answer(len(asked))
    await other.answer()
    answers = [responder.knowledge.entries[topic].answer.split()[0] for topic in asked]
    assert [message["text"].split()[0] for message in chat.from_bot] == answers


async def test_the_bot_introduces_itself_in_hebrew(bot: BotAPI, responder: Responder) -> None:
    await ask(bot.chat(1), "/help")
    assert [command["command"] for command in bot.profile["commands"]] == list(COMMANDS)
    assert all(reads_right_to_left(command["description"]) for command in bot.profile["commands"])
    assert bot.profile["description"] == responder.knowledge.texts.description.strip()
    assert bot.profile["short_description"] == responder.knowledge.texts.short_description.strip()
