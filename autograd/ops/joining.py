"""Several arrays into one."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.ops.table import entry as _entry

__all__ = ["cat", "stack", "widest"]

entry = partial(_entry, scalar=False, pattern="route", linear="jointly")


def widest(*arrays: Any) -> np.dtype[Any]:
    """The element type that PyTorch joins arrays in: floats win over integers, arrays over 0-d arrays of one kind."""
    dtypes = {x.dtype for x in arrays}
    if len(dtypes) == 1:
        return dtypes.pop()
    kind = next(kind for kind in ("f", "iu", "b") if any(dtype.kind in kind for dtype in dtypes))
    members = [x for x in arrays if x.dtype.kind in kind]
    return np.result_type(*{x.dtype for x in ([x for x in members if x.ndim] or members)})


def _joined(axis: int, arrays: tuple[Any, ...]) -> Any:
    return np.concatenate(arrays, axis, dtype=widest(*arrays), casting="unsafe")


def _parts(g: Any, y: Any, axis: int, *arrays: Any) -> list[Any]:
    before: tuple[Any, ...] = (slice(None),) * (axis % len(arrays[0].shape))
    ends = np.cumsum([x.shape[axis] for x in arrays]).tolist()
    return [None, *(g[(*before, slice(end - x.shape[axis], end))] for x, end in zip(arrays, ends, strict=True))]


cat = entry(
    "cat",
    lambda axis, *arrays: _joined(axis, arrays),
    all_rules=_parts,
    formula="the arrays one after the other along an axis",
    gradients=("to each its part of g",),
    examples=((0, (2, 3), (1, 3)), (-1, (2, 3), (2, 1), (2, 2)), (0, (3,)), (1, (2, 0, 2), (2, 1, 2))),
)

stack = entry(
    "stack",
    lambda axis, *arrays: np.stack(arrays, axis, dtype=widest(*arrays), casting="unsafe"),
    all_rules=lambda g, y, axis, *arrays: [
        None,
        *(g[(*(slice(None),) * (axis % len(g.shape)), i)] for i in range(len(arrays))),
    ],
    formula="the arrays side by side along a new axis",
    gradients=("to each its part of g",),
    examples=((0, (2, 3), (2, 3)), (-1, (2,), (2,), (2,)), (1, (2, 3)), (0, (), ())),
)
