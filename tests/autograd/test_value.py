"""Is Value micrograd's node, with the whole scalar table and clear refusals?"""

import math
import operator

import numpy as np
import pytest

import autograd
from autograd import TABLE, AutogradError, GraphError, Tensor, Value, no_grad

NUMBERS = [2, 2.0, True, np.float64(2), np.float32(2), np.int64(2), np.uint8(2), np.bool_(True)]
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("operate", OPERATORS, ids=lambda f: f.__name__)
def test_numbers_stand_on_either_side(operate, number):
    x = Value(3.0)
    assert operate(x, number).data == operate(3.0, float(number))
    assert operate(number, x).data == operate(float(number), 3.0)
    assert type(operate(number, x)) is Value
    assert type(operate(number, x).data) is float


@pytest.mark.parametrize("stranger", ["3", None, 1j, np.ones(2), np.ones((1, 1)), [1.0], object(), b"x", Tensor(1.0)])
@pytest.mark.parametrize("operate", [*OPERATORS, operator.lt, operator.ge], ids=lambda f: f.__name__)
def test_anything_else_is_refused_in_words(operate, stranger):
    for left, right in [(Value(3.0), stranger), (stranger, Value(3.0))]:
        with pytest.raises(TypeError, match=r"not with|do not mix|takes Tensors|works with") as refusal:
            operate(left, right)
        assert isinstance(refusal.value, AutogradError)


@pytest.mark.parametrize("stranger", ["3", None, 1j, np.ones(2), [1.0], Value(1.0)])
def test_a_value_is_made_from_a_real_number_only(stranger):
    with pytest.raises(TypeError, match="int, float and NumPy scalars"):
        Value(stranger)


def test_an_integer_beyond_float64_is_refused():
    with pytest.raises(TypeError, match="1329 bits does not fit a float64"):
        Value(10**400)


def test_data_is_one_float64():
    for number in NUMBERS:
        assert type(Value(number).data) is float
    assert Value(np.float32(0.1)).data == float(np.float32(0.1))


def test_comparison_goes_by_value_equality_by_identity():
    a, b = Value(1.0), Value(1.0)
    assert a <= b
    assert a >= b
    assert not a < b
    assert a < 2
    assert 2 > a
    assert np.float64(0) < a
    assert a != b
    assert a == a
    assert len({a, b}) == 2
    assert max(Value(1.0), Value(3.0), Value(2.0)).data == 3.0
    assert [v.data for v in sorted([Value(3), Value(1)])] == [1.0, 3.0]


def test_a_value_converts_to_python_numbers():
    assert float(Value(2.5)) == 2.5
    assert int(Value(2.5)) == 2
    assert bool(Value(0.0)) is False
    assert bool(Value(-1.0)) is True
    assert f"{float(Value(2.5)):.1f}" == "2.5"


@pytest.mark.parametrize("op", [op for op in TABLE if op.elementwise and len(op.rules) == 1], ids=lambda op: op.name)
def test_each_function_is_a_method_a_function_and_a_numpy_function(op):
    x = Value(1.3 if op.name == "acosh" else 0.3)
    expected = op(x).data
    options = {"min": 0.0} if op.name == "clip" else {}  # the function wants at least one bound
    assert getattr(x, op.name)().data == expected
    assert getattr(autograd, op.name)(x, **options).data == expected
    assert float(op(x.data)) == pytest.approx(expected, rel=1e-15)
    for function in op.numpy:
        if isinstance(function, np.ufunc):
            made = function(x)
            assert isinstance(made, Value)
            assert made.data == expected


def test_numpy_functions_of_two_arguments_work():
    x = Value(3.0)
    y = np.maximum(x, 1.0) * np.power(2.0, x) - np.where(x > 1, x, 0.0)
    y.backward()
    assert y.data == 3 * 8 - 3
    assert x.grad == pytest.approx(8 + 3 * 8 * math.log(2) - 1)
    assert bool(np.less(x, 4)) is True
    assert float(np.sign(x)) == 1.0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda x: np.spacing(x), "spacing"),
        (lambda x: np.add.accumulate(x), "add"),
        (lambda x: np.linalg.norm(x), "norm"),
        (lambda x: np.exp(x, out=np.zeros(1)), "exp"),
        (lambda x: autograd.matmul(x, x), "matmul"),
        (lambda x: np.sum(x), "sum"),
    ],
)
def test_numpy_functions_outside_the_scalar_table_are_refused(call, name):
    with pytest.raises(TypeError, match=name):
        call(Value(2.0))


