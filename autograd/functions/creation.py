"""How are Tensors made from numbers, sizes and the arrays of others?

Names, arguments and defaults are PyTorch's. Every function here takes ``dtype``, ``device`` ("cpu", for programs
written for PyTorch) and ``requires_grad`` by name.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from functools import wraps
from math import ceil, inf, isfinite
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, GraphError, InterchangeError, ShapeError
from autograd.functions.bare import bare
from autograd.functions.registry import FUNCTIONS, function
from autograd.graph import Node
from autograd.ops.table import TABLE
from autograd.promotion import as_array, as_dtype, get_default_dtype
from autograd.saved import lend
from autograd.tensor import Tensor, _wrap

__all__ = [
    "arange",
    "as_tensor",
    "asarray",
    "cast",
    "empty",
    "empty_like",
    "eye",
    "from_dlpack",
    "from_numpy",
    "full",
    "full_like",
    "is_floating_point",
    "is_tensor",
    "like",
    "linspace",
    "logspace",
    "makes",
    "new_empty",
    "new_full",
    "new_ones",
    "new_tensor",
    "new_zeros",
    "number",
    "numel",
    "ones",
    "ones_like",
    "shape_of",
    "sizes",
    "tensor",
    "tril_indices",
    "triu_indices",
    "zeros",
    "zeros_like",
]

_INT64 = np.dtype(np.int64)


# --- what the functions that make Tensors have in common --------------------------------------------------------------


def makes(make: Callable[..., np.ndarray]) -> Callable[..., Tensor]:
    """Turn a function that makes an array into one that makes a Tensor: with ``device`` and ``requires_grad``.

    Its ``dtype``, if one is given, has been looked at when it arrives.
    """

    @wraps(make)
    def made(*args: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
        _require_cpu(make.__name__, device)
        return _finished(make(*args, dtype=_chosen(dtype), **options), requires_grad)

    signature = inspect.signature(make)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
        for name, default in (("device", None), ("requires_grad", False))
    ]
    made.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *more], return_annotation="Tensor"
    )
    return made


def sizes(name: str, given: Any) -> tuple[int, ...]:
    """A shape, written as one tuple, as one list or as several integers.

    Raises
    ------
    ArgumentTypeError, ShapeError
        If something else was given, or a size is negative.
    """
    if isinstance(given, (tuple, list)) and len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    try:
        shape = tuple(operator.index(size) for size in (given if isinstance(given, (tuple, list)) else (given,)))
    except TypeError:
        raise ArgumentTypeError(f"{name}(): sizes are integers or one tuple of them, not {given!r:.40}") from None
    if any(size < 0 for size in shape):
        raise ShapeError(f"{name}(): a size cannot be negative: {shape}")
    return shape


def number(name: str, what: str, x: Any) -> Any:
    """A plain number out of a number, a NumPy scalar or a Tensor of one entry.

    Raises
    ------
    ArgumentTypeError, GraphError
        If it is none, or if a gradient would be lost.
    """
    if isinstance(x, Tensor) and x.requires_grad:
        raise GraphError(f"{name}(): no gradient flows to '{what}'; pass a number, or .detach() it")
    if isinstance(x, (Tensor, np.ndarray, np.generic)) and x.size == 1:
        x = x.item()
    if not isinstance(x, (bool, int, float)):
        raise ArgumentTypeError(f"{name}(): '{what}' is a number, not {type(x).__name__} {x!r:.40}")
    return x


def like(name: str, x: Any) -> np.ndarray:
    """An array of the shape, element type and layout of x, to be looked at for these only.

    Raises
    ------
    ArgumentTypeError
        If it is neither Tensor nor array.
    """
    if isinstance(x, Tensor):
        return x._data if isinstance(x._data, np.ndarray) else np.empty(x.shape, x.dtype)
    if isinstance(x, (Node, np.ndarray, np.generic)):
        return np.asarray(bare(x))
    raise ArgumentTypeError(f"{name}() takes a Tensor or an array, not {type(x).__name__} {x!r:.40}")


def cast(name: str, array: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    """The same numbers in another element type; fractions are cut off for integers, as in PyTorch.

    Raises
    ------
    DtypeError
        If an integer type cannot hold them: nan, inf, or too large.
    """
    if dtype.kind in "iu" and array.dtype != dtype and array.size:
        bounds = np.iinfo(dtype)
        least, largest = array.min(), array.max()
        if not (_exact(least) >= bounds.min and _exact(largest) <= bounds.max):
            raise DtypeError(f"{name}(): numbers from {least} to {largest} do not fit in {dtype}")
    with np.errstate(over="ignore"):  # what is too large for a floating-point type is inf there
        return array.astype(dtype, copy=False)


def _exact(x: Any) -> Any:
    """An integer of Python, which is compared exactly; nan and ±inf stay."""
    return int(x) if isinstance(x, int) or isfinite(x) else float(x)


def _require_cpu(name: str, device: Any) -> None:
    if device is not None and str(device) not in ("cpu", "cpu:0"):
        raise ArgumentValueError(f"{name}(): there is no device {device!r}, only 'cpu'")


def _chosen(dtype: Any) -> np.dtype[Any] | None:
    if dtype is None:
        return None
    chosen = as_dtype(dtype)
    if chosen.kind not in "fiub":
        raise DtypeError(f"a Tensor holds real numbers or booleans, not {chosen}")
    return chosen


def _finished(array: np.ndarray, requires_grad: bool) -> Tensor:
    out = _wrap(array)
    if requires_grad:
        out.requires_grad = True
    return out


def _sharing(array: np.ndarray) -> Tensor:
    """A Tensor around an array that others have, too, and may write to."""
    if array.dtype.kind not in "fiub":
        raise DtypeError(f"a Tensor holds real numbers or booleans, not {array.dtype}")
    out = _wrap(array)
    lend(out)
    return out


# --- from numbers and arrays ------------------------------------------------------------------------------------------

_PYTHON = {bool: np.dtype(np.bool_), int: _INT64}


@function(method=False)
def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A leaf with a copy of these numbers.

    Parameters
    ----------
    data : array_like
        Numbers, nested lists, arrays, Tensors.
    dtype : data-type, optional
        By default that of arrays, and for Python numbers bool, int64 or the default floating-point type. (The class
        `Tensor` instead makes floating-point numbers of all Python numbers.)
    requires_grad : bool

    Raises
    ------
    ArgumentTypeError, ShapeError
        If these are no numbers, or nested lists are ragged.
    DtypeError
        If numbers do not fit in an integer type, or a gradient is asked for of integers.
    GraphError
        If a list holds a Tensor that requires a gradient, which would be lost (use ``stack``).
    """
    _require_cpu("tensor", device)
    chosen = _chosen(dtype)
    if isinstance(data, (Node, np.ndarray, np.generic)):
        return _finished(as_array(data, chosen), requires_grad)
    try:
        array = np.array(data)
    except ValueError as problem:
        raise ShapeError(f"a Tensor cannot be made from this {type(data).__name__}: {problem}") from problem
    except GraphError as problem:
        raise GraphError(
            f"tensor(): a Tensor in this {type(data).__name__} requires a gradient, which would be lost: use "
            "autograd.stack, or .detach() it"
        ) from problem
    if array.dtype.kind not in "fiub":
        raise DtypeError(f"a Tensor holds real numbers or booleans, not {array.dtype} (from {data!r:.40})")
    return _finished(cast("tensor", array, chosen or _natural_dtype(data)), requires_grad)


