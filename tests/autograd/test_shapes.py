"""Do arrays come out in the shape asked for, sharing memory where NumPy does, joined and cut in the right places?"""

import numpy as np
import pytest

import autograd
from autograd import ArgumentTypeError, BoundsError, ShapeError, Tensor, Value, gradcheck

X = np.random.default_rng(5).normal(size=(2, 3, 4))


def leaf(x):
    return Tensor(np.asarray(x, "float64"), requires_grad=True)


# --- views ------------------------------------------------------------------------------------------------------------

VIEWS = [
    lambda x: x.reshape(6, 4),
    lambda x: x.flatten(1),
    lambda x: x.unsqueeze(1).squeeze(1),
    lambda x: x.permute(2, 0, 1),
    lambda x: x.movedim(0, -1),
    lambda x: x.mT,
    lambda x: x.T,
    lambda x: x.flip(0, 2),
    lambda x: x.expand(5, 2, 3, 4),
    lambda x: x.diagonal(),
    lambda x: x.unfold(2, 2, 1),
    lambda x: x.chunk(2, 1)[1],
    lambda x: x.tensor_split([1], 2)[1],
    lambda x: np.split(x, 2)[0],
    lambda x: x.unbind(2)[3],
]


@pytest.mark.parametrize("view", VIEWS)
def test_where_numpy_gives_a_view_memory_is_shared(view):
    x = leaf(X)
    assert np.shares_memory(view(x).data, x.data)
    assert view(x).requires_grad


@pytest.mark.parametrize(
    "copy", [lambda x: x.clone(), lambda x: x.tile(1, 1, 1), lambda x: x.roll(1, 0), lambda x: x.tril()]
)
def test_where_numpy_copies_memory_is_not_shared(copy):
    x = leaf(X)
    assert not np.shares_memory(copy(x).data, x.data)


# --- joining ----------------------------------------------------------------------------------------------------------


def test_tensors_arrays_and_lists_are_joined_and_only_tensors_get_gradients():
    a, b = leaf([1.0, 2.0]), leaf([3.0])
    joined = autograd.cat([a, np.array([5.0, 6.0]), b, [7, 8]])
    assert joined.tolist() == [1.0, 2.0, 5.0, 6.0, 3.0, 7.0, 8.0]
    joined.backward(np.arange(7.0))
    assert a.grad.tolist() == [0.0, 1.0]
    assert b.grad.tolist() == [4.0]


def test_one_tensor_in_two_places_gets_both_gradients():
    a = leaf([1.0, 2.0])
    autograd.stack([a, a * 2, a]).sum().backward()
    assert a.grad.tolist() == [4.0, 4.0]


@pytest.mark.parametrize("join", [lambda x: autograd.cat(x), lambda x: autograd.stack(x), lambda x: np.concatenate(x)])
def test_the_wider_element_type_is_taken_and_gradients_keep_their_own(join):
    a, b = Tensor([1.0], requires_grad=True, dtype="float32"), leaf([2.0])
    joined = join([a, b, Tensor(np.array([3]))])
    assert joined.dtype == np.float64
    joined.sum().backward()
    assert (a.grad.dtype, b.grad.dtype) == (np.float32, np.float64)


def test_an_empty_vector_adds_nothing():
    x = leaf([[1.0, 2.0]])
    assert autograd.cat([leaf([]), x, leaf([])], 1).tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    "join",
    [
        lambda x, y: np.concatenate([x, y]),
        lambda x, y: np.concatenate((x, y), axis=None),
        lambda x, y: np.concatenate([x, y], 1, dtype="float64"),
        lambda x, y: np.concatenate(x),
        lambda x, y: np.stack([x, y], axis=-1),
        lambda x, y: np.vstack([x, y]),
        lambda x, y: np.vstack([x[0], y[0]]),
        lambda x, y: np.hstack([x, y]),
        lambda x, y: np.hstack([x[0, 0], y[0, 0]]),
        lambda x, y: np.dstack([x[0], y[0]]),
        lambda x, y: np.dstack([x[0, 0], y[0, 0]]),
        lambda x, y: np.column_stack([x[0, 0], y[0, 0]]),
        lambda x, y: np.append(x, y),
        lambda x, y: np.append(x, [[[1.0] * 4] * 3], axis=0),
    ],
)
def test_numpys_ways_of_joining(join):
    x, y = leaf(X), leaf(2 * X)
    made = join(x, y)
    assert isinstance(made, Tensor)
    np.testing.assert_array_equal(made.data, join(X, 2 * X))
    assert gradcheck(lambda x, y: join(x, y) ** 2, (x, y), rtol=1e-6, atol=1e-8)


# --- cutting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cut",
    [
        lambda x: np.split(x, 2, axis=2),
        lambda x: np.split(x, [1, 3], -1),
        lambda x: np.array_split(x, 3, axis=2),
        lambda x: np.hsplit(x, 3),
        lambda x: np.vsplit(x, 2),
        lambda x: np.dsplit(x, [1]),
    ],
)
def test_numpys_ways_of_cutting(cut):
    parts = cut(leaf(X))
    assert type(parts) is list
    for part, expected in zip(parts, cut(X), strict=True):
        np.testing.assert_array_equal(part.data, expected)


def test_split_takes_sizes_and_numpys_split_takes_their_number():
    x = leaf(range(6))
    assert [part.tolist() for part in x.split(4)] == [[0.0, 1.0, 2.0, 3.0], [4.0, 5.0]]
    assert [len(part.data) for part in np.split(x, 3)] == [2, 2, 2]
    assert [len(part.data) for part in x.split([1, 0, 5])] == [1, 0, 5]


