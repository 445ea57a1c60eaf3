"""Picking entries by their position, and putting them there: index, gather, scatter, assign."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, BoundsError, ShapeError
from autograd.ops.table import Op
from autograd.ops.table import entry as _entry

__all__ = ["gather", "getitem", "scatter", "scatter_add", "scatter_at", "setitem"]

entry = partial(_entry, pattern="route", linear="jointly")

_MANY = 1024
"""From so many entries on, counting them into bins is faster than adding them one by one (measured).

Only where the result is at most half as large: counting takes temporaries of the result's size, and where the
allocator has to ask for that memory anew each time, page faults cost more than the counting saves.
"""


def _may_repeat(index: Any) -> bool:
    """Whether an index can name an entry twice: only arrays and lists of integers can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, (list, np.ndarray)) and np.asarray(part).dtype != bool for part in parts)


def _scatter_at(a: Any, index: Any, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, a.dtype)
    if not _may_repeat(index):
        out[index] = a
    elif a.ndim > 1 and a.size > _MANY and 2 * out.size <= a.size and a.dtype.kind == "f":
        places = np.arange(out.size).reshape(shape)[index]
        weights = np.broadcast_to(a, places.shape)
        out = np.bincount(places.ravel(), weights.ravel(), out.size).reshape(shape).astype(a.dtype, copy=False)
    else:
        np.add.at(out, index, a)
    return out


scatter_at = entry(
    "scatter_at",
    _scatter_at,
    lambda g, y, a, index, shape: g[index],
    formula="zeros of a shape, with a added at the index",
    gradients=("g[index]",),
    pattern="sum",
    examples=(((2,), [3, 3], (5,)), ((3,), slice(1, 4), (6,)), ((2, 2), (slice(None), [0, 0]), (2, 3))),
    doc="What comes to the same place adds up. The transpose of indexing.",
)

getitem = entry(
    "getitem",
    lambda a, index: a[index],
    lambda g, y, a, index: scatter_at(g, index, a.shape),
    sign="[…]",
    formula="a[index]",
    gradients=("zeros with g added at the index",),
    examples=(
        ((4, 5), 1),
        ((4, 5), (slice(None), 2)),
        ((4, 5), (slice(1, 3), slice(None, None, -2))),
        ((4,), [0, 0, 3]),
        ((2, 3), (None, ..., 0)),
        ((4, 5), ([0, 1], [2, 2])),
        ((2, 3), [True, False]),
        ((3, 2, 4), ([0, 2, 0], slice(None), [1, 1, 1])),
    ),
    doc="Basic and advanced indexing as in NumPy; an entry that is picked twice gets both gradients.",
)


def _setitem(a: Any, b: Any, index: Any) -> Any:
    out = a.copy()
    out[index] = b
    return out


def _stays(g: Any, index: Any) -> Any:
    """What reaches the assigned values: nothing comes to those that a later one has overwritten."""
    reached = g[index]
    if not _may_repeat(index):
        return reached
    order = np.arange(reached.size).reshape(reached.shape)
    last = np.zeros(g.shape, order.dtype)
    last[index] = order
    return reached * np.equal(last[index], order)


setitem: Op = entry(
    "setitem",
    _setitem,
    lambda g, y, a, b, index: setitem(g, 0.0, index),
    lambda g, y, a, b, index: _stays(g, index),
    sign="[…]=",
    formula="a with b at the index",
    gradients=("g with 0 at the index", "g[index]"),
    examples=(
        ((4, 5), (5,), 1),
        ((4, 5), (), (slice(None), 2)),
        ((4, 5), (2, 1), (slice(1, 3), slice(None, None, -2))),
        ((4,), (3,), [0, 2, 3]),
        ((4,), (3,), [0, 0, 3]),
        ((3,), (1, 3), slice(None)),
        ((2, 3), (3,), [True, False]),
    ),
    doc="A copy of a in which the entries at the index are replaced. At an index named twice the last value stays.",
)


# --- along an axis ----------------------------------------------------------------------------------------------------


