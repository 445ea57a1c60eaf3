"""Do orders and places come out right, and does each value's gradient go where the value came from?"""

import math

import numpy as np
import pytest

import autograd
from autograd import ArgumentTypeError, BoundsError, DtypeError, ShapeError, Tensor, gradcheck

nan, inf = math.nan, math.inf
RNG = np.random.default_rng(1)
X = RNG.permuted(np.arange(24.0)).reshape(2, 3, 4) / 7


def leaf(x):
    return Tensor(np.asarray(x, "float64"), requires_grad=True)


def gradient(function, entries):
    x = leaf(entries)
    function(x).backward()
    return x.grad.data


@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("descending", [False, True])
def test_a_sorted_array_is_the_array_at_its_indices(dim, descending):
    values, indices = leaf(X).sort(dim, descending)
    assert indices.dtype == np.int64
    assert not indices.requires_grad
    np.testing.assert_array_equal(values.data, np.take_along_axis(X, indices.data, dim))
    steps = np.diff(values.data, axis=dim)
    assert ((steps < 0) if descending else (steps > 0)).all()
    np.testing.assert_array_equal(leaf(X).argsort(dim, descending).data, indices.data)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.sort(1).values,
        lambda x: x.sort(0, descending=True).values,
        lambda x: x.topk(2).values,
        lambda x: x.topk(2, 1, largest=False).values,
        lambda x: x.kthvalue(2, 0).values,
        lambda x: x.median(-1, keepdim=True).values,
        lambda x: x.median(),
        lambda x: x.max(1).values,
        lambda x: x.min(-1, keepdim=True).values,
        lambda x: x.quantile(0.3),
        lambda x: x.quantile([0.1, 0.75], 1),
        lambda x: x.quantile(0.6, (0, 2), keepdim=True),
        lambda x: np.median(x, axis=(0, 1)),
        lambda x: np.percentile(x, [20, 90]),
        lambda x: np.sort(x, axis=None),
        lambda x: x.cummax(1).values,
        lambda x: x.cummin(-1).values,
    ],
)
def test_gradients_equal_central_differences(function):
    assert gradcheck(function, leaf(X), rtol=1e-7, atol=1e-9)
    assert gradcheck(lambda x: (function(x) ** 3).sum(), leaf(X), rtol=1e-6, atol=1e-8)


def test_of_equal_entries_the_first_stays_first():
    x = [2.0, 1.0, 2.0, 1.0]
    assert leaf(x).sort().indices.tolist() == [1, 3, 0, 2]
    assert leaf(x).sort(descending=True).indices.tolist() == [0, 2, 1, 3]
    assert leaf(x).max(0).indices.item() == 0
    assert leaf(x).min(0).indices.item() == 1
    assert leaf(x).topk(3).indices.tolist() == [0, 2, 1]


