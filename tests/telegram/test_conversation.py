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
    others = labels(await ask(chat, "עוד"), "t:")
    assert others and set(others).isdisjoint(titles), "what was offered and not picked is not offered again"


async def test_more_ends_in_the_menu_when_all_was_seen(bot: BotAPI, responder: Responder) -> None:
    chat, number = bot.chat(1), 0
    for topic, entry in responder.knowledge.entries.items():
        if entry.kind != "chat":
            number += 1
            chat.write(f"/start {topic}", date=1_000_000 + 5 * number)  # nobody reads faster
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


async def test_who_did_not_understand_is_not_told_that_there_is_no_more(bot: BotAPI, responder: Responder) -> None:
    chat = bot.chat(1)
    await ask(chat, "מה זה KPO?")
    assert (await ask(chat, "לא הבנתי"))["text"].strip() == responder.knowledge.texts.puzzled.strip()


async def test_what_stands_between_makes_it_no_repetition(bot: BotAPI) -> None:
    chat = bot.chat(1)
    answer = await ask(chat, "מה זה KPO?")
    await ask(chat, "/topics")
    assert (await ask(chat, "מה זה KPO?"))["text"] == answer["text"]


async def test_an_older_question_that_is_edited_changes_nothing_of_what_came_after_it(bot: BotAPI) -> None:
    chat = bot.chat(1)
    first = chat.write("מה היתרונות של KPO?")
    answer = await chat.answer()
    await ask(chat, "מה זה BPO?")
    chat.edit(first, "מי כתב את המאמר?")
    await bot.until(lambda: "נורית" in answer["text"])
    assert "טמון בגודל" in (await ask(chat, "ומה היתרונות שלו?"))["text"]


async def test_a_voted_answer_stays_when_its_question_is_edited(bot: BotAPI) -> None:
    chat = bot.chat(1)
    question = chat.write("מה זה KPO?")
    answer = await chat.answer()
    chat.press(answer, "עזר 👍")
    await bot.until(lambda: "עזר 👍 ✓" in labels(answer))
    chat.edit(question, "מה זה BPO?")
    assert "Business" in (await chat.answer(2))["text"] and "ניסיון" in answer["text"]


async def test_pressing_again_and_again_gives_one_answer(bot: BotAPI, responder: Responder) -> None:
    chat = bot.chat(1)
    await ask(chat, "מה זה KPO?")
    said = await ask(chat, "מה זה KPO?")
    for _ in range(3):
        chat.press(said, responder.knowledge.texts.again_button)
    await bot.until(lambda: len(bot.answered) == 3 and all(bot.answered.values()) and bot.unconfirmed == 0)
    assert len(chat.from_bot) == 3


async def test_a_question_in_english_gets_a_line_in_english_under_its_answer(bot: BotAPI, responder: Responder) -> None:
    note = responder.knowledge.texts.english_note
    for number, text in enumerate(["what is KPO?", "difference between kpo and bpo", "what's the weather"], 1):
        shown = (await ask(bot.chat(number), text))["text"]
        lines = shown.replace("\u200f", "").strip().split("\n")
        assert note in (lines[0], lines[-1]) and reads_right_to_left(shown)
    for number, text in enumerate(["מה זה KPO?", "KPO", "nv zv kpo", "KPO?", "HR", "https://kpo.example/what-is", "lol"], 11):
        assert note not in (await ask(bot.chat(number), text))["text"], text
