"""Do Tensors travel whole: to NumPy, through DLPack, into files and copies, onto the screen?"""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentTypeError,
    BoundsError,
    DtypeError,
    GraphError,
    InterchangeError,
    ShapeError,
    Tensor,
    Value,
    no_grad,
)


def leaf(*entries: float, label: str = "w") -> Tensor:
    return Tensor(np.array(entries), requires_grad=True, label=label)


# --- NumPy ------------------------------------------------------------------------------------------------------------


def test_numpy_sees_the_same_memory() -> None:
    x = Tensor([1.0, 2.0])
    np.asarray(x)[0] = 5
    assert x.tolist() == [5, 2]
    np.array(x)[0] = 7
    np.asarray(x, dtype="float64")[0] = 7
    assert x.tolist() == [5, 2]
    assert np.array([x, x]).shape == (2, 2)
    with pytest.raises(ValueError, match="copy"):
        np.asarray(x, dtype="float64", copy=False)


def test_what_requires_a_gradient_is_not_handed_to_numpy() -> None:
    for take in (np.asarray, np.array, Tensor.numpy):
        with pytest.raises(GraphError, match=r"\('w'\).*detach"):
            take(leaf(1.0))


def test_a_change_through_numpy_between_the_passes_is_noticed() -> None:
    x = Tensor(np.array([1.0, 2.0]))
    w = leaf(3.0, 4.0)
    assert x.dtype == w.dtype  # otherwise the graph keeps a cast copy
    y = (x * w).sum()
    np.asarray(x)[0] = 9
    with pytest.raises(GraphError, match="changed"):
        y.backward()


# --- DLPack -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "uint8", "bool"])
def test_dlpack_shares_memory_both_ways(dtype: str) -> None:
    x = autograd.tensor([[1, 0, 1], [0, 1, 1]], dtype=dtype)
    theirs = np.from_dlpack(x)
    assert theirs.dtype == dtype
    x[0, 1] = 1
    assert theirs.tolist() == x.tolist()
    theirs[1, 0] = 1
    assert x.tolist() == [[1, 1, 1], [1, 1, 1]]
    numbers = np.zeros((2, 3), dtype)[:, ::2]
    y = autograd.from_dlpack(numbers)
    numbers[0, 0] = 1
    y[1, 1] = 1
    assert y.tolist() == numbers.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "index", [np.s_[:, ::2], np.s_[1:], np.s_[:, 0], np.s_[0, 0, ...], np.s_[:0], np.s_[None, ...]]
)
def test_dlpack_takes_views(index: Any) -> None:
    numbers = np.arange(12.0).reshape(3, 4).T
    x = autograd.from_numpy(numbers[index])
    assert np.array_equal(np.from_dlpack(x), numbers[index])
    assert np.shares_memory(np.from_dlpack(x), numbers) == bool(numbers[index].size)


def test_dlpack_keeps_memory_alive() -> None:
    theirs = np.from_dlpack(Tensor(np.arange(1000.0)))
    ours = autograd.from_dlpack(np.arange(1000.0))
    assert theirs.sum() == ours.sum().item() == 499500


def test_dlpack_refuses_what_requires_a_gradient() -> None:
    for share in (np.from_dlpack, autograd.from_dlpack):
        with pytest.raises(InterchangeError, match="detach"):
            share(leaf(1.0))
    with pytest.raises(BufferError):
        leaf(1.0).__dlpack__()
    w = leaf(1.0)
    np.from_dlpack(w.detach())[0] = 5
    assert w.tolist() == [5]


def test_dlpack_refuses_negative_strides_unless_it_may_copy() -> None:
    x = autograd.from_numpy(np.arange(3.0)[::-1])
    with pytest.raises(InterchangeError, match="contiguous"):
        x.__dlpack__()
    assert np.from_dlpack(x, copy=True).tolist() == [2, 1, 0]
    assert np.from_dlpack(x.clone()).tolist() == [2, 1, 0]
    assert np.from_dlpack(autograd.from_numpy(np.arange(1.0)[::-1])).tolist() == [0]


def test_dlpack_says_what_is_read_only() -> None:
    numbers = np.ones(2)
    numbers.flags.writeable = False
    x = autograd.from_numpy(numbers)
    assert not np.from_dlpack(x).flags.writeable
    with pytest.raises(InterchangeError, match="readonly"):
        x.__dlpack__()  # the protocol's first version has no word for it
    with pytest.raises(ShapeError, match="read-only"):
        autograd.from_dlpack(numbers)[0] = 1.0


def test_dlpack_copies_on_request() -> None:
    x = Tensor([1.0])
    for copied in (np.from_dlpack(x, copy=True), autograd.from_dlpack(x, copy=True).numpy()):
        assert not np.shares_memory(copied, x.numpy())
    assert np.shares_memory(autograd.from_dlpack(x).numpy(), x.numpy())


def test_dlpack_is_on_the_cpu() -> None:
    x = Tensor([1.0])
    assert x.__dlpack_device__() == (1, 0)
    with pytest.raises(InterchangeError):
        x.__dlpack__(dl_device=(2, 0))


