"""How wrong is a prediction? Losses under PyTorch's names and with its arguments.

Every loss compares an input with a target and returns the mean over all its entries, or with ``reduction`` "sum" their
sum, or with "none" each of them. Two things are stricter than in PyTorch:

- The target has the input's shape, except where it names classes. PyTorch broadcasts it in most losses and warns; the
  loss is then that of other pairs than was meant.
- Targets that a loss gives no meaning to are refused, such as a 0 where it takes 1 and −1.

Input and target of two floating-point types are computed in the wider one; whole numbers and booleans in the target
count as numbers of the input's type.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, GraphError, ShapeError
from autograd.functions.bare import bare
from autograd.functions.creation import number
from autograd.functions.shapes import array
from autograd.ops.exponential import exp, log, xlogy
from autograd.ops.selection import where
from autograd.ops.shapes import astype
from nn.ops import classes
from nn.ops import losses as rows
from nn.ops.losses import reduced, require_same_shape

__all__ = [
    "DIVERGENCE_REDUCTIONS",
    "REDUCTIONS",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "class_weight",
    "cross_entropy",
    "floats",
    "gaussian_nll_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "of_one_type",
    "pair",
    "perplexity",
    "poisson_nll_loss",
    "require_reduction",
    "sided",
    "smooth_l1_loss",
    "soft_margin_loss",
]


# --- arguments --------------------------------------------------------------------------------------------------------

REDUCTIONS = ("none", "mean", "sum")
DIVERGENCE_REDUCTIONS = (*REDUCTIONS, "batchmean")


def require_reduction(name: str, reduction: Any, known: tuple[str, ...] = REDUCTIONS) -> None:
    """Refuse a reduction that does not exist.

    Raises
    ------
    ArgumentValueError
        Which lists those that do.
    """
    if reduction not in known:
        raise ArgumentValueError(f"{name}: reduction is one of {', '.join(map(repr, known))}, not {reduction!r:.40}")


def floats(name: str, input: Any, what: str = "input") -> Any:
    """An input of floating-point numbers."""
    x = array(name, input)
    if x.dtype.kind != "f":
        raise DtypeError(
            f"{name}(): the {what} is of {x.dtype}; losses are computed from floating-point numbers, as .to('float32')"
        )
    return x


def _target(name: str, target: Any, input: Any) -> Any:
    """A target as an array; Python numbers and lists take the input's element type."""
    t = array(name, target)
    return t.astype(input.dtype) if t.dtype.kind == "f" and not isinstance(target, (Tensor, np.ndarray)) else t


def pair(name: str, input: Any, target: Any) -> tuple[Any, Any]:
    """Input and target of one shape and one floating-point type."""
    x = floats(name, input)
    t = _target(name, target, x)
    require_same_shape(name, x, t)
    return (x, t) if x.dtype == t.dtype else of_one_type(x, t)


def of_one_type(*operands: Any) -> tuple[Any, ...]:
    """The operands in the widest of their floating-point types."""
    wanted = np.result_type(*[x.dtype for x in operands if x.dtype.kind == "f"])
    return tuple(x if x.dtype == wanted else astype(x, wanted) for x in operands)


def _constant(name: str, what: str, weight: Any) -> Any:
    """A weight to which no gradient flows."""
    if isinstance(weight, Tensor) and weight.requires_grad:
        raise GraphError(f"{name}(): no gradient flows to the {what}; pass {what}.detach() if none is wanted")
    return array(name, weight)


def sided(name: str, target: Any) -> None:
    """Refuse a target of 0 where its sign tells a side.

    Raises
    ------
    ArgumentValueError
        Which says how to make sides from 0 and 1.
    """
    if np.equal(bare(target), 0).any():
        raise ArgumentValueError(f"{name}(): the target is 1 or −1, not 0; from 0 and 1 make them by 2 * target - 1")


def _within(name: str, what: str, x: Any, low: float, high: float) -> None:
    """Refuse numbers outside of an interval; nan passes, and shows itself in the loss."""
    numbers = np.asarray(bare(x))
    outside = (numbers < low) | (numbers > high)
    if outside.any():
        place = tuple(int(i) for i in np.unravel_index(np.argmax(outside), outside.shape))
        raise ArgumentValueError(
            f"{name}(): the {what} lies between {low} and {high}; at {list(place)} it is {numbers[place]:g}"
            + ("; scores without bounds are for binary_cross_entropy_with_logits" if what == "input" else "")
        )


