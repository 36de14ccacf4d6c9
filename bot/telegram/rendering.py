"""Replies as Telegram shows them: Hebrew HTML, and buttons. Pure.

Telegram sets the direction of each line by its first strong letter, so a line that begins with a Latin word gets an
invisible right-to-left mark before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import urlencode

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InlineQueryResultArticle, InputTextMessageContent
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit, ParseMode
from telegram.helpers import create_deep_linked_url

from bot.conversation import Button, Offer, Part, Reply
from bot.hebrew.direction import reads_left_to_right
from bot.knowledge import Entry, Knowledge, Theme

RLM = "\N{RIGHT-TO-LEFT MARK}"

# What buttons carry back. Telegram allows 64 bytes, and the loader allows no longer topic than fits.
TOPIC_PREFIX = "t:"
AGAIN_PREFIX = "a:"
MENU = "m"  # opens the menu in a message of its own
THEME_PREFIX = "m:"
BACK = THEME_PREFIX  # no theme: back to all of them, in the same message
NONE_OF_THESE = "none"
UP_PREFIX = "u:"
DOWN_PREFIX = "d:"
_AND = "+"

# A message of up to so many characters is read at a glance; of the answers in a longer one, all but the first paragraphs are
# folded away.
FOLDED_FROM = 450
# How many of an answer's paragraphs always show.
_ALWAYS_SHOWN = 1
_BETWEEN = "\n\n"
_VOTED = " \N{CHECK MARK}"

Row = tuple[InlineKeyboardButton, ...]


@dataclass(frozen=True)
class Rendered:
    """One Telegram message."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None

    @cached_property
    def markup(self) -> dict[str, Any] | None:
        """The keyboard as it is sent."""
        return self.keyboard.to_dict() if self.keyboard else None


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes on one answer, as its buttons show them: in a chat of two a mark, in a group how many."""

    up: int = 0
    down: int = 0
    counted: bool = False

    def label(self, text: str, votes: int) -> str:
        """The label of a button with so many votes."""
        if not votes:
            return text
        return f"{text} ({votes})" if self.counted else text + _VOTED


def right_to_left(text: str) -> str:
    """The text with every line reading right-to-left.

    >>> right_to_left("KPO הוא") == RLM + "KPO הוא", right_to_left("מה זה KPO")
    (True, 'מה זה KPO')
    """
    return "\n".join(RLM + line if reads_left_to_right(line) else line for line in text.split("\n"))


def html(text: str) -> str:
    """Plain text as HTML that reads right-to-left."""
    return escape(right_to_left(text.strip()), quote=False)


def reply(reply: Reply, knowledge: Knowledge, bot_name: str) -> list[Rendered]:
    """The messages of a reply, the buttons under the last one. More than one only where one would be too long."""
    messages = _joined([_part(part, folded=len(reply.text) > FOLDED_FROM) for part in reply.parts])
    keyboard = InlineKeyboardMarkup([*_topic_rows(reply.buttons), *_offered(reply, knowledge, bot_name)])
    return [*(Rendered(text) for text in messages[:-1]), Rendered(messages[-1], keyboard)]


def _offered(reply: Reply, knowledge: Knowledge, bot_name: str) -> list[Row]:
    texts = knowledge.texts
    match reply.offer:
        case Offer.VOTE:
            return [vote_row(reply.topics, knowledge, bot_name)]
        case Offer.AGAIN:
            return [_row(texts.again_button, _data(AGAIN_PREFIX, reply.topics))]
        case Offer.NONE_OF_THESE:
            return [_row(texts.none_button, NONE_OF_THESE)]
        case Offer.MENU:
            return [_row(texts.menu_button, MENU)]
        case Offer.THEMES:
            return _theme_rows(knowledge)


def vote_row(topics: Sequence[str], knowledge: Knowledge, bot_name: str, votes: Votes = Votes()) -> Row:
    """Whether it helped, and a link to pass on. The buttons carry the topic, so that they work in messages of any age."""
    texts = knowledge.texts
    return (
        InlineKeyboardButton(votes.label(texts.vote_up, votes.up), callback_data=_data(UP_PREFIX, topics)),
        InlineKeyboardButton(votes.label(texts.vote_down, votes.down), callback_data=_data(DOWN_PREFIX, topics)),
        InlineKeyboardButton(texts.share_button, url=share_link(topics, knowledge, bot_name)),
    )


def with_votes(
    keyboard: InlineKeyboardMarkup, topics: Sequence[str], knowledge: Knowledge, bot_name: str, votes: Votes
) -> InlineKeyboardMarkup:
    """A message's keyboard with its votes as they stand; the rows above stay."""
    others = [row for row in keyboard.inline_keyboard if not any(_is_vote(button) for button in row)]
    return InlineKeyboardMarkup([*others, vote_row(topics, knowledge, bot_name, votes)])


