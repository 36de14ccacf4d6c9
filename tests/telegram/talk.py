"""Talking to the bot in tests, and reading what it shows."""

import unicodedata
from typing import Any

from bot.preview.botapi import BotAPI
from bot.preview.people import Chat

Message = dict[str, Any]


async def ask(chat: Chat, text: str) -> Message:
    """Write, and wait for the next message from the bot."""
    before = len(chat.from_bot)
    chat.write(text)
    return await chat.answer(before + 1)


async def press(chat: Chat, message: Message, label: str, *, by: int | None = None) -> Message:
    """Press a button, and wait for the next message from the bot."""
    before = len(chat.from_bot)
    chat.press(message, label, by=by)
    return await chat.answer(before + 1)


async def settled(bot: BotAPI) -> None:
    """Wait until every press and inline query is answered."""
    await bot.until(lambda: all(bot.answered.values()))


def buttons(message: Message) -> list[Message]:
    """All buttons of a message."""
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def labels(message: Message, prefix: str = "") -> list[str]:
    """The labels of the buttons; with a prefix, of those whose data begins with it."""
    return [b["text"].removeprefix("\u200f") for b in buttons(message) if b.get("callback_data", "").startswith(prefix)]


def reads_right_to_left(text: str) -> bool:
    """Whether each line's first strong letter is Hebrew."""
    strong = [[d for c in line if (d := unicodedata.bidirectional(c)) in "LR"] for line in text.split("\n")]
    return all(not directions or directions[0] == "R" for directions in strong)
