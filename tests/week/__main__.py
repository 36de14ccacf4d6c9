"""Plays a week of messages, from a seed, and keeps it as the bot keeps it.

python -m tests.week week          writes week/kpo.db, week/said.jsonl and week/held-back.jsonl
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from bot.console import responder_or_fail, settings_or_fail
from bot.conversation import Responder
from bot.evaluate import Row, Verdict
from bot.store import Store
from tests.week.people import DAY_S, DAYS, material, visits
from tests.week.playing import Week

DATABASE, SAID, HELD_BACK = "kpo.db", "said.jsonl", "held-back.jsonl"
TOKEN = b"the token of nobody's bot"


async def play(folder: Path, responder: Responder, seed: int, messages: int, until: float) -> Week:
    """Write the database of a week that ends at `until` (unix seconds), what was said with what was meant, and the messages
    that nobody wrote in it, labelled."""
    chance = random.Random(seed)
    asked = material(chance)
    folder.mkdir(parents=True, exist_ok=True)
    store = await Store.open(f"sqlite:///{folder / DATABASE}", TOKEN)
    week = Week(responder, store, until - DAYS * DAY_S, asked, chance)
    await week.play(visits(asked, messages, chance))
    await store.close()
    _write(folder / SAID, week.said)
    _write(folder / HELD_BACK, asked.held_back)
    return week


def _write(file: Path, rows: Iterable[Row]) -> None:
    lines = [{"q": row.q, "accept": sorted(row.accept), "kind": row.kind, "tag": row.tag} for row in rows]
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", default=1, show_default=True)
@click.option("--messages", default=1_000, show_default=True)
def main(folder: Path, seed: int, messages: int) -> None:
    """Play a week of messages that ends now, in an empty FOLDER; the knowledge is that of KPO_KNOWLEDGE, or the shipped one."""
    if (folder / DATABASE).exists():
        raise click.ClickException(f"{folder / DATABASE} is there already: name another folder")
    responder = responder_or_fail(settings_or_fail())
    week = asyncio.run(play(folder, responder, seed, messages, time.time()))
    counts = Counter(week.verdicts)
    click.echo(
        f"{len(week.said):,} messages in {DAYS} days; {counts[Verdict.RIGHT] / len(week.said):.1%} got the right answer."
    )
    click.echo(f"{folder / DATABASE}: the bot's store (KPO_DATABASE_URL=sqlite:///{folder / DATABASE})")
    click.echo(f"{folder / SAID}: what was said, and what was meant by it")
    click.echo(f"{folder / HELD_BACK}: what others would have said of the same, which nobody did")


if __name__ == "__main__":
    main()
