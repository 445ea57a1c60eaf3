"""Do functions of matrices hold to the identities that define them, and say which matrix fails?"""

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    LinAlgError,
    ShapeError,
    Tensor,
    gradcheck,
    gradgradcheck,
    jvp,
    vjp,
)
from autograd.linalg import (
    cholesky,
    eigh,
    eigvalsh,
    inv,
    matrix_norm,
    matrix_power,
    multi_dot,
    norm,
    pinv,
    qr,
    slogdet,
    solve,
    solve_triangular,
    svd,
    svdvals,
)

RNG = np.random.default_rng(0)
STACKS = [(3, 3), (2, 3, 3), (2, 1, 2, 2), (1, 1)]


def draw(*shape):
    return RNG.normal(size=shape)


def leaf(entries):
    return Tensor(np.asarray(entries, float), requires_grad=True)


def definite(*shape):
    a = draw(*shape)
    return a @ a.mT + np.eye(shape[-1])


def grad_of(function, entries):
    x = leaf(entries)
    function(x).sum().backward()
    return x.grad.data


def close(ours, expected, tolerance=1e-10):
    np.testing.assert_allclose(getattr(ours, "data", ours), expected, rtol=tolerance, atol=tolerance)


# --- identities -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", STACKS)
def test_jacobis_formula(shape):
    a, direction = draw(*shape), draw(*shape)
    _, change = jvp(autograd.det, (a,), (direction,))
    adjugate = np.linalg.det(a)[..., None, None] * np.linalg.inv(a)
    close(change, np.trace(adjugate @ direction, axis1=-2, axis2=-1))


def test_jacobis_formula_for_singular_matrices():
    close(grad_of(autograd.det, [[1, 2], [2, 4]]), [[4, -2], [-2, 1]])
    close(grad_of(autograd.det, [[1, 2, 3], [2, 4, 6], [1, 0, 1]]), [[4, 4, -4], [-2, -2, 2], [0, 0, 0]])
    close(grad_of(autograd.det, np.zeros((3, 3))), np.zeros((3, 3)))


@pytest.mark.parametrize("shape", STACKS)
def test_the_gradient_of_the_log_determinant_is_the_inverse_transposed(shape):
    a = definite(*shape)
    for function in (autograd.logdet, lambda x: slogdet(x).logabsdet, lambda x: 2 * autograd.log(_diagonal(x)).sum(-1)):
        symmetric = grad_of(function, a)
        close(symmetric, np.linalg.inv(a).mT, 1e-9)


def _diagonal(x):
    return autograd.linalg.diagonal(cholesky(x))


def test_sign_and_logarithm_make_the_determinant():
    a = draw(5, 3, 3)
    sign, size = slogdet(Tensor(a))
    close(sign.data * np.exp(size.data), np.linalg.det(a))
    assert not slogdet(leaf(a)).sign.requires_grad
    assert np.isnan(autograd.logdet(Tensor([[0.0, 1.0], [1.0, 0.0]])).item())


@pytest.mark.parametrize("shape", STACKS)
def test_an_inverse_undoes_and_its_gradient_follows_from_that(shape):
    a = leaf(draw(*shape))
    product = inv(a) @ a
    close(product, np.broadcast_to(np.eye(shape[-1]), shape))
    product.sum().backward()
    close(a.grad, np.zeros(shape), 1e-8)
    close(matrix_power(a, -3).data @ matrix_power(a, 3).data, np.broadcast_to(np.eye(shape[-1]), shape), 1e-7)


@pytest.mark.parametrize("shape", [(3, 2), (2, 4), (2, 3, 3), (2, 2, 3)])
def test_the_four_conditions_of_moore_and_penrose(shape):
    a = draw(*shape)
    x = pinv(Tensor(a)).data
    for left, right in ((a @ x @ a, a), (x @ a @ x, x), ((a @ x).mT, a @ x), ((x @ a).mT, x @ a)):
        close(left, right)
    gradcheck(pinv, [leaf(a)])


def test_what_counts_as_zero_in_a_pseudo_inverse():
    a = np.diag([1.0, 1e-3, 0.0])
    close(pinv(Tensor(a)), np.diag([1.0, 1e3, 0.0]))
    close(pinv(Tensor(a), rtol=1e-2), np.diag([1.0, 0.0, 0.0]))
    close(pinv(Tensor(a * 100), atol=1.0), np.diag([0.01, 0.0, 0.0]))
    close(pinv(Tensor(np.zeros((2, 3))), atol=1.0), np.zeros((3, 2)))
    close(np.linalg.pinv(Tensor(a), rcond=1e-2), np.linalg.pinv(a, rcond=1e-2))
    close(np.linalg.pinv(Tensor(a)), np.linalg.pinv(a))


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)])
def test_solutions_solve(shape, left):
    a, b = leaf(draw(*shape)), leaf(draw(*shape[:-1], 3))
    x = solve(a, b, left=left)
    close(a.data @ x.data if left else x.data @ a.data, b.data)
    gradcheck(lambda a, b: solve(a, b, left=left), [a, b])
    for upper in (True, False):
        half = (np.triu if upper else np.tril)(a.data) + 3 * np.eye(3)
        x = solve_triangular(Tensor(a.data + 3 * np.eye(3)), b, upper=upper, left=left)
        close(half @ x.data if left else x.data @ half, b.data)


