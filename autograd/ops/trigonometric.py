"""Angles and lengths: the trigonometric and hyperbolic functions, their inverses, hypot and sinc."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from autograd.ops.exponential import rsqrt
from autograd.ops.table import entry as _entry

entry = partial(_entry, elementwise=True, floating=True)

sin = entry("sin", np.sin, lambda g, y, a: g * np.cos(a))
cos = entry("cos", np.cos, lambda g, y, a: -g * np.sin(a))
tan = entry("tan", np.tan, lambda g, y, a: g * (1 + y * y), kink=lambda a: np.cos(a))

asin = entry(
    "asin",
    np.arcsin,
    lambda g, y, a: g * rsqrt(1 - a * a),
    domain=(-1, 1),
    at_kink="At ±1 the gradient is inf; beyond, asin is nan.",
)

acos = entry(
    "acos",
    np.arccos,
    lambda g, y, a: -g * rsqrt(1 - a * a),
    domain=(-1, 1),
    at_kink="At ±1 the gradient is -inf; beyond, acos is nan.",
)

atan = entry("atan", np.arctan, lambda g, y, a: g / (a * a + 1))


def _turn(g: Any, across: Any, a: Any, b: Any) -> Any:
    square = a * a + b * b
    return np.where(np.equal(square, 0), 0, g * across / np.where(np.equal(square, 0), 1, square))


atan2 = entry(
    "atan2",
    np.arctan2,
    lambda g, y, a, b: _turn(g, b, a, b),
    lambda g, y, a, b: _turn(-g, a, a, b),
    gradients=("g·b/(a² + b²)", "−g·a/(a² + b²)"),
    kink=lambda a, b: np.hypot(a, np.maximum(b, 0)),
    at_kink="At (0, 0) both gradients are 0. Across the negative half of the b-axis the angle jumps by 2π.",
    doc="The angle of the point (b, a), between -π and π.",
)

sinh = entry("sinh", np.sinh, lambda g, y, a: g * np.cosh(a))
cosh = entry("cosh", np.cosh, lambda g, y, a: g * np.sinh(a))
tanh = entry("tanh", np.tanh, lambda g, y, a: g * (1 - y * y))

asinh = entry("asinh", np.arcsinh, lambda g, y, a: g * rsqrt(a * a + 1))

acosh = entry(
    "acosh",
    np.arccosh,
    lambda g, y, a: g * rsqrt(a * a - 1),
    domain=(1, np.inf),
    at_kink="acosh(1) is 0 with gradient inf; below 1 it is nan.",
)

atanh = entry(
    "atanh",
    np.arctanh,
    lambda g, y, a: g / (1 - a * a),
    domain=(-1, 1),
    at_kink="atanh(±1) is ±inf with gradient inf; beyond, it is nan.",
)

hypot = entry(
    "hypot",
    np.hypot,
    lambda g, y, a, b: g * (a / y),
    lambda g, y, a, b: g * (b / y),
    formula="√(a² + b²)",
    kink=lambda a, b: np.hypot(a, b),
    at_kink="At (0, 0) both gradients are nan.",
)

_NEAR = 0.05
"""So near to 0 the slope of sinc is taken from its series: the quotient would lose digits to cancellation."""


def _sinc(a: Any) -> Any:
    x = np.where(np.equal(a, 0), 1, math.pi * a)
    return np.where(np.equal(a, 0), 1, np.sin(x) / x)


def _sinc_rule(g: Any, y: Any, a: Any) -> Any:
    x = math.pi * a
    z = x * x
    series = -math.pi / 3 * x * (1 - z / 10 * (1 - z / 28 * (1 - z / 54 * (1 - z / 88))))
    far = np.where(abs(a) < _NEAR, 1, a)
    return g * np.where(abs(a) < _NEAR, series, (np.cos(math.pi * far) - np.sin(math.pi * far) / (math.pi * far)) / far)


sinc = entry(
    "sinc",
    _sinc,
    _sinc_rule,
    numpy=(np.sinc,),
    formula="sin(π·a)/(π·a)",
    gradients=("g·(cos(π·a) − y)/a",),
)
