"""How do tangents flow forward through a graph?

A rule of the table says what reaches an input from the gradient g of the output: it is linear in g, the transposed
Jacobian at work. Forward mode needs the Jacobian itself, and gets it from the same rule: an elementwise operation's is
diagonal and so its own transpose; a linear operation is its own Jacobian; and any other rule is recorded as a function
of g and transposed by the backward pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, AutogradError
from autograd.graph import Node
from autograd.lineage import lineage, pull
from autograd.modes import enable_grad
from autograd.ops import shapes
from autograd.ops.table import Op
from autograd.saved import settle
from autograd.tensor import Tensor, _array_of, _saved, _wrap
from autograd.value import Value

__all__ = ["push"]

Moved = dict[int, Any]
"""The tangents of a node's inputs, by position; those that do not move are not in it."""


def push(order: Sequence[Node], tangents: Mapping[Node, Any], create_graph: bool) -> dict[Node, Any]:
    """Carry tangents from variables to everything computed from them.

    Parameters
    ----------
    order : sequence of Node
        What `lineage` found: the variables and what depends on them, inputs first.
    tangents : mapping of Node to tangent
        How the variables move, in their shapes; nodes if ``create_graph``. One that is not in it stays.
    create_graph : bool
        Record what is computed here, so that the tangents can be differentiated.

    Returns
    -------
    dict of Node to tangent
        A node that is not in it does not move.
    """
    settle()
    reached = dict(tangents)
    with np.errstate(all="ignore"), enable_grad() if create_graph else nullcontext():
        for node in order:
            if node in reached or node.op is None:
                continue
            moved = {i: reached[x] for i, x in enumerate(node.inputs) if isinstance(x, Node) and x in reached}
            follow = _scalar if isinstance(node, Value) else _array
            tangent = follow(node, moved, create_graph) if moved else None
            if tangent is not None:
                reached[node] = tangent
    return reached


def _scalar(node: Any, moved: Moved, create_graph: bool) -> Any:
    """For a Value: the sum of local gradient × tangent."""
    if create_graph:
        wanted = [i in moved for i in range(len(node.inputs))]
        local = node.op.flow(Value(1.0), node, node.inputs, wanted)
    else:
        local = node._locals()
    return _total(local[i] * tangent for i, tangent in moved.items() if local[i] is not None)


def _array(node: Any, moved: Moved, create_graph: bool) -> Any:
    """For a Tensor."""
    op: Op = node.op
    y, inputs = _saved(node)  # refuses what was changed
    if create_graph:
        y, inputs = node, node.inputs
    if op.elementwise:
        rules = [(op.rules[i], t) for i, t in moved.items()]
        tangent = _total(rule(np.broadcast_to(t, node.shape), y, *inputs) for rule, t in rules if rule is not None)
    elif op.linear == "jointly" and "value" not in op.parameters:  # filling in a value, as pad does, is no linear map
        tangent = _call(op, [_replaced(op, i, x, moved) for i, x in enumerate(inputs)], create_graph)
    elif op.linear == "each":
        tangent = _total(
            _call(op, [t if i == j else x for j, x in enumerate(inputs)], create_graph) for i, t in moved.items()
        )
    else:
        tangent = _transposed(node, moved, y, inputs, create_graph)
    if tangent is None:
        return None
    if not create_graph:
        tangent = np.asarray(tangent, node.dtype)
    elif not isinstance(tangent, Tensor):
        tangent = _wrap(np.asarray(tangent, node.dtype))
    elif tangent.dtype != node.dtype:
        tangent = shapes.astype(tangent, node.dtype)
    return tangent if tangent.shape == node.shape else np.broadcast_to(tangent, node.shape)


def _total(shares: Any) -> Any:
    total = None
    for share in shares:
        total = share if total is None else total + share
    return total


def _call(op: Op, inputs: list[Any], create_graph: bool) -> Any:
    return op(*inputs) if create_graph else op.forward(*inputs)


def _replaced(op: Op, position: int, x: Any, moved: Moved) -> Any:
    """An input of a linear operation in its tangent's place: zero if it stays, and itself if it is no variable."""
    if position in moved:
        return moved[position]
    if op.all_rules is not None:
        static = not op.scalar and position == 0
    else:
        static = position >= len(op.rules) or op.rules[position] is None
    if static:
        return x
    return np.zeros(x.shape if hasattr(x, "shape") else np.shape(x), getattr(x, "dtype", None))


def _transposed(node: Any, moved: Moved, y: Any, inputs: Sequence[Any], create_graph: bool) -> Any:
    """The transpose of the rules, which are linear in g: recorded as functions of g, and pulled back."""
    op: Op = node.op
    g = Tensor(np.ones(node.shape, node.dtype), requires_grad=True)
    wanted = [i in moved for i in range(len(inputs))]
    try:
        with enable_grad():
            received = op.flow(g, y, tuple(inputs), wanted)
    except (AutogradError, TypeError, ValueError, AttributeError) as problem:
        raise ArgumentTypeError(
            f"forward mode cannot turn the backward pass of {op.name} round, because it does not run on Tensors: write "
            f"it with operators and NumPy functions ({problem})"
        ) from problem
    seeds: dict[Node, Any] = {}
    for i, tangent in moved.items():
        share = received[i]
        if share is None:
            continue
        if op.deferred:
            _require_linear(op, g, share)
        if not (isinstance(share, Tensor) and share.requires_grad):
            continue
        with enable_grad():
            share = shapes.unbroadcast(share, node.inputs[i].shape)
        if not create_graph:
            tangent = np.asarray(tangent, share.dtype)
        elif tangent.dtype != share.dtype:
            tangent = shapes.astype(tangent, share.dtype)
        seeds[share] = seeds[share] + tangent if share in seeds else tangent
    order, _ = lineage(seeds, {g})
    tangent = pull(order, {g}, seeds, create_graph).get(g)
    g.requires_grad = False  # a variable of this step only
    return tangent


def _require_linear(op: Op, g: Tensor, share: Any) -> None:
    """Refuse a person's own backward pass that is not linear in the gradient, or turns it into plain numbers.

    For a linear function r, the derivative in the direction of g is r(g) itself (at g = 1 this is checked).
    """
    value = np.asarray(_array_of(share) if isinstance(share, Tensor) else share)
    derivative: Any = 0.0
    if isinstance(share, Tensor) and share.requires_grad:
        order, _ = lineage([share], {g})
        derivative = pull(order, {g}, {share: np.ones_like(value)}, False).get(g, np.zeros(1)).sum()
    if not np.allclose(derivative, value.sum(), rtol=1e-4, equal_nan=True):
        raise ArgumentTypeError(
            f"forward mode needs the backward pass of {op.name} to be linear in the gradient, and written with "
            "operators and NumPy functions; this one clips the gradient, or turns it into plain numbers"
        )
