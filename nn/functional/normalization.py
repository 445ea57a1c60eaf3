"""How are the numbers of a layer brought to mean 0 and variance 1: over a row, a group of channels, or the batch?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError
from autograd.functions.bare import bare
from autograd.saved import mark_changed
from nn.ops import normalization as rows

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "rms_norm"]


# --- over rows --------------------------------------------------------------------------------------------------------


def sizes_of(name: str, normalized_shape: Any) -> tuple[int, ...]:
    """A shape, from an integer or several.

    Raises
    ------
    ArgumentTypeError
        If it is something else.
    """
    given = (normalized_shape,) if isinstance(normalized_shape, (int, np.integer)) else normalized_shape
    try:
        return tuple(int(size.__index__()) for size in given)
    except (TypeError, AttributeError):
        raise ArgumentTypeError(
            f"{name}: normalized_shape is one or several sizes, not {normalized_shape!r:.40}"
        ) from None


def layer_norm(
    input: Tensor, normalized_shape: Any, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """(x − mean) / √(variance + eps)·weight + bias, over the last axes (Ba, Kiros and Hinton 2016).

    Parameters
    ----------
    input : Tensor [..., *normalized_shape]
    normalized_shape : int or tuple of int
    weight, bias : Tensor [*normalized_shape], optional
    eps : float

    Raises
    ------
    ShapeError, DtypeError
        If the shapes do not fit, or the types are not one floating-point type.
    """
    return rows.layer_norm(input, weight, bias, _as_sizes("layer_norm", normalized_shape), eps)


def rms_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """x / √(mean of x² + eps)·weight, over the last axes (Zhang and Sennrich 2019).

    Parameters
    ----------
    input : Tensor [..., *normalized_shape]
    normalized_shape : int or tuple of int
    weight : Tensor [*normalized_shape], optional
    eps : float, optional
        Default: the distance from 1 to the next number of the input's type.

    Raises
    ------
    ShapeError, DtypeError
        As for `layer_norm`.
    """
    if eps is None:
        eps = _EPSILON.get(input.dtype, 0.0)  # of what is no floating-point type, which the row refuses
    return rows.rms_norm(input, weight, _as_sizes("rms_norm", normalized_shape), eps)


_EPSILON = {np.dtype(kind): float(np.finfo(kind).eps) for kind in (np.float16, np.float32, np.float64)}


def _as_sizes(name: str, normalized_shape: Any) -> tuple[int, ...]:
    return normalized_shape if type(normalized_shape) is tuple else sizes_of(name, normalized_shape)


# --- over groups of channels ------------------------------------------------------------------------------------------


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """(x − mean) / √(variance + eps)·weight + bias, over each group of channels of an example (Wu and He 2018).

    Parameters
    ----------
    input : Tensor [N, C, ...]
    num_groups : int
        A divisor of C.
    weight, bias : Tensor [C], optional
    eps : float

    Raises
    ------
    ShapeError, DtypeError
        If the channels do not divide into so many groups, if the shapes do not fit, if there is a single value only, or
        if the types are not one floating-point type.
    """
    if input.ndim > 1 and num_groups > 0 and math.prod(input.shape) == num_groups:
        raise ShapeError(
            f"group_norm: the input has shape {input.shape}, one value in each of {num_groups} groups: there is "
            "nothing to take a variance of"
        )
    return rows.group_norm(input, weight, bias, num_groups, eps)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean) / √(variance + eps)·weight + bias, over each channel of an example.

    Parameters
    ----------
    input : Tensor [N, C, ...]
    running_mean, running_var : Tensor [C], optional
        With ``use_input_stats`` they move on, in place, towards the batch's mean of means and of unbiased variances;
        without it they take the place of the input's own.
    weight, bias : Tensor [C], optional
    use_input_stats : bool
    momentum : float
        How far they move.
    eps : float

    Raises
    ------
    ArgumentTypeError
        If only one of the running statistics is given, or none where they are needed.
    ShapeError, DtypeError
        If the shapes do not fit, if a channel has a single value only, or if the types are not one floating-point type.

    Notes
    -----
    Ulyanov, Vedaldi and Lempitsky (2016).
    """
    _require_both("instance_norm", running_mean, running_var, not use_input_stats, input)
    if not use_input_stats:
        return rows.batch_norm(input, weight, bias, running_mean, running_var, eps)
    size = math.prod(input.shape[2:])
    if size == 1:
        raise ShapeError(
            f"instance_norm: the input has shape {input.shape}, one value in each channel of an example: there is "
            "nothing to take a variance of"
        )
    _require_length("instance_norm", input, running_mean, running_var)
    out = rows.group_norm(input, weight, bias, input.shape[1] if input.ndim > 1 else 1, eps)
    if running_mean is not None and input.shape[0] and size:
        mean, variance = _kept_by(out) or rows.group_moments(bare(input), input.shape[1])
        _move(running_mean, mean.mean(0), momentum)
        _move(running_var, variance.mean(0) * (size / (size - 1)), momentum)
    return out


