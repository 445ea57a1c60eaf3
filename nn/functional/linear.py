"""Weighted sums: of one input, and of the products of two."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.errors import ShapeError
from nn.ops.linear import linear

__all__ = ["bilinear", "linear"]


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Any = None) -> Tensor:
    """``y_o = x₁ᵀ·A_o·x₂ + b_o``.

    Parameters
    ----------
    input1, input2 : Tensor [..., in1_features], [..., in2_features]
        Their leading axes are equal.
    weight : Tensor [out_features, in1_features, in2_features]
    bias : Tensor [out_features], optional

    Returns
    -------
    Tensor [..., out_features]

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    """
    fits = weight.ndim == 3 and input1.ndim and input2.ndim
    if not fits or (input1.shape[-1], input2.shape[-1]) != weight.shape[1:] or input1.shape[:-1] != input2.shape[:-1]:
        raise ShapeError(
            f"bilinear: inputs of shapes {input1.shape} and {input2.shape} do not fit a weight of shape "
            f"{weight.shape}, which must be [out_features, in1_features, in2_features]; the inputs' leading axes must "
            "be equal"
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ShapeError(f"bilinear: the bias has shape {bias.shape}; this weight needs {weight.shape[:1]}")
    y = autograd.einsum("...i,oij,...j->...o", input1, weight, input2)
    return y if bias is None else y + bias