# --- regression -------------------------------------------------------------------------------------------------------


def mse_loss(input: Any, target: Any, *, reduction: str = "mean", weight: Any = None) -> Any:
    """(input − target)², the squared error.

    Parameters
    ----------
    input, target : Tensor of one shape
    reduction : {"mean", "sum", "none"}
    weight : Tensor of that shape, optional
        Multiplies the errors; the mean is then divided by the sum of the weights.

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        If the reduction does not exist, the input is not floating-point, or the shapes differ.
    """
    require_reduction("mse_loss", reduction)
    x, t = pair("mse_loss", input, target)
    if weight is not None:
        return _weighted("mse_loss", rows.mse_loss(x, t, "none"), weight, reduction)
    return rows.mse_loss(x, t, reduction)


def l1_loss(input: Any, target: Any, *, reduction: str = "mean", weight: Any = None) -> Any:
    """|input − target|, the absolute error; its gradient at equality is 0.

    Parameters and refusals are those of `mse_loss`.
    """
    require_reduction("l1_loss", reduction)
    x, t = pair("l1_loss", input, target)
    if weight is not None:
        return _weighted("l1_loss", rows.l1_loss(x, t, "none"), weight, reduction)
    return rows.l1_loss(x, t, reduction)


def _weighted(name: str, losses: Any, weight: Any, reduction: str) -> Any:
    """The losses times weights of the same shape; the mean is a weighted mean."""
    losses, w = _pair_with_weight(name, losses, weight)
    return (losses * w).sum() / w.sum() if reduction == "mean" else reduced(losses * w, reduction)


def _pair_with_weight(name: str, losses: Any, weight: Any) -> tuple[Any, ...]:
    w = array(name, weight)
    require_same_shape(name, losses, w, "the weight")
    return of_one_type(losses, w)


