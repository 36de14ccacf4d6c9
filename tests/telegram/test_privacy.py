"""What is kept of people, how it is deleted, and how those who write too much are held back."""

from pathlib import Path

import pytest

from bot.conversation import Responder
from bot.preview.botapi import BotAPI
from bot.store import Store
from bot.telegram.flood import MOST_MESSAGES, WINDOW_S, Flood, Verdict
from tests.telegram.conftest import TOKEN, running
from tests.telegram.talk import ask, press


async def rows(database: str) -> tuple[list[str | None], list[bool]]:
    """The texts of the interactions and the votes that are kept."""
    store = await Store.open(database, TOKEN.get_secret_value().encode())
    try:
        interactions, votes = await store.interactions(0, 1e12), await store.vote_rows(0, 1e12)
        return [one.text for one in interactions], [one.up for one in votes]
    finally:
        await store.close()


async def test_words_are_kept_only_where_they_were_not_understood(api: BotAPI, responder: Responder, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'kpo.sqlite3'}"
    async with running(api, responder, database):
        chat = api.chat(123456789)
        answer = await ask(chat, "מה זה KPO?")
        await ask(chat, "מה מזג האוויר מחר?")
        await press(chat, answer, "לא עזר 👎")
        await api.until(lambda: api.unconfirmed == 0)
    texts, votes = await rows(database)
    assert texts == [None, "מה מזג האוויר מחר?"] and votes == [False]
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"123456789" not in kept


async def test_what_can_be_tied_to_a_person_is_deleted(api: BotAPI, responder: Responder, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'kpo.sqlite3'}"
    texts = responder.knowledge.texts
    async with running(api, responder, database):
        chat, other = api.chat(1), api.chat(2)
        await ask(other, "מה מזג האוויר אצלך?")
        await press(chat, await ask(chat, "מה היתרונות של KPO?"), "לא עזר 👎")
        await ask(chat, "סיפור ארוך על גמלים")
        assert "/forget" in (await ask(chat, "/privacy"))["text"]
        assert (await ask(chat, "/forget"))["text"].strip() == texts.forgotten.strip()
        said = (await ask(chat, "ומה היתרונות שלו?"))["text"]
        assert said == (await ask(api.chat(3), "ומה היתרונות שלו?"))["text"], "as in a new chat: nothing is left to lean on"
    kept, votes = await rows(database)
    assert "סיפור ארוך על גמלים" not in kept and votes == []
    assert "מה מזג האוויר אצלך?" in kept, "others keep theirs"


async def test_where_it_cannot_be_deleted_that_is_said(
    api: BotAPI, responder: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(self: Store, person: int) -> bool:
        return False

    monkeypatch.setattr(Store, "forget", gone)
    async with running(api, responder):
        answer = await ask(api.chat(1), "/forget")
    assert answer["text"].strip() == responder.knowledge.texts.not_forgotten.strip()


def test_too_many_are_too_many_once_and_then_it_calms() -> None:
    flood = Flood()
    verdicts = [flood.judge(1, 100.0 + number * 0.1) for number in range(MOST_MESSAGES + 10)]
    assert verdicts == [Verdict.ANSWER] * MOST_MESSAGES + [Verdict.WARN] + [Verdict.IGNORE] * 9
    assert flood.judge(2, 100.0) is Verdict.ANSWER, "others are not held back"
    assert flood.judge(1, 103.0 + WINDOW_S) is Verdict.ANSWER
    slow = Flood()
    assert {slow.judge(1, number * 0.6) for number in range(100)} == {Verdict.ANSWER}


async def test_who_floods_gets_a_line_and_others_their_answers(bot: BotAPI, responder: Responder) -> None:
    chat, other = bot.chat(1), bot.chat(2)
    for _ in range(MOST_MESSAGES + 15):
        chat.write("/help")
    assert "ניסיון" in (await ask(other, "מה זה KPO?"))["text"]
    await bot.until(lambda: bot.unconfirmed == 0)
    assert len(chat.from_bot) == MOST_MESSAGES + 1
    assert chat.from_bot[-1]["text"].strip() == responder.knowledge.texts.too_many.strip()


async def test_what_waited_while_the_bot_was_away_is_no_flood(bot: BotAPI) -> None:
    chat = bot.chat(1)
    for number in range(MOST_MESSAGES + 15):
        chat.write("/help", date=1_000_000 + number)
    await chat.answer(MOST_MESSAGES + 15)


async def test_a_busy_group_in_which_nobody_asks_is_no_flood(bot: BotAPI) -> None:
    group = bot.chat(-5, "supergroup")
    for _ in range(MOST_MESSAGES + 15):
        group.write("סתם שיחה", by=3)
    group.write(f"@{bot.username} מה זה KPO?", by=3)
    assert "ניסיון" in (await group.answer())["text"] and len(group.from_bot) == 1
