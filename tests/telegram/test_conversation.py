"""A conversation in Telegram: going on, corrections, what was said already, and being misunderstood twice."""

from bot.conversation import Responder
from bot.preview.botapi import BotAPI
from tests.telegram.talk import ask, labels, press, reads_right_to_left


async def test_twice_misunderstood_brings_the_menu(bot: BotAPI, responder: Responder) -> None:
    texts, chat = responder.knowledge.texts, bot.chat(1)
    assert labels(await ask(chat, "מה מזג האוויר מחר?")) == [texts.menu_button]
    again = await ask(chat, "ומי ראש הממשלה?")
    assert again["text"].strip() == texts.fallback_again.strip()
    themes = [theme.title for theme in responder.knowledge.themes]
    assert labels(again) == themes
    chat.press(again, themes[0])
    await bot.until(lambda: labels(again)[-1] == texts.back_button)
    await ask(chat, "מה זה KPO?")
    assert labels(await ask(chat, "מה מזג האוויר מחר?")) == [texts.menu_button], "an answer makes good for it"


async def test_the_same_answer_is_not_given_twice_in_a_row(bot: BotAPI, responder: Responder) -> None:
    texts, chat = responder.knowledge.texts, bot.chat(1)
    answer = await ask(chat, "מה זה KPO?")
    said = await ask(chat, "תסביר לי מה זה KPO בבקשה")
    assert said["text"].strip() == texts.already_said.strip()
    assert said["reply_to_message"]["message_id"] == answer["message_id"], "one tap leads back to it"
    assert labels(said, "t:") and labels(said)[-1] == texts.again_button
    assert (await press(chat, said, texts.again_button))["text"] == answer["text"]


async def test_who_insists_is_answered_again(bot: BotAPI) -> None:
    chat = bot.chat(1)
    texts = [(await ask(chat, "מה זה KPO?"))["text"] for _ in range(3)]
    assert texts[0] == texts[2] != texts[1]


async def test_more_leads_to_related_topics_not_yet_seen(bot: BotAPI, responder: Responder) -> None:
    chat = bot.chat(1)
    entry = responder.knowledge.entries["kpo-definition"]
    titles = [responder.knowledge.entries[topic].title for topic in entry.related]
    await ask(chat, "מה זה KPO?")
    more = await ask(chat, "תרחיב")
    assert labels(more, "t:") == titles
    await press(chat, more, titles[0])
    await ask(chat, "/start kpo-definition")
    more = await ask(chat, "עוד")
    assert titles[0] not in labels(more, "t:") and set(titles[1:]) <= set(labels(more, "t:"))


async def test_more_ends_in_the_menu_when_all_was_seen(bot: BotAPI, responder: Responder) -> None:
    chat, number = bot.chat(1), 0
    for topic, entry in responder.knowledge.entries.items():
        if entry.kind != "chat":
            number += 1
            chat.write(f"/start {topic}")
    await chat.answer(number)
    more = await ask(chat, "עוד")
    assert more["text"].strip() == responder.knowledge.texts.all_seen.strip() and labels(more) == labels(more, "m:")


async def test_a_correction_is_not_a_new_question_with_a_no_in_it(bot: BotAPI) -> None:
    chat = bot.chat(1)
    await ask(chat, "מה היתרונות של KPO?")
    assert "טמון בגודל" in (await ask(chat, "לא, התכוונתי ל-BPO"))["text"]


async def test_a_bare_no_is_asked_what_was_meant(bot: BotAPI, responder: Responder) -> None:
    texts, chat = responder.knowledge.texts, bot.chat(1)
    await ask(chat, "מה היתרונות של KPO?")
    asked = await ask(chat, "לא לזה התכוונתי")
    assert asked["text"].strip() == texts.meant.strip()
    assert responder.knowledge.entries["kpo-advantages"].title not in labels(asked)
    assert (await ask(chat, "לא"))["text"].strip() == texts.none_of_these.strip()


async def test_a_question_in_english_gets_a_line_in_english_under_its_answer(bot: BotAPI, responder: Responder) -> None:
    note = responder.knowledge.texts.english_note
    for number, text in enumerate(["what is KPO?", "difference between kpo and bpo", "what's the weather"], 1):
        shown = (await ask(bot.chat(number), text))["text"]
        assert shown.rstrip().endswith(note) and reads_right_to_left(shown)
    for number, text in enumerate(["מה זה KPO?", "KPO", "nv zv kpo", "KPO?", "tbh rumv kvchi"], 11):
        assert note not in (await ask(bot.chat(number), text))["text"], text
