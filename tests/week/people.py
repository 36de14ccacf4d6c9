"""The people of a simulated week, and what they write: everything from a seed.

What they mean is labelled, so that an editor who knows the subject can be simulated, too.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.evaluate import Row
from tests.benchmarks.report import message
from tests.rows import DATA

DAYS = 7
# A theme is what many ask at once, each in words of their own: an assignment at school, a rumour, a word of the trade.
OF_THEMES = 0.4
"""This share of the conversations is about a theme."""
HELD_BACK = 0.5
"""This share of a theme's messages nobody writes in the week: they show whether the bot learned more than words by heart."""
OTHERWISE = 0.35
"""This share of the messages is typed with a slip or courtesies."""
MESSAGES_PER_PERSON = 2.2
# How busy each hour of the day is, from midnight.
HOURS = (2, 1, 1, 1, 1, 2, 5, 9, 12, 14, 14, 13, 12, 12, 12, 11, 11, 12, 13, 14, 14, 11, 8, 4)


@dataclass(frozen=True, slots=True)
class Talk:
    """What somebody comes to ask, one message after the other."""

    theme: str
    """Empty for what has none."""
    turns: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody comes to ask."""

    at: float
    """Unix seconds."""
    person: int
    talk: Talk
    chance: random.Random
    """Of its own, so that what is written does not hang on the hour at which a week is played."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is asked in a week, and what is held back."""

    ordinary: tuple[Talk, ...]
    themes: dict[str, tuple[Talk, ...]]
    held_back: tuple[Row, ...]


def material(seed: int) -> Material:
    """The conversations of the data files, each theme parted in what is written in the week and what is not."""
    chance = random.Random(seed)
    ordinary = tuple(
        Talk("", tuple(_row(turn, place, "talk") for turn in line["turns"])) for place, line in _lines("ordinary.jsonl")
    )
    rows: dict[str, list[Row]] = defaultdict(list)
    for place, line in _lines("themes.jsonl"):
        rows[line["theme"]].append(_row(line, place, line["theme"]))
    written: dict[str, tuple[Talk, ...]] = {}
    held_back: list[Row] = []
    for theme, some in rows.items():
        chance.shuffle(some)
        count = round(len(some) * HELD_BACK)
        held_back += some[:count]
        written[theme] = tuple(Talk(theme, (row,)) for row in some[count:])
    return Material(ordinary, written, tuple(held_back))


def _lines(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    text = (DATA / "week" / name).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        yield f"{name}:{number}", json.loads(line)


def _row(line: dict[str, Any], place: str, tag: str) -> Row:
    accept = frozenset(line["accept"])
    kind = "off" if not accept else "chat" if any(topic.startswith("chat-") for topic in accept) else "answer"
    return Row(place, str(line["q"]), accept, kind, tag)


def visits(asked: Material, messages: int, seed: int, now: datetime) -> list[Visit]:
    """A week's visits, by time: about so many messages in all, on seven days of which `now` is the last."""
    chance = random.Random(seed)
    people = max(1, round(messages / MESSAGES_PER_PERSON))
    themes = list(asked.themes)
    # Some themes are on many minds, others on few.
    weights = [1 / (rank + 3) for rank in range(len(themes))]
    found: list[Visit] = []
    written = 0
    while written < messages:
        theme = chance.choices(themes, weights)[0] if chance.random() < OF_THEMES else None
        talk = chance.choice(asked.themes[theme] if theme else asked.ordinary)
        person = chance.randrange(people) + 1
        found.append(Visit(_time(chance, now), person, talk, random.Random(f"{seed} {len(found)}")))
        written += len(talk.turns)
    return sorted(found, key=lambda visit: visit.at)


def _time(chance: random.Random, now: datetime) -> float:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = today - timedelta(days=chance.randrange(DAYS))
    of_day = (chance.choices(range(24), HOURS)[0] + chance.random()) / 24
    # Today is as busy as any day, in the hours that it has had.
    length = now - today if day == today else timedelta(days=1)
    return (day + length * of_day).timestamp()


def typed(row: Row, chance: random.Random) -> str:
    """A message as one of many types it."""
    return message(row.q, chance) if chance.random() < OTHERWISE else row.q
