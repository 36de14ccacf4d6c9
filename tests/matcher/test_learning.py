"""The network by itself: what it learns, and that it can be kept."""

import random

import numpy as np
import pytest

from bot.matcher.learning import Example, learn
from bot.matcher.network import Network


def example(features: str, *topics: str) -> Example:
    return Example(frozenset(features.split()), topics)


EXAMPLES = [
    example("wאדום cCOLOUR", "colour"),
    example("wכחול cCOLOUR", "colour"),
    example("wחתול cANIMAL", "animal"),
    example("wכלב cANIMAL", "animal"),
    example("wאוטו n", "other"),
    example("wרכבת n", "other"),
    example("wאדום wחתול cCOLOUR cANIMAL", "colour", "animal"),
    example("wכחול wכלב cCOLOUR cANIMAL", "animal", "colour"),
] * 12


@pytest.fixture(scope="module")
def network() -> Network:
    return learn(EXAMPLES)


def ranked(network: Network, features: frozenset[str]) -> tuple[list[str], float]:
    odds, two = network.probabilities(network.rows_of(features))
    return [network.classes[i] for i in np.argsort(-odds)], two


def test_learns_what_it_was_shown(network: Network) -> None:
    for shown in EXAMPLES[:8]:
        order, two = ranked(network, shown.features)
        assert set(order[: len(shown.topics)]) == set(shown.topics)
        assert (two > 0.5) is (len(shown.topics) == 2)


def test_a_shared_feature_speaks_for_a_new_word(network: Network) -> None:
    assert ranked(network, frozenset({"wירוק", "cCOLOUR"}))[0][0] == "colour"


def test_probabilities_sum_to_one(network: Network) -> None:
    for features in (frozenset[str](), frozenset({"wלא נראה"}), EXAMPLES[0].features):
        odds, two = network.probabilities(network.rows_of(features))
        assert odds.sum() == pytest.approx(1, abs=1e-5) and 0 <= two <= 1


def test_the_order_of_examples_changes_nothing(network: Network) -> None:
    shuffled = EXAMPLES[:]
    random.Random(4).shuffle(shuffled)
    assert learn(shuffled).to_bytes() == network.to_bytes()


def test_what_one_example_alone_shows_is_left_out() -> None:
    assert "wפעם" not in learn([*EXAMPLES, example("wפעם cCOLOUR", "colour")]).rows


def test_kept_and_read_again_it_decides_the_same(network: Network) -> None:
    again = Network.from_bytes(network.to_bytes())
    assert (again.classes, dict(again.rows)) == (network.classes, dict(network.rows))
    for shown in EXAMPLES[:8]:
        rows = network.rows_of(shown.features)
        assert again.probabilities(rows)[0] == pytest.approx(network.probabilities(rows)[0], abs=1e-2)


def test_bytes_that_are_no_network_are_refused() -> None:
    with pytest.raises((ValueError, OSError, KeyError, EOFError)):
        Network.from_bytes(b"no network")
