"""Which functions make one array of several, or several of one: PyTorch's names, and NumPy's."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Iterable
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ShapeError
from autograd.functions.registry import function
from autograd.functions.shapes import array, atleast_1d, atleast_2d, atleast_3d, axis_of, integers
from autograd.functions.spelling import numpys_arguments, numpys_names
from autograd.ops import joining as rows
from autograd.ops import shapes
from autograd.ops.table import TABLE
from autograd.promotion import as_dtype
from autograd.tensor import Tensor, _array_of

__all__ = [
    "cat",
    "chunk",
    "column_stack",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "split",
    "stack",
    "tensor_split",
    "unbind",
    "vsplit",
    "vstack",
]


# --- several into one -------------------------------------------------------------------------------------------------


def _given(name: str, tensors: Any) -> list[Any]:
    """The arrays of a list, of which there must be one at least.

    Raises
    ------
    ArgumentTypeError, ShapeError
        If it is no list of arrays, or an empty one.
    """
    if not isinstance(tensors, Iterable) or (isinstance(tensors, (Tensor, np.ndarray)) and not tensors.ndim):
        raise ArgumentTypeError(f"{name}() takes a list of arrays, not {type(tensors).__name__} {tensors!r:.40}")
    given = [array(name, x) for x in tensors]
    if not given:
        raise ShapeError(f"{name}() of an empty list: give at least one array")
    for x in given:
        if x.dtype.kind not in "fiub":
            raise ArgumentTypeError(f"{name}() takes Tensors and arrays of numbers, not an array of {x.dtype}")
    return given


def _in_dtype(x: Any, dtype: Any) -> Any:
    return x if dtype is None or x.dtype == as_dtype(dtype) else shapes.astype(x, as_dtype(dtype))


def _np_concatenate(arrays: Any, axis: int | None = 0, dtype: Any = None, casting: str = "same_kind") -> Any:
    """NumPy joins the flattened arrays for axis=None, and may be told the element type."""
    del casting  # says which conversions NumPy refuses; ours are PyTorch's
    if axis is None:
        return _in_dtype(cat([shapes.reshape(x, (-1,)) for x in _given("concatenate", arrays)]), dtype)
    return _in_dtype(cat(arrays, axis), dtype)


def _np_append(arr: Any, values: Any, axis: int | None = None) -> Any:
    return _np_concatenate([arr, values], axis)


@function(
    method=False,
    aliases=("concat", "concatenate"),
    numpy={
        np.concatenate: numpys_arguments(np.concatenate, _np_concatenate),
        np.append: numpys_arguments(np.append, _np_append),
    },
)
@numpys_names
def cat(tensors: Any, dim: int = 0) -> Any:
    """The arrays one after the other along an axis.

    Parameters
    ----------
    tensors : list of Tensors and arrays
        Equal in shape but for this axis. Element types combine as in PyTorch. An empty vector may stand among arrays
        of any shape, and adds nothing.
    dim : int

    Raises
    ------
    ShapeError
        If the list is empty, or shapes do not fit.
    """
    given = _given("cat", tensors)
    dtype = rows.widest(*given)
    parts = [x for x in given if x.shape != (0,)] or given
    first = parts[0]
    if not first.ndim:
        raise ShapeError("cat() of 0-d arrays: they have no axis to be joined along, use stack()")
    axis = axis_of("cat", dim, first.ndim)
    for position, x in enumerate(parts):
        if x.shape[:axis] + x.shape[axis + 1 :] != first.shape[:axis] + first.shape[axis + 1 :] or x.ndim != first.ndim:
            raise ShapeError(
                f"cat(): array {position} has shape {x.shape}, the first {first.shape}: they must be equal but for "
                f"axis {axis}"
            )
    if first.ndim == 1:
        parts = given
    return _in_dtype(rows.cat(axis, *parts), dtype)


def _np_stack(arrays: Any, axis: int = 0, dtype: Any = None, casting: str = "same_kind") -> Any:
    del casting
    return _in_dtype(stack(arrays, axis), dtype)


@function(method=False, numpy={np.stack: numpys_arguments(np.stack, _np_stack)})
@numpys_names
def stack(tensors: Any, dim: int = 0) -> Any:
    """Arrays of one shape side by side along a new axis.

    Raises
    ------
    ShapeError
        If the list is empty, or shapes differ.
    """
    given = _given("stack", tensors)
    for position, x in enumerate(given):
        if x.shape != given[0].shape:
            raise ShapeError(
                f"stack(): array {position} has shape {x.shape}, the first {given[0].shape}: they must be equal"
            )
    return rows.stack(axis_of("stack", dim, given[0].ndim + 1), *given)


@function(method=False, aliases=("row_stack",))
def vstack(tensors: Any) -> Any:
    """One below the other, along the first axis; vectors are rows."""
    return cat([atleast_2d(x) for x in _given("vstack", tensors)])


@function(method=False)
def hstack(tensors: Any) -> Any:
    """Side by side, along the second axis; vectors one after the other."""
    given = [atleast_1d(x) for x in _given("hstack", tensors)]
    return cat(given, 0 if given[0].ndim == 1 else 1)


@function(method=False, numpy=(np.dstack,))
def dstack(tensors: Any) -> Any:
    """One behind the other, along the third axis."""
    return cat([atleast_3d(x) for x in _given("dstack", tensors)], 2)


@function(method=False, numpy=(np.column_stack,))
def column_stack(tensors: Any) -> Any:
    """Side by side, along the second axis; vectors are columns."""
    given = _given("column_stack", tensors)
    return cat([x if x.ndim > 1 else shapes.reshape(x, (-1, 1)) for x in given], 1)


# --- one into several -------------------------------------------------------------------------------------------------


def _axis_of(name: str, tensor: Any, dim: Any) -> tuple[Any, int]:
    """The array, and the axis to be cut."""
    a = array(name, tensor)
    if not a.ndim:
        raise ShapeError(f"{name}() of a 0-d array: it has no axis to be cut")
    return a, axis_of(name, dim, a.ndim)


def _cut(a: Any, axis: int, bounds: Iterable[tuple[int, int]]) -> tuple[Any, ...]:
    """Views of the entries between these bounds."""
    before = (slice(None),) * axis
    return tuple(a[(*before, slice(start, stop))] for start, stop in bounds)


def _of_sizes(a: Any, axis: int, sizes: Iterable[int]) -> tuple[Any, ...]:
    return _cut(a, axis, pairwise(accumulate(sizes, initial=0)))


def _number(name: str, x: Any) -> int:
    try:
        return operator.index(x)
    except TypeError:
        raise ArgumentTypeError(f"{name}() takes an integer, or a list of them, not {x!r:.40}") from None


@function()
@numpys_names
def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Parts of one size, the last perhaps smaller, or of the sizes listed. (np.split takes their number, or places.)

    Raises
    ------
    ShapeError
        If the sizes are not those of the whole axis, or the size is not positive.
    """
    a, axis = _axis_of("split", tensor, dim)
    length = a.shape[axis]
    if isinstance(split_size_or_sections, Iterable):
        sizes = integers("split", (split_size_or_sections,))
        if builtins.sum(sizes) != length or min(sizes, default=0) < 0:
            raise ShapeError(f"split(): sizes {list(sizes)} do not add up to the {length} entries of axis {axis}")
        return _of_sizes(a, axis, sizes)
    size = _number("split", split_size_or_sections)
    if size < 0 or (size == 0 and length):
        raise ShapeError(f"split(): parts of {size} entries cannot make up the {length} of axis {axis}")
    starts = range(0, length, size) if length else (0,)
    return _cut(a, axis, [(start, start + size) for start in starts])


