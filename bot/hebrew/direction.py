"""Which way a line reads: programs go by its first letter that has a direction."""

from __future__ import annotations

import unicodedata


def reads_left_to_right(line: str) -> bool:
    """Whether a line would be shown left-to-right, as one that begins with a Latin word is.

    >>> reads_left_to_right("KPO הוא"), reads_left_to_right("• מה זה KPO"), reads_left_to_right("17.5")
    (True, False, False)
    """
    directions = (unicodedata.bidirectional(letter) for letter in line)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "R") == "L"
