"""What a change of the knowledge does, told before it is made: the learned responder of the change beside the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.conversation import Context, Decision, Reply, Responder
from bot.editor.lessons import Lesson, said
from bot.evaluate import Comparison, Row, compare
from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN, Examples, check, load
from bot.matcher.index import matcher_for
from bot.matcher.matcher import Match

# So many phrasings of other topics are asked again for each lesson: those most like it.
_NEIGHBOURS = 60
# Less alike than this (0 to 100) are two messages that share a word by chance.
_ALIKE_FROM = 60


@dataclass(frozen=True, slots=True)
class NotLearned:
    """A message that is taught and gets another answer all the same."""

    lesson: Lesson
    got: tuple[str, ...]
    """The topics that it is answered with, or offered; empty for none."""
    decision: Decision


@dataclass(frozen=True, slots=True)
class Disturbed:
    """A phrasing of another topic, or an off-domain message: it lost its answer by the change, or what is like it is now taken
    for what was taught."""

    text: str
    topic: str
    """Its own topic, or OFF_DOMAIN."""
    got: tuple[str, ...]
    """What it is answered with, or offered, after the change."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A message that gets its topic only because it is known by heart: what is like it is answered otherwise."""

    lesson: Lesson
    got: str
    """The topic that is answered to what is like it."""
    like: str
    """The phrasing of that topic most like it."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change does."""

    comparison: Comparison | None
    """On the labelled questions; None where there are none."""
    reached: Comparison | None
    """The same on those alone that now get a topic that was taught: few, so that a little harm shows in them that is lost in
    what learning anew changes among all."""
    not_learned: tuple[NotLearned, ...]
    doubtful: tuple[Doubtful, ...]
    disturbed: tuple[Disturbed, ...]

    @property
    def drop(self) -> str | None:
        """What the labelled questions tell against the change, in a line; None if nothing, but for what may be chance."""
        if self.comparison and self.comparison.is_drop:
            return f"of the labelled questions {self.comparison.judgement}"
        if self.reached and self.reached.is_drop:
            return f"of the labelled questions that now get what was taught {self.reached.judgement}"
        return None


def responder_of(files: Mapping[str, bytes], changes: Mapping[str, str], folder: Path) -> Responder:
    """The responder of changed knowledge, which is laid out in an empty folder for that. Raises KnowledgeError for knowledge
    with mistakes. Takes as long as learning does. What is learned is not kept: most changes that are looked at are not made."""
    for name, content in {**files, **{name: text.encode("utf-8") for name, text in changes.items()}}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    check(folder)
    knowledge = load(folder)
    return Responder(knowledge, matcher_for(knowledge, keeps=False))


def effects(before: Responder, after: Responder, lessons: Sequence[Lesson], examples: Examples, rows: Sequence[Row]) -> Effects:
    """What a change does to the labelled questions, to what is taught, and to the phrasings most like it. `examples`: those
    from before the change."""
    not_learned = tuple(_not_learned(after, lessons))
    got_it = [lesson for lesson in lessons if lesson not in {one.lesson for one in not_learned}]
    by_answer = _by_answer(examples, {said(lesson) for lesson in lessons})
    # A phrasing itself is known by heart; whoever says nearly the same gets what was learned from it.
    likewise = (_by_likeness(before), _by_likeness(after))
    comparison = compare(before, after, rows) if rows else None
    return Effects(
        comparison,
        _reached(comparison, {lesson.topic for lesson in lessons}) if comparison else None,
        not_learned,
        tuple(_doubtful(likewise[1], got_it, by_answer)),
        tuple(_disturbed((before, after), likewise, lessons, by_answer)),
    )


def _reached(comparison: Comparison, taught: Set[str]) -> Comparison:
    def gets(reply: Reply) -> Set[str]:
        return taught & set(reply.topics or (OFF_DOMAIN,))

    return Comparison(tuple((one, other) for one, other in comparison.pairs if gets(other.reply) - gets(one.reply)))


def _not_learned(after: Responder, lessons: Iterable[Lesson]) -> Iterator[NotLearned]:
    for lesson in lessons:
        reply, _ = after.reply(lesson.text, _context(after, lesson.before))
        if not _is_right(reply, lesson.topic):
            yield NotLearned(lesson, reply.topics, reply.decision)


_ByAnswer = Mapping[str | None, Sequence[tuple[str, str, str]]]
"""All examples, topic and text as it stands and normalised, by the answer that they follow; None for those that stand by
themselves."""


def _doubtful(likewise: Responder, lessons: Iterable[Lesson], by_answer: _ByAnswer) -> Iterator[Doubtful]:
    for lesson in lessons:
        got = _match(likewise, lesson.text, lesson.before)
        if got.decision is Decision.ANSWER and lesson.topic not in got.topics:
            alike = [text for topic, text in _nearest(lesson, by_answer) if topic == got.topics[0]]
            if alike:
                yield Doubtful(lesson, got.topics[0], alike[0])


def _disturbed(
    then_and_now: tuple[Responder, Responder],
    likewise: tuple[Responder, Responder],
    lessons: Iterable[Lesson],
    by_answer: _ByAnswer,
) -> Iterator[Disturbed]:
    seen: set[tuple[str | None, str]] = set()
    for lesson in lessons:
        for topic, text in _nearest(lesson, by_answer):
            if topic == lesson.topic or (lesson.before, text) in seen:
                continue
            seen.add((lesson.before, text))
            # What was said before the change matters only where it is not the same after it, which is seldom.
            now = _match(then_and_now[1], text, lesson.before)
            if not _is_right(now, topic) and _is_right(_match(then_and_now[0], text, lesson.before), topic):
                yield Disturbed(text, topic, now.topics)
                continue
            now = _match(likewise[1], text, lesson.before)
            if _is_right(now, lesson.topic) and not _is_right(_match(likewise[0], text, lesson.before), lesson.topic):
                yield Disturbed(text, topic, now.topics)


def _nearest(lesson: Lesson, by_answer: _ByAnswer) -> list[tuple[str, str]]:
    """The examples most like a lesson, of those that follow the same answer."""
    rows = by_answer.get(lesson.before, [])
    said = [normalised for _, _, normalised in rows]
    near = process.extract(
        normalise(lesson.text), said, scorer=fuzz.token_sort_ratio, limit=_NEIGHBOURS, score_cutoff=_ALIKE_FROM
    )
    return [rows[number][:2] for _, _, number in near]


def _by_likeness(responder: Responder) -> Responder:
    """The same without the phrasings that it knows by heart."""
    return Responder(responder.knowledge, responder.matcher.by_likeness())


def _match(responder: Responder, text: str, before: str | None) -> Match:
    return responder.understand(text, _context(responder, before)).match


def _by_answer(examples: Examples, taught: Set[tuple[str | None, str]]) -> _ByAnswer:
    """`taught`: what is said by messages that are taught; what says that already is moved."""
    found: dict[str | None, list[tuple[str, str, str]]] = {}
    for before, topic, text in examples.rows():
        if (before, normalised := normalise(text)) not in taught:
            found.setdefault(before, []).append((topic, text, normalised))
    return found


def _context(responder: Responder, before: str | None) -> Context:
    return responder.answer((before,), Context())[1] if before else Context()


def _is_right(got: Match | Reply, topic: str) -> bool:
    return not got.topics if topic == OFF_DOMAIN else got.decision is Decision.ANSWER and topic in got.topics
