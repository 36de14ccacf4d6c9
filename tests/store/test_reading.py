"""Reading what was kept, without the bot's token, and leaving everything as it is."""

import asyncio
import os
from pathlib import Path

import pytest

from bot.store import StoreError, Who
from bot.store.reading import Kept, read
from tests.store.conftest import Asking, eventually, opened

EVER = (0.0, 4e9)


async def reading(url: str) -> Kept:
    """`read`, which has an event loop of its own."""
    return await asyncio.to_thread(read, url, *EVER)


async def test_what_was_kept_is_read(url: str) -> None:
    async with opened(url) as store:
        store.add_interaction(Who(1, 1), 1e9, "fallback", [], 0.1, "מה מזג האוויר?")
        store.add_interaction(Who(1, 1), 2e9, "answer", ["israel", "india-share"], 0.9, "x")
        store.set_vote(Who(1, 1), 7, ["israel"], False, 3e9, "שאלה")
        assert await store.flush()
        await eventually(lambda: store._next_prune > 0)  # which takes the old text
        kept = await reading(url)
        assert kept.interactions == await store.interactions(*EVER) and len(kept.interactions) == 2
        assert kept.votes == await store.vote_rows(*EVER) and len(kept.votes) == 1
    after = await reading(url)
    assert after == kept and "a-password" not in kept.where
    between = await asyncio.to_thread(read, url, 1e9, 2e9)
    assert [one.at for one in between.interactions] == [1e9] and not between.votes


async def test_an_empty_database_holds_nothing_yet(url: str, ask: Asking) -> None:
    assert (await reading(url)).interactions == []
    if url.startswith("postgresql"):
        assert await ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [[0]]


@pytest.mark.parametrize(("version", "says"), [(99, "run a newer bot"), (1, "start the bot with it once")])
async def test_a_schema_of_another_version_is_told(url: str, ask: Asking, version: int, says: str) -> None:
    async with opened(url):
        pass
    await ask(f"UPDATE store_version SET version = {version}")
    with pytest.raises(StoreError, match=rf"schema is version {version}.*{says}"):
        await reading(url)


def test_reading_leaves_a_folder_as_it_is(tmp_path: Path) -> None:
    assert read(f"sqlite:///{tmp_path}/nowhere/kpo.db", *EVER).interactions == []
    assert list(tmp_path.iterdir()) == []


async def test_reading_leaves_no_files_beside_a_database(tmp_path: Path) -> None:
    file = tmp_path / "a name, 100% #1.db"
    async with opened(f"sqlite:///{tmp_path}/kpo.db") as store:
        store.add_interaction(Who(1, 1), 1e9, "fallback", [], 0.1, "x")
    os.rename(tmp_path / "kpo.db", file)
    was = file.stat().st_mtime_ns, list(tmp_path.iterdir())
    assert len((await reading(f"sqlite:///{file}")).interactions) == 1
    assert (file.stat().st_mtime_ns, list(tmp_path.iterdir())) == was


@pytest.mark.parametrize(
    "content", [b"no database at all, and long enough that nobody takes it for one" * 20, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kpo.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"kpo\.db: cannot be read"):
        read(f"sqlite:///{tmp_path}/kpo.db", *EVER)


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(StoreError, match="cannot be read") as error:
        read("postgresql://kpo:a-password@127.0.0.1:1/kpo", *EVER)
    assert "a-password" not in str(error.value)