def topics_in(data: str, knowledge: Knowledge) -> tuple[str, ...]:
    """The topics that a button carries, as far as they still exist."""
    _, _, names = data.partition(":")
    return tuple(name for name in names.split(_AND) if name in knowledge.entries)


def _data(prefix: str, topics: Sequence[str]) -> str:
    """What a button about some topics carries: all that Telegram has room for."""
    several = prefix + _AND.join(topics)
    return several if len(several) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA else prefix + topics[0]


def _is_vote(button: InlineKeyboardButton) -> bool:
    return str(button.callback_data or "").startswith((UP_PREFIX, DOWN_PREFIX))


def share_link(topics: Sequence[str], knowledge: Knowledge, bot_name: str) -> str:
    """Telegram's own page for passing on a link: here, the one that opens a topic in a chat with the bot."""
    link = create_deep_linked_url(bot_name, topics[0])
    return "https://t.me/share/url?" + urlencode({"url": link, "text": knowledge.entries[topics[0]].title})


def inline_result(entry: Entry, knowledge: Knowledge, bot_name: str) -> InlineQueryResultArticle:
    """A topic among the results of inline mode: its answer, which stands alone in a chat that the bot is not in."""
    source = knowledge.texts.source_line.format(title=knowledge.source.title, author=knowledge.source.author)
    text = f"<b>{html(entry.title)}</b>\n\n{html(entry.answer)}\n\n<i>{html(source)}</i>"
    ask = InlineKeyboardButton(knowledge.texts.ask_button, url=create_deep_linked_url(bot_name, entry.id))
    return InlineQueryResultArticle(
        id=entry.id,
        title=right_to_left(entry.title),
        description=right_to_left(entry.answer.strip().split("\n")[0]),
        input_message_content=InputTextMessageContent(text, parse_mode=ParseMode.HTML),
        reply_markup=InlineKeyboardMarkup([(ask,)]),
    )


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
    return Rendered(html(line or knowledge.texts.menu), InlineKeyboardMarkup(_theme_rows(knowledge)))


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


def _theme_rows(knowledge: Knowledge) -> list[Row]:
    return [_row(theme.title, THEME_PREFIX + theme.id) for theme in knowledge.themes]


def _topic_rows(buttons: Iterable[Button]) -> list[Row]:
    return [_row(button.label, TOPIC_PREFIX + button.topic) for button in buttons]


def _row(label: str, data: str) -> Row:
    """A button a row: phones cut the labels of long buttons side by side."""
    return (InlineKeyboardButton(right_to_left(label), callback_data=data),)


def _part(part: Part, *, folded: bool) -> str:
    title = f"<b>{html(part.title)}</b>\n\n" if part.title else ""
    paragraphs = part.body.strip().split(_BETWEEN)
    if not folded or len(paragraphs) == _ALWAYS_SHOWN:
        return title + html(part.body)
    shown, rest = paragraphs[:_ALWAYS_SHOWN], paragraphs[_ALWAYS_SHOWN:]
    return f"{title}{html(_BETWEEN.join(shown))}\n\n<blockquote expandable>{html(_BETWEEN.join(rest))}</blockquote>"


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
