"""The transforms: gradients, Jacobians and products of functions, of any order, structure and nesting."""

import math
import threading
from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import autograd
import autograd.numpy as anp
from autograd import (
    ArgumentTypeError,
    BoundsError,
    DtypeError,
    GraphError,
    ShapeError,
    Tensor,
    Value,
    deriv,
    elementwise_grad,
    ggnvp,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_tensor_product,
    hvp,
    jacobian,
    jvp,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    no_grad,
    tensor_jacobian_product,
    value_and_grad,
    vjp,
)
from autograd.graph import gradients
from autograd.lineage import lineage, pull

RNG = np.random.default_rng(0)
A = RNG.standard_normal((4, 3))
X = RNG.standard_normal(3)


def f(x):
    return np.sum(np.tanh(A @ x) ** 2)


def numeric_jacobian(fun, x, eps=1e-6):
    columns = []
    for place in np.ndindex(np.shape(x)):
        step = np.zeros(np.shape(x))
        step[place] = eps
        columns.append((np.asarray(fun(x + step)) - np.asarray(fun(x - step))) / (2 * eps))
    return np.stack(columns, -1).reshape(*np.shape(columns[0]), *np.shape(x))


class TestGrad:
    def test_it_is_the_gradient(self):
        np.testing.assert_allclose(grad(f)(X), numeric_jacobian(f, X), atol=1e-8)

    @pytest.mark.parametrize("order", range(1, 7))
    def test_any_order(self, order):
        fun = np.sin
        for _ in range(order):
            fun = grad(fun)
        assert fun(0.7) == pytest.approx(np.sin(0.7 + order * np.pi / 2), abs=1e-12)

    def test_a_tuple_of_positions_gives_a_tuple(self):
        to_b, to_a = grad(lambda a, b, k=1.0: k * np.sum(a * a * b), (1, 0))(X, 2 * X, k=3.0)
        np.testing.assert_allclose(to_a, 12 * X**2)
        np.testing.assert_allclose(to_b, 3 * X**2)

    def test_a_negative_position_counts_from_the_end(self):
        assert grad(lambda a, b: a * b, -1)(2.0, 3.0) == 2.0

    def test_the_gradient_has_the_structure_of_the_argument(self):
        pair = namedtuple("pair", "w b")
        params = OrderedDict(z=[pair(np.ones((2, 2)), 3.0), None], a=(np.float32(2.0),), n={})
        made = grad(lambda p: np.sum(p["z"][0].w) * p["z"][0].b * p["a"][0] ** 2)(params)
        assert list(made) == ["z", "a", "n"]
        assert isinstance(made, OrderedDict)
        assert isinstance(made["z"][0], pair)
        np.testing.assert_array_equal(made["z"][0].w, np.full((2, 2), 12.0))
        assert made["z"][0].b == 16.0
        assert made["z"][1] is None
        assert made["a"] == (48.0,)
        assert made["n"] == {}

    def test_value_and_grad_returns_both(self):
        value, gradient = value_and_grad(f)(X)
        assert isinstance(value, float)
        assert value == f(X)
        np.testing.assert_array_equal(gradient, grad(f)(X))

    def test_aux_comes_back_bare(self):
        gradient, aux = grad(lambda x: (np.sum(x * x), {"twice": 2 * x, "text": "t"}), has_aux=True)(X)
        np.testing.assert_array_equal(gradient, 2 * X)
        assert type(aux["twice"]) is np.ndarray
        assert aux["text"] == "t"
        (value, aux), gradient = value_and_grad(lambda x: (np.sum(x), x), has_aux=True)(X)
        assert value == np.sum(X)
        assert grad_and_aux(lambda x: (x * x, x))(3.0) == (6.0, 3.0)

    def test_named_and_all(self):
        def fun(a, b=2.0, *rest, **options):
            return a * b * rest[0] * options["z"] if rest else a * b

        assert grad_named(fun, "b")(3.0, 4.0) == 3.0
        assert multigrad_dict(fun)(3.0) == {"a": 2.0, "b": 3.0, "rest": (), "options": {}}
        assert multigrad_dict(fun)(3.0, 4.0, 5.0, z=6.0) == {
            "a": 120.0,
            "b": 90.0,
            "rest": (72.0,),
            "options": {"z": 60.0},
        }

    def test_elementwise(self):
        np.testing.assert_allclose(elementwise_grad(lambda x: x**3)(A), 3 * A**2)
        np.testing.assert_allclose(autograd.egrad(autograd.egrad(np.sin))(A), -np.sin(A))

    def test_an_output_that_does_not_depend_on_the_argument_gives_zeros(self):
        np.testing.assert_array_equal(grad(lambda x: 3.0)(A), np.zeros_like(A))
        np.testing.assert_array_equal(grad(lambda x: np.sum(x > 0))(A), np.zeros_like(A))
        assert grad(lambda x: Tensor(2.0))(Value(1.0)).data == 0.0

    def test_a_single_entry_counts_as_a_number(self):
        np.testing.assert_array_equal(grad(lambda x: np.sum(x * x, axis=0, keepdims=True))(X), 2 * X)

    def test_what_is_written_into_a_gradient_stays_there(self):
        first, second = grad(lambda a, b: np.sum(a + b), (0, 1))(X, X)
        first += 1
        np.testing.assert_array_equal(second, np.ones(3))

    def test_numpy_functions_can_be_differentiated_themselves(self):
        assert grad(np.tanh)(0.0) == 1.0
        assert grad(np.tanh).__name__ == "grad_of_tanh"


