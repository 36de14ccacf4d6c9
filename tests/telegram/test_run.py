"""`kpo-bot run` as an operator runs it: a process of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.preview.botapi import BotAPI
from tests.telegram.conftest import TOKEN, served

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
