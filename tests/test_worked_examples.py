"""Does the engine reproduce the chain-rule figures of the teaching texts?

Each test is a row of the catalogue, named by its id. Figures that a text rounds are compared with their exact
value, computed here in float64 without the engine, to 1e-9.
"""

import math
import tracemalloc

import numpy as np
import pytest

from autograd import Tensor, Value, gate, grad, gradcheck, jacobian, steps, vjp

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


# --- vectors, matrices, Jacobians -------------------------------------------------------------------------------


def test_L4_16_relu_on_a_vector_and_its_diagonal_jacobian():
    x = np.array([1.0, -2.0, 3.0, -1.0])
    upstream = np.array([4.0, -1.0, 5.0, 9.0])
    leaf = Tensor(x, requires_grad=True)
    leaf.relu().backward(upstream)
    assert leaf.grad.tolist() == [4.0, 0.0, 5.0, 0.0]
    assert vjp(lambda t: t.relu(), x)[1](upstream)[0].tolist() == [4.0, 0.0, 5.0, 0.0]
    assert jacobian(lambda t: t.relu())(x).tolist() == np.diag([1.0, 0.0, 1.0, 0.0]).tolist()


X = np.array([[2.0, 1, -3], [-3, 4, 2]])
W = np.array([[3.0, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]])


def test_L4_17_and_18_a_matrix_product_and_its_gradients():
    x, w = Tensor(X, requires_grad=True), Tensor(W, requires_grad=True)
    y = x @ w
    assert y.tolist() == [[-1, -1, 2, 6], [5, 2, 11, 7]]  # printed: [[13, 9, −2, −6], [5, 2, 17, 1]]
    assert y.tolist() != [[13, 9, -2, -6], [5, 2, 17, 1]]
    y.backward([[2.0, 3, -3, 9], [-8, 1, 4, 6]])
    assert x.grad.tolist() == [[0, 16, -9], [-24, 9, -30]]
    assert w.grad.tolist() == [[28, 3, -18, 0], [-30, 7, 13, 33], [-22, -7, 17, -15]]


def test_L4_19_a_layer_of_relu():
    x = Tensor(np.array([[1.0, 2.0]]), requires_grad=True)
    w = Tensor(np.array([[0.5, -0.3], [0.8, 0.1]]), requires_grad=True)
    b = Tensor(np.array([[0.1, -0.2]]), requires_grad=True)
    pre = x @ w + b
    out = pre.relu()
    np.testing.assert_allclose(pre.data, [[2.2, -0.3]], rtol=1e-9)
    np.testing.assert_allclose(out.data, [[2.2, 0.0]], rtol=1e-9)
    out.backward(np.ones((1, 2)))
    assert b.grad.tolist() == [[1.0, 0.0]]
    assert w.grad.tolist() == [[1.0, 0.0], [2.0, 0.0]]
    np.testing.assert_allclose(x.grad.data, [[0.5, 0.8]], rtol=1e-9)


def test_L4_20_a_jacobian_is_too_large_where_the_vjp_is_small():
    width, batch = 4096, 64
    assert width * width == 16_777_216
    assert width * width * 4 == 64 * 2**20
    assert (batch * width) ** 2 * 4 == 256 * 2**30
    w = Tensor(np.ones((width, width), np.float32))
    x = Tensor(np.ones((batch, width), np.float32), requires_grad=True)
    tracemalloc.start()
    (x @ w).sum().backward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert x.grad.shape == (batch, width)
    assert peak < 8 * batch * width * 4


def test_L4_21_gradients_have_the_shape_of_their_variable():
    assert np.shape(jacobian(lambda t: t**2)(3.0)) == ()
    assert grad(lambda t: (t * t).sum())(np.ones(5)).shape == (5,)
    assert jacobian(lambda t: np.ones((2, 5)) @ t)(np.ones(5)).shape == (2, 5)
    x, b = Tensor(np.ones((7, 3)), requires_grad=True), Tensor(np.zeros(3), requires_grad=True)
    y = x * 2 + b
    upstream = np.arange(21.0).reshape(7, 3)
    y.backward(upstream)
    assert x.grad.shape == (7, 3)
    assert b.grad.tolist() == upstream.sum(axis=0).tolist()


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def test_L3_23_a_small_network_by_hand_in_numpy():
    rng = np.random.default_rng(0)
    w1, b1, w2, b2 = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=(2, 4)), rng.normal(size=2)
    x, label = rng.normal(size=3), 1

    z1 = w1 @ x + b1
    h = np.maximum(z1, 0)
    p = softmax(w2 @ h + b2)
    d2 = p - np.eye(2)[label]
    d1 = (w2.T @ d2) * (z1 > 0)
    by_hand = np.outer(d1, x), d1, np.outer(d2, h), d2, w1.T @ d1

    parameters = [Tensor(each, requires_grad=True) for each in (w1, b1, w2, b2, x)]
    t1, c1, t2, c2, leaf = parameters
    loss = -(t2 @ (t1 @ leaf + c1).relu() + c2).log_softmax(dim=-1)[label]
    loss.backward()
    assert loss.item() == pytest.approx(-np.log(p[label]), rel=1e-12)
    for parameter, expected in zip(parameters, by_hand, strict=True):
        np.testing.assert_allclose(parameter.grad.data, expected, rtol=1e-12, atol=1e-12)


def test_L3_24_a_gradient_check_finds_five_digits_or_better():
    rng = np.random.default_rng(0)
    x = Tensor(rng.normal(size=(5, 4)), requires_grad=True)
    w = Tensor(rng.normal(size=(4, 3)), requires_grad=True)
    report = gradcheck(lambda x, w: (x @ w).tanh().log_softmax(dim=-1).mean(), [x, w], eps=1e-5, rtol=1e-6, atol=1e-10)
    assert report.relative_error < 1e-5


def test_ML_4_blame_is_passed_back_through_the_transposed_weights():
    rng = np.random.default_rng(1)
    w1, w2 = rng.normal(size=(4, 3)), rng.normal(size=(2, 4))
    b1, b2, x, target = rng.normal(size=4), rng.normal(size=2), rng.normal(size=3), rng.normal(size=2)
    sigma = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    h = sigma(w1 @ x + b1)
    y = sigma(w2 @ h + b2)
    delta2 = (y - target) * y * (1 - y)
    delta1 = (w2.T @ delta2) * h * (1 - h)

    t1, c1, t2, c2 = parameters = [Tensor(each, requires_grad=True) for each in (w1, b1, w2, b2)]
    out = (t2 @ (t1 @ Tensor(x) + c1).sigmoid() + c2).sigmoid()
    (0.5 * (out - Tensor(target)) ** 2).sum().backward()
    for parameter, expected in zip(parameters, (np.outer(delta1, x), delta1, np.outer(delta2, h), delta2), strict=True):
        np.testing.assert_allclose(parameter.grad.data, expected, rtol=1e-12, atol=1e-14)
