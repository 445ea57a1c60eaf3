"""Is about the right share left out while training, is the mean kept, and is nothing done in evaluation?"""

import numpy as np
import pytest

import autograd
import nn
from autograd import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    Generator,
    ShapeError,
    Tensor,
    checkpoint,
)
from nn import functional as F

LAYERS = {
    "Dropout": (nn.Dropout, (20, 6)),
    "Dropout1d": (nn.Dropout1d, (20, 6, 5)),
    "Dropout1d, no batch": (nn.Dropout1d, (30, 5)),
    "Dropout2d": (nn.Dropout2d, (20, 6, 3, 4)),
    "AlphaDropout": (nn.AlphaDropout, (20, 6)),
    "FeatureAlphaDropout": (nn.FeatureAlphaDropout, (20, 6, 5)),
    "StochasticDepth, row": (lambda p, **options: nn.StochasticDepth(p, "row", **options), (40, 6)),
    "StochasticDepth, batch": (lambda p, **options: nn.StochasticDepth(p, "batch", **options), (20, 6)),
}
every_layer = pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)


# --- worked example: dropout in training and in use -------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_about_p_are_dropped_and_the_mean_stays(p):
    x = Tensor(np.ones((300, 300)))
    y = nn.Dropout(p, generator=Generator(1))(x).data
    error = np.sqrt(p * (1 - p) / y.size)  # the standard deviation of the share
    assert abs((y == 0).mean() - p) < 4 * error
    assert abs(y.mean() - 1) < 4 * error / (1 - p)
    assert set(np.unique(y)) == {0.0, 1 / (1 - p)}


@every_layer
def test_evaluation_hands_on_what_it_gets(make, shape):
    x = Tensor(np.random.default_rng(0).normal(size=shape))
    layer = make(0.5)
    assert layer.eval()(x) is x
    assert layer.train()(x) is not x


@every_layer
def test_0_drops_nothing_and_1_everything(make, shape):
    x = Tensor(np.random.default_rng(0).normal(size=shape), requires_grad=True)
    np.testing.assert_array_equal(make(0.0)(x).data, x.data)
    y = make(1.0)(x)
    np.testing.assert_array_equal(y.data, 0)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, 0)


@every_layer
def test_a_generator_decides_what_is_dropped(make, shape):
    x = Tensor(np.random.default_rng(0).normal(size=shape))
    first, again, other = (make(0.5, generator=Generator(seed))(x).data for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    if make(0.5).__class__ is not nn.StochasticDepth:
        assert not np.array_equal(first, other)
    layer = make(0.5)
    autograd.manual_seed(3)
    np.testing.assert_array_equal(layer(x).data, first)


def test_every_call_draws_anew():
    x = Tensor(np.ones((20, 20)))
    layer = nn.Dropout(0.5, generator=Generator(0))
    assert not np.array_equal(layer(x).data, layer(x).data)


@every_layer
def test_the_gradient_flows_where_something_was_let_through(make, shape):
    x = Tensor(np.random.default_rng(0).uniform(1, 2, shape), requires_grad=True)
    y = make(0.5, generator=Generator(0))(x)
    y.sum().backward()
    if "Alpha" in type(make(0.5)).__name__:
        dropped = x.grad.data == 0
        assert 0 < dropped.mean() < 1
        assert np.unique(y.data[dropped]).size == 1, "what is dropped has one value"
    else:
        np.testing.assert_allclose(x.grad.data, y.data / x.data, rtol=1e-12)


# --- what is dropped together -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "shape", "together"),
    [
        (F.dropout1d, (40, 8, 5), (2,)),
        (F.dropout1d, (40, 5), (1,)),
        (F.dropout2d, (40, 8, 3, 4), (2, 3)),
        (lambda x, p: F.stochastic_depth(x, p, "row"), (40, 3, 4), (1, 2)),
        (lambda x, p: F.feature_alpha_dropout(x, p, training=True), (40, 8, 3), (2,)),
    ],
)
def test_channels_and_examples_are_dropped_as_a_whole(draw, shape, together):
    autograd.manual_seed(0)
    y = draw(Tensor(np.ones(shape)), 0.5).data
    assert np.ptp(y, together).max() == 0
    assert len(np.unique(y)) == 2


