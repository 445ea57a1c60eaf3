"""Do the bends have the ranges, slopes and options that the texts give them?

Agreement with PyTorch is in tests/networks; here is what the texts say, and what PyTorch has not.
"""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest

import nn
import nn.functional as F
from autograd import Generator, Tensor, Value, gradcheck
from autograd.errors import ArgumentTypeError, ArgumentValueError, ShapeError

Z = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])


def value_and_slope(bend, x):
    x = Tensor(np.asarray(x, "float64"), requires_grad=True)
    y = bend(x)
    y.sum().backward()
    return y.detach().numpy(), x.grad.numpy()


# --- the worked examples ----------------------------------------------------------------------------------------------


def test_ranges_and_slopes_of_sigmoid_tanh_and_relu():
    z = np.linspace(-15, 15, 301)
    y, slope = value_and_slope(nn.Sigmoid(), z)
    assert np.all((y > 0) & (y < 1))
    np.testing.assert_allclose(slope, y * (1 - y), rtol=1e-15)
    y, slope = value_and_slope(nn.Tanh(), z)
    assert np.all((y > -1) & (y < 1))
    np.testing.assert_allclose(slope, 1 - np.tanh(z) ** 2, rtol=1e-9, atol=1e-16)
    y, slope = value_and_slope(nn.ReLU(), z)
    assert y.min() == 0
    assert y.max() == 15
    assert set(slope) == {0.0, 1.0}


@pytest.mark.parametrize(
    ("bend", "formula"),
    [
        (nn.LeakyReLU(), lambda z: np.maximum(0.01 * z, z)),
        (nn.GELU(), lambda z: z * np.array([0.5 * (1 + math.erf(x / math.sqrt(2))) for x in z])),
        (nn.SiLU(), lambda z: z / (1 + np.exp(-z))),
        (nn.ELU(1.5), lambda z: np.where(z > 0, z, 1.5 * (np.exp(z) - 1))),
        (lambda x: F.swiglu(x, 3 * x), lambda z: z / (1 + np.exp(-z)) * 3 * z),
    ],
    ids=["Leaky ReLU", "GELU", "SiLU", "ELU", "SwiGLU"],
)
def test_values_and_slopes_by_formula_and_finite_differences(bend, formula):
    z = np.array([-3.0, -1.2, -0.3, 0.4, 1.1, 2.7])
    y, slope = value_and_slope(bend, z)
    np.testing.assert_allclose(y, formula(z), rtol=1e-12)
    step = 1e-6
    np.testing.assert_allclose(slope, (formula(z + step) - formula(z - step)) / (2 * step), rtol=1e-8, atol=1e-9)


def test_slopes_at_zero():
    """Sigmoid, tanh and ELU have one; where there is none, the engine takes that of the left piece."""
    taken = {
        nn.Sigmoid(): 0.25,
        nn.Tanh(): 1.0,
        nn.ELU(0.7): 0.7,
        nn.ReLU(): 0.0,
        nn.LeakyReLU(0.01): 0.01,
        nn.PReLU(init=0.3, dtype="float64"): 0.3,
        nn.ReLU6(): 0.0,
    }
    for bend, slope in taken.items():
        assert value_and_slope(bend, 0.0)[1] == slope, bend
    around = value_and_slope(nn.Sigmoid(), np.linspace(-3, 3, 61))[1]
    assert around.max() == around[30] == 0.25


def test_the_saturated_sigmoid_and_five_of_them():
    y, slope = value_and_slope(nn.Sigmoid(), 10.0)
    assert round(float(y), 5) == 0.99995
    assert float(f"{slope:.2e}") == 4.54e-5
    assert 1.9e-22 < slope**5 < 2e-22


def test_what_ten_layers_leave_of_a_gradient():
    """Each sigmoid at its best point passes on a quarter; factors below 1 vanish, factors above explode."""
    x = Tensor(0.0, requires_grad=True, dtype="float64")
    y = x
    for _ in range(10):
        y = F.sigmoid(y - y.item())  # every one at 0
    y.backward()
    assert x.grad.item() == 0.25**10 == pytest.approx(9.5367e-7, rel=1e-5)
    for factor, left in ((0.1, 1e-10), (1.5, 57.67)):
        x = Tensor(1.0, requires_grad=True, dtype="float64")
        y = x
        for _ in range(10):
            y = y * factor
        y.backward()
        assert x.grad.item() == pytest.approx(left, rel=1e-4)


def test_relu_and_gelu_at_five_points():
    assert F.relu(Tensor(Z)).tolist() == [0, 0, 0, 1, 2]
    assert np.round(F.gelu(Tensor(Z)).numpy(), 4).tolist() == [-0.0455, -0.1587, 0.0, 0.8413, 1.9545]
    # to three places −0.045 is the approximation with tanh; the exact one is −0.046
    assert round(F.gelu(Tensor(Z), approximate="tanh").numpy()[0], 3) == -0.045
    assert round(F.gelu(Tensor(Z)).numpy()[0], 3) == -0.046