def test_numpy_takes_what_has_two_axes_for_a_matrix():
    a, b = draw(3, 3, 3), draw(3, 3)
    close(np.linalg.solve(Tensor(a), Tensor(b)), np.linalg.solve(a, b))
    close(solve(Tensor(a), Tensor(b)), np.linalg.solve(a, b[..., None])[..., 0])  # PyTorch: a stack of vectors


# --- decompositions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", STACKS)
def test_factors_multiply_to_the_matrix(shape):
    a = definite(*shape)
    low, high = cholesky(Tensor(a)), cholesky(Tensor(a), upper=True)
    close(low @ high, a)
    values, vectors = eigh(Tensor(a))
    close((vectors * values[..., None, :]) @ vectors.swapaxes(-1, -2), a)
    close(eigvalsh(Tensor(a)), np.linalg.eigvalsh(a))


def symmetric(a):
    return a + a.swapaxes(-1, -2)


DECOMPOSED = {
    "cholesky": lambda a: cholesky(a @ a.swapaxes(-1, -2) + np.eye(3)),
    "values": lambda a: eigvalsh(symmetric(a)),
    "vectors": lambda a: eigh(symmetric(a)).eigenvectors,
    "upper": lambda a: eigh(symmetric(a), UPLO="U").eigenvectors,
    "singular": svdvals,
    "left": lambda a: svd(a).U,
    "right": lambda a: svd(a, full_matrices=False).Vh,
    "Q": lambda a: qr(a).Q,
    "R": lambda a: qr(a, mode="r").R,
    "wide": lambda a: qr(a[..., :2, :]).R,
}


@pytest.mark.parametrize("name", DECOMPOSED)
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)])
def test_gradients_of_decompositions_equal_central_differences_in_both_modes(name, shape):
    function, a = DECOMPOSED[name], draw(*shape)
    gradcheck(function, [leaf(a)])
    gradgradcheck(function, [leaf(a)])
    tangent = draw(*shape)
    out, back = vjp(function, a)
    upstream = draw(*np.shape(out))
    _, moved = jvp(function, (a,), (tangent,))
    close(np.sum(moved * upstream), np.sum(tangent * back(upstream)))


def test_equal_eigenvalues_have_gradients_of_their_own_but_not_their_vectors():
    close(grad_of(eigvalsh, np.eye(3)), np.eye(3))
    close(grad_of(svdvals, np.eye(3)), np.eye(3))
    with np.errstate(all="ignore"):
        assert not np.isfinite(grad_of(lambda a: eigh(a).eigenvectors[0, 1], np.eye(2))).all()


def test_gradients_for_symmetric_matrices_are_symmetric():
    a = definite(2, 3, 3)
    for function in (cholesky, lambda x: eigh(x).eigenvectors, eigvalsh):
        found = grad_of(function, a)
        close(found, found.mT)


# --- NumPy's spelling -------------------------------------------------------------------------------------------------

A = definite(2, 3, 3)
SPELLED = [
    (np.linalg.inv, {}),
    (np.linalg.det, {}),
    (np.linalg.slogdet, {}),
    (np.linalg.cholesky, {}),
    (np.linalg.cholesky, {"upper": True}),
    (np.linalg.qr, {}),
    (np.linalg.qr, {"mode": "complete"}),
    (np.linalg.qr, {"mode": "r"}),
    (np.linalg.eigh, {}),
    (np.linalg.eigh, {"UPLO": "U"}),
    (np.linalg.eigvalsh, {}),
    (np.linalg.svd, {}),
    (np.linalg.svd, {"full_matrices": False}),
    (np.linalg.svd, {"compute_uv": False}),
    (np.linalg.svdvals, {}),
    (np.linalg.matrix_power, {"n": 3}),
    (np.linalg.matrix_power, {"n": 0}),
    (np.linalg.norm, {}),
    (np.linalg.norm, {"axis": 1, "keepdims": True}),
    (np.linalg.norm, {"ord": 2, "axis": (1, 2)}),
    (np.linalg.norm, {"ord": "nuc", "axis": (2, 0), "keepdims": True}),
    (np.linalg.norm, {"ord": np.inf, "axis": (0, 1)}),
    (np.linalg.matrix_norm, {"ord": -1}),
    (np.linalg.vector_norm, {"ord": 3, "axis": 0}),
    (np.linalg.diagonal, {"offset": 1}),
]


