"""Numbers into shares: softmax and its logarithm."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.ops.table import entry as _entry

entry = partial(_entry, examples=(((2, 3), 0), ((2, 3), -1), ((2, 3, 2), 1), ((4,), 0), ((1, 3), 0), ((), None)))

Axis = int | tuple[int, ...] | None


def _below_the_top(a: Any, axis: Axis) -> Any:
    """What differs from the largest entry: exp of it cannot overflow."""
    return a - np.maximum.reduce(a, axis=axis, keepdims=True) if a.size else a


def _softmax(a: Any, axis: Axis) -> Any:
    shares = np.exp(_below_the_top(a, axis))
    return shares / np.add.reduce(shares, axis=axis, keepdims=True)


softmax = entry(
    "softmax",
    _softmax,
    lambda g, y, a, axis: y * (g - np.add.reduce(g * y, axis=axis, keepdims=True)),
    formula="exp(a) / Σ exp(a) along the axis",
    gradients=("y·(g − Σ g·y)",),
)


def _log_softmax(a: Any, axis: Axis) -> Any:
    below = _below_the_top(a, axis)
    return below - np.log(np.add.reduce(np.exp(below), axis=axis, keepdims=True))


log_softmax = entry(
    "log_softmax",
    _log_softmax,
    lambda g, y, a, axis: g - np.exp(y) * np.add.reduce(g, axis=axis, keepdims=True),
    formula="a − ln Σ exp(a) along the axis",
    gradients=("g − exp(y)·Σ g",),
)
