"""Which functions make many numbers into few, over axes?

Most are rows of the table under PyTorch's arguments: ``dim`` and ``keepdim`` (NumPy's ``axis`` and ``keepdims`` mean
the same), with axes counted from either end, several at a time, or all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ArgumentTypeError, DtypeError, ShapeError
from autograd.functions.registry import function
from autograd.functions.shapes import array, axes_of, axis_of
from autograd.functions.spelling import numpys_arguments, numpys_names
from autograd.ops.table import TABLE
from autograd.promotion import as_dtype, get_default_dtype

__all__ = [
    "MinMax",
    "amax",
    "amin",
    "aminmax",
    "cumprod",
    "cumsum",
    "linear_recurrence",
    "log_softmax",
    "logcumsumexp",
    "logsumexp",
    "mean",
    "nanmean",
    "nansum",
    "norm",
    "prod",
    "ptp",
    "softmax",
    "softmin",
    "std",
    "std_mean",
    "sum",
    "var",
    "var_mean",
    "vector_norm",
]

Axes = int | tuple[int, ...] | None


# --- arguments --------------------------------------------------------------------------------------------------------


def over(name: str, x: Any, dim: Any) -> Axes:
    """The axes that ``dim`` names, as the rows take them: None for all of them.

    Raises
    ------
    ArgumentTypeError, BoundsError, ShapeError
        If an axis is no integer, does not exist, or stands there twice.
    """
    if dim is None:
        return None
    if np.iterable(dim):
        return axes_of(name, dim, x.ndim) or None if x.ndim else axes_of(name, dim, 0) and None
    axis = axis_of(name, dim, x.ndim)
    return axis if x.ndim else None


def _in_dtype(x: Any, dtype: Any) -> Any:
    return x if dtype is None else TABLE["astype"](x, as_dtype(dtype))


def as_numpys_floats(name: str, x: Any, dtype: Any = None) -> Any:
    """For NumPy's statistics, which take integers and booleans as float64."""
    x = _in_dtype(array(name, x), dtype)
    return x if x.dtype.kind == "f" else TABLE["astype"](x, np.dtype(np.float64))


def _widened(x: Any, dtype: Any) -> Any:
    """What is summed or multiplied: booleans and small integers as int64, as in PyTorch."""
    if dtype is None and x.dtype.kind in "bu" and x.dtype.itemsize < 8:
        dtype = np.int64
    return _in_dtype(x, dtype)


def require_floating(name: str, x: Any) -> Any:
    if x.dtype.kind != "f":
        raise DtypeError(f"{name}() of {x.dtype}: convert it to a floating-point type first, or pass dtype='float32'")
    return x


def _require_entries(name: str, x: Any, axes: Axes) -> None:
    chosen = range(x.ndim) if axes is None else axes if isinstance(axes, tuple) else (axes,)
    if not math.prod(x.shape[axis] for axis in chosen):
        raise ShapeError(f"{name}() of no entries: shape {x.shape} over axes {tuple(chosen)}; name axes that have some")


# --- sums and products ------------------------------------------------------------------------------------------------


