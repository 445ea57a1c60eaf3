"""Who looks at whom, and takes over how much of it? Attention as one node.

Scores and weights are kept transposed, [..., S, L], keys before queries: the softmax of a query then runs down a
column, and neighbouring queries are computed side by side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd
from autograd.compiled import compiled
from autograd.errors import ArgumentValueError, DtypeError, ShapeError
from autograd.ops.fused import fused
from autograd.ops.shapes import unbroadcast
from nn.ops.threads import WORTH, share

__all__ = ["attention_weights", "scaled_dot_product_attention", "self_attention"]


# --- kernels ----------------------------------------------------------------------------------------------------------


@compiled
def _below_the_top(scores: Any, is_causal: bool) -> None:
    """From every column take its largest entry, so that exp cannot overflow; what lies in the future becomes −inf."""
    keys, queries = scores.shape[1:]
    tops = np.empty(queries, scores.dtype)
    for matrix in scores:
        tops[:] = -np.inf
        for s in range(keys):
            first = min(s, queries) if is_causal else 0
            matrix[s, :first] = -np.inf
            row = matrix[s, first:]
            top = tops[first:]
            for i in range(row.size):
                top[i] = row[i] if row[i] > top[i] else top[i]
        for i in range(queries):
            if tops[i] == -np.inf:  # nothing to look at: exp(−inf − 0) is 0, and so is the output
                tops[i] = 0
        for s in range(keys):
            row = matrix[s]
            for i in range(queries):
                row[i] -= tops[i]


@compiled
def _over_the_sum(weights: Any) -> None:
    """Divide every column by its sum, if it has one."""
    keys, queries = weights.shape[1:]
    factors = np.empty(queries, weights.dtype)
    for matrix in weights:
        factors[:] = 0
        for s in range(keys):
            row = matrix[s]
            for i in range(queries):
                factors[i] += row[i]
        for i in range(queries):
            factors[i] = 1 / factors[i] if factors[i] != 0 else 0
        for s in range(keys):
            row = matrix[s]
            for i in range(queries):
                row[i] *= factors[i]


@compiled
def _back_to_the_scores(g: Any, weights: Any, scale: Any) -> None:
    """Turn the gradient of softmax's output into scale times that of its input, in place: w·(g − Σ g·w)·scale."""
    keys, queries = weights.shape[1:]
    means = np.empty(queries, weights.dtype)
    for n in range(weights.shape[0]):
        means[:] = 0
        for s in range(keys):
            row, slope = weights[n, s], g[n, s]
            for i in range(queries):
                means[i] += row[i] * slope[i]
        for s in range(keys):
            row, slope = weights[n, s], g[n, s]
            for i in range(queries):
                slope[i] = row[i] * (slope[i] - means[i]) * scale


# --- both passes ------------------------------------------------------------------------------------------------------


def _attend(
    query: Any, key: Any, value: Any, mask: Any, kept: Any, dropout_p: float, is_causal: bool, scale: float, out: Any
) -> Any:
    """Write the output of attention into ``out``, and return the weights, transposed."""

    def part(query: Any, key: Any, value: Any, mask: Any, kept: Any, weights: Any, out: Any) -> None:
        np.matmul(key, (query * scale).swapaxes(-1, -2), out=weights)
        if mask is not None and mask.dtype.kind == "b":
            np.copyto(weights, -np.inf, where=~mask)
        elif mask is not None:
            np.add(weights, mask, out=weights)
        matrices = _matrices(weights)
        _below_the_top(matrices, is_causal)
        np.exp(weights, out=weights)
        _over_the_sum(matrices)
        if kept is not None:
            weights = weights * kept * _made_up_for(dropout_p)
        np.matmul(weights.swapaxes(-1, -2), value, out=out)

    shape = query.shape
    weights = np.empty((*shape[:-2], key.shape[-2], shape[-2]), query.dtype)
    if mask is not None:
        mask = np.broadcast_to(mask, (*shape[:-1], key.shape[-2])).swapaxes(-1, -2)
    _in_parts(part, 2 * weights.size * shape[-1], query, key, value, mask, kept, weights, out)
    return weights


