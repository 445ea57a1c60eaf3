"""Which functions put entries in order, or pick some by their order?

An order is computed on the bare numbers; the values are then picked at the places found, so the gradient of each value
goes to the one entry that it came from. nan counts as the largest number, as in PyTorch.
"""

from __future__ import annotations

import operator
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ArgumentTypeError, BoundsError, ShapeError
from autograd.functions.bare import bare
from autograd.functions.comparisons import argmax, argmin
from autograd.functions.reductions import amax, amin, as_numpys_floats, over, require_floating
from autograd.functions.registry import function
from autograd.functions.shapes import array, axis_of
from autograd.functions.spelling import numpys_arguments, numpys_names
from autograd.graph import Node
from autograd.ops.table import TABLE
from autograd.tensor import Tensor, _wrap

__all__ = [
    "ValuesAndIndices",
    "argsort",
    "cummax",
    "cummin",
    "kthvalue",
    "max",
    "median",
    "min",
    "nanmedian",
    "quantile",
    "sort",
    "topk",
]


class ValuesAndIndices(NamedTuple):
    """Entries, and where along the axis they stood."""

    values: Any
    indices: Any


def _picked(x: Any, index: np.ndarray, axis: int, keepdim: bool = True) -> ValuesAndIndices:
    """The entries at places along an axis; ``index`` has x's axes, and as many entries as wanted along this one."""
    if not x.ndim:
        index = index.reshape(())
        return ValuesAndIndices(TABLE["reshape"](x, ()), _wrap(index) if isinstance(x, Tensor) else index)
    places = list(np.ogrid[tuple(map(slice, index.shape))])
    places[axis] = index
    if not keepdim:
        places = [place.squeeze(axis) for place in places]
        index = index.squeeze(axis)
    return ValuesAndIndices(
        TABLE["getitem"](x, tuple(places)) if isinstance(x, Tensor) else x[tuple(places)],
        _wrap(np.array(index)) if isinstance(x, Tensor) else index,
    )


def _order(x: np.ndarray, axis: int, descending: bool = False) -> np.ndarray:
    """The places of the entries in order; equal ones stay in theirs."""
    if not descending:
        return np.argsort(x, axis, kind="stable")
    backwards = np.argsort(np.flip(x, axis), axis, kind="stable")
    return np.flip(x.shape[axis] - 1 - backwards, axis)


def _taken(order: np.ndarray, axis: int, part: Any) -> np.ndarray:
    return order[(slice(None),) * axis + (part,)]


def _sorted(name: str, input: Any, dim: Any) -> tuple[Any, np.ndarray, int]:
    """The input, its bare numbers with at least one axis, and the axis meant."""
    x = array(name, input)
    return x, np.atleast_1d(bare(x)), axis_of(name, dim, x.ndim)


def _count(name: str, k: Any) -> int:
    try:
        return operator.index(k)
    except TypeError:
        raise ArgumentTypeError(f"{name}(): k is an integer, not {k!r:.40}") from None


# --- the largest and the smallest -------------------------------------------------------------------------------------


def _one_or_two(name: str, input: Any, dim: Any, keepdim: bool, axis: Any, keepdims: bool) -> Any:
    """PyTorch's three meanings of max and min, and NumPy's."""
    if dim is not None and axis is not None:
        raise ArgumentTypeError(f"{name}() got both dim={dim} and axis={axis}: they mean the same, give one")
    if isinstance(dim, (Node, np.ndarray)):
        return TABLE["maximum" if name == "max" else "minimum"](input, dim)
    whole, place = (amax, argmax) if name == "max" else (amin, argmin)
    x = array(name, input)
    if dim is not None:
        index = bare(place(x, dim, True))
        return _picked(x, index, axis_of(name, dim, x.ndim), keepdim)
    y = whole(x, axis, keepdim or keepdims)
    if axis is None and y.dtype.kind == "f" and np.isnan(bare(y)).all():
        return TABLE["reshape"](TABLE["mean"](x[np.isnan(bare(x))]), y.shape)  # each nan gets its share, as in PyTorch
    return y


