"""Files written whole or not at all: the new content goes to a hidden file beside the target, and is renamed over it."""

from __future__ import annotations

import os
import stat
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# No loader reads them, and they are told from what text editors leave behind.
_SUFFIX = ".kpo-half"


def write_whole(target: Path, content: bytes, private: bool = False) -> None:
    """Write a file, or leave what was there as it is; what a link leads to, not the link. `private`: only its owner may read
    it; otherwise it keeps its mode and owner. Raises OSError."""
    target = target.resolve()
    half = half_of(target)
    try:
        fill(half, content, target, private)
        os.replace(half, target)
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def half_of(target: Path) -> Path:
    """A hidden file beside another one, which is not there yet."""
    return target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}{_SUFFIX}"


def fill(half: Path, content: bytes, target: Path, private: bool = False) -> None:
    """Make a file that can take its target's place, on the disk for good. Raises OSError."""
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666), "wb") as file:
        if not private and target.exists():
            status = target.stat()
            with suppress(OSError, AttributeError):  # only root may give files away, and some systems know no owners
                os.chown(half, status.st_uid, status.st_gid)
            os.chmod(half, stat.S_IMODE(status.st_mode))
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if half.read_bytes() != content:
        raise OSError(f"{half} does not hold what was written")


def sweep(folders: Iterable[Path], older_s: float = 0) -> None:
    """Take out what killed processes left behind. `older_s`: only what is so many seconds old, where others may be writing.
    Raises OSError."""
    for folder in set(folders):
        for half in folder.glob(f".*{_SUFFIX}"):
            with suppress(FileNotFoundError):
                if time.time() - half.stat().st_mtime >= older_s:
                    half.unlink()
