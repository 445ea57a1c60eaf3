"""Are rules written out as what they compute?"""

import math

import numpy as np
import pytest

from autograd import TABLE
from autograd.kernels import _NAMESPACE
from autograd.symbolic import NOTATION, PYTHON, Writer, constant, substitute, symbol, write

a, b, c = map(symbol, "abc")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (a + b * c, "a + b * c"),
        ((a + b) * c, "(a + b) * c"),
        (a - (b - c), "a - (b - c)"),
        ((a - b) - c, "a - b - c"),
        (a / (b * c), "a / (b * c)"),
        (-a * b, "-a * b"),
        (-(a * b), "-(a * b)"),
        (-(-a), "-(-a)"),  # noqa: B002
        (a**2, "pow(a, 2.0)"),
        (2 - a, "2.0 - a"),
        (1 / a, "1.0 / a"),
        (2**a, "pow(2.0, a)"),
        (np.where(a > 0, a, 0) + 1, "(a if a > 0.0 else 0.0) + 1.0"),
        (np.where(a > 0, np.where(b < 0, 1, 2), c), "(1.0 if b < 0.0 else 2.0) if a > 0.0 else c"),
        (np.maximum(a, b), "a if a >= b or a != a else b"),
        (np.logical_and(a >= 0, b <= 1), "a >= 0.0 and b <= 1.0"),
        (a * math.inf, "a * inf"),
        (a * 1, "a"),
        (1 * a, "a"),
        (a / 1, "a"),
        (np.exp(-abs(a)), "exp(-abs(a))"),
    ],
)
def test_python_keeps_the_meaning_with_few_parentheses(expression, text):
    assert write(expression, PYTHON) == text


def test_notation_reads_as_people_write():
    assert repr(a * b + np.log(a) - a**2) == "a · b + ln(a) − a^2"
    assert write(np.where(a <= 0, 0, b), NOTATION) == "0 if a ≤ 0 else b"
    assert repr(math.sqrt(2 / math.pi) * a) == "√(2/π) · a"


def test_every_elementwise_formula_means_its_forward_function():
    namespace = {
        **_NAMESPACE,
        "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    }
    for op in TABLE:
        if op.elementwise:
            point = 1.7 if op.name == "acosh" else 0.7
            inputs = dict.fromkeys(op.parameters, point)
            got = eval(write(op.expression, PYTHON), namespace, inputs)  # our own text
            assert got == pytest.approx(float(op.forward(*inputs.values())), rel=1e-14), op


def test_repeated_parts_are_named_once():
    writer = Writer(PYTHON)
    shared = np.exp(a)
    assert writer.define_shared([shared + shared * b, np.sin(shared)]) == ["t0 = exp(a)"]
    assert writer.write(shared + shared * b) == "t0 + t0 * b"


def test_substitution_replaces_symbols_and_simplifies():
    assert repr(substitute(a * b + c, {"a": constant(1.0)})) == "b + c"
    untouched = a * b
    assert substitute(untouched, {"c": constant(1.0)}) is untouched


def test_a_rule_may_not_hide_a_branch_or_leave_numpy():
    with pytest.raises(TypeError, match=r"may not branch.*np\.where"):
        a if a > 0 else b
    with pytest.raises(TypeError, match=r"np\.sum cannot be written out"):
        np.sum(a)
    with pytest.raises(TypeError, match="only plainly"):
        np.add.reduce(a)
