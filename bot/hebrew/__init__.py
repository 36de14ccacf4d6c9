"""Hebrew text: normalising it, and what its letters and its keyboard are like. Pure, `str -> str`."""
