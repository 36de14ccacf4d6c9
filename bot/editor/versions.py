"""Another version of the knowledge, to compare with: a folder, or a revision of the repository that holds this one."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.editor.asking import shown

# Within a git hook, these name the repository, and git would take the folder for its top.
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX")


class VersionError(Exception):
    """One line that says why there is no such version."""


@contextmanager
def version(name: str, folder: Path) -> Iterator[Path]:
    """The folder with another version of the knowledge in `folder`: that of this name, else what stood in its place in a git
    revision, for as long as it is needed. Raises VersionError."""
    told = shown(name)
    if not told:
        raise VersionError("the version to compare with has an empty name; name a folder or a git revision")
    if _is_folder(name):
        yield Path(name)
        return
    with tempfile.TemporaryDirectory(prefix="kpo-") as place:
        try:
            with tarfile.open(fileobj=io.BytesIO(_archived(name, folder))) as archive:
                archive.extractall(place, filter="data")
        except (tarfile.TarError, OSError) as error:
            # As with links that lead out of the folder.
            raise VersionError(f"{told}: cannot be unpacked: {error}") from error
        yield Path(place)


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):  # too long for a path, or with a NUL in it
        return False


def _archived(name: str, folder: Path) -> bytes:
    told = shown(name)
    if name.startswith("-") or "\0" in name:
        raise VersionError(f"{told}: is neither a folder nor a git revision")
    try:
        prefix = _git(folder, "rev-parse", "--show-prefix").decode("utf-8", "replace").strip()
    except FileNotFoundError:
        raise VersionError(f"{told}: there is no such folder, and git, which would know revisions, is not installed") from None
    except (subprocess.CalledProcessError, OSError) as error:
        raise VersionError(
            f"{told}: there is no such folder, nor a git repository around {folder} ({_why(error)}); "
            "let KPO_KNOWLEDGE name the folder in a checkout"
        ) from None
    try:
        revision = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").decode().strip()
    except (subprocess.CalledProcessError, OSError) as error:
        raise VersionError(
            f"{told}: is neither a folder nor a git revision here ({_why(error)}); one of another place must be fetched first"
        ) from None
    try:
        # In a folder below the top, this gives that folder alone.
        return _git(folder, "archive", "--format=tar", revision)
    except (subprocess.CalledProcessError, OSError) as error:
        raise VersionError(
            f"{told}: has nothing in {prefix or folder} ({_why(error)}); is KPO_KNOWLEDGE a folder of it?"
        ) from None


def _why(error: subprocess.CalledProcessError | OSError) -> str:
    """What git says of it, on one line."""
    if isinstance(error, OSError):
        return str(error)
    lines = error.stderr.decode("utf-8", "replace").strip().splitlines()
    return shown(lines[0]) if lines else "git knows of none"


def _git(folder: Path, *arguments: str) -> bytes:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    # The messages in English, whatever the locale, as all that the commands say.
    environment |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, check=True, env=environment, stdin=subprocess.DEVNULL).stdout
