"""The README tells of everything there is."""

import re
from pathlib import Path

import pytest

from bot.cli import cli
from bot.conversation import Context, Responder
from bot.knowledge.fields import EntryFields, ThemeFields

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "bot" / "settings.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option(name: str) -> None:
    assert f"kpo-bot {name}" in README
    options = [option for parameter in cli.commands[name].params for option in parameter.opts if option.startswith("--")]
    assert [option for option in options if option not in README] == []


def test_every_setting() -> None:
    settings = set(re.findall(r"\b(?:KPO|TELEGRAM)_[A-Z_]+", SETTINGS))
    assert len(settings) >= 4
    assert {name for name in settings if f"`{name}`" not in README} == set()


@pytest.mark.parametrize("field", [*EntryFields.model_fields, *ThemeFields.model_fields])
def test_every_field_of_an_entry(field: str) -> None:
    assert re.search(rf"^\s*(- )?{field}:", README, re.MULTILINE)


def test_the_exchange_at_the_top_is_real() -> None:
    assert README.index("```text") < README.index("## ")


def test_and_the_bot_says_just_that(responder: Responder) -> None:
    exchange = README.split("```text\n")[1].split("\n```")[0]
    questions = re.findall(r"^> (.+)$", exchange, re.MULTILINE)
    assert len(questions) >= 4
    context, said = Context(), []
    for question in questions:
        reply, context = responder.reply(question, context)
        said.append(f"> {question}\n\n{reply.text.strip()}")
    assert "\n\n".join(said) == exchange
