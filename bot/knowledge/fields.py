"""The fields that the files have, as an editor writes them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# Phones cut longer button labels.
LONGEST_TITLE = 30

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EntryFields(_Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
    kind: Literal["answer", "uncovered", "chat"]
    title: Annotated[Text, StringConstraints(max_length=LONGEST_TITLE)]
    questions: list[Text] = Field(min_length=1)
    answer: Text
    related: list[str]
    source: Literal["intro", "difference", "origins", "forecast", "header", "none"]


class ThemeFields(_Strict):
    theme: Text | None
    order: Annotated[int, Field(strict=True)]
    entries: list[object]


class ActWords(_Strict):
    """The words by which dialogue acts are told apart. A word stands for itself and for what begins with prefix letters."""

    more: list[Text] = []
    """What asks to go on after an answer."""
    this: list[Text] = []
    """What stands for the thing just told, and so may stand beside `more`."""
    puzzled: list[Text] = []
    """What says that an answer was not understood."""
    rejections: list[Text] = []
    """What says, at the beginning of a message, that the answer before was not the one."""
    no_rejections: list[Text] = []
    """What begins like a rejection and is none."""
    corrections: list[Text] = []
    """What stands before the thing that was meant, or after it at the end of a message."""
    instead: list[Text] = []
    """What parts "not this" from "but that"."""


class WordFields(_Strict):
    fillers: list[Text]
    context: list[Text]
    anchors: list[str]
    asking: list[str]
    requesting: list[str]
    courtesies: list[str]
    leaning: list[str] = []
    asides: list[str]
    broader: dict[str, list[str]]
    contrasts: dict[str, Annotated[list[str], Field(min_length=2, max_length=2)]]
    acts: ActWords = ActWords()
    emoji: dict[Text, list[Text]] = {}
    """Words, and the emoji that say them."""


class Source(_Strict):
    """The article that the answers rest on."""

    title: Text
    author: Text
    updated: date
