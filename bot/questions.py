"""Labelled questions: JSON lines to rows. They are for measuring; nothing is learned from them.

A file holds one JSON object a line: a question (`q`, the topics that satisfy it in `accept`, its `kind` and `tag`,
and in `all` the topics that a message with two questions asks for), or a conversation (`turns`, each with `q` and
`accept`). Empty lines are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

FOLDER = "questions"
"""Where they stand in a knowledge folder."""


class QuestionsError(Exception):
    """A file of labelled questions that cannot be read: file, line, what is wrong."""


class NoQuestionsError(QuestionsError):
    """A knowledge folder without labelled questions."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Turn(_Line):
    """A message and the topics that satisfy it."""

    q: str
    accept: tuple[str, ...]


class Single(Turn):
    """A message on its own."""

    kind: str
    tag: str = ""
    all: tuple[str, ...] = ()


class Talk(_Line):
    """A conversation."""

    turns: tuple[Turn, ...]
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One message with its label. Rows of one `chat` are one conversation."""

    chat: str
    q: str
    accept: frozenset[str]
    kind: str
    tag: str
    all: frozenset[str] = frozenset()


def read_lines(text: str) -> Iterator[tuple[int, Single | Talk | str]]:
    """The lines of a file, each with its number, from 1; in place of one that cannot be read, what is wrong with it."""
    # Only a line feed ends a line: within JSON texts, other signs that part lines may stand as they are.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _read(line)


def _read(line: str) -> Single | Talk | str:
    try:
        data = from_json(line)
    except ValueError as error:
        return f"is not valid JSON: {error}"
    if not isinstance(data, dict):
        return "is not a JSON object, with the fields q, accept and kind, or turns"
    try:
        return Talk.model_validate(data) if "turns" in data else Single.model_validate(data)
    except ValidationError as error:
        detail = error.errors()[0]
        name = ".".join(str(step) for step in detail["loc"])
        return f"the field '{name}' is missing; add it" if detail["type"] == "missing" else f"'{name}': {detail['msg']}"


def topics_of(line: Single | Talk) -> list[str]:
    """The topics that a line names, each once."""
    turns = [line] if isinstance(line, Single) else line.turns
    both = line.all if isinstance(line, Single) else ()
    return list(dict.fromkeys((*(topic for turn in turns for topic in turn.accept), *both)))


def questions_in(folder: Path) -> list[Path]:
    """The files of questions in a knowledge folder, sorted. Raises NoQuestionsError where there are none."""
    # Hidden files are those that text editors and file managers leave behind.
    paths = sorted(path for path in (folder / FOLDER).glob("*.jsonl") if path.is_file() and not path.name.startswith("."))
    if not paths:
        raise NoQuestionsError(f"{folder / FOLDER}: there are no questions (*.jsonl); name some files")
    return paths


def load(paths: Iterable[Path]) -> list[Row]:
    """The rows of the files, in order. Raises QuestionsError."""
    rows: list[Row] = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise QuestionsError(f"{path}: cannot be read: {error}") from error
        for number, line in read_lines(text):
            if isinstance(line, str):
                raise QuestionsError(f"{path}: line {number}: {line}")
            rows += _rows(line, f"{path}:{number}")
    return rows


def _rows(line: Single | Talk, chat: str) -> list[Row]:
    if isinstance(line, Single):
        kind = "double" if line.all else line.kind
        return [Row(chat, line.q, frozenset(line.accept), kind, line.tag, frozenset(line.all))]
    return [
        Row(chat, turn.q, frozenset(turn.accept), "later turn" if i else "first turn", f"talk-{line.tag}")
        for i, turn in enumerate(line.turns)
    ]
