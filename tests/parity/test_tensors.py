"""Does the array engine compute what PyTorch computes: values, gradients, gradients of gradients, element types?

The cases come from the table of operations; PyTorch's functions stand in ``torch_functions``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from parity.torch_functions import (
    ARRAY,
    BINARY,
    CHOICES,
    COUNTERPARTS,
    ELEMENTWISE,
    ELEMENTWISE_WITH_OPTIONS,
    UNARY,
    assert_same,
    by_name,
    counterpart,
    draw,
    grid,
    leaves,
    torch,
    torch_dtype,
    torch_results,
    torch_second_order,
)

import autograd
from autograd import TABLE, Op, Tensor, set_default_dtype
from autograd.errors import AutogradError

inf, nan = np.inf, np.nan

SHAPES = {
    1: [(), (1,), (3,), (2, 3), (0,), (2, 0, 3)],
    2: [
        *[((), ()), ((3,), ()), ((), (3,)), ((1,), ()), ((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3))],
        *[((4, 1, 3), (2, 1)), ((1,), (3,)), ((1, 1), (3,)), ((0,), ()), ((0, 3), (3,)), ((2, 0), (2, 1))],
        *[((1, 1), (0,)), ((0,), (1,))],
    ],
    3: [((), (), ()), ((3,), (), (2, 1)), ((2, 1), (3,), ()), ((1,), (2, 3), (1, 3)), ((), (0,), (1,))],
}
SHAPES[1] = [(shape,) for shape in SHAPES[1]]


def tensors(inputs: Sequence[Any]) -> list[Any]:
    """Arrays of floats as leaves that require gradients; conditions as they are."""
    return [Tensor(x, requires_grad=True) if np.asarray(x).dtype.kind == "f" else x for x in inputs]


@contextmanager
def quietly() -> Iterator[None]:
    """NumPy warns where a result is inf or nan; PyTorch does not."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        yield


def gradients_of(inputs: Sequence[Any]) -> list[Any]:
    return [None if x.grad is None else x.grad.data for x in inputs if isinstance(x, Tensor)]


def ordered(op: Op, xs: Sequence[Any], static: Sequence[Any]) -> tuple[Any, ...]:
    """All arguments; the static one of an operation of any number of inputs comes first."""
    return (*static, *xs) if op.variadic else (*xs, *static)


def assert_value_and_gradients(op: Op, inputs: Sequence[np.ndarray], static: tuple[Any, ...], options: Any) -> None:
    """A row equals its counterpart, under a random upstream gradient."""
    xs = tensors(inputs)
    with quietly():
        y = op(*ordered(op, xs, static), **options)
    upstream = np.asarray(np.random.default_rng(1).normal(size=y.shape))
    function = lambda *ts, **kw: counterpart(op)(*ordered(op, ts, static), **kw)  # noqa: E731
    value, gradients = torch_results(function, inputs, options, upstream)
    assert_same(y.data, value)
    y.backward(upstream)
    for position, (ours, theirs) in enumerate(zip(gradients_of(xs), gradients, strict=True)):
        assert_same(ours, theirs, f"gradient {position}")


def assert_gradients_of_gradients(op: Op, inputs: Sequence[np.ndarray], static: tuple[Any, ...], options: Any) -> None:
    """The first gradients, and the gradients of a weighted sum of these to the inputs and to the upstream gradient."""
    rng = np.random.default_rng(2)
    xs = tensors(inputs)
    with quietly():
        y = op(*ordered(op, xs, static), **options)
    xs = [x for x in xs if isinstance(x, Tensor)]
    upstream = np.asarray(rng.normal(size=y.shape))
    weights = [np.asarray(rng.normal(size=x.shape)) for x in xs]

    g = Tensor(upstream, requires_grad=True)
    y.backward(g, create_graph=True)
    first = [x.grad for x in xs]
    for x in xs:
        x.grad = None
    total = sum((x * weight).sum() for x, weight in zip(first, weights, strict=True))
    if total.requires_grad:  # steps are flat
        total.backward()
    second = [np.zeros(x.shape) if x.grad is None else x.grad.data for x in (*xs, g)]

    function = lambda *ts, **kw: counterpart(op)(*ordered(op, ts, static), **kw)  # noqa: E731
    theirs = torch_second_order(function, inputs, options, upstream, weights)
    for order, (our_order, their_order) in enumerate(zip(([x.data for x in first], second), theirs, strict=True), 1):
        for position, (our, their) in enumerate(zip(our_order, their_order, strict=True)):
            assert_same(our, their, f"order {order}, gradient {position}")


