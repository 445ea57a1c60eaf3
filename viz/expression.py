"""How does an expression typed by a person become a graph?

The text is parsed by Python's own parser and then walked by a whitelist: numbers, variables, the operators, and
the scalar functions of the table of operations. Nothing in it is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np

import autograd
from autograd import TABLE, ArgumentTypeError, AutogradError, Op, ShapeError, Value
from viz.errors import ExpressionError
from viz.numbers import number

__all__ = ["FUNCTIONS", "evaluate", "variables"]

_MAX_LENGTH = 10_000
"""Limits far above what can be read as a picture, and far below what could hurt."""
_MAX_DEPTH = 100
_MAX_EXPONENT = 1_000

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{op.name: op for op in TABLE if op.elementwise},
    "max": lambda first, *others: reduce(TABLE["maximum"], others, first),
    "min": lambda first, *others: reduce(TABLE["minimum"], others, first),
    "sum": lambda *terms: autograd.sum(terms),
    "dot": autograd.dot,
}
"""What can be called in an expression, by name."""

_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}

_COMPARISONS: Mapping[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Lt: lambda a, b: float(a) < float(b),
    ast.LtE: lambda a, b: float(a) <= float(b),
    ast.Gt: lambda a, b: float(a) > float(b),
    ast.GtE: lambda a, b: float(a) >= float(b),
}


def variables(text: str) -> list[str]:
    """The names of the variables in an expression, in order of appearance.

    Raises
    ------
    ExpressionError
        If the expression is not one.
    """
    return _names(_parse(text))


def evaluate(text: str, values: Mapping[str, float]) -> Value:
    """Compute an expression and return the root of its graph.

    Parameters
    ----------
    text : str
        Numbers, variables, ``+ - * / **``, parentheses, and calls of `FUNCTIONS`. ``where`` takes a comparison
        first, ``dot`` two lists.
    values : mapping of str to float
        A number for every variable.

    Returns
    -------
    Value
        The leaves carry their variables' names as labels.

    Raises
    ------
    ExpressionError
        If anything else occurs in the text, if a variable is missing or superfluous, or if a result is not a
        finite number.
    """
    tree = _parse(text)
    names = _names(tree)
    if missing := [name for name in names if name not in values]:
        hint = " ".join(f"{name}=…" for name in missing)
        raise ExpressionError(f"no value for {', '.join(missing)}: add {hint}")
    if surplus := [name for name in values if name not in names]:
        raise ExpressionError(f"no variable {', '.join(surplus)} in the expression: leave it out, or use it")
    for name in names:
        if not math.isfinite(values[name]):
            raise ExpressionError(f"{name}={values[name]} is not a finite number")
    result = _Evaluator(text, {name: Value(values[name], label=name) for name in names}).compute(tree)
    return result if isinstance(result, Value) else Value(result)


def _names(tree: ast.expr) -> list[str]:
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name) and id(node) not in called]
    return list(dict.fromkeys(node.id for node in sorted(names, key=lambda node: node.col_offset)))


def _parse(text: str) -> ast.expr:
    """The syntax tree of an expression, once it has passed the whitelist."""
    if not text.strip():
        raise ExpressionError("the expression is empty: write something like (x + y) * z")
    if len(text) > _MAX_LENGTH:
        raise ExpressionError(f"the expression has {len(text):,} characters, more than {_MAX_LENGTH:,}")
    if "#" in text:
        raise ExpressionError("a # would hide the rest of the expression: leave it out", text, text.index("#"))
    depth = 0
    for column, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if depth > _MAX_DEPTH:
            raise ExpressionError(f"brackets are nested more than {_MAX_DEPTH} deep", text, column)
    margin = len(text) - len(text.lstrip())
    try:
        tree = ast.parse(_one_line(text[margin:]), mode="eval").body
    except SyntaxError as problem:
        if problem.offset:
            what, column = problem.msg, margin + problem.offset - 1
        else:
            what, column = "it ends too early", len(text.rstrip())
        raise ExpressionError(f"this is not an expression: {what}", text, column) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError("the expression is nested too deeply: write long sums as sum(a, b, c, …)") from None
    level = [tree]
    for _ in range(_MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        if not level:
            _Whitelist(text).check(tree)
            return tree
    raise ExpressionError(
        f"operations are nested more than {_MAX_DEPTH} deep: write long sums as sum(a, b, c, …)",
        text,
        _column(text, level[0]),
    )


def _one_line(text: str) -> str:
    return "".join(" " if c.isspace() else c for c in text)


def _column(text: str, node: ast.expr) -> int:
    """Where a node stands in the text; the parser counts the bytes of UTF-8, and from the first non-blank."""
    margin = len(text) - len(text.lstrip())
    return margin + len(_one_line(text.lstrip()).encode()[: node.col_offset].decode(errors="ignore"))


class _Whitelist:
    """Refuses whatever is not a number, a variable, an operator or a function of the table."""

    def __init__(self, text: str) -> None:
        self.text = text

    def refuse(self, node: ast.expr, problem: str) -> ExpressionError:
        return ExpressionError(problem, self.text, _column(self.text, node))

    def check(self, node: ast.expr) -> None:
        """Check a place where a number is expected."""
        if isinstance(node, ast.Constant):
            self.literal(node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub)):
            self.check(node.operand)
        elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            self.check(node.left)
            self.check(node.right)
        elif isinstance(node, ast.Call):
            self.call(node)
        elif not isinstance(node, ast.Name):
            raise self.refuse(node, f"{_describe(node)} cannot be used here: {_ALLOWED}")

    def literal(self, node: ast.Constant) -> None:
        if type(node.value) not in (int, float):
            raise self.refuse(node, f"only real numbers can be written out, not {node.value!r:.20}")
        if abs(node.value) > sys.float_info.max:  # type: ignore[arg-type]
            raise self.refuse(node, "this number is too large for a float64")

    def call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            what = f"there is no function {name!r}" if name else "only functions can be called, by their plain name"
            raise self.refuse(node.func, f"{what}; known are {', '.join(FUNCTIONS)}")
        for position, argument in enumerate(node.args):
            if name == "where" and position == 0:
                self.comparison(argument)
            elif name == "dot":
                if not isinstance(argument, ast.List):
                    raise self.refuse(argument, "dot takes two lists, as in dot([w0, w1], [x0, x1])")
                for element in argument.elts:
                    self.check(element)
            else:
                self.check(argument)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.refuse(node, "arguments cannot be unpacked with ** here")
            self.check(keyword.value)

    def comparison(self, node: ast.expr) -> None:
        if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS):
            raise self.refuse(node, "where needs a comparison first, with <, <=, > or >=, as in where(x > 0, x, y)")
        self.check(node.left)
        self.check(node.comparators[0])


class _Evaluator:
    """Computes an expression that the whitelist has passed."""

    def __init__(self, text: str, leaves: Mapping[str, Value]) -> None:
        self.text, self.leaves = text, leaves

    def compute(self, node: ast.expr) -> Any:
        """The Value or float, list of them, or truth value that a part of the expression stands for."""
        match node:
            case ast.Constant():
                return float(node.value)  # type: ignore[arg-type]
            case ast.Name():
                return self.leaves[node.id]
            case ast.List():
                return [self.compute(element) for element in node.elts]
            case ast.Compare():
                return _COMPARISONS[type(node.ops[0])](self.compute(node.left), self.compute(node.comparators[0]))
            case ast.UnaryOp():
                operand = self.compute(node.operand)
                if isinstance(node.op, ast.UAdd):
                    return operand
                return -operand if isinstance(operand, float) else self.apply(node, "neg", [operand])
            case ast.BinOp():
                operands = [self.compute(node.left), self.compute(node.right)]
                if isinstance(node.op, ast.Pow):
                    self.check_exponent(node.right, operands[1])
                return self.apply(node, _OPERATORS[type(node.op)], operands)
            case ast.Call(func=ast.Name(id=name)):
                arguments = [self.compute(argument) for argument in node.args]
                options = {str(keyword.arg): self.compute(keyword.value) for keyword in node.keywords}
                if name == "pow" and len(arguments) == 2:
                    self.check_exponent(node.args[1], arguments[1])
                return self.apply(node, name, arguments, options)
        raise AssertionError(f"{type(node).__name__} has passed the whitelist")

    def check_exponent(self, node: ast.expr, exponent: Any) -> None:
        if abs(float(exponent)) > _MAX_EXPONENT:
            raise ExpressionError(
                f"an exponent beyond ±{_MAX_EXPONENT} is refused", self.text, _column(self.text, node)
            )

    def apply(self, node: ast.expr, name: str, arguments: list[Any], options: Mapping[str, Any] = {}) -> Any:
        try:
            with np.errstate(all="ignore"):
                result = FUNCTIONS[name](*arguments, **options)
        except (ArgumentTypeError, ShapeError, TypeError) as problem:
            advice = str(problem) if isinstance(problem, AutogradError) else f"{name} takes other arguments"
            raise ExpressionError(advice, self.text, _column(self.text, node)) from None
        value = float(result)
        if not math.isfinite(value):
            raise ExpressionError(f"{_shown(name, arguments)} is {_why(value, name, arguments)}")
        return result if isinstance(result, Value) else value


def _shown(name: str, arguments: list[Any]) -> str:
    """A call with its numbers: ``log(-1)``, ``2 / 0``."""
    texts = ["[…]" if isinstance(x, list) else number(x, 6) for x in arguments]
    op = FUNCTIONS[name]
    if isinstance(op, Op) and op.operator and len(texts) == 2:
        return f"{texts[0]} {op.sign} {texts[1]}"
    return f"{name}({', '.join(texts)})"


def _why(value: float, name: str, arguments: list[Any]) -> str:
    if math.isnan(value):
        return "not defined"
    at_a_pole = name == "log1p" or any(isinstance(x, (float, Value)) and float(x) == 0 for x in arguments)
    return "infinite" if at_a_pole else "too large for a float64"


_ALLOWED = "use numbers, variables, + - * / **, parentheses and functions"

_CONSTRUCTS: Mapping[type[ast.expr], str] = {
    ast.Attribute: "attribute access with a dot",
    ast.Subscript: "a subscript [ ]",
    ast.Compare: "a comparison outside where(…)",
    ast.IfExp: "if … else (there is where)",
    ast.BoolOp: "and, or",
    ast.Lambda: "lambda",
    ast.List: "a list outside dot(…)",
    ast.Tuple: "a comma outside a call",
    ast.Starred: "unpacking with *",
    ast.JoinedStr: "a string",
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
}


def _describe(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
        return "^ (a power is written **)"
    if isinstance(node, (ast.UnaryOp, ast.BinOp)):
        return f"the operator {type(node.op).__name__}"
    return _CONSTRUCTS.get(type(node), type(node).__name__)
