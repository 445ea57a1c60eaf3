"""Do the functions that work entry by entry, but are no rows, work on Tensors, Values and through NumPy?"""

import math
import operator

import numpy as np
import pytest

import autograd
from autograd import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError, Tensor, Value, gradcheck

nan, inf = math.nan, math.inf
X = np.random.default_rng(2).normal(size=(3, 4))


def leaf(x):
    return Tensor(np.asarray(x, "float64"), requires_grad=True)


def gradient(function, entries):
    x = leaf(entries)
    function(x).sum().backward()
    return x.grad.data


COMPOSED = {
    "add": lambda x: autograd.add(x, 2.0, alpha=0.5),
    "sub": lambda x: autograd.subtract(x, 2.0, alpha=0.5),
    "div": lambda x: autograd.divide(x, 2.0),
    "clamp": lambda x: autograd.clamp(x, -0.5, 0.6),
    "clamp, no upper bound": lambda x: autograd.clamp(x, -0.5),
    "clamp_min": lambda x: autograd.clamp_min(x, -0.5),
    "clamp_max": lambda x: autograd.clamp_max(x, 0.5),
    "clamp between nodes": lambda x: autograd.clamp(x, x * 0.5 - 0.1, x * 0.25 + 0.3),
    "lerp": lambda x: autograd.lerp(x, 2.0, 0.7),
    "addcmul": lambda x: autograd.addcmul(x, x, x, value=2.0),
    "addcdiv": lambda x: autograd.addcdiv(x, x, x * x + 1.0, value=2.0),
    "relu6": lambda x: autograd.relu6(x * 4.0),
    "logit": lambda x: autograd.logit(autograd.sigmoid(x) * 0.9, 1e-6),
    "gelu": lambda x: autograd.gelu(x, approximate="tanh"),
    "nan_to_num": lambda x: autograd.nan_to_num(x),
    "float_power": lambda x: autograd.float_power(x * x + 1.0, 1.5),
    "positive": lambda x: autograd.positive(x),
    "expit": lambda x: autograd.expit(x),
    "arctan2": lambda x: autograd.arctan2(x, 2.0),
    "copysign": lambda x: autograd.copysign(x, -2.0),
    "frac": lambda x: autograd.frac(x),
    "deg2rad": lambda x: autograd.deg2rad(x),
    "celu": lambda x: autograd.celu(x, 0.7),
    "selu": lambda x: autograd.selu(x),
    "lgamma": lambda x: autograd.lgamma(x * x + 0.5),
    "digamma": lambda x: autograd.digamma(x * x + 0.5),
    "polygamma": lambda x: autograd.polygamma(2, x * x + 0.5),
    "erfinv": lambda x: autograd.erfinv(x * 0.2),
}


@pytest.mark.parametrize("function", COMPOSED.values(), ids=COMPOSED.keys())
def test_composed_functions_on_tensors_and_values(function):
    assert gradcheck(function, leaf(X), rtol=1e-6, atol=1e-8)
    x = leaf(X)
    y = function(x)
    y.sum().backward()
    for place in np.ndindex(X.shape):
        v = Value(X[place])
        w = function(v)
        w.backward()
        assert w.data == pytest.approx(y.data[place], rel=1e-14)
        assert v.grad == pytest.approx(x.grad.data[place], rel=1e-12)


UFUNCS = [
    *(np.arcsinh, np.arctan, np.cosh, np.sinh, np.exp2, np.sign, np.floor, np.ceil, np.trunc, np.rint, np.square),
    *(np.fabs, np.positive, np.negative, np.absolute, np.deg2rad, np.radians, np.rad2deg, np.degrees, np.conjugate),
]
ON_PAIRS = [
    *(np.arctan2, np.hypot, np.fmax, np.fmin, np.logaddexp, np.logaddexp2, np.fmod, np.mod, np.remainder),
    *(np.floor_divide, np.power, np.float_power, np.subtract, np.divide, np.copysign),
]


