"""Does Tensor behave as PyTorch's, and refuse what does not fit in words?"""

import asyncio
import concurrent.futures
import copy

import numpy as np
import pytest

import autograd
from autograd import (
    TABLE,
    AutogradError,
    GraphError,
    Tensor,
    Value,
    enable_grad,
    get_default_dtype,
    is_grad_enabled,
    no_grad,
    set_default_dtype,
)
from autograd.promotion import default_dtype


def test_python_numbers_get_the_default_dtype_and_arrays_keep_theirs():
    assert Tensor(1).dtype == np.float32
    assert Tensor([[1, 2], [3, 4.5]]).dtype == np.float32
    assert Tensor(np.arange(3)).dtype == np.arange(3).dtype
    assert Tensor(np.float64(2)).dtype == np.float64
    assert Tensor([1, 2], dtype="int64").dtype == np.int64
    assert Tensor(Tensor([1.0], dtype="float64")).dtype == np.float64


def test_the_default_dtype_can_be_set():
    assert get_default_dtype() == np.float32
    set_default_dtype(np.float64)
    try:
        assert Tensor([1, 2]).dtype == np.float64
        assert repr(Tensor([1.0])) == "Tensor([1.])"
    finally:
        set_default_dtype(np.float32)
    with pytest.raises(TypeError, match="floating-point type, not int64"):
        set_default_dtype("int64")


def test_data_is_copied():
    array = np.ones(3)
    x = Tensor(array)
    array[0] = 5
    assert x.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("bad", ["abc", None, [1, "a"], 1j, [[1], [1, 2]], {"a": 1}, object(), Value(1.0)])
def test_a_tensor_is_made_from_real_numbers_only(bad):
    with pytest.raises((TypeError, ValueError)) as refusal:
        Tensor(bad)
    assert isinstance(refusal.value, AutogradError)


def test_a_dtype_that_holds_no_real_numbers_is_refused():
    with pytest.raises(TypeError, match="real numbers or booleans, not complex128"):
        Tensor([1.0], dtype=complex)


def test_only_floats_can_require_gradients():
    with pytest.raises(TypeError, match="not int64; pass dtype='float32'"):
        Tensor(np.arange(3), requires_grad=True)


def test_gradients_of_a_small_network_by_hand():
    x = Tensor([[1.0, 2.0]], requires_grad=True)
    w = Tensor([[0.5, -0.3], [0.8, 0.1]], requires_grad=True)
    b = Tensor([[0.1, -0.2]], requires_grad=True)
    y = (x @ w + b).relu()
    y.backward(np.ones((1, 2)))
    np.testing.assert_allclose(y.data, [[2.2, 0.0]], rtol=1e-6)
    np.testing.assert_allclose(b.grad.data, [[1, 0]])
    np.testing.assert_allclose(w.grad.data, [[1, 0], [2, 0]])
    np.testing.assert_allclose(x.grad.data, [[0.5, 0.8]])
    assert x.grad.dtype == np.float32


def test_gradients_do_not_share_memory():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = Tensor([3.0, 4.0], requires_grad=True)
    upstream = np.ones(2, np.float32)
    (x + y).backward(upstream)
    x.grad.data += 10
    upstream += 5
    assert y.grad.tolist() == [1.0, 1.0]
    assert x.grad.tolist() == [11.0, 11.0]


def test_leaves_accumulate_and_inner_tensors_keep_nothing_unless_asked():
    x = Tensor([1.0, 2.0], requires_grad=True)
    for _ in range(2):
        y = x * 3
        z = y * y
        z.retain_grad()
        z.sum().backward()
    assert x.grad.tolist() == [36.0, 72.0]
    assert y.grad is None
    assert z.grad.tolist() == [1.0, 1.0]
    with pytest.raises(GraphError, match="does not require a gradient"):
        Tensor([1.0]).retain_grad()


def test_constants_get_no_gradient():
    x, c = Tensor([1.0], requires_grad=True), Tensor([2.0])
    (x * c).backward()
    assert c.grad is None
    assert x.grad.tolist() == [2.0]


def test_detach_cuts_the_graph():
    x = Tensor([2.0], requires_grad=True, label="x")
    y = x * x
    (y.detach() * x).backward()
    assert x.grad.tolist() == [4.0]
    assert not y.detach().requires_grad
    assert x.detach().label == "x"


def test_no_grad_is_a_context_and_a_decorator():
    x = Tensor([2.0], requires_grad=True)

    @no_grad()
    def double(t):
        assert not is_grad_enabled()
        return t * 2

    assert not double(x).requires_grad
    with no_grad():
        with no_grad():
            pass
        assert not is_grad_enabled()
        assert not (x * 2).requires_grad
    assert is_grad_enabled()
    assert (x * 2).requires_grad


