"""Losses as one node each: of numbers, and of the logits of yes-or-no questions.

A loss ends every step of training, so it is worth a kernel. Those of classes are in `nn.ops.classes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.functions.bare import bare
from autograd.ops.activations import softplus
from autograd.ops.fused import Fused, fused
from autograd.ops.selection import clip
from autograd.ops.table import entry

__all__ = [
    "binary_cross_entropy",
    "fitting",
    "for_each",
    "huber_loss",
    "l1_loss",
    "log_one_plus_exp",
    "logits_cross_entropy",
    "mse_loss",
    "reduced",
    "reduced_array",
    "require_same_shape",
]


# --- what all losses share --------------------------------------------------------------------------------------------


def reduced(losses: Any, reduction: str) -> Any:
    """The losses themselves ("none"), their sum or their mean, which is nan of no losses, as in PyTorch."""
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.mean()


def reduced_array(losses: Any, reduction: str) -> np.ndarray:
    """The same of a bare array; of half precision, where numbers end at 65504, summed in single precision."""
    dtype = losses.dtype
    if reduction != "none":
        count = np.size(losses)
        losses = np.add.reduce(losses, None, np.float32 if dtype == np.float16 else None)
        if reduction == "mean":
            losses = losses / count if count else np.nan
    return np.asarray(losses, dtype)


def for_each(g: Any, count: int, reduction: str) -> Any:
    """What reaches each loss before it was reduced; of a mean in single precision at least, see `reduced_array`."""
    if reduction != "mean":
        return g
    return (g.astype(np.float32) if g.dtype == np.float16 else g) / count


def fitting(weight: Any, like: Any) -> Any:
    """A weight's bare numbers in the element type that is computed in; None stays None."""
    return None if weight is None else bare(weight).astype(like.dtype, copy=False)


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

_SHAPES = tuple(
    (*shapes, reduction) for shapes in (((2, 3), (2, 3)), ((), ())) for reduction in ("mean", "sum", "none")
)


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
        return reduced_array(loss(d), reduction), d

    def backward(
        g: Any, y: Any, d: Any, wanted: Sequence[bool], input: Any, target: Any, reduction: str
    ) -> tuple[Any, Any]:
        return _to_both(slope(d) * for_each(g, np.size(d), reduction), wanted)

    return fused(
        name,
        forward,
        backward,
        lambda input, target, reduction="mean": reduced(loss(input - target), reduction),
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
    within = np.minimum(np.maximum(d, -delta), delta)
    return reduced_array(within * (d - 0.5 * within), reduction), within


def _huber_backward(
    g: Any, y: Any, within: Any, wanted: Sequence[bool], input: Any, target: Any, reduction: str, delta: float
) -> tuple[Any, Any]:
    return _to_both(within * for_each(g, np.size(within), reduction), wanted)


def _huber_composition(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    d = input - target
    within = clip(d, -delta, delta)
    return reduced(within * (d - 0.5 * within), reduction)


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


# --- binary cross-entropy ---------------------------------------------------------------------------------------------


def _binary_cross_entropy(a: Any, b: Any) -> Any:
    return -(b * _bounded_log(a) + (1 - b) * _bounded_log(1 - a))


def _bounded_log(a: Any) -> Any:
    """The logarithm where it is above −100; of 0 none is taken."""
    return np.maximum(np.log(np.maximum(a, 1e-44)), -100)


_LEAST = float(np.float32(1e-12))
"""PyTorch has this number in single precision."""


def _to_probability(g: Any, y: Any, a: Any, b: Any) -> Any:
    return g * (a - b) / np.maximum(a * (1 - a), _LEAST)


def _to_goal(g: Any, y: Any, a: Any, b: Any) -> Any:
    return g * (_bounded_log(1 - a) - _bounded_log(a))


binary_cross_entropy = entry(
    "binary_cross_entropy",
    _binary_cross_entropy,
    _to_probability,
    _to_goal,
    sign="BCE",
    formula="−(b·ln(a) + (1 − b)·ln(1 − a))",
    gradients=("g·(a − b)/(a·(1 − a))", "g·(ln(1 − a) − ln(a))"),
    at_kink="The logarithms are at least −100, and the gradient to a is divided by at least 1e−12, as in PyTorch.",
)
binary_cross_entropy.module = "nn.functional"


def _logits_cross_entropy(
    input: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: str = "mean"
) -> tuple[np.ndarray, Any]:
    require_same_shape("binary_cross_entropy_with_logits", input, target)
    tail = np.exp(-np.abs(input))
    if pos_weight is None:
        losses = np.maximum(input, 0) - target * input + np.log1p(tail)
    else:
        lift = 1 + (fitting(pos_weight, input) - 1) * target
        losses = (1 - target) * input + lift * (np.maximum(-input, 0) + np.log1p(tail))
    return reduced_array(losses if weight is None else losses * fitting(weight, input), reduction), tail


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
    upstream = for_each(g, input.size, reduction)
    if weight is not None:
        upstream = upstream * fitting(weight, input)
    if pos_weight is not None:
        pos_weight = fitting(pos_weight, input)
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


def log_one_plus_exp(a: Any) -> Any:
    """ln(1 + exp(a)), by softplus: from 80 on it is a in double precision, and up to there exp is finite in single."""
    return softplus(a, 1.0, 80.0)


def _logits_cross_entropy_composition(
    input: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: str = "mean"
) -> Any:
    below = log_one_plus_exp(-input)
    if pos_weight is not None:
        below = below * (1 + (fitting(pos_weight, input) - 1) * target)
    losses = (1 - target) * input + below
    return reduced(losses if weight is None else losses * fitting(weight, input), reduction)


_WEIGHTS = np.array([0.5, 2.0, 1.0])

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
