"""Neural networks on the engine. For now: networks of scalars, `nn.scalar`."""

from nn import scalar

__all__ = ["scalar"]
