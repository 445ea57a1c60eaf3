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


@pytest.mark.parametrize("make", [Value, lambda x: Tensor(x, requires_grad=True, dtype="float64")])
def test_a_gate_may_do_what_it_likes_with_the_real_upstream_gradient(make):
    @gate
    class ClippedGradient:
        def forward(self, x):
            return x

        def backward(self, upstream):
            return np.clip(upstream, -1, 1)

    x = make(2.0)
    (ClippedGradient(x) * 5).backward()
    assert float(x.grad) == 1.0


def test_a_gate_runs_backward_only_in_the_backward_pass():
    calls = []

    @gate
    class Counted:
        def forward(self, x):
            calls.append("forward")
            return 2 * x

        def backward(self, upstream):
            calls.append("backward")
            return 2 * upstream

    x = Value(1.0)
    y = Counted(x)
    assert calls == ["forward"]
    x.data = 100.0
    y.backward()
    assert calls == ["forward", "forward", "backward"]
    assert x.grad == 2.0


def test_a_gate_that_returns_the_wrong_number_of_gradients_is_told_so():
    @gate
    class Short:
        def forward(self, x, y):
            return x * y

        def backward(self, upstream):
            return (upstream,)

    with pytest.raises(ValueError, match="returned 1 gradients for 2 inputs"):
        Short(Value(1.0), Value(2.0)).backward()


def test_names_of_inputs_that_rules_use_otherwise_still_compute():
    for op in (
        Op("square", lambda y: y * y, lambda g, out, y: 2 * y * g, elementwise=True),
        Op("square", lambda g: g * g, lambda upstream, out, g: 2 * g * upstream, elementwise=True),
    ):
        x = Value(3.0)
        op(x).backward()
        assert x.grad == 6.0
        assert op.gradients == ("its rule",)


def test_a_row_may_use_another_row_of_ones_own():
    inner = Op("inner", lambda a: a * a, lambda g, y, a: 2 * a * g, elementwise=True)
    outer = Op("outer", lambda a: inner(a) + 1, lambda g, y, a: 2 * a * g, elementwise=True)
    x = Value(3.0)
    y = outer(x)
    y.backward()
    assert (y.data, x.grad) == (10.0, 6.0)
    with pytest.raises(TypeError, match="the pattern must be one of"):
        Op("odd", lambda a: a, pattern="bounce")


def test_a_gate_explains_itself():
    assert "multiply gate" in Multiply.__doc__
    with pytest.raises(TypeError):
        Multiply(Value(1.0))


@gate
class Power:
    """A gate with an option."""

    def forward(self, x, n=2):
        self.x, self.n = x, n
        return x**n

    def backward(self, upstream):
        return upstream * self.n * self.x ** (self.n - 1)


def test_a_gate_takes_options():
    x = Value(2.0)
    assert (Power(x).data, Power(x, 3).data, Power(x, n=3).data) == (4.0, 8.0, 8.0)
    Power(x, n=3).backward()
    assert x.grad == 12.0
    assert gradcheck(lambda t: Power(t, n=3), Tensor(np.array([1.0, 2.0]), requires_grad=True))
    with pytest.raises(TypeError, match="cannot take 'm'"):
        Power(x, m=3)


def make_gate(forward, backward):
    return gate(type("Faulty", (), {"forward": forward, "backward": backward}))


@pytest.mark.parametrize("shape", [(7,), (5, 2), (2, 2)])
def test_a_gradient_of_another_shape_is_refused(shape):
    faulty = make_gate(lambda _, x: x * 2, lambda _, __: np.ones(shape))
    y = faulty(Tensor([1.0, 2.0], requires_grad=True))
    with pytest.raises(ValueError, match=r"backward pass of Faulty returned a gradient of shape"):
        y.sum().backward()


def test_a_gate_has_one_output_and_cannot_change_its_input():
    with pytest.raises(TypeError, match=r"Faulty\.forward returned 2 results"):
        make_gate(lambda _, x: (x, x), lambda _, g: g)(Tensor([1.0], requires_grad=True))

    def in_place(_, x):
        x *= 2
        return x

    x = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ValueError, match="read-only"):
        make_gate(in_place, lambda _, g: g)(x)
    assert x.tolist() == [1.0, 2.0]


def test_an_entered_row_is_a_method_and_a_function_like_the_others():
    import autograd

    op = autograd.entry("thrice", lambda a: 3 * a, lambda g, y, a: 3 * g, elementwise=True, linear="jointly")
    try:
        x, t = Value(2.0), Tensor([1.0, 2.0], requires_grad=True, dtype="float64")
        assert x.thrice().data == 6.0
        assert autograd.thrice(t).tolist() == [3.0, 6.0]
        assert gradcheck(lambda v: v.thrice(), t, check_forward_ad=True)
        assert "thrice" in draw(t.thrice()).svg
    finally:
        TABLE._by_name.pop(op.name)
    with pytest.raises(AttributeError, match="a Tensor has no attribute 'thrice'"):
        t.thrice()
    with pytest.raises(AttributeError, match="a Value has no attribute 'thrice'"):
        x.thrice()
