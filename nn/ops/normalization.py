"""Shifting and stretching numbers to mean 0 and variance 1, as one node: over rows, groups of channels, or batches.

The formulas are those of Ba, Kiros and Hinton (2016; layer), Zhang and Sennrich (2019; RMS), Wu and He (2018; group;
with one channel a group it is the instance normalization of Ulyanov, Vedaldi and Lempitsky, 2016) and Ioffe and Szegedy
(2015; batch). Variances divide by the count, not by one less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import DtypeError, ShapeError
from autograd.ops.fused import fused
from nn.ops import normalization_kernels as kernels

__all__ = ["batch_moments", "batch_norm", "group_moments", "group_norm", "layer_norm", "rms_norm"]

_F16, _F32, _F64 = map(np.dtype, (np.float16, np.float32, np.float64))
_NONE = {dtype: np.empty(0, dtype) for dtype in (_F32, _F64)}
"""What stands for a weight or bias that is not there, in the compiled loops."""


# --- what all have in common ------------------------------------------------------------------------------------------


def _require_one_type(name: str, input: Any, *others: Any) -> None:
    """Refuse what is not floating-point, and a weight or bias of another type than the input's."""
    dtype = input.dtype
    if dtype not in (_F32, _F64, _F16):
        raise DtypeError(f"{name}: the input is of {dtype}; convert it to float32 or float64, x.to(dtype)")
    for other in others:
        if other is not None and other.dtype != dtype:
            raise DtypeError(
                f"{name}: the input is of {dtype}, and a weight or bias of {other.dtype}; "
                "convert one of them, x.to(dtype) or module.to(dtype)"
            )


def _loop_type(dtype: Any) -> Any:
    """The type that is computed in: half precision has no arithmetic of its own."""
    return _F32 if dtype == _F16 else dtype


def _contiguous(x: Any, dtype: Any) -> np.ndarray:
    return np.ascontiguousarray(x, dtype)


def _or_none(x: Any, dtype: Any) -> np.ndarray:
    """A weight or bias in one piece for the loops."""
    return _NONE[dtype] if x is None else np.ascontiguousarray(x, dtype).reshape(-1)


# --- rows -------------------------------------------------------------------------------------------------------------


def _rows(name: str, input: Any, weight: Any, bias: Any, normalized_shape: tuple[int, ...]) -> tuple[int, int]:
    """How many rows of how many entries there are.

    Raises
    ------
    ShapeError, DtypeError
    """
    last = input.ndim - len(normalized_shape)
    if last < 0 or not normalized_shape or input.shape[last:] != normalized_shape:
        raise ShapeError(
            f"{name}: the input has shape {input.shape}; its last axes must be those of normalized_shape "
            f"{normalized_shape}" + ("" if normalized_shape else ", which needs at least one")
        )
    for what, x in (("weight", weight), ("bias", bias)):
        if x is not None and x.shape != normalized_shape:
            raise ShapeError(f"{name}: the {what} has shape {x.shape}; it needs normalized_shape {normalized_shape}")
    _require_one_type(name, input, weight, bias)
    return math.prod(input.shape[:last]), math.prod(normalized_shape)


def _layer_forward(
    input: Any, weight: Any, bias: Any, normalized_shape: tuple[int, ...], eps: float = 1e-5
) -> tuple[Any, Any]:
    shape = _rows("layer_norm", input, weight, bias, normalized_shape)
    dtype = _loop_type(input.dtype)
    y = np.empty(input.shape, dtype)
    mean, rstd = np.empty((2, shape[0]), dtype)
    if y.size:
        if weight is None and bias is not None:
            weight = np.ones(normalized_shape, dtype)
        kernels.layer_forward(
            _contiguous(input, dtype).reshape(shape),
            _or_none(weight, dtype),
            _or_none(bias, dtype),
            eps,
            y.reshape(shape),
            mean,
            rstd,
        )
    return y.astype(input.dtype, copy=False), (mean, rstd)


def _layer_backward(
    g: Any,
    y: Any,
    kept: Any,
    wanted: Sequence[bool],
    input: Any,
    weight: Any,
    bias: Any,
    normalized_shape: tuple[int, ...],
    eps: float,
) -> tuple[Any, Any, Any]:
    dtype = _loop_type(input.dtype)
    shape = (kept[0].size, math.prod(normalized_shape))
    to_input = np.empty(input.shape, dtype)
    if weight is None and bias is not None:
        weight = np.ones(normalized_shape, dtype)
    to_weight, to_bias = np.zeros((2, 0 if weight is None else shape[1]), dtype)
    if to_input.size:
        kernels.layer_backward(
            _contiguous(g, dtype).reshape(shape),
            _contiguous(input, dtype).reshape(shape),
            _or_none(weight, dtype),
            kept[0],
            kept[1],
            to_input.reshape(shape),
            to_weight,
            to_bias,
        )
    return (
        to_input if wanted[0] else None,
        to_weight.reshape(normalized_shape) if wanted[1] else None,
        to_bias.reshape(normalized_shape) if wanted[2] else None,
    )


