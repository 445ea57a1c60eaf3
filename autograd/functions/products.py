"""Which functions multiply arrays and add up: matrices, vectors, and any axes."""

from __future__ import annotations

import operator
import string
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ShapeError
from autograd.functions.registry import function
from autograd.functions.shapes import array, axes_of, axis_of, movedim
from autograd.functions.spelling import numpys_names
from autograd.ops import products as rows
from autograd.ops.joining import widest
from autograd.ops.table import TABLE
from autograd.tensor import Tensor

__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addr",
    "baddbmm",
    "bmm",
    "chain_matmul",
    "cross",
    "dot",
    "einsum",
    "inner",
    "kron",
    "mm",
    "mv",
    "of_one_type",
    "outer",
    "tensordot",
    "trace",
    "vdot",
    "vecdot",
]


# --- arguments --------------------------------------------------------------------------------------------------------


def of_one_type(*arrays: Any) -> tuple[Any, ...]:
    """Arrays in the element type that they have together."""
    dtype = widest(*arrays)
    return tuple(x if x.dtype == dtype else TABLE["astype"](x, dtype) for x in arrays)


_KINDS = {1: "vector", 2: "matrix", 3: "stack of matrices (3 axes)"}


def _of_ranks(name: str, *pairs: tuple[Any, int]) -> list[Any]:
    """The arrays, each with the number of axes that the function takes."""
    arrays = [array(name, x) for x, _ in pairs]
    if any(x.ndim != rank for x, (_, rank) in zip(arrays, pairs, strict=True)):
        wanted = " and a ".join(_KINDS[rank] for _, rank in pairs)
        advice = "" if name == "trace" else "; matmul and einsum take any number of axes"
        raise ShapeError(f"{name}() takes a {wanted}, not {_shapes(arrays)}{advice}")
    return arrays


def _shapes(arrays: Iterable[Any]) -> str:
    return " and ".join(f"shape {tuple(x.shape)}" for x in arrays)


# --- matrices and vectors ---------------------------------------------------------------------------------------------


def _product(name: str, left: Any, right: Any) -> Any:
    if left.shape[-1] != right.shape[max(right.ndim - 2, 0)]:
        inner = f"{left.shape[-1]} ≠ {right.shape[max(right.ndim - 2, 0)]}"
        raise ShapeError(f"{name}(): {_shapes((left, right))} do not fit: {inner}, the axes that are summed")
    return rows.matmul(left, right)


@function()
@numpys_names
def mm(input: Any, mat2: Any) -> Any:
    """The product of two matrices, (n, m) and (m, p)."""
    return _product("mm", *_of_ranks("mm", (input, 2), (mat2, 2)))


@function()
@numpys_names
def mv(input: Any, vec: Any) -> Any:
    """The product of a matrix (n, m) and a vector (m,)."""
    return _product("mv", *_of_ranks("mv", (input, 2), (vec, 1)))


@function()
@numpys_names
def bmm(input: Any, mat2: Any) -> Any:
    """The products of two stacks of matrices, (b, n, m) and (b, m, p); nothing is broadcast."""
    return _stacks("bmm", input, mat2)


def _stacks(name: str, left: Any, right: Any) -> Any:
    left, right = _of_ranks(name, (left, 3), (right, 3))
    if len(left) != len(right):
        raise ShapeError(
            f"{name}(): {_shapes((left, right))}: {len(left)} matrices and {len(right)} of them; matmul broadcasts"
        )
    return _product(name, left, right)


def _numpys_dot(a: Any, b: Any) -> Any:
    """The product over the last axis of a and the last but one of b (its only one, if b is a vector); NumPy's dot."""
    a, b = array("dot", a), array("dot", b)
    if not (a.ndim and b.ndim):
        return TABLE["mul"](a, b)
    if a.ndim == 1 or b.ndim <= 2:
        return _product("dot", a, b)
    return _contracted("dot", a, b, (a.ndim - 1,), (b.ndim - 2,))


@function(method=False)
@numpys_names
def dot(input: Any, tensor: Any) -> Any:
    """The dot product of two vectors. ``np.dot`` and the method `Tensor.dot` take arrays of any shape, as NumPy does.

    Raises
    ------
    ShapeError
        If one is no vector, or one is longer than the other.
    """
    return _product("dot", *_of_ranks("dot", (input, 1), (tensor, 1)))