def _natural_dtype(data: Any) -> np.dtype[Any]:
    """The element type that PyTorch would give to numbers, alone or in lists."""
    found: set[np.dtype[Any]] = set()
    _collect_dtypes(data if isinstance(data, (list, tuple)) else [data], found)
    kind = next((kind for kind in ("f", "iu", "b") if any(x.kind in kind for x in found)), None)
    return np.result_type(*(x for x in found if x.kind in kind)) if kind else get_default_dtype()


def _collect_dtypes(row: Any, found: set[np.dtype[Any]]) -> None:
    for kind in set(map(type, row)):
        if kind in _PYTHON or kind is float:
            found.add(_PYTHON.get(kind) or get_default_dtype())
            continue
        for x in row:
            if type(x) is kind and isinstance(x, (list, tuple)):
                _collect_dtypes(x, found)
            elif type(x) is kind:
                found.add(np.asarray(x).dtype)


@function(method=False)
def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A Tensor of these numbers, without copying where that can be: Tensors stay what they are, arrays are shared."""
    return asarray(data, dtype=dtype, device=device)


@function(method=False)
def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of these numbers, sharing their memory where that can be.

    Parameters
    ----------
    obj : Tensor, array, object with DLPack, number or nested list
    dtype : data-type, optional
    copy : bool, optional
        True: copy in any case. False: never, which is refused where it cannot be. By default where it must be.
    requires_grad : bool
        Whether gradients are wanted; a Tensor that requires them stays in its graph in any case.

    Raises
    ------
    InterchangeError
        If ``copy=False`` cannot be.
    """
    _require_cpu("asarray", device)
    chosen = _chosen(dtype)
    if isinstance(obj, Tensor):
        out = obj
    elif isinstance(obj, np.ndarray):
        out = _sharing(np.asarray(obj))
    elif hasattr(obj, "__dlpack__") and not isinstance(obj, np.generic):
        out = from_dlpack(obj)
    elif copy is False:
        raise InterchangeError(f"asarray(): the numbers of a {type(obj).__name__} can only be copied")
    else:
        return tensor(obj, dtype=chosen, requires_grad=requires_grad)
    if chosen is not None and chosen != out.dtype:
        if copy is False:
            raise InterchangeError(f"asarray(): {out.dtype} in the memory of {chosen} needs a copy")
        out = TABLE["astype"](out, chosen)
    elif copy:
        out = TABLE["clone"](out)
    if requires_grad and not out.requires_grad:
        out = out.detach() if out is obj else out
        out.requires_grad = True
    return out


