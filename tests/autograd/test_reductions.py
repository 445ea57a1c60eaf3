"""Do functions that make many numbers into few hold to NumPy's values, to their own identities, and to their edges?"""

import math

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentTypeError,
    BoundsError,
    DtypeError,
    ShapeError,
    Tensor,
    Value,
    gradcheck,
    gradients,
)

inf, nan = math.inf, math.nan
RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3, 4))


def leaf(x, dtype="float64"):
    return Tensor(np.asarray(x, dtype), requires_grad=True)


def gradient(y, x):
    return gradients({y: Tensor(np.ones(y.shape))})[x].data if isinstance(x, Tensor) else None


def grad_of(function, entries):
    x = leaf(entries)
    with np.errstate(all="ignore"):
        function(x).sum().backward()
    return x.grad.data


# --- one meaning under PyTorch's and NumPy's names --------------------------------------------------------------------

REDUCTIONS = ("sum", "mean", "prod", "amax", "amin", "var", "std", "logsumexp", "norm")
AXES = (0, -1, (0, 2), (-1, 0), [1, 2])


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("dim", AXES, ids=str)
def test_dim_and_axis_are_two_words_for_one_thing(name, dim):
    x = leaf(X)
    expected = getattr(x, name)(dim=dim, **({"correction": 0} if name in ("var", "std") else {})).data
    np.testing.assert_array_equal(getattr(x, name)(axis=dim).data, expected)
    np.testing.assert_array_equal(getattr(autograd, name)(x, axis=dim).data, expected)
    np.testing.assert_array_equal(np.squeeze(getattr(x, name)(axis=dim, keepdims=True).data), expected)
    assert getattr(x, name)(dim=dim, keepdim=True).ndim == 3


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "amax", "amin", "max", "min", "var", "std", "nansum", "ptp"])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)], ids=str)
@pytest.mark.parametrize("keepdims", [False, True])
def test_numpy_functions_of_tensors_take_numpys_arguments(name, axis, keepdims):
    function = getattr(np, name)
    ours = function(leaf(X), axis=axis, keepdims=keepdims)
    assert isinstance(ours, Tensor)
    assert ours.requires_grad
    np.testing.assert_allclose(ours.data, function(X, axis=axis, keepdims=keepdims), rtol=1e-13)


@pytest.mark.parametrize("name", ["var", "std"])
def test_whoever_says_axis_means_numpys_correction(name):
    x = leaf(X)
    numpys = getattr(np, name)
    spread = getattr(x, name)
    np.testing.assert_allclose(spread(axis=1).data, numpys(X, axis=1), rtol=1e-13)
    np.testing.assert_allclose(spread(axis=None, keepdims=True).data, numpys(X, keepdims=True), rtol=1e-13)
    np.testing.assert_allclose(getattr(autograd, f"{name}_mean")(x, axis=1)[0].data, numpys(X, axis=1), rtol=1e-13)
    for bessel in (spread(dim=1), spread(1), spread(axis=1, ddof=1), spread(axis=1, unbiased=True)):
        np.testing.assert_allclose(bessel.data, numpys(X, axis=1, ddof=1), rtol=1e-13)
    np.testing.assert_allclose(spread(1, ddof=0).data, numpys(X, axis=1), rtol=1e-13)


@pytest.mark.parametrize("name", ["var", "std", "mean", "median", "average", "nanmean", "sum", "prod", "nansum", "ptp"])
@pytest.mark.parametrize("entries", [[[True, False], [True, True]], [[1, 2], [4, 9]]], ids=["bool", "int"])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_numpys_statistics_take_integers_and_booleans(name, entries, axis):
    if name == "ptp" and entries[0][0] is True:
        pytest.skip("NumPy has no difference of booleans")
    array, function = np.array(entries), getattr(np, name)
    ours, expected = function(Tensor(array), axis=axis), function(array, axis=axis)
    np.testing.assert_allclose(ours.data, expected, rtol=1e-15)
    assert ours.dtype == expected.dtype


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "uint16", "int32", "uint32"])
def test_sums_and_products_of_small_integers_are_int64(dtype):
    x = Tensor(np.array([1, 1, 0, 1], dtype))
    for y in (x.sum(), x.prod(), x.cumsum(0), x.cumprod(0), x.nansum(), np.sum(x), np.cumsum(x)):
        assert y.dtype == np.int64
    assert x.sum().item() == 3
    assert x.sum(dtype="float32").dtype == np.float32


