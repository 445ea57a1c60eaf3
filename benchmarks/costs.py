"""What does one operation cost, forward and backward, and what does ``backward()`` cost in itself?

Operations on sixteen numbers, where the numbers cost nothing: what is left is the engine. Each is applied over and over
to its own result; the forward figure is the time of one application, the backward figure the slope between a chain of
one and a long one, and the fixed cost is what remains of the chain of one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["FIXED", "OPERATIONS", "costs"]

OPERATIONS: dict[str, tuple[tuple[int, ...], Callable[[Any, Any], Any]]] = {
    "add": ((16,), lambda x, w: x + w),
    "mul": ((16,), lambda x, w: x * w),
    "mul by 0.9": ((16,), lambda x, w: x * 0.9),  # noqa: ARG005
    "tanh": ((16,), lambda x, w: x.tanh()),  # noqa: ARG005
    "relu": ((16,), lambda x, w: x.relu()),  # noqa: ARG005
    "matmul 4×4": ((4, 4), lambda x, w: x @ w),
    "bias (4, 4) + (4,)": ((4, 4), lambda x, w: x + w),
    "sum over an axis": ((1, 16), lambda x, w: x.sum(dim=0, keepdim=True)),  # noqa: ARG005
    "reshape": ((16,), lambda x, w: x.reshape(16)),  # noqa: ARG005
}
FIXED = "fixed cost of backward()"


def costs(tensor: Callable[[np.ndarray, bool], Any], repeats: int = 50, length: int = 64) -> dict[str, Any]:
    """Microseconds (forward, backward) of each operation, and of `FIXED` for tanh (0, fixed cost).

    Parameters
    ----------
    tensor : callable
        Makes the engine's array of a NumPy array; the second argument says whether it wants a gradient.
    repeats : int
        How often each chain is built and differentiated; the medians count.
    length : int
        How long the long chain is.
    """
    table: dict[str, Any] = {}
    for name, (shape, function) in OPERATIONS.items():
        forward, long = _chain(tensor, name, shape, function, length, repeats)
        _, short = _chain(tensor, name, shape, function, 1, repeats)
        slope = (long - short) / (length - 1)
        table[name] = (1e6 * forward / length, 1e6 * slope)
        if name == "tanh":
            table[FIXED] = (0.0, 1e6 * (short - slope))
    return table


def _chain(tensor: Any, name: str, shape: Any, function: Any, length: int, repeats: int) -> tuple[float, float]:
    """Median seconds of a chain's forward and backward pass; every application has a second input of its own."""
    rng = np.random.default_rng(4)
    x = tensor(rng.uniform(0.5, 1.0, shape).astype(np.float32), True)
    bias_or_same = shape[-1:] if name.startswith("bias") else shape
    others = [tensor(rng.uniform(0.2, 0.3, bias_or_same).astype(np.float32), True) for _ in range(length)]
    seed = tensor(np.ones(shape, dtype=np.float32), False)
    forward, backward = [], []
    for _ in range(repeats):
        for leaf in (x, *others):
            leaf.grad = None
        start = time.perf_counter()
        y = x
        for w in others:
            y = function(y, w)
        middle = time.perf_counter()
        y.backward(seed)
        end = time.perf_counter()
        forward.append(middle - start)
        backward.append(end - middle)
    return statistics.median(forward), statistics.median(backward)
