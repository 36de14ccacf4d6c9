"""The network by itself: what it learns, and that it can be kept."""

import numpy as np
import pytest

from bot.matcher.learning import learn
from bot.matcher.network import Network

EXAMPLES = [
    ({"wאדום", "cCOLOUR"}, "colour"),
    ({"wכחול", "cCOLOUR"}, "colour"),
    ({"wחתול", "cANIMAL"}, "animal"),
    ({"wכלב", "cANIMAL"}, "animal"),
    ({"wאוטו", "n"}, "other"),
    ({"wרכבת", "n"}, "other"),
] * 2


@pytest.fixture(scope="module")
def network() -> Network:
    return learn(EXAMPLES)


def best(network: Network, features: set[str]) -> str:
    return network.classes[int(np.argmax(network.probabilities(network.rows_of(features))))]


def test_learns_what_it_was_shown(network: Network) -> None:
    assert [best(network, features) for features, _ in EXAMPLES] == [topic for _, topic in EXAMPLES]


def test_a_shared_feature_speaks_for_a_new_word(network: Network) -> None:
    assert best(network, {"wירוק", "cCOLOUR"}) == "colour"


def test_probabilities_sum_to_one(network: Network) -> None:
    for features in (set[str](), {"wלא נראה"}, EXAMPLES[0][0]):
        assert network.probabilities(network.rows_of(features)).sum() == pytest.approx(1, abs=1e-5)


def test_learning_again_gives_the_same(network: Network) -> None:
    assert learn(EXAMPLES).to_bytes() == network.to_bytes()


def test_another_example_leaves_the_rest_nearly_as_it_was(network: Network) -> None:
    more = learn([*EXAMPLES, ({"wאופניים", "n"}, "other"), ({"wאופניים", "cNEW"}, "new")])
    for feature in ("wאדום", "cCOLOUR", "wכלב", "cANIMAL"):
        one, other = (some.hidden[some.rows[feature]].astype(float) for some in (network, more))
        assert one @ other / np.sqrt((one @ one) * (other @ other)) > 0.9, feature


def test_what_one_example_alone_shows_is_left_out() -> None:
    assert "wפעם" not in learn([*EXAMPLES, ({"wפעם", "cCOLOUR"}, "colour")]).rows


def test_kept_and_read_again_it_decides_the_same(network: Network) -> None:
    again = Network.from_bytes(network.to_bytes())
    assert (again.classes, dict(again.rows)) == (network.classes, dict(network.rows))
    for features, _ in EXAMPLES:
        rows = network.rows_of(features)
        assert again.probabilities(rows) == pytest.approx(network.probabilities(rows), abs=1e-2)


def test_bytes_that_are_no_network_are_refused() -> None:
    with pytest.raises((ValueError, OSError, KeyError, EOFError)):
        Network.from_bytes(b"no network")
