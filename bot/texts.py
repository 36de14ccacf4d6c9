"""The bot's own lines, as knowledge/bot/texts.yaml holds them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

# The texts that are for who writes in English.
IN_ENGLISH = ("english_note",)


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
    meant: str
    """Asks what was meant by an answer that was not the one."""
    none_of_these: str
    fallback: str
    fallback_again: str
    """What is said instead, above the menu, to who is not understood twice in a row."""
    already_said: str
    """Instead of the same answer twice in a row."""
    again_button: str
    go_on: str
    """Above the topics that lead on from an answer."""
    puzzled: str
    """The same, for who did not understand the answer."""
    all_seen: str
    """Instead of `go_on`, above the menu, where there is nothing new."""
    english_note: str
    """One line in English, under what is answered to a message in English."""
    vote_up: str = Field(max_length=12)
    vote_down: str = Field(max_length=12)
    voted_up: str = Field(max_length=200)
    """Shown for a moment to who votes."""
    voted_down: str = Field(max_length=200)
    vote_kept: str = Field(max_length=200)
    """Shown for a moment to who votes the same way again."""
    share_button: str = Field(max_length=12)
    source_line: str
    """Under an answer that is sent elsewhere: {title} and {author} are filled in."""
    ask_button: str = Field(max_length=30)
    """Under an answer that is sent elsewhere: the way to the bot."""
    search_nothing: str = Field(max_length=60)
    """Above an empty list of results: the way to all topics."""
    no_text: str
    removed_topic: str
    apology: str
    too_many: str
    """What is said once to who writes too much."""
    privacy: str
    forgotten: str
    not_forgotten: str
    """Where the database cannot be reached."""
    group_hint: str
    """What is said to a mention without a question."""
    command_start: str = Field(max_length=256)
    command_topics: str = Field(max_length=256)
    command_help: str = Field(max_length=256)
    command_about: str = Field(max_length=256)
    command_privacy: str = Field(max_length=256)
    command_forget: str = Field(max_length=256)
    description: str = Field(max_length=512)
    short_description: str = Field(max_length=120)
