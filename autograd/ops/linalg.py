"""Matrices: inverse, determinant, solving, and the decompositions. All of them work on stacks of matrices.

The rules are those of M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation" (2008), and for the decompositions those of PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from autograd.errors import LinAlgError, ShapeError
from autograd.ops.shapes import at_diagonal, tril, triu
from autograd.ops.table import entry

__all__ = [
    "cholesky",
    "cofactor",
    "det",
    "eigh_parts",
    "inv",
    "logabsdet",
    "packed",
    "pinv",
    "qr_parts",
    "solve",
    "solve_triangular",
    "svd_parts",
    "unpacked",
]

Forward = Callable[..., Any]


def _t(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


def _of_matrices(fault: str, square: bool = True, trial: Forward | None = None) -> Callable[[Forward], Forward]:
    """Let a function refuse what is not a (square) matrix, and say which matrix of a stack has the ``fault``.

    ``trial`` is a function of one matrix that fails for the same reason.
    """

    def decorate(forward: Forward) -> Forward:
        @wraps(forward)
        def checked(a: Any, *others: Any, **options: Any) -> Any:
            if a.ndim < 2 or (square and a.shape[-1] != a.shape[-2]):
                wanted = "square matrices" if square else "matrices"
                raise ShapeError(f"this is for {wanted}, in the last two axes; the shape is {a.shape}")
            try:
                return forward(a, *others, **options)
            except np.linalg.LinAlgError as problem:
                place = _first_failure(trial or forward, a)
                raise LinAlgError(f"a matrix{place} of shape {a.shape[-2:]} {fault}") from problem

        return checked

    return decorate


def _first_failure(trial: Forward, a: Any) -> str:
    for place in np.ndindex(a.shape[:-2]) if a.ndim > 2 else ():
        try:
            trial(a[place])
        except np.linalg.LinAlgError:
            return f" at {list(place)}"
    return ""


_SINGULAR = "is singular: no matrix undoes it (pinv gives the nearest thing, or add a multiple of the identity)"


@_of_matrices(_SINGULAR)
def _inv(a: Any) -> Any:
    return np.linalg.inv(a)


inv = entry(
    "inv",
    _inv,
    lambda g, y, a: -_t(y) @ g @ _t(y),
    numpy=(np.linalg.inv,),
    sign="⁻¹",
    formula="a⁻¹",
    gradients=("-yᵀ @ g @ yᵀ",),
    examples=(((3, 3),), ((2, 2, 2),), ((1, 1),)),
)


@_of_matrices("has no pseudo-inverse: its singular values could not be found", square=False)
def _pinv(a: Any, rtol: float | None = None) -> Any:
    limit = max(a.shape[-2:]) * np.finfo(a.dtype).eps if rtol is None else rtol
    return np.linalg.pinv(a, rtol=limit)


def _pinv_rule(g: Any, y: Any, a: Any, rtol: float | None) -> Any:
    """Golub and Pereyra, "The differentiation of pseudo-inverses…" (1973), equation 4.12, transposed."""
    yt, gt = _t(y), _t(g)
    left = gt @ y @ yt  # its part outside of a's columns
    right = yt @ y @ gt  # its part outside of a's rows
    return -yt @ g @ yt + left - a @ (y @ left) + right - (right @ y) @ a


pinv = entry(
    "pinv",
    _pinv,
    _pinv_rule,
    sign="⁺",
    formula="a⁺, the pseudo-inverse of Moore and Penrose",
    gradients=("-yᵀ g yᵀ + (1 - a y) gᵀ y yᵀ + yᵀ y gᵀ (1 - y a)",),
    examples=(((3, 2),), ((2, 2, 3),), ((2, 2),)),
    at_kink="Where the rank changes there is no derivative; the rule holds for the rank found.",
)


# --- determinants -----------------------------------------------------------------------------------------------------


@_of_matrices("has no determinant")
def _det(a: Any) -> Any:
    return np.linalg.det(a)


@_of_matrices("has no cofactors: its singular values could not be found")
def _cofactor(a: Any) -> Any:
    """det(a) a⁻ᵀ; from the singular values where a is singular, because the cofactors exist there too."""
    values = np.linalg.det(a)
    if np.all(values != 0):
        try:
            return values[..., None, None] * _t(np.linalg.inv(a))
        except np.linalg.LinAlgError:
            pass  # the determinant is not 0 through rounding only
    u, s, vt = np.linalg.svd(a)
    others = np.where(np.eye(s.shape[-1], dtype=bool), 1, s[..., None, :]).prod(axis=-1)
    return (np.linalg.det(u) * np.linalg.det(vt))[..., None, None] * (u * others[..., None, :]) @ vt


def _cofactor_rule(g: Any, y: Any, a: Any) -> Any:
    undo = _t(inv(a))
    return np.sum(g * y, axis=(-2, -1), keepdims=True) * undo - y @ _t(g) @ undo


cofactor = entry(
    "cofactor",
    _cofactor,
    _cofactor_rule,
    sign="cof",
    formula="the cofactors of a: det(a) a⁻ᵀ",
    gradients=("Σ(g y) a⁻ᵀ - y gᵀ a⁻ᵀ",),
    examples=(((3, 3),), ((2, 2, 2),)),
    doc="The gradient of the determinant, at singular matrices too; its own gradient needs a⁻¹.",
)

det = entry(
    "det",
    _det,
    lambda g, y, a: g[..., None, None] * cofactor(a),
    numpy=(np.linalg.det,),
    formula="det a",
    gradients=("g cof(a)",),
    examples=(((3, 3),), ((2, 2, 2),), ((1, 1),)),
)


@_of_matrices("has no determinant")
def _logabsdet(a: Any) -> Any:
    return np.linalg.slogdet(a)[1]


logabsdet = entry(
    "logabsdet",
    _logabsdet,
    lambda g, y, a: g[..., None, None] * _t(inv(a)),
    sign="ln|det|",
    formula="ln |det a|",
    gradients=("g a⁻ᵀ",),
    examples=(((3, 3),), ((2, 2, 2),), ((1, 1),)),
)


# --- solving ----------------------------------------------------------------------------------------------------------


def _is_vector(a: Any, b: Any) -> bool:
    """PyTorch's rule for what stands on the right: a (stack of) vectors if it has the shape of a without columns."""
    return len(b.shape) == 1 or (len(b.shape) == len(a.shape) - 1 and b.shape == a.shape[:-1])


