"""Exponentials, logarithms, roots, trigonometric functions, and the error function."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from autograd.ops.table import entry as _entry

entry = partial(_entry, elementwise=True, floating=True)

exp = entry("exp", np.exp, lambda g, y, a: g * y)
expm1 = entry("expm1", np.expm1, lambda g, y, a: g * (y + 1))

log = entry(
    "log",
    np.log,
    lambda g, y, a: g / a,
    domain=(0, np.inf),
    at_kink="log(0) is -inf with gradient inf; the log of a negative number is nan.",
)

log1p = entry(
    "log1p",
    np.log1p,
    lambda g, y, a: g / (a + 1),
    domain=(-1, np.inf),
    at_kink="log1p(-1) is -inf with gradient inf; below -1 it is nan.",
)

sqrt = entry(
    "sqrt",
    np.sqrt,
    lambda g, y, a: g / (2 * y),
    domain=(0, np.inf),
    at_kink="sqrt(0) is 0 with gradient inf; the root of a negative number is nan.",
)

sin = entry("sin", np.sin, lambda g, y, a: g * np.cos(a))
cos = entry("cos", np.cos, lambda g, y, a: -g * np.sin(a))
tan = entry("tan", np.tan, lambda g, y, a: g * (1 + y * y), kink=lambda a: np.cos(a))
tanh = entry("tanh", np.tanh, lambda g, y, a: g * (1 - y * y))


def _erf(a: Any) -> Any:
    """2/√π ∫₀ᵃ exp(-t²) dt; SciPy is loaded on the first use with arrays."""
    if isinstance(a, float):
        return math.erf(a)
    from scipy.special import erf

    return erf(a)


erf = entry(
    "erf",
    _erf,
    lambda g, y, a: g * (2 / math.sqrt(math.pi) * np.exp(-a * a)),
    formula="erf(a)",
    doc="The error function, 2/√π ∫₀ᵃ exp(−t²) dt.",
)
