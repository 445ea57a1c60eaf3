"""Which methods change a Tensor itself: PyTorch's names that end in an underscore?

Each is the function of the same name, followed by `autograd.tensor.replace`: while recording, the Tensor goes on as the
result; otherwise the result is written into its array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import GraphError, ShapeError
from autograd.functions.registry import FUNCTIONS
from autograd.ops.table import TABLE
from autograd.random import Generator, numpy_generator
from autograd.tensor import Tensor, _array_of, replace

__all__: list[str] = []

_NAMES = (
    *("abs", "add", "addcdiv", "addcmul", "ceil", "clamp", "clamp_max", "clamp_min", "cos", "div", "exp", "floor"),
    *("index_add", "lerp", "log", "masked_fill", "mul", "neg", "pow", "reciprocal", "relu", "remainder", "round"),
    *("rsqrt", "scatter", "scatter_add", "sigmoid", "sin", "sqrt", "square", "sub", "tanh", "tril", "triu", "trunc"),
)


def _in_place(name: str) -> Callable[..., Tensor]:
    def method(self: Tensor, *args: Any, **options: Any) -> Tensor:
        compute = FUNCTIONS.get(name) or TABLE[name]
        return replace(self, lambda before: compute(before, *args, **options))

    method.__name__, method.__qualname__ = f"{name}_", f"Tensor.{name}_"
    method.__doc__ = f"`autograd.{name}` in place."
    return method


for _name in _NAMES:
    setattr(Tensor, f"{_name}_", _in_place(_name))


def _method(made: Callable[..., Tensor]) -> Callable[..., Tensor]:
    setattr(Tensor, made.__name__, made)
    return made


@_method
def copy_(self: Tensor, src: Any) -> Tensor:
    """Take over the entries of another Tensor or array, broadcast to this one's shape and cast to its type."""

    def copied(before: Tensor) -> Tensor:
        values: Any = src if isinstance(src, Tensor) else Tensor(src)
        if values.dtype != before.dtype:
            values = TABLE["astype"](values, before.dtype)
        try:
            return TABLE["broadcast_to"](values, before.shape) * 1  # an array of its own
        except ShapeError as problem:
            raise ShapeError(f"copy_(): shape {values.shape} does not fit into shape {before.shape}") from problem

    return replace(self, copied)


@_method
def fill_(self: Tensor, value: Any) -> Tensor:
    """Set every entry to one number."""
    return copy_(self, value)


@_method
def zero_(self: Tensor) -> Tensor:
    """Set every entry to 0."""
    return copy_(self, np.zeros((), self.dtype))


@_method
def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Draw every entry from the normal distribution."""
    return copy_(self, numpy_generator(generator).normal(mean, std, self.shape))


@_method
def uniform_(self: Tensor, a: float = 0.0, b: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Draw every entry uniformly from between ``a`` and ``b``."""
    return copy_(self, numpy_generator(generator).uniform(a, b, self.shape))


@_method
def detach_(self: Tensor) -> Tensor:
    """Make this Tensor a leaf that requires no gradient.

    Raises
    ------
    GraphError
        If something was computed from it: its gradient would be lost.
    """
    if self._uses and self.op is not None:
        raise GraphError("detach_() of a Tensor from which others were computed would cut their graph: use detach()")
    self._data = _array_of(self)
    for x in self._inputs or ():
        if isinstance(x, Tensor):
            x._uses -= 1
    self.op, self._inputs, self._requires_grad = None, (), False
    return self
