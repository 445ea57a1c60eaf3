"""Sums, products, powers: the operators of Python."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

import numpy as np

from autograd.errors import DtypeError
from autograd.ops.table import entry as _entry

entry = partial(_entry, elementwise=True)

add = entry(
    "add",
    np.add,
    lambda g, y, a, b: g,
    lambda g, y, a, b: g,
    sign="+",
    operator="add",
    pattern="distribute",
)

sub = entry(
    "sub",
    np.subtract,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g,
    sign="-",
    operator="sub",
    pattern="distribute",
)

mul = entry(
    "mul",
    np.multiply,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    sign="*",
    operator="mul",
    pattern="swap",
)

div = entry(
    "div",
    np.true_divide,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -g * y / b,
    sign="/",
    operator="truediv",
    numpy=(np.divide,),
    floating=True,
    kink=lambda a, b: b,
    at_kink="Division by zero follows IEEE 754: ±inf, or nan for 0/0; nothing is raised.",
)


_TINY = 2.0**-126
"""The smallest normal float32: below it 1/a overflows."""


def _power_rule(g: Any, y: Any, a: Any, b: Any) -> Any:
    if isinstance(b, (int, float)) and b >= 1:
        return g * (a + a) if b == 2 else g * (b * a ** (b - 1))
    # only 0**0 is an exception (and nan**0): elsewhere b = 0 gives 0 by itself, and its own derivative stays right
    exception = np.logical_and(np.equal(b, 0), np.logical_not(abs(a) > _TINY))
    return np.where(exception, 0, g * b * a ** (b - 1))


def _exponent_rule(g: Any, y: Any, a: Any, b: Any) -> Any:
    return np.where(np.logical_and(np.equal(a, 0), b >= 0), 0, g * y * np.log(a))


def _power(*inputs: Any, **out: Any) -> Any:
    try:
        return np.power(*inputs, **out)
    except ValueError as problem:
        if "negative integer powers" not in str(problem):
            raise
        raise DtypeError(
            "pow: integers have no negative powers among the integers: make the base floating-point first, as in "
            "x.to('float32')"
        ) from problem


_power.__signature__ = inspect.signature(lambda a, b: None)  # type: ignore[attr-defined]


pow = entry(
    "pow",
    _power,
    _power_rule,
    _exponent_rule,
    sign="**",
    operator="pow",
    numpy=(np.power,),
    kink=lambda a, b: a,
    domain=(0, np.inf),
    gradients=("g · b · a^(b − 1)", "g · y · ln(a)"),
    at_kink="x**0 is 1 everywhere, with gradient 0 to x, at 0 too. At 0**b with b ≥ 0 the exponent gets 0; "
    "a negative base with a fractional exponent is nan.",
)

neg = entry(
    "neg",
    np.negative,
    lambda g, y, a: -g,
    sign="neg",
    operator="neg",
)

abs = entry(
    "abs",
    np.absolute,
    lambda g, y, a: np.where(a > 0, g, np.where(a < 0, -g, 0)),
    sign="abs",
    operator="abs",
    numpy=(np.fabs,),
    pattern="route",
    kink=lambda a: a,
    at_kink="The gradient of |x| at 0 is 0.",
)

reciprocal = entry(
    "reciprocal",
    np.reciprocal,
    lambda g, y, a: -g * y * y,
    sign="1/x",
    floating=True,
    kink=lambda a: a,
    at_kink="1/0 is inf, with gradient -inf.",
)

copysign = entry(
    "copysign",
    np.copysign,
    lambda g, y, a, b: np.where(np.equal(a, 0), 0, g * (y / a)),
    lambda g, y, a, b: 0.0,
    floating=True,
    formula="|a| with the sign of b",
    kink=lambda a, b: np.minimum(np.abs(a), np.abs(b)),
    at_kink="At a = 0 the gradient is 0. The sign of -0.0 is set.",
)

square = entry("square", lambda a: a * a, lambda g, y, a: g * (2 * a), numpy=(np.square,), sign="x²", formula="a²")


def _to_next_multiple(a: Any, b: Any) -> Any:
    """Roughly how far both may move until the quotient is a whole number, where it jumps."""
    quotient = a / b
    return (quotient - np.rint(quotient)) * (b * b) / np.hypot(a, b)


fmod = entry(
    "fmod",
    np.fmod,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g * np.trunc(a / b),
    kink=_to_next_multiple,
    at_kink="At whole quotients the value jumps; the gradient to a is 1 there too. fmod(a, 0) is nan.",
    doc="What is left of a after taking away b as often as it fits; it has the sign of a.",
)

remainder = entry(
    "remainder",
    np.remainder,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g * np.floor_divide(a, b),
    sign="%",
    operator="mod",
    kink=_to_next_multiple,
    at_kink="At whole quotients the value jumps; the gradient to a is 1 there too. a % 0 is nan.",
    doc="What is left of a after taking away b a whole number of times; it has the sign of b, as in Python.",
)

floor_divide = entry(
    "floor_divide",
    np.floor_divide,
    lambda g, y, a, b: 0.0,
    lambda g, y, a, b: 0.0,
    sign="//",
    operator="floordiv",
    pattern="route",
    kink=_to_next_multiple,
    at_kink="It is flat between its jumps: the gradient is 0 everywhere.",
)

lerp = entry(
    "lerp",
    lambda a, end, weight: np.where(np.abs(weight) < 0.5, a + weight * (end - a), end - (end - a) * (1 - weight)),
    lambda g, y, a, end, weight: g * (1 - weight),
    lambda g, y, a, end, weight: g * weight,
    lambda g, y, a, end, weight: g * (end - a),
    formula="a + weight·(end − a)",
    doc="On the way from a to end; exact at both.",
)
