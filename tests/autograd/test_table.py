"""Is every row of the table of operations right, and complete?

The cases are generated from the table: a new row is checked without a new test.
"""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import nn.ops  # noqa: F401 (its rows are in the table)
from autograd import TABLE, Op, ShapeError, Tensor, Value, gradcheck, gradients
from autograd.ops.table import Table

ELEMENTWISE = [op for op in TABLE if op.elementwise]
VARIADIC = [op for op in TABLE if op.variadic and op.scalar]
ON_ARRAYS = [op for op in TABLE if op.examples and op.composition is None]  # fused ones: tests/nn/test_fused.py
BROADCASTS = [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2,)), ((4, 1, 2), (3, 1)), ((1,), (2, 1))]
COORDINATES = (-300.0, -30.0, -2.5, -1.0, -0.3, -1e-3, -1e-8, 0.0, 1e-8, 1e-3, 0.4, 0.8, 1.0, 1.7, 3.0, 30.0, 300.0)
TOLERANCE = {"rtol": 1e-6, "atol": 1e-9}


def arity(op: Op) -> int:
    """How many inputs a gradient can flow to, counting a condition before them."""
    return len(op.rules)


def clearance(op: Op, point) -> float:
    """How far a point is from where the derivative does not exist."""
    distances = [point[0] - op.domain[0], op.domain[1] - point[0]]
    if op.kink is not None:
        with np.errstate(all="ignore"):
            distances.append(np.nan_to_num(abs(float(op.kink(*map(np.float64, point)))), nan=0.0))
    return min(distances)


def is_checkable(op: Op, point) -> bool:
    if clearance(op, point) <= 1e-9:
        return False
    with np.errstate(all="ignore"):
        y = float(op.forward(*point))
    return math.isfinite(y) and abs(y) < 1e100


def check(op: Op, point) -> None:
    """Compare with central differences, to within what rounding leaves of them: about 1e-16·|y|/step."""
    with np.errstate(all="ignore"):
        rounding = 1e-15 * abs(float(op.forward(*point)))
    steps = step_sizes(op, point)
    gradcheck(op, as_values(op, point), eps=steps, rtol=1e-6, atol=max(1e-9, rounding / min(steps)))


def step_sizes(op: Op, point) -> list[float]:
    """For each input, small against the distance to the nearest kink, but not lost in its rounding."""
    if op.name == "where":
        return [1e-6] * len(point)
    scales = [max(1.0, abs(x)) for x in point]  # gradcheck's own
    steps = [
        max(min(1e-6 * scale, 1e-5 * clearance(op, point)), 1e-8 * abs(x))
        for x, scale in zip(point, scales, strict=True)
    ]
    return [step / scale for step, scale in zip(steps, scales, strict=True)]


def points_of(op: Op):
    if op.name == "where":
        return [(condition, a, b) for condition in (True, False) for a in (-2.0, 3.0) for b in (0.5, -1.0)]
    candidates = itertools.product(COORDINATES, repeat=arity(op))
    return [point for point in candidates if is_checkable(op, point)]


def as_values(op: Op, point):
    return [x if rule is None else Value(x) for x, rule in zip(point, op.rules, strict=True)]


