"""The feed-forward layer with a gate."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentValueError
from nn import functional as F
from nn.layers.linear import Linear
from nn.module import Module

__all__ = ["SwiGLU"]


class SwiGLU(Module):
    """W₂·(silu(W₁·x) · W₃·x): a layer whose neurons are let through as far as others say (Shazeer 2020, equation 6).

    Parameters
    ----------
    dim : int
        The width of input and output.
    hidden : int, optional
        How many neurons; by default int(2/3·4·dim), so that the three matrices have as many entries as the two of a
        plain layer of 4·dim neurons.
    bias : bool
    dtype : data-type, optional

    Attributes
    ----------
    w1, w3 : Linear [dim → hidden]
        The gate, and what it lets through.
    w2 : Linear [hidden → dim]

    Notes
    -----
    x: [..., dim] → [..., dim]
    """

    def __init__(
        self, dim: int, hidden: int | None = None, bias: bool = False, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        hidden = int(8 * dim / 3) if hidden is None else hidden
        if min(dim, hidden) < 1:
            raise ArgumentValueError(f"SwiGLU: dim {dim} and hidden {hidden} must be at least 1")
        self.w1 = Linear(dim, hidden, bias, device, dtype)
        self.w2 = Linear(hidden, dim, bias, device, dtype)
        self.w3 = Linear(dim, hidden, bias, device, dtype)

    def forward(self, x: Tensor) -> Tensor:
        return self.w2(F.swiglu(self.w1(x), self.w3(x)))
