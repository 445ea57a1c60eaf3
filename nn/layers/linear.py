"""Layers of weighted sums."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor, empty
from nn import functional as F
from nn import init
from nn.module import Module
from nn.parameter import Parameter

__all__ = ["Bilinear", "Linear"]


class Linear(Module):
    """y = x·Wᵀ + b: every output is a weighted sum of all inputs, plus a bias.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool
        Whether there is a b.
    dtype : data-type, optional
        Default: the default element type.

    Attributes
    ----------
    weight : Parameter [out_features, in_features]
        Drawn from U(−1/√in_features, 1/√in_features), as in PyTorch.
    bias : Parameter [out_features] or None
        Drawn from the same.

    Notes
    -----
    x: [..., in_features] → [..., out_features]
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(empty(out_features, in_features, device=device, dtype=dtype))
        self.bias = Parameter(empty(out_features, device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            _draw_within_the_root(self.bias, self.in_features)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """y_o = x₁ᵀ·A_o·x₂ + b_o: every output weighs all products of an entry of x₁ with one of x₂.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
    bias : bool
        Whether there is a b.
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [out_features, in1_features, in2_features]
        Drawn from U(−1/√in1_features, 1/√in1_features), as in PyTorch.
    bias : Parameter [out_features] or None

    Notes
    -----
    x₁: [..., in1_features], x₂: [..., in2_features] → [..., out_features]
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = Parameter(empty(out_features, in1_features, in2_features, device=device, dtype=dtype))
        self.bias = Parameter(empty(out_features, device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        _draw_within_the_root(self.weight, self.in1_features)
        if self.bias is not None:
            _draw_within_the_root(self.bias, self.in1_features)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


def _draw_within_the_root(parameter: Parameter, fan_in: int) -> None:
    bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
    init.uniform_(parameter, -bound, bound)
