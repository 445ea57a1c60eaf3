"""Do products refuse in words what does not fit, and mean what NumPy means under NumPy's names?"""

import numpy as np
import pytest

import autograd
from autograd import ArgumentTypeError, BoundsError, ShapeError, Tensor, Value, gradcheck
from autograd.ops.products import _WORTH_PLANNING

RNG = np.random.default_rng(0)


def draw(*shape):
    return RNG.normal(size=shape)


def leaf(*shape):
    return Tensor(draw(*shape), requires_grad=True)


# --- NumPy's functions, with NumPy's arguments ------------------------------------------------------------------------

NUMPYS = [
    *[
        (np.dot, shapes, {})
        for shapes in (((), (3,)), ((3,), (3,)), ((2, 3), (3,)), ((2, 3), (3, 4)), ((3,), (2, 3, 4)))
    ],
    *[
        (np.dot, shapes, {})
        for shapes in (((2, 2, 3), (3,)), ((2, 2, 3), (3, 4)), ((2, 4, 3), (5, 3, 2)), ((2, 3), ()))
    ],
    *[(np.inner, shapes, {}) for shapes in (((3,), (3,)), ((2, 3), (4, 3)), ((2, 2, 3), (3,)), ((2,), ()))],
    *[(np.outer, shapes, {}) for shapes in (((3,), (2,)), ((2, 2), (3,)), ((), (2, 2)))],
    *[(np.vdot, shapes, {}) for shapes in (((3,), (3,)), ((2, 3), (3, 2)))],
    *[(np.kron, shapes, {}) for shapes in (((2, 2), (1, 3)), ((3,), (2, 2)))],
    (np.tensordot, ((2, 3, 4), (3, 4, 2)), {}),
    (np.tensordot, ((2, 3), (2, 3)), {"axes": ([1, 0], [1, 0])}),
    (np.tensordot, ((2, 3), (2, 4)), {"axes": (0, 0)}),
    (np.cross, ((2, 3), (3,)), {}),
    (np.cross, ((3, 2), (3, 2)), {"axis": 0}),
    (np.cross, ((3, 2), (2, 3)), {"axisa": 0, "axisc": 0}),
    *[(np.trace, ((3, 4),), {"offset": k}) for k in (0, 1, -1)],
    (np.trace, ((2, 3, 3),), {"axis1": 1, "axis2": 2}),
    (np.linalg.trace, ((2, 3, 3),), {"offset": 1}),
    (np.linalg.outer, ((2,), (3,)), {}),
    (np.linalg.matmul, ((2, 3), (3, 2)), {}),
    (np.linalg.cross, ((2, 3), (2, 3)), {}),
    (np.linalg.tensordot, ((2, 3), (3, 2)), {"axes": 1}),
    (np.linalg.vecdot, ((2, 3), (2, 3)), {"axis": 0}),
    (np.vecdot, ((2, 3), (3,)), {}),
    (np.matmul, ((2, 3), (3,)), {}),
]


@pytest.mark.parametrize(("function", "shapes", "options"), NUMPYS)
def test_numpys_functions_of_tensors_give_numpys_numbers_and_right_gradients(function, shapes, options):
    xs = [leaf(*shape) for shape in shapes]
    out = function(*xs, **options)
    np.testing.assert_allclose(out.data, function(*(x.data for x in xs), **options), rtol=1e-13, atol=1e-14)
    gradcheck(lambda *inputs: function(*inputs, **options), xs)


@pytest.mark.skipif(not hasattr(np, "matvec"), reason="from NumPy 2.2 on")
def test_numpys_products_with_vectors():
    a, x, y = leaf(4, 2, 3), leaf(3), leaf(2)
    np.testing.assert_allclose(np.matvec(a, x).data, np.matvec(a.data, x.data))
    np.testing.assert_allclose(np.vecmat(y, a).data, np.vecmat(y.data, a.data))


def test_numpys_einsum_in_its_spellings():
    a, b = leaf(2, 3), leaf(3, 4)
    expected = a.data @ b.data
    for out in (
        np.einsum("ij,jk", a, b),
        np.einsum("ij,jk->ik", a, b, optimize=True),
        np.einsum(a, [0, 1], b, [1, 2], [0, 2]),
        np.einsum(a, [..., 1], b, [1, 2]),
        autograd.einsum("ij,jk", [a, b]),
        autograd.einsum("...j,jk", a, b.data),
    ):
        np.testing.assert_allclose(out.data, expected)


