"""Transformers: blocks of attention and a feed-forward network, each round a shortcut and with a normalization.

Where the normalization goes is ``norm_first``: after the sum x + f(x), as in the paper (Vaswani et al. 2017), or on
what goes into f, which trains without warm-up (Xiong et al. 2020).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor, get_default_dtype
from autograd.errors import ArgumentTypeError, ArgumentValueError, ShapeError
from autograd.random import Generator
from nn import functional as F
from nn import init
from nn.containers import ModuleList
from nn.layers.attention import MultiheadAttention
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.layers.normalization import LayerNorm
from nn.module import Module

__all__ = [
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
]

_ACTIVATIONS = {"relu": F.relu, "gelu": F.gelu}


class _Block(Module):
    """What the blocks of encoder and decoder have in common."""

    self_attn: MultiheadAttention
    norm1: LayerNorm
    norm2: LayerNorm
    dropout1: Dropout
    dropout2: Dropout

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int,
        dropout: float,
        activation: str | Callable[[Tensor], Tensor],
        layer_norm_eps: float,
        batch_first: bool,
        norm_first: bool,
        bias: bool,
        device: Any,
        dtype: Any,
        generator: Generator | None,
        attentions: tuple[str, ...],
    ) -> None:
        super().__init__()
        if isinstance(activation, str):
            if activation not in _ACTIVATIONS:
                raise ArgumentValueError(
                    f"{type(self).__name__}: the activation is {', '.join(map(repr, _ACTIVATIONS))} or a function, not "
                    f"{activation!r:.40}"
                )
        elif not callable(activation):
            raise ArgumentTypeError(f"{type(self).__name__}: the activation {activation!r:.40} is not a function")
        for name in attentions:
            made = {"batch_first": batch_first, "device": device, "dtype": dtype, "generator": generator}
            setattr(self, name, MultiheadAttention(d_model, nhead, dropout, bias, **made))
        self.linear1 = Linear(d_model, dim_feedforward, bias, device, dtype)
        self.dropout = Dropout(dropout, generator=generator)
        self.linear2 = Linear(dim_feedforward, d_model, bias, device, dtype)
        self.norm_first = norm_first
        for number in range(1, len(attentions) + 2):
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, device=device, dtype=dtype)
            setattr(self, f"norm{number}", norm)
        for number in range(1, len(attentions) + 2):
            setattr(self, f"dropout{number}", Dropout(dropout, generator=generator))
        self.activation = _ACTIVATIONS[activation] if isinstance(activation, str) else activation

    def _round(self, x: Tensor, part: Callable[[Tensor], Tensor], norm: Module, dropout: Module) -> Tensor:
        """The shortcut round a part, and the normalization."""
        if self.norm_first:
            return x + dropout(part(norm(x)))
        return norm(x + dropout(part(x)))

    def _feed_forward(self, x: Tensor) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_Block):
    """A block of an encoder: every position looks at all others, and then thinks for itself.

    Parameters
    ----------
    d_model : int
        The width of input and output.
    nhead : int
        How many heads the attention has.
    dim_feedforward : int
        How many neurons the feed-forward network has.
    dropout : float
        The share of what each part gives, and of attention weights and neurons, that is set to 0 in training.
    activation : {"relu", "gelu"} or callable
    layer_norm_eps : float
    batch_first : bool
        Whether inputs are [batch, length, d_model]; otherwise [length, batch, d_model].
    norm_first : bool
        Whether the normalization comes before each part; otherwise after it.
    bias : bool
    dtype : data-type, optional
    generator : Generator, optional
        Draws what is dropped.

    Attributes
    ----------
    self_attn : MultiheadAttention
    linear1, linear2 : Linear
        The feed-forward network.
    norm1, norm2 : LayerNorm

    Raises
    ------
    ArgumentValueError, ArgumentTypeError
        If the heads cannot share the width, or if the activation is not known.

    Notes
    -----
    src: [batch, length, d_model], or as batch_first says, or without a batch → the same shape.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: Generator | None = None,
    ) -> None:
        shared = d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias
        super().__init__(*shared, device, dtype, generator, ("self_attn",))

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Compute the block; the masks and is_causal are those of `MultiheadAttention.forward`."""

        def attend(x: Tensor) -> Tensor:
            return self.self_attn(x, x, x, src_key_padding_mask, False, src_mask, is_causal=is_causal)[0]

        x = self._round(src, attend, self.norm1, self.dropout1)
        return self._round(x, self._feed_forward, self.norm2, self.dropout2)


class TransformerDecoderLayer(_Block):
    """A block of a decoder: every position looks at the others, then at an encoder's output, then thinks for itself.

    Parameters
    ----------
    d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, dtype,
    generator
        As for `TransformerEncoderLayer`.

    Attributes
    ----------
    self_attn, multihead_attn : MultiheadAttention
        To the positions, and to the encoder's output.
    linear1, linear2 : Linear
        The feed-forward network.
    norm1, norm2, norm3 : LayerNorm

    Notes
    -----
    tgt: [batch, length, d_model], memory: [batch, S, d_model], or as batch_first says → tgt's shape.
    """

    multihead_attn: MultiheadAttention
    norm3: LayerNorm
    dropout3: Dropout

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: Generator | None = None,
    ) -> None:
        shared = d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias
        super().__init__(*shared, device, dtype, generator, ("self_attn", "multihead_attn"))

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Compute the block; the masks are those of the two attentions, see `MultiheadAttention.forward`."""

        def attend(x: Tensor) -> Tensor:
            return self.self_attn(x, x, x, tgt_key_padding_mask, False, tgt_mask, is_causal=tgt_is_causal)[0]

        def look_up(x: Tensor) -> Tensor:
            masks = memory_key_padding_mask, False, memory_mask
            return self.multihead_attn(x, memory, memory, *masks, is_causal=memory_is_causal)[0]

        x = self._round(tgt, attend, self.norm1, self.dropout1)
        x = self._round(x, look_up, self.norm2, self.dropout2)
        return self._round(x, self._feed_forward, self.norm3, self.dropout3)


