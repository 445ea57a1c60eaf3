"""How are two programs compared fairly in one process?

In alternation: a block of steps of the one, then of the other, several times over, so that whatever else the machine
does hits both. Each block starts from a collected heap, so that neither pays for the other's garbage, and its first
steps are not counted. Medians are reported, with the spread.
"""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from typing import Any

__all__ = ["alternate", "alternate_blocks", "blas_threads", "machine", "median_ratio", "ratios_by_round", "time_block"]

Block = Callable[[int, int], list[float]]
"""Runs so many steps, after so many uncounted ones, and says how many seconds each took."""


def alternate(
    programs: Mapping[str, Callable[[], Any]],
    *,
    rounds: int = 5,
    steps: int = 5,
    warm_up: int = 2,
    collector: bool = True,
) -> dict[str, list[float]]:
    """Seconds per step of each program.

    Parameters
    ----------
    programs : mapping of str to callable
        Each call runs one step.
    rounds, steps, warm_up : int
        How many blocks of each, how many counted steps in a block, and how many uncounted before them.
    collector : bool
        Whether Python's garbage collector runs, as it does by default.
    """
    blocks: dict[str, Block] = {name: partial(time_block, step, collector=collector) for name, step in programs.items()}
    rounds_of = alternate_blocks(blocks, rounds=rounds, steps=steps, warm_up=warm_up)
    return {name: list(chain.from_iterable(measured)) for name, measured in rounds_of.items()}


def time_block(step: Callable[[], Any], steps: int, warm_up: int, *, collector: bool = True) -> list[float]:
    """Seconds of each of so many steps, after some that are not counted, from a collected heap."""
    seconds = []
    gc.collect()
    if not collector:
        gc.disable()
    try:
        for number in range(warm_up + steps):
            start = time.perf_counter()
            step()
            if number >= warm_up:
                seconds.append(time.perf_counter() - start)
    finally:
        gc.enable()
    return seconds


def alternate_blocks(
    blocks: Mapping[str, Block],
    *,
    rounds: int,
    steps: int | Mapping[str, int],
    warm_up: int | Mapping[str, int],
    pause: float = 0.0,
) -> dict[str, list[list[float]]]:
    """Seconds per step of each block, a list for each round; a block may run in another process.

    Parameters
    ----------
    blocks : mapping of str to callable
        ``block(steps, warm_up)`` runs steps and returns the seconds of those that count.
    rounds : int
    steps, warm_up : int, or mapping of str to int
        For all, or for each.
    pause : float
        Seconds of rest before a block, in which the threads of the one before it go to sleep: those of OpenBLAS and
        OpenMP look out for more work for a while, on cores that the next program needs.
    """
    seconds: dict[str, list[list[float]]] = {name: [] for name in blocks}
    for _ in range(rounds):
        for name, block in blocks.items():
            time.sleep(pause)
            counted = steps if isinstance(steps, int) else steps[name]
            uncounted = warm_up if isinstance(warm_up, int) else warm_up[name]
            seconds[name].append(block(counted, uncounted))
    return seconds


def median_ratio(slow: list[float], fast: list[float]) -> float:
    """How many times as long the first took, by medians."""
    return statistics.median(slow) / statistics.median(fast)


def ratios_by_round(theirs: list[list[float]], ours: list[list[float]]) -> list[float]:
    """How many times as long the first took in each round, by medians, smallest first."""
    return sorted(median_ratio(slow, fast) for slow, fast in zip(theirs, ours, strict=True))


def blas_threads() -> int:
    """How many threads NumPy's products use: what OpenBLAS is told in the environment, else a thread a core."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        if os.environ.get(name, "").isdigit():
            return int(os.environ[name])
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
    }
