"""How does a Python loop over arrays become machine code, without loading a compiler before it is needed?

Numba compiles it when it is first called, and keeps the machine code in a file for the next program. Loading Numba
takes some tenths of a second, which ``import autograd`` must not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any, TypeVar, overload

__all__ = ["Compiled", "compiled"]

F = TypeVar("F", bound=Callable[..., Any])


class Compiled(partial):
    """A function that Numba compiles at its first call; afterwards a call goes straight to the machine code.

    Made by `compiled`. It is a `functools.partial` without arguments, because what a partial calls can be exchanged:
    after the first call that is Numba's dispatcher, with no Python function in between (20 ns for the detour).

    Attributes
    ----------
    py_func, __wrapped__ : callable
        The plain Python function, which gives the same numbers, slowly.
    """

    __qualname__: str
    py_func: Callable[..., Any]
    options: dict[str, Any]

    def __new__(cls, function: Callable[..., Any], options: dict[str, Any]) -> Compiled:
        def first_call(*args: Any, **keywords: Any) -> Any:
            return made.dispatcher(*args, **keywords)

        made = super().__new__(cls, first_call)
        update_wrapper(made, function)
        made.py_func, made.options = function, options
        return made

    @property
    def dispatcher(self) -> Any:
        """Numba's own object, with its ``signatures`` and ``inspect_llvm``; asking for it loads Numba."""
        if "_dispatcher" not in self.__dict__:
            self._dispatcher = dispatcher = _jitted(self.py_func, self.options)
            self.__setstate__((dispatcher, (), {}, self.__dict__))  # type: ignore[attr-defined]
        return self._dispatcher

    @property
    def _numba_type_(self) -> Any:
        """So compiled functions can call each other."""
        return self.dispatcher._numba_type_

    def __repr__(self) -> str:
        return f"<compiled {self.__module__}.{self.__qualname__}>"

    def __reduce__(self) -> str:
        return self.__qualname__


def _jitted(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    from numba import njit

    options = {"nogil": True, "error_model": "numpy", **options}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # there is no folder for the machine code that could be written to, or no source file
        return njit(**options)(function)


@overload
def compiled(function: F, /) -> F: ...
@overload
def compiled(*, parallel: bool = False, fastmath: bool | set[str] = False) -> Callable[[F], F]: ...
def compiled(function: Any = None, /, *, parallel: bool = False, fastmath: bool | set[str] = False) -> Any:
    """Have a function of arrays and numbers compiled to machine code when it is first called.

    It runs without the global lock and with NumPy's arithmetic (a division by zero gives inf), and the machine code is
    kept in a file between runs, where one can be written. The function may contain what Numba understands of Python:
    loops, arithmetic, NumPy functions, and calls of other compiled functions. Unlike in NumPy a plain number counts as
    a float64: ``2.0 * x[i]`` is one whatever ``x`` is; write ``x.dtype.type(2.0)`` to stay in its type.

    Parameters
    ----------
    function : callable
        At the top level of a module.
    parallel : bool
        Spread ``numba.prange`` loops over the cores.
    fastmath : bool or set of str
        Let the compiler reorder sums, and more (LLVM's names). The numbers then depend on the machine, so say why.

    Returns
    -------
    Compiled
        To be called like the function; ``py_func`` is the function itself.

    Examples
    --------
    >>> @compiled
    ... def axpy(a, x, y):
    ...     for i in range(x.size):
    ...         y[i] += a * x[i]
    """
    options = {"parallel": parallel, "fastmath": fastmath}
    return Compiled(function, options) if function is not None else partial(Compiled, options=options)
