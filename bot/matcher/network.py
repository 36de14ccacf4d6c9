"""The network: how likely each topic is, given the features of a message.

One hidden layer over the sum of the features' rows (a "deep averaging network", Iyyer, Manjunatha, Boyd-Graber and Daumé,
2015): rectified linear units, then softmax. The time for a message grows with its features alone, not with how many there are
in all, and hardly with the number of topics. Using it takes nothing but numpy; `learning` makes one.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Network:
    """Classes, the row of each feature in `hidden`, and the weights."""

    classes: tuple[str, ...]
    rows: Mapping[str, int]
    hidden: npt.NDArray[np.float16]
    """features x units; half as precise as the rest, and so half as large, which changes no decision"""
    hidden_bias: Floats
    output: Floats
    """units x classes"""
    output_bias: Floats

    def rows_of(self, features: Iterable[str]) -> list[int]:
        """The rows of those features that were seen in learning."""
        return [row for row in map(self.rows.get, features) if row is not None]

    def probabilities(self, rows: Sequence[int]) -> Floats:
        """How likely each class is for a message with these features, in the order of `classes`; they sum to 1."""
        units = self.hidden.take(rows, axis=0).sum(axis=0, dtype=np.float32) + self.hidden_bias
        np.maximum(units, 0, out=units)
        scores = units @ self.output + self.output_bias
        odds: Floats = np.exp(scores - scores.max())
        odds /= odds.sum()
        return odds

    def to_bytes(self) -> bytes:
        """The network as one file (npz)."""
        file = io.BytesIO()
        np.savez(
            file,
            classes=np.frombuffer("\n".join(self.classes).encode(), np.uint8),
            features=np.frombuffer("\n".join(self.rows).encode(), np.uint8),
            hidden=self.hidden,
            hidden_bias=self.hidden_bias,
            output=self.output,
            output_bias=self.output_bias,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Network:
        """The network that `to_bytes` wrote. Raises ValueError, OSError or KeyError for anything else."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            names = arrays["features"].tobytes().decode().split("\n")
            return cls(
                classes=tuple(arrays["classes"].tobytes().decode().split("\n")),
                rows={name: row for row, name in enumerate(names)},
                hidden=arrays["hidden"],
                hidden_bias=arrays["hidden_bias"],
                output=arrays["output"],
                output_bias=arrays["output_bias"],
            )
