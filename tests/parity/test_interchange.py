"""Do Tensors and PyTorch's tensors share memory, and are they copied, shown and asked alike?"""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import InterchangeError, Tensor

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")

DTYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_pytorch_in_our_memory(dtype: str) -> None:
    ours = autograd.zeros(2, 3, dtype=dtype)
    theirs = torch.from_dlpack(ours)
    assert theirs.dtype == getattr(torch, dtype)
    ours[0, 1] = 1
    theirs[1, 2] = 1
    assert ours.tolist() == theirs.tolist() == [[0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize("dtype", DTYPES)
def test_we_in_pytorchs_memory(dtype: str) -> None:
    theirs = torch.zeros(2, 3, dtype=getattr(torch, dtype))
    for ours in (autograd.from_dlpack(theirs), autograd.asarray(theirs), autograd.as_tensor(theirs)):
        assert ours.dtype == dtype
        ours[...] = 0
        ours[0, 1] = 1
        theirs[1, 2] = 1
        assert ours.tolist() == theirs.tolist() == [[0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    "index", [np.s_[:, ::2], np.s_[1:], np.s_[:, 0], np.s_[0, 0, ...], np.s_[:0], np.s_[None, ...]]
)
def test_views_travel(index: Any) -> None:
    numbers = np.arange(12.0).reshape(3, 4).T
    theirs = torch.from_dlpack(autograd.from_numpy(numbers[index]))
    assert np.array_equal(theirs.numpy(), numbers[index])
    assert theirs.numel() == 0 or theirs.data_ptr() == numbers[index].__array_interface__["data"][0]
    ours = autograd.from_dlpack(torch.from_numpy(numbers)[index])
    assert np.array_equal(ours.numpy(), numbers[index])
    assert np.shares_memory(ours.numpy(), numbers) == bool(ours.size)


def test_negative_strides_do_not_reach_pytorch() -> None:
    # PyTorch 2.13 ends the program, with no exception, when it is given an array with negative strides
    with pytest.raises(InterchangeError, match="negative strides"):
        torch.from_dlpack(autograd.from_numpy(np.arange(3.0)[::-1]))
    assert torch.from_dlpack(autograd.from_numpy(np.arange(3.0)[::-1]).clone()).tolist() == [2, 1, 0]


def test_neither_side_hands_out_what_requires_a_gradient() -> None:
    with pytest.raises(BufferError, match="detach"):
        torch.from_dlpack(Tensor([1.0], requires_grad=True))
    for take in (autograd.from_dlpack, autograd.asarray):
        with pytest.raises(InterchangeError, match="detach"):
            take(torch.ones(1, requires_grad=True))


def test_what_we_do_not_have_is_refused() -> None:
    for dtype in (torch.bfloat16, torch.complex64):
        with pytest.raises(autograd.AutogradError):
            autograd.from_dlpack(torch.zeros(2, dtype=dtype))


def test_a_gradient_through_shared_memory_is_guarded() -> None:
    theirs = torch.tensor([1.0, 2.0])
    x = autograd.from_dlpack(theirs)
    x.requires_grad = True
    y = (x * x).sum()
    y.backward(retain_graph=True)
    assert x.grad.tolist() == [2, 4]
    theirs += 1
    with pytest.raises(autograd.GraphError, match="changed"):
        y.backward()


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_keep_what_pytorchs_keep(copied: Any) -> None:
    kept = []
    for x in (torch.ones(2, requires_grad=True), autograd.ones(2, requires_grad=True)):
        (x * x).sum().backward()
        y = copied(x)
        with torch.no_grad(), autograd.no_grad():
            y += 1
        kept.append((x.tolist(), y.tolist(), y.requires_grad, y.is_leaf, y.grad is None))
    assert kept[0] == kept[1]


@pytest.mark.parametrize("write", [lambda x: f"{x}", lambda x: f"{x:.3f}", lambda x: f"{x * 2:10.2e}"])
@pytest.mark.parametrize("number", [0.1, -2.0, float("nan"), float("inf"), 1e20])
def test_formats(write: Any, number: float) -> None:
    assert write(autograd.tensor(number)) == write(torch.tensor(number))


@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (1, 2, 1)])
def test_answers_about_layout(shape: tuple[int, ...]) -> None:
    def answers(x: Any) -> list[Any]:
        numbers = [x.dim(), x.numel(), x.nelement(), x.element_size(), x.itemsize, x.nbytes]
        return [*numbers, tuple(x.size()), *map(x.size, range(len(shape))), x.is_contiguous(), x.is_floating_point()]

    assert answers(autograd.ones(shape)) == answers(torch.ones(shape))
    assert str(autograd.ones(shape).device) == str(torch.ones(shape).device)
    if 0 not in shape:
        assert autograd.ones(shape).stride() == torch.ones(shape).stride()
