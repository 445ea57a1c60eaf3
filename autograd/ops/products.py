"""Products of matrices, vectors, and arrays of any number of axes."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.ops.indexing import scatter_at
from autograd.ops.joining import widest
from autograd.ops.shapes import unbroadcast
from autograd.ops.table import entry

__all__ = ["cross", "einsum", "matmul"]


def _to_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1:
        return g[..., None] * b
    if a.ndim == 1:
        return (b @ g[..., None])[..., 0]
    return g @ (b.T if b.ndim == 2 else np.swapaxes(b, -1, -2))


def _to_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1:
        return g * a if b.ndim == 1 else a[:, None] * g[..., None, :]
    if b.ndim == 1:
        return (np.swapaxes(a, -1, -2) @ g[..., None])[..., 0]
    return (a.T if a.ndim == 2 else np.swapaxes(a, -1, -2)) @ g


matmul = entry(
    "matmul",
    np.matmul,
    _to_left,
    _to_right,
    sign="@",
    operator="matmul",
    pattern="swap",
    linear="each",
    formula="a @ b",
    gradients=("g @ bᵀ", "aᵀ @ g"),
    examples=(
        ((2, 3), (3, 4)),
        ((3,), (3,)),
        ((3,), (3, 4)),
        ((2, 3), (3,)),
        ((5, 2, 3), (3, 4)),
        ((2, 3), (5, 3, 4)),
        ((5, 1, 2, 3), (4, 3, 2)),
        ((3,), (5, 3, 4)),
        ((5, 2, 3), (3,)),
    ),
)

_WORTH_PLANNING = 30_000
"""From so many multiplications on, finding a way through matrix products pays.

Measured in float32: two stacks of matrices break even at about 25 000, two matrices at 45 000, three at 20 000.
Where nothing is a matrix product (ij,ij->i) it costs about 10 µs more than it saves, at any size tried.
"""


def _einsum(equation: str, *arrays: Any) -> Any:
    sizes: dict[str, int] = {}
    for term, x in zip(equation.split("->")[0].split(","), arrays, strict=True):
        for letter, size in zip(term, x.shape, strict=True):
            sizes[letter] = max(size, sizes.get(letter, 0))
    dtype = widest(*arrays)
    arrays = tuple([x if x.dtype == dtype else x.astype(dtype) for x in arrays])
    return np.einsum(equation, *arrays, optimize=len(arrays) > 1 and prod(sizes.values()) >= _WORTH_PLANNING)


def _to_operand(g: Any, out: str, term: str, shape: tuple[int, ...], others: list[tuple[str, Any]]) -> Any:
    """The product of g with the other operands, brought to the axes of one operand.

    An axis that stands nowhere else was summed alone: the gradient is the same along it. An axis of size 1 was
    broadcast: the gradient is summed. A letter that stands twice in the operand picked a diagonal: the gradient
    belongs there.
    """
    sizes = dict(zip(term, shape, strict=True))
    known = set(out).union(*(other for other, _ in others))
    shared = "".join(letter for letter in sizes if letter in known)
    inputs = ",".join([out, *(other for other, _ in others)])
    share = einsum(f"{inputs}->{shared}", g, *(x for _, x in others))
    lengths = dict(zip(shared, share.shape, strict=True))
    share = np.reshape(share, tuple(lengths.get(letter, 1) for letter in sizes))
    share = unbroadcast(share, tuple(sizes.values()))
    if len(sizes) == len(term):
        return share
    places = dict(zip(sizes, np.ogrid[tuple(map(slice, sizes.values()))], strict=True))
    return scatter_at(share, tuple(places[letter] for letter in term), shape)


def _einsum_rules(g: Any, y: Any, equation: str, *arrays: Any) -> list[Any]:
    inputs, out = equation.split("->")
    terms = list(zip(inputs.split(","), arrays, strict=True))
    return [
        None,
        *(_to_operand(g, out, term, x.shape, terms[:i] + terms[i + 1 :]) for i, (term, x) in enumerate(terms)),
    ]


einsum = entry(
    "einsum",
    _einsum,
    all_rules=_einsum_rules,
    scalar=False,
    sign="einsum",
    pattern="swap",
    linear="each",
    formula="the product of all operands, summed over the letters that the output does not name",
    gradients=("the product of g with the other operands",),
    examples=(
        ("ij,jk->ik", (2, 3), (3, 4)),
        ("ij->ji", (2, 3)),
        ("ij->", (2, 3)),
        ("ii->i", (3, 3)),
        ("ii->", (3, 3)),
        ("iij,j->i", (2, 2, 3), (3,)),
        ("i,j->ij", (2,), (3,)),
        ("bij,bjk,bk->bi", (2, 3, 2), (2, 2, 4), (2, 4)),
        ("ij,ij->i", (1, 3), (2, 3)),
        ("ij,k->k", (2, 3), (2,)),
        (",i->i", (), (3,)),
        ("ij,ij->ij", (2, 3), (2, 3)),
    ),
    doc="The equation names every axis by a letter; an axis of size 1 is broadcast.",
)


def _cross(a: Any, b: Any, axis: int = -1) -> Any:
    if not (a.ndim and b.ndim) or a.shape[axis] != 3 or b.shape[axis] != 3:
        raise ShapeError(f"along axis {axis} both must have 3 entries")
    if a.ndim != b.ndim and axis >= 0:
        raise ShapeError(f"axis {axis} is another one in each: count it from the end (axis=-1)")
    return np.cross(a, b, axis=axis)


def _to_first(g: Any, y: Any, a: Any, b: Any, axis: int) -> Any:
    return cross(b, g, axis)


def _to_second(g: Any, y: Any, a: Any, b: Any, axis: int) -> Any:
    return cross(g, a, axis)


cross = entry(
    "cross",
    _cross,
    _to_first,
    _to_second,
    sign="×",
    pattern="swap",
    linear="each",
    formula="a × b, along an axis of 3 entries",
    gradients=("b × g", "g × a"),
    examples=(((3,), (3,)), ((2, 3), (2, 3)), ((3, 2), (3, 2), 0), ((2, 1, 3), (1, 4, 3)), ((3, 2), (3, 1), -2)),
)