# --- elementwise rows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("op", "options"), ELEMENTWISE_WITH_OPTIONS)
def test_ordinary_and_extreme_points(op: Op, options: dict[str, float]) -> None:
    columns = grid(op)
    xs = tensors(columns)
    with quietly():
        y = op(*xs, **options)
    y.backward(np.ones(y.shape))
    value, gradients = torch_results(counterpart(op), columns, options, 1.0)
    assert_same(y.data, value, "value", columns)
    for position, (ours, theirs) in enumerate(zip(gradients_of(xs), gradients, strict=True)):
        assert_same(ours, theirs, f"gradient {position}", columns)


BROADCASTS = [(op, shapes) for op in ELEMENTWISE for shapes in SHAPES[len(op.rules)]]


@pytest.mark.parametrize(("op", "shapes"), BROADCASTS, ids=by_name)
def test_broadcasting(op: Op, shapes: tuple[tuple[int, ...], ...]) -> None:
    inputs = [np.asarray(x) for x in draw(op, shapes, np.random.default_rng(4))]
    assert_value_and_gradients(op, inputs, (), {})
    assert_gradients_of_gradients(op, inputs, (), {})


@pytest.mark.parametrize(("op", "options"), ELEMENTWISE_WITH_OPTIONS)
def test_gradients_of_gradients_of_elementwise_rows(op: Op, options: dict[str, float]) -> None:
    inputs = draw(op, [(12,)] * len(op.rules), np.random.default_rng(5))
    assert_gradients_of_gradients(op, inputs, (), options)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.data())
def test_any_shapes_that_broadcast(data: st.DataObject) -> None:
    op = data.draw(st.sampled_from(ELEMENTWISE))
    shapes = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=len(op.rules), min_side=0, max_side=3, max_dims=4))
    inputs = [np.asarray(x) for x in draw(op, shapes.input_shapes, np.random.default_rng(data.draw(st.integers(0, 9))))]
    assert_value_and_gradients(op, inputs, (), {})
    assert_gradients_of_gradients(op, inputs, (), {})


@pytest.mark.parametrize(("name", "numbers", "options", "value", "gradients"), CHOICES)
def test_ties_and_kinks_follow_pytorch(name: str, numbers: Any, options: Any, value: Any, gradients: Any) -> None:
    """As for Values, where PyTorch itself is held to the numbers stated; in the middle of an array."""
    op = TABLE[name]
    xs = tensors([np.array([1, x, 1], np.asarray(x).dtype) for x in numbers])
    with quietly():
        y = op(*xs, **options)
    y.backward([0.0, 1.0, 0.0])
    assert_same(y.data[1], value)
    assert_same([gradient[1] for gradient in gradients_of(xs)], gradients, "gradients")


# --- rows on whole arrays: the table's own examples, and empty arrays ------------------------------------------------

