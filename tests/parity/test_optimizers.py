"""Do our optimizers go where PyTorch's go, and go on where PyTorch's have stopped?"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from cases.optimizers import OPTIMIZERS, OURS, Side, go_on, run, start

from autograd import Tensor
from nn import optim
from nn.utils import clip_grad_norm_, clip_grad_value_, get_total_norm, parameters_to_vector, vector_to_parameters

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")
THEIRS = Side(torch.optim, torch.tensor)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_hundred_steps(name: str) -> None:
    np.testing.assert_allclose(run(OURS, name), run(THEIRS, name), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_hundred_steps_in_single_precision(name: str) -> None:
    ours = run(OURS, name, "float32")
    assert ours.dtype == "float32"
    np.testing.assert_allclose(ours, run(THEIRS, name, "float32"), rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("fused", [True, False])
def test_pytorchs_choices_of_a_kernel_are_accepted(name: str, fused: bool) -> None:
    kind, options = OPTIMIZERS[name]
    plain = run(OURS, name)
    choices = {"foreach": not fused} | ({} if kind == "RMSprop" else {"fused": fused})
    parameters = [OURS.parameter(array) for array in start()]
    go_on(OURS, getattr(optim, kind)(parameters, **options, **choices), parameters, 0, 100)
    assert np.array_equal(np.concatenate([p.detach().numpy().ravel() for p in parameters]), plain)


def bare(state: Any, convert: Any) -> Any:
    """The state with every tensor as ``convert`` makes it."""
    if isinstance(state, dict):
        return {key: bare(value, convert) for key, value in state.items()}
    if isinstance(state, (list, tuple)):
        return type(state)(bare(value, convert) for value in state)
    return convert(state) if isinstance(state, (torch.Tensor, Tensor)) else state


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_state_has_pytorchs_layout(name: str) -> None:
    kind, options = OPTIMIZERS[name]
    found = []
    for side in (OURS, THEIRS):
        parameters = [side.parameter(array) for array in start()]
        optimizer = getattr(side.optim, kind)(parameters, **options)
        go_on(side, optimizer, parameters, 0, 20)
        found.append(bare(optimizer.state_dict(), lambda x: x.detach().numpy().copy()))
    ours, theirs = found
    assert ours["param_groups"] == theirs["param_groups"]
    assert list(ours["state"]) == list(theirs["state"])
    for number, state in theirs["state"].items():
        assert ours["state"][number].keys() == state.keys()
        for key, value in state.items():
            np.testing.assert_allclose(ours["state"][number][key], value, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("first", [OURS, THEIRS], ids=["from us to PyTorch", "from PyTorch to us"])
def test_one_goes_on_where_the_other_stopped(name: str, first: Side) -> None:
    kind, options = OPTIMIZERS[name]
    second = THEIRS if first is OURS else OURS
    parameters = [first.parameter(array) for array in start()]
    optimizer = getattr(first.optim, kind)(parameters, **options)
    go_on(first, optimizer, parameters, 0, 40)

    others = [second.parameter(p.detach().numpy().copy()) for p in parameters]
    other = getattr(second.optim, kind)(others, lr=0.7)  # everything comes from the state
    state = bare(optimizer.state_dict(), lambda x: x.detach().numpy().copy())
    if second is THEIRS:
        state = to_tensors(state)
    other.load_state_dict(copy.deepcopy(state))
    go_on(second, other, others, 40, 100)
    whole = np.concatenate([p.detach().numpy().ravel() for p in others])
    np.testing.assert_allclose(whole, run(THEIRS, name), rtol=1e-10, atol=1e-10)


def to_tensors(state: Any) -> Any:
    if isinstance(state, dict):
        return {key: to_tensors(value) for key, value in state.items()}
    return torch.tensor(state) if isinstance(state, np.ndarray) else state


def test_what_pytorch_refuses_is_refused() -> None:
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("SGD", {"lr": -0.1}),
        ("SGD", {"momentum": -1}),
        ("SGD", {"weight_decay": -1}),
        ("SGD", {"nesterov": True}),
        ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}),
        ("SGD", {"fused": True, "foreach": True}),
        ("Adagrad", {"lr_decay": -1}),
        ("Adagrad", {"initial_accumulator_value": -1}),
        ("Adagrad", {"eps": -1}),
        ("RMSprop", {"alpha": -1}),
        ("RMSprop", {"momentum": -1}),
        ("Adam", {"betas": (1.0, 0.9)}),
        ("Adam", {"betas": (0.9, -0.1)}),
        ("Adam", {"eps": float("nan")}),
        ("AdamW", {"weight_decay": -1}),
    ]
    for kind, options in wrong:
        for side in (THEIRS, OURS):
            with pytest.raises((ValueError, RuntimeError)):
                getattr(side.optim, kind)([side.parameter(np.ones(2))], **options)


def gradients(scale: float) -> list[np.ndarray]:
    rng = np.random.default_rng(2)
    return [scale * rng.normal(size=shape) for shape in [(3, 4), (5,), (), (2, 1, 3)]]


def parameters_of(side: Side, arrays: list[np.ndarray]) -> list[Any]:
    made = []
    for array in arrays:
        p = side.parameter(np.zeros_like(array))
        p.grad = side.tensor(array)
        made.append(p)
    return [*made, side.parameter(np.ones(3))]  # one without a gradient


@pytest.mark.parametrize("norm_type", [2, 2.0, 1, 3.5, np.inf, -np.inf, 0, 0.5])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_clipping_by_norm(norm_type: float, scale: float, dtype: str) -> None:
    arrays = [np.asarray(array, dtype) for array in gradients(scale)]
    ours, theirs = parameters_of(OURS, arrays), parameters_of(THEIRS, arrays)
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    before = get_total_norm([p.grad for p in ours if p.grad is not None], norm_type)
    found = clip_grad_norm_(ours, 0.7, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs, 0.7, norm_type)
    assert found.dtype == before.dtype == dtype
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=tolerance)
    np.testing.assert_allclose(before.numpy(), expected.numpy(), rtol=tolerance)
    for p, q in zip(ours[:-1], theirs[:-1], strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=tolerance)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_clipping_what_is_not_finite(bad: float) -> None:
    arrays = gradients(1.0)
    arrays[1][2] = bad
    ours, theirs = parameters_of(OURS, arrays), parameters_of(THEIRS, arrays)
    found, expected = clip_grad_norm_(ours, 0.7), torch.nn.utils.clip_grad_norm_(theirs, 0.7)
    np.testing.assert_equal(found.numpy(), expected.numpy())
    for p, q in zip(ours[:-1], theirs[:-1], strict=True):
        np.testing.assert_equal(p.grad.numpy(), q.grad.numpy())


def test_clipping_by_value() -> None:
    arrays = gradients(1.0)
    arrays[1][2], arrays[1][3] = np.nan, -np.inf
    ours, theirs = parameters_of(OURS, arrays), parameters_of(THEIRS, arrays)
    clip_grad_value_(ours, 0.5)
    torch.nn.utils.clip_grad_value_(theirs, 0.5)
    for p, q in zip(ours[:-1], theirs[:-1], strict=True):
        np.testing.assert_equal(p.grad.numpy(), q.grad.numpy())


def test_vectors_of_parameters() -> None:
    ours = [OURS.parameter(array) for array in start()]
    theirs = [THEIRS.parameter(array) for array in start()]
    vector, expected = parameters_to_vector(ours), torch.nn.utils.parameters_to_vector(theirs)
    assert np.array_equal(vector.detach().numpy(), expected.detach().numpy())
    (vector**2).sum().backward()
    expected.square().sum().backward()
    vector_to_parameters(vector.detach() * 2, ours)
    torch.nn.utils.vector_to_parameters(expected.detach() * 2, theirs)
    for p, q in zip(ours, theirs, strict=True):
        assert np.array_equal(p.grad.numpy(), q.grad.numpy())
        assert np.array_equal(p.detach().numpy(), q.detach().numpy())
