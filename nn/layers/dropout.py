"""Layers that leave something out while training, see `nn.functional`; in evaluation they hand on what they get.

``inplace`` is accepted as in PyTorch, and nothing is overwritten. A layer draws from its ``generator``, or from the
default one.
"""

from __future__ import annotations

from autograd import Tensor
from autograd.errors import ArgumentValueError
from autograd.random import Generator
from nn import functional as F
from nn.functional.dropout import probability
from nn.module import Module

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "FeatureAlphaDropout", "StochasticDepth"]


class _Dropout(Module):
    """A layer with a probability.

    Parameters
    ----------
    p : float
        The probability of being dropped.
    inplace : bool
        Accepted, see above.
    generator : Generator, optional

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If p is no probability.
    """

    def __init__(self, p: float = 0.5, inplace: bool = False, *, generator: Generator | None = None) -> None:
        super().__init__()
        self.p = probability(type(self).__name__, p)
        self.inplace = inplace
        self.generator = generator

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Drops each entry with probability p while training, and divides the others by 1 − p.

    Parameters
    ----------
    p : float
    inplace : bool
    generator : Generator, optional

    Notes
    -----
    x: [...] → [...], see `nn.functional.dropout`.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, generator=self.generator)


class Dropout1d(_Dropout):
    """Drops whole channels of sequences.

    Parameters
    ----------
    p : float
    inplace : bool
    generator : Generator, optional

    Notes
    -----
    x: [N, C, L] or [C, L] → the same, see `nn.functional.dropout1d`.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, generator=self.generator)


class Dropout2d(_Dropout):
    """Drops whole channels of images.

    Parameters
    ----------
    p : float
    inplace : bool
    generator : Generator, optional

    Notes
    -----
    x: [N, C, H, W] → the same, see `nn.functional.dropout2d`.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, generator=self.generator)


class AlphaDropout(_Dropout):
    """Dropout for networks of SELU, which keeps mean and variance.

    Parameters
    ----------
    p : float
    inplace : bool
    generator : Generator, optional

    Notes
    -----
    x: [...] → [...], see `nn.functional.alpha_dropout`.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training, generator=self.generator)


class FeatureAlphaDropout(_Dropout):
    """`AlphaDropout` of whole channels.

    Parameters
    ----------
    p : float
    inplace : bool
    generator : Generator, optional

    Notes
    -----
    x: [N, C, ...] → the same, see `nn.functional.feature_alpha_dropout`.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training, generator=self.generator)


class StochasticDepth(Module):
    """Drops a residual branch while training, for each example or for the whole batch; torchvision's layer.

    Parameters
    ----------
    p : float
        The probability that the branch is dropped.
    mode : {"row", "batch"}
        Draw for each example, or once.
    generator : Generator, optional

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If p is no probability, or the mode is another.

    Notes
    -----
    x: [N, ...] → the same, see `nn.functional.stochastic_depth`. It goes behind the branch: ``x + drop(branch(x))``.
    """

    def __init__(self, p: float, mode: str, *, generator: Generator | None = None) -> None:
        super().__init__()
        self.p = probability("StochasticDepth", p)
        if mode not in ("row", "batch"):
            raise ArgumentValueError(f"StochasticDepth: the mode is 'row' or 'batch', not {mode!r:.40}")
        self.mode = mode
        self.generator = generator

    def forward(self, input: Tensor) -> Tensor:
        return F.stochastic_depth(input, self.p, self.mode, self.training, generator=self.generator)

    def extra_repr(self) -> str:
        return f"p={self.p}, mode={self.mode!r}"
