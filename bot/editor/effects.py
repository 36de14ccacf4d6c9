"""What a change of the knowledge does, told before it is made: the learned responder of the change beside the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.conversation import Context, Decision, Responder
from bot.editor.lessons import Lesson
from bot.evaluate import Comparison, Row, compare
from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN, Examples, check, load

# So many phrasings of other topics are asked again for each lesson: those most like it.
_NEIGHBOURS = 60
# Less alike than this (0 to 100) are two messages that share a word by chance.
_ALIKE_FROM = 60


@dataclass(frozen=True, slots=True)
class Missed:
    """A message that is taught and gets another answer all the same."""

    lesson: Lesson
    got: tuple[str, ...]
    """The topics that it is answered with, or offered; empty for none."""
    decision: Decision


@dataclass(frozen=True, slots=True)
class Disturbed:
    """A phrasing of another topic, or an off-domain message, that lost its answer by the change, or that is now taken for what
    was taught."""

    text: str
    topic: str
    """Its own topic, or OFF_DOMAIN."""
    got: tuple[str, ...]
    """What it is answered with, or offered, after the change."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change does."""

    comparison: Comparison | None
    """On the labelled questions; None where there are none."""
    missed: tuple[Missed, ...]
    disturbed: tuple[Disturbed, ...]


def responder_of(files: Mapping[str, bytes], changes: Mapping[str, str], folder: Path) -> Responder:
    """The responder of changed knowledge, which is laid out in an empty folder for that. Raises KnowledgeError for knowledge
    with mistakes. Takes as long as learning does; what is learned is kept for when the change is made."""
    for name, content in {**files, **{name: text.encode("utf-8") for name, text in changes.items()}}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    check(folder)
    return Responder(load(folder))


def effects(before: Responder, after: Responder, lessons: Sequence[Lesson], examples: Examples, rows: Sequence[Row]) -> Effects:
    """What a change does to the labelled questions, to what is taught, and to the phrasings most like it. `examples`: those
    from before the change."""
    return Effects(
        compare(before, after, rows) if rows else None,
        tuple(_missed(after, lessons)),
        tuple(_disturbed(before, after, lessons, examples)),
    )


def _missed(after: Responder, lessons: Iterable[Lesson]) -> Iterator[Missed]:
    for lesson in lessons:
        reply, _ = after.reply(lesson.text, _context(after, lesson.before))
        if not _is_right(reply.decision, reply.topics, lesson.topic):
            yield Missed(lesson, reply.topics, reply.decision)


def _disturbed(before: Responder, after: Responder, lessons: Iterable[Lesson], examples: Examples) -> Iterator[Disturbed]:
    by_answer = _by_answer(examples)
    seen: set[tuple[str | None, int]] = set()
    for lesson in lessons:
        examples_there = by_answer.get(lesson.before, [])
        wanted, texts = normalise(lesson.text), [normalise(text) for _, text in examples_there]
        near = process.extract(wanted, texts, scorer=fuzz.token_sort_ratio, limit=_NEIGHBOURS, score_cutoff=_ALIKE_FROM)
        for _, _, number in near:
            topic, text = examples_there[number]
            if topic == lesson.topic or (lesson.before, number) in seen:
                continue
            seen.add((lesson.before, number))
            now = after.understand(text, _context(after, lesson.before)).match
            if _is_right(now.decision, now.topics, topic):
                continue
            was = before.understand(text, _context(before, lesson.before)).match
            was_right = _is_right(was.decision, was.topics, topic)
            is_taken = _is_right(now.decision, now.topics, lesson.topic) and not _is_right(
                was.decision, was.topics, lesson.topic
            )
            if was_right or is_taken:
                yield Disturbed(text, topic, now.topics)


def _by_answer(examples: Examples) -> dict[str | None, list[tuple[str, str]]]:
    """All examples, topic and text, by the answer that they follow; None for those that stand by themselves."""
    found: dict[str | None, list[tuple[str, str]]] = {
        None: [(t, text) for t, some in examples.phrasings.items() for text in some]
    }
    found[None] += [(OFF_DOMAIN, text) for text in examples.off_domain]
    for follow_up in examples.follow_ups:
        found.setdefault(follow_up.before, []).append((follow_up.topic, follow_up.text))
    return found


def _context(responder: Responder, before: str | None) -> Context:
    return responder.answer((before,), Context())[1] if before else Context()


def _is_right(decision: Decision, topics: Sequence[str], topic: str) -> bool:
    return not topics if topic == OFF_DOMAIN else decision is Decision.ANSWER and topic in topics