# --- what PyTorch has not, or otherwise -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        F.hardsigmoid,
        F.hardswish,
        lambda x: F.cosine_similarity(x, x * x + 1, eps=100.0),
        lambda x: F.swiglu(x, 2 - x),
        lambda x: F.rrelu(x, training=True, generator=Generator().manual_seed(1)),
    ],
    ids=["hardsigmoid", "hardswish", "short vectors", "swiglu", "rrelu in training"],
)
def test_gradients_that_pytorch_cannot_confirm(call):
    assert gradcheck(call, Tensor([[-3.5, -1.25], [0.75, 4.0]], requires_grad=True, dtype="float64"))


def test_random_slopes_lie_between_their_bounds_and_follow_the_generator():
    x = Tensor(np.full(1000, -1.0))
    layer = nn.RReLU(0.1, 0.3, generator=Generator().manual_seed(3))
    drawn = -layer(x).numpy()
    assert 0.1 <= drawn.min() < 0.11
    assert 0.29 < drawn.max() <= 0.3
    assert np.all(-layer(x).numpy() != drawn)
    again = nn.RReLU(0.1, 0.3, generator=Generator().manual_seed(3))
    assert np.array_equal(-again(x).numpy(), drawn)
    np.testing.assert_allclose(layer.eval()(x).numpy(), -0.2)
    assert layer(Tensor([2.0])).item() == F.rrelu(Tensor([2.0]), training=True).item() == 2.0


def test_in_place_changes_nothing_but_gives_the_same():
    x = Tensor([-1.0, 2.0])
    for layer in (nn.ReLU(inplace=True), nn.LeakyReLU(0.1, True), nn.Hardswish(True), nn.Threshold(0, 5, True)):
        y = layer(x)
        assert y is not x
        assert x.tolist() == [-1.0, 2.0]
        assert "inplace=True" in repr(layer)
    assert F.elu(x, 1.0, True).tolist() == F.elu(x).tolist()


def test_an_axis_has_to_be_named():
    x = Tensor(np.ones((2, 3)))
    for function in (F.softmax, F.log_softmax, F.softmin):
        with pytest.raises(ArgumentTypeError, match=r"axis of shape \(2, 3\)\? Pass dim"):
            function(x)
    for layer in (nn.Softmax, nn.LogSoftmax, nn.Softmin):
        with pytest.raises(ArgumentTypeError, match="Pass dim"):
            layer()


def test_what_does_not_fit_is_refused():
    x = Tensor(np.ones((2, 3)))
    with pytest.raises(ShapeError, match=r"\(2, 3\).*\(3, 2\)"):
        F.swiglu(x, x.T)
    with pytest.raises(ShapeError, match=r"weight has shape \(2,\).*\(2, 3\) takes \(1,\) or \(3,\)"):
        F.prelu(x, Tensor([0.1, 0.2]))
    with pytest.raises(ShapeError, match=r"\(2, 3\) cannot be halved"):
        F.glu(x)
    with pytest.raises(ArgumentValueError, match=r"lower=0\.5 is above upper=0\.1"):
        nn.RReLU(0.5, 0.1)(x)
    with pytest.raises(ShapeError, match=r"\[N, C, H, W\]"):
        nn.Softmax2d()(x)


def test_elementwise_bends_take_single_numbers():
    for bend in (
        F.relu,
        F.silu,
        F.mish,
        F.softsign,
        F.hardswish,
        F.logsigmoid,
        F.tanhshrink,
        F.softshrink,
        F.hardshrink,
    ):
        x = Value(1.25)
        y = bend(x)
        y.backward()
        value, slope = value_and_slope(bend, 1.25)
        assert y.data == pytest.approx(float(value), rel=1e-14)
        assert x.grad == pytest.approx(float(slope), rel=1e-14)


def test_no_overflow_where_the_sigmoids_saturate():
    x = np.array([-1000.0, 1000.0])
    for bend in (F.sigmoid, F.logsigmoid, F.silu, F.mish, F.gelu, F.softplus, F.elu, F.selu, F.softsign):
        value, slope = value_and_slope(bend, x)
        assert np.all(np.isfinite(value)), bend
        assert np.all(np.isfinite(slope)), bend


def test_layers_are_pickled_and_copied():
    x = Tensor(Z[None])
    for layer in (nn.ReLU(), nn.Hardtanh(-0.5, 0.5), nn.PReLU(), nn.Softmax(-1), nn.Softplus(2.0)):
        for other in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
            assert repr(other) == repr(layer)
            assert np.array_equal(other(x).detach().numpy(), layer(x).detach().numpy())


def test_the_slope_of_prelu_is_reset():
    layer = nn.PReLU(2, init=0.5)
    layer.weight.data[:] = 7
    layer.reset_parameters()
    assert layer.weight.tolist() == [0.5, 0.5]
    assert nn.PReLU(init=1).weight.dtype == np.float32


def test_a_layer_s_heir_may_take_other_arguments():
    class Scaled(nn.LeakyReLU):
        def __init__(self, scale):
            super().__init__(0.2)
            self.factor = scale

    assert repr(Scaled(3.0)) == "Scaled(negative_slope=0.2)"
