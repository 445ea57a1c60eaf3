"""How are the weighted sums over all places of a window computed, fast?

A convolution adds up shifted copies of its input, each times a weight. Write every padded plane as one long row of
numbers, ``pitch`` of them for each of its rows. A shift by u rows and v columns is then an offset of u·pitch + v into
the long row, and all outputs of a plane come from one loop over it, for two filters and four weights ("taps") at a
time: the compiler turns it into vector instructions, and nothing is gathered into columns. The few sums that run over
the end of a row mean nothing and are not handed out. A stride of s takes every s-th row and column: the plane is laid
out as its s·s interleaved parts ("phases"), inside of which a tap is again an offset.

What was measured (`benchmarks/convolution.py`; float32, 64 samples, two cores; the best of many runs in milliseconds,
for the output / the gradient of the weights / that of the input):

=====================  ====================  ====================  ====================  =====================
layer                  1 → 6 of 5×5          6 → 16 of 5×5         16 → 16 of 3×3        32 → 32 of 3×3
on                     28×28                 14×14                 28×28                 28×28
=====================  ====================  ====================  ====================  =====================
these loops            0.47 / 0.38 / 0.37    0.49 / 0.67 / 0.84    2.05 / 1.98 / 1.98    6.84 / 6.78 / 6.96
columns by sample      0.52 / 0.15 / 1.12    0.87 / 0.78 / 1.78    7.70 / 4.26 / 10.7    18.6 / 9.43 / 26.0
columns of the batch   0.71 / 0.97 / 1.04    0.83 / 0.63 / 2.36    5.83 / 4.34 / 10.7    13.9 / 10.3 / 25.7
place by place         9.94 / 1.16 / 1.26    1.35 / 1.14 / 1.55    5.39 / 4.33 / 6.26    16.7 / 14.0 / 18.6
PyTorch                0.32 / 0.32 / 3.15    0.19 / 0.52 / 0.49    1.14 / 1.31 / 1.22    4.23 / 4.65 / 4.71
=====================  ====================  ====================  ====================  =====================

Columns and places are matrix products of OpenBLAS; making the columns, and adding them up again, costs more than the
product. All layers of a LeNet and its loss, forward and backward: 4.9 ms, PyTorch 3.75.

Where windows are few, as with a filter as large as the plane, the loops would be short, or mostly over zeros. There
each place is a matrix product: 64 samples of 16 → 120 of 5×5 on 5×5 take 0.4 ms both ways, not 23.

Columns also need k² times the memory of the input, or have to be made twice; here there is nothing to keep, as in
PyTorch. The price: the first convolution of a program loads Numba (0.4 s), and the first on a machine compiles (4 s for
both passes).

The gradient of the weights sums up products of both long rows, where a meaningless place is one with g = 0. There nan
or inf would reach weights that never meet them: a gradient that is not finite is computed again, tap by tap, which
needs no such places.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from math import gcd, prod
from typing import Any, NamedTuple

import numpy as np

from autograd.compiled import compiled
from nn.ops.threads import WORTH, share

__all__ = ["Windows", "correlate", "spread", "weigh"]

_BLOCK = 1024
"""Places summed up at a time: two filters' sums and a plane then fit into the fastest memory."""
_CHUNK = 2**18
"""Numbers laid out at a time, so that they are still near when they are used."""
_SHARES = 16
"""The most parts of a batch whose gradients of the weights are summed up apart."""
_SHARED = 2**22
"""The most numbers that these gradients may be in all."""
_FEW = 4
"""Up to so many windows in a plane, each is a matrix product."""