def _attend_backward(
    g: Any,
    weights: Any,
    inputs: tuple[Any, Any, Any],
    kept: Any,
    dropout_p: float,
    scale: float,
    to_inputs: Sequence[Any],
    to_mask: bool,
) -> Any:
    """Write the gradients of query, key and value to where they are wanted, and return that of the mask, transposed."""
    factor = weights.dtype.type(1 if to_mask else scale)

    def part(g: Any, weights: Any, query: Any, key: Any, value: Any, kept: Any, slopes: Any, *to_inputs: Any) -> None:
        to_query, to_key, to_value = to_inputs
        if to_value is not None:
            dropped = weights if kept is None else weights * kept * _made_up_for(dropout_p)
            np.matmul(dropped, g, out=to_value)
        if slopes is None:
            return
        np.matmul(value, g.swapaxes(-1, -2), out=slopes)
        if kept is not None:
            slopes *= kept
            slopes *= _made_up_for(dropout_p)
        _back_to_the_scores(_matrices(slopes), _matrices(weights), factor)
        if to_query is not None:
            np.matmul(slopes.swapaxes(-1, -2), key, out=to_query)
        if to_key is not None:
            np.matmul(slopes, query, out=to_key)

    to_query, to_key, _ = to_inputs
    slopes = None if to_query is None and to_key is None and not to_mask else np.empty_like(weights)
    _in_parts(part, 4 * weights.size * g.shape[-1], g, weights, *inputs, kept, slopes, *to_inputs)
    if to_mask:
        for gradient in (to_query, to_key):
            if gradient is not None:
                np.multiply(gradient, scale, out=gradient)
    return slopes


def _in_parts(part: Callable[..., None], cost: int, *arrays: Any) -> None:
    """Let the cores share the first axis of the arrays, if it is worth it and there is one beside the matrices'."""
    first = arrays[0]
    if cost < 2 * WORTH or first.ndim == 2:
        part(*arrays)
        return
    share(
        lambda start, stop: part(*[None if x is None else x[start:stop] for x in arrays]),
        len(first),
        cost,
    )


def _matrices(x: Any) -> Any:
    """All axes in front as one."""
    return x.reshape(math.prod(x.shape[:-2]), *x.shape[-2:])


def _made_up_for(dropout_p: float) -> float:
    """By how much the weights that stay must grow, so that the sum is the same on average."""
    return 1 / (1 - dropout_p) if dropout_p < 1 else 0.0


def _scale(scale: float | None, query: Any) -> float:
    return 1 / math.sqrt(query.shape[-1] or 1) if scale is None else float(scale)


def _heads_inside(shape: tuple[int, ...], dtype: Any) -> Any:
    """An array [..., H, L, E] that lies in memory as [..., L, H, E]: to join the heads is then only another shape."""
    if len(shape) == 2:
        return np.empty(shape, dtype)
    return np.empty((*shape[:-3], shape[-2], shape[-3], shape[-1]), dtype).swapaxes(-2, -3)


# --- what is refused --------------------------------------------------------------------------------------------------


def _check_mask(name: str, mask: Any, wanted: tuple[int, ...], dtype: Any, is_causal: bool) -> None:
    if is_causal:
        raise ArgumentValueError(f"{name}: is_causal is a mask already; give it or attn_mask, not both")
    fits = mask.ndim <= len(wanted)
    if not fits or any(n not in (1, m) for n, m in zip(mask.shape[::-1], wanted[::-1], strict=False)):
        raise ShapeError(
            f"{name}: attn_mask has shape {mask.shape}, the scores {wanted} ([..., queries, keys]); the mask may have "
            "that shape, 1 in the place of any axis, and leave out the first ones"
        )
    if mask.dtype.kind != "b" and mask.dtype != dtype:
        raise DtypeError(
            f"{name}: attn_mask is of {mask.dtype}; it must be bool (True: take part) or, to be added to the scores, "
            f"of the inputs' {dtype}"
        )


def _check_dtype(name: str, *arrays: Any) -> None:
    dtype = arrays[0].dtype
    if dtype not in (np.float32, np.float64) or any(x.dtype != dtype for x in arrays):
        found = ", ".join(str(x.dtype) for x in arrays)
        raise DtypeError(f"{name}: the inputs are of {found}; they must be all float32 or all float64")


# --- three inputs -----------------------------------------------------------------------------------------------------


