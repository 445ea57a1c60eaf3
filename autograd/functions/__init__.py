"""The functions that are made of several operations, a file per family.

Importing this package registers them; see `autograd.functions.registry`.
"""

from autograd.functions import (
    comparisons,
    creation,
    draws,
    elementwise,
    in_place,
    indexing,
    joining,
    linalg,
    numpy_only,
    ordering,
    products,
    reductions,
    shapes,
    special,
)
from autograd.functions.registry import FUNCTIONS
from autograd.functions.scalars import dot, sum

__all__ = [
    "FUNCTIONS",
    "comparisons",
    "creation",
    "dot",
    "draws",
    "elementwise",
    "in_place",
    "indexing",
    "joining",
    "linalg",
    "numpy_only",
    "ordering",
    "products",
    "reductions",
    "shapes",
    "special",
    "sum",
]
