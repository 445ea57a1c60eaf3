"""Which functions build a whole matrix of derivatives: Jacobian and Hessian?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.functions.bare import bare
from autograd.ops.table import TABLE
from autograd.tensor import Tensor, _wrap
from autograd.transforms.reverse import transform
from autograd.transforms.tracing import Argnum, Trace, trees_of
from autograd.value import Value

__all__ = ["hessian", "jacfwd", "jacobian", "jacrev"]


def jacobian(
    fun: Callable[..., Any], argnum: Argnum = 0, *, argnums: Argnum | None = None, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns the Jacobian: for each output and argument an array of shape (*output, *argument).

    Parameters
    ----------
    fun : callable
        Arguments and output are arrays, numbers, Tensors, Values, or trees of these. If they are trees, the result is a
        tree like the output, with a tree like the arguments in the place of each leaf.
    argnum, argnums : int or sequence of int
        Which positional arguments to differentiate (HIPS autograd's name for it, and JAX's).
    has_aux : bool
        ``fun`` returns a pair (output, aux); then the new function returns (Jacobian, aux).

    Notes
    -----
    The function is called once. Then the rows are computed, each by a backward pass, or, if there are fewer columns,
    the columns, each by a forward sweep; a pass costs a few times as much as the function.
    """

    def matrix(*args: Any, **kwargs: Any) -> Any:
        trace = Trace(fun, args, kwargs, argnum if argnums is None else argnums, has_aux)
        columns = sum(np.size(bare(v)) for v in trace.variables)
        rows = sum(np.size(bare(out)) for out in trace.outputs)
        blocks = _by_columns(trace) if columns < rows else _by_rows(trace)
        result = trees_of(trace.tree, trace.pattern, blocks)
        return (result, trace.aux) if has_aux else result

    return transform(fun, "jacobian", matrix)


jacrev = jacfwd = jacobian
"""JAX's names; which way is shorter is seen from the sizes."""


def hessian(fun: Callable[..., Any], argnum: Argnum = 0, *, argnums: Argnum | None = None) -> Callable[..., Any]:
    """The function that returns the second derivatives, in an array of shape (*output, *argument, *argument).

    It is ``jacobian(jacobian(fun))``: for a function with one number as its output, the gradient is recorded once, and
    there is a backward pass for each of its entries. With trees, or several positions, see `jacobian`.
    """
    chosen = argnum if argnums is None else argnums
    return transform(fun, "hessian", jacobian(jacobian(fun, chosen), chosen))


def _by_rows(trace: Trace) -> list[Any]:
    """A backward pass for each entry of the outputs; the blocks of the first output come first."""
    blocks = []
    for number, out in enumerate(trace.outputs):
        shape = np.shape(bare(out))
        rows = [trace.pull(_only(number, seed, trace.outputs)) for seed in _basis(shape)]
        for position, v in enumerate(trace.variables):
            blocks.append(_joined([row[position] for row in rows], 0, (*shape, *np.shape(bare(v))), trace))
    return blocks


def _by_columns(trace: Trace) -> list[Any]:
    """A forward sweep for each entry of the variables, in the order of `_by_rows`."""
    shapes = [np.shape(bare(v)) for v in trace.variables]
    columns = [
        [trace.push(_only(position, tangent, trace.variables)) for tangent in _basis(shape)]
        for position, shape in enumerate(shapes)
    ]
    return [
        _joined([column[number] for column in columns[position]], -1, (*np.shape(bare(out)), *shape), trace)
        for number, out in enumerate(trace.outputs)
        for position, shape in enumerate(shapes)
    ]


def _basis(shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    for place in np.ndindex(shape):
        unit = np.zeros(shape)
        unit[place] = 1.0
        yield unit


def _only(position: int, x: Any, among: list[Any]) -> list[Any]:
    return [x if i == position else None for i in range(len(among))]


def _joined(parts: list[Any], axis: int, shape: tuple[int, ...], trace: Trace) -> Any:
    """Rows or columns as one array, of the kind that they are of."""
    if not parts:
        empty = np.zeros(shape)
        return empty if trace.plain else _wrap(empty)
    if isinstance(parts[0], Value):
        return parts[0]
    if not isinstance(parts[0], Tensor):
        return np.reshape(np.stack(parts, axis), shape)[()]
    if any(part.requires_grad for part in parts):
        return np.reshape(TABLE["stack"](axis, *parts) if len(parts) > 1 else parts[0], shape)
    return _wrap(np.reshape(np.stack([part.data for part in parts], axis), shape))
