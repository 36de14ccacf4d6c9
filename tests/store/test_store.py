"""What is written is found again, in SQLite and in PostgreSQL, at once and after a restart."""

import asyncio
import logging
import time
from pathlib import Path

import pytest

from bot.store import Interaction, Keys, Store, StoreError, Vote, Who, database, schema
from tests.store.conftest import SOON_S, TOKEN, Asking, eventually, opened

NOW = float(int(time.time())) - 1000  # unlike a fixed time, never too old to be kept
DAY = 24 * 3600.0
DANA, YOSSI, GROUP = 987_654_321, 876_543_219, -1_009_876_543_210


async def everything(store: Store) -> tuple[list[Interaction], list[Vote]]:
    return await store.interactions(0, 2 * NOW), await store.vote_rows(0, 2 * NOW)


# --- interactions ----------------------------------------------------------------------------------------------------


async def test_an_interaction_is_kept_with_its_text_only_where_it_was_not_answered(store: Store) -> None:
    who = Who(DANA, DANA)
    store.add_interaction(who, NOW, "answer", ["kpo-definition", "history"], 0.75, "מה זה KPO ומתי התחיל?")
    store.add_interaction(who, NOW + 1, "fallback", [], 0.0, "מה מזג האוויר?")
    first, second = await store.interactions(NOW, NOW + 2)
    chat, person = Keys(TOKEN).chat(DANA), Keys(TOKEN).person(DANA)
    assert first == Interaction(NOW, chat, person, "answer", ("kpo-definition", "history"), 0.75, None)
    assert second == Interaction(NOW + 1, chat, person, "fallback", (), 0.0, "מה מזג האוויר?")
    assert await store.interactions(NOW, NOW + 1) == [first]
    assert await store.interactions(NOW + 1, NOW + 2) == [second]


async def test_twenty_thousand_interactions_are_written_quickly(store: Store, ask: Asking) -> None:
    started = time.perf_counter()
    for number in range(20_000):
        store.add_interaction(Who(number % 500 + 1, 0), NOW + number, "suggest", ["benefits"], 0.5, f"שאלה {number}")
        if number % 1000 == 999:
            while store.pending > 5_000:  # faster than this nobody writes, and more than 10,000 do not wait
                await asyncio.sleep(0.001)
    assert await store.flush(SOON_S)
    logging.getLogger(__name__).warning("%d writes/s", 20_000 / (time.perf_counter() - started))
    assert await ask("SELECT count(*) FROM interactions") == [[20_000]]
    assert store.dropped == store.errors == 0


async def test_writes_return_before_the_database_has_them(store: Store) -> None:
    store.add_interaction(Who(1, 1), NOW, "suggest", [], 0.1, "שאלה")
    assert store.pending == 1
    assert await store.flush(SOON_S) and store.pending == 0


# --- votes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flushed", [False, True])
async def test_a_person_has_one_vote_on_an_answer_and_the_last_one_counts(store: Store, flushed: bool) -> None:
    for seconds, (person, up) in enumerate([(DANA, False), (YOSSI, True), (DANA, True), (YOSSI, False), (5, False)]):
        store.set_vote(Who(GROUP, person), 77, ["benefits"], up, NOW + seconds, "מה היתרונות?")
        if flushed:
            assert await store.flush(SOON_S)
    assert await store.votes(GROUP, 77) == {"up": 1, "down": 2}
    assert await store.votes(GROUP, 78) == await store.votes(DANA, 77) == {"up": 0, "down": 0}
    assert await store.vote_of(Who(GROUP, DANA), 77) is True
    assert await store.vote_of(Who(GROUP, YOSSI), 77) is False
    assert await store.vote_of(Who(GROUP, 6), 77) is None


