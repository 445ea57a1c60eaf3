"""Which functions can be made from a function by differentiating it?

The names are those of JAX and of HIPS autograd. `tracing` turns a call into a graph; `reverse`, `matrices` and
`products` ask it for gradients, whole matrices, and products with these.
"""

from autograd.transforms.matrices import hessian, jacfwd, jacobian, jacrev
from autograd.transforms.products import (
    deriv,
    ggnvp,
    hessian_tensor_product,
    hessian_vector_product,
    hvp,
    jvp,
    make_ggnvp,
    make_hvp,
    make_jvp,
    tensor_jacobian_product,
    vector_jacobian_product,
)
from autograd.transforms.reverse import (
    egrad,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    make_vjp,
    multigrad_dict,
    value_and_grad,
    vjp,
)

__all__ = [
    "deriv",
    "egrad",
    "elementwise_grad",
    "ggnvp",
    "grad",
    "grad_and_aux",
    "grad_named",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "multigrad_dict",
    "tensor_jacobian_product",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
]
