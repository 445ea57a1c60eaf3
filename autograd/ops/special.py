"""What SciPy computes and we know the derivatives of: operations, but no rows of the table.

Single numbers, pictures and the documentation write rows out, and for these there is no formula. SciPy is loaded when
one of them is first called.
"""

from __future__ import annotations

import math

import numpy as np

from autograd.ops.exponential import of_scipy
from autograd.ops.table import Op

__all__ = ["DIGAMMA", "ERFINV", "LGAMMA", "POLYGAMMA"]

POLYGAMMA: Op = Op(
    "polygamma",
    lambda a, n: of_scipy("polygamma", n, np.asarray(a)),
    lambda g, y, a, n: g * POLYGAMMA(a, n + 1),
    elementwise=True,
    floating=True,
)
DIGAMMA: Op = Op(
    "digamma",
    lambda a: of_scipy("psi", np.asarray(a)),
    lambda g, y, a: g * POLYGAMMA(a, 1),
    elementwise=True,
    floating=True,
)
LGAMMA: Op = Op(
    "lgamma",
    lambda a: np.where(np.equal(a, -np.inf), np.inf, of_scipy("gammaln", np.asarray(a))),  # SciPy has -inf there
    lambda g, y, a: g * DIGAMMA(a),
    elementwise=True,
    floating=True,
)
ERFINV: Op = Op(
    "erfinv",
    lambda a: of_scipy("erfinv", np.asarray(a)),
    lambda g, y, a: g * (math.sqrt(math.pi) / 2 * np.exp(y * y)),
    elementwise=True,
    floating=True,
)