def test_numpy_has_its_own_defaults():
    x = leaf(X)
    np.testing.assert_allclose(np.var(x).data, X.var(), rtol=1e-13)
    np.testing.assert_allclose(x.var().data, X.var(ddof=1), rtol=1e-13)
    np.testing.assert_allclose(np.std(x, 0, ddof=1).data, X.std(0, ddof=1), rtol=1e-13)
    np.testing.assert_allclose(np.cumsum(x).data, X.cumsum(), rtol=1e-13)
    np.testing.assert_allclose(np.cumprod(x, 1).data, X.cumprod(1), rtol=1e-13)
    np.testing.assert_allclose(np.sum(x, (0, 1), "float32").data, X.sum((0, 1)), rtol=1e-5)
    assert np.sum(x, axis=0, dtype="float32").dtype == np.float32
    np.testing.assert_array_equal(np.sum(x, axis=()).data, X)


@pytest.mark.parametrize("weights", [None, RNG.random((2, 3, 4)), RNG.random(3)], ids=["none", "all", "an axis"])
def test_weighted_averages(weights):
    axis = 1 if weights is None or weights.ndim == 1 else None
    ours = np.average(leaf(X), axis=axis, weights=weights)
    np.testing.assert_allclose(ours.data, np.average(X, axis=axis, weights=weights), rtol=1e-13)
    assert gradcheck(lambda x: np.average(x, axis=axis, weights=weights), leaf(X))


# --- products, where there are zeros ----------------------------------------------------------------------------------

ZEROS = {
    "none": [2.0, -1.5, 3.0, 0.5],
    "one": [2.0, 0.0, 3.0, 0.5],
    "two": [0.0, 1.5, 3.0, 0.0],
    "all": [0.0, 0.0, 0.0, 0.0],
    "the first": [0.0, 1.0, 2.0, 3.0],
}


@pytest.mark.parametrize("entries", ZEROS.values(), ids=ZEROS.keys())
def test_the_gradient_of_a_product_is_the_product_of_the_others(entries):
    others = [math.prod(entries[:i] + entries[i + 1 :]) for i in range(4)]
    np.testing.assert_array_equal(grad_of(lambda x: x.prod(), entries), others)


@pytest.mark.parametrize("name", ["prod", "cumprod"])
@pytest.mark.parametrize("entries", ZEROS.values(), ids=ZEROS.keys())
def test_products_with_zeros_to_the_third_order(name, entries):
    def function(x):
        y = getattr(x, name)(0)
        return (y * Tensor(np.arange(1.0, 1 + y.size).reshape(y.shape))).sum()

    def derivative(function):
        def gradient(x):
            y = function(x)
            return gradients({y: Tensor(1.0, dtype="float64")}, create_graph=True).get(x, x * 0.0)

        return gradient

    def weighted(function):
        return lambda x: (function(x) * Tensor([0.3, -1.0, 2.0, 0.7], dtype="float64")).sum()

    first = derivative(function)
    second = derivative(weighted(first))
    third = derivative(weighted(second))
    for order in (function, first, second, third):
        assert gradcheck(order, leaf(entries), rtol=1e-6, atol=1e-8)


def test_a_long_product_with_a_zero_needs_no_square_of_memory():
    entries = np.ones(300_000)
    entries[7] = 0.0
    expected = np.zeros(300_000)
    expected[7] = 1.0
    np.testing.assert_array_equal(grad_of(lambda x: x.prod(), entries), expected)


