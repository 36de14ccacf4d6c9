"""Learning the network from examples: features and class of each.

Stochastic gradient descent on the cross-entropy, in small batches, with AdaGrad's steps (Duchi, Hazan and Singer, 2011; one
step size for each feature, not for each weight). Some features of each example are left out at random each time, so that
the network learns to do without any one word. A batch knows few of the features, so that its part of the weights fits in
plain matrix products; no solver library is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

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
_START = 0.05
_SEED = 20
_TINY = 1e-6


def learn(examples: Iterable[tuple[Iterable[str], str]]) -> Network:
    """Learn from the features and the class of each example. The same examples in the same order give the same network."""
    ids: dict[str, int] = {}
    shown: list[np.ndarray] = []
    topics: list[str] = []
    for features, topic in examples:
        shown.append(np.array([ids.setdefault(feature, len(ids)) for feature in features], np.int32))
        topics.append(topic)
    rows, row_of_id = _kept(list(ids), np.bincount(np.concatenate(shown), minlength=len(ids)))
    # Sorted, because a set gives its features in another order each time.
    inputs = [np.sort(kept[kept >= 0]) for kept in (row_of_id[features] for features in shown)]
    classes = sorted(set(topics))
    numbers = {topic: number for number, topic in enumerate(classes)}
    labels = np.array([numbers[topic] for topic in topics])
    hidden, *others = _descend(inputs, labels, len(rows), len(classes))
    return Network(tuple(classes), rows, hidden.astype(np.float16), *others)


def _kept(names: Sequence[str], counts: np.ndarray) -> tuple[dict[str, int], np.ndarray]:
    """The features worth keeping, in alphabetical order, and the row of each of all the features, or -1."""
    frequent = sorted(np.flatnonzero(counts >= RARE_BELOW).tolist(), key=lambda i: (-counts[i], names[i]))[:MOST_FEATURES]
    kept = sorted(frequent, key=lambda i: names[i])
    row_of_id = np.full(len(names), -1, np.int32)
    row_of_id[kept] = np.arange(len(kept))
    return {names[i]: row for row, i in enumerate(kept)}, row_of_id


def _descend(inputs: Sequence[np.ndarray], labels: np.ndarray, features: int, classes: int) -> tuple[Floats, ...]:
    """The weights that tell the examples apart: of the hidden layer, its bias, the output, its bias."""
    random = np.random.default_rng(_SEED)
    hidden = (random.standard_normal((features, UNITS)) * _START).astype(np.float32)
    output = (random.standard_normal((UNITS, classes)) * np.sqrt(2 / UNITS)).astype(np.float32)
    hidden_bias, output_bias = np.zeros(UNITS, np.float32), np.zeros(classes, np.float32)
    squares = [np.full_like(weights, _TINY) for weights in (hidden_bias, output, output_bias)]
    hidden_squares = np.full(len(hidden), _TINY, np.float32)
    lengths = np.array([len(rows) for rows in inputs])
    passes = max(1, min(max(EPOCHS, min(MOST_EPOCHS, LEAST_SHOWN // len(inputs))), MOST_SHOWN // len(inputs)))
    order = np.concatenate([random.permutation(len(inputs)) for _ in range(passes)])
    steps = -(-len(order) // BATCH)
    for step in range(steps):
        chosen = order[step * BATCH : (step + 1) * BATCH]
        columns, places = np.unique(np.concatenate([inputs[i] for i in chosen]), return_inverse=True)
        shown = np.zeros((len(chosen), len(columns)), np.float32)
        present = (random.random(len(places)) >= LEFT_OUT) * (_INPUT / np.float32(1 - LEFT_OUT))
        shown[np.repeat(np.arange(len(chosen)), lengths[chosen]), places] = present

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
