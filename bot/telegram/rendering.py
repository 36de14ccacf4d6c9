"""Replies as Telegram shows them: Hebrew HTML, and buttons. Pure.

Telegram sets the direction of each line by its first strong letter, so a line that begins with a Latin word gets an
invisible right-to-left mark before it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from bot.conversation import Button, Decision, Part, Reply
from bot.knowledge import Knowledge, Theme

RLM = "\N{RIGHT-TO-LEFT MARK}"

# What buttons carry back. Telegram allows 64 bytes, and the loader allows no longer topic than fits.
TOPIC_PREFIX = "t:"
MENU = "m"  # opens the menu in a message of its own
THEME_PREFIX = "m:"
BACK = THEME_PREFIX  # no theme: back to all of them, in the same message
NONE_OF_THESE = "none"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One Telegram message."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None


def right_to_left(text: str) -> str:
    """The text with every line reading right-to-left.

    >>> right_to_left("KPO הוא") == RLM + "KPO הוא", right_to_left("מה זה KPO")
    (True, 'מה זה KPO')
    """
    return "\n".join(RLM + line if _reads_left_to_right(line) else line for line in text.split("\n"))


def _reads_left_to_right(line: str) -> bool:
    directions = (unicodedata.bidirectional(letter) for letter in line)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "R") == "L"


def html(text: str) -> str:
    """Plain text as HTML that reads right-to-left."""
    return escape(right_to_left(text.strip()), quote=False)


def reply(reply: Reply, knowledge: Knowledge) -> list[Rendered]:
    """The messages of a reply, the buttons under the last one. More than one only where one would be too long."""
    texts = knowledge.texts
    rows = _topic_rows(reply.buttons)
    if reply.decision is Decision.SUGGEST:
        rows.append(_row(texts.none_button, NONE_OF_THESE))
    elif reply.decision is Decision.FALLBACK:
        rows.append(_row(texts.menu_button, MENU))
    messages = _joined([_part(part) for part in reply.parts])
    keyboard = InlineKeyboardMarkup(rows) if rows else None
    return [*(Rendered(text) for text in messages[:-1]), Rendered(messages[-1], keyboard)]


def start(knowledge: Knowledge) -> Rendered:
    """The greeting, with the most useful questions as buttons."""
    buttons = [Button(knowledge.entries[topic].title, topic) for topic in knowledge.texts.start_topics]
    rows = [*_topic_rows(buttons), _row(knowledge.texts.menu_button, MENU)]
    return Rendered(html(knowledge.texts.start), InlineKeyboardMarkup(rows))


def help_text(knowledge: Knowledge) -> Rendered:
    """How to ask."""
    return Rendered(html(knowledge.texts.help), _menu_button(knowledge))


def about(knowledge: Knowledge) -> Rendered:
    """What the answers rest on."""
    source = knowledge.source
    updated = f"{source.updated.day}.{source.updated.month}.{source.updated.year}"
    filled = knowledge.texts.about.format(title=source.title, author=source.author, updated=updated)
    return Rendered(html(filled), _menu_button(knowledge))


def menu(knowledge: Knowledge, line: str = "") -> Rendered:
    """The themes, as buttons. `line`: what to say above them, instead of the menu's own line."""
    rows = [_row(theme.title, THEME_PREFIX + theme.id) for theme in knowledge.themes]
    return Rendered(html(line or knowledge.texts.menu), InlineKeyboardMarkup(rows))


def theme(knowledge: Knowledge, theme: Theme) -> Rendered:
    """The topics of a theme, as buttons, and the way back."""
    buttons = [Button(knowledge.entries[topic].title, topic) for topic in theme.topics]
    rows = [*_topic_rows(buttons), _row(knowledge.texts.back_button, BACK)]
    return Rendered(html(knowledge.texts.theme.format(theme=theme.title)), InlineKeyboardMarkup(rows))


def line(text: str) -> Rendered:
    """One of the bot's own lines."""
    return Rendered(html(text))


def _menu_button(knowledge: Knowledge) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([_row(knowledge.texts.menu_button, MENU)])


def _topic_rows(buttons: Iterable[Button]) -> list[tuple[InlineKeyboardButton, ...]]:
    return [_row(button.label, TOPIC_PREFIX + button.topic) for button in buttons]


def _row(label: str, data: str) -> tuple[InlineKeyboardButton, ...]:
    """A button a row: phones cut the labels of buttons side by side."""
    return (InlineKeyboardButton(right_to_left(label), callback_data=data),)


def _part(part: Part) -> str:
    return f"<b>{html(part.title)}</b>\n\n{html(part.body)}" if part.title else html(part.body)


def _joined(parts: list[str]) -> list[str]:
    """The parts as few messages as Telegram's limit allows. The limit is on what is left without markup, so that
    counting the markup keeps well within it."""
    messages = [parts[0]]
    for part in parts[1:]:
        both = f"{messages[-1]}\n\n{part}"
        if len(both.encode("utf-16-le")) // 2 <= MessageLimit.MAX_TEXT_LENGTH:
            messages[-1] = both
        else:
            messages.append(part)
    return messages