setattr(Tensor, "dot", _numpys_dot)  # noqa: B010 - mypy looks for it in the class


@function()
@numpys_names
def vdot(input: Any, other: Any) -> Any:
    """The dot product of two vectors; ``np.vdot`` makes vectors of arrays of any shape."""
    return _product("vdot", *_of_ranks("vdot", (input, 1), (other, 1)))


def _flat(name: str, a: Any) -> Any:
    a = array(name, a)
    return a if a.ndim == 1 else TABLE["reshape"](a, (-1,))


@function()
@numpys_names
def inner(input: Any, other: Any) -> Any:
    """The products summed over the last axes of both: shapes (…, n) and (***, n) give (…, ***)."""
    a, b = array("inner", input), array("inner", other)
    if not (a.ndim and b.ndim):
        return TABLE["mul"](a, b)
    if b.ndim == 1:
        return _product("inner", a, b)
    return _contracted("inner", a, b, (a.ndim - 1,), (b.ndim - 1,))


@function(aliases=("ger",))
@numpys_names
def outer(input: Any, vec2: Any) -> Any:
    """Every entry of one vector times every entry of the other: shape (n, m); ``np.outer`` flattens arrays first."""
    return rows.einsum("a,b->ab", *_of_ranks("outer", (input, 1), (vec2, 1)))


@function()
@numpys_names
def vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    """The dot products along an axis; the other axes are broadcast."""
    x, y = array("vecdot", x), array("vecdot", y)
    if not (x.ndim and y.ndim):
        raise ShapeError(f"vecdot() takes arrays of vectors, not {_shapes((x, y))}")
    axis = axis_of("vecdot", dim, max(x.ndim, y.ndim)) - max(x.ndim, y.ndim)
    if -axis > min(x.ndim, y.ndim) or x.shape[axis] != y.shape[axis]:
        raise ShapeError(f"vecdot(): {_shapes((x, y))} have not equally many entries along axis {dim}")
    return TABLE["sum"](TABLE["mul"](x, y), axis, False)


# --- products with something added ------------------------------------------------------------------------------------


def _added(name: str, input: Any, product: Any, beta: Any, alpha: Any) -> Any:
    """Beta · input + alpha · product; with beta = 0 not even the nan of the input count, as in PyTorch."""
    input = array(name, input)
    try:
        fits = np.broadcast_shapes(input.shape, product.shape) == product.shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(
            f"{name}(): input of {_shapes((input,))} cannot be added to the product of {_shapes((product,))}"
        )
    scaled = product if isinstance(alpha, (int, float)) and alpha == 1 else alpha * product
    if isinstance(beta, (int, float)):
        if beta == 0:
            return scaled
        input = input if beta == 1 else beta * input
    else:
        input = beta * input
    return TABLE["add"](input, scaled)


@function()
@numpys_names
def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta · input + alpha · (mat1 @ mat2), for matrices; the input may be broadcast."""
    return _added("addmm", input, _product("addmm", *_of_ranks("addmm", (mat1, 2), (mat2, 2))), beta, alpha)


@function()
@numpys_names
def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta · input + alpha · (mat @ vec), for a matrix and a vector."""
    return _added("addmv", input, _product("addmv", *_of_ranks("addmv", (mat, 2), (vec, 1))), beta, alpha)


