"""The files of entries to themes and entries, and all that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.hebrew.normalise import normalise
from bot.knowledge.fields import EntryFields, ThemeFields
from bot.knowledge.files import Files
from bot.knowledge.records import Entry, Theme
from bot.knowledge.wording import hint, short
from bot.yamlfile import Document

# Telegram's limit is 4,096 UTF-16 units; titles and the lines around an answer take some.
LONGEST_ANSWER = 3_896

# The ids in a file that cannot be read as YAML, so that its mistake does not make links to its topics look wrong.
_ID_IN_TEXT = re.compile(r"(?<![\w-])id:[ \t]*['\"]?([a-z0-9-]+)")


@dataclass
class EntryFiles(Files):
    """The entries, and which phrasings were said where so far."""

    entries: dict[str, Entry] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    """Every id that stands in the files, with its place: those of entries with mistakes too, which links may name."""
    _links: list[tuple[str, int, str, list[str]]] = field(default_factory=list)
    _said: dict[str, str] = field(default_factory=dict)
    _asked_at: dict[str, list[int]] = field(default_factory=dict)
    """The lines of each entry's questions, where its file was read here."""

    def _themes(self) -> tuple[Theme, ...]:
        found: list[tuple[int, Theme]] = []
        names = [name for name in self.contents if "/" not in name and name.endswith(".yaml")]
        if not names:
            self.problems.append("there is no file with entries (*.yaml); KPO_KNOWLEDGE must name a folder that has some")
        for name in names:
            doc = self._document(name)
            theme = self._fields(ThemeFields, name, doc)
            rows = doc.data.get("entries") if isinstance(doc.data, dict) else None
            if not isinstance(rows, list):
                text = self.contents[name].decode("utf-8", "replace")
                self.known.update((topic, "") for topic in _ID_IN_TEXT.findall(text) if topic not in self.known)
                continue
            # The entries are judged even where the file's head is wrong: all problems come at once.
            topics = [topic for i in range(len(rows)) if (topic := self._entry(name, doc, i))]
            if theme is not None and theme.theme is not None:
                found.append((theme.order, Theme(Path(name).stem, theme.theme, tuple(topics), doc.line(("theme",)))))
        return tuple(theme for _, theme in sorted(found, key=lambda item: (item[0], item[1].id)))

    def _entry(self, file: str, doc: Document, number: int) -> str | None:
        at = ("entries", number)
        fields = self._fields(EntryFields, file, doc, at)
        line = doc.line((*at, "id"))
        is_new = self._entry_as_a_whole(file, doc, at)
        if fields is None or not is_new:
            return None
        self.entries[fields.id] = Entry(
            id=fields.id,
            kind=fields.kind,
            title=fields.title,
            questions=tuple(fields.questions),
            answer=fields.answer,
            related=tuple(fields.related),
            source=fields.source,
            file=file,
            line=line,
        )
        self._asked_at[fields.id] = [doc.line((*at, "questions", i)) for i in range(len(fields.questions))]
        return fields.id

    def _entry_as_a_whole(self, file: str, doc: Document, at: tuple[str | int, ...]) -> bool:
        """What its fields alone do not tell, judged even where one of them is wrong. False for an id used before."""
        row = doc.data[at[0]][at[1]]
        if not isinstance(row, dict):
            return False
        topic, line = str(row.get("id", "")), doc.line((*at, "id"))
        answer, questions, related = (row.get(name) for name in ("answer", "questions", "related"))
        length = len(answer.strip().encode("utf-16-le", "replace")) // 2 if isinstance(answer, str) else 0
        if length > LONGEST_ANSWER:
            text = f"the answer has {length:,} characters, too long for one message; shorten it to {LONGEST_ANSWER:,}"
            self._problem(file, doc.line((*at, "answer")), text, topic)
        if first := self.known.get(topic):
            text = f"id used twice, first in {first}; give one of them another id"
            self._problem(file, line, text, topic)
            return False
        if topic:
            self.known[topic] = f"{file} at line {line}"
        if isinstance(related, list):
            self._links.append((file, line, topic, [name for name in related if isinstance(name, str)]))
        for i, question in enumerate(questions if isinstance(questions, list) else ()):
            if isinstance(question, str) and question.strip():
                self._say(file, doc.line((*at, "questions", i)), topic, question.strip())
        return True

    def _say(self, file: str, line: int, topic: str, phrasing: str) -> None:
        """Note a phrasing, which no two topics may share."""
        key = normalise(phrasing)
        where = f"{topic} ({file}, line {line})"
        if not key:
            self._problem(file, line, f"the phrasing {short(phrasing)!r} has no letters; take it out", topic)
        elif first := self._said.get(key):
            text = f"the phrasing '{short(phrasing)}' stands also under {first}; keep it in one place"
            self._problem(file, line, text, topic)
        else:
            self._said[key] = where

    def _check_related(self) -> None:
        for file, line, entry, related in self._links:
            for topic in dict.fromkeys(related):
                text = ""
                if topic == entry:
                    text = "is related to itself; take that out"
                elif topic not in self.known:
                    text = f"the related topic '{short(topic)}' does not exist{hint(topic, self.known)}"
                elif related.count(topic) > 1:
                    text = f"the related topic '{topic}' stands there twice; take one out"
                if text:
                    self._problem(file, line, text, entry)

    def _has_topic(self, topic: str, file: str, rows: Sequence[tuple[str, int]]) -> bool:
        if topic in self.known:
            return True
        line = rows[0][1] if rows else 1
        self._problem(file, line, f"there is no topic '{short(topic)}'{hint(topic, self.known)}")
        return False
