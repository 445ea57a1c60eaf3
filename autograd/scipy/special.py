"""Which special functions can be differentiated?

SciPy computes them; the rules are here. Importing this module also makes SciPy's own functions work on nodes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special as _special

from autograd.functions.numpy_only import plain
from autograd.numpy import asarray
from autograd.ops.exponential import of_scipy
from autograd.ops.special import DIGAMMA, ERFINV, LGAMMA, POLYGAMMA
from autograd.ops.table import TABLE, Op
from autograd.trees import is_tree

__all__ = [
    "beta",
    "betaln",
    "digamma",
    "erf",
    "erfc",
    "erfcinv",
    "erfinv",
    "expit",
    "gamma",
    "gammaln",
    "i0",
    "i1",
    "j0",
    "j1",
    "log_ndtr",
    "logit",
    "logsumexp",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "rgamma",
]

_ROOT_PI = math.sqrt(math.pi)
_ROOT_2PI = math.sqrt(2 * math.pi)


def _means(function: Any, op: Op) -> Op:
    """Let SciPy's own function, called with nodes, mean an operation."""
    TABLE.translate(function, op)
    return op


def _op(name: str, *rules: Any) -> Op:
    """An operation of SciPy's ufunc (on arrays only: for symbols and scalar kernels its name means nothing)."""
    forward = (
        (lambda a: of_scipy(name, np.asarray(a)))
        if len(rules) == 1
        else (lambda a, b: of_scipy(name, np.asarray(a), np.asarray(b)))
    )
    return _means(getattr(_special, name), Op(name, forward, *rules, elementwise=True, floating=True))


def polygamma(n: int, x: Any) -> Any:
    """The derivative of order n of `digamma`."""
    return POLYGAMMA(x, plain(n))


erf = _means(_special.erf, TABLE["erf"])
erfc = _means(_special.erfc, TABLE["erfc"])
expit = _means(_special.expit, TABLE["sigmoid"])
logit = _means(_special.logit, TABLE["logit"])
erfinv = _means(_special.erfinv, ERFINV)
digamma = psi = _means(_special.psi, DIGAMMA)
gammaln = _means(_special.gammaln, LGAMMA)
gamma = _op("gamma", lambda g, y, a: g * y * digamma(a))
rgamma = _op("rgamma", lambda g, y, a: -g * y * digamma(a))
beta = _op(
    "beta",
    lambda g, y, a, b: g * y * (digamma(a) - digamma(a + b)),
    lambda g, y, a, b: g * y * (digamma(b) - digamma(a + b)),
)
betaln = _op(
    "betaln",
    lambda g, y, a, b: g * (digamma(a) - digamma(a + b)),
    lambda g, y, a, b: g * (digamma(b) - digamma(a + b)),
)
erfcinv = _op("erfcinv", lambda g, y, a: -g * _ROOT_PI / 2 * np.exp(y * y))
ndtr = _op("ndtr", lambda g, y, a: g / _ROOT_2PI * np.exp(-a * a / 2))
ndtri = _op("ndtri", lambda g, y, a: g * _ROOT_2PI * np.exp(y * y / 2))
log_ndtr = _op("log_ndtr", lambda g, y, a: g / _ROOT_2PI * np.exp(-a * a / 2 - y))
j1: Op = _op("j1", lambda g, y, a: g * (j0(a) - np.where(np.equal(a, 0), 0.5, y / np.where(np.equal(a, 0), 1, a))))
j0: Op = _op("j0", lambda g, y, a: -g * j1(a))
i1: Op = _op("i1", lambda g, y, a: g * (i0(a) - np.where(np.equal(a, 0), 0.5, y / np.where(np.equal(a, 0), 1, a))))
i0: Op = _op("i0", lambda g, y, a: g * i1(a))


def multigammaln(a: Any, d: int) -> Any:
    """The logarithm of the multivariate gamma function of dimension d."""
    terms = [gammaln(a - j / 2) for j in range(d)]
    return sum(terms[1:], terms[0]) + d * (d - 1) / 4 * math.log(math.pi)


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    """``log(sum(b * exp(a)))`` over axes, computed from the largest entry so that nothing overflows."""
    a = asarray(a) if is_tree(a) else a
    numbers = np.asarray(plain(a))
    if numbers.size == 0:
        largest: Any = np.zeros(np.sum(numbers, axis=axis, keepdims=True).shape)
    else:
        largest = np.max(numbers, axis=axis, keepdims=True)
        largest = np.where(np.isfinite(largest), largest, 0.0)
    weights = np.exp(a - largest)
    total = np.log(np.sum(weights if b is None else b * weights, axis=axis, keepdims=True)) + largest
    return total if keepdims else np.reshape(total, np.sum(numbers, axis=axis).shape)
