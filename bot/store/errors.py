"""What can be wrong with a database, told apart by what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DataError, IntegrityError

_NEVER = (
    "28",  # wrong user or password
    "3D",  # no such database
    "3F",  # no such schema
    "42501",  # not permitted
)
_DATA = (
    "22",  # a value that the column cannot hold
    "23",  # a constraint
    "54",  # too big
)


class StoreError(Exception):
    """What waiting does not mend: one line that names the database and the fix, and never its password."""


def needs_a_person(error: BaseException) -> bool:
    """Whether a database that could not be opened will not open later either."""
    chain = list(_causes(error))
    if any(isinstance(cause, StoreError) for cause in chain):
        return True
    if any(isinstance(cause, sqlite3.Error) for cause in chain):
        return not any("locked" in str(cause) or "busy" in str(cause) for cause in chain)
    if any(isinstance(cause, OSError) for cause in chain):
        return False
    return _state(chain).startswith(_NEVER) or any(isinstance(cause, TypeError | ValueError) for cause in chain)


def is_about_data(error: BaseException) -> bool:
    """Whether the fault lies in the values, so that the same statement can never succeed with them."""
    chain = list(_causes(error))
    if any(isinstance(cause, OSError) for cause in chain):
        return False
    if _state(chain).startswith(_DATA):
        return True
    # The driver of SQLite raises ValueError for a connection that is closed, that of PostgreSQL for a value.
    wrong = DataError | IntegrityError | OverflowError | UnicodeError
    return any(isinstance(cause, wrong) or (isinstance(cause, ValueError) and _is_asyncpg(cause)) for cause in chain)


def reason(error: BaseException) -> str:
    """What to log: the innermost cause, without its message where that may quote what somebody wrote."""
    chain = list(_causes(error))
    cause, state = chain[-1], _state(chain)
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    lines = str(cause).splitlines()
    if not lines or is_about_data(error) or not (state or isinstance(cause, OSError | sqlite3.Error | StoreError)):
        return f"{type(cause).__name__} {state}".strip()
    return f"{type(cause).__name__}: {lines[0]}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it was made from, the innermost last."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or getattr(cause, "orig", None)


def _is_asyncpg(error: BaseException) -> bool:
    return type(error).__module__.startswith("asyncpg.")


def _state(chain: list[BaseException]) -> str:
    """The SQLSTATE that PostgreSQL gave; empty without one."""
    return next((state for cause in reversed(chain) if isinstance(state := getattr(cause, "sqlstate", None), str)), "")
