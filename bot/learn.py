"""Learn a knowledge folder in a process of its own, and keep what was learned where `matcher_for` finds it:

    python -m bot.learn FOLDER

Learning takes seconds of a core and a hundred megabytes; a bot that answers meanwhile must neither wait nor grow.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

from bot.knowledge import KnowledgeError, load
from bot.matcher.index import matcher_for

# Whoever waits for an answer comes first.
_NICENESS = 10


async def learn_elsewhere(folder: Path) -> bool:
    """Learn in another process. Whether that went well; if not, whoever needs the matcher learns it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.learn", str(folder), stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        return await process.wait() == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()


def _main(folder: Path) -> int:
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        matcher_for(load(folder))
    except KnowledgeError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1])))
