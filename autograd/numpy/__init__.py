"""How does code written for NumPy run on nodes?

Most of this namespace is NumPy itself: its functions recognise a Tensor, or an array of Values, and hand the call over
(``__array_ufunc__``, ``__array_function__``). What they cannot recognise is here: building an array from nested lists
with Tensors in them, and the few functions that look at Python types.

Code written for HIPS autograd runs unchanged with ``import autograd.numpy as np``.
"""

from __future__ import annotations

from functools import wraps as _wraps
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


def _of_parts(function: Any) -> Any:
    """A NumPy function of a list of arrays, of which some may be lists with Tensors in them."""

    @_wraps(function)
    def call(arrays: Any, *args: Any, **options: Any) -> Any:
        return function([asarray(x) for x in arrays], *args, **options)

    return call


concatenate = _of_parts(_np.concatenate)
stack = _of_parts(_np.stack)
vstack = row_stack = _of_parts(_np.vstack)
hstack = _of_parts(_np.hstack)
dstack = _of_parts(_np.dstack)
column_stack = _of_parts(_np.column_stack)


def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """``numpy.append``."""
    return _np.append(asarray(arr), asarray(values), axis)


def atleast_1d(*arrays: Any) -> Any:
    """``numpy.atleast_1d``."""
    return _np.atleast_1d(*map(asarray, arrays))


def atleast_2d(*arrays: Any) -> Any:
    """``numpy.atleast_2d``."""
    return _np.atleast_2d(*map(asarray, arrays))


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
