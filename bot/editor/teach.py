"""Teaching: lessons are looked at together, what they do is shown, and then they are written."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click

from bot.conversation import Responder
from bot.editor.asking import confirm, counted, shown
from bot.editor.chance import is_within_chance
from bot.editor.effects import Effects, effects, responder_of
from bot.editor.lessons import Lesson, Sorted, ranks, said, sort_out, why_not_moved, written
from bot.editor.writing import ChangedMeanwhile, write
from bot.editor.yamledit import EditError
from bot.evaluate import Row, comparison_lines, load, questions_in
from bot.knowledge import OFF_DOMAIN, KnowledgeError, load_examples, read_folder
from bot.knowledge import load as load_knowledge
from bot.matcher.index import keep
from bot.questions import NoQuestionsError

MOST_CHANGED, MOST_BY_CHANCE = 10, 3
"""So many questions are shown of each sort of change; what is within chance says little."""
MOST_DISTURBED = 5
MOST_TRIES = 3
NEXT = """\
What next: commit the changed files; a running bot takes them over by itself, and `kpo-bot evaluate` measures it all."""


class TeachError(Exception):
    """Lessons that cannot be taught: one line."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to go about it."""

    asks: bool
    """Whether there is somebody to answer questions."""
    yes: bool = False
    """Write whatever the change does."""
    dry_run: bool = False
    """Write nothing."""
    file: str | None = None
    """Where the phrasings, or the follow-ups, go instead of the usual file."""


class Outcome(NamedTuple):
    """What became of lessons."""

    is_all: bool
    """Whether none was left out that cannot be taught, or stands elsewhere."""
    is_settled: bool
    """Whether what can be written stands in the knowledge now."""


def teach(folder: Path, lessons: Sequence[Lesson], manner: Manner) -> Outcome:
    """Show what the lessons do, and write them. Raises TeachError, KnowledgeError, WritingError and QuestionsError; then
    nothing was written."""
    for _ in range(MOST_TRIES):
        try:
            return _teach_once(folder, lessons, manner)
        except ChangedMeanwhile:
            click.echo("\nThe knowledge was changed meanwhile, so nothing was written yet. Looking at it again.\n")
    raise TeachError("the knowledge is being changed again and again; nothing was written. Try again when nobody else edits it")


def _teach_once(folder: Path, lessons: Sequence[Lesson], manner: Manner) -> Outcome:
    files = read_folder(folder)
    knowledge = load_knowledge(folder)
    examples = load_examples(knowledge)
    known = {*knowledge.entries, OFF_DOMAIN}
    if gone := next(
        (name for lesson in lessons for name in (lesson.topic, lesson.before or OFF_DOMAIN) if name not in known), ""
    ):
        raise TeachError(f"there is no topic '{gone}' any more; nothing was written")
    found = sort_out(lessons, examples)
    taught_as = set(map(said, found.new))
    for lesson in found.there:
        why = "says the same as another one" if said(lesson) in taught_as else f"stands under {lesson.place} already"
        click.echo(f"Left out: '{shown(lesson.text)}' {why}.")
    for lesson, reason in found.unfit:
        click.echo(f"Left out: '{shown(lesson.text)}' {reason}.")
    # Written below with the encoding they have; `load` has seen that it is UTF-8.
    texts = {name: content.decode("utf-8") for name, content in files.items()}
    new, moved = _with_moves(found, manner, texts)
    is_all = not found.unfit and len(moved) == len(found.clashes)
    if not new:
        click.echo("There is nothing to write.")
        return Outcome(is_all, is_settled=True)
    try:
        changes = written(new, moved, texts, ranks(knowledge), manner.file)
    except EditError as error:
        raise TeachError(str(error)) from error
    rows = labelled(folder)
    with _told("Reading the knowledge as it is"):
        before = Responder(knowledge)
    with TemporaryDirectory(prefix="kpo-teach-") as temporary:
        try:
            with _told("Learning it with the change (about ten seconds)"):
                after = responder_of(files, changes, Path(temporary))
        except KnowledgeError as error:
            raise TeachError(f"with the change, the knowledge would have mistakes; nothing was written:\n{error}") from error
        result = effects(before, after, new, examples, rows)
    _show(result, len(new), changes)
    if manner.dry_run:
        click.echo("A dry run: nothing was written.")
        return Outcome(is_all, is_settled=False)
    if not _agreed(result, manner):
        click.echo("Nothing was written.")
        return Outcome(is_all, is_settled=False)
    # First, so that a running bot that follows need not learn it again.
    keep(after.matcher, after.knowledge)
    write(folder, changes, files)
    click.echo(f"Written: {', '.join(str(folder / name) for name in changes)}.\n{NEXT}")
    return Outcome(is_all, is_settled=True)


