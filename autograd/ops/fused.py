"""How does a piece of a network become a single node?

A fused operation has fast kernels for both passes, and it knows what it is made of: its *composition*, the same
function in simpler operations. The bare passes run the kernels; a recorded backward pass, forward mode, and whoever
wants to look inside use the composition. So a kernel states a first derivative only, and all further ones follow from
the table.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from autograd.graph import Node, steps, topological_order
from autograd.ops.shapes import clone
from autograd.ops.table import TABLE, Op

__all__ = ["Fused", "fused"]


class Fused(Op):
    """A row of the table with kernels for both passes.

    Parameters
    ----------
    name : str
    forward : callable
        ``forward(*inputs)`` on arrays returns the output, or with ``keeps`` the pair of the output and what the
        backward kernel wants to have kept (an array or a tuple of arrays that nobody else gets to see).
    backward : callable
        ``backward(g, y, kept, wanted, *inputs)`` on arrays returns one gradient for each differentiable input, in its
        shape; None where ``wanted`` (a list of bool, one for each input) says that nobody asks. It must neither write
        to what it is given nor return it, except g itself.
    composition : callable
        The same function of the same inputs in simpler operations, for nodes.
    differentiable : int or sequence of bool
        The first so many inputs receive gradients; or, for each of the first inputs, whether it does. An input that
        receives none may still be a Tensor. What comes after is static.
    keeps : bool
        Whether ``forward`` returns something to keep beside the output.
    looks_at : sequence of str, optional
        The inputs whose numbers the backward kernel looks at (default: all of them).
    needs_output : bool
        Whether the backward kernel looks at the output's numbers.
    **facts
        See `Op`.
    """

    __doc__ = vars(Op)["__doc__"]  # that of a row, which says what it computes

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        backward: Callable[..., Sequence[Any]],
        composition: Callable[..., Any],
        *,
        differentiable: int | Sequence[bool] = 1,
        keeps: bool = False,
        looks_at: Sequence[str] | None = None,
        needs_output: bool = False,
        module: str = "nn.functional",
        **facts: Any,
    ) -> None:
        flags = [True] * differentiable if isinstance(differentiable, int) else list(differentiable)
        rules = [self._rule(position) if flag else None for position, flag in enumerate(flags)]
        parameters = {name: parameter.default for name, parameter in inspect.signature(forward).parameters.items()}
        output = (lambda *inputs: forward(*inputs)[0]) if keeps else forward
        super().__init__(
            name, output, *rules, scalar=False, together=True, parameters=parameters, module=module, **facts
        )
        self.keeping = forward if keeps else None
        self.backward = backward
        self.composition = composition
        self._looked_at = frozenset(parameters if looks_at is None else looks_at)
        self._output_is_needed = needs_output

    def _rule(self, position: int) -> Callable[..., Any]:
        """The rule of a single input, for readers that want one."""

        def rule(g: Any, y: Any, *inputs: Any) -> Any:
            return self.flow(g, y, inputs, [i == position for i in range(len(inputs))])[position]

        return rule

    @property
    def needs_output(self) -> bool:
        return self._output_is_needed

    def needs(self, position: int) -> bool:
        return self._names[position] in self._looked_at

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.parameters)

    def flow(self, g: Any, y: Any, inputs: Sequence[Any], wanted: Sequence[bool], kept: Any = None) -> list[Any]:
        if isinstance(g, Node):
            return self._flow_through_composition(g, inputs, wanted)
        if kept is None and self.keeping is not None:
            kept = self.keeping(*inputs)[1]
        received = self.backward(g, y, kept, wanted, *inputs)
        return [*received, *[None] * (len(inputs) - len(received))]

    def _flow_through_composition(self, g: Any, inputs: Sequence[Any], wanted: Sequence[bool]) -> list[Any]:
        """The gradients as nodes, which depend on g and on the inputs."""
        kind = type(g)
        variables: dict[Node, int] = {}
        arguments = list(inputs)
        for position, (x, asked) in enumerate(zip(inputs, wanted, strict=True)):
            if asked:  # a node that is used twice gets a stand-in for each use
                arguments[position] = clone(x) if isinstance(x, Node) else kind(x, requires_grad=True)
                variables[arguments[position]] = position
        assert self.composition is not None
        out = self.composition(*arguments)
        order = topological_order(
            [out], lambda node: [] if node in variables else [x for x in node.parents if x.requires_grad]
        )
        received: list[Any] = [None] * len(inputs)
        for node, upstream, _ in steps({out: g}, create_graph=True, order=order, variables=variables):
            if node in variables:
                received[variables[node]] = upstream
        return received


def fused(
    name: str,
    forward: Callable[..., Any],
    backward: Callable[..., Sequence[Any]],
    composition: Callable[..., Any],
    **facts: Any,
) -> Fused:
    """Enter a fused operation into the table; see `Fused` for the arguments."""
    row = Fused(name, forward, backward, composition, **facts)
    TABLE.add(row)
    return row