def gradient_function(op: Op):
    """A function that returns the gradients of an operation, recorded, so that they can be checked in turn."""

    def first_derivatives(*inputs):
        y = op(*inputs)
        seed = Value(1.0) if isinstance(y, Value) else Tensor(np.cos(np.arange(y.size)).reshape(y.shape))
        reached = gradients({y: seed}, create_graph=True)
        return [reached[x] for x in inputs if isinstance(x, (Value, Tensor)) and x in reached]

    return first_derivatives


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_scalar_gradients_equal_central_differences(op):
    points = points_of(op)
    assert len(points) >= 4
    for point in points:
        check(op, point)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_second_derivatives_of_scalars_equal_central_differences_of_the_first(op):
    for point in points_of(op):
        if max(abs(x) for x in point) < 10 and (op.name == "where" or clearance(op, point) > 1e-2):
            gradcheck(gradient_function(op), as_values(op, point), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
@settings(deadline=None, derandomize=True, max_examples=40)
@given(data=st.data())
def test_scalar_gradients_hold_at_drawn_points(op, data):
    low, high = max(op.domain[0], -50), min(op.domain[1], 50)
    first = st.floats(low, high, exclude_min=True, exclude_max=True, allow_subnormal=False)
    others = st.floats(-50, 50, allow_subnormal=False)
    point = tuple(data.draw(others if position else first) for position in range(arity(op)))
    if op.name == "where":
        point = (point[0] > 0, *point[1:])
    else:
        assume(is_checkable(op, point) and clearance(op, point) > 1e-6)
    check(op, point)


def random_tensors(op: Op, shapes, seed=0):
    """Inputs inside the domain and away from kinks."""
    rng = np.random.default_rng(seed)
    inputs = []
    for position, (shape, rule) in enumerate(zip(shapes, op.rules, strict=False)):
        low, high = (max(op.domain[0], -2.0), min(op.domain[1], 2.1)) if position == 0 else (-2.0, 2.1)
        if rule is None:
            inputs.append(rng.random(shape) > 0.5)
        elif op.name == "xlogy" and position == 1:
            inputs.append(Tensor(rng.uniform(0.1, 2.0, shape), requires_grad=True))
        else:
            inputs.append(Tensor(rng.uniform(low + 0.1, high - 0.1, shape), requires_grad=True))
    return inputs


def shapes_of(op: Op):
    if arity(op) == 1:
        return [((2, 3),), ((),), ((1,),), ((2, 1, 3),)]
    return [(pair * 2)[: arity(op)] for pair in BROADCASTS] + [(pair[::-1] * 2)[: arity(op)] for pair in BROADCASTS]


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_array_gradients_equal_central_differences_under_broadcasting(op):
    for number, shapes in enumerate(shapes_of(op)):
        inputs = random_tensors(op, shapes, seed=number)
        gradcheck(op, inputs, **TOLERANCE)
        gradcheck(gradient_function(op), inputs, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("op", "example"), [(op, example) for op in ON_ARRAYS for example in op.examples], ids=lambda x: str(x)
)
def test_array_operations_equal_central_differences(op, example):
    rng = np.random.default_rng(0)
    # any number of arrays come after the one static argument, a fixed number before them
    differentiable = range(1, len(example)) if op.variadic else range(arity(op))
    inputs = [
        Tensor(rng.normal(size=part), requires_grad=True)
        if position in differentiable and (op.variadic or op.rules[position])
        else part
        for position, part in enumerate(example)
    ]
    gradcheck(op, inputs, **TOLERANCE)
    gradcheck(gradient_function(op), inputs, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("op", VARIADIC, ids=lambda op: op.name)
@pytest.mark.parametrize("count", [2, 4, 10])
def test_operations_of_many_scalars_equal_central_differences(op, count):
    count += op.name == "weighted_sum_n"  # the bias
    values = [Value(x) for x in np.random.default_rng(count).normal(size=count)]
    gradcheck(op, values, **TOLERANCE)
    gradcheck(gradient_function(op), values, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("name", "count"), [("dot_n", 3), ("weighted_sum_n", 4)])
def test_rows_that_do_not_pair_are_refused(name, count):
    with pytest.raises(ShapeError, match=rf"{name} takes .*, not {count} scalars"):
        TABLE[name](*map(Value, range(count)))


def test_scalars_and_arrays_agree():
    for op in ELEMENTWISE:
        for point in points_of(op)[:40]:
            scalars = as_values(op, point)
            arrays = [
                Tensor(x.data, requires_grad=True, dtype=np.float64) if isinstance(x, Value) else x for x in scalars
            ]
            y, z = op(*scalars), op(*arrays)
            y.backward()
            z.backward()
            assert y.data == pytest.approx(z.item(), rel=1e-14, abs=0, nan_ok=True), op
            for x, t in zip(scalars, arrays, strict=True):
                if isinstance(x, Value):
                    assert x.grad == pytest.approx(t.grad.item(), rel=1e-12, abs=0, nan_ok=True), (op, point)


TIES = {
    "relu": [((0.0,), (0.0,))],
    "abs": [((0.0,), (0.0,))],
    "leaky_relu": [((0.0,), (0.01,))],
    "elu": [((0.0,), (1.0,))],
    "maximum": [((2.0, 2.0), (0.5, 0.5))],
    "minimum": [((2.0, 2.0), (0.5, 0.5))],
    "pow": [((0.0, 0.0), (0.0, 0.0)), ((0.0, 2.0), (0.0, 0.0))],
    "log": [((0.0,), (math.inf,))],
    "log1p": [((-1.0,), (math.inf,))],
    "sqrt": [((0.0,), (math.inf,))],
    "reciprocal": [((0.0,), (-math.inf,))],
    "div": [((1.0, 0.0), (math.inf, -math.inf))],
    "softplus": [((20.0,), (1 / (1 + math.exp(-20)),)), ((20.1,), (1.0,))],
    "clip": [((1.0,), (1.0,))],
    "where": [((True, 1.0, 2.0), (1.0, 0.0))],
    "copysign": [((0.0, -1.0), (0.0, 0.0))],
    "fmod": [((6.0, 2.0), (1.0, -3.0)), ((1.0, 0.0), (1.0, -math.inf))],
    "remainder": [((6.0, 2.0), (1.0, -3.0)), ((-1.0, 0.0), (1.0, math.inf))],
    "floor_divide": [((6.0, 2.0), (0.0, 0.0))],
    "log2": [((0.0,), (math.inf,))],
    "log10": [((0.0,), (math.inf,))],
    "rsqrt": [((0.0,), (-math.inf,))],
    "xlogy": [((0.0, 0.0), (0.0, math.nan)), ((0.0, -1.0), (0.0, 0.0))],
    "logit": [((0.0,), (math.inf,)), ((1.0,), (math.inf,)), ((2.0,), (math.nan,))],
    "asin": [((1.0,), (math.inf,)), ((-1.0,), (math.inf,))],
    "acos": [((1.0,), (-math.inf,)), ((-1.0,), (-math.inf,))],
    "acosh": [((1.0,), (math.inf,))],
    "atanh": [((1.0,), (math.inf,)), ((-1.0,), (math.inf,))],
    "atan2": [((0.0, 0.0), (0.0, 0.0)), ((0.0, -1.0), (-1.0, 0.0))],
    "hypot": [((0.0, 0.0), (math.nan, math.nan))],
    "sign": [((0.0,), (0.0,))],
    "floor": [((1.0,), (0.0,))],
    "ceil": [((1.0,), (0.0,))],
    "trunc": [((1.0,), (0.0,))],
    "round": [((0.5,), (0.0,))],
    "fmax": [((2.0, 2.0), (1.0, 0.0)), ((math.nan, 2.0), (0.0, 1.0)), ((2.0, math.nan), (1.0, 0.0))],
    "fmin": [((2.0, 2.0), (1.0, 0.0)), ((math.nan, 2.0), (0.0, 1.0)), ((2.0, math.nan), (1.0, 0.0))],
    "hardtanh": [((-1.0,), (0.0,)), ((1.0,), (0.0,))],
}


@pytest.mark.parametrize("op", [op for op in ELEMENTWISE if op.at_kink], ids=lambda op: op.name)
def test_what_the_table_says_of_a_kink_is_what_happens(op):
    for point, expected in TIES[op.name]:
        options = {"min": 1.0, "max": 2.0} if op.name == "clip" else {}
        values = as_values(op, point)
        tensors = [Tensor(v.data, requires_grad=True, dtype="float64") if isinstance(v, Value) else v for v in values]
        op(*values, **options).backward()
        with np.errstate(all="ignore"):
            op(*tensors, **options).backward()
        np.testing.assert_array_equal([x.grad for x in values if isinstance(x, Value)], expected)
        np.testing.assert_array_equal([x.grad.item() for x in tensors if isinstance(x, Tensor)], expected)


def test_kinks_are_put_into_words():
    for op in TABLE:
        assert op.at_kink or op.kink is None or op.name == "tan", f"{op.name} has a kink but says nothing of it"


@pytest.mark.parametrize("op", list(TABLE), ids=lambda op: op.name)
def test_a_row_explains_itself(op):
    assert op.usage.startswith(f"{op.name}(")
    assert op.formula in op.__doc__
    assert op.usage in op.__doc__
    flowing = [rule for rule in op.rules if rule is not None] if op.composition else op.rules
    assert len(op.gradients) == max(1, len(flowing))
    assert op.pattern in ("distribute", "swap", "route", "scale", "sum")
    assert repr(op) == f"<op {op.usage}>"


def test_a_name_is_entered_once():
    table = Table()
    table.add(TABLE["exp"])
    with pytest.raises(ValueError, match="already has an operation named 'exp'"):
        table.add(TABLE["exp"])
    assert "exp" in table
    assert len(table) == 1


def test_wrong_arguments_are_refused_with_the_usage():
    with pytest.raises(TypeError, match=r"exp\(\) cannot take 2 arguments: exp\(a\)"):
        TABLE["exp"](Value(1), Value(2))
    with pytest.raises(TypeError, match=r"mul\(\) needs an argument for 'b'"):
        TABLE["mul"](Value(1))
    with pytest.raises(TypeError, match=r"cannot take 'slope': leaky_relu\(a, negative_slope=0.01\)"):
        TABLE["leaky_relu"](Value(1), slope=2)
    with pytest.raises(TypeError, match="no gradient can flow to 'negative_slope'"):
        TABLE["leaky_relu"](Value(1), Value(2))