def labelled(folder: Path) -> list[Row]:
    """The labelled questions of a folder; one of one's own need not have any. Raises QuestionsError."""
    try:
        return load(questions_in(folder))
    except NoQuestionsError:
        return []


def again(lessons: Sequence[Lesson]) -> str:
    """The commands that teach the same lessons without the dialogue, a line each."""
    by_answer: dict[str | None, list[str]] = {}
    for lesson in lessons:
        by_answer.setdefault(lesson.before, []).extend(("--add", lesson.topic, shown(lesson.text)))
    commands = (["kpo-bot", "teach", *(["--after", before] if before else []), *some] for before, some in by_answer.items())
    return "\n".join(map(shlex.join, commands))


def _with_moves(found: Sorted, manner: Manner, files: Mapping[str, str]) -> tuple[list[Lesson], list[Lesson]]:
    """The lessons to write, and those to take out of where they stand for that."""
    new: list[Lesson] = [*found.new]
    moved: list[Lesson] = []
    for clash in found.clashes:
        line = f"'{shown(clash.lesson.text)}' stands under {clash.standing.place} already"
        can_move = clash.standing not in (*found.new, *moved)
        if manner.asks and can_move and (reason := why_not_moved(clash.standing, files)):
            click.echo(f"Left out: {line}, and cannot be moved: {reason}.")
        elif manner.asks and can_move and confirm(f"{line}. Move it to {clash.lesson.place}?", default=False):
            new.append(clash.lesson)
            moved.append(clash.standing)
        else:
            click.echo(f"Left out: {line}.")
    return new, moved


def _show(result: Effects, taught: int, changes: dict[str, str]) -> None:
    click.echo(f"\n{counted(taught, 'message')} to be taught, in {', '.join(changes)}.")
    if result.comparison is None:
        click.echo("There are no labelled questions in questions/, so only what is taught could be looked at.")
    else:
        is_chance = is_within_chance(len(result.comparison.worse), len(result.comparison.better))
        click.echo("\n".join(comparison_lines(result.comparison, MOST_BY_CHANCE if is_chance else MOST_CHANGED)))
        if result.reached and (result.reached.worse or result.reached.better):
            click.echo(f"Of those that now get what was taught {result.reached.judgement}.")
    if not result.not_learned:
        click.echo("Each message that is taught now gets its topic.")
    for one in result.not_learned:
        got = f"{one.decision} {', '.join(one.got)}".strip()
        click.echo(f"Still not understood: '{shown(one.lesson.text)}' ({one.lesson.place}) gets {got}.")
    for doubtful in result.doubtful:
        click.echo(
            f"Looks out of place: '{shown(doubtful.lesson.text)}' ({doubtful.lesson.place}). "
            f"What is like it gets {doubtful.got}, such as '{shown(doubtful.like)}'."
        )
    for disturbed in result.disturbed[:MOST_DISTURBED]:
        got = ", ".join(disturbed.got) or "no answer"
        click.echo(f"In its way: '{shown(disturbed.text)}', a phrasing of {disturbed.topic}, now gets {got}.")
    if (more := len(result.disturbed) - MOST_DISTURBED) > 0:
        click.echo(f"  … and {more} more phrasings.")


def _agreed(result: Effects, manner: Manner) -> bool:
    if manner.yes:
        return True
    if manner.asks:
        question = "The labelled questions show a drop. Write it all the same?" if result.drop else "Write it?"
        return confirm(question, default=not result.drop)
    if result.drop:
        raise TeachError(f"{result.drop}; so nothing was written, and --yes writes it all the same")
    return True


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Says that something takes a while, and how long it took."""
    click.echo(f"{what} ... ", nl=False)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo()
        raise
    click.echo(f"{time.monotonic() - start:.1f} s")
