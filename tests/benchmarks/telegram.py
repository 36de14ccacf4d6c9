"""Answers a second, what a crash costs, and memory: this bot beside a stock one, against a Telegram on loopback.

    python -m tests.benchmarks.telegram                                     all tables
    python -m tests.benchmarks.telegram --only memory --messages 100000     one of them

Both bots run as their operator runs them, each in a process of its own, and both give this project's answers; they differ only
in how they receive and send. Every answer counts that Telegram accepted. The bot and Telegram take a core each, so nothing else
should run beside them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import click

from tests.benchmarks.telegram_server import TOKEN, Telegram, questions, served

ROOT = Path(__file__).parent.parent.parent
STOCK, OURS = "stock `run_polling`", "**this bot**"
MODULES = {STOCK: ["tests.benchmarks.telegram_stock"], OURS: ["bot", "run"]}
DELAYS_MS = (0, 50)
# Who writes more than 20 in 10 s is not answered.
IN_EACH_CHAT = 10
KILLED_AFTER_S = 0.5
QUIET_S = 3.0
LONGEST_START_S = 180.0
STUCK_AFTER_S = 20.0
BUSY_LOAD = 0.7


class Broken(Exception):
    """A bot that does not run, and the last it wrote."""


@dataclass
class Process:
    """A bot that runs."""

    process: asyncio.subprocess.Process
    log: Path

    async def until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Whether something came true in time. Raises Broken if the bot ended before."""
        deadline = time.perf_counter() + timeout
        while not condition():
            if self.process.returncode is not None:
                raise Broken(f"exit {self.process.returncode}\n{self.log.read_text()[-2000:]}")
            if time.perf_counter() > deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    async def kill(self) -> None:
        """`kill -9`, its children too."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    def memory_mb(self, field: str) -> float:
        """A field of its status, as VmRSS or VmHWM, the peak."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))

    def busy_s(self) -> float:
        """How long a core worked for it."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def running(bot: str, api: Telegram, address: str, folder: Path) -> AsyncIterator[Process]:
    """A bot that has asked for updates, with what it keeps in a folder."""
    environ = os.environ | {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": address,
        "KPO_DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite'}",
    }
    api.polled_at = None
    log = folder / "log"
    with log.open("ab") as file:
        process = Process(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *MODULES[bot],
                env=environ,
                cwd=ROOT,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ),
            log,
        )
    try:
        if not await process.until(lambda: api.polled_at is not None, LONGEST_START_S):
            raise Broken(f"never asked for updates\n{log.read_text()[-2000:]}")
        yield process
    finally:
        await process.kill()


async def _all_answered(api: Telegram, messages: int, process: Process) -> bool:
    """Whether all messages were answered, before nothing came for long."""
    while (before := api.answers.total()) < messages:
        if not await process.until(lambda before=before: api.answers.total() > before, STUCK_AFTER_S):  # type: ignore[misc]
            return False
    return True


async def _quiet(api: Telegram, process: Process) -> None:
    """Wait until nothing is sent any more."""
    assert api.polled_at
    begin = api.polled_at
    await process.until(lambda: time.perf_counter() - max(begin, api.answered_at) > QUIET_S, LONGEST_START_S)


async def _speed(bot: str, delay_ms: int, messages: int, folder: Path) -> str:
    api = Telegram(delay_s=delay_ms / 1000)
    api.ask(messages, IN_EACH_CHAT, count(1), questions())
    async with served(api) as address, running(bot, api, address, folder) as process:
        busy, bot_busy = time.process_time(), process.busy_s()
        complete = await _all_answered(api, messages, process)
        busy, bot_busy = time.process_time() - busy, process.busy_s() - bot_busy
    assert api.polled_at
    took = api.answered_at - api.polled_at
    note = "" if complete else f" ({messages - api.answers.total():,} of {messages:,} without an answer)"
    click.echo(
        f"{bot} at {delay_ms} ms: {api.answers.total():,} answers in {took:.1f} s; "
        f"its core was busy {100 * bot_busy / took:.0f} %, Telegram's {100 * busy / took:.0f} %",
        err=True,
    )
    return f"{api.answers.total() / took:,.0f}{note}"


async def speed(bots: Sequence[str], messages: int) -> None:
    """Print how many answers a second there are while many messages wait."""
    print(f"\n{messages:,} messages waiting, {IN_EACH_CHAT} in each chat:\n")
    columns = ["answers a second", *(f"{delay} ms for each call to Telegram" for delay in DELAYS_MS)]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for bot in bots:
        cells = [bot]
        for delay_ms in DELAYS_MS:
            with tempfile.TemporaryDirectory() as name:
                cells.append(await _speed(bot, delay_ms, messages, Path(name)))
        print(f"| {' | '.join(cells)} |", flush=True)


async def _crash(bot: str, delay_ms: int, messages: int, folder: Path) -> tuple[int, int, int]:
    """How many messages were answered before the bot was killed, never, and more than once."""
    api = Telegram(delay_s=delay_ms / 1000)
    # One message in each chat, so that it shows which message an answer belongs to.
    api.ask(messages, 1, count(1), questions())
    async with served(api) as address:
        async with running(bot, api, address, folder) as process:
            await process.until(lambda: api.sent_at is not None, LONGEST_START_S)
            await asyncio.sleep(KILLED_AFTER_S)
            before = len(api.answers)
        await asyncio.sleep(api.delay_s + 0.1)  # what was on its way arrives
        async with running(bot, api, address, folder) as process:
            await _quiet(api, process)
    return before, messages - len(api.answers), sum(sent > 1 for sent in api.answers.values())


async def crash(bots: Sequence[str], messages: int, kills: int) -> None:
    """Print what is lost, and what is said twice, when the bot is killed."""
    print(f"\n{messages:,} messages waiting, each in a chat of its own; `kill -9` {1000 * KILLED_AFTER_S:.0f} ms after the bot")
    print(f"first sends, and a new start; {kills} times, and the sum of them:\n")
    columns = ["killed at work", "for each call", "answered before", "never answered", "answered twice"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for bot in bots:
        for delay_ms in DELAYS_MS:
            runs = []
            for _ in range(kills):
                with tempfile.TemporaryDirectory() as name:
                    runs.append(await _crash(bot, delay_ms, messages, Path(name)))
            before, lost, twice = map(sum, zip(*runs, strict=True))
            print(f"| {bot} | {delay_ms} ms | {before:,} of {messages * kills:,} | {lost:,} | {twice:,} |", flush=True)


async def memory(messages: int) -> None:
    """Print the memory of this bot while it answers, after each fifth of the messages, and its peak."""
    api = Telegram()
    chats, asked, fifth = count(1), questions(), messages // 5
    cells = []
    with tempfile.TemporaryDirectory() as name:
        async with served(api) as address, running(OURS, api, address, Path(name)) as process:
            cells.append(f"{process.memory_mb('VmRSS'):.0f}")
            for done in range(fifth, 5 * fifth + 1, fifth):
                api.ask(fifth, IN_EACH_CHAT, chats, asked)
                if not await _all_answered(api, done, process):
                    click.echo(f"only {api.answers.total():,} of {done:,} messages were answered", err=True)
                    break
                cells.append(f"{process.memory_mb('VmRSS'):.0f}")
            cells.append(f"{process.memory_mb('VmHWM'):.0f}")
    print(f"\nMemory, with {IN_EACH_CHAT} messages in each chat:\n")
    columns = ["messages answered", *(f"{n * fifth:,}" for n in range(len(cells) - 1)), "peak"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    print(f"| MB | {' | '.join(cells)} |", flush=True)


async def _measure(only: str | None, bots: Sequence[str], answers: int, waiting: int, kills: int, messages: int) -> None:
    task = asyncio.current_task()
    assert task
    # So that a benchmark that is stopped leaves no bot behind.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    if only in (None, "speed"):
        await speed(bots, answers)
    if only in (None, "crash"):
        await crash(bots, waiting, kills)
    if only in (None, "memory"):
        await memory(messages)


@click.command()
@click.option("--only", type=click.Choice(["speed", "crash", "memory"]), help="Print one table.")
@click.option("--bot", "bots", type=click.Choice(["stock", "this"]), help="Measure one of the two bots.")
@click.option("--answers", default=2000, show_default=True, help="Messages of which the answers a second are measured.")
@click.option("--waiting", default=500, show_default=True, help="Messages that wait for the bot that is killed.")
@click.option("--kills", default=3, show_default=True, help="How often it is killed.")
@click.option("--messages", default=20_000, show_default=True, help="Messages after which the peak of memory is read.")
def main(only: str | None, bots: str | None, answers: int, waiting: int, kills: int, messages: int) -> None:
    """Measure the bot beside a stock one."""
    if (load := os.getloadavg()[0]) > BUSY_LOAD:
        click.echo(f"this machine is busy with something else (load {load:.1f}): what follows is too slow", err=True)
    chosen = {None: [STOCK, OURS], "stock": [STOCK], "this": [OURS]}[bots]
    try:
        asyncio.run(_measure(only, chosen, answers, waiting, kills, messages))
    except Broken as error:
        raise click.ClickException(f"the bot does not run: {error}") from None
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main()
