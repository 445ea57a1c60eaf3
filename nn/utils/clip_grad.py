"""How large are the gradients together, and how are they kept from being too large?"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isfinite, sqrt
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError
from autograd.functions.bare import bare
from autograd.saved import mark_all_changed

__all__ = ["clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]

Tensors = Tensor | Iterable[Tensor]

_BLOCK = 2**13
"""Entries whose squares BLAS sums at once: so few that it never shares them out, whatever the number of threads."""


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,  # noqa: ARG001
) -> Tensor:
    """Scale the gradients of all parameters together so that their norm is at most ``max_norm``.

    They are multiplied by ``max_norm / (norm + 1e-6)`` where that is less than 1; their direction stays.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        Those without a gradient are passed over.
    max_norm : float
    norm_type : float
        2 for the Euclidean norm, ``inf`` for the largest entry.
    error_if_nonfinite : bool
        Refuse gradients that have nan or infinity among them; otherwise all become nan or 0, as in PyTorch.
    foreach : bool, optional
        PyTorch's choice of a kernel; it changes nothing.

    Returns
    -------
    Tensor
        The norm before, a scalar.

    Raises
    ------
    ArgumentValueError
        If ``max_norm`` is negative or nan, or if the norm is not finite and that is to be an error.

    References
    ----------
    Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, arXiv:1211.5063.
    """
    gradients = _gradients(parameters)
    limit = _limit("max_norm", max_norm)
    total = norm_of(gradients, norm_type, error_if_nonfinite)
    _scale(gradients, limit, total)
    return Tensor(np.asarray(total, _type(gradients)))


def get_total_norm(
    tensors: Tensors,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,  # noqa: ARG001
) -> Tensor:
    """The norm of several Tensors, as if they were one vector.

    Parameters
    ----------
    tensors : Tensor or iterable of Tensor
        Gradients, for example.
    norm_type, error_if_nonfinite, foreach
        As for `clip_grad_norm_`.

    Returns
    -------
    Tensor
        A scalar, not recorded; 0 of nothing.
    """
    arrays = [bare(x) for x in _listed(tensors)]
    return Tensor(np.asarray(norm_of(arrays, norm_type, error_if_nonfinite), _type(arrays)))


def clip_grads_with_norm_(
    parameters: Tensors,
    max_norm: float,
    total_norm: Any,
    foreach: bool | None = None,  # noqa: ARG001
) -> None:
    """Scale gradients whose norm is known, as `clip_grad_norm_` does.

    Parameters
    ----------
    parameters, max_norm, foreach
        As for `clip_grad_norm_`.
    total_norm : Tensor or float
        See `get_total_norm`.
    """
    _scale(_gradients(parameters), _limit("max_norm", max_norm), float(bare(total_norm)))


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:  # noqa: ARG001
    """Bring every entry of the gradients into the range from ``-clip_value`` to ``clip_value``.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        Those without a gradient are passed over.
    clip_value : float
    foreach : bool, optional
        PyTorch's choice of a kernel; it changes nothing.

    Raises
    ------
    ArgumentValueError
        If ``clip_value`` is negative or nan.
    """
    limit = _limit("clip_value", clip_value)
    gradients = _gradients(parameters)
    lowest, highest = _in_each_type(-limit, gradients), _in_each_type(limit, gradients)
    for g in gradients:
        g.clip(lowest[g.dtype], highest[g.dtype], out=g)
    mark_all_changed(gradients)


def _listed(tensors: Tensors) -> list[Tensor]:
    listed = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    for x in listed:
        if not isinstance(x, Tensor):
            raise ArgumentTypeError(f"expected Tensors, not a {type(x).__name__}")
    return listed


def _gradients(parameters: Tensors) -> list[np.ndarray]:
    return [bare(p.grad) for p in _listed(parameters) if p.grad is not None]


def _limit(name: str, value: float) -> float:
    limit = float(value)
    if not limit >= 0:
        raise ArgumentValueError(f"{name} must be at least 0, not {limit}")
    return limit


def _in_each_type(number: float, arrays: list[np.ndarray]) -> dict[Any, np.ndarray]:
    """A number as an array of each element type: NumPy takes half as long with it as with a Python number.

    At least of float32, because 1e-6 is hardly a number of float16.
    """
    return {dtype: np.asarray(number, np.promote_types(dtype, np.float32)) for dtype in {a.dtype for a in arrays}}


def _type(arrays: list[np.ndarray]) -> Any:
    return np.result_type(*arrays) if arrays else np.float32


def norm_of(arrays: list[np.ndarray], norm_type: float = 2.0, error_if_nonfinite: bool = False) -> float:
    """The norm of several arrays, as if they were one vector; it does not depend on the number of threads."""
    norm_type = float(norm_type)
    flat = [(a.astype("float32") if a.dtype.itemsize < 4 else a).ravel("K") for a in arrays]
    with np.errstate(all="ignore"):
        if norm_type == 2:
            total = _euclidean(flat)
        else:
            norms = [float(np.linalg.norm(a, norm_type)) for a in flat if a.size]
            total = float(np.linalg.norm(norms, norm_type)) if norms else 0.0
    if error_if_nonfinite and not isfinite(total):
        raise ArgumentValueError(
            f"the gradients cannot be clipped: their norm (of order {norm_type:g}) is {total}; with "
            "error_if_nonfinite=False they are scaled by it all the same, which makes them nan or 0"
        )
    return total


def _euclidean(arrays: list[np.ndarray]) -> float:
    squares = 0.0
    for a in arrays:
        for start in range(0, a.size, _BLOCK):
            part = a[start : start + _BLOCK]
            squares += float(part.dot(part))
    if 1e-30 < squares < inf or squares != squares:
        return sqrt(squares)
    # squares that have left the range of the element type, or zeros, or something infinite
    largest = max((float(np.abs(a).max(initial=0)) for a in arrays), default=0.0)
    if largest == 0 or largest == inf:
        return largest
    return largest * sqrt(sum(float(np.square(a / largest, dtype="float64").sum()) for a in arrays))


def _scale(gradients: list[np.ndarray], limit: float, total: float) -> None:
    share = limit / (total + 1e-6)
    if share >= 1:
        return
    with np.errstate(invalid="ignore"):  # 0 · inf
        shares = _in_each_type(share, gradients)
        for g in gradients:
            np.multiply(g, shares[g.dtype], out=g)
    mark_all_changed(gradients)
