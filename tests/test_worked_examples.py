"""Does the engine reproduce the chain-rule figures of the teaching texts?

Each test is a row of the catalogue, named by its id. Figures that a text rounds are compared with their exact
value, computed here in float64 without the engine, to 1e-9.
"""

import math

import numpy as np
import pytest

from autograd import Tensor, Value, gate, gradcheck, steps

EXACT = {"rel": 1e-9, "abs": 1e-9}


def exactly(x):
    return pytest.approx(x, **EXACT)


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def backward(root, upstream=1.0):
    root.backward(upstream)
    return root


# --- single neurons -------------------------------------------------------------------------------------------


def neuron(weights, bias, inputs):
    z = Value(bias)
    for w, x in zip(weights, inputs, strict=True):
        z = z + Value(w) * x
    return z, z.relu()


def test_L3_1_a_neuron():
    z, y = neuron((0.5, 0.8, -0.3), 0.1, (2, -1, 0.5))
    assert (z.data, y.data) == exactly((0.15, 0.15))


@pytest.mark.parametrize(
    ("inputs", "weighted", "output"),
    [((0.2, 0, 1), -3.2, 0.0), ((0.9, 1, 0), 2.85, 2.85), ((0.8, 1, 1), -0.3, 0.0)],
)
def test_L3_2_a_spam_neuron(inputs, weighted, output):
    z, y = neuron((1.5, 2, -3), -0.5, inputs)
    assert (z.data, y.data) == exactly((weighted, output))


@pytest.mark.parametrize("inputs", [(2, -1, 0.5), (100, 3, -7), (0, 0, 0)])
def test_L3_3_with_zero_weights_the_output_is_the_activation_of_the_bias(inputs):
    for bias in (-1.0, 0.0, 0.7):
        z, y = neuron((0, 0, 0), bias, inputs)
        assert (z.data, y.data) == exactly((bias, max(bias, 0.0)))


def test_ML_1_two_stacked_weighted_sums_are_one():
    w1, b1, w2, b2 = 0.7, -0.3, 1.9, 0.4
    for number in (-2.0, 0.0, 3.5):
        x = Value(number)
        y = backward(w2 * (w1 * x + b1) + b2)
        assert y.data == exactly((w2 * w1) * number + (w2 * b1 + b2))
        assert x.grad == exactly(w2 * w1)


def test_L3_4_two_linear_layers_are_one_matrix_and_with_relu_between_none():
    rng = np.random.default_rng(0)
    w1, w2 = rng.normal(size=(4, 3)), rng.normal(size=(2, 4))
    merged = w2 @ w1

    def stacked(x, bend):
        hidden = Tensor(w1) @ Tensor(x)
        return (Tensor(w2) @ (hidden.relu() if bend else hidden)).data

    assert merged.shape == (2, 3)
    for x in rng.normal(size=(10, 3)):
        np.testing.assert_allclose(stacked(x, bend=False), merged @ x, rtol=1e-9)
    x = rng.normal(size=3)
    # a matrix would map -x to the opposite of what it maps x to
    assert not np.allclose(stacked(x, bend=True), -stacked(-x, bend=True))


# --- the chain rule on graphs -----------------------------------------------------------------------------------


def test_L4_7_sum_times_a_number():
    x, y, z = Value(-2), Value(5), Value(-4)
    q = x + y
    f = backward(q * z)
    assert (q.data, f.data) == exactly((3, -12))
    assert (x.grad, y.grad, z.grad) == exactly((-4, -4, 3))
    assert ((Value(-2 + 0.001) + 5) * -4).data == exactly(-12.004)
    assert ((Value(-2) + 5) * (-4 + 0.001)).data == exactly(-11.997)


def test_L3_21_a_chain_of_four():
    w, x, b, y = Value(2), Value(1.5), Value(-1), 1
    z = w * x
    a = z + b
    h = a.sigmoid()
    loss = backward((h - y) ** 2)
    s = sigmoid(2)
    assert (z.data, a.data, h.data, loss.data) == exactly((3, 2, s, (s - 1) ** 2))
    assert h.grad == exactly(2 * (s - 1))
    assert (h.local_gradients[0], a.local_gradients[0], z.local_gradients[0]) == exactly((s * (1 - s), 1, 1.5))
    dw = 2 * (s - 1) * s * (1 - s) * 1.5
    assert w.grad == exactly(dw)
    w.data -= 0.1 * w.grad
    assert w.data == exactly(2 - 0.1 * dw)
    printed = {h.data: 0.8808, loss.data: 0.01421, h.grad: -0.2384, w.grad: -0.037547, w.data: 2.0037547}
    for figure, rounded in printed.items():
        assert figure == pytest.approx(rounded, abs=6e-5)


def test_L3_22_factors_multiply():
    x = Value(0.5)
    g = 3 * x + 1
    f = backward(2 * g - 7)
    assert f.data == exactly(2 * 2.5 - 7)
    assert (g.grad, x.grad) == exactly((2, 6))


@pytest.mark.parametrize("number", [-2.0, 0.0, 0.3, 5.0])
def test_L4_8_a_square_of_a_multiple(number):
    x = Value(number)
    y = 3 * x
    z = backward(y**2)
    assert z.data == exactly(9 * number**2)
    assert x.grad == exactly(18 * number)