@function()
@numpys_names
def addr(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta · input + alpha · outer(vec1, vec2)."""
    return _added("addr", input, rows.einsum("a,b->ab", *_of_ranks("addr", (vec1, 1), (vec2, 1))), beta, alpha)


@function()
@numpys_names
def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta · input + alpha · bmm(batch1, batch2)."""
    return _added("baddbmm", input, _stacks("baddbmm", batch1, batch2), beta, alpha)


@function()
@numpys_names
def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta · input + alpha · (the sum of the products of two stacks of matrices)."""
    return _added("addbmm", input, TABLE["sum"](_stacks("addbmm", batch1, batch2), 0, False), beta, alpha)


# --- any axes ---------------------------------------------------------------------------------------------------------


def _contracted(name: str, a: Any, b: Any, first: tuple[int, ...], second: tuple[int, ...]) -> Any:
    """The sum over pairs of axes of the products; what is left of a comes first."""
    for mine, other in zip(first, second, strict=True):
        if a.shape[mine] != b.shape[other]:
            raise ShapeError(
                f"{name}(): {_shapes((a, b))} do not fit: axis {mine} of the first and axis {other} of the second "
                f"are summed together ({a.shape[mine]} ≠ {b.shape[other]})"
            )
    letters = _letters(name, a.ndim + b.ndim)
    left, right = letters[: a.ndim], letters[a.ndim :]
    for mine, other in zip(first, second, strict=True):
        right[other] = left[mine]
    out = [x for axis, x in enumerate(left) if axis not in first]
    out += [x for axis, x in enumerate(right) if axis not in second]
    return rows.einsum(f"{''.join(left)},{''.join(right)}->{''.join(out)}", a, b)


def _letters(name: str, count: int, without: str = "") -> list[str]:
    free = [letter for letter in string.ascii_letters if letter not in without]
    if count > len(free):
        raise ShapeError(f"{name}(): {count} axes take more than the {len(free)} letters there are to name them")
    return free[:count]


@function(method=False)
@numpys_names
def tensordot(a: Any, b: Any, dims: Any = 2) -> Any:
    """The products of two arrays, summed over several axes of both.

    Parameters
    ----------
    a, b : Tensor or array
    dims : int or pair of sequences of int
        The last ``dims`` axes of a with the first of b; or which axes of a with which of b.

    Returns
    -------
    Tensor or array
        The axes of a that are left, then those of b.

    Raises
    ------
    ShapeError
        If the axes are not equally many or not equally long.
    """
    a, b = array("tensordot", a), array("tensordot", b)
    if isinstance(dims, Iterable):
        pair = [part if isinstance(part, Iterable) else (part,) for part in dims]
        if len(pair) != 2:
            raise ArgumentTypeError(f"tensordot(): dims is a number or two lists of axes, not {dims!r:.60}")
        first, second = (axes_of("tensordot", part, x.ndim) for part, x in zip(pair, (a, b), strict=True))
        if len(first) != len(second):
            raise ShapeError(f"tensordot(): {len(first)} axes of the first and {len(second)} of the second in {dims}")
        return _contracted("tensordot", a, b, first, second)
    try:
        count = operator.index(dims)
    except TypeError:
        raise ArgumentTypeError(f"tensordot(): dims is a number or two lists of axes, not {dims!r:.60}") from None
    if not 0 <= count <= min(a.ndim, b.ndim):
        raise ShapeError(f"tensordot(): {_shapes((a, b))} have not {count} axes each")
    return _contracted("tensordot", a, b, tuple(range(a.ndim - count, a.ndim)), tuple(range(count)))


@function()
@numpys_names
def kron(input: Any, other: Any) -> Any:
    """Kronecker's product: a copy of the second array for every entry of the first, multiplied by it."""
    a, b = array("kron", input), array("kron", other)
    ndim = max(a.ndim, b.ndim)
    mine, others = ((1,) * (ndim - x.ndim) + tuple(x.shape) for x in (a, b))
    spread = [tuple(n for pair in pairs for n in pair) for pairs in (((n, 1) for n in mine), ((1, n) for n in others))]
    product = TABLE["mul"](TABLE["reshape"](a, spread[0]), TABLE["reshape"](b, spread[1]))
    return TABLE["reshape"](product, tuple(n * m for n, m in zip(mine, others, strict=True)))


def _numpys_trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    a = array("trace", a)
    if a.ndim < 2:
        raise ShapeError(f"np.trace takes an array of at least 2 axes, not {_shapes((a,))}")
    first, second = axes_of("trace", (axis1, axis2), a.ndim)
    return TABLE["sum"](TABLE["diagonal"](a, offset, first, second), -1, False)


@function()
@numpys_names
def trace(input: Any) -> Any:
    """The sum of the diagonal of a matrix; ``np.trace`` takes stacks of them."""
    return _numpys_trace(*_of_ranks("trace", (input, 2)))


def _numpys_cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    a, b = array("cross", a), array("cross", b)
    if axis is not None:
        axisa = axisb = axisc = axis
    return movedim(cross(movedim(a, axisa, -1), movedim(b, axisb, -1)), -1, axisc)


@function()
@numpys_names
def cross(input: Any, other: Any, dim: int = -1) -> Any:
    """The cross products of vectors of 3 entries, along an axis; the other axes are broadcast."""
    a, b = of_one_type(array("cross", input), array("cross", other))
    axis_of("cross", dim, min(a.ndim, b.ndim))
    try:
        return rows.cross(a, b, dim)
    except ShapeError as problem:
        raise ShapeError(f"cross() of {_shapes((a, b))}: {problem}") from None


@function(method=False)
def chain_matmul(*matrices: Any) -> Any:
    """The product of several matrices, in the order that takes the fewest multiplications."""
    return multi_dot(matrices[0] if len(matrices) == 1 and isinstance(matrices[0], (list, tuple)) else matrices)


def multi_dot(tensors: Sequence[Any]) -> Any:
    """The product of several matrices, in the order that takes the fewest multiplications.

    The first and the last may be vectors (a row, a column).
    """
    chain = [array("multi_dot", x) for x in tensors]
    if not chain:
        raise ArgumentTypeError("multi_dot() needs at least one matrix")
    for place, x in enumerate(chain):
        if x.ndim != 2 and not (x.ndim == 1 and len(chain) > 1 and place in (0, len(chain) - 1)):
            raise ShapeError(f"multi_dot() takes matrices, and vectors at its ends; number {place} has shape {x.shape}")
    heights = [1 if x.ndim == 1 and not place else x.shape[0] for place, x in enumerate(chain)]
    widths = [x.shape[-1] if x.ndim == 2 or not place else 1 for place, x in enumerate(chain)]
    for place, (width, height) in enumerate(zip(widths, heights[1:], strict=False)):
        if width != height:
            raise ShapeError(
                f"multi_dot(): {_shapes(chain[place : place + 2])} do not fit: {width} columns and {height} rows"
            )
    return _multiplied(chain, _cuts([*heights, widths[-1]]), 0, len(chain) - 1)


def _cuts(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to cut the product of the matrices from i to j: Cormen et al., "Introduction to Algorithms", 15.2."""
    count = len(sizes) - 1
    cost = {(i, i): 0 for i in range(count)}
    cuts: dict[tuple[int, int], int] = {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            cost[i, j], cuts[i, j] = min(
                (cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )
    return cuts


def _multiplied(chain: list[Any], cuts: dict[tuple[int, int], int], i: int, j: int) -> Any:
    if i == j:
        return chain[i]
    cut = cuts[i, j]
    return rows.matmul(_multiplied(chain, cuts, i, cut), _multiplied(chain, cuts, cut + 1, j))


# --- einsum -----------------------------------------------------------------------------------------------------------


@function(method=False)
def einsum(equation: Any, *operands: Any) -> Any:
    """The product of arrays, summed over the axes that the result does not name.

    Parameters
    ----------
    equation : str
        A letter for every axis of every array, ``"ij,jk->ik"``; a letter that stands twice in one array takes its
        diagonal. ``...`` stands for any further axes, which are broadcast. Without ``->`` the result has these
        and the letters that stand there once, in the order of the alphabet, capitals first.
    *operands : Tensor or array
        One after the other, or as one list. Also: each followed by a list of numbers in the place of letters.

    Raises
    ------
    ShapeError
        If the equation cannot be read, or the arrays do not fit it.
    """
    if not isinstance(equation, str):
        equation, operands = _from_lists((equation, *operands))
    elif len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    arrays = [array("einsum", x) for x in operands]
    terms, out = _read(equation, arrays)
    return rows.einsum(f"{','.join(terms)}->{out}", *arrays)


def _from_lists(operands: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """An equation from arrays and lists of numbers in turn; a last list is the result's."""
    letters = string.ascii_uppercase + string.ascii_lowercase

    def named(axes: Any) -> str:
        try:
            return "".join("..." if axis is Ellipsis else letters[operator.index(axis)] for axis in axes)
        except (TypeError, IndexError):
            raise ArgumentTypeError(
                f"einsum() takes an equation such as 'ij,jk->ik', or lists of numbers from 0 to 51; not {axes!r:.60}"
            ) from None

    pairs = len(operands) // 2
    equation = ",".join(map(named, operands[1 : 2 * pairs : 2]))
    if len(operands) % 2:
        equation += f"->{named(operands[-1])}"
    return equation, operands[: 2 * pairs : 2]


def _read(equation: str, arrays: list[Any]) -> tuple[list[str], str]:
    """What letters each array and the result have, with letters in the place of dots."""

    def refused(why: str) -> ShapeError:
        return ShapeError(f"einsum({equation!r}) of {_shapes(arrays) or 'nothing'}: {why}")

    given, arrow, out = equation.replace(" ", "").partition("->")
    terms = given.split(",")
    if len(terms) != len(arrays):
        raise refused(f"the equation has {len(terms)} operands, and there are {len(arrays)} arrays")
    for part in (*terms, out):
        bare = part.replace("...", "", 1)
        if bare.strip(string.ascii_letters) or not (bare.isascii() and (not bare or bare.isalpha())):
            raise refused(f"{part!r} is not letters with at most one '...'")
    extra = [x.ndim - len(term.replace("...", "")) for term, x in zip(terms, arrays, strict=True)]
    for term, x, more in zip(terms, arrays, extra, strict=True):
        if more < 0 or (more and "..." not in term):
            raise refused(f"{term!r} does not name the {x.ndim} axes of shape {x.shape}")
    rest = "".join(_letters("einsum", max(extra), equation))
    full = [term.replace("...", rest[len(rest) - more :]) for term, more in zip(terms, extra, strict=True)]
    if not arrow:
        once = sorted(x for x in set(given) if x.isalpha() and given.count(x) == 1)
        out = "..." * ("..." in given) + "".join(once)
    for letter in out.replace("...", ""):
        if out.count(letter) > 1 or letter not in given:
            raise refused(
                f"the result names {letter!r}, which stands {'twice there' if letter in given else 'nowhere'}"
            )
    sizes: dict[str, int] = {}
    for term, x in zip(full, arrays, strict=True):
        own: dict[str, int] = {}
        for letter, size in zip(term, x.shape, strict=True):
            if own.setdefault(letter, size) != size:
                raise refused(f"{letter!r} stands for {own[letter]} and for {size} entries in one array")
            known = sizes.get(letter, 1)
            if size != known and 1 not in (size, known):
                what = "an axis of '...'" if letter in rest else repr(letter)
                raise refused(f"{what} stands for {known} and for {size} entries")
            sizes[letter] = size if known == 1 else known
    return full, out.replace("...", rest)


# --- NumPy's arguments ------------------------------------------------------------------------------------------------

_IN_NUMPY: dict[Callable[..., Any], Callable[..., Any]] = {
    np.dot: _numpys_dot,
    np.inner: lambda a, b: inner(a, b),
    np.vdot: lambda a, b: vdot(_flat("vdot", a), _flat("vdot", b)),
    np.outer: lambda a, b: outer(_flat("outer", a), _flat("outer", b)),
    np.vecdot: lambda a, b: vecdot(a, b),
    np.tensordot: lambda a, b, axes=2: tensordot(a, b, axes),
    np.kron: lambda a, b: kron(a, b),
    np.trace: _numpys_trace,
    np.cross: _numpys_cross,
    np.einsum: lambda *operands, optimize=False: einsum(*operands),  # noqa: ARG005 - how, not what
    np.linalg.outer: lambda x1, x2, /: outer(x1, x2),
    np.linalg.vecdot: lambda x1, x2, /, *, axis=-1: vecdot(x1, x2, dim=axis),
    np.linalg.matmul: lambda x1, x2, /: rows.matmul(x1, x2),
    np.linalg.tensordot: lambda x1, x2, /, *, axes=2: tensordot(x1, x2, axes),
    np.linalg.trace: lambda x, /, *, offset=0: _numpys_trace(x, offset, -2, -1),
    np.linalg.cross: lambda x1, x2, /, *, axis=-1: cross(x1, x2, axis),
    np.linalg.multi_dot: lambda arrays: multi_dot(arrays),
}
if hasattr(np, "matvec"):  # from NumPy 2.2 on
    _IN_NUMPY[np.matvec] = lambda a, b: einsum("...ij,...j->...i", a, b)
    _IN_NUMPY[np.vecmat] = lambda a, b: einsum("...i,...ij->...j", a, b)
for _function, _made in _IN_NUMPY.items():
    TABLE.translate(_function, _made)
