"""What compose.yaml starts, as plain processes: two replicas of the bot behind nginx, over one PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.preview.botapi import BotAPI
from bot.preview.people import Chat
from tests.conftest import needed
from tests.postgres import Server, execute
from tests.telegram.conftest import TOKEN, free_port, served
from tests.telegram.delivery import delivering
from tests.telegram.test_run import kpo_bot_run

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-that-nobody-may-see"
PATH = "/telegram"
SOON_S = 60.0


def nginx() -> str:
    """The program."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    needed(found is not None, "nginx (apt-get install nginx-light)")
    assert found
    return found


def configuration(folder: Path, port: int, replicas: list[int]) -> Path:
    """.docker/nginx.conf for this machine: only where it listens, where the replicas are, and where it may write differ."""
    text = (ROOT / ".docker/nginx.conf").read_text()
    servers = "\n".join(f"server 127.0.0.1:{replica}\\1;" for replica in replicas)
    for here, there in {
        r"/tmp/": f"{folder}/",
        r"\blisten 8080;": f"listen 127.0.0.1:{port};",
        # One name for all of them, looked up as they come and go, is Docker's, and for nginx 1.27.3 and later.
        r"\bserver bot:8080 resolve( .*)?;": servers,
    }.items():
        text, times = re.subn(here, there, text)
        assert times, f"{here} is no longer in nginx.conf"
    file = folder / "nginx.conf"
    file.write_text(text)
    return file


def command(folder: Path, file: Path, *more: str) -> list[str]:
    """How nginx is run, in a folder of its own."""
    user = "user root; " if os.geteuid() == 0 else ""  # else it gives its workers to somebody who may not enter the folder
    return [nginx(), "-p", str(folder), "-c", str(file), "-g", f"{user}daemon off;", *more]


class Replica:
    """One of the bots, a process of its own."""

    def __init__(self, api: str, log: Path, settings: dict[str, str]) -> None:
        self.port = free_port()
        self.log = log
        self.url = f"http://127.0.0.1:{self.port}"
        self._api = api
        self._settings = settings | {"KPO_LISTEN": f"127.0.0.1:{self.port}"}
        self._life = AsyncExitStack()
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it."""
        self._process = await self._life.enter_async_context(kpo_bot_run(self._api, TOKEN, self.log, **self._settings))

    async def kill(self) -> None:
        """SIGKILL."""
        await self._life.aclose()

    async def get(self, path: str) -> tuple[int, str]:
        """What it serves."""
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as response:
            return response.status, await response.text()

    @property
    def runs(self) -> bool:
        """Whether it was started and is there."""
        return self._process is not None and self._process.returncode is None

    async def is_healthy(self) -> bool:
        """Whether it says so."""
        assert self.runs, self.log.read_text()
        try:
            return (await self.get("/healthz"))[0] == 200
        except aiohttp.ClientConnectionError:
            return False

    async def handled(self) -> int:
        """How many updates it handled since it was started."""
        counted = re.findall(r'^kpo_updates_total\{outcome="handled"\} (.*)$', (await self.get("/metrics"))[1], re.MULTILINE)
        return int(sum(map(float, counted)))


class Cluster:
    """Two replicas, A and B, nginx, and the people on the other side."""

    def __init__(self, api: Recording, address: str, server: Server, folder: Path) -> None:
        self.api = api
        self.server = server
        self.database = server.database()
        port = free_port()
        self.nginx_url = f"http://127.0.0.1:{port}"
        settings = {
            "KPO_WEBHOOK_URL": self.nginx_url + PATH,
            "KPO_WEBHOOK_SECRET": SECRET,
            "KPO_DATABASE_URL": self.database,
        }
        self.a, self.b = (Replica(address, folder / f"{name}.log", settings) for name in "ab")
        self.configuration = configuration(folder, port, [self.a.port, self.b.port])

    async def up(self) -> None:
        """Have both run, and Telegram deliver to nginx."""
        await asyncio.gather(*(replica.start() for replica in (self.a, self.b) if not replica.runs))
        for replica in (self.a, self.b):
            await eventually(replica.is_healthy)
        self.api.fault = None
        self.deliver_to(None)

    def deliver_to(self, replica: Replica | None) -> None:
        """From now on Telegram delivers to this replica alone; None: to nginx, as it was told."""
        self.api.webhook = (self.api.webhook or {}) | {"url": (replica.url if replica else self.nginx_url) + PATH}

    def chat(self) -> Chat:
        """A chat with somebody who has not written before."""
        return self.api.chat(max(self.api.chats, default=0) + 1)

    async def ask(self, *statements: str) -> list[list[object]]:
        """Ask the database, past the bot."""
        return await execute(self.database, *statements)

    async def settled(self) -> None:
        """Wait until all that was delivered is confirmed, and what the replicas remember of it is written down."""
        await self.api.until(lambda: not self.api.unconfirmed, timeout=SOON_S)

        async def written() -> bool:
            return (await self.ask(f"SELECT count(*) FROM handled WHERE update_id = {self.api.last_update}"))[0][0] == 1

        await eventually(written)


@asynccontextmanager
async def cluster(server: Server, folder: Path) -> AsyncIterator[Cluster]:
    """The set, answering."""
    api = Recording(TOKEN)
    runner, address = await served(api)
    whole = Cluster(api, address, server, folder)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        for replica in (whole.a, whole.b):
            stack.push_async_callback(replica.kill)
        with (folder / "nginx.log").open("wb") as log:
            proxy = await asyncio.create_subprocess_exec(*command(folder, whole.configuration), stdout=log, stderr=log)
        stack.push_async_callback(_stopped, proxy)
        await whole.up()
        await stack.enter_async_context(delivering(api))
        yield whole


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()


class Recording(BotAPI):
    """A Bot API that keeps every update, so that it can be delivered again."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.last_update = 0
        self.updates: dict[int, dict[str, Any]] = {}

    def deliver(self, update: dict[str, Any]) -> None:
        self.last_update = int(update["update_id"])
        self.updates[self.last_update] = update
        super().deliver(update)


async def eventually(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(SOON_S):
        while not await is_so():
            await asyncio.sleep(0.05)
