"""The table of operations, a file per family.

Adding an operation is adding an `entry` in one of these files; everything else follows from it.
"""

from autograd.ops import activations, arithmetic, exponential, products, reductions, selection, shapes
from autograd.ops.table import TABLE, Op, Pattern, entry

__all__ = [
    "TABLE",
    "Op",
    "Pattern",
    "activations",
    "arithmetic",
    "entry",
    "exponential",
    "products",
    "reductions",
    "selection",
    "shapes",
]