@function(method=False)
def from_numpy(array: np.ndarray) -> Tensor:
    """A Tensor in the memory of an array: what is written to one is seen in the other.

    Raises
    ------
    ArgumentTypeError, DtypeError
        If it is not an array, or not one of real numbers.
    """
    if not isinstance(array, np.ndarray):
        raise ArgumentTypeError(f"from_numpy() takes an array, not {type(array).__name__}: use tensor()")
    return _sharing(np.asarray(array))


@function(method=False)
def from_dlpack(x: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A Tensor in the memory of another library's array, PyTorch's for example, by DLPack.

    Parameters
    ----------
    x : object with ``__dlpack__``
    copy : bool, optional
        True: copy in any case. False: never, which is refused where it cannot be. By default where it must be.

    Raises
    ------
    ArgumentTypeError
        If it does not speak DLPack.
    InterchangeError, DtypeError
        If its owner does not hand it out (it requires a gradient), or it is not on the CPU, or not of real numbers.
    """
    _require_cpu("from_dlpack", device)
    if not hasattr(x, "__dlpack__"):
        raise ArgumentTypeError(f"from_dlpack() takes an object with __dlpack__, not {type(x).__name__}")
    if isinstance(x, Tensor) and not x.requires_grad:
        return TABLE["clone"](x) if copy else x.detach()
    try:
        array = np.from_dlpack(x) if copy is None else np.from_dlpack(x, copy=copy)
    except (BufferError, RuntimeError, ValueError, TypeError) as problem:
        raise InterchangeError(f"from_dlpack(): this {type(x).__name__} cannot be shared: {problem}") from problem
    return _sharing(array)


# --- from sizes -------------------------------------------------------------------------------------------------------


@function(method=False)
@makes
def zeros(*shape: Any, size: Any = None, dtype: Any = None) -> np.ndarray:
    """Zeros in a shape: ``zeros(2, 3)`` or ``zeros((2, 3))``."""
    return np.zeros(shape_of("zeros", shape, size), dtype or get_default_dtype())


@function(method=False)
@makes
def ones(*shape: Any, size: Any = None, dtype: Any = None) -> np.ndarray:
    """Ones in a shape: ``ones(2, 3)`` or ``ones((2, 3))``."""
    return np.ones(shape_of("ones", shape, size), dtype or get_default_dtype())


@function(method=False)
@makes
def empty(*shape: Any, size: Any = None, dtype: Any = None) -> np.ndarray:
    """Whatever the memory holds, in a shape: ``empty(2, 3)`` or ``empty((2, 3))``."""
    return np.empty(shape_of("empty", shape, size), dtype or get_default_dtype())


@function(method=False)
@makes
def full(size: Any, fill_value: Any, *, dtype: Any = None) -> np.ndarray:
    """One number everywhere in a shape; its kind decides the element type."""
    value = number("full", "fill_value", fill_value)
    return _filled("full", np.empty(sizes("full", size), dtype or _natural_dtype(value)), value)


@function(method=False)
@makes
def eye(n: Any, m: Any = None, *, dtype: Any = None) -> np.ndarray:
    """Ones on the diagonal of a matrix of n rows and m columns (as many as rows by default), zeros elsewhere."""
    rows, columns = sizes("eye", (n, n if m is None else m))
    return np.eye(rows, columns, dtype=dtype or get_default_dtype())


@function(method=False)
@makes
def arange(start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = None) -> np.ndarray:
    """The numbers from start up to, and without, end: ``arange(end)`` or ``arange(start, end, step)``.

    Integers give int64, otherwise the default floating-point type. Every number is start + i·step, rounded once.

    Raises
    ------
    ArgumentValueError
        If the step is zero or leads away from the end, or if a number is not finite.
    DtypeError
        If an integer type is to hold fractions.
    """
    first, last = (0, start) if end is None else (start, end)
    given = {"start": first, "end": last, "step": step}
    first, last, step = (number("arange", what, x) for what, x in given.items())
    exact = all(isinstance(x, int) for x in (first, last, step))
    if not (all(map(isfinite, (first, last, step))) and step and 0 <= (last - first) / step < inf):
        raise ArgumentValueError(
            f"arange(): from {first} one does not come to {last} in steps of {step}: numbers must be finite, and the "
            "step must lead from start to end"
        )
    wanted = dtype or (_INT64 if exact else get_default_dtype())
    count = len(range(first, last, step)) if exact else ceil((last - first) / step)
    furthest = first + step * max(count - 1, 0)
    fractions = wanted.kind != "f" and any(x != int(x) for x in (first, step))
    if wanted.kind == "b" or fractions or (exact and max(abs(first), abs(furthest), abs(step)) >= 2**63):
        raise DtypeError(f"arange(): {wanted} cannot hold the numbers from {first} to {furthest} in steps of {step}")
    return cast("arange", first + step * np.arange(count), wanted)


@function(method=False)
@makes
def linspace(start: Any, end: Any, steps: Any, *, dtype: Any = None) -> np.ndarray:
    """So many numbers at equal distances from start to end, both included."""
    return cast("linspace", _evenly("linspace", start, end, steps), dtype or get_default_dtype())


@function(method=False)
@makes
def logspace(start: Any, end: Any, steps: Any, base: Any = 10.0, *, dtype: Any = None) -> np.ndarray:
    """The powers of a base with so many exponents at equal distances from start to end, both included."""
    with np.errstate(all="ignore"):
        powers = np.power(float(number("logspace", "base", base)), _evenly("logspace", start, end, steps))
    return cast("logspace", powers, dtype or get_default_dtype())


def _evenly(name: str, start: Any, end: Any, steps: Any) -> np.ndarray:
    """Computed from both ends towards the middle, as PyTorch does, so that it is symmetric and both are exact."""
    first, last = (float(number(name, what, x)) for what, x in {"start": start, "end": end}.items())
    (count,) = sizes(name, steps)
    i = np.arange(count)
    step = (last - first) / max(count - 1, 1)
    return np.where(i < max(count // 2, 1), first + step * i, last - step * (count - 1 - i))


@function(method=False)
@makes
def tril_indices(row: Any, col: Any, offset: int = 0, *, dtype: Any = None) -> np.ndarray:
    """The places on and below a diagonal of a matrix: rows in the first row of the result, columns in the second."""
    n, m = sizes("tril_indices", (row, col))
    return cast("tril_indices", np.stack(np.tril_indices(n, offset, m)), dtype or _INT64)


@function(method=False)
@makes
def triu_indices(row: Any, col: Any, offset: int = 0, *, dtype: Any = None) -> np.ndarray:
    """The places on and above a diagonal of a matrix: rows in the first row of the result, columns in the second."""
    n, m = sizes("triu_indices", (row, col))
    return cast("triu_indices", np.stack(np.triu_indices(n, offset, m)), dtype or _INT64)


def shape_of(name: str, shape: tuple[Any, ...], size: Any) -> tuple[int, ...]:
    if (size is None) == (not shape):
        raise ArgumentTypeError(f"{name}() needs sizes, as in {name}(2, 3); a single number has the shape ()")
    return sizes(name, shape or size)


def _filled(name: str, array: np.ndarray, value: Any) -> np.ndarray:
    array[...] = cast(name, np.asarray(value), array.dtype)
    return array


# --- like another -----------------------------------------------------------------------------------------------------


def _under_numpys_arguments(name: str, *names: str) -> Callable[..., Tensor]:
    """The function of this name, for NumPy, which has more parameters. The order in memory is left to us."""

    def adapter(a: Any, *given: Any, **options: Any) -> Tensor:
        options.update(zip((*names, "dtype", "order", "subok", "shape"), given, strict=False))
        prototype = a if options.get("shape") is None else np.empty(options["shape"], a.dtype)
        made: Tensor = FUNCTIONS[name](
            prototype, *(options[x] for x in names), dtype=options.get("dtype"), device=options.get("device")
        )
        return made

    return adapter


@function(method=False, numpy={np.zeros_like: _under_numpys_arguments("zeros_like")})
@makes
def zeros_like(input: Any, *, dtype: Any = None) -> np.ndarray:
    """Zeros in the shape and the element type of another Tensor."""
    return np.zeros_like(like("zeros_like", input), dtype, subok=False)


@function(method=False, numpy={np.ones_like: _under_numpys_arguments("ones_like")})
@makes
def ones_like(input: Any, *, dtype: Any = None) -> np.ndarray:
    """Ones in the shape and the element type of another Tensor."""
    return np.ones_like(like("ones_like", input), dtype, subok=False)


@function(method=False, numpy={np.empty_like: _under_numpys_arguments("empty_like")})
@makes
def empty_like(input: Any, *, dtype: Any = None) -> np.ndarray:
    """Whatever the memory holds, in the shape and the element type of another Tensor."""
    return np.empty_like(like("empty_like", input), dtype, subok=False)


@function(method=False, numpy={np.full_like: _under_numpys_arguments("full_like", "fill_value")})
@makes
def full_like(input: Any, fill_value: Any, *, dtype: Any = None) -> np.ndarray:
    """One number in the shape and the element type of another Tensor."""
    made = np.empty_like(like("full_like", input), dtype, subok=False)
    return _filled("full_like", made, number("full_like", "fill_value", fill_value))


@makes
def new_zeros(self: Any, *shape: Any, size: Any = None, dtype: Any = None) -> np.ndarray:
    """Zeros of this Tensor's element type in another shape."""
    return np.zeros(shape_of("new_zeros", shape, size), dtype or self.dtype)


@makes
def new_ones(self: Any, *shape: Any, size: Any = None, dtype: Any = None) -> np.ndarray:
    """Ones of this Tensor's element type in another shape."""
    return np.ones(shape_of("new_ones", shape, size), dtype or self.dtype)


@makes
def new_empty(self: Any, *shape: Any, size: Any = None, dtype: Any = None) -> np.ndarray:
    """Whatever the memory holds, of this Tensor's element type in another shape."""
    return np.empty(shape_of("new_empty", shape, size), dtype or self.dtype)


@makes
def new_full(self: Any, size: Any, fill_value: Any, *, dtype: Any = None) -> np.ndarray:
    """One number, of this Tensor's element type in another shape."""
    made = np.empty(sizes("new_full", size), dtype or self.dtype)
    return _filled("new_full", made, number("new_full", "fill_value", fill_value))


def new_tensor(self: Any, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A leaf with a copy of these numbers, in this Tensor's element type."""
    return tensor(data, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


for _method in (new_zeros, new_ones, new_empty, new_full, new_tensor):
    setattr(Tensor, _method.__name__, _method)


# --- questions --------------------------------------------------------------------------------------------------------


@function(method=False)
def is_tensor(obj: Any) -> bool:
    """Whether it is a Tensor."""
    return isinstance(obj, Tensor)


@function(method=False)
def numel(input: Any) -> int:
    """The number of entries."""
    return int(like("numel", input).size)


@function(method=False)
def is_floating_point(input: Any) -> bool:
    """Whether the element type is a floating-point one."""
    return like("is_floating_point", input).dtype.kind == "f"