# --- over batches -----------------------------------------------------------------------------------------------------


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean) / √(variance + eps)·weight + bias, over each channel of the batch (Ioffe and Szegedy 2015).

    Parameters
    ----------
    input : Tensor [N, C, ...]
    running_mean, running_var : Tensor [C] or None
        While training they move on, in place, towards the batch's mean and unbiased variance; otherwise they take their
        place.
    weight, bias : Tensor [C], optional
    training : bool
        Normalize with the batch's own mean and variance.
    momentum : float
        How far the running statistics move: 0 not at all, 1 all the way.
    eps : float

    Raises
    ------
    ArgumentTypeError
        If only one of the running statistics is given, or none where they are needed.
    ArgumentValueError
        If eps is negative, or 0 while training.
    ShapeError, DtypeError
        If the shapes do not fit, if a channel has a single value while training, or if the types are not one
        floating-point type.
    """
    if eps < 0 or (training and eps == 0):
        raise ArgumentValueError(f"batch_norm: eps must be positive{'' if training else ' or 0'}, not {eps}")
    _require_both("batch_norm", running_mean, running_var, not training, input)
    if not training:
        return rows.batch_norm(input, weight, bias, running_mean, running_var, eps)
    count = input.shape[0] * math.prod(input.shape[2:]) if input.ndim > 1 else 0
    if count == 1:
        raise ShapeError(
            f"batch_norm: while training there must be more than one value in each channel, to take a variance of; the "
            f"input has shape {input.shape}: use a larger batch, or eval()"
        )
    _require_length("batch_norm", input, running_mean, running_var)
    out = rows.batch_norm(input, weight, bias, None, None, eps)
    if running_mean is not None and count:
        mean, variance = _kept_by(out) or rows.batch_moments(bare(input))
        _move(running_mean, mean[0], momentum)
        _move(running_var, variance[0] * (count / (count - 1)), momentum)
    return out


def _require_both(name: str, running_mean: Any, running_var: Any, needed: bool, input: Any) -> None:
    if (running_mean is None) != (running_var is None):
        raise ArgumentTypeError(f"{name}: running_mean and running_var go together: give both, or neither")
    if running_mean is None:
        if needed:
            raise ArgumentTypeError(f"{name}: without statistics of the input it needs running_mean and running_var")
    elif running_mean.dtype != input.dtype or running_var.dtype != input.dtype:
        raise DtypeError(
            f"{name}: the input is of {input.dtype}, running_mean of {running_mean.dtype}, running_var of "
            f"{running_var.dtype}; convert one of them, x.to(dtype) or module.to(dtype)"
        )


def _require_length(name: str, input: Any, running_mean: Any, running_var: Any) -> None:
    """Refuse statistics that do not fit before anything is computed: they would have to be left half changed."""
    for what, x in (("running_mean", running_mean), ("running_var", running_var)):
        if x is not None and input.ndim > 1 and x.shape != input.shape[1:2]:
            raise ShapeError(
                f"{name}: the {what} has shape {x.shape}; an input of shape {input.shape} has {input.shape[1]} channels"
            )


def _kept_by(out: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """The means and variances that a recorded row has kept for its backward pass."""
    more = getattr(out, "_more", None)
    return None if more is None else more.kept


def _move(running: Any, towards: np.ndarray, momentum: float) -> None:
    array = bare(running)
    array[...] = (1 - momentum) * array + momentum * towards
    mark_changed(array)


# --- over neighbouring channels ---------------------------------------------------------------------------------------


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """x / (k + alpha·mean of x² over neighbouring channels)^beta (Krizhevsky, Sutskever and Hinton 2012, section 3.3).

    Parameters
    ----------
    input : Tensor [N, C, L, ...]
    size : int
        How many channels are neighbours: size // 2 before a channel, itself, and the rest behind it. Where there are
        fewer, the mean still divides by ``size``.
    alpha, beta, k : float

    Raises
    ------
    ShapeError, ArgumentValueError
        If the input has fewer than three axes, or ``size`` is not positive.
    """
    if input.ndim < 3:
        raise ShapeError(f"local_response_norm: the input has shape {input.shape}; it must be [N, C, L, …]")
    if size < 1:
        raise ArgumentValueError(f"local_response_norm: size is a number of channels, not {size}")
    before_and_behind = (size // 2, (size - 1) // 2)
    padded = autograd.pad(input * input, [0, 0] * (input.ndim - 2) + list(before_and_behind))
    total = sum(padded[:, i : i + input.shape[1]] for i in range(size))
    return input / (total * (alpha / size) + k) ** beta
