"""Losses as one node each: the regression losses, and the cross-entropies of logits.

A loss ends nearly every step of training, so it is worth a kernel. Softmax cross-entropy with class indices runs in
compiled loops around NumPy's exponential: a twentieth of a millisecond for 2048 rows of 27 classes, and 3 µs instead of
12 for 32 rows of 10, which NumPy spends on starting its functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd
from autograd.compiled import compiled
from autograd.errors import BoundsError, DtypeError, ShapeError
from autograd.functions.bare import bare
from autograd.ops.activations import softplus
from autograd.ops.fused import Fused, fused
from autograd.ops.normalizing import log_softmax
from autograd.ops.selection import clip, where

__all__ = [
    "class_axis",
    "cross_entropy",
    "huber_loss",
    "l1_loss",
    "logits_cross_entropy",
    "mse_loss",
    "of_the_classes",
    "reduced",
    "require_classes",
    "require_same_shape",
    "soft_cross_entropy",
]


# --- what all losses share --------------------------------------------------------------------------------------------


def reduced(losses: Any, reduction: str) -> Any:
    """The losses themselves ("none"), their sum or their mean, which is nan of no losses, as in PyTorch."""
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.mean()


def _reduced(losses: Any, reduction: str) -> np.ndarray:
    """The same of a bare array."""
    if reduction != "none":
        count = np.size(losses)
        losses = np.add.reduce(losses, None)
        if reduction == "mean":
            losses = losses / count if count else losses.dtype.type(np.nan)
    return np.asarray(losses)


def _for_each(g: Any, count: int, reduction: str) -> Any:
    """What reaches each loss before it was reduced."""
    return g / count if reduction == "mean" else g


def require_same_shape(name: str, input: Any, target: Any, what: str = "the target") -> None:
    """Refuse a target that would be broadcast to the input.

    Raises
    ------
    ShapeError
        Which shows both shapes.
    """
    if input.shape != target.shape:
        advice = "make them equal"
        if input.size == target.size:
            advice += f", for instance with .reshape({', '.join(map(str, input.shape))})"
        raise ShapeError(f"{name}(): the input has shape {input.shape}, {what} {target.shape}; {advice}")


# --- regression -------------------------------------------------------------------------------------------------------

_SHAPES = tuple((*shapes, reduction) for shapes in (((2, 3), (2, 3)), ((), ())) for reduction in ("mean", "sum", "none"))


def _regression(
    name: str,
    loss: Callable[[Any], Any],
    slope: Callable[[Any], Any],
    formula: str,
    gradient: str,
    **facts: Any,
) -> Fused:
    """A loss of the differences d between input and target: ``loss(d)``, of arrays and nodes, and its derivative."""

    def forward(input: Any, target: Any, reduction: str = "mean") -> tuple[np.ndarray, Any]:
        require_same_shape(name, input, target)
        d = input - target
        return _reduced(loss(d), reduction), d

    def backward(
        g: Any, y: Any, d: Any, wanted: Sequence[bool], input: Any, target: Any, reduction: str
    ) -> tuple[Any, Any]:
        return _to_both(slope(d) * _for_each(g, np.size(d), reduction), wanted)

    return fused(
        name,
        forward,
        backward,
        lambda input, target, reduction: reduced(loss(input - target), reduction),
        differentiable=2,
        keeps=True,
        looks_at=(),
        formula=formula,
        gradients=(gradient, f"−({gradient})"),
        examples=_SHAPES,
        **facts,
    )


def _to_both(to_input: Any, wanted: Sequence[bool]) -> tuple[Any, Any]:
    """The input's gradient, and the target's, which is the opposite."""
    return to_input if wanted[0] else None, -to_input if wanted[1] else None


mse_loss = _regression(
    "mse_loss",
    lambda d: d * d,
    lambda d: 2 * d,
    "mean of (input − target)²",
    "g·2·(input − target)/n",
    sign="MSE",
)

l1_loss = _regression(
    "l1_loss",
    lambda d: abs(d),
    np.sign,
    "mean of |input − target|",
    "g·sign(input − target)/n",
    sign="L1",
    at_kink="At equality the gradient is 0.",
)


def _huber(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> tuple[np.ndarray, Any]:
    require_same_shape("huber_loss", input, target)
    d = input - target
    size = np.abs(d)
    within = np.minimum(size, delta)
    return _reduced(within * (size - 0.5 * within), reduction), d


def _huber_backward(
    g: Any, y: Any, d: Any, wanted: Sequence[bool], input: Any, target: Any, reduction: str, delta: float
) -> tuple[Any, Any]:
    slope = np.minimum(np.maximum(d, -delta), delta)
    return _to_both(slope * _for_each(g, np.size(d), reduction), wanted)


def _huber_composition(input: Any, target: Any, reduction: str, delta: float) -> Any:
    size = abs(input - target)
    within = clip(size, -np.inf, delta)
    return reduced(within * (size - 0.5 * within), reduction)


huber_loss = fused(
    "huber_loss",
    _huber,
    _huber_backward,
    _huber_composition,
    differentiable=2,
    keeps=True,
    looks_at=(),
    sign="Huber",
    formula="mean of d²/2 where |d| ≤ delta, and of delta·|d| − delta²/2 elsewhere; d = input − target",
    gradients=("g·min(max(d, −delta), delta)/n", "−(g·min(max(d, −delta), delta)/n)"),
    examples=(*_SHAPES, ((2, 3), (2, 3), "mean", 0.5), ((4,), (4,), "none", 2.0)),
    doc="Quadratic for small differences and linear for large ones (Huber 1964).",
)


# --- classes ----------------------------------------------------------------------------------------------------------


def class_axis(input: Any) -> int:
    """Where the classes lie: the second axis of a batch, the only one of a single example."""
    return 0 if input.ndim == 1 else 1


def require_classes(
    name: str, input: Any, target: np.ndarray, ignore_index: int | None = None, *, range_too: bool = True
) -> None:
    """Refuse what is no array of class indices for an input with the classes on its second axis (or its only one).

    Raises
    ------
    BoundsError, DtypeError, ShapeError
    """
    shape = input.shape
    if not shape or target.shape != (shape[:1] + shape[2:] if len(shape) > 1 else ()):
        raise ShapeError(
            f"{name}(): the input has shape {shape}, the target {target.shape}; class indices for an input of [N, C, …] "
            "have the shape [N, …], and for one of [C] none, ()"
        )
    if target.dtype.kind not in "iu":
        raise DtypeError(f"{name}(): class indices are integers, not {target.dtype}; convert them with .to('int64')")
    if range_too:
        count = shape[class_axis(input)]
        wrong = (target < 0) | (target >= count)
        if ignore_index is not None:
            wrong &= target != ignore_index
        if wrong.any():
            _refuse_class(name, target, int(np.argmax(wrong)), count, ignore_index)


def _refuse_class(name: str, target: np.ndarray, flat: int, count: int, ignore_index: int | None) -> None:
    place = ", ".join(str(i) for i in np.unravel_index(flat, target.shape)) if target.ndim else "()"
    ignored = "" if ignore_index is None else f", or {ignore_index} for entries that are ignored"
    raise BoundsError(
        f"{name}(): class {target.flat[flat]} at target[{place}] does not exist: {count} classes run from 0 to "
        f"{count - 1}{ignored}"
    )


def of_the_classes(x: Any, target: np.ndarray, ignored: np.ndarray | None = None) -> Any:
    """The entries of x at the classes, in the shape of the target; class 0 where the target is ignored."""
    axis = class_axis(x)
    places = target if ignored is None else np.where(ignored, 0, target)
    return autograd.gather(x, axis, np.expand_dims(places, axis)).reshape(places.shape)


# --- cross-entropy with class indices ---------------------------------------------------------------------------------


@compiled
def _below_the_top(x, target, weight, ignore_index, smoothing):  # type: ignore[no-untyped-def]
    """Each row minus its largest entry; of that the entry of the row's class, and the sum that smoothing needs.

    Also the first row whose class does not exist, or -1.
    """
    rows, count = x.shape
    below = np.empty_like(x)
    hard = np.zeros(rows)
    soft = np.zeros(rows if smoothing > 0 else 0)
    misplaced = -1
    for r in range(rows):
        top = x[r, 0]
        for c in range(1, count):
            top = max(top, x[r, c])
        for c in range(count):
            below[r, c] = x[r, c] - top
        t = target[r]
        if t == ignore_index:
            continue
        if t < 0 or t >= count:
            if misplaced < 0:
                misplaced = r
            continue
        hard[r] = below[r, t]
        if smoothing > 0:
            for c in range(count):
                soft[r] += below[r, c] if weight is None else weight[c] * below[r, c]
    return below, hard, soft, misplaced


@compiled
def _losses(shares, target, weight, ignore_index, smoothing, hard, soft):  # type: ignore[no-untyped-def]
    """The losses of the rows from exp of what lies below the top, which is divided by its sums on the way.

    Also their sum, and the sum of the weights of their classes. Sums are formed in double precision.
    """
    rows, count = shares.shape
    losses = np.zeros(rows, shares.dtype)
    total = divisor = 0.0
    whole = float(count)
    if weight is not None:
        whole = 0.0
        for c in range(count):
            whole += weight[c]
    for r in range(rows):
        mass = 0.0
        for c in range(count):
            mass += shares[r, c]
        scale = shares.dtype.type(1 / mass)
        for c in range(count):
            shares[r, c] *= scale
        t = target[r]
        if t == ignore_index:
            continue
        heavy = 1.0 if weight is None else float(weight[t])
        log_mass = math.log(mass)
        loss = heavy * (log_mass - hard[r])
        if smoothing > 0:
            loss = (1 - smoothing) * loss + smoothing / count * (whole * log_mass - soft[r])
        losses[r] = loss
        total += loss
        divisor += heavy
    return losses, total, divisor


@compiled
def _to_logits(shares, target, weight, ignore_index, smoothing, g):  # type: ignore[no-untyped-def]
    """(p − y)·g for each row, y being 1 at its class, smoothed and weighted; 0 for what is ignored."""
    rows, count = shares.shape
    out = np.empty_like(shares)
    one = shares.dtype.type(1)
    each = g.size == rows
    for r in range(rows):
        t = target[r]
        if t == ignore_index:
            for c in range(count):
                out[r, c] = 0
            continue
        upstream = float(g[r] if each else g[0])
        hard = (1 - smoothing) * upstream * (1.0 if weight is None else float(weight[t]))
        soft = smoothing / count * upstream
        whole = hard
        if smoothing > 0:
            for c in range(count):
                whole += soft * (1.0 if weight is None else float(weight[c]))
        scale = one * shares.dtype.type(whole)
        for c in range(count):
            out[r, c] = shares[r, c] * scale
        if smoothing > 0:
            for c in range(count):
                out[r, c] -= soft * (1.0 if weight is None else float(weight[c]))
        out[r, t] -= hard
    return out


_COMPILED_FOR = (np.dtype(np.float32), np.dtype(np.float64))


def _rows(x: Any) -> np.ndarray:
    """The classes of each example in a row, in single or double precision."""
    if x.ndim != 2:
        x = x.reshape(1, -1) if x.ndim == 1 else np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])
    return np.ascontiguousarray(x, x.dtype if x.dtype in _COMPILED_FOR else np.float32)


def _as_it_was(rows: np.ndarray, like: Any) -> np.ndarray:
    """Undo `_rows`."""
    if like.ndim > 2:
        shape = (like.shape[0], *like.shape[2:], like.shape[1])
        rows = np.ascontiguousarray(np.moveaxis(rows.reshape(shape), -1, 1))
    elif like.ndim == 1:
        rows = rows.reshape(-1)
    return rows if rows.dtype is like.dtype else rows.astype(like.dtype)


def _indices(target: Any) -> np.ndarray:
    return np.ascontiguousarray(target, np.int64).reshape(-1)


def _cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> tuple[np.ndarray, tuple[np.ndarray, float]]:
    require_classes("cross_entropy", input, target, range_too=False)
    rows, classes = _rows(input), _indices(target)
    weight = _fitting(weight, rows)
    if not rows.shape[1]:
        raise ShapeError(f"cross_entropy(): the input has shape {input.shape}: there are no classes")
    shares, hard, soft, misplaced = _below_the_top(rows, classes, weight, ignore_index, label_smoothing)
    if misplaced >= 0:
        _refuse_class("cross_entropy", target, misplaced, rows.shape[1], ignore_index)
    np.exp(shares, shares)
    losses, total, divisor = _losses(shares, classes, weight, ignore_index, label_smoothing, hard, soft)
    if reduction == "none":
        y = losses.reshape(target.shape)
    else:
        y = total if reduction == "sum" else total / divisor if divisor else math.nan
    return np.asarray(y, input.dtype), (shares, divisor)


def _cross_entropy_backward(
    g: Any,
    y: Any,
    kept: tuple[np.ndarray, float],
    wanted: Sequence[bool],
    input: Any,
    target: Any,
    weight: Any,
    ignore_index: int,
    label_smoothing: float,
    reduction: str,
) -> tuple[np.ndarray]:
    shares, divisor = kept
    upstream = np.ascontiguousarray(g / divisor if reduction == "mean" else g, shares.dtype).reshape(-1)
    out = _to_logits(shares, _indices(target), _fitting(weight, shares), ignore_index, label_smoothing, upstream)
    return (_as_it_was(out, input),)


def _cross_entropy_composition(
    input: Any, target: Any, weight: Any, ignore_index: int, label_smoothing: float, reduction: str
) -> Any:
    """−ln softmax at the classes; with smoothing, mixed with the mean of −ln softmax over all classes."""
    axis, classes = class_axis(input), bare(target)
    logs = log_softmax(input, axis)
    ignored = np.equal(classes, ignore_index)
    weights = _class_weights(classes, ignored, weight, input.dtype)
    losses = -of_the_classes(logs, classes, ignored) * weights
    if label_smoothing:
        weighted = logs if weight is None else logs * _along_classes(weight, input)
        losses = losses * (1 - label_smoothing) - weighted.sum(axis) * (label_smoothing / input.shape[axis])
    losses = where(ignored, 0.0, losses)
    return losses.sum() / weights.sum() if reduction == "mean" else reduced(losses, reduction)


def _class_weights(classes: np.ndarray, ignored: np.ndarray, weight: Any, dtype: Any) -> np.ndarray:
    """The weight of each target's class, 0 where it is ignored."""
    weights = np.ones((), dtype) if weight is None else bare(weight)[np.where(ignored, 0, classes)]
    return np.where(ignored, 0, weights).astype(dtype, copy=False)


