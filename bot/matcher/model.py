"""The linear model: how much each feature speaks for each topic, learned from the phrasings.

Multinomial logistic regression over features weighted by TF-IDF (sublinear counts, smoothed inverse document frequency),
each block of features brought to unit length and given its share. Messages of other domains are a class of their own,
so that refusing is learned like answering. Trained by AdaGrad (Duchi, Hazan, Singer, 2011), one example at a time: at
some hundred features an example, plain numpy does thousands of examples a second, and no solver library is needed.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

OFF_DOMAIN = "off-domain"
"""The class of the messages that are not ours. No topic may be called that."""

# What each block of features weighs against the others: measured by leaving out one writer's phrasings at a time.
BLOCK_SHARES = {"c": 1.0, "p": 1.0, "s": 0.7, "w": 1.0, "r": 0.7, "b": 0.5, "g": 0.5, "u": 0.5, "n": 0.3}
_UNSCALED_BLOCKS = frozenset("un")

EPOCHS = 6
LEARNING_RATE = 0.5
DECAY = 2e-4
_SEED = 20


@dataclass(frozen=True, slots=True)
class Model:
    """Features, their inverse document frequencies, and a weight for each feature and class."""

    classes: tuple[str, ...]
    index: Mapping[str, int]
    idf: Floats
    weights: Floats
    bias: Floats

    def probabilities(self, counts: Mapping[str, int]) -> Floats:
        """How likely each class is, in the order of `classes`; they sum to 1."""
        rows, values = vector(counts, self.index, self.idf)
        scores = values @ self.weights[rows].astype(np.float32) + self.bias
        scores -= scores.max()
        odds = np.exp(scores)
        probabilities: Floats = odds / odds.sum()
        return probabilities

    def to_bytes(self) -> bytes:
        """The model as one file (npz). Weights are kept in half precision, which changes no decision."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            classes=np.frombuffer("\n".join(self.classes).encode(), np.uint8),
            features=np.frombuffer("\n".join(self.index).encode(), np.uint8),
            idf=self.idf,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """The model that `to_bytes` wrote. Raises ValueError, OSError or KeyError for anything else."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            names = arrays["features"].tobytes().decode().split("\n")
            return cls(
                classes=tuple(arrays["classes"].tobytes().decode().split("\n")),
                index={name: i for i, name in enumerate(names)},
                idf=arrays["idf"],
                weights=arrays["weights"],
                bias=arrays["bias"],
            )


def vector(counts: Mapping[str, int], index: Mapping[str, int], idf: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """The rows of the known features, and their values."""
    rows: list[int] = []
    values: list[float] = []
    squares: dict[str, float] = dict.fromkeys(BLOCK_SHARES, 0.0)
    blocks: list[str] = []
    for feature, count in counts.items():
        row = index.get(feature)
        if row is None:
            continue
        value = (1 + log(count)) * float(idf[row])
        block = feature[0]
        rows.append(row)
        values.append(value)
        blocks.append(block)
        squares[block] += value * value
    scale = {
        block: share if block in _UNSCALED_BLOCKS or not squares[block] else share / sqrt(squares[block])
        for block, share in BLOCK_SHARES.items()
    }
    scaled = [value * scale[block] for value, block in zip(values, blocks, strict=True)]
    return np.array(rows, np.int64), np.array(scaled, np.float32)


def learn(examples: Sequence[tuple[Mapping[str, int], str]]) -> Model:
    """Learn from feature counts and their classes. The same examples give the same model, in whatever order they come."""
    # Sorting makes the order of entries in the files irrelevant.
    examples = sorted(examples, key=lambda example: (example[1], sorted(example[0].items())))
    classes = tuple(sorted({label for _, label in examples}))
    in_documents = Counter(feature for counts, _ in examples for feature in counts)
    index = {feature: i for i, feature in enumerate(sorted(in_documents))}
    idf = np.array([log((1 + len(examples)) / (1 + in_documents[f])) + 1 for f in index], np.float32)
    vectors = [vector(counts, index, idf) for counts, _ in examples]
    labels = np.array([classes.index(label) for _, label in examples])

    weights = np.zeros((len(index), len(classes)), np.float32)
    bias = np.zeros(len(classes), np.float32)
    squared_steps = np.full(len(index), 1e-8, np.float32)
    random = np.random.default_rng(_SEED)
    for _ in range(EPOCHS):
        for i in random.permutation(len(examples)):
            rows, values = vectors[i]
            own = weights[rows]
            scores = values @ own + bias
            scores -= scores.max()
            error = np.exp(scores)
            error /= error.sum()
            error[labels[i]] -= 1
            squared_steps[rows] += values * values * (error @ error)
            step = LEARNING_RATE / np.sqrt(squared_steps[rows])
            weights[rows] = own - step[:, None] * (values[:, None] * error + DECAY * own)
            bias -= 0.01 * error
    return Model(classes, index, idf, weights, bias)