def _layer_composition(input: Any, weight: Any, bias: Any, normalized_shape: tuple[int, ...], eps: float = 1e-5) -> Any:
    axes = tuple(range(-len(normalized_shape), 0))
    y = _standardized(input, axes, eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def _standardized(x: Any, axes: tuple[int, ...], eps: float) -> Any:
    centered = x - x.mean(axes, keepdims=True)
    return centered / np.sqrt((centered * centered).mean(axes, keepdims=True) + eps)


layer_norm = fused(
    "layer_norm",
    _layer_forward,
    _layer_backward,
    _layer_composition,
    differentiable=3,
    keeps=True,
    looks_at=("input", "weight"),
    formula="(input − mean) / √(variance + eps)·weight + bias, over the last axes",
    gradients=(
        "(h − mean of h − ŷ·mean of h·ŷ) / √(variance + eps), with h = g·weight and ŷ the normalized input",
        "Σ g·ŷ over the batch",
        "Σ g over the batch",
    ),
    examples=(
        ((2, 3), (3,), (3,), (3,)),
        ((2, 3), None, None, (3,)),
        ((2, 2, 3), (3,), None, (3,), 0.1),
        ((2, 2, 3), None, (2, 3), (2, 3)),
        ((4,), (4,), (4,), (4,)),
    ),
    doc="Every row gets mean 0 and variance 1, whatever the others are.",
)


def _rms_forward(input: Any, weight: Any, normalized_shape: tuple[int, ...], eps: float = 1e-5) -> Any:
    shape = _rows("rms_norm", input, weight, None, normalized_shape)
    dtype = _loop_type(input.dtype)
    y = np.empty(input.shape, dtype)
    if y.size:
        x = _contiguous(input, dtype).reshape(shape)
        kernels.rms_forward(x, _or_none(weight, dtype), eps, y.reshape(shape))
    return y.astype(input.dtype, copy=False)


def _rms_backward(
    g: Any,
    y: Any,
    kept: Any,
    wanted: Sequence[bool],
    input: Any,
    weight: Any,
    normalized_shape: tuple[int, ...],
    eps: float,
) -> tuple[Any, Any]:
    dtype = _loop_type(input.dtype)
    columns = math.prod(normalized_shape)
    to_input = np.empty(input.shape, dtype)
    to_weight = None if weight is None else np.zeros(normalized_shape, dtype)
    if to_input.size:
        shape = (to_input.size // columns, columns)
        kernels.rms_backward(
            _contiguous(g, dtype).reshape(shape),
            _contiguous(input, dtype).reshape(shape),
            _or_none(weight, dtype),
            eps,
            to_input.reshape(shape),
            _NONE[dtype] if to_weight is None else to_weight.reshape(-1),
        )
    return to_input if wanted[0] else None, to_weight if wanted[1] else None


def _rms_composition(input: Any, weight: Any, normalized_shape: tuple[int, ...], eps: float = 1e-5) -> Any:
    axes = tuple(range(-len(normalized_shape), 0))
    y = input / np.sqrt((input * input).mean(axes, keepdims=True) + eps)
    return y if weight is None else y * weight


rms_norm = fused(
    "rms_norm",
    _rms_forward,
    _rms_backward,
    _rms_composition,
    differentiable=2,
    formula="input / √(mean of input² + eps)·weight, over the last axes",
    gradients=(
        "(h − ŷ·mean of h·ŷ) / √(mean of input² + eps), with h = g·weight and ŷ the normalized input",
        "Σ g·ŷ over the batch",
    ),
    examples=(
        ((2, 3), (3,), (3,)),
        ((2, 3), None, (3,), 1e-7),
        ((2, 2, 3), (2, 3), (2, 3), 0.1),
        ((4,), None, (4,)),
    ),
    doc="Every row gets a mean square of 1; the mean stays where it is.",
)


# --- groups of channels -----------------------------------------------------------------------------------------------


def _channels(name: str, input: Any, **others: Any) -> tuple[int, int, int]:
    """The sizes [N, C, S] of the input, all axes behind the second taken as one.

    Raises
    ------
    ShapeError, DtypeError
        If there is no second axis, or a weight, bias or statistic does not have its length.
    """
    if input.ndim < 2:
        raise ShapeError(
            f"{name}: the input has shape {input.shape}; it needs a batch axis and a channel axis, [N, C, …]"
        )
    channels = input.shape[1]
    for what, x in others.items():
        if x is not None and x.shape != (channels,):
            raise ShapeError(
                f"{name}: the {what} has shape {x.shape}; an input of shape {input.shape} has {channels} channels "
                f"(axis 1), so it needs {(channels,)}"
            )
    _require_one_type(name, input, others["weight"], others["bias"])
    return input.shape[0], channels, math.prod(input.shape[2:])


def _of_nothing(wanted: Sequence[bool], input: Any) -> tuple[Any, ...]:
    """The gradients of an input without entries, of its weight and of its bias, where they are wanted."""
    shapes = input.shape, input.shape[1:2], input.shape[1:2]
    return tuple(np.zeros(shape, input.dtype) if asked else None for asked, shape in zip(wanted, shapes, strict=False))


def _per_channel(x: Any, ndim: int) -> Any:
    """A weight or bias as a node, in the shape in which it is broadcast."""
    return x.reshape((1, -1) + (1,) * (ndim - 2))


def group_moments(input: Any, num_groups: int) -> tuple[np.ndarray, np.ndarray]:
    """For every channel of every example mean and variance of its group, [N, C] in float64."""
    n, c, size = input.shape[0], input.shape[1], math.prod(input.shape[2:])
    each = c // num_groups
    x = _contiguous(input, _loop_type(input.dtype)).reshape(n, c, size)
    mean, variance = kernels.moments(x, (n, num_groups, each), (2,))
    return np.repeat(mean[:, :, 0], each, 1), np.repeat(variance[:, :, 0], each, 1)


def _group_forward(input: Any, weight: Any, bias: Any, num_groups: int, eps: float = 1e-5) -> tuple[Any, Any]:
    n, c, size = _channels("group_norm", input, weight=weight, bias=bias)
    if num_groups < 1 or c % num_groups:
        raise ShapeError(
            f"group_norm: {c} channels (input of shape {input.shape}) do not divide into {num_groups} groups"
        )
    if not input.size:
        return np.empty(input.shape, input.dtype), (np.empty((n, c)),) * 2
    center, variance = group_moments(input, num_groups)
    rstd = 1 / np.sqrt(variance + eps)
    x = _contiguous(input, _loop_type(input.dtype)).reshape(n, c, size)
    y = kernels.scaled(x, center, rstd if weight is None else rstd * weight, bias)
    return y.reshape(input.shape).astype(input.dtype, copy=False), (center, variance)


def _group_backward(
    g: Any,
    y: Any,
    kept: Any,
    wanted: Sequence[bool],
    input: Any,
    weight: Any,
    bias: Any,
    num_groups: int,
    eps: float,
) -> tuple[Any, Any, Any]:
    to_input = None
    center, variance = kept
    n, c = center.shape
    if not input.size:
        return _of_nothing(wanted, input)
    dtype = _loop_type(input.dtype)
    x = _contiguous(input, dtype).reshape(n, c, -1)
    g = _contiguous(g, dtype).reshape(n, c, -1)
    rstd = 1 / np.sqrt(variance + eps)
    total, along = kernels.products(g, x, center)
    if wanted[0]:
        scale = rstd if weight is None else rstd * weight
        averaged = []
        for sums in (total, along):
            weighted = np.add.reduce((sums * scale).reshape(n, num_groups, -1), 2) / (input.size // (n * num_groups))
            averaged.append(np.repeat(weighted, c // num_groups, 1))
        to_input = kernels.spread(g, x, center, scale, -averaged[1] * rstd * rstd, -averaged[0]).reshape(input.shape)
    to_weight = np.add.reduce(along * rstd, 0).astype(input.dtype) if wanted[1] else None
    return to_input, to_weight, np.add.reduce(total, 0).astype(input.dtype) if wanted[2] else None


def _group_composition(input: Any, weight: Any, bias: Any, num_groups: int, eps: float = 1e-5) -> Any:
    groups = input.reshape((input.shape[0], num_groups, input.shape[1] // num_groups, *input.shape[2:]))
    y = _standardized(groups, tuple(range(2, groups.ndim)), eps).reshape(input.shape)
    y = y if weight is None else y * _per_channel(weight, input.ndim)
    return y if bias is None else y + _per_channel(bias, input.ndim)


group_norm = fused(
    "group_norm",
    _group_forward,
    _group_backward,
    _group_composition,
    differentiable=3,
    keeps=True,
    looks_at=("input", "weight"),
    formula="(input − mean) / √(variance + eps)·weight + bias, over each group of channels of an example",
    gradients=(
        "(h − mean of h − ŷ·mean of h·ŷ) / √(variance + eps), with h = g·weight and ŷ the normalized input",
        "Σ g·ŷ over all but the channels",
        "Σ g over all but the channels",
    ),
    examples=(
        ((2, 4), (4,), (4,), 2),
        ((2, 4, 3), None, None, 2),
        ((2, 4, 3), (4,), None, 4, 0.1),
        ((1, 2, 2, 3), None, (2,), 1),
        ((2, 2, 2, 2), (2,), (2,), 2),
    ),
    doc="The channels of every example are taken in groups; with one channel a group it is instance normalization.",
)


# --- batches ----------------------------------------------------------------------------------------------------------


def batch_moments(input: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of every channel of a batch, [1, C] in float64."""
    n, c, size = input.shape[0], input.shape[1], math.prod(input.shape[2:])
    return kernels.moments(_contiguous(input, _loop_type(input.dtype)).reshape(n, c, size), (n, c), (0,))


def _batch_forward(
    input: Any, weight: Any, bias: Any, running_mean: Any = None, running_var: Any = None, eps: float = 1e-5
) -> tuple[Any, Any]:
    shape = _channels("batch_norm", input, weight=weight, bias=bias, running_mean=running_mean, running_var=running_var)
    if running_mean is not None:
        kept = tuple(x.astype(np.float64)[None] for x in (running_mean, running_var))
    elif input.size:
        kept = batch_moments(input)
    else:
        kept = (np.zeros((1, shape[1])),) * 2
    if not input.size:
        return np.empty(input.shape, input.dtype), kept
    mean, variance = kept
    rstd = 1 / np.sqrt(variance + eps)
    x = _contiguous(input, _loop_type(input.dtype)).reshape(shape)
    y = kernels.scaled(x, mean, rstd if weight is None else rstd * weight, bias)
    return y.reshape(input.shape).astype(input.dtype, copy=False), kept


def _batch_backward(
    g: Any,
    y: Any,
    kept: Any,
    wanted: Sequence[bool],
    input: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    eps: float,
) -> tuple[Any, Any, Any]:
    to_input = None
    mean, variance = kept
    n, c = input.shape[:2]
    if not input.size:
        return _of_nothing(wanted, input)
    dtype = _loop_type(input.dtype)
    x = _contiguous(input, dtype).reshape(n, c, -1)
    g = _contiguous(g, dtype).reshape(n, c, -1)
    rstd = 1 / np.sqrt(variance + eps)
    scale = rstd if weight is None else rstd * weight
    if running_mean is not None and not (wanted[1] or wanted[2]):
        return kernels.scaled(g, np.zeros(1), scale, None).reshape(input.shape), None, None
    total, along = (np.add.reduce(sums, 0) for sums in kernels.products(g, x, mean))
    if wanted[0] and running_mean is not None:
        to_input = kernels.scaled(g, np.zeros(1), scale, None).reshape(input.shape)
    elif wanted[0]:
        share = scale * (c / input.size)
        to_input = kernels.spread(g, x, mean, scale, -share * along * rstd * rstd, -share * total).reshape(input.shape)
    to_weight = (along * rstd)[0].astype(input.dtype) if wanted[1] else None
    return to_input, to_weight, total.astype(input.dtype) if wanted[2] else None


def _batch_composition(
    input: Any, weight: Any, bias: Any, running_mean: Any = None, running_var: Any = None, eps: float = 1e-5
) -> Any:
    if running_mean is None:
        y = _standardized(input, (0, *range(2, input.ndim)), eps)
    else:
        mean, variance = (_per_channel(x, input.ndim) for x in (running_mean, running_var))
        y = (input - mean) / np.sqrt(variance + eps)
    y = y if weight is None else y * _per_channel(weight, input.ndim)
    return y if bias is None else y + _per_channel(bias, input.ndim)


batch_norm = fused(
    "batch_norm",
    _batch_forward,
    _batch_backward,
    _batch_composition,
    differentiable=(True, True, True, False, False),
    keeps=True,
    looks_at=("input", "weight", "running_mean", "running_var"),
    formula="(input − mean) / √(variance + eps)·weight + bias, over each channel of the batch",
    gradients=(
        "(h − mean of h − ŷ·mean of h·ŷ) / √(variance + eps), with h = g·weight and ŷ the normalized input; "
        "h / √(running_var + eps) with running statistics",
        "Σ g·ŷ over all but the channels",
        "Σ g over all but the channels",
    ),
    examples=(
        ((4, 3), (3,), (3,)),
        ((3, 2, 3), None, None),
        ((2, 2, 2, 2), (2,), None, None, None, 0.1),
        ((3, 2), (2,), (2,), np.array([0.5, -1.0]), np.array([0.5, 2.0])),
        ((2, 2, 3), None, (2,), np.array([0.5, -1.0]), np.array([0.5, 2.0])),
    ),
    doc="Every channel gets mean 0 and variance 1 over the batch; with running statistics these take their place.",
)
