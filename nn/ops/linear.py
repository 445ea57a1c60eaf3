"""A layer's weighted sums as one node: y = x·Wᵀ + b."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, DtypeError, ShapeError
from autograd.ops.fused import fused

__all__ = ["column_sums", "linear"]


def _forward(input: Any, weight: Any, bias: Any = None) -> Any:
    if not isinstance(input, np.ndarray):
        raise ArgumentTypeError(f"linear: the input must be a Tensor, not {type(input).__name__} {input!r:.40}")
    if weight.ndim != 2 or input.ndim == 0 or input.shape[-1] != weight.shape[1]:
        raise ShapeError(
            f"linear: the input has shape {input.shape} and the weight {weight.shape}; the weight must be "
            "[out_features, in_features], and the input's last axis in_features long"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ShapeError(
            f"linear: the bias has shape {bias.shape}; a weight of shape {weight.shape} needs {weight.shape[:1]}"
        )
    if input.dtype.kind != "f":
        raise DtypeError(
            f"linear: the input is of {input.dtype}; convert it to the weight's {weight.dtype}, x.to(dtype)"
        )
    rows = input if input.ndim == 2 else _rows(input)
    y = rows @ weight.T
    if bias is not None:
        if bias.dtype is y.dtype:
            y += bias
        else:
            y = y + bias
    return y if input.ndim == 2 else y.reshape(*input.shape[:-1], weight.shape[0])


def _rows(x: Any) -> Any:
    """The batch along one axis (−1 could not tell how long it is where the other axis is empty)."""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


_BLOCK = 128
"""Rows that are added up at a time."""


def column_sums(x: Any) -> Any:
    """The sum of a matrix over its rows.

    NumPy adds row after row, which in float32 costs digits where there are thousands. BLAS adds up blocks of rows, two
    to twenty times as fast, and the blocks' sums are added in the same way.
    """
    if len(x) < 2 * _BLOCK or not x.flags.c_contiguous:
        return np.add.reduce(x, 0)
    blocks, rest = divmod(len(x), _BLOCK)
    whole = x[: blocks * _BLOCK].reshape(blocks, _BLOCK, x.shape[1])
    total = column_sums(np.ones(_BLOCK, x.dtype) @ whole)
    if rest:
        total += np.add.reduce(x[-rest:], 0)
    return total


def _backward(
    g: Any, y: Any, kept: Any, wanted: Sequence[bool], input: Any, weight: Any, bias: Any = None
) -> tuple[Any, Any, Any]:
    to_input = to_weight = to_bias = None
    flat = g if g.ndim == 2 else _rows(g)
    if wanted[0]:
        to_input = flat @ weight
        if input.ndim != 2:
            to_input = to_input.reshape(input.shape)
    if wanted[1]:
        to_weight = flat.T @ (input if input.ndim == 2 else _rows(input))
    if wanted[2]:
        to_bias = column_sums(flat)
    return to_input, to_weight, to_bias


def _composition(input: Any, weight: Any, bias: Any = None) -> Any:
    y = input @ weight.T
    return y if bias is None else y + bias


linear = fused(
    "linear",
    _forward,
    _backward,
    _composition,
    differentiable=3,
    looks_at=("input", "weight"),
    sign="x·Wᵀ + b",
    pattern="swap",
    formula="input @ weightᵀ + bias",
    gradients=("g @ weight", "gᵀ @ input", "Σ g over the batch"),
    examples=(
        ((2, 3), (4, 3), (4,)),
        ((3,), (4, 3), (4,)),
        ((2, 5, 3), (4, 3), (4,)),
        ((1, 1), (1, 1), (1,)),
        ((2, 3, 0), (4, 0), (4,)),
    ),
    doc="The rows of the weight are the neurons; the input's last axis is their inputs, all others are the batch.",
)
