"""One database behind an address: what is asked of it, in SQL. Here everything may take its time, and raise."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    Connection,
    Delete,
    Engine,
    Insert,
    Table,
    Update,
    bindparam,
    create_engine,
    delete,
    event,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from bot.store import schema
from bot.store.errors import StoreError
from bot.store.pending import Kind, Pending, Row
from bot.store.records import Interaction, Vote
from bot.store.schema import contexts, handled, interactions, parked, votes

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.ext.asyncio import AsyncEngine

BUSY_MS = 5_000
"""How long SQLite waits for another program that writes."""
CONNECT_S = 5.0
# One writes and the others read.
SQLITE_CONNECTIONS = 3
_BEGINS = _READING, _WRITING, _NO_TRANSACTION = "BEGIN", "BEGIN IMMEDIATE", ""
KEEP_HANDLED_S = 2 * 24 * 3600.0
KEEP_TEXTS_S = 90 * 24 * 3600.0
KEEP_CONTEXTS_S = 30 * 24 * 3600.0
# SQLite takes no more values than 32,766 in one statement.
MOST_VALUES = 10_000
# What hosters put into the addresses that they give out, and our driver neither needs nor knows.
_IGNORED = {"channel_binding", "connect_timeout", "gssencmode", "sslnegotiation"}
_KNOWN = {"host", "port", "ssl", "sslmode", "application_name", "prepared_statement_cache_size", "statement_cache_size"}

T = TypeVar("T")


class Database:
    """The tables of one database. Its methods raise what the driver raises."""

    def __init__(self, address: str, *, read_only: bool = False) -> None:
        """Nothing is opened yet. `read_only`: nothing in it can be changed, nor is a file created. Raises StoreError for an
        address that can never work."""
        url = _read(address)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.name, self.where = _name(url), _where(url)
        self._file = Path(url.database) if self.is_sqlite and url.database not in (None, "", ":memory:") else None
        if read_only:
            url = _sqlite_read_only(url, self._file) if self._file is not None else url
        self._opened: os.stat_result | None = None
        # A database in memory lives as long as its one connection.
        connections = SQLITE_CONNECTIONS if self._file is not None else 1
        self._sqlite = _sqlite_engine(url, connections) if self.is_sqlite else None
        self._beginning = {begin: self._sqlite.execution_options(kpo_begin=begin) for begin in _BEGINS} if self._sqlite else {}
        self._threads = ThreadPoolExecutor(connections, "sqlite")
        self._postgres = None if self.is_sqlite else _postgres_engine(url, read_only)
        self._upserts = {kind: _upsert(kind, self.is_sqlite) for kind in _TABLES}
        self._unpark = delete(parked).where(parked.c.update_id == bindparam("key"))

    async def close(self) -> None:
        """Let go of all connections; it may be used again after that."""
        if self._postgres:
            await self._postgres.dispose()
        if self._sqlite:
            await self._in_thread(self._sqlite.dispose)

    # --- the whole ---------------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Create what is missing, and bring the schema up to date. Raises StoreError where that cannot be."""
        if self._file is not None:
            self._make_file(self._file)
            await self._set_in_file("PRAGMA journal_mode=WAL")
        await self._write(lambda connection: schema.migrate(connection, self.where))

    def _make_file(self, file: Path) -> None:
        """What people wrote is for the operator alone."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            self._opened = file.stat()
        except OSError as error:
            raise StoreError(
                f"{self.where}: cannot be written ({error.strerror}): name a file in a folder that the bot may write to"
            ) from None

    async def _see_to_file(self) -> None:
        """SQLite goes on writing to a file that was removed, and everything would be lost. Raises OSError."""
        if self._file is not None and self._opened is not None:
            try:
                is_same = os.path.samestat(self._file.stat(), self._opened)
            except FileNotFoundError:
                is_same = False
            if not is_same:
                await self.close()
                raise FileNotFoundError("the file was removed or replaced")

    async def write(self, rows: Pending) -> None:
        """Write rows, all or none. Those that are written already are left as they are."""
        await self._see_to_file()

        def work(connection: Connection) -> None:
            for kind, statement in self._upserts.items():
                some = [row for _, row in sorted(rows.rows(kind).items())]  # in one order, or two bots may wait for each other
                if kind == "parked":
                    gone = [{"key": row["update_id"]} for row in some if row["update_json"] is None]
                    some = [row for row in some if row["update_json"] is not None]
                    if gone:
                        connection.execute(self._unpark, gone)
                if some:
                    connection.execute(statement, some)

        await self._write(work)

    async def forget(self, person: str, chat: str | None, keys: Collection[str]) -> None:
        """Delete everything of a person; with a chat, only what is of that chat, and the contexts with those keys."""
        of = [delete(table).where(table.c.person == person) for table in (interactions, votes, contexts)]
        if chat is not None:
            of = [
                *(delete(table).where(table.c.person == person, table.c.chat == chat) for table in (interactions, votes)),
                delete(contexts).where(contexts.c.key.in_(keys)),
            ]
        await self._write(lambda connection: _all(connection, of))
        await self._wipe()

    async def prune(self, now: float) -> None:
        """Delete what is too old to be kept. `now`: unix seconds."""
        old = now - KEEP_TEXTS_S
        statements: list[Delete | Update] = [
            delete(handled).where(handled.c.at < now - KEEP_HANDLED_S),
            delete(parked).where(parked.c.at < now - KEEP_HANDLED_S),
            delete(contexts).where(contexts.c.at < now - KEEP_CONTEXTS_S),
            *(
                update(table).where(table.c.text.is_not(None), table.c.at < old).values(text=None)
                for table in (interactions, votes)
            ),
        ]
        if await self._write(lambda connection: _all(connection, statements)):
            await self._wipe()

    async def _wipe(self) -> None:
        """Take what was deleted out of SQLite's log as well. PostgreSQL does so by itself in time (autovacuum)."""
        if self._file is not None:
            await self._set_in_file("PRAGMA wal_checkpoint(TRUNCATE)")

    # --- questions ---------------------------------------------------------------------------------------------------

    async def handled(self, update_ids: Collection[int]) -> set[int]:
        """Those of the updates that were dealt with."""
        ids = list(update_ids)
        found: set[int] = set()
        for start in range(0, len(ids), MOST_VALUES):
            query = select(handled.c.update_id).where(handled.c.update_id.in_(ids[start : start + MOST_VALUES]))
            found.update(row.update_id for row in await self._all(query))
        return found

    async def contexts(self, keys: Collection[str]) -> dict[str, str]:
        """What conversations may lean on, by key."""
        query = select(contexts.c.key, contexts.c.context).where(contexts.c.key.in_(keys))
        return {row.key: row.context for row in await self._all(query)}

    async def votes(self, chat: str, message: int) -> dict[str, Row]:
        """The votes on one message, by person: "up" and "at"."""
        query = select(votes.c.person, votes.c.up, votes.c.at).where(votes.c.chat == chat, votes.c.message == message)
        return {row.person: {"up": row.up, "at": row.at} for row in await self._all(query)}

    async def parked(self) -> dict[int, str]:
        """All updates that wait, by their number."""
        return {row.update_id: row.update_json for row in await self._all(select(parked))}

    async def interactions(self, since: float, until: float) -> list[Interaction]:
        """Those from a time up to before another, oldest first."""
        c = interactions.c
        query = select(c.at, c.chat, c.person, c.decision, c.topics, c.confidence, c.text)
        rows = await self._all(query.where(c.at >= since, c.at < until).order_by(c.at, c.id))
        return [
            Interaction(at, chat, person, decision, _topics(topics), confidence, text)
            for at, chat, person, decision, topics, confidence, text in rows
        ]

    async def vote_rows(self, since: float, until: float) -> list[Vote]:
        """Those from a time up to before another, oldest first."""
        rows = await self._all(select(votes).where(votes.c.at >= since, votes.c.at < until).order_by(votes.c.at))
        return [Vote(row.at, row.chat, row.message, row.person, _topics(row.topics), row.up, row.text) for row in rows]

    @property
    def is_missing(self) -> bool:
        """Whether it is a file that is not there."""
        return self._file is not None and not self._file.exists()

    async def version(self) -> int:
        """The version of its schema; 0 where it has none yet."""
        return await self._do(schema.version, _READING)

    # --- the engine --------------------------------------------------------------------------------------------------

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await self._do(work, _WRITING)

    async def _all(self, query: Any) -> Sequence[Any]:
        return await self._do(lambda connection: connection.execute(query).all(), _READING)

    async def _do(self, work: Callable[[Connection], T], begin: str) -> T:
        """Do some work in one transaction. `begin`: how SQLite begins it."""
        if self._postgres:
            async with self._postgres.begin() as connection:
                return await connection.run_sync(work)

        def in_one_go() -> T:
            with self._beginning[begin].begin() as connection:
                return work(connection)

        # Each statement by itself would wait for a turn of a busy loop, and what was answered would be written late.
        return await self._in_thread(in_one_go)

    async def _set_in_file(self, pragma: str) -> None:
        """Set what cannot be set in a transaction, in a file of SQLite's."""

        def work() -> None:
            with self._beginning[_NO_TRANSACTION].connect() as connection:
                connection.exec_driver_sql(pragma).close()

        await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