def _open(a_shape: tuple[int, ...], axis: int, index: Any) -> tuple[Any, ...]:
    """The index arrays that name, for each entry of ``index``, the place ``index[…]`` along the axis."""
    index = np.asarray(index)
    if index.dtype.kind not in "iu" and index.size:
        raise ArgumentTypeError(f"the index must hold integers, not {index.dtype}")
    rank = len(a_shape)
    if index.ndim != rank:
        raise ShapeError(
            f"an index of shape {index.shape} for an array of shape {a_shape}: both need the same number of axes"
        )
    if not -rank <= axis < rank:
        raise BoundsError(f"axis {axis} lies outside of an array of shape {a_shape}")
    axis %= rank
    for position, (own, size) in enumerate(zip(index.shape, a_shape, strict=True)):
        if position != axis and own > size:
            raise ShapeError(
                f"the index has shape {index.shape}, the array {a_shape}: along axis {position} the index is longer"
            )
    places = list(np.ogrid[tuple(slice(size) for size in index.shape)])
    places[axis] = index.astype(np.intp, copy=False)
    return tuple(places)


def _gather(a: Any, axis: int, index: Any) -> Any:
    return a[_open(a.shape, axis, index)]


gather = entry(
    "gather",
    _gather,
    lambda g, y, a, axis, index: scatter_at(g, _open(a.shape, axis, index), a.shape),
    formula="y[i, j] = a[i, index[i, j]], along the axis",
    gradients=("zeros with g added at the index",),
    examples=(
        ((2, 3), 1, [[0, 0], [2, 1]]),
        ((3, 2), 0, [[0, 2]]),
        ((3, 2), -2, [[0, 1], [1, 1], [2, 0], [0, 0]]),
        ((4,), 0, [1, 1, 3]),
        ((2, 1, 2), 1, [[[0, 0]]]),
    ),
)


def _front(a: Any, index: Any) -> Any:
    """The first entries of a, as many along each axis as the index has: the rest is not used."""
    shape = np.shape(index)
    if len(shape) != len(a.shape) or any(own > size for own, size in zip(shape, a.shape, strict=True)):
        raise ShapeError(f"the index has shape {shape}, the source {a.shape}: the source must be as long on every axis")
    return a if a.shape == shape else a[tuple(slice(size) for size in shape)]


def _scatter_add(a: Any, b: Any, axis: int, index: Any) -> Any:
    return a + _scatter_at(_front(b, index), _open(a.shape, axis, index), a.shape)


def _to_source(b: Any, reached: Any) -> Any:
    """Zeros of b's shape with the gradient in front, where its entries were used."""
    return reached if reached.shape == b.shape else scatter_at(reached, tuple(map(slice, reached.shape)), b.shape)


scatter_add = entry(
    "scatter_add",
    _scatter_add,
    lambda g, y, a, b, axis, index: g,
    lambda g, y, a, b, axis, index: _to_source(b, gather(g, axis, index)),
    pattern="sum",
    formula="a, with b[i, j] added at [i, index[i, j]], along the axis",
    gradients=("g", "g at the index"),
    examples=(
        ((2, 3), (2, 2), 1, [[0, 0], [2, 1]]),
        ((3, 2), (2, 3), 0, [[0, 2]]),
        ((4,), (3,), -1, [1, 1, 3]),
    ),
)


def _scatter(a: Any, b: Any, axis: int, index: Any) -> Any:
    return _setitem(a, _front(b, index) if np.ndim(b) else b, _open(a.shape, axis, index))


def _scattered_back(g: Any, b: Any, axis: int, index: Any) -> Any:
    reached = _stays(g, _open(g.shape, axis, index))
    return _to_source(b, reached) if b.shape else reached


scatter = entry(
    "scatter",
    _scatter,
    lambda g, y, a, b, axis, index: setitem(g, 0.0, _open(a.shape, axis, index)),
    lambda g, y, a, b, axis, index: _scattered_back(g, b, axis, index),
    formula="a, with b[i, j] put at [i, index[i, j]], along the axis",
    gradients=("g with 0 at the index", "g at the index"),
    examples=(
        ((2, 3), (2, 2), 1, [[0, 1], [2, 1]]),
        ((3, 2), (2, 3), 0, [[0, 2]]),
        ((4,), (3,), -1, [1, 1, 3]),
    ),
    doc="Of several values for one place the last one stays.",
)
