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
        Takes the same. Parameter and gradient are of one shape and type. It refuses states of another shape, or not of
        `state_type`, and parameters that cannot be written to or are not floating-point.
    """

    def update(x: np.ndarray, g: np.ndarray, a: Any, b: Any, c: Any, numbers: np.ndarray) -> None:
        shape, dtype = x.shape, x.dtype
        if (  # what the loop takes: it looks at nothing, and would write past the end of a shorter state
            dtype in _COMPILED
            and x.flags.carray
            and (a is None or (a.flags.carray and a.shape == shape and a.dtype == dtype))
            and (b is None or (b.flags.carray and b.shape == shape and b.dtype == dtype))
            and (c is None or (c.flags.carray and c.shape == shape and c.dtype == dtype))
            and (Compiler.wanted or Compiler.is_worth_loading(x.size))
        ):
            if not g.flags.c_contiguous:
                g = np.ascontiguousarray(g)
            if 0 < len(shape) < 3:
                loop(x, g, a, b, c, numbers)
            else:  # so that fewer variants are compiled
                loop(*[array if array is None else array.reshape(-1) for array in (x, g, a, b, c)], numbers)
            return
        _check(x, a, b, c)
        wide = state_type(x)
        with np.errstate(all="ignore"):
            if dtype == wide:
                lines(x, g, a, b, c, numbers)
            else:
                computed = x.astype(wide)
                lines(computed, g.astype(wide), a, b, c, numbers)
                x[...] = computed

    return update  # a plain function: an object with __call__ takes 0.1 µs more


def state_type(x: np.ndarray) -> np.dtype[Any]:
    """The element type of a parameter's states: its own, but at least float32, so that squares do not vanish."""
    return np.promote_types(x.dtype, np.float32)


def _check(x: np.ndarray, *states: Any) -> None:
    """Refuse what cannot be updated, or does not fit."""
    if x.dtype.kind != "f":
        raise DtypeError(f"a parameter of {x.dtype} cannot be optimized: only floating-point ones can")
    if not x.flags.writeable:
        raise ArgumentValueError(
            f"the array of a parameter of shape {x.shape} is read-only; give it one of its own: p.data = p.data.copy()"
        )
    for state in states:
        if state is None:
            continue
        if state.shape != x.shape:
            raise ShapeError(
                f"the optimizer remembers numbers of shape {state.shape} of a parameter that now has shape {x.shape}; "
                "make it forget them with optimizer.state.pop(p), or make a new optimizer"
            )
        if state.dtype != state_type(x):
            raise DtypeError(
                f"the optimizer remembers numbers of {state.dtype} of a parameter that is now of {x.dtype}; convert "
                "them with optimizer.load_state_dict(optimizer.state_dict())"
            )


def blocks(*arrays: Any) -> Iterator[tuple[Any, ...]]:
    """Go through arrays of one shape a block at a time; each block is a part of the array itself. None stays None."""
    size = arrays[0].size
    if size <= _BLOCK or not all(array is None or array.flags.c_contiguous for array in arrays):
        yield arrays
        return
    flat = [array if array is None else array.reshape(-1) for array in arrays]
    for start in range(0, size, _BLOCK):
        yield tuple([array if array is None else array[start : start + _BLOCK] for array in flat])
