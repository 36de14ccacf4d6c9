"""Who is meant, and what comes out of the store: plain records. People and chats are keyed hashes in it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Who:
    """A chat and a person in it, by Telegram's numbers. These are never stored, only keyed hashes of them."""

    chat: int
    person: int
    """0: the one person of a chat of two, whose number is the chat's."""


class Keys:
    """Keyed hashes of Telegram's numbers: who has the database but not the bot's token cannot tell whose they are."""

    __slots__ = ("_key",)

    def __init__(self, secret: bytes) -> None:
        """`secret`: the bot's token. All that is stored hangs on it: with another token, nobody is known any more."""
        self._key = blake2b(blake2b(secret).digest(), person=b"kpo-store-key").digest()

    def chat(self, number: int) -> str:
        """The hash of a chat: 16 bytes, in hex."""
        return self._hash(b"chat", str(number))

    def person(self, number: int) -> str:
        """The hash of a person; not that of the chat with the same number."""
        return self._hash(b"person", str(number))

    def person_of(self, who: Who) -> str:
        """The hash of the person meant."""
        return self.person(who.person or who.chat)

    def context(self, who: Who) -> str:
        """The hash of a conversation."""
        return self._hash(b"context", f"{who.chat} {who.person}")

    def _hash(self, domain: bytes, value: str) -> str:
        return blake2b(value.encode(), key=self._key, person=domain, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Interaction:
    """One message and how the bot took it. `at`: unix seconds."""

    at: float
    chat: str
    person: str
    decision: str
    topics: tuple[str, ...]
    confidence: float
    text: str | None
    """What was written; None where it was answered, or is too old to be kept."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person thinks of one answer. `at`: unix seconds."""

    at: float
    chat: str
    message: int
    person: str
    topics: tuple[str, ...]
    up: bool
    text: str | None
    """The question; None where the answer helped, or the text is too old to be kept."""
