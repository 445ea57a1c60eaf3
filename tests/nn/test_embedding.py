"""Does a table give its rows, and does a gradient reach those rows and no others?"""

import numpy as np
import pytest

import nn
from autograd import (
    ArgumentTypeError,
    ArgumentValueError,
    BoundsError,
    DtypeError,
    GraphError,
    ShapeError,
    Tensor,
    checkpoint,
)
from nn import functional as F

TABLE = np.arange(12.0).reshape(4, 3)


def looked_up(index, weight=TABLE, **options):
    table = Tensor(weight, requires_grad=True)
    y = F.embedding(Tensor(index), table, **options)
    return y, table


# --- worked example: a row look-up ------------------------------------------------------------------------------------


def test_an_embedding_is_a_row_look_up():
    layer = nn.Embedding(4, 3, dtype="float64")
    index = np.array([[0, 2, 2], [3, 0, 2]])
    np.testing.assert_array_equal(layer(Tensor(index)).data, layer.weight.data[index])


def test_it_equals_a_product_with_one_hot_rows():
    index = np.array([2, 0, 2])
    y, table = looked_up(index)
    other = Tensor(TABLE, requires_grad=True)
    product = F.one_hot(Tensor(index), 4).to("float64") @ other
    np.testing.assert_array_equal(y.data, product.data)
    upstream = Tensor(np.random.default_rng(0).normal(size=(3, 3)))
    y.backward(upstream)
    product.backward(upstream)
    np.testing.assert_allclose(table.grad.data, other.grad.data, rtol=1e-14)


def test_the_gradient_reaches_only_the_rows_used_and_adds_up():
    y, table = looked_up(np.array([2, 0, 2]))
    y.backward(Tensor(np.array([[1.0, 2, 3], [4, 5, 6], [10, 20, 30]])))
    np.testing.assert_array_equal(table.grad.data, [[4, 5, 6], [0, 0, 0], [11, 22, 33], [0, 0, 0]])


