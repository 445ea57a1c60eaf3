"""Who records, and who watches: modes, hooks, kept gradients."""

import asyncio
import threading

import numpy as np
import pytest

from autograd import (
    Tensor,
    enable_grad,
    gradients,
    inference,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from autograd.errors import GraphError, ShapeError
from autograd.graph import steps


@pytest.mark.parametrize("mode", [no_grad, inference, inference_mode])
def test_modes_that_record_nothing(mode):
    x = Tensor([1.0], requires_grad=True)
    with mode():
        assert not is_grad_enabled()
        assert not (x * 2).requires_grad
        with enable_grad():
            assert (x * 2).requires_grad

    @mode()
    def evaluate():
        return x * 2

    assert not evaluate().requires_grad
    assert is_grad_enabled()


def test_recording_is_set_at_once_or_for_a_while():
    set_grad_enabled(False)
    assert not is_grad_enabled()
    set_grad_enabled(True)
    assert is_grad_enabled()
    with set_grad_enabled(False):
        assert not is_grad_enabled()
    assert is_grad_enabled()

    @set_grad_enabled(False)
    def evaluate():
        return is_grad_enabled()

    assert is_grad_enabled()
    assert evaluate() is False
    assert evaluate() is False
    assert is_grad_enabled()


def test_threads_and_tasks_have_modes_of_their_own():
    seen = []
    with no_grad():
        thread = threading.Thread(target=lambda: seen.append(is_grad_enabled()))
        thread.start()
        thread.join()

    async def task(mode, wait):
        with mode():
            await asyncio.sleep(wait)
            seen.append((mode.__name__, is_grad_enabled()))

    async def both():
        await asyncio.gather(task(no_grad, 0.02), task(enable_grad, 0.01))

    asyncio.run(both())
    assert seen == [True, ("enable_grad", True), ("no_grad", False)]


def test_threads_differentiate_side_by_side():
    w = np.random.default_rng(0).normal(size=(20, 20))
    results = [None] * 8

    def work(number):
        x = Tensor(w + number, requires_grad=True)
        for _ in range(20):
            x.grad = None
            (x @ x).tanh().sum().backward()
        results[number] = x.grad.data

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, result in enumerate(results):
        x = Tensor(w + number, requires_grad=True)
        (x @ x).tanh().sum().backward()
        assert np.array_equal(result, x.grad.data)


def test_hooks_change_what_goes_on_and_can_be_removed():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    seen = []
    first = y.register_hook(lambda g: seen.append(g.tolist()))
    second = y.register_hook(lambda g: g * 10)
    y.retain_grad()
    y.sum().backward(retain_graph=True)
    assert seen == [[1.0, 1.0]]
    assert x.grad.tolist() == [30.0, 30.0]
    assert y.grad.tolist() == [10.0, 10.0]
    first.remove()
    second.remove()
    x.grad = None
    y.sum().backward()
    assert seen == [[1.0, 1.0]]
    assert x.grad.tolist() == [3.0, 3.0]


def test_a_leafs_hook_sees_its_whole_gradient():
    x = Tensor([1.0], requires_grad=True)
    seen = []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3).backward()
    assert seen == [5.0]


def test_hooks_work_in_the_recorded_pass():
    x = Tensor([2.0], requires_grad=True)
    y = x * x
    y.register_hook(lambda g: g * 2)
    y.backward(create_graph=True)
    first, x.grad = x.grad, None
    assert first.item() == 8.0
    first.backward()
    assert x.grad.item() == 4.0


def test_hooks_that_make_no_sense_are_refused():
    with pytest.raises(GraphError, match="no hook would ever be called"):
        Tensor([1.0]).register_hook(print)
    x = Tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(lambda g: g.sum())
    with pytest.raises(ShapeError, match=r"a hook returned a gradient of shape \(\)"):
        (x * 2).sum().backward()


def random_graph(rng):
    """A graph of operations drawn at random, over arrays of shapes that broadcast."""
    shapes = [(), (3,), (2, 3), (2, 1), (1, 3)]
    leaves = [Tensor(rng.normal(size=shape), requires_grad=bool(rng.random() < 0.8)) for shape in shapes]
    nodes = list(leaves)
    for _ in range(30):
        a, b = (nodes[int(i)] for i in rng.integers(len(nodes), size=2))
        choice = int(rng.integers(7))
        nodes.append((a + b, a * b, a - b, a.sin(), a.tanh(), a.reshape(-1)[:1] * b, (a * a).mean() + b)[choice])
    total = nodes[0].sum()
    for node in nodes[1:]:
        total = total + node.tanh().sum()
    return leaves, total


@pytest.mark.parametrize("seed", range(30))
def test_the_fast_pass_over_arrays_equals_the_visible_one(seed):
    leaves, root = random_graph(np.random.default_rng(seed))
    visible = {step.node: step.upstream for step in steps({root: np.ones(())})}
    recorded = gradients({root: Tensor(1.0, dtype="float64")}, create_graph=True)
    root.backward()
    for x in leaves:
        if x.requires_grad:
            assert np.allclose(x.grad.data, visible[x], rtol=1e-13, atol=0)
            assert np.allclose(x.grad.data, recorded[x].data, rtol=1e-13, atol=0)
        else:
            assert x.grad is None
