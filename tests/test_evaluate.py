"""What a reply is worth, and how well the bot does on the sample of labelled questions."""

from collections import Counter
from pathlib import Path

import pytest

from bot.conversation import Decision, Reply, Responder
from bot.evaluate import (
    Comparison,
    QuestionsError,
    Result,
    Row,
    Shares,
    Verdict,
    comparison_lines,
    evaluate,
    load,
    shares,
    table,
    verdict,
)
from tests.conftest import KNOWLEDGE

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


@pytest.mark.parametrize("line", ["no json", "[]", '{"q": "x"}', '{"q": 1, "accept": [], "kind": "off"}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"q": "x", "accept": [], "kind": "off"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(QuestionsError, match=r"bad\.jsonl: line 2: "):
        load([file])


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


def test_an_answer_to_what_is_not_ours_is_wrong() -> None:
    assert shares([result([], A, "a"), result([], F)]) == Shares(2, 50.0, 0.0, 50.0)
