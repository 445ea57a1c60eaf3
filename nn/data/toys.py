"""Which small sets of made-up samples show what a network can and cannot learn?

Every function returns two Tensors: for classes the points, float32 [n, 2], and their labels, int64 [n]; for `sine`
inputs and targets, float32 [n, 1]. The samples come in an order drawn by ``generator``, classes are equally large (a
difference of 1 where n does not divide), and equal generators give equal samples.

``noise`` is everywhere the standard deviation of a normal draw that is added to every coordinate (of `sine`: to the
target), in the units of the coordinates, which run from about −1 to 1 (moons: to 2). With 0 the shapes are exact.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError
from autograd.functions.creation import number
from autograd.random import numpy_generator
from autograd.tensor import _wrap

__all__ = ["circle", "gaussians", "linear", "moons", "ring", "sine", "spiral", "xor"]


def linear(n: int = 200, noise: float = 0.0, generator: Any = None) -> tuple[Tensor, Tensor]:
    """Two classes on two sides of the line x₁ + x₂ = 0, label 1 where the sum is positive.

    Without noise no point is closer to the line than 0.1.
    """
    source = _source(n, noise, generator)
    labels = np.arange(n) % 2
    along, away = source.uniform(-1, 1, n), source.uniform(0.1, 1, n) * (2 * labels - 1)
    return _finished(np.stack([away - along, away + along], axis=1) / math.sqrt(2), labels, noise, source)


def xor(n: int = 200, noise: float = 0.0, generator: Any = None) -> tuple[Tensor, Tensor]:
    """Four quadrants, label 1 where the two coordinates differ in sign: no line parts the classes.

    Without noise no coordinate is closer to 0 than 0.1.
    """
    source = _source(n, noise, generator)
    quadrant = np.arange(n) % 4
    signs = np.array([(1, 1), (1, -1), (-1, -1), (-1, 1)])[quadrant]
    return _finished(source.uniform(0.1, 1, (n, 2)) * signs, quadrant % 2, noise, source)


def circle(n: int = 200, noise: float = 0.0, generator: Any = None) -> tuple[Tensor, Tensor]:
    """The inside of a circle, label 1, radius up to 0.5; around it, from 0.7 to 1, label 0. Both evenly filled."""
    source = _source(n, noise, generator)
    labels = np.arange(n) % 2
    squared = np.where(labels == 1, source.uniform(0, 0.5**2, n), source.uniform(0.7**2, 1, n))
    return _finished(_on_circles(np.sqrt(squared), source.uniform(0, math.tau, n)), labels, noise, source)


def ring(n: int = 200, noise: float = 0.0, generator: Any = None) -> tuple[Tensor, Tensor]:
    """A blob, label 0, with a thin ring of radius 1 round it, label 1.

    The blob is a normal distribution of standard deviation 0.2, cut off at three of these.
    """
    source = _source(n, noise, generator)
    labels = np.arange(n) % 2
    spread, cut = 0.2, 3.0
    # the radius of a two-dimensional normal draw, by inversion of its distribution 1 − exp(−r²/2)
    radius = spread * np.sqrt(-2 * np.log1p(-source.uniform(0, -math.expm1(-(cut**2) / 2), n)))
    points = _on_circles(np.where(labels == 1, 1.0, radius), source.uniform(0, math.tau, n))
    return _finished(points, labels, noise, source)


def moons(n: int = 200, noise: float = 0.1, generator: Any = None) -> tuple[Tensor, Tensor]:
    """Two half circles of radius 1 that reach into each other: label 0 around (0, 0), label 1 around (1, 0.5)."""
    source = _source(n, noise, generator)
    labels = np.arange(n) % 2
    angle = np.pi * _place_in_class(n, 2)
    upper, lower = (np.cos(angle), np.sin(angle)), (1 - np.cos(angle), 0.5 - np.sin(angle))
    return _finished(np.where(labels == 0, upper, lower).T, labels, noise, source)


def spiral(
    n: int = 300, noise: float = 0.02, generator: Any = None, classes: int = 2, turns: float = 1.0
) -> tuple[Tensor, Tensor]:
    """One arm of a spiral for every class, from radius 0.1 to 1.

    Parameters
    ----------
    n : int
    noise : float
    generator : Generator, optional
    classes : int
        One or more.
    turns : float
        How often an arm goes round.
    """
    source = _source(n, noise, generator, classes)
    if not math.isfinite(number("spiral", "turns", turns)):
        raise ArgumentValueError(f"spiral(): an arm goes round a finite number of times, not {turns}")
    labels = np.arange(n) % classes
    place = _place_in_class(n, classes)
    return _finished(
        _on_circles(0.1 + 0.9 * place, math.tau * (turns * place + labels / classes)), labels, noise, source
    )


def gaussians(n: int = 200, noise: float = 0.25, generator: Any = None, classes: int = 2) -> tuple[Tensor, Tensor]:
    """A normal distribution for every class, its standard deviation ``noise``, around points of a circle of radius 1.

    Parameters
    ----------
    n : int
    noise : float
    generator : Generator, optional
    classes : int
        One or more.
    """
    source = _source(n, noise, generator, classes)
    labels = np.arange(n) % classes
    return _finished(_on_circles(np.ones(n), math.tau * labels / classes), labels, noise, source)


def sine(n: int = 200, noise: float = 0.1, generator: Any = None) -> tuple[Tensor, Tensor]:
    """y = sin(πx) for x drawn evenly from between −1 and 1: one period, for regression."""
    source = _source(n, noise, generator, 1)
    x = source.uniform(-1, 1, (n, 1))
    y = np.sin(np.pi * x) + noise * source.standard_normal((n, 1))
    return _wrap(x.astype(np.float32)), _wrap(y.astype(np.float32))


def _source(n: Any, noise: Any, generator: Any, classes: Any = 2) -> np.random.Generator:
    for what, x, least in (("n", n, 1), ("classes", classes, 1)):
        if isinstance(x, bool) or not isinstance(x, (int, np.integer)):
            raise ArgumentTypeError(f"{what} is a whole number, not {type(x).__name__} {x!r:.40}")
        if x < least:
            raise ArgumentValueError(f"{what} is {least} or more, not {x}")
    if n < classes:
        raise ArgumentValueError(f"{n} samples are too few for {classes} classes")
    if not (isinstance(noise, (int, float, np.floating)) and 0 <= noise < math.inf):
        raise ArgumentValueError(f"noise is a standard deviation, 0 or more, not {noise!r:.40}")
    return numpy_generator(generator)


def _place_in_class(n: int, classes: int) -> np.ndarray:
    """Evenly from 0 to 1 within each class, where sample i is of class i modulo their number."""
    number = np.arange(n)
    size = (n - number % classes + classes - 1) // classes
    return (number // classes) / np.maximum(size - 1, 1)


def _on_circles(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _finished(
    points: np.ndarray, labels: np.ndarray, noise: float, source: np.random.Generator
) -> tuple[Tensor, Tensor]:
    points = points + noise * source.standard_normal(points.shape)
    order = source.permutation(len(points))
    return _wrap(points[order].astype(np.float32)), _wrap(labels[order].astype(np.int64))
