"""What was chosen in the dialogue of `kpo-bot teach` and is not written yet, kept from one time to the next."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from platformdirs import user_state_path

from bot.editor.lessons import Lesson
from bot.files import write_whole

KEPT_DAYS = 30
"""Older choices are forgotten: what people wrote is not kept for longer than it is of use."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """The choices for one knowledge folder, in a file that only its owner may read."""

    file: Path

    @classmethod
    def of(cls, folder: Path) -> Unwritten:
        """That of a folder, in the user's own folder for such things."""
        name = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return cls(user_state_path("kpo-bot") / f"chosen-{name}.json")

    def read(self) -> list[Lesson]:
        """What was kept; none where there is nothing of use."""
        try:
            if time.time() - self.file.stat().st_mtime > KEPT_DAYS * 86_400:
                self.keep([])
                return []
            return [Lesson(str(topic), str(text), before) for topic, text, before in json.loads(self.file.read_bytes())]
        except (OSError, ValueError, TypeError):
            return []

    def keep(self, lessons: Iterable[Lesson]) -> None:
        """Keep these instead of those before. What cannot be kept is not worth breaking off for."""
        with suppress(OSError):
            if rows := [astuple(lesson) for lesson in lessons]:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self.file, json.dumps(rows).encode("ascii"), private=True)
            else:
                self.file.unlink(missing_ok=True)