def test_micrograds_names_answer():
    x, y = Value(2.0), Value(3.0)
    z = x * y + x
    assert z._op == "+"
    assert z._prev == {x, *[p for p in z.parents if p is not x]}
    assert x._op == ""
    assert x._prev == set()
    assert {p._op for p in z._prev} == {"", "*"}
    assert (x * x)._prev == {x}
    assert x.relu()._op == "ReLU"
    assert (x**2)._op == "**"


def test_the_representation_shows_value_gradient_and_label():
    assert repr(Value(2)) == "Value(data=2.0, grad=0.0)"
    assert repr(Value(2, label="x")) == "Value(data=2.0, grad=0.0, label='x')"


def test_control_flow_follows_the_data():
    def collatz(x):
        steps = 0
        while x > 1:
            x = x / 2 if int(x) % 2 == 0 else 3 * x + 1
            steps += 1
        return x, steps

    x = Value(6.0)
    y, steps = collatz(x)
    y.backward()
    assert steps == 8
    assert x.grad == pytest.approx(9 / 64)  # 6 → 3 → 10 → 5 → 16 → 8 → 4 → 2 → 1: six halvings, two triplings


def test_constants_are_kept_but_are_no_nodes():
    x = Value(3.0)
    y = 2 - x
    assert y.inputs == (2.0, x)
    assert y.parents == (x,)
    assert y.local_gradients == (None, -1.0)
    z = x.clip(0, 1)
    assert z.inputs == (x, 0.0, 1.0)
    assert z.local_gradients == (0.0, None, None)


def test_sum_and_dot_are_single_nodes():
    xs, ws = [Value(x) for x in (1.0, 2.0, 3.0)], [Value(w) for w in (0.5, -1.0, 2.0)]
    total = autograd.sum(xs)
    assert total.data == 6.0
    assert set(total.parents) == set(xs)
    product = autograd.dot(ws, [1.0, 2.0, xs[2]])
    product.backward()
    assert product.data == 0.5 - 2 + 6
    assert [w.grad for w in ws] == [1.0, 2.0, 3.0]
    assert xs[2].grad == 2.0
    assert autograd.sum([]) == 0.0
    assert autograd.dot([], []) == 0.0
    assert autograd.sum([1.0, 2.0]) == 3.0


def test_dot_of_unequal_rows_is_refused():
    with pytest.raises(ValueError, match="first row has 2 numbers, the second 1"):
        autograd.dot([Value(1), Value(2)], [Value(3)])
    with pytest.raises(TypeError, match="dot takes a Tensor"):
        autograd.dot([Value(1)], 3)
    with pytest.raises(TypeError, match="sum takes a Tensor"):
        autograd.sum("abc")


def test_without_recording_only_the_number_remains():
    x = Value(3.0)
    with no_grad():
        results = [x * x, 2 * x, x.exp(), autograd.sum([x, x]), x.clip(0, 1)]
    for y in results:
        assert y.inputs == ()
        assert y.is_leaf
        with pytest.raises(GraphError, match=r"nothing was recorded.*no_grad"):
            y.backward()
    assert (results[0] * x).data == 27.0


def test_a_sum_of_scalars_takes_scalars_only():
    for refused in (lambda: autograd.sum([Value(1.0)], 10), lambda: autograd.sum([1.0], axis=7)):
        with pytest.raises(TypeError, match="one iterable and nothing else"):
            refused()
    for row in ([[1, 2], [3, 4]], ["a", "b"], [None]):
        with pytest.raises(TypeError, match="holds Values and numbers"):
            autograd.sum(row)


def test_a_label_is_text():
    with pytest.raises(TypeError, match="label must be text, not tuple"):
        Value(1.0, (Value(2.0),))
    with pytest.raises(TypeError, match="label must be text, not int"):
        Tensor(1.0, label=3)


def test_values_carry_ieee_results_instead_of_raising():
    assert Value(0.0).log().data == -math.inf
    assert math.isnan(Value(-1.0).log().data)
    assert (Value(1.0) / 0).data == math.inf
    assert Value(1000.0).exp().data == math.inf
    assert math.isnan((Value(-8.0) ** (1 / 3)).data)
    assert (Value(-8.0) ** 3).data == -512.0


def test_an_unknown_function_of_the_module_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'exq'"):
        autograd.exq
    assert {"exp", "Value", "matmul"} <= set(dir(autograd))
