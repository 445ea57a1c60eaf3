"""Is the operation named that first made nan or inf?"""

import numpy as np
import pytest

import autograd
from autograd import AnomalyError, Tensor, detect_anomaly


def test_the_forward_operation_and_the_line_are_named():
    x = Tensor([0.0, 1.0], requires_grad=True, label="x")
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match=r"log\(shape \(2,\), from 0 to 2\) made -inf \(1 of 2") as e,
    ):
        (x * 2).log()  # the guilty line
    assert "test_anomaly.py" in str(e.value)
    assert "(x * 2).log()  # the guilty line" in str(e.value)


def test_the_backward_operation_and_its_line_are_named():
    x = Tensor([0.0, 1.0], requires_grad=True)
    with detect_anomaly():
        y = x.sqrt()  # fine forward, infinite backward
        loss = (y * 3).sum()
        with pytest.raises(AnomalyError, match="the gradient of sqrt to its input number 0") as e:
            loss.backward()
    assert "fine forward, infinite backward" in str(e.value)


def test_a_graph_recorded_before_is_checked_too():
    y = Tensor([0.0], requires_grad=True).sqrt()
    with detect_anomaly(), pytest.raises(AnomalyError, match="a line outside of detect_anomaly"):
        y.backward()


def test_what_was_not_made_here_may_pass():
    x = Tensor([1.0, 2.0], requires_grad=True)
    mask = np.array([True, False])
    with detect_anomaly():
        scores = autograd.where(mask, x, -np.inf)
        scores.exp().sum().backward()
    assert x.grad.data == pytest.approx([np.e, 0])


def test_outside_nothing_is_checked_and_nothing_warns():
    x = Tensor([0.0], requires_grad=True)
    y = x.log()
    y.backward()
    assert y.item() == -np.inf
    assert x.grad.item() == np.inf


def test_it_decorates_too():
    @detect_anomaly()
    def risky(x):
        return x / 0.0

    with pytest.raises(FloatingPointError, match="div"):
        risky(Tensor([1.0]))