class _Stack(Module):
    """Copies of a block, one after another."""

    def __init__(self, layer: Module, num_layers: int, norm: Module | None) -> None:
        super().__init__()
        # Generators are shared: copies of one would let all blocks drop the same.
        shared = {id(g): g for module in layer.modules() if (g := getattr(module, "generator", None)) is not None}
        self.layers = ModuleList([copy.deepcopy(layer, dict(shared)) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm

    def _through(self, x: Tensor, *args: Any, **options: Any) -> Tensor:
        for layer in self.layers:
            x = layer(x, *args, **options)
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(_Stack):
    """Blocks of an encoder, one after another.

    Parameters
    ----------
    encoder_layer : TransformerEncoderLayer
        Copied; so all blocks begin with the same weights.
    num_layers : int
    norm : Module, optional
        A last normalization.
    enable_nested_tensor, mask_check : bool
        Not looked at: what they switch in PyTorch is not there.

    Attributes
    ----------
    layers : ModuleList
    norm : Module or None
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,  # noqa: ARG002
        mask_check: bool = True,  # noqa: ARG002
    ) -> None:
        super().__init__(encoder_layer, num_layers, norm)

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """Compute all blocks; the masks and is_causal are those of `MultiheadAttention.forward`."""
        return self._through(src, mask, src_key_padding_mask, bool(is_causal))


class TransformerDecoder(_Stack):
    """Blocks of a decoder, one after another.

    Parameters
    ----------
    decoder_layer : TransformerDecoderLayer
        Copied; so all blocks begin with the same weights.
    num_layers : int
    norm : Module, optional
        A last normalization.

    Attributes
    ----------
    layers : ModuleList
    norm : Module or None
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__(decoder_layer, num_layers, norm)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Compute all blocks; the arguments are those of `TransformerDecoderLayer.forward`."""
        masks = tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask
        return self._through(tgt, memory, *masks, bool(tgt_is_causal), memory_is_causal)


class Transformer(Module):
    """Encoder and decoder (Vaswani et al. 2017), without embeddings and without an output layer.

    Parameters
    ----------
    d_model, nhead : int
    num_encoder_layers, num_decoder_layers : int
    dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, dtype,
    generator
        As for `TransformerEncoderLayer`.
    custom_encoder, custom_decoder : Module, optional
        In the place of ours.

    Attributes
    ----------
    encoder : TransformerEncoder
    decoder : TransformerDecoder
        Their matrices are drawn by `init.xavier_uniform_`, as in PyTorch.

    Notes
    -----
    src: [batch, S, d_model], tgt: [batch, L, d_model], or as batch_first says → tgt's shape.
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = F.relu,
        custom_encoder: Module | None = None,
        custom_decoder: Module | None = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: Generator | None = None,
    ) -> None:
        super().__init__()
        shared = d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias

        def norm() -> LayerNorm:
            return LayerNorm(d_model, eps=layer_norm_eps, bias=bias, device=device, dtype=dtype)

        if custom_encoder is None:
            layer = TransformerEncoderLayer(*shared, device, dtype, generator=generator)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm())
        if custom_decoder is None:
            last = TransformerDecoderLayer(*shared, device, dtype, generator=generator)
            custom_decoder = TransformerDecoder(last, num_decoder_layers, norm())
        self.encoder = custom_encoder
        self.decoder = custom_decoder
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw all matrices anew; vectors stay as they are."""
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Encode src, and decode tgt with it; the masks are those of `MultiheadAttention.forward`.

        Raises
        ------
        ShapeError
            If src and tgt do not have the same batch, or are not d_model wide.
        """
        at = 0 if self.batch_first else 1
        one_batch = src.ndim == tgt.ndim and (src.ndim != 3 or src.shape[at] == tgt.shape[at])
        if not one_batch or src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise ShapeError(
                f"Transformer: src and tgt have the shapes {src.shape} and {tgt.shape}; they must be {self.d_model} "
                "wide and have the same batch"
            )
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask,
            memory_mask,
            tgt_key_padding_mask,
            memory_key_padding_mask,
            tgt_is_causal,
            memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A mask [sz, sz] to be added to scores: −inf where the key comes after the query, 0 elsewhere."""
        if device not in (None, "cpu"):
            raise ArgumentValueError(f"there is no device but the CPU, not {device!r:.40}")
        return Tensor(np.triu(np.full((sz, sz), -np.inf, dtype or get_default_dtype()), 1))