@_of_matrices(
    "is singular: the equations have no solution, or many (pinv(a) @ b is the shortest, nearest one)",
    trial=np.linalg.inv,
)
def _solve(a: Any, b: Any) -> Any:
    vector = _is_vector(a, b)
    if b.ndim == 0 or b.shape[-1 if vector else -2] != a.shape[-1]:
        raise ShapeError(f"{a.shape[-1]} unknowns, but the right side has shape {b.shape}")
    return np.linalg.solve(a, b[..., None])[..., 0] if vector else np.linalg.solve(a, b)


def _outer(left: Any, right: Any, vector: bool) -> Any:
    return left[..., :, None] * right[..., None, :] if vector else left @ _t(right)


def _transposed_solution(g: Any, a: Any, vector: bool) -> Any:
    return solve(_t(a), g[..., None])[..., 0] if vector else solve(_t(a), g)


solve = entry(
    "solve",
    _solve,
    lambda g, y, a, b: -_outer(_transposed_solution(g, a, _is_vector(a, b)), y, _is_vector(a, b)),
    lambda g, y, a, b: _transposed_solution(g, a, _is_vector(a, b)),
    formula="x in a @ x = b",
    gradients=("-a⁻ᵀ g yᵀ", "a⁻ᵀ g"),
    examples=(
        ((3, 3), (3,)),
        ((3, 3), (3, 2)),
        ((2, 3, 3), (2, 3)),
        ((2, 2, 2), (2, 2, 1)),
        ((3, 2, 2), (2,)),
        ((2, 2), (3, 2, 4)),
        ((2, 1, 2, 2), (3, 2, 2)),
    ),
)


@_of_matrices("is singular: it has a 0 on the diagonal", trial=lambda a: np.linalg.inv(np.diag(np.diagonal(a))))
def _solve_triangular(a: Any, b: Any, upper: bool, unitriangular: bool = False) -> Any:
    if b.ndim < 2 or b.shape[-2] != a.shape[-1]:
        raise ShapeError(f"{a.shape[-1]} unknowns, but the right side has shape {b.shape}; it must be a matrix")
    if a.ndim == b.ndim == 2:
        from scipy.linalg import solve_triangular

        return solve_triangular(a, b, lower=not upper, unit_diagonal=unitriangular, check_finite=False)
    half = (np.triu if upper else np.tril)(a, (1 if upper else -1) if unitriangular else 0)
    return np.linalg.solve(half + np.eye(a.shape[-1], dtype=a.dtype) if unitriangular else half, b)


