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
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from autograd.errors import GraphError

__all__ = [
    "CLOCK",
    "HANDED",
    "SMALL",
    "Released",
    "changed_since",
    "check_handed",
    "hand_out",
    "is_alone",
    "is_handed",
    "lend",
    "mark_all_changed",
    "mark_changed",
    "references_beside",
    "refuse_changed",
    "settle",
    "take_back",
]

SMALL = 2**16
"""Arrays of up to this many bytes are never let go: there is nothing to gain."""


class _Clock:
    """Counts the changes made to arrays. A node notes the time when it is recorded."""

    __slots__ = ("now",)

    def __init__(self) -> None:
        self.now = 0


CLOCK = _Clock()

_changed: dict[int, list[Any]] = {}
"""When an array was last changed, by the id of the array that owns the memory: a weak reference to it, and the time."""

HANDED: dict[int, weakref.ref] = {}
"""The arrays that others may have in their hands, by the id of the array that owns the memory."""

_watched: dict[int, tuple[np.ndarray, bytes]] = {}
"""Arrays that others may write to while a graph uses them, and what they held, by their id."""

_MANY = 64
"""With so many watched arrays it is worth looking which need it no more."""


def _owner(array: np.ndarray) -> np.ndarray:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def mark_changed(array: np.ndarray) -> None:
    """Enter a change of an array, and so of every view of it."""
    mark_all_changed((array,))


def mark_all_changed(arrays: Iterable[np.ndarray]) -> None:
    """Enter a change of several arrays at once, as an optimizer makes it."""
    owners = [array if array.base is None else _owner(array) for array in arrays]
    if not owners:
        return
    CLOCK.now += 1
    for owner in owners:
        entry = _changed.get(id(owner))
        if entry is None:
            _changed[id(owner)] = [weakref.ref(owner, partial(_no_more, id(owner))), CLOCK.now]
        else:
            entry[1] = CLOCK.now
    if _watched:
        _forget({id(owner) for owner in owners})


def _no_more(key: int, _: weakref.ref) -> None:
    _changed.pop(key, None)


def _forget(owners: set[int]) -> None:
    """Watch the arrays in these owners' memory no more."""
    for number, (watched, _) in _watched.copy().items():
        if id(_owner(watched)) in owners:
            _watched.pop(number, None)


def changed_since(array: np.ndarray, time: int) -> bool:
    """Whether a change of an array was entered after a time."""
    entry = _changed.get(id(_owner(array)))
    return entry is not None and entry[1] > time


# --- arrays in the hands of others ----------------------------------------------------------------------------------


def lend(tensor: Any) -> None:
    """Note that others may have a Tensor's array in their hands."""
    owner = _owner(tensor._data)
    key = id(owner)
    if key not in HANDED:
        HANDED[key] = weakref.ref(owner, lambda _: HANDED.pop(key, None))


def hand_out(tensor: Any) -> None:
    """Note that a Tensor's array is handed out now; if a graph may be using it, remember what it holds."""
    shared = _is_shared(tensor)
    lend(tensor)
    if tensor._uses or shared or tensor._data.base is not None:
        _watch(tensor._data)


def take_back(array: np.ndarray) -> None:
    """Forget that an array was handed out: nobody has it any more."""
    owner = _owner(array)
    HANDED.pop(id(owner), None)
    _forget({id(owner)})


def is_handed(array: np.ndarray) -> bool:
    """Whether others may have an array in their hands."""
    return id(_owner(array)) in HANDED


def check_handed(tensor: Any) -> None:
    """A Tensor is about to be used: if somebody still has its array, remember what it holds from now on."""
    if not is_handed(tensor._data):
        return
    if not _is_shared(tensor):
        HANDED.pop(id(_owner(tensor._data)), None)
        return
    owner = _owner(tensor._data)
    for array, before in _watched.copy().values():
        if _owner(array) is owner and array.tobytes() != before:
            mark_changed(array)  # before this use, which sees the new numbers
    _watch(tensor._data)


def _watch(array: np.ndarray) -> None:
    if len(_watched) >= _MANY:
        settle()
    if id(array) not in _watched:
        _watched[id(array)] = (array, array.tobytes())


def settle() -> None:
    """Compare every watched array with what it held; enter those that were changed, drop those that nobody has."""
    for key, entry in _watched.copy().items():  # a copy: the collector may run in between
        others = _others(entry)
        if entry[0].tobytes() != entry[1]:
            mark_changed(entry[0])
        elif others <= (entry[0].base is None):  # of an array that is no view, its Tensor
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


# --- who else holds an object? Counts of references, compared with what this Python counts where nobody does --------


def _references(holder: Any, position: int) -> int:
    return sys.getrefcount(holder[position])


_ALONE = _references((object(),), 0)


def is_alone(holder: tuple[Any, ...], position: int) -> bool:
    """Whether nobody but this tuple holds the object in it."""
    return _references(holder, position) == _ALONE


def references_beside(items: list[Any], position: int) -> int:
    """How many references there are to an object beside the one from this list."""
    return _references(items, position) - _ALONE


def _others(entry: tuple[np.ndarray, bytes]) -> int:
    return _references(entry, 0) - _ALONE


def _owner_references(tensor: Any) -> int:
    return sys.getrefcount(_owner(tensor._data))


class _Holder:
    _data = np.empty(1)


_HELD_ONCE = _owner_references(_Holder)


def _is_shared(tensor: Any) -> bool:
    """Whether anybody but the Tensor (and its array, if that is a view) holds the memory; another library may, too."""
    return _owner_references(tensor) > _HELD_ONCE or _owner(tensor._data).base is not None


def refuse_changed(what: str, operation: str) -> GraphError:
    """The error for numbers that are no longer those of the forward pass."""
    return GraphError(
        f"{what} was changed after the forward pass, and the gradient of {operation} needs what was there: run the "
        "forward pass again after a change, or change a copy"
    )
