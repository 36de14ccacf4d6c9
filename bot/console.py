"""What the commands share: where they begin, and how they fail."""

from __future__ import annotations

import os
import sys

import click

from bot.conversation import Responder
from bot.knowledge import Knowledge, KnowledgeError, find_knowledge, load
from bot.matcher.index import is_learned
from bot.settings import Settings, SettingsError


class Fail(click.ClickException):
    """One helpful line, exit 1."""

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)


def settings_or_fail() -> Settings:
    """The settings of the environment. Raises Fail."""
    try:
        return Settings.from_environ(os.environ)
    except SettingsError as error:
        raise Fail(str(error)) from None


def responder_or_fail(settings: Settings) -> Responder:
    """The responder of the knowledge that the settings name. Raises Fail."""
    try:
        return learned(load(find_knowledge(settings.knowledge)))
    except KnowledgeError as error:
        raise Fail(str(error)) from None


def learned(knowledge: Knowledge) -> Responder:
    """The responder of some knowledge. Who waits in a terminal is told where it is learned first. Raises KnowledgeError."""
    if sys.stderr.isatty() and not is_learned(knowledge):
        click.echo("Learning the knowledge first, about ten seconds ...", err=True)
    return Responder(knowledge)
