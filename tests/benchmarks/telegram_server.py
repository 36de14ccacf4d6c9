"""The Telegram of the benchmark: the loopback Bot API, slowed down, and counting what it was sent.

    python -m tests.benchmarks.telegram_server     how many calls a second it can serve

It runs in the benchmark's process and the bot in another, so that they share no lock; what its own core was busy with is
printed beside what it measures.
"""

from __future__ import annotations

import asyncio
import gc
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from bot.evaluate import load, questions_in
from bot.knowledge import find_knowledge
from bot.preview.botapi import BotAPI
from bot.preview.content import Record

TOKEN = "10000001:loopback-token-of-the-benchmark"
QUESTIONS = Path(__file__).parent.parent / "data" / "questions"
LONGEST = 300


@dataclass
class Telegram(BotAPI):
    """A Bot API of which each call takes `delay_s`: half of it on the way there, half on the way back."""

    token: SecretStr = field(default_factory=lambda: SecretStr(TOKEN))
    delay_s: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    """How many messages each chat was sent."""
    polled_at: float | None = None
    """When the bot first asked for updates; set to None to see when it does again."""
    sent_at: float | None = None
    """When the bot first sent a message."""
    answered_at: float = 0.0
    """When a message was last accepted."""

    async def _handle(self, request: web.Request) -> web.Response:
        try:
            await request.read()  # at once: who hangs up on the way takes back what was not read
        except ConnectionResetError:
            return web.Response(status=400)
        method = request.match_info["method"].lower()
        if method == "getupdates" and self.polled_at is None:
            self.polled_at = time.perf_counter()
        if method == "sendmessage" and self.sent_at is None:
            self.sent_at = time.perf_counter()
        await asyncio.sleep(self.delay_s / 2)
        response = await super()._handle(request)
        await asyncio.sleep(self.delay_s / 2)
        return response

    async def _do_sendmessage(self, parameters: Record) -> Record:
        message = await super()._do_sendmessage(parameters)
        self.answers[message["chat"]["id"]] += 1
        self.answered_at = time.perf_counter()
        return message

    def ask(self, messages: int, in_each_chat: int, chats: Iterator[int], questions: Iterator[str]) -> None:
        """People write: the first message of each chat, then the second of each, and so on."""
        asking = [next(chats) for _ in range(-(-messages // in_each_chat))]
        for n in range(messages):
            self.chat(asking[n % len(asking)]).write(next(questions))
        # What waits is no garbage, and looking through it takes time.
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def questions() -> Iterator[str]:
    """Hebrew questions without an end, no two the same: those of the tests, then again with a number behind each."""
    rows = load([*questions_in(find_knowledge()), *sorted(QUESTIONS.glob("*/*.jsonl"))])
    asked = {row.q for row in rows if row.kind in ("answer", "uncovered", "chat", "off") and len(row.q) <= LONGEST}
    hebrew = sorted(q for q in asked if any("א" <= letter <= "ת" for letter in q))
    random.Random(0).shuffle(hebrew)
    yield from hebrew
    for number in count(1):
        yield from (f"{question} ({number})" for question in hebrew)


@asynccontextmanager
async def served(api: Telegram) -> AsyncIterator[str]:
    """The server on a free port; its address. A call that arrived is carried out, even if nobody waits for it any more."""
    runner = web.AppRunner(api.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


_CLIENT = """
import asyncio, sys, time, aiohttp
address, calls, at_once = sys.argv[1], int(sys.argv[2]), 32
answer = {"text": "<b>KPO</b>" + " ידע ומומחיות" * 20, "parse_mode": "HTML"}
async def main():
    left = iter(range(calls))
    async with aiohttp.ClientSession() as session:
        async def send():
            for n in left:
                async with session.post(address + "/sendMessage", json={**answer, "chat_id": n % 100 + 1}) as response:
                    assert response.status == 200, await response.text()
                    await response.read()
        start = time.perf_counter()
        await asyncio.gather(*(send() for _ in range(at_once)))
        print(calls / (time.perf_counter() - start))
asyncio.run(main())
"""


async def capacity(calls: int = 20_000) -> None:
    """Print how many calls a second a client that does nothing else can make."""
    api = Telegram()
    for number in range(1, 101):
        api.chat(number)
    async with served(api) as address:
        busy = time.process_time()
        client = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _CLIENT, f"{address}/bot{TOKEN}", str(calls), stdout=subprocess.PIPE
        )
        out, _ = await client.communicate()
        busy = time.process_time() - busy
    print(f"{float(out):,.0f} sendMessage a second, from one client; {1e6 * busy / calls:.0f} µs of the server's core for each")


if __name__ == "__main__":
    asyncio.run(capacity())
