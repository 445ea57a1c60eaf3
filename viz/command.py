"""What happens when a person types ``micrograph "(x + y) * z" x=-2 y=5 z=-4``?"""

from __future__ import annotations

import argparse
import json
import math
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from autograd import Node, Value, gradients, topological_order
from viz.drawing import draw
from viz.errors import DrawingError, ExpressionError
from viz.expression import FUNCTIONS, evaluate
from viz.numbers import number

__all__ = ["main"]

_DESCRIPTION = """\
Compute an expression, backpropagate through it, and draw the graph with the value and the gradient on every node.
"""

_EXAMPLES = f"""\
examples:
  micrograph "(x + y) * z" x=-2 y=5 z=-4 -o graph.svg
  micrograph "sigmoid(w0*x0 + w1*x1 + w2)" w0=2 x0=-1 w1=-3 x1=-2 w2=-3 -o neuron.svg --patterns
  micrograph "(max(a, b) - 1) ** 2" a=4 b=9 --json

functions:
  {", ".join(FUNCTIONS)}

Exit code: 0 if all went well, 2 if the input is refused; then no file is written.
"""


class _Parser(argparse.ArgumentParser):
    """argparse, with errors in the one form this command uses."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"micrograph: {message}; see micrograph --help\n")


def _parser() -> argparse.ArgumentParser:
    width = argparse.RawDescriptionHelpFormatter
    parser = _Parser(prog="micrograph", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=width)
    parser.add_argument("expression", help="numbers, variables, + - * / **, parentheses and functions, in quotes")
    parser.add_argument("variables", nargs="*", metavar="name=number", help="a number for every variable")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="where to write the picture: .svg, .dot, .png or .pdf"
    )
    parser.add_argument("--patterns", action="store_true", help="name the gate pattern on every operation")
    parser.add_argument("--json", action="store_true", help="print the table as JSON, with full precision")
    parser.add_argument("--force", action="store_true", help="overwrite FILE even if it is not a drawing of ours")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    operands = [_as_operand(text, before) for text, before in zip(given, ["", *given], strict=False)]
    options = _parser().parse_intermixed_args(operands)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that cannot show é still shows the table
    try:
        root = evaluate(options.expression, _numbers(options.variables))
        nodes = topological_order([root])
        _name_inner_nodes(nodes)
        reached = gradients({root: 1.0})
        rows = [_row(node, reached.get(node, 0.0)) for node in nodes]
        written = None
        if options.output is not None:
            written = draw(root, patterns=options.patterns).save(options.output, overwrite=options.force)
    except (ExpressionError, DrawingError, OSError) as problem:
        print(f"micrograph: {problem}", file=sys.stderr)
        return 2
    try:
        _print(options.json, rows, written)
    except BrokenPipeError:  # whoever was reading has seen enough
        sys.stdout = None
    return 0


def _print(as_json: bool, rows: Sequence[dict[str, Any]], written: Path | None) -> None:
    if as_json:
        print(json.dumps({"nodes": rows, "picture": None if written is None else str(written)}, indent=2))
    else:
        _print_table(rows)
        print(f"\npicture: {written}" if written else "\nno picture written: add -o graph.svg for one")
    sys.stdout.flush()


def _as_operand(text: str, before: str) -> str:
    """Keep argparse from taking an expression that begins with a minus sign, such as ``-x*y``, for an option."""
    if before in ("-o", "--output") or not text.startswith("-") or text.startswith("--") or text in ("-o", "-h"):
        return text
    return f" {text}"


def _numbers(assignments: Sequence[str]) -> dict[str, float]:
    """The values of ``name=number`` arguments."""
    values: dict[str, float] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        name = unicodedata.normalize("NFKC", name.strip())  # as Python does with the names in the expression
        if not equals or not name.isidentifier():
            raise ExpressionError(f"{text!r} is not of the form name=number (put the expression in quotes)")
        if name in values:
            raise ExpressionError(f"{name} is given twice")
        try:
            values[name] = float(value)
        except ValueError:
            raise ExpressionError(f"{name}={value!r}: {value!r} is not a number") from None
    return values


def _name_inner_nodes(nodes: Sequence[Any]) -> None:
    """v1, v2, … in order of computation, and f for the result, unless a variable has the name."""
    taken = {node.label for node in nodes}
    candidates = (name for count in range(1, len(nodes) + len(taken) + 1) if (name := f"v{count}") not in taken)
    for node in nodes[:-1]:
        node.label = node.label or next(candidates)
    root = nodes[-1]
    root.label = root.label or ("f" if "f" not in taken else next(candidates))


def _row(node: Node, gradient: float) -> dict[str, Any]:
    return {
        "node": node.label,
        "operation": _operation(node),
        "value": _json_number(float(node.data)),
        "gradient": _json_number(float(gradient)),
    }


def _json_number(x: float) -> float | str:
    """JSON has no inf and nan: they are written as text."""
    return x if math.isfinite(x) else str(x)


def _operation(node: Node) -> str:
    """How a node was computed, from the names of its inputs: ``x + y``, ``tanh(v1)``; ``input`` for a leaf."""
    if node.is_leaf or node.op is None:
        return "input"
    names = [x.label if isinstance(x, Value) else number(x, 6) for x in node.inputs]
    if node.op.operator and len(names) == 2:
        return f"{names[0]} {node.op.sign} {names[1]}"
    return f"{node.op.name}({', '.join(names)})"


def _print_table(rows: Sequence[dict[str, Any]]) -> None:
    header = ("node", "operation", "value", "gradient")
    lines = [
        header,
        *((row["node"], row["operation"], number(row["value"], 10), number(row["gradient"], 10)) for row in rows),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    for node, operation, value, gradient in lines:
        columns = (
            node.ljust(widths[0]),
            operation.ljust(widths[1]),
            value.rjust(widths[2]),
            gradient.rjust(widths[3]),
        )
        print("  ".join(columns))
