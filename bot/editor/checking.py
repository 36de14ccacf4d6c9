"""`kpo-bot check`: mistakes in the knowledge, and advice on what makes matching worse."""

from __future__ import annotations

import sys

import click

from bot.console import Fail, settings_or_fail
from bot.editor.advice import MOST_SHOWN, report
from bot.editor.asking import counted
from bot.knowledge import KnowledgeError, find_knowledge, load_all, summary


@click.command(name="check")
@click.option("--all", "everything", is_flag=True, help=f"Print all the warnings, not the first {MOST_SHOWN} of each kind.")
@click.option("--strict", is_flag=True, help="Exit with 1 where there are warnings, too.")
def check_command(everything: bool, strict: bool) -> None:
    """Check the knowledge: print every mistake in it (exit 1), or warn of what makes matching worse, and sum it up.

    Warnings are advice: a misspelt phrasing, for one, may be meant. Where the knowledge was changed, it is learned first.

    Example: KPO_KNOWLEDGE=./knowledge kpo-bot check --all
    """
    # Imported here: other commands need neither.
    from bot.conversation import Responder
    from bot.editor.lint import lint

    try:
        knowledge, examples = load_all(find_knowledge(settings_or_fail().knowledge))
        kinds = lint(Responder(knowledge), examples)
    except KnowledgeError as error:
        raise Fail(str(error)) from None
    warnings = sum(len(kind.advice) for kind in kinds)
    click.echo(report(kinds, None if everything else MOST_SHOWN), nl=False)
    click.echo(f"{summary(knowledge, examples)} No mistakes, {counted(warnings, 'warning') if warnings else 'no warnings'}.")
    if strict and warnings:
        sys.exit(1)
