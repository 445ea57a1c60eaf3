"""Is a person's own operation as good as a built-in one?"""

import numpy as np
import pytest

from autograd import TABLE, Op, Tensor, Value, gate, gradcheck, steps
from viz import draw


@gate
class Multiply:
    """The multiply gate, written as a module with a forward and a backward pass."""

    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, upstream):
        return upstream * self.y, upstream * self.x


def test_a_gate_class_computes_and_differentiates():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    z = Multiply(x, y)
    z.backward(5.0)
    assert (z.data, x.grad, y.grad) == (6.0, 15.0, 10.0)


def test_a_gate_class_is_checked_stepped_and_drawn():
    assert gradcheck(Multiply, [Value(2.0), Value(-3.0)])
    tensors = [Tensor(np.array([1.0, 2.0]), requires_grad=True), Tensor(np.array([3.0, -4.0]), requires_grad=True)]
    assert gradcheck(Multiply, tensors)
    z = Multiply(Value(2.0), 4)
    (first, *_) = steps({z: 1.0})
    assert [c.local for c in first.contributions] == [4.0]
    assert "Multiply" in draw(z).svg
    assert "Multiply" in draw(Multiply(*tensors)).svg


def test_a_gate_class_differentiates_twice():
    x = Value(3.0)
    Multiply(x, Multiply(x, x)).backward(create_graph=True)
    first = x.grad
    assert first.data == 27.0
    x.grad = 0.0
    first.backward()
    assert x.grad == 18.0


def test_a_row_of_ones_own_needs_no_place_in_the_table():
    cube = Op("cube", lambda a: a * a * a, lambda g, y, a: g * 3 * a * a, elementwise=True)
    x = Value(2.0)
    cube(x).backward()
    assert x.grad == 12.0
    assert cube not in list(TABLE)
    assert gradcheck(cube, Tensor(np.array([1.0, -2.0]), requires_grad=True))
    assert cube.gradients == ("g · 3 · a · a",)


def test_a_gate_explains_itself():
    assert "multiply gate" in Multiply.__doc__
    with pytest.raises(TypeError):
        Multiply(Value(1.0))
