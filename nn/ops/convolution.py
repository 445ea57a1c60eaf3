"""Convolutions as one node each, and their transposes: a small filter weighs every window of its input.

Planes of one axis are taken for planes with a single row. How they are computed is told in `nn.ops.correlation`.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError
from autograd.ops.fused import Fused, fused
from autograd.ops.products import einsum
from autograd.ops.shapes import pad, refold, unfold
from nn.ops.correlation import Windows, correlate, spread, weigh

__all__ = [
    "conv1d",
    "conv2d",
    "conv_transpose1d",
    "conv_transpose2d",
    "each_axis",
    "from_windows",
    "into_windows",
    "same_padding",
    "sliding_windows",
]

_AXES = {1: "[{}, L]", 2: "[{}, H, W]"}


# --- arguments --------------------------------------------------------------------------------------------------------


def each_axis(name: str, what: str, value: Any, axes: int, least: int) -> tuple[int, ...]:
    """An argument for each axis, given once for all or one by one.

    Raises
    ------
    ArgumentTypeError, ShapeError, ArgumentValueError
        If these are no integers, too many or too few, or less than ``least``.
    """
    given = value if isinstance(value, (tuple, list)) else (value,)
    try:
        numbers = tuple(operator.index(number) for number in given)
    except TypeError:
        raise ArgumentTypeError(f"{name}(): {what} is an integer or a tuple of them, not {value!r:.40}") from None
    if len(numbers) not in (1, axes):
        raise ShapeError(f"{name}(): {what} {value!r:.40} must be one integer, or {axes}, one for each axis")
    if min(numbers) < least:
        raise ArgumentValueError(f"{name}(): {what} {value!r:.40} must be at least {least}")
    return numbers if len(numbers) == axes else numbers * axes


def same_padding(kernel: Sequence[int], dilation: Sequence[int]) -> list[tuple[int, int]]:
    """What comes before and after each axis with ``padding="same"``; an odd number has one more after."""
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


def _paddings(
    name: str, padding: Any, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> list[tuple[int, int]]:
    if padding == "same":
        if max(stride) > 1:
            raise ArgumentValueError(
                f"{name}(): padding='same' needs stride 1, not {stride}: give the padding in numbers"
            )
        return same_padding(kernel, dilation)
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if isinstance(padding, str):
        raise ArgumentValueError(f"{name}(): padding is 'same', 'valid' or in numbers, not {padding!r:.40}")
    return [(p, p) for p in each_axis(name, "padding", padding, len(kernel), 0)]


def sliding_windows(
    name: str, size: tuple[int, ...], kernel: Any, stride: Any, padding: Any, dilation: Any, groups: int = 1
) -> Windows:
    """The windows over a plane of a size, from arguments as users give them.

    Along an axis of n entries there are ``(n + before + after − dilation·(kernel − 1) − 1) // stride + 1``.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, ShapeError
        If an argument makes no sense, or if not even one window fits.
    """
    axes = len(size)
    kernel = each_axis(name, "kernel_size", kernel, axes, 1)
    stride = each_axis(name, "stride", stride, axes, 1)
    dilation = each_axis(name, "dilation", dilation, axes, 1)
    around = _paddings(name, padding, kernel, stride, dilation)
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    padded = tuple(n + sum(p) for n, p in zip(size, around, strict=True))
    if any(span > n for span, n in zip(spans, padded, strict=True)):
        spread_out = f", which spans {spans} with dilation {dilation}," if spans != kernel else ""
        raise ShapeError(
            f"{name}(): a kernel of size {kernel}{spread_out} is larger than the input of size {size}, with its "
            f"padding {padded}: pad more, or use a smaller kernel"
        )
    count = tuple((n - span) // s + 1 for n, span, s in zip(padded, spans, stride, strict=True))
    before = tuple(p[0] for p in around)
    return _placed(kernel, stride, before, dilation, count, groups)


def _placed(
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    dilation: tuple[int, ...],
    counts: tuple[int, ...],
    groups: int,
) -> Windows:
    """A line becomes a plane with a single row."""
    if len(kernel) == 2:
        return Windows(kernel, stride, padding, dilation, counts, groups)  # type: ignore[arg-type]
    return Windows((1, *kernel), (1, *stride), (0, *padding), (1, *dilation), (1, *counts), groups)  # type: ignore[arg-type]


def _static(*arguments: Any) -> tuple[Any, ...]:
    return tuple(tuple(x) if isinstance(x, list) else x for x in arguments)


def _require_fit(name: str, axes: int, input: Any, weight: Any, bias: Any, groups: Any, transposed: bool) -> None:
    """Refuse shapes and element types that do not fit together."""
    outside = "in_channels" if transposed else "out_channels"
    inside = "out_channels" if transposed else "in_channels"
    kernel = ", ".join(["kL"] if axes == 1 else ["kH", "kW"])
    if input.ndim not in (axes + 1, axes + 2):
        raise ShapeError(
            f"{name}(): the input has shape {input.shape}; it must be {_AXES[axes].format('N, C')}, or "
            f"{_AXES[axes].format('C')} for a single sample"
        )
    if weight.ndim != axes + 2:
        raise ShapeError(
            f"{name}(): the weight has shape {weight.shape}; it must be [{outside}, {inside}/groups, {kernel}]"
        )
    if not isinstance(groups, (int, np.integer)) or groups < 1:
        raise ArgumentValueError(f"{name}(): groups is an integer of at least 1, not {groups!r:.40}")
    channels = input.shape[-axes - 1]
    if weight.shape[0] % groups:
        raise ShapeError(f"{name}(): {groups} groups do not divide the {weight.shape[0]} {outside} of the weight")
    expected = weight.shape[0] if transposed else weight.shape[1] * groups
    if channels != expected:
        by_groups = f" in {groups} groups" if groups > 1 else ""
        raise ShapeError(
            f"{name}(): the input of shape {input.shape} has {channels} channels; a weight of shape {weight.shape}"
            f"{by_groups} needs {expected}"
        )
    outputs = weight.shape[1] * groups if transposed else weight.shape[0]
    if not outputs:
        raise ShapeError(f"{name}(): a weight of shape {weight.shape} makes no channels: it needs at least one filter")
    if bias is not None and bias.shape != (outputs,):
        raise ShapeError(
            f"{name}(): the bias has shape {bias.shape}; a weight of shape {weight.shape} needs ({outputs},)"
        )
    if input.dtype.kind != "f" or weight.dtype != input.dtype or (bias is not None and bias.dtype != input.dtype):
        types = ", ".join(str(x.dtype) for x in (input, weight, bias) if x is not None)
        raise DtypeError(
            f"{name}(): input, weight and bias must be of one floating-point type, not {types}: convert, x.to(dtype)"
        )


# --- windows in plain operations --------------------------------------------------------------------------------------


def into_windows(x: Any, windows: Windows) -> Any:
    """Every window of x [N, C, H, W] as [N, C, *counts, *kernel]; x is padded with zeros."""
    sides = list(zip(*windows[:5], x.shape[2:], strict=True))
    spans = [d * (k - 1) + 1 for k, _, _, d, _, _ in sides]
    ends = [(m - 1) * s + span - p - n for (_, s, p, _, m, n), span in zip(sides, spans, strict=True)]
    x = pad(x, ((0, 0), (0, 0), *((p, end) for p, end in zip(windows.padding, ends, strict=True))))
    for axis, (_, s, _, d, _, _), span in zip((2, 3), sides, spans, strict=True):
        x = unfold(x, axis, span, s)[..., ::d]
    return x


def from_windows(a: Any, size: tuple[int, int], windows: Windows) -> Any:
    """The transpose of `into_windows`: entries of windows are added up in a plane of a size where they came from."""
    for axis in (1, 0):
        k, s, p, d, m = (each[axis] for each in windows[:5])
        length = (m - 1) * s + d * (k - 1) + 1
        a = _apart(a, a.ndim - 1, d)
        a = pad(refold(a, axis + 2, length, s), _crop(a.ndim - 1, axis + 2, -p, size[axis] + p - length))
    return a


def _crop(ndim: int, axis: int, before: int, after: int) -> tuple[tuple[int, int], ...]:
    return tuple((before, after) if k == axis else (0, 0) for k in range(ndim))


def _apart(a: Any, axis: int, step: int) -> Any:
    """With step − 1 zeros between entries along an axis."""
    if step == 1:
        return a
    length = (a.shape[axis] - 1) * step + 1
    return refold(a.reshape(*a.shape, 1), axis, length, step)


def _weighed(x: Any, weight: Any, windows: Windows) -> Any:
    """`correlate` in plain operations."""
    w = weight.reshape(windows.groups, -1, *weight.shape[1:])
    x = into_windows(x, windows)
    x = x.reshape(x.shape[0], windows.groups, w.shape[2], *x.shape[2:])
    y = einsum("ngchwij,gocij->ngohw", x, w)
    return y.reshape(y.shape[0], weight.shape[0], *windows.counts)


def _weighed_back(x: Any, weight: Any, size: tuple[int, int], windows: Windows) -> Any:
    """`spread` in plain operations: zeros between the entries, and the kernel in reverse."""
    w = weight.reshape(windows.groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    w = w.reshape(-1, *w.shape[2:])[..., ::-1, ::-1]
    for axis in (2, 3):
        x = _apart(x, axis, windows.stride[axis - 2])
    pairs = zip(windows.kernel, windows.dilation, windows.padding, strict=True)
    before = tuple((k - 1) * d - p for k, d, p in pairs)
    return _weighed(x, w, windows._replace(stride=(1, 1), padding=before, counts=size))  # type: ignore[arg-type]


# --- the rows ---------------------------------------------------------------------------------------------------------


def _plane(x: Any, axes: int, lead: int) -> Any:
    """x [N, C, H, W] of a batch or of a single sample, of planes or of lines."""
    if x.ndim == axes + lead - 1:
        x = x.reshape(1, *x.shape)
    return x if axes == 2 else x.reshape(*x.shape[:2], 1, x.shape[2])


def _wide(x: Any) -> Any:
    """In an element type that there is a kernel for."""
    return x if x is None or x.dtype.itemsize >= 4 else x.astype(np.float32)


def _per_channel(g: Any) -> Any:
    return np.add.reduce(np.add.reduce(g.reshape(*g.shape[:2], g.shape[2] * g.shape[3]), 2), 0)


def _convolution(axes: int) -> Fused:
    name = f"conv{axes}d"

    @lru_cache(maxsize=1024)
    def placed(size: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Windows:
        return sliding_windows(name, size, kernel, stride, padding, dilation, groups)

    def windows_of(input: Any, weight: Any, bias: Any, *options: Any) -> Windows:
        _require_fit(name, axes, input, weight, bias, options[-1], False)
        return placed(input.shape[-axes:], weight.shape[2:], *_static(*options))

    def shaped(y: Any, input: Any, windows: Windows) -> Any:
        return y.reshape(*input.shape[: input.ndim - axes - 1], y.shape[1], *windows.counts[2 - axes :])

    def forward(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Any:
        windows = windows_of(input, weight, bias, stride, padding, dilation, groups)
        x, w = _wide(_plane(input, axes, 2)), _wide(_plane(weight, axes, 2))
        y = correlate(x, w, _wide(bias), windows)
        return (y if y.ndim == input.ndim else shaped(y, input, windows)).astype(input.dtype, copy=False)

    def backward(
        g: Any, y: Any, kept: Any, wanted: Sequence[bool], input: Any, weight: Any, bias: Any, *options: Any
    ) -> tuple[Any, Any, Any]:
        windows = windows_of(input, weight, bias, *options)
        x, w = _wide(_plane(input, axes, 2)), _wide(_plane(weight, axes, 2))
        g = _wide(_plane(g, axes, 2))
        to_input = spread(g, w, None, x.shape[2:], windows).reshape(input.shape) if wanted[0] else None
        to_weight = weigh(x, g, w.shape, windows).reshape(weight.shape) if wanted[1] else None
        return to_input, to_weight, _per_channel(g) if wanted[2] else None

    def composition(input: Any, weight: Any, bias: Any, *options: Any) -> Any:
        windows = windows_of(input, weight, bias, *options)
        y = _weighed(_plane(input, axes, 2), _plane(weight, axes, 2), windows)
        y = shaped(y, input, windows)
        return y if bias is None else y + bias.reshape(-1, *[1] * axes)

    one = axes == 1
    return fused(
        name,
        forward,
        backward,
        composition,
        differentiable=3,
        looks_at=("input", "weight"),
        sign="x ⋆ W + b",
        pattern="swap",
        formula="bias + Σ weight · input, over every window of the input"
        if one
        else "bias + Σ weight · input, over every window of every plane",
        gradients=("g, spread by the weight", "Σ g · input over all windows", "Σ g over the batch and all places"),
        examples=_LINES if one else _PLANES,
        doc="The filters slide over the input without being turned round, as in all such libraries (a correlation).",
    )


_LINES = (
    ((2, 2, 7), (3, 2, 3), (3,), 1, 0, 1, 1),
    ((2, 7), (3, 2, 3), (3,), 1, 1, 1, 1),
    ((2, 4, 9), (2, 2, 2), (2,), 3, (2,), 2, 2),
    ((1, 2, 5), (1, 2, 4), (1,), 1, "same", 1, 1),
)
_PLANES = (
    ((2, 2, 5, 6), (3, 2, 3, 3), (3,), 1, 0, 1, 1),
    ((2, 5, 4), (1, 2, 2, 3), (1,), (1, 2), (1, 0), 1, 1),
    ((2, 4, 6, 7), (4, 2, 3, 2), (4,), (2, 3), (1, 2), (2, 1), 2),
    ((1, 1, 4, 4), (3, 1, 1, 1), (3,), 2, 1, 1, 1),
    ((2, 2, 4, 5), (2, 1, 2, 3), (2,), 1, "same", (1, 2), 2),
)

conv1d = _convolution(1)
conv2d = _convolution(2)


def _transposed(axes: int) -> Fused:
    name = f"conv_transpose{axes}d"

    @lru_cache(maxsize=1024)
    def placed(
        entries: Any, kernel: Any, stride: Any, padding: Any, output_padding: Any, groups: int, dilation: Any
    ) -> tuple[tuple[int, int], Windows]:
        kernel = each_axis(name, "kernel_size", kernel, axes, 1)
        stride = each_axis(name, "stride", stride, axes, 1)
        padding = each_axis(name, "padding", padding, axes, 0)
        more = each_axis(name, "output_padding", output_padding, axes, 0)
        dilation = each_axis(name, "dilation", dilation, axes, 1)
        if any(m >= max(s, d) for m, s, d in zip(more, stride, dilation, strict=True)):
            raise ArgumentValueError(
                f"{name}(): output_padding {more} must be smaller than the stride {stride} or the dilation {dilation}"
            )
        sides = zip(entries, kernel, stride, padding, more, dilation, strict=True)
        size = tuple((n - 1) * s - 2 * p + d * (k - 1) + m + 1 for n, k, s, p, m, d in sides)
        if min(size) < 1 or min(entries) < 1:
            raise ShapeError(
                f"{name}(): of an input of size {entries}, a kernel of {kernel}, stride {stride} and padding {padding} "
                f"leave an output of size {size}: pad less"
            )
        return (1, *size)[-2:], _placed(kernel, stride, padding, dilation, entries, groups)

    def placement(input: Any, weight: Any, bias: Any, *options: Any) -> tuple[tuple[int, int], Windows]:
        _require_fit(name, axes, input, weight, bias, options[-2], True)
        return placed(input.shape[-axes:], weight.shape[2:], *_static(*options))

    def shaped(y: Any, input: Any, size: tuple[int, int]) -> Any:
        return y.reshape(*input.shape[: input.ndim - axes - 1], y.shape[1], *size[2 - axes :])

    def forward(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Any:
        size, windows = placement(input, weight, bias, stride, padding, output_padding, groups, dilation)
        x, w = _wide(_plane(input, axes, 2)), _wide(_plane(weight, axes, 2))
        y = spread(x, w, _wide(bias), size, windows)
        return (y if y.ndim == input.ndim else shaped(y, input, size)).astype(input.dtype, copy=False)

    def backward(
        g: Any, y: Any, kept: Any, wanted: Sequence[bool], input: Any, weight: Any, bias: Any, *options: Any
    ) -> tuple[Any, Any, Any]:
        _, windows = placement(input, weight, bias, *options)
        x, w = _wide(_plane(input, axes, 2)), _wide(_plane(weight, axes, 2))
        g = _wide(_plane(g, axes, 2))
        to_input = correlate(g, w, None, windows).reshape(input.shape) if wanted[0] else None
        to_weight = weigh(g, x, w.shape, windows).reshape(weight.shape) if wanted[1] else None
        return to_input, to_weight, _per_channel(g) if wanted[2] else None

    def composition(input: Any, weight: Any, bias: Any, *options: Any) -> Any:
        size, windows = placement(input, weight, bias, *options)
        y = _weighed_back(_plane(input, axes, 2), _plane(weight, axes, 2), size, windows)
        y = shaped(y, input, size)
        return y if bias is None else y + bias.reshape(-1, *[1] * axes)

    one = axes == 1
    return fused(
        name,
        forward,
        backward,
        composition,
        differentiable=3,
        looks_at=("input", "weight"),
        sign="Wᵀ ⋆ x + b",
        pattern="swap",
        formula="bias + Σ input · weight, each entry of the input spread over a window of the output",
        gradients=(
            "Σ weight · g over each window",
            "Σ input · g over all windows",
            "Σ g over the batch and all places",
        ),
        examples=_LINES_BACK if one else _PLANES_BACK,
        doc="The transpose of the convolution with the same weight: what that does to a gradient, this does to x.",
    )


_LINES_BACK = (
    ((2, 3, 5), (3, 2, 3), (2,), 1, 0, 0, 1, 1),
    ((4, 4), (4, 1, 3), (2,), 2, 1, 1, 2, 1),
    ((1, 2, 3), (2, 1, 2), (1,), 3, 0, 2, 1, 2),
)
_PLANES_BACK = (
    ((2, 2, 3, 4), (2, 3, 3, 3), (3,), 1, 0, 0, 1, 1),
    ((2, 3, 3), (2, 1, 2, 3), (1,), (2, 1), (0, 1), (1, 0), 1, 1),
    ((2, 4, 3, 2), (4, 1, 3, 2), (2,), (2, 3), 1, (1, 2), 2, (3, 2)),
    ((1, 1, 2, 2), (1, 2, 1, 1), (2,), 3, 0, 0, 1, 1),
)

conv_transpose1d = _transposed(1)
conv_transpose2d = _transposed(2)
