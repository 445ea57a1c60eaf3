"""Can less be kept between the passes, without changing the gradients?"""

import numpy as np
import pytest

from autograd import Tensor, checkpoint, keep_in_16_bits, no_grad, saved_tensors_hooks
from autograd.errors import ShapeError
from autograd.saved import Released

RNG = np.random.default_rng(0)
WEIGHTS = [RNG.normal(size=(60, 60)) / 8 for _ in range(6)]
DATA = RNG.normal(size=(300, 60))


def network(x, ws):
    for w in ws:
        x = (x @ w + 0.5).tanh()
    return x


def in_checkpoints(x, ws):
    for first in range(0, len(ws), 2):
        x = checkpoint(network, x, ws[first : first + 2])
    return x


def gradients(program):
    x, ws = Tensor(DATA, requires_grad=True), [Tensor(w, requires_grad=True) for w in WEIGHTS]
    program(x, ws).sum().backward()
    return [t.grad.data for t in (x, *ws)]


def test_checkpointing_gives_the_same_bits():
    for ours, plain in zip(gradients(in_checkpoints), gradients(network), strict=True):
        assert np.array_equal(ours, plain)


def test_a_checkpoint_keeps_its_result_and_lets_the_rest_go():
    x, ws = Tensor(DATA, requires_grad=True), [Tensor(w, requires_grad=True) for w in WEIGHTS]
    y = checkpoint(network, x, ws)
    kept, node = 0, y
    while node.inputs:
        kept += type(node._data) is not Released
        node = node.inputs[0]
    assert kept == 1
    assert np.array_equal(y.data, network(Tensor(DATA), [Tensor(w) for w in WEIGHTS]).data)


def test_what_leaves_a_checkpoint_by_another_door_stays():
    seen = []

    def spying(x):
        y = x.exp()
        seen.append(y)
        return y.sin()

    z = checkpoint(spying, Tensor([1.0], requires_grad=True))
    assert type(seen[0]._data) is np.ndarray
    z.backward()


def test_random_draws_repeat_exactly():
    rng = np.random.default_rng(1)
    masks = []

    def dropout(x):
        masks.append(rng.random(x.shape) < 0.5)
        return (x * masks[-1]).sin()

    x = Tensor(DATA, requires_grad=True)
    checkpoint(dropout, x).sum().backward()
    assert len(masks) == 1
    assert np.array_equal(x.grad.data, np.cos(DATA * masks[0]) * masks[0])


def test_checkpoints_nest_and_work_without_a_graph():
    twice = lambda x, ws: checkpoint(in_checkpoints, x, ws)  # noqa: E731
    for ours, plain in zip(gradients(twice), gradients(network), strict=True):
        assert np.array_equal(ours, plain)
    with no_grad():
        assert checkpoint(network, Tensor(DATA), [Tensor(w) for w in WEIGHTS]).is_leaf


def test_a_checkpoint_can_be_differentiated_twice():
    x = Tensor([0.3], requires_grad=True, dtype="float64")
    y = checkpoint(lambda t: (t * t).sin(), x)
    y.backward(create_graph=True)
    first, x.grad = x.grad, None
    first.backward()
    assert x.grad.item() == pytest.approx(2 * np.cos(0.09) - 4 * 0.09 * np.sin(0.09), rel=1e-12)


def test_hooks_see_each_saved_tensor_once_and_their_numbers_are_used():
    packed = []

    def pack(t):
        packed.append(t.shape)
        return t.numpy() * 2

    x = Tensor([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(pack, lambda a: a):  # deliberately twice as large
        z = x * 1
        y = (z * z).sum()
    assert packed == [(2,)]
    y.backward()
    assert x.grad.tolist() == [4.0, 8.0]


def test_unpacking_must_undo_packing():
    x = Tensor([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(lambda t: t, lambda t: t.numpy()[:1]):
        y = (x * 1).exp().sum()
    with pytest.raises(ShapeError, match="unpack must undo pack"):
        y.backward()


def test_hooks_are_asked_only_inside():
    calls = []
    x = Tensor([1.0], requires_grad=True)
    with saved_tensors_hooks(calls.append, lambda _: None):
        pass
    (x * x).backward()
    assert calls == []


def test_activations_in_16_bits_give_gradients_to_three_digits():
    def packed(x, ws):
        with keep_in_16_bits():
            return network(x, ws)

    for ours, plain in zip(gradients(packed), gradients(network), strict=True):
        assert not np.array_equal(ours, plain)
        assert np.abs(ours - plain).max() < 2e-3 * np.abs(plain).max()


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e6, 1e30])
def test_16_bits_hold_activations_of_any_size(scale):
    x = Tensor(np.array([0.5, 1.0, 2.0]) * scale, requires_grad=True)
    with keep_in_16_bits():
        y = ((x * 1.0) * (x * 1.0)).sum()
    y.backward()
    assert np.allclose(x.grad.data, 2 * x.data, rtol=1e-3)


def test_packed_numbers_are_those_of_the_pass_at_hand():
    x, data = Tensor(np.ones(3), requires_grad=True), Tensor(np.zeros(3))
    for step in range(3):
        data[...] = step + 1.0
        with saved_tensors_hooks(lambda t: t.numpy().copy(), lambda a: a):
            loss = (x * data).sum()
        x.grad = None
        loss.backward()
        assert x.grad.tolist() == [step + 1.0] * 3


def test_what_was_changed_in_a_checkpoint_is_kept():
    def function(x):
        h = x * 2.0
        with no_grad():
            h[0] = 50.0
        return (h * h).sum()

    x = Tensor(np.ones(3), requires_grad=True)
    checkpoint(function, x).backward()
    assert x.grad.tolist() == [200.0, 8.0, 8.0]


def test_a_backward_pass_inside_the_block_loses_nothing():
    x = Tensor(np.array([0.1, 0.2]), requires_grad=True)
    with keep_in_16_bits():
        out = (x * x).exp()
        (out * out).sum().backward()
    assert np.allclose(out.data, np.exp(x.data**2))


def test_packed_nodes_can_be_used_outside_of_the_block():
    x = Tensor(np.full(20_000, 0.5), requires_grad=True)

    def inside():
        with keep_in_16_bits():
            return x.exp()

    (inside() ** 2.0).sum().backward()
    assert np.allclose(x.grad.data, 2 * np.exp(1.0), rtol=1e-3)


def test_a_decorated_function_may_call_itself():
    @keep_in_16_bits()
    def function(x, depth):
        return function(x.tanh(), depth - 1) if depth else x

    x = Tensor(np.array([0.5]), requires_grad=True)
    function(x, 3).backward()
    assert x.grad.item() > 0


def test_16_bits_keep_finite_entries_beside_infinite_ones():
    x = Tensor(np.array([1e6, 2e6, -np.inf]), requires_grad=True)
    with keep_in_16_bits():
        y = ((x * 1.0) * (x * 1.0)).sum()
    y.backward()
    assert np.allclose(x.grad.data[:2], [2e6, 4e6], rtol=1e-3)


def test_what_is_packed_is_let_go():
    with saved_tensors_hooks(lambda t: t.numpy().astype(np.float16), lambda a: a.astype(np.float64)):
        y = network(Tensor(DATA, requires_grad=True), [Tensor(w, requires_grad=True) for w in WEIGHTS]).sum()
    inner, node = [], y
    while node.inputs:
        inner.append(node)
        node = node.inputs[0]
    assert sum(type(n._data) is not Released for n in inner) == 1  # the sum itself
    y.backward()