class TestKinds:
    """What goes in decides what comes out."""

    @pytest.mark.parametrize("x", [3, 3.0, np.float64(3.0), np.int32(3), np.array(3.0)])
    def test_numbers_give_numbers(self, x):
        made = grad(lambda x: x * x)(x)
        assert isinstance(made, np.float64)
        assert made == 6.0

    def test_arrays_keep_their_element_type(self):
        made = grad(lambda x: np.sum(x * x))(X.astype(np.float32))
        assert type(made) is np.ndarray
        assert made.dtype == np.float32
        assert value_and_grad(lambda x: np.sum(x * x))(X.astype(np.float32))[0].dtype == np.float32

    def test_integer_arrays_are_taken_as_doubles(self):
        made = grad(lambda x: np.sum(x * x))(np.array([1, 2]))
        assert made.dtype == np.float64
        np.testing.assert_array_equal(made, [2, 4])

    def test_tensors_give_tensors(self):
        x = Tensor(X)
        value, made = value_and_grad(f)(x)
        assert isinstance(made, Tensor)
        assert isinstance(value, Tensor)
        assert not made.requires_grad
        np.testing.assert_array_equal(made.data, grad(f)(X))
        assert not x.requires_grad
        assert x.grad is None

    def test_a_tensor_that_requires_a_gradient_gives_a_recorded_one(self):
        x = Tensor(X, requires_grad=True)
        made = grad(lambda x: np.sum(x**3))(x)
        made.sum().backward()
        np.testing.assert_allclose(x.grad.data, 6 * X)

    def test_values_give_values(self):
        seen = []
        made = grad(lambda x: (seen.append(type(x)), x**3)[1])(Value(2.0))
        assert seen == [Value]
        assert isinstance(made, Value)
        assert made.data == 12.0

    def test_second_derivatives_of_values(self):
        (aa, ab), (ba, bb) = hessian(lambda a, b: a * a * b + b**3, (0, 1))(Value(2.0), Value(3.0))
        assert [x.data for x in (aa, ab, ba, bb)] == [6.0, 4.0, 4.0, 18.0]

    def test_lists_of_values(self):
        made = grad(lambda xs: autograd.dot(xs, xs))([Value(1.0), Value(2.0)])
        assert [x.data for x in made] == [2.0, 4.0]

    def test_arrays_of_values(self):
        made = grad(lambda x: np.sum(x * x))(np.array([Value(1.0), Value(2.0)]))
        assert [x.data for x in made] == [2.0, 4.0]

    @pytest.mark.parametrize("x", ["text", True, 1j, np.array([True]), object()])
    def test_what_is_not_a_real_number_is_refused(self, x):
        with pytest.raises(ArgumentTypeError, match="cannot be differentiated"):
            grad(lambda x: x)(x)

    def test_a_tensor_of_integers_is_refused(self):
        with pytest.raises(DtypeError, match="floating-point"):
            grad(lambda x: x.sum())(Tensor(np.array([1, 2])))


