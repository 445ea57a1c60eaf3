"""How are means, spreads and their gradients computed in one sweep over an array?

Two layouts. *Rows* [R, C] have a mean and a spread each, and a weight for each column: layer and RMS normalization. A
*batch of channels* [N, C, S] has a weight for each channel, and its means and spreads are put together from those of
its N·C slabs: batch, group and instance normalization.

Every mean is taken before the spread around it (two passes), and slabs are combined in float64 by the formula of Chan,
Golub and LeVeque (1983), so a large mean does not eat up a small spread.

The loops are compiled: NumPy needs six to ten sweeps for one of theirs, and five to nine times as long, at [11, 16] as
at [2048, 64]. Sums may be reordered, because sums in order keep a processor's lanes idle; so the last bits depend on
the machine, as those of its matrix products do, but not on the number of threads.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.compiled import compiled

__all__ = [
    "layer_backward",
    "layer_forward",
    "moments",
    "products",
    "rms_backward",
    "rms_forward",
    "scaled",
    "spread",
]

_REORDERED = {"reassoc", "contract", "nsz"}


# --- rows -------------------------------------------------------------------------------------------------------------
# An array of no entries stands for a weight or bias that is not there.


@compiled(fastmath=_REORDERED)
def layer_forward(x: Any, weight: Any, bias: Any, eps: float, y: Any, mean: Any, rstd: Any) -> None:
    """Fill in y = (x − mean)·rstd·weight + bias, and the mean and 1/√(variance + eps) of each row."""
    rows, columns = x.shape
    kind = x.dtype.type
    for i in range(rows):
        xi, yi = x[i], y[i]
        total = kind(0)
        for j in range(columns):
            total += xi[j]
        m = kind(total / columns)
        total = kind(0)
        for j in range(columns):
            total += (xi[j] - m) * (xi[j] - m)
        r = kind(1 / math.sqrt(total / columns + eps))
        mean[i], rstd[i] = m, r
        if weight.size and bias.size:
            for j in range(columns):
                yi[j] = (xi[j] - m) * r * weight[j] + bias[j]
        elif weight.size:
            for j in range(columns):
                yi[j] = (xi[j] - m) * r * weight[j]
        else:
            for j in range(columns):
                yi[j] = (xi[j] - m) * r


@compiled(fastmath=_REORDERED)
def layer_backward(g: Any, x: Any, weight: Any, mean: Any, rstd: Any, to_x: Any, to_weight: Any, to_bias: Any) -> None:
    """Fill in what reaches x; add to what reaches the weight and the bias, if there is a weight."""
    rows, columns = x.shape
    kind = x.dtype.type
    for i in range(rows):
        xi, gi, out = x[i], g[i], to_x[i]
        m, r = mean[i], rstd[i]
        total = along = kind(0)
        if weight.size:
            for j in range(columns):
                h = (xi[j] - m) * r
                to_weight[j] += gi[j] * h
                to_bias[j] += gi[j]
                total += gi[j] * weight[j]
                along += gi[j] * weight[j] * h
            a, b = kind(total / columns), kind(along / columns)
            for j in range(columns):
                out[j] = (gi[j] * weight[j] - a - (xi[j] - m) * r * b) * r
        else:
            for j in range(columns):
                total += gi[j]
                along += gi[j] * ((xi[j] - m) * r)
            a, b = kind(total / columns), kind(along / columns)
            for j in range(columns):
                out[j] = (gi[j] - a - (xi[j] - m) * r * b) * r


@compiled(fastmath=_REORDERED)
def rms_forward(x: Any, weight: Any, eps: float, y: Any) -> None:
    """Fill in y = x / √(mean of x² + eps)·weight, row by row."""
    rows, columns = x.shape
    kind = x.dtype.type
    for i in range(rows):
        xi, yi = x[i], y[i]
        total = kind(0)
        for j in range(columns):
            total += xi[j] * xi[j]
        r = kind(1 / math.sqrt(total / columns + eps))
        if weight.size:
            for j in range(columns):
                yi[j] = xi[j] * r * weight[j]
        else:
            for j in range(columns):
                yi[j] = xi[j] * r


@compiled(fastmath=_REORDERED)
def rms_backward(g: Any, x: Any, weight: Any, eps: float, to_x: Any, to_weight: Any) -> None:
    """Fill in what reaches x; add to what reaches the weight, if there is one."""
    rows, columns = x.shape
    kind = x.dtype.type
    for i in range(rows):
        xi, gi, out = x[i], g[i], to_x[i]
        total = along = kind(0)
        if weight.size:
            for j in range(columns):
                total += xi[j] * xi[j]
                along += gi[j] * weight[j] * xi[j]
        else:
            for j in range(columns):
                total += xi[j] * xi[j]
                along += gi[j] * xi[j]
        r = kind(1 / math.sqrt(total / columns + eps))
        b = kind(along * r / columns)
        if weight.size:
            for j in range(columns):
                h = xi[j] * r
                to_weight[j] += gi[j] * h
                out[j] = (gi[j] * weight[j] - h * b) * r
        else:
            for j in range(columns):
                out[j] = (gi[j] - xi[j] * r * b) * r


# --- slabs ------------------------------------------------------------------------------------------------------------


@compiled(fastmath=_REORDERED)
def _slab_moments(x: Any, mean: Any, square: Any) -> None:
    slabs, size = x.shape
    kind = x.dtype.type
    for i in range(slabs):
        xi = x[i]
        total = kind(0)
        for j in range(size):
            total += xi[j]
        m = kind(total / size)
        total = kind(0)
        for j in range(size):
            total += (xi[j] - m) * (xi[j] - m)
        mean[i], square[i] = m, total


@compiled(fastmath=_REORDERED)
def _slab_scaled(x: Any, center: Any, scale: Any, shift: Any, y: Any) -> None:
    slabs, size = x.shape
    for i in range(slabs):
        xi, yi = x[i], y[i]
        m, a, b = center[i], scale[i], shift[i]
        for j in range(size):
            yi[j] = (xi[j] - m) * a + b


@compiled(fastmath=_REORDERED)
def _slab_products(g: Any, x: Any, center: Any, total: Any, along: Any) -> None:
    slabs, size = x.shape
    kind = x.dtype.type
    for i in range(slabs):
        xi, gi, m = x[i], g[i], center[i]
        s = t = kind(0)
        for j in range(size):
            s += gi[j]
            t += gi[j] * (xi[j] - m)
        total[i], along[i] = s, t


@compiled(fastmath=_REORDERED)
def _slab_spread(g: Any, x: Any, center: Any, a: Any, b: Any, c: Any, out: Any) -> None:
    slabs, size = x.shape
    for i in range(slabs):
        xi, gi, oi = x[i], g[i], out[i]
        m, ai, bi, ci = center[i], a[i], b[i], c[i]
        for j in range(size):
            oi[j] = gi[j] * ai + (xi[j] - m) * bi + ci


# --- a batch of channels ----------------------------------------------------------------------------------------------
# x and g are contiguous arrays [N, C, S]; what goes with a slab is broadcast to [N, C], and computed in float64.
# Slabs of one entry (a batch of plain rows) are left to NumPy, for which they lie in one piece.


def moments(x: np.ndarray, groups: tuple[int, ...], axes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance over some slabs at a time, in float64.

    Parameters
    ----------
    x : ndarray [N, C, S]
    groups : tuple of int
        The shape that [N, C] is seen in.
    axes : tuple of int
        The axes of that shape that are averaged over, and kept with length 1.
    """
    n, c, size = x.shape
    count = math.prod(groups[axis] for axis in axes)
    if size == 1:
        mean = x.astype(np.float64).reshape(groups)
        center = np.add.reduce(mean, axes, keepdims=True) / count
        apart = mean - center
        return center, np.add.reduce(apart * apart, axes, keepdims=True) / count
    means, squares = np.empty((2, n * c))
    _slab_moments(x.reshape(n * c, size), means, squares)
    mean = means.reshape(groups)
    center = np.add.reduce(mean, axes, keepdims=True) / count
    apart = mean - center
    within = squares.reshape(groups) / size
    return center, np.add.reduce(within + apart * apart, axes, keepdims=True) / count


