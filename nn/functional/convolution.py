"""Convolutions, their transposes, and the windows that they look at.

``conv1d`` to ``conv_transpose2d`` are rows of the table of operations, see `nn.ops.convolution`; the windows are made
of simpler ones.
"""

from __future__ import annotations

from math import prod
from typing import Any

from autograd import Tensor, as_tensor
from autograd.errors import ShapeError
from nn.ops.convolution import (
    conv1d,
    conv2d,
    conv_transpose1d,
    conv_transpose2d,
    each_axis,
    from_windows,
    into_windows,
    sliding_windows,
)

__all__ = ["conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d", "fold", "unfold"]


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of planes as columns ("im2col"): a convolution is then a matrix product.

    Parameters
    ----------
    input : Tensor [N, C, H, W] or [C, H, W]
    kernel_size, dilation, padding, stride : int or tuple of two int

    Returns
    -------
    Tensor [N, C·kH·kW, windows] or [C·kH·kW, windows]

    Raises
    ------
    ShapeError, ArgumentValueError, ArgumentTypeError
        If the arguments do not fit.
    """
    x = as_tensor(input)
    if x.ndim not in (3, 4):
        raise ShapeError(f"unfold(): the input has shape {x.shape}; it must be [N, C, H, W] or [C, H, W]")
    windows = sliding_windows("unfold", x.shape[-2:], kernel_size, stride, padding, dilation)
    y = into_windows(x if x.ndim == 4 else x[None], windows).permute(0, 1, 4, 5, 2, 3)
    return y.reshape(*x.shape[:-3], x.shape[-3] * prod(windows.kernel), prod(windows.counts))


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Columns of windows added up in planes where they came from: the transpose of `unfold`.

    Parameters
    ----------
    input : Tensor [N, C·kH·kW, windows] or [C·kH·kW, windows]
    output_size : int or tuple of two int
        (H, W).
    kernel_size, dilation, padding, stride : int or tuple of two int

    Returns
    -------
    Tensor [N, C, H, W] or [C, H, W]

    Raises
    ------
    ShapeError, ArgumentValueError, ArgumentTypeError
        If the arguments do not fit.
    """
    x = as_tensor(input)
    size = each_axis("fold", "output_size", output_size, 2, 1)
    windows = sliding_windows("fold", size, kernel_size, stride, padding, dilation)
    entries, columns = prod(windows.kernel), prod(windows.counts)
    if x.ndim not in (2, 3) or x.shape[-2] % entries or x.shape[-1] != columns:
        raise ShapeError(
            f"fold(): the input has shape {x.shape}; for an output of size {size} with windows of {windows.kernel} "
            f"it must be [N, C·{entries}, {columns}] or [C·{entries}, {columns}]"
        )
    samples = len(x) if x.ndim == 3 else 1
    parts = x.reshape(samples, x.shape[-2] // entries, *windows.kernel, *windows.counts)
    y = from_windows(parts.permute(0, 1, 4, 5, 2, 3), size, windows)  # type: ignore[arg-type]
    return y if x.ndim == 3 else y[0]
