"""The tables, and the steps that lead to them from every version before.

Times are unix seconds, people and chats keyed hashes (`Keys`), topics a JSON list.
A step never changes once released: a database out there has gone it. A change is a new step, and the tables below follow.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import BigInteger, Boolean, Column, Connection, Double, MetaData, String, Table, Text, inspect, text

from bot.store.errors import StoreError

# Any number that nobody else in that database locks by: "kpo" and "bot" in hexadecimal.
_LOCK = 0x6B706F626F74

metadata = MetaData()

interactions = Table(
    "interactions",
    metadata,
    # Given by the bot, so that a write of which nobody knows whether it arrived can be repeated.
    Column("id", BigInteger, primary_key=True),
    Column("at", Double, nullable=False),
    Column("chat", String(32), nullable=False),
    Column("person", String(32), nullable=False),
    Column("decision", Text, nullable=False),
    Column("topics", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("text", Text),
)
votes = Table(
    "votes",
    metadata,
    Column("chat", String(32), primary_key=True),
    Column("message", BigInteger, primary_key=True),
    Column("person", String(32), primary_key=True),
    Column("topics", Text, nullable=False),
    Column("up", Boolean, nullable=False),
    Column("at", Double, nullable=False),
    Column("text", Text),
)
contexts = Table(
    "contexts",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("person", String(32), nullable=False),
    Column("context", Text, nullable=False),
    Column("at", Double, nullable=False),
)
handled = Table(
    "handled",
    metadata,
    Column("update_id", BigInteger, primary_key=True),
    Column("at", Double, nullable=False),
)
parked = Table(
    "parked",
    metadata,
    Column("update_id", BigInteger, primary_key=True),
    Column("update_json", Text, nullable=False),
    Column("at", Double, nullable=False),
)


def _version_1(connection: Connection) -> None:
    # Only a column of this very type is SQLite's own row number, which needs no index.
    number = "INTEGER" if connection.dialect.name == "sqlite" else "BIGINT"
    time, name = "DOUBLE PRECISION NOT NULL", "VARCHAR(32) NOT NULL"
    for statement in (
        f"CREATE TABLE interactions (id {number} PRIMARY KEY, at {time}, chat {name}, person {name}, decision TEXT NOT NULL, "
        "topics TEXT NOT NULL, confidence DOUBLE PRECISION NOT NULL, text TEXT)",
        "CREATE INDEX interactions_at ON interactions (at)",
        "CREATE INDEX interactions_person ON interactions (person)",
        "CREATE INDEX interactions_texts ON interactions (at) WHERE text IS NOT NULL",
        f"CREATE TABLE votes (chat {name}, message BIGINT NOT NULL, person {name}, topics TEXT NOT NULL, up BOOLEAN NOT NULL, "
        f"at {time}, text TEXT, PRIMARY KEY (chat, message, person))",
        "CREATE INDEX votes_at ON votes (at)",
        "CREATE INDEX votes_person ON votes (person)",
        "CREATE INDEX votes_texts ON votes (at) WHERE text IS NOT NULL",
        f"CREATE TABLE contexts (key {name} PRIMARY KEY, person {name}, context TEXT NOT NULL, at {time})",
        "CREATE INDEX contexts_at ON contexts (at)",
        "CREATE INDEX contexts_person ON contexts (person)",
        f"CREATE TABLE handled (update_id {number} PRIMARY KEY, at {time})",
        "CREATE INDEX handled_at ON handled (at)",
    ):
        connection.execute(text(statement))


def _version_2(connection: Connection) -> None:
    number = "INTEGER" if connection.dialect.name == "sqlite" else "BIGINT"
    connection.execute(
        text(f"CREATE TABLE parked (update_id {number} PRIMARY KEY, update_json TEXT NOT NULL, at DOUBLE PRECISION NOT NULL)")
    )


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_version_1, _version_2)
"""The step to each version from the one before; the first is version 1."""


def migrate(connection: Connection, where: str) -> int:
    """Bring the schema up to date, in the connection's transaction, alone: others who start at once wait.

    Gives the version found: 0 for an empty database. Raises StoreError for a schema newer than this bot's.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    connection.execute(text("CREATE TABLE IF NOT EXISTS store_version (version INTEGER NOT NULL)"))
    found = _version(connection)
    refuse_newer(found, where)
    if found < len(MIGRATIONS):
        for step in MIGRATIONS[found:]:
            step(connection)
        connection.execute(text("DELETE FROM store_version"))
        connection.execute(text("INSERT INTO store_version VALUES (:version)"), {"version": len(MIGRATIONS)})
    return found


def version(connection: Connection) -> int:
    """The version of a schema; 0 for an empty database."""
    return _version(connection) if inspect(connection).has_table("store_version") else 0


def _version(connection: Connection) -> int:
    return connection.execute(text("SELECT max(version) FROM store_version")).scalar() or 0


def refuse_newer(found: int, where: str) -> None:
    """Raises StoreError for a schema newer than this bot's."""
    if found > len(MIGRATIONS):
        raise StoreError(
            f"{where}: its schema is version {found}, this bot knows those up to {len(MIGRATIONS)}: "
            "run a newer bot, or name another database"
        )
