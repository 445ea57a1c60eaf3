"""Weighted sums: what parity with PyTorch does not show."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import ArgumentTypeError


@pytest.mark.parametrize(("lead", "fan_in", "fan_out"), [((2, 3), 0, 4), ((), 0, 4), ((2, 3), 4, 0), ((2, 0), 3, 4)])
def test_axes_may_be_empty(lead, fan_in, fan_out):
    x = autograd.ones(*lead, fan_in).requires_grad_()
    weight = autograd.ones(fan_out, fan_in).requires_grad_()
    bias = autograd.ones(fan_out).requires_grad_()
    y = F.linear(x, weight, bias)
    y.sum().backward()
    assert np.array_equal(y.data, np.full((*lead, fan_out), 1.0 + fan_in))
    assert np.array_equal(x.grad.data, np.full(x.shape, float(fan_out)))
    assert np.array_equal(weight.grad.data, np.full(weight.shape, float(np.prod(lead))))
    assert np.array_equal(bias.grad.data, np.full(bias.shape, float(np.prod(lead))))


def test_an_input_that_is_no_array_is_refused():
    with pytest.raises(ArgumentTypeError, match=r"the input must be a Tensor, not list \[1.0, 2.0\]"):
        nn.Linear(2, 1)([1.0, 2.0])
