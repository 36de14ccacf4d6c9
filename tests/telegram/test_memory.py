"""What is remembered of conversations, in the process and beyond it."""

from pathlib import Path

from bot.conversation import Context
from bot.store import Store, Who
from bot.telegram.memory import Conversation, Memory

DANA, YOSSI, NOA = Who(1, 1), Who(2, 2), Who(3, 3)
KEPT, NEWER = (Conversation().after(1, 2, Context(), Context(topics=(topic,))) for topic in ("kpo-definition", "history"))


async def test_conversations_that_are_expected_are_read_together(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/kpo.db", b"token")
    earlier = Memory(store)
    earlier.keep(DANA, KEPT)
    earlier.keep(YOSSI, KEPT)
    assert await store.flush()
    memory = Memory(store)
    memory.keep(YOSSI, NEWER)
    await memory.expect([DANA, YOSSI, NOA])
    await store.close()  # from here on nothing can be read
    assert [await memory.conversation(who) for who in (DANA, YOSSI, NOA)] == [KEPT, NEWER, Conversation()]


async def test_what_could_not_be_read_is_not_taken_for_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kpo.db"
    store = await Store.open(url, b"token")
    Memory(store).keep(DANA, KEPT)
    await store.close()
    memory = Memory(store)
    await memory.expect([DANA])
    memory._store = await Store.open(url, b"token")
    assert await memory.conversation(DANA) == KEPT
    await memory._store.close()