def test_no_grad_ends_when_an_exception_leaves_it():
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0
    assert is_grad_enabled()


def test_no_grad_refuses_what_runs_later():
    def generator():
        yield 1

    async def coroutine():
        pass

    for function in (generator, coroutine):
        with pytest.raises(TypeError, match="whose body runs later"):
            no_grad()(function)

    @no_grad
    def plain():
        return is_grad_enabled()

    assert not plain()
    with no_grad(), enable_grad():
        assert is_grad_enabled()


def test_each_thread_and_task_has_its_own_mode():
    with no_grad(), concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert pool.submit(is_grad_enabled).result()
        assert pool.submit(lambda: (Value(1.0) * 2).parents).result()

    async def quiet(event):
        with no_grad():
            event.set()
            await asyncio.sleep(0.01)
            return is_grad_enabled()

    async def main():
        event = asyncio.Event()
        task = asyncio.create_task(quiet(event))
        await event.wait()
        return is_grad_enabled(), await task

    assert asyncio.run(main()) == (True, False)


def test_training_loops_of_either_style_update_the_parameter():
    p = Tensor([1.0, 2.0], requires_grad=True)
    (p * p).sum().backward()
    p.data -= 0.25 * p.grad
    assert p.tolist() == [0.5, 1.0]
    q = p
    with no_grad():
        p -= 0.25 * p.grad
    assert q is p
    assert p.requires_grad
    assert p.tolist() == [0.0, 0.0]
    with no_grad(), pytest.raises(ValueError, match="cannot hold a result of shape"):
        p += np.ones((2, 2), np.float32)
    q = p
    q *= 2
    assert q is not p
    assert q.op.name == "mul"


def test_what_is_changed_outside_does_not_change_the_graph():
    index, factor = np.array([0, 2]), np.array([3.0, 4.0], np.float32)
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = (x[index] * factor).sum()
    index[:] = 1
    factor[:] = 0
    y.backward()
    assert x.grad.tolist() == [3.0, 0.0, 4.0]


def test_index_lists_are_owned_too_and_may_be_empty():
    places = [[0, 2], [1, 1]]
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x[places].sum()
    places[0][0] = 1
    y.backward()
    assert x.grad.tolist() == [1.0, 2.0, 1.0]
    x[[]].sum().backward()
    assert x.grad.tolist() == [1.0, 2.0, 1.0]
    assert x[[]].shape == (0,)


def test_requires_grad_is_set_on_leaves_of_floats_only():
    x = Tensor([1.0])
    x.requires_grad = True
    (x * 2).backward()
    assert x.grad.tolist() == [2.0]
    with pytest.raises(TypeError, match="only floating-point"):
        Tensor(np.arange(3)).requires_grad = True
    with pytest.raises(GraphError, match="follows from its inputs"):
        (x * 2).requires_grad = False


def test_a_gradient_set_by_hand_is_added_to():
    x = Tensor([1.0, 2.0], requires_grad=True)
    x.grad = 0.0
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_recorded_gradients_are_nodes_of_their_own():
    x, y = Tensor([1.0], requires_grad=True), Tensor([2.0], requires_grad=True)
    (x + y).backward(Tensor([1.0]), create_graph=True)
    assert x.grad is not y.grad


def test_axes_may_be_numpy_integers():
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    x.sum(axis=np.int64(0)).sum().backward()
    assert x.grad.shape == (2, 3)


@pytest.mark.parametrize(
    ("compute", "error", "message"),
    [
        (lambda t: t == Tensor([1.0, 2.0, 3.0]), ValueError, "eq"),
        (lambda t: t < "a", TypeError, "lt of a Tensor and 'a'"),
        (lambda t: t + 10**400, (TypeError, ValueError), "add"),
        (lambda t: Tensor(np.array([1, 2])) ** -1, TypeError, "no negative powers"),
        (lambda t: t.astype(complex), TypeError, "real numbers or booleans"),
        (lambda t: Tensor([1.0], dtype="nonsense"), TypeError, "'nonsense' is not an element type"),
        (lambda t: t.backward(np.array([1j, 1])), TypeError, "real numbers"),
        (lambda t: t.backward("a"), TypeError, "real numbers"),
        (lambda t: t[Tensor([0, 1])], TypeError, "make it with dtype='int64'"),
    ],
)
def test_bad_input_is_refused_in_our_own_words(compute, error, message):
    with pytest.raises(error, match=message) as refusal:
        compute(Tensor([1.0, 2.0], requires_grad=True) * 1)
    assert isinstance(refusal.value, AutogradError)