@function()
@numpys_names
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """So many parts, their sizes differing by at most one; or cut before each of the places listed.

    Raises
    ------
    ShapeError
        If the number of parts is not positive.
    """
    a, axis = _axis_of("tensor_split", input, dim)
    length = a.shape[axis]
    if isinstance(indices_or_sections, (Tensor, np.ndarray)):
        bare = _array_of(indices_or_sections) if isinstance(indices_or_sections, Tensor) else indices_or_sections
        indices_or_sections = bare.tolist()
    if isinstance(indices_or_sections, Iterable):
        places = integers("tensor_split", (indices_or_sections,))
        return _cut(a, axis, pairwise((0, *places, length)))
    count = _number("tensor_split", indices_or_sections)
    if count < 1:
        raise ShapeError(f"tensor_split(): {count} parts cannot be made; ask for at least one")
    size, longer = divmod(length, count)
    return _of_sizes(a, axis, [size + 1] * longer + [size] * (count - longer))


def _evenly(name: str, input: Any, indices_or_sections: Any, axis: int) -> tuple[Any, ...]:
    """`tensor_split`, where a number of parts must divide the axis."""
    a, axis = _axis_of(name, input, axis)
    number = indices_or_sections
    if not isinstance(number, Iterable) and _number(name, number) > 0 and a.shape[axis] % _number(name, number):
        raise ShapeError(
            f"{name}(): the {a.shape[axis]} entries of axis {axis} do not make {number} equal parts; "
            "tensor_split makes unequal ones"
        )
    return tensor_split(a, number, axis)


def _along(name: str, input: Any, indices_or_sections: Any, axis: int, least: int) -> tuple[Any, ...]:
    a = array(name, input)
    if a.ndim < least:
        raise ShapeError(f"{name}() needs at least {least} axes, and the shape is {a.shape}")
    return _evenly(name, a, indices_or_sections, axis)


@function()
def hsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """`tensor_split` into equal parts along the second axis; of a vector along its only one."""
    return _along("hsplit", input, indices_or_sections, 0 if np.ndim(input) == 1 else 1, 1)


@function()
def vsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """`tensor_split` into equal parts along the first axis of at least two."""
    return _along("vsplit", input, indices_or_sections, 0, 2)


@function()
def dsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """`tensor_split` into equal parts along the third axis."""
    return _along("dsplit", input, indices_or_sections, 2, 3)


@function()
@numpys_names
def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    """At most so many parts of one size, the last perhaps smaller: rounding the size up may make them fewer.

    Raises
    ------
    ShapeError
        If their number is not positive.
    """
    a, axis = _axis_of("chunk", input, dim)
    count, length = _number("chunk", chunks), a.shape[axis]
    if count < 1:
        raise ShapeError(f"chunk(): {count} parts cannot be made; ask for at least one")
    return split(a, -(-length // count), axis) if length else _of_sizes(a, axis, [0] * count)


@function()
@numpys_names
def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    """The entries along an axis, each without it."""
    a, axis = _axis_of("unbind", input, dim)
    return tuple(a[(*(slice(None),) * axis, i)] for i in range(a.shape[axis]))


# --- in NumPy's words -------------------------------------------------------------------------------------------------


def _np_vstack(tup: Any, dtype: Any = None, casting: str = "same_kind") -> Any:
    del casting
    return _in_dtype(vstack(tup), dtype)


def _np_hstack(tup: Any, dtype: Any = None, casting: str = "same_kind") -> Any:
    del casting
    return _in_dtype(hstack(tup), dtype)


_IN_NUMPYS_WORDS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.vstack: numpys_arguments(np.vstack, _np_vstack),
    np.hstack: numpys_arguments(np.hstack, _np_hstack),
    np.split: lambda ary, indices_or_sections, axis=0: list(_evenly("split", ary, indices_or_sections, axis)),
    np.array_split: lambda ary, indices_or_sections, axis=0: list(tensor_split(ary, indices_or_sections, axis)),
    np.hsplit: lambda ary, indices_or_sections: list(hsplit(ary, indices_or_sections)),
    np.vsplit: lambda ary, indices_or_sections: list(vsplit(ary, indices_or_sections)),
    np.dsplit: lambda ary, indices_or_sections: list(dsplit(ary, indices_or_sections)),
}
for _asked, _answer in _IN_NUMPYS_WORDS.items():
    TABLE.translate(_asked, _answer)
