"""Under which names does one find the element types, as PyTorch has them, and what is known of them?

They are NumPy's own, so ``x.dtype == autograd.float32`` holds. Several have names of built-in types, so they are
kept in a dictionary; the module ``autograd`` answers to them, ``from autograd import *`` does not bring them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.functions.bare import bare
from autograd.ops.table import TABLE
from autograd.promotion import as_dtype, get_default_dtype, promoted

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["DTYPES", "finfo", "iinfo", "promote_types", "result_type"]

DTYPES: dict[str, np.dtype[Any]] = {
    name: np.dtype(numpys)
    for name, numpys in {
        "float16": "float16",
        "half": "float16",
        "float32": "float32",
        "float": "float32",
        "float64": "float64",
        "double": "float64",
        "int8": "int8",
        "int16": "int16",
        "short": "int16",
        "int32": "int32",
        "int": "int32",
        "int64": "int64",
        "long": "int64",
        "uint8": "uint8",
        "uint16": "uint16",
        "uint32": "uint32",
        "uint64": "uint64",
        "bool": "bool",
        "bool_": "bool",
    }.items()
}


def finfo(dtype: npt.DTypeLike | None = None) -> np.finfo:
    """The limits of a floating-point type (the default one if none is named): ``eps``, ``max``, ``tiny`` …"""
    return np.finfo(get_default_dtype() if dtype is None else as_dtype(dtype))


def iinfo(dtype: npt.DTypeLike) -> np.iinfo:
    """The limits of an integer type: ``min``, ``max``, ``bits``."""
    return np.iinfo(as_dtype(dtype))


def result_type(tensor1: Any, tensor2: Any) -> np.dtype[Any]:
    """The element type in which two operands are computed with; Python numbers adapt to the other one."""
    operands = [bare(tensor1), bare(tensor2)]
    if any(hasattr(x, "dtype") for x in operands):
        return np.result_type(*promoted(TABLE["add"], operands))
    return get_default_dtype() if float in map(type, operands) else np.result_type(*map(np.asarray, operands))


def promote_types(type1: npt.DTypeLike, type2: npt.DTypeLike) -> np.dtype[Any]:
    """The element type in which arrays of these two are computed with, as in PyTorch."""
    return result_type(np.zeros(1, as_dtype(type1)), np.zeros(1, as_dtype(type2)))
