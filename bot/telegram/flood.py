"""People who write faster than anybody reads."""

from __future__ import annotations

from collections import deque
from enum import Enum

from cachetools import LRUCache

MOST_MESSAGES = 20
WINDOW_S = 10.0
_MOST_PEOPLE = 2_000


class Verdict(Enum):
    """What to do with a message."""

    ANSWER = "answer"
    WARN = "warn"
    """Say once that it is too much."""
    IGNORE = "ignore"


class Flood:
    """Counts the messages of each person: more than 20 in 10 s are too many, until fewer have come for 10 s."""

    def __init__(self) -> None:
        self._times: LRUCache[int, deque[float]] = LRUCache(_MOST_PEOPLE)
        self._warned: LRUCache[int, bool] = LRUCache(_MOST_PEOPLE)

    def judge(self, person: int, at: float) -> Verdict:
        """What to do with a message that a person sent at a time (s). The time is the message's own, so that many messages
        that waited while the bot was down are no flood."""
        times = self._times.setdefault(person, deque(maxlen=MOST_MESSAGES + 1))
        times.append(at)
        if len(times) <= MOST_MESSAGES or abs(at - times[0]) >= WINDOW_S:
            self._warned.pop(person, None)
            return Verdict.ANSWER
        if self._warned.get(person):
            return Verdict.IGNORE
        self._warned[person] = True
        return Verdict.WARN
