"""What is to be drawn of a graph?

Every number in a plan comes from the graph, every sign and rule from the table of operations. How it looks, and
in which language it is written, is decided elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from autograd import Node, Tensor, Value
from viz.numbers import array_lines, number

__all__ = ["Arrow", "Box", "Line", "Plan", "Role", "make_plan", "operation_text", "plain_text"]

Role = Literal["label", "operation", "type", "value", "gradient", "note"]
Kind = Literal["leaf", "constant", "operation", "root"]

_LABEL_LENGTH = 60


class Line(NamedTuple):
    """A line of text in a box: pieces, each with what it tells."""

    pieces: tuple[tuple[str, Role], ...]

    @property
    def text(self) -> str:
        return "  ".join(text for text, _ in self.pieces)


class Box(NamedTuple):
    """A node of the graph on paper."""

    name: str
    kind: Kind
    lines: tuple[Line, ...]
    description: str


class Arrow(NamedTuple):
    """An edge, from an input to what is computed from it."""

    tail: str
    head: str
    text: str


class Plan(NamedTuple):
    """All boxes, inputs first, and all arrows."""

    boxes: list[Box]
    arrows: list[Arrow]


def plain_text(text: str) -> str:
    """Text from outside in one line, without characters that XML forbids or that print nothing."""
    line = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(str(text).split()))
    return line if len(line) <= _LABEL_LENGTH else line[: _LABEL_LENGTH - 1] + "…"


def make_plan(
    nodes: Sequence[Node],
    roots: Collection[Node],
    gradients: Mapping[Node, Any],
    *,
    local_gradients: bool,
    patterns: bool = False,
) -> Plan:
    """Decide what every box and every arrow says.

    Parameters
    ----------
    nodes : sequence of Node
        In topological order.
    roots : collection of Node
    gradients : mapping of Node to its gradient
        Nodes that are not in it show none.
    local_gradients : bool
        Write the local gradient (scalars) or the rule (arrays) on every arrow.
    patterns : bool
        Name the gate pattern of every operation, and the fan-outs.
    """
    tops = set(roots)
    names = {node: f"n{position}" for position, node in enumerate(nodes)}
    uses = Counter(parent for node in nodes for parent in node.parents)
    boxes = [
        Box(
            name,
            _kind(node, tops),
            tuple(_lines(node, gradients.get(node), uses[node] if patterns else None)),
            _description(node, gradients.get(node)),
        )
        for node, name in names.items()
    ]
    arrows = [
        Arrow(names[parent], name, _local_text(node, position) if local_gradients else "")
        for node, name in names.items()
        for position, parent in enumerate(node.inputs)
        if isinstance(parent, Node)
    ]
    return Plan(boxes, arrows)


def _kind(node: Node, roots: Collection[Node]) -> Kind:
    if node in roots:
        return "root"
    if not node.requires_grad:
        return "constant"
    return "leaf" if node.is_leaf else "operation"


def operation_text(node: Node) -> str:
    """What made a node, with its constants: ``+``, ``** 2``, ``1 /``, ``clip(0, 1)``; empty for a leaf."""
    op = node.op
    if op is None or node.is_leaf:
        return ""
    sign = plain_text(op.sign) or op.name
    if op.operator and len(node.inputs) == 2:
        left, right = ("" if isinstance(x, Node) else _constant(x) for x in node.inputs)
        return " ".join(part for part in (left, sign, right) if part)
    constants = [_constant(x) for x in node.inputs if not isinstance(x, Node) and x is not None and x is not False]
    return f"{sign}({', '.join(constants)})" if constants and not op.variadic else sign


def _constant(x: Any) -> str:
    if isinstance(x, np.ndarray):
        return f"array{list(x.shape)}"
    if isinstance(x, (float, np.floating)):
        return number(x)
    if isinstance(x, slice):
        return ":".join("" if part is None else str(part) for part in (x.start, x.stop, x.step)[: 3 if x.step else 2])
    if isinstance(x, tuple):
        return f"({', '.join(map(_constant, x))})"
    return plain_text("…" if x is Ellipsis else str(x))


def _lines(node: Node, gradient: Any, uses: int | None) -> list[Line]:
    heading: list[tuple[str, Role]] = []
    if label := plain_text(node.label):
        heading.append((label, "label"))
    if operation := operation_text(node):
        heading.append((operation, "operation"))
    lines = [Line(tuple(heading))] if heading else []
    if isinstance(node, Tensor):
        lines.append(Line(((f"{list(node.shape)} {node.dtype}", "type"),)))
    lines += _number_lines("value", node.data, "value")
    if gradient is not None:
        lines += _number_lines("grad", gradient, "gradient")
    if uses is not None:
        if operation and node.op is not None:
            name = node.op.sign if node.op.sign.isalpha() else node.op.name
            lines.append(Line(((f"{name} {_PATTERNS[node.op.pattern]}", "note"),)))
        if uses > 1:
            lines.append(Line(((f"used {uses} times: gradients sum", "note"),)))
    return lines


_PATTERNS: Mapping[str, str] = {
    "distribute": "distributes",
    "swap": "swaps",
    "route": "routes",
    "scale": "scales",
    "sum": "sums",
}


def _number_lines(name: str, x: Any, role: Role) -> list[Line]:
    array = x.data if isinstance(x, Node) else x
    texts = array_lines(np.asarray(array))
    if len(texts) == 1:
        return [Line(((f"{name} {texts[0]}", role),))]
    return [Line(((text, role),)) for text in (name, *texts)]


def _local_text(node: Node, position: int) -> str:
    """The local gradient along an arrow: a number for scalars, the rule for arrays."""
    if isinstance(node, Value):
        return f"× {number(node.local_gradients[position] or 0.0)}"
    if node.op is None or not node.inputs[position].requires_grad or position >= len(node.op.gradients):
        return ""
    return plain_text(node.op.gradients[position])


def _description(node: Node, gradient: Any) -> str:
    """One line for screen readers and tooltips."""
    what = plain_text(node.label) or (node.op.name if node.op is not None else "leaf")
    if isinstance(node, Tensor):
        return f"{what}: shape {list(node.shape)}"
    return f"{what}: value {number(node.data, 10)}" + ("" if gradient is None else f", gradient {number(gradient, 10)}")
