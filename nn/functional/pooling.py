"""Pooling: planes made smaller by the largest entry, or the mean, of windows.

The windows along each axis are described as `nn.ops.pooling` takes them.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, ShapeError
from autograd.functions.bare import bare
from nn.ops import pooling as rows
from nn.ops.convolution import each_axis
from nn.ops.pooling import Spec

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "avg_pool1d",
    "avg_pool2d",
    "max_pool1d",
    "max_pool2d",
]

_SHAPES = {1: "[N, C, L] or [C, L]", 2: "[N, C, H, W] or [C, H, W]"}


def _require_planes(name: str, input: Any, axes: int) -> None:
    if not hasattr(input, "ndim"):
        raise ArgumentTypeError(f"{name}(): the input is a Tensor or an array, not {type(input).__name__}")
    if input.ndim not in (axes + 1, axes + 2):
        raise ShapeError(f"{name}(): the input has shape {input.shape}; it must be {_SHAPES[axes]}")


def _sliding(
    name: str, input: Any, axes: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Spec | None, Spec]:
    _require_planes(name, input, axes)
    kernel = each_axis(name, "kernel_size", kernel_size, axes, 1)
    given = (
        kernel
        if stride is None or (isinstance(stride, (tuple, list)) and not stride)
        else each_axis(name, "stride", stride, axes, 1),
        each_axis(name, "padding", padding, axes, 0),
        each_axis(name, "dilation", dilation, axes, 1),
        (bool(ceil_mode),) * axes,
    )
    specs = tuple(zip(kernel, *given, strict=True))
    return (None, specs[0]) if axes == 1 else specs  # type: ignore[return-value]


def _covering(name: str, input: Any, axes: int, output_size: Any) -> tuple[Spec | None, Spec]:
    _require_planes(name, input, axes)
    given = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * axes
    if len(given) != axes:
        raise ShapeError(f"{name}(): output_size {output_size!r:.40} must be one number, or {axes}, one for each axis")
    try:
        size = [
            n if wanted is None else operator.index(wanted)
            for wanted, n in zip(given, input.shape[-axes:], strict=True)
        ]
    except TypeError:
        raise ArgumentTypeError(f"{name}(): output_size takes integers or None, not {output_size!r:.40}") from None
    if min(size) < 0:
        raise ArgumentValueError(f"{name}(): output_size {output_size!r:.40} must not be negative")
    if 0 in input.shape[-axes:] and any(size):
        raise ShapeError(f"{name}(): an input of shape {input.shape} has no entries to pool")
    return (None, size[0]) if axes == 1 else (size[0], size[1])


def _maxima(input: Any, down: Spec | None, across: Spec) -> tuple[Tensor, Tensor]:
    """The maxima, and their places as a Tensor of integers."""
    y = rows.max_pool(input, down, across)
    places = rows.places_of_maxima(bare(input), bare(y), down, across)
    return y, Tensor(np.asarray(places.reshape(y.shape), np.int64))


# --- the largest ------------------------------------------------------------------------------------------------------


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest entry of every window of each line; see `max_pool2d`.

    Parameters
    ----------
    input : Tensor [N, C, L] or [C, L]
    kernel_size, stride, padding, dilation : int
    ceil_mode, return_indices : bool
    """
    windows = _sliding("max_pool1d", input, 1, kernel_size, stride, padding, dilation, ceil_mode)
    return _maxima(input, *windows) if return_indices else rows.max_pool(input, *windows)


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest entry of every window of each plane.

    The gradient goes to the first of equal entries, row by row; nan is larger than everything.

    Parameters
    ----------
    input : Tensor [N, C, H, W] or [C, H, W]
    kernel_size : int or tuple of two int
    stride : int or tuple of two int, optional
        Default: the kernel size, so that windows do not overlap.
    padding : int or tuple of two int
        So many entries of −inf at each end, at most half a window.
    dilation : int or tuple of two int
        How far apart the entries of a window are.
    ceil_mode : bool
        Whether a last window that sticks out at the end counts, if it begins inside.
    return_indices : bool
        Also return the places of the maxima, counted row by row in each plane.

    Returns
    -------
    Tensor [N, C, H_out, W_out] or [C, H_out, W_out], or a pair of it and a Tensor of int64
        ``H_out = (H + 2·padding − dilation·(kernel − 1) − 1) // stride + 1``, rounded up with ``ceil_mode``.

    Raises
    ------
    ShapeError, ArgumentValueError, ArgumentTypeError
        If the arguments do not fit.
    """
    windows = _sliding("max_pool2d", input, 2, kernel_size, stride, padding, dilation, ceil_mode)
    return _maxima(input, *windows) if return_indices else rows.max_pool(input, *windows)


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest entry of each of ``output_size`` windows that cover a line; see `adaptive_max_pool2d`.

    Parameters
    ----------
    input : Tensor [N, C, L] or [C, L]
    output_size : int
    return_indices : bool
    """
    windows = _covering("adaptive_max_pool1d", input, 1, output_size)
    return _maxima(input, *windows) if return_indices else rows.max_pool(input, *windows)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest entry of each of so many windows that cover a plane.

    Window k of m over n entries goes from ⌊k·n/m⌋ to ⌈(k + 1)·n/m⌉.

    Parameters
    ----------
    input : Tensor [N, C, H, W] or [C, H, W]
    output_size : int, or tuple of two int or None
        None: as many as the input has.
    return_indices : bool
        Also return the places of the maxima, counted row by row in each plane.

    Returns
    -------
    Tensor [N, C, *output_size] or [C, *output_size], or a pair of it and a Tensor of int64

    Raises
    ------
    ShapeError, ArgumentValueError, ArgumentTypeError
        If the arguments do not fit.
    """
    windows = _covering("adaptive_max_pool2d", input, 2, output_size)
    return _maxima(input, *windows) if return_indices else rows.max_pool(input, *windows)


# --- the mean ---------------------------------------------------------------------------------------------------------


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of every window of each line; see `avg_pool2d`.

    Parameters
    ----------
    input : Tensor [N, C, L] or [C, L]
    kernel_size, stride, padding : int
    ceil_mode, count_include_pad : bool
    """
    windows = _sliding("avg_pool1d", input, 1, kernel_size, stride, padding, 1, ceil_mode)
    return rows.avg_pool(input, *windows, bool(count_include_pad), None)


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of every window of each plane.

    Parameters
    ----------
    input : Tensor [N, C, H, W] or [C, H, W]
    kernel_size : int or tuple of two int
    stride : int or tuple of two int, optional
        Default: the kernel size, so that windows do not overlap.
    padding : int or tuple of two int
        So many zeros at each end, at most half a window.
    ceil_mode : bool
        Whether a last window that sticks out at the end counts, if it begins inside.
    count_include_pad : bool
        Whether the zeros of the padding count as entries.
    divisor_override : int, optional
        By what the sums are divided, instead of by the number of entries.

    Returns
    -------
    Tensor [N, C, H_out, W_out] or [C, H_out, W_out]
        Of the size that `max_pool2d` tells, with dilation 1.

    Raises
    ------
    ShapeError, ArgumentValueError, ArgumentTypeError
        If the arguments do not fit.
    """
    if divisor_override is not None:
        try:
            divisor_override = operator.index(divisor_override)
        except TypeError:
            raise ArgumentTypeError(
                f"avg_pool2d(): divisor_override is an integer or None, not {divisor_override!r:.40}"
            ) from None
        if divisor_override == 0:
            raise ArgumentValueError("avg_pool2d(): divisor_override must not be 0")
    windows = _sliding("avg_pool2d", input, 2, kernel_size, stride, padding, 1, ceil_mode)
    return rows.avg_pool(input, *windows, bool(count_include_pad), divisor_override)


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The mean of each of ``output_size`` windows that cover a line; see `adaptive_avg_pool2d`.

    Parameters
    ----------
    input : Tensor [N, C, L] or [C, L]
    output_size : int
    """
    return rows.avg_pool(input, *_covering("adaptive_avg_pool1d", input, 1, output_size), True, None)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The mean of each of so many windows that cover a plane; of all of it with ``output_size=1``.

    Parameters
    ----------
    input : Tensor [N, C, H, W] or [C, H, W]
    output_size : int, or tuple of two int or None
        As for `adaptive_max_pool2d`.

    Returns
    -------
    Tensor [N, C, *output_size] or [C, *output_size]

    Raises
    ------
    ShapeError, ArgumentValueError, ArgumentTypeError
        If the arguments do not fit.
    """
    return rows.avg_pool(input, *_covering("adaptive_avg_pool2d", input, 2, output_size), True, None)
