"""How do the bends of a network compute: functions that work entry by entry, or share out along an axis?

Most are rows of the table of operations, and `nn.functional` hands those on as they are; here are the others, composed
of rows, and those that take an argument more than their row.

``inplace`` is accepted wherever PyTorch has it, so that programs port, and nothing is ever overwritten: the result is
the same, and the input stays what it was. A program that drops the result and reads the input instead has to use it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd.errors import ArgumentTypeError, ArgumentValueError, ShapeError
from autograd.functions.bare import bare
from autograd.functions.shapes import axis_of
from autograd.ops import activations as bends
from autograd.ops.exponential import logaddexp
from autograd.ops.selection import clip, where
from autograd.ops.trigonometric import tanh
from autograd.random import Generator, numpy_generator

__all__ = [
    "celu",
    "cosine_similarity",
    "elu",
    "glu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "log_softmax",
    "logsigmoid",
    "mish",
    "normalize",
    "pairwise_distance",
    "prelu",
    "relu",
    "relu6",
    "rrelu",
    "selu",
    "silu",
    "softmax",
    "softmin",
    "softshrink",
    "softsign",
    "swiglu",
    "tanhshrink",
    "threshold",
]


# --- the ReLU family --------------------------------------------------------------------------------------------------


def relu(input: Any, inplace: bool = False) -> Any:
    """max(x, 0); the gradient at 0 is 0."""
    return bends.relu(input)


def relu6(input: Any, inplace: bool = False) -> Any:
    """min(max(x, 0), 6); the gradient at 0 and at 6 is 0."""
    return bends.hardtanh(input, 0, 6)


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """x where it is positive, negative_slope·x elsewhere; the gradient at 0 is negative_slope."""
    return bends.leaky_relu(input, negative_slope)


def prelu(input: Any, weight: Any) -> Any:
    """x where it is positive, weight·x elsewhere, with a weight that is learned (He et al. 2015, equation 1).

    Parameters
    ----------
    input : Tensor of shape (N, C, …), or any
    weight : Tensor of shape (1,) or (C,)
        One for all, or one for each channel.

    Raises
    ------
    ShapeError
        If the weight is not one number, and not one for each entry of the input's second axis either.
    """
    if weight.ndim > 1 or (weight.size != 1 and (input.ndim < 2 or input.shape[1] != weight.shape[0])):
        raise ShapeError(
            f"prelu(): the weight has shape {weight.shape}; an input of shape {input.shape} takes (1,)"
            + (f" or ({input.shape[1]},)" if input.ndim > 1 else "")
        )
    slope = weight.reshape(-1, *[1] * (input.ndim - 2)) if input.ndim > 1 else weight.reshape(())
    positive = bare(input) > 0
    return where(positive, input, slope * where(positive, 0.0, input))  # where x is inf, inf·0 would be nan


def rrelu(
    input: Any,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Any:
    """x where it is positive, a·x elsewhere, a drawn anew for each entry (Xu et al. 2015, section 2.4).

    Parameters
    ----------
    input : Tensor
    lower, upper : float
        Between them a is drawn while training; otherwise it is their mean.
    training : bool
    inplace : bool
        Accepted, see above.
    generator : Generator, optional

    Raises
    ------
    ArgumentValueError
        If ``lower`` is above ``upper``.
    """
    if not lower <= upper:
        raise ArgumentValueError(f"rrelu(): lower={lower!r:.40} is above upper={upper!r:.40}")
    if not training:
        return leaky_relu(input, (lower + upper) / 2)
    numbers = bare(input)
    slope = numpy_generator(generator).uniform(lower, upper, numbers.shape).astype(numbers.dtype)
    return input * np.where(numbers > 0, numbers.dtype.type(1), slope)


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """x where it is positive, alpha·(exp(x) − 1) elsewhere; the gradient at 0 is alpha."""
    return bends.elu(input, alpha)


def selu(input: Any, inplace: bool = False) -> Any:
    """A scaled `elu` that keeps mean and variance from layer to layer (Klambauer et al. 2017)."""
    return autograd.selu(input)


def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """alpha·elu(x/alpha): as `elu`, but smooth at 0 for every alpha (Barron 2017)."""
    return autograd.celu(input, alpha)


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Any:
    """x where it is above the threshold, and the value elsewhere."""
    return where(bare(input) <= threshold, value, input)


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """x between two bounds; at the bounds themselves the gradient is 0.

    Raises
    ------
    ArgumentValueError
        If the lower bound is above the upper one.
    """
    if min_val > max_val:
        raise ArgumentValueError(f"hardtanh(): min_val={min_val!r:.40} is above max_val={max_val!r:.40}")
    return bends.hardtanh(input, min_val, max_val)


def hardshrink(input: Any, lambd: float = 0.5) -> Any:
    """x, and 0 where it lies between −lambd and lambd."""
    return where(abs(bare(input)) <= lambd, 0.0, input)


def softshrink(input: Any, lambd: float = 0.5) -> Any:
    """x moved towards 0 by lambd, and 0 where it is not further away than that.

    Raises
    ------
    ArgumentValueError
        If ``lambd`` is negative.
    """
    if not lambd >= 0:
        raise ArgumentValueError(f"softshrink(): lambd is a number from 0, not {lambd!r:.40}")
    return input - clip(input, -lambd, lambd)


# --- the sigmoid family -----------------------------------------------------------------------------------------------


def silu(input: Any, inplace: bool = False) -> Any:
    """x·σ(x), the sigmoid linear unit, also called swish (Elfwing et al. 2017, equation 7)."""
    return bends.silu(input)


def mish(input: Any, inplace: bool = False) -> Any:
    """x·tanh(ln(1 + exp(x))) (Misra 2019, equation 1)."""
    return input * tanh(bends.softplus(input))


def logsigmoid(input: Any) -> Any:
    """ln σ(x) = −ln(1 + exp(−x)), without overflow."""
    return -logaddexp(-input, 0.0)


def hardsigmoid(input: Any, inplace: bool = False) -> Any:
    """x/6 + 1/2 between 0 and 1: straight pieces in the place of the sigmoid."""
    return bends.hardtanh(input, -3.0, 3.0) / 6 + 0.5


def hardswish(input: Any, inplace: bool = False) -> Any:
    """x·hardsigmoid(x) (Howard et al. 2019, section 5.2)."""
    return input * hardsigmoid(input)


def softsign(input: Any) -> Any:
    """x/(1 + |x|)."""
    return input / (1 + abs(input))


def tanhshrink(input: Any) -> Any:
    """x − tanh(x)."""
    return input - tanh(input)


# --- gates ------------------------------------------------------------------------------------------------------------


def glu(input: Any, dim: int = -1) -> Any:
    """a·σ(b), a and b the halves of the input along an axis (Dauphin et al. 2017, equation 1).

    Raises
    ------
    ShapeError
        If the axis cannot be halved.
    """
    if input.ndim == 0 or input.shape[axis_of("glu", dim, input.ndim)] % 2:
        raise ShapeError(f"glu(): axis {dim} of shape {input.shape} cannot be halved")
    a, b = autograd.chunk(input, 2, dim)
    return a * bends.sigmoid(b)


def swiglu(a: Any, b: Any) -> Any:
    """silu(a)·b: the gate of the feed-forward layer of Shazeer 2020, equation 5.

    Parameters
    ----------
    a, b : Tensor
        Of one shape: two linear maps of the layer's input.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    if a.shape != b.shape:
        raise ShapeError(f"swiglu(): the halves have shapes {a.shape} and {b.shape}; make them equal")
    return bends.silu(a) * b


