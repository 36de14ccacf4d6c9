"""Whether a change made answers worse, or learning anew did, which moves some answers either way whatever was changed."""

from __future__ import annotations

from fractions import Fraction
from math import comb

RARE_BELOW = 0.05
"""What is less likely than this by chance is taken for an effect. One in twenty changes that do nothing looks as if it did."""


def chance_of(worse: int, better: int) -> float:
    """How likely it is, 0 to 1, that of so many questions that got worse or better at least so many got worse, if for each of
    them both were as likely: the exact one-sided sign test. Five that got worse, with none better, are the fewest to be rare.

    Questions that are much alike change together, which the test does not know: near the limit it is rather too strict.

    >>> chance_of(0, 0), chance_of(1, 0), chance_of(5, 0)
    (1.0, 0.5, 0.03125)
    """
    changed = worse + better
    ways = sum(comb(changed, number) for number in range(worse, changed + 1))
    return float(Fraction(ways, 1 << changed))


def is_more_than_chance(worse: int, better: int) -> bool:
    """Whether so many got worse, beside those that got better, that chance will not do."""
    return chance_of(worse, better) < RARE_BELOW


def is_within_chance(worse: int, better: int) -> bool:
    """Whether chance alone will do, for what got worse as for what got better."""
    return not is_more_than_chance(worse, better) and not is_more_than_chance(better, worse)


def judgement(worse: int, better: int) -> str:
    """What so many questions come to that got worse or better, in a line."""
    if not worse and not better:
        return "none got worse or better"
    counts = f"{worse:,} got worse and {better:,} better"
    if is_more_than_chance(worse, better):
        return f"{counts}: a drop, more than learning anew changes by chance"
    if is_more_than_chance(better, worse):
        return f"{counts}: a gain, more than learning anew changes by chance"
    return f"{counts}: within what learning anew changes by chance"
