"""How may arguments be called: as in PyTorch, or as in NumPy?"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, AutogradError

__all__ = ["knows_numpys_names", "numpys_arguments", "numpys_names"]

_NAMES = {"axis": "dim", "keepdims": "keepdim", "ddof": "correction", "a": "input"}
"""NumPy's name for an argument → PyTorch's."""

_WITHOUT_EFFECT = ("kind", "order", "stable", "copy", "overwrite_input")
"""Arguments of NumPy's functions that say how to compute, not what."""


@cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """Looked up when first needed: for all functions at once it would slow down the import."""
    return inspect.signature(function)


@cache
def _translated(made: Callable[..., Any]) -> dict[str, tuple[str, int]]:
    """For each name of NumPy's ours, and its place."""
    places = {name: place for place, name in enumerate(_signature(made).parameters)}
    return {theirs: (ours, places[ours]) for theirs, ours in _NAMES.items() if ours in places and theirs not in places}


def _called(name: str, made: Callable[..., Any], args: Any, options: Any) -> Any:
    """Call a function; arguments that do not fit its signature are refused in our words."""
    try:
        return made(*args, **options)
    except TypeError as problem:
        if not isinstance(problem, AutogradError):
            try:
                _signature(made).bind(*args, **options)
            except TypeError as misfit:
                raise ArgumentTypeError(f"{name}(): {misfit}: {name}{_plainly(_signature(made))}") from None
        raise


def _plainly(signature: inspect.Signature) -> inspect.Signature:
    """Names and defaults, without the types."""
    bare = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
    return signature.replace(parameters=bare, return_annotation=signature.empty)


def numpys_names(made: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function with PyTorch's arguments take them under NumPy's names too.

    Raises
    ------
    ArgumentTypeError
        If an argument is given under both names, is missing, or is not known.
    """
    name = made.__name__

    @wraps(made)
    def call(*args: Any, **options: Any) -> Any:
        for theirs in options.keys() & _translated(made).keys() if options else ():
            (ours, place), given = _translated(made)[theirs], options.pop(theirs)
            if ours in options or place < len(args):
                other = options[ours] if ours in options else args[place]
                raise ArgumentTypeError(
                    f"{name}() got both {ours}={other} and {theirs}={given}: they mean the same, give one"
                )
            if theirs == "axis" and isinstance(given, tuple) and not given:
                raise ArgumentTypeError(
                    f"{name}(): axis=() is none of the axes in NumPy and dim=() all of them in PyTorch: name the axes"
                )
            options[ours] = given
        return _called(name, made, args, options)

    _KNOWING.add(call)
    return call


_KNOWING: set[Callable[..., Any]] = set()


def knows_numpys_names(made: Callable[..., Any]) -> bool:
    """Whether a function takes its arguments under NumPy's names: it was given to `numpys_names`."""
    return made in _KNOWING


def numpys_arguments(function: Callable[..., Any], made: Callable[..., Any]) -> Callable[..., Any]:
    """An adapter that is called like a NumPy function and hands on what ``made`` has to know.

    The first argument goes by its place, the others by NumPy's names.

    Raises
    ------
    ArgumentTypeError
        If there is an argument that ``made`` does not have; ``out`` is one.
    """

    def call(*args: Any, **options: Any) -> Any:
        order = list(_signature(function).parameters)
        given = dict(zip(order, args, strict=False)) | options
        needed = {
            name: x
            for name, x in given.items()
            if x is not np._NoValue and name not in _WITHOUT_EFFECT and not (name == "out" and x is None)
        }
        first = (needed.pop(order[0]),) if order[0] in needed else ()
        if knows_numpys_names(made):
            return made(*first, **needed)
        return _called(f"np.{function.__name__}", made, first, needed)

    return call