@pytest.mark.parametrize(("function", "options"), SPELLED)
def test_numpys_functions_of_tensors_give_numpys_numbers(function, options):
    ours, theirs = function(Tensor(A), **options), function(A, **options)
    if isinstance(theirs, tuple):
        assert len(ours) == len(theirs)
    for our, their in zip(*((x if isinstance(x, tuple) else (x,)) for x in (ours, theirs)), strict=True):
        assert isinstance(our, Tensor)
        close(our, their)


def test_one_meaning_under_several_names():
    assert autograd.inverse is autograd.inv
    a = Tensor(A)
    close(a.inverse(), inv(a).data)
    close(a.det(), np.linalg.det(A))
    close(a.logdet(), a.slogdet().logabsdet.data)
    close(a.pinverse(), a.inverse().data, 1e-8)
    close(a.cholesky() @ a.cholesky(upper=True), A)
    close(a.matrix_power(2), A @ A)
    close(norm(a), autograd.norm(a).data)
    close(multi_dot([a[0], a[1]]), A[0] @ A[1])


def test_plain_arrays_give_plain_arrays():
    for out in (inv(A), slogdet(A).sign, eigh(A).eigenvectors, svd(A).S, qr(A).Q, cholesky(A), solve(A, A), norm(A)):
        assert not isinstance(out, Tensor)


def test_single_precision_stays():
    a = Tensor(A.astype("float32"))
    for out in (inv(a), eigvalsh(a), svdvals(a), qr(a).R, pinv(a), norm(a, 2, (1, 2)), slogdet(a).sign):
        assert out.dtype == np.float32
    assert solve(a, Tensor(A)).dtype == np.float64


# --- refusals ---------------------------------------------------------------------------------------------------------

SINGULAR = np.stack([np.eye(2), [[1.0, 2.0], [2.0, 4.0]]])
REFUSED = [
    (lambda: inv(Tensor(SINGULAR)), LinAlgError, r"at \[1\] of shape \(2, 2\) is singular"),
    (lambda: solve(Tensor(SINGULAR), Tensor(draw(2, 2))), LinAlgError, r"at \[1\].*singular.*pinv"),
    (lambda: cholesky(Tensor(-SINGULAR)), LinAlgError, r"at \[0\].*not positive definite"),
    (lambda: cholesky(Tensor([[1.0, 2.0], [2.0, 1.0]])), LinAlgError, r"\(2, 2\) is not positive definite"),
    (lambda: solve_triangular(Tensor(np.zeros((2, 2))), Tensor(draw(2, 1)), upper=True), LinAlgError, "0 on the diag"),
    (lambda: inv(Tensor(np.array([[1, 2], [3, 4]]))), DtypeError, r"inv\(\) of int64: convert"),
    (lambda: inv(Tensor(draw(2, 3))), ShapeError, r"inv\(\) takes square matrices.*\(2, 3\)"),
    (lambda: autograd.det(Tensor(draw(3))), ShapeError, r"the shape is \(3,\)"),
    (lambda: svd(Tensor(draw(3))), ShapeError, r"svd\(\) takes matrices"),
    (lambda: solve(Tensor(draw(3, 3)), Tensor(draw(2))), ShapeError, r"3 unknowns.*\(2,\)"),
    (lambda: solve(Tensor(draw(3, 3)), Tensor(draw(3)), left=False), ShapeError, "X @ A = B"),
    (lambda: matrix_power(Tensor(A), 0.5), ArgumentTypeError, "exponent is an integer"),
    (lambda: matrix_power(Tensor(draw(2, 3)), 2), ShapeError, "square"),
    (lambda: qr(Tensor(A), "full"), ArgumentValueError, "'reduced', 'complete' or 'r', not 'full'"),
    (lambda: qr(leaf(draw(3, 2)), "complete"), ArgumentValueError, "not determined.*detach"),
    (lambda: eigh(Tensor(A), "X"), ArgumentValueError, "'L' or 'U'"),
    (lambda: matrix_norm(Tensor(A), 3), ArgumentValueError, "not 3"),
    (lambda: matrix_norm(Tensor(A), 2, 1), ShapeError, "two axes"),
    (lambda: norm(Tensor(A), 1), ShapeError, "name the axes"),
    (lambda: np.linalg.svd(Tensor(A), hermitian=True), ArgumentTypeError, "eigh"),
    (lambda: np.linalg.eigvals(Tensor(A)), ArgumentTypeError, "not in the table"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_what_cannot_be_is_refused_with_the_matrix_at_fault(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_singular_matrices_are_refused_where_the_gradient_needs_the_inverse():
    size = slogdet(leaf([[1.0, 2.0], [2.0, 4.0]])).logabsdet
    assert size.item() == -np.inf
    with pytest.raises(LinAlgError, match="singular"):
        size.backward()
