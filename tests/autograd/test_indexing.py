"""Do entries come from, and go to, the places named, and their gradients with them?"""

import numpy as np
import pytest

import autograd
from autograd import ArgumentTypeError, BoundsError, DtypeError, ShapeError, Tensor, Value, gradcheck
from autograd.errors import ArgumentValueError

X = np.random.default_rng(3).normal(size=(2, 3, 4))


def leaf(x):
    return Tensor(np.asarray(x, "float64"), requires_grad=True)


def gradient(function, entries):
    x = leaf(entries)
    function(x).sum().backward()
    return x.grad.tolist()


# --- places -----------------------------------------------------------------------------------------------------------

PICKS = [
    (lambda x, i: x[i], [0, 0, 2], [2.0, 0.0, 1.0]),
    (lambda x, i: x.take(i), [0, -1, 0], [2.0, 0.0, 1.0]),
    (lambda x, i: x.gather(0, i), [1, 1, 1], [0.0, 3.0, 0.0]),
    (lambda x, i: x.index_select(0, i), [1, 1], [0.0, 2.0, 0.0]),
    (lambda x, i: x.take_along_dim(i, 0), [0, -3], [2.0, 0.0, 0.0]),
    (lambda x, i: np.take(x, i), [0, -1, 0], [2.0, 0.0, 1.0]),
    (lambda x, i: np.take_along_axis(x, i, 0), [2, 2], [0.0, 0.0, 2.0]),
]


@pytest.mark.parametrize(("pick", "index", "expected"), PICKS)
@pytest.mark.parametrize("given", [list, np.array, Tensor], ids=["list", "array", "Tensor"])
def test_an_entry_picked_twice_gets_both_gradients_whatever_holds_the_index(pick, index, expected, given):
    given = given(np.array(index)) if given is Tensor else given(index)
    assert gradient(lambda x: pick(x, given), [1.0, 2.0, 3.0]) == expected


def test_many_repeated_places_add_up_as_few_do():
    rng = np.random.default_rng(0)
    index, upstream = rng.integers(0, 50, 3000), rng.normal(size=(3000, 4))
    x = leaf(rng.normal(size=(50, 4)))
    x.index_select(0, index).backward(upstream)
    expected = np.zeros((50, 4))
    np.add.at(expected, index, upstream)
    np.testing.assert_allclose(x.grad.data, expected, rtol=1e-12, atol=1e-13)


def test_what_is_added_to_one_place_adds_up():
    x, source = leaf([1.0, 2.0, 3.0]), leaf([10.0, 20.0])
    for added in (x.scatter_add(0, [1, 1], source), x.index_add(0, [1, 1], source)):
        assert added.tolist() == [1.0, 32.0, 3.0]
    assert x.index_put(([1, 1],), source, accumulate=True).tolist() == [1.0, 32.0, 3.0]
    assert x.scatter(0, [1, 1], 5.0, reduce="add").tolist() == [1.0, 12.0, 3.0]
    assert x.index_add(0, [0, 2], source, alpha=-0.5).tolist() == [-4.0, 2.0, -7.0]


