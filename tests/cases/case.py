"""What is a case: one call that means the same in this engine and in PyTorch?

Names, argument orders and defaults are PyTorch's, so a case is written once. Its arrays are described, not held:
they are made from what the case itself says, so they are the same wherever it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

import numpy as np

__all__ = ["A", "Array", "Case", "Of", "call", "numbers", "refused"]


def numbers(seed: str, shape: tuple[int, ...], low: float = -2.0, high: float = 2.0) -> np.ndarray:
    """Pseudo-random numbers between two bounds; of NumPy's streams the raw one is promised never to change."""
    size = int(np.prod(shape))
    raw = np.asarray(np.random.PCG64(crc32(seed.encode())).random_raw(size), np.uint64)
    return low + (high - low) * ((raw >> np.uint64(11)) * 2.0**-53).reshape(shape)


@dataclass(frozen=True, repr=False)
class Array:
    """An input: drawn from a seed, or with the entries given; floats are leaves that require gradients.

    ``layout`` is applied to the leaf by a recorded operation: reversed (negative strides), transposed (the last two
    axes) or strided (every second entry of the last axis), so ``shape`` is the leaf's and not yet the view's.
    """

    shape: tuple[int, ...] = ()
    low: float = -2.0
    high: float = 2.0
    dtype: str = "float64"
    layout: str = ""
    definite: bool = False
    constant: bool = False
    entries: Any = None
    label: str = ""

    @property
    def requires_grad(self) -> bool:
        return self.dtype.startswith("float") and not self.constant

    def array(self, seed: str) -> np.ndarray:
        """The leaf's entries."""
        if self.entries is not None:
            return np.array(self.entries, self.dtype)
        drawn = numbers(seed, self.shape, self.low, self.high)
        if self.definite:
            drawn = drawn + np.swapaxes(drawn, -1, -2) + 4 * self.shape[-1] * np.eye(self.shape[-1])
        return np.floor(drawn).astype(self.dtype) if self.dtype.startswith("int") else drawn.astype(self.dtype)

    def within(self, low: float, high: float) -> Array:
        return replace(self, low=low, high=high)

    def of(self, dtype: str) -> Array:
        return replace(self, dtype=dtype)

    def reversed(self) -> Array:
        return replace(self, layout="reversed")

    def transposed(self) -> Array:
        return replace(self, layout="transposed")

    def strided(self) -> Array:
        return replace(self, layout="strided")

    def positive_definite(self) -> Array:
        return replace(self, definite=True)

    def kept(self) -> Array:
        """The same as a constant."""
        return replace(self, constant=True)

    def __repr__(self) -> str:
        if self.entries is not None:
            text = self.label or str(self.entries).replace(" ", "")
        else:
            text = f"({','.join(map(str, self.shape))})"
            if (self.low, self.high) != (-2.0, 2.0):
                text += f"[{self.low:g},{self.high:g}]"
        if self.dtype != "float64":
            text += f":{self.dtype}"
        for said in (self.layout, "definite" * self.definite, "constant" * self.constant):
            text += f".{said}" * bool(said)
        return text


def A(*shape: int) -> Array:
    """An array of this shape, with entries between -2 and 2."""
    return Array(shape)


def Of(entries: Any, dtype: str = "float64", label: str = "") -> Array:
    """An array of these entries; the label stands for them in the case's name."""
    return Array(np.shape(entries), dtype=dtype, entries=entries, label=label)


@dataclass(frozen=True, repr=False)
class Case:
    """A call, and how far the two sides are compared.

    ``name`` is that of a function; ``Tensor.name`` calls a method of the first argument, ``linalg.name`` a function of
    that part. ``order`` is 2 for values, gradients, and gradients of gradients; 0 for values alone. ``outputs`` are
    the results compared, where others are left open by PyTorch. A ``differs`` says in words why ours is another.
    """

    name: str
    args: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)
    order: int = 2
    outputs: tuple[int, ...] | None = None
    refused: bool = False
    differs: str = ""

    def values_only(self, *outputs: int) -> Case:
        return replace(self, order=0, outputs=outputs or None)

    def up_to(self, order: int) -> Case:
        return replace(self, order=order)

    def but(self, reason: str) -> Case:
        return replace(self, differs=reason)

    def __str__(self) -> str:
        given = [*map(_text, self.args), *(f"{name}={_text(value)}" for name, value in self.options.items())]
        return f"{self.name}({', '.join(given)})"

    __repr__ = __str__


def _text(x: Any) -> str:
    """A slice as 1:4, other arguments as Python writes them, without blanks."""
    if isinstance(x, slice):
        return ":".join("" if part is None else str(part) for part in (x.start, x.stop, x.step)[: 3 if x.step else 2])
    if isinstance(x, (tuple, list)):
        inner = ",".join(map(_text, x))
        return f"[{inner}]" if isinstance(x, list) else f"({inner})"
    return "..." if x is Ellipsis else repr(x)


def call(name: str, *args: Any, **options: Any) -> Case:
    """A case: the function's name and its arguments."""
    return Case(name, args, options)


def refused(name: str, *args: Any, **options: Any) -> Case:
    """A call that both sides refuse."""
    return Case(name, args, options, refused=True)