_TABLES: dict[Kind, Table] = {
    "handled": handled,
    "contexts": contexts,
    "votes": votes,
    "interactions": interactions,
    "parked": parked,
}


def _upsert(kind: Kind, is_sqlite: bool) -> Insert:
    """Insert rows of a kind. Of contexts and votes the latest stays, also where another bot catches up late."""
    table = _TABLES[kind]
    insert: sqlite.Insert | postgresql.Insert
    if is_sqlite:
        insert = sqlite.insert(table)
    else:
        from sqlalchemy.dialects import postgresql  # takes memory that SQLite has no use for

        insert = postgresql.insert(table)
    if kind not in ("contexts", "votes"):
        return insert.on_conflict_do_nothing()
    keys = [column.name for column in table.primary_key]
    new = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=new, where=table.c.at <= insert.excluded.at)


def _all(connection: Connection, statements: Iterable[Delete | Update]) -> int:
    """How many rows these changed."""
    return sum(connection.execute(statement).rowcount for statement in statements)


@lru_cache(maxsize=1_000)  # a report reads the same few again and again
def _topics(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


# --- addresses -------------------------------------------------------------------------------------------------------


def _read(address: str) -> URL:
    try:
        url = make_url(address.strip())
        scheme, _, driver = url.drivername.partition("+")
        if scheme == "sqlite" and driver in ("", "aiosqlite"):
            return url.set(drivername="sqlite")
        # "postgres" is what some hosters still write.
        if scheme in ("postgresql", "postgres") and driver in ("", "asyncpg"):
            return url.set(drivername="postgresql+asyncpg")
    except (ArgumentError, ValueError):
        pass
    # Not even a part of it is shown: where it is wrong, the password may stand anywhere.
    raise StoreError("this is no database address: write sqlite:////folder/kpo.db or postgresql://user:password@host/name")


def _name(url: URL) -> str:
    """The database by name, without who may enter it and how."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return URL.create("postgresql", host=url.host, port=url.port, database=url.database).render_as_string()


def _where(url: URL) -> str:
    return f"the database {_name(url)}"


def _sqlite_engine(url: URL, connections: int) -> Engine:
    """So many connections, each of which any thread may use."""
    arguments = {"timeout": BUSY_MS / 1000, "check_same_thread": False}
    engine = create_engine(
        url, hide_parameters=True, connect_args=arguments, poolclass=QueuePool, pool_size=connections, max_overflow=0
    )
    _prepare_connections(engine)
    return engine


def _sqlite_read_only(url: URL, file: Path) -> URL:
    query = {"uri": "true", "mode": "ro"}
    if not file.with_name(f"{file.name}-wal").exists():
        # No bot has it open. SQLite would leave files beside it that belong to who reads, and keep out the bot.
        query["immutable"] = "1"
    return url.set(database=f"file:{quote(str(file.absolute()))}", query=query)


def _prepare_connections(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        # The driver shall not begin transactions by itself: it begins none for a change of the schema.
        connection.isolation_level = None
        cursor = connection.cursor()
        # In WAL mode, NORMAL can lose the last moments when the power fails, but never spoil the file.
        # What is deleted is overwritten: it shall be gone.
        for pragma in (f"busy_timeout={BUSY_MS}", "synchronous=NORMAL", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        if begin := connection.get_execution_options()["kpo_begin"]:
            connection.exec_driver_sql(begin)


def _postgres_engine(url: URL, read_only: bool) -> AsyncEngine:
    from sqlalchemy.ext.asyncio import create_async_engine  # takes memory as well

    query = {name: value for name, value in url.query.items() if name not in _IGNORED}
    if unknown := sorted(query.keys() - _KNOWN):
        raise StoreError(f"{_where(url)}: its address has a setting that the bot does not know, {unknown[0]!r}: remove it")
    if mode := query.pop("sslmode", None):
        query.setdefault("ssl", mode)
    arguments: dict[str, Any] = {"timeout": CONNECT_S}
    settings = {"default_transaction_read_only": "on"} if read_only else {}
    if name := query.pop("application_name", None):
        settings["application_name"] = str(name)
    if settings:
        arguments["server_settings"] = settings
    try:
        if size := query.pop("statement_cache_size", None):
            arguments["statement_cache_size"] = int(str(size))
        return create_async_engine(
            url.set(query=query), hide_parameters=True, connect_args=arguments, pool_pre_ping=True, pool_recycle=1800
        )
    except ModuleNotFoundError:
        raise StoreError(
            f"{_where(url)}: the driver for PostgreSQL is not installed: pip install 'kpo-bot[postgres]'"
        ) from None
    except (TypeError, ValueError, ArgumentError):
        raise StoreError(f"{_where(url)}: a setting in its address has a wrong value") from None
