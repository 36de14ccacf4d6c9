"""Changed knowledge files on disk: all of them or none, and never over what somebody else wrote meanwhile."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import bot
from bot.files import fill, half_of, sweep, write_whole
from bot.knowledge import KnowledgeError, read_folder


class WritingError(Exception):
    """Files that cannot be written: one line that says why, and what to do."""


class ChangedMeanwhile(Exception):
    """Knowledge that is not what was read before. Nothing was written."""


def why_not(folder: Path) -> str | None:
    """Why the knowledge in a folder cannot be edited, and what to do; None if it can."""
    shipped = Path(bot.__file__).parent / "_knowledge"
    if folder.resolve() == shipped.resolve():
        return (
            "this is the knowledge inside the installed package, which the next update replaces; "
            f"make a copy of your own with: cp -r '{shipped}' knowledge   and set KPO_KNOWLEDGE=knowledge"
        )
    places = [folder, *(folder / name for name in ("phrasings", "follow-ups", "off-domain.txt"))]
    for place in places:
        if place.exists() and not os.access(place, os.W_OK):
            return f"{place}: cannot be written to; get the right to, or set KPO_KNOWLEDGE to a copy of your own"
    return None


def write(folder: Path, changes: Mapping[str, str], before: Mapping[str, bytes]) -> None:
    """Write the changed files, in their order. `before`: what `read_folder` gave when the changes were made.

    Raises ChangedMeanwhile if that is not what the folder holds, and WritingError. Whatever is raised, an interruption by the
    keyboard too, the files are as they were; a killed process leaves the files that were renamed until then.
    """
    targets = {name: (folder / name).resolve() for name in changes}
    originals = {name: path.read_bytes() if path.exists() else None for name, path in targets.items()}
    halves: dict[str, Path] = {}
    try:
        sweep(path.parent for path in targets.values())
        for name, path in targets.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            halves[name] = half_of(path)
            fill(halves[name], changes[name].encode("utf-8"), path)
        _same(folder, before)
        _swap(targets, halves, originals)
    except OSError as error:
        where = error.filename or folder
        raise WritingError(f"{where}: cannot be written: {error.strerror or error}; nothing was changed") from error
    finally:
        for half in halves.values():
            with suppress(OSError):
                half.unlink(missing_ok=True)


def _same(folder: Path, before: Mapping[str, bytes]) -> None:
    try:
        now = read_folder(folder)
    except KnowledgeError as error:
        raise WritingError(str(error)) from error
    if now != before:
        raise ChangedMeanwhile


def _swap(targets: Mapping[str, Path], halves: Mapping[str, Path], originals: Mapping[str, bytes | None]) -> None:
    """Rename all the new files over the old ones; if that is broken off, put the old ones back."""
    begun: list[str] = []
    try:
        for name, path in targets.items():
            begun.append(name)
            os.replace(halves[name], path)
        for parent in {path.parent for path in targets.values()}:
            _sync(parent)
    except BaseException:
        for name in reversed(begun):
            _put_back(targets[name], originals[name])
        raise


def _put_back(path: Path, original: bytes | None) -> None:
    if original is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes() != original:
        write_whole(path, original)


def _sync(folder: Path) -> None:
    """Make the new names last through a power cut, where the system lets folders be synchronised."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
