"""How long a report takes on a database with many messages, as its command runs it.

    python -m tests.benchmarks.report --messages 100000

The messages of a week, from a seed: a quarter of them not understood, mostly in words of their own. Each report is a process of
its own, its start included.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from bot.evaluate import load, questions_in
from bot.knowledge import find_knowledge
from bot.store.database import Database
from bot.store.pending import Pending
from tests.benchmarks.crosscheck import CORRUPTIONS

SEED = 20
PEOPLE_PER_MESSAGES = 6
AT_ONCE = 5_000
DAYS = 7
NOT_UNDERSTOOD = 0.25
AGAIN = 0.37
"""So many of those are what somebody else wrote, word for word."""
VOTED = 0.02
BEFORE = ("", "", "", "היי ", "שלום, ", "תגידו ", "רציתי לשאול ", "סליחה, ", "בבקשה ", "שאלה קטנה: ")
AFTER = ("", "", "", " תודה", " בבקשה", " 🙏", "??", " אשמח לתשובה", " תודה רבה!", " אם אפשר")


def message(question: str, chance: random.Random) -> str:
    """A question as somebody may have typed it: with a slip or two, and with courtesies around it."""
    for _ in range(chance.randrange(3)):
        question = chance.choice(list(CORRUPTIONS.values()))(question) or question
    return chance.choice(BEFORE) + question + chance.choice(AFTER)


async def fill(url: str, number: int, until: float) -> tuple[int, int]:
    """Put so many messages into a database. How many of them were not understood, and how many distinct texts those have."""
    chance = random.Random(SEED)
    rows = load(questions_in(find_knowledge()))
    answered = [row for row in rows if row.accept]
    texts: list[str] = []
    database = Database(url)
    await database.prepare()
    for start in range(0, number, AT_ONCE):
        pending = Pending()
        for i in range(start, min(number, start + AT_ONCE)):
            person = f"{chance.randrange(max(1, number // PEOPLE_PER_MESSAGES)):032x}"
            at = until - DAYS * 86_400 * (1 - i / number)
            is_missed = chance.random() < NOT_UNDERSTOOD
            row = chance.choice(rows if is_missed else answered)
            topics = json.dumps(sorted(row.accept)[: chance.randrange(1, 3)])
            text = message(row.q, chance)
            decision = chance.choice(("suggest", "fallback")) if is_missed else "answer"
            if is_missed:
                text = chance.choice(texts) if texts and chance.random() < AGAIN else text
                texts.append(text)
            interaction = {"id": i + 1, "at": at, "chat": person, "person": person, "decision": decision, "topics": topics}
            pending.put("interactions", i, interaction | {"confidence": 0.5, "text": text if is_missed else None})
            if not is_missed and chance.random() < VOTED:
                up = chance.random() < 0.7
                vote = {"chat": person, "message": i, "person": person, "topics": topics, "up": up, "at": at + 5}
                pending.put("votes", (person, i, person), vote | {"text": None if up else text})
        await database.write(pending)
    await database.close()
    return len(texts), len(set(texts))


@click.command()
@click.option("--messages", default=100_000, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Leave the database and the page in this folder.")
def main(messages: int, keep: Path | None) -> None:
    """Print the seconds that a report takes in the terminal, and as a page."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = (keep or Path(temporary)).absolute()
        url = f"sqlite:///{folder / 'kpo.db'}"
        missed, distinct = asyncio.run(fill(url, messages, time.time()))
        print(f"{messages} messages, {missed} of them not understood, in {distinct} distinct texts")
        environment = os.environ | {"KPO_DATABASE_URL": url}
        print("| report | seconds | of CPU | memory MB |\n|---|---|---|---|")
        for name, arguments in (("in the terminal", []), ("as a page", ["--html", str(folder / "report.html")])):
            started = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", "report", "--days", str(DAYS + 1), *arguments],
                env=environment,
                stdout=subprocess.DEVNULL,
            )
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            assert status == 0, "the report failed"
            print(f"| {name} | {seconds:.1f} | {used.ru_utime + used.ru_stime:.1f} | {used.ru_maxrss / 1024:.0f} |", flush=True)


if __name__ == "__main__":
    main()
