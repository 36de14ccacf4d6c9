"""The bot's own lines, as knowledge/bot/texts.yaml holds them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Texts(BaseModel):
    """Every line that the bot says beside the answers. The fields are the keys of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    start: str
    """The greeting; `start_topics` are its buttons."""
    start_topics: list[str] = Field(min_length=4, max_length=6)
    help: str
    about: str
    """About the source: {title}, {author} and {updated} are filled in."""
    menu: str
    menu_button: str
    theme: str
    """Above the topics of a theme: {theme} is filled in."""
    back_button: str
    suggest: str
    none_button: str
    none_of_these: str
    fallback: str
    no_text: str
    removed_topic: str
    apology: str
    group_hint: str
    """What is said to a mention without a question."""
    command_start: str = Field(max_length=256)
    command_topics: str = Field(max_length=256)
    command_help: str = Field(max_length=256)
    command_about: str = Field(max_length=256)
    description: str = Field(max_length=512)
    short_description: str = Field(max_length=120)
