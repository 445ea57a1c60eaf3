"""Running along an axis: cumulative sums and products, and the recurrence that their derivatives are made of."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.ops.shapes import flip, pad
from autograd.ops.table import Op
from autograd.ops.table import entry as _entry

__all__ = ["cumprod", "cumsum", "linear_recurrence", "logcumsumexp", "products_of_the_others"]

entry = partial(
    _entry,
    examples=(((2, 3), 0), ((2, 3), -1), ((2, 3, 2), 1), ((4,), 0), ((1, 3), 0), ((1,), -1)),
)


def _delayed(a: Any, axis: int, first: float) -> Any:
    """The entries moved one place on along the axis; the last falls out, ``first`` comes in."""
    if not a.shape[axis]:
        return a
    widths = [(0, 0)] * len(a.shape)
    widths[axis] = (1, -1)
    return pad(a, tuple(widths), first)


cumsum: Op = entry(
    "cumsum",
    lambda a, axis: np.cumsum(a, axis),
    lambda g, y, a, axis: flip(cumsum(flip(g, axis), axis), axis),
    sign="Σ…",
    pattern="distribute",
    linear="jointly",
    formula="yₖ = a₀ + … + aₖ along the axis",
    gradients=("the sum of g from k to the end",),
)


def _linear_recurrence(a: Any, b: Any, axis: int = -1) -> Any:
    factors, terms = np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)
    out = np.empty_like(b)
    states = np.moveaxis(out, axis, 0)
    state: Any = 0.0
    for k in range(len(terms)):
        state = states[k] = terms[k] + factors[k] * state if k else terms[k]
    return out


def _recurrence_backwards(g: Any, a: Any, axis: int) -> Any:
    """What reaches each state: directly, and through the next one."""
    return flip(linear_recurrence(_delayed(flip(a, axis), axis, 0.0), flip(g, axis), axis), axis)


linear_recurrence: Op = _entry(
    "linear_recurrence",
    _linear_recurrence,
    lambda g, y, a, b, axis: _recurrence_backwards(g, a, axis) * _delayed(y, axis, 0.0),
    lambda g, y, a, b, axis: _recurrence_backwards(g, a, axis),
    sign="↝",
    formula="yₖ = aₖ·yₖ₋₁ + bₖ along the axis, from y₋₁ = 0",
    gradients=("hₖ·yₖ₋₁, h running backwards", "hₖ = gₖ + aₖ₊₁·hₖ₊₁"),
    examples=(((2, 3), (2, 3)), ((3, 2), (3, 2), 0), ((2, 4, 2), (2, 4, 2), -2), ((1,), (1,)), ((5,), (5,), 0)),
    doc="A discounted sum that runs along an axis; its gradient is one that runs back. Both arrays have one shape.",
)


def _cumprod_rule(g: Any, y: Any, a: Any, axis: int) -> Any:
    """dy_j/da_k = (the product before k)·(the product between k and j), or faster y_j/a_k.

    The division is right to the first order and without zeros; its own derivatives would lose digits near them.
    """
    if isinstance(a, np.ndarray) and np.all(a):
        return flip(cumsum(flip(g * y, axis), axis), axis) / a
    return _before(a, axis) * _recurrence_backwards(g, a, axis)


cumprod: Op = entry(
    "cumprod",
    lambda a, axis: np.cumprod(a, axis),
    _cumprod_rule,
    sign="Π…",
    pattern="swap",
    formula="yₖ = a₀ · … · aₖ along the axis",
    gradients=("Σ over j ≥ k of gⱼ·yⱼ/aₖ",),
    doc="Its gradient is right at zeros too.",
)


def _before(a: Any, axis: int) -> Any:
    """For each entry the product of those before it."""
    return cumprod(_delayed(a, axis, 1.0), axis)


def products_of_the_others(a: Any, axis: int) -> Any:
    """For each entry the product of all others along the axis, without a division: right at zeros too."""
    return _before(a, axis) * flip(_before(flip(a, axis), axis), axis)


def _logcumsumexp_rule(g: Any, y: Any, a: Any, axis: int) -> Any:
    """Σ over j ≥ k of gⱼ·exp(aₖ − yⱼ), as a recurrence whose factors exp(yₖ − yₖ₊₁) never exceed 1."""
    factors = np.exp(_delayed(y, axis, -np.inf) - y)
    return _recurrence_backwards(g, factors, axis) * np.exp(a - y)


logcumsumexp: Op = entry(
    "logcumsumexp",
    lambda a, axis: np.logaddexp.accumulate(a, axis),
    _logcumsumexp_rule,
    sign="ln Σ exp…",
    formula="yₖ = ln(exp(a₀) + … + exp(aₖ)) along the axis",
    gradients=("Σ over j ≥ k of gⱼ·exp(aₖ − yⱼ)",),
)
