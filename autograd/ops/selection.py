"""Choosing between inputs: maximum, minimum, clip, where."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.ops.table import entry as _entry

entry = partial(_entry, elementwise=True, pattern="route")

_BITS = {np.dtype(np.float32): np.int32, np.dtype(np.float64): np.int64}


def passed(g: Any, condition: Any) -> Any:
    """The gradient where the gate is open, and 0 elsewhere, whatever g is there: ``np.where(condition, g, 0)``.

    For bare arrays by masking bits, which has no branches and is several times as fast (measured).
    """
    if _has_bits(g, condition):
        return _masked(g, np.negative(condition.view(np.int8)))
    return np.where(condition, g, 0)


def blocked(g: Any, condition: Any) -> Any:
    """0 where the gate is closed, and the gradient elsewhere: ``np.where(condition, 0, g)``."""
    if _has_bits(g, condition):
        return _masked(g, np.subtract(condition.view(np.int8), 1))
    return np.where(condition, 0, g)


def _has_bits(g: Any, condition: Any) -> bool:
    return isinstance(g, np.ndarray) and g.dtype in _BITS and g.ndim > 0 and isinstance(condition, np.ndarray)


def _masked(g: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """All bits where ``keep`` is −1, none where it is 0."""
    integer = _BITS[g.dtype]
    return np.bitwise_and(g.view(integer), keep.astype(integer)).view(g.dtype)


maximum = entry(
    "maximum",
    np.maximum,
    lambda g, y, a, b: np.where(a < b, 0, np.where(np.equal(a, b), g / 2, g)),
    lambda g, y, a, b: np.where(b < a, 0, np.where(np.equal(a, b), g / 2, g)),
    sign="max",
    kink=lambda a, b: a - b,
    at_kink="Equal inputs get half of the gradient each.",
)

minimum = entry(
    "minimum",
    np.minimum,
    lambda g, y, a, b: np.where(a > b, 0, np.where(np.equal(a, b), g / 2, g)),
    lambda g, y, a, b: np.where(b > a, 0, np.where(np.equal(a, b), g / 2, g)),
    sign="min",
    kink=lambda a, b: a - b,
    at_kink="Equal inputs get half of the gradient each.",
)

fmax = entry(
    "fmax",
    np.fmax,
    lambda g, y, a, b: np.where(np.logical_or(a >= b, np.isnan(b)), g, 0),
    lambda g, y, a, b: np.where(np.logical_or(a >= b, np.isnan(b)), 0, g),
    kink=lambda a, b: a - b,
    at_kink="A number goes before nan. Of equal inputs the first gets the whole gradient.",
)

fmin = entry(
    "fmin",
    np.fmin,
    lambda g, y, a, b: np.where(np.logical_or(a <= b, np.isnan(b)), g, 0),
    lambda g, y, a, b: np.where(np.logical_or(a <= b, np.isnan(b)), 0, g),
    kink=lambda a, b: a - b,
    at_kink="A number goes before nan. Of equal inputs the first gets the whole gradient.",
)


def _clip(a: Any, min: Any = -np.inf, max: Any = np.inf) -> Any:
    """An infinite bound is none: it must not turn integers into floats."""
    if not (isinstance(min, float) and min == -np.inf):
        a = np.maximum(a, min)
    return a if isinstance(max, float) and max == np.inf else np.minimum(a, max)


clip = entry(
    "clip",
    _clip,
    lambda g, y, a, min, max: passed(g, np.logical_and(a >= min, a <= max)),
    numpy=(np.clip,),
    kink=lambda a, min=-np.inf, max=np.inf: np.minimum(np.abs(a - min), np.abs(a - max)),
    at_kink="At the bounds themselves the gradient passes.",
)

where = entry(
    "where",
    lambda condition, a, b: np.where(condition, a, b),
    None,
    lambda g, y, condition, a, b: np.where(condition, g, 0),
    lambda g, y, condition, a, b: np.where(condition, 0, g),
    numpy=(np.where,),
    at_kink="The branch not taken gets 0; if its own derivative is infinite, what it passes on is nan.",
)
