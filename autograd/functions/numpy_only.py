"""Which NumPy functions, called with nodes, give answers that no gradient flows through?

Shapes, element types, comparisons, orders and counts. They look at the numbers and return what NumPy returns, plain
arrays; where the engine has a function of its own for one of them, that goes first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError
from autograd.functions.bare import bare
from autograd.ops.table import TABLE
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
    return map_leaves(bare, x)


def _on_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    def answer(*inputs: Any, **options: Any) -> Any:
        return function(*plain(inputs), **plain(options))

    return answer


for _function in _ANSWERS:
    if TABLE.of_numpy(_function) is None:
        TABLE.translate(_function, _on_numbers(_function))


def _complex(name: str) -> Callable[..., Any]:
    def refuse(*inputs: Any, **options: Any) -> Any:  # noqa: ARG001
        raise ArgumentTypeError(
            f"np.{name} is about complex numbers, which are out of scope: Tensors and Values hold real ones, and no "
            "gradient flows through it. Pass .data for the plain answer"
        )

    return refuse


for _name in np.fft.__all__:
    if not _name.endswith(("shift", "freq")):
        TABLE.translate(getattr(np.fft, _name), _complex(f"fft.{_name}"))
for _function in (np.angle, np.imag):
    TABLE.translate(_function, _complex(_function.__name__))
