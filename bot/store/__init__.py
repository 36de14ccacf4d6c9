"""What the bot's operators may learn from, and what must survive a restart, in SQLite or PostgreSQL.

`Store` never delays or prevents an answer: what is written to it waits in memory until the database has it, and
what is read from a database that is gone is empty at once.
"""

from bot.store.errors import StoreError
from bot.store.records import Interaction, Keys, Vote, Who
from bot.store.store import Store

__all__ = ["Interaction", "Keys", "Store", "StoreError", "Vote", "Who"]
