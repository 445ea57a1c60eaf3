"""Which functions does SciPy compute, to which we know the derivatives?

They are operations like the rows of the table, but not in it: single numbers and pictures have no formula for them.
SciPy is loaded when one of them is first called. More of them, under SciPy's names, are in `autograd.scipy.special`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError
from autograd.functions.bare import bare
from autograd.functions.registry import function
from autograd.ops.exponential import of_scipy
from autograd.ops.table import Op

__all__ = ["DIGAMMA", "ERFINV", "LGAMMA", "POLYGAMMA", "digamma", "erfinv", "lgamma", "polygamma"]


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
    lambda a: of_scipy("gammaln", np.asarray(a)),
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


@function()
def lgamma(input: Any) -> Any:
    """ln |Γ(x)|; of a whole number n the logarithm of (n − 1)!."""
    return LGAMMA(input)


@function()
def digamma(input: Any) -> Any:
    """The derivative of `lgamma`."""
    return DIGAMMA(input)


@function(method=False)
def polygamma(n: int, input: Any) -> Any:
    """The derivative of order n of `digamma`.

    Raises
    ------
    ArgumentTypeError
        If n is not an integer from 0 on.
    """
    order = bare(n)
    if not isinstance(order, (int, np.integer, np.ndarray)) or np.less(order, 0).any():
        raise ArgumentTypeError(f"polygamma(): the order is an integer from 0 on, not {order!r:.40}")
    return POLYGAMMA(input, order)


@function()
def erfinv(input: Any) -> Any:
    """The number whose error function this is: ±inf at ±1, nan beyond."""
    return ERFINV(input)
