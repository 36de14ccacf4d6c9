"""Labelled questions against the bot's replies: how often it is right, silent, or wrong."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from bot.conversation import Context, Decision, Reply, Responder
from bot.editor.asking import shown
from bot.editor.chance import is_more_than_chance, judgement
from bot.questions import QuestionsError, Row, load, questions_in

__all__ = [
    "SMALL_TALK",
    "Comparison",
    "Pair",
    "QuestionsError",
    "Result",
    "Row",
    "Shares",
    "Verdict",
    "as_json",
    "compare",
    "comparison_lines",
    "evaluate",
    "load",
    "questions_in",
    "result_lines",
    "shares",
    "table",
    "verdict",
]

SMALL_TALK = "chat-"


class Verdict(StrEnum):
    """What a reply is worth to the person who asked."""

    RIGHT = "right"
    OFFERED = "offered"
    """Asked back, with an accepted topic among those offered."""
    MISSED = "missed"
    WRONG = "wrong"
    HALF = "half"
    """One of two questions answered."""
    FALSE = "false"
    """An off-domain message answered with a topic."""
    CHAT_SLIP = "chat-slip"
    """An off-domain message answered with small talk."""
    OFFERED_OFF = "offered-off"
    """An off-domain message asked back."""


@dataclass(frozen=True, slots=True)
class Result:
    """A row, the reply it got, and what that is worth."""

    row: Row
    reply: Reply
    verdict: Verdict


def verdict(row: Row, decision: Decision, topics: Sequence[str]) -> Verdict:
    """What a decision on a row is worth."""
    answered = decision is Decision.ANSWER and bool(topics)
    if not row.accept:
        if answered:
            return Verdict.CHAT_SLIP if topics[0].startswith(SMALL_TALK) else Verdict.FALSE
        return Verdict.RIGHT if decision is Decision.FALLBACK or not topics else Verdict.OFFERED_OFF
    if answered:
        if topics[0] not in row.accept:
            return Verdict.WRONG
        # A topic that covers both questions, with a second one beside it, does as well as the two themselves.
        covered = row.all <= set(topics) or (len(topics) > 1 and any(t in row.accept - row.all for t in topics))
        return Verdict.RIGHT if covered else Verdict.HALF
    if decision is Decision.SUGGEST and not row.accept.isdisjoint(topics[:3]):
        return Verdict.OFFERED
    return Verdict.MISSED


def evaluate(responder: Responder, rows: Iterable[Row]) -> list[Result]:
    """Ask every row, conversations in order."""
    contexts: dict[str, Context] = defaultdict(Context)
    results: list[Result] = []
    for row in rows:
        reply, contexts[row.chat] = responder.reply(row.q, contexts[row.chat])
        results.append(Result(row, reply, verdict(row, reply.decision, reply.topics)))
    return results


def result_lines(results: Sequence[Result], verdicts: Collection[str]) -> list[str]:
    """The rows with these verdicts, or with all but right ones where `all` is among them, for a terminal."""
    lines: list[str] = []
    for result in results:
        if str(result.verdict) in verdicts or ("all" in verdicts and result.verdict is not Verdict.RIGHT):
            got = shown(_got(result.reply))
            lines += ["", f"{result.verdict}: wanted {_wanted(result.row)}; got {got}", shown(result.row.q)]
    return lines


def table(results: Sequence[Result], key: str) -> str:
    """Shares of verdicts in percent, one line for each value of the rows' field `key`."""
    groups: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for result in results:
        groups[getattr(result.row, key)][result.verdict] += 1
    lines = [f"{key:16}{'n':>6}" + "".join(f"{verdict:>13}" for verdict in Verdict)]
    for name, counts in sorted(groups.items()):
        total = counts.total()
        shares = (f"{100 * counts[v] / total:.1f}%" if counts[v] else "." for v in Verdict)
        lines.append(f"{name:16}{total:>6}" + "".join(f"{share:>13}" for share in shares))
    return "\n".join(lines)


# --- two versions ----------------------------------------------------------------------------------------------------

_WORTH = {
    Verdict.RIGHT: 3,
    Verdict.HALF: 2,
    Verdict.OFFERED: 2,
    Verdict.OFFERED_OFF: 2,
    Verdict.MISSED: 1,
    Verdict.CHAT_SLIP: 1,
    Verdict.FALSE: 0,
    Verdict.WRONG: 0,
}
"""What a verdict is worth beside the others: silence is better than a wrong answer."""
_WRONG = (Verdict.WRONG, Verdict.FALSE, Verdict.CHAT_SLIP)


@dataclass(frozen=True, slots=True)
class Shares:
    """How the bot did on `n` questions, in percent of them."""

    n: int
    right: float
    offered: float
    wrong: float
    """Answers that should not have been given: wrong ones, and those to off-domain messages."""


