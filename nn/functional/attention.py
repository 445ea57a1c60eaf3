"""Attention: whom does every position of a sequence look at?"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.errors import ShapeError
from autograd.random import numpy_generator
from nn.functional.dropout import probability
from nn.ops import attention as rows

__all__ = ["scaled_dot_product_attention", "self_attention"]


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    *,
    generator: Any = None,
) -> Tensor:
    """``softmax(query·keyᵀ·scale + mask)·value``: every query takes a mean of the values (Vaswani et al. 2017).

    Parameters
    ----------
    query, key, value : Tensor [..., L, E], [..., S, E], [..., S, Ev]
        The axes in front (batch, heads) are equal, or broadcast.
    attn_mask : Tensor, optional
        Of the scores' shape [..., L, S], or one that broadcasts to it. Bool: True takes part. Float: is added to the
        scores, and may be learned. A query that may look at nothing gets 0.
    dropout_p : float
        The share of the weights that is set to 0, drawn anew at each call; the others grow to make up for it.
        It does so whether a module is in training mode or not.
    is_causal : bool
        Position t looks at positions 0 … t only.
    scale : float, optional
        Default: 1/√E.
    enable_gqa : bool
        Whether several heads of queries share one of keys and values: those have fewer heads (axis −3), and their
        number divides that of the queries.
    generator : Generator, optional
        Draws what is dropped.

    Returns
    -------
    Tensor [..., L, Ev]

    Raises
    ------
    ShapeError, DtypeError
        If shapes or element types do not fit together.
    ArgumentValueError
        If the dropout is not a probability, or is_causal and a mask are both given.
    """
    dropout_p = probability("scaled_dot_product_attention", dropout_p)
    if enable_gqa:
        key, value = (_repeated(x, query, what) for x, what in ((key, "key"), (value, "value")))
    in_front = query.shape[:-2]
    if key.shape[:-2] != in_front or value.shape[:-2] != in_front:
        query, key, value = _with_equal_axes(query, key, value)
    kept = None
    if dropout_p:
        kept = Tensor(_drawn((*query.shape[:-2], key.shape[-2], query.shape[-2]), dropout_p, generator))
    return rows.scaled_dot_product_attention(query, key, value, attn_mask, kept, dropout_p, bool(is_causal), scale)


def self_attention(
    qkv: Tensor,
    num_heads: int,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    batch_first: bool = True,
    *,
    generator: Any = None,
) -> Tensor:
    """`scaled_dot_product_attention` of a sequence with itself, from one array with everything side by side.

    Parameters
    ----------
    qkv : Tensor [batch, length, 3·width] or [length, 3·width]
        Queries, keys and values, each in num_heads equal parts.
    num_heads : int
    attn_mask, dropout_p, is_causal, generator
        As for `scaled_dot_product_attention`; the scores are [batch, num_heads, length, length].
    batch_first : bool
        False: the input is [length, batch, 3·width].

    Returns
    -------
    Tensor [batch, length, width], in the order of the input
        The heads side by side.

    Raises
    ------
    ShapeError, DtypeError, ArgumentValueError
        As for `scaled_dot_product_attention`.
    """
    dropout_p = probability("self_attention", dropout_p)
    kept = None
    if dropout_p:
        *batch, length = qkv.shape[:-1] if batch_first else qkv.shape[-2::-1]
        kept = Tensor(_drawn((*batch, num_heads, length, length), dropout_p, generator))
    return rows.self_attention(qkv, attn_mask, kept, num_heads, dropout_p, bool(is_causal), batch_first)


def _drawn(shape: tuple[int, ...], dropout_p: float, generator: Any) -> np.ndarray:
    """Which weights stay."""
    return numpy_generator(generator).random(shape, np.float32) >= dropout_p


def _repeated(x: Any, query: Any, what: str) -> Any:
    """Keys or values with one head for each of the queries'."""
    if min(x.ndim, query.ndim) < 3 or query.shape[-3] % (x.shape[-3] or 1):
        raise ShapeError(
            f"scaled_dot_product_attention: the query has shape {query.shape}, the {what} {x.shape}; with enable_gqa "
            "they need a third axis from the end, the heads, and the query's must be a multiple of the other's"
        )
    times = query.shape[-3] // (x.shape[-3] or 1)
    return x if times == 1 else autograd.repeat_interleave(x, times, dim=-3)


def _with_equal_axes(*inputs: Any) -> list[Any]:
    """The inputs, the axes in front of the last two made equal."""
    try:
        in_front = np.broadcast_shapes(*(x.shape[:-2] for x in inputs))
    except ValueError as problem:
        shapes = ", ".join(str(x.shape) for x in inputs)
        raise ShapeError(
            f"scaled_dot_product_attention: query, key and value have the shapes {shapes}; the axes in front of the "
            "last two do not fit together (heads that keys and values share: enable_gqa=True)"
        ) from problem
    return [x if x.ndim < 2 else autograd.broadcast_to(x, (*in_front, *x.shape[-2:])) for x in inputs]