def test_along_an_axis_one_entry_gets_the_gradient_and_in_all_they_share_it():
    x = [2.0, 1.0, 2.0]
    np.testing.assert_array_equal(gradient(lambda x: x.max(0).values, x), [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(gradient(lambda x: x.max(), x), [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(gradient(lambda x: x.max(axis=0), x), [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(gradient(lambda x: np.max(x, axis=0), x), [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(gradient(lambda x: x.median(), x), [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(gradient(lambda x: x.median(0).values, x), [1.0, 0.0, 0.0])


def test_nan_is_the_largest_number():
    x = [nan, 1.0, inf, nan]
    assert leaf(x).sort().indices.tolist() == [1, 2, 0, 3]
    assert leaf(x).topk(1).indices.item() == 0
    assert leaf(x).max(0).indices.item() == leaf(x).min(0).indices.item() == 0
    assert math.isnan(leaf(x).median().item())
    assert math.isnan(leaf(x).quantile(0.1).item())
    assert leaf(x).nanmedian().item() == 1.0
    assert leaf(x).nanmedian(0).indices.item() == 1
    np.testing.assert_array_equal(gradient(lambda x: x.max(), x), [0.5, 0.0, 0.0, 0.5])


def test_the_median_is_pytorchs_as_a_method_and_numpys_under_numpy():
    x = [4.0, 1.0, 3.0, 2.0]
    assert leaf(x).median().item() == 2.0
    assert np.median(leaf(x)).item() == 2.5
    assert leaf(x).median(0).indices.item() == 3


def test_numpys_quantiles_take_integers_and_pytorchs_refuse_them():
    x = np.array([1, 2, 4, 9])
    for function in (np.median, lambda x: np.quantile(x, 0.3), lambda x: np.percentile(x, [10, 55])):
        np.testing.assert_allclose(function(Tensor(x)).data, function(x), rtol=1e-15)
    with pytest.raises(DtypeError, match=r"quantile.* of int64: convert it"):
        Tensor(x).quantile(0.5)


def test_running_extremes_and_where_they_stand():
    x = leaf([2.0, 3.0, 1.0, 3.0, nan, 5.0])
    values, indices = x.cummax(0)
    np.testing.assert_array_equal(values.data, [2, 3, 3, 3, nan, nan])
    assert indices.tolist() == [0, 1, 1, 3, 4, 4]
    np.testing.assert_array_equal(gradient(lambda x: x.cummax(0).values.sum(), x.data), [1, 2, 0, 1, 2, 0])
    assert x.cummin(0).indices.tolist() == [0, 0, 2, 2, 4, 4]


@pytest.mark.parametrize("method", ["linear", "lower", "higher", "nearest", "midpoint"])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)], ids=str)
@pytest.mark.parametrize("q", [0.0, 0.3, 1.0, [0.25, 0.6, 0.9]], ids=str)
def test_quantiles_equal_numpys(method, axis, q):
    for keepdims in (False, True):
        expected = np.quantile(X, q, axis=axis, method=method, keepdims=keepdims)
        ours = leaf(X).quantile(q, axis, keepdims, interpolation=method)
        np.testing.assert_allclose(ours.data, expected, rtol=1e-13)
        np.testing.assert_allclose(np.quantile(leaf(X), q, axis=axis, method=method, keepdims=keepdims).data, expected)


def test_max_and_min_of_two_take_the_larger_and_the_smaller():
    a, b = leaf([1.0, 5.0]), leaf([2.0, 5.0])
    autograd.max(a, b).sum().backward()
    np.testing.assert_array_equal(a.grad.data, [0.0, 0.5])
    np.testing.assert_array_equal(autograd.min(a, b).data, [1.0, 5.0])


def test_the_result_has_names():
    x = leaf(X)
    for result in (x.sort(), x.topk(1), x.max(0), x.min(0), x.median(0), x.kthvalue(1)):
        values, indices = result
        assert values is result.values
        assert indices is result.indices


def test_a_0d_tensor_is_a_row_of_one():
    x = leaf(2.0)
    for values, indices in (x.sort(), x.max(0), x.min(-1), x.median(0), x.kthvalue(1), x.topk(1)):
        assert (values.shape, indices.shape) == ((), ())
        assert (values.item(), indices.item()) == (2.0, 0)
    assert x.quantile(0.5).item() == x.median().item() == 2.0


def test_plain_arrays_give_plain_arrays():
    values, indices = autograd.sort(X, 1, descending=True)
    assert type(values) is type(indices) is np.ndarray
    np.testing.assert_array_equal(values, -np.sort(-X, 1))
    assert isinstance(autograd.argmax(X, 1), np.ndarray)


def test_places_of_the_extremes():
    x = leaf(X)
    assert x.argmax().item() == X.argmax()
    np.testing.assert_array_equal(x.argmin(1).data, X.argmin(1))
    np.testing.assert_array_equal(np.argmax(x, axis=-1, keepdims=True).data, X.argmax(-1, keepdims=True))
    assert not x.argmax(0).requires_grad


REFUSED = [
    (lambda x: x.topk(5), BoundsError, r"topk\(\): 5 of 4 entries along axis -1 of shape \(2, 3, 4\)"),
    (lambda x: x.topk(1.5), ArgumentTypeError, "k is an integer, not 1.5"),
    (lambda x: x.kthvalue(0), BoundsError, "the 0th of 4 entries"),
    (lambda x: x.sort(3), BoundsError, r"sort\(\): axis 3 does not exist"),
    (lambda x: x.quantile(1.1), BoundsError, "the shares lie between 0 and 1, not 1.1"),
    (lambda x: x.quantile([[0.1]]), ShapeError, r"q is a number or 1-D, not of shape \(1, 1\)"),
    (lambda x: x.quantile(0.1, interpolation="cubic"), ArgumentTypeError, "not 'cubic'"),
    (lambda x: x[:0].quantile(0.5), ShapeError, "of no entries"),
    (lambda x: x[:0].max(), ShapeError, "of no entries"),
    (lambda x: x[:0].max(0), ShapeError, "of no entries"),
    (lambda x: x[:0].median(0), ShapeError, "of no entries"),
    (lambda x: x[:0].argmax(), ShapeError, "of no entries"),
    (lambda x: x.max(0, axis=1), ArgumentTypeError, "both dim=0 and axis=1"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=lambda x: x if isinstance(x, str) else "")
def test_bad_input_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call(leaf(X))
