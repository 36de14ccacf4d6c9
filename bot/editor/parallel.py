"""Work on many things by all processors, where that is easy and worth it."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

LEAST_EACH = 1_000
"""Fewer things than this for each process are not worth one."""

T = TypeVar("T")
R = TypeVar("R")

_work: Callable[[Sequence[Any]], list[Any]]


def in_parallel(work: Callable[[Sequence[T]], list[R]], things: Sequence[T]) -> list[R]:
    """What `work` makes of the things, one result each, in their order. `work` treats each thing by itself."""
    processes = min(_processors(), len(things) // LEAST_EACH)
    # A fork has all that the work needs at once; on other systems, or beside threads, it is not safe.
    if processes < 2 or sys.platform != "linux" or threading.active_count() > 1:
        return work(things)
    global _work
    _work = work
    size = -(-len(things) // (4 * processes))
    parts = [things[start : start + size] for start in range(0, len(things), size)]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return [result for results in pool.map(_do, parts, chunksize=1) for result in results]


def _do(things: Sequence[Any]) -> list[Any]:
    return _work(things)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
