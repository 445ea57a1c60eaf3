"""Letting entries through or dropping them, as one node: a product with a mask, which alone the backward pass needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import DtypeError
from autograd.ops.fused import fused

__all__ = ["dropout"]


def _forward(input: Any, mask: Any) -> Any:
    if input.dtype.kind != "f":
        raise DtypeError(f"dropout: the input is of {input.dtype}; convert it to a floating-point type, x.to(dtype)")
    return input * mask


def _backward(g: Any, y: Any, kept: Any, wanted: Sequence[bool], input: Any, mask: Any) -> tuple[Any, None]:
    return g * mask, None


def _composition(input: Any, mask: Any) -> Any:
    return input * mask


dropout = fused(
    "dropout",
    _forward,
    _backward,
    _composition,
    differentiable=(True, False),
    looks_at=("mask",),
    pattern="route",
    formula="input·mask, where the mask holds 0, or 1 / (the share that is let through)",
    gradients=("g·mask",),
    examples=(
        ((2, 3), np.array([[0, 2, 2], [2, 0, 0]], np.float32)),
        ((2, 2, 3), np.array([[[4], [0]], [[0], [4]]], np.float32)),
    ),
    doc="What is dropped gets no gradient; what is let through is enlarged to keep the mean (Srivastava et al. 2014).",
)
