"""Advice to an editor: what makes matching worse, though it is no mistake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing worth looking at: where it is, what is wrong and the way out."""

    file: str
    text: str
    line: int = 0
    """Counted from 1; 0 where it is about the whole file, or about no one place in it."""

    def __str__(self) -> str:
        where = f"{self.file}: line {self.line}" if self.line else self.file
        return " ".join(f"{where}: {self.text}".split())  # one line, whatever it quotes


@dataclass(frozen=True, slots=True)
class Kind:
    """Advice of one kind, under its heading; the most useful first."""

    heading: str
    advice: tuple[Advice, ...]

    def lines(self, most: int | None = MOST_SHOWN) -> list[str]:
        """The heading and the advice, a line each. `most`: how much of it; all where None."""
        shown = self.advice[:most]
        lines = [f"{self.heading} ({len(self.advice)}):", *(f"  {advice}" for advice in shown)]
        if left := len(self.advice) - len(shown):
            lines.append(f"  and {left} more; --all shows them")
        return lines


def report(kinds: Iterable[Kind], most: int | None = MOST_SHOWN) -> str:
    """The kinds as text, an empty line after each; empty where there are none."""
    return "".join("\n".join([*kind.lines(most), "", ""]) for kind in kinds)
