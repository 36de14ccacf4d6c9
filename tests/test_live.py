"""Knowledge that changes on disk while the bot answers."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bot.conversation import Context, Responder
from bot.knowledge import load
from bot.live import LiveKnowledge, State
from bot.matcher import index
from bot.matcher.matcher import Matcher
from tests.conftest import KNOWLEDGE


@pytest.fixture
async def live(tmp_path: Path, matcher: Matcher) -> AsyncIterator[LiveKnowledge]:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    yield LiveKnowledge(Responder(load(folder), matcher))


def change(live: LiveKnowledge, name: str, edit: Callable[[str], str]) -> None:
    file = live.responder.knowledge.folder / name
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")


def answer(live: LiveKnowledge, text: str) -> str:
    return live.responder.reply(text, Context())[0].text


async def test_a_changed_answer_is_taken_over(live: LiveKnowledge) -> None:
    change(live, "basics.yaml", lambda text: re.sub(r"(answer: \|\n\s+)", r"\1בדיקה חיה. ", text, count=1))
    assert "בדיקה חיה" not in answer(live, "מה זה KPO?")
    await live.refresh()
    assert live.state is State.READY
    assert "בדיקה חיה" in answer(live, live.responder.knowledge.entries["kpo-definition"].title)


async def test_mistakes_are_told_and_the_old_goes_on_answering(live: LiveKnowledge) -> None:
    before = answer(live, "מה זה KPO?")
    change(live, "basics.yaml", lambda text: text.replace("kind: answer", "kind: nonsense", 1))
    await live.refresh()
    assert live.state is State.INVALID and "basics.yaml" in live.problems[0]
    assert answer(live, "מה זה KPO?") == before
    change(live, "basics.yaml", lambda text: text.replace("kind: nonsense", "kind: answer", 1))
    await live.refresh()
    assert live.state is State.READY and live.problems == ()


async def test_what_did_not_change_is_left_alone(live: LiveKnowledge) -> None:
    responder = live.responder
    await live.refresh()
    assert live.responder is responder
    assert (await live.phrasings())["kpo-definition"]


async def test_it_follows_by_itself_and_tells(tmp_path: Path, live: LiveKnowledge) -> None:
    changed = asyncio.Event()
    following = LiveKnowledge(live.responder, changed.set)
    task = asyncio.create_task(following.follow(every_s=0.01))
    change(live, "bot/texts.yaml", lambda text: text.replace("menu_button: ", "menu_button: עוד ", 1))
    async with asyncio.timeout(20):
        while following.responder is live.responder:
            await changed.wait()
            changed.clear()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert following.responder.knowledge.texts.menu_button.startswith("עוד ")


async def test_what_has_to_be_learned_is_learned_in_another_process(
    live: LiveKnowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = live.responder.knowledge.folder
    for name in ("phrasings", "follow-ups"):
        shutil.rmtree(folder / name)
    monkeypatch.setattr(index, "learned", None)  # in this one it would fail
    await live.refresh()
    assert live.state is State.READY, live.problems
    assert answer(live, "מה זה KPO?")