def test_of_several_entries_for_one_place_the_last_stays_and_gets_the_gradient():
    x, source = leaf([1.0, 2.0, 3.0]), leaf([10.0, 20.0])
    for made in (x.scatter(0, [1, 1], source), x.index_copy(0, [1, 1], source), x.index_put(([1, 1],), source)):
        assert made.tolist() == [1.0, 20.0, 3.0]
        x.grad = source.grad = None
        made.sum().backward()
        assert x.grad.tolist() == [1.0, 0.0, 1.0]
        assert source.grad.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: x.scatter(1, [[[0, 2, 1, 0]], [[1, 1, 0, 2]]], y[:, :1]),
        lambda x, y: x.scatter_add(-1, [[[0, 0]], [[3, 1]]], y),
        lambda x, y: x.index_add(1, [2, 0, 2], y, alpha=3),
        lambda x, y: x.index_copy(0, [1, 0], y),
        lambda x, y: x.index_fill(2, [0, -1], y[0, 0, 0]),
        lambda x, y: x.index_put(([0, 0], [1, 1]), y[:, 2], accumulate=True),
        lambda x, y: x.masked_fill(X > 0, y[1, 1, 1]),
        lambda x, y: x.masked_scatter(X > 0, y),
        lambda x, y: x.select_scatter(y[:, 0], 1, 2),
        lambda x, y: x.slice_scatter(y[:, :, :2], 2, 0, 4, 2),
        lambda x, y: autograd.where(X > 0, x, y).masked_select(X < 1),
        lambda x, y: (
            np.take(x, [[0, 2], [2, 2]], axis=1) * np.compress([True, False, True], y, axis=1)[:, :, None].sum()
        ),
        lambda x, y: np.delete(x, [0, -1], axis=2) * y[:, :, 1:3],
        lambda x, y: np.select([X > 0.5, X > 0], [x, y * y], 1.0),
        lambda x, y: np.extract(X > 0, x * y),
    ],
)
def test_gradients_equal_central_differences(function):
    x, y = leaf(X), leaf(np.random.default_rng(4).normal(size=X.shape))
    assert gradcheck(function, (x, y), rtol=1e-7, atol=1e-9)
    assert gradcheck(lambda x, y: (function(x, y) ** 3).sum(), (x, y), rtol=1e-5, atol=1e-7)


def test_the_input_is_left_as_it_is():
    x = leaf([1.0, 2.0, 3.0])
    x.scatter(0, [0], 9.0), x.index_fill(0, [0], 9.0), x.masked_fill([True, True, True], 9.0)
    x.scatter(0, [], [1.0]).data[0] = 9.0
    assert x.tolist() == [1.0, 2.0, 3.0]


# --- masks and conditions ---------------------------------------------------------------------------------------------


def test_the_gradients_of_all_entries_filled_come_to_the_value():
    x, value = leaf([[1.0, 2.0, 3.0]] * 2), leaf(7.0)
    filled = x.masked_fill(x > 1.5, value)
    assert filled.tolist() == [[1.0, 7.0, 7.0]] * 2
    filled.sum().backward()
    assert value.grad.item() == 4.0
    assert x.grad.tolist() == [[1.0, 0.0, 0.0]] * 2


def test_an_entry_masked_with_minus_infinity_gets_zero_and_not_nan():
    x = leaf([1.0, 2.0, 3.0])
    x.masked_fill([False, False, True], -np.inf).softmax(0)[0].backward()
    assert x.grad[2].item() == 0.0
    assert np.isfinite(x.grad.data).all()


def test_where_between_two_and_of_a_condition_alone():
    x = leaf([1.0, -2.0, 3.0])
    for made in (autograd.where(x > 0, x, 0.0), np.where(x > 0, x, 0.0), x.where(x > 0, 0.0)):
        assert made.tolist() == [1.0, 0.0, 3.0]
    assert autograd.where(x > 0, input=x, other=0.0).tolist() == [1.0, 0.0, 3.0]
    (places,) = autograd.where(x > 0)
    assert isinstance(places, Tensor)
    assert places.tolist() == np.where(x > 0)[0].tolist() == [0, 2]
    assert x[places].tolist() == x[np.where(x > 0)].tolist() == [1.0, 3.0]
    assert autograd.argwhere(x > 0).tolist() == np.argwhere(x > 0).tolist() == [[0], [2]]


def test_where_between_values():
    a, b = Value(2.0), Value(3.0)
    chosen = autograd.where(True, a, b)
    chosen.backward()
    assert (chosen.data, a.grad, b.grad) == (2.0, 1.0, 0.0)


def test_one_hot_has_a_one_at_the_class():
    rows = autograd.one_hot(Tensor([2, 0], dtype="int64"))
    assert rows.dtype == np.int64
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert type(autograd.one_hot([1], 3)) is np.ndarray


# --- element types, plain arrays, NumPy ------------------------------------------------------------------------------