EMPTY: dict[str, list[tuple[Any, ...]]] = {
    "matmul": [((2, 0), (0, 3)), ((0, 2), (2, 3)), ((0,), (0,)), ((0, 2, 3), (3, 4)), ((2, 3), (3, 0))],
    "einsum": [("ij,jk->ik", (2, 0), (0, 3)), ("ij->i", (2, 0)), ("i,i->", (0,), (0,)), ("ii->i", (0, 0))],
    "cross": [((0, 3), (0, 3)), ((3, 0), (3, 0), 0)],
    **{name: [((0, 0),), ((0, 2, 2),)] for name in ("inv", "det", "logabsdet", "cholesky", "cofactor")},
    **{name: [((0, 0),), ((0, 2, 2),), ((0, 3),)] for name in ("pinv", "svd_parts")},
    "eigh_parts": [((0, 0),), ((0, 2, 2),)],
    "qr_parts": [((0, 0),), ((0, 2, 2),), ((3, 0),)],
    "solve": [((0, 0), (0, 2)), ((0, 0), (0,)), ((2, 2), (2, 0)), ((0, 2, 2), (0, 2, 1))],
    "solve_triangular": [((0, 0), (0, 2), True), ((2, 2), (2, 0), True), ((0, 2, 2), (0, 2, 1), False)],
    "sum": [((0,),), ((0, 3),), ((0, 3), 0), ((0, 3), 1, True), ((2, 0, 3), (0, 1))],
    "mean": [((0,),), ((0, 3),), ((0, 3), 0), ((0, 3), 1, True), ((2, 0, 3), (0, 1))],
    "amax": [((0, 3), 1), ((0, 3), -1, True)],
    "amin": [((0, 3), 1), ((0, 3), -1, True)],
    "prod": [((0,),), ((0, 3),), ((0, 3), 0), ((0, 3), 1, True), ((2, 0, 3), (0, 1))],
    "var": [((0, 3), 1), ((3, 0, 2), 0, 0, True)],
    "std": [((0, 3), 1), ((3, 0, 2), 0, 0, True)],
    "logsumexp": [((0,),), ((0, 3),), ((0, 3), 0), ((0, 3), 1, True), ((2, 0, 3), (0, 1))],
    "vector_norm": [((0, 3), 1), ((0, 3), 2, 0), ((0, 3), 2, 1, True), ((0, 3), np.inf, 1)],
    **{name: [((0, 3), 0), ((0, 3), -1), ((0,), 0)] for name in ("cumsum", "cumprod", "logcumsumexp")},
    "linear_recurrence": [((0,), (0,)), ((0, 3), (0, 3)), ((3, 0), (3, 0), -1)],
    "softmax": [((0, 3), 0), ((0, 3), -1), ((0,), 0)],
    "log_softmax": [((0, 3), 0), ((0, 3), -1), ((0,), 0)],
    "reshape": [((0, 3), (3, 0)), ((0,), (2, 0))],
    "transpose": [((0, 3),), ((2, 0, 3), (2, 0, 1))],
    "swapaxes": [((0, 3), 0, 1)],
    "broadcast_to": [((0,), (2, 0)), ((1,), (0,)), ((1, 3), (0, 3))],
    "tile": [((0, 3), (2, 1)), ((2,), (0, 2))],
    "flip": [((0, 3),), ((0, 3), 0)],
    "roll": [((0, 3), 1, 0), ((0,), 2)],
    "pad": [((0,), ((1, 1),)), ((2, 0), ((0, 0), (0, 0)))],
    "tril": [((0, 3),), ((2, 0), 1)],
    "triu": [((0, 3),), ((2, 0), 1)],
    "diagonal": [((0, 3),), ((2, 3), 3)],
    "at_diagonal": [((0,), (0, 3)), ((0,), (2, 3), 3)],
    "unfold": [((0, 3), 1, 2, 1)],
    "refold": [((0, 2, 2), 1, 3, 1)],
    "clone": [((0, 3),)],
    "cat": [(0, (0, 3), (2, 3)), (-1, (0, 1), (0, 2))],
    "stack": [(0, (0, 2), (0, 2)), (1, (0,))],
    "gather": [((2, 3), 1, [[], []]), ((0,), 0, [])],
    "scatter": [((2, 3), (2, 0), 1, [[], []]), ((0,), (0,), 0, [])],
    "scatter_add": [((2, 3), (2, 0), 1, [[], []]), ((0,), (0,), 0, [])],
    "setitem": [((4,), (0,), slice(2, 2)), ((0, 3), (3,), slice(None)), ((3,), (0,), [])],
    "getitem": [((0, 3), (slice(None), 1)), ((4,), slice(2, 2)), ((4, 0), [0, 0])],
    "scatter_at": [((0,), slice(2, 2), (5,)), ((2, 0), [1, 1], (3, 0))],
    "astype": [((0, 3), "float64")],
}

