"""Does code written for micrograd give micrograd's numbers when only the import changes?"""

import random
import types

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest
from moons import Demo, micrograd_nn

from autograd import ArgumentTypeError, ArgumentValueError, Generator, ShapeError, Value, gradgradcheck, gradients
from nn.scalar import MLP, Layer, Module, Neuron

OURS = types.SimpleNamespace(Value=Value)
CLOSE = {"rel": 1e-12, "abs": 1e-12}


def first_test_of_micrograd(value):
    x = value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    return [y.data, x.grad]


def second_test_of_micrograd(value):
    a, b = value(-4.0), value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return [g.data, a.grad, b.grad]


@pytest.mark.parametrize("program", [first_test_of_micrograd, second_test_of_micrograd])
def test_micrograds_own_tests_give_the_same_numbers(program):
    assert program(Value) == pytest.approx(program(micrograd.engine.Value), **CLOSE)


def run(demo, steps=4):
    history = [demo.step() for _ in range(steps)]
    return [x for pair in history for x in pair], [p.data for p in demo.model.parameters()]


@pytest.fixture(scope="module")
def micrograds_moons():
    return run(Demo(micrograd.engine.Value, micrograd.nn.MLP))


@pytest.mark.parametrize(
    "mlp",
    [micrograd_nn(OURS).MLP, lambda nin, nouts: MLP(nin, nouts, gates=True), MLP],
    ids=["micrograd.nn on our Value", "nn.scalar from gates", "nn.scalar"],
)
def test_the_moons_demo_gives_the_same_numbers(mlp, micrograds_moons):
    history, parameters = run(Demo(Value, mlp))
    expected_history, expected_parameters = micrograds_moons
    assert history == pytest.approx(expected_history, **CLOSE)
    assert parameters == pytest.approx(expected_parameters, **CLOSE)


def test_the_moons_demo_learns():
    demo = Demo(Value, MLP)
    losses = [demo.step() for _ in range(60)]
    assert losses[-1][1] >= 0.97
    assert losses[-1][0] < losses[0][0] / 3


def test_a_neuron_is_one_dot_node_or_single_gates():
    random.seed(1)
    neuron = Neuron(3)
    x = [Value(1.0), Value(-2.0), 0.5]
    y = neuron(x)
    assert y.op.name == "relu"
    weighted = y.parents[0]
    assert weighted.op.name == "weighted_sum_n"
    assert weighted.inputs == (*neuron.w, neuron.b, *x)
    neuron.gates = True
    assert neuron(x).data == pytest.approx(y.data, rel=1e-15)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", lambda z: z * z, "sin"])
def test_a_layer_of_shared_rows_equals_single_gates(activation):
    """Rows that nodes share are visited once; what they receive is the same."""
    results = []
    for gates in (False, True):
        model = MLP(2, [3, 3, 2], gates=gates, activation=activation, generator=Generator(3))
        x = [Value(0.3), Value(-0.8)]
        first, second = model(x)
        (first * second + first + x[0] * second).backward()
        results.append([first.data, *(p.grad for p in model.parameters()), *(v.grad for v in x)])
    assert results[0] == pytest.approx(results[1], rel=1e-12, abs=1e-15)
    assert any(results[0][1:])


def test_the_passes_of_shared_rows_are_the_same_step_by_step():
    model = MLP(2, [3, 1], activation="tanh", generator=Generator(5))
    x = [Value(0.3), Value(-0.8)]
    y = model(x)
    stepped = gradients(y)
    y.backward()
    assert {node: node.grad for node in stepped} == pytest.approx(stepped, rel=1e-14)
    second = [p.grad for p in model.parameters()]
    gradgradcheck(lambda *xs: model(list(xs)), x)
    model.zero_grad()
    model(x).backward(create_graph=True)
    assert [p.grad.data for p in model.parameters()] == pytest.approx(second, rel=1e-14)


def test_a_closed_gate_lets_nothing_through():
    neuron = Neuron(2, init=lambda: -1.0)
    x = [Value(1e308), Value(float("inf"))]
    neuron(x).backward()
    assert [v.grad for v in x] == [p.grad for p in neuron.w] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("init", "variance"), [("uniform", 1 / 3), ("xavier", 2 / 450), ("he", 2 / 400), ("zeros", 0.0)]
)
def test_weights_are_drawn_as_asked(init, variance):
    layer = Layer(400, 50, init=init, generator=Generator(0))
    weights = [w.data for neuron in layer.neurons for w in neuron.w]
    assert np.var(weights) == pytest.approx(variance, rel=0.05)
    assert abs(np.mean(weights)) < 0.02
    assert all(neuron.b.data == 0.0 for neuron in layer.neurons)
    assert [w.data for w in Layer(400, 50, init=init, generator=Generator(0)).neurons[7].w] == weights[2800:3200]


def test_weight_and_bias_can_be_put_in_place():
    neuron = Neuron(2, nonlin=False)
    neuron.w = [Value(2.0), Value(3.0)]
    neuron.b = Value(1.0)
    assert neuron([10.0, 100.0]).data == 321.0
    assert [p.data for p in neuron.parameters()] == [2.0, 3.0, 1.0]


def test_a_plain_number_in_the_place_of_a_weight_is_not_trained():
    neuron = Neuron(2, nonlin=False)
    neuron.w = [Value(2.0), 3.0]
    neuron.b = 1.0
    neuron([10.0, Value(100.0)]).backward()
    assert [p.grad for p in neuron.parameters()] == [10.0]
    neuron.zero_grad()
    assert neuron.w[0].grad == 0.0


def test_what_is_unknown_is_refused():
    with pytest.raises(ArgumentValueError, match=r"no activation 'rellu'; known are .*relu"):
        Neuron(2, activation="rellu")
    with pytest.raises(ArgumentValueError, match=r"no initialisation 'gauss'; known are uniform, xavier, he, zeros"):
        MLP(2, [2, 1], init="gauss")
    with pytest.raises(ArgumentTypeError, match="a name or a function of one Value, not 3"):
        Neuron(2, activation=3)
    with pytest.raises(ArgumentValueError, match="at least one input"):
        Neuron(0)
    with pytest.raises(ArgumentValueError, match="at least one neuron, not 0"):
        MLP(2, [0])


def test_parameters_and_shapes_are_micrograds():
    model = MLP(3, [4, 4, 1])
    assert len(model.parameters()) == 41
    assert repr(MLP(2, [1])) == "MLP of [Layer of [LinearNeuron(2)]]"
    assert "ReLUNeuron(3)" in repr(model)
    assert isinstance(model([1.0, 2.0, 3.0]), Value)
    assert len(Layer(2, 3)([Value(1.0), Value(2.0)])) == 3
    assert Module().parameters() == []
    assert isinstance(MLP(2, [1, 1])([1.0, 2.0]), Value)
    assert model(np.array([1.0, 2.0, 3.0])).data == model(iter([1.0, 2.0, 3.0])).data == model([1, 2, 3]).data


def test_zero_grad_clears_the_parameters_only():
    model = MLP(2, [3, 1])
    x = Value(1.0)
    model([x, Value(2.0)]).backward()
    assert any(p.grad for p in model.parameters())
    kept = x.grad
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())
    assert x.grad == kept


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ShapeError, match=r"3 weights \(and a bias\) got 2 inputs"):
        Neuron(3)([1.0, 2.0])
