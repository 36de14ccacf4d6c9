"""Plays a week of messages, from a seed, and keeps it as the bot keeps it.

    python -m tests.week week

`tests.week.editor` then teaches what was not understood.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from bot.console import responder_or_fail, settings_or_fail
from bot.conversation import Responder
from bot.evaluate import Row, Verdict
from bot.store import Store
from tests.week.people import DAYS, material, visits
from tests.week.playing import Week

DATABASE, SAID, HELD_BACK = "kpo.db", "said.jsonl", "held-back.jsonl"
TOKEN = b"the token of nobody's bot"


async def play(folder: Path, responder: Responder, seed: int, messages: int, now: datetime) -> Week:
    """Write the database of a week that ends now, what was said with what was meant, and the messages that nobody wrote in it,
    labelled."""
    asked = material(seed)
    folder.mkdir(parents=True, exist_ok=True)
    store = await Store.open(f"sqlite:///{folder / DATABASE}", TOKEN)
    week = Week(responder, store, asked)
    await week.play(visits(asked, messages, seed, now))
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
@click.option("--messages", default=1_500, show_default=True)
def main(folder: Path, seed: int, messages: int) -> None:
    """Play a week of messages that ends now, in an empty FOLDER; the knowledge is that of KPO_KNOWLEDGE, or the shipped one."""
    if (folder / DATABASE).exists():
        raise click.ClickException(f"{folder / DATABASE} is there already: name another folder")
    responder = responder_or_fail(settings_or_fail())
    week = asyncio.run(play(folder, responder, seed, messages, datetime.now()))
    right = Counter(week.verdicts)[Verdict.RIGHT] / len(week.said)
    click.echo(f"{len(week.said):,} messages in {DAYS} days, of which {right:.1%} got the right answer")
    click.echo(f"{folder / DATABASE}: what the bot kept of them")
    click.echo(f"{folder / SAID}: what people said, and what they meant")
    click.echo(f"{folder / HELD_BACK}: {len(week.asked.held_back)} messages on the same themes, which nobody sent")


if __name__ == "__main__":
    main()
