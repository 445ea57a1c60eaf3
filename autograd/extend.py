"""How does an operation written for HIPS autograd become one of ours?

``@primitive`` marks a function of plain arrays, ``defvjp`` gives it the rules. It is a thin way into `Op`; new code
writes ``Op(name, forward, *rules)`` or a `gate` class, which say more.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from autograd.errors import ArgumentTypeError
from autograd.functions.bare import bare
from autograd.graph import Node
from autograd.ops.table import Op
from autograd.transforms.tracing import called

__all__ = ["defjvp", "defvjp", "defvjp_argnum", "defvjp_argnums", "notrace_primitive", "primitive"]

_RULES = "_vjp_makers"
_OTHERS = -1
"""The place of the maker of rules for all arguments that have none of their own."""


def primitive(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays as one operation, whose inside is not recorded.

    Parameters
    ----------
    function : callable
        Its positional arguments may be Tensors or Values; it is called with their arrays or numbers.
    """
    makers: dict[int, Any] = {}
    known: dict[tuple[int, ...], Op] = {}

    @functools.wraps(function)
    def made(*args: Any, **kwargs: Any) -> Any:
        node = next((x for x in args if isinstance(x, Node)), None)
        if node is None:
            return function(*args, **kwargs)
        wanted = tuple([i for i, x in enumerate(args) if isinstance(x, Node) and x.requires_grad])
        if kwargs:
            return type(node)._apply(_op(function, makers, wanted, kwargs), args)
        if wanted not in known:
            known[wanted] = _op(function, makers, wanted, kwargs)
        return type(node)._apply(known[wanted], args)

    setattr(made, _RULES, makers)
    return made


def _op(function: Callable[..., Any], makers: dict[int, Any], wanted: tuple[int, ...], kwargs: dict[str, Any]) -> Op:
    """The operation of a call: keyword arguments, and which inputs want a gradient, are fixed in it."""
    name = called(function)

    def rules(g: Any, y: Any, *inputs: Any) -> list[Any]:
        shares: list[Any] = [None] * len(inputs)
        for i in wanted:
            if i in makers:
                shares[i] = None if makers[i] is None else makers[i](y, *inputs, **kwargs)(g)
            elif _OTHERS in makers:
                shares[i] = makers[_OTHERS](i, y, inputs, kwargs)(g)
            else:
                raise ArgumentTypeError(f"{name} has no rule for argument {i}: give it one with defvjp")
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
    positions = range(len(makers)) if argnums is None else argnums
    _rules_of("defvjp", function).update(zip(positions, makers, strict=True))


def _rules_of(name: str, function: Callable[..., Any]) -> dict[int, Any]:
    if not hasattr(function, _RULES):
        raise ArgumentTypeError(f"{name}: {called(function)} is no primitive; decorate it with @primitive")
    makers: dict[int, Any] = getattr(function, _RULES)
    return makers


def defvjp_argnum(function: Callable[..., Any], maker: Callable[..., Any]) -> None:
    """Give a `primitive` one maker of rules for all arguments: ``maker(argnum, output, args, kwargs)``."""
    _rules_of("defvjp_argnum", function)[_OTHERS] = maker


def defvjp_argnums(function: Callable[..., Any], maker: Callable[..., Any]) -> None:
    """As `defvjp_argnum`, but the maker takes a tuple of positions, and its rule returns a gradient for each."""

    def for_one(argnum: int, *call: Any) -> Callable[[Any], Any]:
        rule = maker((argnum,), *call)
        return lambda g: rule(g)[0]

    defvjp_argnum(function, for_one)


def defjvp(function: Callable[..., Any], *makers: Any, argnums: Sequence[int] | None = None) -> None:  # noqa: ARG001
    """Accepted, so that programs run unchanged, and not used: forward mode comes from the rule given with `defvjp`.

    A rule for the one direction is the other's transpose, so a second one could only disagree.
    `autograd.test_util.check_grads` compares both directions with differences.

    Raises
    ------
    ArgumentTypeError
        If the function is no primitive.
    """
    _rules_of("defjvp", function)


def notrace_primitive(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays through which no gradient flows: it is called with the numbers and returns plain ones."""

    @functools.wraps(function)
    def made(*args: Any, **kwargs: Any) -> Any:
        return function(*map(bare, args), **kwargs)

    return made
