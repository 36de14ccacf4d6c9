"""A door for reading only: for reports, which need neither the bot's token nor a bot that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.store import schema
from bot.store.database import Database
from bot.store.errors import StoreError, reason
from bot.store.records import Interaction, Vote

READ_S = 60.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What a database keeps of a period, oldest first."""

    where: str
    """The database by name, without who may enter it and how."""
    interactions: Sequence[Interaction]
    votes: Sequence[Vote]


def read(address: str, since: float, until: float) -> Kept:
    """What was kept from `since` up to before `until` (unix seconds); nothing where the database, or its tables, are not there
    yet. Changes nothing, and creates nothing. Not to be called from an event loop.

    Raises StoreError for a database that cannot be read, or that another version of the bot wrote.
    """
    database = Database(address, read_only=True)
    interactions: list[Interaction] = []
    votes: list[Vote] = []
    # Not as the result of what is run: asyncio spells that out as text when it ends, which takes longer than reading.
    asyncio.run(_read(database, since, until, interactions, votes))
    return Kept(database.name, interactions, votes)


async def _read(database: Database, since: float, until: float, interactions: list[Interaction], votes: list[Vote]) -> None:
    if database.is_missing:
        return
    try:
        async with asyncio.timeout(READ_S):
            version = await database.version()
            if version == 0:
                return
            schema.refuse_newer(version, database.where)
            if version < len(schema.MIGRATIONS):
                raise StoreError(
                    f"{database.where}: its schema is version {version}, older than this bot's, {len(schema.MIGRATIONS)}: "
                    "start the bot with it once, which brings it up to date"
                )
            interactions += await database.interactions(since, until)
            votes += await database.vote_rows(since, until)
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(
            f"{database.where}: cannot be read ({reason(error)}): see that KPO_DATABASE_URL is right and that it runs"
        ) from None
    finally:
        await database.close()