def smooth_l1_loss(input: Any, target: Any, *, reduction: str = "mean", beta: float = 1.0) -> Any:
    """d²/(2·beta) where |d| < beta, |d| − beta/2 elsewhere; d = input − target (Girshick 2015, equation 3).

    Parameters
    ----------
    input, target : Tensor of one shape
    reduction : {"mean", "sum", "none"}
    beta : float
        Where the bend is; 0 makes it the `l1_loss`.

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`, and if beta is negative.
    """
    beta = number("smooth_l1_loss", "beta", beta)
    if not beta >= 0:
        raise ArgumentValueError(f"smooth_l1_loss(): beta is a number from 0 on, not {beta}")
    require_reduction("smooth_l1_loss", reduction)
    x, t = pair("smooth_l1_loss", input, target)
    if beta == 0:
        return rows.l1_loss(x, t, reduction)
    loss = rows.huber_loss(x, t, reduction, beta)
    return loss if beta == 1 else loss / beta


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> Any:
    """d²/2 where |d| ≤ delta, delta·|d| − delta²/2 elsewhere; d = input − target (Huber 1964).

    Parameters
    ----------
    input, target : Tensor of one shape
    reduction : {"mean", "sum", "none"}
    delta : float
        Where the parabola becomes a line.
    weight : Tensor of that shape, optional
        Multiplies the losses. Here the mean is divided by their number, as in PyTorch.

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`, and if delta is not positive.
    """
    delta = number("huber_loss", "delta", delta)
    if not delta > 0:
        raise ArgumentValueError(f"huber_loss(): delta is a positive number, not {delta}")
    require_reduction("huber_loss", reduction)
    x, t = pair("huber_loss", input, target)
    if weight is None:
        return rows.huber_loss(x, t, reduction, delta)
    losses, w = _pair_with_weight("huber_loss", rows.huber_loss(x, t, "none", delta), weight)
    return reduced(losses * w, reduction)


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    *,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Any:
    """−ln P(target) of a Poisson distribution, up to a constant: exp(x) − t·x, with the logarithm of its mean as x.

    Parameters
    ----------
    input, target : Tensor of one shape
    log_input : bool
        Without it the input is the mean itself, and the loss x − t·ln(x + eps).
    full : bool
        Add Stirling's approximation of ln t!, which is t·ln t − t + ln(2π·t)/2, where t > 1.
    eps : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`.
    """
    require_reduction("poisson_nll_loss", reduction)
    eps = number("poisson_nll_loss", "eps", eps)
    x, t = pair("poisson_nll_loss", input, target)
    losses = exp(x) - t * x if log_input else x - t * log(x + eps)
    if full:
        counts = where(bare(t) > 1, t, 1.0)  # at 0 the logarithm has no derivative
        stirling = counts * log(counts) - counts + 0.5 * log(2 * math.pi * counts)
        losses = losses + where(bare(t) > 1, stirling, 0.0)
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """−ln p(target) of a normal distribution: (ln v + (input − target)²/v)/2, v = max(var, eps) (Nix and Weigend 1994).

    Parameters
    ----------
    input, target : Tensor of one shape
        The mean that is predicted, and the number that came.
    var : Tensor or float
        The variance that is predicted: of the input's shape, without its last axis, or with one axis of size 1. Its
        gradient is taken as if it had not been raised to eps.
    full : bool
        Add the constant ln(2π)/2.
    eps : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`, and if a variance is negative, its shape another, or eps not positive.
    """
    name = "gaussian_nll_loss"
    require_reduction(name, reduction)
    eps = number(name, "eps", eps)
    if not eps > 0:
        raise ArgumentValueError(f"{name}(): eps is a positive number, not {eps}")
    x, t = pair(name, input, target)
    v = np.full(x.shape, var, x.dtype) if isinstance(var, (int, float)) else floats(name, var, "variance")
    x, t, v = of_one_type(x, t, v)
    if v.shape == x.shape[:-1] and v.shape != x.shape:
        v = v.reshape(*v.shape, 1)
    elif v.ndim != x.ndim or sum(b for a, b in zip(x.shape, v.shape, strict=True) if a != b) not in (0, 1):
        raise ShapeError(
            f"{name}(): the input has shape {x.shape}, the variance {np.shape(bare(var))}; it may lack the last axis, "
            "or have one axis of size 1"
        )
    numbers = bare(v)
    if (numbers < 0).any():
        raise ArgumentValueError(f"{name}(): a variance is not negative, as {numbers.min():g} is")
    if (numbers < eps).any():
        v = v + (np.maximum(numbers, numbers.dtype.type(eps)) - numbers)
    d = x - t
    losses = 0.5 * (log(v) + d * d / v)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


# --- classes ----------------------------------------------------------------------------------------------------------


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """−ln of the probability that a softmax of the input gives to the target. The input are logits: no softmax before.

    Parameters
    ----------
    input : Tensor of shape (C,), (N, C) or (N, C, …)
        Scores of any size; the loss and its gradient stay finite and exact at ±1000.
    target : Tensor of integers of shape (), (N,) or (N, …), or of the input's shape
        The index of each class, or of floating-point numbers in the input's shape a probability for each class.
    weight : Tensor of shape (C,), optional
        How much each class counts. With indices the mean is then divided by the sum of the targets' weights.
    ignore_index : int
        A class index that means: no loss here.
    reduction : {"mean", "sum", "none"}
    label_smoothing : float
        From 0 to 1: how much of the target is spread evenly over all classes (Szegedy et al. 2016, section 7).

    Returns
    -------
    Tensor of shape (), or with reduction="none" of the shape that class indices have

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, BoundsError, DtypeError, GraphError, ShapeError
        If a class does not exist (the message says which and where), if shapes or element types do not fit, if the
        reduction or the smoothing is none, or if the weight requires a gradient.
    """
    require_reduction("cross_entropy", reduction)
    smoothing = float(number("cross_entropy", "label_smoothing", label_smoothing))
    if not 0 <= smoothing <= 1:
        raise ArgumentValueError(f"cross_entropy(): label_smoothing is a number from 0 to 1, not {label_smoothing}")
    _require_index("cross_entropy", ignore_index)
    x = floats("cross_entropy", input)
    t = _target("cross_entropy", target, x)
    if weight is not None:
        weight = class_weight("cross_entropy", weight, x)
    if t.shape != x.shape:
        return classes.cross_entropy(x, t, weight, int(ignore_index), smoothing, reduction)
    if not x.ndim:
        raise ShapeError(
            "cross_entropy(): the input has no axis for the classes; it has shape (C,), (N, C) or (N, C, …)"
        )
    if t.dtype.kind != "f":
        raise DtypeError(
            f"cross_entropy(): a target of the input's shape {x.shape} holds probabilities, which {t.dtype} are not; "
            "convert one-hot rows with .to('float32'), or pass class indices of a shape without the class axis"
        )
    if ignore_index >= 0:
        raise ArgumentValueError(
            f"cross_entropy(): ignore_index={ignore_index} means a class index, and the target holds probabilities"
        )
    x, t = of_one_type(x, t)
    return classes.soft_cross_entropy(x, t, weight, smoothing, reduction)