def _along_classes(weight: Any, like: Any) -> np.ndarray:
    """One number for each class, shaped so that it goes along the class axis."""
    return _fitting(weight, like).reshape(-1, *[1] * max(like.ndim - 2, 0))


def _fitting(weight: Any, like: Any) -> Any:
    """A weight's bare numbers in the element type that is computed in; None stays None."""
    return None if weight is None else bare(weight).astype(like.dtype, copy=False)


_CLASSES = np.array([2, 0])
_MASK = np.array([[1, -1, 0], [2, 2, 0]])
_WEIGHTS = np.array([0.5, 2.0, 1.0])

cross_entropy = fused(
    "cross_entropy",
    _cross_entropy,
    _cross_entropy_backward,
    _cross_entropy_composition,
    differentiable=(True, False, False),
    keeps=True,
    looks_at=("target", "weight"),
    sign="−ln softmax",
    formula="−ln softmax(input)[target]",
    gradients=("g·(softmax(input) − onehot(target))/N",),
    examples=(
        ((2, 3), _CLASSES),
        ((3,), np.array(1)),
        ((2, 3), _CLASSES, None, -100, 0.0, "sum"),
        ((2, 3), _CLASSES, None, 2, 0.0, "none"),
        ((2, 3), _CLASSES, _WEIGHTS, -100, 0.1),
        ((2, 3, 3), _MASK, _WEIGHTS, -1, 0.2),
        ((2, 3, 3), _MASK, None, -1, 0.0, "none"),
        ((2, 3, 3), _MASK, None, -1, 0.3, "sum"),
    ),
    doc="Softmax and negative log-likelihood in one: the signal that reaches the logits is prediction minus truth.",
)


