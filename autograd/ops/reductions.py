"""Many numbers into few: sums, means, extremes over axes; sum and dot of any number of scalars."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

import numpy as np

from autograd.ops.table import entry

Axis = int | tuple[int, ...] | None

_EXAMPLES = (
    ((2, 3),),
    ((2, 3), 0),
    ((2, 3), -1, True),
    ((2, 3, 4), (0, 2)),
    ((2, 3, 4), (-1, 0), True),
    ((),),
    ((1, 3), 0),
)


def _restore(reduced: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """A reduced array with its lost axes put back as axes of size 1."""
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    lost = {position % len(shape) for position in axes} if shape else set()
    return np.reshape(reduced, tuple(1 if position in lost else size for position, size in enumerate(shape)))


def _spread(g: Any, a: Any, axis: Axis) -> Any:
    return np.broadcast_to(_restore(g, a.shape, axis), a.shape)


sum = entry(
    "sum",
    lambda a, axis=None, keepdims=False: np.sum(a, axis=axis, keepdims=keepdims),
    lambda g, y, a, axis, keepdims: _spread(g, a, axis),
    numpy=(np.sum,),
    sign="Σ",
    pattern="distribute",
    linear="jointly",
    formula="Σ a over the axes",
    gradients=("g to every entry",),
    examples=_EXAMPLES,
)

mean = entry(
    "mean",
    lambda a, axis=None, keepdims=False: np.mean(a, axis=axis, keepdims=keepdims),
    lambda g, y, a, axis, keepdims: _spread(g, a, axis) * (y.size / max(a.size, 1)),
    numpy=(np.mean,),
    pattern="distribute",
    linear="jointly",
    formula="Σ a / n over the axes",
    gradients=("g/n to every entry",),
    examples=_EXAMPLES,
)


def _to_extreme(g: Any, y: Any, a: Any, axis: Axis, keepdims: bool) -> Any:
    """Shared evenly among the entries that attain the extreme; nan everywhere if the extreme is nan."""
    attained = np.equal(a, _restore(y, a.shape, axis))
    count = np.sum(attained, axis=axis, keepdims=True)
    return attained * (_spread(g, a, axis) / count)


amax = entry(
    "amax",
    lambda a, axis=None, keepdims=False: np.amax(a, axis=axis, keepdims=keepdims),
    _to_extreme,
    numpy=(np.amax, np.max),
    sign="max",
    pattern="route",
    formula="max a over the axes",
    gradients=("g to the largest entry",),
    at_kink="Equal largest entries share the gradient evenly.",
    examples=_EXAMPLES,
)

amin = entry(
    "amin",
    lambda a, axis=None, keepdims=False: np.amin(a, axis=axis, keepdims=keepdims),
    _to_extreme,
    numpy=(np.amin, np.min),
    sign="min",
    pattern="route",
    formula="min a over the axes",
    gradients=("g to the smallest entry",),
    at_kink="Equal smallest entries share the gradient evenly.",
    examples=_EXAMPLES,
)


add_n = entry(
    "add_n",
    lambda *inputs: reduce(operator.add, inputs),
    all_rules=lambda g, y, *inputs: (g,) * len(inputs),
    sign="Σ",
    pattern="distribute",
    linear="jointly",
    formula="x₁ + x₂ + … + xₙ",
    gradients=("g to each",),
    doc="The sum of any number of scalars as one node.",
)


def _dot_all(*inputs: Any) -> Any:
    half = len(inputs) // 2
    return reduce(operator.add, map(operator.mul, inputs[:half], inputs[half:]))


def _dot_rules(g: Any, y: Any, *inputs: Any) -> tuple[Any, ...]:
    half = len(inputs) // 2
    return tuple([g * partner for partner in inputs[half:] + inputs[:half]])


dot_n = entry(
    "dot_n",
    _dot_all,
    all_rules=_dot_rules,
    sign="dot",
    pattern="swap",
    formula="a₁·b₁ + … + aₙ·bₙ",
    gradients=("g·bᵢ to aᵢ, g·aᵢ to bᵢ",),
    doc="The dot product of two rows of scalars (all of a, then all of b) as one node.",
)
