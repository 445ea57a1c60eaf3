"""Layers that tell a network where in a sequence a vector stands.

All take ``offset``, the position of the first vector, for sequences that are read piece by piece. Tables that can be
computed are buffers outside of the ``state_dict``, so saved weights do not depend on ``max_len``.
"""

from __future__ import annotations

from typing import Any

from autograd import Tensor, empty
from autograd.errors import ArgumentTypeError, BoundsError, ShapeError
from autograd.random import Generator
from nn import functional as F
from nn import init
from nn.functional.dropout import probability
from nn.functional.positional import rotary_tables
from nn.module import Module
from nn.ops.positional import rotate_pairs
from nn.parameter import Parameter

__all__ = ["LearnedPositionalEncoding", "RotaryPositionalEncoding", "SinusoidalPositionalEncoding"]


def _window(layer: Module, input: Tensor, width: int, max_len: int, offset: int) -> slice:
    """The rows of a table that belong to the input's positions.

    Raises
    ------
    ShapeError, ArgumentTypeError, BoundsError
        If the input is no sequence of such vectors, or reaches beyond the table.
    """
    name = type(layer).__name__
    if input.ndim < 2 or input.shape[-1] != width:
        raise ShapeError(f"{name}: the input has shape {input.shape}; it must be [..., T, {width}]")
    if isinstance(offset, bool) or not isinstance(offset, int):
        raise ArgumentTypeError(f"{name}: the offset is a position, an integer, not {offset!r:.40}")
    end = offset + input.shape[-2]
    if offset < 0 or end > max_len:
        raise BoundsError(
            f"{name}: positions {offset} to {end - 1} do not all lie between 0 and max_len - 1 = {max_len - 1}"
        )
    return slice(offset, end)


class _Added(Module):
    """A table of vectors that are added to those of a sequence, and dropout behind it."""

    def __init__(self, d_model: int, max_len: int, dropout: float, generator: Generator | None) -> None:
        super().__init__()
        self.d_model = d_model
        self.max_len = max_len
        self.dropout = probability(type(self).__name__, dropout)
        self.generator = generator

    def _add(self, input: Tensor, table: Tensor, offset: int) -> Tensor:
        window = _window(self, input, self.d_model, self.max_len, offset)
        return F.dropout(input + table[window], self.dropout, self.training, generator=self.generator)

    def extra_repr(self) -> str:
        return f"{self.d_model}, max_len={self.max_len}, dropout={self.dropout}"


class SinusoidalPositionalEncoding(_Added):
    """Adds waves of many lengths to the vectors of a sequence.

    Parameters
    ----------
    d_model : int
        The length of a vector.
    max_len : int
        The length of the longest sequence.
    dropout : float
        The probability with which entries of the sum are dropped.
    generator : Generator, optional
        Where the dropout draws from.
    dtype : data-type, optional

    Attributes
    ----------
    table : Tensor [max_len, d_model]
        A buffer that is not part of the ``state_dict``.

    Notes
    -----
    x: [..., T, d_model] → the same. Vaswani et al. (2017), section 3.5; see `nn.functional.sinusoidal_positions`.
    """

    table: Tensor

    def __init__(
        self,
        d_model: int,
        max_len: int = 5000,
        dropout: float = 0.0,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(d_model, max_len, dropout, generator)
        self.register_buffer("table", F.sinusoidal_positions(max_len, d_model, dtype=dtype), persistent=False)

    def forward(self, input: Tensor, offset: int = 0) -> Tensor:
        return self._add(input, self.table, offset)


class LearnedPositionalEncoding(_Added):
    """Adds a learned vector for each position, as in GPT-2 and BERT.

    Parameters
    ----------
    d_model : int
        The length of a vector.
    max_len : int
        The length of the longest sequence.
    dropout : float
        The probability with which entries of the sum are dropped.
    generator : Generator, optional
        Where the dropout draws from.
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [max_len, d_model]
        Drawn from N(0, 0.02²), as in GPT-2 (Radford et al. 2019). Under the name that an `Embedding` of positions has.

    Notes
    -----
    x: [..., T, d_model] → the same.
    """

    def __init__(
        self,
        d_model: int,
        max_len: int,
        dropout: float = 0.0,
        *,
        generator: Generator | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(d_model, max_len, dropout, generator)
        self.weight = Parameter(empty(max_len, d_model, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the vectors anew."""
        init.normal_(self.weight, 0.0, 0.02)

    def forward(self, input: Tensor, offset: int = 0) -> Tensor:
        return self._add(input, self.weight, offset)


class RotaryPositionalEncoding(Module):
    """Turns the pairs of entries of queries or keys by angles that grow with the position.

    Parameters
    ----------
    dim : int
        The length of a vector of a head, even.
    max_len : int
        The length of the longest sequence.
    base : float
        The i-th pair turns by base^(−2i / dim) from one position to the next.
    interleaved : bool
        Pairs are neighbours, as in the paper; otherwise entries i and i + dim / 2 make a pair, as in LLaMA's weights.
    dtype : data-type, optional

    Attributes
    ----------
    cos, sin : Tensor [max_len, dim / 2]
        Buffers that are not part of the ``state_dict``.

    Raises
    ------
    ShapeError, ArgumentValueError
        If dim is odd, or the base is not positive.

    Notes
    -----
    x: [..., T, dim] → the same. Su et al. (2021), equation 34; see `nn.functional.rotary_embedding`.
    """

    cos: Tensor
    sin: Tensor

    def __init__(
        self, dim: int, max_len: int = 2048, base: float = 10000.0, interleaved: bool = True, *, dtype: Any = None
    ) -> None:
        super().__init__()
        self.dim = dim
        self.max_len = max_len
        self.base = base
        self.interleaved = interleaved
        for name, table in zip(("cos", "sin"), rotary_tables(range(max_len), dim, base, dtype=dtype), strict=True):
            self.register_buffer(name, table, persistent=False)

    def forward(self, input: Tensor, offset: int = 0) -> Tensor:
        window = _window(self, input, self.dim, self.max_len, offset)
        return rotate_pairs(input, self.cos[window], self.sin[window], self.interleaved)

    def extra_repr(self) -> str:
        return f"{self.dim}, max_len={self.max_len}, base={self.base}, interleaved={self.interleaved}"
