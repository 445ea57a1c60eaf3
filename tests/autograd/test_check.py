"""Does gradcheck find wrong gradients, and say which?"""

import numpy as np
import pytest

from autograd import GradcheckError, GraphError, Op, Tensor, Value, gradcheck, gradgradcheck, gradients, no_grad

WRONG = Op("wrong", lambda a, b: a * b, lambda g, y, a, b: g * b * 1.001, lambda g, y, a, b: g * a, elementwise=True)


def test_the_report_names_the_worst_entry_and_both_numbers():
    x = Tensor(np.array([[1.0, 2.0], [3.0, 4.0]]), requires_grad=True, label="x")
    w = Tensor(np.array([[1.0, 2.0], [3.0, 50.0]]), requires_grad=True)
    report = gradcheck(WRONG, [x, w], raise_exception=False)
    assert not report
    assert report.input == (0, (1, 1))
    assert report.output == (0, (1, 1))
    assert report.engine == pytest.approx(50.05)
    assert report.numeric == pytest.approx(50.0)
    assert report.relative_error == pytest.approx(0.001, rel=1e-2)
    assert report.entries == 2 * 4 * 4
    for part in ("DISAGREE", "∂output 0[1, 1]", "∂input 0[1, 1] (x)", "engine 50.05", "numeric 50", "relative error"):
        assert part in str(report)


def test_disagreement_raises_with_the_report():
    with pytest.raises(GradcheckError, match="DISAGREE over 2 partial derivatives"):
        gradcheck(WRONG, [Value(2.0), Value(3.0)])


def test_agreement_is_true_and_says_so():
    report = gradcheck(lambda x: x * x, Value(3.0))
    assert report
    assert "agree over 1 partial derivatives" in str(report)
    assert gradcheck(lambda x: x * 0 + 1, Value(0.0)).relative_error == 0.0


def test_values_and_tensors_and_constants_are_checked_together():
    def function(t, c, k):
        return [(t * c).sum(), t.tanh() * k]

    t = Tensor([0.1, -0.2], requires_grad=True, dtype="float64")
    assert gradcheck(function, [t, Tensor([1.0, 2.0], dtype="float64"), 3.0]).entries == 2 + 4
    assert gradcheck(lambda x, y: (x * y, x + y), (Value(1.0), Value(2.0))).entries == 4


def test_the_inputs_are_left_as_they_were():
    x, t = Value(2.0), Tensor([1.0], requires_grad=True, dtype="float64")
    gradcheck(lambda x: x * x, x)
    gradcheck(lambda t: t * t, t)
    assert (x.data, x.grad, t.tolist(), t.grad) == (2.0, 0.0, [1.0], None)


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(TypeError, match="input 0 is float32, too coarse"):
        gradcheck(lambda t: t * 2, Tensor([1.0], requires_grad=True))
    with pytest.raises(TypeError, match="at least one Value"):
        gradcheck(lambda x: x, [1.0])
    with pytest.raises(TypeError, match="must return Values or Tensors, not float"):
        gradcheck(lambda x: 1.0, Value(1.0))
    with pytest.raises(ValueError, match="nothing to compare"):
        gradcheck(lambda t: t * 2, Tensor(np.ones((0,)), requires_grad=True))
    with pytest.raises(ValueError, match="2 steps for 1 inputs"):
        gradcheck(lambda x: x, Value(1.0), eps=[1e-6, 1e-6])


def test_steps_and_modes_that_make_no_sense_are_refused():
    for eps in (0, -1e-6, 2.0, [0.0]):
        with pytest.raises(TypeError, match="steps between 0 and 1"):
            gradcheck(lambda x: x * x, Value(1.0), eps=eps)
    with no_grad(), pytest.raises(GraphError, match="outside of no_grad"):
        gradcheck(lambda x: x * x, Value(1.0))


def test_a_nan_is_a_disagreement():
    with pytest.raises(GradcheckError, match="nan"):
        gradcheck(lambda x: x.log(), Value(-1.0))


def test_an_output_that_depends_on_nothing_has_gradient_zero():
    constant = Tensor([1.0], dtype="float64")
    assert gradcheck(lambda t: [t * 2, constant * 1], Tensor([1.0], requires_grad=True, dtype="float64"))


NOT_LINEAR = Op("not_linear", lambda a: a * a, lambda g, y, a: g * 2 * a, linear="each")


def test_forward_mode_is_checked_on_request():
    x = Tensor(np.array([0.5, -1.0]), requires_grad=True)
    report = gradcheck(lambda t: [t.tanh(), (t @ t)], x, check_forward_ad=True)
    assert report.entries == 2 * (2 * 2 + 2)
    with pytest.raises(GradcheckError, match="in forward mode"):
        gradcheck(NOT_LINEAR, x, check_forward_ad=True)
    assert gradcheck(NOT_LINEAR, x)
    assert gradcheck(lambda a, b: [a * b, a.exp() / b], [Value(1.0), Value(2.0)], check_forward_ad=True)


def test_large_functions_are_checked_along_random_directions():
    rng = np.random.default_rng(0)
    x, w = (Tensor(rng.normal(size=(40, 40)), requires_grad=True) for _ in range(2))
    report = gradcheck(lambda x, w: (x @ w).tanh(), [x, w], check_forward_ad=True)
    assert report.along_directions
    assert report.entries == 2 * 2 * 3
    assert "derivatives along random directions" in str(report)
    with pytest.raises(GradcheckError, match="DISAGREE over 6 derivatives along random directions"):
        gradcheck(WRONG, [x, w])
    small = [Tensor([1.0, 2.0], requires_grad=True, dtype="float64"), Value(3.0)]
    assert gradcheck(lambda t, v: [t * 2, v * v], small, fast_mode=True, check_forward_ad=True)
    assert not gradcheck(lambda x, w: (x * w).sum(), [x, w], fast_mode=False, eps=1e-6).along_directions


def test_gradients_of_gradients_are_checked():
    x = Tensor(np.array([0.3, -0.7]), requires_grad=True)
    assert gradgradcheck(lambda t: (t * t.sin()).sum(), x)
    assert gradgradcheck(lambda t, c: [t.exp() * c, t @ t], [x, 2.0], check_forward_ad=True)
    assert gradgradcheck(lambda a, b: [a * b, a**b], [Value(1.5), Value(2.0)], eps=[1e-5, 1e-5])
    assert gradgradcheck(lambda t: t * 2, x, grad_outputs=[np.ones(2)])
    once = Op("once", lambda a: np.sin(a), lambda g, y, a: g * np.cos(getattr(a, "data", a)), elementwise=True)
    assert gradcheck(once, x)
    with pytest.raises(GradcheckError, match="DISAGREE"):
        gradgradcheck(once, x)


def test_any_order_is_checked_by_nesting():
    def first(t):
        return gradients({(t**4).sum(): Tensor(1.0, dtype="float64")}, create_graph=True)[t]

    def second(t):
        return gradients({first(t).sum(): Tensor(1.0, dtype="float64")}, create_graph=True)[t]

    x = Tensor(np.array([0.5, 2.0]), requires_grad=True)
    assert np.allclose(second(x).data, 12 * x.data**2)
    assert gradgradcheck(second, x)