OF_SYMMETRIC = ("cholesky", "eigh_parts")
"""Rows for symmetric matrices, which are no random examples: tests/autograd/test_linalg.py has theirs."""

EXAMPLES = [
    pytest.param(op, example, id=f"{op.name}-{','.join(map(str, example))}".replace(" ", ""))
    for op in ARRAY
    for example in (*op.examples, *EMPTY.get(op.name, ()))
]


def example_inputs(op: Op, example: tuple[Any, ...]) -> tuple[list[np.ndarray], tuple[Any, ...]]:
    """Random arrays of the shapes that an example begins with, and its static arguments."""
    rng = np.random.default_rng(6)
    if op.variadic:
        return [np.asarray(rng.normal(size=shape)) for shape in example[1:]], example[:1]
    return [np.asarray(rng.normal(size=shape)) for shape in example[: len(op.rules)]], example[len(op.rules) :]


@pytest.mark.parametrize("op", ARRAY, ids=by_name)
def test_every_row_on_arrays_has_examples_also_of_empty_arrays(op: Op) -> None:
    assert op.examples or op.name in OF_SYMMETRIC
    assert op.name in EMPTY, (
        f"name examples with empty arrays for row {op.name!r} in EMPTY of tests/parity/test_tensors.py"
    )


@pytest.mark.parametrize(("op", "example"), EXAMPLES)
def test_rows_on_arrays(op: Op, example: tuple[Any, ...]) -> None:
    inputs, static = example_inputs(op, example)
    assert_value_and_gradients(op, inputs, static, {})


@pytest.mark.parametrize(("op", "example"), EXAMPLES)
def test_gradients_of_gradients_of_rows_on_arrays(op: Op, example: tuple[Any, ...]) -> None:
    inputs, static = example_inputs(op, example)
    assert_gradients_of_gradients(op, inputs, static, {})


def test_matmul_of_a_vector_that_is_broadcast_over_a_stack() -> None:
    rng = np.random.default_rng(8)
    for shapes in (((3,), (5, 2, 3, 4)), ((5, 2, 4, 3), (3,)), ((1, 2, 3), (5, 3, 4)), ((2, 1, 1, 3), (4, 3, 1))):
        inputs = [rng.normal(size=shape) for shape in shapes]
        assert_value_and_gradients(TABLE["matmul"], inputs, (), {})
        assert_gradients_of_gradients(TABLE["matmul"], inputs, (), {})


TIED = [
    ([2.0, 5.0, 5.0], None),
    ([[1.0, 3.0, 3.0], [3.0, 0.0, 3.0]], None),
    ([[1.0, 3.0, 3.0], [3.0, 0.0, 3.0]], 0),
    ([[1.0, 3.0, 3.0], [3.0, 0.0, 3.0]], 1),
    ([[[2.0, 2.0], [2.0, 1.0]], [[0.0, 1.0], [1.0, 1.0]]], (0, 2)),
    ([[0.0, -0.0], [inf, inf]], 1),
    ([[-inf, -inf], [-inf, 1.0]], 1),
]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(("entries", "axis"), TIED)
@pytest.mark.parametrize("name", ["amax", "amin"])
def test_tied_extremes_share_the_gradient(name: str, entries: list[Any], axis: Any, keepdims: bool) -> None:
    assert_value_and_gradients(TABLE[name], [np.array(entries)], (axis, keepdims), {})


