"""Which functions give answers that no gradient flows through: comparisons, kinds of numbers, places?

They are one mechanism, `answers`: NumPy computes on the bare numbers; what comes out of Tensors is a Tensor that
requires no gradient, what comes out of Values and plain numbers is a Python bool, int or float.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, AutogradError, ShapeError
from autograd.functions.registry import function
from autograd.functions.shapes import axes_of, axis_of
from autograd.functions.spelling import numpys_names
from autograd.graph import Node
from autograd.tensor import Tensor, _array_of, _wrap

__all__ = [
    "all",
    "allclose",
    "answers",
    "any",
    "argmax",
    "argmin",
    "count_nonzero",
    "eq",
    "equal",
    "ge",
    "gt",
    "heaviside",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
    "nonzero",
    "signbit",
]


def _bare(x: Any) -> Any:
    return _array_of(x) if isinstance(x, Tensor) else x.data if isinstance(x, Node) else x


def _is_tensor(x: Any) -> bool:
    return isinstance(x, Tensor)


def answers(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Let a NumPy computation take nodes and give an answer without a gradient.

    Raises
    ------
    ShapeError, ArgumentTypeError
        If the arguments do not fit each other, or are not numbers.
    """

    @wraps(compute)
    def made(*inputs: Any, **options: Any) -> Any:
        given = (*inputs, *options.values())
        try:
            out = compute(*map(_bare, inputs), **{name: _bare(x) for name, x in options.items()})
        except AutogradError:
            raise
        except ValueError as problem:
            raise ShapeError(f"{compute.__name__}(): {problem}") from problem
        except TypeError as problem:
            raise ArgumentTypeError(f"{compute.__name__}(): {problem}") from problem
        if True in map(_is_tensor, given):
            return tuple(map(_as_tensor, out)) if isinstance(out, tuple) else _as_tensor(out)
        return out.item() if isinstance(out, np.generic) else out

    return made


def _as_tensor(out: Any) -> Any:
    return out if isinstance(out, bool) else _wrap(np.asarray(out))


# --- entry by entry ---------------------------------------------------------------------------------------------------


@function(aliases=("greater",))
@answers
def gt(input: Any, other: Any) -> Any:
    """Where input > other."""
    return np.greater(input, other)


@function(aliases=("less",))
@answers
def lt(input: Any, other: Any) -> Any:
    """Where input < other."""
    return np.less(input, other)


@function(aliases=("greater_equal",))
@answers
def ge(input: Any, other: Any) -> Any:
    """Where input ≥ other."""
    return np.greater_equal(input, other)


@function(aliases=("less_equal",))
@answers
def le(input: Any, other: Any) -> Any:
    """Where input ≤ other."""
    return np.less_equal(input, other)


@function()
@answers
def eq(input: Any, other: Any) -> Any:
    """Where the two are equal."""
    return np.equal(input, other)


@function(aliases=("not_equal",))
@answers
def ne(input: Any, other: Any) -> Any:
    """Where the two differ."""
    return np.not_equal(input, other)


@function()
@answers
def isnan(input: Any) -> Any:
    """Where the entries are nan."""
    return np.isnan(input)


@function()
@answers
def isfinite(input: Any) -> Any:
    """Where the entries are neither nan nor infinite."""
    return np.isfinite(input)


@function()
@answers
def isinf(input: Any) -> Any:
    """Where the entries are ±inf."""
    return np.isinf(input)


@function(numpy=(np.signbit,))
@answers
def signbit(input: Any) -> Any:
    """Where the sign is set: of negative numbers, and of -0.0."""
    return np.signbit(input)


@function()
@answers
def logical_and(input: Any, other: Any) -> Any:
    """Where both are different from 0."""
    return np.logical_and(input, other)


@function()
@answers
def logical_or(input: Any, other: Any) -> Any:
    """Where at least one is different from 0."""
    return np.logical_or(input, other)


@function(numpy=(np.logical_xor,))
@answers
def logical_xor(input: Any, other: Any) -> Any:
    """Where exactly one is different from 0."""
    return np.logical_xor(input, other)


@function()
@answers
def logical_not(input: Any) -> Any:
    """Where the entries are 0."""
    return np.logical_not(input)


@function(numpy={np.heaviside: answers(lambda x1, x2: np.heaviside(x1, x2))})
@answers
def heaviside(input: Any, values: Any) -> Any:
    """0 where the input is negative or nan, 1 where it is positive, ``values`` where it is 0."""
    return np.where(np.isnan(input), 0, np.heaviside(input, values))[()]


@function()
@answers
def isclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Where |input − other| ≤ atol + rtol·|other|."""
    return np.isclose(input, other, rtol, atol, equal_nan)


# --- of whole arrays --------------------------------------------------------------------------------------------------


@function()
@answers
def allclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether |input − other| ≤ atol + rtol·|other| everywhere."""
    return bool(np.allclose(input, other, rtol, atol, equal_nan))


@function()
@answers
def equal(input: Any, other: Any) -> bool:
    """Whether the two have the same shape and the same entries."""
    return bool(np.array_equal(input, other))


def _axis(name: str, x: np.ndarray, dim: Any) -> Any:
    """An axis or several as NumPy takes them; PyTorch lets a 0-d array have axis 0."""
    if dim is None or not np.iterable(dim):
        return None if dim is None or not x.ndim else axis_of(name, dim, x.ndim)
    return axes_of(name, dim, x.ndim) if x.ndim and dim else None


def _place(name: str, compute: Callable[..., Any], input: Any, dim: Any, keepdim: bool) -> Any:
    x = np.asarray(input)
    axis = None if dim is None or not x.ndim else axis_of(name, dim, x.ndim)
    if not (x.size if axis is None else x.shape[axis]):
        raise ShapeError(f"{name}() of no entries: shape {x.shape} along axis {dim}; there must be at least one")
    return compute(x, axis=axis, keepdims=keepdim)


@function(numpy=(np.argmax,))
@numpys_names
@answers
def argmax(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The place of the largest entry, along an axis or in the flattened array; of equal ones the first.

    Raises
    ------
    ShapeError
        If there is no entry.
    """
    return _place("argmax", np.argmax, input, dim, keepdim)


@function(numpy=(np.argmin,))
@numpys_names
@answers
def argmin(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The place of the smallest entry, along an axis or in the flattened array; of equal ones the first.

    Raises
    ------
    ShapeError
        If there is no entry.
    """
    return _place("argmin", np.argmin, input, dim, keepdim)


@function(numpy=(np.any,))
@numpys_names
@answers
def any(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether at least one entry is different from 0, over axes (all by default)."""
    x = np.asarray(input)
    return np.any(x, axis=_axis("any", x, dim), keepdims=keepdim)


@function(numpy=(np.all,))
@numpys_names
@answers
def all(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether every entry is different from 0, over axes (all by default)."""
    x = np.asarray(input)
    return np.all(x, axis=_axis("all", x, dim), keepdims=keepdim)


@function()
@numpys_names
@answers
def count_nonzero(input: Any, dim: Any = None) -> Any:
    """How many entries are different from 0, over axes (all by default)."""
    x = np.asarray(input)
    return np.count_nonzero(x, axis=_axis("count_nonzero", x, dim))


@function()
@answers
def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The places of the entries different from 0: one in each row, or as a tuple of an array for each axis."""
    x = np.asarray(input)
    return np.nonzero(x) if as_tuple else np.argwhere(x)
