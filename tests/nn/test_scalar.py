"""Does code written for micrograd give micrograd's numbers when only the import changes?"""

import random
import types

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest
from moons import Demo, micrograd_nn

from autograd import ShapeError, Value
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
    weighted = y.parents[0].parents[0]
    assert weighted.op.name == "dot_n"
    neuron.gates = True
    assert neuron(x).data == pytest.approx(y.data, rel=1e-15)


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
    with pytest.raises(ShapeError, match="3 weights and got 2 inputs"):
        Neuron(3)([1.0, 2.0])