@pytest.mark.parametrize("ufunc", [*UFUNCS, *ON_PAIRS], ids=lambda f: f.__name__)
def test_ufuncs_work_on_tensors_and_values(ufunc):
    pair = (np.abs(X[0]) + 0.1, X[1])[: ufunc.nin]
    with np.errstate(all="ignore"):
        expected = ufunc(*pair)
        np.testing.assert_allclose(ufunc(*map(leaf, pair)).data, expected, rtol=1e-14)
        if ufunc is not np.float_power:
            values = [ufunc(*map(Value, numbers)) for numbers in zip(*pair, strict=True)]
            np.testing.assert_allclose([float(v) for v in values], expected, rtol=1e-14)


NUMPY = {
    "clip": (lambda x: np.clip(x, 0.0, None), lambda x: np.clip(x, a_min=None, a_max=0.5), lambda x: np.clip(x, min=0)),
    "round": (lambda x: np.round(x, 1), lambda x: np.round(x, decimals=-1), lambda x: np.around(x, 2)),
    "real": (np.real,),
    "nan_to_num": (lambda x: np.nan_to_num(x / 0.0, posinf=3.0), lambda x: np.nan_to_num(x, False, 1.0)),
    "sinc": (np.sinc,),
    "heaviside": (lambda x: np.heaviside(x, 0.5), lambda x: np.heaviside(x * nan, 0.5)),
    "answers": (np.signbit, lambda x: np.logical_xor(x > 0, x < 1), lambda x: np.any(x > 1, axis=0), np.all),
}


@pytest.mark.parametrize("calls", NUMPY.values(), ids=NUMPY.keys())
def test_numpy_functions_of_tensors(calls):
    for call in calls:
        with np.errstate(all="ignore"):
            ours = call(leaf(X))
            assert isinstance(ours, Tensor)
            np.testing.assert_allclose(ours.data, call(X), rtol=1e-14)


