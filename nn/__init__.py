"""Neural networks on the engine, with PyTorch's names, defaults, weight layouts and ``state_dict`` keys.

What is named here loads when it is first asked for, so that ``import nn`` brings NumPy and the engine and nothing else.
"""

import importlib
from typing import Any

SUBMODULES = frozenset(
    [
        "data",
        "diagnose",
        "functional",
        "init",
        "layers",
        "losses",
        "monitor",
        "optim",
        "ops",
        "scalar",
        "train",
        "utils",
    ]
)
"""What ``nn.<name>`` finds as a module of this package."""

EXPORTS = {
    # the building kit
    "Module": "nn.module",
    "Parameter": "nn.parameter",
    "Buffer": "nn.parameter",
    "Sequential": "nn.containers",
    "ModuleList": "nn.containers",
    "ModuleDict": "nn.containers",
    "ParameterList": "nn.containers",
    "ParameterDict": "nn.containers",
    "Identity": "nn.containers",
    "Flatten": "nn.containers",
    "Unflatten": "nn.containers",
    "Residual": "nn.containers",
    # bends
    "ReLU": "nn.layers.activations",
    "ReLU6": "nn.layers.activations",
    "LeakyReLU": "nn.layers.activations",
    "PReLU": "nn.layers.activations",
    "RReLU": "nn.layers.activations",
    "ELU": "nn.layers.activations",
    "CELU": "nn.layers.activations",
    "SELU": "nn.layers.activations",
    "Threshold": "nn.layers.activations",
    "Hardtanh": "nn.layers.activations",
    "Hardshrink": "nn.layers.activations",
    "Softshrink": "nn.layers.activations",
    "Sigmoid": "nn.layers.activations",
    "Tanh": "nn.layers.activations",
    "LogSigmoid": "nn.layers.activations",
    "Hardsigmoid": "nn.layers.activations",
    "Hardswish": "nn.layers.activations",
    "SiLU": "nn.layers.activations",
    "Mish": "nn.layers.activations",
    "GELU": "nn.layers.activations",
    "Softplus": "nn.layers.activations",
    "Softsign": "nn.layers.activations",
    "Tanhshrink": "nn.layers.activations",
    "GLU": "nn.layers.activations",
    "Softmax": "nn.layers.activations",
    "LogSoftmax": "nn.layers.activations",
    "Softmin": "nn.layers.activations",
    "Softmax2d": "nn.layers.activations",
    # weighted sums
    "Linear": "nn.layers.linear",
    "Bilinear": "nn.layers.linear",
    # sequences: step by step, and all at once
    "RNN": "nn.layers.recurrent",
    "LSTM": "nn.layers.recurrent",
    "GRU": "nn.layers.recurrent",
    "RNNCell": "nn.layers.recurrent",
    "LSTMCell": "nn.layers.recurrent",
    "GRUCell": "nn.layers.recurrent",
    "MultiheadAttention": "nn.layers.attention",
    "TransformerEncoderLayer": "nn.layers.transformer",
    "TransformerEncoder": "nn.layers.transformer",
    "TransformerDecoderLayer": "nn.layers.transformer",
    "TransformerDecoder": "nn.layers.transformer",
    "Transformer": "nn.layers.transformer",
    "SwiGLU": "nn.layers.gated",
    # windows of lines and planes
    "Conv1d": "nn.layers.convolution",
    "Conv2d": "nn.layers.convolution",
    "ConvTranspose1d": "nn.layers.convolution",
    "ConvTranspose2d": "nn.layers.convolution",
    "Unfold": "nn.layers.convolution",
    "Fold": "nn.layers.convolution",
    "MaxPool1d": "nn.layers.pooling",
    "MaxPool2d": "nn.layers.pooling",
    "AvgPool1d": "nn.layers.pooling",
    "AvgPool2d": "nn.layers.pooling",
    "AdaptiveMaxPool1d": "nn.layers.pooling",
    "AdaptiveMaxPool2d": "nn.layers.pooling",
    "AdaptiveAvgPool1d": "nn.layers.pooling",
    "AdaptiveAvgPool2d": "nn.layers.pooling",
    "ZeroPad1d": "nn.layers.padding",
    "ZeroPad2d": "nn.layers.padding",
    "ConstantPad1d": "nn.layers.padding",
    "ConstantPad2d": "nn.layers.padding",
    "ReflectionPad1d": "nn.layers.padding",
    "ReflectionPad2d": "nn.layers.padding",
    "ReplicationPad1d": "nn.layers.padding",
    "ReplicationPad2d": "nn.layers.padding",
    "CircularPad1d": "nn.layers.padding",
    "CircularPad2d": "nn.layers.padding",
    # normalization
    "BatchNorm1d": "nn.layers.normalization",
    "BatchNorm2d": "nn.layers.normalization",
    "LayerNorm": "nn.layers.normalization",
    "RMSNorm": "nn.layers.normalization",
    "GroupNorm": "nn.layers.normalization",
    "InstanceNorm1d": "nn.layers.normalization",
    "InstanceNorm2d": "nn.layers.normalization",
    "LocalResponseNorm": "nn.layers.normalization",
    # leaving something out
    "Dropout": "nn.layers.dropout",
    "Dropout1d": "nn.layers.dropout",
    "Dropout2d": "nn.layers.dropout",
    "AlphaDropout": "nn.layers.dropout",
    "FeatureAlphaDropout": "nn.layers.dropout",
    "StochasticDepth": "nn.layers.dropout",
    # tables, and where one is in a sequence
    "Embedding": "nn.layers.sparse",
    "SinusoidalPositionalEncoding": "nn.layers.positional",
    "LearnedPositionalEncoding": "nn.layers.positional",
    "RotaryPositionalEncoding": "nn.layers.positional",
    # losses
    "BCELoss": "nn.losses",
    "BCEWithLogitsLoss": "nn.losses",
    "CosineEmbeddingLoss": "nn.losses",
    "CrossEntropyLoss": "nn.losses",
    "GaussianNLLLoss": "nn.losses",
    "HingeEmbeddingLoss": "nn.losses",
    "HingeLoss": "nn.losses",
    "HuberLoss": "nn.losses",
    "KLDivLoss": "nn.losses",
    "L1Loss": "nn.losses",
    "MSELoss": "nn.losses",
    "MarginRankingLoss": "nn.losses",
    "MultiLabelMarginLoss": "nn.losses",
    "MultiLabelSoftMarginLoss": "nn.losses",
    "MultiMarginLoss": "nn.losses",
    "MulticlassHingeLoss": "nn.losses",
    "NLLLoss": "nn.losses",
    "PoissonNLLLoss": "nn.losses",
    "SmoothL1Loss": "nn.losses",
    "SoftMarginLoss": "nn.losses",
    "TripletMarginLoss": "nn.losses",
    # what a network is and weighs, and how it is kept
    "summary": "nn.summaries",
    "save": "nn.saving",
    "load": "nn.saving",
    "save_checkpoint": "nn.saving",
    "load_checkpoint": "nn.saving",
    "manual_seed": "autograd.random",
}
"""Where a name is found."""

__all__ = [*EXPORTS, *SUBMODULES]


def __getattr__(name: str) -> Any:
    if name in EXPORTS:
        found = getattr(importlib.import_module(EXPORTS[name]), name)
    elif name in SUBMODULES:
        found = importlib.import_module(f"nn.{name}")
    else:
        raise AttributeError(f"module 'nn' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *EXPORTS, *SUBMODULES})
