"""The knowledge base: YAML text to frozen records, strictly.

Bad content stops the start. Every problem is one line that an editor understands: file, entry, line, what is wrong and
the way out; all problems come at once. Reading files is apart from judging them: `_Judge` sees texts only.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.hebrew.normalise import normalise
from bot.nearest import nearest
from bot.questions import FOLDER as QUESTIONS
from bot.questions import read_lines, topics_of
from bot.texts import Texts
from bot.yamlfile import MOST_BYTES, Document, Problem, read

# Telegram's limit is 4,096 UTF-16 units; titles and the lines around an answer take some.
LONGEST_ANSWER = 3_896
# Phones cut longer button labels.
LONGEST_TITLE = 30
OFF_DOMAIN = "off-domain"
"""What stands for a topic where a message is not ours. No topic may be called that."""

# The ids in a file that cannot be read as YAML, so that its mistake does not make links to its topics look wrong.
_ID_IN_TEXT = re.compile(r"(?<![\w-])id:[ \t]*['\"]?([a-z0-9-]+)")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Record = TypeVar("Record", bound=BaseModel)


# What the matcher learns from, beside the questions of the entries.
_LEARNED_FROM = ("phrasings/", "follow-ups/", "lexicon/", "off-domain.txt")


class KnowledgeError(Exception):
    """Problems in the knowledge, each a line that says where and what to do."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _EntryFields(_Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
    kind: Literal["answer", "uncovered", "chat"]
    title: Annotated[Text, StringConstraints(max_length=LONGEST_TITLE)]
    questions: list[Text] = Field(min_length=1)
    answer: Text
    related: list[str]
    source: Literal["intro", "difference", "origins", "forecast", "header", "none"]


class _ThemeFields(_Strict):
    theme: Text | None
    order: Annotated[int, Field(strict=True)]
    entries: list[object]


class ActWords(_Strict):
    """The words by which dialogue acts are told apart. A word stands for itself and for what begins with prefix letters."""

    more: list[Text] = []
    """What asks to go on after an answer."""
    this: list[Text] = []
    """What stands for the thing just told, and so may stand beside `more`."""
    puzzled: list[Text] = []
    """What says that an answer was not understood."""
    rejections: list[Text] = []
    """What says, at the beginning of a message, that the answer before was not the one."""
    no_rejections: list[Text] = []
    """What begins like a rejection and is none."""
    corrections: list[Text] = []
    """What stands before the thing that was meant, or after it at the end of a message."""
    instead: list[Text] = []
    """What parts "not this" from "but that"."""


class _WordFields(_Strict):
    fillers: list[Text]
    context: list[Text]
    anchors: list[str]
    asking: list[str]
    requesting: list[str]
    courtesies: list[str]
    asides: list[str]
    broader: dict[str, list[str]]
    contrasts: dict[str, Annotated[list[str], Field(min_length=2, max_length=2)]]
    acts: ActWords = ActWords()


class Source(_Strict):
    """The article that the answers rest on."""

    title: Text
    author: Text
    updated: date


