"""In which form is an update computed: as NumPy lines, or as a compiled loop?

Every optimizer writes its update twice, in the same order of operations, so that both give the same bits. The lines are
what a reader wants; the loop goes once through memory and makes no temporaries. The compiler takes some tenths of a
second to load, so a program begins with the lines, and changes over once they have cost it that much time.

The loops run on one core: a second one would take a step of Adam on 670,000 numbers from 0.19 to 0.10 ms, little beside
the passes before it, and Numba's threads do not everywhere bear a fork, or a second thread of the program's own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.errors import ArgumentValueError, DtypeError, ShapeError

__all__ = ["Compiler", "blocks", "in_both_forms", "state_type"]

Form = Callable[..., None]

_COMPILED = np.dtype("float32"), np.dtype("float64")
_BLOCK = 2**14
"""Entries that the lines work on at once: what they need besides then stays in the cache."""

_LOADING = 0.5  # seconds
_PER_CALL, _PER_ENTRY = 1e-5, 4e-9  # seconds, of the lines


class Compiler:
    """Whether the loops are in use yet, by all optimizers of the program."""

    wanted = False
    spent = 0.0
    """Seconds, by estimate, that the lines have taken until then."""

    @classmethod
    def is_worth_loading(cls, entries: int) -> bool:
        """Decide it for an update of so many entries."""
        cls.wanted = "numba" in sys.modules or cls.spent > _LOADING
        cls.spent += _PER_CALL + _PER_ENTRY * entries
        return cls.wanted


def in_both_forms(lines: Form, loop: Form) -> Form:
    """A function that updates a parameter and its states in place, in whichever form suits.

    Parameters
    ----------
    lines, loop : callable
        Take the parameter, its gradient, up to three states (arrays of the parameter's shape, or None where one is not
        in use), and an array of coefficients; write into all but the gradient and the coefficients. The loop is
        compiled, and gets contiguous arrays of one or two axes, of float32 or float64.

    Returns
    -------
    callable
        Takes the same. Parameter and gradient are of one shape and type; it refuses states of another shape, or not of
        `state_type`, and parameters that cannot be written to.
    """

    def update(x: np.ndarray, g: np.ndarray, a: Any, b: Any, c: Any, numbers: np.ndarray) -> None:
        flags = x.flags
        if not flags.writeable:
            raise ArgumentValueError(
                f"the array of a parameter of shape {x.shape} is read-only; give it one of its own: p.data = "
                "p.data.copy()"
            )
        compilable = x.dtype in _COMPILED
        wide = x.dtype if compilable else state_type(x)
        plain = compilable and flags.c_contiguous
        for state in (a, b, c):
            if state is not None:
                if state.shape != x.shape or state.dtype != wide:
                    raise _outgrown(x, state)
                plain = plain and state.flags.c_contiguous
        if plain:
            if not g.flags.c_contiguous:
                g = np.ascontiguousarray(g)
            if Compiler.wanted or Compiler.is_worth_loading(x.size):
                if 0 < x.ndim < 3:
                    loop(x, g, a, b, c, numbers)
                else:  # so that fewer variants are compiled
                    loop(*[array if array is None else array.reshape(-1) for array in (x, g, a, b, c)], numbers)
                return
        with np.errstate(all="ignore"):
            if compilable:
                lines(x, g, a, b, c, numbers)
            else:
                computed = x.astype(wide)
                lines(computed, g.astype(wide), a, b, c, numbers)
                x[...] = computed

    return update  # a plain function: an object with __call__ takes 0.1 µs more


def state_type(x: np.ndarray) -> np.dtype[Any]:
    """The element type of a parameter's states: its own, but at least float32, so that squares do not vanish."""
    return np.promote_types(x.dtype, np.float32)


def _outgrown(x: np.ndarray, state: np.ndarray) -> Exception:
    what = f"the optimizer remembers an array of shape {state.shape} and {state.dtype} for a parameter that is now"
    if state.shape != x.shape:
        return ShapeError(f"{what} of shape {x.shape}: make a new optimizer, or forget it with optimizer.state.pop(p)")
    return DtypeError(f"{what} of {x.dtype}; convert it with optimizer.load_state_dict(optimizer.state_dict())")


def blocks(*arrays: Any) -> Iterator[tuple[Any, ...]]:
    """Go through arrays of one shape a block at a time; each block is a part of the array itself. None stays None."""
    size = arrays[0].size
    if size <= _BLOCK or not all(array is None or array.flags.c_contiguous for array in arrays):
        yield arrays
        return
    flat = [array if array is None else array.reshape(-1) for array in arrays]
    for start in range(0, size, _BLOCK):
        yield tuple([array if array is None else array[start : start + _BLOCK] for array in flat])
