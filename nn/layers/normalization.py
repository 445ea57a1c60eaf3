"""Layers that bring numbers to mean 0 and variance 1, and then to a scale and place that are learned."""

from __future__ import annotations

from typing import Any, ClassVar

from autograd import Tensor, ones, zeros
from autograd.errors import ShapeError
from autograd.functions.bare import bare
from autograd.saved import mark_changed
from nn import functional as F
from nn import init
from nn.functional.normalization import sizes_of
from nn.module import Module
from nn.parameter import Parameter

__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "GroupNorm",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "LayerNorm",
    "LocalResponseNorm",
    "RMSNorm",
]


# --- over rows --------------------------------------------------------------------------------------------------------


class LayerNorm(Module):
    """Every row gets mean 0 and variance 1, then the weight and the bias.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The last axes of the input, which make up a row.
    eps : float
        Added to the variance.
    elementwise_affine : bool
        Whether there is a weight.
    bias : bool
        Whether there is also a bias.
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [*normalized_shape] or None
        Ones.
    bias : Parameter [*normalized_shape] or None
        Zeros.

    Notes
    -----
    x: [..., *normalized_shape] → the same. Ba, Kiros and Hinton (2016).
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = sizes_of("LayerNorm", normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        made = {"device": device, "dtype": dtype}
        self.weight = Parameter(ones(self.normalized_shape, **made)) if elementwise_affine else None
        self.bias = Parameter(zeros(self.normalized_shape, **made)) if elementwise_affine and bias else None

    def reset_parameters(self) -> None:
        """Set the weight to ones and the bias to zeros."""
        _reset(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """Every row gets a mean square of 1, then the weight; the mean stays where it is.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The last axes of the input, which make up a row.
    eps : float, optional
        Added to the mean square. Default: the distance from 1 to the next number of the input's type.
    elementwise_affine : bool
        Whether there is a weight.
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [*normalized_shape] or None
        Ones.

    Notes
    -----
    x: [..., *normalized_shape] → the same. Zhang and Sennrich (2019).
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = sizes_of("RMSNorm", normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        made = ones(self.normalized_shape, device=device, dtype=dtype)
        self.weight = Parameter(made) if elementwise_affine else None

    def reset_parameters(self) -> None:
        """Set the weight to ones."""
        _reset(self.weight, None)

    def forward(self, input: Tensor) -> Tensor:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


def _reset(weight: Tensor | None, bias: Tensor | None) -> None:
    if weight is not None:
        init.ones_(weight)
    if bias is not None:
        init.zeros_(bias)


# --- over groups of channels ------------------------------------------------------------------------------------------


class GroupNorm(Module):
    """Each group of channels of an example gets mean 0 and variance 1, then each channel its weight and bias.

    Parameters
    ----------
    num_groups, num_channels : int
    eps : float
        Added to the variance.
    affine : bool
        Whether there is a weight.
    bias : bool
        Whether there is also a bias.
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [num_channels] or None
        Ones.
    bias : Parameter [num_channels] or None
        Zeros.

    Raises
    ------
    ShapeError
        If the channels do not divide into so many groups.

    Notes
    -----
    x: [N, num_channels, ...] → the same. Wu and He (2018).
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_groups < 1 or num_channels % num_groups:
            raise ShapeError(f"GroupNorm: {num_channels} channels do not divide into {num_groups} groups")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        self.weight = Parameter(ones(num_channels, device=device, dtype=dtype)) if affine else None
        self.bias = Parameter(zeros(num_channels, device=device, dtype=dtype)) if affine and bias else None

    def reset_parameters(self) -> None:
        """Set the weight to ones and the bias to zeros."""
        _reset(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim > 1:
            _require_channels(self, input, 1, self.num_channels)
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


def _require_channels(layer: Module, input: Tensor, axis: int, channels: int) -> None:
    if input.shape[axis] != channels:
        raise ShapeError(
            f"{type(layer).__name__}: the input has shape {input.shape}, {input.shape[axis]} channels (axis {axis}); "
            f"this layer is for {channels}"
        )


# --- with running statistics ------------------------------------------------------------------------------------------


class _WithRunningStatistics(Module):
    """What batch and instance normalization have in common.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        Added to the variance.
    momentum : float or None
        How far the running statistics move towards those of a batch.
    affine : bool
        Whether there is a weight.
    track_running_stats : bool
        Whether there are running statistics.
    bias : bool
        Whether there is a bias beside the weight.
    dtype : data-type, optional

    Attributes
    ----------
    weight, bias : Parameter [C] or None
        Ones and zeros.
    running_mean, running_var : Tensor [C] or None
        Zeros and ones at first.
    num_batches_tracked : Tensor [] of int64, or None
    """

    num_features: int
    shapes: ClassVar[dict[int, str]]
    """The shapes that are taken, by their number of axes."""
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
        device: Any,
        dtype: Any,
        bias: bool,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        made = {"device": device, "dtype": dtype}
        self.weight = Parameter(ones(num_features, **made)) if affine else None
        self.bias = Parameter(zeros(num_features, **made)) if affine and bias else None
        self.register_buffer("running_mean", zeros(num_features, **made) if track_running_stats else None)
        self.register_buffer("running_var", ones(num_features, **made) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", zeros((), dtype="int64") if track_running_stats else None)

    def reset_running_stats(self) -> None:
        """Set the running mean to zeros, the running variance to ones, and the count of batches to 0."""
        for buffer, value in ((self.running_mean, 0), (self.running_var, 1), (self.num_batches_tracked, 0)):
            if buffer is not None:
                init.constant_(buffer, value)

    def reset_parameters(self) -> None:
        """Set the weight to ones, the bias to zeros, and the running statistics to those of the start."""
        self.reset_running_stats()
        _reset(self.weight, self.bias)

    def _require_fitting(self, input: Tensor, without_batch: int | None = None) -> None:
        """Refuse an input of another rank or another number of channels."""
        if input.ndim not in self.shapes:
            wanted = " or ".join(self.shapes.values())
            raise ShapeError(f"{type(self).__name__}: the input has shape {input.shape}; it must be {wanted}")
        _require_channels(self, input, 0 if input.ndim == without_batch else 1, self.num_features)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_WithRunningStatistics):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        self._require_fitting(input)
        mean, variance = self.running_mean, self.running_var
        momentum = 0.0 if self.momentum is None else self.momentum
        if not self.training:
            return F.batch_norm(input, mean, variance, self.weight, self.bias, mean is None, momentum, self.eps)
        if not self.track_running_stats:
            mean = variance = None
        counted = None if mean is None else bare(self.num_batches_tracked)
        if counted is not None and self.momentum is None:
            momentum = 1 / (float(counted) + 1)
        out = F.batch_norm(input, mean, variance, self.weight, self.bias, True, momentum, self.eps)
        if counted is not None:
            counted += 1
            mark_changed(counted)
        return out


class BatchNorm1d(_BatchNorm):
    """Every channel gets mean 0 and variance 1 over the batch, then its weight and bias.

    While training the batch's own mean and variance are taken, and running ones move towards them; in evaluation the
    running ones are taken.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        Added to the variance.
    momentum : float or None
        How far the running statistics move towards those of a batch; None: they are the mean over all batches.
    affine : bool
        Whether there is a weight.
    track_running_stats : bool
        Otherwise the batch's own statistics are taken in evaluation too.
    bias : bool
        Whether there is a bias beside the weight.
    dtype : data-type, optional

    Attributes
    ----------
    weight, bias : Parameter [C] or None
        Ones and zeros.
    running_mean, running_var : Tensor [C] or None
        Zeros and ones at first.
    num_batches_tracked : Tensor [] of int64, or None

    Raises
    ------
    ShapeError
        When called, if the input has another shape, or a single value in each channel while training.

    Notes
    -----
    x: [N, C] or [N, C, L] → the same. Ioffe and Szegedy (2015).
    """

    shapes: ClassVar = {2: "[N, C]", 3: "[N, C, L]"}


class BatchNorm2d(_BatchNorm):
    """Every channel gets mean 0 and variance 1 over the batch, then its weight and bias.

    Parameters, attributes and errors are those of `BatchNorm1d`.

    Notes
    -----
    x: [N, C, H, W] → the same. Ioffe and Szegedy (2015).
    """

    shapes: ClassVar = {4: "[N, C, H, W]"}


class _InstanceNorm(_WithRunningStatistics):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        without_batch = min(self.shapes)
        self._require_fitting(input, without_batch)
        own = self.training or not self.track_running_stats
        momentum = 0.0 if self.momentum is None else self.momentum
        batch = input[None] if input.ndim == without_batch else input
        out = F.instance_norm(
            batch, self.running_mean, self.running_var, self.weight, self.bias, own, momentum, self.eps
        )
        return out[0] if input.ndim == without_batch else out


class InstanceNorm1d(_InstanceNorm):
    """Every channel of every example gets mean 0 and variance 1.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        Added to the variance.
    momentum : float or None
        How far the running statistics move towards the means over a batch; None: not at all.
    affine : bool
        Whether there is a weight for each channel.
    track_running_stats : bool
        Whether there are running statistics, which evaluation then uses.
    bias : bool
        Whether there is a bias beside the weight.
    dtype : data-type, optional

    Attributes
    ----------
    weight, bias : Parameter [C] or None
        Ones and zeros.
    running_mean, running_var : Tensor [C] or None
        Zeros and ones at first.
    num_batches_tracked : Tensor [] of int64, or None
        Stays 0, as in PyTorch.

    Raises
    ------
    ShapeError
        When called, if the input has another shape, or a single value in each channel.

    Notes
    -----
    x: [N, C, L] or [C, L] → the same. Ulyanov, Vedaldi and Lempitsky (2016).
    """

    shapes: ClassVar = {2: "[C, L]", 3: "[N, C, L]"}


class InstanceNorm2d(_InstanceNorm):
    """Every channel of every example gets mean 0 and variance 1.

    Parameters, attributes and errors are those of `InstanceNorm1d`.

    Notes
    -----
    x: [N, C, H, W] or [C, H, W] → the same. Ulyanov, Vedaldi and Lempitsky (2016).
    """

    shapes: ClassVar = {3: "[C, H, W]", 4: "[N, C, H, W]"}


# --- over neighbouring channels ---------------------------------------------------------------------------------------


class LocalResponseNorm(Module):
    """Every number is divided by a power of the mean square of its neighbours in other channels.

    Parameters
    ----------
    size : int
        How many channels are neighbours.
    alpha, beta, k : float
        See `nn.functional.local_response_norm`.

    Notes
    -----
    x: [N, C, L, ...] → the same. Krizhevsky, Sutskever and Hinton (2012), section 3.3.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
