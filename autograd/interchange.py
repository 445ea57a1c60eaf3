"""How does a Tensor travel: to NumPy and PyTorch, into files and copies, onto the screen?

`Interchange` is the part of `Tensor` that other programs rely on: NumPy's protocol for arrays, DLPack, pickling and
copying, Python's protocols for containers, and the questions about layout in PyTorch's and NumPy's words.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ArgumentTypeError, AutogradError, BoundsError, GraphError, InterchangeError, ShapeError
from autograd.graph import Node
from autograd.promotion import get_default_dtype

__all__ = ["Count", "Interchange"]


class Count(int):
    """How many entries a Tensor has: NumPy's ``x.size``, which PyTorch calls, ``x.size()``, for the shape."""

    shape: tuple[int, ...]

    def __call__(self, dim: int | None = None) -> Any:
        """The shape, or the length of one axis.

        Raises
        ------
        BoundsError
            If there is no such axis.
        """
        if dim is None:
            return self.shape
        try:
            return self.shape[dim]
        except IndexError:
            raise BoundsError(f"size(): axis {dim} does not exist in shape {self.shape}") from None

    def __reduce__(self) -> Any:
        return int, (int(self),)


class Interchange:
    """What Tensors owe to other programs."""

    __slots__ = ()

    if TYPE_CHECKING:
        _data: Any
        data: Any
        grad: Any
        label: str
        op: Any
        requires_grad: bool

        @property
        def is_leaf(self) -> bool: ...
        @property
        def dtype(self) -> np.dtype[Any]: ...
        @property
        def shape(self) -> tuple[int, ...]: ...
        def item(self) -> Any: ...
        def numpy(self) -> np.ndarray: ...
        def __getitem__(self, index: Any) -> Any: ...

    def _read(self) -> np.ndarray:
        """The array, to be looked at and not to be handed out. (``data`` brings back numbers that were let go.)"""
        array = self._data
        return array if isinstance(array, np.ndarray) else self.data

    # --- NumPy and DLPack -------------------------------------------------------------------------------------

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """The array for another library, by DLPack: both see the same memory.

        Raises
        ------
        InterchangeError
            If the Tensor requires a gradient, whose owner would not hear of changes; if its strides are negative;
            or if NumPy cannot hand out such an array.
        """
        if self.requires_grad:
            raise InterchangeError(
                f"this Tensor{_named(self)} requires a gradient, and what another library does is not recorded: hand "
                "over x.detach()"
            )
        array = self._read()
        if not copy and any(
            stride < 0 and length > 1 for stride, length in zip(array.strides, self.shape, strict=True)
        ):
            # allowed by DLPack, but PyTorch 2.13 aborts the whole program at it
            raise InterchangeError(
                f"this Tensor{_named(self)} has negative strides, which other libraries cannot take: hand over "
                "x.contiguous() or x.clone(), a copy"
            )
        asked = {"stream": stream, "max_version": max_version, "dl_device": dl_device, "copy": copy}
        try:
            return (array if copy else self.data).__dlpack__(
                **{name: value for name, value in asked.items() if value is not None}
            )
        except (BufferError, ValueError) as problem:
            raise InterchangeError(f"this Tensor{_named(self)} cannot be shared: {problem}") from problem

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)  # kDLCPU

    # --- files and copies -------------------------------------------------------------------------------------

    def __reduce__(self) -> Any:
        """For pickle: numbers, label and ``requires_grad``; ``grad`` stays behind, as in PyTorch."""
        _require_leaf(self, "pickled")
        return _rebuilt, (type(self), self._read(), self.requires_grad, self.label), _attributes(self) or None

    def __copy__(self) -> Any:
        """A second leaf with the same memory, and no ``grad``."""
        _require_leaf(self, "copied")
        made = _rebuilt(type(self), self.data, self.requires_grad, self.label)
        for name, value in _attributes(self).items():
            setattr(made, name, value)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """A leaf of its own, with copies of numbers and ``grad``; what shared one array shares one copy."""
        _require_leaf(self, "copied")
        made = _rebuilt(type(self), copy.deepcopy(self._read(), memo), self.requires_grad, self.label)
        memo[id(self)] = made
        made.grad = copy.deepcopy(self.grad, memo)
        for name, value in _attributes(self).items():
            setattr(made, name, copy.deepcopy(value, memo))
        return made

    # --- text -------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        name = type(self).__name__
        facts = []
        try:
            facts.append(np.array2string(self._read(), separator=", ", prefix=f"{name}("))
        except AutogradError:
            facts.append("<numbers let go>")
        count = int(np.prod(self.shape))
        if (count == 0 and self.shape != (0,)) or count > np.get_printoptions()["threshold"]:
            facts.append(f"shape={self.shape}")
        if self.dtype != get_default_dtype():
            facts.append(f"dtype={self.dtype}")
        if not self.is_leaf:
            facts.append(f"op={self.op.name}")
        elif self.requires_grad:
            facts.append("requires_grad=True")
        if self.label:
            facts.append(f"label={self.label!r}")
        return f"{name}({', '.join(facts)})"

    def __format__(self, specification: str) -> str:
        if not self.shape:
            return format(self.item(), specification)
        if specification:
            raise ArgumentTypeError(
                f"{specification!r} formats single numbers, and this Tensor has shape {self.shape}: format its "
                "entries (.item(), .tolist())"
            )
        return str(self)

    # --- as a container, and as a number ----------------------------------------------------------------------

    def __len__(self) -> int:
        if not self.shape:
            raise ArgumentTypeError("a 0-d Tensor has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise ArgumentTypeError("a 0-d Tensor has no entries to go through; its number is .item()")
        return (self[i] for i in range(self.shape[0]))

    def __contains__(self, entry: Any) -> bool:
        if isinstance(entry, Node):
            entry = entry.data
        elif not isinstance(entry, (bool, int, float, np.generic, np.ndarray)):
            raise ArgumentTypeError(
                f"whether {entry!r:.40} is in a Tensor cannot be asked: only numbers, arrays and nodes can be"
            )
        try:
            return bool(np.equal(self._read(), entry).any())
        except ValueError as problem:
            raise ShapeError(
                f"'in' compares entries, and shapes {entry.shape} and {self.shape} do not fit"
            ) from problem

    def __index__(self) -> int:
        if self.dtype.kind not in "iub" or self.size != 1:
            raise ArgumentTypeError(
                f"only a single integer can be an index, not a Tensor of {self.dtype} and shape {self.shape}"
            )
        return int(self.item())

    # --- layout, in PyTorch's words and NumPy's ---------------------------------------------------------------

    @property
    def size(self) -> Count:
        """The number of entries. It can be called as in PyTorch: ``x.size()`` is the shape, ``x.size(0)`` a length."""
        count = Count(self._data.size)
        count.shape = self.shape
        return count

    @property
    def device(self) -> str:
        """Where the numbers are: always "cpu"."""
        return "cpu"

    @property
    def itemsize(self) -> int:
        """The bytes of an entry."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all entries."""
        return self.itemsize * self.size

    def dim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def numel(self) -> int:
        """The number of entries."""
        return int(self.size)

    nelement = numel

    def element_size(self) -> int:
        """The bytes of an entry."""
        return self.itemsize

    def stride(self, dim: int | None = None) -> Any:
        """How many entries apart neighbours lie in memory: along each axis, or along one.

        Raises
        ------
        BoundsError
            If there is no such axis.
        """
        array = self._read()
        strides = tuple(stride // array.itemsize for stride in array.strides)
        if dim is None:
            return strides
        if not -len(strides) <= dim < len(strides):
            raise BoundsError(f"stride(): axis {dim} does not exist in shape {self.shape}")
        return strides[dim]

    def is_contiguous(self) -> bool:
        """Whether the entries lie in memory one after the other, the last axis fastest."""
        return bool(self._read().flags.c_contiguous)

    def data_ptr(self) -> int:
        """The address of the first entry."""
        return int(self.data.__array_interface__["data"][0])

    def is_floating_point(self) -> bool:
        """Whether the element type is a floating-point one."""
        return self.dtype.kind == "f"


def _named(tensor: Interchange) -> str:
    return f" ({tensor.label!r})" if tensor.label else ""


def _require_leaf(tensor: Interchange, done: str) -> None:
    if not tensor.is_leaf:
        raise GraphError(
            f"this Tensor{_named(tensor)} was computed by {tensor.op.name}, and its graph cannot be {done} with it: "
            "take x.detach(), or x.clone() to stay in the graph"
        )


def _attributes(tensor: Interchange) -> dict[str, Any]:
    """What a subclass keeps beside the slots."""
    return getattr(tensor, "__dict__", {})


def _rebuilt(kind: Any, array: np.ndarray, requires_grad: bool, label: str) -> Any:
    """A leaf of a class around an array, not a copy of it; pickles refer to this function by its name."""
    made = kind.__new__(kind)
    made._lay_out(array)
    made.requires_grad = requires_grad
    made.label = label
    return made
