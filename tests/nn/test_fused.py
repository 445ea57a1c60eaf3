"""Does every fused operation equal what it is made of, in all that an engine can be asked?"""

import numpy as np
import pytest

import nn.ops  # noqa: F401 (its rows are in the table)
from autograd import TABLE, GraphError, Tensor, checkpoint, gradcheck, gradgradcheck, no_grad

FUSED = [op for op in TABLE if op.composition is not None]
CASES = [
    pytest.param(op, example, id=f"{op.name}-{number}") for op in FUSED for number, example in enumerate(op.examples)
]


def drawn(op, example, dtype="float64"):
    """The example's arrays: entries for shapes in the places that receive gradients."""
    rng = np.random.default_rng(len(op.name))
    differentiable = [rule is not None for rule in op.rules] + [False] * len(example)
    return [
        Tensor(rng.normal(size=part), requires_grad=True, dtype=dtype)
        if flows and isinstance(part, tuple) and part is not None
        else part
        for part, flows in zip(example, differentiable, strict=False)
    ]


def gradients_of(function, inputs, upstream):
    out = function(*inputs)
    for x in inputs:
        if isinstance(x, Tensor):
            x.grad = None
    out.backward(upstream(out))
    return out, [x.grad for x in inputs if isinstance(x, Tensor) and x.requires_grad]


def upstream(out):
    return np.random.default_rng(7).normal(size=out.shape).astype(out.dtype)


def test_there_are_fused_operations():
    assert FUSED


@pytest.mark.parametrize(("op", "example"), CASES)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 2e-4)])
def test_the_kernels_equal_the_composition(op, example, dtype, tolerance):
    inputs = drawn(op, example, dtype)
    before = [np.array(x.data) if isinstance(x, Tensor) else x for x in inputs]
    out, received = gradients_of(op, inputs, upstream)
    made, expected = gradients_of(op.composition, inputs, upstream)
    assert out.op is op
    assert out.dtype == dtype
    assert out.shape == made.shape
    np.testing.assert_allclose(out.data, made.data, rtol=tolerance, atol=tolerance)
    for ours, theirs in zip(received, expected, strict=True):
        assert ours.dtype == dtype
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours.data, theirs.data, rtol=tolerance, atol=tolerance)
    for x, old in zip(inputs, before, strict=True):
        if isinstance(x, Tensor):
            np.testing.assert_array_equal(x.data, old)


@pytest.mark.parametrize(("op", "example"), CASES)
def test_each_gradient_can_be_asked_for_alone(op, example):
    inputs = drawn(op, example)
    _, together = gradients_of(op, inputs, upstream)
    leaves = [x for x in inputs if isinstance(x, Tensor)]
    for leaf, expected in zip(leaves, together, strict=True):
        for x in leaves:
            x.requires_grad = x is leaf
        _, alone = gradients_of(op, inputs, upstream)
        np.testing.assert_allclose(alone[0].data, expected.data, rtol=1e-12, atol=1e-12)
        assert all(x.grad is None for x in leaves if x is not leaf)


@pytest.mark.parametrize(("op", "example"), CASES)
def test_the_derivatives_equal_central_differences_at_every_order_in_both_modes(op, example):
    inputs = drawn(op, example)
    gradcheck(op, inputs, check_forward_ad=True, rtol=1e-6, atol=1e-8)
    gradgradcheck(op, inputs, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("op", "example"), CASES)
def test_what_was_kept_can_be_let_go_and_computed_again(op, example):
    inputs = drawn(op, example)
    _, expected = gradients_of(op, inputs, upstream)
    _, received = gradients_of(lambda *xs: checkpoint(lambda *xs: op(*xs) * 1.0, *xs), inputs, upstream)
    for ours, theirs in zip(received, expected, strict=True):
        np.testing.assert_array_equal(ours.data, theirs.data)


@pytest.mark.parametrize("op", FUSED, ids=lambda op: op.name)
def test_it_says_what_it_is(op):
    assert op.formula
    assert len(op.gradients) == len([rule for rule in op.rules if rule is not None])
    assert op.examples


@pytest.mark.parametrize(("op", "example"), CASES)
def test_a_recorded_backward_pass_refuses_changed_inputs(op, example):
    """The composition looks at every input, also at those that the backward kernel has no need of."""
    for position, x in enumerate(drawn(op, example)):
        if not isinstance(x, Tensor) or not x.shape or 0 in x.shape:
            continue
        inputs = drawn(op, example)
        out = op(*inputs)
        with no_grad():
            inputs[position].mul_(2.0)
        with pytest.raises(GraphError, match="was changed after the forward pass"):
            out.backward(upstream(out), create_graph=True)