def test_numpy_gives_the_array_and_protects_the_graph():
    x = Tensor([1.0, 2.0])
    assert x.numpy() is x.data
    assert np.asarray(x).tolist() == [1.0, 2.0]
    assert np.array(x, dtype="float64").dtype == np.float64
    y = Tensor([1.0], requires_grad=True, label="w")
    with pytest.raises(GraphError, match=r"\('w'\) requires a gradient.*detach"):
        y.numpy()
    with pytest.raises(GraphError, match="detach"):
        np.asarray(y)


def test_single_entries_become_python_numbers():
    x = Tensor([[2.5]])
    assert (x.item(), float(x), int(x), bool(x)) == (2.5, 2.5, 2, True)
    assert len(Tensor([1, 2, 3])) == 3
    with pytest.raises(ValueError, match=r"item\(\) needs a Tensor of one entry; this one has shape \(2,\)"):
        Tensor([1, 2]).item()
    with pytest.raises(ValueError, match="neither true nor false"):
        bool(Tensor([1, 2]))
    with pytest.raises(TypeError, match="0-d Tensor has no length"):
        len(Tensor(1))


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (
            lambda: Tensor(np.ones((2, 3))) @ Tensor(np.ones((4, 5))),
            r"matmul: shape \(2, 3\) and shape \(4, 5\).*3 ≠ 4",
        ),
        (lambda: Tensor(np.ones(3)) @ Tensor(np.ones(4)), "3 ≠ 4"),
        (lambda: Tensor(1.0) @ Tensor(np.ones(4)), r"use \*"),
        (lambda: Tensor(np.ones((2, 3, 4))) @ Tensor(np.ones((3, 4, 5))), "leading axes must be equal or 1"),
        (lambda: Tensor(np.ones((2, 3))) + Tensor(np.ones((2, 4))), r"add: shape \(2, 3\) and shape \(2, 4\)"),
        (lambda: Tensor(np.ones((2, 3))).reshape(4, 2), r"reshape: shape \(2, 3\) and \(4, 2\) do not fit"),
        (lambda: Tensor(np.ones((2, 3))).sum(2), r"sum\(\): axis 2 does not exist, the array has 2"),
        (lambda: Tensor(np.ones((2, 3)))[5], r"getitem: shape \(2, 3\) and 5"),
        (lambda: Tensor(np.ones((2, 3))).permute(0, 0), "permute.*an axis stands twice"),
        (lambda: Tensor(np.ones(3)).broadcast_to((2, 4)), "broadcast_to"),
    ],
)
def test_shapes_that_do_not_fit_are_shown(compute, message):
    with pytest.raises(ValueError, match=message) as refusal:
        compute()
    assert isinstance(refusal.value, AutogradError)


@pytest.mark.parametrize("stranger", ["a", None, 1j, [1.0, 2.0], np.array(["a"]), np.array([1j]), Value(1.0)])
def test_operands_that_are_no_numbers_are_refused(stranger):
    x = Tensor([1.0, 2.0])
    for compute in (lambda: x + stranger, lambda: x * stranger, lambda: stranger - x):
        with pytest.raises(TypeError, match=r"works with|do not mix|not in the table"):
            compute()
    with pytest.raises(TypeError, match="got both dim=0 and axis=0"):
        x.sum(0, axis=0)
    with pytest.raises(TypeError, match="convert it to a floating-point type"):
        Tensor(np.arange(3)).mean()


def test_axes_go_by_either_name():
    x = Tensor(np.arange(6.0).reshape(2, 3))
    for reduce in (Tensor.sum, Tensor.mean, Tensor.amax, Tensor.amin):
        assert reduce(x, 1).shape == reduce(x, dim=-1).shape == reduce(x, axis=1).shape == (2,)
        assert reduce(x, 0, True).shape == reduce(x, axis=0, keepdims=True).shape == (1, 3)
        assert reduce(x, [0, 1]).shape == reduce(x).shape == ()
    assert x.max().item() == 5.0
    assert x.min(axis=0).tolist() == [0.0, 1.0, 2.0]
    assert autograd.sum(x, axis=0).tolist() == [3.0, 5.0, 7.0]
    assert autograd.dot(Tensor([1.0, 2.0]), Tensor([3.0, 4.0])).item() == 11.0


def test_shape_methods_take_pytorchs_arguments():
    x = Tensor(np.arange(24.0).reshape(2, 3, 4))
    assert x.reshape(4, -1).shape == x.reshape((4, 6)).shape == (4, 6)
    assert x.transpose(0, 2).shape == (4, 3, 2)
    assert x.permute(2, 0, 1).shape == x.permute((2, 0, 1)).shape == (4, 2, 3)
    assert x.T.shape == (4, 3, 2)
    assert (x.ndim, x.size) == (3, 24)
    assert x[1, :, Tensor(np.array([0, 2]))].shape == (2, 3)  # as NumPy puts the axes of separated indices first


