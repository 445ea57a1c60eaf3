"""The bends of a network: sigmoid, softplus, and the ReLU family."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from autograd.ops.exponential import erf
from autograd.ops.selection import blocked
from autograd.ops.table import entry as _entry

entry = partial(_entry, elementwise=True, floating=True)


def _sigmoid(a: Any) -> Any:
    """1/(1 + exp(-a)) without overflow: exp only ever sees a non-positive number."""
    z = np.exp(-abs(a))
    return np.where(a >= 0, 1, z) / (1 + z)


sigmoid = entry("sigmoid", _sigmoid, lambda g, y, a: g * y * (1 - y), sign="σ", formula="1/(1 + exp(−a))")


def _softplus(a: Any, beta: Any = 1.0, threshold: Any = 20.0) -> Any:
    scaled = a * beta
    rounded = np.maximum(scaled, 0) + np.log1p(np.exp(-abs(scaled)))  # exp only ever sees a non-positive number
    return np.where(scaled > threshold, a, rounded / beta)


softplus = entry(
    "softplus",
    _softplus,
    lambda g, y, a, beta, threshold: np.where(a * beta > threshold, g, g * sigmoid(a * beta)),
    formula="ln(1 + exp(beta·a))/beta",
    at_kink="Where beta·x exceeds the threshold, softplus is x itself (off by less than 3e-9), as in PyTorch.",
    kink=lambda a, beta=1.0, threshold=20.0: a * beta - threshold,
)

relu = entry(
    "relu",
    lambda a: np.maximum(a, 0),
    lambda g, y, a: blocked(g, y <= 0),  # by y, so that a need not be kept
    sign="ReLU",
    pattern="route",
    floating=False,
    kink=lambda a: a,
    at_kink="The gradient of relu at 0 is 0.",
)

leaky_relu = entry(
    "leaky_relu",
    lambda a, negative_slope=0.01: np.where(a > 0, a, a * negative_slope),
    lambda g, y, a, negative_slope: np.where(a > 0, g, g * negative_slope),
    kink=lambda a, negative_slope=0.01: a,
    at_kink="The gradient of leaky_relu at 0 is negative_slope.",
)

elu = entry(
    "elu",
    lambda a, alpha=1.0: np.where(a > 0, a, alpha * np.expm1(np.minimum(a, 0))),
    lambda g, y, a, alpha: np.where(a <= 0, g * (alpha * np.exp(np.minimum(a, 0))), g),
    kink=lambda a, alpha=1.0: a,
    at_kink="The gradient of elu at 0 is alpha.",
)


def _normal_cdf(a: Any) -> Any:
    return 0.5 * (1 + erf(a * (1 / math.sqrt(2))))


def _normal_pdf(a: Any) -> Any:
    return 1 / math.sqrt(2 * math.pi) * np.exp(-0.5 * (a * a))


gelu = entry(
    "gelu",
    lambda a: a * _normal_cdf(a),
    lambda g, y, a: g * (_normal_cdf(a) + a * _normal_pdf(a)),
    formula="a·Φ(a)",
    gradients=("g·(Φ(a) + a·φ(a))",),
    doc="Gaussian error linear unit, exact form (Hendrycks and Gimpel 2016, section 2).",
)


def _gelu_inner(a: Any) -> Any:
    return math.sqrt(2 / math.pi) * (a + 0.044715 * (a * a * a))


def _gelu_tanh_rule(g: Any, y: Any, a: Any) -> Any:
    t = np.tanh(_gelu_inner(a))
    slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * (a * a))
    return g * (0.5 * (1 + t) + 0.5 * a * (1 - t * t) * slope)


gelu_tanh = entry(
    "gelu_tanh",
    lambda a: 0.5 * a * (1 + np.tanh(_gelu_inner(a))),
    _gelu_tanh_rule,
    formula="0.5·a·(1 + tanh(√(2/π)·(a + 0.044715·a³)))",
    gradients=("g·(0.5·(1 + t) + 0.5·a·(1 − t²)·√(2/π)·(1 + 0.134145·a²)), t the tanh",),
    doc="Gaussian error linear unit, tanh approximation (Hendrycks and Gimpel 2016, section 2).",
)

silu = entry(
    "silu",
    lambda a: a * sigmoid(a),
    lambda g, y, a: g * (sigmoid(a) * (1 + a * (1 - sigmoid(a)))),
    doc="Sigmoid linear unit, also called swish.",
)

hardtanh = entry(
    "hardtanh",
    lambda a, min_val=-1.0, max_val=1.0: np.minimum(np.maximum(a, min_val), max_val),
    lambda g, y, a, min_val, max_val: np.where(np.logical_or(a <= min_val, a >= max_val), 0, g),
    pattern="route",
    floating=False,
    kink=lambda a, min_val=-1.0, max_val=1.0: np.minimum(np.abs(a - min_val), np.abs(a - max_val)),
    at_kink="At the bounds themselves the gradient is 0.",
)
