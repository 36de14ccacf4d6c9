"""Another version of the knowledge, to compare with: a folder, or a revision of the repository that holds this one."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class VersionError(Exception):
    """One line that says why there is no such version."""


@contextmanager
def version(name: str, folder: Path) -> Iterator[Path]:
    """The folder with another version of the knowledge in `folder`: that of this name, else what stood in its place in a git
    revision, for as long as it is needed. Raises VersionError."""
    if Path(name).is_dir():
        yield Path(name)
        return
    with tempfile.TemporaryDirectory(prefix="kpo-") as place:
        try:
            with tarfile.open(fileobj=io.BytesIO(_archived(name, folder))) as archive:
                archive.extractall(place, filter="data")
        except tarfile.TarError as error:
            raise VersionError(f"{name}: cannot be unpacked: {error}") from error
        yield Path(place)


def _archived(name: str, folder: Path) -> bytes:
    if name.startswith("-"):
        raise VersionError(f"{name}: is neither a folder nor a git revision")
    try:
        revision = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip().decode()
        # In a folder below the top, this gives that folder alone.
        return _git(folder, "archive", "--format=tar", revision)
    except FileNotFoundError:
        raise VersionError(f"{name}: there is no such folder, and git, which would know revisions, is not installed") from None
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode("utf-8", "replace").strip().splitlines()
        why = told[0] if told else "no such revision"
        raise VersionError(f"{name}: is neither a folder nor a git revision of {folder} ({why})") from None


def _git(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True).stdout