def scaled(x: np.ndarray, center: np.ndarray, scale: np.ndarray, shift: Any) -> np.ndarray:
    """(x − center)·scale + shift, slab by slab."""
    n, c, size = x.shape
    if size == 1:
        y = x[:, :, 0] - center.astype(x.dtype)
        y *= scale.astype(x.dtype)
        if shift is not None:
            y += shift
        return y.reshape(x.shape)
    y = np.empty_like(x)
    shift = np.zeros(1) if shift is None else shift
    flat = (n * c, size)
    of = _by_slab(x, center, scale, shift)
    _slab_scaled(x.reshape(flat), of[0], of[1], of[2], y.reshape(flat))
    return y


def products(g: np.ndarray, x: np.ndarray, center: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Σ g and Σ g·(x − center) of every slab, [N, C] in float64."""
    n, c, size = x.shape
    if size == 1:
        total = g[:, :, 0].astype(np.float64)
        return total, total * (x[:, :, 0] - center)
    total, along = np.empty(n * c), np.empty(n * c)
    _slab_products(g.reshape(n * c, size), x.reshape(n * c, size), _by_slab(x, center)[0], total, along)
    return total.reshape(n, c), along.reshape(n, c)


def spread(g: np.ndarray, x: np.ndarray, center: np.ndarray, a: Any, b: Any, c: Any) -> np.ndarray:
    """g·a + (x − center)·b + c, slab by slab."""
    n, channels, size = x.shape
    if size == 1:
        out = g[:, :, 0] * a.astype(x.dtype)
        out += (x[:, :, 0] - center.astype(x.dtype)) * b.astype(x.dtype) + c.astype(x.dtype)
        return out.reshape(x.shape)
    out = np.empty_like(x)
    flat = (n * channels, size)
    of = _by_slab(x, center, a, b, c)
    _slab_spread(g.reshape(flat), x.reshape(flat), of[0], of[1], of[2], of[3], out.reshape(flat))
    return out


def _by_slab(x: np.ndarray, *values: np.ndarray) -> np.ndarray:
    """What goes with each slab, one after the other in x's type."""
    places = np.empty((len(values), *x.shape[:2]), x.dtype)
    for place, value in zip(places, values, strict=True):
        place[...] = value
    return places.reshape(len(values), -1)
