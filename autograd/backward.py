"""How does blame flow back through arrays, fast?

`backpropagate_arrays` is the pass of `autograd.graph.steps` for Tensors, written for speed: bare arrays, no steps to
look at, and the graph freed on the way. The tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.graph import Node
from autograd.ops.shapes import unbroadcast
from autograd.saved import CLOCK, is_alone

__all__ = ["backpropagate_arrays", "fitted"]


def fitted(gradient: Any, like: Any) -> np.ndarray:
    """A gradient as an array in the shape and element type of what it belongs to."""
    gradient = np.asarray(unbroadcast(np.asarray(gradient), like.shape))
    return gradient if gradient.dtype == like.dtype else gradient.astype(like.dtype)


def _answer(d: Any) -> Callable[..., Any]:
    return lambda *_: d


def _order(root: Any) -> list[Any]:
    """The recorded nodes behind a root through which gradients flow, inputs before what is computed from them."""
    order: list[Any] = []
    seen: set[Any] = set()
    stack = [root]
    push, pop, record, mark = stack.append, stack.pop, order.append, seen.add
    while stack:
        node = pop()
        if node is None:  # the marker above a node whose parents are all done
            record(pop())
        elif node not in seen:
            mark(node)
            push(node)
            push(None)
            inputs = node._inputs
            if inputs is None:
                inputs = node.inputs  # raises: the graph was freed
            for x in inputs:
                if isinstance(x, Node) and x.op is not None and x._requires_grad and x not in seen:  # type: ignore[attr-defined]
                    push(x)
    return order


def backpropagate_arrays(
    root: Any,
    upstream: np.ndarray,
    retain_graph: bool,
    values: Callable[[Any], tuple[Any, Sequence[Any]]],
    deliver: Callable[[Any, np.ndarray, bool], None],
) -> None:
    """The backward pass over a graph of `Tensor`.

    Parameters
    ----------
    root : Tensor
    upstream : ndarray
        The gradient that enters at the root.
    retain_graph : bool
        Keep the graph; otherwise every node loses its inputs as soon as they have received their gradients.
    values : callable
        ``values(node)`` gives the numbers that the node's rules look at, its output and its inputs; asked only for
        nodes whose numbers may have changed, been packed, or been let go.
    deliver : callable
        ``deliver(tensor, gradient, fresh)`` adds to ``grad``; fresh says that nobody else has the array.
    """
    order = _order(root) if root.op is not None else []
    reached: dict[Any, np.ndarray] = {root: upstream}
    summed: set[Any] = set()  # whose entry in `reached` is an array of its own, made by adding up
    take, find, array_type = reached.pop, reached.get, np.ndarray
    g: Any
    arrays: Any
    gradient: Any
    while order:
        node = order.pop()
        g = take(node, None)
        if g is None:
            continue
        op = node.op
        inputs = node._inputs
        if node._more is not None:
            g = node._more.receive(node, g, deliver)
            y, arrays = values(node)
        elif node._at != CLOCK.now:
            y, arrays = values(node)
        else:
            y = node._data
            if len(inputs) == 1:
                arrays = (inputs[0]._data,)
            elif len(inputs) == 2:
                a, b = inputs
                arrays = (a._data if isinstance(a, Node) else a, b._data if isinstance(b, Node) else b)  # type: ignore[attr-defined]
            else:
                arrays = [x._data if isinstance(x, Node) else x for x in inputs]  # type: ignore[attr-defined]
        rules = op.rules
        if op.together:  # its rules have answered already
            kept = None if node._more is None else node._more.kept
            answers = op.flow(g, y, arrays, [isinstance(x, Node) and x._requires_grad for x in inputs], kept)  # type: ignore[attr-defined]
            rules = [None if d is None else _answer(d) for d in answers]
        for x, rule in zip(inputs, rules, strict=False):
            if rule is None or not isinstance(x, Node) or not x._requires_grad:  # type: ignore[attr-defined]
                continue
            d = rule(g, y, *arrays)
            like = x._data  # type: ignore[attr-defined]
            if type(d) is not array_type or d.shape != like.shape or d.dtype is not like.dtype:
                d = fitted(d, like)
            if x.op is None and x.grad is not None and x._more is None:  # type: ignore[attr-defined]
                deliver(x, d, False)  # straight into the sum: it need not wait
                continue
            before = find(x)
            if before is None:
                reached[x] = d
            elif x in summed:
                before += d
            else:
                reached[x] = np.asarray(before + d)
                summed.add(x)
        if not retain_graph:
            node._inputs = None
            if node._more is not None:
                node._more.kept = None
            for x in inputs:
                if isinstance(x, Node):
                    x._uses -= 1  # type: ignore[attr-defined]
    g = y = arrays = d = before = a = b = kept = answers = None
    while reached:
        leaf, gradient = reached.popitem()
        entry, gradient = (gradient,), None
        fresh = leaf is not root and entry[0].base is None and is_alone(entry, 0)
        deliver(leaf, entry[0], fresh)
