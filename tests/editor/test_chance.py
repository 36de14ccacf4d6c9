"""What chance does is told from what a change does."""

from itertools import product

import pytest

from bot.editor.chance import chance_of, is_more_than_chance


@pytest.mark.parametrize(("worse", "better"), [(0, 0), (1, 0), (0, 3), (4, 2), (3, 3), (7, 1)])
def test_the_chance_is_the_share_of_all_that_may_happen(worse: int, better: int) -> None:
    all_ways = list(product((True, False), repeat=worse + better))
    assert chance_of(worse, better) == sum(sum(way) >= worse for way in all_ways) / len(all_ways)


@pytest.mark.parametrize(
    ("worse", "better", "is_more"),
    [
        (0, 0, False),
        (1, 0, False),
        (4, 0, False),
        (5, 0, True),
        (31, 28, False),
        (40, 25, True),
        (39, 26, False),
        (25, 40, False),
        (1_000, 900, True),
        (2_549, 0, True),
    ],
)
def test_what_is_more_than_chance(worse: int, better: int, is_more: bool) -> None:
    assert is_more_than_chance(worse, better) is is_more
