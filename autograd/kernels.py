"""How does a row of the table become fast Python for single numbers?

A kernel takes floats and returns the output together with the local gradients, ``(y, dy/da, dy/db, …)``. Its
source is the row's own rules, written out by `autograd.symbolic`, with an upstream gradient of one. ``math``
raises where IEEE 754 has an answer (log of 0, division by 0, overflow); then NumPy, which the rules are defined
in, is asked instead.

A local gradient of None says that nothing flows: the input is a constant, or the gate is closed.
"""

from __future__ import annotations

import builtins
import linecache
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.ops.table import CANNOT_BE_WRITTEN, TABLE, Op
from autograd.symbolic import PYTHON, Expression, Writer, constant, mentions, substitute

__all__ = ["kernel", "kernel_source"]

Kernel = Callable[..., tuple[Any, ...]]

_NAMESPACE = {
    name: getattr(math, name)
    for name in (
        *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "sin", "sinh", "tan", "tanh"),
        *("erf", "erfc", "exp", "exp2", "expm1", "log", "log10", "log1p", "log2", "pow", "sqrt"),
        *("ceil", "copysign", "floor", "hypot", "trunc"),
        *("inf", "nan"),
    )
}


def _expand(head: str, arguments: tuple[Expression, ...]) -> Expression | None:
    """An operation of the table inside a rule is replaced by its forward function, unless ``math`` has it."""
    if head in _NAMESPACE or head in PYTHON.forms or head not in TABLE:
        return None
    forward = TABLE[head].forward
    return None if isinstance(forward, np.ufunc) else forward(*arguments)


def _closed_gates(rule: Expression) -> Expression:
    """Turn the branch of a route through which no upstream gradient passes into None."""
    if rule.head == "where":
        condition, chosen, other = rule.arguments
        return Expression("where", (condition, _closed_gates(chosen), _closed_gates(other)))
    return rule if mentions(rule, "g") else constant(None)


def _flows(op: Op, index: int) -> bool:
    """Whether anything flows to an input; through a step nothing does, not even nan."""
    rule = op.rule_expression(index)
    return rule is not None and mentions(rule, "g")


def kernel_source(op: Op, needs: Sequence[bool]) -> tuple[list[str], list[str]]:
    """The statements of a kernel and the expressions it returns.

    Parameters
    ----------
    op : Op
        An elementwise operation.
    needs : sequence of bool
        For each input, whether its local gradient is wanted.
    """
    forward = op.expression
    results = [forward]
    for index, needed in enumerate(needs):
        rule = op.rule_expression(index) if needed else None
        local = constant(None) if rule is None else _closed_gates(rule)
        results.append(substitute(local, {"g": constant(1.0), "y": forward}))
    writer = Writer(PYTHON, _expand)
    lines = writer.define_shared(results)
    return lines, [writer.write(result) for result in results]


def kernel(op: Op, needs: Sequence[bool]) -> Kernel:
    """The scalar function ``kernel(*inputs) -> (y, *local_gradients)`` of an operation."""
    try:
        lines, results = kernel_source(op, needs)
    except CANNOT_BE_WRITTEN:
        return _slow_kernel(op, needs, np.float64)
    slow = _slow_kernel(op, [need and _flows(op, index) for index, need in enumerate(needs)])
    body = "".join(f"        {line}\n" for line in [*lines, f"return {', '.join(results)}"])
    arguments = ", ".join(op.parameters)
    source = (
        f"def kernel({arguments}):\n"
        f"    try:\n{body}"
        f"    except (ArithmeticError, ValueError):\n"
        f"        return slow({arguments})\n"
    )
    filename = f"<kernel {op.name} {''.join('01'[need] for need in needs)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace = {**_NAMESPACE, "slow": slow}
    exec(compile(source, filename, "exec"), namespace)  # our own text, from our own table
    made: Any = namespace["kernel"]
    if not namespace.keys() >= set(made.__code__.co_names) - set(dir(builtins)):
        return _slow_kernel(op, needs, np.float64)  # it calls a function that is not in ``math``
    return made


def _one_entry(x: float) -> np.ndarray:
    """For single numbers NumPy takes shortcuts, such as a root for the power 0.5; for arrays it does not."""
    return np.array([x])


def _slow_kernel(op: Op, needs: Sequence[bool], as_numpy: Callable[[float], Any] = _one_entry) -> Kernel:
    """The same by calling the rules on NumPy numbers: IEEE 754 throughout, for any operation."""

    def compute(*inputs: Any) -> tuple[Any, ...]:
        numbers = tuple(as_numpy(x) if isinstance(x, float) else x for x in inputs)
        with np.errstate(all="ignore"):
            y = op.forward(*numbers)
            local = op.flow(as_numpy(1.0), y, numbers, needs)
        return np.float64(y).item(), *(None if d is None else np.asarray(d, float).item() for d in local)

    return compute
