"""Which functions decide between rows of the table by the kind of argument: scalars or arrays?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.errors import ArgumentTypeError, ShapeError
from autograd.functions.products import dot as of_vectors
from autograd.functions.reductions import sum as over_axes
from autograd.graph import Node
from autograd.ops.table import TABLE
from autograd.value import NUMBERS, Value

__all__ = ["dot", "sum"]


def sum(x: Any, *args: Any, **options: Any) -> Any:
    """The sum of a Tensor over axes, or of any number of scalars as one node.

    Parameters
    ----------
    x : Tensor, array, or iterable of Values and numbers
    *args, **options
        For arrays: ``dim=None, keepdim=False``.
    """
    if isinstance(x, Node) or hasattr(x, "dtype"):
        return over_axes(x, *args, **options)
    if args or options:
        raise ArgumentTypeError("sum of scalars takes one iterable and nothing else; for axes there is Tensor")
    return _row("sum", "add_n", _scalars(x, "sum"))


def dot(a: Any, b: Any) -> Any:
    """The dot product of two 1-D Tensors, or of two rows of scalars as one node.

    Parameters
    ----------
    a, b : Tensor of shape (n,), or sequence of n Values and numbers

    Raises
    ------
    ShapeError
        If the two are not equally long.
    """
    if isinstance(a, Node) or isinstance(b, Node) or hasattr(a, "dtype"):
        return of_vectors(a, b)
    left, right = _scalars(a, "dot"), _scalars(b, "dot")
    if len(left) != len(right):
        raise ShapeError(f"dot: the first row has {len(left)} numbers, the second {len(right)}; make them equal")
    return _row("dot", "dot_n", left + right)


def _scalars(x: Any, name: str) -> tuple[Any, ...]:
    if not isinstance(x, Iterable) or isinstance(x, (str, bytes)):
        raise ArgumentTypeError(f"{name} takes a Tensor, or an iterable of Values and numbers, not {x!r:.40}")
    return tuple(x)


def _row(name: str, op: str, terms: tuple[Any, ...]) -> Any:
    """One node over all terms; a plain number if none of them is a Value."""
    if Value in set(map(type, terms)):
        return TABLE[op](*terms)
    for term in terms:
        if not isinstance(term, NUMBERS):
            raise ArgumentTypeError(f"{name}: a row of scalars holds Values and numbers, not {term!r:.40}")
    return float(TABLE[op].forward(*terms)) if terms else 0.0