def test_parts_joined_again_are_the_whole_and_so_are_their_gradients():
    x = leaf(X)
    for parts in (x.split(3, 2), x.chunk(3, 2), x.tensor_split(3, 2)):
        assert type(parts) is tuple
        whole = autograd.cat(parts, 2)
        np.testing.assert_array_equal(whole.data, X)
        x.grad = None
        (whole * X).sum().backward()
        np.testing.assert_array_equal(x.grad.data, X)
    np.testing.assert_array_equal(autograd.stack(x.unbind(1), 1).data, X)


def test_plain_arrays_give_plain_arrays():
    for made in (
        autograd.cat([X, X]),
        autograd.stack([X, X]),
        *autograd.split(X, 1),
        *autograd.unbind(X),
        autograd.flip(X),
    ):
        assert type(made) is np.ndarray


# --- NumPy's arguments ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "move",
    [
        lambda x: np.roll(x, (1, 2)),
        lambda x: np.roll(x, 1, (0, 2)),
        lambda x: np.roll(x, (1, -5), (0, 2)),
        lambda x: np.flip(x, axis=(0, 1)),
        lambda x: np.rot90(x, axes=(2, 1)),
        lambda x: np.moveaxis(x, 0, -1),
        lambda x: np.expand_dims(x, (0, -1)),
        lambda x: np.repeat(x, [1, 0, 2], axis=1),
        lambda x: np.tile(x, (2, 1)),
        lambda x: np.pad(x, ((0, 0), (1, 2), (0, 1)), constant_values=3.0),
        lambda x: np.pad(x, 1, mode="symmetric"),
        lambda x: np.tril(x, k=-1),
        lambda x: np.diagonal(x, 1, axis1=1, axis2=2),
        lambda x: np.transpose(x),
        lambda x: np.swapaxes(x, 0, -1),
        lambda x: np.broadcast_to(x, (5, 2, 3, 4)),
    ],
)
def test_numpys_functions_mean_what_they_mean_in_numpy(move):
    np.testing.assert_array_equal(move(leaf(X)).data, move(X))
    assert gradcheck(move, leaf(X), rtol=1e-7, atol=1e-9)


def test_axes_by_name():
    x = leaf(X)
    for flipped in (x.flip(1), x.flip((1,)), x.flip(dims=(1,)), x.flip(axis=1)):
        np.testing.assert_array_equal(flipped.data, np.flip(X, 1))
    np.testing.assert_array_equal(x.mT.data, np.swapaxes(X, -1, -2))
    np.testing.assert_array_equal(autograd.cat([x, x], axis=1).data, autograd.concat([x, x], dim=1).data)


REFUSED = [
    (lambda x: autograd.cat([]), ShapeError, r"cat\(\) of an empty list"),
    (lambda x: autograd.stack([]), ShapeError, r"stack\(\) of an empty list"),
    (lambda x: autograd.cat([x, x[0]]), ShapeError, r"array 1 has shape \(3, 4\), the first \(2, 3, 4\)"),
    (lambda x: autograd.cat([x[0, 0, 0]]), ShapeError, r"cat\(\) of 0-d arrays.*use stack\(\)"),
    (lambda x: autograd.cat(x, x), ArgumentTypeError, "an axis is an integer"),
    (lambda x: autograd.cat([x, x], dim=0, axis=0), ArgumentTypeError, "both dim=0 and axis=0"),
    (lambda x: autograd.cat(x[0, 0, 0]), ArgumentTypeError, "takes a list of arrays"),
    (lambda x: autograd.stack([Value(1.0)]), ArgumentTypeError, "not Value"),
    (lambda x: autograd.cat([x, np.array(["a"])]), ArgumentTypeError, "not an array of <U1"),
    (lambda x: autograd.cat([x], 3), BoundsError, r"cat\(\): axis 3 does not exist"),
    (lambda x: autograd.stack([x, x[:1]]), ShapeError, r"array 1 has shape \(1, 3, 4\)"),
    (lambda x: x.split([1, 2]), ShapeError, r"sizes \[1, 2\] do not add up to the 2 entries of axis 0"),
    (lambda x: x.split(0), ShapeError, "parts of 0 entries"),
    (lambda x: x.split(1.5), ArgumentTypeError, "takes an integer, or a list of them, not 1.5"),
    (lambda x: x.chunk(0), ShapeError, "0 parts cannot be made"),
    (lambda x: x.tensor_split(-1), ShapeError, "-1 parts cannot be made"),
    (lambda x: np.split(x, 3, axis=2), ShapeError, "the 4 entries of axis 2 do not make 3 equal parts"),
    (lambda x: x[0, 0].vsplit(2), ShapeError, "at least 2 axes"),
    (lambda x: x[0, 0, 0].unbind(), ShapeError, "no axis to be cut"),
    (lambda x: x.roll((1, 2), (0,)), ShapeError, "2 shifts for 1 axes"),
    (lambda x: np.roll(x, (1, 2), (0, 1, 2)), ShapeError, "2 shifts for 3 axes"),
    (lambda x: x[0, 0].mT, ShapeError, r"mT\(\) needs at least 2 axes"),
    (lambda x: x.reshape(5, -1), ShapeError, r"\(2, 3, 4\)"),
    (lambda x: x.expand(3, 3, 4), ShapeError, "do not fit"),
    (lambda x: x.permute(0, 1), ShapeError, "name each"),
    (lambda x: x.squeeze((0, 0)), ShapeError, "an axis stands twice"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=lambda x: x if isinstance(x, str) else "")
def test_bad_input_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call(leaf(X))
