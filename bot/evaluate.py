"""Labelled questions against the bot's replies: how often it is right, silent, or wrong.

A file holds one JSON object a line: a question (`q`, the topics that satisfy it in `accept`, its `kind` and `tag`,
and in `all` the topics that a message with two questions asks for), or a conversation (`turns`, each with `q` and
`accept`).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.conversation import Context, Decision, Reply, Responder

SMALL_TALK = "chat-"


class QuestionsError(Exception):
    """A file of labelled questions that cannot be read: file, line, what is wrong."""


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


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Turn(_Line):
    q: str
    accept: tuple[str, ...]


class _Single(_Turn):
    kind: str
    tag: str = ""
    all: tuple[str, ...] = ()


class _Talk(_Line):
    turns: tuple[_Turn, ...]
    tag: str = ""


_LINE: TypeAdapter[_Single | _Talk] = TypeAdapter(_Single | _Talk)


@dataclass(frozen=True, slots=True)
class Row:
    """One message with its label. Rows of one `chat` are one conversation."""

    chat: str
    q: str
    accept: frozenset[str]
    kind: str
    tag: str
    all: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Result:
    """A row, the reply it got, and what that is worth."""

    row: Row
    reply: Reply
    verdict: Verdict


def load(paths: Iterable[Path]) -> list[Row]:
    """The rows of the files, in order. Raises QuestionsError."""
    rows: list[Row] = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise QuestionsError(f"{path}: cannot be read: {error}") from error
        for number, line in enumerate(lines, 1):
            try:
                parsed = _LINE.validate_json(line)
            except ValidationError as error:
                raise QuestionsError(f"{path}: line {number}: {error.errors()[0]['msg']}") from error
            rows += _rows(parsed, f"{path}:{number}")
    return rows


def _rows(line: _Single | _Talk, chat: str) -> list[Row]:
    if isinstance(line, _Single):
        kind = "double" if line.all else line.kind
        return [Row(chat, line.q, frozenset(line.accept), kind, line.tag, frozenset(line.all))]
    return [
        Row(chat, turn.q, frozenset(turn.accept), "later turn" if i else "first turn", f"talk-{line.tag}")
        for i, turn in enumerate(line.turns)
    ]


def questions_in(folder: Path) -> list[Path]:
    """The files of questions in a knowledge folder, sorted. Raises QuestionsError where there are none."""
    paths = sorted((folder / "questions").glob("*.jsonl"))
    if not paths:
        raise QuestionsError(f"{folder / 'questions'}: there are no questions (*.jsonl); name some files")
    return paths


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


def as_json(results: Sequence[Result]) -> str:
    """The shares of verdicts by kind, in percent, for a program to read."""
    groups: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for result in results:
        groups[result.row.kind][result.verdict] += 1
    shares = {
        kind: {"n": counts.total(), **{str(v): round(100 * n / counts.total(), 2) for v, n in counts.items()}}
        for kind, counts in groups.items()
    }
    return json.dumps(shares)


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
    percent = 100 / max(1, len(results))
    return Shares(
        len(results),
        percent * counts[Verdict.RIGHT],
        percent * counts[Verdict.OFFERED],
        percent * sum(counts[verdict] for verdict in _WRONG),
    )


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


def compare(before: Responder, after: Responder, rows: Sequence[Row]) -> Comparison:
    """Ask every row of both."""
    return Comparison(tuple(zip(evaluate(before, rows), evaluate(after, rows), strict=True)))


def comparison_lines(comparison: Comparison, most: int = 20) -> list[str]:
    """The shares before and after, and up to `most` questions of each sort whose reply changed, for a terminal."""
    before, after = comparison.before, comparison.after
    lines = [f"{after.n} questions     before    after"]
    for name in ("right", "offered", "wrong"):
        old, new = getattr(before, name), getattr(after, name)
        lines.append(f"  {name:12}{old:9.1f}%{new:8.1f}%   {new - old:+.1f}")
    for title, pairs in (("worse", comparison.worse), ("better", comparison.better), ("changed", comparison.changed)):
        if not pairs:
            continue
        lines += ["", f"{title}: {len(pairs)}"]
        for one, other in pairs[:most]:
            wanted = ", ".join(sorted(one.row.accept)) or "nothing"
            lines += [f"  {_got(one.reply)} -> {_got(other.reply)}; wanted {wanted}", f"    {one.row.q[:200]}"]
        if len(pairs) > most:
            lines.append(f"  and {len(pairs) - most} more")
    return lines


def _got(reply: Reply) -> str:
    return " ".join((str(reply.decision), *reply.topics))
