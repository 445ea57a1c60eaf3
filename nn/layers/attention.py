"""Attention with several heads, as a layer with its own projections."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Tensor, empty
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError
from autograd.functions.bare import bare
from autograd.random import Generator
from nn import functional as F
from nn import init
from nn.functional.attention import self_attention
from nn.functional.dropout import dropout as drop
from nn.functional.dropout import probability
from nn.layers.linear import Linear
from nn.module import Module
from nn.ops.attention import attention_weights
from nn.parameter import Parameter

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Several attentions side by side, each on its own projection of the inputs (Vaswani et al. 2017, section 3.2.2).

    Parameters
    ----------
    embed_dim : int
        The width of queries and output, which the heads share.
    num_heads : int
    dropout : float
        The share of the attention weights that is set to 0 in training.
    bias : bool
        Whether the projections have one.
    add_bias_kv : bool
        Whether a learned key and value are added to every sequence.
    add_zero_attn : bool
        Whether a key and value of zeros are added to every sequence.
    kdim, vdim : int, optional
        The width of keys and of values; default: embed_dim.
    batch_first : bool
        Whether inputs and output are [batch, length, width]; otherwise [length, batch, width].
    dtype : data-type, optional
    generator : Generator, optional
        Draws what is dropped.

    Attributes
    ----------
    in_proj_weight, in_proj_bias : Parameter [3·embed_dim, embed_dim], [3·embed_dim]
        The projections of queries, keys and values below each other, drawn by `init.xavier_uniform_`; the bias is 0.
        Where kdim or vdim are given there are instead q_proj_weight, k_proj_weight and v_proj_weight.
    bias_k, bias_v : Parameter [1, 1, embed_dim] or None
        What add_bias_kv adds, drawn by `init.xavier_normal_`.
    out_proj : Linear
        What mixes the heads.

    Raises
    ------
    ArgumentValueError
        If the heads cannot share the width equally.

    Notes
    -----
    query: [batch, L, embed_dim], key: [batch, S, kdim], value: [batch, S, vdim] (or as batch_first says; or all without
    a batch) → (output [batch, L, embed_dim], weights [batch, L, S] or None).
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: Generator | None = None,
    ) -> None:
        super().__init__()
        if embed_dim < 1 or num_heads < 1:
            raise ArgumentValueError(
                f"MultiheadAttention: embed_dim {embed_dim} and num_heads {num_heads} must be at least 1"
            )
        if embed_dim % num_heads:
            raise ArgumentValueError(
                f"MultiheadAttention: {num_heads} heads cannot share an embed_dim of {embed_dim} equally: it must be a "
                "multiple of num_heads"
            )
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.num_heads = num_heads
        self.dropout = probability("MultiheadAttention", dropout)
        self.generator = generator
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        self.add_zero_attn = add_zero_attn

        def parameter(*shape: int) -> Parameter:
            return Parameter(empty(*shape, device=device, dtype=dtype))

        packed = self.kdim == self.vdim == embed_dim
        self.in_proj_weight = parameter(3 * embed_dim, embed_dim) if packed else None
        self.q_proj_weight = None if packed else parameter(embed_dim, embed_dim)
        self.k_proj_weight = None if packed else parameter(embed_dim, self.kdim)
        self.v_proj_weight = None if packed else parameter(embed_dim, self.vdim)
        self.in_proj_bias = parameter(3 * embed_dim) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, device, dtype)
        self.bias_k = parameter(1, 1, embed_dim) if add_bias_kv else None
        self.bias_v = parameter(1, 1, embed_dim) if add_bias_kv else None
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw all weights anew, as PyTorch does; the biases become 0."""
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for added in (self.bias_k, self.bias_v):
            if added is not None:
                init.xavier_normal_(added)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend.

        Parameters
        ----------
        query, key, value : Tensor
        key_padding_mask : Tensor [batch, S] or [S], optional
            Bool: True is padding, at which nobody looks. Float: is added to the scores.
        need_weights : bool
            Whether the weights are returned; without them it is faster.
        attn_mask : Tensor [L, S] or [batch·num_heads, L, S], optional
            Bool: True must *not* be looked at (the opposite of `functional.scaled_dot_product_attention`, as in
            PyTorch). Float: is added to the scores.
        average_attn_weights : bool
            Whether the weights returned are a mean over the heads; otherwise they are [batch, num_heads, L, S].
        is_causal : bool
            Position t looks at positions 0 … t only. If there is an attn_mask, that alone counts.

        Returns
        -------
        output : Tensor
            Of the query's shape. Where nothing may be looked at, the bias of ``out_proj`` alone.
        weights : Tensor or None

        Raises
        ------
        ShapeError, DtypeError
            If the inputs or the masks do not fit.
        """
        self._check(query, key, value)
        alone = query.ndim == 2
        batch, length, keys = self._sizes(query, key)
        causal = is_causal and attn_mask is None
        extended = self.bias_k is not None or self.add_zero_attn
        if causal and (key_padding_mask is not None or extended):
            attn_mask, causal = Tensor(~np.tri(length, keys, dtype=bool)), False
        mask = self._mask(attn_mask, key_padding_mask, batch, length, keys, alone, query.dtype)
        dropout = self.dropout if self.training else 0.0
        generator, weights = self.generator, None
        if query is key is value and self.in_proj_weight is not None and not (extended or need_weights):
            qkv = F.linear(query, self.in_proj_weight, self.in_proj_bias)
            y = self_attention(qkv, self.num_heads, mask, dropout, causal, self.batch_first, generator=generator)
            return self.out_proj(y), None
        q, k, v = self._projected(query, key, value)
        if extended:
            k, v, mask = self._extended(k, v, mask)
        if need_weights:
            weights = attention_weights(q, k, mask, causal)
            if dropout:
                weights = drop(weights, dropout, generator=generator)
            y = weights @ v
            weights = weights.mean(-3) if average_attn_weights else weights
        else:
            y = F.scaled_dot_product_attention(q, k, v, mask, dropout, causal, generator=generator)
        y = y.transpose(-3, -2) if alone or self.batch_first else y.permute(2, 0, 1, 3)
        return self.out_proj(y.reshape(query.shape)), weights

    def _projected(self, *inputs: Tensor) -> list[Tensor]:
        """Queries, keys and values [batch, heads, length, width of a head], or without a batch."""
        dim, projected = self.embed_dim, []
        own = self.q_proj_weight, self.k_proj_weight, self.v_proj_weight
        for third, x in enumerate(inputs):
            rows = slice(third * dim, (third + 1) * dim)
            weight = own[third] if self.in_proj_weight is None else self.in_proj_weight[rows]
            y = F.linear(x, weight, None if self.in_proj_bias is None else self.in_proj_bias[rows])
            y = y.reshape(*x.shape[:-1], self.num_heads, self.head_dim)
            projected.append(y.transpose(-3, -2) if y.ndim == 3 or self.batch_first else y.permute(1, 2, 0, 3))
        return projected

    def _extended(self, k: Tensor, v: Tensor, mask: Any) -> tuple[Tensor, Tensor, Any]:
        """Keys and values with those that are added to every sequence, which everybody may look at."""
        one = (*k.shape[:-2], 1, self.head_dim)
        more_keys, more_values = [k], [v]
        if self.bias_k is not None and self.bias_v is not None:
            for more, added in ((more_keys, self.bias_k), (more_values, self.bias_v)):
                more.append(autograd.broadcast_to(added.reshape(self.num_heads, 1, self.head_dim), one))
        if self.add_zero_attn:
            for more in (more_keys, more_values):
                more.append(autograd.zeros(one, dtype=k.dtype))
        k, v = autograd.cat(more_keys, dim=-2), autograd.cat(more_values, dim=-2)
        if mask is not None:
            shape = (*mask.shape[:-1], len(more_keys) - 1)
            allowed = autograd.ones if mask.dtype.kind == "b" else autograd.zeros
            mask = autograd.cat([mask, allowed(shape, dtype=mask.dtype)], dim=-1)
        return k, v, mask

    # --- what comes in ----------------------------------------------------------------------------------------

    def _sizes(self, query: Tensor, key: Tensor) -> tuple[int, int, int]:
        """The size of the batch, the number of queries and of keys."""
        if query.ndim == 2:
            return 1, len(query), len(key)
        batch, length = query.shape[:2] if self.batch_first else query.shape[1::-1]
        return batch, length, key.shape[1 if self.batch_first else 0]

    def _check(self, query: Tensor, key: Tensor, value: Tensor) -> None:
        inputs = query, key, value
        if not all(isinstance(x, Tensor) for x in inputs):
            found = ", ".join(type(x).__name__ for x in inputs)
            raise ArgumentTypeError(f"MultiheadAttention: query, key and value are Tensors, not {found}")
        widths = self.embed_dim, self.kdim, self.vdim
        fits = query.ndim in (2, 3) and all(
            x.ndim == query.ndim and x.shape[-1] == width for x, width in zip(inputs, widths, strict=True)
        )
        if fits and query.ndim == 3:
            at = 0 if self.batch_first else 1
            fits = query.shape[at] == key.shape[at] == value.shape[at]
        if not fits or key.shape[:-1] != value.shape[:-1]:
            order = "batch, length" if self.batch_first else "length, batch"
            raise ShapeError(
                f"MultiheadAttention: query, key and value have the shapes {query.shape}, {key.shape} and "
                f"{value.shape}; they must be [{order}, width] with the widths {self.embed_dim}, {self.kdim} and "
                f"{self.vdim}, "
                "one batch, and as many keys as values; or all without a batch"
            )

    def _mask(self, attn_mask: Any, padding: Any, batch: int, length: int, keys: int, alone: bool, dtype: Any) -> Any:
        """Both masks as one for scores [batch, heads, L, S]: bool (True: may be looked at), or to be added."""
        parts = []
        if attn_mask is not None:
            heads = batch * self.num_heads
            _check_mask("attn_mask", attn_mask, ((length, keys), (heads, length, keys)), dtype)
            if attn_mask.ndim == 3 and not alone:
                attn_mask = attn_mask.reshape(batch, self.num_heads, length, keys)
            parts.append(attn_mask)
        if padding is not None:
            _check_mask("key_padding_mask", padding, ((keys,),) if alone else ((batch, keys),), dtype)
            parts.append(padding if alone else padding.reshape(batch, 1, 1, keys))
        if not parts:
            return None
        if all(mask.dtype.kind == "b" for mask in parts):
            forbidden = bare(parts[0]) | bare(parts[-1])
            return Tensor(~forbidden)
        added = [
            Tensor(np.where(bare(mask), -np.inf, 0).astype(dtype)) if mask.dtype.kind == "b" else mask for mask in parts
        ]
        return added[0] if len(added) == 1 else added[0] + added[1]


def _check_mask(name: str, mask: Any, allowed: tuple[tuple[int, ...], ...], dtype: Any) -> None:
    if not isinstance(mask, Tensor):
        raise ArgumentTypeError(f"MultiheadAttention: {name} is a Tensor, not {type(mask).__name__} {mask!r:.40}")
    if mask.shape not in allowed:
        raise ShapeError(
            f"MultiheadAttention: {name} has shape {mask.shape}; for these inputs it must have "
            f"{' or '.join(map(str, allowed))}"
        )
    if mask.dtype.kind != "b" and mask.dtype != dtype:
        raise DtypeError(
            f"MultiheadAttention: {name} is of {mask.dtype}; it must be bool (True: not to be looked at) or of the "
            f"inputs' {dtype}, to be added to the scores"
        )
