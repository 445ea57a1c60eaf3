"""Which nodes lie between some variables and what was computed from them, and how does blame flow back to just these?

A transform asks for the gradient of one call of a function, which may stand in the middle of a larger graph: its
arguments may have been computed, and it may use variables of others. `pull` is the backward pass of
`autograd.graph.steps`, going no further than it has to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd.errors import GraphError
from autograd.graph import Node, steps, topological_order
from autograd.modes import enable_grad

__all__ = ["lineage", "pull"]


def lineage(outputs: Iterable[Node], variables: Collection[Node]) -> tuple[list[Node], bool]:
    """The nodes through which the outputs depend on the variables, and whether they depend on anything else.

    Returns
    -------
    order : list of Node
        The variables that are reached and what is computed from them, inputs first.
    outside : bool
        Whether a variable of somebody else is behind the outputs, too: then what is computed from them should be
        recorded.

    Notes
    -----
    This visits everything recorded behind the outputs, apart from what is behind the variables. A variable of a call
    that is over has an operation, but nothing behind it: nobody can ask for its gradient any more.
    """

    def parents(node: Node) -> list[Node]:
        return [] if node in variables else _parents(node) or []

    order: list[Node] = []
    between: set[Node] = set()
    outside = False
    for node in topological_order(outputs, parents):
        above = _parents(node)
        if node in variables:
            outside = outside or bool(above)  # it stands for a node of an outer graph
        elif above is None or (node.op is None and not above):
            outside = True
            continue
        elif not any(parent in between for parent in above):
            continue
        between.add(node)
        order.append(node)
    return order, outside


def _parents(node: Node) -> list[Node] | None:
    """The parents that gradients reach; None if the graph behind was freed."""
    try:
        return [parent for parent in node.parents if parent.requires_grad]
    except GraphError:
        return None


def pull(
    order: Sequence[Node], variables: Collection[Node], seeds: Mapping[Node, Any], create_graph: bool
) -> dict[Node, Any]:
    """The gradients of the variables, as far as the seeds reach them.

    Parameters
    ----------
    order : sequence of Node
        What `lineage` found.
    variables : collection of Node
    seeds : mapping of Node to gradient
        The outputs, each with the gradient that enters it; nodes if ``create_graph``.
    create_graph : bool
        Record what is computed here.
    """
    with np.errstate(all="ignore"), enable_grad() if create_graph else nullcontext():
        return {
            node: upstream for node, upstream, _ in steps(seeds, create_graph, order, variables) if node in variables
        }
