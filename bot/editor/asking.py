"""Showing what people wrote in the terminal, and asking an editor about it."""

from __future__ import annotations

import sys

import click

from bot.hebrew.keyboard import in_latin_layout

_ANSWERS = {"y": True, "yes": True, "כן": True, "n": False, "no": False, "לא": False}


def shown(text: str, most: int = 200) -> str:
    """What somebody wrote, on one line, without what would steer the terminal or turn its text around, and not too long.

    >>> shown("a\\x1b[2Jb\\n c")
    'a [2Jb c'
    """
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def counted(number: int, one: str, many: str = "") -> str:
    """A number and what it counts, in its singular or plural.

    >>> counted(1, "group"), counted(2, "person", "people")
    ('1 group', '2 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def is_typed() -> bool:
    """Whether somebody types what is asked for."""
    return sys.stdin.isatty()


def prompt(text: str, suffix: str = ": ") -> str:
    """What an editor types; empty for nothing. Raises click.Abort at the end of the input."""
    return _echoed(click.prompt(text, default="", show_default=False, prompt_suffix=suffix)).strip()


def confirm(question: str, default: bool) -> bool:
    """Yes or no; Enter for the default. Raises click.Abort at the end of the input."""
    while True:
        typed = click.prompt(f"{question} [{'Y/n' if default else 'y/N'}]", default="", show_default=False).strip().lower()
        # Who has just typed Hebrew may still be in its layout, or its words.
        answer = default if not typed else _ANSWERS.get(typed, _ANSWERS.get(in_latin_layout(typed)))
        if answer is not None:
            _echoed("yes" if answer else "no")
            return answer
        _echoed(typed)
        click.echo("Please answer y or n.")


def _echoed(answer: str) -> str:
    """The same; what is piped in stands in the output as what is typed does."""
    if not is_typed():
        click.echo(answer)
    return answer
