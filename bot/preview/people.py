"""The people in the chats of the loopback Bot API: they write, edit, press buttons, and use inline mode."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.preview.content import Record
from bot.preview.entities import found_entities

if TYPE_CHECKING:
    from bot.preview.botapi import BotAPI


@dataclass
class Chat:
    """One chat, and what people do in it."""

    api: BotAPI
    number: int
    kind: str
    messages: list[Record] = field(default_factory=list)

    @property
    def record(self) -> Record:
        """The chat as Telegram describes it."""
        name = {"first_name": "דנה"} if self.kind == "private" else {"title": "קבוצה"}
        return {"id": self.number, "type": self.kind, **name}

    @property
    def from_bot(self) -> list[Record]:
        """What the bot wrote, in order, as it stands now."""
        return [message for message in self.messages if message["from"]["is_bot"]]

    def find(self, message_id: int) -> Record | None:
        """A message by its number."""
        return next((message for message in self.messages if message["message_id"] == message_id), None)

    def person(self, number: int | None = None) -> Record:
        """A person; without a number, the one whose private chat this is."""
        return {"id": number or abs(self.number), "is_bot": False, "first_name": "דנה", "language_code": "he"}

    def compose(self, text: str | None = None, *, by: int | None = None, **more: object) -> Record:
        """A person writes a message, which stands in the chat and is yet to be sent to the bot."""
        message: Record = {
            "message_id": self.api.next_message_id(),
            "from": self.person(by),
            "chat": self.record,
            "date": int(time.time()),
            **({} if text is None else {"text": text, "entities": found_entities(text)}),
            **more,
        }
        self.messages.append(message)
        return message

    def send(self, message: Record) -> None:
        """The bot is sent a message."""
        self.api.push(message=message)

    def write(self, text: str | None = None, *, by: int | None = None, **more: object) -> Record:
        """A person sends a message: a text, or whatever fields Telegram would give it."""
        message = self.compose(text, by=by, **more)
        self.send(message)
        return message

    def edit(self, message: Record, text: str) -> None:
        """A person edits a message."""
        message.update(text=text, entities=found_entities(text), edit_date=int(time.time()))
        self.api.push(edited_message=dict(message))

    def press(self, message: Record, label: str, *, by: int | None = None) -> None:
        """A person presses the button with a label. Raises StopIteration if there is none."""
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        button = next(button for row in rows for button in row if label in button["text"])
        self.press_data(message, button["callback_data"], by=by)

    def press_data(self, message: Record, data: str, *, by: int | None = None) -> str:
        """A person presses a button that carries this data, as an old message's button may. Returns the press's number."""
        number = f"{self.number}-{self.api.next_message_id()}"
        query = {"id": number, "from": self.person(by), "chat_instance": "1", "data": data, "message": message}
        self.api.push_query(query)
        return number

    def search(self, text: str, *, by: int | None = None) -> str:
        """A person types the bot's name and some words in this chat. Returns the number under which results come."""
        number = f"inline-{self.number}-{self.api.next_message_id()}"
        query = {"id": number, "from": self.person(by), "query": text, "offset": "", "chat_type": "private"}
        self.api.push_inline_query(query)
        return number

    def choose(self, result: Record, *, by: int | None = None) -> Record:
        """A person chooses a result, which sends its message. The bot gets it too, as it does in a private chat with it."""
        return self.write(by=by, via_bot=self.api.user, **result["message"])

    async def answer(self, number: int = 1) -> Record:
        """Wait until the bot has written so many messages here; the last of them."""
        await self.api.until(lambda: len(self.from_bot) >= number)
        return self.from_bot[number - 1]
