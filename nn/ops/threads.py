"""How do the cores share a batch?

A compiled kernel or a large copy runs without Python's global lock, so threads of our own will do: they bear a fork and
callers from several threads, which Numba's own do not everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from itertools import pairwise

__all__ = ["WORTH", "cores", "share"]

WORTH = 2_000_000
"""Multiplications for each thread (some 50 µs) from which handing over a share pays."""


@cache
def cores() -> int:
    """How many threads share the work: ``OMP_NUM_THREADS``, as in other libraries, or the cores we may use."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked):
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, cores() - 1), thread_name_prefix="nn")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # threads do not live on in a child


def share(task: Callable[[int, int], None], count: int, cost: float) -> None:
    """Call ``task(start, stop)`` for parts of ``range(count)`` that together are all of it.

    Parameters
    ----------
    task : callable
        Its parts may run at the same time, so what one writes no other may read; and its numbers must not depend on
        where the cuts are. NumPy's ``errstate`` and all other context is the caller's. It may share in its turn.
    count : int
    cost : float
        Multiplications in all: little work is done in one go.
    """
    shares = min(cores(), count, int(cost // WORTH))
    if shares < 2:
        task(0, count)
        return
    cuts = [count * k // shares for k in range(shares + 1)]
    others: list[tuple[Future[None], int, int]] = [
        (_pool().submit(copy_context().run, task, start, stop), start, stop) for start, stop in pairwise(cuts[1:])
    ]
    try:
        task(0, cuts[1])
        for other, start, stop in others:
            if other.cancel():  # the threads are busy, perhaps with what called us and waits
                task(start, stop)
    finally:
        for other, *_ in others:
            if not other.cancel():
                other.exception()  # waits
    for other, *_ in others:
        if not other.cancelled():
            other.result()
