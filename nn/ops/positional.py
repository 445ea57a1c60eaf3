"""Turning pairs of entries by an angle, as one node: what rotary positions do to queries and keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import DtypeError, ShapeError
from autograd.functions.joining import cat, stack
from autograd.ops.fused import fused

__all__ = ["rotate_pairs"]


def _halves(interleaved: bool, width: int) -> tuple[slice, slice]:
    """Where the first and the second entries of the pairs lie along the last axis."""
    if interleaved:
        return slice(0, None, 2), slice(1, None, 2)
    return slice(0, width // 2), slice(width // 2, None)


def _turned(x: Any, cos: Any, sin: Any, interleaved: bool) -> Any:
    first, second = _halves(interleaved, x.shape[-1])
    a, b = x[..., first], x[..., second]
    y = np.empty(x.shape, x.dtype)
    y[..., first] = a * cos - b * sin
    y[..., second] = b * cos + a * sin
    return y


def _forward(input: Any, cos: Any, sin: Any, interleaved: bool = True) -> Any:
    if input.dtype.kind != "f":
        raise DtypeError(
            f"rotate_pairs: the input is of {input.dtype}; convert it to a floating-point type, x.to(dtype)"
        )
    if (
        input.ndim < 2
        or cos.shape != sin.shape
        or 2 * cos.shape[-1] != input.shape[-1]
        or cos.shape[:-1] != input.shape[-2:-1]
    ):
        raise ShapeError(
            f"rotate_pairs: the input has shape {input.shape}, the cosines {cos.shape}, the sines {sin.shape}; they "
            "must be [..., T, D] and twice [T, D / 2]"
        )
    return _turned(input, cos, sin, interleaved)


def _backward(
    g: Any, y: Any, kept: Any, wanted: Sequence[bool], input: Any, cos: Any, sin: Any, interleaved: bool
) -> tuple[Any, None, None]:
    return _turned(g, cos, -sin, interleaved), None, None


def _composition(input: Any, cos: Any, sin: Any, interleaved: bool = True) -> Any:
    first, second = _halves(interleaved, input.shape[-1])
    a, b = input[..., first], input[..., second]
    turned = [a * cos - b * sin, b * cos + a * sin]
    return stack(turned, -1).reshape(input.shape) if interleaved else cat(turned, -1)


_ANGLES = np.array([[0.0, 0.0], [1.0, 0.1], [2.0, 0.2]])

rotate_pairs = fused(
    "rotate_pairs",
    _forward,
    _backward,
    _composition,
    differentiable=(True, False, False),
    looks_at=("cos", "sin"),
    sign="turn",
    formula="(a·cos − b·sin, b·cos + a·sin) for each pair (a, b) of the last axis",
    gradients=("g, turned back",),
    examples=(
        ((3, 4), np.cos(_ANGLES), np.sin(_ANGLES)),
        ((2, 3, 4), np.cos(_ANGLES), np.sin(_ANGLES), False),
    ),
    doc="The pairs are neighbours (interleaved) or lie half the axis apart.",
)
