"""`kpo-bot evaluate`: how well the knowledge answers, what a change to it makes better and worse, and whether that will do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bot.console import Fail, learned, responder_or_fail, settings_or_fail
from bot.editor.asking import shown
from bot.editor.versions import VersionError, version
from bot.evaluate import (
    Comparison,
    QuestionsError,
    Row,
    Shares,
    Verdict,
    as_json,
    compare,
    comparison_lines,
    evaluate,
    load,
    questions_in,
    result_lines,
    shares,
    table,
)
from bot.knowledge import KnowledgeError, find_knowledge
from bot.knowledge import load as load_knowledge


class _Percent(click.FloatRange):
    """A share, 0 to 100. "nan" is a number to Python, but a limit that nothing misses."""

    def __init__(self) -> None:
        super().__init__(0, 100)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number: float = super().convert(value, param, ctx)
        return number if math.isfinite(number) else self.fail(f"{value!r} is no percentage", param, ctx)


@click.command(name="evaluate")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--against", metavar="VERSION", help="Compare with another knowledge folder, or a git revision of this one.")
@click.option("--min-right", type=_Percent(), metavar="PERCENT", help="Exit 1 if fewer are right.")
@click.option("--max-wrong", type=_Percent(), metavar="PERCENT", help="Exit 1 if more get a wrong answer.")
@click.option("--most", type=click.IntRange(0), default=20, show_default=True, help="Show so many of each sort of change.")
@click.option("--show", default="", metavar="VERDICTS", help="Print the rows with these verdicts (wrong,false,... or all).")
@click.option("--json", "as_object", is_flag=True, help="Print the shares, and with --against the changes, as JSON.")
def evaluate_command(
    files: tuple[Path, ...],
    against: str | None,
    min_right: float | None,
    max_wrong: float | None,
    most: int,
    show: str,
    as_object: bool,
) -> None:
    """Ask the labelled questions in FILES, or those in the knowledge, and print how many get the right answer.

    Example: KPO_KNOWLEDGE=./knowledge kpo-bot evaluate --against main --min-right 94 --max-wrong 3
    """
    asked = {name.strip() for name in show.split(",") if name.strip()}
    if unknown := asked - {*map(str, Verdict), "all"}:
        raise click.UsageError(f"--show: no verdict is called {', '.join(sorted(unknown))}; there are {', '.join(Verdict)}")
    if asked and as_object:
        raise click.UsageError("--json is for programs, and goes not with --show")
    settings = settings_or_fail()
    folder = find_knowledge(settings.knowledge)
    rows = _rows(files, folder)
    comparison = _compared(against, folder, rows) if against is not None else None
    results = [after for _, after in comparison.pairs] if comparison else evaluate(responder_or_fail(settings), rows)
    if as_object:
        click.echo(as_json(results, comparison))
    else:
        lines = [table(results, "kind"), "", table(results, "tag")]
        if comparison:
            lines += ["", *comparison_lines(comparison, most)]
        click.echo("\n".join([*lines, *result_lines(results, asked)]))
    if missed := list(missed_limits(shares(results), min_right, max_wrong)):
        raise Fail("\n".join(missed))


def _rows(files: Sequence[Path], folder: Path) -> list[Row]:
    try:
        paths = files or questions_in(folder)
        if rows := load(paths):
            return rows
    except QuestionsError as error:
        raise Fail(str(error)) from None
    raise Fail(f"{', '.join(map(str, paths))}: there are no questions in there")


def _compared(name: str, folder: Path, rows: Sequence[Row]) -> Comparison:
    """What the other version says beside what this one does."""
    try:
        with version(name, folder) as other:
            # All mistakes are told before anything is learned.
            knowledge = load_knowledge(folder)
            with _named(name):
                before = learned(load_knowledge(other))
            return compare(before, learned(knowledge), rows)
    except (VersionError, KnowledgeError) as error:
        raise Fail(str(error)) from None


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Tells that the mistakes are in the version to compare with."""
    try:
        yield
    except KnowledgeError as error:
        raise VersionError(f"{shown(name)}, the version to compare with, has mistakes:\n{error}") from None


def missed_limits(reached: Shares, min_right: float | None = None, max_wrong: float | None = None) -> Iterator[str]:
    """A line for each limit, in percent, that is missed: which one, and by how much."""
    if min_right is not None and reached.right < min_right:
        by = f"{min_right - reached.right:.2g}"
        yield f"{reached.right:.2f} % are right, {by} points too few: at least {min_right:g} % have to be (--min-right)"
    if max_wrong is not None and reached.wrong > max_wrong:
        by = f"{reached.wrong - max_wrong:.2g}"
        yield f"{reached.wrong:.2f} % get a wrong answer, {by} points too many: at most {max_wrong:g} % may (--max-wrong)"
