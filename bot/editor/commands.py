"""The editor's commands: what was not understood, and teaching it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.console import Fail, learned, responder_or_fail, settings_or_fail
from bot.evaluate import QuestionsError
from bot.knowledge import KnowledgeError, find_knowledge, load_examples
from bot.knowledge import load as load_knowledge

# All else is imported where it is needed: no other command needs the database, draws charts or edits files.
if TYPE_CHECKING:
    from bot.editor.lessons import Lesson
    from bot.editor.period import Period
    from bot.editor.report import Report
    from bot.editor.teach import Manner
    from bot.editor.unwritten import Unwritten
    from bot.store.reading import Kept

DAYS = 7
"""So many days a report is about, where none are named."""
GROUPS, GROUPS_IN_PAGE = 10, 50
"""So many groups it shows, in the terminal and in a page."""
DAY = click.DateTime(["%Y-%m-%d"])


def _period_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--until", type=DAY, metavar="YYYY-MM-DD", help="To the end of this day."),
        click.option("--since", type=DAY, metavar="YYYY-MM-DD", help="From this day on, local time."),
        click.option("--days", type=click.IntRange(1, 3660), help="The last so many days, today included.  [default: 7]"),
    ):
        command = option(command)
    return command


def _period(days: int | None, since: datetime | None, until: datetime | None, now: datetime) -> Period:
    from bot.editor.period import Period

    if days is not None and (since or until):
        raise click.UsageError("--days counts back from today, and goes neither with --since nor with --until")
    try:
        first, last = since and since.date(), until and until.date()
        return Period.of_dates(first, last, now) if since or until else Period.of_days(days or DAYS, now)
    except ValueError as error:
        raise click.UsageError(f"there is no such period: {error}") from None


def read_period(address: str, period: Period) -> Kept:
    """What was kept of a period, and of the one before: to compare with, and because its first messages may lean on that."""
    from bot.store import StoreError
    from bot.store.reading import read

    try:
        return read(address, period.before.seconds[0], period.seconds[1])
    except StoreError as error:
        raise Fail(str(error)) from None


@click.command(name="report")
@_period_options
@click.option("--groups", "most_groups", type=click.IntRange(0), help="Show so many groups.  [default: 10; in a page 50]")
@click.option("--html", "file", type=click.Path(path_type=Path), metavar="FILE", help="Write a page, in Hebrew, instead.")
def report_command(
    days: int | None, since: datetime | None, until: datetime | None, most_groups: int | None, file: Path | None
) -> None:
    """Tell what was asked, what was answered, and what the bot did not understand, from what it kept (KPO_DATABASE_URL).

    Needs no token, and changes nothing.

    Example: kpo-bot report --days 30 --html report.html
    """
    now = datetime.now()
    period = _period(days, since, until, now)
    settings = settings_or_fail()
    responder = responder_or_fail(settings)
    from bot.editor.report import report
    from bot.editor.terminal import lines

    kept = read_period(settings.database.get_secret_value(), period)
    try:
        found = report(kept, period, responder, load_examples(responder.knowledge))
    except KnowledgeError as error:
        raise Fail(str(error)) from None
    if file is None:
        click.echo("\n".join(lines(found, GROUPS if most_groups is None else most_groups)))
    else:
        _write_page(found, file, GROUPS_IN_PAGE if most_groups is None else most_groups, now)


def _write_page(report: Report, file: Path, most_groups: int, now: datetime) -> None:
    from bot.editor.html import page, write

    try:
        write(file, page(report, most_groups, now))
    except OSError as error:
        raise Fail(f"{file}: cannot be written ({error.strerror}): name a file in a folder that you may write to") from None
    click.echo(file)


@click.command(name="teach")
@_period_options
@click.option("--add", "added", nargs=2, multiple=True, metavar="TOPIC PHRASING", help="Teach this; no dialogue. Repeatable.")
@click.option("--off-domain", "off_domain", multiple=True, metavar="MESSAGE", help="The same, of what is not ours to answer.")
@click.option("--after", "before", metavar="TOPIC", help="What --add and --off-domain teach follows the answer to this.")
@click.option("--file", metavar="FILE", help="Write to phrasings/NAME.yaml or follow-ups/NAME.yaml instead of taught.yaml.")
@click.option("--dry-run", is_flag=True, help="Show what it does, and write nothing.")
@click.option("--yes", is_flag=True, help="Write without a question, even if the labelled questions show a drop.")
def teach_command(
    days: int | None,
    since: datetime | None,
    until: datetime | None,
    added: tuple[tuple[str, str], ...],
    off_domain: tuple[str, ...],
    before: str | None,
    file: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Teach the bot what it did not understand: a dialogue walks through the messages (KPO_DATABASE_URL) and asks for their
    topics; with --add and --off-domain there is none.

    Before anything is written, it shows what the change does.

    Example: KPO_KNOWLEDGE=./knowledge kpo-bot teach --days 30
    """
    from bot.editor import choosing
    from bot.editor.teach import Manner, TeachError, labelled, teach
    from bot.editor.unwritten import Unwritten
    from bot.editor.writing import WritingError

    named = bool(added or off_domain)
    if before and not named:
        raise click.UsageError("--after says what --add and --off-domain follow, and needs one of them")
    if named and (days or since or until):
        raise click.UsageError(
            "--days, --since and --until are for the dialogue, and go neither with --add nor with --off-domain"
        )
    if file and not choosing.FILE.fullmatch(file):
        raise click.UsageError("--file: write it as phrasings/NAME.yaml or follow-ups/NAME.yaml")
    period = _period(days, since, until, datetime.now())
    settings = settings_or_fail()
    folder = find_knowledge(settings.knowledge)
    try:
        if not dry_run:
            choosing.require_writable(folder)
        knowledge = load_knowledge(folder)
        if named:
            lessons = choosing.lessons_of(added, off_domain, before, knowledge)
            in_terminal = sys.stdin.isatty() and sys.stdout.isatty()
            if not teach(folder, lessons, Manner(in_terminal and not yes, yes, dry_run, file)).is_all:
                sys.exit(1)
        else:
            labelled(folder)  # so that mistakes in them are told before anything is chosen
            kept = read_period(settings.database.get_secret_value(), period)
            unwritten = Unwritten.of(folder)
            if lessons := choosing.choose(learned(knowledge), load_examples(knowledge), kept, period, unwritten):
                _teach_chosen(folder, lessons, Manner(not yes, yes, dry_run, file), unwritten)
    except (TeachError, WritingError, KnowledgeError, QuestionsError) as error:
        raise Fail(str(error)) from None
    except (click.Abort, KeyboardInterrupt):
        raise Fail("\nNothing was written.") from None


def _teach_chosen(folder: Path, lessons: list[Lesson], manner: Manner, unwritten: Unwritten) -> None:
    """Teach what was chosen in the dialogue; where that is not written, the choices are not lost."""
    from bot.editor.choosing import tell_how_to_go_on
    from bot.editor.teach import teach

    is_settled = False
    try:
        is_settled = teach(folder, lessons, manner).is_settled
    finally:
        if is_settled:
            unwritten.keep(lesson for lesson in unwritten.read() if lesson not in lessons)
        else:
            tell_how_to_go_on(lessons, unwritten)
