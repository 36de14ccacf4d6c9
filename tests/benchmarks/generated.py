"""A knowledge base many times as large as the shipped one: its topics told again in made-up words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import yaml

from bot.hebrew.normalise import normalise
from bot.knowledge import Examples, Knowledge

_LETTERS = "אבגדהוזחטיכלמנסעפצקרשת"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
# Of the words of a phrasing, this share becomes a word that only the new topic uses.
_MADE_UP = 0.6
# Topics grow slower than phrasings: 100 times the phrasings are 20 times the topics.
_TOPICS_POWER = 0.65
_TOPICS_A_FILE, _PHRASINGS_A_FILE = 40, 20_000


def write(folder: Path, knowledge: Knowledge, examples: Examples, times: int) -> tuple[int, int]:
    """Write a knowledge base with so many times the phrasings. Returns its numbers of topics and of phrasings."""
    copytree(knowledge.folder, folder, ignore=lambda _, names: [name for name in names if name == ".learned"])
    entries = list(knowledge.entries.values())
    copies = round(times**_TOPICS_POWER)
    named = [(entry, copy, f"{entry.id}-x{copy}") for copy in range(1, copies) for entry in entries]
    for start in range(0, len(named), _TOPICS_A_FILE):
        part = [
            {
                "id": name,
                "kind": "answer",
                "title": f"{entry.title[:20]} {copy}",
                "questions": [f"{_told(entry.questions[0], copy)} {name}"],
                "answer": entry.answer,
                "related": [],
                "source": "none",
            }
            for entry, copy, name in named[start : start + _TOPICS_A_FILE]
        ]
        text = yaml.safe_dump({"theme": f"נושאים {start}", "order": 100 + start, "entries": part}, allow_unicode=True)
        (folder / f"generated{start}.yaml").write_text(text, encoding="utf-8")
    written = _write_phrasings(folder, examples, copies, times)
    return len(entries) * copies, sum(map(len, examples.phrasings.values())) + written


def _write_phrasings(folder: Path, examples: Examples, copies: int, times: int) -> int:
    said = {normalise(text) for texts in (*examples.phrasings.values(), examples.off_domain) for text in texts}
    written = 0
    lines: list[str] = []
    for topic, text in _phrasings(examples, copies, times):
        key = normalise(text)
        if key and key not in said:
            said.add(key)
            lines.append(f"{topic}\t{text}")
        if len(lines) == _PHRASINGS_A_FILE:
            _write_file(folder, written, lines)
            written, lines = written + len(lines), []
    _write_file(folder, written, lines)
    return written + len(lines)


def _phrasings(examples: Examples, copies: int, times: int) -> Iterator[tuple[str, str]]:
    """Each phrasing as often as wanted, spread over the copies of its topic, with a word more each time."""
    chance = random.Random(times)
    more = sorted({word for texts in examples.phrasings.values() for text in texts for word in text.split() if len(word) > 4})
    for topic, texts in examples.phrasings.items():
        for number, text in enumerate(texts):
            for turn in range(1, times):
                copy = (number + turn) % copies
                words = (_told(text, copy) if copy else text).split()
                words.insert(chance.randrange(len(words) + 1), chance.choice(more))
                yield (f"{topic}-x{copy}" if copy else topic), " ".join(words)


def _told(text: str, copy: int) -> str:
    """A phrasing of a topic, as one of the topic's copies has it: most of its longer words in another alphabet's order."""
    return " ".join(_made_up(word, copy) for word in text.split())


def _made_up(word: str, copy: int) -> str:
    if len(word) < 3 or random.Random(f"{word}{copy}").random() > _MADE_UP:
        return word
    return "".join(_shifted(letter, copy) for letter in normalise(word).replace(" ", "")) or word


def _shifted(letter: str, by: int) -> str:
    for letters in (_LETTERS, _LATIN):
        if letter in letters:
            return letters[(letters.index(letter) * 3 + by) % len(letters)]
    return letter


def _write_file(folder: Path, number: int, lines: list[str]) -> None:
    by_topic: dict[str, list[str]] = {}
    for line in lines:
        topic, _, text = line.partition("\t")
        by_topic.setdefault(topic, []).append(text)
    if by_topic:
        text = "".join(f"{t}:\n" + "".join(f"  - {_quoted(x)}\n" for x in texts) for t, texts in by_topic.items())
        (folder / "phrasings" / f"generated{number}.yaml").write_text(text, encoding="utf-8")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
