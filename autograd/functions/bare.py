"""What are the plain numbers of a node?"""

from __future__ import annotations

from typing import Any

from autograd.graph import Node
from autograd.tensor import Tensor, _array_of

__all__ = ["bare"]


def bare(x: Any) -> Any:
    """A Tensor's array, a Value's number, and anything else as it is: to be read here and now, not to be kept."""
    return _array_of(x) if isinstance(x, Tensor) else x.data if isinstance(x, Node) else x