def test_the_element_type_stays_that_of_the_array():
    x = Tensor([1.0, 2.0], dtype="float32")
    wide = Tensor(np.array([5.0]))
    for made in (
        x.masked_fill([True, False], wide[0]),
        x.index_add(0, [0], wide),
        x.scatter(0, [0], wide),
        x.index_put(([0],), wide, accumulate=True),
    ):
        assert made.dtype == np.float32
    small = Tensor(np.array([1, 2], "uint8"))
    assert small.masked_fill([True, False], 7).tolist() == [7, 2]
    with pytest.raises(DtypeError, match="an array of uint8 cannot hold 300"):
        small.masked_fill([True, False], 300)


@pytest.mark.parametrize(
    "put",
    [
        lambda x: x.masked_fill([True, False], 0.5),
        lambda x: x.scatter(0, [0], 0.5),
        lambda x: x.index_fill(0, [0], 0.5),
        lambda x: x.index_add(0, [0], np.array([1], "int64"), alpha=0.5),
        lambda x: x.index_copy(0, [0], np.array([0.5])),
        lambda x: x.index_put(([0],), np.array([0.5])),
        lambda x: x.masked_scatter([True, False], np.array([0.5])),
        lambda x: x.select_scatter(np.array(0.5), 0, 0),
    ],
)
def test_a_fraction_is_not_cut_off_to_stand_among_integers(put):
    with pytest.raises(DtypeError, match="an array of int64 cannot hold entries of float64"):
        put(Tensor(np.array([1, 2])))


def test_plain_arrays_give_plain_arrays():
    x = np.arange(6.0).reshape(2, 3)
    for made, expected in (
        (autograd.gather(x, 1, [[2], [0]]), [[2.0], [3.0]]),
        (autograd.take(x, [-1]), [5.0]),
        (autograd.index_select(x, 0, [1]), [[3.0, 4.0, 5.0]]),
        (autograd.masked_fill(x, x > 1, 0.0), [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]),
        (autograd.masked_select(x, x > 3), [4.0, 5.0]),
        (autograd.index_add(x, 0, [0], x[:1]), [[0.0, 2.0, 4.0], [3.0, 4.0, 5.0]]),
    ):
        assert type(made) is np.ndarray
        assert made.tolist() == expected
    with pytest.raises(BoundsError):
        autograd.gather(x, 1, [[3], [0]])


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.take(x, [[1, -1]]),
        lambda x: np.take(x, [[1, -1]], axis=1),
        lambda x: np.take(x, 0, axis=-1),
        lambda x: np.take(x, [7, -9], 1, mode="wrap"),
        lambda x: np.take(x, [7, -9], 1, mode="clip"),
        lambda x: np.take_along_axis(x, np.argsort(X, 1), 1),
        lambda x: np.take_along_axis(x, np.array([3, -1]), None),
        lambda x: np.compress([False, True], x, axis=2),
        lambda x: np.compress([False, True], x),
        lambda x: np.extract(X > 0, x),
        lambda x: np.delete(x, slice(0, 2), axis=1),
        lambda x: np.delete(x, 3),
        lambda x: np.select([X > 1, X > 0], [x, -x], 5.0),
        lambda x: np.where(X > 0, x, 0.0),
    ],
)
def test_numpys_functions_mean_what_they_mean_in_numpy(call):
    made = call(leaf(X))
    assert made.requires_grad
    np.testing.assert_array_equal(made.data, call(X))


# --- views, errors ----------------------------------------------------------------------------------------------------


def test_where_numpy_gives_a_view_memory_is_shared_and_no_index_array_shares():
    x = leaf(X)
    for view in (x[1], x[:, ::-2], x[..., None, 0], x.select(1, 2), x.narrow(2, 1, 2), *x.unbind(1), *x.split(2, 2)):
        assert np.shares_memory(view.data, x.data)
    for copy in (x[[0, 1]], x[X > 0], x.take([0]), x.gather(0, np.zeros((1, 3, 4), int)), x.index_select(0, [0])):
        assert not np.shares_memory(copy.data, x.data)