class Windows(NamedTuple):
    """Where the windows lie: all pairs are (rows, columns), and ``padding`` is what comes before."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    counts: tuple[int, int]
    """How many windows there are along each axis: the shape of an output plane."""
    groups: int = 1


class _Layout(NamedTuple):
    """How a padded plane lies in memory."""

    phases: tuple[tuple[int, ...], tuple[int, ...]]
    """The rows and columns, modulo the stride, that any tap looks at."""
    plane: tuple[int, int]
    """Rows and columns of one phase; the columns are the pitch."""
    offsets: np.ndarray
    """Of each tap of a filter, in the order of the weights."""
    length: int
    """From the first to the last place of a plane that means something."""


@lru_cache(maxsize=1024)
def _layout(windows: Windows, channels: int) -> _Layout:
    starts = [np.arange(k) * d for k, d in zip(windows.kernel, windows.dilation, strict=True)]
    phases = [np.unique(at % s) for at, s in zip(starts, windows.stride, strict=True)]
    inside = [at // s for at, s in zip(starts, windows.stride, strict=True)]
    plane = tuple(int(n + at[-1]) for n, at in zip(windows.counts, inside, strict=True))
    rows, columns = (np.searchsorted(p, at % s) for p, at, s in zip(phases, starts, windows.stride, strict=True))
    channel = np.arange(channels)[:, None, None] * len(phases[0])
    at_phase = (channel + rows[:, None]) * len(phases[1]) + columns
    offsets = at_phase * prod(plane) + inside[0][:, None] * plane[1] + inside[1]
    return _Layout(
        tuple(tuple(map(int, p)) for p in phases),  # type: ignore[arg-type]
        plane,  # type: ignore[arg-type]
        offsets.ravel(),
        (windows.counts[0] - 1) * plane[1] + windows.counts[1],
    )


def _laid_out(x: np.ndarray, windows: Windows, layout: _Layout) -> np.ndarray:
    """The planes of some samples in long rows: [samples, channels·phases·plane]."""
    phases, plane = layout.phases, layout.plane
    n, channels, *size = x.shape
    if windows.stride == (1, 1) and windows.padding == (0, 0) and plane == tuple(size):
        return _plain(x).reshape(n, -1)
    out = np.zeros((n, channels, len(phases[0]), len(phases[1]), *plane), x.dtype)
    for a, row in enumerate(phases[0]):
        to_rows, from_rows = _overlap(row, windows.stride[0], windows.padding[0], plane[0], size[0])
        for b, column in enumerate(phases[1]):
            to_columns, from_columns = _overlap(column, windows.stride[1], windows.padding[1], plane[1], size[1])
            out[:, :, a, b, to_rows, to_columns] = x[:, :, from_rows, from_columns]
    return out.reshape(n, -1)


def _overlap(phase: int, stride: int, padding: int, places: int, size: int) -> tuple[slice, slice]:
    """Which places of a phase have an entry of the axis behind them, and which entries these are."""
    first = max(0, -((phase - padding) // stride))  # place a holds entry a·stride + phase − padding
    entry = first * stride + phase - padding
    count = max(0, min(places - first, -((entry - size) // stride)))
    return slice(first, first + count), slice(entry, entry + count * stride, stride)


def _plain(a: np.ndarray) -> np.ndarray:
    """An array that the kernels were compiled for: contiguous, and not read-only."""
    a = np.ascontiguousarray(a)
    return a if a.flags.writeable else a.copy()


def _chunks(start: int, stop: int, layout: _Layout, channels: int) -> Iterator[slice]:
    """Slices of so many samples as are laid out at a time."""
    entries = channels * prod(map(len, layout.phases)) * prod(layout.plane)
    step = max(1, _CHUNK // max(1, entries))
    for at in range(start, stop, step):
        yield slice(at, min(at + step, stop))


# --- place by place ---------------------------------------------------------------------------------------------------


def _by_place(windows: Windows, size: tuple[int, ...]) -> Iterator[tuple[Any, Any, Any]]:
    """For each window: its place, the taps that lie inside of a plane of a size, and the entries that these look at."""
    sides = list(zip(windows.stride, windows.dilation, windows.padding, windows.kernel, size, strict=True))
    for place in product(*map(range, windows.counts)):
        across = [_overlap(at * s, d, p, k, n) for at, (s, d, p, k, n) in zip(place, sides, strict=True)]
        taps, entries = zip(*across, strict=True)
        yield (..., *place), (..., *taps), (..., *entries)


def _samples(a: np.ndarray, groups: int) -> np.ndarray:
    """[N, C, ...] as a matrix for each group of channels: [groups, N, entries]."""
    return a.reshape(len(a), groups, prod(a.shape[1:]) // groups).swapaxes(0, 1)


def _filters(weight: np.ndarray, groups: int) -> np.ndarray:
    """[O, C/groups, ...] as a matrix for each group: [groups, O/groups, entries]."""
    return weight.reshape(groups, len(weight) // groups, prod(weight.shape[1:]))


# --- the three passes -------------------------------------------------------------------------------------------------


def correlate(x: np.ndarray, weight: np.ndarray, bias: Any, windows: Windows) -> np.ndarray:
    """``y[n, o, i, j] = bias[o] + Σ weight[o, c, u, v] · x[n, c, i·s + u·d − p, j·s + v·d − p]``, with zeros around x.

    Parameters
    ----------
    x : array [N, C, H, W]
    weight : array [O, C/groups, kH, kW]
    bias : array [O] or None
    windows : Windows

    Returns
    -------
    array [N, O, *windows.counts]
    """
    y = np.empty((len(x), len(weight), *windows.counts), x.dtype)
    if prod(windows.counts) <= _FEW:
        y[:] = 0 if bias is None else bias[:, None, None]
        for place, taps, entries in _by_place(windows, x.shape[2:]):
            products = _samples(x[entries], windows.groups) @ _filters(weight[taps], windows.groups).swapaxes(1, 2)
            y[place] += products.swapaxes(0, 1).reshape(y.shape[:2])
        return y
    layout = _layout(windows, weight.shape[1])
    places = y.reshape(*y.shape[:2], prod(windows.counts))
    taps = _plain(weight.reshape(len(weight), -1))
    bias = np.zeros(len(weight), x.dtype) if bias is None else _plain(bias)

    def run(start: int, stop: int) -> None:
        for part in _chunks(start, stop, layout, x.shape[1]):
            rows = _laid_out(x[part], windows, layout)
            _sum_up(rows, taps, bias, layout.offsets, layout.plane[1], windows.counts[1], windows.groups, places[part])

    share(run, len(x), float(len(x)) * prod(windows.counts) * weight.size)
    return y


def weigh(x: np.ndarray, g: np.ndarray, shape: tuple[int, ...], windows: Windows) -> np.ndarray:
    """The gradient of the weights of `correlate`, from that of its output: ``Σ g[n, o, i, j] · x[n, c, …]``.

    Parameters
    ----------
    x : array [N, C, H, W]
    g : array [N, O, *windows.counts]
    shape : tuple of int
        (O, C/groups, kH, kW), the shape of the weights.
    windows : Windows
    """
    if prod(windows.counts) <= _FEW:
        total = np.zeros(shape, x.dtype)
        for place, taps, entries in _by_place(windows, x.shape[2:]):
            products = _samples(g[place], windows.groups).swapaxes(1, 2) @ _samples(x[entries], windows.groups)
            total[taps] += products.reshape(total[taps].shape)
        return total
    layout = _layout(windows, shape[1])
    cost = float(len(x)) * prod(windows.counts) * prod(shape)
    # how many parts follows from the shapes alone, not from the cores, so that the sum is always the same
    count = max(1, min(_SHARES, len(x), int(cost // WORTH), _SHARED // max(1, prod(shape))))
    parts = np.zeros((count, *shape), x.dtype)
    sums = parts.reshape(count, shape[0], prod(shape[1:]))
    beside = Windows((1, 1), (1, 1), (0, 0), (1, 1), (windows.counts[0], layout.plane[1]))
    as_long = _Layout(((0,), (0,)), beside.counts, layout.offsets, layout.length)

    def run(start: int, stop: int) -> None:
        for k in range(start, stop):
            first, last = len(x) * k // count, len(x) * (k + 1) // count
            for part in _chunks(first, last, layout, x.shape[1]):
                rows, upstream = _laid_out(x[part], windows, layout), _laid_out(g[part], beside, as_long)
                upstream = upstream.reshape(len(rows), shape[0], -1)
                _add_products(rows, upstream, layout.offsets, layout.length, windows.groups, sums[k])

    share(run, count, cost)
    total = np.add.reduce(parts, 0)
    if layout.plane[1] > windows.counts[1] and not np.isfinite(total).all():  # 0 · inf at a meaningless place?
        for u, v in product(*map(range, windows.kernel)):
            before = tuple(p - at * d for p, at, d in zip(windows.padding, (u, v), windows.dilation, strict=True))
            single = windows._replace(kernel=(1, 1), padding=before)  # type: ignore[arg-type]
            total[:, :, u : u + 1, v : v + 1] = weigh(x, g, (*shape[:2], 1, 1), single)
    return total


def spread(g: np.ndarray, weight: np.ndarray, bias: Any, size: tuple[int, int], windows: Windows) -> np.ndarray:
    """The transpose of `correlate`: every entry goes back, weighted, to all places that its window looked at.

    Along each axis an output of stride s has s phases, and each of them is a correlation of stride 1 with those weights
    that reach it, in reverse.

    Parameters
    ----------
    g : array [N, O, *windows.counts]
    weight : array [O, C/groups, kH, kW]
    bias : array [C] or None
    size : (int, int)
        The shape of an output plane.
    windows : Windows

    Returns
    -------
    array [N, C, *size]
    """
    groups = windows.groups
    y = np.empty((len(g), weight.shape[1] * groups, *size), g.dtype)
    alone = 0 if bias is None else bias[:, None, None]
    if prod(windows.counts) <= _FEW:
        y[:] = alone
        for place, taps, entries in _by_place(windows, size):
            products = _samples(g[place], groups) @ _filters(weight[taps], groups)
            y[entries] += products.swapaxes(0, 1).reshape(y[entries].shape)
        return y
    back = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)  # [groups, C/groups, O/groups, kH, kW]
    back = back.reshape(-1, *back.shape[2:])
    rows, columns = (
        list(_phases(k, s, p, d, n))
        for k, s, p, d, n in zip(windows.kernel, windows.stride, windows.padding, windows.dilation, size, strict=True)
    )
    for i, taps_down, step_down, before_down, high in rows:
        for j, taps_right, step_right, before_right, wide in columns:
            part = back[:, :, taps_down][..., taps_right]
            kernel = part.shape[2:]
            its = Windows(kernel, (1, 1), (before_down, before_right), (step_down, step_right), (high, wide), groups)
            if windows.stride == (1, 1):
                return correlate(g, part, bias, its)
            phase = correlate(g, part, bias, its) if part.size else alone
            y[:, :, i :: windows.stride[0], j :: windows.stride[1]] = phase
    return y


def _phases(
    kernel: int, stride: int, padding: int, dilation: int, size: int
) -> Iterator[tuple[int, slice, int, int, int]]:
    """For each phase of an axis of the output: the first place, and the taps that reach it, in reverse; how far apart
    these are in g, how many entries come before the first of g, and how many places the phase has.
    """
    every = stride // gcd(stride, dilation)
    for first in range(min(stride, size)):
        reach = [u for u in range(kernel) if (first + padding - u * dilation) % stride == 0]
        if reach:
            last = reach[-1]
            taps = slice(last, None if reach[0] < every else reach[0] - 1, -every)
            before = (last * dilation - first - padding) // stride
        else:
            taps, before = slice(0, 0), 0
        yield first, taps, dilation * every // stride, before, -((first - size) // stride)


# --- compiled ---------------------------------------------------------------------------------------------------------


@compiled(fastmath={"contract"})  # a multiplication and an addition in one instruction, where there is one
def _sum_up(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    offsets: np.ndarray,
    pitch: int,
    width: int,
    groups: int,
    y: np.ndarray,
) -> None:
    samples, filters, places = y.shape
    taps = len(offsets)
    length = (places // width - 1) * pitch + width
    filters_each = filters // groups
    entries_each = x.shape[1] // groups
    sums = np.empty((2, _BLOCK), x.dtype)
    for n in range(samples):
        for start in range(0, length, _BLOCK):
            m = min(_BLOCK, length - start)
            for o in range(filters):
                group = o // filters_each
                if (o - group * filters_each) % 2 == 1:
                    continue  # done together with the filter before
                pair = min(o + 1, (group + 1) * filters_each - 1)
                source = x[n, group * entries_each + start : (group + 1) * entries_each]
                a, b = sums[0, :m], sums[1, :m]
                a[:] = bias[o]
                b[:] = bias[pair]
                v, w = weight[o], weight[pair]
                t = 0
                while t + 4 <= taps:
                    v0, v1, v2, v3 = v[t], v[t + 1], v[t + 2], v[t + 3]
                    w0, w1, w2, w3 = w[t], w[t + 1], w[t + 2], w[t + 3]
                    x0 = source[offsets[t] : offsets[t] + m]
                    x1 = source[offsets[t + 1] : offsets[t + 1] + m]
                    x2 = source[offsets[t + 2] : offsets[t + 2] + m]
                    x3 = source[offsets[t + 3] : offsets[t + 3] + m]
                    for j in range(m):
                        p0, p1, p2, p3 = x0[j], x1[j], x2[j], x3[j]
                        a[j] += v0 * p0 + v1 * p1 + v2 * p2 + v3 * p3
                        b[j] += w0 * p0 + w1 * p1 + w2 * p2 + w3 * p3
                    t += 4
                while t < taps:
                    v0, w0 = v[t], w[t]
                    x0 = source[offsets[t] : offsets[t] + m]
                    for j in range(m):
                        p0 = x0[j]
                        a[j] += v0 * p0
                        b[j] += w0 * p0
                    t += 1
                _hand_out(a, start, pitch, width, y[n, o])
                if pair > o:
                    _hand_out(b, start, pitch, width, y[n, pair])


@compiled
def _hand_out(sums: np.ndarray, start: int, pitch: int, width: int, y: np.ndarray) -> None:
    """Write the sums of a block of places to where they belong, leaving out those over the end of a row."""
    at = start
    while at < start + len(sums):
        row = at // pitch
        stop = min(start + len(sums), row * pitch + width)
        if stop > at:
            shift = row * (pitch - width)
            y[at - shift : stop - shift] = sums[at - start : stop - start]
        at = (row + 1) * pitch


@compiled(fastmath={"contract", "reassoc"})  # a sum in vectors is a sum in another order; a BLAS does the same
def _add_products(
    x: np.ndarray, g: np.ndarray, offsets: np.ndarray, length: int, groups: int, total: np.ndarray
) -> None:
    samples, filters = len(x), len(total)
    taps = len(offsets)
    filters_each = filters // groups
    entries_each = x.shape[1] // groups
    zero = x.dtype.type(0)
    for n in range(samples):
        for start in range(0, length, _BLOCK):
            m = min(_BLOCK, length - start)
            for o in range(filters):
                group = o // filters_each
                if (o - group * filters_each) % 2 == 1:
                    continue  # done together with the filter before
                pair = min(o + 1, (group + 1) * filters_each - 1)
                source = x[n, group * entries_each + start : (group + 1) * entries_each]
                a, b = g[n, o, start : start + m], g[n, pair, start : start + m]
                t = 0
                while t + 4 <= taps:
                    x0 = source[offsets[t] : offsets[t] + m]
                    x1 = source[offsets[t + 1] : offsets[t + 1] + m]
                    x2 = source[offsets[t + 2] : offsets[t + 2] + m]
                    x3 = source[offsets[t + 3] : offsets[t + 3] + m]
                    a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = zero
                    for j in range(m):
                        p, q = a[j], b[j]
                        a0 += p * x0[j]
                        a1 += p * x1[j]
                        a2 += p * x2[j]
                        a3 += p * x3[j]
                        b0 += q * x0[j]
                        b1 += q * x1[j]
                        b2 += q * x2[j]
                        b3 += q * x3[j]
                    total[o, t] += a0
                    total[o, t + 1] += a1
                    total[o, t + 2] += a2
                    total[o, t + 3] += a3
                    if pair > o:
                        total[pair, t] += b0
                        total[pair, t + 1] += b1
                        total[pair, t + 2] += b2
                        total[pair, t + 3] += b3
                    t += 4
                while t < taps:
                    x0 = source[offsets[t] : offsets[t] + m]
                    a0 = b0 = zero
                    for j in range(m):
                        a0 += a[j] * x0[j]
                        b0 += b[j] * x0[j]
                    total[o, t] += a0
                    if pair > o:
                        total[pair, t] += b0
                    t += 1