def test_the_method_dot_is_numpys():
    a, b = leaf(2, 4, 3), leaf(5, 3, 2)
    np.testing.assert_allclose(a.dot(b).data, np.dot(a.data, b.data))
    np.testing.assert_allclose(leaf(3).dot(draw(3, 2)).shape, (2,))
    with pytest.raises(ShapeError, match=r"dot\(\) takes a vector and a vector, not shape \(2, 3\) and shape \(3,\)"):
        autograd.dot(leaf(2, 3), leaf(3))


def test_dot_of_scalars_is_one_node():
    xs = [Value(1.0), Value(2.0)]
    assert autograd.dot(xs, [3.0, 4.0]).data == 11.0


def test_plain_arrays_give_plain_arrays():
    a, b = draw(2, 3), draw(3, 2)
    for out in (autograd.mm(a, b), autograd.einsum("ij,ji", a, b), autograd.kron(a, b), autograd.trace(a @ b)):
        assert not isinstance(out, Tensor)


# --- what einsum means ------------------------------------------------------------------------------------------------

EQUATIONS = [
    ("ij->ji", "transpose", lambda a: a.T, [(2, 3)]),
    ("ii", "trace", np.trace, [(3, 3)]),
    ("ii->i", "diagonal", np.diagonal, [(3, 3)]),
    ("ij->", "sum", np.sum, [(2, 3)]),
    ("ij,kj->ik", "a @ bᵀ", lambda a, b: a @ b.T, [(2, 3), (4, 3)]),
    ("b...,b...", "products summed over b", lambda a, b: (a * b).sum(0), [(2, 3), (2, 3)]),
    ("...ij,...jk", "stacks", np.matmul, [(4, 1, 2, 3), (5, 3, 2)]),
    ("i...->...", "a sum over the first", lambda a: a.sum(0), [(3, 2, 2)]),
    ("Ba", "capitals come first", lambda a: a, [(2, 3)]),
    ("aB", "capitals come first", lambda a: a.T, [(2, 3)]),
]


@pytest.mark.parametrize(("equation", "meaning", "plainly", "shapes"), EQUATIONS)
def test_einsum_in_other_words(equation, meaning, plainly, shapes):
    xs = [leaf(*shape) for shape in shapes]
    np.testing.assert_allclose(
        autograd.einsum(equation, *xs).data, plainly(*(x.data for x in xs)), rtol=1e-13, atol=1e-14, err_msg=meaning
    )
    gradcheck(lambda *inputs: autograd.einsum(equation, *inputs), xs)


def test_large_products_take_another_way_to_the_same_numbers():
    a, b, c = draw(40, 40), draw(40, 20), draw(1, 20)
    out = autograd.einsum("ij,jk,ik->i", Tensor(a), Tensor(b), Tensor(c))
    np.testing.assert_allclose(out.data, ((a @ b) * c).sum(1), rtol=1e-11)


LARGE = [
    ("ij,jk->ik", ((40, 41), (41, 42))),
    ("bij,bjk->bik", ((9, 20, 21), (9, 21, 22))),
    ("ij,jk,kl->il", ((14, 15), (15, 16), (16, 17))),
    ("bij,bjk->bik", ((9, 20, 21), (1, 21, 22))),
    ("iij,jk->ik", ((40, 40, 41), (41, 42))),
    ("ij,kl->k", ((14, 15), (16, 17))),
]


@pytest.mark.parametrize(("equation", "shapes"), LARGE)
def test_einsum_of_so_much_that_its_way_is_planned_is_still_the_same(equation, shapes):
    """The values are those of NumPy's plain loop; a gradient is right if ⟨g, y(v)⟩ = ⟨gradient, v⟩ for any v."""
    arrays = [draw(*shape) for shape in shapes]
    tensors = [Tensor(x, requires_grad=True) for x in arrays]
    out = autograd.einsum(equation, *tensors)
    plainly = np.einsum(equation, *arrays, optimize=False)
    letters = sorted(zip(equation.split("->")[0].replace(",", ""), sum(shapes, ()), strict=True))
    assert np.prod(list(dict(letters).values())) > _WORTH_PLANNING  # sorted: the largest size of a letter stays
    np.testing.assert_allclose(out.data, plainly, rtol=1e-10, atol=1e-10)
    upstream = draw(*plainly.shape)
    out.backward(upstream)
    for i, x in enumerate(tensors):
        direction = draw(*x.shape)
        moved = np.einsum(equation, *arrays[:i], direction, *arrays[i + 1 :], optimize=False)
        np.testing.assert_allclose(np.sum(x.grad.data * direction), np.sum(upstream * moved), rtol=1e-9, atol=1e-9)


