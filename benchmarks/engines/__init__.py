"""How does a user of each engine write the same programs, and how are they run?

Each module here has ``VERSION``; ``numpy``, which makes an array of a result; and the dictionaries ``NETWORK`` and
``CHAIN``, which hold by name the ways of writing the program that users of that engine know: the fastest of them stands
for it. A way takes the workload and returns the step; a step returns the loss of a network, or the gradient asked for
of a chain.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from timing import time_block
from workloads import Chain, Network

__all__ = ["Engine"]


class Engine:
    """The programs of one engine.

    Parameters
    ----------
    name : str
        The name of its module.

    Raises
    ------
    ImportError
        If it is not installed.
    """

    def __init__(self, name: str) -> None:
        self._module = importlib.import_module(f"engines.{name}")
        self.version: str = self._module.VERSION
        self._steps: dict[tuple[Network | Chain, str], Callable[[], Any]] = {}

    def prepare(self, workload: Network | Chain) -> list[str]:
        """Make every way of writing the program, from its first weights; returns their names."""
        ways = self._module.NETWORK if isinstance(workload, Network) else self._module.CHAIN
        for name, way in ways.items():
            self._steps[workload, name] = way(workload)
        return list(ways)

    def results(self, workload: Network | Chain, way: str, steps: int) -> list[np.ndarray]:
        """What the next steps return."""
        step = self._steps[workload, way]
        return [np.array(self._module.numpy(step())) for _ in range(steps)]

    def block(self, workload: Network | Chain, way: str, steps: int, warm_up: int) -> list[float]:
        """The seconds of each of the next steps, after some that are not counted."""
        return time_block(self._steps[workload, way], steps, warm_up)

    def close(self) -> None:
        """Forget the programs."""
        self._steps.clear()
