"""Nothing lost: crashes, failures, throttling, refusals. The bot is a process of its own wherever it may die."""

import asyncio
import json
import random
import signal
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.conversation import Context, Reply, Responder
from bot.preview.botapi import BotAPI
from bot.preview.content import Refusal
from bot.store import Store
from bot.telegram.receiving import Receiver
from tests.telegram.conftest import TOKEN, free_port, running, served
from tests.telegram.delivery import delivering
from tests.telegram.talk import ask
from tests.telegram.test_run import AT_DEBUG, kpo_bot_run

MESSAGES = 500
CALL_S = 0.02

pytestmark = pytest.mark.usefixtures("matcher")


def answers(api: BotAPI) -> Counter[int]:
    """How many answers each chat got."""
    return Counter({number: len(chat.from_bot) for number, chat in api.chats.items()})


async def slow(method: str, parameters: dict[str, Any]) -> web.Response | None:
    """Every call to Telegram takes a while."""
    await asyncio.sleep(CALL_S)
    return None


@pytest.mark.parametrize(("way", "repeated"), [("polling", 0.05), ("webhook", 0.08)])
async def test_a_killed_process_loses_nothing(api: BotAPI, tmp_path: Path, way: str, repeated: float) -> None:
    runner, address = await served(api)
    port, log = free_port(), tmp_path / "log"
    settings = webhook(port) if way == "webhook" else {}
    api.fault = slow
    for number in range(1, MESSAGES + 1):
        api.chat(number).write("מה זה KPO?")
    async with AsyncExitStack() as stack:
        if way == "webhook":
            await stack.enter_async_context(delivering(api))
        async with kpo_bot_run(address, TOKEN, log, **settings) as process:
            await api.until(lambda: sum(answers(api).values()) >= 100, timeout=60)
            process.kill()
            await process.wait()
        killed_at = sum(answers(api).values())
        assert killed_at < MESSAGES, "it was killed while it answered"
        async with kpo_bot_run(address, TOKEN, log, **settings) as process:
            await api.until(lambda: all(answers(api).values()) and api.unconfirmed == 0, timeout=60)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 20) == 0
    got = answers(api)
    assert [number for number, count in got.items() if not count] == []
    assert sum(got.values()) - MESSAGES <= repeated * MESSAGES
    await runner.cleanup()


async def test_failing_calls_lose_nothing(api: BotAPI, responder: Responder) -> None:
    chance = random.Random(7)

    async def unreliable(method: str, parameters: dict[str, Any]) -> web.Response | None:
        share = {"sendmessage": 0.15, "getupdates": 0.3}.get(method, 0.0)
        if chance.random() >= share:
            return None
        if chance.random() < 0.5:
            raise ConnectionResetError  # the connection breaks off
        return Refusal(502, "Bad Gateway").response()

    api.fault = unreliable
    async with running(api, responder):
        for number in range(300):
            api.chat(1 + number % 60).write("מה זה KPO?" if number % 2 else "מה זה BPO?")
        await api.until(lambda: sum(answers(api).values()) >= 300 and api.unconfirmed == 0, timeout=60)
    assert set(answers(api).values()) == {5}


async def test_a_throttled_chat_holds_up_nobody_else(api: BotAPI, responder: Responder) -> None:
    until = time.monotonic() + 4.0

    async def throttled(method: str, parameters: dict[str, Any]) -> web.Response | None:
        if method == "sendmessage" and int(parameters["chat_id"]) == 1 and time.monotonic() < until:
            return Refusal(429, "Too Many Requests: retry after 2", retry_after=2).response()
        return None

    api.fault = throttled
    async with running(api, responder):
        for text in ("מה זה KPO?", "מה זה BPO?"):
            api.chat(1).write(text)
        # More than Telegram shows beyond an unconfirmed update.
        for number in range(2, 402):
            api.chat(number).write("מה זה KPO?")
        await api.until(lambda: sum(answers(api).values()) == 400, timeout=30)
        assert not api.chat(1).from_bot
        await api.chat(1).answer(2)
        await api.until(lambda: api.unconfirmed == 0)
    first, second = (message["text"] for message in api.chat(1).from_bot)
    assert "ניסיון" in first and "Business" in second, "in order"
    assert set(answers(api).values()) == {1, 2}


async def test_an_update_delivered_twice_is_answered_once(api: BotAPI, responder: Responder, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'kpo.sqlite3'}"
    async with running(api, responder, database):
        chat = api.chat(1)
        await ask(chat, "מה זה KPO?")
        api.deliver({"update_id": 1, "message": chat.messages[0]})
        assert "Business" in (await ask(chat, "מה זה BPO?"))["text"]
    async with running(api, responder, database):
        api.deliver({"update_id": 1, "message": chat.messages[0]})
        await ask(chat, "מי כתב את המאמר?")
    assert len(chat.from_bot) == 3