def test_numpy_functions_work_and_are_recorded():
    x = Tensor([[1.0, 4.0]], requires_grad=True, dtype="float64")
    y = np.sum(np.sqrt(x) * np.array([[1.0, 2.0]]), axis=1)
    y.backward([1.0])
    np.testing.assert_allclose(x.grad.data, [[0.5, 0.5]])
    assert np.where(x > 2, x, 0.0).tolist() == [[0.0, 4.0]]
    assert (np.ones((1, 2)) @ x.T).shape == (1, 1)
    assert np.isfinite(x).tolist() == [[True, True]]
    for refused in (lambda: np.spacing(x), lambda: np.add.accumulate(x)):
        with pytest.raises(TypeError, match="not in the table of operations"):
            refused()


def test_comparisons_give_booleans_without_a_graph():
    x = Tensor([1.0, 2.0], requires_grad=True)
    for compared in (x < 2, x <= 1, x > Tensor([0.0, 3.0]), x >= 2, x == 1.0, x != 1.0):
        assert compared.dtype == np.bool_
        assert not compared.requires_grad
    assert (x == 1.0).tolist() == [True, False]
    assert {x: 1}[x] == 1


def test_the_gradient_keeps_the_dtype_of_its_variable():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = Tensor([3.0, 4.0], requires_grad=True, dtype="float64")
    (x * y).sum().backward(create_graph=True)
    assert x.grad.dtype == np.float32
    assert y.grad.dtype == np.float64


def test_create_graph_accumulates_like_the_bare_pass():
    x = Tensor([1.0, 2.0], requires_grad=True, dtype="float64")
    for _ in range(2):
        (x**3).sum().backward(create_graph=True)
    np.testing.assert_allclose(x.grad.data, 2 * 3 * x.data**2)
    first = x.grad
    x.grad = None
    first.sum().backward(Tensor(1.0, dtype="float64"))
    np.testing.assert_allclose(x.grad.data, 2 * 6 * x.data)


def test_the_representation_tells_what_matters():
    x = Tensor([1.0, 2.0], requires_grad=True, label="w")
    assert repr(x) == "Tensor([1., 2.], requires_grad=True, label='w')"
    assert repr(x * 2) == "Tensor([2., 4.], op=mul)"
    assert repr(Tensor(np.arange(2))) == "Tensor([0, 1], dtype=int64)"


def test_an_empty_array_goes_through():
    x = Tensor(np.ones((0, 3)), requires_grad=True)
    (x * 2).sum().backward()
    assert x.grad.shape == (0, 3)


def test_tensors_are_not_iterated_into_the_wrong_thing():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    first, second = x
    (first * second).sum().backward()
    assert x.grad.tolist() == [[3.0, 4.0], [1.0, 2.0]]
    assert copy.copy(x.detach()).tolist() == x.tolist()


def test_an_array_entry_cannot_swallow_a_gradient():
    x = Tensor([1.0, 2.0], requires_grad=True)
    array = np.zeros(2)
    with pytest.raises((GraphError, ValueError)):
        array[0] = x[0] * 2
    with pytest.raises((GraphError, ValueError)):
        array[:] = x
    with no_grad():
        array[0] = x[0]
    array[1] = float(x[1])
    assert array.tolist() == [1.0, 2.0]


def test_the_default_dtype_can_be_another_one_for_a_block():
    with default_dtype("float64"):
        assert Tensor([1.0]).dtype == np.float64
    assert Tensor([1.0]).dtype == get_default_dtype()


def test_the_general_way_and_the_fast_one_record_the_same():
    x, w = (Tensor(np.arange(1.0, 4.0), requires_grad=True) for _ in range(2))
    for name in ("add", "sub", "mul", "div", "pow", "maximum", "matmul", "exp", "neg", "relu"):
        op = TABLE[name]
        inputs = (x, w)[: len(op.rules)]
        fast, general = getattr(x, name)(*inputs[1:]), Tensor._apply(op, inputs)
        for slot in ("op", "_inputs", "_requires_grad", "_uses", "_at", "_more", "grad", "label"):
            assert getattr(fast, slot) == getattr(general, slot) or getattr(fast, slot) is getattr(general, slot), slot
        assert np.array_equal(fast.data, general.data)
    for fast, general in (
        (2.0 * x, TABLE["mul"](2.0, x)),
        (2 - x, TABLE["sub"](2, x)),
        (2.0 / x, TABLE["div"](2.0, x)),
    ):
        assert [type(i) for i in fast.inputs] == [type(i) for i in general.inputs] == [type(general.inputs[0]), Tensor]
        assert np.array_equal(fast.data, general.data)