def _to_triangle(g: Any, y: Any, a: Any, b: Any, upper: bool, unitriangular: bool) -> Any:
    full = -solve_triangular(_t(a), g, not upper, unitriangular) @ _t(y)
    return triu(full, int(unitriangular)) if upper else tril(full, -int(unitriangular))


def _to_right_side(g: Any, y: Any, a: Any, b: Any, upper: bool, unitriangular: bool) -> Any:
    return solve_triangular(_t(a), g, not upper, unitriangular)


solve_triangular = entry(
    "solve_triangular",
    _solve_triangular,
    _to_triangle,
    _to_right_side,
    sign="solve △",
    formula="x in a @ x = b, where only one triangle of a is looked at",
    gradients=("the triangle of -a⁻ᵀ g yᵀ", "a⁻ᵀ g"),
    examples=(
        ((3, 3), (3, 2), True),
        ((3, 3), (3, 2), False),
        ((3, 3), (3, 1), True, True),
        ((2, 3, 3), (2, 3, 2), False, True),
        ((2, 2), (3, 2, 1), True),
    ),
)


# --- decompositions ---------------------------------------------------------------------------------------------------


def _half_diagonal(a: Any) -> Any:
    """The lower triangle, its diagonal halved."""
    return (tril(a) + tril(a, -1)) / 2


@_of_matrices("is not positive definite: it has no Cholesky decomposition")
def _cholesky(a: Any) -> Any:
    return np.linalg.cholesky(a)


def _cholesky_rule(g: Any, y: Any, a: Any) -> Any:
    """I. Murray, "Differentiation of the Cholesky decomposition" (2016), equation 10; made symmetric."""
    inner = _half_diagonal(_t(y) @ g)
    left = solve_triangular(_t(y), inner + _t(inner), True)
    return _t(solve_triangular(_t(y), _t(left), True)) / 2


cholesky = entry(
    "cholesky",
    _cholesky,
    _cholesky_rule,
    sign="chol",
    formula="lower triangular L with L @ Lᵀ = a",
    gradients=("L⁻ᵀ Φ(Lᵀ g) L⁻¹, made symmetric",),
    doc="Only the lower triangle of a is read; the gradient is symmetric, as a is.",
)


def packed(*parts: Any) -> Any:
    """Several matrices of one stack in a single array, along its last axis: one node has one output."""
    lead = parts[0].shape[:-2]
    return np.concatenate([np.reshape(part, (*lead, prod(part.shape[-2:]))) for part in parts], axis=-1)


def unpacked(array: Any, *shapes: tuple[int, int]) -> list[Any]:
    """The matrices of these shapes that were packed."""
    out = []
    start = 0
    for shape in shapes:
        part = array[..., start : start + prod(shape)]
        out.append(np.reshape(part, (*array.shape[:-1], *shape)))
        start += prod(shape)
    return out


def _over(numerator: Any, gaps: Any) -> Any:
    """The quotient; 0 where both are 0: equal eigenvalues matter only to what tells their eigenvectors apart."""
    neither = np.logical_and(np.equal(numerator, 0), np.equal(gaps, 0))
    return numerator / np.where(neither, 1, gaps)


def _gaps(values: Any) -> Any:
    """values[j] - values[i] at [i, j]; the diagonal, which is divided by too, is 1."""
    return values[..., None, :] - values[..., :, None] + np.eye(values.shape[-1], dtype=values.dtype)


def _skew(a: Any) -> Any:
    return a - _t(a)


