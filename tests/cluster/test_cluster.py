"""Two replicas are one bot: a person cannot tell which of them answers, nor that one died, nor that the database is away."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from bot.knowledge import Knowledge
from bot.matcher.matcher import Matcher
from bot.store import Keys
from tests.cluster.cluster import PATH, SECRET, SOON_S, Cluster, cluster, eventually, nginx
from tests.conftest import needed
from tests.postgres import Server, is_there, postgres
from tests.telegram.conftest import TOKEN
from tests.telegram.delivery import HEADER
from tests.telegram.talk import Message, ask, buttons, labels

MESSAGES, CHATS = 600, 240
ADVANTAGES = "היתרון המרכזי"
QUESTIONS = {"מה זה KPO?": "ניסיון", "מה זה BPO?": "Business", "מי כתב את המאמר?": "נורית לין"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    needed(is_there(), "PostgreSQL (apt-get install postgresql) and asyncpg")
    nginx()
    with postgres() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(matcher: Matcher, server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    async with cluster(server, tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def both(running: Cluster) -> Cluster:
    """Both replicas, to which Telegram delivers by way of nginx. Each test has people of its own."""
    await running.up()
    return running


# --- one replica dies ------------------------------------------------------------------------------------------------


async def test_a_replica_that_is_killed_and_comes_back_loses_nothing(both: Cluster) -> None:
    api, asked = both.api, Counter[tuple[int, str]]()
    chats = [both.chat() for _ in range(CHATS)]

    async def slow(method: str, parameters: dict[str, Any]) -> web.Response | None:
        await asyncio.sleep(0.02)
        return None

    def write(numbers: range) -> None:
        for number in numbers:
            chat, (question, answer) = number % CHATS, list(QUESTIONS.items())[number // CHATS]
            chats[chat].write(question)
            asked[chat, answer] += 1

    def missing() -> list[tuple[int, str]]:
        return [(chat, answer) for chat, answer in asked if not any(answer in one["text"] for one in chats[chat].from_bot)]

    def answers() -> int:
        return sum(len(chat.from_bot) for chat in chats)

    api.fault = slow
    write(range(400))
    await api.until(lambda: answers() >= 120, timeout=SOON_S)
    await both.a.kill()
    assert answers() < 400, "it was killed while it answered"
    await api.until(lambda: not missing(), timeout=SOON_S)
    await both.a.start()
    await eventually(both.a.is_healthy)
    write(range(400, MESSAGES))
    await api.until(lambda: not missing() and not api.unconfirmed, timeout=SOON_S)
    assert len(asked) == MESSAGES
    assert answers() - MESSAGES <= 0.08 * MESSAGES
    assert await both.a.handled() > 0, "it has its share again"


async def test_while_both_are_down_what_is_asked_waits(both: Cluster) -> None:
    await both.a.kill()
    await both.b.kill()
    chat = both.chat()
    chat.write("מה זה KPO?")
    await asyncio.sleep(0.5)
    assert both.api.unconfirmed == 1
    await both.up()
    await both.settled()
    assert len(chat.from_bot) == 1


# --- one conversation over both --------------------------------------------------------------------------------------


async def test_a_question_leans_on_what_the_other_replica_answered(both: Cluster) -> None:
    chat = both.chat()
    both.deliver_to(both.a)
    await ask(chat, "מה זה KPO?")
    await both.settled()
    both.deliver_to(both.b)
    assert ADVANTAGES in (await ask(chat, "ומה היתרונות שלו?"))["text"]
    assert "Business" in (await ask(chat, "מה זה BPO?"))["text"]
    await both.settled()
    both.deliver_to(both.a)
    after = (await ask(chat, "ומה היתרונות שלו?"))["text"]
    assert "BPO" in after and ADVANTAGES not in after, "not what A itself remembers"


async def test_an_edited_question_has_the_other_replicas_answer_changed(both: Cluster) -> None:
    chat = both.chat()
    both.deliver_to(both.a)
    question = chat.write("מה זה KPO?")
    answer = await chat.answer()
    await both.settled()
    both.deliver_to(both.b)
    chat.edit(question, "מה זה BPO?")
    await both.settled()
    assert "Business" in answer["text"] and chat.from_bot == [answer]


async def voted(both: Cluster, answer: Message, prefix: str) -> str:
    """Vote; what shows for a moment."""
    data = next(button["callback_data"] for button in buttons(answer) if button["callback_data"].startswith(prefix))
    press = both.api.chat(answer["chat"]["id"]).press_data(answer, data)
    await both.settled()
    return str(both.api.toasts[press]["text"])


async def test_a_vote_on_the_other_replicas_answer_counts_and_can_be_changed(both: Cluster, knowledge: Knowledge) -> None:
    chat, texts = both.chat(), knowledge.texts
    both.deliver_to(both.a)
    answer = await ask(chat, "מה זה KPO?")
    await both.settled()
    cast = f"SELECT up, topics FROM votes WHERE message = {answer['message_id']}"
    both.deliver_to(both.b)
    assert await voted(both, answer, "u:") == texts.voted_up
    assert await both.ask(cast) == [[True, '["kpo-definition"]']]
    assert "✓" in labels(answer, "u:")[0]
    both.deliver_to(both.a)
    assert await voted(both, answer, "d:") == texts.voted_down
    assert await both.ask(cast) == [[False, '["kpo-definition"]']]
    assert "✓" not in labels(answer, "u:")[0] and "✓" in labels(answer, "d:")[0]
    assert chat.from_bot[1]["text"].strip() == texts.meant.strip()


async def test_the_same_vote_again_is_the_same_on_either_replica(both: Cluster, knowledge: Knowledge) -> None:
    chat = both.chat()
    both.deliver_to(both.a)
    answer = await ask(chat, "מה זה KPO?")
    assert await voted(both, answer, "d:") == knowledge.texts.voted_down
    both.deliver_to(both.b)
    assert await voted(both, answer, "d:") == knowledge.texts.vote_kept
    assert len(chat.from_bot) == 2, "asked once what was meant"


async def test_what_one_replica_forgets_the_other_does_not_know(both: Cluster, knowledge: Knowledge) -> None:
    chat, leaning = both.chat(), "ומה היתרונות שלו?"
    unknown = await ask(both.chat(), leaning)
    for replica, question in ((both.a, "מה זה KPO?"), (both.b, "מה זה BPO?")):  # each has it in its memory
        both.deliver_to(replica)
        await ask(chat, question)
        await both.settled()
    both.deliver_to(both.a)
    assert knowledge.texts.forgotten.strip() in (await ask(chat, "/forget"))["text"]
    await both.settled()
    person = Keys(TOKEN.get_secret_value().encode()).person(chat.number)
    for table in ("contexts", "interactions", "votes"):
        assert await both.ask(f"SELECT count(*) FROM {table} WHERE person = '{person}'") == [[0]], table
    both.deliver_to(both.b)
    assert (await ask(chat, leaning))["text"] == unknown["text"], "to B it is somebody new as well"


# --- each update once ------------------------------------------------------------------------------------------------


async def test_an_update_that_one_replica_handled_the_other_does_not(both: Cluster) -> None:
    chat, before = both.chat(), await both.b.handled()
    both.deliver_to(both.a)
    await ask(chat, "מה זה KPO?")
    await both.settled()
    both.deliver_to(both.b)
    both.api.deliver(both.api.updates[both.api.last_update])
    await both.api.until(lambda: not both.api.unconfirmed, timeout=SOON_S)
    assert await both.b.handled() == before and len(chat.from_bot) == 1


# --- nginx -----------------------------------------------------------------------------------------------------------


async def test_nginx_passes_the_webhook_and_nothing_else(both: Cluster) -> None:
    async with ClientSession() as session:

        async def status(method: str, path: str, **more: Any) -> int:
            async with session.request(method, both.nginx_url + path, **more) as response:
                return response.status

        assert await status("GET", "/up") == 200
        for path in ("/metrics", "/healthz", "/", PATH + "/", PATH + "/../metrics", "/%6detrics"):
            assert await status("GET", path) == await status("POST", path) == 404, path
        assert await status("GET", PATH) == 405
        update = {"update_id": 0}
        assert await status("POST", PATH, json=update) == 403, "without the secret"
        assert await status("POST", PATH, json=update, headers={HEADER: SECRET}) == 200
        assert await status("POST", PATH, data=b" " * (1024 * 1024 + 1), headers={HEADER: SECRET}) == 413


# --- the database goes -----------------------------------------------------------------------------------------------


async def test_without_the_database_it_answers_and_catches_up_afterwards(both: Cluster) -> None:
    chats = [both.chat() for _ in range(10)]

    async def written() -> int:
        return int(str((await both.ask("SELECT count(*) FROM interactions"))[0][0]))

    async def all_ask(question: str, answer: str) -> None:
        got = await asyncio.gather(*(ask(chat, question) for chat in chats))
        assert all(answer in one["text"] for one in got)

    await both.settled()
    before = await written()
    await all_ask("מה זה KPO?", "ניסיון")
    both.deliver_to(both.a)
    follower = both.chat()
    await ask(follower, "מה זה KPO?")
    await asyncio.to_thread(both.server.stop)
    try:
        assert ADVANTAGES in (await ask(follower, "ומה היתרונות שלו?"))["text"], "A remembers by itself"
        both.deliver_to(None)
        for question, answer in list(QUESTIONS.items())[1:]:
            await all_ask(question, answer)
            assert await both.a.is_healthy() and await both.b.is_healthy()
        await both.api.until(lambda: not both.api.unconfirmed, timeout=SOON_S)
    finally:
        await asyncio.to_thread(both.server.start)

    async def caught_up() -> bool:
        return await written() >= before + 32

    await eventually(caught_up)
    both.deliver_to(both.b)
    await ask(follower, "מה זה BPO?")
    await both.settled()
    assert await written() == before + 33, "each once"
    assert all("Traceback" not in replica.log.read_text() for replica in (both.a, both.b))
