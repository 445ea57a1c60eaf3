"""How does an operation written for HIPS autograd become one of ours?

``@primitive`` marks a function of plain arrays, ``defvjp`` gives it the rules. It is a thin way into `Op`; new code
writes ``Op(name, forward, *rules)`` or a `gate` class, which say more.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from autograd.errors import ArgumentTypeError
from autograd.graph import Node
from autograd.ops.table import Op
from autograd.transforms.tracing import called

__all__ = ["defvjp", "notrace_primitive", "primitive"]

_RULES = "_vjp_makers"


def primitive(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays as one operation, whose inside is not recorded.

    Parameters
    ----------
    function : callable
        Its positional arguments may be Tensors or Values; it is called with their arrays or numbers.
    """

    @functools.wraps(function)
    def made(*args: Any, **kwargs: Any) -> Any:
        node = next((x for x in args if isinstance(x, Node)), None)
        if node is None:
            return function(*args, **kwargs)
        return type(node)._apply(_op(function, getattr(made, _RULES), args, kwargs), args)

    setattr(made, _RULES, {})
    return made


def _op(function: Callable[..., Any], makers: dict[int, Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Op:
    """The operation of one call: keyword arguments, and which inputs are nodes, are fixed in it."""
    name = called(function)
    wanted = [i for i, x in enumerate(args) if isinstance(x, Node) and x.requires_grad]

    def rules(g: Any, y: Any, *inputs: Any) -> list[Any]:
        shares: list[Any] = [None] * len(inputs)
        for i in wanted:
            if i not in makers:
                raise ArgumentTypeError(f"{name} has no rule for argument {i}: give it one with defvjp")
            shares[i] = None if makers[i] is None else makers[i](y, *inputs, **kwargs)(g)
        return shares

    return Op(
        name,
        lambda *inputs: function(*inputs, **kwargs),
        all_rules=rules,
        deferred=True,
        formula=f"{name}(…)",
        gradients=("its vjp",),
        doc=(function.__doc__ or "").strip(),
    )


def defvjp(function: Callable[..., Any], *makers: Any, argnums: Sequence[int] | None = None) -> None:
    """Give a `primitive` its rules.

    Parameters
    ----------
    function : callable
        What ``primitive`` returned.
    *makers : callable or None
        For each argument ``maker(output, *args, **kwargs)``, which returns the function from the upstream gradient to
        what reaches the argument; None: nothing does.
    argnums : sequence of int, optional
        Which arguments the makers are for (default: the first ones).
    """
    if not hasattr(function, _RULES):
        raise ArgumentTypeError(f"defvjp: {called(function)} is no primitive; decorate it with @primitive")
    positions = range(len(makers)) if argnums is None else argnums
    getattr(function, _RULES).update(zip(positions, makers, strict=True))


def notrace_primitive(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays through which no gradient flows: it is called with the numbers and returns plain ones."""

    @functools.wraps(function)
    def made(*args: Any, **kwargs: Any) -> Any:
        return function(*(x.data if isinstance(x, Node) else x for x in args), **kwargs)

    return made