@function()
def max(input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest entry of all; along an axis, with its place; or the larger of two, entry by entry.

    Parameters
    ----------
    input : Tensor or array
    dim : int, or Tensor, optional
        An axis: the result is then a named tuple ``(values, indices)``, and the gradient of a value goes to the entry
        at its index (the first of equal ones). Or another array: then this is `maximum`.
    keepdim : bool
    axis, keepdims
        NumPy's spelling; the result is then the values alone, and equal entries share the gradient.

    Raises
    ------
    ShapeError
        If there is no entry.
    """
    return _one_or_two("max", input, dim, keepdim, axis, keepdims)


@function()
def min(input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest entry of all; along an axis, with its place; or the smaller of two. See `max`."""
    return _one_or_two("min", input, dim, keepdim, axis, keepdims)


# --- in order ---------------------------------------------------------------------------------------------------------


def _numpys_sort(a: Any, axis: Any = -1) -> Any:
    return sort(a, axis).values if axis is not None else sort(TABLE["reshape"](a, (-1,))).values


@function(numpy={np.sort: numpys_arguments(np.sort, _numpys_sort)})
@numpys_names
def sort(
    input: Any,
    dim: int = -1,
    descending: bool = False,
    stable: bool = False,  # noqa: ARG001 (it always is)
) -> ValuesAndIndices:
    """The entries in order along an axis, and where they stood. Equal ones always keep their order.

    Returns
    -------
    ValuesAndIndices
        The named tuple ``(values, indices)``.
    """
    x, numbers, axis = _sorted("sort", input, dim)
    return _picked(x, _order(numbers, axis, descending), axis)


@function()
@numpys_names
def argsort(
    input: Any,
    dim: int = -1,
    descending: bool = False,
    stable: bool = False,  # noqa: ARG001 (it always is)
) -> Any:
    """The places of the entries in order along an axis. Equal ones always keep their order."""
    return sort(input, dim, descending).indices


@function()
@numpys_names
def topk(
    input: Any,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,  # noqa: ARG001 (they always are)
) -> ValuesAndIndices:
    """The k largest (or smallest) entries along an axis, in order, and where they stood.

    Raises
    ------
    BoundsError
        If the axis has fewer than k entries.
    """
    x, numbers, axis = _sorted("topk", input, dim)
    k = _count("topk", k)
    if not 0 <= k <= numbers.shape[axis]:
        raise BoundsError(f"topk(): {k} of {numbers.shape[axis]} entries along axis {dim} of shape {x.shape}")
    index = _taken(_order(numbers, axis, largest), axis, slice(k))
    if not x.ndim and not k:
        return _picked(TABLE["reshape"](x, (1,)), index, axis)
    return _picked(x, index, axis)


@function()
@numpys_names
def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> ValuesAndIndices:
    """The k-th smallest entry along an axis, counted from 1, and where it stood.

    Raises
    ------
    BoundsError
        If there is none.
    """
    x, numbers, axis = _sorted("kthvalue", input, dim)
    k = _count("kthvalue", k)
    if not 1 <= k <= numbers.shape[axis]:
        raise BoundsError(f"kthvalue(): the {k}th of {numbers.shape[axis]} entries along axis {dim} of shape {x.shape}")
    return _picked(x, _taken(_order(numbers, axis), axis, slice(k - 1, k)), axis, keepdim)


# --- so far -----------------------------------------------------------------------------------------------------------


def _running(name: str, extreme: np.ufunc, input: Any, dim: Any) -> ValuesAndIndices:
    x, numbers, axis = _sorted(name, input, dim)
    places = np.arange(numbers.shape[axis]).reshape(-1, *(1,) * (numbers.ndim - axis - 1))
    attained = (numbers == extreme.accumulate(numbers, axis)) | (numbers != numbers)
    return _picked(x, np.maximum.accumulate(np.where(attained, places, 0), axis), axis)


@function()
@numpys_names
def cummax(input: Any, dim: int) -> ValuesAndIndices:
    """The largest of the entries up to each, along an axis, and where it stands: of equal ones the last.

    Returns
    -------
    ValuesAndIndices
        The named tuple ``(values, indices)``.
    """
    return _running("cummax", np.maximum, input, dim)


@function()
@numpys_names
def cummin(input: Any, dim: int) -> ValuesAndIndices:
    """The smallest of the entries up to each, along an axis, and where it stands. See `cummax`."""
    return _running("cummin", np.minimum, input, dim)


# --- in the middle ----------------------------------------------------------------------------------------------------


def _middles(name: str, input: Any, dim: Any, keepdim: bool, skip_nan: bool) -> Any:
    if dim is None:
        return _middle(array(name, input), skip_nan)
    x, numbers, axis = _sorted(name, input, dim)
    size = numbers.shape[axis]
    if not size:
        raise ShapeError(f"{name}() of no entries: axis {dim} of shape {x.shape} is empty")
    missing = np.isnan(numbers) if numbers.dtype.kind == "f" else np.zeros(numbers.shape, bool)
    places = (np.sum(~missing, axis, keepdims=True) - 1).clip(0) // 2  # nan stands behind the others
    if not skip_nan:
        places = np.where(missing.any(axis, keepdims=True), size - 1, places)
    index = np.take_along_axis(_order(numbers, axis), places, axis)
    return _picked(x, index, axis, keepdim)


def _middle(x: Any, skip_nan: bool) -> Any:
    """Of a whole array; entries equal to the median share the gradient evenly, as in PyTorch."""
    numbers = bare(x).reshape(-1)
    missing = np.isnan(numbers) if numbers.dtype.kind == "f" else np.zeros(numbers.shape, bool)
    known = np.sort(numbers[~missing])
    if not len(known) or (missing.any() and not skip_nan):
        nans = TABLE["getitem"](TABLE["reshape"](x, (-1,)), missing)
        return TABLE["sum"](nans) / np.float64(len(numbers) - len(known)).astype(numbers.dtype)
    attained = bare(x) == known[(len(known) - 1) // 2]
    return TABLE["amax"](TABLE["getitem"](x, attained) if isinstance(x, Tensor) else x[attained])


@function()
@numpys_names
def median(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median: of an even number of entries the lower of the two in the middle; nan if there is a nan.

    Along an axis, the named tuple ``(values, indices)``, and the gradient of a value goes to the entry at its index.
    (``np.median`` of a Tensor is NumPy's: it averages the two.)
    """
    return _middles("median", input, dim, keepdim, skip_nan=False)


@function()
@numpys_names
def nanmedian(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median of the entries that are not nan. See `median`."""
    return _middles("nanmedian", input, dim, keepdim, skip_nan=True)


def _numpys_quantile(a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    return quantile(as_numpys_floats("quantile", a), q, axis, keepdims, interpolation=method)


def _numpys_percentile(a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    return _numpys_quantile(a, np.asarray(bare(q)) / 100, axis, method, keepdims)


def _numpys_median(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _numpys_quantile(a, 0.5, axis, keepdims=keepdims)


_ROUNDED = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}


@function(
    numpy={
        np.quantile: numpys_arguments(np.quantile, _numpys_quantile),
        np.percentile: numpys_arguments(np.percentile, _numpys_percentile),
        np.median: numpys_arguments(np.median, _numpys_median),
    }
)
@numpys_names
def quantile(input: Any, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear") -> Any:
    """The numbers below which the shares ``q`` of the entries lie.

    Parameters
    ----------
    input : Tensor or array
    q : number or 1-D array of numbers from 0 to 1
        With several, the result has a first axis for them.
    dim : int or tuple of int, optional
    keepdim : bool
    interpolation : {"linear", "lower", "higher", "midpoint", "nearest"}
        What to return between two entries.

    Raises
    ------
    ArgumentTypeError, BoundsError, DtypeError, ShapeError
        If the entries are no floating-point numbers, a share is not between 0 and 1, q has more than one axis, there
        is no entry, or the interpolation is another.
    """
    shares = np.asarray(bare(q), np.float64)
    if shares.ndim > 1:
        raise ShapeError(f"quantile(): q is a number or 1-D, not of shape {shares.shape}")
    if not ((shares >= 0) & (shares <= 1)).all():
        raise BoundsError(f"quantile(): the shares lie between 0 and 1, not {shares.tolist()}")
    if interpolation not in ("linear", "midpoint", *_ROUNDED):
        raise ArgumentTypeError(
            f"quantile(): the interpolation is 'linear', 'lower', 'higher', 'midpoint' or 'nearest', "
            f"not {interpolation!r:.40}"
        )
    x = require_floating("quantile", array("quantile", input))
    axes = over("quantile", x, dim)
    lost = tuple(range(x.ndim)) if axes is None else axes if isinstance(axes, tuple) else (axes,)
    rest = tuple(axis for axis in range(x.ndim) if axis not in lost)
    lanes = TABLE["reshape"](TABLE["transpose"](x, (*rest, *lost)), (*(x.shape[axis] for axis in rest), -1))
    numbers = bare(lanes)
    size = numbers.shape[-1]
    if not size:
        raise ShapeError(f"quantile() of no entries: shape {x.shape} over axes {lost}")
    rank = shares.reshape(-1) * (size - 1)
    ranks = np.where(np.isnan(numbers).any(-1, keepdims=True), size - 1, rank)  # nan stands behind the others
    order = _order(numbers, -1 % numbers.ndim)
    below, above = np.floor(ranks), np.ceil(ranks)
    if interpolation in _ROUNDED:
        below = above = _ROUNDED[interpolation](ranks)
    found, upper = (
        _picked(lanes, np.take_along_axis(order, place.astype(np.intp), -1), numbers.ndim - 1).values
        for place in (below, above)
    )
    if interpolation in ("linear", "midpoint"):
        weight = ranks - below if interpolation == "linear" else np.where(above > below, 0.5, 0.0)
        found = TABLE["lerp"](found, upper, weight.astype(numbers.dtype))
    return _with_shares_first(found, x.shape, shares.ndim, lost, rest, keepdim)


def _with_shares_first(found: Any, shape: Any, several: int, lost: Any, rest: Any, keepdim: bool) -> Any:
    """The lanes' results in PyTorch's shape: an axis for the shares, then the axes that are left."""
    found = TABLE["transpose"](found, (len(rest), *range(len(rest))))
    kept = tuple(1 if axis in lost else size for axis, size in enumerate(shape))
    sizes = kept if keepdim else tuple(shape[axis] for axis in rest)
    return TABLE["reshape"](found, (*found.shape[:several], *sizes))
