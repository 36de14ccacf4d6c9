"""What an editor who knows the subject types into `kpo-bot teach`, after a simulated week.

    python -m tests.week.editor week/said.jsonl | kpo-bot teach

It sees the same groups, and knows what each message meant. The settings are those of `kpo-bot teach`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from bot.console import responder_or_fail, settings_or_fail
from bot.editor.choosing import teachable
from bot.editor.commands import DAYS, read_period
from bot.editor.groups import Group, groups
from bot.editor.lessons import plain, unfit
from bot.editor.missed import missed_in
from bot.editor.period import Period
from bot.evaluate import Row, load
from bot.knowledge import OFF_DOMAIN, load_examples

PATIENCE = 100
"""So many groups an editor looks at, before it is enough for today."""

Meant = Mapping[str, Counter[str]]
"""The topics that each text may have asked for, with how often it did."""


def meant(rows: Sequence[Row]) -> Meant:
    """What people meant by what they wrote."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row.q].update(row.accept or {OFF_DOMAIN})
    return found


def keys(groups: Sequence[Group], knows: Meant) -> Iterator[str]:
    """The lines to type: for each group its topic, without the messages that meant something else."""
    for number, group in enumerate(groups):
        if number == PATIENCE:
            yield "q"
            yield "y"  # go on with what is chosen so far
            break
        yield from _keys(group, knows)
    yield "y"  # write it


def _keys(group: Group, knows: Meant) -> Iterator[str]:
    votes: Counter[str] = Counter()
    for text, count in group.texts:
        for topic in knows[text]:
            votes[topic] += count
    topic = min(votes, key=lambda topic: (-votes[topic], topic))
    others = [str(i) for i, (text, _) in enumerate(group.texts, 1) if topic not in knows[text]]
    if all(topic not in knows[text] or unfit(plain(text)) for text, _ in group.texts):
        yield "s"
        return
    if others:
        yield from ("e", " ".join(others))
    nearest = [near for near, _ in group.topics]
    if topic == OFF_DOMAIN:
        yield "o"
    elif topic in nearest:
        yield str(nearest.index(topic) + 1)
    else:
        yield from ("t", topic, "1")


@click.command()
@click.argument("said", type=click.Path(path_type=Path, exists=True))
def main(said: Path) -> None:
    """Print what an editor types into `kpo-bot teach`, who knows by SAID what people meant."""
    settings = settings_or_fail()
    responder, period = responder_or_fail(settings), Period.of_days(DAYS, datetime.now())
    messages = missed_in(period, read_period(settings.database.get_secret_value(), period))
    found = groups(messages, responder, load_examples(responder.knowledge))
    click.echo("\n".join(keys(teachable(found.groups), meant(load([said])))))


if __name__ == "__main__":
    main()
