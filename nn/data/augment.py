"""How does one sample become many?

Images are Tensors or arrays [H, W], [channels, H, W], or batches [N, channels, H, W], in which every image gets draws
of its own. What comes in as an array goes out as an array. Nothing here is recorded: augmentation comes before the
network.

Draws come from the ``generator``; without one, in a worker thread of a `DataLoader` from the generator of its batch,
and elsewhere from the default one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, GraphError, ShapeError
from autograd.functions.bare import bare
from autograd.functions.creation import cast, number
from autograd.tensor import _wrap
from nn.data.sampler import positive
from nn.data.workers import source_of_draws

__all__ = [
    "Compose",
    "GaussianNoise",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomVerticalFlip",
    "cutmix",
    "mixup",
]


class Compose:
    """One transform after the other.

    Parameters
    ----------
    transforms : sequence of callable
    """

    def __init__(self, transforms: Any) -> None:
        self.transforms = list(transforms)

    def __call__(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def __repr__(self) -> str:
        return f"Compose({self.transforms!r})"


class _ImageTransform:
    """A transform of arrays [N, channels, H, W], for images of any form."""

    generator: Any

    def __call__(self, x: Any) -> Any:
        array = _array(type(self).__name__, x)
        if not 2 <= array.ndim <= 4:
            raise ShapeError(
                f"{type(self).__name__}: an image is [H, W] or [channels, H, W], a batch [N, channels, H, W]; shape "
                f"{array.shape} is neither"
            )
        batch = array.reshape((1,) * (4 - array.ndim) + array.shape)
        out = self._apply(batch, source_of_draws(self.generator))
        return _as_given(out.reshape(array.shape[:-2] + out.shape[-2:]), x)

    def _apply(self, batch: np.ndarray, source: np.random.Generator) -> np.ndarray:
        raise NotImplementedError


class _RandomFlip(_ImageTransform):
    _axis: int

    def __init__(self, p: float = 0.5, generator: Any = None) -> None:
        self.p = number(type(self).__name__, "p", p)
        if not 0 <= self.p <= 1:
            raise ArgumentValueError(f"{type(self).__name__}: p is a probability, not {p}")
        self.generator = generator

    def _apply(self, batch: np.ndarray, source: np.random.Generator) -> np.ndarray:
        turned = source.random((len(batch), 1, 1, 1)) < self.p
        return np.where(turned, np.flip(batch, self._axis), batch)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomHorizontalFlip(_RandomFlip):
    """Exchange left and right, with probability ``p``.

    Parameters
    ----------
    p : float
    generator : Generator, optional
    """

    _axis = -1


class RandomVerticalFlip(_RandomFlip):
    """Exchange top and bottom, with probability ``p``.

    Parameters
    ----------
    p : float
    generator : Generator, optional
    """

    _axis = -2


class RandomCrop(_ImageTransform):
    """A part of the image, from a random place.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the part.
    padding : int
        How many rows and columns are first added at each side.
    fill : float
        What is in them.
    generator : Generator, optional

    Raises
    ------
    ArgumentValueError, ArgumentTypeError
        If a size is not a positive integer, the padding not 0 or one, or the fill not a number.
    ShapeError, DtypeError
        When called, if the image with its padding is smaller than the part, or cannot hold the fill.
    """

    def __init__(self, size: Any, padding: int = 0, fill: float = 0, generator: Any = None) -> None:
        sides = tuple(size) if isinstance(size, (tuple, list)) else (size, size)
        if len(sides) != 2:
            raise ArgumentValueError(f"RandomCrop: size is a number, or height and width, not {size!r:.40}")
        self.size = tuple(positive("RandomCrop", "size", side) for side in sides)
        self.padding = positive("RandomCrop", "padding", padding) if padding else 0
        self.fill = number("RandomCrop", "fill", fill)
        self.generator = generator

    def _apply(self, batch: np.ndarray, source: np.random.Generator) -> np.ndarray:
        if self.padding:
            sides = (self.padding, self.padding)
            fill = cast("RandomCrop", np.asarray(self.fill), batch.dtype)
            if batch.dtype.kind != "f" and fill != self.fill:
                raise DtypeError(f"RandomCrop: an image of {batch.dtype} cannot be filled up with {self.fill}")
            batch = np.pad(batch, ((0, 0), (0, 0), sides, sides), constant_values=fill)
        spare = [have - want for have, want in zip(batch.shape[-2:], self.size, strict=True)]
        if min(spare) < 0:
            raise ShapeError(f"RandomCrop: a part of size {self.size} does not fit in an image of {batch.shape[-2:]}")
        top, left = (source.integers(most + 1, size=len(batch)) for most in spare)
        windows = np.lib.stride_tricks.sliding_window_view(batch, self.size, (-2, -1))
        return windows[np.arange(len(batch)), :, top, left]

    def __repr__(self) -> str:
        return f"RandomCrop({self.size}, padding={self.padding})"


class GaussianNoise:
    """Add normal noise to every entry; any shape.

    Parameters
    ----------
    std : float
        Its standard deviation, in the units of the entries.
    generator : Generator, optional

    Raises
    ------
    ArgumentValueError
        If it is negative.
    DtypeError
        When called, if the entries are not floating-point numbers.
    """

    def __init__(self, std: float, generator: Any = None) -> None:
        self.std = number("GaussianNoise", "std", std)
        if not self.std >= 0:
            raise ArgumentValueError(f"GaussianNoise: a standard deviation is not negative, as {std} is")
        self.generator = generator

    def __call__(self, x: Any) -> Any:
        array = _array("GaussianNoise", x, floating=True)
        noise = source_of_draws(self.generator).normal(0, self.std, array.shape)
        return _as_given(np.asarray(array + noise, array.dtype), x)

    def __repr__(self) -> str:
        return f"GaussianNoise({self.std})"


# --- mixtures of samples ----------------------------------------------------------------------------------------------


def mixup(x: Any, y: Any, alpha: float = 0.2, num_classes: int = -1, generator: Any = None) -> tuple[Any, Any, float]:
    """Mix every sample of a batch with another, and their labels in the same shares.

    Parameters
    ----------
    x : Tensor or array [N, …]
    y : Tensor or array [N] of integers, or [N, classes] of shares
    alpha : float
        The share λ is drawn from the beta distribution B(α, α): a small α leaves samples nearly as they are.
    num_classes : int
        How many classes integer labels have (default: one more than the largest; better say it).
    generator : Generator, optional

    Returns
    -------
    x : as given
        ``λ·x + (1 − λ)·x[order]``, where the order is drawn.
    y : [N, classes], of the element type of x
        The same mixture of the labels; every row adds up to 1.
    lam : float
        λ.

    Raises
    ------
    ShapeError, DtypeError, ArgumentValueError, BoundsError
        If x and y do not fit together, x is not floating-point, α is not positive, or a label is out of range.

    Notes
    -----
    Zhang et al. 2018, with one λ for the batch, as in their programs.
    """
    array, labels = _batch("mixup", x, y, num_classes)
    source = source_of_draws(generator)
    share = _share("mixup", alpha, source)
    order = source.permutation(len(array))
    mixed = share * array + (1 - share) * array[order]
    return _as_given(mixed.astype(array.dtype, copy=False), x), _as_given(_mixed(labels, order, share), x), share


def cutmix(x: Any, y: Any, alpha: float = 1.0, num_classes: int = -1, generator: Any = None) -> tuple[Any, Any, float]:
    """Paste a box of another image into every image of a batch, and mix the labels by area.

    Parameters
    ----------
    x : Tensor or array [N, channels, H, W]
    y : Tensor or array [N] of integers, or [N, classes] of shares
    alpha : float
        λ is drawn from B(α, α); the box has √(1 − λ) of each side, and is cut off at the border.
    num_classes : int
        How many classes integer labels have (default: one more than the largest; better say it).
    generator : Generator, optional

    Returns
    -------
    x : as given
        Every image with the box from ``x[order]``, at one place for the batch.
    y : [N, classes], of the element type of x
        ``lam·y + (1 − lam)·y[order]``
    lam : float
        The share of the area that is not the box, exactly.

    Raises
    ------
    ShapeError, DtypeError, ArgumentValueError, BoundsError
        As `mixup`; and if x is no batch of images.

    Notes
    -----
    Yun et al. 2019, eq. 1 and 2.
    """
    array, labels = _batch("cutmix", x, y, num_classes)
    if array.ndim != 4 or not all(array.shape[-2:]):
        raise ShapeError(f"cutmix: x is a batch of images [N, channels, H, W], not of shape {array.shape}")
    source = source_of_draws(generator)
    side = math.sqrt(1 - _share("cutmix", alpha, source))
    order = source.permutation(len(array))
    rows, columns = (_stretch(size, side, source) for size in array.shape[-2:])
    mixed = array.copy()
    mixed[..., rows, columns] = array[order][..., rows, columns]
    height, width = array.shape[-2:]
    lam = 1 - (rows.stop - rows.start) * (columns.stop - columns.start) / (height * width)
    return _as_given(mixed, x), _as_given(_mixed(labels, order, lam), x), lam


def _stretch(size: int, share: float, source: np.random.Generator) -> slice:
    """So much of an axis, around a random place, as far as it is within."""
    length, centre = int(size * share), int(source.integers(size))
    start = centre - length // 2
    return slice(max(start, 0), min(start + length, size))


def _share(name: str, alpha: Any, source: np.random.Generator) -> float:
    alpha = number(name, "alpha", alpha)
    if not 0 < alpha < math.inf:
        raise ArgumentValueError(f"{name}: alpha is positive and finite, not {alpha}; without mixing, do not call it")
    return float(source.beta(alpha, alpha))


def _batch(name: str, x: Any, y: Any, num_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """The samples, and their labels as shares of the classes."""
    array, labels = _array(name, x, floating=True), _array(name, y)
    if labels.ndim not in (1, 2) or labels.shape[:1] != array.shape[:1]:
        raise ShapeError(
            f"{name}: x has shape {array.shape} and y {labels.shape}; y is [N] or [N, classes] for x [N, …]"
        )
    if labels.ndim == 1:
        labels = autograd.one_hot(labels, num_classes)
    return array, labels.astype(array.dtype)


def _mixed(labels: np.ndarray, order: np.ndarray, share: float) -> np.ndarray:
    return (share * labels + (1 - share) * labels[order]).astype(labels.dtype, copy=False)


# --- in and out -------------------------------------------------------------------------------------------------------


def _array(name: str, x: Any, floating: bool = False) -> np.ndarray:
    if not isinstance(x, (Tensor, np.ndarray)):
        raise ArgumentTypeError(f"{name} takes a Tensor or an array, not {type(x).__name__} {x!r:.40}")
    if isinstance(x, Tensor) and x.requires_grad:
        raise GraphError(f"{name}: no gradient flows through augmentation, and this Tensor requires one: .detach() it")
    array = np.asarray(bare(x))
    if floating and array.dtype.kind != "f":
        raise DtypeError(f"{name} computes with floating-point numbers, not with {array.dtype}: convert them first")
    return array


def _as_given(array: np.ndarray, x: Any) -> Any:
    return _wrap(array) if isinstance(x, Tensor) else array
