"""How the matcher does on its own knowledge, seen from outside.

    python -m tests.benchmarks.crosscheck

Each phrasing is answered by a matcher that learned without it (in five parts), and each question of the sample and the read
sets is asked again with a slip, in the wrong keyboard layout, in another word order, or behind a greeting and fillers.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bot.conversation import Context, Responder
from bot.evaluate import Row, Verdict, load, questions_in, verdict
from bot.hebrew.keyboard import in_latin_layout
from bot.hebrew.tables import HEBREW_KEY_ROWS, SOUND_ALIKE
from bot.knowledge import OFF_DOMAIN, Examples, Knowledge, find_knowledge, load_examples
from bot.knowledge import load as load_knowledge
from bot.matcher.training import learned

PARTS = 5
_SHORTEST = 5


def _is_hebrew(word: str) -> bool:
    return all("א" <= letter <= "ת" for letter in word)


def _in_a_word(text: str, change: Callable[[str, random.Random], str]) -> str | None:
    words, chance = text.split(), random.Random(text)
    places = [i for i, word in enumerate(words) if len(word) >= _SHORTEST and _is_hebrew(word)]
    if not places:
        return None
    place = chance.choice(places)
    changed = change(words[place], chance)
    if changed == words[place]:
        return None
    return " ".join([*words[:place], changed, *words[place + 1 :]])


def _neighbouring_key(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    beside = [row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in HEBREW_KEY_ROWS for i in [row.find(word[at])] if i >= 0]
    letters = [letter for letter in "".join(beside) if "א" <= letter <= "ת"]
    return word[:at] + chance.choice(letters or [word[at]]) + word[at + 1 :]


def _sound_alike(word: str, chance: random.Random) -> str:
    places = [(i, other) for i, c in enumerate(word) for group in SOUND_ALIKE if c in group for other in group if other != c]
    if not places:
        return word
    at, other = chance.choice(places)
    return word[:at] + other + word[at + 1 :]


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def _other_order(text: str) -> str:
    words = text.rstrip("?").split()
    middle = len(words) // 2
    return " ".join([*words[middle:], *words[:middle]])


CORRUPTIONS: dict[str, Callable[[str], str | None]] = {
    "as it is": lambda text: text,
    "a neighbouring key": lambda text: _in_a_word(text, _neighbouring_key),
    "a letter that sounds alike": lambda text: _in_a_word(text, _sound_alike),
    "two letters swapped": lambda text: _in_a_word(text, _swapped),
    "a letter dropped": lambda text: _in_a_word(text, _dropped),
    "a greeting and fillers": lambda text: f"היי, סליחה, רציתי לדעת בבקשה {text}",
    "the halves swapped": lambda text: _other_order(text) if len(text.split()) <= 12 else None,
    "the wrong layout": lambda text: in_latin_layout(text) if _is_hebrew(text.replace(" ", "").rstrip("?")) else None,
}


def _line(name: str, verdicts: Iterable[Verdict]) -> str:
    counts = Counter(verdicts)
    total = max(1, counts.total())
    shares = [f"{100 * counts[v] / total:5.1f}" for v in (Verdict.RIGHT, Verdict.OFFERED, Verdict.WRONG)]
    return f"| {name} | {total} | {' | '.join(shares)} |"


def _asked(responder: Responder, rows: Sequence[Row]) -> list[Verdict]:
    replies = [responder.reply(row.q, Context())[0] for row in rows]
    return [verdict(row, reply.decision, reply.topics) for row, reply in zip(rows, replies, strict=True)]


def left_out(knowledge: Knowledge, examples: Examples) -> list[Verdict]:
    """What each phrasing gets from a matcher that learned without it."""
    found: list[Verdict] = []
    labelled = [(topic, text) for topic, texts in examples.phrasings.items() for text in texts]
    random.Random(5).shuffle(labelled)
    for part in range(PARTS):
        out = set(labelled[part::PARTS])
        kept = {t: tuple(text for text in texts if (t, text) not in out) for t, texts in examples.phrasings.items()}
        responder = Responder(knowledge, learned(knowledge, replace(examples, phrasings=kept)))
        rows = [Row("", text, frozenset([topic]), "answer", "") for topic, text in sorted(out)]
        found += _asked(responder, rows)
    return found


def main() -> None:
    """Print what the checks find."""
    knowledge = load_knowledge(find_knowledge())
    examples = load_examples(knowledge)
    print("| questions | n | right | offered | wrong |\n|---|---|---|---|---|")
    responder = Responder(knowledge)
    rows = [row for row in load(questions_in(find_knowledge())) if row.kind in ("answer", "uncovered") and not row.all]
    assert rows and OFF_DOMAIN not in knowledge.entries
    for name, corrupt in CORRUPTIONS.items():
        changed = [replace(row, q=text) for row in rows if (text := corrupt(row.q))]
        print(_line(name, _asked(responder, changed)), flush=True)
    print(_line("each phrasing, by a matcher that learned without it", left_out(knowledge, examples)), flush=True)


if __name__ == "__main__":
    main()