def test_tied_extremes_in_numbers() -> None:
    """PyTorch's choice, written out: amax and amin share evenly."""
    entries = np.array([[1.0, 3.0, 3.0], [3.0, 0.0, 3.0]])
    for axis, shares in ((None, [[0, 1, 1], [1, 0, 1]] / np.float64(4)), (1, [[0, 1, 1], [1, 0, 1]] / np.float64(2))):
        x, t = Tensor(entries, requires_grad=True), leaves([entries])[0]
        x.amax(axis=axis).sum().backward()
        counterpart(TABLE["amax"])(t, axis).sum().backward()
        assert_same(t.grad.numpy(), shares, "PyTorch's gradient, against the one stated here,")
        assert_same(x.grad.data, shares, "gradient")


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("name", ["amax", "amin", "sum", "mean"])
def test_reductions_of_nan_and_inf(name: str, axis: int | None) -> None:
    entries = np.array([[1.0, nan, 2.0], [inf, 0.0, -inf], [inf, inf, 1.0]])
    assert_value_and_gradients(TABLE[name], [entries], (axis,), {})


# --- element types ---------------------------------------------------------------------------------------------------

DTYPES = ("bool", "int32", "int64", "float32", "float64")
OPERANDS: dict[str, Any] = {
    **{f"{dtype}[1d]": np.array([1, 1, 1], dtype) for dtype in DTYPES},
    **{f"{dtype}[0d]": np.array(1, dtype) for dtype in DTYPES},
    "True": True,
    "2": 2,
    "2.5": 2.5,
}


def as_torch(x: Any) -> Any:
    return torch.tensor(x) if isinstance(x, np.ndarray) else x


def as_tensor(x: Any) -> Any:
    return Tensor(x) if isinstance(x, np.ndarray) else x


def result_or_refusal(function: Any, *inputs: Any) -> Any:
    """What PyTorch computes, or None where it has no such function for these element types."""
    try:
        return function(*inputs)
    except (RuntimeError, NotImplementedError, TypeError):
        return None


# In PyTorch; for Python numbers its result_type says what they would give.
OF_TENSORS_ONLY = (
    "fmod",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "atan2",
    "hypot",
    "copysign",
    "logaddexp",
    "logaddexp2",
)


def torch_result(op: Op, x: Any, y: Any) -> Any:
    """PyTorch's result for two operands in its own element types, or None where it refuses these."""
    x, y = as_torch(x), as_torch(y)
    if op.name not in OF_TENSORS_ONLY:
        return result_or_refusal(counterpart(op), x, y)
    dtype = torch.result_type(x, y)
    return result_or_refusal(getattr(torch, op.name), torch.as_tensor(x, dtype=dtype), torch.as_tensor(y, dtype=dtype))


# All pairs but those that PyTorch refuses, among these every subtraction from or of booleans; and but powers of
# booleans, which PyTorch takes in one spelling, refuses in two, and NumPy, like the engine, makes an integer.
PROMOTIONS = [
    pytest.param(op, a, b, id=f"{op.name}-{a}-{b}")
    for op in BINARY
    if op.name in COUNTERPARTS
    for a, b in product(OPERANDS, repeat=2)
    if isinstance(OPERANDS[a], np.ndarray) or isinstance(OPERANDS[b], np.ndarray)
    if torch_result(op, OPERANDS[a], OPERANDS[b]) is not None
    if (op.name, a[:4], b[:4]) not in (("pow", "bool", "True"), ("pow", "True", "bool"))
]


@pytest.mark.parametrize(("op", "a", "b"), PROMOTIONS)
def test_element_types_of_two_operands(op: Op, a: str, b: str) -> None:
    expected = torch_result(op, OPERANDS[a], OPERANDS[b])
    ours = op(as_tensor(OPERANDS[a]), as_tensor(OPERANDS[b]))
    assert torch_dtype(ours.dtype) == expected.dtype
    np.testing.assert_allclose(ours.data, expected.numpy(), rtol=1e-6)


