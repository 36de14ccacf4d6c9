"""Small hand-made conversations."""

from bot.editor.missed import Missed
from bot.knowledge import Examples
from bot.store import Interaction, Vote

NOON = 1_700_000_000.0
MINUTE = 60.0
NO_EXAMPLES = Examples({}, ())
"""Where it does not matter which messages stand in the knowledge as they are."""


def said(
    minute: float, decision: str, *topics: str, text: str | None = None, person: str = "dana", chat: str | None = None
) -> Interaction:
    """One message, so many minutes after noon."""
    return Interaction(NOON + minute * MINUTE, chat or person, person, decision, topics, 0.5, text)


def voted(minute: float, up: bool, *topics: str, text: str | None = None, person: str = "dana") -> Vote:
    """One vote, so many minutes after noon."""
    return Vote(NOON + minute * MINUTE, person, int(minute * 100), person, topics, up, text)


def lost(text: str, before: str | None = None, person: str = "dana", against: tuple[str, ...] = ()) -> Missed:
    """A message that got no good answer."""
    return Missed(NOON, person, text, "answer" if against else "fallback", against, before, bool(against))