# --- shares along an axis ---------------------------------------------------------------------------------------------


def softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """exp(x) / Σ exp(x) along an axis, without overflow.

    Raises
    ------
    ArgumentTypeError
        If no axis is given; PyTorch then guesses one, which it says not to rely on.
    """
    return autograd.softmax(input, _chosen("softmax", dim, input), dtype)


def log_softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """The logarithm of `softmax`, exact where softmax is nearly 0.

    Raises
    ------
    ArgumentTypeError
        If no axis is given.
    """
    return autograd.log_softmax(input, _chosen("log_softmax", dim, input), dtype)


def softmin(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """The softmax of −x: the smallest entries get the largest shares.

    Raises
    ------
    ArgumentTypeError
        If no axis is given.
    """
    return autograd.softmin(input, _chosen("softmin", dim, input), dtype)


def _chosen(name: str, dim: int | None, input: Any) -> int:
    if dim is None:
        raise ArgumentTypeError(
            f"{name}(): along which axis of shape {input.shape}? Pass dim; for classes it is often −1"
        )
    return dim


# --- lengths and angles -----------------------------------------------------------------------------------------------


def normalize(input: Any, p: float = 2.0, dim: int | tuple[int, ...] = 1, eps: float = 1e-12) -> Any:
    """x / max(‖x‖, eps), with the p-norm along an axis."""
    return input / autograd.clamp_min(autograd.norm(input, p, dim, True), eps)


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """x1·x2 / (max(‖x1‖, eps)·max(‖x2‖, eps)) along an axis; the shapes are broadcast."""
    x1, x2 = autograd.broadcast_tensors(x1, x2)
    lengths = [autograd.norm(x, 2, dim, True) for x in (x1, x2)]
    a, b = (x / autograd.clamp_min(length, eps) for x, length in zip((x1, x2), lengths, strict=True))
    return (a * b).sum(dim)


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """‖x1 − x2 + eps‖, with the p-norm along the last axis; the shapes are broadcast."""
    return autograd.norm(x1 - x2 + eps, p, -1, keepdim)
