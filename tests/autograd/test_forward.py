"""Forward mode: tangents from the same rules, for every row of the table, and themselves recordable."""

import numpy as np
import pytest

from autograd import ArgumentTypeError, Tensor, Value, gate, grad, jvp, vjp
from autograd.ops.table import TABLE

RNG = np.random.default_rng(0)


def is_shape(x):
    return isinstance(x, tuple) and all(isinstance(size, int) for size in x)


def cases():
    for op in TABLE:
        examples = op.examples
        if op.elementwise and not examples:
            shapes = [(2, 3), (3,), (2, 1)][: len(op.rules)]
            examples = (tuple(shapes),)
        for number, example in enumerate(examples):
            if op.variadic:
                moving = [i for i, x in enumerate(example) if (op.scalar or i) and is_shape(x)]
            else:
                moving = [i for i, rule in enumerate(op.rules) if rule is not None and i < len(example)]
            yield pytest.param(op, example, moving, id=f"{op.name}-{number}")


def arguments(op, example, moving):
    low, high = np.clip(op.domain, -2, 3) if op.elementwise else (-1, 1)
    made = []
    for i, x in enumerate(example):
        if i in moving:
            x = RNG.uniform(low + 0.1 * (high - low), high - 0.1 * (high - low), x)
            x = x @ x.T + np.eye(len(x)) if op.name in {"cholesky", "inv", "det", "slogdet"} and x.ndim == 2 else x
        elif op.elementwise and is_shape(x):
            x = RNG.random(x) > 0.5  # a condition
        made.append(x)
    return made


@pytest.mark.parametrize(("op", "example", "moving"), list(cases()))
def test_forward_mode_is_the_transpose_of_reverse_mode(op, example, moving):
    fixed = arguments(op, example, moving)

    def fun(*xs):
        inputs = list(fixed)
        for i, x in zip(moving, xs, strict=True):
            inputs[i] = x
        return op(*inputs)

    points = [fixed[i] for i in moving]
    tangents = [RNG.standard_normal(np.shape(x)) for x in points]
    out, _ = vjp(fun, *points)
    value, tangent = jvp(fun, points, tangents)
    np.testing.assert_array_equal(value, out)
    assert np.shape(tangent) == np.shape(out)
    upstream = RNG.standard_normal(np.shape(out))

    def reverse(*xs):
        return sum([np.sum(g * t) for g, t in zip(vjp(fun, *xs)[1](upstream), tangents, strict=True)], 0.0)

    def forward(*xs):
        return np.sum(upstream * jvp(fun, xs, tangents)[1])

    scale = 1e-10 * (1 + np.sum(np.abs(upstream * tangent)))
    assert forward(*points) == pytest.approx(reverse(*points), rel=1e-9, abs=scale)

    # and once more: forward over forward, reverse over forward, forward over reverse
    second = jvp(forward, points, tangents)[1]
    scale = 1e-9 * (1 + abs(second))
    assert jvp(reverse, points, tangents)[1] == pytest.approx(second, rel=1e-8, abs=scale)
    gradients = vjp(forward, *points)[1](1.0)
    assert sum(np.sum(g * t) for g, t in zip(gradients, tangents, strict=True)) == pytest.approx(
        second, rel=1e-8, abs=scale
    )


@pytest.mark.parametrize("op", [op for op in TABLE if op.elementwise and len(op.parameters) == 1], ids=str)
def test_values_move_as_arrays_do(op):
    low, high = np.clip(op.domain, -2, 3)
    x = 0.3 * low + 0.7 * high
    value, tangent = jvp(op, (Value(x),), (Value(2.0),))
    assert value.data == pytest.approx(op(np.float64(x)), rel=1e-14)
    assert tangent.data == pytest.approx(jvp(op, (x,), (2.0,))[1], rel=1e-12, abs=1e-15)


def test_higher_orders_of_values():
    def d(fun):
        return lambda x: jvp(fun, (x,), (1.0,))[1]

    assert d(d(d(lambda x: x**4)))(Value(2.0)).data == 48.0
    assert grad(d(lambda x: x**4))(Value(2.0)).data == 48.0


def test_an_input_that_does_not_move():
    assert jvp(lambda x, y: x * 2.0, (1.0, 5.0), (0.0, 1.0)) == (2.0, 0.0)
    _, tangent = jvp(lambda x: np.ones(2), (1.0,), (1.0,))
    np.testing.assert_array_equal(tangent, np.zeros(2))


def test_float32_stays_float32():
    value, tangent = jvp(lambda x: np.tanh(x) @ x, (np.ones(3, np.float32),), (np.ones(3),))
    assert value.dtype == tangent.dtype == np.float32


@gate
class Cube:
    def forward(self, x):
        self.x = x
        return x**3

    def backward(self, upstream):
        return upstream * 3 * self.x**2


@gate
class Clipped:
    def forward(self, x):
        return x * 1.0

    def backward(self, upstream):
        return np.clip(upstream, -0.1, 0.1)


@gate
class Bare:
    def forward(self, x):
        return x * 2.0

    def backward(self, upstream):
        return np.asarray(upstream.data if isinstance(upstream, Tensor) else upstream) * 2.0


def test_a_persons_own_gate_is_turned_round():
    x, t = np.array([1.0, 2.0]), np.array([0.5, -1.0])
    np.testing.assert_allclose(jvp(Cube, (x,), (t,))[1], 3 * x**2 * t)
    np.testing.assert_allclose(jvp(lambda x: jvp(Cube, (x,), (t,))[1], (x,), (t,))[1], 6 * x * t * t)


@pytest.mark.parametrize("op", [Clipped, Bare])
def test_a_gate_that_cannot_be_turned_round_is_refused(op):
    with pytest.raises(ArgumentTypeError, match="forward mode needs"):
        jvp(op, (np.array([1.0, 2.0]),), (np.ones(2),))


def test_a_long_chain():
    def fun(x):
        for _ in range(20_000):
            x = x + 1e-4
        return x

    assert jvp(fun, (0.0,), (1.0,))[1] == 1.0
    assert grad(fun)(0.0) == 1.0