@dataclass(frozen=True, slots=True)
class Entry:
    """A topic: what people ask, and the answer."""

    id: str
    kind: str
    """`answer`, `uncovered` (the article is silent) or `chat` (small talk)."""
    title: str
    questions: tuple[str, ...]
    answer: str
    related: tuple[str, ...]
    source: str
    """The part of the article that the answer rests on."""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Theme:
    """A file of entries, as the topics menu shows it. `id` is the file's stem."""

    id: str
    title: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon: ideas ("concepts") and their forms, and the parts that words and concepts play in a message."""

    concepts: Mapping[str, tuple[str, ...]]
    fillers: tuple[str, ...]
    context: tuple[str, ...]
    anchors: tuple[str, ...]
    asking: tuple[str, ...]
    requesting: tuple[str, ...]
    courtesies: tuple[str, ...]
    asides: tuple[str, ...]
    """Topics of small talk that ask nothing: not answered where something is asked beside them."""
    broader: Mapping[str, tuple[str, ...]]
    """Topics whose answer also tells what narrower topics tell."""
    contrasts: Mapping[str, tuple[str, ...]]
    """Topics that compare two others."""
    acts: ActWords
    everyday: tuple[str, ...] = ()
    """Words that are not of our subject, and no misspellings of those that are."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that the bot knows and says, but for the phrasings that the matcher learns from."""

    entries: Mapping[str, Entry]
    themes: tuple[Theme, ...]
    """In the menu's order; small talk is not among them."""
    texts: Texts
    source: Source
    lexicon: Words
    digest: str
    """SHA-256 over all that the matcher learns from: changed answers, titles and texts leave it as it is."""
    folder: Path


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What somebody asks next, who has just been answered."""

    before: str
    """The topic that was answered."""
    text: str
    topic: str
    """The topic asked for, or `OFF_DOMAIN`."""


@dataclass(frozen=True, slots=True)
class Examples:
    """What the matcher learns from."""

    phrasings: Mapping[str, tuple[str, ...]]
    """For each topic, those of its entry first."""
    off_domain: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...] = ()


def find_knowledge(override: Path | None = None) -> Path:
    """The folder to load: the one asked for, else the one shipped inside the package, else that of the checkout."""
    package = Path(__file__).parent
    shipped = package / "_knowledge"
    return override or (shipped if shipped.is_dir() else package.parent / "knowledge")


def load(folder: Path) -> Knowledge:
    """Everything but the phrasings, which only learning needs. Raises KnowledgeError."""
    judge = _Judge(read_folder(folder))
    knowledge = judge.knowledge(folder)
    if judge.problems or knowledge is None:
        raise KnowledgeError(judge.problems)
    return knowledge


def load_examples(knowledge: Knowledge) -> Examples:
    """The phrasings and the off-domain messages. Raises KnowledgeError."""
    judge = _Judge(read_folder(knowledge.folder))
    examples = judge.examples(knowledge.entries)
    if judge.problems:
        raise KnowledgeError(judge.problems)
    return examples


def check(folder: Path) -> str:
    """A summary of the folder's content. Raises KnowledgeError with all the problems of all its files, the labelled questions
    among them, which do not concern a running bot."""
    judge = _Judge({**read_folder(folder), **_read_all(folder, f"{QUESTIONS}/*.jsonl")})
    knowledge = judge.knowledge(folder)
    examples = judge.examples(judge.entries)
    judge.questions()
    if judge.problems or knowledge is None:
        raise KnowledgeError(judge.problems)
    kinds = [entry.kind for entry in knowledge.entries.values()]
    return (
        f"{len(kinds)} topics ({kinds.count('answer')} answered, {kinds.count('uncovered')} not covered, "
        f"{kinds.count('chat')} small talk) in {len(knowledge.themes)} themes, "
        f"{sum(map(len, examples.phrasings.values()))} phrasings, {len(examples.off_domain)} off-domain messages, "
        f"{len(examples.follow_ups)} follow-ups, "
        f"{len(knowledge.lexicon.concepts)} concepts with {sum(map(len, knowledge.lexicon.concepts.values()))} forms. "
        "No problems."
    )


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files that matter to a running bot, by their path in the folder."""
    if not folder.is_dir():
        raise KnowledgeError([f"{folder}: there is no such folder; KPO_KNOWLEDGE must name a folder with the knowledge"])
    folders = ("phrasings", "follow-ups", "bot")
    return _read_all(folder, "*.yaml", *(f"{name}/*.yaml" for name in folders), "lexicon/*", "off-domain.txt")


def _read_all(folder: Path, *patterns: str) -> dict[str, bytes]:
    try:
        paths = sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())
        # Hidden files are those that text editors and file managers leave behind.
        named = {path.relative_to(folder).as_posix(): path for path in paths if not path.name.startswith(".")}
        return {name: _read_some(path) for name, path in named.items()}
    except OSError as error:
        raise KnowledgeError([f"{folder}: cannot be read: {error}"]) from error