def test_what_from_dlpack_refuses() -> None:
    with pytest.raises(ArgumentTypeError, match="__dlpack__"):
        autograd.from_dlpack([1.0])
    with pytest.raises(DtypeError, match="complex"):
        autograd.from_dlpack(np.ones(1, complex))
    with pytest.raises(InterchangeError):
        autograd.from_dlpack(np.array(["a"]))


# --- pickling and copying ---------------------------------------------------------------------------------------------


class Parameter(Tensor):
    """A subclass with attributes of its own, at the top of the module so that pickle finds it."""


def pickled(x: Any) -> Any:
    return pickle.loads(pickle.dumps(x))


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
@pytest.mark.parametrize("shape", [(), (0, 2), (2, 3)])
def test_leaves_are_pickled(protocol: int, dtype: str, shape: tuple[int, ...]) -> None:
    x = Tensor(np.ones(shape, dtype), label="w", requires_grad=dtype.startswith("float"))
    y = pickle.loads(pickle.dumps(x, protocol))
    assert type(y) is Tensor
    assert (y.shape, y.dtype, y.requires_grad, y.label) == (shape, x.dtype, x.requires_grad, "w")
    assert y.tolist() == x.tolist()
    assert y.is_leaf


def test_a_gradient_is_not_pickled_and_the_copy_can_be_trained() -> None:
    w = leaf(1.0, 2.0)
    (w * w).sum().backward()
    again = pickled(w)
    assert again.grad is None
    (again * again).sum().backward()
    with no_grad():
        again -= again.grad
    assert (again.tolist(), w.tolist()) == ([-1, -2], [1, 2])


COPIES: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, pickled]


@pytest.mark.parametrize("copied", COPIES)
def test_what_was_computed_is_refused(copied: Callable[[Any], Any]) -> None:
    y = leaf(1.0) * 2
    with pytest.raises(GraphError, match=r"computed by mul.*detach"):
        copied(y)
    y.sum().backward()
    with pytest.raises(GraphError, match=r"computed by mul.*detach"):
        copied(y)
    assert copied(y.detach()).tolist() == [2]
    with no_grad():
        assert copied(leaf(1.0) * 2).tolist() == [2]


@pytest.mark.parametrize("copied", COPIES)
def test_subclasses_and_their_attributes_are_kept(copied: Callable[[Any], Any]) -> None:
    x = Parameter([1.0], requires_grad=True)
    x.group = ["slow"]
    y = copied(x)
    assert type(y) is Parameter
    assert y.requires_grad
    assert y.group == ["slow"]
    assert (y.group is x.group) == (copied is copy.copy)


def test_a_shallow_copy_shares_memory() -> None:
    x = leaf(1.0, 2.0)
    y = copy.copy(x)
    assert y is not x
    assert (y.requires_grad, y.label, y.grad) == (True, "w", None)
    with no_grad():
        y[0] = 5
    assert x.tolist() == [5, 2]


def test_a_shallow_copy_is_no_change() -> None:
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    twin = copy.copy(x)
    copy.deepcopy(x)
    y.backward()
    assert x.grad.tolist() == [2, 4]
    y = (x * x).sum()
    with no_grad():
        twin += 1.0
    with pytest.raises(GraphError, match="changed"):
        y.backward()


def test_a_deep_copy_has_everything_of_its_own() -> None:
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    y = copy.deepcopy(x)
    assert (y.requires_grad, y.label, y.tolist(), y.grad.tolist()) == (True, "w", [1, 2], [2, 4])
    with no_grad():
        y += 1.0
        y.grad += 1.0
    assert (x.tolist(), x.grad.tolist()) == ([1, 2], [2, 4])


def test_what_is_shared_in_a_structure_is_shared_in_its_deep_copy() -> None:
    x = leaf(1.0)
    model = {"first": x, "again": [x], "view": x.detach()}
    other = copy.deepcopy(model)
    assert other["first"] is other["again"][0]
    assert other["first"] is not x
    other["view"][0] = 7
    assert other["first"].tolist() == [7]
    assert x.tolist() == [1]


def test_a_gradient_with_a_graph_is_refused_in_a_deep_copy() -> None:
    x = leaf(1.0)
    (x * x * x).sum().backward(create_graph=True)
    assert not x.grad.is_leaf
    with pytest.raises(GraphError, match="detach"):
        copy.deepcopy(x)


