"""Which functions decide between rows of the table by the kind of argument: scalars or arrays?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd.errors import ArgumentTypeError, ShapeError
from autograd.functions.products import dot as of_vectors
from autograd.functions.reductions import sum as over_axes
from autograd.graph import Node, Row
from autograd.ops.table import TABLE
from autograd.value import NUMBERS, Value

__all__ = ["dot", "row_of", "sum", "weighted_sums"]


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
    left, right = row_of(a, "dot"), row_of(b, "dot")
    if len(left) != len(right):
        raise ShapeError(f"dot: the first row has {len(left)} numbers, the second {len(right)}; make them equal")
    if type(left) is Row and type(right) is Row:
        return Value._of_rows(TABLE["dot_n"], [left], right)[0]
    return _row("dot", "dot_n", (*left, *right))


def weighted_sums(neurons: Iterable[Any], x: Any) -> list[Any]:
    """The sums w₁·x₁ + … + wₙ·xₙ + b of a layer's neurons, each as one node.

    Parameters
    ----------
    neurons : iterable of sequences of n + 1 Values and numbers
        For each neuron its weights, and after them its bias.
    x : sequence of n Values and numbers
        The inputs, which all neurons share.

    Raises
    ------
    ShapeError
        If a neuron does not have as many weights as there are inputs.

    Notes
    -----
    It is quick for a `row_of` Values.
    """
    inputs = row_of(x, "weighted_sums")
    rows = [row_of(neuron, "weighted_sums") for neuron in neurons]
    for row in rows:
        if len(row) != len(inputs) + 1:
            raise ShapeError(f"a neuron with {len(row) - 1} weights (and a bias) got {len(inputs)} inputs")
    if type(inputs) is Row and set(map(type, rows)) == {Row}:
        return Value._of_rows(TABLE["weighted_sum_n"], rows, inputs)
    return [_row("weighted_sums", "weighted_sum_n", (*row, *inputs)) for row in rows]


def row_of(x: Any, name: str) -> Any:
    """Scalars as a row to be used several times; a plain tuple if there are constants among them."""
    if type(x) is Row:
        return x
    x = _scalars(x, name)
    return Row(x) if set(map(type, x)) == {Value} else x


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
