"""Which functions are made of several operations, and who else calls them so?

Most functions are rows of the table. The others, written with rows, are registered here: as functions of the
module ``autograd``, as methods of `Tensor`, and under the NumPy functions that mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from numpy import ufunc

from autograd.functions.spelling import knows_numpys_names, numpys_arguments
from autograd.ops.table import TABLE
from autograd.tensor import Tensor

__all__ = ["FUNCTIONS", "function"]

F = TypeVar("F", bound=Callable[..., Any])

FUNCTIONS: dict[str, Callable[..., Any]] = {}
"""The registered functions by name; a function here goes before a row of the same name."""


def function(
    *,
    numpy: tuple[Callable[..., Any], ...] | Mapping[Callable[..., Any], Callable[..., Any]] = (),
    method: bool = True,
    aliases: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Register a function of the engine.

    Parameters
    ----------
    numpy : tuple of callables, or mapping of callable to callable
        The NumPy functions that mean the same; in a mapping each with an adapter that takes NumPy's arguments. A
        function that takes them by name (`autograd.functions.spelling.numpys_names`) needs none.
    method : bool
        Whether it is a method of `Tensor` too.
    aliases : tuple of str
        Other names for it.
    """

    def register(made: F) -> F:
        for name in (made.__name__, *aliases):
            FUNCTIONS[name] = made
            if method:
                setattr(Tensor, name, made)
        for counterpart in numpy:
            adapter: Callable[..., Any] = numpy[counterpart] if isinstance(numpy, Mapping) else made
            if adapter is made and knows_numpys_names(made) and not isinstance(counterpart, ufunc):
                adapter = numpys_arguments(counterpart, made)
            TABLE.translate(counterpart, adapter)
        return made

    return register
