"""The table of operations, a file per family.

Adding an operation is adding an `entry` in one of these files; everything else follows from it.
"""

from autograd.ops import (
    activations,
    arithmetic,
    cumulative,
    exponential,
    indexing,
    joining,
    linalg,
    normalizing,
    products,
    reductions,
    rounding,
    selection,
    shapes,
    trigonometric,
)
from autograd.ops.table import TABLE, Op, Pattern, entry

__all__ = [
    "TABLE",
    "Op",
    "Pattern",
    "activations",
    "arithmetic",
    "cumulative",
    "entry",
    "exponential",
    "indexing",
    "joining",
    "linalg",
    "normalizing",
    "products",
    "reductions",
    "rounding",
    "selection",
    "shapes",
    "trigonometric",
]