@pytest.mark.parametrize("number", [-2.0, 0.0, 0.3, 5.0])
def test_L4_9_two_paths_add_up(number):
    x = Value(number)
    a, b = 2 * x, x**2
    backward(a + b)
    assert x.grad == exactly(2 + 2 * number)


def test_L4_10_a_chain_of_three():
    x = Value(1)
    a = 2 * x
    b = a**3
    loss = backward(-b)
    assert (a.data, b.data, loss.data, x.grad) == exactly((2, 8, -8, -24))


def test_NN_6_a_chain_of_three():
    x = Value(2)
    a = x**2
    b = 3 * a
    loss = backward(-b)
    assert (a.data, b.data, loss.data, x.grad) == exactly((4, 12, -12, -12))


def test_L4_11_the_four_gates():
    a, b = Value(3), Value(4)
    backward(a + b, 2)
    assert (a.grad, b.grad) == exactly((2, 2))
    a, b = Value(2), Value(3)
    backward(a * b, 5)
    assert (a.grad, b.grad) == exactly((15, 10))
    a, b = Value(4), Value(9)
    backward(a.maximum(b), 5)
    assert (a.grad, b.grad) == exactly((0, 5))
    x = Value(1)
    backward(x * 4 + x * 2)
    assert x.grad == exactly(6)


def test_L4_12_a_sigmoid_neuron():
    w0, x0, w1, x1, w2 = map(Value, (2, -1, -3, -2, -3))
    weighted = w0 * x0 + w1 * x1 + w2
    y = backward(weighted.sigmoid())
    d = sigmoid(1) * (1 - sigmoid(1))
    assert (weighted.data, y.data) == exactly((1, sigmoid(1)))
    assert (w0.grad, x0.grad, w1.grad, x1.grad, w2.grad) == exactly((-d, 2 * d, -2 * d, -3 * d, d))
    assert (y.data, w0.grad, x0.grad, w1.grad, x1.grad, w2.grad) == pytest.approx(
        (0.7311, -0.1966, 0.3932, -0.3932, -0.5898, 0.1966), abs=6e-5
    )


def test_L4_13_the_same_neuron_from_primitive_gates():
    w, x, b = Value(2), Value(-1), Value(3)
    product = w * x
    weighted = product + b
    negated = weighted * -1
    power = negated.exp()
    shifted = power + 1
    y = backward(1 / shifted)
    chain = (product, weighted, negated, power, shifted, y)
    e = math.exp(-1)
    assert [v.data for v in chain] == exactly([-2, 1, -1, e, 1 + e, 1 / (1 + e)])
    ds = -1 / (1 + e) ** 2
    d = e / (1 + e) ** 2
    assert [v.grad for v in reversed(chain)] == exactly([1, ds, ds, -d, d, d])
    assert (b.grad, w.grad, x.grad) == exactly((d, -d, 2 * d))
    printed = (1, -0.5344, -0.5344, -0.1966, 0.1966, 0.1966)
    assert [v.grad for v in reversed(chain)] == pytest.approx(printed, abs=6e-5)

    coarse = [Value(v) for v in (2, -1, 3)]
    whole = backward((coarse[0] * coarse[1] + coarse[2]).sigmoid())
    assert (whole.data, *(v.grad for v in coarse)) == exactly((y.data, w.grad, x.grad, b.grad))


def linear_classifier(weights, x, label, strength=0.1):
    """Scores, margins, their hinge sum, the penalty, and the total: five nodes of arrays."""
    scores = weights @ x
    margins = scores - scores[label] + 1
    others = np.arange(scores.size) != label
    hinge = (margins.relu() * others).sum()
    penalty = strength * (weights * weights).sum()
    return scores, margins, hinge, penalty, hinge + penalty


def test_L4_14_a_linear_classifier_as_five_nodes():
    rng = np.random.default_rng(3)
    w, x = rng.normal(size=(3, 4)), rng.normal(size=4)
    weights = Tensor(w, requires_grad=True)
    total = linear_classifier(weights, Tensor(x), label=1)[-1]
    s = w @ x
    m = np.maximum(s - s[1] + 1, 0)
    m[1] = 0
    assert total.item() == exactly(m.sum() + 0.1 * (w * w).sum())
    total.backward()
    active = (m > 0).astype(float)
    active[1] = -active.sum()
    np.testing.assert_allclose(weights.grad.data, np.outer(active, x) + 0.2 * w, rtol=1e-9)
    assert gradcheck(lambda t, u: linear_classifier(t, u, 1)[-1], [Tensor(w, True), Tensor(x, True)])


def test_L4_15_a_multiply_gate_as_a_module():
    @gate
    class MultiplyGate:
        def forward(self, x, y):
            self.x, self.y = x, y
            return x * y

        def backward(self, upstream):
            return upstream * self.y, upstream * self.x

    x, y = Value(2), Value(3)
    z = MultiplyGate(x, y)
    z.backward(5)
    assert (z.data, x.grad, y.grad) == exactly((6, 15, 10))
    assert gradcheck(MultiplyGate, [Value(2.0), Value(3.0)])
    assert [c.gradient for c in next(iter(steps({z: 5.0}))).contributions] == exactly([15, 10])
