"""Which operations of networks are worth one node each? The fused rows of the table, a file per family."""

from nn.ops.linear import linear

__all__ = ["linear"]
