"""Layers that put a border around lines and planes."""

from __future__ import annotations

from typing import Any, ClassVar

from autograd import Tensor
from nn import functional as F
from nn.module import Module
from nn.ops.convolution import each_axis

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ZeroPad1d",
    "ZeroPad2d",
]


class _Pad(Module):
    axes: ClassVar[int]
    mode: ClassVar[str] = "constant"

    def __init__(self, padding: Any) -> None:
        super().__init__()
        widths: Any = each_axis(type(self).__name__, "padding", padding, 2 * self.axes, -(2**62))
        self.padding = widths

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Pad):
    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """A border of equal numbers around lines.

    Parameters
    ----------
    padding : int or (left, right)
        How many entries; a negative number crops.
    value : float

    Notes
    -----
    x: [..., L] → [..., L + left + right]
    """

    axes = 1


class ConstantPad2d(_ConstantPad):
    """A border of equal numbers around planes.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
        How many entries; a negative number crops.
    value : float

    Notes
    -----
    x: [..., H, W] → [..., H + top + bottom, W + left + right]
    """

    axes = 2


class ZeroPad1d(_Pad):
    """A border of zeros around lines.

    Parameters
    ----------
    padding : int or (left, right)
    """

    axes = 1


class ZeroPad2d(_Pad):
    """A border of zeros around planes.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
    """

    axes = 2


class ReflectionPad1d(_Pad):
    """A border that mirrors the inside of lines at their ends, which are not repeated.

    Parameters
    ----------
    padding : int or (left, right)
    """

    axes, mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """A border that mirrors the inside of planes at their edges, which are not repeated.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
    """

    axes, mode = 2, "reflect"


class ReplicationPad1d(_Pad):
    """A border that repeats the ends of lines.

    Parameters
    ----------
    padding : int or (left, right)
    """

    axes, mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """A border that repeats the edges of planes.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
    """

    axes, mode = 2, "replicate"


class CircularPad1d(_Pad):
    """A border that continues lines with their other end.

    Parameters
    ----------
    padding : int or (left, right)
    """

    axes, mode = 1, "circular"


class CircularPad2d(_Pad):
    """A border that continues planes with their opposite side.

    Parameters
    ----------
    padding : int or (left, right, top, bottom)
    """

    axes, mode = 2, "circular"
