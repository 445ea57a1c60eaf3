"""Which functions look at matrices as a whole? In PyTorch's names; all of them work on stacks of matrices."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError
from autograd.functions import reductions
from autograd.functions import shapes as forms
from autograd.functions.bare import bare
from autograd.functions.products import of_one_type
from autograd.functions.registry import function
from autograd.functions.shapes import array, axes_of
from autograd.functions.spelling import numpys_names
from autograd.ops import linalg as rows
from autograd.ops.table import TABLE
from autograd.tensor import Tensor

__all__ = [
    "EighResult",
    "QRResult",
    "SVDResult",
    "SlogdetResult",
    "cholesky",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "logdet",
    "matrix_norm",
    "matrix_power",
    "norm",
    "pinv",
    "pinverse",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "vector_norm",
]


class SlogdetResult(NamedTuple):
    """A determinant in two: its sign (no gradient flows there) and the logarithm of its absolute value."""

    sign: Any
    logabsdet: Any


class QRResult(NamedTuple):
    """Orthonormal columns, and an upper triangle: A = Q R."""

    Q: Any
    R: Any


class EighResult(NamedTuple):
    """Eigenvalues in ascending order, and the eigenvectors as columns: A = V diag(λ) Vᵀ."""

    eigenvalues: Any
    eigenvectors: Any


class SVDResult(NamedTuple):
    """A = U diag(S) Vh, the singular values in descending order."""

    U: Any
    S: Any
    Vh: Any


def _matrices(name: str, a: Any, square: bool = True) -> Any:
    """What the function was given, which has to be matrices of floating-point numbers.

    Raises
    ------
    DtypeError, ShapeError
        If it is not.
    """
    a = array(name, a)
    if a.ndim < 2 or (square and a.shape[-1] != a.shape[-2]):
        kind = "square matrices" if square else "matrices"
        raise ShapeError(f"{name}() takes {kind}, in the last two axes; the shape is {tuple(a.shape)}")
    return _floating(name, a)


def _floating(name: str, a: Any) -> Any:
    if a.dtype.kind != "f" or a.dtype.itemsize < 4:
        raise DtypeError(f"{name}() of {a.dtype}: convert it to float32 or float64 first")
    return a


def _t(a: Any) -> Any:
    return TABLE["swapaxes"](a, -1, -2)


# --- inverses and determinants ----------------------------------------------------------------------------------------


@function(numpy=(np.linalg.inv,), aliases=("inverse",))
@numpys_names
def inv(input: Any) -> Any:
    """The inverse of square matrices.

    Raises
    ------
    DtypeError, ShapeError
        If they are integers, or not square.
    LinAlgError
        If one is singular; the message says which.
    """
    return rows.inv(_matrices("inv", input))


def _numpys_pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return pinv(
        a,
        rtol=rtol if rtol is not None and rtol is not np._NoValue else 1e-15 if rcond is None else rcond,
        hermitian=hermitian,
    )


@function(numpy={np.linalg.pinv: _numpys_pinv})
@numpys_names
def pinv(input: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Any:
    """The pseudo-inverse of Moore and Penrose, of matrices of any shape.

    Parameters
    ----------
    input : Tensor or array of shape (…, m, n)
    atol, rtol : float, optional
        Singular values up to max(atol, rtol · the largest one) count as 0. By default rtol is max(m, n) times the
        machine epsilon, or 0 where atol is given.
    hermitian : bool
        A promise that the matrices are symmetric; nothing is computed otherwise.
    """
    a = _matrices("pinv", input, square=hermitian)
    if atol is None or not min(a.shape[-2:]):
        return rows.pinv(a, rtol)
    largest = np.linalg.svd(bare(a), compute_uv=False)[..., 0]
    absolute = np.divide(bare(atol), largest, out=np.zeros_like(largest), where=largest > 0)
    return rows.pinv(a, np.maximum(absolute, 0.0 if rtol is None else bare(rtol)))


@function()
@numpys_names
def pinverse(input: Any, rcond: float = 1e-15) -> Any:
    """The pseudo-inverse; singular values up to ``rcond`` times the largest one count as 0."""
    return pinv(input, rtol=rcond)


@function(numpy=(np.linalg.det,))
@numpys_names
def det(input: Any) -> Any:
    """The determinants of square matrices; at singular ones too the gradient is right (the cofactors)."""
    return rows.det(_matrices("det", input))


@function(numpy=(np.linalg.slogdet,))
@numpys_names
def slogdet(input: Any) -> SlogdetResult:
    """The sign of the determinant, and the logarithm of its absolute value."""
    a = _matrices("slogdet", input)
    sign = np.asarray(np.linalg.slogdet(bare(a))[0])
    return SlogdetResult(Tensor(sign) if isinstance(a, Tensor) else sign, rows.logabsdet(a))


@function()
@numpys_names
def logdet(input: Any) -> Any:
    """The logarithm of the determinant: nan where it is negative, -inf where it is 0."""
    a = _matrices("logdet", input)
    sign, size = slogdet(a)
    negative = bare(sign) < 0
    return TABLE["where"](negative, np.asarray(np.nan, a.dtype), size) if negative.any() else size


@function(numpy=(np.linalg.matrix_power,))
@numpys_names
def matrix_power(input: Any, n: int) -> Any:
    """A square matrix multiplied n times with itself; the inverse, if n is negative."""
    a = array("matrix_power", input)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ShapeError(f"matrix_power() takes square matrices, in the last two axes; the shape is {tuple(a.shape)}")
    try:
        left = operator.index(n)
    except TypeError:
        raise ArgumentTypeError(f"matrix_power(): the exponent is an integer, not {n!r:.40}") from None
    if left == 0:
        identity = np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape).copy()
        return Tensor(identity) if isinstance(a, Tensor) else identity
    power, left = (inv(a), -left) if left < 0 else (a, left)
    out = None
    while True:
        if left % 2:
            out = power if out is None else TABLE["matmul"](out, power)
        left //= 2
        if not left:
            return out
        power = TABLE["matmul"](power, power)


# --- equations --------------------------------------------------------------------------------------------------------


def _numpys_solve(a: Any, b: Any) -> Any:
    """NumPy takes b for vectors only if it has one axis."""
    a, b = array("solve", a), array("solve", b)
    return solve(a, b if b.ndim != a.ndim - 1 or b.ndim < 2 else TABLE["reshape"](b, (1, *b.shape)))


@function(numpy={np.linalg.solve: _numpys_solve})
@numpys_names
def solve(A: Any, B: Any, *, left: bool = True) -> Any:  # noqa: N803 - PyTorch's
    """The X in A @ X = B, or in X @ A = B.

    Parameters
    ----------
    A : Tensor or array of shape (…, n, n)
    B : Tensor or array of shape (…, n, k), (…, n) or (n,)
        Vectors if it has one axis, or the shape of A without the last axis; otherwise matrices. The leading axes are
        broadcast.
    left : bool
        Whether A stands on the left of X.

    Raises
    ------
    DtypeError, ShapeError
        If they are integers, or do not fit.
    LinAlgError
        If a matrix is singular.
    """
    a, b = of_one_type(_matrices("solve", A), _floating("solve", array("solve", B)))
    if left:
        return rows.solve(a, b)
    if b.ndim < 2 or b.shape[-1] != a.shape[-1]:
        raise ShapeError(f"solve(): in X @ A = B, A of shape {a.shape} and B of shape {b.shape} do not fit")
    if b.ndim == a.ndim - 1:  # a matrix for every one of a stack, not a stack of vectors
        b = TABLE["reshape"](b, (1, *b.shape))
    return _t(rows.solve(_t(a), _t(b)))


@function()
@numpys_names
def solve_triangular(A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Any:  # noqa: N803
    """The X in A @ X = B (or X @ A = B), where only one triangle of A is looked at.

    Parameters
    ----------
    A : Tensor or array of shape (…, n, n)
    B : Tensor or array of shape (…, n, k)
    upper : bool
        Which triangle.
    left : bool
        Whether A stands on the left of X.
    unitriangular : bool
        Take the diagonal of A for ones.

    Raises
    ------
    LinAlgError
        If there is a 0 on the diagonal.
    """
    a, b = of_one_type(_matrices("solve_triangular", A), _matrices("solve_triangular", B, square=False))
    if left:
        return rows.solve_triangular(a, b, bool(upper), bool(unitriangular))
    return _t(rows.solve_triangular(_t(a), _t(b), not upper, bool(unitriangular)))


# --- decompositions ---------------------------------------------------------------------------------------------------


@function(numpy=(np.linalg.cholesky,))
@numpys_names
def cholesky(input: Any, upper: bool = False) -> Any:
    """The lower triangular L with L @ Lᵀ = A, or its transpose. Only the lower triangle of A is read.

    Raises
    ------
    LinAlgError
        If a matrix is not positive definite; the message says which.
    """
    factor = rows.cholesky(_matrices("cholesky", input))
    return _t(factor) if upper else factor


def qr(A: Any, mode: str = "reduced") -> QRResult:  # noqa: N803
    """A = Q R with orthonormal columns in Q and an upper triangle R.

    Parameters
    ----------
    A : Tensor or array of shape (…, m, n)
    mode : {"reduced", "complete", "r"}
        Q of shape (…, m, min(m, n)); of shape (…, m, m), through which no gradient flows if m > n; or empty.

    Notes
    -----
    The gradient needs the first min(m, n) columns of A to be independent.
    """
    a = _matrices("qr", A, square=False)
    m, n = a.shape[-2:]
    if mode not in ("reduced", "complete", "r"):
        raise ArgumentValueError(f"qr(): the mode is 'reduced', 'complete' or 'r', not {mode!r}")
    if mode == "complete" and m > n:
        if getattr(a, "requires_grad", False):
            raise ArgumentValueError(
                f"qr(): with mode='complete' and more rows than columns, as in shape {a.shape}, Q is not determined by "
                "A and has no gradient: take mode='reduced', or A.detach()"
            )
        return QRResult(*(Tensor(x) if isinstance(a, Tensor) else x for x in np.linalg.qr(bare(a), "complete")))
    k = min(m, n)
    q, r = rows.unpacked(rows.qr_parts(a[..., :k]), (m, k), (k, k))
    if n > m:
        r = TABLE["cat"](-1, r, TABLE["matmul"](_t(q), a[..., k:]))
    return QRResult(q[..., :0, :0] if mode == "r" else q, r)


def _numpys_qr(a: Any, mode: str = "reduced") -> Any:
    found = qr(a, mode)
    return found.R if mode == "r" else found


def eigh(A: Any, UPLO: str = "L") -> EighResult:  # noqa: N803
    """The eigenvalues and eigenvectors of symmetric matrices, of which one triangle is read ("L" or "U").

    The sign of an eigenvector is arbitrary. The gradient through the vectors of equal eigenvalues is infinite; the
    one through the values is not.
    """
    a = _matrices("eigh", A)
    if not isinstance(UPLO, str) or UPLO.upper() not in ("L", "U"):
        raise ArgumentValueError(f"eigh(): UPLO is 'L' or 'U', the triangle that is read, not {UPLO!r}")
    n = a.shape[-1]
    values, vectors = rows.unpacked(rows.eigh_parts(a, UPLO.upper()), (1, n), (n, n))
    return EighResult(values[..., 0, :], vectors)


def eigvalsh(A: Any, UPLO: str = "L") -> Any:  # noqa: N803
    """The eigenvalues of symmetric matrices, in ascending order."""
    return eigh(A, UPLO).eigenvalues


def svd(A: Any, full_matrices: bool = True) -> SVDResult:  # noqa: N803
    """The singular value decomposition A = U diag(S) Vh.

    Parameters
    ----------
    A : Tensor or array of shape (…, m, n)
    full_matrices : bool
        Whether U and Vh are square; otherwise they have min(m, n) columns and rows.

    Notes
    -----
    The signs of the vectors are arbitrary, and so are those beyond the first min(m, n): no gradient flows through
    these. The gradient through the vectors of equal singular values is infinite; the one through the values is not.
    """
    a = _matrices("svd", A, square=False)
    m, n = a.shape[-2:]
    k = min(m, n)
    left, right = ((m, m), (n, n)) if full_matrices else ((m, k), (k, n))
    u, s, vh = rows.unpacked(rows.svd_parts(a, bool(full_matrices)), left, (1, k), right)
    return SVDResult(u, s[..., 0, :], vh)


def svdvals(A: Any) -> Any:  # noqa: N803
    """The singular values, in descending order."""
    return svd(A, full_matrices=False).S


def _numpys_svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    if hermitian:
        raise ArgumentTypeError("np.linalg.svd of a Tensor has no hermitian=True: leave it away, or use np.linalg.eigh")
    return svd(a, full_matrices) if compute_uv else svdvals(a)


# --- norms ------------------------------------------------------------------------------------------------------------

vector_norm = reductions.vector_norm


def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Any:  # noqa: N803
    """A norm of matrices, in two axes.

    Parameters
    ----------
    A : Tensor or array
    ord : {"fro", "nuc", 1, -1, 2, -2, inf, -inf}
        The root of the sum of squares; the sum of the singular values; the largest (smallest) sum of a column, largest
        (smallest) singular value, largest (smallest) sum of a row.
    dim : pair of int
        Which axis counts the rows, and which the columns.
    keepdim : bool
    dtype : data-type, optional
    """
    a = array("matrix_norm", A)
    if dtype is not None:
        a = TABLE["astype"](a, np.dtype(dtype))
    if a.ndim < 2 or not np.iterable(dim) or len(tuple(dim)) != 2:
        raise ShapeError(f"matrix_norm() needs two axes: dim={dim} of shape {tuple(a.shape)}")
    a = _floating("matrix_norm", a)
    row, column = axes_of("matrix_norm", dim, a.ndim)
    if isinstance(ord, str) and ord == "fro":
        return vector_norm(a, 2, (row, column), keepdim)
    if isinstance(ord, (int, float)) and abs(ord) in (1, np.inf):
        summed, left = (row, column) if abs(ord) == 1 else (column, row)
        sums = TABLE["sum"](TABLE["abs"](a), summed, True)
        extreme = reductions.amax if ord > 0 else reductions.amin
        return _shaped(extreme(sums, left, True), a, (row, column), keepdim)
    if ord == "nuc" or (isinstance(ord, (int, float)) and abs(ord) == 2):
        values = svdvals(forms.movedim(a, (row, column), (-2, -1)))
        if ord == "nuc":
            return _shaped(TABLE["sum"](values, -1, False), a, (row, column), keepdim)
        extreme = reductions.amax if ord > 0 else reductions.amin
        return _shaped(extreme(values, -1), a, (row, column), keepdim)
    raise ArgumentValueError(f"matrix_norm(): ord is 'fro', 'nuc', ±1, ±2 or ±inf, not {ord!r:.40}")


def _shaped(out: Any, a: Any, axes: tuple[int, int], keepdim: bool) -> Any:
    """The norms in the shape of a, without its two axes or with 1 in their place."""
    sizes = tuple(1 if axis in axes else n for axis, n in enumerate(a.shape) if keepdim or axis not in axes)
    return TABLE["reshape"](out, sizes)


def norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:  # noqa: N803
    """A norm of vectors or of matrices.

    Parameters
    ----------
    A : Tensor or array
    ord : number or {"fro", "nuc"}, optional
        Without it, the root of the sum of squares.
    dim : int or pair of int, optional
        One axis: of vectors. Two: of matrices. None: of all entries if ord is not given either; otherwise A itself is
        the vector or the matrix.
    keepdim : bool
    dtype : data-type, optional
    """
    a = array("norm", A)
    axes = None if dim is None else tuple(dim) if np.iterable(dim) else (dim,)
    if ord is None:
        return vector_norm(a, 2, axes, keepdim, dtype=dtype)
    if axes is None and a.ndim not in (1, 2):
        raise ShapeError(f"norm(): with ord={ord!r} and shape {tuple(a.shape)}, name the axes of vectors or matrices")
    count = a.ndim if axes is None else len(axes)
    if isinstance(ord, str) or count == 2:
        return matrix_norm(a, ord, (-2, -1) if axes is None else axes, keepdim, dtype=dtype)
    return vector_norm(a, ord, axes, keepdim, dtype=dtype)


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:  # noqa: N803
    """The diagonals of matrices, as the last axis."""
    return forms.diagonal(A, offset, dim1, dim2)


# These have other arguments or results under `autograd` itself, as in PyTorch, so they are in `autograd.linalg` only.
_IN_NUMPY: dict[Callable[..., Any], Callable[..., Any]] = {
    np.linalg.qr: _numpys_qr,
    np.linalg.eigh: eigh,
    np.linalg.eigvalsh: eigvalsh,
    np.linalg.svd: _numpys_svd,
    np.linalg.svdvals: svdvals,
    np.linalg.norm: lambda x, ord=None, axis=None, keepdims=False: norm(x, ord, axis, keepdims),
    np.linalg.matrix_norm: lambda x, /, *, keepdims=False, ord="fro": matrix_norm(x, ord, (-2, -1), keepdims),
    np.linalg.vector_norm: lambda x, /, *, axis=None, keepdims=False, ord=2: vector_norm(x, ord, axis, keepdims),
    np.linalg.diagonal: lambda x, /, *, offset=0: diagonal(x, offset=offset),
}
for _function, _made in _IN_NUMPY.items():
    TABLE.translate(_function, _made)
