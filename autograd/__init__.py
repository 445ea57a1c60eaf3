"""An autograd engine that can be seen through.

`Value` is one number, `Tensor` an array; both record what is computed from them, and ``backward()`` sends the
gradients back. Every operation is a row of one table, `autograd.ops.TABLE`.
"""

import warnings
from math import e, inf, nan, pi
from typing import Any

from autograd import errors, linalg, ops
from autograd.anomaly import detect_anomaly
from autograd.check import GradcheckReport, gradcheck, gradgradcheck
from autograd.custom import gate
from autograd.dtypes import DTYPES, finfo, iinfo, promote_types, result_type
from autograd.errors import (
    AnomalyError,
    ArgumentTypeError,
    ArgumentValueError,
    AutogradError,
    BoundsError,
    DtypeError,
    GradcheckError,
    GraphError,
    InterchangeError,
    LinAlgError,
    ShapeError,
)
from autograd.functions import FUNCTIONS, dot, sum
from autograd.functions.creation import tensor
from autograd.graph import Contribution, Node, Step, gradients, steps, topological_order
from autograd.modes import enable_grad, inference, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from autograd.ops.table import TABLE, Op, entry
from autograd.packing import checkpoint, keep_in_16_bits, saved_tensors_hooks
from autograd.promotion import get_default_dtype, set_default_dtype
from autograd.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    preserved_state,
    seed,
    set_rng_state,
)
from autograd.tensor import Tensor
from autograd.transforms import (
    deriv,
    egrad,
    elementwise_grad,
    ggnvp,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_tensor_product,
    hessian_vector_product,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    value_and_grad,
    vector_jacobian_product,
    vjp,
)
from autograd.value import Value

# Infinities and nan go through as IEEE 754 says, in silence as in PyTorch; whoever looks for where they come from has
# detect_anomaly. A filter costs nothing, where np.errstate would cost every operation a microsecond.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"(autograd|nn)\.")

__all__ = [
    "TABLE",
    "AnomalyError",
    "ArgumentTypeError",
    "ArgumentValueError",
    "AutogradError",
    "BoundsError",
    "Contribution",
    "DtypeError",
    "Generator",
    "GradcheckError",
    "GradcheckReport",
    "GraphError",
    "InterchangeError",
    "LinAlgError",
    "Node",
    "Op",
    "ShapeError",
    "Step",
    "Tensor",
    "Value",
    "checkpoint",
    "default_generator",
    "deriv",
    "detect_anomaly",
    "dot",
    "e",
    "egrad",
    "elementwise_grad",
    "enable_grad",
    "entry",
    "errors",
    "finfo",
    "gate",
    "get_default_dtype",
    "get_rng_state",
    "ggnvp",
    "grad",
    "grad_and_aux",
    "grad_named",
    "gradcheck",
    "gradgradcheck",
    "gradients",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "hvp",
    "iinfo",
    "inf",
    "inference",
    "inference_mode",
    "initial_seed",
    "is_grad_enabled",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "keep_in_16_bits",
    "linalg",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "manual_seed",
    "multigrad_dict",
    "nan",
    "no_grad",
    "ops",
    "pi",
    "preserved_state",
    "promote_types",
    "result_type",
    "saved_tensors_hooks",
    "seed",
    "set_default_dtype",
    "set_grad_enabled",
    "set_rng_state",
    "steps",
    "sum",
    "tensor",
    "tensor_jacobian_product",
    "topological_order",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
]


def __getattr__(name: str) -> Any:
    """Every row of the table is a function of this module, and so is every registered function; and element types."""
    if name in DTYPES:
        return DTYPES[name]
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    if name in TABLE and TABLE[name].module == "autograd":
        return TABLE[name]
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *DTYPES, *FUNCTIONS, *(op.name for op in TABLE if op.module == "autograd")})
