"""The database is away, slow, or wrong: the bot answers on, and catches up."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store import Store, StoreError, Who, database, schema, store
from tests.postgres import Server, execute
from tests.store.conftest import SOON_S, TOKEN, eventually, opened

# A minute ago: not too old to be kept.
NOW = float(int(time.time())) - 60
DANA = Who(987_654_321, 0)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LONGEST_PAUSE_S", 0.5)


@pytest.fixture
def running(server: Server) -> Iterator[Server]:
    """A server that a test may stop, or freeze: afterwards it runs."""
    yield server
    server.stop()
    server.start()


@pytest.fixture
async def on_server(running: Server) -> AsyncIterator[tuple[Store, str]]:
    url = running.database()
    async with opened(url) as store:
        store.save_context(DANA, "לפני", NOW)
        store.set_handled(1, NOW)
        store.set_vote(DANA, 1, [], True, NOW, None)
        assert await store.flush(SOON_S)
        await eventually(lambda: store._next_prune > 0)
        yield store, url


def write(store: Store, number: int) -> None:
    store.add_interaction(DANA, NOW + number, "fallback", [], 0.0, f"שאלה {number}")
    store.set_handled(100 + number, NOW)
    store.save_context(DANA, f"הקשר {number}", NOW + number)


# --- gone ------------------------------------------------------------------------------------------------------------


async def test_a_database_that_is_killed_delays_nothing_and_is_caught_up_with(
    on_server: tuple[Store, str], running: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store, _ = on_server
    running.stop()
    assert await store.votes(DANA.chat, 1) == {"up": 0, "down": 0}
    assert not store.healthy and store.errors > 0
    async with asyncio.timeout(5):  # each would wait half a second if it waited
        for number in range(200):
            write(store, number)
            assert await store.handled([1, 100, 100 + number]) == {100, 100 + number}
            assert await store.context(DANA) == f"הקשר {number}"
            assert await store.context(Who(5, 0)) is None
    assert not await store.park(1, "{}", NOW)
    assert not await store.forget(DANA.chat)
    assert not await store.prune(time.time())
    assert await store.parked() == []
    with pytest.raises(StoreError, match="cannot be read"):
        await store.interactions(0, 2 * NOW)
    assert store.pending == 200 + 200 + 1 and store.dropped == 0
    running.start()
    assert await store.flush(SOON_S)
    await eventually(lambda: store.healthy)
    assert len(await store.interactions(0, 2 * NOW)) == 200
    assert await store.handled([1, 100, 299, 300]) == {1, 100, 299}
    assert await store.context(DANA) == "הקשר 199"
    assert await store.votes(DANA.chat, 1) == {"up": 1, "down": 0}
    assert await store.parked() == []
    assert await store.forget(DANA.chat)
    told = [record.getMessage() for record in caplog.records if record.name == "bot.store.store"]
    assert sum("answers again" in line for line in told) == 1
    assert all(str(DANA.chat) not in line and "שאלה" not in line and "a-password" not in line for line in told)


async def test_a_writer_alone_notices_and_catches_up(on_server: tuple[Store, str], running: Server) -> None:
    store, _ = on_server
    running.stop()
    write(store, 1)
    await eventually(lambda: not store.healthy)
    assert await store.context(DANA) == "הקשר 1"
    running.start()
    assert await store.flush(SOON_S)
    assert await store.handled([1, 101]) == {1, 101}


async def test_a_database_that_restarts_unnoticed_is_used_again(on_server: tuple[Store, str], running: Server) -> None:
    store, _ = on_server
    running.stop()
    running.start()
    assert await store.context(DANA) == "לפני"
    assert store.errors == 0


async def test_a_server_that_says_nothing_delays_nothing(
    on_server: tuple[Store, str], running: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WRITE_S", 1.0)
    kept, _ = on_server
    running.freeze()
    async with asyncio.timeout(20):
        assert await kept.context(Who(5, 0)) is None
        assert not kept.healthy
        for number in range(200):
            write(kept, number)
            assert await kept.context(Who(5, 0)) is None
        assert not await kept.forget(DANA.chat)
    running.thaw()
    assert await kept.flush(SOON_S)
    await eventually(lambda: kept.healthy)
    assert len(await kept.interactions(0, 2 * NOW)) == 200
    assert await kept.forget(DANA.chat, timeout_s=SOON_S)
    assert await kept.interactions(0, 2 * NOW) == []


async def test_a_server_that_is_away_at_the_start_is_found_later(running: Server) -> None:
    url = running.database()
    running.stop()
    async with opened(url) as store:
        assert not store.healthy and store.errors == 1
        write(store, 1)
        assert await store.context(DANA) == "הקשר 1"
        running.start()
        assert await store.flush(SOON_S)
    assert await execute(url, "SELECT count(*) FROM interactions") == [[1]]


async def test_a_newer_schema_that_comes_up_later_is_told_and_nothing_is_written(
    running: Server, caplog: pytest.LogCaptureFixture
) -> None:
    url = running.database()
    async with opened(url):
        pass
    await execute(url, "UPDATE store_version SET version = 99")
    running.stop()
    async with opened(url) as store:
        write(store, 1)
        running.start()
        await eventually(lambda: "version 99" in caplog.text)
        assert not store.healthy and store.pending == 3
        await execute(url, f"UPDATE store_version SET version = {len(schema.MIGRATIONS)}")
        assert await store.flush(SOON_S)


async def test_closing_without_the_database_says_what_was_lost(running: Server, caplog: pytest.LogCaptureFixture) -> None:
    kept = await Store.open(running.database(), TOKEN)
    running.stop()
    write(kept, 1)
    await kept.close(timeout_s=0.5)
    assert kept.dropped == 3 and "3 writes were lost" in caplog.text
    write(kept, 2)
    assert kept.dropped == 6 and not kept.healthy
    assert await kept.handled([102]) == set()
    await kept.close()


async def test_a_park_under_way_when_the_database_goes_is_not_sure_and_not_repeated(
    on_server: tuple[Store, str], running: Server
) -> None:
    store, _ = on_server
    running.stop()
    assert await asyncio.gather(*(store.park(number, "{}", NOW) for number in range(3))) == [False] * 3
    running.start()
    await eventually(lambda: store.healthy)
    assert await store.parked() == []


# --- too much --------------------------------------------------------------------------------------------------------


async def test_what_waits_is_bounded_and_the_oldest_interactions_go_first(
    on_server: tuple[Store, str], running: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_PENDING", 500)
    kept, _ = on_server
    running.stop()
    for number in range(100):
        kept.set_vote(Who(5, number + 1), 9, [], True, NOW, None)
    for number in range(1000):
        kept.add_interaction(DANA, NOW + number, "fallback", [], 0.0, None)
        assert kept.pending <= 500
        if number % 50 == 0:
            await asyncio.sleep(0.01)
    for number in range(100):
        kept.set_handled(1000 + number, NOW)
    assert kept.pending == 500 and kept.dropped == 700
    running.start()
    assert await kept.flush(SOON_S)
    await eventually(lambda: "caught up" in caplog.text)
    assert [row.at - NOW for row in await kept.interactions(0, 2 * NOW)] == list(range(700, 1000))
    assert await kept.votes(5, 9) == {"up": 100, "down": 0}
    assert len(await kept.handled(range(1000, 1100))) == 100
    assert caplog.text.count("the oldest are dropped") == caplog.text.count("700 writes that were dropped") == 1


async def test_without_interactions_others_go_and_the_bound_holds(
    on_server: tuple[Store, str], running: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_PENDING", 50)
    kept, _ = on_server
    running.stop()
    for number in range(100):
        kept.set_handled(number, NOW)
        kept.save_context(Who(number + 1, 0), "הקשר", NOW)
    assert kept.pending == 50
    assert await kept.handled(range(100)) == set(range(50, 100))
    running.start()
    assert await kept.flush(SOON_S)


# --- SQLite ----------------------------------------------------------------------------------------------------------


async def test_a_file_that_another_program_holds_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 50)
    async with opened(f"sqlite:///{tmp_path}/kpo.db") as store:
        write(store, 1)
        assert await store.flush(SOON_S)
        await eventually(lambda: store._next_prune > 0)
        other = sqlite3.connect(tmp_path / "kpo.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        write(store, 2)
        assert await store.context(DANA) == "הקשר 2"
        await eventually(lambda: not store.healthy)
        assert not await store.forget(DANA.chat)
        assert await store.handled([101, 102]) == {102}
        other.execute("ROLLBACK")
        other.close()
        assert await store.flush(SOON_S)
        assert await store.handled([101, 102]) == {101, 102}
        assert len(await store.interactions(0, 2 * NOW)) == 2


async def test_a_file_that_is_held_at_the_start_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 50)
    other = sqlite3.connect(tmp_path / "kpo.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    async with opened(f"sqlite:///{tmp_path}/kpo.db") as store:
        assert not store.healthy
        write(store, 1)
        other.close()
        assert await store.flush(SOON_S)


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_file_that_was_removed_is_made_anew(tmp_path: Path, is_replaced: bool) -> None:
    async with opened(f"sqlite:///{tmp_path}/kpo.db") as store:
        write(store, 1)
        assert await store.flush(SOON_S)
        for file in tmp_path.glob("kpo.db*"):
            file.rename(file.with_name(f"moved-{file.name}"))
        if is_replaced:
            (tmp_path / "kpo.db").touch()
        write(store, 2)
        assert await store.flush(SOON_S)
        assert await store.context(DANA) == "הקשר 2"
        assert store.errors == 1 and store.dropped == 0
    async with opened(f"sqlite:///{tmp_path}/kpo.db") as store:
        assert await store.handled([101, 102]) == {102}


def test_a_loop_that_ends_in_the_middle_of_it_all_ends(tmp_path: Path) -> None:
    async def talk(store: Store, number: int) -> None:
        write(store, number)
        await store.context(Who(number, 0), timeout_s=0.0001 * (number % 3))
        await store.park(number, "{}", NOW, timeout_s=0.001 * (number % 3))

    async def run(number: int) -> None:
        store = await Store.open(f"sqlite:///{tmp_path}/kpo{number}.db", TOKEN)
        talks = [asyncio.create_task(talk(store, number)) for number in range(1, 20)]
        await asyncio.sleep(0.002 * number)
        for task in talks[::2]:
            task.cancel()
        if number % 2:
            await store.close(timeout_s=0.01 * number)

    for number in range(8):
        asyncio.run(run(number))


async def test_the_folder_is_made(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/one/two/kpo.db") as store:
        assert store.healthy
    assert (tmp_path / "one/two/kpo.db").stat().st_mode & 0o777 == 0o600


async def test_a_database_in_memory_works_while_it_is_open() -> None:
    async with opened("sqlite://") as store:
        write(store, 1)
        assert await store.flush(SOON_S)
        assert await store.context(DANA) == "הקשר 1"
        assert await store.forget(DANA.chat)
        assert await store.context(DANA) is None


async def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written.*may write to") as refused:
        await Store.open(f"sqlite:///{tmp_path}/file/kpo.db", TOKEN)
    assert "\n" not in str(refused.value)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kpo.db").write_text("זה לא מסד נתונים" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        await Store.open(f"sqlite:///{tmp_path}/kpo.db", TOKEN)


# --- addresses -------------------------------------------------------------------------------------------------------


async def test_a_database_that_does_not_exist_on_the_server_is_refused(server: Server) -> None:
    url = server.database().rpartition("/")[0] + "/missing"
    with pytest.raises(StoreError, match="missing") as refused:
        await Store.open(url, TOKEN)
    assert "a-password" not in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("settings", ["sslmode=disable", "sslmode=prefer&channel_binding=prefer", "application_name=kpo"])
async def test_what_hosters_write_into_their_addresses_is_understood(server: Server, settings: str) -> None:
    url = server.database().replace("postgresql://", "postgres://")
    async with opened(f"{url}?{settings}") as store:
        assert store.healthy


@pytest.mark.parametrize("settings", ["sslmode=nonsense", "nonsense=1", "statement_cache_size=x"])
async def test_a_wrong_setting_in_an_address_is_refused(server: Server, settings: str) -> None:
    with pytest.raises(StoreError) as refused:
        await Store.open(f"{server.database()}?{settings}", TOKEN)
    assert "a-password" not in str(refused.value) and "\n" not in str(refused.value)


# --- counting --------------------------------------------------------------------------------------------------------


async def test_each_error_is_told_and_telling_may_fail(running: Server) -> None:
    url, told = running.database(), []

    def tell() -> None:
        told.append(1)
        raise RuntimeError

    async with opened(url, on_error=tell) as store:
        running.stop()
        for _ in range(3):
            await store.context(DANA)
        assert store.errors == len(told) >= 3


async def test_what_is_not_written_yet_is_waited_for_unless_the_database_is_stuck(tmp_path: Path) -> None:
    file = tmp_path / "kpo.db"
    async with opened(f"sqlite:///{file}") as store:
        await eventually(lambda: store._next_prune > 0)
        store.set_handled(1, NOW)
        await store.keep_up(0, timeout_s=SOON_S)
        with sqlite3.connect(file) as other:
            assert other.execute("SELECT update_id FROM handled").fetchall() == [(1,)]
            other.execute("BEGIN IMMEDIATE")
            for number in (2, 3):
                store.set_handled(number, NOW)
            async with asyncio.timeout(SOON_S):
                await store.keep_up(2, timeout_s=10 * SOON_S)  # so many may wait
                await store.keep_up(1, timeout_s=0.01)
                await store.keep_up(1, timeout_s=10 * SOON_S)  # found stuck already
            assert store.pending == 2
            other.rollback()
        assert await store.flush(SOON_S)
        store.set_handled(4, NOW)
        await store.keep_up(0, timeout_s=SOON_S)
        assert store.pending == 0
