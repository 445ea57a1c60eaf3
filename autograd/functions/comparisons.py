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
from autograd.functions.bare import bare
from autograd.functions.registry import function
from autograd.functions.shapes import axes_of, axis_of
from autograd.functions.spelling import numpys_names
from autograd.tensor import Tensor, _wrap

__all__ = [
    "all",
    "allclose",
    "answers",
    "any",
    "argmax",
    "argmin",
    "bincount",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "bucketize",
    "count_nonzero",
    "eq",
    "equal",
    "ge",
    "gt",
    "heaviside",
    "isclose",
    "isfinite",
    "isin",
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
    "searchsorted",
    "signbit",
    "unique",
]


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
            out = compute(*map(bare, inputs), **{name: bare(x) for name, x in options.items()})
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


@function(numpy=(np.bitwise_and,))
@answers
def bitwise_and(input: Any, other: Any) -> Any:
    """The bits of two integers that are set in both; of booleans, whether both are true."""
    return np.bitwise_and(input, other)


@function(numpy=(np.bitwise_or,))
@answers
def bitwise_or(input: Any, other: Any) -> Any:
    """The bits of two integers that are set in at least one; of booleans, whether at least one is true."""
    return np.bitwise_or(input, other)


@function(numpy=(np.bitwise_xor,))
@answers
def bitwise_xor(input: Any, other: Any) -> Any:
    """The bits of two integers that are set in exactly one; of booleans, whether exactly one is true."""
    return np.bitwise_xor(input, other)


@function(numpy=(np.invert,), aliases=("__invert__",))
@answers
def bitwise_not(input: Any) -> Any:
    """The bits of an integer turned round; of a boolean its opposite."""
    return np.invert(input)


for _sign, _bits in (("and", bitwise_and), ("or", bitwise_or), ("xor", bitwise_xor)):
    setattr(Tensor, f"__{_sign}__", _bits)
    setattr(Tensor, f"__r{_sign}__", _bits)  # the order makes no difference


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


# --- places, kinds and counts of entries ------------------------------------------------------------------------------


def _require_one_axis(name: str, x: np.ndarray) -> np.ndarray:
    if x.ndim != 1:
        raise ShapeError(f"{name}() takes a 1-D array, not one of shape {x.shape}")
    return x


@function(method=False)
@answers
def searchsorted(
    sorted_sequence: Any, input: Any, *, out_int32: bool = False, right: bool = False, side: str | None = None
) -> Any:
    """The places where numbers belong in ordered ones.

    Parameters
    ----------
    sorted_sequence : Tensor or array of shape (n,) or (..., n)
        In ascending order along the last axis.
    input : number, Tensor or array
        Of any shape; for an ordered array of several axes, of its shape but for the last axis.
    out_int32 : bool
        Places as int32 instead of int64.
    right, side : bool, {"left", "right"}
        Whether the place is behind equal entries instead of before them.

    Raises
    ------
    ArgumentTypeError, ShapeError
        If side is another, or the shapes do not fit.
    """
    if side not in (None, "left", "right"):
        raise ArgumentTypeError(f"searchsorted(): the side is 'left' or 'right', not {side!r:.40}")
    rows, x = np.asarray(sorted_sequence), np.asarray(input)
    where: Any = "right" if right or side == "right" else "left"
    dtype = np.int32 if out_int32 else np.int64
    if rows.ndim == 1:
        return np.asarray(np.searchsorted(rows, x, where)).astype(dtype)
    if rows.ndim == 0 or rows.shape[:-1] != x.shape[:-1] or x.ndim != rows.ndim:
        raise ShapeError(f"searchsorted(): shape {x.shape} does not fit the rows of shape {rows.shape}")
    places = np.empty(x.shape, dtype)
    for row in np.ndindex(rows.shape[:-1]):
        places[row] = np.searchsorted(rows[row], x[row], where)
    return places


@function(method=False)
@answers
def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Any:
    """Between which boundaries numbers lie: `searchsorted` with the numbers first."""
    ordered = _require_one_axis("bucketize", np.asarray(boundaries))
    return searchsorted(ordered, input, out_int32=out_int32, right=right)


@function()
@numpys_names
@answers
def unique(
    input: Any,
    sorted: bool = True,  # noqa: ARG001 (they always are)
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The different entries in order; of several axes, the different parts along one of them.

    Parameters
    ----------
    input : Tensor or array
    sorted : bool
        They always are.
    return_inverse : bool
        Also where each entry stands among the different ones.
    return_counts : bool
        Also how often each of them occurs.
    dim : int, optional

    Returns
    -------
    Tensor or array, or tuple of these
    """
    x = np.asarray(input)
    axis = None if dim is None else axis_of("unique", dim, x.ndim)
    wanted = {"return_inverse": bool(return_inverse), "return_counts": bool(return_counts)}
    return np.unique(x, **wanted, axis=axis, equal_nan=False)  # type: ignore[call-overload]


@function()
@answers
def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Any:
    """How often each integer from 0 on occurs; with ``weights``, the sum of theirs.

    Raises
    ------
    ArgumentTypeError, ShapeError
        If the entries are no integers from 0 on in a row, or there are not as many weights.
    """
    x = _require_one_axis("bincount", np.asarray(input))
    if x.dtype.kind not in "iu":
        raise ArgumentTypeError(f"bincount() counts integers, not {x.dtype}")
    counts = np.bincount(x, weights, minlength)
    return counts.astype(np.float32) if getattr(weights, "dtype", None) == np.float32 else counts


@function(method=False)
@answers
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Any:
    """Where the entries are among ``test_elements``."""
    return np.isin(elements, test_elements, assume_unique=assume_unique, invert=invert)