def test_a_linear_recurrence_is_a_discounted_sum():
    rewards = [1.0, 0.0, 2.0, -1.0]
    y = autograd.linear_recurrence(Tensor(np.full(4, 0.5)), leaf(rewards))
    np.testing.assert_allclose(y.data, [1.0, 0.5, 2.25, 0.125])
    np.testing.assert_allclose(
        grad_of(lambda x: autograd.linear_recurrence(np.full(4, 0.5), x)[-1], rewards), [0.125, 0.25, 0.5, 1.0]
    )
    with pytest.raises(ShapeError, match=r"one shape.*\(3,\) and \(4,\)"):
        autograd.linear_recurrence(np.ones(3), leaf(rewards))


# --- stability --------------------------------------------------------------------------------------------------------


def test_exponentials_do_not_overflow():
    x = leaf([1e4, 1e4 - 1.0, -1e4])
    expected = 1e4 + math.log(1 + math.exp(-1))
    assert x.logsumexp(0).item() == pytest.approx(expected, rel=1e-15)
    np.testing.assert_allclose(x.softmax(0).data, [1 / (1 + math.exp(-1)), 1 / (1 + math.e), 0.0], rtol=1e-14)
    np.testing.assert_allclose(x.log_softmax(0).data[2], -1e4 - expected, rtol=1e-15)
    np.testing.assert_allclose(leaf([1e3, 1e3]).logcumsumexp(0).data, [1e3, 1e3 + math.log(2)], rtol=1e-15)


def test_a_large_mean_does_not_drown_the_variance():
    entries = np.array([1.0, 2.0, 4.0])
    assert leaf(entries + 1e8).var().item() == pytest.approx(entries.var(ddof=1), rel=1e-9)
    np.testing.assert_allclose(
        grad_of(lambda x: x.var(), entries + 1e8), grad_of(lambda x: x.var(), entries), atol=1e-7
    )


# --- edges ------------------------------------------------------------------------------------------------------------


def test_equal_entries_have_no_spread_and_no_gradient_of_it():
    np.testing.assert_array_equal(grad_of(lambda x: x.std(), [2.0, 2.0, 2.0]), [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(grad_of(lambda x: x.std(1), [[2.0, 2.0], [1.0, 3.0]])[0], [0.0, 0.0])


def test_the_variance_of_one_number_is_nan_without_a_warning():
    assert math.isnan(leaf([3.0]).var().item())
    assert leaf([3.0]).var(correction=0).item() == 0.0
    assert math.isnan(leaf([3.0]).std(0).item())


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, inf, -inf, 0])
def test_the_gradient_of_a_norm_at_zero_is_zero(p):
    np.testing.assert_array_equal(grad_of(lambda x: x.norm(p), [0.0, 0.0, 0.0]), [0.0, 0.0, 0.0])


@pytest.mark.parametrize("p", [1, 2, 3, 0.5, -1, inf, -inf, 0])
@pytest.mark.parametrize("axis", [0, -1, None])
def test_norms_equal_numpys_of_vectors(p, axis):
    x = X[0]
    expected = np.linalg.norm(x.reshape(-1) if axis is None else x, ord=p, axis=axis)
    np.testing.assert_allclose(leaf(x).norm(p, axis).data, expected, rtol=1e-13)
    np.testing.assert_allclose(autograd.vector_norm(leaf(x), p, axis).data, expected, rtol=1e-13)


def test_nothing_flows_to_what_nan_functions_leave_out():
    x = [[1.0, nan], [2.0, 4.0]]
    np.testing.assert_array_equal(grad_of(lambda x: x.nansum(), x), [[1.0, 0.0], [1.0, 1.0]])
    np.testing.assert_array_equal(grad_of(lambda x: x.nanmean(0), x), [[0.5, 0.0], [0.5, 1.0]])
    assert leaf(x).nanmean().item() == pytest.approx(7 / 3)


