"""What code written for HIPS autograd imports beside the transforms: scipy, misc, extend, builtins, test_util."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

import autograd.scipy.special as special
from autograd import ArgumentTypeError, GradcheckError, Tensor, Value, grad, hessian, jvp
from autograd.builtins import isinstance as is_instance
from autograd.extend import defjvp, defvjp, defvjp_argnum, defvjp_argnums, notrace_primitive, primitive
from autograd.misc import flatten, flatten_func
from autograd.misc.optimizers import adam, rmsprop, sgd
from autograd.scipy.stats import multivariate_normal, norm
from autograd.test_util import check_grads
from autograd.tracer import getval, isbox

RNG = np.random.default_rng(0)
UNARY = [name for name in special.__all__ if name not in {"beta", "betaln", "logsumexp", "multigammaln", "polygamma"}]


class TestSpecial:
    @pytest.mark.parametrize("name", UNARY)
    def test_values_are_scipys_and_derivatives_are_right(self, name):
        x = np.array([0.15, 0.4, 0.85])
        function = getattr(special, name)
        np.testing.assert_allclose(function(x), getattr(scipy.special, name)(x), rtol=1e-15)
        check_grads(function)(x)

    def test_scipys_own_functions_work_on_nodes(self):
        assert grad(scipy.special.erf)(0.5) == pytest.approx(2 / np.sqrt(np.pi) * np.exp(-0.25))
        assert grad(grad(special.gammaln))(Value(2.5)).data == pytest.approx(scipy.special.polygamma(1, 2.5))

    def test_functions_of_more(self):
        x = np.array([0.6, 1.7])
        check_grads(special.beta, (0, 1))(x, 2 * x)
        check_grads(special.betaln, (0, 1))(x, 2 * x)
        check_grads(lambda x: special.polygamma(1, x))(x)
        check_grads(lambda x: special.multigammaln(x, 2))(x)
        np.testing.assert_allclose(special.multigammaln(x, 2), scipy.special.multigammaln(x, 2))

    @pytest.mark.parametrize("axis", [None, 0, -1, (0, 1)])
    @pytest.mark.parametrize("keepdims", [False, True])
    def test_logsumexp(self, axis, keepdims):
        x, b = RNG.standard_normal((2, 3)), RNG.uniform(0.5, 1, (2, 3))
        made = special.logsumexp(x, axis=axis, b=b, keepdims=keepdims)
        np.testing.assert_allclose(made, scipy.special.logsumexp(x, axis=axis, b=b, keepdims=keepdims))
        check_grads(lambda x: special.logsumexp(x, axis=axis, b=b, keepdims=keepdims))(x)

    def test_logsumexp_of_large_numbers(self):
        np.testing.assert_allclose(grad(special.logsumexp)(np.array([1000.0, 1000.0, -np.inf])), [0.5, 0.5, 0.0])


class TestStats:
    @pytest.mark.parametrize("name", norm.__all__)
    def test_normal(self, name):
        x, loc, scale = np.array([-1.0, 0.3, 2.0]), 0.2, 1.4
        np.testing.assert_allclose(getattr(norm, name)(x, loc, scale), getattr(scipy.stats.norm, name)(x, loc, scale))
        check_grads(getattr(norm, name), (0, 1, 2))(x, loc, scale)

    def test_far_tails(self):
        assert grad(norm.logcdf)(-40.0) == pytest.approx(40.0, rel=1e-3)

    @pytest.mark.parametrize("shape", [(3,), (4, 3)])
    def test_normal_vectors(self, shape):
        a = RNG.standard_normal((3, 3))
        x, mean, cov = RNG.standard_normal(shape), RNG.standard_normal(3), a @ a.T + np.eye(3)
        made = multivariate_normal.logpdf(x, mean, cov)
        np.testing.assert_allclose(made, scipy.stats.multivariate_normal.logpdf(x, mean, cov))
        np.testing.assert_allclose(multivariate_normal.pdf(x, mean, cov), np.exp(made))
        assert multivariate_normal.entropy(mean, cov) == pytest.approx(
            scipy.stats.multivariate_normal.entropy(mean, cov)
        )


TREE = {"z": [np.ones((2, 2)), (3.0,)], "a": np.arange(3.0)}


class TestMisc:
    def test_flatten_sorts_dicts_and_comes_back(self):
        vector, unflatten = flatten(TREE)
        np.testing.assert_array_equal(vector, [0, 1, 2, 1, 1, 1, 1, 3])
        tree = unflatten(vector)
        np.testing.assert_array_equal(tree["z"][0], np.ones((2, 2)))
        assert tree["z"][1] == (3.0,)
        assert flatten([])[0].shape == (0,)

    def test_gradients_flow_through_both(self):
        made = grad(lambda tree: np.sum(flatten(tree)[0] ** 2))(TREE)
        np.testing.assert_array_equal(made["a"], 2 * np.arange(3.0))
        fun, _, vector = flatten_func(lambda tree: tree["a"] * tree["z"][1][0], TREE)
        np.testing.assert_array_equal(grad(lambda v: np.sum(fun(v)))(vector), [3, 3, 3, 0, 0, 0, 0, 3])

    @pytest.mark.parametrize("optimizer", [sgd, adam, rmsprop])
    def test_optimizers_find_a_minimum(self, optimizer):
        seen = []
        start = {"x": np.array([1.0, -1.0]), "y": [0.5]}
        end = optimizer(
            grad(lambda p, i: np.sum((p["x"] - 2) ** 2) + p["y"][0] ** 2),
            start,
            callback=lambda p, i, g: seen.append(i),
            num_iters=400,
            step_size=0.02,
        )
        np.testing.assert_allclose(end["x"], [2, 2], atol=0.02)
        assert abs(end["y"][0]) < 0.02
        assert seen == list(range(400))
        np.testing.assert_array_equal(start["x"], [1, -1])


class TestExtend:
    def make(self):
        @primitive
        def scaled_square(x, factor=1.0):
            assert not isinstance(x, Tensor)
            return factor * x**2

        defvjp(scaled_square, lambda ans, x, factor=1.0: lambda g: g * 2 * factor * x)
        return scaled_square

    def test_a_primitive_is_one_node_with_its_own_rule(self):
        fun = self.make()
        x = np.array([1.0, 2.0])
        np.testing.assert_array_equal(fun(x, factor=3.0), 3 * x**2)
        np.testing.assert_array_equal(grad(lambda x: np.sum(fun(x, factor=3.0)))(x), 6 * x)
        np.testing.assert_array_equal(hessian(lambda x: np.sum(fun(x, factor=3.0)))(x), 6 * np.eye(2))
        np.testing.assert_array_equal(jvp(fun, (x,), (np.ones(2),))[1], 2 * x)
        assert grad(fun)(Value(3.0)).data == 6.0
        node = fun(Tensor(x, requires_grad=True))
        assert node.op.name == "scaled_square"

    def test_a_rule_that_is_missing(self):
        @primitive
        def product(a, b):
            return a * b

        defvjp(product, lambda ans, a, b: lambda g: g * a, argnums=[1])
        assert grad(product, 1)(2.0, 3.0) == 2.0
        with pytest.raises(ArgumentTypeError, match="no rule for argument 0"):
            grad(product, 0)(2.0, 3.0)
        with pytest.raises(ArgumentTypeError, match="no primitive"):
            defvjp(np.sin, None)

    @pytest.mark.parametrize("define", [defvjp_argnum, defvjp_argnums])
    def test_one_maker_for_all_arguments(self, define):
        @primitive
        def total(*parts, factor=1.0):
            return factor * sum(parts)

        def of_one(argnum, ans, args, kwargs):
            assert np.allclose(getval(ans), total(*map(getval, args), **kwargs))
            return lambda g: g * kwargs.get("factor", 1.0) * (argnum + 1)

        def of_several(argnums, ans, args, kwargs):
            return lambda g: [of_one(argnum, ans, args, kwargs)(g) for argnum in argnums]

        define(total, of_one if define is defvjp_argnum else of_several)
        assert grad(total, 2)(1.0, 2.0, 3.0) == 3.0
        assert grad(lambda x: total(1.0, x, factor=5.0))(2.0) == 10.0

    def test_forward_mode_comes_from_the_vjp(self):
        fun = self.make()
        defjvp(fun, lambda g, ans, x: 2 * x * g)
        np.testing.assert_array_equal(jvp(fun, (np.array([1.0, 2.0]),), (np.ones(2),))[1], [2, 4])
        with pytest.raises(ArgumentTypeError, match=r"defjvp: .* is no primitive"):
            defjvp(np.sin, "same")

    def test_the_operation_is_made_once(self):
        fun, x = self.make(), Tensor([1.0], requires_grad=True)
        assert fun(x).op is fun(x).op
        assert fun(x, factor=2.0).op is not fun(x).op

    def test_a_function_without_gradients(self):
        @notrace_primitive
        def shape_of(x):
            return x.shape

        assert shape_of(Tensor(np.ones((2, 3)), requires_grad=True)) == (2, 3)


def test_the_numbers_of_a_node():
    x = Tensor([1.0])
    assert getval(x) is x.data
    assert getval(Value(2.0)) == getval(2.0) == 2.0
    assert isbox(x)
    assert not isbox(x.data)


@pytest.mark.parametrize("call", [np.fft.fft, np.fft.irfft2, np.angle, np.imag])
def test_complex_numbers_are_out_of_scope(call):
    with pytest.raises(ArgumentTypeError, match="complex numbers, which are out of scope"):
        call(Tensor(np.ones((2, 2))))


def test_a_tensor_counts_as_what_it_stands_for():
    number, array = Tensor(1.0), Tensor([1.0])
    assert is_instance(number, float)
    assert is_instance(number, (int, float))
    assert is_instance(array, np.ndarray)
    assert not is_instance(array, float)
    assert not is_instance(array, list)
    assert is_instance([], list)


def test_check_grads_finds_a_wrong_rule():
    @primitive
    def wrong(x):
        return x**2

    defvjp(wrong, lambda ans, x: lambda g: g * x)
    with pytest.raises(GradcheckError):
        check_grads(wrong)(np.array([1.0, 2.0]))
