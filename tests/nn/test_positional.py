"""Do positional encodings have the properties that they are made for?"""

import numpy as np
import pytest

import nn
from autograd import ArgumentTypeError, ArgumentValueError, BoundsError, DtypeError, Generator, ShapeError, Tensor
from nn import functional as F
from nn.functional.positional import rotary_tables


def drawn(*shape, seed=0):
    return Tensor(np.random.default_rng(seed).normal(size=shape))


# --- waves ------------------------------------------------------------------------------------------------------------


def test_sinusoids_are_those_of_the_paper():
    table = F.sinusoidal_positions(50, 8, dtype="float64").data
    assert table.shape == (50, 8)
    for t in (0, 1, 7, 49):
        for i in range(4):
            angle = t / 10000 ** (2 * i / 8)
            np.testing.assert_allclose(table[t, [2 * i, 2 * i + 1]], [np.sin(angle), np.cos(angle)], rtol=1e-12)


def test_every_pair_of_entries_has_its_period():
    whole_turns = 2 * np.pi * np.arange(4)
    cos, sin = rotary_tables(whole_turns, 4, base=4.0, dtype="float64")  # wavelengths 2π and 4π
    np.testing.assert_allclose(cos.data, [[1, 1], [1, -1], [1, 1], [1, -1]], atol=1e-12)
    np.testing.assert_allclose(sin.data, 0, atol=1e-12)


def test_a_shift_of_positions_is_one_rotation_for_all():
    table = F.sinusoidal_positions(40, 6, dtype="float64").data
    for i in range(3):
        pairs = table[:, 2 * i : 2 * i + 2]
        rotation, *_ = np.linalg.lstsq(pairs[:-5], pairs[5:], rcond=None)
        np.testing.assert_allclose(pairs[:-5] @ rotation, pairs[5:], atol=1e-10)
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(2), atol=1e-10)


def test_an_odd_width_ends_with_a_sine():
    odd, even = (F.sinusoidal_positions(9, width, 10000.0 ** (width / 6), dtype="float64").data for width in (5, 6))
    assert odd.shape == (9, 5)
    np.testing.assert_allclose(odd, even[:, :5], rtol=1e-12)


def test_the_layer_adds_the_waves():
    layer = nn.SinusoidalPositionalEncoding(6, max_len=20, dtype="float64")
    x = drawn(2, 5, 6)
    np.testing.assert_allclose((layer(x) - x).data[1], F.sinusoidal_positions(5, 6, dtype="float64").data, atol=1e-15)
    late = layer(x[:, 3:], offset=3)
    np.testing.assert_array_equal(late.data, layer(x).data[:, 3:])
    assert layer.state_dict() == {}
    assert layer.float().table.dtype == np.float32


def test_dropout_falls_on_the_sum():
    layer = nn.SinusoidalPositionalEncoding(6, 20, dropout=0.5, generator=Generator(0), dtype="float64")
    x = drawn(50, 5, 6)
    y, whole = layer(x).data, layer.eval()(x).data
    dropped = y == 0
    assert 0.4 < dropped.mean() < 0.6
    np.testing.assert_allclose(y[~dropped], 2 * whole[~dropped], rtol=1e-12)


# --- learned ----------------------------------------------------------------------------------------------------------


def test_learned_positions_are_an_embedding_of_them():
    layer = nn.LearnedPositionalEncoding(4, 10, dtype="float64")
    x = drawn(3, 5, 4)
    y = layer(x, offset=2)
    np.testing.assert_array_equal(y.data, x.data + layer.weight.data[2:7])
    y.sum().backward()
    np.testing.assert_array_equal(layer.weight.grad.data[:, 0], [0, 0, 3, 3, 3, 3, 3, 0, 0, 0])
    assert list(layer.state_dict()) == ["weight"]
    assert 0.01 < nn.LearnedPositionalEncoding(50, 50).weight.data.std() < 0.03


# --- rotations --------------------------------------------------------------------------------------------------------

pairings = pytest.mark.parametrize("interleaved", [True, False])