async def test_who_blocked_the_bot_is_dropped_quietly(
    api: BotAPI, responder: Responder, caplog: pytest.LogCaptureFixture
) -> None:
    async def blocked(method: str, parameters: dict[str, Any]) -> web.Response | None:
        if method == "sendmessage" and int(parameters["chat_id"]) == 1:
            return Refusal(403, "Forbidden: bot was blocked by the user").response()
        return None

    api.fault = blocked
    async with running(api, responder):
        api.chat(1).write("מה זה KPO?")
        await ask(api.chat(2), "מה זה KPO?")
        await api.until(lambda: api.unconfirmed == 0)
    assert "ERROR" not in caplog.text and not api.chat(1).from_bot


async def test_a_second_poller_is_told_of_and_waited_for(
    api: BotAPI, responder: Responder, caplog: pytest.LogCaptureFixture
) -> None:
    polls = 0

    async def conflict(method: str, parameters: dict[str, Any]) -> web.Response | None:
        nonlocal polls
        polls += method == "getupdates"
        if method == "getupdates" and polls <= 2:
            return Refusal(409, "Conflict: terminated by other getUpdates request").response()
        return None

    api.fault = conflict
    async with running(api, responder):
        await ask(api.chat(1), "מה זה KPO?")
    assert "another process polls with the same token" in caplog.text


async def test_a_token_that_is_revoked_stops_it_with_a_line(api: BotAPI, tmp_path: Path) -> None:
    runner, address = await served(api)
    log = tmp_path / "log"
    async with kpo_bot_run(address, TOKEN, log) as process:
        api.chat(1).write("מה זה KPO?")
        await api.until(lambda: bool(api.chat(1).from_bot), timeout=30)

        async def revoked(method: str, parameters: dict[str, Any]) -> web.Response | None:
            return Refusal(401, "Unauthorized").response()

        api.fault = revoked
        api.chat(1).write("מה זה BPO?")
        assert await asyncio.wait_for(process.wait(), 30) == 1
    assert "does not know this token" in log.read_text() and "Traceback" not in log.read_text()
    assert api.waiting[-1]["message"]["text"] == "מה זה BPO?", "still there for who comes with a good token"
    await runner.cleanup()


