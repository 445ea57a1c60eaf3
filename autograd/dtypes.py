"""Under which names does one find the element types, as PyTorch has them?

They are NumPy's own, so ``x.dtype == autograd.float32`` holds. Several have names of built-in types, so they are
kept in a dictionary; the module ``autograd`` answers to them, ``from autograd import *`` does not bring them.
"""

from typing import Any

import numpy as np

__all__ = ["DTYPES"]

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
