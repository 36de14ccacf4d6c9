"""Writes that wait for the database: by kind and key, the latest one only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Literal

Kind = Literal["handled", "contexts", "votes", "interactions", "parked"]
Row = dict[str, Any]
"""A row by column; one of "parked" with None for "update_json" is to be deleted."""

KINDS: tuple[Kind, ...] = ("handled", "contexts", "votes", "interactions", "parked")
# What is given up first where there is no more room.
_DISPENSABLE: tuple[Kind, ...] = ("interactions", "contexts", "votes", "handled", "parked")


class Pending:
    """Rows to be written, each kind in the order in which it came."""

    def __init__(self) -> None:
        self._rows: dict[Kind, OrderedDict[Any, Row]] = {kind: OrderedDict() for kind in KINDS}

    def __len__(self) -> int:
        return sum(map(len, self._rows.values()))

    def __iter__(self) -> Iterator[tuple[Kind, Any]]:
        return ((kind, key) for kind in KINDS for key in list(self._rows[kind]))

    def rows(self, kind: Kind) -> OrderedDict[Any, Row]:
        """The rows of a kind, by key."""
        return self._rows[kind]

    def put(self, kind: Kind, key: Any, row: Row) -> None:
        """Add a row, in place of one with the same key."""
        self._rows[kind][key] = row
        self._rows[kind].move_to_end(key)

    def take(self, most: int) -> Pending:
        """The oldest rows of each kind, up to so many in all; they are no longer in here."""
        taken = Pending()
        for kind in KINDS:
            for _ in range(min(most - len(taken), len(self._rows[kind]))):
                key, row = self._rows[kind].popitem(last=False)
                taken.put(kind, key, row)
        return taken

    def put_back(self, taken: Pending) -> None:
        """Add rows that were taken before those that are in here came; a later one with the same key stays."""
        for kind in KINDS:
            for key, row in reversed(taken._rows[kind].items()):
                if key not in self._rows[kind]:
                    self._rows[kind][key] = row
                    self._rows[kind].move_to_end(key, last=False)

    def discard(self, kind: Kind, key: Any) -> None:
        """Remove a row, if it is here."""
        self._rows[kind].pop(key, None)

    def discard_where(self, is_meant: Callable[[Kind, Any, Row], bool]) -> None:
        """Remove all rows that are meant."""
        for kind, key in self:
            if is_meant(kind, key, self._rows[kind][key]):
                self.discard(kind, key)

    def drop_oldest(self) -> tuple[Kind, Any] | None:
        """Remove the row that can best be done without: the oldest interaction, as long as there is one."""
        for kind in _DISPENSABLE:
            if self._rows[kind]:
                return kind, self._rows[kind].popitem(last=False)[0]
        return None

    def halves(self) -> tuple[Pending, Pending]:
        """The same rows in two halves."""
        second = Pending()
        for kind in KINDS:
            for key, row in self._rows[kind].items():
                second.put(kind, key, row)
        first = second.take(len(second) // 2)
        return first, second
