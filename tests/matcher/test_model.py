"""The linear model by itself."""

import random

import numpy as np
import pytest

from bot.matcher.model import Model, learn

EXAMPLES = [
    ({"wאדום": 1, "cCOLOUR": 1}, "colour"),
    ({"wכחול": 1, "cCOLOUR": 1}, "colour"),
    ({"wחתול": 1, "cANIMAL": 1}, "animal"),
    ({"wכלב": 2, "cANIMAL": 1}, "animal"),
    ({"wאוטו": 1, "n": 1}, "other"),
]


def best(model: Model, counts: dict[str, int]) -> str:
    return model.classes[int(np.argmax(model.probabilities(counts)))]


def test_learns_what_it_was_shown() -> None:
    model = learn(EXAMPLES)
    assert [best(model, counts) for counts, _ in EXAMPLES] == [label for _, label in EXAMPLES]


def test_a_shared_feature_speaks_for_a_new_word() -> None:
    assert best(learn(EXAMPLES), {"wירוק": 1, "cCOLOUR": 1}) == "colour"


def test_probabilities_sum_to_one() -> None:
    model = learn(EXAMPLES)
    for counts in ({}, {"wלא נראה": 3}, EXAMPLES[0][0]):
        assert model.probabilities(counts).sum() == pytest.approx(1, abs=1e-5)


def test_the_order_of_examples_changes_nothing() -> None:
    shuffled = EXAMPLES[:]
    random.Random(4).shuffle(shuffled)
    assert learn(shuffled).to_bytes() == learn(EXAMPLES).to_bytes()


def test_kept_and_read_again_it_decides_the_same() -> None:
    model = learn(EXAMPLES)
    again = Model.from_bytes(model.to_bytes())
    assert (again.classes, dict(again.index)) == (model.classes, dict(model.index))
    for counts, _ in EXAMPLES:
        assert again.probabilities(counts) == pytest.approx(model.probabilities(counts), abs=1e-2)


def test_bytes_that_are_no_model_are_refused() -> None:
    with pytest.raises((ValueError, OSError, KeyError, EOFError)):
        Model.from_bytes(b"no model")
