"""`kpo-bot run` as an operator runs it: a process of its own."""

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.preview.botapi import BotAPI
from tests.conftest import KNOWLEDGE
from tests.telegram.conftest import TOKEN, free_port, served

pytestmark = pytest.mark.usefixtures("matcher")

STARTED = "import logging, bot.telegram.app as app, bot.telegram.logs as logs; from bot.cli import main; {change}; main()"
AT_DEBUG = "set_up = logs.set_up; logs.set_up = lambda *secrets: set_up(*secrets, level=logging.DEBUG)"


@asynccontextmanager
async def kpo_bot_run(
    address: str, token: SecretStr, log: Path, change: str = "0", **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot as a process of its own, with a database beside its log."""
    environment = {
        **os.environ,
        "TELEGRAM_TOKEN": token.get_secret_value(),
        "TELEGRAM_API_URL": address,
        "KPO_DATABASE_URL": f"sqlite:///{log.parent / 'kpo.sqlite3'}",
        **environment,
    }
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", STARTED.format(change=change), "run", env=environment, stdout=file, stderr=file
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_it_answers_and_stops_when_told_to(api: BotAPI, tmp_path: Path, stop: signal.Signals) -> None:
    runner, address = await served(api)
    log = tmp_path / "log"
    async with kpo_bot_run(address, TOKEN, log, change=AT_DEBUG) as process:
        api.chat(1).write("nv zv KPO")
        await api.until(lambda: bool(api.chat(1).from_bot), timeout=30)
        process.send_signal(stop)
        assert await asyncio.wait_for(process.wait(), 15) == 0, log.read_text()
    assert "ניסיון" in api.chat(1).from_bot[0]["text"]
    assert api.unconfirmed == 0
    written = log.read_text()
    assert "getUpdates" in written, "at DEBUG the calls are logged"
    assert TOKEN.get_secret_value().partition(":")[2] not in written
    await runner.cleanup()


async def test_a_token_that_telegram_does_not_know_is_one_line(api: BotAPI, tmp_path: Path) -> None:
    runner, address = await served(api)
    log = tmp_path / "log"
    async with kpo_bot_run(address, SecretStr("1:another"), log) as process:
        assert await asyncio.wait_for(process.wait(), 30) == 1
    written = log.read_text()
    assert "does not know this token" in written and "Traceback" not in written and "1:another" not in written
    await runner.cleanup()


async def test_changed_knowledge_answers_and_mistakes_in_it_do_not(api: BotAPI, tmp_path: Path) -> None:
    runner, address = await served(api)
    log, folder, port = tmp_path / "log", tmp_path / "knowledge", free_port()
    shutil.copytree(KNOWLEDGE, folder)
    file, before = folder / "basics.yaml", (folder / "basics.yaml").read_text(encoding="utf-8")
    health = f"http://127.0.0.1:{port}/healthz"

    async def says(expected: str, session: aiohttp.ClientSession) -> bool:
        async with asyncio.timeout(30):
            while expected not in await (await session.get(health)).text():
                await asyncio.sleep(0.05)
        return True

    async def answer(chat: int) -> str:
        api.chat(chat).write("מה זה KPO?")
        await api.until(lambda: bool(api.chat(chat).from_bot), timeout=30)
        return str(api.chat(chat).from_bot[0]["text"])

    settings = {"KPO_KNOWLEDGE": str(folder), "KPO_LISTEN": f"127.0.0.1:{port}"}
    async with kpo_bot_run(address, TOKEN, log, **settings) as process, aiohttp.ClientSession() as session:
        assert "בדיקה חיה" not in await answer(1)
        file.write_text(before.replace("kind: answer", "kind: nonsense"), encoding="utf-8")
        assert await says("knowledge: invalid\nbasics.yaml", session)
        assert "בדיקה חיה" not in await answer(2), "what was there before goes on answering"
        file.write_text(re.sub(r"(answer: \|\n\s+)", r"\1בדיקה חיה. ", before), encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        assert await says("knowledge: ready", session)
        assert "בדיקה חיה" in await answer(3)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0
    assert log.read_text().count("has mistakes") == 1
    assert api.unconfirmed == 0
    await runner.cleanup()


async def test_told_to_take_knowledge_over_before_telegram_is_reached_it_does(tmp_path: Path) -> None:
    log, folder = tmp_path / "log", tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    file = folder / "basics.yaml"

    async def logged(expected: str) -> None:
        async with asyncio.timeout(30):
            while not (log.exists() and expected in log.read_text()):
                await asyncio.sleep(0.05)

    nowhere = f"http://127.0.0.1:{free_port()}"
    async with kpo_bot_run(nowhere, TOKEN, log, AT_DEBUG, KPO_KNOWLEDGE=str(folder)) as process:
        await logged("failed 1 times")
        file.write_text(file.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        await logged("the changed knowledge answers")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0, log.read_text()
