"""How are two programs compared fairly in one process?

In alternation: a block of steps of the one, then of the other, several times over, so that whatever else the machine
does hits both. Each block starts from a collected heap, so that neither pays for the other's garbage, and its first
steps are not counted. Medians are reported, with the spread.
"""

from __future__ import annotations

import gc
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["alternate", "machine", "median_ratio"]


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
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, step in programs.items():
            gc.collect()
            if not collector:
                gc.disable()
            try:
                for number in range(warm_up + steps):
                    start = time.perf_counter()
                    step()
                    if number >= warm_up:
                        seconds[name].append(time.perf_counter() - start)
            finally:
                gc.enable()
    return seconds


def median_ratio(slow: list[float], fast: list[float]) -> float:
    """How many times as long the first took, by medians."""
    return statistics.median(slow) / statistics.median(fast)


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    import os

    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
    }
