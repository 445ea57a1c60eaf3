"""Which NumPy functions, called with nodes, give answers that no gradient flows through?

Shapes, element types, comparisons, orders and counts. They look at the numbers and return what NumPy returns, plain
arrays; where the engine has a function of its own for one of them, that goes first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.graph import Node
from autograd.ops.table import TABLE
from autograd.tensor import Tensor, _array_of
from autograd.trees import map_leaves

__all__ = ["plain"]

_ANSWERS: tuple[Callable[..., Any], ...] = (
    np.allclose,
    np.argpartition,
    np.argsort,
    np.argwhere,
    np.array2string,
    np.array_equal,
    np.array_equiv,
    np.array_repr,
    np.array_str,
    np.bincount,
    np.can_cast,
    np.common_type,
    np.count_nonzero,
    np.digitize,
    np.empty_like,
    np.flatnonzero,
    np.full_like,
    np.histogram,
    np.isclose,
    np.iscomplexobj,
    np.isin,
    np.isrealobj,
    np.lexsort,
    np.min_scalar_type,
    np.ndim,
    np.nonzero,
    np.ones_like,
    np.result_type,
    np.searchsorted,
    np.shape,
    np.size,
    np.unique,
    np.zeros_like,
)


def plain(x: Any) -> Any:
    """A tree with plain numbers and arrays in the place of nodes."""
    return map_leaves(lambda x: _array_of(x) if isinstance(x, Tensor) else x.data if isinstance(x, Node) else x, x)


def _on_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    def answer(*inputs: Any, **options: Any) -> Any:
        return function(*plain(inputs), **plain(options))

    return answer


for _function in _ANSWERS:
    if TABLE.of_numpy(_function) is None:
        TABLE.translate(_function, _on_numbers(_function))
