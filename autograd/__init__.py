"""An autograd engine that can be seen through.

`Value` is one number, `Tensor` an array; both record what is computed from them, and ``backward()`` sends the
gradients back. Every operation is a row of one table, `autograd.ops.TABLE`.
"""

from typing import Any

from autograd import errors, ops
from autograd.check import GradcheckReport, gradcheck
from autograd.custom import gate
from autograd.errors import (
    ArgumentTypeError,
    AutogradError,
    BoundsError,
    DtypeError,
    GradcheckError,
    GraphError,
    ShapeError,
)
from autograd.functions import FUNCTIONS, dot, sum
from autograd.graph import Contribution, Node, Step, gradients, steps, topological_order
from autograd.modes import enable_grad, is_grad_enabled, no_grad
from autograd.ops.table import TABLE, Op
from autograd.promotion import get_default_dtype, set_default_dtype
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = [
    "TABLE",
    "ArgumentTypeError",
    "AutogradError",
    "BoundsError",
    "Contribution",
    "DtypeError",
    "GradcheckError",
    "GradcheckReport",
    "GraphError",
    "Node",
    "Op",
    "ShapeError",
    "Step",
    "Tensor",
    "Value",
    "dot",
    "enable_grad",
    "errors",
    "gate",
    "get_default_dtype",
    "gradcheck",
    "gradients",
    "is_grad_enabled",
    "no_grad",
    "ops",
    "set_default_dtype",
    "steps",
    "sum",
    "topological_order",
]


def __getattr__(name: str) -> Any:
    """Every row of the table is a function of this module, and so is every registered function."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    if name in TABLE:
        return TABLE[name]
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *FUNCTIONS, *(op.name for op in TABLE)})