def test_copies_of_read_only_arrays_can_be_written() -> None:
    x = autograd.from_numpy(np.broadcast_to(np.ones(1), (3,)))
    y = copy.deepcopy(x)
    y[0] = 5.0
    assert y.tolist() == [5, 1, 1]


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (Tensor(0.5), "Tensor(0.5)"),
        (Tensor([[1.0, 2.0], [3.0, 4.0]]), "Tensor([[1., 2.],\n        [3., 4.]])"),
        (Tensor([True, False], dtype="bool"), "Tensor([ True, False], dtype=bool)"),
        (Tensor([]), "Tensor([])"),
        (Tensor(np.ones((0, 3), "float32")), "Tensor([], shape=(0, 3))"),
        (Tensor([np.inf, np.nan]), "Tensor([inf, nan])"),
        (Tensor(np.arange(2), label="i"), "Tensor([0, 1], dtype=int64, label='i')"),
        (Tensor(1.0, requires_grad=True) * 2, "Tensor(2., op=mul)"),
        (Parameter([1.0], requires_grad=True), "Parameter([1.], requires_grad=True)"),
    ],
    ids=str,
)
def test_the_representation(x: Tensor, text: str) -> None:
    assert repr(x) == str(x) == text


def test_large_arrays_are_summarised() -> None:
    text = repr(Tensor(np.zeros((2000, 2000))))
    assert "..." in text
    assert "shape=(2000, 2000)" in text
    assert len(text) < 600


def test_representing_changes_nothing_and_never_fails() -> None:
    x = Tensor(np.ones((200, 200), "float32"), requires_grad=True)
    y = x * 2.0 + 1.0  # x * 2 is let go
    inner = y.inputs[0]
    assert "op=mul" in repr(inner)
    y.sum().backward()
    assert "op=add" in repr(y)
    assert "op=mul" in repr(inner)
    inner = (x * 2.0 + 1.0).inputs[0]
    with no_grad():
        x += 1.0
    assert "op=mul" in repr(inner)


def test_formats_of_single_numbers() -> None:
    loss = Tensor(0.123456, requires_grad=True)
    assert f"{loss:.4f}" == "0.1235"
    assert f"{loss * 2:8.2e}" == "2.47e-01"
    assert f"{autograd.tensor(7):03d}" == "007"
    assert f"{autograd.tensor(0.5)}" == "0.5"
    assert f"{Tensor([1.0])}" == "Tensor([1.])"
    with pytest.raises(ArgumentTypeError, match=r"\.4f.*\(1,\)"):
        f"{Tensor([1.0]):.4f}"


# --- as a container, and as a number ----------------------------------------------------------------------------------


def test_iteration_is_recorded() -> None:
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    first, second = x
    (first * second).sum().backward()
    assert x.grad.tolist() == [[3, 4], [1, 2]]
    assert len(x) == 2
    assert [row.tolist() for row in reversed(x)] == [[3, 4], [1, 2]]
    assert list(Tensor(np.ones((0, 2)))) == []


def test_single_numbers_have_no_length() -> None:
    for ask in (len, iter, list):
        with pytest.raises(ArgumentTypeError, match="0-d"):
            ask(Tensor(1.0))


def test_contains_asks_for_entries() -> None:
    x = Tensor([[1.0, 2.0], [3.0, np.nan]])
    assert 2 in x
    assert 2.5 not in x
    assert np.nan not in x
    assert Tensor(3.0) in x
    assert np.float32(3) in x
    assert Tensor([1.0, 9.0]) in x  # compared by broadcasting, as NumPy and PyTorch do
    assert 1 not in Tensor([])
    assert Value(3.0) in x
    for wrong in ("a", [1], None):
        with pytest.raises(ArgumentTypeError, match="in a Tensor"):
            operator.contains(x, wrong)
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        operator.contains(x, Tensor([1.0, 2.0, 3.0]))


def test_single_integers_are_indices() -> None:
    assert operator.index(autograd.tensor(3)) == 3
    assert ["a", "b"][autograd.tensor([1])] == "b"
    assert list(range(autograd.tensor(2))) == [0, 1]
    for wrong in (Tensor(1.0), autograd.tensor([1, 2])):
        with pytest.raises(ArgumentTypeError, match="index"):
            operator.index(wrong)


# --- layout -----------------------------------------------------------------------------------------------------------


def test_size_is_a_number_and_a_question() -> None:
    x = autograd.zeros(2, 3)
    assert x.size == 6
    assert x.size * 2 == 12
    assert x.size() == (2, 3)
    assert (x.size(0), x.size(-1), x.size(dim=1)) == (2, 3, 3)
    assert type(pickled(x.size)) is int
    assert autograd.zeros(()).size == 1
    assert autograd.zeros(()).size() == ()
    with pytest.raises(BoundsError, match=r"axis 2.*\(2, 3\)"):
        x.size(2)


def test_layout_in_both_vocabularies() -> None:
    x = autograd.zeros(2, 3, dtype="float64")
    assert (x.dim(), x.numel(), x.nelement(), x.element_size(), x.itemsize, x.nbytes) == (2, 6, 6, 8, 8, 48)
    assert (x.stride(), x.stride(0), x.stride(-1)) == ((3, 1), 3, 1)
    assert x.is_contiguous()
    assert not x.T.is_contiguous()
    assert x.T.stride() == (1, 3)
    assert x.device == "cpu"
    assert x.is_floating_point()
    assert not (x > 0).is_floating_point()
    assert x.data_ptr() == x.detach().data_ptr() != x.clone().data_ptr()
    with pytest.raises(BoundsError):
        x.stride(2)
