"""A matcher from a knowledge base: learned, or loaded as it was learned before."""

from __future__ import annotations

import io
import logging
import os
import zipfile
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from bot.files import sweep, write_whole
from bot.knowledge import Knowledge, load_examples
from bot.matcher.exact import ExactPhrasings
from bot.matcher.matcher import Matcher
from bot.matcher.network import Network
from bot.matcher.training import learned, matcher_of, reader_for

log = logging.getLogger(__name__)

MOST_KEPT = 4
# Nobody writes a file for so long.
_ABANDONED_S = 3600
# Raise it when the code learns something else from the same knowledge, so that what was learned before is not used.
_FORMAT = 16


def matcher_for(knowledge: Knowledge, keeps: bool = True) -> Matcher:
    """The matcher for a knowledge base: what was learned from this very content before, if there is such, else learned now
    and kept for the next start, unless it `keeps` nothing. Raises KnowledgeError if the phrasings have mistakes."""
    for path in _places(knowledge):
        try:
            matcher = restored(knowledge, path.read_bytes())
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            log.warning("learning again: %s cannot be read (%s)", path, error)
            continue
        _mark_as_used(path)
        return matcher
    matcher = learned(knowledge, load_examples(knowledge))
    if keeps:
        keep(matcher, knowledge)
    return matcher


def _mark_as_used(path: Path) -> None:
    """What was used last is the last to make room for others. What came with the knowledge stays anyway, and whoever follows
    the knowledge would take it for changed."""
    if path.parent == _cache():
        with suppress(OSError):
            os.utime(path)


def keep(matcher: Matcher, knowledge: Knowledge) -> None:
    """Keep what was learned from a knowledge base on this machine, if that can be."""
    try:
        store(matcher, _places(knowledge)[-1])
    except OSError as error:
        log.warning("what was learned is not kept: %s", error)


def is_learned(knowledge: Knowledge) -> bool:
    """Whether this very content was learned before, so that its matcher is there in a moment."""
    return any(path.exists() for path in _places(knowledge))


def _places(knowledge: Knowledge) -> tuple[Path, Path]:
    """Where what was learned may be: as it came with the knowledge, and as it was kept on this machine."""
    name = file_name(knowledge)
    return knowledge.folder / ".learned" / name, _cache() / name


def _cache() -> Path:
    return user_cache_path("kpo-bot")


def file_name(knowledge: Knowledge) -> str:
    """What the file with the matcher for this very content is called."""
    return f"matcher-{_FORMAT}-{knowledge.digest[:32]}.zip"


def store(matcher: Matcher, path: Path) -> None:
    """Keep what was learned in a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep([path.parent], _ABANDONED_S)
    write_whole(path, stored(matcher))
    # What was learned from content that has changed since takes room.
    kept = sorted(path.parent.glob("matcher-*.zip"), key=lambda other: other.stat().st_mtime, reverse=True)
    for old in kept[MOST_KEPT:]:
        old.unlink(missing_ok=True)


def stored(matcher: Matcher) -> bytes:
    """What was learned, as one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("network.npz", matcher.ranker.network.to_bytes())
        archive.writestr("vocabulary.txt", "\n".join(matcher.reader.vocabulary))
        archive.writestr("foreign.txt", "\n".join(sorted(matcher.reader.foreign)))
        archive.writestr("spelling.npz", matcher.reader.speller.to_bytes())
        archive.writestr("exact.npz", matcher.ranker.exact.to_bytes())
    return file.getvalue()


def restored(knowledge: Knowledge, data: bytes) -> Matcher:
    """The matcher that `stored` wrote from the same knowledge."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        spelling = archive.read("spelling.npz")
        vocabulary, foreign = (archive.read(f"{name}.txt").decode().splitlines() for name in ("vocabulary", "foreign"))
        network = Network.from_bytes(archive.read("network.npz"))
        exact = ExactPhrasings.from_bytes(archive.read("exact.npz"))
    return matcher_of(knowledge, reader_for(knowledge, vocabulary, foreign, spelling), network, exact)
