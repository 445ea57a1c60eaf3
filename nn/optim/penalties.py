"""How does one ask for small weights in the loss itself?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError

__all__ = ["l1_penalty", "l2_penalty"]


def l1_penalty(parameters: Tensor | Iterable[Tensor], weight: float) -> Tensor:
    """λ·Σ|w|: pulls every weight towards 0 with the same force, so that many become 0.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        Of any shapes.
    weight : float
        λ.

    Returns
    -------
    Tensor
        A scalar, recorded, to be added to a loss.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If something is no Tensor, if there is none, or if λ is negative.

    References
    ----------
    Tibshirani, "Regression shrinkage and selection via the lasso", JRSS B 58, 1996.
    """
    return weight * _total([p.abs().sum() for p in _listed(parameters, weight)])


def l2_penalty(parameters: Tensor | Iterable[Tensor], weight: float) -> Tensor:
    """λ·Σw²: pulls every weight towards 0 with a force that grows with it.

    Its gradient is 2λ·w; under `SGD` it equals ``weight_decay=2*weight``, which stands for λ/2·Σw².

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        Of any shapes.
    weight : float
        λ.

    Returns
    -------
    Tensor
        A scalar, recorded, to be added to a loss.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If something is no Tensor, if there is none, or if λ is negative.

    References
    ----------
    Hoerl and Kennard, "Ridge regression", Technometrics 12, 1970.
    """
    return weight * _total([p.square().sum() for p in _listed(parameters, weight)])


def _listed(parameters: Tensor | Iterable[Tensor], weight: float) -> list[Any]:
    listed = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if not listed:
        raise ArgumentValueError("there are no parameters to penalize; was an iterator used up before?")
    for p in listed:
        if not isinstance(p, Tensor):
            raise ArgumentTypeError(f"only Tensors can be penalized, not a {type(p).__name__}")
    if not weight >= 0:
        raise ArgumentValueError(f"a penalty's weight is at least 0, not {weight}")
    return listed


def _total(terms: list[Tensor]) -> Tensor:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
