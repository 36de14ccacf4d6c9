"""From an empty store to a better bot: a week of messages, the editor's commands as they are typed, and a bot that runs on."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest

from bot.conversation import Responder
from bot.evaluate import Row, load
from bot.preview.botapi import BotAPI
from tests.conftest import KNOWLEDGE
from tests.telegram.conftest import TOKEN, free_port, served
from tests.telegram.test_run import kpo_bot_run
from tests.week.__main__ import DATABASE, HELD_BACK, SAID, play

MESSAGES = 800
MIN_RIGHT, MAX_WRONG = "94", "2.7"


class Editor:
    """Somebody at a terminal, with the knowledge to edit and what the bot kept."""

    def __init__(self, environment: dict[str, str], knowledge: Path, week: Path) -> None:
        self.environment = environment | {
            "KPO_KNOWLEDGE": str(knowledge),
            "KPO_DATABASE_URL": f"sqlite:///{week / DATABASE}",
        }

    async def runs(self, *arguments: str, typed: str = "", exit_code: int = 0) -> str:
        """What a command prints, that is given what is typed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", *arguments),
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        out, _ = await process.communicate(typed.encode())
        assert process.returncode == exit_code, out.decode()
        return out.decode()


async def right(api: BotAPI, rows: Sequence[Row], responder: Responder, first_chat: int) -> int:
    """How many messages, each from another person, get an answer that they want, in Telegram."""
    for chat, row in enumerate(rows, first_chat):
        api.chat(chat).write(row.q)
    chats = [api.chat(first_chat + i) for i in range(len(rows))]
    await api.until(lambda: all(chat.from_bot for chat in chats), timeout=60)
    count = 0
    for chat, row in zip(chats, rows, strict=True):
        said = chat.from_bot[0]["text"]
        opening = said.partition("\n")[0]
        answers = [responder.knowledge.entries[topic].answer for topic in row.accept]
        count += any(answer.startswith(opening) for answer in answers)
    return count


@pytest.mark.parametrize("seed", [1])
async def test_a_week_leads_to_a_better_bot(
    seed: int, responder: Responder, environment: dict[str, str], tmp_path: Path
) -> None:
    knowledge, week = tmp_path / "knowledge", tmp_path / "week"
    shutil.copytree(KNOWLEDGE, knowledge)
    editor = Editor(environment, knowledge, week)
    assert "No messages yet" in await editor.runs("bot", "report")

    played = await play(week, responder, seed, MESSAGES, datetime.now())
    held_back, said = load([week / HELD_BACK]), load([week / SAID])
    report = await editor.runs("bot", "report")
    assert f"{len(played.said):,}" in report

    api = BotAPI(TOKEN)
    runner, address = await served(api)
    port = free_port()
    settings = {"KPO_KNOWLEDGE": str(knowledge), "KPO_LISTEN": f"127.0.0.1:{port}"}
    asked = [*held_back, *{row.q: row for row in said if row.accept}.values()]
    async with kpo_bot_run(address, TOKEN, tmp_path / "log", **settings), aiohttp.ClientSession() as session:
        before = await right(api, asked, responder, 1)

        typed = await editor.runs("tests.week.editor", str(week / SAID))
        taught = await editor.runs("bot", "teach", typed=typed)
        assert "Written" in taught and "got worse" not in taught
        assert "No problems" in await editor.runs("bot", "check")
        limits = ["--against", str(KNOWLEDGE), "--min-right", MIN_RIGHT, "--max-wrong", MAX_WRONG]
        await editor.runs("bot", "evaluate", *limits)
        result = json.loads(await editor.runs("bot", "evaluate", str(week / HELD_BACK), "--against", str(KNOWLEDGE), "--json"))
        print(json.dumps(result, indent=1)[:600])

        async with asyncio.timeout(60):
            while (
                'kpo_knowledge_reloads_total{outcome="ready"} 1.0'
                not in await (await session.get(f"http://127.0.0.1:{port}/metrics")).text()
            ):
                await asyncio.sleep(0.1)
        after = await right(api, asked, responder, 10_001)
    assert api.unconfirmed == 0
    print(before, after, len(asked))
    assert after > before
    await runner.cleanup()
    assert 0
