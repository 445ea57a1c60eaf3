"""Are Tensors made with the numbers, the shapes and the element types that PyTorch gives them?"""

from __future__ import annotations

import array
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentTypeError,
    ArgumentValueError,
    DtypeError,
    GraphError,
    InterchangeError,
    ShapeError,
    Tensor,
    Value,
    enable_grad,
    set_default_dtype,
)


def is_(x: Tensor, entries: Any, dtype: str) -> bool:
    return type(x) is Tensor and x.dtype == dtype and np.array_equal(x.numpy(), np.asarray(entries, dtype))


# --- from numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (1, "int64"),
        (1.0, "float32"),
        (True, "bool"),
        ([1, 2], "int64"),
        ((1, 2.5), "float32"),
        ([True, 2], "int64"),
        ([True, 2.0], "float32"),
        ([[True], [False]], "bool"),
        ([], "float32"),
        ([[], []], "float32"),
        (range(3), "int64"),
        (np.float64(1), "float64"),
        (np.int32(1), "int32"),
        ([np.float64(1), 2.0], "float64"),
        ([np.float32(1), 2], "float32"),
        ([np.int32(1)], "int32"),
        ([np.int32(1), 2], "int64"),
        ([np.array([1.0, 2.0])], "float64"),
        (np.arange(3, dtype=np.uint8), "uint8"),
        (array.array("d", [1.0, 2.0]), "float64"),
    ],
)
def test_the_kind_of_numbers_decides_the_element_type(data: Any, dtype: str) -> None:
    assert is_(autograd.tensor(data), data, dtype)


def test_python_floats_take_the_default_dtype() -> None:
    set_default_dtype("float64")
    try:
        made = [autograd.tensor(0.1), autograd.zeros(1), autograd.full((1,), 0.5), autograd.arange(1.0)]
        made += [autograd.rand(1), autograd.randn(1), autograd.linspace(0, 1, 2), autograd.eye(1)]
        assert {str(x.dtype) for x in made} == {"float64"}
        assert autograd.tensor(0.1).item() == 0.1
    finally:
        set_default_dtype("float32")


def test_tensor_copies() -> None:
    numbers = np.ones(2)
    x = autograd.tensor(numbers)
    numbers[0] = 5
    assert x.tolist() == [1, 1]
    buffer = array.array("d", [1.0])
    x = autograd.tensor(buffer)
    buffer[0] = 5
    assert x.tolist() == [1]
    w = Tensor([1.0], requires_grad=True)
    assert not autograd.tensor(w).requires_grad
    assert autograd.tensor(w, requires_grad=True).is_leaf


def test_tensors_in_a_list_are_taken_by_their_numbers() -> None:
    assert is_(autograd.tensor([Tensor([1.0, 2.0]), Tensor([3.0, 4.0])]), [[1, 2], [3, 4]], "float32")
    with pytest.raises(GraphError, match="stack"):
        autograd.tensor([Tensor(1.0, requires_grad=True), 2.0])


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        ([300], "uint8"),
        ([-1], "uint8"),
        ([2**63], "int64"),
        ([2**63], None),
        ([float("nan")], "int64"),
        ([float("inf")], "int32"),
        ([1e30], "int64"),
        ([9.3e18], "int64"),
    ],
)
def test_numbers_that_do_not_fit_in_an_integer_type_are_refused(data: Any, dtype: Any) -> None:
    with pytest.raises(DtypeError, match="do not fit"):
        autograd.tensor(data, dtype=dtype)


def test_conversions_are_pytorchs() -> None:
    assert is_(autograd.tensor([1.7, -1.7], dtype="int64"), [1, -1], "int64")
    assert is_(autograd.tensor([255.9], dtype="uint8"), [255], "uint8")
    assert is_(autograd.tensor([0.5, 0.0], dtype="bool"), [True, False], "bool")
    assert is_(autograd.tensor([1e300], dtype="float32"), [np.inf], "float32")
    assert is_(autograd.tensor([2**63 - 1]), [2**63 - 1], "int64")


@pytest.mark.parametrize("data", ["a", None, 1j, {1}, [Value(1.0)], 2**64])
def test_what_is_no_number_is_refused(data: Any) -> None:
    with pytest.raises(DtypeError, match="real numbers"):
        autograd.tensor(data)