def test_the_product_of_many_in_any_order_is_the_same_and_cheap():
    xs = [leaf(*shape) for shape in ((2, 30), (30, 4), (4, 50), (50, 3), (3,))]
    out = autograd.linalg.multi_dot(xs)
    expected = np.linalg.multi_dot([x.data for x in xs])
    np.testing.assert_allclose(out.data, expected, rtol=1e-12)
    np.testing.assert_allclose(np.linalg.multi_dot(xs).data, expected, rtol=1e-12)
    sizes = [node.shape for node in _products(out)]
    assert sizes == [(50,), (4,), (30,), (2,)]  # from the vector on: no product of two matrices


def _products(node):
    inner = next((x for x in node.inputs if x.op is not None), None)
    return [*(_products(inner) if inner is not None else []), node]


# --- refusals ---------------------------------------------------------------------------------------------------------

REFUSED = [
    (
        lambda: autograd.einsum("ij,jk", leaf(2, 3), leaf(4, 2)),
        ShapeError,
        r"'ij,jk'.*\(2, 3\) and.*\(4, 2\).*'j'.*3 and",
    ),
    (lambda: autograd.einsum("ij", leaf(2, 3, 4)), ShapeError, r"'ij' does not name the 3 axes of shape \(2, 3, 4\)"),
    (lambda: autograd.einsum("ij,jk", leaf(2, 3)), ShapeError, "2 operands, and there are 1 arrays"),
    (lambda: autograd.einsum("ij->k", leaf(2, 3)), ShapeError, "names 'k', which stands nowhere"),
    (lambda: autograd.einsum("ij->ii", leaf(2, 3)), ShapeError, "names 'i', which stands twice"),
    (lambda: autograd.einsum("ii", leaf(2, 3)), ShapeError, "'i' stands for 2 and for 3 entries in one array"),
    (lambda: autograd.einsum("...i,...i", leaf(2, 3), leaf(4, 3)), ShapeError, "an axis of '...' stands for"),
    (lambda: autograd.einsum("i1", leaf(2, 3)), ShapeError, "'i1' is not letters"),
    (lambda: autograd.einsum("i....j", leaf(2, 3)), ShapeError, "is not letters"),
    (lambda: autograd.einsum(leaf(2), "x", 3), ArgumentTypeError, "lists of numbers from 0 to 51"),
    (lambda: autograd.mm(leaf(2, 3), leaf(2, 3)), ShapeError, r"mm\(\).*\(2, 3\) and shape \(2, 3\).*3 ≠ 2"),
    (lambda: autograd.mm(leaf(2, 3), leaf(3)), ShapeError, r"mm\(\) takes a matrix and a matrix.*matmul"),
    (lambda: autograd.bmm(leaf(2, 2, 3), leaf(1, 3, 2)), ShapeError, "2 matrices and 1 of them; matmul broadcasts"),
    (lambda: autograd.tensordot(leaf(2, 3), leaf(2, 3), 1), ShapeError, r"\(2, 3\).*axis 1.*axis 0.*3 ≠ 2"),
    (lambda: autograd.tensordot(leaf(2), leaf(2), 2), ShapeError, "have not 2 axes each"),
    (lambda: autograd.tensordot(leaf(2), leaf(2), ([0], [1])), BoundsError, "axis 1 does not exist"),
    (lambda: autograd.tensordot(leaf(2), leaf(2), 0.5), ArgumentTypeError, "a number or two lists"),
    (lambda: autograd.tensordot(leaf(2, 2), leaf(2, 2), ([0, 1], [0])), ShapeError, "2 axes of the first and 1"),
    (lambda: autograd.addmm(leaf(5), leaf(2, 3), leaf(3, 4)), ShapeError, r"shape \(5,\).*product of shape \(2, 4\)"),
    (lambda: autograd.trace(leaf(3)), ShapeError, r"trace\(\) takes a matrix, not shape \(3,\)"),
    (lambda: autograd.cross(leaf(2), leaf(2)), ShapeError, r"cross\(\) of shape \(2,\) and.*3 entries"),
    (lambda: autograd.linalg.multi_dot([leaf(2, 3), leaf(2, 3)]), ShapeError, "3 columns and 2 rows"),
    (lambda: autograd.linalg.multi_dot([leaf(2, 3), leaf(3), leaf(3)]), ShapeError, "number 1 has shape"),
    (lambda: autograd.linalg.multi_dot([]), ArgumentTypeError, "at least one"),
    (lambda: autograd.linalg.vecdot(leaf(2, 3), leaf(2)), ShapeError, "not equally many entries"),
    (lambda: autograd.mm(leaf(2, 3)), ArgumentTypeError, "mat2"),
    (lambda: autograd.mm(Value(1.0), leaf(2, 3)), ArgumentTypeError, "takes a Tensor or an array"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_what_does_not_fit_is_refused_with_the_shapes(call, error, words):
    with pytest.raises(error, match=words):
        call()
