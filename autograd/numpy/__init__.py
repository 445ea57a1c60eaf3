"""How does code written for NumPy run on nodes?

Most of this namespace is NumPy itself: its functions recognise a Tensor, or an array of Values, and hand the call over
(``__array_ufunc__``, ``__array_function__``). What they cannot recognise is here: building an array from nested lists
with Tensors in them, and the few functions that look at Python types.

Code written for HIPS autograd runs unchanged with ``import autograd.numpy as np``.
"""

from __future__ import annotations

from typing import Any

import numpy as _np

from autograd.functions.numpy_only import plain as _plain
from autograd.graph import Node as _Node
from autograd.numpy import fft, linalg, random
from autograd.ops.table import TABLE as _TABLE
from autograd.tensor import Tensor as _Tensor
from autograd.trees import leaves as _leaves

__all__ = [
    "append",
    "array",
    "asarray",
    "ascontiguousarray",
    "atleast_1d",
    "atleast_2d",
    "column_stack",
    "concatenate",
    "dstack",
    "fft",
    "full",
    "hstack",
    "isscalar",
    "linalg",
    "random",
    "select",
    "stack",
    "vstack",
    "where",
]


def __getattr__(name: str) -> Any:
    return getattr(_np, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *dir(_np)})


def _has_tensor(*parts: Any) -> bool:
    return any(isinstance(x, _Tensor) for x in _leaves(list(parts)))


def array(object: Any, dtype: Any = None, *args: Any, **options: Any) -> Any:
    """``numpy.array``, where nested lists may hold Tensors: then it is a Tensor through which gradients flow.

    Values in lists give an array of objects, on which NumPy's functions work entry by entry.
    """
    if not _has_tensor(object):
        return _np.array(object, dtype, *args, **options)
    made = _built(object)
    if isinstance(object, _Tensor):
        made = made * 1.0 if made.dtype.kind == "f" else made
    missing = int(options.get("ndmin", 0)) - made.ndim
    if missing > 0:
        made = _np.reshape(made, (*(1,) * missing, *made.shape))
    return made if dtype is None else made.astype(dtype)


def asarray(a: Any, dtype: Any = None, **options: Any) -> Any:
    """``numpy.asarray``; a Tensor stays one, and lists with Tensors become one."""
    if not _has_tensor(a):
        return _np.asarray(a, dtype, **options)
    made = _built(a)
    return made if dtype is None else made.astype(dtype)


asanyarray = ascontiguousarray = asfarray = asarray


def _built(x: Any) -> Any:
    """Nested lists as one Tensor; an array where there is no Tensor in them."""
    if isinstance(x, _Tensor):
        return x
    if not _has_tensor(x):
        return x if isinstance(x, (int, float)) else _np.asarray(x)
    parts = [_built(part) for part in x]
    dtype = _np.result_type(*(part.dtype for part in parts if hasattr(part, "dtype")))
    return _TABLE["stack"](0, *(_np.asarray(part, dtype) if isinstance(part, (int, float)) else part for part in parts))


def concatenate(arrays: Any, axis: int | None = 0, **options: Any) -> Any:
    """``numpy.concatenate`` of arrays, Tensors, and lists of these."""
    parts = list(arrays)
    if not _has_tensor(parts):
        return _np.concatenate(parts, axis, **options)
    parts = [asarray(x) for x in parts]
    return _TABLE["cat"](0, *(_np.reshape(x, (-1,)) for x in parts)) if axis is None else _TABLE["cat"](axis, *parts)


def stack(arrays: Any, axis: int = 0, **options: Any) -> Any:
    """``numpy.stack`` of arrays, Tensors, numbers, and lists of these."""
    parts = list(arrays)
    return _TABLE["stack"](axis, *map(asarray, parts)) if _has_tensor(parts) else _np.stack(parts, axis, **options)


def atleast_1d(*arrays: Any) -> Any:
    """``numpy.atleast_1d``."""
    made = [x if x.ndim else _np.reshape(x, (1,)) for x in map(asarray, arrays)]
    return made[0] if len(made) == 1 else made


def atleast_2d(*arrays: Any) -> Any:
    """``numpy.atleast_2d``."""
    made = [x if x.ndim > 1 else _np.reshape(x, (1, -1)) for x in map(asarray, arrays)]
    return made[0] if len(made) == 1 else made


def vstack(arrays: Any) -> Any:
    """``numpy.vstack``."""
    return concatenate([atleast_2d(x) for x in arrays], 0)


row_stack = vstack


def hstack(arrays: Any) -> Any:
    """``numpy.hstack``."""
    parts = [atleast_1d(x) for x in arrays]
    return concatenate(parts, 0 if parts and parts[0].ndim == 1 else 1)


def column_stack(arrays: Any) -> Any:
    """``numpy.column_stack``."""
    return concatenate([x if x.ndim > 1 else _np.reshape(x, (-1, 1)) for x in map(asarray, arrays)], 1)


def dstack(arrays: Any) -> Any:
    """``numpy.dstack``."""
    parts = [atleast_2d(x) for x in arrays]
    return concatenate([x if x.ndim > 2 else _np.reshape(x, (*x.shape, 1)) for x in parts], 2)


def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """``numpy.append``."""
    parts = [asarray(arr), asarray(values)]
    if axis is None:
        return concatenate([_np.reshape(x, (-1,)) for x in parts], 0)
    return concatenate(parts, axis)


def full(shape: Any, fill_value: Any, dtype: Any = None, **options: Any) -> Any:
    """``numpy.full``, of a Tensor too."""
    if not _has_tensor(fill_value):
        return _np.full(shape, fill_value, dtype, **options)
    made = _np.broadcast_to(asarray(fill_value), shape if isinstance(shape, (tuple, list)) else (shape,))
    return made if dtype is None else made.astype(dtype)


def where(condition: Any, *branches: Any) -> Any:
    """``numpy.where``; between plain branches the result is a plain array."""
    condition = _plain(condition)
    if not branches:
        return _np.where(condition)
    return _np.where(condition, *(asarray(x) if isinstance(x, (list, tuple)) else x for x in branches))


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """``numpy.select``: the first choice whose condition holds."""
    out = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        out = where(condition, choice, out)
    return out


def isscalar(element: Any) -> bool:
    """Whether it is a single number: ``numpy.isscalar``, a Value, or a Tensor without axes."""
    return bool(_np.isscalar(element)) or (isinstance(element, _Node) and _np.ndim(element.data) == 0)
