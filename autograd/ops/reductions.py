"""Many numbers into few: sums, means, spreads, extremes, norms over axes; sum and dot of any number of scalars."""

from __future__ import annotations

import builtins
import math
import operator
from functools import reduce
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.ops.cumulative import products_of_the_others
from autograd.ops.rounding import sign
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
    if axis is None and isinstance(g, (np.ndarray, np.generic)):  # np.broadcast_to, without its detours
        return np.ndarray(a.shape, g.dtype, np.asarray(g), 0, (0,) * len(a.shape))
    return np.broadcast_to(_restore(g, a.shape, axis), a.shape)


def _mean(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    if a.dtype.itemsize < 4:
        return np.mean(a, axis=axis, keepdims=keepdims)  # in higher precision
    axes = range(a.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return np.true_divide(np.add.reduce(a, axis=axis, keepdims=keepdims), math.prod([a.shape[i] for i in axes]))


sum = entry(
    "sum",
    lambda a, axis=None, keepdims=False: np.add.reduce(a, axis=axis, keepdims=keepdims),
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
    _mean,
    lambda g, y, a, axis, keepdims: _spread(g * (y.size / max(a.size, 1)), a, axis),
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

prod = entry(
    "prod",
    lambda a, axis=None, keepdims=False: np.prod(a, axis=axis, keepdims=keepdims),
    lambda g, y, a, axis, keepdims: _spread(g, a, axis) * _slopes_of_product(_restore(y, a.shape, axis), a, axis),
    numpy=(np.prod,),
    sign="Π",
    pattern="swap",
    formula="Π a over the axes",
    gradients=("g times the product of the other entries",),
    examples=(((2, 3),), ((2, 3), 0), ((2, 3), -1, True), ((),), ((1, 3), 0), ((2, 2, 2), (0, 2)), ((4,), (0,))),
)


def _slopes_of_product(y: Any, a: Any, axis: Axis) -> Any:
    """For each entry the product of the others: y/a, unless there are zeros or further derivatives to come."""
    if isinstance(a, np.ndarray) and np.all(a):
        return y / a
    if isinstance(axis, int):
        return products_of_the_others(a, axis)
    # several axes become one, at the end
    rank = len(a.shape)
    lost = [position % rank for position in (range(rank) if axis is None else axis)]
    order = [position for position in range(rank) if position not in lost] + lost
    moved = np.transpose(a, order)
    rows = np.reshape(moved, (*moved.shape[: rank - len(lost)], -1))
    return np.transpose(np.reshape(products_of_the_others(rows, -1), moved.shape), np.argsort(order).tolist())


def _count(shape: tuple[int, ...], axis: Axis) -> int:
    """How many entries become one."""
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return math.prod(shape[position] for position in axes) if shape else 1


def _centred(a: Any, axis: Axis) -> Any:
    return a - np.sum(a, axis=axis, keepdims=True) / np.float64(_count(a.shape, axis)).astype(a.dtype)


def _var(a: Any, axis: Axis = None, correction: float = 1, keepdims: bool = False) -> Any:
    """Two passes: first the mean, then the squares of what differs from it."""
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = np.square(_centred(a, axis))
        freedom = max(_count(a.shape, axis) - correction, 0)
        return np.sum(squares, axis=axis, keepdims=keepdims) / np.array(freedom, a.dtype)


def _var_rule(g: Any, y: Any, a: Any, axis: Axis, correction: float, keepdims: bool) -> Any:
    freedom = max(_count(a.shape, axis) - correction, 0)
    return _spread(g, a, axis) * _centred(a, axis) * (2 / freedom if freedom else np.inf)


var = entry(
    "var",
    _var,
    _var_rule,
    formula="Σ (a − mean)² / (n − correction) over the axes",
    gradients=("2·g·(a − mean)/(n − correction)",),
    examples=(*_EXAMPLES[:5], ((2, 3), 1, 0), ((2, 3), None, 0, True), ((5,), 0, 2), ((4,), -1, 0.5)),
)


def _std_rule(g: Any, y: Any, a: Any, axis: Axis, correction: float, keepdims: bool) -> Any:
    still = np.equal(y, 0)
    return _var_rule(np.where(still, 0, g / (2 * np.where(still, 1, y))), y, a, axis, correction, keepdims)


std = entry(
    "std",
    lambda a, axis=None, correction=1, keepdims=False: np.sqrt(_var(a, axis, correction, keepdims)),
    _std_rule,
    formula="√(Σ (a − mean)² / (n − correction)) over the axes",
    gradients=("g·(a − mean)/(y·(n − correction))",),
    examples=(*_EXAMPLES[:5], ((2, 3), 1, 0), ((2, 3), None, 0, True), ((5,), 0, 2), ((4,), -1, 0.5)),
    at_kink="Where all entries are equal the gradient is 0.",
)


def _logsumexp(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The largest entry is taken out first, so that exp cannot overflow."""
    with np.errstate(divide="ignore"):
        if not a.size:
            return np.log(np.sum(np.exp(a), axis=axis, keepdims=keepdims))
        top = np.max(a, axis=axis, keepdims=True)
        top = np.where(np.isfinite(top), top, 0).astype(a.dtype)
        total = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
        return total if keepdims else np.squeeze(total, axis=axis)


logsumexp = entry(
    "logsumexp",
    _logsumexp,
    lambda g, y, a, axis, keepdims: _spread(g, a, axis) * np.exp(a - _restore(y, a.shape, axis)),
    formula="ln Σ exp(a) over the axes",
    gradients=("g·exp(a − y): g times softmax",),
    examples=_EXAMPLES,
)


def _vector_norm(a: Any, ord: float = 2.0, axis: Axis = None, keepdims: bool = False) -> Any:
    size = np.abs(a)
    if np.isinf(ord):
        if not _count(a.shape, axis):
            raise ShapeError("the largest or smallest of no entries does not exist: the norm needs at least one")
        return (np.max if ord > 0 else np.min)(size, axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum(np.not_equal(a, 0), axis=axis, keepdims=keepdims, dtype=a.dtype)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    if ord == 2:
        return np.sqrt(np.sum(a * a, axis=axis, keepdims=keepdims))
    with np.errstate(divide="ignore"):  # 0 to a negative power
        return np.power(np.sum(np.power(size, ord), axis=axis, keepdims=keepdims), 1 / ord)


def _vector_norm_rule(g: Any, y: Any, a: Any, ord: float, axis: Axis, keepdims: bool) -> Any:
    if ord == 0:
        return 0.0
    g, y = _restore(g, a.shape, axis), _restore(y, a.shape, axis)
    if ord == 1:
        return sign(a) * g
    if np.isinf(ord):
        attained = np.logical_or(np.equal(np.abs(a), y), np.logical_and(np.isnan(a), np.isnan(y)))
        return sign(a) * attained * (g / np.sum(attained, axis=axis, keepdims=True))
    vanishes = np.equal(y, 0)
    scale = np.where(vanishes, 0, g / np.where(vanishes, 1, y) ** (ord - 1))
    if ord >= 2:
        return a * scale if ord == 2 else a * np.abs(a) ** (ord - 2) * scale
    zero = np.equal(a, 0)
    return np.where(zero, 0, sign(a) * np.where(zero, 1, np.abs(a)) ** (ord - 1)) * scale


vector_norm = entry(
    "vector_norm",
    _vector_norm,
    _vector_norm_rule,
    sign="‖·‖",
    formula="(Σ |a|^ord)^(1/ord) over the axes",
    gradients=("g·sign(a)·(|a|/y)^(ord − 1)",),
    at_kink="At 0 the gradient is 0. For ord = ±inf, equal extremes share it evenly; for ord = 0 (how many entries "
    "are not 0) there is none.",
    examples=(
        *(((2, 3), p) for p in (1, 2, 3, 2.5, 1.5, 0.5, -1, 0, np.inf, -np.inf)),
        ((2, 3), 2, 0),
        ((2, 3), 2, -1, True),
        ((2, 3, 4), 3, (0, 2)),
        ((2, 3, 4), 1, (-1, 0), True),
        ((), 2),
        ((1, 3), np.inf, 0),
    ),
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
    half, surplus = divmod(len(inputs), 2)
    if surplus:
        raise ShapeError(f"dot_n takes two rows of equal length, one after the other, not {len(inputs)} scalars")
    return builtins.sum(map(operator.mul, inputs[:half], inputs[half:]))


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
    of_rows=(lambda a, b: builtins.sum(map(operator.mul, a, b)), lambda b: b, lambda a: a),
    doc="The dot product of two rows of scalars (all of a, then all of b) as one node.",
)


def _weighted_sum(*inputs: Any) -> Any:
    count, bias = divmod(len(inputs), 2)
    if not bias:
        raise ShapeError(f"weighted_sum_n takes n weights, a bias and n inputs, not {len(inputs)} scalars")
    return builtins.sum(map(operator.mul, inputs[:count], inputs[count + 1 :]), inputs[count])


def _weighted_sum_rules(g: Any, y: Any, *inputs: Any) -> tuple[Any, ...]:
    count = len(inputs) // 2
    return (*[g * x for x in inputs[count + 1 :]], g, *[g * w for w in inputs[:count]])


weighted_sum_n = entry(
    "weighted_sum_n",
    _weighted_sum,
    all_rules=_weighted_sum_rules,
    sign="w·x + b",
    pattern="swap",
    formula="w₁·x₁ + … + wₙ·xₙ + b",
    gradients=("g·xᵢ to wᵢ, g to b, g·wᵢ to xᵢ",),
    of_rows=(lambda w, x: builtins.sum(map(operator.mul, w, x), w[-1]), lambda x: (*x, 1.0), lambda w: w),
    doc="A neuron's weighted sum of scalars (all of w, then b, then all of x) as one node.",
)
