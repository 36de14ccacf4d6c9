"""Where a reply goes, and the calls that bring it there."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

from telegram import CallbackQuery, Chat, InlineKeyboardMarkup, Message
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest

from bot.store import Who
from bot.telegram.rendering import Rendered
from bot.telegram.transport import Bot

GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to write, and in whose conversation."""

    chat: Chat
    person: int
    thread: int | None = None
    """The topic of a forum."""
    quoted: int | None = None
    """The message that is replied to, shown above the reply."""

    @classmethod
    def of_message(cls, message: Message) -> Place:
        """The answer to a message stands in its chat, in a group as a reply to it."""
        person = message.from_user.id if message.from_user else 0
        quoted = message.message_id if message.chat.type in GROUPS else None
        return cls(message.chat, person, _thread(message), quoted)

    @classmethod
    def of_press(cls, query: CallbackQuery) -> Place:
        """What comes of a pressed button stands below, in the same chat."""
        assert query.message
        thread = _thread(query.message) if isinstance(query.message, Message) else None
        return cls(query.message.chat, query.from_user.id, thread)

    @property
    def who(self) -> Who:
        """Whose conversation it is: in a group, each person has one."""
        return Who(self.chat.id, self.person)

    @property
    def is_group(self) -> bool:
        return self.chat.type in GROUPS

    def quoting(self, message: int | None) -> Place:
        """The same place, as a reply to a message of the bot, if it is known."""
        return replace(self, quoted=message) if message else self


def _thread(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None


async def send(bot: Bot, place: Place, rendered: list[Rendered]) -> list[int]:
    """Send messages; their numbers."""
    where = {"thread": place.thread, "quoted": place.quoted}
    return [await bot.send_html(place.chat.id, one.html, one.markup, **where) for one in rendered]


async def edit(bot: Bot, chat: int, message: int, rendered: Rendered) -> bool:
    """Whether an earlier message now says this."""
    try:
        await bot.edit_message_text(rendered.html, chat, message, parse_mode=ParseMode.HTML, reply_markup=rendered.keyboard)
    except BadRequest as error:
        return _is_unchanged(error)
    return True


async def edit_keyboard(bot: Bot, chat: int, message: int, keyboard: InlineKeyboardMarkup) -> None:
    """Put a keyboard under an earlier message; one that is too old keeps its own."""
    with contextlib.suppress(BadRequest):
        await bot.edit_message_reply_markup(chat, message, reply_markup=keyboard)


def _is_unchanged(error: BadRequest) -> bool:
    return "message is not modified" in error.message.lower()