@pairings
def test_turning_keeps_lengths_and_leaves_position_0(interleaved):
    x = drawn(2, 3, 7, 8)
    y = F.rotary_embedding(x, interleaved=interleaved).data
    np.testing.assert_allclose(np.linalg.norm(y, axis=-1), np.linalg.norm(x.data, axis=-1), rtol=1e-12)
    np.testing.assert_array_equal(y[..., 0, :], x.data[..., 0, :])
    assert np.abs(y[..., 1:, :] - x.data[..., 1:, :]).max() > 0.1


@pairings
def test_products_depend_on_the_distance_only(interleaved):
    q, k = drawn(1, 8), drawn(1, 8, seed=1)

    def product(m, n):
        turned = [F.rotary_embedding(x, [place], interleaved=interleaved).data for x, place in ((q, m), (k, n))]
        return (turned[0] * turned[1]).sum()

    for distance in (0, 1, 5):
        products = [product(m, m + distance) for m in (0, 3, 100)]
        np.testing.assert_allclose(products, products[0], rtol=1e-10)
    assert abs(product(0, 1) - product(0, 5)) > 1e-3


def test_each_pair_turns_as_in_the_paper():
    x = drawn(4, 6)
    y = F.rotary_embedding(x, base=100.0).data
    for t in range(4):
        for i in range(3):
            angle = t * 100.0 ** (-2 * i / 6)
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            np.testing.assert_allclose(y[t, 2 * i : 2 * i + 2], turn @ x.data[t, 2 * i : 2 * i + 2], rtol=1e-12)


def test_the_two_pairings_are_the_same_up_to_the_order_of_entries():
    x = drawn(5, 6)
    order = [0, 2, 4, 1, 3, 5]
    apart = F.rotary_embedding(Tensor(x.data[:, order]), interleaved=False)
    np.testing.assert_allclose(apart.data, F.rotary_embedding(x).data[:, order], rtol=1e-14)


@pairings
def test_the_layer_turns_as_the_function_and_back_in_the_backward_pass(interleaved):
    layer = nn.RotaryPositionalEncoding(8, 20, interleaved=interleaved, dtype="float64")
    x = Tensor(drawn(2, 5, 8).data, requires_grad=True)
    y = layer(x)
    np.testing.assert_allclose(y.data, F.rotary_embedding(x, interleaved=interleaved).data, rtol=1e-14)
    np.testing.assert_array_equal(layer(x[:, 3:], offset=3).data, y.data[:, 3:])
    y.backward(y.detach())
    np.testing.assert_allclose(x.grad.data, x.data, rtol=1e-12)
    assert layer.state_dict() == {}


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: nn.SinusoidalPositionalEncoding(6, 4)(drawn(5, 6)), BoundsError, "0 to 4.*max_len - 1 = 3"),
        (lambda: nn.LearnedPositionalEncoding(6, 4)(drawn(2, 6), offset=3), BoundsError, "3 to 4"),
        (lambda: nn.LearnedPositionalEncoding(6, 4)(drawn(2, 6), offset=-1), BoundsError, "-1"),
        (lambda: nn.LearnedPositionalEncoding(6, 4)(drawn(2, 6), offset=0.5), ArgumentTypeError, "0.5"),
        (lambda: nn.SinusoidalPositionalEncoding(6)(drawn(5, 4)), ShapeError, r"\(5, 4\).*\[\.\.\., T, 6\]"),
        (lambda: nn.SinusoidalPositionalEncoding(6, dropout=2), ArgumentValueError, "2"),
        (lambda: nn.RotaryPositionalEncoding(5), ShapeError, "even"),
        (lambda: nn.RotaryPositionalEncoding(4, base=0), ArgumentValueError, "base"),
        (lambda: nn.RotaryPositionalEncoding(4)(drawn(4)), ShapeError, r"\(4,\)"),
        (lambda: F.rotary_embedding(drawn(2, 5)), ShapeError, "even"),
        (lambda: F.rotary_embedding(drawn(2, 4), [1, 2, 3]), ShapeError, r"\(2, 4\)"),
        (lambda: F.rotary_embedding(drawn(2, 4), [[1, 2]]), ShapeError, "one axis"),
        (lambda: F.rotary_embedding(Tensor(np.ones((2, 4), "int64"))), DtypeError, "int64"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call, error, said):
    with pytest.raises(error, match=said):
        call()