def test_an_infinite_gradient_stays_in_its_row():
    y, table = looked_up(np.array([2, 0]))
    y.backward(Tensor(np.array([[np.inf, np.nan, 1], [1, 1, 1]])))
    np.testing.assert_array_equal(table.grad.data[[0, 1, 3]], [[1, 1, 1], [0, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize("padding", [2, -2])
def test_the_padding_row_starts_at_0_and_gets_no_gradient(padding):
    layer = nn.Embedding(4, 3, padding_idx=padding)
    assert layer.padding_idx == 2
    np.testing.assert_array_equal(layer.weight.data[2], 0)
    assert np.all(layer.weight.data[[0, 1, 3]] != 0)
    layer(Tensor(np.array([2, 0, 2]))).sum().backward()
    np.testing.assert_array_equal(layer.weight.grad.data, [[1, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]])


def test_gradients_can_be_divided_by_how_often_a_row_is_used():
    y, table = looked_up(np.array([2, 0, 2, 2]), scale_grad_by_freq=True)
    y.backward(Tensor(np.array([[1.0] * 3, [1] * 3, [2] * 3, [3] * 3])))
    np.testing.assert_array_equal(table.grad.data, [[1, 1, 1], [0, 0, 0], [2, 2, 2], [0, 0, 0]])


@pytest.mark.parametrize("options", [{}, {"padding_idx": 2}, {"scale_grad_by_freq": True}])
def test_a_recorded_gradient_is_the_same_and_can_be_gone_through_again(options):
    index = np.array([2, 0, 2])
    y, table = looked_up(index, **options)
    (y**3).sum().backward(retain_graph=True)
    bare, table.grad = table.grad.data, None
    (y**3).sum().backward(create_graph=True)
    recorded, table.grad = table.grad, None
    np.testing.assert_allclose(recorded.data, bare, rtol=1e-14)
    recorded.sum().backward()
    np.testing.assert_array_equal(table.grad.data[[1, 3]], 0)
    np.testing.assert_allclose(table.grad.data[0], 6 * TABLE[0], rtol=1e-14)


def test_a_checkpoint_looks_up_again():
    index = Tensor(np.array([1, 1]))
    table = Tensor(TABLE, requires_grad=True)
    checkpoint(lambda table: F.embedding(index, table) * 2.0, table).sum().backward()
    np.testing.assert_array_equal(table.grad.data, [[0] * 3, [4] * 3, [0] * 3, [0] * 3])


def test_an_index_that_was_changed_is_noticed():
    index = Tensor(np.array([1, 2]))
    table = Tensor(TABLE, requires_grad=True)
    y = F.embedding(index, table).sum()
    index.data[0] = 99
    with pytest.raises(GraphError, match="changed"):
        y.backward()


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "int64", "uint64"])
def test_indices_of_every_integer_type(dtype):
    y, table = looked_up(np.array([3, 1], dtype))
    np.testing.assert_array_equal(y.data, TABLE[[3, 1]])
    y.sum().backward()
    np.testing.assert_array_equal(table.grad.data.sum(1), [0, 3, 0, 3])


def test_lists_strides_and_empty_indices():
    table = Tensor(TABLE, requires_grad=True)
    np.testing.assert_array_equal(F.embedding([[0, 3]], table).data, TABLE[[[0, 3]]])
    strided = Tensor(np.array([0, 9, 3, 9]))[::2]
    np.testing.assert_array_equal(F.embedding(strided, table).data, TABLE[[0, 3]])
    empty = F.embedding(Tensor(np.zeros((0, 2), "int64")), table)
    assert empty.shape == (0, 2, 3)
    empty.sum().backward()
    np.testing.assert_array_equal(table.grad.data, 0)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_element_type_is_the_tables(dtype):
    y, table = looked_up(np.array([3, 3]), TABLE.astype(dtype))
    y.sum().backward()
    assert y.dtype == table.grad.dtype == dtype
    np.testing.assert_array_equal(table.grad.data[3], 2)


# --- bounded lengths, given tables ------------------------------------------------------------------------------------


def test_rows_that_are_used_are_shortened_in_the_table_itself():
    layer = nn.Embedding(4, 3, max_norm=1.0, dtype="float64")
    layer.weight.data[...] = TABLE + 1
    before = layer.weight.data.copy()
    y = layer(Tensor(np.array([1, 3])))
    np.testing.assert_allclose(np.linalg.norm(y.data, axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(layer.weight.data[[1, 3]], y.data)
    np.testing.assert_array_equal(layer.weight.data[[0, 2]], before[[0, 2]])


def test_shortening_is_a_change_that_an_older_graph_notices():
    table = Tensor(TABLE + 1, requires_grad=True)
    squares = (table * table).sum()
    F.embedding(Tensor(np.array([1])), table, max_norm=1.0)
    with pytest.raises(GraphError, match="changed"):
        squares.backward()


def test_a_given_table_is_shared_and_not_trained_unless_wanted():
    table = Tensor(TABLE)
    frozen = nn.Embedding.from_pretrained(table, padding_idx=1)
    np.testing.assert_array_equal(frozen.weight.data, TABLE)
    assert not frozen.weight.requires_grad
    assert frozen.weight.data is table.data
    assert nn.Embedding.from_pretrained(table, freeze=False).weight.requires_grad


def test_learning_moves_only_the_rows_used():
    layer = nn.Embedding(5, 2)
    before = layer.weight.data.copy()
    optimizer = nn.optim.SGD(layer.parameters(), lr=0.1)
    layer(Tensor(np.array([1, 3]))).sum().backward()
    optimizer.step()
    np.testing.assert_array_equal(layer.weight.data[[0, 2, 4]], before[[0, 2, 4]])
    np.testing.assert_allclose(layer.weight.data[[1, 3]], before[[1, 3]] - 0.1, rtol=1e-6)


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: looked_up(np.array([[0, 1], [2, 4]])), BoundsError, r"index 4 at position \(1, 1\).*4 rows.*0 to 3"),
        (lambda: looked_up(np.array([0, -1])), BoundsError, r"index -1 at position \(1,\)"),
        (lambda: looked_up(np.array(7)), BoundsError, "index 7 is none"),
        (lambda: looked_up(np.array([0]), np.ones((0, 3))), BoundsError, "no valid index"),
        (lambda: looked_up(np.array([0.0, 1.0])), DtypeError, "float64.*int64"),
        (lambda: looked_up(np.array([True])), DtypeError, "bool"),
        (lambda: looked_up(np.array([], "float32")), DtypeError, "float32"),
        (lambda: looked_up(np.array([0]), np.ones(3)), ShapeError, r"\(3,\)"),
        (lambda: looked_up(np.array([0]), padding_idx=4), BoundsError, "padding_idx 4.*4 rows"),
        (lambda: looked_up(np.array([0]), padding_idx=-5), BoundsError, "padding_idx -5"),
        (lambda: looked_up(np.array([0]), padding_idx=1.0), ArgumentTypeError, "padding_idx"),
        (lambda: looked_up(np.array([0]), sparse=True), ArgumentValueError, "sparse"),
        (lambda: looked_up(np.array([0]), max_norm=0.0), ArgumentValueError, "max_norm"),
        (lambda: looked_up(np.array([9]), max_norm=1.0), BoundsError, "index 9"),
        (lambda: nn.Embedding(4, 3, padding_idx=4), BoundsError, "padding_idx 4"),
        (lambda: nn.Embedding(4, 3, sparse=True), ArgumentValueError, "sparse"),
        (lambda: nn.Embedding(4, 3, _weight=Tensor(np.ones((3, 4)))), ShapeError, r"\(3, 4\), not \(4, 3\)"),
        (lambda: nn.Embedding.from_pretrained(Tensor(np.ones(3))), ShapeError, "two axes"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call, error, said):
    with pytest.raises(error, match=said):
        call()
