"""What is a node, in which order do nodes come, and how does blame flow back through them?

`steps` is the backward pass: it goes through the graph from the roots to the leaves and yields, for each node,
the upstream gradient that has reached it and what it hands on to each of its inputs. ``backward()``, the
gradient check and the pictures are readers of that one sequence. `backpropagate_scalars` is the same pass for
graphs of `Value` alone, without the bookkeeping that makes it visible; the tests hold the two equal.

Nothing here recurses: a chain of a million nodes is an ordinary input.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.errors import GraphError
from autograd.modes import enable_grad, is_differentiating, is_grad_enabled
from autograd.saved import settle

if TYPE_CHECKING:
    from autograd.ops.table import Op

__all__ = ["Contribution", "Node", "Row", "Step", "gradients", "steps", "topological_order"]


class Node:
    """A number or an array in a graph, and how it came to be.

    Attributes
    ----------
    data : float or ndarray
        The forward value.
    grad : float, ndarray, node or None
        The backward gradient.
    op : Op or None
        The operation that made this node; None for a leaf.
    inputs : tuple
        What the operation was called with: nodes, and constants among them.
    label : str
        The name that pictures and messages use.
    """

    __slots__: Any = ()

    if TYPE_CHECKING:
        data: Any
        grad: Any
        label: str

        @property
        def op(self) -> Op | None: ...

        @property
        def inputs(self) -> tuple[Any, ...]: ...

        @classmethod
        def _apply(cls, op: Op, inputs: tuple[Any, ...]) -> Any:
            """Compute ``op(*inputs)`` and record it."""

        def _one(self, create_graph: bool) -> Any:
            """The upstream gradient 1 of a scalar."""

        def _flow(self, upstream: Any, create_graph: bool) -> list[Contribution]:
            """What each input receives when ``upstream`` has reached this node."""

    def _receive(self, upstream: Any) -> Any:
        """The whole gradient has arrived at a node; what is returned goes on."""
        return upstream

    @property
    def requires_grad(self) -> bool:
        """Whether gradients reach this node: a Value always gets one, a Tensor on request."""
        return True

    @property
    def parents(self) -> tuple[Node, ...]:
        """The nodes among the inputs, in order; one that is used twice occurs twice."""
        return tuple(x for x in self.inputs if isinstance(x, Node))

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made this node."""
        return not self.inputs

    @property
    def _prev(self) -> set[Node]:
        """micrograd's name for the distinct parents."""
        return set(self.parents)

    @property
    def _op(self) -> str:
        """micrograd's name for the sign of the operation; empty for a leaf."""
        return self.op.sign if self.op is not None and self.inputs else ""


class Row(tuple):
    """Nodes side by side that go into an operation together, such as the inputs that all neurons of a layer share.

    Two rows are the same only if they are one: so a backward pass visits a row once, however many nodes share it.
    """

    __slots__ = ()
    __hash__ = object.__hash__
    __eq__ = object.__eq__


_NOTHING = float("0.0")
"""The gradient of a node that nothing has reached yet: zero, and an object of its own, so that it can be told apart."""


class Contribution(NamedTuple):
    """What one input of a node receives in the backward pass."""

    parent: Node
    position: int
    """Which input of the operation it is."""
    local: float | None
    """The local gradient (scalars); None where it is a Jacobian that is never built."""
    gradient: Any
    """What flows: upstream × local."""


class Step(NamedTuple):
    """One step of the backward pass: all that reached a node, and what it hands on."""

    node: Node
    upstream: Any
    contributions: Sequence[Contribution]


def topological_order(roots: Iterable[Node], parents: Callable[[Node], Iterable[Node]] | None = None) -> list[Node]:
    """Every node that the roots depend on, inputs before what is computed from them.

    Parameters
    ----------
    roots : iterable of Node
    parents : callable, optional
        Which nodes count as the parents of a node (default: all of them).
    """
    parents = parents or (lambda node: node.parents)
    order: list[Node] = []
    seen: set[Node] = set()
    stack: list[Node | None] = []
    stack.extend(reversed(list(roots)))
    while stack:
        node = stack.pop()
        if node is None:  # the marker above a node whose parents are all done
            order.append(stack.pop())  # type: ignore[arg-type]
        elif node not in seen:
            seen.add(node)
            stack += (node, None)
            stack.extend(parent for parent in reversed(tuple(parents(node))) if parent not in seen)
    return order


