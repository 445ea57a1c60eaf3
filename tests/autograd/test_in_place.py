"""Do the methods that end in an underscore change the Tensor, and never a gradient silently?"""

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, no_grad
from autograd.errors import DtypeError, GraphError, ShapeError


def test_without_a_graph_they_write_into_the_array():
    x = Tensor([1.0, -2.0])
    array = x.numpy()
    assert x.add_(1.0).mul_(2.0) is x
    assert array.tolist() == [4.0, -2.0]
    x.relu_().clamp_(max=3.0).neg_()
    assert array.tolist() == [-3.0, 0.0]
    x.add_(Tensor([1.0, 1.0]), alpha=2)
    assert array.tolist() == [-1.0, 2.0]
    x.fill_(5.0).copy_(Tensor([7.0]))
    assert array.tolist() == [7.0, 7.0]
    assert x.zero_().tolist() == [0.0, 0.0]
    x.masked_fill_(np.array([True, False]), 3.0)
    assert array.tolist() == [3.0, 0.0]


def test_a_tutorials_training_step():
    w = Tensor([1.0, 2.0], requires_grad=True)
    for _ in range(2):
        (w * w).sum().backward()
        with no_grad():
            w.sub_(0.25 * w.grad)
        w.grad.zero_()
    assert w.tolist() == [0.25, 0.5]
    assert w.grad.tolist() == [0.0, 0.0]


def test_in_a_graph_they_are_recorded():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y.mul_(x).add_(1.0)
    assert y.tolist() == [4.0, 13.0]
    y.sum().backward()
    assert x.grad.tolist() == [6.0, 12.0]
    buffer = Tensor([0.0, 0.0])
    buffer.copy_(x * 2)
    buffer.sum().backward()
    assert x.grad.tolist() == [8.0, 14.0]


def test_what_would_make_gradients_wrong_is_refused():
    x = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(GraphError, match="a leaf that requires a gradient"):
        x.add_(1.0)
    y = x * 3
    z = y.sin()
    for change in (lambda: y.mul_(2.0), lambda: y.zero_(), lambda: y.detach_()):
        with pytest.raises(GraphError, match=r"already used|would cut their graph"):
            change()
    assert z.requires_grad
    w = Tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    with no_grad():
        w.zero_()
    with pytest.raises(GraphError, match="was changed after the forward pass"):
        loss.backward()


def test_what_does_not_fit_is_refused():
    x = Tensor([1.0, 2.0])
    with pytest.raises(ShapeError, match=r"shape \(2,\) cannot hold a result of shape \(3, 2\)"):
        x.add_(Tensor(np.ones((3, 2), np.float32)))
    with pytest.raises(ShapeError, match=r"copy_\(\): shape \(3,\) does not fit into shape \(2,\)"):
        x.copy_([1.0, 2.0, 3.0])
    with pytest.raises(DtypeError, match="int64 cannot hold a result of float32"):
        Tensor(np.array([1, 2])).mul_(1.5)
    assert x.tolist() == [1.0, 2.0]


def test_random_entries_come_from_the_generator():
    x, y = Tensor(np.zeros(1000)), Tensor(np.zeros(1000))
    x.normal_(2.0, 0.1, generator=autograd.Generator(3))
    y.normal_(2.0, 0.1, generator=autograd.Generator(3))
    assert np.array_equal(x.data, y.data)
    assert abs(x.data.mean() - 2.0) < 0.02
    assert 0.0 <= x.uniform_(generator=autograd.Generator(0)).min().item() <= x.max().item() < 1.0


def test_a_detached_tensor_is_a_leaf():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = (x * 2).detach_()
    assert (y.is_leaf, y.requires_grad) == (True, False)
    assert x._uses == 0


def test_a_fresh_result_can_be_changed_in_place_however_its_array_is_laid_out():
    layer = nn.Linear(3, 4)
    x = Tensor(np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32"), requires_grad=True)
    y = layer(x)
    assert y._data.base is not None
    y.mul_(2.0).relu_()
    y.sum().backward()
    received, x.grad = x.grad, None
    (layer(x) * 2.0).relu().sum().backward()
    np.testing.assert_array_equal(received.data, x.grad.data)


def test_a_view_of_another_tensor_is_still_refused():
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    y = x * 2.0
    with pytest.raises(GraphError, match="is a view"):
        y.reshape(3, 2).mul_(2.0)
    with pytest.raises(GraphError, match="is a view"):
        y[0].mul_(2.0)