REFUSED = [
    (lambda x: x.gather(0, [3]), BoundsError, r"gather\(\): index 3 does not exist in axis 0 of shape \(3,\), of 3"),
    (lambda x: x.gather(0, [-1]), BoundsError, "index -1 does not exist"),
    (lambda x: x.gather(1, [0]), BoundsError, r"gather\(\): axis 1 does not exist"),
    (lambda x: x.gather(0, [[0]]), ShapeError, "both need the same number of axes"),
    (lambda x: x.gather(0, [0.0]), DtypeError, "the index holds integers, not float64"),
    (lambda x: x.gather(0, [True]), DtypeError, "the index holds integers, not bool"),
    (lambda x: x.scatter_add(0, [0, 1], [1.0]), ShapeError, r"the index has shape \(2,\), the source \(1,\)"),
    (lambda x: x.scatter(0, [0]), ArgumentTypeError, "either src or value"),
    (lambda x: x.scatter(0, [0], 1.0, value=1.0), ArgumentTypeError, "either src or value"),
    (lambda x: x.scatter(0, [0], 1.0, reduce="multiply"), ArgumentValueError, "reduce is 'add', not 'multiply'"),
    (lambda x: x.take([5]), BoundsError, "index 5 does not exist"),
    (lambda x: np.take(x, [0], mode="near"), ArgumentValueError, "the mode is one of 'raise', 'wrap', 'clip'"),
    (lambda x: x.index_select(0, [[0]]), ShapeError, r"the index is a vector, not of shape \(1, 1\)"),
    (lambda x: x.index_add(0, [0], [1.0, 2.0]), ShapeError, r"the source must have shape \(1,\)"),
    (lambda x: x.index_put([0], 1.0).index_put(0, 1.0), ArgumentTypeError, "takes a tuple of indices"),
    (lambda x: x.index_put(([0, 1],), [1.0, 2.0, 3.0]), ShapeError, r"values of shape \(3,\) do not fit the \(2,\)"),
    (lambda x: x.index_put(([3],), 1.0), BoundsError, r"index_put\(\) into shape \(3,\)"),
    (lambda x: x.masked_fill([1, 0, 1], 1.0), DtypeError, "the mask holds booleans, not int64: compare"),
    (lambda x: x.masked_fill([True, False], 1.0), ShapeError, r"the mask has shape \(2,\), the array \(3,\)"),
    (lambda x: x.masked_fill([True], [1.0]), ShapeError, "the value is one number"),
    (lambda x: x.masked_scatter([True] * 3, [1.0]), ShapeError, "1 entries for the 3 places"),
    (lambda x: x.select_scatter([1.0], 0, 0), ShapeError, r"the source has shape \(1,\), the place for it \(\)"),
    (lambda x: x.slice_scatter(x, step=0), ArgumentValueError, "the step is at least 1, not 0"),
    (lambda x: x.take_along_dim([3], 0), BoundsError, "index 3 does not exist"),
    (lambda x: x.take_along_dim([[0]], 0), ShapeError, "both need the same number of axes"),
    (lambda x: np.delete(x, 7), BoundsError, "np.delete"),
    (lambda x: np.select([x > 0], [x, x]), ShapeError, "1 conditions for 2 choices"),
    (lambda x: autograd.where(x > 0, x), ArgumentTypeError, "needs an argument for 'b'"),
    (lambda x: autograd.one_hot([3], 3), BoundsError, "classes run from 0 to 2, and there are 3 to 3"),
    (lambda x: autograd.one_hot([-1]), BoundsError, "there are -1 to -1"),
    (lambda x: autograd.one_hot(x), DtypeError, "the index holds integers, not float64"),
    (lambda x: autograd.one_hot([]), ShapeError, "pass num_classes"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=lambda x: x if isinstance(x, str) else "")
def test_bad_input_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call(leaf([1.0, 2.0, 3.0]))
