"""Which functions change the shape of an array: PyTorch's names, made of the rows for moving entries."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, BoundsError, DtypeError, ShapeError
from autograd.functions.registry import function
from autograd.graph import Node
from autograd.ops import shapes as rows
from autograd.ops.table import TABLE
from autograd.tensor import Tensor

__all__ = [
    "array",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "axes_of",
    "axis_of",
    "broadcast_tensors",
    "broadcast_to",
    "contiguous",
    "diag",
    "diag_embed",
    "diagonal",
    "expand",
    "expand_as",
    "flatten",
    "flip",
    "fliplr",
    "flipud",
    "integers",
    "meshgrid",
    "movedim",
    "narrow",
    "pad",
    "permute",
    "ravel",
    "repeat",
    "repeat_interleave",
    "reshape",
    "reshape_as",
    "roll",
    "rot90",
    "select",
    "squeeze",
    "swapaxes",
    "t",
    "tile",
    "transpose",
    "tril",
    "triu",
    "unflatten",
    "unfold",
    "unsqueeze",
]


# --- arguments --------------------------------------------------------------------------------------------------------


def array(name: str, a: Any) -> Any:
    """What a function named ``name`` was given: a Tensor or an array as it is, numbers and lists as an array.

    Raises
    ------
    ArgumentTypeError
        If it is a node of another kind, or no array of numbers.
    """
    if isinstance(a, (Tensor, np.ndarray)):
        return a
    if not isinstance(a, Node):
        try:
            made = np.asarray(a)
        except (ValueError, TypeError):
            made = np.asarray(None)
        if made.dtype.kind in "fiub":
            return made
    raise ArgumentTypeError(f"{name}() takes a Tensor or an array of numbers, not {type(a).__name__} {a!r:.40}")


def axis_of(name: str, dim: Any, ndim: int) -> int:
    """An axis counted from the front; a 0-d array may be asked for axis 0 or -1, as in PyTorch.

    Raises
    ------
    ArgumentTypeError, BoundsError
        If it is no integer, or the array has no such axis.
    """
    try:
        axis = operator.index(dim)
    except TypeError:
        raise ArgumentTypeError(f"{name}(): an axis is an integer, not {dim!r:.40}") from None
    rank = max(ndim, 1)
    if not -rank <= axis < rank:
        raise BoundsError(f"{name}(): axis {axis} does not exist, the array has {ndim}: take {-rank} to {rank - 1}")
    return axis % rank


def axes_of(name: str, dims: Any, ndim: int) -> tuple[int, ...]:
    """Distinct axes, counted from the front."""
    axes = tuple(axis_of(name, dim, ndim) for dim in (dims if isinstance(dims, Iterable) else (dims,)))
    if len(set(axes)) < len(axes):
        raise ShapeError(f"{name}(): an axis stands twice in {tuple(dims)}; name each once")
    return axes


def integers(name: str, numbers: Sequence[Any]) -> tuple[int, ...]:
    """Sizes, given one by one or as one sequence."""
    given = numbers[0] if len(numbers) == 1 and isinstance(numbers[0], Iterable) else numbers
    try:
        return tuple(operator.index(number) for number in given)
    except TypeError:
        raise ArgumentTypeError(f"{name}() takes integers, one by one or as one tuple, not {numbers!r:.60}") from None


# --- another shape ----------------------------------------------------------------------------------------------------


@function(aliases=("view",))
def reshape(a: Any, *shape: Any) -> Any:
    """The same entries in another shape, given as integers or as a tuple; -1 stands for what is left."""
    a = array("reshape", a)
    if not shape:
        raise ArgumentTypeError("reshape() needs a shape, such as reshape(2, -1)")
    return rows.reshape(a, integers("reshape", shape))


@function(aliases=("view_as",))
def reshape_as(a: Any, other: Any) -> Any:
    """The same entries in the shape of ``other``."""
    return rows.reshape(array("reshape_as", a), other.shape)


@function()
def flatten(a: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """The axes from ``start_dim`` to ``end_dim`` as one; a 0-d array becomes 1-D."""
    a = array("flatten", a)
    first, last = axis_of("flatten", start_dim, a.ndim), axis_of("flatten", end_dim, a.ndim)
    if first > last:
        raise ShapeError(f"flatten(): start_dim={start_dim} comes after end_dim={end_dim}; exchange them")
    return rows.reshape(a, (*a.shape[:first], prod(a.shape[first : last + 1]), *a.shape[last + 1 :]))


@function(numpy=(np.ravel,))
def ravel(a: Any) -> Any:
    """All entries in one axis."""
    return rows.reshape(array("ravel", a), (-1,))


@function()
def unflatten(a: Any, dim: int, sizes: Sequence[int]) -> Any:
    """One axis as several of these sizes, of which one may be -1."""
    a = array("unflatten", a)
    axis = axis_of("unflatten", dim, a.ndim)
    sizes = integers("unflatten", (sizes,))
    known = prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and known:
        sizes = tuple(a.shape[axis] // known if size == -1 else size for size in sizes)
    if prod(sizes) != a.shape[axis] or min(sizes, default=0) < 0:
        raise ShapeError(f"unflatten(): sizes {sizes} do not multiply to the {a.shape[axis]} entries of axis {dim}")
    return rows.reshape(a, (*a.shape[:axis], *sizes, *a.shape[axis + 1 :]))


@function(numpy={np.squeeze: lambda a, axis=None: _strictly_squeezed(a, axis)})
def squeeze(a: Any, dim: Any = None, *, axis: Any = None) -> Any:
    """Without its axes of size 1: all of them, or those of ``dim`` (an axis or several) that have size 1."""
    a = array("squeeze", a)
    dim = axis if dim is None else dim
    gone = set(range(a.ndim) if dim is None else axes_of("squeeze", dim, a.ndim))
    return rows.reshape(a, tuple(size for i, size in enumerate(a.shape) if not (i in gone and size == 1)))


def _strictly_squeezed(a: Any, axis: Any) -> Any:
    """NumPy refuses to squeeze a longer axis."""
    for position in () if axis is None else axes_of("squeeze", axis, a.ndim):
        if a.shape[position : position + 1] != (1,):
            raise ShapeError(f"squeeze(): axis {position} of shape {a.shape} does not have size 1")
    return squeeze(a, axis)


@function(numpy={np.expand_dims: lambda a, axis: _with_new_axes(a, axis)})
def unsqueeze(a: Any, dim: int) -> Any:
    """With a new axis of size 1 at this place."""
    return _with_new_axes(array("unsqueeze", a), operator.index(dim))


def _with_new_axes(a: Any, axis: Any) -> Any:
    places = axis if isinstance(axis, (tuple, list)) else (axis,)
    rank = a.ndim + len(places)
    new = axes_of("unsqueeze", places, rank)
    sizes = iter(a.shape)
    return rows.reshape(a, tuple(1 if i in new else next(sizes) for i in range(rank)))


def _atleast(a: Any, rank: int) -> Any:
    """As NumPy and PyTorch add axes: a vector becomes a row, a matrix gets its third axis at the end."""
    a = array(f"atleast_{rank}d", a)
    if a.ndim >= rank:
        return a
    before = (1,) if rank > 1 and a.ndim < 2 else ()
    return rows.reshape(a, (*before, *a.shape, *(1,) * (rank - a.ndim - len(before))))


def _each(arrays: tuple[Any, ...], rank: int) -> Any:
    """One result for one array, a tuple for several, given one by one or as a sequence."""
    several = arrays[0] if len(arrays) == 1 and isinstance(arrays[0], (tuple, list)) else arrays
    made = tuple(_atleast(a, rank) for a in several)
    return made[0] if len(arrays) == 1 and several is arrays else made


@function(numpy=(np.atleast_1d,))
def atleast_1d(*tensors: Any) -> Any:
    """With at least one axis."""
    return _each(tensors, 1)


@function(numpy=(np.atleast_2d,))
def atleast_2d(*tensors: Any) -> Any:
    """With at least two axes; a vector becomes a row."""
    return _each(tensors, 2)


@function(numpy=(np.atleast_3d,))
def atleast_3d(*tensors: Any) -> Any:
    """With at least three axes; a matrix gets its third at the end."""
    return _each(tensors, 3)


# --- another order ----------------------------------------------------------------------------------------------------


@function()
def permute(a: Any, *dims: Any) -> Any:
    """The axes in the order ``dims``, given as integers or as a tuple."""
    a = array("permute", a)
    order = axes_of("permute", integers("permute", dims), a.ndim)
    if len(order) != a.ndim:
        raise ShapeError(f"permute(): {a.ndim} axes of shape {a.shape} cannot be put in the order {order}; name each")
    return rows.transpose(a, order)


@function()
def transpose(a: Any, *dims: Any, dim0: Any = None, dim1: Any = None) -> Any:
    """Exchange two axes, ``transpose(a, dim0, dim1)``.

    As in NumPy, no axes reverse the order of all of them, and a tuple or another number of integers is a permutation.
    """
    a = array("transpose", a)
    if dim0 is not None or dim1 is not None:
        dims = (*dims, *(dim for dim in (dim0, dim1) if dim is not None))
        if len(dims) != 2:
            raise ArgumentTypeError("transpose() exchanges two axes: transpose(a, dim0, dim1)")
    if not dims or dims == (None,):
        return rows.transpose(a, None)
    if len(dims) != 2:
        return permute(a, *dims)
    return swapaxes(a, *dims)


@function(aliases=("swapdims",))
def swapaxes(a: Any, axis0: int, axis1: int) -> Any:
    """Exchange two axes."""
    a = array("swapaxes", a)
    first, second = axis_of("swapaxes", axis0, a.ndim), axis_of("swapaxes", axis1, a.ndim)
    return rows.swapaxes(a, first, second) if a.ndim else rows.clone(a)


@function()
def t(a: Any) -> Any:
    """The transpose of a matrix; anything with fewer axes as it is."""
    a = array("t", a)
    if a.ndim > 2:
        raise ShapeError(f"t() transposes a matrix, not shape {a.shape}: use permute, or transpose(-2, -1)")
    return rows.transpose(a, None)


@function(numpy=(np.moveaxis,), aliases=("moveaxis",))
def movedim(a: Any, source: Any, destination: Any) -> Any:
    """Move axes to other places; the rest keep their order."""
    a = array("movedim", a)
    sources, targets = axes_of("movedim", source, a.ndim), axes_of("movedim", destination, a.ndim)
    if len(sources) != len(targets):
        raise ShapeError(f"movedim(): {len(sources)} axes to move, but {len(targets)} places: make them equal")
    order = [axis for axis in range(a.ndim) if axis not in sources]
    for target, axis in sorted(zip(targets, sources, strict=True)):
        order.insert(target, axis)
    return rows.transpose(a, tuple(order)) if a.ndim else rows.clone(a)


@function()
def flip(a: Any, *axes: Any, dims: Any = None, axis: Any = None) -> Any:
    """In reverse order along the axes, given as integers or as a tuple."""
    a = array("flip", a)
    named = axis if dims is None else dims
    if not axes and named is None:
        return rows.flip(a, None)
    given = integers("flip", axes or (named,))
    return rows.flip(a, axes_of("flip", given, a.ndim) if a.ndim else None)


@function(numpy=(np.fliplr,))
def fliplr(a: Any) -> Any:
    """Left and right exchanged: the second axis reversed."""
    return _flipped("fliplr", a, 1)


@function(numpy=(np.flipud,))
def flipud(a: Any) -> Any:
    """Up and down exchanged: the first axis reversed."""
    return _flipped("flipud", a, 0)


def _flipped(name: str, a: Any, axis: int) -> Any:
    a = array(name, a)
    if a.ndim <= axis:
        raise ShapeError(f"{name}() needs at least {axis + 1} axes, and the shape is {a.shape}")
    return rows.flip(a, axis)


def _np_roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """np.roll: one shift goes for all axes named, and several without axes add up."""
    moves = integers("roll", (shift,))
    if axis is None:
        return roll(a, builtins.sum(moves))
    axes = integers("roll", (axis,))
    try:
        moves, axes = (tuple(pair.tolist()) for pair in np.broadcast_arrays(moves, axes))
    except ValueError:
        raise ShapeError(f"roll(): {len(moves)} shifts for {len(axes)} axes; give one for each") from None
    return roll(a, moves, axes)


@function(numpy={np.roll: _np_roll})
def roll(a: Any, shifts: Any, dims: Any = None, *, axis: Any = None) -> Any:
    """Moved along axes; what leaves at the end returns at the beginning. Without axes, as if it were flat."""
    a = array("roll", a)
    dims = axis if dims is None else dims
    moves = integers("roll", (shifts,))
    axes = () if dims is None else tuple(axis_of("roll", dim, a.ndim) for dim in integers("roll", (dims,)))
    if len(moves) != max(len(axes), 1):
        raise ShapeError(f"roll(): {len(moves)} shifts for {len(axes)} axes; give one for each")
    if len(moves) == 1:
        return rows.roll(a, moves[0], axes[0] if axes else None)
    return rows.roll(a, moves, axes)


@function()
def rot90(a: Any, k: int = 1, dims: Sequence[int] = (0, 1)) -> Any:
    """Turned by k quarters, from the first towards the second of two axes."""
    a = array("rot90", a)
    axes = axes_of("rot90", dims, a.ndim)
    if len(axes) != 2:
        raise ShapeError(f"rot90() turns a plane of two axes, not {tuple(dims)}")
    turns = k % 4
    if turns == 0:
        return rows.clone(a)
    if turns == 2:
        return rows.flip(a, axes)
    return rows.flip(rows.swapaxes(a, *axes), axes[0 if turns == 1 else 1])


# --- copies -----------------------------------------------------------------------------------------------------------


@function()
def expand(a: Any, *sizes: Any) -> Any:
    """Copied along new axes in front and axes of size 1; -1 keeps an axis as it is. No memory is taken."""
    a = array("expand", a)
    wanted = integers("expand", sizes)
    added = len(wanted) - a.ndim
    if added < 0 or any(size < 0 for size in wanted[:added]):
        raise ShapeError(f"expand(): shape {a.shape} cannot become {wanted}: name every axis, a new one with its size")
    own = (-1,) * added + tuple(a.shape)
    return broadcast_to(a, tuple(have if size == -1 else size for size, have in zip(wanted, own, strict=True)))


@function()
def expand_as(a: Any, other: Any) -> Any:
    """Copied to the shape of ``other``."""
    return expand(a, other.shape)


@function(numpy=(np.broadcast_to,))
def broadcast_to(a: Any, shape: Any) -> Any:
    """Copied to a shape along new and size-1 axes. No memory is taken."""
    return rows.broadcast_to(array("broadcast_to", a), integers("broadcast_to", (shape,)))


@function(method=False)
def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """All arrays copied to the shape that they have together."""
    arrays = [array("broadcast_tensors", a) for a in tensors]
    try:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        shapes = " and ".join(str(a.shape) for a in arrays)
        raise ShapeError(
            f"broadcast_tensors(): shapes {shapes} do not fit: aligned from the last axis, sizes must be equal or 1"
        ) from None
    return tuple(rows.broadcast_to(a, shape) for a in arrays)


@function(method=False)
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Any, ...]:
    """Grids of the coordinates: of vectors of lengths m, n … as many arrays of shape (m, n, …).

    With ``indexing="xy"`` (NumPy's default) the first two axes are exchanged.
    """
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    lines = [array("meshgrid", a) for a in given]
    if indexing not in ("ij", "xy"):
        raise ArgumentTypeError(f"meshgrid(): indexing is 'ij' or 'xy', not {indexing!r}")
    if any(a.ndim > 1 for a in lines):
        raise ShapeError(f"meshgrid() takes vectors, not shapes {', '.join(str(a.shape) for a in lines)}")
    places = list(range(len(lines)))
    if indexing == "xy":
        places[:2] = places[:2][::-1]
    columns = [
        rows.reshape(a, tuple(-1 if place == axis else 1 for axis in range(len(lines))))
        for a, place in zip(lines, places, strict=True)
    ]
    return broadcast_tensors(*columns) if columns else ()


@function()
def tile(a: Any, *dims: Any) -> Any:
    """Laid side by side, so many times along each axis; axes that are not named are not repeated."""
    return rows.tile(array("tile", a), _counts("tile", dims))


@function()
def repeat(a: Any, *sizes: Any) -> Any:
    """Laid side by side, so many times along each axis (PyTorch's meaning; np.repeat repeats single entries)."""
    a = array("repeat", a)
    counts = _counts("repeat", sizes)
    if len(counts) < a.ndim:
        raise ShapeError(f"repeat(): {len(counts)} numbers for the {a.ndim} axes of shape {a.shape}; give one for each")
    return rows.tile(a, counts)


def _counts(name: str, numbers: Sequence[Any]) -> tuple[int, ...]:
    counts = integers(name, numbers)
    if min(counts, default=0) < 0:
        raise ShapeError(f"{name}(): nothing can be repeated {min(counts)} times")
    return counts


@function()
def repeat_interleave(a: Any, repeats: Any, dim: int | None = None) -> Any:
    """Each entry so many times after itself: along an axis, or of the flat array.

    ``repeats`` is one number, or one for each entry.
    """
    a = array("repeat_interleave", a)
    if dim is None:
        a, dim = rows.reshape(a, (-1,)), 0
    axis = axis_of("repeat_interleave", dim, a.ndim)
    times = np.asarray(getattr(repeats, "data", repeats) if isinstance(repeats, Tensor) else repeats)
    length = a.shape[axis] if a.ndim else 1
    if times.dtype.kind not in "iu" and times.size:
        raise ArgumentTypeError(f"repeat_interleave(): the numbers of repeats are integers, not {times.dtype}")
    if times.ndim > 1 or times.size not in (1, length) or (times.size and times.min() < 0):
        raise ShapeError(
            f"repeat_interleave(): repeats of shape {times.shape} for {length} entries: give one number that is not "
            "negative, or one for each entry"
        )
    places = np.repeat(np.arange(length), times.astype(np.intp))
    return (a if a.ndim else rows.reshape(a, (1,)))[(*(slice(None),) * axis, places)]


# --- borders, windows, diagonals, parts -------------------------------------------------------------------------------

_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@function(numpy={np.pad: lambda array, pad_width, mode="constant", **options: _np_pad(array, pad_width, mode, options)})
def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    """A border around an array (torch.nn.functional.pad).

    Parameters
    ----------
    input : Tensor or array
    pad : sequence of int
        How many entries come before and after: of the last axis first, then of the one before it, and so on. A
        negative number crops.
    mode : {"constant", "reflect", "replicate", "circular"}
        What the border holds: ``value``; the inside, mirrored at its edge; the edge; the opposite side.
    value : float
        For the constant border (default 0).

    Raises
    ------
    ShapeError
        If the pad does not fit the axes, or the inside is too small to be mirrored or continued.
    """
    a = array("pad", input)
    flat = integers("pad", (pad,))
    if len(flat) % 2 or len(flat) > 2 * a.ndim:
        raise ShapeError(
            f"pad(): {len(flat)} numbers for shape {a.shape}: give two for each axis, beginning with the last axis"
        )
    if mode not in _MODES:
        raise ArgumentTypeError(f"pad(): the mode is one of {', '.join(map(repr, _MODES))}, not {mode!r}")
    pairs = [(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)]
    widths = (*((0, 0),) * (a.ndim - len(pairs)), *reversed(pairs))
    for axis, (width, size) in enumerate(zip(widths, a.shape, strict=True)):
        most = {"reflect": size - 1, "circular": size}.get(mode, np.inf if size else 0)
        if min(width) < -size or builtins.sum(width) < -size:
            raise ShapeError(f"pad(): axis {axis} has {size} entries, fewer than {width} crops")
        if mode != "constant" and max(width) > most:
            raise ShapeError(f"pad(): axis {axis} has {size} entries: mode {mode!r} can add at most {most} on a side")
    return _padded(a, widths, _MODES[mode], 0.0 if value is None else value)


def _padded(a: Any, widths: Any, mode: str, value: float) -> Any:
    if mode == "constant":
        return rows.pad(a, widths, value)
    for axis, (low, high) in enumerate(widths):
        if low or high:
            inner = np.arange(a.shape[axis])[max(-low, 0) : a.shape[axis] - max(-high, 0)]
            places = np.pad(inner, (max(low, 0), max(high, 0)), mode=mode)  # type: ignore[call-overload]
            a = a[(*(slice(None),) * axis, places)]
    return a


def _np_pad(a: Any, pad_width: Any, mode: str, options: dict[str, Any]) -> Any:
    """np.pad with those of its modes that move entries."""
    value = options.pop("constant_values", 0)
    reflected = options.pop("reflect_type", "even")
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap") or options or reflected != "even":
        raise ArgumentTypeError(
            f"np.pad of a Tensor has the modes constant, edge, reflect, symmetric and wrap; not {mode!r} with {options}"
        )
    if np.ndim(value):
        raise ArgumentTypeError("np.pad of a Tensor takes one number for the whole border, not one for each side")
    try:
        widths = np.broadcast_to(np.asarray(pad_width), (a.ndim, 2))
    except ValueError:
        raise ShapeError(f"np.pad: widths {pad_width} do not fit shape {a.shape}: give two for each axis") from None
    if widths.size and widths.min() < 0:
        raise ShapeError(f"np.pad: widths {pad_width} must not be negative")
    return _padded(a, tuple((int(low), int(high)) for low, high in widths), mode, value)


@function()
def unfold(a: Any, dimension: int, size: int, step: int = 1) -> Any:
    """The windows of ``size`` entries along an axis, each ``step`` after the one before; their entries come last.

    Parameters
    ----------
    a : Tensor or array of shape (…, n, …)

    Returns
    -------
    Tensor or array of shape (…, (n - size) // step + 1, …, size)
        A view: no entry is copied.
    """
    a = array("unfold", a)
    axis = axis_of("unfold", dimension, a.ndim)
    if not a.ndim:
        a = rows.reshape(a, (1,))
    if not 0 < size <= a.shape[axis] or step < 1:
        raise ShapeError(
            f"unfold(): windows of size {size} with step {step} do not fit axis {dimension} of shape {a.shape}: "
            "the size is at least 1 and at most the length, the step at least 1"
        )
    return rows.unfold(a, axis, size, step)


@function()
def tril(a: Any, diagonal: int = 0) -> Any:
    """The lower triangle of the last two axes; zeros above the diagonal."""
    return rows.tril(_matrices("tril", a), operator.index(diagonal))


@function()
def triu(a: Any, diagonal: int = 0) -> Any:
    """The upper triangle of the last two axes; zeros below the diagonal."""
    return rows.triu(_matrices("triu", a), operator.index(diagonal))


def _matrices(name: str, a: Any) -> Any:
    a = array(name, a)
    if a.ndim < 2:
        raise ShapeError(f"{name}() needs at least 2 axes, and the shape is {a.shape}")
    return a


@function()
def diagonal(a: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonal of two axes, as the last axis; ``offset`` counts to the right."""
    a = _matrices("diagonal", a)
    first, second = axes_of("diagonal", (dim1, dim2), a.ndim)
    return rows.diagonal(a, operator.index(offset), first, second)


@function()
def diag_embed(a: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Square matrices with these vectors (the last axis) on a diagonal, in two axes of the result."""
    a = array("diag_embed", a)
    if not a.ndim:
        raise ShapeError("diag_embed() needs a vector: a 0-d array has no diagonal entries")
    first, second = axes_of("diag_embed", (dim1, dim2), a.ndim + 1)
    side = a.shape[-1] + abs(offset)
    others = iter(a.shape[:-1])
    shape = tuple(side if axis in (first, second) else next(others) for axis in range(a.ndim + 1))
    return rows.at_diagonal(a, shape, offset, first, second)


@function()
def diag(a: Any, diagonal: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix with a vector on its diagonal."""
    a = array("diag", a)
    if a.ndim not in (1, 2):
        raise ShapeError(f"diag() takes a vector or a matrix, not shape {a.shape}: see diagonal and diag_embed")
    return rows.diagonal(a, diagonal, 0, 1) if a.ndim == 2 else diag_embed(a, diagonal)


@function()
def narrow(a: Any, dim: int, start: int, length: int) -> Any:
    """``length`` entries along an axis, from ``start`` on."""
    a = array("narrow", a)
    axis = axis_of("narrow", dim, a.ndim)
    size = a.shape[axis] if a.ndim else 0
    begin = start + size if start < 0 else start
    if not 0 <= begin <= begin + length <= size:
        raise BoundsError(f"narrow(): {length} entries from {start} on do not lie in axis {dim} of shape {a.shape}")
    return a[(*(slice(None),) * axis, slice(begin, begin + length))]


@function()
def select(a: Any, dim: int, index: int) -> Any:
    """One entry along an axis, which is gone from the result."""
    a = array("select", a)
    axis = axis_of("select", dim, a.ndim)
    if not a.ndim:
        raise ShapeError("select(): a 0-d array has no axis to select from")
    if not -a.shape[axis] <= index < a.shape[axis]:
        raise BoundsError(f"select(): index {index} does not exist in axis {dim} of shape {a.shape}")
    return a[(*(slice(None),) * axis, index)]


@function(numpy=(np.ascontiguousarray,))
def contiguous(a: Any) -> Any:
    """The array itself if its entries lie in order in memory, otherwise a copy in which they do."""
    a = array("contiguous", a)
    bare = a.data if isinstance(a, Tensor) else a
    return a if bare.flags.c_contiguous else rows.clone(a)


# --- element types, which are methods only: the names without a Tensor are Python's -----------------------------------


def _cast(name: str, dtype: str) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return to(self, dtype)

    method.__name__, method.__qualname__ = name, f"Tensor.{name}"
    method.__doc__ = f"In the element type {dtype}; the Tensor itself if it has it already."
    return method


def to(self: Any, *args: Any, dtype: Any = None, copy: bool = False, **_: Any) -> Any:
    """In another element type, ``to("float64")`` or that of another Tensor; devices ("cpu") mean nothing here.

    The Tensor itself if nothing changes and no copy is asked for.
    """
    for given in args:
        if isinstance(given, (Tensor, np.ndarray)):
            dtype = given.dtype
        elif given != "cpu" and not isinstance(given, bool):
            dtype = given
    try:
        wanted = self.dtype if dtype is None else np.dtype(dtype)
    except TypeError:
        raise DtypeError(f"to(): {dtype!r} is not an element type; use 'float32', 'float64', 'int64' …") from None
    if wanted == self.dtype:
        return rows.clone(self) if copy else self
    return rows.astype(self, wanted)


def _matrix_transpose(self: Any) -> Any:
    """The last two axes exchanged."""
    return swapaxes(_matrices("mT", self), -2, -1)


_CASTS = {"float": "float32", "double": "float64", "half": "float16", "short": "int16", "int": "int32"}
_METHODS = {
    "to": to,
    "type": to,
    "type_as": to,
    **{name: _cast(name, dtype) for name, dtype in {**_CASTS, "long": "int64", "bool": "bool"}.items()},
}
for _name, _method in _METHODS.items():
    setattr(Tensor, _name, _method)
setattr(Tensor, "mT", property(_matrix_transpose))  # noqa: B010 (mypy takes an assignment for one to a method)


# --- what NumPy asks of any array -------------------------------------------------------------------------------------

_IN_NUMPYS_WORDS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.rot90: lambda m, k=1, axes=(0, 1): rot90(m, k, axes),
    np.broadcast_arrays: lambda *arrays: broadcast_tensors(*arrays),
    np.meshgrid: lambda *xi, indexing="xy", **_: meshgrid(*xi, indexing=indexing),
    np.tile: lambda A, reps: tile(A, reps),  # noqa: N803
    np.repeat: lambda a, repeats, axis=None: repeat_interleave(a, repeats, axis),
    np.tril: lambda m, k=0: tril(m, k),
    np.triu: lambda m, k=0: triu(m, k),
    np.diagonal: lambda a, offset=0, axis1=0, axis2=1: diagonal(a, offset, axis1, axis2),
    np.diag: lambda v, k=0: diag(v, k),
}
for _asked, _answer in _IN_NUMPYS_WORDS.items():
    TABLE.translate(_asked, _answer)
TABLE.translate(np.ndim, lambda a: a.ndim)
TABLE.translate(np.shape, lambda a: a.shape)
TABLE.translate(np.size, lambda a, axis=None: prod(a.shape) if axis is None else a.shape[axis])