def test_refusals() -> None:
    with pytest.raises(ShapeError):
        autograd.tensor([[1], [1, 2]])
    with pytest.raises(DtypeError, match="gradient"):
        autograd.tensor([1, 2], requires_grad=True)
    with pytest.raises(DtypeError):
        autograd.zeros(2, dtype="complex64")
    with pytest.raises(ArgumentValueError, match="cuda"):
        autograd.zeros(2, device="cuda")
    assert autograd.zeros(2, device="cpu").device == "cpu"


# --- sharing ----------------------------------------------------------------------------------------------------------


def test_from_numpy_shares_memory() -> None:
    numbers = np.arange(6.0)[::-2]
    x = autograd.from_numpy(numbers)
    numbers[0] = 9
    x[1] = 8
    assert x.tolist() == numbers.tolist() == [9, 8, 1]
    assert x.numpy() is numbers


def test_a_read_only_array_stays_so() -> None:
    x = autograd.from_numpy(np.broadcast_to(np.ones(2), (3, 2)))
    assert (x + 1).tolist() == [[2, 2]] * 3
    with pytest.raises(ShapeError, match="read-only"):
        x[0] = 5.0


def test_what_is_done_to_a_shared_array_between_the_passes_is_noticed() -> None:
    numbers = np.array([1.0, 2.0])
    for x in (autograd.from_numpy(numbers), autograd.as_tensor(numbers), autograd.from_dlpack(numbers)):
        x.requires_grad = True
        y = (x * x).sum()
        numbers[0] += 1
        with pytest.raises(GraphError, match="changed"):
            y.backward()


def test_as_tensor_and_asarray_copy_only_where_they_must() -> None:
    numbers = np.arange(3.0)
    assert np.shares_memory(autograd.as_tensor(numbers).numpy(), numbers)
    assert np.shares_memory(autograd.asarray(numbers, dtype="float64").numpy(), numbers)
    assert not np.shares_memory(autograd.asarray(numbers, copy=True).numpy(), numbers)
    assert not np.shares_memory(autograd.as_tensor(numbers, "float32").numpy(), numbers)
    x = Tensor(numbers)
    assert autograd.as_tensor(x) is x
    assert autograd.asarray(x, copy=True) is not x
    assert is_(autograd.asarray([1, 2]), [1, 2], "int64")
    for given, dtype in ((numbers, "float32"), (x, "float32"), ([1.0], None)):
        with pytest.raises(InterchangeError, match="cop"):
            autograd.asarray(given, dtype=dtype, copy=False)


def test_as_tensor_keeps_the_graph() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    (autograd.as_tensor(x, dtype="float64") ** 2).sum().backward()
    assert x.grad.tolist() == [2, 4]
    assert x.grad.dtype == "float32"
    assert autograd.asarray(x, copy=True).requires_grad


def test_asarray_can_ask_for_gradients() -> None:
    x = Tensor([1.0])
    leaf = autograd.asarray(x, requires_grad=True)
    assert leaf.requires_grad
    assert leaf.is_leaf
    assert not x.requires_grad
    assert autograd.asarray(np.ones(2), requires_grad=True).requires_grad


# --- from sizes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zeros", "ones", "empty", "rand", "randn"])
@pytest.mark.parametrize(
    ("given", "shape"),
    [((2, 3), (2, 3)), (((2, 3),), (2, 3)), (([2, 3],), (2, 3)), ((4,), (4,)), (((),), ()), ((0, 2), (0, 2))],
)
def test_sizes_are_integers_or_one_tuple(name: str, given: Any, shape: tuple[int, ...]) -> None:
    x = getattr(autograd, name)(*given)
    assert x.shape == shape
    assert x.dtype == "float32"
    assert not x.requires_grad
    y = getattr(autograd, name)(*given, dtype="float64", requires_grad=True)
    assert y.dtype == "float64"
    assert y.requires_grad
    assert y.is_leaf


def test_sizes_may_be_named_and_may_be_tensors_of_integers() -> None:
    assert autograd.zeros(size=(2, 3)).shape == (2, 3)
    assert autograd.ones(np.int64(2), autograd.tensor(3)).shape == (2, 3)
    for wrong in ((2.0,), ("2",), (), ((2, 2.0),), (Tensor(2.0),)):
        with pytest.raises(ArgumentTypeError, match="sizes"):
            autograd.zeros(*wrong)
    with pytest.raises(ShapeError, match="negative"):
        autograd.ones(2, -1)


