"""Layers that slide small filters over lines and planes, and those that do the transposed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from autograd import Tensor, empty
from autograd.errors import ArgumentValueError, ShapeError
from nn import functional as F
from nn import init
from nn.module import Module
from nn.ops.convolution import each_axis, same_padding
from nn.parameter import Parameter

__all__ = ["Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d", "Fold", "Unfold"]

_MODES = ("zeros", "reflect", "replicate", "circular")


class _Filters(Module):
    """What all of them have: filters, and how they are moved."""

    axes: ClassVar[int]
    transposed: ClassVar[bool] = False
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        output_padding: Any,
        dilation: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        name, axes = type(self).__name__, self.axes
        (in_channels,) = each_axis(name, "in_channels", in_channels, 1, 0)
        (out_channels,) = each_axis(name, "out_channels", out_channels, 1, 1)
        (groups,) = each_axis(name, "groups", groups, 1, 1)
        if in_channels % groups or out_channels % groups:
            raise ArgumentValueError(
                f"{name}(): {groups} groups must divide in_channels {in_channels} and out_channels {out_channels}"
            )
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = each_axis(name, "kernel_size", kernel_size, axes, 1)
        self.stride = each_axis(name, "stride", stride, axes, 1)
        self.padding: Any = padding if isinstance(padding, str) else each_axis(name, "padding", padding, axes, 0)
        self.output_padding = each_axis(name, "output_padding", output_padding, axes, 0)
        self.dilation = each_axis(name, "dilation", dilation, axes, 1)
        self.groups = groups
        self.padding_mode = padding_mode
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ArgumentValueError(f"{name}(): padding is 'same', 'valid' or in numbers, not {padding!r:.40}")
        if padding == "same" and max(self.stride) > 1:
            raise ArgumentValueError(f"{name}(): padding='same' needs stride 1, not {self.stride}")
        modes = _MODES[:1] if self.transposed else _MODES
        if padding_mode not in modes:
            raise ArgumentValueError(
                f"{name}(): padding_mode is {' or '.join(map(repr, modes))}, not {padding_mode!r:.40}"
            )
        outside, inside = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape = (outside, inside // groups, *self.kernel_size)
        self.weight = Parameter(empty(*shape, device=device, dtype=dtype))
        self.bias = Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init.fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        said = [
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}",
            f"padding={self.padding}" * (isinstance(self.padding, str) or any(self.padding)),
            f"dilation={self.dilation}" * (max(self.dilation) > 1),
            f"output_padding={self.output_padding}" * any(self.output_padding),
            f"groups={self.groups}" * (self.groups > 1),
            "bias=False" * (self.bias is None),
            f"padding_mode={self.padding_mode}" * (self.padding_mode != "zeros"),
        ]
        return ", ".join(filter(None, said))


class _Convolution(_Filters):
    """A convolution; what surrounds the input may be other than zeros."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            *(in_channels, out_channels, kernel_size, stride, padding, 0, dilation, groups, bias, padding_mode),
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        padded, padding = input, self.padding
        if self.padding_mode != "zeros" and padding != "valid":
            around = same_padding(self.kernel_size, self.dilation) if padding == "same" else [(p, p) for p in padding]
            padded, padding = F.pad(input, [n for pair in reversed(around) for n in pair], self.padding_mode), 0
        function = F.conv1d if self.axes == 1 else F.conv2d
        return function(padded, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv1d(_Convolution):
    """Filters that slide along lines: each output is a weighted sum of one window of all channels, plus a bias.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, dilation : int
    padding : int, "same" or "valid"
    groups : int
        Into so many parts are the channels divided; each sees only its own.
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [out_channels, in_channels/groups, kernel_size]
        Drawn from U(−1/√fan_in, 1/√fan_in) with fan_in = in_channels/groups·kernel_size, as in PyTorch.
    bias : Parameter [out_channels] or None
        Drawn from the same.

    Notes
    -----
    x: [N, C, L] or [C, L] → [N, out_channels, (L + 2·padding − dilation·(kernel_size − 1) − 1) // stride + 1]
    """

    axes = 1


class Conv2d(_Convolution):
    """Filters that slide over planes: each output is a weighted sum of one window of all channels, plus a bias.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size : int or tuple of two int
    stride : int or tuple of two int
        How far the filter moves from one output to the next.
    padding : int, tuple of two int, "same" or "valid"
        So many entries are put around each plane; "same": as many as keep its size; "valid": none.
    dilation : int or tuple of two int
        How far apart the entries of a window are.
    groups : int
        Into so many parts are the channels divided; each sees only its own.
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What is put around a plane: zeros; the inside, mirrored at its edge; the edge; the opposite side.
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [out_channels, in_channels/groups, kH, kW]
        Drawn from U(−1/√fan_in, 1/√fan_in) with fan_in = in_channels/groups·kH·kW, as in PyTorch.
    bias : Parameter [out_channels] or None
        Drawn from the same.

    Notes
    -----
    x: [N, C, H, W] or [C, H, W] → [N, out_channels, H_out, W_out] with
    H_out = (H + 2·padding − dilation·(kH − 1) − 1) // stride + 1.
    """

    axes = 2


class _Transposed(_Filters):
    """The transpose of a convolution."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if isinstance(padding, str):
            raise ArgumentValueError(f"{type(self).__name__}(): padding is in numbers, not {padding!r:.40}")
        super().__init__(
            *(in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, groups, bias),
            *(padding_mode, device, dtype),
        )

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """Spread the input.

        Parameters
        ----------
        input : Tensor
        output_size : tuple of int, optional
            The size of the output, where a stride leaves several to choose from, instead of ``output_padding``.
        """
        more = self.output_padding if output_size is None else self._output_padding(input, output_size)
        function = F.conv_transpose1d if self.axes == 1 else F.conv_transpose2d
        return function(input, self.weight, self.bias, self.stride, self.padding, more, self.groups, self.dilation)

    def _output_padding(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        name, axes = type(self).__name__, self.axes
        if isinstance(output_size, Sequence) and len(output_size) == input.ndim:  # with samples and channels
            output_size = tuple(output_size[-axes:])
        wanted = each_axis(name, "output_size", output_size, axes, 0)
        sides = zip(input.shape[-axes:], self.kernel_size, self.stride, self.padding, self.dilation, strict=False)
        least = tuple((n - 1) * s - 2 * p + d * (k - 1) + 1 for n, k, s, p, d in sides)
        most = tuple(n + s - 1 for n, s in zip(least, self.stride, strict=False))
        if not all(low <= n <= high for low, n, high in zip(least, wanted, most, strict=False)):
            raise ShapeError(
                f"{name}: for an input of shape {input.shape} the output_size is between {least} and {most}, "
                f"not {wanted}"
            )
        return tuple(n - low for n, low in zip(wanted, least, strict=False))


class ConvTranspose1d(_Transposed):
    """The transpose of `Conv1d` with the same arguments: every entry is spread over a window of the output.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, output_padding : int
    groups : int
    bias : bool
    dilation : int
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [in_channels, out_channels/groups, kernel_size]
    bias : Parameter [out_channels] or None

    Notes
    -----
    x: [N, C, L] or [C, L] → [N, out_channels, L_out], see `ConvTranspose2d`.
    """

    axes = 1


class ConvTranspose2d(_Transposed):
    """The transpose of `Conv2d` with the same arguments: every entry is spread over a window of the output.

    With a stride of 2 it doubles the size of a plane, in steps that are learned.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride : int or tuple of two int
    padding : int or tuple of two int
        So many entries are cut off all around the output.
    output_padding : int or tuple of two int
        So many rows and columns more at the end, where the stride leaves several sizes to choose from.
    groups : int
    bias : bool
    dilation : int or tuple of two int
    padding_mode : {"zeros"}
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [in_channels, out_channels/groups, kH, kW]
        Drawn from U(−1/√fan_in, 1/√fan_in) with fan_in = out_channels/groups·kH·kW, as in PyTorch.
    bias : Parameter [out_channels] or None
        Drawn from the same.

    Notes
    -----
    x: [N, C, H, W] or [C, H, W] → [N, out_channels, H_out, W_out] with
    H_out = (H − 1)·stride − 2·padding + dilation·(kH − 1) + output_padding + 1.
    """

    axes = 2


class Unfold(Module):
    """The windows of planes as columns, see `nn.functional.unfold`.

    Parameters
    ----------
    kernel_size, dilation, padding, stride : int or tuple of two int
    """

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Fold(Module):
    """Columns of windows added up in planes where they came from, see `nn.functional.fold`.

    Parameters
    ----------
    output_size, kernel_size, dilation, padding, stride : int or tuple of two int
    """

    def __init__(
        self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )
