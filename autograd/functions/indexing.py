"""Which functions pick entries by their places or by a mask, and which put entries there?

PyTorch's names, and NumPy's. Indices and masks may be Tensors, arrays or lists; no gradient flows to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError, BoundsError, DtypeError, ShapeError
from autograd.functions.comparisons import nonzero
from autograd.functions.registry import function
from autograd.functions.shapes import array, axis_of
from autograd.functions.spelling import numpys_arguments, numpys_names
from autograd.ops import indexing as rows
from autograd.ops import selection, shapes
from autograd.ops.table import TABLE
from autograd.tensor import Tensor, _array_of, _wrap

__all__ = [
    "argwhere",
    "gather",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_select",
    "masked_fill",
    "masked_scatter",
    "masked_select",
    "one_hot",
    "scatter",
    "scatter_add",
    "select_scatter",
    "slice_scatter",
    "take",
    "take_along_dim",
    "where",
]


# --- arguments --------------------------------------------------------------------------------------------------------


def _indices(name: str, index: Any) -> np.ndarray:
    """Indices as a bare array of integers.

    Raises
    ------
    DtypeError
        If there is anything but integers.
    """
    bare = _array_of(index) if isinstance(index, Tensor) else np.asarray(index)
    if not bare.size and not isinstance(index, Tensor):
        return bare.astype(np.intp)
    if bare.dtype.kind not in "iu":
        raise DtypeError(f"{name}(): the index holds integers, not {bare.dtype}")
    return bare


def _within(name: str, index: np.ndarray, size: int, where: str, lowest: int = 0) -> None:
    """Refuse an index that names no entry; ``lowest`` is 0 where PyTorch does not count from the end."""
    outside = index[(index < lowest) | (index >= size)]
    if outside.size:
        raise BoundsError(f"{name}(): index {outside.flat[0]} does not exist in {where} of {size} entries")


def _mask(name: str, mask: Any) -> np.ndarray:
    """A mask as a bare array of booleans.

    Raises
    ------
    DtypeError
        If there is anything but booleans.
    """
    bare = _array_of(mask) if isinstance(mask, Tensor) else np.asarray(mask)
    if bare.dtype != bool:
        raise DtypeError(f"{name}(): the mask holds booleans, not {bare.dtype}: compare, as in mask != 0")
    return bare


def _under_mask(name: str, input: Any, mask: Any) -> tuple[Any, np.ndarray]:
    """An array and its mask, both broadcast to the shape that they have together."""
    a, where = array(name, input), _mask(name, mask)
    try:
        shape = np.broadcast_shapes(a.shape, where.shape)
    except ValueError:
        raise ShapeError(
            f"{name}(): the mask has shape {where.shape}, the array {a.shape}: aligned from the last axis, sizes must "
            "be equal or 1"
        ) from None
    return a if a.shape == shape else shapes.broadcast_to(a, shape), np.broadcast_to(where, shape)


def _lifted(x: Any) -> Any:
    """A 0-d array as a vector of one, which is what PyTorch takes it for here."""
    return x if x.ndim else shapes.reshape(x, (1,))


_KINDS = "biuf"


def _holds(name: str, a: Any, value: Any) -> None:
    """Refuse to put numbers where they cannot stand: a fraction among integers, a large integer among small ones.

    Raises
    ------
    DtypeError
        If the element type of the value does not fit.
    """
    if a.dtype.kind == "f":
        return
    typed = isinstance(value, (Tensor, np.ndarray, np.generic))
    dtype = value.dtype if typed else np.asarray(value).dtype
    fits = np.can_cast(dtype, a.dtype) if typed else _KINDS.index(dtype.kind) <= _KINDS.index(a.dtype.kind)
    if not fits:
        raise DtypeError(f"{name}(): an array of {a.dtype} cannot hold entries of {dtype}: convert one of them first")
    if not typed:
        try:
            np.asarray(value, a.dtype)
        except OverflowError:
            raise DtypeError(f"{name}(): an array of {a.dtype} cannot hold {value}: convert it first") from None


def _number(name: str, value: Any) -> Any:
    """One number: a Python number or a 0-d Tensor, through which gradients flow."""
    if np.ndim(value):
        raise ShapeError(f"{name}(): the value is one number, not of shape {np.shape(value)}")
    return value if isinstance(value, (bool, int, float)) else array(name, value)


def _along(axis: int, index: Any) -> tuple[Any, ...]:
    return (*(slice(None),) * axis, index)


# --- an index for each entry of the result ----------------------------------------------------------------------------


def _places(name: str, a: Any, dim: Any, index: Any) -> tuple[int, np.ndarray]:
    """The axis, and the index with at least one axis, which must fit the array.

    Raises
    ------
    BoundsError, DtypeError, ShapeError
        If it does not.
    """
    axis = axis_of(name, dim, a.ndim)
    places = np.atleast_1d(_indices(name, index))
    size = a.shape[axis] if a.ndim else 1
    _within(name, places, size, f"axis {axis} of shape {a.shape},")
    if places.size and places.ndim != max(a.ndim, 1):
        raise ShapeError(
            f"{name}(): an index of shape {places.shape} for an array of shape {a.shape}: both need the same number "
            "of axes"
        )
    return axis, places


@function()
@numpys_names
def gather(input: Any, dim: int, index: Any) -> Any:
    """The entries at places along an axis: ``out[i, j] = input[i, index[i, j]]`` for ``dim=1``.

    Parameters
    ----------
    input : Tensor or array
    dim : int
    index : Tensor, array or list of integers
        As many axes as ``input``, none longer than its but this one. No place is counted from the end.

    Returns
    -------
    Tensor or array of the shape of ``index``

    Raises
    ------
    BoundsError, DtypeError, ShapeError
        If the index does not fit.
    """
    a = array("gather", input)
    axis, places = _places("gather", a, dim, index)
    if not places.size:
        return shapes.reshape(rows.getitem(shapes.reshape(a, (-1,)), slice(0, 0)), places.shape)
    out = rows.gather(_lifted(a), axis, places)
    return out if np.ndim(index) else shapes.reshape(out, ())


def _source(name: str, a: Any, places: np.ndarray, src: Any) -> Any:
    """What is put at the places: at least as long as the index on every axis."""
    source = _lifted(array(name, src))
    _holds(name, a, source)
    if source.ndim != places.ndim or any(own > size for own, size in zip(places.shape, source.shape, strict=True)):
        raise ShapeError(
            f"{name}(): the index has shape {places.shape}, the source {source.shape}: it must be as long on every axis"
        )
    return source


@function()
@numpys_names
def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Any:
    """A copy in which entries are put at places along an axis: ``out[i, index[i, j]] = src[i, j]`` for ``dim=1``.

    Parameters
    ----------
    input : Tensor or array
    dim : int
    index : Tensor, array or list of integers
        As many axes as ``input``. Of several entries for one place the last one stays.
    src : Tensor, array or number
        At least as long as the index on every axis; or one number for all places, also under the name ``value``.
    reduce : {"add"}, optional
        Add the entries up, which is `scatter_add`.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, BoundsError, DtypeError, ShapeError
        If the index or the source does not fit.
    """
    a = array("scatter", input)
    if (src is None) == (value is None):
        raise ArgumentTypeError("scatter() puts either src or value at the places: give one of them")
    if reduce not in (None, "add"):
        raise ArgumentValueError(f"scatter(): reduce is 'add', not {reduce!r:.40}")
    axis, places = _places("scatter", a, dim, index)
    put = src if value is None else value
    if not np.ndim(put):
        put = _number("scatter", put)
        _holds("scatter", a, put)
        if reduce:
            put = np.full(places.shape, put, a.dtype) if not isinstance(put, Tensor) else put.expand(places.shape)
    elif places.size:
        put = _source("scatter", a, places, put)
    if not places.size:
        return shapes.clone(a)
    row = rows.scatter_add if reduce else rows.scatter
    return _as_was(row(_lifted(a), put, axis, places), a)


def _as_was(out: Any, a: Any) -> Any:
    return out if a.ndim else shapes.reshape(out, ())


@function()
@numpys_names
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """A copy in which entries are added at places along an axis: ``out[i, index[i, j]] += src[i, j]`` for ``dim=1``.

    What comes to the same place adds up. See `scatter`.
    """
    a = array("scatter_add", input)
    axis, places = _places("scatter_add", a, dim, index)
    if not places.size:
        return shapes.clone(a)
    return _as_was(rows.scatter_add(_lifted(a), _source("scatter_add", a, places, src), axis, places), a)


def _np_take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if axis is None and np.ndim(indices) != 1:
        raise ShapeError(f"np.take_along_axis with axis=None takes 1-D indices, not of shape {np.shape(indices)}")
    return take_along_dim(arr, indices, axis)


@function(numpy={np.take_along_axis: _np_take_along_axis})
@numpys_names
def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Any:
    """`gather` where array and indices are broadcast to each other, and places may be counted from the end.

    Without an axis, the entries of the flattened array at the flattened indices.
    """
    a, places = array("take_along_dim", input), _indices("take_along_dim", indices)
    if dim is None:
        a, places, dim = shapes.reshape(a, (-1,)), places.reshape(-1), 0
    if a.ndim != places.ndim:
        raise ShapeError(
            f"take_along_dim(): indices of shape {places.shape} for an array of shape {a.shape}: both need the same "
            "number of axes"
        )
    axis = axis_of("take_along_dim", dim, a.ndim)
    if not a.ndim:
        raise ShapeError("take_along_dim(): a 0-d array has no axis to take from; leave out dim")
    size = a.shape[axis]
    _within("take_along_dim", places, size, f"axis {axis} of shape {a.shape},", -size)
    try:
        shape = list(np.broadcast_shapes(_with_one(a.shape, axis), _with_one(places.shape, axis)))
    except ValueError:
        raise ShapeError(
            f"take_along_dim(): shapes {a.shape} and {places.shape} do not fit: but for axis {axis}, sizes must be "
            "equal or 1"
        ) from None
    shape[axis] = places.shape[axis]
    places = np.broadcast_to(np.where(places < 0, places + size, places), shape)
    shape[axis] = size
    return rows.gather(a if a.shape == tuple(shape) else shapes.broadcast_to(a, tuple(shape)), axis, places)


def _with_one(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (*shape[:axis], 1, *shape[axis + 1 :])


# --- an index along one axis ------------------------------------------------------------------------------------------

_MODES = ("raise", "wrap", "clip")


def _np_take(a: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    """np.take: flat, or whole slices along an axis; the index may have any shape."""
    if mode not in _MODES:
        raise ArgumentValueError(f"np.take: the mode is one of {', '.join(map(repr, _MODES))}, not {mode!r}")
    x, places = array("take", a), _indices("take", indices)
    if axis is None:
        x, axis = shapes.reshape(x, (-1,)), 0
    axis = axis_of("take", axis, x.ndim)
    size = x.shape[axis] if x.ndim else 1
    if mode != "raise" and size:
        places = places % size if mode == "wrap" else np.clip(places, 0, size - 1)
    _within("take", places, size, f"axis {axis} of shape {x.shape},", -size)
    return rows.getitem(_lifted(x), _along(axis, places))


@function(numpy={np.take: numpys_arguments(np.take, _np_take)})
@numpys_names
def take(input: Any, index: Any) -> Any:
    """The entries of the flattened array at these places, in the shape of the index. (np.take takes an axis, too.)

    Raises
    ------
    BoundsError, DtypeError
        If there is no such entry, or the index does not hold integers.
    """
    return _np_take(input, index)


def _vector(name: str, a: Any, dim: Any, index: Any, lowest: int = 0) -> tuple[int, np.ndarray]:
    """The axis, and the index as a vector of places along it."""
    axis, places = axis_of(name, dim, a.ndim), _indices(name, index)
    if places.ndim > 1:
        raise ShapeError(f"{name}(): the index is a vector, not of shape {places.shape}")
    size = a.shape[axis] if a.ndim else 1
    _within(name, places, size, f"axis {axis} of shape {a.shape},", lowest * size)
    return axis, places.reshape(-1)


@function()
@numpys_names
def index_select(input: Any, dim: int, index: Any) -> Any:
    """The slices at these places along an axis.

    Raises
    ------
    BoundsError, DtypeError, ShapeError
        If the index is no vector of integers, or there is no such place; none is counted from the end.
    """
    a = array("index_select", input)
    axis, places = _vector("index_select", a, dim, index)
    if not a.ndim and places.size != 1:
        raise ShapeError(f"index_select(): {places.size} entries cannot be picked from a 0-d array, only one")
    return _as_was(rows.getitem(_lifted(a), _along(axis, places)), a)


def _slices(name: str, a: Any, axis: int, places: np.ndarray, source: Any) -> Any:
    """What comes to the places: a slice for each."""
    put = array(name, source)
    _holds(name, a, put)
    wanted = (*a.shape[:axis], len(places), *a.shape[axis + 1 :])
    if put.shape != wanted or not a.ndim:
        raise ShapeError(f"{name}(): the source must have shape {wanted}, a slice for each index, not {put.shape}")
    return put


@function()
@numpys_names
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: float = 1) -> Any:
    """A copy in which slices, times ``alpha``, are added at places along an axis. Repeated places add up.

    Parameters
    ----------
    input : Tensor or array
    dim : int
    index : vector of integers
    source : Tensor or array
        Of the shape of ``input``, but with as many slices along the axis as there are places.
    alpha : number

    Raises
    ------
    BoundsError, DtypeError, ShapeError
        If index or source does not fit.
    """
    a = array("index_add", input)
    axis, places = _vector("index_add", a, dim, index)
    put = _slices("index_add", a, axis, places, source)
    _holds("index_add", a, alpha)
    if put.dtype != a.dtype:
        put = shapes.astype(put, a.dtype)
    return a + rows.scatter_at(put if alpha == 1 else put * alpha, _along(axis, places), a.shape)


@function()
@numpys_names
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """A copy in which slices are put at places along an axis. Of several for one place the last one stays."""
    a = array("index_copy", input)
    axis, places = _vector("index_copy", a, dim, index)
    return rows.setitem(a, _slices("index_copy", a, axis, places, source), _along(axis, places))


@function()
@numpys_names
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """A copy in which all entries at places along an axis are one number."""
    a = array("index_fill", input)
    axis, places = _vector("index_fill", a, dim, index, lowest=-1)
    number = _number("index_fill", value)
    _holds("index_fill", a, number)
    return _as_was(rows.setitem(_lifted(a), number, _along(axis, places)), a)


@function()
@numpys_names
def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """A copy in which ``src`` is put where ``input.select(dim, index)`` is."""
    a = array("select_scatter", input)
    axis = axis_of("select_scatter", dim, a.ndim)
    _within("select_scatter", _indices("select_scatter", [index]), (size := a.shape[axis]), f"axis {axis}", -size)
    return _put_view("select_scatter", a, src, _along(axis, index))


@function()
@numpys_names
def slice_scatter(
    input: Any, src: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Any:
    """A copy in which ``src`` is put where the slice ``start:end:step`` along an axis is."""
    a = array("slice_scatter", input)
    if step < 1:
        raise ArgumentValueError(f"slice_scatter(): the step is at least 1, not {step}")
    axis = axis_of("slice_scatter", dim, a.ndim)
    return _put_view("slice_scatter", a, src, _along(axis, slice(start, end, step)))


def _put_view(name: str, a: Any, src: Any, index: tuple[Any, ...]) -> Any:
    source = array(name, src)
    _holds(name, a, source)
    there = np.broadcast_to(0, a.shape)[index].shape
    if source.shape != there:
        raise ShapeError(f"{name}(): the source has shape {source.shape}, the place for it {there}; make them equal")
    return rows.setitem(a, source, index)


@function()
def index_put(input: Any, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Any:
    """A copy in which ``out[indices] = values``; with ``accumulate``, ``out[indices] += values``, where repeats add up.

    Parameters
    ----------
    input : Tensor or array
    indices : tuple of vectors of integers, or masks
        For the first axes, one for each (a mask stands for as many axes as it has), broadcast to each other.
    values : Tensor, array or number
        Broadcast to the shape of ``input[indices]``.
    accumulate : bool

    Raises
    ------
    ArgumentTypeError, BoundsError, DtypeError, ShapeError
        If indices or values do not fit.
    """
    a = array("index_put", input)
    if not isinstance(indices, (tuple, list)):
        raise ArgumentTypeError(f"index_put() takes a tuple of indices, one for each axis, not {indices!r:.40}")
    index = tuple(_index("index_put", part) for part in indices)
    put = _number("index_put", values) if not np.ndim(values) else array("index_put", values)
    _holds("index_put", a, put)
    try:
        there = np.broadcast_to(0, a.shape)[index].shape
    except IndexError as problem:
        raise BoundsError(f"index_put() into shape {a.shape}: {problem}") from None
    try:
        fits = np.broadcast_shapes(np.shape(put), there) == there
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"index_put(): values of shape {np.shape(put)} do not fit the {there} entries at the indices")
    if not accumulate:
        return rows.setitem(a, put, index)
    put = np.asarray(put, a.dtype) if not isinstance(put, Tensor) else put
    return a + rows.scatter_at(put if put.dtype == a.dtype else shapes.astype(put, a.dtype), index, a.shape)


def _index(name: str, part: Any) -> np.ndarray:
    bare = _array_of(part) if isinstance(part, Tensor) else np.asarray(part)
    return bare if bare.dtype == bool else _indices(name, part)


# --- a mask -----------------------------------------------------------------------------------------------------------


@function()
@numpys_names
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """One number where the mask is true, and the entries of the array elsewhere.

    Parameters
    ----------
    input : Tensor or array
    mask : Tensor, array or list of booleans
        Array and mask are broadcast to each other.
    value : number or 0-d Tensor
        The gradients of all entries filled come to it.

    Raises
    ------
    DtypeError, ShapeError
        If the mask holds anything but booleans or does not fit, if the value is not one number, or a fraction that is
        to stand among integers.
    """
    a, where = _under_mask("masked_fill", input, mask)
    number = _number("masked_fill", value)
    _holds("masked_fill", a, number)
    if isinstance(number, (Tensor, np.ndarray)) and number.dtype != a.dtype:
        number = shapes.astype(number, a.dtype)
    return selection.where(where, number, a)


@function()
@numpys_names
def masked_select(input: Any, mask: Any) -> Any:
    """The entries where the mask is true, as a vector. Array and mask are broadcast to each other."""
    return rows.getitem(*_under_mask("masked_select", input, mask))


@function()
@numpys_names
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """The entries of ``source``, one after the other, where the mask is true, and those of the array elsewhere.

    Raises
    ------
    DtypeError, ShapeError
        If the mask does not fit, or there are fewer entries than places.
    """
    a, where = _under_mask("masked_scatter", input, mask)
    put = array("masked_scatter", source)
    _holds("masked_scatter", a, put)
    count, have = int(np.count_nonzero(where)), int(np.prod(put.shape))
    if have < count:
        raise ShapeError(f"masked_scatter(): {have} entries for the {count} places where the mask is true")
    return rows.setitem(a, rows.getitem(shapes.reshape(put, (-1,)), slice(count)), where)


def _np_compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """np.compress: the slices where a vector of booleans is true; it may be shorter than the axis."""
    mask = np.asarray(_array_of(condition) if isinstance(condition, Tensor) else condition, bool)
    if mask.ndim != 1:
        raise ShapeError(f"np.compress: the condition is a vector, not of shape {mask.shape}")
    return _np_take(a, np.flatnonzero(mask), axis)


def _np_extract(condition: Any, arr: Any) -> Any:
    mask = np.asarray(_array_of(condition) if isinstance(condition, Tensor) else condition, bool)
    return _np_take(arr, np.flatnonzero(mask))


def _np_delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    """np.delete: NumPy says which places are left."""
    x = array("delete", arr)
    if axis is None:
        x, axis = shapes.reshape(x, (-1,)), 0
    axis = axis_of("delete", axis, x.ndim)
    gone = _array_of(obj) if isinstance(obj, Tensor) else obj
    try:
        left = np.delete(np.arange(x.shape[axis]), gone)
    except IndexError as problem:
        raise BoundsError(f"np.delete: {problem}") from None
    return rows.getitem(x, _along(axis, left))


def _np_select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """np.select: of the choices whose condition holds the first."""
    if len(condlist) != len(choicelist):
        raise ShapeError(f"np.select: {len(condlist)} conditions for {len(choicelist)} choices; give one for each")
    out = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        out = selection.where(_mask("np.select", condition), choice, out)
    return out


def _np_where(condition: Any, *branches: Any) -> Any:
    """np.where; the places it gives are bare arrays, as those of np.nonzero."""
    if not branches and isinstance(condition, Tensor):
        return np.nonzero(_array_of(condition))
    return where(condition, *branches)


@function(method=False, numpy={np.where: _np_where})
def where(condition: Any, input: Any = None, other: Any = None, **named: Any) -> Any:
    """``input`` where the condition holds, and ``other`` elsewhere; of a condition alone, the places where it holds.

    Parameters
    ----------
    condition : Tensor, array or node of booleans
    input, other : Tensor, array, Value or number
        Broadcast to each other and to the condition.

    Returns
    -------
    Tensor, array or Value; with a condition alone, a tuple of indices, for each axis one

    Raises
    ------
    ArgumentTypeError, ShapeError
        If only one of the two is given, or shapes do not fit.
    """
    if input is None and other is None and not named:
        bare = _array_of(condition) if isinstance(condition, Tensor) else np.asarray(condition)
        places = np.nonzero(np.atleast_1d(bare))
        return tuple(map(_wrap, places)) if isinstance(condition, Tensor) else places
    given = {name: x for name, x in (("input", input), ("other", other)) if x is not None}
    return selection.where(condition, **given, **named)


def _where(self: Any, condition: Any, other: Any) -> Any:
    """The entries where the condition holds, and those of ``other`` elsewhere."""
    return selection.where(condition, self, other)


setattr(Tensor, "where", _where)  # noqa: B010 (a method made here is none that mypy knows)


@function()
def argwhere(input: Any) -> Any:
    """The places of the entries different from 0, one in each row."""
    return nonzero(input)


# --- classes ----------------------------------------------------------------------------------------------------------


@function(method=False)
def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """Rows of zeros with a one at the class (torch.nn.functional.one_hot).

    Parameters
    ----------
    tensor : Tensor, array or list of integers
    num_classes : int
        How many classes there are (default: one more than the largest).

    Returns
    -------
    Tensor or array of shape (…, num_classes), of int64

    Raises
    ------
    BoundsError, DtypeError, ShapeError
        If a class is negative or not below ``num_classes``, if they are not integers, or if there are none to tell
        the number from.
    """
    classes = _indices("one_hot", tensor)
    if num_classes < 1 and not classes.size:
        raise ShapeError("one_hot() of no entries: pass num_classes")
    count = int(classes.max()) + 1 if num_classes == -1 else num_classes
    if classes.size and not 0 <= classes.min() <= classes.max() < count:
        raise BoundsError(
            f"one_hot(): classes run from 0 to {max(count, 1) - 1}, and there are {classes.min()} to {classes.max()}"
        )
    out = np.equal(classes[..., None], np.arange(count)).astype(np.int64)
    return _wrap(out) if isinstance(tensor, Tensor) else out


_IN_NUMPYS_WORDS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.compress: numpys_arguments(np.compress, _np_compress),
    np.delete: _np_delete,
    np.extract: _np_extract,
    np.select: _np_select,
}
for _asked, _answer in _IN_NUMPYS_WORDS.items():
    TABLE.translate(_asked, _answer)
