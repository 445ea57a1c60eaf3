"""What is drawn at random?

Names, arguments and defaults are PyTorch's; the source of chance is `autograd.random`. No gradient flows through a
draw. What should follow its parameters is written so that it does: ``mean + std * randn_like(mean)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, GraphError, ShapeError
from autograd.functions.bare import bare
from autograd.functions.creation import cast, like, makes, number, shape_of, sizes
from autograd.functions.registry import function
from autograd.promotion import get_default_dtype
from autograd.random import numpy_generator
from autograd.tensor import Tensor

__all__ = [
    "bernoulli",
    "multinomial",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
]

_INT64 = np.dtype(np.int64)
_DRAWN = (np.dtype(np.float32), np.dtype(np.float64))
"""The element types that NumPy draws in; others are rounded from float64."""


@function(method=False)
@makes
def rand(*shape: Any, size: Any = None, generator: Any = None, dtype: Any = None) -> np.ndarray:
    """Numbers between 0 (included) and 1 (excluded), all equally likely."""
    return _uniform("rand", shape_of("rand", shape, size), dtype or get_default_dtype(), generator)


@function(method=False)
@makes
def rand_like(input: Any, *, generator: Any = None, dtype: Any = None) -> np.ndarray:
    """``rand`` in the shape and the element type of another Tensor."""
    prototype = like("rand_like", input)
    return _uniform("rand_like", prototype.shape, dtype or prototype.dtype, generator)


@function(method=False)
@makes
def randn(*shape: Any, size: Any = None, generator: Any = None, dtype: Any = None) -> np.ndarray:
    """Numbers of the standard normal distribution."""
    return _standard_normal("randn", shape_of("randn", shape, size), dtype or get_default_dtype(), generator)


@function(method=False)
@makes
def randn_like(input: Any, *, generator: Any = None, dtype: Any = None) -> np.ndarray:
    """``randn`` in the shape and the element type of another Tensor."""
    prototype = like("randn_like", input)
    return _standard_normal("randn_like", prototype.shape, dtype or prototype.dtype, generator)


@function(method=False)
@makes
def randint(
    low: Any = 0, high: Any = None, size: Any = None, *, generator: Any = None, dtype: Any = None
) -> np.ndarray:
    """Integers from low (included) to high (excluded): ``randint(high, size)`` or ``randint(low, high, size)``."""
    if size is None and isinstance(high, (tuple, list)):
        high, size = None, high
    if high is None:
        low, high = 0, low
    if size is None:
        raise ArgumentTypeError("randint() needs a size, as in randint(10, (2, 3))")
    return _integers("randint", low, high, sizes("randint", size), dtype or _INT64, generator)


@function(method=False)
@makes
def randint_like(input: Any, low: Any = 0, high: Any = None, *, generator: Any = None, dtype: Any = None) -> np.ndarray:
    """Integers in the shape and the element type of another Tensor: ``randint_like(x, high)``, or with low and high."""
    if high is None:
        low, high = 0, low
    prototype = like("randint_like", input)
    return _integers("randint_like", low, high, prototype.shape, dtype or prototype.dtype, generator)


@function(method=False)
@makes
def randperm(n: Any, *, generator: Any = None, dtype: Any = None) -> np.ndarray:
    """The integers from 0 to n - 1 in random order."""
    (count,) = sizes("randperm", n)
    return cast("randperm", numpy_generator(generator).permutation(count), dtype or _INT64)


@function(method=False)
@makes
def normal(
    mean: Any = 0.0, std: Any = 1.0, size: Any = None, *, generator: Any = None, dtype: Any = None
) -> np.ndarray:
    """Numbers of normal distributions.

    Parameters
    ----------
    mean, std : float or Tensor
        Tensors give every entry its own distribution; two of them are broadcast.
    size : tuple of int
        The shape, if both are plain numbers.

    Raises
    ------
    GraphError
        If mean or std require a gradient, which does not flow through a draw: write ``mean + std *
        randn_like(mean)``.
    ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError
        If there is no shape or one too many, a standard deviation is negative, or they do not fit.
    """
    given = [_parameter("normal", what, x) for what, x in (("mean", mean), ("std", std))]
    typed = [x for x in given if isinstance(x, np.ndarray)]
    if bool(typed) == (size is not None):
        raise ArgumentTypeError("normal() takes either Tensors, whose shape it has, or two numbers and a size")
    center, spread = map(np.asarray, given)
    if not (spread >= 0).all():
        raise ArgumentValueError("normal(): a standard deviation cannot be negative or nan")
    try:
        shape = np.broadcast_shapes(center.shape, spread.shape) if typed else sizes("normal", size)
    except ValueError as problem:
        raise ShapeError(f"normal(): shapes {center.shape} and {spread.shape} do not fit together") from problem
    wanted = dtype or (typed[0].dtype if typed else get_default_dtype())
    drawn = _standard_normal("normal", shape, wanted, generator)
    return (center + spread * drawn).astype(wanted, copy=False)


@function()
@makes
def bernoulli(input: Any, p: Any = None, *, generator: Any = None, dtype: Any = None) -> np.ndarray:
    """Ones with the probabilities given, zeros otherwise.

    Parameters
    ----------
    input : Tensor
        The probability of every entry.
    p : float, optional
        One probability for all; then ``input`` only gives shape and element type.

    Raises
    ------
    ArgumentValueError, DtypeError
        If these are no probabilities.
    """
    prototype = like("bernoulli", input)
    if p is None:
        probability = np.asarray(bare(input))
        if probability.dtype.kind != "f":
            raise DtypeError(f"bernoulli(): probabilities are floating-point numbers, not {probability.dtype}")
    else:
        probability = np.asarray(number("bernoulli", "p", p))
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ArgumentValueError("bernoulli(): a probability lies between 0 and 1")
    drawn = numpy_generator(generator).random(prototype.shape) < probability
    return drawn.astype(dtype or prototype.dtype)


@function()
@makes
def multinomial(
    input: Any, num_samples: Any, replacement: bool = False, *, generator: Any = None, dtype: Any = None
) -> np.ndarray:
    """The places of entries that are drawn with probabilities in proportion to the entries.

    Parameters
    ----------
    input : Tensor of shape (n,) or (rows, n)
        Weights, not negative; they need not add up to 1. Each row is drawn from by itself.
    num_samples : int
    replacement : bool
        Whether an entry can be drawn several times.

    Returns
    -------
    Tensor of shape (num_samples,) or (rows, num_samples)
        Of int64, in the order of the draws.

    Raises
    ------
    ShapeError, DtypeError, ArgumentValueError
        If these are no rows of weights, or a row does not have enough entries to draw.

    Notes
    -----
    Without replacement an entry of weight w arrives after a time with the exponential distribution of rate w; those
    that arrive first are drawn (Efraimidis and Spirakis, 2006). With it, uniform draws are looked up in the sums.
    """
    weights = np.asarray(bare(input))
    if weights.ndim not in (1, 2):
        raise ShapeError(f"multinomial() takes one row of weights, or several, not shape {weights.shape}")
    if weights.dtype.kind != "f":
        raise DtypeError(f"multinomial(): weights are floating-point numbers, not {weights.dtype}")
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise ArgumentValueError("multinomial(): a weight cannot be negative, infinite or nan")
    (count,) = sizes("multinomial", num_samples)
    rows = np.atleast_2d(weights).astype(np.float64)
    drawable = (rows > 0).sum(axis=1)
    if count == 0 or (drawable < (1 if replacement else count)).any():
        raise ArgumentValueError(
            f"multinomial(): {count} draws {'with' if replacement else 'without'} replacement, from rows with as few "
            f"as {drawable.min(initial=weights.shape[-1])} weights above 0"
        )
    draw = _with_replacement if replacement else _without_replacement
    places = draw(rows, count, numpy_generator(generator))
    return places.reshape(*weights.shape[:-1], count).astype(dtype or _INT64)


def _with_replacement(rows: np.ndarray, count: int, source: np.random.Generator) -> np.ndarray:
    places = np.empty((len(rows), count), np.int64)
    for row, out in zip(rows / rows.max(axis=1, keepdims=True), places, strict=True):
        sums = np.cumsum(row)
        found = np.searchsorted(sums, source.random(count) * sums[-1], side="right")
        out[:] = np.minimum(found, np.searchsorted(sums, sums[-1]))  # rounding may lead past the last of them
    return places


def _without_replacement(rows: np.ndarray, count: int, source: np.random.Generator) -> np.ndarray:
    with np.errstate(divide="ignore"):
        arrival = np.log(source.standard_exponential(rows.shape)) - np.log(rows)
    return np.argsort(arrival, axis=1, kind="stable")[:, :count]


# --- the draws themselves ---------------------------------------------------------------------------------------------


def _uniform(name: str, shape: tuple[int, ...], dtype: np.dtype[Any], generator: Any) -> np.ndarray:
    _require_floating(name, dtype)
    source = numpy_generator(generator)
    if dtype == np.float16:  # rounding would make 1.0 of the largest: draw the 11 bits that fit
        return (source.integers(0, 2**11, shape) / 2**11).astype(dtype)
    return np.asarray(source.random(shape, dtype if dtype in _DRAWN else np.float64)).astype(dtype, copy=False)


def _standard_normal(name: str, shape: tuple[int, ...], dtype: np.dtype[Any], generator: Any) -> np.ndarray:
    _require_floating(name, dtype)
    drawn = numpy_generator(generator).standard_normal(shape, dtype if dtype in _DRAWN else np.float64)
    return np.asarray(drawn).astype(dtype, copy=False)


def _integers(
    name: str, low: Any, high: Any, shape: tuple[int, ...], dtype: np.dtype[Any], generator: Any
) -> np.ndarray:
    first, beyond = number(name, "low", low), number(name, "high", high)
    if first != int(first) or beyond != int(beyond) or not -(2**63) <= first < beyond <= 2**63:
        raise ArgumentValueError(f"{name}(): there are no integers of 64 bits from {first} up to, without, {beyond}")
    bounds = np.asarray([int(first), int(beyond) - 1])
    if dtype.kind == "b" and beyond > 2:
        raise DtypeError(f"{name}(): numbers up to {int(beyond) - 1} do not fit in bool")
    cast(name, bounds, dtype)
    return np.asarray(numpy_generator(generator).integers(int(first), int(beyond), shape)).astype(dtype)


def _require_floating(name: str, dtype: np.dtype[Any]) -> None:
    if dtype.kind != "f":
        raise DtypeError(f"{name}() draws floating-point numbers, not {dtype}; see randint for integers")


def _parameter(name: str, what: str, x: Any) -> Any:
    """A parameter as array of floating-point numbers, or as plain number."""
    if isinstance(x, Tensor) and x.requires_grad:
        raise GraphError(
            f"{name}(): no gradient flows through a draw to '{what}'. Write mean + std * autograd.randn_like(mean), "
            "where it does, or .detach() it"
        )
    if not isinstance(x, (Tensor, np.ndarray)):
        return number(name, what, x)
    if x.dtype.kind != "f":
        raise DtypeError(f"{name}(): '{what}' is a Tensor of floating-point numbers, not {x.dtype}")
    return bare(x)
