"""A stretch of local time, and its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

# Longer than this many days, a day each is too much to look at.
MOST_DAYS = 62
_HOURLY_DAYS = 2
_MIDNIGHT = time()


class Step(StrEnum):
    """What a period is shown by."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment up to before another, in local time; naive where that is this machine's."""

    since: datetime
    until: datetime

    @classmethod
    def of_days(cls, days: int, now: datetime) -> Period:
        """So many days, today the last of them, up to now. `days`: 1 or more."""
        return cls(_midnight(now.date() - timedelta(days - 1), now), now)

    @classmethod
    def of_dates(cls, since: date | None, until: date | None, now: datetime) -> Period:
        """All of the days from one to another, both included, up to now at most. Without `since` seven days, without `until`
        to today. Raises ValueError for a period that is empty or in the future."""
        last = min(until or now.date(), now.date())
        first = since or last - timedelta(6)
        if first > last:
            raise ValueError(f"it begins on {first}, after its end on {last}")
        return cls(_midnight(first, now), min(_midnight(last + timedelta(1), now), now))

    @property
    def last(self) -> date:
        """Its last day."""
        return max(self.since, self.until - timedelta(microseconds=1)).date()

    @property
    def days(self) -> int:
        """How many calendar days it touches."""
        return (self.last - self.since.date()).days + 1

    @property
    def before(self) -> Period:
        """The same stretch so many days earlier."""
        back = timedelta(self.days)
        return Period(self.since - back, self.until - back)

    @property
    def seconds(self) -> tuple[float, float]:
        """Its borders in unix seconds."""
        return self.since.timestamp(), self.until.timestamp()

    @property
    def step(self) -> Step:
        """By hour for one day or two, by day, by week for long ones."""
        return Step.HOUR if self.days <= _HOURLY_DAYS else Step.DAY if self.days <= MOST_DAYS else Step.WEEK

    def parts(self) -> Iterator[datetime]:
        """Where its hours, days or weeks begin."""
        width = {Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(1), Step.WEEK: timedelta(7)}[self.step]
        start = self.since
        while start < self.until:
            yield start
            start += width


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, _MIDNIGHT, now.tzinfo)