def _forward(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    kept: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Any:
    name = "scaled_dot_product_attention"
    shapes = query.shape, key.shape, value.shape
    fits = min(map(len, shapes)) >= 2 and shapes[0][:-2] == shapes[1][:-2] == shapes[2][:-2]
    if not fits or shapes[0][-1] != shapes[1][-1] or shapes[1][-2] != shapes[2][-2]:
        raise ShapeError(
            f"{name}: query, key and value have the shapes {shapes[0]}, {shapes[1]} and {shapes[2]}; they must be "
            "[..., L, E], [..., S, E] and [..., S, Ev] with the same axes in front (heads that keys and values share: "
            "enable_gqa=True)"
        )
    _check_dtype(name, query, key, value)
    if attn_mask is not None:
        _check_mask(name, attn_mask, (*shapes[0][:-1], shapes[1][-2]), query.dtype, is_causal)
    y = _heads_inside((*shapes[0][:-1], shapes[2][-1]), query.dtype)
    return y, _attend(query, key, value, attn_mask, kept, dropout_p, is_causal, _scale(scale, query), y)


def _backward(
    g: Any,
    y: Any,
    weights: Any,
    wanted: Sequence[bool],
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    kept: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> list[Any]:
    inputs = query, key, value
    to = [_heads_inside(x.shape, x.dtype) if asked else None for x, asked in zip(inputs, wanted, strict=False)]
    to_scores = _attend_backward(g, weights, inputs, kept, dropout_p, _scale(scale, query), to, wanted[3])
    return [*to, unbroadcast(to_scores.swapaxes(-1, -2), attn_mask.shape) if wanted[3] else None]


def attention_weights(query: Any, key: Any, attn_mask: Any = None, is_causal: bool = False, scale: Any = None) -> Any:
    """softmax(query·keyᵀ·scale + mask), [..., L, S], in plain operations; zeros where nothing may be looked at."""
    scores = (query * _scale(scale, query)) @ key.swapaxes(-1, -2)
    if is_causal:
        attn_mask = np.tri(query.shape[-2], key.shape[-2], dtype=bool)
    if attn_mask is None:
        return autograd.softmax(scores, -1)
    scores = autograd.where(attn_mask, scores, -np.inf) if attn_mask.dtype == bool else scores + attn_mask
    looks = autograd.any(scores > -np.inf, -1, keepdims=True) | autograd.any(autograd.isnan(scores), -1, keepdims=True)
    return autograd.where(looks, autograd.softmax(autograd.where(looks, scores, 0.0), -1), 0.0)


def _composition(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    kept: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Any:
    weights = attention_weights(query, key, attn_mask, is_causal, scale)
    if kept is not None:
        weights = weights * kept.swapaxes(-1, -2) * _made_up_for(dropout_p)
    return weights @ value


_ALLOWED = np.array([[True, False, True], [False, False, False]])
_KEPT = np.array([[[True, False], [True, True], [False, True]]] * 2)

scaled_dot_product_attention = fused(
    "scaled_dot_product_attention",
    _forward,
    _backward,
    _composition,
    differentiable=(True, True, True, True, False),
    keeps=True,
    sign="attention",
    pattern="swap",
    formula="w @ value with w = softmax(query @ keyᵀ·scale + attn_mask)",
    gradients=(
        "d @ key·scale with d = w·(e − Σ e·w), e = g @ valueᵀ",
        "dᵀ @ query·scale",
        "wᵀ @ g",
        "d",
    ),
    examples=(
        ((2, 4), (3, 4), (3, 5)),
        ((2, 3, 2, 4), (2, 3, 3, 4), (2, 3, 3, 4)),
        ((2, 2, 4), (2, 3, 4), (2, 3, 1), (2, 1, 3), None, 0.0, False, 0.3),
        ((3, 2, 4), (3, 3, 4), (3, 3, 2), None, None, 0.0, True),
        ((2, 2, 4), (2, 3, 4), (2, 3, 2), _ALLOWED, _KEPT, 0.25),
        ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
    ),
    doc="Each query takes a mean of the values, weighted by how well the keys fit it (Vaswani et al. 2017).",
)


# --- queries, keys and values side by side ----------------------------------------------------------------------------


def _check_packed(qkv: Any, num_heads: int, batch_first: bool) -> None:
    if qkv.ndim not in (2, 3) or qkv.shape[-1] % (3 * num_heads):
        order = "[batch, length, " if batch_first else "[length, batch, "
        raise ShapeError(
            f"self_attention: the input has shape {qkv.shape}; it must be {order}3·{num_heads}·(width of a head)] or "
            "without a batch"
        )


def _split(qkv: Any, num_heads: int, batch_first: bool) -> Any:
    """The queries, keys and values of all heads, each [batch, heads, length, width] (or without a batch)."""
    apart = qkv.reshape(*qkv.shape[:-1], 3, num_heads, qkv.shape[-1] // (3 * num_heads))
    if qkv.ndim == 2:
        return apart.transpose(1, 2, 0, 3)
    return apart.transpose(2, 0, 3, 1, 4) if batch_first else apart.transpose(2, 1, 3, 0, 4)


def _split_one(x: Any, num_heads: int, batch_first: bool) -> Any:
    """The heads [batch, heads, length, width] of an array in the order of the packed input."""
    apart = x.reshape(*x.shape[:-1], num_heads, x.shape[-1] // num_heads)
    if x.ndim == 2:
        return apart.swapaxes(0, 1)
    return apart.swapaxes(1, 2) if batch_first else apart.transpose(1, 2, 0, 3)


def _packed_forward(
    qkv: Any,
    attn_mask: Any = None,
    kept: Any = None,
    num_heads: int = 1,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    batch_first: bool = True,
) -> Any:
    _check_packed(qkv, num_heads, batch_first)
    _check_dtype("self_attention", qkv)
    query, key, value = _split(qkv, num_heads, batch_first)
    if attn_mask is not None:
        _check_mask("self_attention", attn_mask, (*query.shape[:-1], key.shape[-2]), qkv.dtype, is_causal)
    y = np.empty((*qkv.shape[:-1], qkv.shape[-1] // 3), qkv.dtype)
    out = _split_one(y, num_heads, batch_first)
    return y, _attend(query, key, value, attn_mask, kept, dropout_p, is_causal, _scale(None, query), out)


def _packed_backward(
    g: Any,
    y: Any,
    weights: Any,
    wanted: Sequence[bool],
    qkv: Any,
    attn_mask: Any = None,
    kept: Any = None,
    num_heads: int = 1,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    batch_first: bool = True,
) -> list[Any]:
    query, key, value = _split(qkv, num_heads, batch_first)
    to_packed = np.empty(qkv.shape, qkv.dtype)
    to = _split(to_packed, num_heads, batch_first) if wanted[0] else (None, None, None)
    upstream = _split_one(g, num_heads, batch_first)
    scale = _scale(None, query)
    to_scores = _attend_backward(upstream, weights, (query, key, value), kept, dropout_p, scale, to, wanted[1])
    return [
        to_packed if wanted[0] else None,
        unbroadcast(to_scores.swapaxes(-1, -2), attn_mask.shape) if wanted[1] else None,
    ]


def _packed_composition(
    qkv: Any,
    attn_mask: Any = None,
    kept: Any = None,
    num_heads: int = 1,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    batch_first: bool = True,
) -> Any:
    query, key, value = _split(qkv, num_heads, batch_first)
    y = _composition(query, key, value, attn_mask, kept, dropout_p, is_causal)
    y = y.swapaxes(-3, -2) if qkv.ndim == 2 or batch_first else y.permute(2, 0, 1, 3)
    return y.reshape(*qkv.shape[:-1], qkv.shape[-1] // 3)


self_attention = fused(
    "self_attention",
    _packed_forward,
    _packed_backward,
    _packed_composition,
    differentiable=(True, True, False),
    keeps=True,
    module="nn.ops",
    sign="attention",
    pattern="swap",
    formula="scaled_dot_product_attention of the thirds of qkv, each head for itself",
    gradients=("those of query, key and value, side by side", "that of the scores"),
    examples=(
        ((2, 3, 12), None, None, 2),
        ((3, 2, 12), None, None, 2, 0.0, True, False),
        ((3, 12), (3, 3), None, 2),
        ((2, 3, 6), np.array([[[[True, False, True]]], [[[False, False, False]]]]), None, 1),
        ((2, 3, 6), None, np.tri(3, dtype=bool) | np.zeros((2, 1, 1, 1), bool), 1, 0.25),
    ),
    doc="The input is what one linear map makes of a sequence: queries, keys and values beside each other.",
)
