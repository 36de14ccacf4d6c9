"""What a reply is worth, how well the bot does on the sample of labelled questions, and what a change does to that."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation import Decision, Reply, Responder
from bot.editor.measuring import missed_limits
from bot.evaluate import (
    Comparison,
    Result,
    Row,
    Shares,
    Verdict,
    as_json,
    compare,
    comparison_lines,
    evaluate,
    load,
    result_lines,
    shares,
    table,
    verdict,
)
from bot.knowledge import load as load_knowledge
from tests.conftest import KNOWLEDGE
from tests.knowledge.test_loader import SMALL, write

WITHOUT_GREEN = SMALL | {
    "b.yaml": "\n".join(line for line in SMALL["b.yaml"].splitlines() if "id: green" not in line),
    "bot/texts.yaml": SMALL["bot/texts.yaml"].replace("green, grey", "grey, red"),
    "lexicon/words.yaml": SMALL["lexicon/words.yaml"].replace("{green: [red, blue]}", "{}"),
}
A, S, F = Decision.ANSWER, Decision.SUGGEST, Decision.FALLBACK


@pytest.mark.parametrize(
    ("accept", "both", "decision", "topics", "expected"),
    [
        (["a"], [], A, ["a"], Verdict.RIGHT),
        (["a", "b"], [], A, ["b"], Verdict.RIGHT),
        (["a"], [], A, ["b", "a"], Verdict.WRONG),
        (["a"], [], S, ["b", "a"], Verdict.OFFERED),
        (["a"], [], S, ["b"], Verdict.MISSED),
        (["a"], [], F, [], Verdict.MISSED),
        (["a", "b"], ["a", "b"], A, ["a"], Verdict.HALF),
        (["a", "b"], ["a", "b"], A, ["b", "a"], Verdict.RIGHT),
        (["a", "b", "c"], ["a", "b"], A, ["c", "a"], Verdict.RIGHT),
        ([], [], F, [], Verdict.RIGHT),
        ([], [], A, ["a"], Verdict.FALSE),
        ([], [], A, ["chat-thanks"], Verdict.CHAT_SLIP),
        ([], [], S, ["a"], Verdict.OFFERED_OFF),
    ],
)
def test_verdicts(accept: list[str], both: list[str], decision: Decision, topics: list[str], expected: Verdict) -> None:
    row = Row("chat", "q", frozenset(accept), "answer", "", frozenset(both))
    assert verdict(row, decision, topics) is expected


@pytest.mark.parametrize("files", ["w*", "[rc]*"])
def test_questions_are_answered_well(responder: Responder, files: str) -> None:
    """A little below what is reached (see the README), so that chance alone does not fail it."""
    rows = load(sorted((KNOWLEDGE / "questions").glob(f"{files}.jsonl")))
    assert len(rows) > 400
    results = evaluate(responder, rows)
    counts: dict[str, Counter[Verdict]] = {}
    for result in results:
        counts.setdefault(result.row.kind, Counter())[result.verdict] += 1

    def share(kind: str, *verdicts: Verdict) -> float:
        return sum(counts[kind][v] for v in verdicts) / counts[kind].total()

    message = table(results, "kind")
    assert share("answer", Verdict.RIGHT) >= 0.93, message
    assert share("answer", Verdict.WRONG) <= 0.035, message
    assert share("uncovered", Verdict.RIGHT) >= 0.87, message
    assert share("chat", Verdict.RIGHT) >= 0.9, message
    assert share("off", Verdict.FALSE, Verdict.CHAT_SLIP) <= 0.02, message
    assert share("double", Verdict.RIGHT) >= 0.8, message
    assert share("later turn", Verdict.RIGHT) >= 0.88, message
    assert share("later turn", Verdict.WRONG) <= 0.05, message


def result(accept: list[str], decision: Decision, *topics: str) -> Result:
    row = Row("chat", "q", frozenset(accept), "answer", "")
    return Result(row, Reply(decision, topics, ()), verdict(row, decision, topics))


def test_a_comparison_tells_what_got_better_and_worse() -> None:
    right, other_right = result(["a", "b"], A, "a"), result(["a", "b"], A, "b")
    silent, wrong, offered = result(["a", "b"], F), result(["a", "b"], A, "c"), result(["a", "b"], S, "b")
    pairs = {
        "better": [(silent, right), (wrong, silent), (silent, offered)],
        "worse": [(right, silent), (silent, wrong)],
        "changed": [(right, other_right)],
        "same": [(right, right)],
    }
    comparison = Comparison(tuple(pair for some in pairs.values() for pair in some))
    assert [comparison.better, comparison.worse, comparison.changed] == [pairs["better"], pairs["worse"], pairs["changed"]]
    assert comparison.before == Shares(7, pytest.approx(300 / 7), 0.0, pytest.approx(100 / 7))
    assert comparison.after == Shares(7, pytest.approx(300 / 7), pytest.approx(100 / 7), pytest.approx(100 / 7))
    lines = comparison_lines(comparison, most=1)
    assert "worse: 2" in lines and "  and 1 more" in lines and "  answer a -> fallback; wanted a, b" in lines


# Worth to who asked: each verdict is worth less than those of the line before, and as much as its neighbours.
WORTH = [
    [Verdict.RIGHT],
    [Verdict.HALF, Verdict.OFFERED, Verdict.OFFERED_OFF],
    [Verdict.MISSED, Verdict.CHAT_SLIP],
    [Verdict.WRONG, Verdict.FALSE],
]
RANKS = {verdict: rank for rank, verdicts in enumerate(WORTH) for verdict in verdicts}


@pytest.mark.parametrize(("old", "new"), [(old, new) for old in Verdict for new in Verdict])
def test_the_order_of_verdicts(old: Verdict, new: Verdict) -> None:
    row = Row("chat", "q", frozenset(), "off", "")
    before, after = (Result(row, Reply(F, topics, ()), verdict) for verdict, topics in ((old, ("a",)), (new, ("b",))))
    comparison = Comparison(((before, after),))
    sort = "better" if RANKS[new] < RANKS[old] else "worse" if RANKS[new] > RANKS[old] else "changed"
    for name in ("better", "worse", "changed"):
        assert getattr(comparison, name) == ([(before, after)] if name == sort else [])


def of(counts: dict[Verdict, int]) -> list[Result]:
    row = Row("chat", "q", frozenset(), "off", "")
    return [Result(row, Reply(F, (), ()), verdict) for verdict, n in counts.items() for _ in range(n)]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, Shares(0, 0, 0, 0)),
        ({Verdict.RIGHT: 1, Verdict.OFFERED: 1, Verdict.MISSED: 1, Verdict.HALF: 1}, Shares(4, 25, 25, 0)),
        ({Verdict.WRONG: 1, Verdict.FALSE: 1, Verdict.CHAT_SLIP: 1, Verdict.OFFERED_OFF: 1}, Shares(4, 0, 0, 75)),
        # A whole is a whole, not a hair less: else --min-right 100 could not be reached.
        *(({Verdict.RIGHT: n}, Shares(n, 100, 0, 0)) for n in (3, 7, 49, 161, 2549)),
    ],
)
def test_shares(counts: dict[Verdict, int], expected: Shares) -> None:
    assert shares(of(counts)) == expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((None, None), []),
        ((75, 25), []),
        ((0, 100), []),
        ((75.5, None), ["75.00 % are right, 0.5 points too few: at least 75.5 % have to be (--min-right)"]),
        ((None, 24), ["25.00 % get a wrong answer, 1 points too many: at most 24 % may (--max-wrong)"]),
        ((100, 0), ["75.00 % are right, 25 points too few", "25.00 % get a wrong answer, 25 points too many"]),
    ],
)
def test_a_missed_limit_is_told_with_its_distance(limits: tuple[float | None, float | None], expected: list[str]) -> None:
    told = list(missed_limits(shares(of({Verdict.RIGHT: 3, Verdict.WRONG: 1})), *limits))
    assert len(told) == len(expected) and all(line.startswith(start) for line, start in zip(told, expected, strict=True))


def test_nothing_in_a_question_steers_the_terminal() -> None:
    before, after = result(["a"], A, "a"), result(["a"], F)
    row = replace(before.row, q="\x1b[2Jred\nworse: 99", accept=frozenset({"a\x1b[1m"}))
    comparison = Comparison(((replace(before, row=row), replace(after, row=row)),))
    lines = [*comparison_lines(comparison), *result_lines([replace(after, row=row)], ["all"])]
    assert all(line.isprintable() for line in lines) and any("[2Jred worse: 99" in line for line in lines)


@pytest.mark.parametrize(
    ("accept", "both", "wanted"),
    [(["b", "a"], [], "a, b"), ([], [], "nothing"), (["a", "b", "c"], ["b", "a"], "a + b")],
)
def test_what_was_wanted(accept: list[str], both: list[str], wanted: str) -> None:
    row = Row("chat", "q", frozenset(accept), "answer", "", frozenset(both))
    assert (
        result_lines([Result(row, Reply(F, (), ()), Verdict.MISSED)], ["missed"])[1] == f"missed: wanted {wanted}; got fallback"
    )


@pytest.mark.parametrize(
    ("worse", "better", "changed", "judgement"),
    [
        (0, 0, 3, "none got worse or better"),
        (5, 0, 0, "5 got worse and 0 better: a drop, more than learning anew changes by chance"),
        (1, 6, 0, "1 got worse and 6 better: within what learning anew changes by chance"),
        (1, 7, 0, "1 got worse and 7 better: a gain, more than learning anew changes by chance"),
    ],
)
def test_what_is_chance_is_told(worse: int, better: int, changed: int, judgement: str) -> None:
    right, wrong, other = result(["a"], A, "a"), result(["a"], A, "b"), result(["a"], A, "c")
    comparison = Comparison((((right, wrong),) * worse) + (((wrong, right),) * better) + (((wrong, other),) * changed))
    assert f"  {judgement}" in comparison_lines(comparison)
    assert comparison.is_drop is ("a drop" in judgement)


def test_no_changes_are_counted_where_none_are_shown() -> None:
    lines = comparison_lines(Comparison(((result(["a"], A, "a"), result(["a"], F)),)), most=0)
    assert lines[-2:] == ["worse: 1", "  and 1 more"]
    assert lines[1] == "  right           100.0%     0.0%   -100.0"


def test_json_adds_to_the_kinds() -> None:
    before, after = result(["a"], A, "a"), result(["a"], A, "b")
    told = json.loads(as_json([after], Comparison(((before, after),))))
    assert told["answer"] == {"n": 1, "wrong": 100.0}
    assert told["before"] == {"n": 1, "right": 100.0, "offered": 0.0, "wrong": 0.0}
    assert told["after"] == told["all"] == {"n": 1, "right": 0.0, "offered": 0.0, "wrong": 100.0}
    assert told["better"] == told["changed"] == []
    (worse,) = told["worse"]
    assert worse["q"] == "q" and worse["accept"] == ["a"]
    assert worse["before"] == {"decision": "answer", "topics": ["a"], "verdict": "right"}
    assert worse["after"] == {"decision": "answer", "topics": ["b"], "verdict": "wrong"}
    assert set(json.loads(as_json([after]))) == {"answer", "all"}


def test_two_knowledge_folders_are_compared(tmp_path: Path) -> None:
    """The one lacks a topic that the other has, and that questions ask for."""
    old, new = (
        Responder(load_knowledge(write(tmp_path / name, files))) for name, files in (("old", WITHOUT_GREEN), ("new", SMALL))
    )
    rows = [Row("1", "ירוק", frozenset({"green"}), "answer", ""), Row("2", "מהו אדום", frozenset({"red"}), "answer", "")]
    comparison = compare(old, new, rows)
    assert [after.verdict for _, after in comparison.pairs] == [Verdict.RIGHT, Verdict.RIGHT]
    assert [before.row.q for before, _ in comparison.better] == ["ירוק"] and not comparison.worse
    assert [before.row.q for before, _ in compare(new, old, rows).worse] == ["ירוק"]


def test_an_answer_to_what_is_not_ours_is_wrong() -> None:
    assert shares([result([], A, "a"), result([], F)]) == Shares(2, 50.0, 0.0, 50.0)
