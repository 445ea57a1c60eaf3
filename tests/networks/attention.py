"""Which attentions and transformers are compared?"""

from __future__ import annotations

import numpy as np

from networks.case import A, Case, ModuleCase, Of, functional, module, refused

name = "scaled_dot_product_attention"
q, k, v = A(2, 3, 4, 5), A(2, 3, 6, 5), A(2, 3, 6, 7)
some = Of([[1, 0, 1, 1, 0, 1], [0, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1]], "bool", "some")
nothing = Of(
    [[1, 0, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1]], "bool", "a row of nothing"
)
future = Of(~np.tri(4, dtype=bool), "bool", "future")
added = Of(np.triu(np.full((4, 4), -np.inf), 1), label="-inf in the future").kept()
padding = Of([[0, 0, 0, 1], [0, 1, 0, 1]], "bool", "padding")

FUNCTIONS: list[Case | ModuleCase] = [
    functional(name, q, k, v),
    functional(name, A(4, 5), A(6, 5), A(6, 7)),
    functional(name, A(2, 4, 5), A(2, 6, 5), A(2, 6, 5)),
    functional(name, q, k, v, some),
    functional(name, q, k, v, nothing),
    functional(name, q, k, v, attn_mask=A(4, 6)),
    functional(name, q, k, v, attn_mask=A(3, 1, 6)),
    functional(name, q, k, v, attn_mask=A(2, 1, 4, 6)),
    functional(name, q, k, v, is_causal=True),
    functional(name, A(1, 6, 5), A(1, 4, 5), A(1, 4, 5), is_causal=True),
    functional(name, q, k, v, scale=0.7),
    functional(name, q, k, v, scale=-1.0),
    functional(name, A(2, 4, 3, 2), A(2, 2, 5, 2), A(2, 2, 5, 3), enable_gqa=True),
    functional(name, A(4, 3, 2), A(1, 5, 2), A(2, 5, 3), enable_gqa=True, is_causal=True),
    functional(name, A(2, 3, 4, 5), A(3, 6, 5), A(1, 1, 6, 7)),
    functional(name, A(1, 1, 1), A(1, 1, 1), A(1, 1, 1)),
    functional(name, A(2, 0, 3), A(2, 4, 3), A(2, 4, 3)),
    functional(name, A(2, 4, 3), A(2, 0, 3), A(2, 0, 3)),
    functional(name, q, k, v, dropout_p=1.0),
    functional(name, A(3, 4, 5).within(300, 400), A(3, 4, 5).within(300, 400), A(3, 4, 5)),
    functional(name, A(2, 3, 4, 5).transposed(), A(2, 3, 4, 6).transposed(), A(2, 3, 6, 4)),
    refused(name, q, k, v, dropout_p=1.5),
    refused(name, A(4, 5), A(6, 4), A(6, 7)),
    refused(name, A(4, 5), A(6, 5), A(5, 7)),
    refused(name, A(5), A(6, 5), A(6, 7)),
    refused(name, q, k, v, A(4, 5)),
    refused(name, q, k, v, A(4, 6).of("int64")),
    refused(name, q, k, v, some, is_causal=True),
    refused(name, A(2, 3, 4, 5), A(2, 2, 4, 5), A(2, 2, 4, 5)),
    refused(name, A(2, 3, 4, 5), A(2, 2, 4, 5), A(2, 2, 4, 5), enable_gqa=True),
]

x, y = A(4, 2, 6), A(5, 2, 6)
_fast = {"need_weights": False}

