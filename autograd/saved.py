"""What did the forward pass see, and is it still there, unchanged?

A recorded graph refers to the arrays of its Tensors. Two things can happen to such an array before the backward pass
comes: it may be *changed*, and then a gradient computed from it would be wrong, so the pass is refused; or it may be
*let go*, to save memory, and is then computed again from what it was made of.

Changes made through the engine (optimizer steps, ``x[...] = ``, ``x.data = ``) are entered on a clock. An array that
was handed out (``x.data``, ``x.numpy()``, DLPack) can be written to without our seeing it; if it is part of a graph,
what it held is remembered, and compared.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import GraphError

__all__ = [
    "CLOCK",
    "SMALL",
    "Released",
    "changed_since",
    "is_alone",
    "is_held_outside",
    "mark_changed",
    "refuse_changed",
    "remember",
    "settle",
    "unwatch",
    "watch",
]

SMALL = 2**16
"""Arrays of up to this many bytes are never let go: there is nothing to gain."""


class _Clock:
    """Counts the changes made to arrays. A node notes the time when it is recorded."""

    __slots__ = ("now",)

    def __init__(self) -> None:
        self.now = 0


CLOCK = _Clock()

_changed: dict[int, tuple[weakref.ref, int]] = {}
"""When an array was last changed, by the id of the array that owns the memory."""

_watched: dict[int, tuple[weakref.ref, np.ndarray]] = {}
"""What an array held when it was handed out, by the id of its Tensor."""


def _owner(array: np.ndarray) -> np.ndarray:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def mark_changed(array: np.ndarray) -> None:
    """Enter a change of an array, and so of every view of it."""
    CLOCK.now += 1
    owner = _owner(array)
    key = id(owner)
    entry = _changed.get(key)
    reference = weakref.ref(owner, lambda _: _changed.pop(key, None)) if entry is None else entry[0]
    _changed[key] = (reference, CLOCK.now)


def changed_since(array: np.ndarray, time: int) -> bool:
    """Whether a change of an array was entered after a time."""
    entry = _changed.get(id(_owner(array)))
    return entry is not None and entry[1] > time


def watch(tensor: Any) -> None:
    """Remember what an array holds that others can write to, unless it is remembered already."""
    key = id(tensor)
    if key not in _watched:
        _watched[key] = (weakref.ref(tensor, lambda _: _watched.pop(key, None)), tensor._data.copy())


def remember(tensor: Any) -> None:
    """Watch an array from now on, as it is now; enter the change if it was watched and differs."""
    entry = _watched.get(id(tensor))
    if entry is not None and entry[1].tobytes() != tensor._data.tobytes():
        mark_changed(tensor._data)
        unwatch(tensor)
    watch(tensor)


def unwatch(tensor: Any) -> None:
    """Forget what an array held: it is about to change in the open."""
    _watched.pop(id(tensor), None)


def settle() -> None:
    """Compare every watched array with what it held, and enter those that were changed."""
    for key, (reference, before) in _watched.copy().items():  # the collector may run in between
        tensor = reference()
        if tensor is None or type(tensor._data) is Released:
            continue
        unchanged = before.shape == tensor._data.shape and before.tobytes() == tensor._data.tobytes()
        if not unchanged:
            mark_changed(tensor._data)
        if not (unchanged and tensor._uses):
            _watched.pop(key, None)


class Released:
    """Stands in the place of an array that was let go. Shape and element type are all that is left.

    Rules that look at shapes only work with it; anything that asks for numbers fails loudly.
    """

    __slots__ = ("dtype", "shape")
    __array_ufunc__ = None
    nbytes = 0
    base = None

    def __init__(self, array: np.ndarray) -> None:
        self.shape = array.shape
        self.dtype = array.dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=int))

    def __array_function__(self, function: Callable[..., Any], types: Any, inputs: Any, options: Any) -> Any:
        raise TypeError(f"np.{function.__name__} was called on numbers that were let go")

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise TypeError("these numbers were let go")


def _references(holder: tuple[Any, ...], position: int) -> int:
    x = holder[position]
    return sys.getrefcount(x)


_ALONE = _references((object(),), 0)
"""How many references this Python counts to something that nobody but one tuple holds."""


def is_alone(holder: tuple[Any, ...], position: int) -> bool:
    """Whether nobody but this tuple holds the object in it."""
    return _references(holder, position) == _ALONE


class _Holder:
    _data = np.empty(1)


def _array_references(holder: Any) -> int:
    return sys.getrefcount(holder._data)


_HELD_ONCE = _array_references(_Holder)
"""How many references this Python counts to an array that nobody but its Tensor holds."""


def is_held_outside(tensor: Any) -> bool:
    """Whether anybody but the Tensor holds its array, or the memory that it is a view of."""
    return tensor._data.base is not None or _array_references(tensor) > _HELD_ONCE


def refuse_changed(what: str, operation: str) -> GraphError:
    """The error for numbers that are no longer those of the forward pass."""
    return GraphError(
        f"{what} was changed after the forward pass, and the gradient of {operation} needs what was there: run the "
        "forward pass again after a change, or change a copy"
    )
