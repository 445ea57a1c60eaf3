"""Choosing between inputs: maximum, minimum, clip, where."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.ops.table import entry as _entry

entry = partial(_entry, elementwise=True, pattern="route")

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


def _clip(a: Any, min: Any = -np.inf, max: Any = np.inf) -> Any:
    """An infinite bound is none: it must not turn integers into floats."""
    if not (isinstance(min, float) and min == -np.inf):
        a = np.maximum(a, min)
    return a if isinstance(max, float) and max == np.inf else np.minimum(a, max)


clip = entry(
    "clip",
    _clip,
    lambda g, y, a, min, max: np.where(np.logical_and(a >= min, a <= max), g, 0),
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