def _read_some(path: Path) -> bytes:
    """A file's content, cut just beyond the limit: enough to tell that it is too large."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


@dataclass
class _Judge:
    """Turns file contents into records, and collects what is wrong with them."""

    files: Mapping[str, bytes]
    problems: list[str] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    """Every id that stands in the files, with its place: those of entries with mistakes too, which links may name."""
    _links: list[tuple[str, int, str, list[str]]] = field(default_factory=list)
    _said: dict[str, str] = field(default_factory=dict)

    def _problem(self, file: str, line: int, text: str, entry: str = "") -> None:
        where = f"entry '{_short(entry)}' (line {line})" if entry else f"line {line}"
        self.problems.append(" ".join(f"{file}: {where}: {text}".split()))  # one line, whatever it quotes

    # --- reading -------------------------------------------------------------------------------------------------

    def _text(self, file: str) -> str | None:
        if len(self.files[file]) > MOST_BYTES:
            self._problem(file, 1, f"is over {MOST_BYTES // 1024 // 1024} MiB; split it")
            return None
        try:
            return self.files[file].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.files[file][: error.start].count(b"\n") + 1
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
        if file in self.files:
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
                self._problem(file, doc.line(path), _advice(detail, model), name)
            return None

    # --- entries -------------------------------------------------------------------------------------------------

    def knowledge(self, folder: Path) -> Knowledge | None:
        """All but the phrasings; None where problems leave no whole."""
        themes = self._themes()
        self._check_related()
        texts = self._texts()
        source_doc = self._required("bot/source.yaml")
        source = self._fields(Source, "bot/source.yaml", source_doc) if source_doc else None
        lexicon = self._lexicon()
        if not (texts and source and lexicon and self.entries):
            return None
        entries = MappingProxyType(self.entries)
        return Knowledge(entries, themes, texts, source, lexicon, self._digest(), folder)

    def _digest(self) -> str:
        learned = {name: content for name, content in self.files.items() if name.startswith(_LEARNED_FROM)}
        for topic, entry in self.entries.items():
            learned[f"questions of {topic}"] = "\n".join(entry.questions).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256()
        for name, content in sorted(learned.items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def _themes(self) -> tuple[Theme, ...]:
        found: list[tuple[int, Theme]] = []
        names = [name for name in self.files if "/" not in name and name.endswith(".yaml")]
        if not names:
            self.problems.append("there is no file with entries (*.yaml); KPO_KNOWLEDGE must name a folder that has some")
        for name in names:
            doc = self._document(name)
            theme = self._fields(_ThemeFields, name, doc)
            rows = doc.data.get("entries") if isinstance(doc.data, dict) else None
            if not isinstance(rows, list):
                text = self.files[name].decode("utf-8", "replace")
                self.known.update((topic, "") for topic in _ID_IN_TEXT.findall(text) if topic not in self.known)
                continue
            # The entries are judged even where the file's head is wrong: all problems come at once.
            topics = [topic for i in range(len(rows)) if (topic := self._entry(name, doc, i))]
            if theme is not None and theme.theme is not None:
                found.append((theme.order, Theme(Path(name).stem, theme.theme, tuple(topics))))
        return tuple(theme for _, theme in sorted(found, key=lambda item: (item[0], item[1].id)))

    def _entry(self, file: str, doc: Document, number: int) -> str | None:
        at = ("entries", number)
        fields = self._fields(_EntryFields, file, doc, at)
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
            self._problem(file, line, f"the phrasing {_short(phrasing)!r} has no letters; take it out", topic)
        elif first := self._said.get(key):
            text = f"the phrasing '{_short(phrasing)}' stands also under {first}; keep it in one place"
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
                    text = f"the related topic '{_short(topic)}' does not exist{_nearest(topic, self.known)}"
                elif related.count(topic) > 1:
                    text = f"the related topic '{topic}' stands there twice; take one out"
                if text:
                    self._problem(file, line, text, entry)

    # --- the rest ------------------------------------------------------------------------------------------------

    def _texts(self) -> Texts | None:
        file = "bot/texts.yaml"
        doc = self._required(file)
        texts = self._fields(Texts, file, doc) if doc else None
        if doc and texts:
            for name, value in texts.model_dump().items():
                if isinstance(value, str) and not value.strip():
                    self._problem(file, doc.line((name,)), f"'{name}' is empty; fill it in")
            for topic in texts.start_topics:
                if topic not in self.known:
                    near = _nearest(topic, self.known)
                    self._problem(file, doc.line(("start_topics",)), f"the topic '{topic}' does not exist{near}")
        return texts

    def _lexicon(self) -> Words | None:
        concepts = self._lists("lexicon/concepts.yaml", "a concept") if self._has("lexicon/concepts.yaml") else {}
        doc = self._required("lexicon/words.yaml")
        words = self._fields(_WordFields, "lexicon/words.yaml", doc) if doc else None
        if not (doc and words and concepts):
            return None
        for part in ("anchors", "asking", "requesting", "courtesies"):
            for name in getattr(words, part):
                if name not in concepts:
                    text = f"{part}: there is no concept '{name}'{_nearest(name, concepts)}"
                    self._problem("lexicon/words.yaml", doc.line((part,)), text)
        for part, phrases in words.acts.model_dump().items():
            for phrase in phrases:
                if not normalise(phrase):
                    text = f"acts.{part}: {_short(phrase)!r} has no letters; take it out"
                    self._problem("lexicon/words.yaml", doc.line(("acts", part)), text)
        named = {"asides": words.asides}
        for part in ("broader", "contrasts"):
            named[part] = [name for topic, others in getattr(words, part).items() for name in (topic, *others)]
        for part, topics in named.items():
            for topic in topics:
                if topic not in self.known:
                    near = _nearest(topic, self.known)
                    self._problem("lexicon/words.yaml", doc.line((part,)), f"the topic '{topic}' does not exist{near}")
        return Words(
            concepts=MappingProxyType({name: tuple(forms for forms, _ in rows) for name, rows in concepts.items()}),
            fillers=tuple(words.fillers),
            context=tuple(words.context),
            anchors=tuple(words.anchors),
            asking=tuple(words.asking),
            requesting=tuple(words.requesting),
            courtesies=tuple(words.courtesies),
            asides=tuple(words.asides),
            broader=MappingProxyType({topic: tuple(narrower) for topic, narrower in words.broader.items()}),
            contrasts=MappingProxyType({topic: tuple(compared) for topic, compared in words.contrasts.items()}),
            acts=words.acts,
            everyday=tuple(word for line in self._lines("lexicon/everyday.txt") for word in line.split()),
        )

    def _lines(self, file: str) -> list[str]:
        """The lines of a text file that may be missing, without comments."""
        text = self._text(file) if file in self.files else None
        return [line for line in (text or "").splitlines() if line.strip() and not line.startswith("# ")]

    def _has(self, file: str) -> bool:
        if file not in self.files:
            self.problems.append(f"{file}: is missing; take it from the knowledge that ships with the bot")
        return file in self.files

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

    def examples(self, entries: Mapping[str, Entry]) -> Examples:
        """The phrasings and the off-domain messages."""
        phrasings = {topic: list(entry.questions) for topic, entry in entries.items()}
        if not self._said:
            self.known = {topic: "" for topic in entries}
            for entry in entries.values():
                for question in entry.questions:
                    self._say(entry.file, entry.line, entry.id, question)
        for file in self.files:
            if file.startswith("phrasings/"):
                for topic, rows in self._lists(file, "a topic's id").items():
                    if self._has_topic(topic, file, rows):
                        for text, line in rows:
                            self._say(file, line, topic, text)
                            phrasings.setdefault(topic, []).append(text)
        off_domain: list[str] = []
        if self._has("off-domain.txt"):
            for number, text in enumerate((self._text("off-domain.txt") or "").splitlines(), 1):
                if text.strip() and not text.startswith("# "):
                    off_domain.append(text.strip())
                    if first := self._said.get(normalise(text)):
                        self._problem("off-domain.txt", number, f"the message stands also under {first}; keep it in one place")
        return Examples(
            MappingProxyType({t: tuple(texts) for t, texts in phrasings.items()}),
            tuple(off_domain),
            tuple(self._follow_ups()),
        )

    def _has_topic(self, topic: str, file: str, rows: Sequence[tuple[str, int]]) -> bool:
        if topic in self.known:
            return True
        line = rows[0][1] if rows else 1
        self._problem(file, line, f"there is no topic '{_short(topic)}'{_nearest(topic, self.known)}")
        return False

    def questions(self) -> None:
        """Judge the labelled questions: whether they can be read, and name topics that exist."""
        for file in self.files:
            text = self._text(file) if file.startswith(f"{QUESTIONS}/") else None
            for number, line in read_lines(text or ""):
                if isinstance(line, str):
                    self._problem(file, number, line)
                else:
                    for topic in topics_of(line):
                        self._has_topic(topic, file, [(topic, number)])

    def _follow_ups(self) -> Iterator[FollowUp]:
        for file in self.files:
            if not file.startswith("follow-ups/"):
                continue
            for name, rows in self._lists(file, "two topics").items():
                before, sign, topic = name.partition(" > ")
                if not sign:
                    line = rows[0][1] if rows else 1
                    self._problem(file, line, f"'{_short(name)}' must name two topics: the one answered > the one asked for")
                elif self._has_topic(before, file, rows) and (topic == OFF_DOMAIN or self._has_topic(topic, file, rows)):
                    yield from (FollowUp(before, text, topic) for text, _ in rows)


def _nearest(name: str, names: Iterable[str], otherwise: str = "take it out, or write it") -> str:
    near = nearest(_short(name), names)
    return f"; is '{near}' meant?" if near else f"; {otherwise}"


def _short(text: str) -> str:
    """A quotation that leaves room for the advice after it."""
    return text if len(text) <= 80 else text[:79] + "…"


def _advice(detail: object, model: type[BaseModel]) -> str:
    """What a validation error means to an editor."""
    assert isinstance(detail, dict)
    name = ".".join(str(step) for step in detail["loc"])
    limit = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown field '{_short(name)}'{_nearest(name, model.model_fields, 'take it out')}"
        case "missing":
            return f"the field '{name}' is missing; add it"
        case "string_type" | "list_type" | "dict_type" | "int_type":
            wanted = {
                "string": "a text (in quotes, if it looks like something else)",
                "list": "a list",
                "int": "a number",
            }
            kind = detail["type"].removesuffix("_type")
            return f"'{name}' must be {wanted.get(kind, 'a mapping')}"
        case "string_too_short" | "too_short":
            return f"'{name}' is empty or too short; fill it in"
        case "string_too_long":
            return f"'{name}' is too long; shorten it to {limit['max_length']} characters"
        case "too_long":
            return f"'{name}' has too many items; leave at most {limit['max_length']}"
        case "literal_error":
            return f"'{name}' must be one of {limit['expected']}"
        case "string_pattern_mismatch":
            return f"'{name}' may have only lower-case Latin letters, digits and single hyphens"
    return f"'{name}': {detail['msg']}"
