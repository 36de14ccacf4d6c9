"""Learning the network from examples: features and class of each.

Stochastic gradient descent on the cross-entropy, in small batches, with AdaGrad's steps (Duchi, Hazan and Singer, 2011; one
step size for each feature, not for each weight). Some features of each example are left out at random each time, so that
the network learns to do without any one word. A batch knows few of the features, so that its part of the weights fits in
plain matrix products; no solver library is needed.

What is random about it hangs on what each feature is called and on what each example shows, and not on how many there are:
examples that are added or taken out change what the network makes of messages like them, and hardly anything else. With
plain random numbers every change would be another draw, in which some answers get better and others worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

from bot.matcher.network import Floats, Network

UNITS = 160
# Features that one example alone shows are noise; and there are never more than can be kept in memory.
RARE_BELOW = 2
MOST_FEATURES = 2**18
BATCH = 32
# Passes over the examples: more where there are few, fewer where there are so many that they say most things twice.
EPOCHS = 4
LEAST_SHOWN = 20_000
MOST_EPOCHS = 50
MOST_SHOWN = 2_000_000
LEFT_OUT = 0.3
# What a feature that is there counts, as large as makes the first steps good ones.
_INPUT = np.float32(0.3)
_HIDDEN_STEP = 0.1
_OUTPUT_STEP = 0.02
_DEVIATION = 0.05
_SEED = 20
_TINY = 1e-6
_AT_ONCE = 4_096

Hashes = npt.NDArray[np.uint64]


def learn(examples: Iterable[tuple[Iterable[str], str]]) -> Network:
    """Learn from the features and the class of each example. The same examples in the same order give the same network."""
    ids: dict[str, int] = {}
    shown: list[np.ndarray] = []
    topics: list[str] = []
    for features, topic in examples:
        shown.append(np.array([ids.setdefault(feature, len(ids)) for feature in features], np.int32))
        topics.append(topic)
    names = list(ids)
    rows, row_of_id = _kept(names, np.bincount(np.concatenate(shown), minlength=len(ids)))
    # Sorted, because a set gives its features in another order each time.
    inputs = [np.sort(kept[kept >= 0]) for kept in (row_of_id[features] for features in shown)]
    classes = sorted(set(topics))
    numbers = {topic: number for number, topic in enumerate(classes)}
    labels = np.array([numbers[topic] for topic in topics])
    chance = _Chance(_hashes(rows), _apart(_sums(_hashes(names), shown) + _hashes(topics)))
    hidden, output = _start(_hashes(rows), _DEVIATION), _start(_hashes(classes), np.sqrt(2 / UNITS)).T.copy()
    hidden, *others = _descend(inputs, labels, chance, hidden, output)
    return Network(tuple(classes), rows, hidden.astype(np.float16), *others)


class _Chance:
    """The random numbers of the passes over the examples."""

    def __init__(self, features: Hashes, examples: Hashes) -> None:
        self._features, self._examples = features, examples

    def order(self, turn: int) -> np.ndarray:
        """The numbers of the examples, in the order of one pass."""
        return np.argsort(_mixed(self._examples + _step(turn)), kind="stable")

    def shows(self, features: np.ndarray, examples: np.ndarray, turn: int) -> np.ndarray:
        """Whether each of these features is shown with the example beside it, in one pass."""
        drawn = _mixed(self._features[features] ^ _mixed(self._examples[examples] + _step(turn)))
        return drawn >= np.uint64(LEFT_OUT * 2**64)


def _start(hashes: Hashes, deviation: float) -> Floats:
    """What the weights between the units and things with these hashes begin with: random numbers around 0."""
    units = _mixed(np.arange(UNITS, dtype=np.uint64) + np.uint64(_SEED))
    found = np.empty((len(hashes), UNITS), np.float32)
    for start in range(0, len(found), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        found[some] = _mixed(hashes[some, None] ^ units) / 2.0**64 - 0.5
    return found * np.float32(deviation * np.sqrt(12))


def _step(turn: int) -> np.uint64:
    return np.uint64((turn + 1) * 0x9E3779B97F4A7C15 % 2**64)


def _hashes(names: Iterable[str]) -> Hashes:
    """A number for each name, the same on any machine."""
    return _mixed(np.fromiter((crc32(name.encode("utf-8", "surrogatepass")) for name in names), np.uint64))


def _sums(hashes: Hashes, shown: Iterable[np.ndarray]) -> Hashes:
    return np.fromiter((hashes[features].sum() for features in shown), np.uint64)


def _apart(hashes: Hashes) -> Hashes:
    """A number for each, also where several are the same. Examples that show the same would else come all at once, and show
    the same part of it: four in a thousand questions less are answered right then."""
    order = np.argsort(hashes, kind="stable")
    places = np.arange(len(order))
    is_first = np.diff(hashes[order], prepend=~hashes[order[:1]]) != 0
    repeated = places - np.maximum.accumulate(np.where(is_first, places, 0))
    found = np.empty_like(hashes)
    found[order] = _mixed(hashes[order] + repeated.astype(np.uint64))
    return found


def _mixed(numbers: Hashes) -> Hashes:
    """Numbers that look random, each from its own (the finalizer of SplitMix64: Steele, Lea and Flood, 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _kept(names: Sequence[str], counts: np.ndarray) -> tuple[dict[str, int], np.ndarray]:
    """The features worth keeping, in alphabetical order, and the row of each of all the features, or -1."""
    frequent = sorted(np.flatnonzero(counts >= RARE_BELOW).tolist(), key=lambda i: (-counts[i], names[i]))[:MOST_FEATURES]
    kept = sorted(frequent, key=lambda i: names[i])
    row_of_id = np.full(len(names), -1, np.int32)
    row_of_id[kept] = np.arange(len(kept))
    return {names[i]: row for row, i in enumerate(kept)}, row_of_id


def _descend(
    inputs: Sequence[np.ndarray], labels: np.ndarray, chance: _Chance, hidden: Floats, output: Floats
) -> tuple[Floats, ...]:
    """The weights that tell the examples apart: of the hidden layer, its bias, the output, its bias."""
    hidden_bias, output_bias = np.zeros(UNITS, np.float32), np.zeros(output.shape[1], np.float32)
    squares = [np.full_like(weights, _TINY) for weights in (hidden_bias, output, output_bias)]
    hidden_squares = np.full(len(hidden), _TINY, np.float32)
    lengths = np.array([len(rows) for rows in inputs])
    passes = max(1, min(max(EPOCHS, min(MOST_EPOCHS, LEAST_SHOWN // len(inputs))), MOST_SHOWN // len(inputs)))
    order = np.concatenate([chance.order(turn) for turn in range(passes)])
    steps = -(-len(order) // BATCH)
    for step in range(steps):
        at = slice(step * BATCH, (step + 1) * BATCH)
        chosen = order[at]
        found = np.concatenate([inputs[i] for i in chosen])
        owners = np.repeat(np.arange(len(chosen)), lengths[chosen])
        columns, places = np.unique(found, return_inverse=True)
        shown = np.zeros((len(chosen), len(columns)), np.float32)
        present = chance.shows(found, chosen[owners], at.start // len(inputs)) * (_INPUT / np.float32(1 - LEFT_OUT))
        shown[owners, places] = present

        part = hidden[columns]
        units = np.maximum(shown @ part + hidden_bias, 0)
        scores = units @ output + output_bias
        error = np.exp(scores - scores.max(axis=1, keepdims=True))
        error /= error.sum(axis=1, keepdims=True)
        error[np.arange(len(chosen)), labels[chosen]] -= 1

        unit_error = (error @ output.T) * (units > 0)
        part_slope = shown.T @ unit_error
        cooling = 1 - step / steps
        hidden_squares[columns] += (part_slope * part_slope).mean(axis=1)
        hidden[columns] = part - cooling * _HIDDEN_STEP * part_slope / np.sqrt(hidden_squares[columns])[:, None]
        slopes = (unit_error.sum(axis=0), units.T @ error, error.sum(axis=0))
        for weights, slope, squared in zip((hidden_bias, output, output_bias), slopes, squares, strict=True):
            squared += slope * slope
            weights -= cooling * _OUTPUT_STEP * slope / np.sqrt(squared)
    return hidden * _INPUT, hidden_bias, output, output_bias
