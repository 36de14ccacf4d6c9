"""What somebody may have meant who wrote a name that is none."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of some names that is most like this one; None where none is much like it."""
    return next(iter(difflib.get_close_matches(name, list(names), 1)), None)