@pytest.mark.parametrize("pair", [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0)])
def test_remainders_are_pythons_and_fmod_is_cs(pair):
    a, b = pair
    for node in (Value, leaf):
        assert float(node(a) % b) == float(a % node(b)) == a % b
        assert float(node(a) // b) == float(a // node(b)) == a // b
        assert float(autograd.fmod(node(a), b)) == math.fmod(a, b)
        assert float(autograd.div(node(a), b, rounding_mode="trunc")) == math.trunc(a / b)


def test_whole_division_of_integers_stays_whole():
    x = Tensor([7, -7], dtype="int64")
    for mode, expected in (("floor", [3, -4]), ("trunc", [3, -3])):
        y = autograd.div(x, 2, rounding_mode=mode)
        assert y.dtype == np.int64
        assert y.tolist() == expected


def test_steps_are_flat():
    for name in ("sign", "floor", "ceil", "trunc", "round"):
        np.testing.assert_array_equal(gradient(getattr(autograd, name), X), np.zeros(X.shape))
        v = Value(0.3)
        getattr(v, name)().backward()
        assert v.grad == 0.0
        getattr(v, name)().backward(create_graph=True)
        assert isinstance(v.grad, (float, Value))


def test_bounds_get_the_gradient_where_they_take_effect():
    x, low, high = leaf([0.0, 1.0, 2.0]), leaf([0.5, 0.5, 0.5]), leaf([1.5, 1.5, 1.5])
    x.clamp(low, high).sum().backward()
    for node, expected in ((x, [0, 1, 0]), (low, [1, 0, 0]), (high, [0, 0, 1])):
        np.testing.assert_array_equal(node.grad.data, expected)
    assert leaf(1.0).clamp(Tensor(2.0), Tensor(0.0)).item() == 0.0  # the upper bound has the last word


def test_what_is_replaced_gets_no_gradient():
    x = [1.0, nan, inf, -inf]
    np.testing.assert_array_equal(gradient(lambda x: x.nan_to_num(0.0, 5.0, -5.0), x), [1.0, 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(leaf(x).nan_to_num(posinf=5.0, neginf=-5.0).data, [1.0, 0.0, 5.0, -5.0])
    assert autograd.nan_to_num(Value(inf)).data == np.finfo(float).max


# --- answers without a gradient ---------------------------------------------------------------------------------------

COMPARISONS = ("gt", "lt", "ge", "le", "eq", "ne")


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons(name):
    expected = getattr(operator, name)(X[0], X[1])
    for ours in (getattr(autograd, name)(leaf(X[0]), leaf(X[1])), getattr(leaf(X[0]), name)(X[1])):
        assert ours.dtype == bool
        assert not ours.requires_grad
        np.testing.assert_array_equal(ours.data, expected)
    assert getattr(autograd, name)(Value(1.0), 2.0) is getattr(operator, name)(1.0, 2.0)


def test_kinds_of_numbers():
    x = leaf([1.0, nan, inf, -0.0])
    for name, expected in (
        ("isnan", [False, True, False, False]),
        ("isfinite", [True, False, False, True]),
        ("isinf", [False, False, True, False]),
        ("signbit", [False, False, False, True]),
        ("logical_not", [False, False, False, True]),
    ):
        assert getattr(x, name)().tolist() == expected
        assert [getattr(autograd, name)(Value(float(entry))) for entry in x.data] == expected


@pytest.mark.parametrize("sign", [operator.and_, operator.or_, operator.xor], ids=lambda f: f.__name__)
@pytest.mark.parametrize("pair", [([True, True, False], [True, False, False]), ([5, -3, 8], [3, 6, -1])], ids=str)
def test_bits(sign, pair):
    a, b = map(np.array, pair)
    expected = sign(a, b)
    for ours in (sign(Tensor(a), Tensor(b)), sign(Tensor(a), b), sign(a, Tensor(b))):
        assert ours.dtype == expected.dtype
        np.testing.assert_array_equal(ours.data, expected)
    np.testing.assert_array_equal(sign(Tensor(a), pair[1][0]).data, sign(a, b[0]))
    np.testing.assert_array_equal(sign(pair[1][0], Tensor(a)).data, sign(a, b[0]))
    np.testing.assert_array_equal((~Tensor(a)).data, ~a)
    np.testing.assert_array_equal(np.invert(Tensor(a)).data, ~a)


@pytest.mark.parametrize("name", ["erf", "erfc", "gelu", "lgamma", "digamma", "erfinv", "silu", "sigmoid", "selu"])
@pytest.mark.parametrize("shape", [(), (3,)], ids=str)
def test_16_bits_stay_16_bits(name, shape):
    x = Tensor(np.full(shape, 0.5, "float16"), requires_grad=True)
    y = getattr(autograd, name)(x)
    y.sum().backward()
    assert y.dtype == x.grad.dtype == np.float16
    exact = getattr(autograd, name)(Tensor(np.float64(0.5))).item()
    np.testing.assert_allclose(y.data, exact, rtol=2e-3)


def test_a_method_chooses_between_itself_and_another():
    x = leaf([1.0, 2.0, 3.0])
    y = x.where(x > 1.5, -x)
    y.sum().backward()
    np.testing.assert_array_equal(y.data, [-1.0, 2.0, 3.0])
    np.testing.assert_array_equal(x.grad.data, [-1.0, 1.0, 1.0])


def test_gamma_functions_at_known_points():
    assert autograd.lgamma(5.0) == pytest.approx(math.log(24), rel=1e-15)
    assert autograd.polygamma(1, 1.0) == pytest.approx(math.pi**2 / 6, rel=1e-15)
    assert autograd.lgamma(np.array([-inf, 0.0, inf])).tolist() == [inf, inf, inf]


def test_round_takes_its_decimals_by_place():
    np.testing.assert_array_equal(leaf([1.26, -0.04]).round(1).data, [1.3, -0.0])


def test_places_and_counts_of_plain_arrays_are_plain():
    assert autograd.searchsorted(np.array([1.0, 2.0]), 1.5) == 1
    values, counts = autograd.unique(np.array([3, 1, 3]), return_counts=True)
    np.testing.assert_array_equal(values, [1, 3])
    np.testing.assert_array_equal(counts, [1, 2])
    assert type(values) is np.ndarray
    assert not leaf([1.0, 1.0]).unique().requires_grad


def test_answers_of_whole_arrays():
    x = leaf(X)
    assert autograd.equal(x, X) is True
    assert autograd.allclose(x, X + 1e-9) is True
    assert autograd.allclose(x, X + 1.0) is False
    assert (x > 0).any().item() is True
    assert (x > 0).all().item() is False
    assert (x > 0).count_nonzero().item() == np.count_nonzero(X > 0)
    np.testing.assert_array_equal((x > 0).any(0).data, (X > 0).any(0))
    np.testing.assert_array_equal((x > 0).all(axis=1, keepdims=True).data, (X > 0).all(1, keepdims=True))
    np.testing.assert_array_equal((x > 0).count_nonzero(dim=0).data, np.count_nonzero(X > 0, 0))
    np.testing.assert_array_equal((x > 0).nonzero().data, np.argwhere(X > 0))
    np.testing.assert_array_equal(x[(x > 0).nonzero(as_tuple=True)].data, X[X > 0])


REFUSED = [
    (lambda x: x.clamp(), ArgumentTypeError, "at least one of min and max"),
    (lambda x: x.clamp(np.zeros(2)), ShapeError, r"lt\(\).*shapes \(3,4\) \(2,\)"),
    (lambda x: autograd.div(x, 2, rounding_mode="up"), ArgumentTypeError, "'floor', 'trunc' or None, not 'up'"),
    (lambda x: x.round(decimals=0.5), ArgumentTypeError, "decimals is an integer, not 0.5"),
    (lambda x: autograd.gelu(x, approximate="none of these"), ArgumentTypeError, "'none' or 'tanh'"),
    (lambda x: x.isclose(np.zeros(2)), ShapeError, r"isclose\(\).*shapes \(3,4\) \(2,\)"),
    (lambda x: x % np.zeros(3), ShapeError, r"remainder: shape \(3, 4\) and shape \(3,\) do not fit"),
    (lambda x: x % "two", ArgumentTypeError, "remainder: a Tensor works with Tensors"),
    (lambda x: x & 1, ArgumentTypeError, r"bitwise_and\(\)"),
    (lambda x: Tensor(np.arange(3)) ** -1, DtypeError, "integers have no negative powers.*floating-point first"),
    (lambda x: autograd.polygamma(0.5, x), ArgumentTypeError, "the order is an integer from 0 on, not 0.5"),
    (lambda x: autograd.celu(x, 0.0), ArgumentValueError, "alpha is a positive number, not 0.0"),
    (lambda x: autograd.searchsorted(x, 1.0), ShapeError, r"shape \(\) does not fit the rows of shape \(3, 4\)"),
    (lambda x: autograd.searchsorted([1.0], x, side="both"), ArgumentTypeError, "'left' or 'right', not 'both'"),
    (lambda x: autograd.bucketize(x, x), ShapeError, r"takes a 1-D array, not one of shape \(3, 4\)"),
    (lambda x: x[0].bincount(), ArgumentTypeError, "counts integers, not float64"),
    (lambda x: x.hypot(Value(1.0)), ArgumentTypeError, "do not mix in one graph"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=lambda x: x if isinstance(x, str) else "")
def test_bad_input_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call(leaf(X))


@pytest.mark.parametrize("name", ["logaddexp", "logaddexp2"])
@pytest.mark.parametrize("far", [60.0, 1000.0])
def test_the_second_derivative_of_a_log_of_exponentials_does_not_overflow(name, far):
    x = Tensor([far, -far, 0.0], requires_grad=True, dtype="float64")
    (autograd.TABLE[name](x, 0.0 * x.detach())).sum().backward(create_graph=True)
    first = x.grad
    x.grad = None
    first.sum().backward()
    scale = math.log(2) if name == "logaddexp2" else 1.0
    np.testing.assert_allclose(first.data, [1.0, 0.0, 0.5], atol=1e-17)
    np.testing.assert_allclose(x.grad.data, [0.0, 0.0, 0.25 * scale], atol=1e-17)


def test_softplus_holds_in_half_precision():
    x = np.array([-20.0, 0.0, 5.0, 12.0, 19.0], np.float16)
    ours = autograd.softplus(Tensor(x)).data
    np.testing.assert_allclose(ours, np.log1p(np.exp(x.astype("float64"))), rtol=1e-3, atol=1e-6)