@pytest.mark.parametrize("op", BINARY, ids=by_name)
def test_pytorch_refuses_only_some_booleans(op: Op) -> None:
    """What the cases above leave out: differences of which one side is boolean, and powers of which both are."""
    kinds = {name: np.asarray(x).dtype.kind for name, x in OPERANDS.items()}
    compared = {case.values[1:] for case in PROMOTIONS if case.values[0] is op}
    for a, b in product(OPERANDS, repeat=2):
        booleans = (kinds[a] + kinds[b]).count("b")
        has_tensor = isinstance(OPERANDS[a], np.ndarray) or isinstance(OPERANDS[b], np.ndarray)
        if op.name in ("hypot", "logaddexp", "logaddexp2") and "f" not in kinds[a] + kinds[b]:
            continue  # of floating-point numbers only
        limit = {"sub": 1, "pow": 2, "fmod": 2, "remainder": 2, "floor_divide": 2}.get(op.name, 3)
        if has_tensor and booleans < limit:
            assert (a, b) in compared


@pytest.mark.parametrize(("a", "b"), [pytest.param(a, b, id=f"{a}-{b}") for a, b in product(OPERANDS, repeat=2)])
def test_element_types_of_where(a: str, b: str) -> None:
    condition = np.array([True, False, True])
    expected = torch.where(torch.tensor(condition), as_torch(OPERANDS[a]), as_torch(OPERANDS[b]))
    ours = autograd.where(Tensor(condition), as_tensor(OPERANDS[a]), as_tensor(OPERANDS[b]))
    assert torch_dtype(ours.dtype) == expected.dtype
    np.testing.assert_array_equal(ours.data, expected.numpy())


WITH_BOUNDS = (
    "clip",
    "hardtanh",
)  # has no meaning in PyTorch without a bound; its element types have a test of their own


@pytest.mark.parametrize("ndim", [0, 1])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("op", [op for op in UNARY if op.name not in WITH_BOUNDS], ids=by_name)
def test_element_types_of_one_operand(op: Op, dtype: str, ndim: int) -> None:
    """Where PyTorch has the function for integers; where it has not, a row of floats gives the default type."""
    x = np.ones((3,) * ndim, dtype)
    expected = result_or_refusal(counterpart(op), torch.tensor(x))
    if (op.name, dtype) == ("square", "bool"):
        assert op(Tensor(x)).dtype == bool  # like any product of booleans; PyTorch has an integer
    elif expected is not None:
        ours = op(Tensor(x))
        assert torch_dtype(ours.dtype) == expected.dtype
        np.testing.assert_allclose(ours.data, expected.numpy(), rtol=1e-6)
    elif op.floating:
        assert op(Tensor(x)).dtype == autograd.get_default_dtype()
    else:
        without = ("relu", "neg", "abs", "floor", "ceil", "trunc", "round")
        assert op.name in without, "PyTorch has no such function"
        assert dtype == "bool"


@pytest.fixture
def default_float64() -> Iterator[None]:
    ours, theirs = autograd.get_default_dtype(), torch.get_default_dtype()
    set_default_dtype("float64")
    torch.set_default_dtype(torch.float64)
    yield
    set_default_dtype(ours)
    torch.set_default_dtype(theirs)


@pytest.mark.usefixtures("default_float64")
@pytest.mark.parametrize("dtype", ["bool", "int32", "int64"])
@pytest.mark.parametrize("op", [op for op in ELEMENTWISE if op.floating], ids=by_name)
def test_float_functions_of_integers_give_the_chosen_default_type(op: Op, dtype: str) -> None:
    inputs = [np.ones(3, dtype)] * len(op.rules)
    expected = result_or_refusal(counterpart(op), *map(torch.tensor, inputs))
    ours = op(*map(Tensor, inputs))
    assert ours.dtype == np.float64
    if expected is not None:
        assert expected.dtype == torch.float64
        assert_same(ours.data, expected.numpy())


