"""File contents to plain data and records, collecting what is wrong with them. Pure: which files there are is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.knowledge.wording import advice, short
from bot.yamlfile import MOST_BYTES, Document, Problem, read

Record = TypeVar("Record", bound=BaseModel)


class KnowledgeError(Exception):
    """Problems in the knowledge, each a line that says where and what to do."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass
class Files:
    """The contents of the files by their paths in the folder, and the problems found in them so far."""

    contents: Mapping[str, bytes]
    problems: list[str] = field(default_factory=list)

    def _problem(self, file: str, line: int, text: str, entry: str = "") -> None:
        where = f"entry '{short(entry)}' (line {line})" if entry else f"line {line}"
        self.problems.append(" ".join(f"{file}: {where}: {text}".split()))  # one line, whatever it quotes

    def _text(self, file: str) -> str | None:
        if len(self.contents[file]) > MOST_BYTES:
            self._problem(file, 1, f"is over {MOST_BYTES // 1024 // 1024} MiB; split it")
            return None
        try:
            return self.contents[file].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.contents[file][: error.start].count(b"\n") + 1
            self._problem(file, line, "is not UTF-8; save the file with the encoding UTF-8")
            return None

    def _document(self, file: str) -> Document:
        text = self._text(file)
        if text is None:
            return Document(problems=[Problem(1, "cannot be read")])
        document = read(text)
        for problem in document.problems:
            self._problem(file, problem.line, problem.text)
        return document

    def _required(self, file: str) -> Document | None:
        if file in self.contents:
            return self._document(file)
        self.problems.append(f"{file}: is missing; take it from the knowledge that ships with the bot")
        return None

    def _fields(self, model: type[Record], file: str, doc: Document, at: tuple[str | int, ...] = ()) -> Record | None:
        """The part of a document at a path, as a record; what does not fit it becomes problems."""
        data = doc.data
        for step in at:
            data = data[step]
        name = str(data.get("id", "")) if isinstance(data, dict) and at else ""
        if not isinstance(data, dict):
            if not (data is None and doc.problems):
                wanted = ", ".join(model.model_fields)
                self._problem(file, doc.line(at), f"is not a mapping; it must have the fields {wanted}")
            return None
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for detail in error.errors():
                path = (*at, *detail["loc"])
                self._problem(file, doc.line(path), advice(detail, model), name)
            return None

    def _lines(self, file: str) -> list[str]:
        """The lines of a text file that may be missing, without comments."""
        text = self._text(file) if file in self.contents else None
        return [line for line in (text or "").splitlines() if line.strip() and not line.startswith("# ")]

    def _has(self, file: str) -> bool:
        if file not in self.contents:
            self.problems.append(f"{file}: is missing; take it from the knowledge that ships with the bot")
        return file in self.contents

    def _lists(self, file: str, what: str) -> dict[str, list[tuple[str, int]]]:
        """A mapping from names to lists of texts, each with its line."""
        doc = self._document(file)
        if not isinstance(doc.data, dict):
            if not doc.problems:
                self._problem(file, 1, f"is not a mapping from {what} to a list of texts")
            return {}
        found: dict[str, list[tuple[str, int]]] = {}
        for name, items in doc.data.items():
            if not isinstance(items, list):
                self._problem(file, doc.line((name,)), f"'{name}' has no list; write its texts below it, each after a '- '")
                continue
            found[name] = []
            for i, item in enumerate(items):
                line = doc.line((name, i))
                # A bare number or "no" is as much a word as any other.
                if isinstance(item, bool) or not isinstance(item, str | int | float) or not str(item).strip():
                    self._problem(file, line, f"'{name}': {item!r} is not a text; put it in quotes, or take it out")
                else:
                    found[name].append((str(item).strip(), line))
        return found
