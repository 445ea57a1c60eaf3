"""Which operations of networks are worth one node each? The fused rows of the table, a file per family."""

from nn.ops.attention import scaled_dot_product_attention, self_attention
from nn.ops.classes import cross_entropy, soft_cross_entropy
from nn.ops.convolution import conv1d, conv2d, conv_transpose1d, conv_transpose2d
from nn.ops.dropout import dropout
from nn.ops.linear import linear
from nn.ops.losses import huber_loss, l1_loss, logits_cross_entropy, mse_loss
from nn.ops.normalization import batch_norm, group_norm, layer_norm, rms_norm
from nn.ops.pooling import avg_pool, max_pool
from nn.ops.positional import rotate_pairs
from nn.ops.recurrent import gru, lstm, rnn
from nn.ops.sparse import embedding

__all__ = [
    "avg_pool",
    "batch_norm",
    "conv1d",
    "conv2d",
    "conv_transpose1d",
    "conv_transpose2d",
    "cross_entropy",
    "dropout",
    "embedding",
    "group_norm",
    "gru",
    "huber_loss",
    "l1_loss",
    "layer_norm",
    "linear",
    "logits_cross_entropy",
    "lstm",
    "max_pool",
    "mse_loss",
    "rms_norm",
    "rnn",
    "rotate_pairs",
    "scaled_dot_product_attention",
    "self_attention",
    "soft_cross_entropy",
]
