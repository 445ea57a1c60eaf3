"""Which functions multiply by a Jacobian, a Hessian or a Gauss–Newton matrix without building it?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ShapeError
from autograd.functions.bare import bare
from autograd.transforms.matrices import jacobian
from autograd.transforms.reverse import grad, transform
from autograd.transforms.tracing import Argnum, Trace, called

__all__ = [
    "deriv",
    "ggnvp",
    "hessian_tensor_product",
    "hessian_vector_product",
    "hvp",
    "jvp",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "tensor_jacobian_product",
    "vector_jacobian_product",
]


def jvp(
    fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False
) -> tuple[Any, ...]:
    """The value of ``fun(*primals)``, and how it moves when the primals move along the tangents: forward mode.

    Parameters
    ----------
    fun : callable
    primals, tangents : tuple or list
        One tangent for each primal, a tree like it.
    has_aux : bool
        ``fun`` returns a pair (output, aux).

    Returns
    -------
    out, tangent : tree
        The tangent is the Jacobian times the tangents, in the structure of the output.
    aux : tree
        Only with ``has_aux``.

    Notes
    -----
    The function is recorded, and the tangents follow in one sweep through its graph: memory is that of reverse mode.
    """
    _require_pairs(fun, primals, tangents, "jvp")
    trace = Trace(fun, primals, {}, range(len(primals)), has_aux)
    tangent = trace.tangent(trace.tangents(tuple(tangents)))
    return (trace.value, tangent, trace.aux) if has_aux else (trace.value, tangent)


def make_jvp(fun: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Callable[[Any], tuple[Any, Any]]]:
    """HIPS autograd's form of `jvp`: ``make_jvp(fun, argnum)(*args)(tangent)`` returns the pair (value, tangent)."""

    def made(*args: Any, **kwargs: Any) -> Callable[[Any], tuple[Any, Any]]:
        trace = Trace(fun, args, kwargs, argnum, keep=True)
        return lambda tangent: (trace.value, trace.tangent(trace.tangents(tangent)))

    return transform(fun, "jvp", made)


def deriv(fun: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The function that returns the derivative when every entry of the argument moves by 1: forward mode."""

    def derivative(*args: Any, **kwargs: Any) -> Any:
        trace = Trace(fun, args, kwargs, argnum)
        return trace.tangent([np.ones(np.shape(bare(v))) for v in trace.variables])

    return transform(fun, "deriv", derivative)


def hvp(fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of ``fun`` at the primals, times the tangents: forward mode over reverse mode.

    Parameters
    ----------
    fun : callable
        Its output is a single number.
    primals, tangents : tuple or list
        One tangent for each primal, a tree like it.

    Returns
    -------
    tree
        In the structure of the primal; a tuple of them if there are several.
    """
    _require_pairs(fun, primals, tangents, "hvp")
    result = jvp(grad(fun, range(len(primals))), primals, tangents)[1]
    return result[0] if len(primals) == 1 else result


def make_hvp(fun: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., tuple[Callable[[Any], Any], Any]]:
    """HIPS autograd's form of `hvp`: ``make_hvp(fun, argnum)(*args)`` returns the pair (hvp, gradient).

    The forward and the backward pass are recorded once; each call of ``hvp(vector)`` is one sweep through them.
    """

    def made(*args: Any, **kwargs: Any) -> tuple[Callable[[Any], Any], Any]:
        trace = Trace(grad(fun, argnum), args, kwargs, argnum, keep=True)
        return lambda vector: trace.tangent(trace.tangents(vector)), trace.value

    return transform(fun, "hvp", made)


def hessian_tensor_product(fun: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The function of ``(*args, tensor)`` that returns the Hessian times the tensor, a tree like the argument."""

    def product(*args: Any, **kwargs: Any) -> Any:
        *rest, tensor = args
        trace = Trace(grad(fun, argnum), rest, kwargs, argnum)
        return trace.tangent(trace.tangents(tensor))

    return transform(fun, "hessian_tensor_product", product)


hessian_vector_product = hessian_tensor_product


def tensor_jacobian_product(fun: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The function of ``(*args, tensor)`` that returns the tensor times the Jacobian.

    The axes of the tensor are summed with the first axes of the output; what is left of the output's axes comes before
    the argument's in the result.
    """

    def product(*args: Any, **kwargs: Any) -> Any:
        *rest, tensor = args

        def contracted(*inner: Any, **options: Any) -> Any:
            out = fun(*inner, **options)
            left = np.shape(bare(out))
            axes = np.ndim(tensor)
            if np.shape(tensor) != left[:axes]:
                raise ShapeError(
                    f"tensor_jacobian_product: the tensor has shape {np.shape(tensor)}, the output of {called(fun)} "
                    f"{left}: the first axes must be equal"
                )
            rows = np.reshape(tensor, (-1,)) @ np.reshape(out, (int(np.prod(left[:axes])), -1))
            return np.reshape(rows, left[axes:])

        return jacobian(contracted, argnum)(*rest, **kwargs)

    return transform(fun, "tensor_jacobian_product", product)


vector_jacobian_product = tensor_jacobian_product


def half_squares(x: Any) -> Any:
    """Half of the sum of squares, whose Hessian is the identity."""
    return 0.5 * np.sum(x * x)


def ggnvp(fun: Callable[..., Any], loss: Callable[[Any], Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The generalized Gauss–Newton matrix of ``loss(fun(*primals))`` times the tangents.

    That is Jᵀ H J, with J the Jacobian of ``fun`` and H the Hessian of ``loss`` at its output (Schraudolph, Fast
    curvature matrix-vector products, 2002).

    Returns
    -------
    tree
        In the structure of the primal; a tuple of them if there are several.
    """
    _require_pairs(fun, primals, tangents, "ggnvp")
    result = make_ggnvp(fun, loss, range(len(primals)))(*primals)(tuple(tangents))
    return result[0] if len(primals) == 1 else result


def make_ggnvp(
    f: Callable[..., Any], g: Callable[[Any], Any] = half_squares, f_argnum: Argnum = 0
) -> Callable[..., Callable[[Any], Any]]:
    """HIPS autograd's form of `ggnvp`: ``make_ggnvp(f, g, f_argnum)(*args)`` returns the function of a vector."""

    def made(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        trace = Trace(f, args, kwargs, f_argnum, keep=True)
        curvature = Trace(grad(g), (trace.value,), {}, keep=True)

        def product(vector: Any) -> Any:
            moved = trace.push(trace.tangents(vector))
            return trace.gradient(curvature.push(moved))

        return product

    return transform(f, "ggnvp", made)


def _require_pairs(fun: Any, primals: Any, tangents: Any, name: str) -> None:
    if not (isinstance(primals, (tuple, list)) and isinstance(tangents, (tuple, list))):
        raise ArgumentTypeError(f"{name} takes a tuple of arguments for {called(fun)} and a tuple of their tangents")
    if len(primals) != len(tangents):
        raise ShapeError(f"{name} of {called(fun)}: {len(primals)} primals but {len(tangents)} tangents")
