"""Steps: sign, floor, ceil, trunc, round. Flat between the jumps, so every gradient is 0."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.ops.table import entry as _entry

entry = partial(_entry, elementwise=True, pattern="route")


def _nothing(g: Any, y: Any, a: Any) -> float:
    return 0.0


def _to_integer(a: Any) -> Any:
    return a - np.rint(a)


def _sign(a: Any) -> Any:
    """The sign of nan is 0, as in PyTorch, and a boolean is its own sign."""
    if isinstance(a, np.ndarray) and a.dtype == bool:
        return a
    return np.where(np.isnan(a), 0, np.sign(a))


sign = entry(
    "sign",
    _sign,
    _nothing,
    numpy=(np.sign,),
    formula="1 if a > 0, −1 if a < 0, else 0",
    kink=lambda a: a,
    at_kink="The gradient of sign is 0 everywhere.",
)

floor = entry("floor", np.floor, _nothing, kink=_to_integer, at_kink="The gradient of floor is 0 everywhere.")
ceil = entry("ceil", np.ceil, _nothing, kink=_to_integer, at_kink="The gradient of ceil is 0 everywhere.")
trunc = entry(
    "trunc", np.trunc, _nothing, numpy=(np.fix,), kink=_to_integer, at_kink="The gradient of trunc is 0 everywhere."
)


def _round(a: Any) -> Any:
    """Integers stay integers, of which rint makes floats."""
    return np.round(a) if isinstance(a, np.ndarray) else np.rint(a)


round = entry(
    "round",
    _round,
    _nothing,
    numpy=(np.rint,),
    formula="the nearest integer to a",
    kink=lambda a: a - np.floor(a) - 0.5,
    at_kink="Halves go to the even neighbour. The gradient of round is 0 everywhere.",
)