# --- cross-entropy with probabilities ---------------------------------------------------------------------------------


def _goal(target: Any, weight: Any, label_smoothing: float) -> Any:
    """How much each −ln softmax counts."""
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / target.shape[class_axis(target)]
    return target if weight is None else target * _along_classes(weight, target)


def _soft_cross_entropy(
    input: Any, target: Any, weight: Any = None, label_smoothing: float = 0.0, reduction: str = "mean"
) -> tuple[np.ndarray, np.ndarray]:
    require_same_shape("cross_entropy", input, target)
    axis = class_axis(input)
    logs = log_softmax.forward(input, axis)
    losses = np.asarray(-np.add.reduce(_goal(target, weight, label_smoothing) * logs, axis))
    return _reduced(losses, reduction), logs


def _soft_cross_entropy_backward(
    g: Any,
    y: Any,
    logs: np.ndarray,
    wanted: Sequence[bool],
    input: Any,
    target: Any,
    weight: Any,
    label_smoothing: float,
    reduction: str,
) -> tuple[Any, Any]:
    axis = class_axis(input)
    count = input.size // max(input.shape[axis], 1)
    upstream = np.expand_dims(g, axis) if reduction == "none" else _for_each(g, count, reduction)
    to_input = to_target = None
    if wanted[0]:
        goal = _goal(target, weight, label_smoothing)
        to_input = (np.exp(logs) * np.add.reduce(goal, axis, keepdims=True) - goal) * upstream
    if wanted[1]:
        to_target = logs * (-(1 - label_smoothing) * upstream)
        if weight is not None:
            to_target *= _along_classes(weight, input)
    return to_input, to_target