def shares(results: Sequence[Result]) -> Shares:
    """The shares of some results; of none, none is right or wrong."""
    counts = Counter(result.verdict for result in results)
    n = len(results)
    # The division comes last: all of them are 100, not a hair less.
    right, offered, wrong = (
        100 * sum(counts[verdict] for verdict in verdicts) / max(1, n)
        for verdicts in ([Verdict.RIGHT], [Verdict.OFFERED], _WRONG)
    )
    return Shares(n, right, offered, wrong)


Pair = tuple[Result, Result]
"""What one question got before and after."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same questions, asked of two versions of the knowledge."""

    pairs: tuple[Pair, ...]

    @property
    def before(self) -> Shares:
        """How the first version did."""
        return shares([one for one, _ in self.pairs])

    @property
    def after(self) -> Shares:
        """How the second did."""
        return shares([other for _, other in self.pairs])

    @property
    def better(self) -> list[Pair]:
        """Questions whose reply is worth more in the second."""
        return [(one, other) for one, other in self.pairs if _WORTH[other.verdict] > _WORTH[one.verdict]]

    @property
    def worse(self) -> list[Pair]:
        """Questions whose reply is worth less in the second."""
        return [(one, other) for one, other in self.pairs if _WORTH[other.verdict] < _WORTH[one.verdict]]

    @property
    def changed(self) -> list[Pair]:
        """Questions with another reply that is worth as much."""
        return [
            (one, other)
            for one, other in self.pairs
            if _WORTH[other.verdict] == _WORTH[one.verdict] and _got(one.reply) != _got(other.reply)
        ]

    @property
    def is_drop(self) -> bool:
        """Whether more questions got worse than learning anew makes worse by itself."""
        return is_more_than_chance(len(self.worse), len(self.better))

    @property
    def judgement(self) -> str:
        """What the changes come to, in a line."""
        return judgement(len(self.worse), len(self.better))


def compare(before: Responder, after: Responder, rows: Sequence[Row]) -> Comparison:
    """Ask every row of both."""
    return Comparison(tuple(zip(evaluate(before, rows), evaluate(after, rows), strict=True)))


def comparison_lines(comparison: Comparison, most: int = 20) -> list[str]:
    """The shares before and after, what that comes to, and up to `most` questions of each sort whose reply changed, for a
    terminal: first those that got worse."""
    before, after = comparison.before, comparison.after
    lines = [f"{after.n} questions     before    after"]
    for name in ("right", "offered", "wrong"):
        old, new = getattr(before, name), getattr(after, name)
        lines.append(f"  {name:12}{old:9.1f}%{new:8.1f}%   {new - old:+z.1f}")
    lines.append(f"  {comparison.judgement}")
    for title, pairs in (("worse", comparison.worse), ("better", comparison.better), ("changed", comparison.changed)):
        if not pairs:
            continue
        lines += ["", f"{title}: {len(pairs)}"]
        for one, other in pairs[:most]:
            got = shown(f"{_got(one.reply)} -> {_got(other.reply)}")
            lines += [f"  {got}; wanted {_wanted(one.row)}", f"    {shown(one.row.q)}"]
        if len(pairs) > most:
            lines.append(f"  and {len(pairs) - most} more")
    return lines


def as_json(results: Sequence[Result], comparison: Comparison | None = None) -> str:
    """The shares of verdicts by kind and in `all` those of all rows, in percent, for a program to read. With a comparison
    also the shares `before` and `after`, and the rows that got `better`, `worse`, or `changed` at the same worth."""
    groups: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for result in results:
        groups[result.row.kind][result.verdict] += 1
    told: dict[str, object] = {
        kind: {"n": counts.total(), **{str(v): round(100 * n / counts.total(), 2) for v, n in counts.items()}}
        for kind, counts in groups.items()
    }
    told["all"] = _rounded(shares(results))
    if comparison is not None:
        told |= {"before": _rounded(comparison.before), "after": _rounded(comparison.after)}
        for name in ("better", "worse", "changed"):
            told[name] = [_pair_as_data(pair) for pair in getattr(comparison, name)]
    return json.dumps(told)


def _rounded(some: Shares) -> dict[str, float]:
    return {name: round(value, 2) for name, value in asdict(some).items()}


def _pair_as_data(pair: Pair) -> dict[str, object]:
    row = pair[0].row
    got = {
        name: {"decision": str(one.reply.decision), "topics": list(one.reply.topics), "verdict": str(one.verdict)}
        for name, one in zip(("before", "after"), pair, strict=True)
    }
    return {"q": row.q, "accept": sorted(row.accept), "kind": row.kind, "tag": row.tag, **got}


def _wanted(row: Row) -> str:
    both = " + ".join(sorted(row.all))
    return shown(both or ", ".join(sorted(row.accept))) or "nothing"


def _got(reply: Reply) -> str:
    return " ".join((str(reply.decision), *reply.topics))
