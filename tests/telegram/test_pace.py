"""How many calls to Telegram run at a time: as many as it takes, and no more than a crash may repeat."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from bot.telegram import retrying
from bot.telegram.retrying import FEWEST_AT_A_TIME, MOST_AT_FIRST, Pace


def clock(calls: int, took_s: float, per_s: float, pause_s: float) -> Iterator[float]:
    """The times at which so many calls begin and end; the last one after a pause."""
    yield 0.0
    for number in range(calls):
        began = number / per_s + (pause_s if number == calls - 1 else 0.0)
        yield from (began, began + took_s)


@pytest.mark.parametrize(
    ("calls", "took_s", "pause_s", "most"),
    [
        (0, 0.05, 0, MOST_AT_FIRST),  # how long one takes is not known yet
        (300, 0.001, 0, FEWEST_AT_A_TIME),
        (300, 0.05, 0, MOST_AT_FIRST),  # five in a hundred of these are fewer
        (600, 0.05, 0, 29),
        (5000, 0.05, 0, 50),  # a thousand a second
        (5000, 0.05, 60, MOST_AT_FIRST),  # long ago
    ],
)
async def test_calls_at_a_time(monkeypatch: pytest.MonkeyPatch, calls: int, took_s: float, pause_s: float, most: int) -> None:
    times = clock(calls, took_s, 1000, pause_s)
    monkeypatch.setattr(retrying, "time", SimpleNamespace(monotonic=lambda: next(times)))  # the loop goes by the real one
    pace = Pace()
    for _ in range(calls):
        async with pace():
            pass
    assert pace.most == most
