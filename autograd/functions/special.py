"""Which functions does SciPy compute, to which we know the derivatives?

More of them, under SciPy's names, are in `autograd.scipy.special`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError
from autograd.functions.bare import bare
from autograd.functions.registry import function
from autograd.ops.special import DIGAMMA, ERFINV, LGAMMA, POLYGAMMA

__all__ = ["digamma", "erfinv", "lgamma", "polygamma"]


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
