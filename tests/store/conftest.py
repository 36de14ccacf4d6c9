"""The same tests against an SQLite file and a real PostgreSQL."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.store import Store
from tests.conftest import needed
from tests.postgres import Server, execute, is_there, postgres

TOKEN = b"123456789:AAtokenTOKENtokenTOKENtokenTOKENtoken"
SOON_S = 60

Opening = Callable[..., AbstractAsyncContextManager[Store]]
Asking = Callable[..., Awaitable[list[list[object]]]]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    needed(is_there(), "PostgreSQL (apt-get install postgresql) and asyncpg")
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kpo.db"
    server: Server = request.getfixturevalue("server")
    return server.database()


@pytest.fixture
def ask(url: str) -> Asking:
    """Ask the database something, past the store; gives the rows of the last statement."""

    async def asking(*statements: str) -> list[list[object]]:
        if not url.startswith("sqlite"):
            return await execute(url, *statements)
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            return [[list(row) for row in connection.execute(statement)] for statement in statements][-1]

    return asking


@asynccontextmanager
async def opened(url: str, token: bytes = TOKEN, on_error: Callable[[], None] = lambda: None) -> AsyncIterator[Store]:
    store = await Store.open(url, token, on_error)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with opened(url) as store:
        yield store


async def eventually(is_so: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(SOON_S):
        while not is_so():
            await asyncio.sleep(0.01)
