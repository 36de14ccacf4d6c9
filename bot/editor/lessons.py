"""What an editor teaches: a message and its topic, and where in the knowledge that is written. Pure: files in, files out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.editor.yamledit import EditError, with_texts, without_text
from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN, Examples, Knowledge
from bot.yamlfile import read

LONGEST = 200
"""How many characters a message may have that is taught. Longer ones tell a story, which few others will tell."""
PHRASINGS = "phrasings/taught.yaml"
FOLLOW_UPS = "follow-ups/taught.yaml"
OFF_DOMAIN_FILE = "off-domain.txt"
_HEADS = {
    "phrasings/": "# More ways to ask for each topic. Taught with `kpo-bot teach`.\n\n",
    "follow-ups/": '# What people ask next, who have just been answered: "topic answered > topic asked for". '
    "Taught with `kpo-bot teach`.\n\n",
}
_COMMENT = "# "


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message, and what it asks for."""

    topic: str
    """A topic's id, or OFF_DOMAIN."""
    text: str
    """On one line, as `plain` gives it."""
    before: str | None = None
    """The topic that was answered before, where the message leans on it."""

    @property
    def place(self) -> str:
        """What the list is called that it belongs to."""
        return f"{self.before} > {self.topic}" if self.before else self.topic


@dataclass(frozen=True, slots=True)
class Clash:
    """A lesson whose message stands under another topic already. It cannot stand under both."""

    lesson: Lesson
    standing: Lesson
    """As it stands in the knowledge, or among the lessons before it."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Lessons by what can be done with them."""

    new: tuple[Lesson, ...]
    there: tuple[Lesson, ...]
    """Those that stand under their topic already."""
    unfit: tuple[tuple[Lesson, str], ...]
    """Those that cannot be taught, and why."""
    clashes: tuple[Clash, ...]


def plain(text: str) -> str:
    """A message on one line, in characters that UTF-8 has."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return " ".join(whole.splitlines()).strip()


def unfit(text: str) -> str | None:
    """Why a message cannot be taught; None if it can."""
    if not normalise(text):
        return "has no word"
    if len(text) > LONGEST:
        return f"is longer than {LONGEST} characters; write its question in fewer words and teach that"
    return None


def sort_out(lessons: Iterable[Lesson], examples: Examples) -> Sorted:
    """Which lessons can be written, and which stand there already, here or there."""
    standing = _standing(examples)
    new: list[Lesson] = []
    there: list[Lesson] = []
    unfitting: list[tuple[Lesson, str]] = []
    clashes: list[Clash] = []
    for lesson in lessons:
        others = standing.setdefault(said(lesson), [])
        if reason := unfit(lesson.text):
            unfitting.append((lesson, reason))
        elif any(other.topic == lesson.topic for other in others):
            there.append(lesson)
        elif others:
            clashes.append(Clash(lesson, others[0]))
        else:
            new.append(lesson)
            others.append(lesson)
    return Sorted(tuple(new), tuple(there), tuple(unfitting), tuple(clashes))


def _standing(examples: Examples) -> dict[tuple[str | None, str], list[Lesson]]:
    found: dict[tuple[str | None, str], list[Lesson]] = {}
    for before, topic, text in examples.rows():
        lesson = Lesson(topic, text, before)
        found.setdefault(said(lesson), []).append(lesson)
    return found


def said(lesson: Lesson) -> tuple[str | None, str]:
    """What a lesson's message says, and after which answer: the same for lessons that cannot stand under two topics."""
    return lesson.before, normalise(lesson.text)


def ranks(knowledge: Knowledge) -> Callable[[str], tuple[int, ...]]:
    """The rank of a list of texts, called by a topic or by two with " > " between: that of the topics in the menu."""
    ordered = [topic for theme in knowledge.themes for topic in theme.topics]
    numbers = {topic: number for number, topic in enumerate(dict.fromkeys([*ordered, *knowledge.entries]))}
    return lambda name: tuple(numbers.get(topic, len(numbers)) for topic in name.split(" > "))


def written(
    lessons: Iterable[Lesson],
    moved: Iterable[Lesson],
    files: Mapping[str, str],
    rank: Callable[[str], tuple[int, ...]],
    file: str | None = None,
) -> dict[str, str]:
    """The files that change, with `moved` taken out of where they stand and the lessons added. `file`: where in phrasings/ or
    follow-ups/ those of its kind go, instead of the usual one. The files that lose something come first, so that what is
    written one after another says nothing twice. Raises EditError."""
    changed: dict[str, str] = {}
    for lesson in moved:
        loses, without = _without(lesson, {**files, **changed})
        changed[loses] = without
    added: dict[str, dict[str, list[str]]] = {}
    for lesson in lessons:
        added.setdefault(_file_of(lesson, file), {}).setdefault(lesson.place, []).append(lesson.text)
    for name, texts in added.items():
        text = changed.get(name, files.get(name, ""))
        if name == OFF_DOMAIN_FILE:
            changed[name] = _with_lines(text, [line for lines in texts.values() for line in lines])
        else:
            text = text or next(head for folder, head in _HEADS.items() if name.startswith(folder))
            changed[name] = with_texts(text, texts, rank, name)
    return changed


def _file_of(lesson: Lesson, file: str | None) -> str:
    if lesson.topic == OFF_DOMAIN and not lesson.before:
        return OFF_DOMAIN_FILE
    usual = FOLLOW_UPS if lesson.before else PHRASINGS
    is_of_its_kind = file is not None and file.partition("/")[0] == usual.partition("/")[0]
    return file if file and is_of_its_kind else usual


def _with_lines(text: str, lines: Sequence[str]) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    head = text if not text or text.endswith(("\n", "\r")) else text + end
    # What begins like a comment would be taken for one.
    return head + "".join(f"{line.lstrip('# ') if line.startswith(_COMMENT) else line}{end}" for line in lines)


def why_not_moved(standing: Lesson, files: Mapping[str, str]) -> str | None:
    """Why what stands in the knowledge cannot be taken out there, and what to do; None if it can."""
    try:
        _without(standing, files)
    except EditError as error:
        return str(error)
    return None


def _without(lesson: Lesson, files: Mapping[str, str]) -> tuple[str, str]:
    """The file in which a lesson stands, by name, and its text without it. Raises EditError where it stands among an entry's
    questions."""
    text_said = normalise(lesson.text)
    if lesson.topic == OFF_DOMAIN and not lesson.before:
        lines = files[OFF_DOMAIN_FILE].splitlines(keepends=True)
        kept = [line for line in lines if line.startswith(_COMMENT) or normalise(line) != text_said]
        return OFF_DOMAIN_FILE, "".join(kept)
    folder = "follow-ups/" if lesson.before else "phrasings/"
    # No text stands twice in knowledge without mistakes.
    for name in sorted(name for name in files if name.startswith(folder)):
        for number, row in enumerate((read(files[name]).data or {}).get(lesson.place, [])):
            if normalise(str(row)) == text_said:
                return name, without_text(files[name], lesson.place, number, name)
    raise EditError(f"'{lesson.text}' is a question of the entry {lesson.topic} itself; take it out there by hand")
