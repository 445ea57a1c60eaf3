"""Which special functions can be differentiated?

SciPy computes them; the rules are here. Importing this module also makes SciPy's own functions work on nodes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special as _special

from autograd.functions.numpy_only import plain
from autograd.numpy import asarray
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

_ROOT_PI = float(np.sqrt(np.pi))
_ROOT_2PI = float(np.sqrt(2 * np.pi))


def _op(function: Any, *rules: Any) -> Op:
    """An operation of SciPy's ufunc (on arrays only: for symbols and scalar kernels its name means nothing)."""
    if len(rules) == 1:
        made = Op(function.__name__, lambda a: function(np.asarray(a)), *rules, elementwise=True)
    else:
        made = Op(function.__name__, lambda a, b: function(np.asarray(a), np.asarray(b)), *rules, elementwise=True)
    if TABLE.of_numpy(function) is None:
        TABLE.translate(function, made)
    return made


_polygamma: Op = Op(
    "polygamma",
    lambda a, n: _special.polygamma(n, np.asarray(a)),
    lambda g, y, a, n: g * _polygamma(a, n + 1),
    elementwise=True,
)


def polygamma(n: int, x: Any) -> Any:
    """The derivative of order n of `digamma`."""
    return _polygamma(x, plain(n))


digamma = psi = _op(_special.psi, lambda g, y, a: g * _polygamma(a, 1))
gamma = _op(_special.gamma, lambda g, y, a: g * y * digamma(a))
gammaln = _op(_special.gammaln, lambda g, y, a: g * digamma(a))
rgamma = _op(_special.rgamma, lambda g, y, a: -g * y * digamma(a))
beta = _op(
    _special.beta,
    lambda g, y, a, b: g * y * (digamma(a) - digamma(a + b)),
    lambda g, y, a, b: g * y * (digamma(b) - digamma(a + b)),
)
betaln = _op(
    _special.betaln,
    lambda g, y, a, b: g * (digamma(a) - digamma(a + b)),
    lambda g, y, a, b: g * (digamma(b) - digamma(a + b)),
)
erf = _op(_special.erf, lambda g, y, a: g * 2 / _ROOT_PI * np.exp(-a * a))
erfc = _op(_special.erfc, lambda g, y, a: -g * 2 / _ROOT_PI * np.exp(-a * a))
erfinv = _op(_special.erfinv, lambda g, y, a: g * _ROOT_PI / 2 * np.exp(y * y))
erfcinv = _op(_special.erfcinv, lambda g, y, a: -g * _ROOT_PI / 2 * np.exp(y * y))
expit = _op(_special.expit, lambda g, y, a: g * y * (1 - y))
logit = _op(_special.logit, lambda g, y, a: g / (a * (1 - a)))
ndtr = _op(_special.ndtr, lambda g, y, a: g / _ROOT_2PI * np.exp(-a * a / 2))
ndtri = _op(_special.ndtri, lambda g, y, a: g * _ROOT_2PI * np.exp(y * y / 2))
log_ndtr = _op(_special.log_ndtr, lambda g, y, a: g / _ROOT_2PI * np.exp(-a * a / 2 - y))
j1: Op = _op(
    _special.j1, lambda g, y, a: g * (j0(a) - np.where(np.equal(a, 0), 0.5, y / np.where(np.equal(a, 0), 1, a)))
)
j0: Op = _op(_special.j0, lambda g, y, a: -g * j1(a))
i1: Op = _op(
    _special.i1, lambda g, y, a: g * (i0(a) - np.where(np.equal(a, 0), 0.5, y / np.where(np.equal(a, 0), 1, a)))
)
i0: Op = _op(_special.i0, lambda g, y, a: g * i1(a))


def multigammaln(a: Any, d: int) -> Any:
    """The logarithm of the multivariate gamma function of dimension d."""
    terms = [gammaln(a - j / 2) for j in range(d)]
    return sum(terms[1:], terms[0]) + d * (d - 1) / 4 * float(np.log(np.pi))


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
