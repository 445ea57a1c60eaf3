"""Moving entries without changing them: reshape, transpose, broadcast, flip, pad, windows, diagonals, cast.

The rules for undoing a broadcast live here too, because every other operation needs them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.ops.table import Op
from autograd.ops.table import entry as _entry

__all__ = [
    "astype",
    "at_diagonal",
    "broadcast_to",
    "clone",
    "diagonal",
    "flip",
    "pad",
    "refold",
    "reshape",
    "roll",
    "swapaxes",
    "tile",
    "transpose",
    "tril",
    "triu",
    "unbroadcast",
    "unfold",
]

entry = partial(_entry, pattern="route", linear="jointly")


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a gradient over the axes along which its variable was broadcast, back to the variable's shape.

    A broadcast copies; the copies' gradients add up (the copy gate). Works on arrays and on Tensors.
    """
    if g.shape == shape:
        return g
    added = len(g.shape) - len(shape)
    if added > 0:
        g = np.add.reduce(g, axis=tuple(range(added)))
    if g.shape != shape and added >= 0:
        stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 and g.shape[axis] != 1)
        g = np.add.reduce(g, axis=stretched, keepdims=True)
    return g if g.shape == shape else np.broadcast_to(g, shape)


reshape = entry(
    "reshape",
    lambda a, shape: a.reshape(shape),
    lambda g, y, a, shape: g.reshape(a.shape),
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


def _fold_copies(g: Any, shape: tuple[int, ...], reps: tuple[int, ...]) -> Any:
    """The sum over the copies that tiling made: each axis of g is split into (copy, entry)."""
    rank = max(len(shape), len(reps))
    reps = (1,) * (rank - len(reps)) + tuple(reps)
    sizes = (1,) * (rank - len(shape)) + shape
    pairs = [size for pair in zip(reps, sizes, strict=True) for size in pair]
    return np.reshape(np.sum(np.reshape(g, pairs), axis=tuple(range(0, 2 * rank, 2))), shape)


tile = entry(
    "tile",
    lambda a, reps: np.tile(a, reps),
    lambda g, y, a, reps: _fold_copies(g, a.shape, reps),
    sign="tile",
    pattern="sum",
    formula="a laid side by side, reps times along each axis",
    gradients=("the sum of g over the copies",),
    examples=(((2, 3), (2, 2)), ((3,), (2, 1, 2)), ((2, 3), (2,)), ((), (3,)), ((2,), (1,)), ((2, 1), (1, 3))),
)

flip: Op = entry(
    "flip",
    lambda a, axis=None: np.flip(a, axis),
    lambda g, y, a, axis: flip(g, axis),
    numpy=(np.flip,),
    formula="a in reverse order along the axes",
    gradients=("g, reversed again",),
    examples=(((2, 3),), ((2, 3), 0), ((2, 3, 4), (0, -1)), ((),), ((1, 3), -1)),
)


def _backwards(shifts: Any) -> Any:
    return tuple(-shift for shift in shifts) if isinstance(shifts, (tuple, list)) else -shifts


roll: Op = entry(
    "roll",
    lambda a, shifts, axis=None: np.roll(a, shifts, axis),
    lambda g, y, a, shifts, axis: roll(g, _backwards(shifts), axis),
    formula="a moved along the axes; what leaves at the end returns at the beginning",
    gradients=("g, moved back",),
    examples=(((2, 3), 1), ((2, 3), 2, 0), ((2, 3, 4), (1, -5), (0, -1)), ((1, 3), -1, 1), ((4,), (1, 2), (0, 0))),
)


def _pad(a: Any, widths: Any, value: float = 0.0) -> Any:
    """A negative width crops."""
    inner = tuple(slice(max(-low, 0), size - max(-high, 0)) for (low, high), size in zip(widths, a.shape, strict=True))
    outer = [(max(low, 0), max(high, 0)) for low, high in widths]
    return np.pad(a[inner], outer, constant_values=value) if np.any(outer) else a[inner]


pad: Op = entry(
    "pad",
    _pad,
    lambda g, y, a, widths, value: pad(g, tuple((-low, -high) for low, high in widths)),
    formula="a with a border of constant entries",
    gradients=("g without the border",),
    examples=(
        ((2, 3), ((1, 2), (0, 1))),
        ((2, 3), ((0, 0), (1, 1)), 2.5),
        ((4, 3), ((-1, 1), (2, -2))),
        ((3,), ((0, 0),)),
        ((), ()),
    ),
    doc="``widths`` says for each axis how many entries come before and after; a negative number crops.",
)

tril: Op = entry(
    "tril",
    lambda a, diagonal=0: np.tril(a, diagonal),
    lambda g, y, a, diagonal: tril(g, diagonal),
    formula="a with 0 above a diagonal of its last two axes",
    gradients=("g with 0 at the same places",),
    examples=(((3, 3),), ((2, 4), 1), ((2, 3, 3), -1), ((1, 3), 5)),
)

triu: Op = entry(
    "triu",
    lambda a, diagonal=0: np.triu(a, diagonal),
    lambda g, y, a, diagonal: triu(g, diagonal),
    formula="a with 0 below a diagonal of its last two axes",
    gradients=("g with 0 at the same places",),
    examples=(((3, 3),), ((4, 2), 1), ((2, 3, 3), -1), ((1, 3), 5)),
)

diagonal = entry(
    "diagonal",
    lambda a, offset=0, dim1=0, dim2=1: np.diagonal(a, offset, dim1, dim2),
    lambda g, y, a, offset, dim1, dim2: at_diagonal(g, a.shape, offset, dim1, dim2),
    sign="diag",
    formula="a diagonal of a, as the last axis",
    gradients=("zeros with g on the diagonal",),
    examples=(((3, 3),), ((2, 4), 1), ((4, 2), -1), ((2, 3, 4), 1, 2, 0), ((2, 3, 3), 0, -2, -1), ((2, 3), 2)),
)


def _at_diagonal(a: Any, shape: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    out = np.zeros(shape, a.dtype)
    there = np.diagonal(out, offset, dim1, dim2)
    there.flags.writeable = True  # a view of our own zeros, which NumPy hands out read-only
    there[...] = a
    return out


at_diagonal: Op = entry(
    "at_diagonal",
    _at_diagonal,
    lambda g, y, a, shape, offset, dim1, dim2: diagonal(g, offset, dim1, dim2),
    formula="zeros of a shape, with a on a diagonal",
    gradients=("the diagonal of g",),
    examples=(((3,), (3, 3)), ((2,), (3, 3), -1), ((3, 2), (2, 3, 4), -1, 2, 0), ((4, 2), (4, 2, 3), 0, 1, 2)),
    doc="The transpose of taking a diagonal.",
)


def _windows(a: Any, axis: int, size: int, step: int) -> Any:
    starts: list[slice] = [slice(None)] * a.ndim
    starts[axis] = slice(None, None, step)
    return np.lib.stride_tricks.sliding_window_view(a, size, axis)[tuple(starts)]


unfold = entry(
    "unfold",
    _windows,
    lambda g, y, a, axis, size, step: refold(g, axis, a.shape[axis], step),
    pattern="sum",
    formula="the windows of a along an axis, their entries as a new last axis",
    gradients=("each entry gets the sum of g over the windows it is in",),
    examples=(((5,), 0, 3, 1), ((2, 6), -1, 3, 2), ((6, 2), 0, 2, 3), ((3,), 0, 1, 1), ((2, 3), 1, 3, 4)),
)


def _refold(a: Any, axis: int, length: int, step: int) -> Any:
    axis %= a.ndim - 1
    before = (slice(None),) * axis
    out = np.zeros((*a.shape[:axis], length, *a.shape[axis + 1 : -1]), a.dtype)
    for k in range(a.shape[-1]):  # at one place k in the window, no two windows meet
        out[*before, k : k + (a.shape[axis] - 1) * step + 1 : step] += a[..., k]
    return out


refold: Op = entry(
    "refold",
    _refold,
    lambda g, y, a, axis, length, step: unfold(g, axis, a.shape[-1], step),
    pattern="sum",
    formula="zeros of a length, with the windows in a added where they came from",
    gradients=("the windows of g",),
    examples=(((3, 3), 0, 5, 1), ((2, 2, 3), 1, 6, 2), ((2, 2, 2), 0, 5, 3)),
    doc="The transpose of taking windows (unfold).",
)

clone = entry(
    "clone",
    lambda a: a.copy(),
    lambda g, y, a: g,
    numpy=(np.copy,),
    sign="copy",
    pattern="distribute",
    formula="a",
    gradients=("g",),
    examples=(((2, 3),), ((),)),
    doc="The same numbers in memory of their own; gradients pass.",
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