class TestNesting:
    def test_inner_and_outer_derivatives_are_not_confused(self):
        assert grad(lambda x: x * grad(lambda y: x + y)(2.0))(5.0) == 1.0
        assert grad(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0
        assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z * z)(y))(x))(2.0) == 16.0

    def test_the_same_in_forward_mode(self):
        def d(fun):
            return lambda x: jvp(fun, (x,), (1.0,))[1]

        for inner in (d, grad):
            for outer in (d, grad):
                assert outer(lambda x, inner=inner: x * inner(lambda y: x + y)(2.0))(5.0) == 1.0
                assert outer(lambda x, inner=inner: x * inner(lambda y: x * y)(x))(3.0) == 6.0
                assert outer(lambda x, inner=inner: inner(lambda y: x * x * y**3)(x))(2.0) == 3 * 4 * 2.0**3

    def test_mixed_derivatives(self):
        made = grad(grad(lambda x, y: np.sin(x) * np.exp(x * y), 0), 1)(0.3, 0.8)
        expected = np.exp(0.24) * (0.3 * np.cos(0.3) + np.sin(0.3) * (1 + 0.24))
        assert made == pytest.approx(expected, rel=1e-12)

    def test_variables_of_a_closure_get_their_gradients(self):
        w = Tensor(2.0, requires_grad=True, dtype="float64")
        slope = grad(lambda x: w * x**3)(1.5)
        assert isinstance(slope, Tensor)
        slope.backward()
        assert float(w.grad) == pytest.approx(3 * 1.5**2)

    def test_no_gradient_is_left_anywhere(self):
        w = Tensor(2.0, requires_grad=True)
        x = Tensor([1.0, 2.0], requires_grad=True)
        y = x * w
        grad(lambda y: (y * w).sum())(y)
        jacobian(lambda y: y * w)(y)
        hvp(lambda y: (y**3 * w).sum(), (y,), (y,))
        assert x.grad is None
        assert w.grad is None
        assert y.grad is None

    def test_a_bare_pass_is_not_recorded(self):
        assert type(grad(lambda x: x * Tensor(2.0))(1.0)) is np.float64

    def test_the_outer_graph_is_not_walked(self):
        x = Tensor([1.0], requires_grad=True)
        y = x * 2.0
        y.sum().backward()  # frees what is behind y
        assert float(grad(lambda y: (y * y).sum())(y).data[0]) == 4.0

    def test_under_no_grad_the_result_is_not_recorded(self):
        x = Tensor(X, requires_grad=True)
        with no_grad():
            made = grad(lambda x: np.sum(x**3))(x)
            number = grad(lambda x: x**3)(Value(2.0))
        assert not made.requires_grad
        np.testing.assert_allclose(made.data, 3 * X**2)
        assert number.data == 12.0

    def test_no_grad_inside_cuts(self):
        def fun(x):
            with no_grad():
                scale = x * 2.0
            return scale * x

        assert grad(fun)(3.0) == 6.0

    def test_threads(self):
        made = {}

        def work(k):
            made[k] = grad(grad(lambda x: x**k))(2.0)

        threads = [threading.Thread(target=work, args=(k,)) for k in range(2, 8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == {k: pytest.approx(k * (k - 1) * 2.0 ** (k - 2)) for k in range(2, 8)}


class TestPull:
    def test_it_is_the_backward_pass(self):
        w = Tensor(X, requires_grad=True)
        y = w * 2.0
        out = (np.tanh(y) * w * y).sum()
        order, outside = lineage([out], {w})
        assert not outside
        ones = np.ones((), out.dtype)
        np.testing.assert_array_equal(pull(order, {w}, {out: ones}, False)[w], gradients({out: ones})[w])
        order, outside = lineage([out], {y})
        assert outside
        assert w not in set(order)


class TestVjp:
    def test_the_value_and_any_number_of_products(self):
        out, back = vjp(lambda x, y: (x * y, y), X, 2.0)
        assert type(out) is tuple
        for _ in range(2):
            to_x, to_y = back((np.ones(3), 5.0))
            np.testing.assert_array_equal(to_x, np.full(3, 2.0))
            assert to_y == pytest.approx(np.sum(X) + 5.0)

    def test_aux(self):
        out, back, aux = vjp(lambda x: (x * x, x + 1), 3.0, has_aux=True)
        assert (out, back(1.0), aux) == (9.0, (6.0,), 4.0)

    def test_arrays_changed_afterwards_do_no_harm(self):
        x = X.copy()
        _, back = vjp(lambda x: x**3, x)
        x[:] = 0.0
        np.testing.assert_allclose(back(np.ones(3))[0], 3 * X**2)

    def test_a_product_can_be_differentiated_in_the_cotangent(self):
        made = grad(lambda g: np.sum(vjp(lambda x: x**2, X)[1](g)[0] * X))(np.ones(3))
        np.testing.assert_allclose(made, 2 * X * X)

    def test_the_form_of_hips_autograd(self):
        back, out = make_vjp(lambda a, b: a * b, 1)(2.0, 3.0)
        assert (out, back(1.0)) == (6.0, 2.0)

    @pytest.mark.parametrize(
        ("cotangent", "error", "text"),
        [
            (np.ones(2), ShapeError, r"shape \(2,\) where \(3,\)"),
            ([np.ones(3)], ShapeError, "list"),
            ("no", ArgumentTypeError, "made of numbers"),
        ],
    )
    def test_a_cotangent_that_does_not_fit_is_refused(self, cotangent, error, text):
        with pytest.raises(error, match=text):
            vjp(lambda x: x * 2, X)[1](cotangent)


class TestMatrices:
    @pytest.mark.parametrize("shape", [(), (3,), (2, 2), (1, 3)])
    def test_jacobian(self, shape):
        x = RNG.standard_normal(shape)

        def fun(x):
            return x[..., None] * np.arange(1.0, 6.0) * np.sum(x) ** 2

        made = jacobian(fun)(x)
        assert np.shape(made) == (*shape, 5, *shape)
        np.testing.assert_allclose(made, numeric_jacobian(fun, x), atol=1e-6)

    def test_rows_and_columns_agree(self):
        def wide(x):  # fewer outputs than inputs: by rows
            return A.T[:2] @ np.sin(A @ x)

        def tall(x):  # more outputs than inputs: by columns
            return np.sin(A @ x)

        np.testing.assert_allclose(jacobian(wide)(X), numeric_jacobian(wide, X), atol=1e-8)
        np.testing.assert_allclose(jacobian(tall)(X), np.cos(A @ X)[:, None] * A, rtol=1e-12)

    def test_trees(self):
        made = jacobian(lambda p: {"s": p[0] * p[1], "t": (p[1],)})((X, 2.0))
        np.testing.assert_array_equal(made["s"][0], 2 * np.eye(3))
        np.testing.assert_array_equal(made["s"][1], X)
        np.testing.assert_array_equal(made["t"][0][0], np.zeros(3))
        assert made["t"][0][1] == 1.0

    def test_a_constant_output_gives_zeros(self):
        np.testing.assert_array_equal(jacobian(lambda x: np.ones(2))(X), np.zeros((2, 3)))

    def test_an_empty_output(self):
        assert jacobian(lambda x: x[:0])(X).shape == (0, 3)

    def test_hessian(self):
        made = hessian(f)(X)
        assert made.shape == (3, 3)
        np.testing.assert_allclose(made, numeric_jacobian(grad(f), X), atol=1e-8)
        np.testing.assert_allclose(made, made.T, atol=1e-14)

    def test_hessian_of_a_function_of_a_matrix(self):
        made = hessian(lambda m: np.sum((m @ m.T) ** 2))(A[:2])
        assert made.shape == (2, 3, 2, 3)
        np.testing.assert_allclose(made, numeric_jacobian(grad(lambda m: np.sum((m @ m.T) ** 2)), A[:2]), atol=1e-5)

    def test_hessian_of_several_arguments(self):
        (aa, ab), (ba, bb) = hessian(lambda a, b: np.sum(a * b**2), (0, 1))(X, 2 * X)
        np.testing.assert_array_equal(aa, np.zeros((3, 3)))
        np.testing.assert_allclose(ab, np.diag(4 * X))
        np.testing.assert_allclose(ba, np.diag(4 * X))
        np.testing.assert_allclose(bb, np.diag(2 * X))

    def test_tensors(self):
        x = Tensor(X, requires_grad=True)
        made = jacobian(lambda x: x**2)(x)
        made.sum().backward()
        np.testing.assert_allclose(x.grad.data, np.full(3, 2.0))
        assert isinstance(jacobian(lambda x: x**2)(Tensor(X)), Tensor)


class TestProducts:
    V = np.array([1.0, -2.0, 0.5])

    def test_hvp_in_all_its_forms(self):
        expected = hessian(f)(X) @ self.V
        np.testing.assert_allclose(hvp(f, (X,), (self.V,)), expected, rtol=1e-12)
        product, gradient = make_hvp(f)(X)
        np.testing.assert_allclose(product(self.V), expected, rtol=1e-12)
        np.testing.assert_array_equal(gradient, grad(f)(X))
        np.testing.assert_allclose(hessian_tensor_product(f)(X, self.V), expected, rtol=1e-12)
        np.testing.assert_allclose(grad(lambda x: np.sum(grad(f)(x) * self.V))(X), expected, rtol=1e-12)

    def test_hvp_of_several_arguments_and_trees(self):
        made = hvp(lambda p, b: np.sum(p["a"] ** 2) * b, ({"a": X}, 3.0), ({"a": self.V}, 1.0))
        np.testing.assert_allclose(made[0]["a"], 6 * self.V + 2 * X)
        assert made[1] == pytest.approx(2 * X @ self.V)

    def test_ggnvp(self):
        def model(x):
            return np.tanh(A @ x)

        def loss(out):
            return np.sum(np.exp(out)) + np.sum(out) ** 2

        j = jacobian(model)(X)
        h = hessian(loss)(model(X))
        expected = j.T @ h @ j @ self.V
        np.testing.assert_allclose(ggnvp(model, loss, (X,), (self.V,)), expected, rtol=1e-12)
        np.testing.assert_allclose(make_ggnvp(model, loss)(X)(self.V), expected, rtol=1e-12)
        np.testing.assert_allclose(make_ggnvp(model)(X)(self.V), j.T @ j @ self.V, rtol=1e-12)

    def test_tensor_jacobian_product(self):
        def fun(x):
            return x[:, None] * x**2

        j = jacobian(fun)(X)
        np.testing.assert_allclose(tensor_jacobian_product(fun)(X, self.V), np.tensordot(self.V, j, 1))
        np.testing.assert_allclose(tensor_jacobian_product(fun)(X, np.outer(X, X)), np.tensordot(np.outer(X, X), j, 2))

    def test_jvp_forms(self):
        value, tangent = jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
        assert (value, tangent) == (6.0, 23.0)
        assert jvp(lambda x: (x * x, "aux"), (2.0,), (1.0,), has_aux=True) == (4.0, 4.0, "aux")
        assert make_jvp(lambda x: x**3)(2.0)(0.5) == (8.0, 6.0)
        assert deriv(np.sin)(0.3) == pytest.approx(np.cos(0.3))


class TestRefusals:
    @pytest.mark.parametrize(
        ("fun", "error", "text"),
        [
            (lambda x: x * 2, ShapeError, r"returned shape \(3,\)"),
            (lambda x: None, ArgumentTypeError, "returned None"),
            (lambda x: (x.sum(), x), ArgumentTypeError, "has_aux"),
            (lambda x: "text", ArgumentTypeError, "no number"),
        ],
    )
    def test_an_output_that_is_no_number(self, fun, error, text):
        with pytest.raises(error, match=text):
            grad(fun)(X)

    def test_a_position_that_is_not_there(self):
        with pytest.raises(BoundsError, match="argument 1"):
            grad(lambda x: x, 1)(2.0)
        with pytest.raises(ArgumentTypeError, match="no argument 'z'"):
            grad_named(lambda x: x, "z")

    def test_what_is_no_function(self):
        with pytest.raises(ArgumentTypeError, match="takes a function"):
            grad(3.0)

    def test_aux_that_is_missing(self):
        with pytest.raises(ArgumentTypeError, match="a pair"):
            grad(lambda x: x, has_aux=True)(2.0)

    def test_tangents_that_do_not_fit(self):
        with pytest.raises(ShapeError, match="2 primals but 1"):
            jvp(lambda x, y: x, (1.0, 2.0), (1.0,))
        with pytest.raises(ShapeError, match=r"\(2,\) where \(3,\)"):
            jvp(lambda x: x, (X,), (np.ones(2),))
        with pytest.raises(ArgumentTypeError, match="a tuple"):
            jvp(lambda x: x, 1.0, 1.0)

    def test_a_value_for_the_tangent_of_a_tensor(self):
        with pytest.raises((GraphError, ShapeError)):
            jvp(lambda x: x, (Tensor(1.0),), (Value(1.0),))


class TestNumpyNamespace:
    def test_arrays_from_lists_of_tensors(self):
        def fun(x):
            return anp.array([[x[0] * x[1], 2.0], [x[2], x[0]]])

        np.testing.assert_allclose(jacobian(fun)(X), numeric_jacobian(fun, X), atol=1e-9)
        assert anp.array([Tensor(1.0), 2.0]).dtype == np.float32
        assert type(anp.array([1.0, 2.0])) is np.ndarray

    def test_arrays_of_values(self):
        made = anp.array([Value(1.0), 2.0])
        assert made.dtype == object
        assert grad(lambda v: np.sum(np.sin(anp.array([v, v * v]))))(Value(0.5)).data == pytest.approx(
            np.cos(0.5) + np.cos(0.25)
        )

    @pytest.mark.parametrize("name", ["hstack", "vstack", "dstack", "column_stack", "concatenate", "stack"])
    @pytest.mark.parametrize("shape", [(3,), (2, 2)])
    def test_joining(self, name, shape):
        join = getattr(anp, name)
        x = RNG.standard_normal(shape)
        np.testing.assert_array_equal(join([Tensor(x), 2 * x]).data, getattr(np, name)([x, 2 * x]))

    def test_append_and_where(self):
        np.testing.assert_array_equal(anp.append(Tensor(A), [1.0, 2.0]).data, np.append(A, [1.0, 2.0]))
        made = anp.where(Tensor(X) > 0, 0.1, 0.2)
        assert made.dtype == np.float64  # no Tensor among the branches: NumPy's own answer
        np.testing.assert_array_equal(made, np.where(X > 0, 0.1, 0.2))

    def test_questions_about_shape_and_kind(self):
        x = Tensor(A)
        assert (anp.shape(x), anp.ndim(x), anp.size(x)) == ((4, 3), 2, 12)
        assert anp.result_type(x, np.float32) == np.float64
        assert anp.isscalar(Tensor(1.0))
        assert not anp.isscalar(x)
        assert anp.allclose(x, A)

    def test_everything_else_is_numpy(self):
        assert anp.pi == np.pi
        assert anp.linalg.eigh is np.linalg.eigh
        assert anp.random.RandomState is np.random.RandomState
        with pytest.raises(AttributeError):
            anp.no_such_function


class TestSilentLosses:
    """What would lose a gradient without a word is refused."""

    def test_assigning_into_the_argument(self):
        def f(x):
            x[0] = 5.0
            return (x * x).sum()

        x = np.array([1.0, 2.0, 3.0])
        for transform in (grad, jacobian):
            assert transform(f)(x).tolist() == [0.0, 4.0, 6.0]
        value, gradient = value_and_grad(f)(x)
        assert (value, gradient.tolist()) == (38.0, [0.0, 4.0, 6.0])
        assert hessian(f)(x).tolist() == np.diag([0.0, 2.0, 2.0]).tolist()
        assert x.tolist() == [1.0, 2.0, 3.0]

    def test_numbers_taken_out_by_math(self):
        for f in (math.sin, lambda x: x * math.exp(x), lambda x: x * float(x)):
            with pytest.raises(GraphError, match="would lose its gradient"):
                grad(f)(2.0)
            with pytest.raises(GraphError, match="would lose its gradient"):
                grad(f)(Value(2.0))
        assert grad(lambda x: x * x.item())(2.0) == 2.0
        assert float(Tensor([1.0], requires_grad=True) * 2) == 2.0

    def test_an_argument_named_twice(self):
        with pytest.raises(ArgumentTypeError, match="twice"):
            grad(lambda x, y: x * y, (0, 0))(2.0, 3.0)
        with pytest.raises(ArgumentTypeError, match="twice"):
            grad(lambda x, y: x * y, (1, -1))(2.0, 3.0)
        with pytest.raises(ArgumentTypeError, match="not 'x'"):
            grad(lambda x: x, "x")(2.0)

    def test_a_forgotten_return(self):
        for transform in (grad, elementwise_grad, jacobian, hessian):
            with pytest.raises(ArgumentTypeError, match="None"):
                transform(lambda x: None)(np.ones(2))


def test_jaxs_names_for_the_positions():
    assert grad(lambda x, y: x * y, argnums=1)(2.0, 3.0) == 2.0
    assert value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0) == (6.0, (3.0, 2.0))
    assert jacobian(lambda x, y: x * y, argnums=1)(2.0, 3.0) == 2.0
    assert hessian(lambda x, y: x * y**2, argnums=1)(2.0, 3.0) == 4.0