def _soft_cross_entropy_composition(
    input: Any, target: Any, weight: Any, label_smoothing: float, reduction: str
) -> Any:
    axis = class_axis(input)
    return reduced(-(_goal(target, weight, label_smoothing) * log_softmax(input, axis)).sum(axis), reduction)


soft_cross_entropy = fused(
    "soft_cross_entropy",
    _soft_cross_entropy,
    _soft_cross_entropy_backward,
    _soft_cross_entropy_composition,
    differentiable=(True, True, False),
    keeps=True,
    looks_at=("target", "weight"),
    sign="−Σ t·ln softmax",
    formula="−Σ target·ln softmax(input)",
    gradients=("g·(softmax(input)·Σ target − target)/N", "−g·ln softmax(input)/N"),
    examples=(
        ((2, 3), (2, 3)),
        ((3,), (3,), _WEIGHTS, 0.1, "none"),
        ((2, 3), (2, 3), _WEIGHTS, 0.0, "sum"),
        ((2, 3, 2), (2, 3, 2), None, 0.2, "none"),
        ((2, 3, 2), (2, 3, 2), _WEIGHTS, 0.2, "mean"),
    ),
    doc="The target gives each class a probability.",
)


# --- binary cross-entropy of logits -----------------------------------------------------------------------------------