def _numpys(function: Callable[..., Any], name: str) -> dict[Callable[..., Any], Callable[..., Any]]:
    """A row as a reduction of NumPy, whose axis=() means none."""

    def call(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
        a = array(name, a)
        axes = axis if isinstance(axis, tuple) and not axis else over(name, a, axis)
        if name in ("amax", "amin"):
            _require_entries(name, a, axes)
        return TABLE[name](_widened(a, dtype) if name in ("sum", "prod") else _in_dtype(a, dtype), axes, keepdims)

    return {function: numpys_arguments(function, call)}


@function(numpy=_numpys(np.sum, "sum"))
@numpys_names
def sum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum over axes (all by default).

    Parameters
    ----------
    input : Tensor or array
    dim : int or tuple of int, optional
    keepdim : bool
        Keep the summed axes, with size 1.
    dtype : data-type, optional
        Convert to this first.
    """
    x = array("sum", input)
    return TABLE["sum"](_widened(x, dtype), over("sum", x, dim), keepdim)


@function(numpy=_numpys(np.mean, "mean"))
@numpys_names
def mean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The mean over axes (all by default).

    Raises
    ------
    DtypeError
        If the entries are integers and no ``dtype`` is named.
    """
    x = require_floating("mean", _in_dtype(array("mean", input), dtype))
    return TABLE["mean"](x, over("mean", x, dim), keepdim)


@function(numpy=_numpys(np.prod, "prod"))
@numpys_names
def prod(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The product over axes (all by default). Its gradients are right at zeros too."""
    x = array("prod", input)
    return TABLE["prod"](_widened(x, dtype), over("prod", x, dim), keepdim)


def _without_nan(x: Any) -> tuple[Any, Any]:
    missing = np.isnan(x)
    return TABLE["where"](missing, 0, x), missing


@function(numpy=(np.nansum,))
@numpys_names
def nansum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum of the entries that are not nan."""
    x = _widened(array("nansum", input), dtype)
    x = _without_nan(x)[0] if x.dtype.kind == "f" else x
    return TABLE["sum"](x, over("nansum", x, dim), keepdim)


def _numpys_nanmean(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    return nanmean(as_numpys_floats("nanmean", a, dtype), axis, keepdims)


@function(numpy={np.nanmean: numpys_arguments(np.nanmean, _numpys_nanmean)})
@numpys_names
def nanmean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The mean of the entries that are not nan."""
    x, missing = _without_nan(require_floating("nanmean", _in_dtype(array("nanmean", input), dtype)))
    axes = over("nanmean", x, dim)
    count = TABLE["sum"](np.logical_not(missing), axes, keepdim)
    with np.errstate(invalid="ignore"):
        return TABLE["sum"](x, axes, keepdim) / count


def _average(a: Any, axis: Any = None, weights: Any = None, keepdims: bool = False) -> Any:
    """NumPy's weighted mean."""
    a = as_numpys_floats("average", a)
    if weights is None:
        return mean(a, axis, keepdims)
    w = array("average", weights)
    if w.shape != a.shape:
        if w.ndim != 1 or axis is None or w.shape[0] != a.shape[axis]:
            raise ShapeError(f"average() of shape {a.shape} along axis {axis} with weights of shape {w.shape}")
        w = TABLE["reshape"](w, tuple(w.shape[0] if i == axis % a.ndim else 1 for i in range(a.ndim)))
    w = TABLE["broadcast_to"](w, a.shape)
    return sum(a * w, axis, keepdims) / sum(w, axis, keepdims)


TABLE.translate(np.average, numpys_arguments(np.average, _average))


# --- extremes ---------------------------------------------------------------------------------------------------------


@function(numpy={**_numpys(np.amax, "amax"), **_numpys(np.max, "amax")})
@numpys_names
def amax(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest entry over axes (all by default); equal ones share the gradient evenly.

    Raises
    ------
    ShapeError
        If there is no entry.
    """
    return _extreme("amax", input, dim, keepdim)


@function(numpy={**_numpys(np.amin, "amin"), **_numpys(np.min, "amin")})
@numpys_names
def amin(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest entry over axes (all by default); equal ones share the gradient evenly.

    Raises
    ------
    ShapeError
        If there is no entry.
    """
    return _extreme("amin", input, dim, keepdim)


def _extreme(name: str, input: Any, dim: Any, keepdim: bool) -> Any:
    x = array(name, input)
    axes = over(name, x, dim)
    _require_entries(name, x, axes)
    return TABLE[name](x, axes, keepdim)


class MinMax(NamedTuple):
    """The smallest and the largest entry."""

    min: Any
    max: Any


@function()
@numpys_names
def aminmax(input: Any, *, dim: Any = None, keepdim: bool = False) -> MinMax:
    """`amin` and `amax`, as the named tuple ``(min, max)``."""
    return MinMax(amin(input, dim, keepdim), amax(input, dim, keepdim))


@function(method=False, numpy=(np.ptp,))
@numpys_names
def ptp(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """From the smallest to the largest entry."""
    return amax(input, dim, keepdim) - amin(input, dim, keepdim)


# --- spreads ----------------------------------------------------------------------------------------------------------


def _numpys_spread(function: Callable[..., Any], name: str) -> dict[Callable[..., Any], Callable[..., Any]]:
    def call(
        a: Any, axis: Any = None, dtype: Any = None, ddof: Any = 0, keepdims: bool = False, correction: Any = None
    ) -> Any:
        x = as_numpys_floats(name, a, dtype)
        return TABLE[name](x, axis, ddof if correction is None else correction, keepdims)

    return {function: numpys_arguments(function, call)}


def _numpys_default(made: Callable[..., Any]) -> Callable[..., Any]:
    """Whoever says ``axis`` means NumPy's default, no correction."""

    @wraps(made)
    def call(*args: Any, **options: Any) -> Any:
        if "axis" in options and not options.keys() & {"correction", "ddof", "unbiased"}:
            options["correction"] = 0
        return made(*args, **options)

    return call


def _spread(name: str, input: Any, dim: Any, unbiased: Any, keepdim: bool, correction: Any) -> Any:
    if isinstance(dim, bool):  # var(x, False): PyTorch's older spelling
        dim, unbiased = None, dim
    if unbiased is not None:
        if correction is not None:
            raise ArgumentTypeError(f"{name}() got both unbiased={unbiased} and correction={correction}: give one")
        correction = int(bool(unbiased))
    correction = 1 if correction is None else correction
    if not isinstance(correction, (int, float, np.integer, np.floating)):
        raise ArgumentTypeError(f"{name}(): the correction is a number, not {correction!r:.40}")
    x = require_floating(name, array(name, input))
    return TABLE[name](x, over(name, x, dim), correction, keepdim)


@function(numpy=_numpys_spread(np.var, "var"))
@_numpys_default
@numpys_names
def var(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: Any = None
) -> Any:
    """The variance over axes (all by default): Σ (x − mean)² / (n − correction).

    Parameters
    ----------
    input : Tensor or array
    dim : int or tuple of int, optional
    unbiased : bool, optional
        PyTorch's older word for a correction of 1 or 0.
    keepdim : bool
    correction : number
        1 by default, Bessel's, as in PyTorch. NumPy calls it ``ddof``, and its default is 0: so it is for ``np.var``,
        and here if the axis is given under NumPy's name, as ``axis``.
    """
    return _spread("var", input, dim, unbiased, keepdim, correction)


@function(numpy=_numpys_spread(np.std, "std"))
@_numpys_default
@numpys_names
def std(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: Any = None
) -> Any:
    """The standard deviation over axes: the root of `var`, with the same arguments and the same default, which is
    NumPy's if the axis is called ``axis``. Its gradient at 0 is 0.
    """
    return _spread("std", input, dim, unbiased, keepdim, correction)


@function(method=False)
@_numpys_default
@numpys_names
def var_mean(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Any, Any]:
    """The variance, see `var`, and the mean over axes."""
    return _with_mean("var", input, dim, unbiased, keepdim, correction)


@function(method=False)
@_numpys_default
@numpys_names
def std_mean(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Any, Any]:
    """The standard deviation, see `std`, and the mean over axes."""
    return _with_mean("std", input, dim, unbiased, keepdim, correction)


def _with_mean(name: str, input: Any, dim: Any, unbiased: Any, keepdim: bool, correction: Any) -> tuple[Any, Any]:
    spread = _spread(name, input, dim, unbiased, keepdim, correction)
    return spread, mean(input, None if isinstance(dim, bool) else dim, keepdim)


# --- norms ------------------------------------------------------------------------------------------------------------


@function()
@numpys_names
def vector_norm(input: Any, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """(Σ |x|^ord)^(1/ord) over axes, as if they were one.

    Parameters
    ----------
    input : Tensor or array
    ord : number
        inf takes the largest |x|, -inf the smallest; 0 counts the entries that are not 0.
    dim : int or tuple of int, optional
    keepdim : bool
    dtype : data-type, optional

    Raises
    ------
    ArgumentTypeError, DtypeError, ShapeError
        If ord is no number, the entries are no floating-point numbers, or there are none to take the extreme of.
    """
    return _norm("vector_norm", input, ord, dim, keepdim, dtype)


def _norm(name: str, input: Any, order: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    if isinstance(order, bool) or not isinstance(order, (int, float, np.integer, np.floating)):
        raise ArgumentTypeError(f"{name}(): the order is a number, not {order!r:.40}")
    x = require_floating(name, _in_dtype(array(name, input), dtype))
    return TABLE["vector_norm"](x, order, over(name, x, dim), keepdim)


@function()
@numpys_names
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The p-norm over axes (all by default); "fro" is p = 2, the Frobenius norm of a matrix.

    Raises
    ------
    ArgumentTypeError
        If p is neither a number nor "fro".
    """
    return _norm("norm", input, 2 if p is None or p == "fro" else p, dim, keepdim, dtype)


# --- logarithms of sums, and shares -----------------------------------------------------------------------------------


def _as_floating(x: Any) -> Any:
    return x if x.dtype.kind == "f" else TABLE["astype"](x, get_default_dtype())


@function()
@numpys_names
def logsumexp(input: Any, dim: Any, keepdim: bool = False) -> Any:
    """ln Σ exp(x) over axes, without overflow."""
    x = _as_floating(array("logsumexp", input))
    return TABLE["logsumexp"](x, over("logsumexp", x, dim), keepdim)


def _along(name: str, input: Any, dim: Any, dtype: Any = None) -> tuple[Any, int | None]:
    """The input and the one axis that ``dim`` names; None for that of a 0-d array."""
    x = _in_dtype(array(name, input), dtype)
    axis = axis_of(name, dim, x.ndim)
    return x, axis if x.ndim else None


@function()
@numpys_names
def softmax(input: Any, dim: int, dtype: Any = None) -> Any:
    """exp(x) / Σ exp(x) along an axis, without overflow."""
    x, axis = _along("softmax", input, dim, dtype)
    return TABLE["softmax"](require_floating("softmax", x), axis)


@function()
@numpys_names
def log_softmax(input: Any, dim: int, dtype: Any = None) -> Any:
    """The logarithm of `softmax`, exact where softmax is nearly 0."""
    x, axis = _along("log_softmax", input, dim, dtype)
    return TABLE["log_softmax"](require_floating("log_softmax", x), axis)


@function(method=False)
@numpys_names
def softmin(input: Any, dim: int, dtype: Any = None) -> Any:
    """The softmax of −x: the smallest entries get the largest shares."""
    return softmax(-input, dim, dtype)


# --- running along an axis --------------------------------------------------------------------------------------------


def _running(name: str, input: Any, dim: Any, dtype: Any) -> Any:
    x, axis = _along(name, input, dim, dtype)
    x = _widened(x, dtype)
    if axis is None:
        return TABLE["reshape"](TABLE[name](TABLE["reshape"](x, (1,)), 0), ())
    return TABLE[name](x, axis)


def _numpys_running(function: Callable[..., Any], name: str) -> dict[Callable[..., Any], Callable[..., Any]]:
    """NumPy runs through the flattened array if no axis is named."""

    def call(a: Any, axis: Any = None, dtype: Any = None) -> Any:
        return _running(name, a if axis is not None else TABLE["reshape"](a, (-1,)), axis or 0, dtype)

    return {function: numpys_arguments(function, call)}


@function(numpy=_numpys_running(np.cumsum, "cumsum"))
@numpys_names
def cumsum(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """The sums of the entries up to each, along an axis."""
    return _running("cumsum", input, dim, dtype)


@function(numpy=_numpys_running(np.cumprod, "cumprod"))
@numpys_names
def cumprod(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """The products of the entries up to each, along an axis. Its gradients are right at zeros too."""
    return _running("cumprod", input, dim, dtype)


@function()
@numpys_names
def logcumsumexp(input: Any, dim: int) -> Any:
    """ln Σ exp of the entries up to each, along an axis."""
    return _running("logcumsumexp", _as_floating(array("logcumsumexp", input)), dim, None)


@function(method=False)
@numpys_names
def linear_recurrence(a: Any, b: Any, dim: int = -1) -> Any:
    """yₖ = aₖ·yₖ₋₁ + bₖ along an axis, from y₋₁ = 0: discounted returns, moving averages, linear filters.

    Raises
    ------
    ShapeError
        If the two do not have one shape, or have no axis to run along.
    """
    x, z = array("linear_recurrence", a), array("linear_recurrence", b)
    if x.shape != z.shape or not x.ndim:
        raise ShapeError(
            f"linear_recurrence() takes two arrays of one shape, at least 1-D; not {x.shape} and {z.shape}"
        )
    return TABLE["linear_recurrence"](x, z, axis_of("linear_recurrence", dim, x.ndim))
