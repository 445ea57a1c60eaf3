"""Layers that make lines and planes smaller by the largest entry, or the mean, of windows.

Each calls its function of `nn.functional`, where the shapes are told.
"""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.module import Module

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "MaxPool1d",
    "MaxPool2d",
]


class _MaxPool(Module):
    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def _options(self) -> tuple[Any, ...]:
        windows = (self.kernel_size, self.stride, self.padding, self.dilation)
        return (*windows, self.ceil_mode, self.return_indices)

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The largest entry of every window of each line.

    Parameters
    ----------
    kernel_size, stride, padding, dilation : int
    return_indices, ceil_mode : bool
        See `nn.functional.max_pool2d`.

    Notes
    -----
    x: [N, C, L] or [C, L] → [N, C, L_out] or [C, L_out]
    """

    def forward(self, input: Tensor) -> Any:
        return F.max_pool1d(input, *self._options())


class MaxPool2d(_MaxPool):
    """The largest entry of every window of each plane.

    Parameters
    ----------
    kernel_size, stride, padding, dilation : int or tuple of two int
    return_indices, ceil_mode : bool
        See `nn.functional.max_pool2d`.

    Notes
    -----
    x: [N, C, H, W] or [C, H, W] → [N, C, H_out, W_out] or [C, H_out, W_out]
    """

    def forward(self, input: Tensor) -> Any:
        return F.max_pool2d(input, *self._options())


class _AvgPool(Module):
    kernel_size: Any
    stride: Any
    padding: Any

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPool):
    """The mean of every window of each line.

    Parameters
    ----------
    kernel_size, stride, padding : int
    ceil_mode, count_include_pad : bool
        See `nn.functional.avg_pool2d`.

    Notes
    -----
    x: [N, C, L] or [C, L] → [N, C, L_out] or [C, L_out]
    """

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = (
            x if isinstance(x, tuple) else (x,)
            for x in (kernel_size, kernel_size if stride is None else stride, padding)
        )
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        windows = (self.kernel_size, self.stride, self.padding)
        return F.avg_pool1d(input, *windows, self.ceil_mode, self.count_include_pad)


class AvgPool2d(_AvgPool):
    """The mean of every window of each plane.

    Parameters
    ----------
    kernel_size, stride, padding : int or tuple of two int
    ceil_mode, count_include_pad : bool
    divisor_override : int, optional
        See `nn.functional.avg_pool2d`.

    Notes
    -----
    x: [N, C, H, W] or [C, H, W] → [N, C, H_out, W_out] or [C, H_out, W_out]
    """

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        windows = (self.kernel_size, self.stride, self.padding)
        return F.avg_pool2d(input, *windows, self.ceil_mode, self.count_include_pad, self.divisor_override)


class _AdaptiveMaxPool(Module):
    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest entry of each of ``output_size`` windows that cover a line.

    Parameters
    ----------
    output_size : int
    return_indices : bool

    Notes
    -----
    x: [N, C, L] or [C, L] → [N, C, output_size] or [C, output_size]
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest entry of each of so many windows that cover a plane.

    Parameters
    ----------
    output_size : int, or tuple of two int or None
        None: as many as the input has.
    return_indices : bool

    Notes
    -----
    x: [N, C, H, W] or [C, H, W] → [N, C, *output_size] or [C, *output_size]
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class _AdaptiveAvgPool(Module):
    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """The mean of each of ``output_size`` windows that cover a line.

    Parameters
    ----------
    output_size : int

    Notes
    -----
    x: [N, C, L] or [C, L] → [N, C, output_size] or [C, output_size]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """The mean of each of so many windows that cover a plane, whatever its size.

    Parameters
    ----------
    output_size : int, or tuple of two int or None
        None: as many as the input has.

    Notes
    -----
    x: [N, C, H, W] or [C, H, W] → [N, C, *output_size] or [C, *output_size]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)