async def test_a_handler_that_fails_is_tried_thrice_and_says_sorry_without_words(
    api: BotAPI, responder: Responder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = Counter[str]()
    broken = Responder(responder.knowledge, responder.matcher)

    def fail(message: str, context: Context) -> tuple[Reply, Context]:
        tries[message] += 1
        if message == "סוד כמוס" or tries[message] < 3:
            raise ValueError(message)
        return responder.reply(message, context)

    monkeypatch.setattr(broken, "reply", fail)
    async with running(api, broken):
        assert "ניסיון" in (await ask(api.chat(1), "מה זה KPO?"))["text"]
        answer = await ask(api.chat(1), "סוד כמוס")
        await api.until(lambda: api.unconfirmed == 0)
    assert answer["text"].strip() == responder.knowledge.texts.apology.strip()
    assert set(tries.values()) == {3}
    assert "ValueError" in caplog.text and "כמוס" not in caplog.text


async def test_what_is_under_way_is_finished_before_it_stops(api: BotAPI, tmp_path: Path) -> None:
    runner, address = await served(api)
    arrived = asyncio.Event()

    async def slow_send(method: str, parameters: dict[str, Any]) -> web.Response | None:
        if method == "sendmessage":
            arrived.set()
            await asyncio.sleep(1.5)
        return None

    api.fault = slow_send
    async with kpo_bot_run(address, TOKEN, tmp_path / "log") as process:
        for number in range(1, 6):
            api.chat(number).write("מה זה KPO?")
        await asyncio.wait_for(arrived.wait(), 30)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0
    assert set(answers(api).values()) == {1} and api.unconfirmed == 0
    await runner.cleanup()


@pytest.mark.parametrize("junk", [{"message": {"nonsense": True}}, {"message": 7}, {"callback_query": {}}, {}])
async def test_an_update_that_cannot_be_read_hides_no_other(bot: BotAPI, junk: dict[str, Any]) -> None:
    bot.push(**junk)
    await ask(bot.chat(1), "מה זה KPO?")
    await bot.until(lambda: bot.unconfirmed == 0)


def webhook(port: int) -> dict[str, str]:
    """The settings of a bot that is reached over a webhook at a port."""
    return {
        "KPO_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "KPO_WEBHOOK_SECRET": "a-secret-that-nobody-may-see",
        "KPO_LISTEN": f"127.0.0.1:{port}",
    }


async def test_a_bot_that_hears_nothing_any_more_does_not_look_as_if_it_ran(
    api: BotAPI, responder: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: Receiver, numbers: object) -> set[int]:
        raise MemoryError

    monkeypatch.setattr(Receiver, "handled", fail)
    with pytest.raises(MemoryError):
        async with running(api, responder) as receiver:
            api.chat(1).write("מה זה KPO?")
            await asyncio.wait_for(receiver.stopping.wait(), 10)


async def test_what_is_no_answer_of_telegrams_is_a_failure_of_the_network(
    api: BotAPI, responder: Responder, caplog: pytest.LogCaptureFixture
) -> None:
    strange = iter(
        ["<html>a gateway's page</html>", "[]", '{"ok": true}', "סוד כמוס", '{"ok": true, "result": [{"x": 1}]}'] * 2
    )

    async def gateway(method: str, parameters: dict[str, Any]) -> web.Response | None:
        body = next(strange, None) if method in ("sendmessage", "getupdates") else None
        return web.Response(text=body) if body and not (method == "sendmessage" and "x" in body) else None

    api.fault = gateway
    async with running(api, responder):
        assert "ניסיון" in (await ask(api.chat(1), "מה זה KPO?"))["text"]
        await api.until(lambda: api.unconfirmed == 0)
    assert "כמוס" not in caplog.text


async def test_what_telegram_refuses_is_not_tried_again(api: BotAPI, responder: Responder) -> None:
    sends = 0

    async def refuse(method: str, parameters: dict[str, Any]) -> web.Response | None:
        nonlocal sends
        if method == "sendmessage" and int(parameters["chat_id"]) == 1:
            sends += 1
            return Refusal(400, "Bad Request: not enough rights to send text messages to the chat").response()
        return None

    api.fault = refuse
    async with running(api, responder):
        api.chat(1).write("מה זה KPO?")
        await ask(api.chat(2), "מה זה KPO?")
        await api.until(lambda: api.unconfirmed == 0)
    assert sends == 1


async def test_a_few_chats_whose_calls_hang_hold_up_nobody_else(api: BotAPI, responder: Responder) -> None:
    async def hangs(method: str, parameters: dict[str, Any]) -> web.Response | None:
        if method == "sendmessage" and int(parameters["chat_id"]) <= 30:
            await asyncio.sleep(8)
        return None

    api.fault = hangs
    async with running(api, responder):
        for number in range(1, 31):
            api.chat(number).write("מה זה KPO?")
        await asyncio.sleep(0.2)
        api.chat(99).write("מה זה KPO?")
        await api.chat(99).answer()
        assert not any(api.chat(number).from_bot for number in range(1, 31))
        await api.until(lambda: sum(answers(api).values()) == 31, timeout=20)


async def test_it_can_be_stopped_before_telegram_was_ever_reached(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with kpo_bot_run(f"http://127.0.0.1:{free_port()}", TOKEN, log) as process:
        await asyncio.sleep(2.5)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
    assert "Traceback" not in log.read_text() and "Unclosed" not in log.read_text()


async def test_what_was_put_by_is_answered_by_the_next_process(api: BotAPI, responder: Responder, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'kpo.sqlite3'}"
    store = await Store.open(database, TOKEN.get_secret_value().encode())
    chat = api.chat(1)
    message = {"message_id": 1, "from": chat.person(), "chat": chat.record, "date": 1, "text": "מה זה KPO?"}
    assert await store.park(7, json.dumps({"update_id": 7, "message": message}), time.time())
    await store.close()
    for _ in range(2):
        async with running(api, responder, database):
            assert "ניסיון" in (await chat.answer())["text"]
            await asyncio.sleep(0.2)
    assert len(chat.from_bot) == 1


async def test_a_chat_that_is_throttled_leaves_a_webhook_to_the_others(api: BotAPI, tmp_path: Path) -> None:
    runner, address = await served(api)
    until = time.monotonic() + 12.0

    async def throttled(method: str, parameters: dict[str, Any]) -> web.Response | None:
        if method == "sendmessage" and int(parameters["chat_id"]) == 1 and time.monotonic() < until:
            return Refusal(429, "Too Many Requests: retry after 1", retry_after=1).response()
        return None

    api.fault = throttled
    async with kpo_bot_run(address, TOKEN, tmp_path / "log", **webhook(free_port())), delivering(api):
        for number in range(60):
            api.chat(1).write("/help", date=1_000_000 + number)
        await asyncio.sleep(3)
        api.chat(2).write("מה זה KPO?")
        await api.chat(2).answer()
        assert time.monotonic() < until and not api.chat(1).from_bot
    await runner.cleanup()


async def test_no_secret_is_in_any_log(api: BotAPI, tmp_path: Path) -> None:
    runner, address = await served(api)
    log, settings = tmp_path / "log", webhook(free_port())
    async with kpo_bot_run(address, TOKEN, log, change=AT_DEBUG, **settings) as process, delivering(api):
        await ask(api.chat(1), "מה זה KPO?")
        await api.until(lambda: api.unconfirmed == 0)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0
    written = log.read_text()
    assert "setWebhook" in written, "at DEBUG the calls are logged"
    assert TOKEN.get_secret_value().partition(":")[2] not in written
    assert settings["KPO_WEBHOOK_SECRET"] not in written
    await runner.cleanup()