async def test_the_question_is_kept_only_under_a_vote_that_it_did_not_help(store: Store) -> None:
    store.set_vote(Who(DANA, DANA), 1, ["benefits"], False, NOW, "מה החסרונות?")
    store.set_vote(Who(YOSSI, YOSSI), 2, ["benefits"], False, NOW + 1, "ומה עוד?")
    assert [vote.text for vote in await store.vote_rows(NOW, NOW + 2)] == ["מה החסרונות?", "ומה עוד?"]
    store.set_vote(Who(YOSSI, YOSSI), 2, ["benefits"], True, NOW + 1, "ומה עוד?")
    first, second = await store.vote_rows(NOW, NOW + 2)
    assert first == Vote(NOW, Keys(TOKEN).chat(DANA), 1, Keys(TOKEN).person(DANA), ("benefits",), False, "מה החסרונות?")
    assert second.up and second.text is None
    assert await store.vote_rows(NOW + 1, NOW + 2) == [second]


# --- contexts and updates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flushed", [False, True])
async def test_the_last_context_of_each_conversation_is_found_also_after_a_restart(url: str, flushed: bool) -> None:
    contexts = {Who(DANA, 0): "של דנה", Who(GROUP, DANA): "של דנה בקבוצה", Who(GROUP, YOSSI): "{}", Who(GROUP, 0): "[1]"}
    async with opened(url) as store:
        for who, context in contexts.items():
            store.save_context(who, "ישן", NOW)
            if flushed:
                assert await store.flush(SOON_S)
            store.save_context(who, context, NOW + 1)
            store.save_context(who, "ישן עוד יותר", NOW - 1)
        assert {who: await store.context(who) for who in contexts} == contexts
        assert await store.context(Who(YOSSI, 0)) is None
        assert await store.contexts([*contexts, Who(YOSSI, 0)]) == contexts
    async with opened(url) as store:
        assert {who: await store.context(who) for who in contexts} == contexts


async def test_what_another_bot_wrote_later_is_not_overwritten_by_what_came_late(url: str) -> None:
    who = Who(GROUP, DANA)
    async with opened(url) as one, opened(url) as other:
        other.save_context(who, "חדש", NOW + 5)
        other.set_vote(who, 3, [], True, NOW + 5, None)
        assert await other.flush(SOON_S)
        one.save_context(who, "ישן", NOW)
        one.set_vote(who, 3, [], False, NOW, None)
        assert await one.flush(SOON_S)
        assert await one.context(who) == "חדש"
        assert await one.votes(GROUP, 3) == {"up": 1, "down": 0}


