"""Which functions come out of the backward pass: gradients, and products with the transposed Jacobian?"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from autograd.errors import ArgumentTypeError
from autograd.transforms.tracing import Argnum, Trace, called

__all__ = [
    "egrad",
    "elementwise_grad",
    "grad",
    "grad_and_aux",
    "grad_named",
    "make_vjp",
    "multigrad_dict",
    "value_and_grad",
    "vjp",
]


def transform(fun: Callable[..., Any], name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    """Give the result of a transform the name and the documentation of what it was made from.

    Raises
    ------
    ArgumentTypeError
        If it was made from something that cannot be called.
    """
    if not callable(fun):
        raise ArgumentTypeError(f"{name} takes a function, not {type(fun).__name__} {fun!r:.40}")
    functools.update_wrapper(made, fun)
    made.__name__ = f"{name}_of_{called(fun)}"
    return made


def grad(
    fun: Callable[..., Any], argnum: Argnum = 0, *, argnums: Argnum | None = None, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns the gradient of ``fun``, whose output is a single number.

    Parameters
    ----------
    fun : callable
        Of any arguments; those to differentiate are real numbers, arrays, Tensors, Values, or lists, tuples and dicts
        of these. Integers are taken as float64.
    argnum, argnums : int or sequence of int
        Which positional arguments to differentiate (HIPS autograd's name for it, and JAX's).
    has_aux : bool
        ``fun`` returns a pair (number, anything); then the new function returns (gradient, anything).

    Returns
    -------
    callable
        Of the same arguments. The gradient has the structure of the argument (a tuple of them for a sequence of
        positions), and its kind: NumPy numbers and arrays for plain ones, Tensors for Tensors, Values for Values. If
        a variable of an outer graph is behind it, it is a node of that graph.

    Raises
    ------
    ShapeError, ArgumentTypeError
        When called, if the output is not a single number.

    Examples
    --------
    >>> from autograd import grad
    >>> import autograd.numpy as np
    >>> float(grad(np.tanh)(0.0))
    1.0
    >>> float(grad(grad(lambda x: x**3))(2.0))
    12.0
    """

    def gradient(*args: Any, **kwargs: Any) -> Any:
        trace = Trace(fun, args, kwargs, argnum if argnums is None else argnums, has_aux)
        result = trace.gradient(trace.scalar_seed("grad"))
        return (result, trace.aux) if has_aux else result

    return transform(fun, "grad", gradient)


def value_and_grad(
    fun: Callable[..., Any], argnum: Argnum = 0, *, argnums: Argnum | None = None, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns the pair (value, gradient), as ``scipy.optimize.minimize(jac=True)`` wants it.

    The parameters are those of `grad`; with ``has_aux`` it returns ((value, aux), gradient).
    """

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        trace = Trace(fun, args, kwargs, argnum if argnums is None else argnums, has_aux)
        result = trace.gradient(trace.scalar_seed("value_and_grad"))
        return (trace.value, trace.aux) if has_aux else trace.value, result

    return transform(fun, "value_and_grad", value_and_gradient)


def grad_and_aux(fun: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """HIPS autograd's name for ``grad(fun, argnum, has_aux=True)``."""
    return grad(fun, argnum, has_aux=True)


def elementwise_grad(fun: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The function that returns the gradient of the sum of all entries of the output.

    Where every entry of the output depends on one entry of the argument, these are the derivatives, entry by entry.
    """

    def gradient(*args: Any, **kwargs: Any) -> Any:
        trace = Trace(fun, args, kwargs, argnum)
        return trace.gradient(trace.ones())

    return transform(fun, "elementwise_grad", gradient)


egrad = elementwise_grad


def grad_named(fun: Callable[..., Any], argname: str) -> Callable[..., Any]:
    """The gradient with respect to the positional argument of a name."""
    names = list(inspect.signature(fun).parameters)
    if argname not in names:
        raise ArgumentTypeError(f"{called(fun)} has no argument {argname!r}; it has {', '.join(names)}")
    return grad(fun, names.index(argname))


def multigrad_dict(fun: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """The function that returns the gradients with respect to all arguments, as a dict by argument name.

    Defaults are arguments too; ``*args`` gives a tuple, ``**kwargs`` a dict.
    """
    signature = inspect.signature(fun)

    def gradients(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()

        def of_dict(arguments: dict[str, Any]) -> Any:
            call = inspect.BoundArguments(signature, arguments)
            return fun(*call.args, **call.kwargs)

        made: dict[str, Any] = grad(of_dict)(dict(bound.arguments))
        return made

    return transform(fun, "multigrad_dict", gradients)


def vjp(fun: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of ``fun(*primals)``, and the function that multiplies by its transposed Jacobian.

    Parameters
    ----------
    fun : callable
    *primals : arrays, numbers, Tensors, Values, or trees of these
    has_aux : bool
        ``fun`` returns a pair (output, aux).

    Returns
    -------
    out : tree
    vjp_fun : callable
        ``vjp_fun(cotangent)`` takes a tree like ``out`` and returns a tuple with what reaches each primal. It may be
        called any number of times.
    aux : tree
        Only with ``has_aux``.
    """
    trace = Trace(fun, primals, {}, range(len(primals)), has_aux, keep=True)

    def vjp_fun(cotangent: Any) -> tuple[Any, ...]:
        made: tuple[Any, ...] = trace.gradient(trace.cotangents(cotangent))
        return made

    return (trace.value, vjp_fun, trace.aux) if has_aux else (trace.value, vjp_fun)


def make_vjp(fun: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., tuple[Callable[[Any], Any], Any]]:
    """HIPS autograd's form of `vjp`: ``make_vjp(fun, argnum)(*args)`` returns the pair (vjp, value)."""

    def made(*args: Any, **kwargs: Any) -> tuple[Callable[[Any], Any], Any]:
        trace = Trace(fun, args, kwargs, argnum, keep=True)
        return lambda cotangent: trace.gradient(trace.cotangents(cotangent)), trace.value

    return transform(fun, "vjp", made)
