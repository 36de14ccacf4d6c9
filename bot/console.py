"""What the commands share: where they begin, and how they fail."""

from __future__ import annotations

import os

import click

from bot.conversation import Responder
from bot.knowledge import KnowledgeError, find_knowledge, load
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
        return Responder(load(find_knowledge(settings.knowledge)))
    except KnowledgeError as error:
        raise Fail(str(error)) from None
