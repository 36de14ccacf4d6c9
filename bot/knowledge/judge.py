"""File contents to the knowledge, and all that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.hebrew.normalise import normalise
from bot.knowledge.entries import EntryFiles
from bot.knowledge.fields import Source, WordFields
from bot.knowledge.records import OFF_DOMAIN, Entry, Example, Knowledge, Words
from bot.knowledge.wording import hint, short
from bot.questions import FOLDER as QUESTIONS
from bot.questions import read_lines, topics_of
from bot.texts import Texts

# What the matcher learns from, beside the questions of the entries.
_LEARNED_FROM = ("phrasings/", "follow-ups/", "lexicon/", "off-domain.txt")


@dataclass
class Judge(EntryFiles):
    """Turns file contents into records, and collects what is wrong with them."""

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
        learned = {name: content for name, content in self.contents.items() if name.startswith(_LEARNED_FROM)}
        for topic, entry in self.entries.items():
            learned[f"questions of {topic}"] = "\n".join(entry.questions).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256()
        for name, content in sorted(learned.items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

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
                    near = hint(topic, self.known)
                    self._problem(file, doc.line(("start_topics",)), f"the topic '{topic}' does not exist{near}")
        return texts

    def _lexicon(self) -> Words | None:
        concepts = self._lists("lexicon/concepts.yaml", "a concept") if self._has("lexicon/concepts.yaml") else {}
        doc = self._required("lexicon/words.yaml")
        words = self._fields(WordFields, "lexicon/words.yaml", doc) if doc else None
        if not (doc and words and concepts):
            return None
        for part in ("anchors", "asking", "requesting", "courtesies", "leaning"):
            for name in getattr(words, part):
                if name not in concepts:
                    text = f"{part}: there is no concept '{name}'{hint(name, concepts)}"
                    self._problem("lexicon/words.yaml", doc.line((part,)), text)
        for part, phrases in words.acts.model_dump().items():
            for phrase in phrases:
                if not normalise(phrase):
                    text = f"acts.{part}: {short(phrase)!r} has no letters; take it out"
                    self._problem("lexicon/words.yaml", doc.line(("acts", part)), text)
        for said, signs in words.emoji.items():
            for sign in signs:
                if len(sign) > 1 or normalise(sign):
                    text = f"emoji: {short(sign)!r} is not a single emoji; give each by itself, without a skin tone"
                    self._problem("lexicon/words.yaml", doc.line(("emoji", said)), text)
        named = {"asides": words.asides}
        for part in ("broader", "contrasts"):
            named[part] = [name for topic, others in getattr(words, part).items() for name in (topic, *others)]
        for part, topics in named.items():
            for topic in topics:
                if topic not in self.known:
                    near = hint(topic, self.known)
                    self._problem("lexicon/words.yaml", doc.line((part,)), f"the topic '{topic}' does not exist{near}")
        return Words(
            concepts=MappingProxyType({name: tuple(forms for forms, _ in rows) for name, rows in concepts.items()}),
            fillers=tuple(words.fillers),
            context=tuple(words.context),
            anchors=tuple(words.anchors),
            asking=tuple(words.asking),
            requesting=tuple(words.requesting),
            courtesies=tuple(words.courtesies),
            leaning=tuple(words.leaning),
            asides=tuple(words.asides),
            broader=MappingProxyType({topic: tuple(narrower) for topic, narrower in words.broader.items()}),
            contrasts=MappingProxyType({topic: tuple(compared) for topic, compared in words.contrasts.items()}),
            acts=words.acts,
            emoji=MappingProxyType({sign: said for said, signs in words.emoji.items() for sign in signs}),
            everyday=tuple(word for line in self._lines("lexicon/everyday.txt") for word in line.split()),
        )

    def examples(self, entries: Mapping[str, Entry]) -> Iterator[Example]:
        """The phrasings, those of the entries first, the off-domain messages and the follow-ups."""
        is_judged = bool(self._said)
        if not is_judged:
            self.known = {topic: "" for topic in entries}
        for entry in entries.values():
            lines = self._asked_at.get(entry.id, [entry.line] * len(entry.questions))
            for question, line in zip(entry.questions, lines, strict=True):
                if not is_judged:
                    self._say(entry.file, line, entry.id, question)
                yield Example(question, entry.id, entry.file, line)
        for file in self.contents:
            if file.startswith("phrasings/"):
                for topic, rows in self._lists(file, "a topic's id").items():
                    if self._has_topic(topic, file, rows):
                        for text, line in rows:
                            self._say(file, line, topic, text)
                            yield Example(text, topic, file, line)
        yield from self._off_domain()
        yield from self._follow_ups()

    def _off_domain(self) -> Iterator[Example]:
        file = "off-domain.txt"
        if self._has(file):
            for number, text in enumerate((self._text(file) or "").splitlines(), 1):
                if text.strip() and not text.startswith("# "):
                    yield Example(text.strip(), OFF_DOMAIN, file, number)
                    if first := self._said.get(normalise(text)):
                        self._problem(file, number, f"the message stands also under {first}; keep it in one place")

    def questions(self) -> None:
        """Judge the labelled questions: whether they can be read, and name topics that exist."""
        for file in self.contents:
            text = self._text(file) if file.startswith(f"{QUESTIONS}/") else None
            for number, line in read_lines(text or ""):
                if isinstance(line, str):
                    self._problem(file, number, line)
                else:
                    for topic in topics_of(line):
                        self._has_topic(topic, file, [(topic, number)])

    def _follow_ups(self) -> Iterator[Example]:
        for file in self.contents:
            if not file.startswith("follow-ups/"):
                continue
            for name, rows in self._lists(file, "two topics").items():
                before, sign, topic = name.partition(" > ")
                if not sign:
                    line = rows[0][1] if rows else 1
                    self._problem(file, line, f"'{short(name)}' must name two topics: the one answered > the one asked for")
                elif self._has_topic(before, file, rows) and (topic == OFF_DOMAIN or self._has_topic(topic, file, rows)):
                    yield from (Example(text, topic, file, line, before) for text, line in rows)