def test_full_takes_the_kind_of_its_number() -> None:
    assert is_(autograd.full((2,), 3), [3, 3], "int64")
    assert is_(autograd.full((2,), True), [True, True], "bool")
    assert is_(autograd.full((), 0.5), 0.5, "float32")
    assert is_(autograd.full((1,), 3.5, dtype="int64"), [3], "int64")
    assert is_(autograd.full((1,), Tensor(2.0)), [2], "float32")
    with pytest.raises(DtypeError, match="fit"):
        autograd.full((1,), 300, dtype="uint8")
    with pytest.raises(DtypeError, match="fit"):
        autograd.full((1,), 2**64)
    with pytest.raises(GraphError, match="gradient"):
        autograd.full((1,), Tensor(2.0, requires_grad=True))
    with pytest.raises(ArgumentTypeError, match="number"):
        autograd.full((1,), "a")


def test_eye() -> None:
    assert is_(autograd.eye(2), [[1, 0], [0, 1]], "float32")
    assert is_(autograd.eye(2, 3, dtype="int64"), [[1, 0, 0], [0, 1, 0]], "int64")


def test_arange_of_integers_is_exact() -> None:
    assert is_(autograd.arange(5), range(5), "int64")
    assert is_(autograd.arange(7, 2, -2), [7, 5, 3], "int64")
    assert is_(autograd.arange(end=3), range(3), "int64")
    assert is_(autograd.arange(2**62, 2**62 + 3), range(2**62, 2**62 + 3), "int64")
    assert is_(autograd.arange(0, 300, 100, dtype="uint8"), [0, 100, 200], "uint8")
    assert is_(autograd.arange(3, dtype="float64"), [0, 1, 2], "float64")
    with pytest.raises(DtypeError, match="cannot hold"):
        autograd.arange(2**62, 2**64, 2**62)
    with pytest.raises(DtypeError, match="fit"):
        autograd.arange(300, dtype="uint8")


def test_arange_of_fractions() -> None:
    assert is_(autograd.arange(1, 2.5, 0.5), [1, 1.5, 2], "float32")
    x = autograd.arange(0.0, 1.0, 0.1, dtype="float64")
    assert is_(x, 0.1 * np.arange(10), "float64")
    for wrong in ((0, 5, 0.5), (0.5, 5)):
        with pytest.raises(DtypeError, match="cannot hold"):
            autograd.arange(*wrong, dtype="int64")


@pytest.mark.parametrize(
    "wrong", [(0, 5, 0), (5, 0), (0, 5, -1), (0, np.inf), (0.0, np.nan), (0, 5, np.inf), (-1e308, 1e308, 1e-300)]
)
def test_arange_refuses_to_go_nowhere(wrong: Any) -> None:
    with pytest.raises(ArgumentValueError, match="arange"):
        autograd.arange(*wrong)


def test_linspace_meets_both_ends_and_is_symmetric() -> None:
    x = autograd.linspace(-1, 0.7, 11, dtype="float64").numpy()
    assert (x[0], x[-1]) == (-1, 0.7)
    assert np.allclose(np.diff(x), 0.17, rtol=1e-13)
    back = autograd.linspace(0.7, -1, 12, dtype="float64").numpy()[::-1]
    assert np.array_equal(autograd.linspace(-1, 0.7, 12, dtype="float64").numpy(), back)
    assert is_(autograd.linspace(0, 10, 4, dtype="int64"), [0, 3, 6, 10], "int64")
    assert is_(autograd.linspace(5, 10, 1), [5], "float32")
    assert autograd.linspace(0, 1, 0).shape == (0,)


def test_logspace() -> None:
    assert is_(autograd.logspace(0, 2, 3), [1, 10, 100], "float32")
    assert is_(autograd.logspace(0, 3, 4, base=2, dtype="float64"), [1, 2, 4, 8], "float64")
    assert is_(autograd.logspace(0, 2, 3, dtype="int64"), [1, 10, 100], "int64")


def test_places_of_triangles() -> None:
    assert is_(autograd.tril_indices(3, 2), [[0, 1, 1, 2, 2], [0, 0, 1, 0, 1]], "int64")
    assert is_(autograd.triu_indices(2, 3, 1), [[0, 0, 1], [1, 2, 2]], "int64")


# --- like another -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zeros_like", "ones_like", "empty_like", "rand_like", "randn_like"])
def test_shape_element_type_and_layout_of_another(name: str) -> None:
    x = Tensor(np.ones((2, 3)).T, requires_grad=True)
    made = getattr(autograd, name)(x)
    assert (made.shape, made.dtype, made.requires_grad) == ((3, 2), np.float64, False)
    assert getattr(autograd, name)(x, dtype="float32", requires_grad=True).requires_grad
    assert getattr(autograd, name)(np.ones(3)).shape == (3,)
    with pytest.raises(ArgumentTypeError):
        getattr(autograd, name)([1.0])


