"""Weighted sums: what parity with PyTorch does not show."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import ArgumentTypeError
from nn.ops.linear import column_sums


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


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 1000, 70_000])
def test_long_batches_lose_no_digits(rows):
    x = np.random.default_rng(0).uniform(0, 1, (rows, 3)).astype("float32")
    exact = x.sum(0, dtype=np.float64)
    sums = column_sums(x)
    assert sums.dtype == np.float32
    np.testing.assert_allclose(sums, exact, rtol=2e-6)
    for otherwise_laid_out in (np.asfortranarray(x), x[::-1]):
        np.testing.assert_allclose(column_sums(otherwise_laid_out), exact, rtol=1e-4)
    assert column_sums(x[:, :0]).shape == (0,)


def test_the_gradient_of_the_bias_is_exact_over_a_long_batch():
    layer = nn.Linear(1, 2)
    y = layer(autograd.zeros(100_000, 1))
    y.backward(autograd.full((100_000, 2), 0.1))
    np.testing.assert_allclose(layer.bias.grad.data, 100_000 * np.float64(np.float32(0.1)), rtol=5e-6)