def steps(
    seeds: Mapping[Node, Any] | Node,
    create_graph: bool = False,
    order: Sequence[Node] | None = None,
    variables: Collection[Node] = (),
) -> Iterator[Step]:
    """The backward pass, step by step, from the roots to the leaves.

    Parameters
    ----------
    seeds : mapping of Node to gradient, or Node
        The roots, each with the gradient that enters it from outside; into a single root 1.
    create_graph : bool
        Compute with nodes instead of bare numbers, so that the gradients can be differentiated again; the seeds
        must then be nodes.
    order : sequence of Node, optional
        Go through these nodes only, inputs before what is computed from them (default: all that require gradients).
    variables : collection of Node
        Where to stop, as at leaves.

    Yields
    ------
    Step
        One for every node that a gradient reaches; a leaf's step carries its whole gradient and hands on nothing.

    Notes
    -----
    Where a node is used several times its gradients sum up (the multivariable chain rule), which is why a node is
    visited only after everything computed from it.
    """
    settle()
    if isinstance(seeds, Node):
        seeds = {seeds: seeds._one(create_graph)}
    if order is None:
        order = topological_order(seeds, lambda node: [parent for parent in node.parents if parent.requires_grad])
    waiting = list(order)
    within = set(order)
    reached: dict[Node, Any] = dict(seeds)
    while waiting:  # popped, so that a node can be freed as soon as its step is done
        node = waiting.pop()
        within.remove(node)
        upstream = reached.pop(node, None)
        if upstream is None:
            continue
        contributions: list[Contribution] = []
        if not node.is_leaf and node not in variables:
            upstream = node._receive(upstream)
            contributions = node._flow(upstream, create_graph)
        for parent, _, _, gradient in contributions:
            if parent in within:
                reached[parent] = reached[parent] + gradient if parent in reached else gradient
        yield Step(node, upstream, contributions)


def gradients(seeds: Mapping[Node, Any] | Node, create_graph: bool = False) -> dict[Node, Any]:
    """The gradient of every node that the seeds reach, without touching any ``.grad``.

    Where blame is handed on unchanged, several nodes have the same array: read them, and copy before writing.
    """
    with np.errstate(all="ignore"), enable_grad() if create_graph else nullcontext():
        return {step.node: step.upstream for step in steps(seeds, create_graph)}


def backpropagate_scalars(root: Any, upstream: float) -> None:
    """The backward pass over a graph of `Value`, written into ``.grad``: leaves add up, inner nodes are set anew.

    The nodes' own slots hold the local gradients (see `autograd.value`), so a step is two multiplications.
    """
    kind = type(root)
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
            if type(node) is Row:  # shared by many nodes, visited once
                stack += node
                continue
            first, second = node._a, node._b
            if first is None and second is None:
                continue  # a leaf keeps the gradients of earlier calls
            node.grad = _NOTHING
            push(node)
            push(None)
            if first is None:
                stack += [parent for parent in second if type(parent) is kind]
            elif type(first) is Row:
                if first not in seen:
                    push(first)
                if second not in seen:
                    push(second)
            else:
                if type(first) is kind and first not in seen:
                    push(first)
                if type(second) is kind and second not in seen:
                    push(second)

    root.grad += upstream
    for node in reversed(order):
        gradient = node.grad
        if gradient is _NOTHING:  # nothing has arrived: a closed gate lets nothing through, not even inf · 0
            continue
        first = node._a
        if type(first) is Row:
            for parent, local in zip(first, node._da):  # noqa: B905 (what is beyond the row belongs to nobody)
                parent.grad += gradient * local
            for parent, local in zip(node._b, node._db):  # noqa: B905
                parent.grad += gradient * local
        elif first is not None:
            local = node._da
            if local is not None:
                first.grad += gradient * local
            local = node._db
            if local is not None:
                node._b.grad += gradient * local
        elif node._db is not None:
            for parent, local in zip(node._b, node._db, strict=True):
                if local is not None:
                    parent.grad += gradient * local
        else:
            for parent, share in zip(node._b, node._deferred(gradient), strict=True):
                if share is not None:
                    parent.grad += share


def require_recorded(node: Node) -> None:
    """Refuse a node whose operation is known but not recorded.

    Raises
    ------
    GraphError
    """
    if node.op is not None and node.is_leaf:
        name = f"{node.label!r}, " if node.label else ""
        raise GraphError(
            f"nothing was recorded for this {type(node).__name__} ({name}made by {node.op.name}): it was computed "
            "under no_grad(). Compute it again outside to get a graph."
        )


def refuse_to_lose(node: Node) -> None:
    """Refuse ``float(node)``, and so ``math.exp(node)``, in a function that is being differentiated.

    Raises
    ------
    GraphError
    """
    if is_differentiating() and not node.is_leaf and is_grad_enabled():
        raise GraphError(
            f"float() of a {type(node).__name__} that is being differentiated would lose its gradient: call "
            "autograd's or NumPy's function instead of math's, or take .item() or .data where a plain number is meant"
        )
