"""Which element type comes out?

Element types combine as in PyTorch: floats win over integers, arrays over 0-d arrays of the same kind, and Python
numbers adapt; otherwise the wider type is taken. What comes from outside becomes an array of numbers here, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ArgumentTypeError, DtypeError, ShapeError
from autograd.graph import Node
from autograd.ops.table import Op

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["as_array", "as_dtype", "default_dtype", "get_default_dtype", "promoted", "set_default_dtype"]

_default_dtype: np.dtype[Any] = np.dtype(np.float32)
_TYPED = (np.ndarray, np.generic)
_OPERANDS = (*_TYPED, bool, int, float)


_local_dtype: ContextVar[np.dtype[Any] | None] = ContextVar("default dtype", default=None)


def get_default_dtype() -> np.dtype[Any]:
    """The element type of Tensors made from Python numbers and lists."""
    return _local_dtype.get() or _default_dtype


@contextmanager
def default_dtype(dtype: npt.DTypeLike) -> Iterator[None]:
    """Another default element type for a block, in the current thread or task."""
    token = _local_dtype.set(as_dtype(dtype))
    try:
        yield
    finally:
        _local_dtype.reset(token)


def set_default_dtype(dtype: npt.DTypeLike) -> None:
    """Choose the element type of Tensors made from Python numbers and lists (at first float32).

    Raises
    ------
    DtypeError
        If it is not a floating-point type.
    """
    global _default_dtype
    chosen = as_dtype(dtype)
    if chosen.kind != "f":
        raise DtypeError(f"the default dtype must be a floating-point type, not {chosen}")
    _default_dtype = chosen


def as_array(data: Any, dtype: npt.DTypeLike | None = None) -> np.ndarray:
    """An array of numbers, copied from arrays, numbers, nested lists or a node's data.

    Raises
    ------
    ArgumentTypeError, DtypeError, ShapeError
        If it is not an array of numbers, or nested lists are ragged.
    """
    if isinstance(data, Node):
        if not isinstance(data.data, np.ndarray):
            raise ArgumentTypeError(f"a Tensor cannot be made from a {type(data).__name__}: take its .data")
        data = data.data
    try:
        array = np.asarray(data)
    except ValueError as problem:
        raise ShapeError(f"a Tensor cannot be made from this {type(data).__name__}: {problem}") from problem
    if array.dtype.kind not in "fiub":
        raise DtypeError(f"a Tensor holds real numbers or booleans, not {array.dtype} (from {data!r:.40})")
    if dtype is None and not isinstance(data, _TYPED):
        dtype = get_default_dtype()
    wanted = array.dtype if dtype is None else as_dtype(dtype)
    if wanted.kind not in "fiub":
        raise DtypeError(f"a Tensor holds real numbers or booleans, not {wanted}")
    return np.array(array, dtype=wanted)


def as_dtype(name: npt.DTypeLike) -> np.dtype[Any]:
    """The element type of this name.

    Raises
    ------
    DtypeError
        If there is none.
    """
    try:
        return np.dtype(name)
    except TypeError:
        raise DtypeError(f"{name!r} is not an element type; use 'float32', 'float64', 'int64', 'bool' …") from None


def promoted(op: Op, arrays: list[Any]) -> list[Any]:
    """Bring the operands of an elementwise operation or a product to the element type that PyTorch would use."""
    if not (op.elementwise or op.operator):
        return arrays
    operands = [x for x, rule in zip(arrays, op.rules, strict=False) if rule is not None]
    for x in operands:
        if not isinstance(x, _OPERANDS) or (isinstance(x, np.ndarray) and x.dtype.kind not in "fiub"):
            raise ArgumentTypeError(
                f"{op.name}: a Tensor works with Tensors, arrays of real numbers and Python numbers, not with "
                f"{type(x).__name__} {x!r:.40}"
            )
    typed = [x for x in operands if isinstance(x, _TYPED)]
    if not typed:  # where(condition, 1.0, 2.0)
        wanted = get_default_dtype() if float in map(type, operands) else np.result_type(*operands)
        return [arrays[0], *(np.asarray(x, wanted) for x in operands)]
    wanted = typed[0].dtype if len({x.dtype for x in typed}) == 1 else _common(typed)
    if wanted.kind != "f" and (op.floating or _has_float(operands, arrays)):
        wanted = get_default_dtype()
    if all(x.dtype == wanted for x in typed):
        return arrays
    rules = (*op.rules, *(None for _ in arrays))
    return [
        x.astype(wanted) if rule is not None and isinstance(x, _TYPED) else x
        for x, rule in zip(arrays, rules, strict=False)
    ]


def _has_float(operands: Sequence[Any], arrays: Sequence[Any]) -> bool:
    """Whether a Python float takes part; a static argument of ±inf (no bound) does not."""
    return any(isinstance(x, float) for x in operands) or any(isinstance(x, float) and np.isfinite(x) for x in arrays)


def _common(operands: Sequence[Any]) -> np.dtype[Any]:
    """The common element type: the highest kind decides; within it arrays go before 0-d arrays."""
    kind = next(kind for kind in ("f", "iu", "b") if any(x.dtype.kind in kind for x in operands))
    members = [x for x in operands if x.dtype.kind in kind]
    return np.result_type(*{x.dtype for x in ([x for x in members if x.ndim] or members)})
