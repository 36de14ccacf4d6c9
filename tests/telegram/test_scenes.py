"""The scenes of the preview, against `kpo-bot run` and the loopback Bot API."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from bot.preview.botapi import BotAPI
from bot.preview.people import Chat
from tests.playthrough import SCENES, Player
from tests.telegram.conftest import TOKEN, served
from tests.telegram.talk import Message, buttons
from tests.telegram.test_run import kpo_bot_run

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("matcher")]


class LoopbackPlayer:
    """Plays a person through the loopback Bot API."""

    def __init__(self, api: BotAPI, chat: Chat) -> None:
        self.api, self.chat = api, chat
        self.results: list[Message] = []

    async def write(self, text: str) -> None:
        self.chat.write(text)
        await self._until(lambda: self.chat.messages[-1]["from"]["is_bot"])

    async def edit(self, text: str) -> None:
        self.chat.edit(next(m for m in reversed(self.chat.messages) if not m["from"]["is_bot"]), text)

    async def press(self, label: str) -> None:
        await self._until(lambda: self._with(label) is not None)
        message = self._with(label)
        assert message
        button = next(b for b in buttons(message) if b["text"].removeprefix("\u200f") == label)
        self.chat.press_data(message, button["callback_data"])
        await self._until(lambda: all(self.api.answered.values()) and self.api.unconfirmed == 0)

    async def search(self, query: str) -> list[str]:
        number = self.chat.search(query)
        await self._until(lambda: number in self.api.results)
        self.results = self.api.results[number]["results"]
        return [result["title"] for result in self.results]

    async def pick(self, title: str) -> None:
        self.chat.choose(next(result for result in self.results if result["title"] == title))

    async def see(self, text: str) -> None:
        await self._until(lambda: text in self.chat.messages[-1]["text"])

    async def see_button(self, label: str) -> None:
        await self._until(lambda: self._with(label) is not None)

    def _with(self, label: str) -> Message | None:
        found = (m for m in reversed(self.chat.messages) if any(b["text"].removeprefix("\u200f") == label for b in buttons(m)))
        return next(found, None)

    async def _until(self, condition: Callable[[], bool]) -> None:
        await self.api.until(condition, timeout=20)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ran(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotAPI]:
    """A Bot API that `kpo-bot run` polls, a process of its own."""
    api = BotAPI(TOKEN)
    runner, address = await served(api)
    log: Path = tmp_path_factory.mktemp("run") / "log"
    async with kpo_bot_run(address, TOKEN, log):
        yield api
    await runner.cleanup()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_scene(ran: BotAPI, scene: Callable[[Player], Awaitable[None]]) -> None:
    await scene(LoopbackPlayer(ran, ran.chat(1 + SCENES.index(scene))))