def _require_index(name: str, ignore_index: Any) -> None:
    if not isinstance(ignore_index, (int, np.integer)):
        raise ArgumentTypeError(f"{name}(): ignore_index is an integer, not {ignore_index!r:.40}")


def class_weight(name: str, weight: Any, input: Any) -> Any:
    """A weight of one number for each class of the input, to which no gradient flows."""
    w = _constant(name, "weight", weight)
    count = input.shape[classes.class_axis(input)] if input.ndim else 0
    if w.shape != (count,):
        raise ShapeError(f"{name}(): the weight has shape {w.shape}; an input of shape {input.shape} takes ({count},)")
    return w


def nll_loss(input: Any, target: Any, weight: Any = None, *, ignore_index: int = -100, reduction: str = "mean") -> Any:
    """−input at the target's class: the negative log-likelihood of logarithms of probabilities, as of a log_softmax.

    Parameters
    ----------
    input : Tensor of shape (C,), (N, C) or (N, C, …)
    target : Tensor of integers of shape (), (N,) or (N, …)
    weight, ignore_index, reduction
        As for `cross_entropy`.

    Raises
    ------
    ArgumentValueError, BoundsError, DtypeError, GraphError, ShapeError
        As `cross_entropy`.
    """
    require_reduction("nll_loss", reduction)
    _require_index("nll_loss", ignore_index)
    x, t = floats("nll_loss", input), np.asarray(bare(array("nll_loss", target)))
    classes.require_classes("nll_loss", x, t)
    classes.require_indices("nll_loss", t, x.shape[classes.class_axis(x)], ignore_index)
    if weight is not None:
        weight = class_weight("nll_loss", weight, x)
    losses, divisor = classes.picked_losses(x, t, weight, ignore_index)
    return losses.sum() / divisor if reduction == "mean" else reduced(losses, reduction)


def perplexity(input: Any, target: Any, ignore_index: int = -100) -> Any:
    """exp of the mean `cross_entropy`: among how many equally likely classes the model hesitates.

    Parameters
    ----------
    input, target, ignore_index
        As for `cross_entropy`.

    Returns
    -------
    Tensor of shape ()
        C if all C classes seem equally likely, 1 if every one is foreseen.
    """
    return exp(cross_entropy(input, target, ignore_index=ignore_index))


# --- yes or no --------------------------------------------------------------------------------------------------------


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """−(t·ln x + (1 − t)·ln(1 − x)), the input a probability.

    A logarithm is taken to be at least −100, and the gradient (x − t)/(x·(1 − x)) is divided by at least 1e−12, as in
    PyTorch. Of logits, `binary_cross_entropy_with_logits` is exact.

    Parameters
    ----------
    input, target : Tensor of one shape
        Between 0 and 1.
    weight : Tensor, optional
        Multiplies the losses, to whose shape it is broadcast.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, DtypeError, GraphError, ShapeError
        As `mse_loss`, and if a number lies outside of [0, 1], or the weight requires a gradient.
    """
    name = "binary_cross_entropy"
    require_reduction(name, reduction)
    x, t = pair(name, input, target)
    _within(name, "input", x, 0, 1)
    _within(name, "target", t, 0, 1)
    losses = rows.binary_cross_entropy(x, t)
    if weight is not None:
        losses, w = of_one_type(losses, _broadcast(name, "weight", weight, x))
        losses = losses * w
    return reduced(losses, reduction)


