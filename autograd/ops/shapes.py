"""Moving entries without changing them: reshape, transpose, index, broadcast, cast.

The rules for undoing a broadcast live here too, because every other operation needs them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.ops.table import entry as _entry

__all__ = ["astype", "broadcast_to", "getitem", "reshape", "scatter_at", "swapaxes", "transpose", "unbroadcast"]

entry = partial(_entry, pattern="route", linear="jointly")


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a gradient over the axes along which its variable was broadcast, back to the variable's shape.

    A broadcast copies; the copies' gradients add up (the copy gate). Works on arrays and on Tensors.
    """
    if g.shape == shape:
        return g
    added = len(g.shape) - len(shape)
    stretched = tuple(
        axis for axis, size in enumerate(g.shape) if axis < added or (shape[axis - added] == 1 and size != 1)
    )
    if stretched:
        g = np.sum(g, axis=stretched, keepdims=True)
    if g.shape != shape:
        g = np.broadcast_to(np.reshape(g, g.shape[max(added, 0) :]), shape)
    return g


reshape = entry(
    "reshape",
    lambda a, shape: np.reshape(a, shape),
    lambda g, y, a, shape: np.reshape(g, a.shape),
    numpy=(np.reshape,),
    formula="the same entries in another shape",
    gradients=("g in the shape of a",),
    examples=(((2, 3), (3, 2)), ((2, 3), (-1,)), ((), (1, 1)), ((4,), (2, 2))),
)


def _inverse(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if axes is None else tuple(np.argsort([axis % len(axes) for axis in axes]).tolist())


transpose = entry(
    "transpose",
    lambda a, axes=None: np.transpose(a, axes),
    lambda g, y, a, axes: np.transpose(g, _inverse(axes)),
    numpy=(np.transpose,),
    sign="T",
    formula="the axes of a in another order",
    gradients=("g with its axes put back",),
    examples=(((2, 3),), ((2, 3, 4), (2, 0, 1)), ((2, 3, 4), (-1, 0, 1)), ((5,),)),
)

swapaxes = entry(
    "swapaxes",
    lambda a, axis1, axis2: np.swapaxes(a, axis1, axis2),
    lambda g, y, a, axis1, axis2: np.swapaxes(g, axis1, axis2),
    numpy=(np.swapaxes,),
    formula="a with two axes exchanged",
    gradients=("g with the axes exchanged back",),
    examples=(((2, 3, 4), -1, 0), ((2, 3), 0, 1)),
)

broadcast_to = entry(
    "broadcast_to",
    lambda a, shape: np.broadcast_to(a, shape),
    lambda g, y, a, shape: g,
    numpy=(np.broadcast_to,),
    sign="broadcast",
    pattern="sum",
    formula="a copied along new and size-1 axes",
    gradients=("the sum of g over the copies",),
    examples=(((3,), (2, 3)), ((2, 1), (4, 2, 5)), ((), (2,))),
)


def _scatter_at(a: Any, index: Any, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, a.dtype)
    np.add.at(out, index, a)
    return out


scatter_at = entry(
    "scatter_at",
    _scatter_at,
    lambda g, y, a, index, shape: g[index],
    formula="zeros of a shape, with a added at the index",
    gradients=("g[index]",),
    pattern="sum",
    examples=(((2,), [3, 3], (5,)), ((3,), slice(1, 4), (6,))),
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
    ),
    doc="Basic and advanced indexing as in NumPy; an entry that is picked twice gets both gradients.",
)

astype = entry(
    "astype",
    lambda a, dtype: a.astype(dtype),
    lambda g, y, a, dtype: g.astype(a.dtype),
    sign="cast",
    formula="a in another element type",
    gradients=("g in the element type of a",),
    examples=(((2, 2), "float64"),),
)