@pytest.mark.parametrize("options", [{"min": 0, "max": 2}, {"min": 0}, {"max": 2}, {"min": 0.5}, {"max": 2.5}], ids=str)
@pytest.mark.parametrize("dtype", DTYPES[1:])
def test_element_types_of_clip(dtype: str, options: dict[str, Any]) -> None:
    x = np.array([-1, 1, 3], dtype)
    expected = torch.clamp(torch.tensor(x), **options)
    ours = Tensor(x).clip(**options)
    assert torch_dtype(ours.dtype) == expected.dtype
    np.testing.assert_array_equal(ours.data, expected.numpy())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [None, 0])
@pytest.mark.parametrize("name", ["sum", "mean", "amax", "amin"])
def test_element_types_of_reductions(name: str, axis: int | None, dtype: str) -> None:
    x = np.array([[1, 0, 1], [1, 1, 1]], dtype)
    expected = result_or_refusal(counterpart(TABLE[name]), torch.tensor(x), axis)
    if expected is None:
        with pytest.raises(AutogradError):
            getattr(Tensor(x), name)(axis=axis)
        return
    ours = getattr(Tensor(x), name)(axis=axis)
    assert torch_dtype(ours.dtype) == expected.dtype
    np.testing.assert_allclose(ours.data, expected.numpy(), rtol=1e-6)


MIXED = [
    pytest.param(op, a, b, id=f"{op.name}-{a[0]}{list(a[1])}-{b[0]}{list(b[1])}")
    for op in BINARY
    for a, b in product(product(("float32", "float64"), ((), (3,))), repeat=2)
]


@pytest.mark.parametrize(("op", "a", "b"), MIXED)
def test_a_gradient_has_the_element_type_of_its_variable(op: Op, a: Any, b: Any) -> None:
    inputs = [
        x.astype(a_dtype)
        for x, (a_dtype, _) in zip(
            map(np.asarray, draw(op, (a[1], b[1]), np.random.default_rng(9))), (a, b), strict=True
        )
    ]
    xs, ts = tensors(inputs), leaves(inputs)
    op(*xs).sum().backward()
    function = getattr(torch, op.name) if op.name in OF_TENSORS_ONLY else counterpart(op)
    function(*ts).sum().backward()
    for x, t in zip(xs, ts, strict=True):
        assert torch_dtype(x.grad.dtype) == t.grad.dtype
        np.testing.assert_allclose(x.grad.data, t.grad.numpy(), rtol=1e-5)


# --- a network -------------------------------------------------------------------------------------------------------


def test_a_network_of_two_layers() -> None:
    rng = np.random.default_rng(10)
    parameters = [rng.normal(size=shape) for shape in ((8, 5), (8,), (2, 8), (2,))]
    x, target = rng.normal(size=(16, 5)), rng.normal(size=(16, 2))

    def loss(w1: Any, b1: Any, w2: Any, b2: Any, relu: Any, inputs: Any, targets: Any) -> Any:
        return ((relu(inputs @ w1.T + b1) @ w2.T + b2 - targets) ** 2).mean()

    ours, theirs = tensors(parameters), leaves(parameters)
    expected = torch.nn.functional.mse_loss(
        torch.relu(torch.tensor(x) @ theirs[0].T + theirs[1]) @ theirs[2].T + theirs[3], torch.tensor(target)
    )
    for _ in range(2):  # leaves add up what several backward passes bring
        value = loss(*ours, autograd.relu, Tensor(x), Tensor(target))
        value.backward()
        expected.backward(retain_graph=True)
    assert_same(value.data, expected.detach().numpy(), "loss")
    for our, their in zip(ours, theirs, strict=True):
        assert_same(our.grad.data, their.grad.numpy(), "gradient")