def _broadcast(name: str, what: str, weight: Any, like: Any) -> Any:
    """A weight without gradient, which the input's shape can hold."""
    w = _constant(name, what, weight)
    try:
        fits = np.broadcast_shapes(w.shape, like.shape) == like.shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(
            f"{name}(): the {what} has shape {w.shape} and cannot be broadcast to the input's {like.shape}"
        )
    return w


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None
) -> Any:
    """`binary_cross_entropy` of a sigmoid, from the logits: exact, and finite as long as they are.

    Parameters
    ----------
    input, target : Tensor of one shape
        Logits, and numbers between 0 and 1.
    weight : Tensor, optional
        Multiplies the losses, to whose shape it is broadcast.
    reduction : {"mean", "sum", "none"}
    pos_weight : Tensor, optional
        Multiplies what a target of 1 contributes; broadcast too, so (C,) goes with the last axis of C classes.

    Raises
    ------
    ArgumentValueError, DtypeError, GraphError, ShapeError
        As `mse_loss`, and if a weight cannot be broadcast to the input, or requires a gradient.
    """
    return _from_logits("binary_cross_entropy_with_logits", input, target, weight, pos_weight, reduction)


def _from_logits(name: str, input: Any, target: Any, weight: Any, pos_weight: Any, reduction: str) -> Any:
    require_reduction(name, reduction)
    x, t = pair(name, input, target)
    if weight is not None:
        weight = _broadcast(name, "weight", weight, x)
    if pos_weight is not None:
        pos_weight = _broadcast(name, "pos_weight", pos_weight, x)
    return rows.logits_cross_entropy(x, t, weight, pos_weight, reduction)


def soft_margin_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """ln(1 + exp(−target·input)), the logistic loss of targets 1 and −1.

    Parameters
    ----------
    input, target : Tensor of one shape
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`, and if a target is 0.
    """
    require_reduction("soft_margin_loss", reduction)
    x, t = pair("soft_margin_loss", input, target)
    sided("soft_margin_loss", t)
    return reduced(rows.log_one_plus_exp(-t * x), reduction)


def multilabel_soft_margin_loss(input: Any, target: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """The mean over the classes of `binary_cross_entropy_with_logits`: each class is a question of its own.

    Parameters
    ----------
    input, target : Tensor of shape (…, C)
    weight : Tensor of shape (C,), optional
        How much each class counts.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor of shape (), or with reduction="none" of shape (…)

    Raises
    ------
    ArgumentValueError, DtypeError, GraphError, ShapeError
        As `binary_cross_entropy_with_logits`.
    """
    name = "multilabel_soft_margin_loss"
    require_reduction(name, reduction)
    losses = _from_logits(name, input, target, weight, None, "none")
    if not losses.ndim:
        raise ShapeError(f"{name}(): the input has shape (), without an axis for the classes")
    return reduced(losses.mean(-1), reduction)


# --- between distributions --------------------------------------------------------------------------------------------


def kl_div(input: Any, target: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    """t·(ln t − input): entry by entry the divergence of what the input says from the target (Kullback, Leibler 1951).

    Parameters
    ----------
    input : Tensor
        Logarithms of probabilities, as of a log_softmax.
    target : Tensor of that shape
        Probabilities; where they are 0 the loss is 0, of a finite input.
    reduction : {"mean", "batchmean", "sum", "none"}
        "batchmean" divides the sum by the size of the first axis and so is the divergence itself; "mean" divides by
        the number of entries.
    log_target : bool
        Whether the target are logarithms too.

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`.
    """
    require_reduction("kl_div", reduction, DIVERGENCE_REDUCTIONS)
    x, t = pair("kl_div", input, target)
    losses = exp(t) * (t - x) if log_target else xlogy(t, t) - t * x
    if reduction == "batchmean":
        return losses.sum() / x.shape[0] if x.ndim else losses
    return reduced(losses, reduction)