@pytest.mark.parametrize("flushed", [False, True])
async def test_an_update_is_handled_once_also_after_a_restart(url: str, flushed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MOST_VALUES", 7)
    async with opened(url) as store:
        for update in (10, 11, 10, 2**40):
            store.set_handled(update, time.time())
            if flushed:
                assert await store.flush(SOON_S)
        assert await store.handled([9, 10, 11, 12, 2**40]) == {10, 11, 2**40}
        assert await store.handled([]) == set()
    async with opened(url) as store:
        assert await store.handled([*range(30), 2**40]) == {10, 11, 2**40}


async def test_a_parked_update_waits_until_it_is_let_go(url: str, ask: Asking) -> None:
    at = time.time()
    async with opened(url) as store:
        assert await store.park(8, '{"update_id": 8}', at)
        assert await asyncio.gather(*(store.park(number, f'{{"update_id": {number}}}', at) for number in (7, 9))) == [
            True,
            True,
        ]
        assert await ask("SELECT count(*) FROM parked") == [[3]]
        store.unpark(9)
        assert [update for update, _ in await store.parked()] == [7, 8]
    async with opened(url) as store:
        assert await store.parked() == [(7, '{"update_id": 7}'), (8, '{"update_id": 8}')]
        store.unpark(7)
        store.unpark(8)
        assert await store.flush(SOON_S)
        assert await store.parked() == []


async def test_what_was_not_surely_parked_is_not_parked(store: Store) -> None:
    for number in range(5):
        assert not await store.park(number, "{}", time.time(), timeout_s=0)
    assert await store.flush(SOON_S)
    assert await store.parked() == []
    assert await store.park(3, "[]", time.time())
    assert await store.parked() == [(3, "[]")]


# --- two bots on one database ----------------------------------------------------------------------------------------


async def test_two_bots_may_start_on_a_new_database_at_once(url: str, ask: Asking) -> None:
    stores = await asyncio.gather(*(Store.open(url, TOKEN) for _ in range(4)))
    for number, store in enumerate(stores):
        store.set_handled(number, time.time())
        store.save_context(Who(1, 0), str(number), NOW + number)
        store.add_interaction(Who(1, 0), NOW, "suggest", [], 0.5, None)
    for store in stores:
        assert await store.flush(SOON_S)
    assert [await store.handled(range(9)) for store in stores] == [{0, 1, 2, 3}] * 4
    assert [await store.context(Who(1, 0)) for store in stores] == ["3"] * 4
    assert len(await stores[0].interactions(NOW, NOW + 1)) == 4
    for store in stores:
        assert store.dropped == 0
        await store.close()
    assert await ask("SELECT version FROM store_version") == [[len(schema.MIGRATIONS)]]


# --- forgetting ------------------------------------------------------------------------------------------------------


def fill(store: Store) -> None:
    for person in (DANA, YOSSI):
        for chat in (person, GROUP):
            store.add_interaction(Who(chat, person), NOW, "fallback", [], 0.0, f"טקסט של {person}")
            store.set_vote(Who(chat, person), 4, [], False, NOW, f"שאלה של {person}")
            store.save_context(Who(chat, 0 if chat == person else person), "הקשר", NOW)


@pytest.mark.parametrize("flushed", [False, True])
async def test_a_person_is_forgotten_and_nobody_else(store: Store, ask: Asking, flushed: bool) -> None:
    fill(store)
    if flushed:
        assert await store.flush(SOON_S)
    assert await store.forget(DANA)
    interactions, votes = await everything(store)
    assert {row.person for row in [*interactions, *votes]} == {Keys(TOKEN).person(YOSSI)}
    assert len(interactions) == len(votes) == 2
    assert await store.context(Who(DANA, 0)) is await store.context(Who(GROUP, DANA)) is None
    assert await store.context(Who(YOSSI, 0)) == await store.context(Who(GROUP, YOSSI)) == "הקשר"
    assert await ask("SELECT count(*) FROM contexts") == [[2]]


@pytest.mark.parametrize("flushed", [False, True])
async def test_a_person_is_forgotten_in_one_chat(store: Store, flushed: bool) -> None:
    fill(store)
    if flushed:
        assert await store.flush(SOON_S)
    assert await store.forget(DANA, GROUP)
    assert await store.context(Who(GROUP, DANA)) is None and await store.context(Who(DANA, 0)) == "הקשר"
    assert await store.forget(YOSSI, YOSSI)
    assert await store.context(Who(YOSSI, 0)) is None and await store.context(Who(GROUP, YOSSI)) == "הקשר"
    interactions, votes = await everything(store)
    keys = Keys(TOKEN)
    left = {(keys.chat(DANA), keys.person(DANA)), (keys.chat(GROUP), keys.person(YOSSI))}
    assert {(row.chat, row.person) for row in interactions} == {(row.chat, row.person) for row in votes} == left


async def test_forgetting_among_reads_and_writes(store: Store) -> None:
    async def read() -> None:
        for _ in range(50):
            await store.context(Who(YOSSI, 0))

    reading = [asyncio.create_task(read()) for _ in range(5)]
    for _ in range(20):
        fill(store)
        assert await store.forget(DANA)
        assert await store.context(Who(DANA, 0)) is None
    await asyncio.gather(*reading)


# --- what is too old -------------------------------------------------------------------------------------------------


async def test_what_is_too_old_goes(store: Store, ask: Asking) -> None:
    now = NOW + 100 * DAY
    for days in (1, 3, 29, 31, 89, 91):
        at = now - days * DAY
        store.set_handled(days, at)
        store.save_context(Who(days, 0), "הקשר", at)
        store.add_interaction(Who(days, 0), at, "fallback", [], 0.0, "טקסט")
        store.set_vote(Who(days, 0), 1, [], False, at, "שאלה")
        assert await store.park(days, "{}", at)
    assert await store.flush(SOON_S)
    assert await store.prune(now)
    assert await store.handled([1, 3, 29, 31, 89, 91]) == {1}
    assert [update for update, _ in await store.parked()] == [1]
    assert [days for days in (1, 3, 29, 31, 89, 91) if await store.context(Who(days, 0))] == [1, 3, 29]
    interactions, votes = await everything(store)
    assert [row.text for row in interactions] == [None, *["טקסט"] * 5]
    assert [row.text for row in votes] == [None, *["שאלה"] * 5]


async def test_what_is_too_old_goes_by_itself_at_the_start(url: str, ask: Asking) -> None:
    async with opened(url) as store:
        store.set_handled(1, time.time() - 3 * DAY)
        store.set_handled(2, time.time())
    async with opened(url) as store:
        await eventually(lambda: store._next_prune > 0)
        await store.prune(0)  # waits its turn
        assert await store.handled([1, 2]) == {2}


# --- what no database takes ------------------------------------------------------------------------------------------


async def test_what_cannot_be_stored_as_it_is_is_cleaned(store: Store) -> None:
    broken = "לפני\x00אמצע\ud83dאחרי"
    who = Who(1, 1)
    store.add_interaction(who, NOW, "fall\x00back", ["a\ud800"], 0.5, broken)
    store.set_vote(who, 1, ["\x00"], False, NOW, broken)
    store.save_context(who, broken, NOW)
    assert await store.park(1, broken, time.time())
    interactions, votes = await everything(store)
    assert (
        interactions[0].text
        == votes[0].text
        == await store.context(who)
        == "לפני\N{REPLACEMENT CHARACTER}אמצע" + ("\N{REPLACEMENT CHARACTER}אחרי")
    )
    assert store.dropped == store.errors == 0


async def test_a_text_is_no_longer_than_a_message_can_be(store: Store) -> None:
    store.add_interaction(Who(1, 1), NOW, "fallback", [], 0.5, "א" * 100_000)
    assert len((await store.interactions(NOW, NOW + 1))[0].text or "") == 4096


async def test_poison_is_dropped_and_the_rest_is_written(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(100):
        store.add_interaction(Who(1, 1), NOW, "fallback", [], 0.5, "סוד כמוס")
        store.set_vote(Who(1, 1), number if number % 30 else 2**70 + number, [], False, NOW, "סוד כמוס")
    store.set_handled(2**80, NOW)
    store.set_handled(5, NOW)
    store.add_interaction(Who(1, 1), "once", "fallback", [], 0.5, "סוד כמוס")  # type: ignore[arg-type]
    store.add_interaction(None, NOW, "fallback", [], 0.5, "סוד כמוס")  # type: ignore[arg-type]
    assert await store.flush(SOON_S)
    interactions, votes = await everything(store)
    assert len(interactions) == 100 and len(votes) == 96
    assert await store.handled([5]) == {5}
    assert store.dropped == 4 + 1 + 2 and store.healthy
    assert "dropped" in caplog.text and "סוד" not in caplog.text
    assert not await store.park(2**80, "{}", NOW)
    assert await store.park(6, "{}", NOW)
    assert await store.handled([2**80, 5]) == set() and store.healthy


# --- the schema ------------------------------------------------------------------------------------------------------


async def test_a_newer_schema_is_refused_in_one_line(url: str, ask: Asking) -> None:
    async with opened(url):
        pass
    await ask("UPDATE store_version SET version = 99")
    with pytest.raises(StoreError, match=r"version 99.*newer bot") as refused:
        await Store.open(url, TOKEN)
    assert "\n" not in str(refused.value) and "a-password" not in str(refused.value)


async def test_version_1_is_migrated_and_keeps_what_it_has(url: str, ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as old:
        old.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        async with opened(url) as store:
            store.save_context(Who(DANA, 0), "הקשר", time.time())
            assert await store.flush(SOON_S)
    assert await ask("SELECT version FROM store_version") == [[1]]
    with pytest.raises(Exception, match="parked"):
        await ask("SELECT * FROM parked")
    async with opened(url) as store:
        assert await store.context(Who(DANA, 0)) == "הקשר"
        assert await store.park(1, "{}", time.time())
    assert await ask("SELECT version FROM store_version") == [[2]]


async def test_the_steps_lead_to_the_tables_that_are_asked(url: str, ask: Asking) -> None:
    async with opened(url):
        pass
    for table in schema.metadata.sorted_tables:
        columns = ", ".join(column.name for column in table.columns)
        assert await ask(f"SELECT {columns} FROM {table.name}") == []


@pytest.mark.parametrize(
    "address",
    ["", "kpo.db", "mysql://u:a-password@h/d", "postgresql://u:a-password@h:port/d", "postgresql+psycopg://u:a-password@h/d"],
)
async def test_a_wrong_address_is_refused_in_one_line(address: str) -> None:
    with pytest.raises(StoreError, match=r"write sqlite:////.* or postgresql://") as refused:
        await Store.open(address, TOKEN)
    assert "a-password" not in str(refused.value)


# --- privacy ---------------------------------------------------------------------------------------------------------


def test_hashes_hang_on_the_token_and_on_what_they_are_of() -> None:
    keys, same, others = Keys(TOKEN), Keys(TOKEN), Keys(TOKEN + b"x")
    assert keys.chat(DANA) == same.chat(DANA)
    hashes = [keys.chat(DANA), keys.person(DANA), keys.person(YOSSI), keys.context(Who(DANA, 0)), keys.context(Who(DANA, DANA))]
    assert len({*hashes, others.chat(DANA), others.person(DANA)}) == 7
    assert all(len(bytes.fromhex(value)) == 16 for value in hashes)
    assert keys.person_of(Who(DANA, 0)) == keys.person_of(Who(GROUP, DANA)) == keys.person(DANA)
    assert "token" not in repr(keys).lower()


async def test_no_number_no_token_and_no_understood_text_is_in_the_file(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/kpo.db") as store:
        for who in (Who(DANA, 0), Who(GROUP, YOSSI)):
            store.add_interaction(who, NOW, "answer", ["benefits"], 0.9, "שאלה מובנת")
            store.add_interaction(who, NOW, "fallback", [], 0.0, "שאלה סתומה")
            store.save_context(who, '{"topics": ["benefits"]}', NOW)
            store.set_vote(who, 1, ["benefits"], True, NOW, "שאלה מובנת")
        assert await store.flush(SOON_S)
        files = [path for path in tmp_path.iterdir() if path.name.startswith("kpo.db")]
        content = b"".join(path.read_bytes() for path in files)
        assert len(files) == 3 and "שאלה סתומה".encode() in content  # so it would be found
        hidden = [str(number) for number in (DANA, YOSSI, -GROUP)]
        packed = [abs(number).to_bytes(8, "big").lstrip(b"\0") for number in (DANA, YOSSI, GROUP)]
        packed += [abs(number).to_bytes(8, "little").rstrip(b"\0") for number in (DANA, YOSSI, GROUP)]
        for part in [*(text.encode() for text in [*hidden, "שאלה מובנת"]), *packed, (GROUP + 2**64).to_bytes(8, "big"), TOKEN]:
            assert part not in content
        assert all(path.stat().st_mode & 0o077 == 0 for path in files)


async def test_what_is_forgotten_is_not_even_in_the_bytes_of_the_file(tmp_path: Path) -> None:
    def content() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("kpo.db"))

    async with opened(f"sqlite:///{tmp_path}/kpo.db") as store:
        store.add_interaction(Who(DANA, 0), NOW, "fallback", [], 0.0, "סוד של דנה")
        store.add_interaction(Who(YOSSI, 0), NOW, "fallback", [], 0.0, "סוד של יוסי")
        assert await store.flush(SOON_S)
        assert "סוד של דנה".encode() in content()
        assert await store.forget(DANA)
        assert "סוד של דנה".encode() not in content() and "סוד של יוסי".encode() in content()
        await store.prune(NOW + 91 * DAY)
        assert "סוד של יוסי".encode() not in content()