def _logits_cross_entropy(
    input: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: str = "mean"
) -> tuple[np.ndarray, Any]:
    require_same_shape("binary_cross_entropy_with_logits", input, target)
    tail = np.exp(-np.abs(input))
    if pos_weight is None:
        losses = np.maximum(input, 0) - target * input + np.log1p(tail)
    else:
        lift = 1 + (_fitting(pos_weight, input) - 1) * target
        losses = (1 - target) * input + lift * (np.maximum(-input, 0) + np.log1p(tail))
    return _reduced(losses if weight is None else losses * _fitting(weight, input), reduction), tail


def _logits_cross_entropy_backward(
    g: Any,
    y: Any,
    tail: Any,
    wanted: Sequence[bool],
    input: Any,
    target: Any,
    weight: Any,
    pos_weight: Any,
    reduction: str,
) -> tuple[Any, Any]:
    upstream = _for_each(g, input.size, reduction)
    if weight is not None:
        upstream = upstream * _fitting(weight, input)
    if pos_weight is not None:
        pos_weight = _fitting(pos_weight, input)
    to_input = to_target = None
    if wanted[0]:
        positive = np.where(input >= 0, 1, tail) / (1 + tail)
        if pos_weight is None:
            to_input = (positive - target) * upstream
        else:
            negative = np.where(input >= 0, tail, 1) / (1 + tail)
            to_input = (positive * (1 - target) - pos_weight * target * negative) * upstream
    if wanted[1]:
        to_target = -input
        if pos_weight is not None:
            to_target = to_target + (pos_weight - 1) * (np.maximum(-input, 0) + np.log1p(tail))
        to_target = to_target * upstream
    return to_input, to_target


_EXACT_UP_TO = 80.0
"""From here on softplus is taken to be its argument, which it is in double precision; exp(80) is finite in single."""


def _logits_cross_entropy_composition(input: Any, target: Any, weight: Any, pos_weight: Any, reduction: str) -> Any:
    below = softplus(-input, 1.0, _EXACT_UP_TO)
    if pos_weight is not None:
        below = below * (1 + (_fitting(pos_weight, input) - 1) * target)
    losses = (1 - target) * input + below
    return reduced(losses if weight is None else losses * _fitting(weight, input), reduction)


logits_cross_entropy = fused(
    "binary_cross_entropy_with_logits",
    _logits_cross_entropy,
    _logits_cross_entropy_backward,
    _logits_cross_entropy_composition,
    differentiable=(True, True, False, False),
    keeps=True,
    looks_at=("input", "target", "weight", "pos_weight"),
    sign="BCE of logits",
    formula="(1 − target)·input + ln(1 + exp(−input))",
    gradients=("g·(σ(input) − target)/n", "−g·input/n"),
    examples=(
        ((2, 3), (2, 3)),
        ((), (), None, None, "sum"),
        ((2, 3), (2, 3), _WEIGHTS, _WEIGHTS + 1, "none"),
        ((2, 3), (2, 3), None, _WEIGHTS, "mean"),
    ),
    doc="A sigmoid and the cross-entropy of a coin in one, without overflow at any logit.",
)
