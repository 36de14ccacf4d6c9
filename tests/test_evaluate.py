"""What a reply is worth, and how well the bot does on the sample of labelled questions."""

from collections import Counter
from pathlib import Path

import pytest

from bot.conversation import Decision, Responder
from bot.evaluate import QuestionsError, Row, Verdict, evaluate, load, table, verdict
from tests.rows import DATA

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


@pytest.mark.parametrize("folder", ["sample", "read"])
def test_questions_are_answered_well(responder: Responder, folder: str) -> None:
    """A little below what is reached (see the README), so that chance alone does not fail it."""
    rows = load(sorted((DATA / "questions" / folder).glob("*.jsonl")))
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
