"""Are the scalar kernels, which are written out from the rules, equal to the rules?"""

import itertools
import math

import numba
import numpy as np
import pytest

from autograd import TABLE, Op, Value
from autograd.kernels import _NAMESPACE, _slow_kernel, kernel, kernel_source

ELEMENTWISE = [op for op in TABLE if op.elementwise]
EXTREMES = (-math.inf, -1e308, -750.0, -2.0, -1.0, -1e-310, -0.0, 0.0, 1e-310, 0.5, 1.0, 2.0, 21.0, 750.0, 1e308)
EXTREMES += (math.inf, math.nan)


def points_of(op: Op):
    wide = [x for x in op.parameters.values() if isinstance(x, float)]
    free = len(op.parameters) - len(wide)
    if op.name == "where":
        return [(condition, a, b) for condition in (True, False) for a in EXTREMES for b in EXTREMES]
    return [(*point, *wide) for point in itertools.product(EXTREMES, repeat=free)]


def needs_of(op: Op):
    return [position < len(op.rules) and op.rules[position] is not None for position in range(len(op.parameters))]


def same(fast: float, slow: float) -> bool:
    """Equal up to rounding; both NaN; or both the same infinity."""
    if math.isnan(slow) or math.isinf(slow):
        return fast == slow or (math.isnan(fast) and math.isnan(slow))
    return math.isclose(fast, slow, rel_tol=1e-13, abs_tol=1e-300)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_a_kernel_equals_its_rules_in_numpy_even_at_the_extremes(op):
    needs = needs_of(op)
    fast, slow = kernel(op, needs), _slow_kernel(op, needs)
    for point in points_of(op):
        got, expected = fast(*point), slow(*point)
        assert same(got[0], expected[0]), (point, got, expected)
        for a, b in zip(got[1:], expected[1:], strict=True):
            assert same(0.0 if a is None else a, 0.0 if b is None else b), (point, got, expected)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_a_kernel_gives_only_the_local_gradients_asked_for(op):
    point = tuple(2.0 if default is not None else 1.0 for default in op.parameters.values())
    for chosen in range(len(op.rules)):
        needs = [position == chosen for position in range(len(op.parameters))]
        _, *local = kernel(op, needs)(*point)
        assert all(d is None for position, d in enumerate(local) if position != chosen)


def test_a_kernel_is_plain_arithmetic():
    lines, results = kernel_source(TABLE["mul"], (True, True))
    assert (lines, results) == ([], ["a * b", "b", "a"])
    lines, results = kernel_source(TABLE["sigmoid"], (True,))
    assert lines == ["t0 = exp(-abs(a))", "t1 = (1.0 if a >= 0.0 else t0) / (1.0 + t0)"]
    assert results == ["t1", "t1 * (1.0 - t1)"]


def test_a_closed_gate_lets_nothing_through_even_an_infinite_gradient():
    x = Value(-1.0)
    x.relu().log().backward()
    assert x.grad == 0.0


def test_nothing_flows_through_a_step_even_where_numpy_is_asked():
    x = Value(0.0)
    (x // 0.0 * math.nan).backward()
    assert x.grad == 0.0


def test_kernels_compile_with_numba():
    """Rules are plain enough to run compiled: the compiled replay stands on this."""
    for op in ELEMENTWISE:
        needs = needs_of(op)
        lines, results = kernel_source(op, needs)
        body = "".join(f"    {line}\n" for line in [*lines, f"return {', '.join(results)}"])
        source = f"def kernel({', '.join(op.parameters)}):\n{body}".replace("None", "0.0")
        namespace = dict(_NAMESPACE)
        exec(source, namespace)
        compiled = numba.njit(error_model="numpy")(namespace["kernel"])
        point = tuple(0.7 if default is not True else True for default in op.parameters.values())
        expected = [0.0 if d is None else d for d in kernel(op, needs)(*point)]
        np.testing.assert_allclose(compiled(*point), expected, rtol=1e-14)


def test_a_rule_that_cannot_be_written_out_still_computes():
    op = Op(
        "odd",
        lambda a: float(a) ** 3 if a > 0 else 0.0,
        lambda g, y, a: g * 3 * float(a) ** 2,
        elementwise=True,
    )
    x = Value(2.0)
    y = op(x)
    y.backward()
    assert (y.data, x.grad) == (8.0, 12.0)


def test_an_operation_of_foreign_functions_works_on_values_too():
    from scipy.special import gammaln, psi

    log_gamma = Op("log_gamma", gammaln, lambda g, y, a: g * psi(a), elementwise=True)
    x = Value(3.5)
    y = log_gamma(x)
    y.backward()
    assert y.data == pytest.approx(math.lgamma(3.5))
    assert x.grad == pytest.approx(float(psi(3.5)))