def test_stochastic_depth_drops_examples_or_the_batch():
    x = Tensor(np.ones((2000, 3)))
    rows = F.stochastic_depth(x, 0.3, "row", generator=Generator(0)).data[:, 0]
    assert set(np.unique(rows)) == {0.0, 1 / 0.7}
    assert abs((rows == 0).mean() - 0.3) < 0.04
    generator = Generator(0)
    batches = [F.stochastic_depth(x, 0.3, "batch", generator=generator).data for _ in range(200)]
    assert all(np.ptp(y) == 0 for y in batches)
    assert abs(np.mean([y[0, 0] == 0 for y in batches]) - 0.3) < 0.13


def test_a_dropped_branch_leaves_the_identity():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.branch = nn.Linear(3, 3)
            self.drop = nn.StochasticDepth(1.0, "row")

        def forward(self, x):
            return x + self.drop(self.branch(x))

    x = Tensor(np.ones((2, 3), "float32"))
    block = Block()
    np.testing.assert_array_equal(block(x).data, x.data)
    assert not np.array_equal(block.eval()(x).data, x.data)


@pytest.mark.parametrize("p", [0.1, 0.5])
def test_alpha_dropout_keeps_mean_0_and_variance_1(p):
    x = Tensor(np.random.default_rng(0).normal(size=(500, 500)))
    y = F.alpha_dropout(x, p, training=True, generator=Generator(0)).data
    assert abs(y.mean()) < 0.01
    assert abs(y.var() - 1) < 0.02


# --- in a graph -------------------------------------------------------------------------------------------------------


def test_a_checkpoint_drops_the_same_entries_again():
    x = Tensor(np.random.default_rng(0).normal(size=(30, 30)), requires_grad=True)
    y = checkpoint(lambda x: F.dropout(x, 0.5) * 2.0, x)
    y.sum().backward()
    np.testing.assert_allclose(x.grad.data * x.data, y.data, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_element_type_stays(dtype):
    x = Tensor(np.ones((5, 5), dtype), requires_grad=True)
    for draw in (F.dropout, lambda x: F.alpha_dropout(x, training=True)):
        y = draw(x)
        assert y.dtype == dtype
        y.sum().backward()
        assert x.grad.dtype == dtype


def test_inplace_overwrites_nothing():
    x = Tensor(np.ones((5, 5)))
    nn.Dropout(1.0, inplace=True)(x)
    np.testing.assert_array_equal(x.data, 1)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: nn.Dropout(1.5), ArgumentValueError, r"Dropout: p .*from 0 to 1, not 1\.5"),
        (lambda: nn.Dropout(-0.1), ArgumentValueError, r"-0\.1"),
        (lambda: nn.Dropout(float("nan")), ArgumentValueError, "nan"),
        (lambda: nn.Dropout("half"), ArgumentTypeError, "half"),
        (lambda: nn.Dropout(True), ArgumentTypeError, "True"),
        (lambda: F.dropout(Tensor(np.ones(3)), 2.0, training=False), ArgumentValueError, "dropout.*2"),
        (lambda: F.dropout(Tensor([1, 2], dtype="int64")), DtypeError, "int64"),
        (lambda: F.alpha_dropout(Tensor([1, 2], dtype="int64"), training=True), DtypeError, "int64"),
        (lambda: F.dropout1d(Tensor(np.ones(3))), ShapeError, r"\(3,\).*\[N, C, L\]"),
        (lambda: F.dropout2d(Tensor(np.ones((2, 3, 4)))), ShapeError, r"\(2, 3, 4\).*\[N, C, H, W\].*dropout1d"),
        (lambda: F.feature_alpha_dropout(Tensor(np.ones(3))), ShapeError, r"\(3,\)"),
        (lambda: nn.StochasticDepth(0.5, "column"), ArgumentValueError, "column"),
        (lambda: F.stochastic_depth(Tensor(np.ones(3)), 0.5, "rows"), ArgumentValueError, "rows"),
        (lambda: F.stochastic_depth(Tensor(1.0), 0.5, "row"), ShapeError, "axis of examples"),
        (lambda: nn.Dropout(generator=7)(Tensor(np.ones(3))), ArgumentTypeError, "generator"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(call, error, said):
    with pytest.raises(error, match=said):
        call()