def test_full_like_keeps_the_element_type() -> None:
    assert is_(autograd.full_like(autograd.tensor([1, 2]), 1.5), [1, 1], "int64")
    assert is_(autograd.full_like(autograd.tensor([1, 2]), 1.5, dtype="float64"), [1.5, 1.5], "float64")
    with pytest.raises(DtypeError):
        autograd.full_like(autograd.tensor([1], dtype="uint8"), -1)


def test_numpys_functions_give_tensors() -> None:
    x = Tensor([[1.0, 2.0]], requires_grad=True)
    assert is_(np.zeros_like(x), [[0, 0]], "float32")
    assert is_(np.ones_like(x, dtype="float64"), [[1, 1]], "float64")
    assert is_(np.full_like(x, 3, shape=(2,)), [3, 3], "float32")
    assert is_(np.full_like(x, 3.5, "int64"), [[3, 3]], "int64")
    assert is_(np.zeros_like(x, "float64", "C", True), [[0, 0]], "float64")
    assert np.empty_like(x).shape == (1, 2)
    with enable_grad():
        (np.ones_like(x) * x * x).sum().backward()
    assert x.grad.tolist() == [[2, 4]]


def test_what_was_let_go_still_has_a_shape() -> None:
    x = Tensor(np.ones((200, 200)), requires_grad=True)
    y = x * 1.0 + 1.0
    assert np.zeros_like(y).shape == (200, 200)


def test_new_tensors_take_the_element_type() -> None:
    x = Tensor(np.ones(2, "float64"))
    assert is_(x.new_zeros(2, 3), np.zeros((2, 3)), "float64")
    assert is_(x.new_ones((2,)), [1, 1], "float64")
    assert is_(x.new_full((2,), 3), [3, 3], "float64")
    assert is_(x.new_tensor([1, 2]), [1, 2], "float64")
    assert is_(x.new_tensor([1, 2], dtype="int64"), [1, 2], "int64")
    assert x.new_empty(size=(2,), requires_grad=True).requires_grad
    with pytest.raises(ArgumentTypeError):
        x.new_zeros()


# --- questions and names ----------------------------------------------------------------------------------------------


def test_questions() -> None:
    x = autograd.zeros(2, 3)
    assert autograd.is_tensor(x)
    assert not autograd.is_tensor(np.ones(1))
    assert autograd.numel(x) == 6
    assert autograd.is_floating_point(x)
    assert not autograd.is_floating_point(autograd.arange(2))


def test_element_types_have_pytorchs_names() -> None:
    names = {"float32": autograd.float32, "float64": autograd.double, "float16": autograd.half, "int64": autograd.long}
    for name, dtype in {**names, "int32": autograd.int, "bool": autograd.bool, "uint8": autograd.uint8}.items():
        assert autograd.zeros(1, dtype=dtype).dtype == name == dtype
    assert {"float32", "zeros"} <= set(dir(autograd))
    assert not {"float", "int", "bool"} & set(autograd.__all__)


def test_limits_of_element_types_and_what_two_of_them_make() -> None:
    assert autograd.finfo().eps == np.finfo(np.float32).eps
    assert autograd.finfo("float64").max == np.finfo(np.float64).max
    assert autograd.iinfo(autograd.uint8).max == 255
    assert autograd.promote_types("int64", "float16") == "float16"
    assert autograd.promote_types("uint8", "int8") == "int16"
    integers = Tensor(np.arange(2))
    assert autograd.result_type(integers, 1) == "int64"
    assert autograd.result_type(integers, 1.5) == autograd.result_type(1, 1.5) == "float32"
    assert autograd.result_type(Tensor([1.0]), Tensor(1.0, dtype="float64")) == "float32"
    assert autograd.result_type(True, 2) == "int64"
    assert (autograd.pi, autograd.e, autograd.inf) == (np.pi, np.e, np.inf)
    assert autograd.nan != autograd.nan


def test_tensor_is_the_function_and_the_module_is_still_found() -> None:
    import autograd.tensor
    from autograd.tensor import Tensor as Same

    assert Same is Tensor
    assert is_(autograd.tensor([1.0]), [1], "float32")