ATTENTIONS: list[Case | ModuleCase] = [
    module("MultiheadAttention", 6, 2, inputs=(x, x, x)),
    module("MultiheadAttention", 6, 3, inputs=(x, y, y), order=2, modes=("train",)),
    module("MultiheadAttention", 6, 3, inputs=(x, y, y), call=_fast),
    module("MultiheadAttention", 6, 1, bias=False, inputs=(x, y, y), call={"average_attn_weights": False}),
    module("MultiheadAttention", 6, 2, inputs=(A(2, 4, 6), A(2, 5, 6), A(2, 5, 6)), batch_first=True),
    module("MultiheadAttention", 6, 2, inputs=(A(4, 6), A(5, 6), A(5, 6))),
    module("MultiheadAttention", 6, 2, inputs=(A(4, 6), A(5, 6), A(5, 6)), batch_first=True, call=_fast),
    module("MultiheadAttention", 6, 2, kdim=3, vdim=5, inputs=(x, A(5, 2, 3), A(5, 2, 5))),
    module("MultiheadAttention", 6, 2, kdim=3, inputs=(x, A(5, 2, 3), y), bias=False, call=_fast),
    module("MultiheadAttention", 6, 2, add_bias_kv=True, inputs=(x, y, y), call=_fast),
    module("MultiheadAttention", 6, 2, add_zero_attn=True, inputs=(x, y, y)),
    module("MultiheadAttention", 6, 2, 0.0, True, True, True, inputs=(x, y, y), call={"attn_mask": A(4, 5)}),
    module("MultiheadAttention", 6, 2, 0.5, inputs=(x, y, y), modes=("eval",)),
    *(
        module("MultiheadAttention", 6, 2, inputs=(x, x, x), call={**masks, "need_weights": weights})
        for weights in (True, False)
        for masks in (
            {"attn_mask": future},
            {"attn_mask": added},
            {"attn_mask": A(4, 4)},
            {"attn_mask": A(4, 4, 4)},
            {"key_padding_mask": padding},
            {"key_padding_mask": A(2, 4)},
            {"key_padding_mask": padding, "attn_mask": future},
            {"key_padding_mask": padding, "attn_mask": A(4, 4, 4)},
            {"attn_mask": future, "is_causal": True},
            {"attn_mask": future, "key_padding_mask": padding, "is_causal": True},
        )
    ),
    module("MultiheadAttention", 6, 2, inputs=(A(4, 6),) * 3, call={"attn_mask": A(2, 4, 4)}),
    module(
        *("MultiheadAttention", 6, 2),
        inputs=(A(4, 6),) * 3,
        call={"key_padding_mask": Of([0, 0, 1, 0], "bool")},
    ),
    refused("MultiheadAttention", 6, 4),
    refused("MultiheadAttention", 0, 1),
    refused("MultiheadAttention", 6, 2, inputs=(x, A(5, 3, 6), A(5, 3, 6))),
    refused("MultiheadAttention", 6, 2, inputs=(A(4, 2, 5), y, y)),
    refused("MultiheadAttention", 6, 2, inputs=(x, y, A(4, 2, 6))),
    refused("MultiheadAttention", 6, 2, inputs=(A(1, 4, 2, 6),) * 3),
    refused("MultiheadAttention", 6, 2, inputs=(x, x, x), call={"attn_mask": A(4, 5)}),
    refused("MultiheadAttention", 6, 2, inputs=(x, x, x), call={"attn_mask": A(2, 4, 4)}),
    refused("MultiheadAttention", 6, 2, inputs=(x, x, x), call={"key_padding_mask": A(4, 2)}),
    refused("MultiheadAttention", 6, 2, inputs=(x, x, x), call={"attn_mask": A(4, 4).of("int64")}),
]

_masks = {"src_mask": future, "src_key_padding_mask": padding}
_still = {"dropout": 0.0}
_block = module("TransformerEncoderLayer", 6, 2, 8, 0.0)
_decoding = module("TransformerDecoderLayer", 6, 2, 8, 0.0)
_norm = module("LayerNorm", 6)

TRANSFORMERS: list[Case | ModuleCase] = [
    module("TransformerEncoderLayer", 6, 2, 8, inputs=(x,), **_still),
    module("TransformerEncoderLayer", 6, 2, 8, inputs=(x,), modes=("eval",)),
    module("TransformerEncoderLayer", 6, 2, 8, inputs=(x,), norm_first=True, **_still),
    module("TransformerEncoderLayer", 6, 2, 8, inputs=(x,), call=_masks, activation="gelu", **_still),
    module("TransformerEncoderLayer", 6, 2, 8, inputs=(A(2, 4, 6),), call=_masks, batch_first=True, **_still),
    module("TransformerEncoderLayer", 6, 2, 8, inputs=(A(4, 6),), layer_norm_eps=0.1, bias=False, **_still),
    module("TransformerEncoderLayer", 6, 2, 8, 0.0, functional("silu"), inputs=(x,)),
    module("TransformerEncoderLayer", 6, 2, 8, 0.0, module("Tanh"), inputs=(x,)),
    module("TransformerEncoderLayer", 6, 2, 8, inputs=(x,), call={"src_mask": future, "is_causal": True}, **_still),
    module("TransformerEncoder", _block, 2, inputs=(x,)),
    module("TransformerEncoder", _block, 2, _norm, inputs=(x,), call={"mask": future, "src_key_padding_mask": padding}),
    module("TransformerDecoderLayer", 6, 2, 8, inputs=(x, y), **_still),
    module("TransformerDecoderLayer", 6, 2, 8, inputs=(x, y), norm_first=True, bias=False, **_still),
    module(
        *("TransformerDecoderLayer", 6, 2, 8),
        inputs=(x, y),
        call={"tgt_mask": future, "memory_mask": A(4, 5), "tgt_key_padding_mask": padding},
        **_still,
    ),
    module("TransformerDecoder", _decoding, 2, _norm, inputs=(x, y), call={"tgt_mask": future, "tgt_is_causal": True}),
    module("Transformer", 6, 2, 1, 1, 8, 0.0, inputs=(y, x), call={"tgt_mask": future}),
    module("Transformer", 6, 2, 1, 2, 8, 0.0, inputs=(A(2, 5, 6), A(2, 4, 6)), batch_first=True, norm_first=True),
    refused("TransformerEncoderLayer", 6, 2, 8, activation="tanh"),
    refused("TransformerEncoderLayer", 6, 4, 8),
    refused("TransformerEncoderLayer", 6, 2, 8, inputs=(A(4, 2, 5),)),
    refused("Transformer", 6, 2, 1, 1, 8, inputs=(y, A(4, 3, 6))),
]

CASES: list[Case | ModuleCase] = FUNCTIONS + ATTENTIONS + TRANSFORMERS
