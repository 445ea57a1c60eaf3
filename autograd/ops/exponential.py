"""Exponentials, logarithms, roots, and the error function."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from autograd.ops.table import TABLE
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

exp2 = entry("exp2", np.exp2, lambda g, y, a: g * (y * math.log(2)))

log2 = entry(
    "log2",
    np.log2,
    lambda g, y, a: g / (a * math.log(2)),
    domain=(0, np.inf),
    at_kink="log2(0) is -inf with gradient inf; the log of a negative number is nan.",
)

log10 = entry(
    "log10",
    np.log10,
    lambda g, y, a: g / (a * math.log(10)),
    domain=(0, np.inf),
    at_kink="log10(0) is -inf with gradient inf; the log of a negative number is nan.",
)

rsqrt = entry(
    "rsqrt",
    lambda a: 1 / np.sqrt(a),
    lambda g, y, a: -0.5 * g * (y * y * y),
    sign="1/√x",
    domain=(0, np.inf),
    at_kink="1/√0 is inf with gradient -inf; below 0 it is nan.",
)

logaddexp = entry(
    "logaddexp",
    np.logaddexp,
    lambda g, y, a, b: g * TABLE["sigmoid"](a - b),  # whose own derivative does not overflow
    lambda g, y, a, b: g * TABLE["sigmoid"](b - a),
    formula="ln(exp(a) + exp(b))",
    doc="The logarithm of a sum of exponentials, without overflow.",
)

logaddexp2 = entry(
    "logaddexp2",
    np.logaddexp2,
    lambda g, y, a, b: g * TABLE["sigmoid"]((a - b) * math.log(2)),
    lambda g, y, a, b: g * TABLE["sigmoid"]((b - a) * math.log(2)),
    formula="log2(2^a + 2^b)",
)


def _xlogy(a: Any, b: Any) -> Any:
    """0·log(b) is 0 for every number b, as entropies need it."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):  # a Python number takes the array's element type
        dtype = np.result_type(a, b)
        a, b = np.asarray(a, dtype), np.asarray(b, dtype)
    return np.where(np.isnan(b), b, a * np.log(np.where(np.equal(a, 0), 1, b)))


xlogy = entry(
    "xlogy",
    _xlogy,
    lambda g, y, a, b: np.where(np.logical_and(np.equal(a, 0), b <= 0), 0, g * np.log(b)),
    lambda g, y, a, b: g * a / b,
    formula="a·ln(b)",
    kink=lambda a, b: np.maximum(b, 0),
    at_kink="0·ln(b) is 0, and at b ≤ 0 its gradient to a is 0.",
)

logit = entry(
    "logit",
    lambda a: np.log(a / (1 - a)),
    lambda g, y, a: np.where(np.logical_and(a >= 0, a <= 1), g, np.nan) / (a * (1 - a)),
    domain=(0, 1),
    at_kink="logit(0) is -inf and logit(1) is inf, with gradient inf; outside of [0, 1] it is nan.",
)


def of_scipy(name: str, *inputs: Any) -> Any:
    """One of SciPy's special functions, in the element type of the last input; SciPy is loaded on the first use."""
    from scipy import special

    y = getattr(special, name)(*inputs)
    return y.astype(np.float16) if getattr(inputs[-1], "dtype", None) == np.float16 else y  # SciPy has none of 16 bits


erf = entry(
    "erf",
    lambda a: math.erf(a) if isinstance(a, float) else of_scipy("erf", a),
    lambda g, y, a: g * (2 / math.sqrt(math.pi) * np.exp(-a * a)),
    formula="erf(a)",
    doc="The error function, 2/√π ∫₀ᵃ exp(−t²) dt.",
)

erfc = entry(
    "erfc",
    lambda a: math.erfc(a) if isinstance(a, float) else of_scipy("erfc", a),
    lambda g, y, a: g * (-2 / math.sqrt(math.pi) * np.exp(-a * a)),
    formula="erfc(a)",
    doc="The complementary error function, 1 − erf(a), exact where erf is nearly 1.",
)