def _eigh_shapes(a: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    n = a.shape[-1]
    return (1, n), (n, n)


@_of_matrices("has no eigenvalues: the iteration did not converge")
def _eigh(a: Any, uplo: Any = "L") -> Any:
    values, vectors = np.linalg.eigh(a, uplo)
    return packed(values[..., None, :], vectors)


def _diagonal_of(values: Any) -> Any:
    """Square matrices with these diagonals."""
    n = values.shape[-1]
    return at_diagonal(values, (*values.shape[:-1], n, n), 0, -2, -1)


def _eigh_rule(g: Any, y: Any, a: Any, uplo: str) -> Any:
    values, v = unpacked(y, *_eigh_shapes(a))
    to_values, to_v = unpacked(g, *_eigh_shapes(a))
    inner = _skew(_t(v) @ to_v) / 2  # to symmetric matrices, only this part matters; so the gradient is symmetric
    return v @ (_over(inner, _gaps(values[..., 0, :])) + _diagonal_of(to_values[..., 0, :])) @ _t(v)


eigh_parts = entry(
    "eigh_parts",
    _eigh,
    _eigh_rule,
    sign="eigh",
    formula="eigenvalues and eigenvectors of a symmetric a, packed",
    gradients=("V (skew(Vᵀ g_V) / 2(λⱼ - λᵢ) + diag g_λ) Vᵀ",),
    at_kink="The gradient through the vectors of equal eigenvalues is infinite.",
)


def _svd_shapes(a: Any, full: bool) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    m, n = a.shape[-2:]
    k = min(m, n)
    return (m, m if full else k), (1, k), (n if full else k, n)


@_of_matrices("has no singular values: the iteration did not converge", square=False)
def _svd(a: Any, full_matrices: bool = True) -> Any:
    u, s, vt = np.linalg.svd(a, full_matrices)
    return packed(u, s[..., None, :], vt)


def _svd_rule(g: Any, y: Any, a: Any, full_matrices: bool) -> Any:
    """The columns of U and V beyond the singular values are arbitrary: nothing flows to them (as in PyTorch)."""
    m, n = a.shape[-2:]
    k = min(m, n)
    u, s, vt = unpacked(y, *_svd_shapes(a, full_matrices))
    to_u, to_s, to_vt = unpacked(g, *_svd_shapes(a, full_matrices))
    u, to_u, v, to_v = u[..., :k], to_u[..., :k], _t(vt[..., :k, :]), _t(to_vt[..., :k, :])
    s = s[..., 0, :]
    gaps = _gaps(s) * (s[..., None, :] + s[..., :, None])  # the difference of squares
    in_u, in_v = _over(_skew(_t(u) @ to_u), gaps), _over(_skew(_t(v) @ to_v), gaps)
    inner = in_u * s[..., None, :] + s[..., :, None] * in_v + _diagonal_of(to_s[..., 0, :])
    out = u @ inner @ _t(v)
    if m > k:
        out = out + _over(to_u - u @ (_t(u) @ to_u), s[..., None, :]) @ _t(v)
    if n > k:
        out = out + u @ _t(_over(to_v - v @ (_t(v) @ to_v), s[..., None, :]))
    return out


svd_parts = entry(
    "svd_parts",
    _svd,
    _svd_rule,
    sign="svd",
    formula="U, S and Vᵀ of a = U diag(S) Vᵀ, packed",
    gradients=("U (skew(Uᵀ g_U)/E S + S skew(Vᵀ g_V)/E + diag g_S) Vᵀ + …",),
    examples=(((3, 3),), ((3, 2), False), ((2, 3), False), ((2, 2, 2),)),
    at_kink="The gradient through the vectors of equal singular values, or of 0, is infinite.",
)


def _qr_shapes(a: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    m, n = a.shape[-2:]
    return (m, n), (n, n)


@_of_matrices("has no QR decomposition", square=False)
def _qr(a: Any) -> Any:
    return packed(*np.linalg.qr(a))


def _qr_rule(g: Any, y: Any, a: Any) -> Any:
    q, r = unpacked(y, *_qr_shapes(a))
    to_q, to_r = unpacked(g, *_qr_shapes(a))
    inner = r @ _t(to_r) - _t(to_q) @ q
    below = tril(inner, -1)
    mirrored = below + _t(below) + inner - below - triu(inner, 1)
    return _t(solve_triangular(r, _t(to_q + q @ mirrored), True))


qr_parts = entry(
    "qr_parts",
    _qr,
    _qr_rule,
    sign="qr",
    formula="Q and R of a = Q R, packed, for at least as many rows as columns",
    gradients=("(g_Q + Q mirrored(R g_Rᵀ - g_Qᵀ Q)) R⁻ᵀ",),
    examples=(((3, 3),), ((4, 2),), ((2, 3, 2),)),
)
