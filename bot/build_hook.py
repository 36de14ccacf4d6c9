"""Learns the matcher while the wheel is built, so that an installed bot need not."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LearnHook(BuildHookInterface):  # type: ignore[misc]  # hatchling is there only while building
    """Puts what was learned beside the knowledge in the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        from bot.knowledge import load, load_examples
        from bot.matcher.index import file_name, store
        from bot.matcher.training import learned

        knowledge = load(Path(self.root) / "knowledge")
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / file_name(knowledge)
        store(learned(knowledge, load_examples(knowledge)), path)
        build_data["force_include"][str(path)] = f"bot/_knowledge/.learned/{path.name}"
