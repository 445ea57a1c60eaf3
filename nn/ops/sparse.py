"""Looking up rows of a table, as one node: forward a gathering, backward a scattering to the rows that were used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiled import compiled
from autograd.errors import BoundsError, DtypeError, ShapeError
from autograd.functions.bare import bare
from autograd.ops.fused import fused
from autograd.ops.selection import where

__all__ = ["embedding", "rows_in"]

_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def rows_in(input: Any, weight: Any) -> np.ndarray:
    """The indices as an array, each of them a row of the table.

    Raises
    ------
    DtypeError, ShapeError, BoundsError
        If they are not integers, the table is not one, or an index lies outside; the message names the first and its
        place.
    """
    index = np.asarray(input)
    if index.dtype.kind not in "iu" and (index.size or isinstance(input, np.ndarray)):
        raise DtypeError(f"embedding: the indices must be integers, not {index.dtype}; convert them, x.to('int64')")
    if weight.ndim != 2:
        raise ShapeError(f"embedding: the weight has shape {weight.shape}; it must be [num_embeddings, embedding_dim]")
    if not index.size:
        return index.astype(np.intp)
    unsigned = index.view(_UNSIGNED[index.itemsize])  # a negative index is a large one, so one look is enough
    if np.maximum.reduce(unsigned, None) >= len(weight):
        _refuse(index, len(weight))
    return index


def _refuse(index: np.ndarray, count: int) -> None:
    place = np.unravel_index(int(np.argmax((index < 0) | (index >= count))), index.shape)
    at = f"at position {tuple(map(int, place))} " if place else ""
    valid = f"the indices run from 0 to {count - 1}" if count else "there is no valid index"
    raise BoundsError(f"embedding: index {index[place]} {at}is none of the {count} rows of the weight; {valid}")


@compiled
def _scatter(index: Any, g: Any, out: Any) -> None:
    """Add the rows of g to those of ``out`` that the index names, in order."""
    for i in range(index.size):
        row = out[index[i]]
        for j in range(row.size):
            row[j] += g[i, j]


def _forward(input: Any, weight: Any, padding_idx: int | None = None, scale_grad_by_freq: bool = False) -> Any:
    return weight.take(rows_in(input, weight), 0)


def _backward(
    g: Any,
    y: Any,
    kept: Any,
    wanted: Sequence[bool],
    input: Any,
    weight: Any,
    padding_idx: int | None,
    scale_grad_by_freq: bool,
) -> tuple[None, Any]:
    count, width = weight.shape
    index = np.ascontiguousarray(input, np.intp).reshape(-1)
    working = np.float32 if weight.dtype == np.float16 else weight.dtype
    out = np.zeros((count, width), working)
    if g.size:
        _scatter(index, np.ascontiguousarray(g, working).reshape(-1, width), out)
    if scale_grad_by_freq:
        out /= np.maximum(np.bincount(index, minlength=count), 1)[:, None].astype(working)
    if padding_idx is not None:
        out[padding_idx] = 0
    return None, out.astype(weight.dtype, copy=False)


def _composition(input: Any, weight: Any, padding_idx: int | None = None, scale_grad_by_freq: bool = False) -> Any:
    index = np.asarray(bare(input), np.intp)
    share = np.ones((weight.shape[0], 1), weight.dtype)
    if scale_grad_by_freq:
        share /= np.maximum(np.bincount(index.reshape(-1), minlength=len(share)), 1)[:, None]
    if padding_idx is not None:
        share[padding_idx] = 0
    if (share != 1).any():
        held = bare(weight).copy()
        weight = where(share == 0, held, held + (weight - held) * share)
    return weight[index]


embedding = fused(
    "embedding",
    _forward,
    _backward,
    _composition,
    differentiable=(False, True),
    looks_at=("input",),
    sign="row",
    pattern="route",
    formula="the rows of the weight that the input names",
    gradients=("Σ g over the places where the row was used; 0 for the others and for padding_idx",),
    examples=(
        (np.array([2, 0, 2]), (4, 3)),
        (np.array([[1, 1], [0, 3]], np.int32), (4, 2)),
        (np.array(2), (4, 3)),
    ),
    doc="An index may come several times; the row then gets what comes back from all of them.",
)