def test_an_unbiased_spread_is_one_with_a_correction():
    x = leaf(X)
    for old, new in ((True, 1), (False, 0)):
        assert x.var(unbiased=old).item() == x.var(correction=new).item() == x.var(old).item()
        np.testing.assert_array_equal(x.std(1, old).data, x.std(1, correction=new).data)
    for name in ("var", "std"):
        spread, mean = getattr(autograd, f"{name}_mean")(x, 1, keepdim=True)
        np.testing.assert_array_equal(spread.data, getattr(x, name)(1, keepdim=True).data)
        np.testing.assert_array_equal(mean.data, x.mean(1, keepdim=True).data)


def test_a_0d_tensor_has_an_axis_to_reduce():
    x = leaf(3.0)
    for name in ("sum", "mean", "prod", "amax", "logsumexp", "norm", "cumsum", "cumprod", "logcumsumexp"):
        for dim in (0, -1):
            y = getattr(x, name)(dim=dim)
            assert y.shape == ()
            assert y.item() == pytest.approx(3.0)
    assert x.softmax(0).item() == 1.0


def test_integers_are_summed_as_integers_and_averaged_on_request():
    x = Tensor([1, 2, 4], dtype="int32")
    assert x.sum().dtype == x.prod().dtype == x.cumsum(0).dtype == np.int64
    assert x.mean(dtype="float64").item() == pytest.approx(7 / 3)
    assert x.logsumexp(0).dtype == autograd.get_default_dtype()


# --- refusals ---------------------------------------------------------------------------------------------------------

REFUSED = [
    (lambda x: x.sum(3), BoundsError, r"sum\(\): axis 3 does not exist, the array has 3"),
    (lambda x: x.var((0, -3)), ShapeError, r"var\(\): an axis stands twice in \(0, -3\)"),
    (lambda x: x.mean("rows"), ArgumentTypeError, "an axis is an integer, not 'r'"),
    (lambda x: x.sum(0, axis=1), ArgumentTypeError, r"sum\(\) got both dim=0 and axis=1"),
    (lambda x: x.sum(axis=()), ArgumentTypeError, r"none of the axes in NumPy and dim=\(\) all of them in PyTorch"),
    (lambda x: x.sum(along=0), ArgumentTypeError, r"unexpected keyword argument 'along': sum\(input, dim=None"),
    (lambda x: x.softmax(), ArgumentTypeError, "missing a required argument: 'dim'"),
    (lambda x: x.norm("nuc"), ArgumentTypeError, "the order is a number, not 'nuc'"),
    (lambda x: x.var(unbiased=True, correction=0), ArgumentTypeError, "both unbiased=True and correction=0"),
    (lambda x: x.var(correction="1"), ArgumentTypeError, "the correction is a number, not '1'"),
    (lambda x: np.sum(x, out=np.zeros(())), ArgumentTypeError, "unexpected keyword argument 'out'"),
    (lambda x: np.average(x, axis=0, weights=[1.0, 2.0, 3.0]), ShapeError, r"weights of shape \(3,\)"),
    (lambda x: np.max(Tensor([])), ShapeError, r"amax\(\) of no entries: shape \(0,\)"),
    (lambda x: x[:, :0].amax(), ShapeError, r"amax\(\) of no entries: shape \(2, 0, 4\)"),
    (lambda x: x[:0].norm(inf), ShapeError, "needs at least one"),
    (lambda x: Tensor([1, 2], dtype="int64").mean(), DtypeError, "convert it to a floating-point type first"),
    (lambda x: Tensor([1, 2], dtype="int64").softmax(0), DtypeError, "convert it to a floating-point type first"),
    (lambda x: autograd.mean(Value(1.0)), ArgumentTypeError, "takes a Tensor or an array of numbers, not Value"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=lambda x: x if isinstance(x, str) else "")
def test_bad_input_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call(leaf(X))
