"""A PostgreSQL server of one's own, thrown away after use: `with postgres() as server: ... server.database()`."""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

USER = "kpo"
STARTS_IN_S = 60


def programs() -> Path | None:
    """The folder of initdb and postgres, the newest version; None where PostgreSQL is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    found = shutil.which("initdb")
    folders = [*debian, *([Path(found).resolve().parent] if found else [])]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def is_there() -> bool:
    """Whether this machine has all that `postgres` needs."""
    return programs() is not None and find_spec("asyncpg") is not None


class Server:
    """One server on a port of its own, on this machine only, that trusts everybody. It may forget when the power fails, and
    else, killed or not, never."""

    def __init__(self, folder: Path) -> None:
        found = programs()
        assert found is not None, "ask is_there() first"
        self._programs, self._data = found, folder / "data"
        self._as: list[str] = []
        if os.geteuid() == 0:  # the programs refuse to run as root
            name = next(name for name in ("postgres", "nobody") if _has_user(name))
            person = pwd.getpwnam(name)
            os.chown(folder, person.pw_uid, person.pw_gid)
            self._as = ["setpriv", f"--reuid={person.pw_uid}", f"--regid={person.pw_gid}", "--clear-groups"]
        self._folder = folder
        self._run("initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._programs / program), *arguments]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, timeout=STARTS_IN_S)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "max_connections": "60",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        # Where the tests are killed, it ends as well.
        bound = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
        command = [*(self._as or bound[:1]), *bound[1:], str(self._programs / "postgres"), "-D", str(self._data), *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + STARTS_IN_S
        ready = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, timeout=STARTS_IN_S).returncode != 0:
            assert self._process.poll() is None and time.monotonic() < until, (self._folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """Kill it: everybody's connections are cut at once, and nothing is put in order."""
        if self._process is not None:
            self._signal(signal.SIGCONT)
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(STARTS_IN_S)
            self._process = None

    def freeze(self) -> None:
        """Let it say nothing any more, without cutting any connection."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        """To the server and its children, each of which is a session of its own."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in (self._process.pid, *map(int, children)):
            os.kill(pid, number)

    def database(self) -> str:
        """The address of a new, empty database."""
        self._databases += 1
        name = f"kpo{self._databases}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-T", "template0", name)
        return f"postgresql://{USER}:a-password@127.0.0.1:{self.port}/{name}"


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def postgres() -> Iterator[Server]:
    """A server that runs, and is gone afterwards."""
    # Not pytest's own folder, which nobody but its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="kpo-postgres-"))
    try:
        server = Server(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def execute(url: str, *statements: str) -> list[list[object]]:
    """Ask a database something, past the bot. Gives the rows of the last statement."""
    import asyncpg

    connection = await asyncio.wait_for(asyncpg.connect(url), STARTS_IN_S)
    try:
        rows: list[list[object]] = []
        for statement in statements:
            rows = [list(row) for row in await connection.fetch(statement)]
        return rows
    finally:
        await connection.close()
