"""Is an expression typed by a person computed, and everything else refused?"""

import math

import numpy as np
import pytest

from autograd import TABLE, Value
from viz import ExpressionError
from viz.expression import FUNCTIONS, evaluate, variables


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("(x + y) * z", {"x": -2, "y": 5, "z": -4}, -12),
        ("x ** 2 / 4 - -x", {"x": 6}, 15),
        ("+x", {"x": 3}, 3),
        ("2 * 3 + x", {"x": 1}, 7),
        ("sigmoid(0) + x", {"x": 1}, 1.5),
        ("max(x, y) + min(x, y)", {"x": 1, "y": 2}, 3),
        ("max(x, 3, y) - min(x, y, 0.5)", {"x": 1, "y": 2}, 2.5),
        ("where(x > y, x, y)", {"x": 1, "y": 2}, 2),
        ("where(x <= 1, x, -x)", {"x": 1}, 1),
        ("sum(x, y, 3)", {"x": 1, "y": 2}, 6),
        ("dot([x, y], [3, 4])", {"x": 1, "y": 2}, 11),
        ("leaky_relu(x, negative_slope=0.5)", {"x": -2}, -1),
        ("clip(x, 0, 1)", {"x": 2}, 1),
        ("  x\n + y ", {"x": 1, "y": 2}, 3),
        ("größe * 2", {"größe": 2}, 4),
        ("7", {}, 7),
        ("1e-3 + x", {"x": 0}, 0.001),
    ],
)
def test_expressions_are_computed(text, values, expected):
    result = evaluate(text, values)
    assert isinstance(result, Value)
    assert result.data == pytest.approx(expected, rel=1e-15)


def test_every_function_of_the_scalar_table_can_be_called():
    for op in TABLE:
        if op.elementwise and op.name != "where":
            x = 0.5 + (op.domain[0] if np.isfinite(op.domain[0]) else 0.0)
            values = dict(zip("xyz", (x, 0.75, 0.25)[: len(op.rules)], strict=False))
            expected = pytest.approx(float(op.forward(*values.values())), rel=1e-15)  # math and NumPy: the last bit
            assert evaluate(f"{op.name}({', '.join(values)})", values).data == expected
    assert {op.name for op in TABLE if op.elementwise} <= set(FUNCTIONS)


def test_variables_come_in_order_and_become_labelled_leaves():
    assert variables("b * (a + b) - exp(c)") == ["b", "a", "c"]
    leaves = evaluate("a * b", {"a": 1, "b": 2}).parents
    assert [(leaf.label, leaf.data) for leaf in leaves] == [("a", 1.0), ("b", 2.0)]


REFUSED = [
    ("x.real", "attribute access", 0),
    ("y + x.__class__", "attribute access", 4),
    ("x[0]", "a subscript", 0),
    ("y * [a for a in x]", "a comprehension", 4),
    ("sum(a for a in x)", "a comprehension", 3),
    ("{a: a for a in x}", "a comprehension", 0),
    ("__import__('os').system('true')", "only functions can be called", 0),
    ("eval('1')", "there is no function 'eval'", 0),
    ("y + open(x)", "there is no function 'open'", 4),
    ("(lambda: x)()", "only functions can be called", 1),
    ("lambda: x", "lambda", 0),
    ("x if x else y", "if … else", 0),
    ("x and y", "and, or", 0),
    ("not x", "the operator Not", 0),
    ("~x", "the operator Invert", 0),
    ("x @ y", "the operator MatMult", 0),
    ("x // y", "the operator FloorDiv", 0),
    ("x % y", "the operator Mod", 0),
    ("x < y", "a comparison outside where", 0),
    ("x == y", "a comparison outside where", 0),
    ("where(x == y, x, y)", "where needs a comparison first", 6),
    ("where(0 < x < y, x, y)", "where needs a comparison first", 6),
    ("where(x, x, y)", "where needs a comparison first", 6),
    ("x, y", "a comma", 0),
    ("[x]", "a list outside dot", 0),
    ("'x'", "only real numbers", 0),
    ("f'{x}'", "a string", 0),
    ("1j * x", "only real numbers", 0),
    ("True", "only real numbers", 0),
    ("None", "only real numbers", 0),
    ("...", "only real numbers", 0),
    ("exp(*x)", "unpacking with", 4),
    ("exp(**x)", "unpacked with", 0),
    ("x ** 99999", "an exponent beyond", 5),
    ("x ** -5000", "an exponent beyond", 5),
    ("1e999 * x", "too large for a float64", 0),
    ("9" * 400, "too large for a float64", 0),
    ("(x + y", "was never closed", 0),
    ("x # + y", "a # would hide", 2),
    ("x ^ 2", r"a power is written \*\*", 0),
    ("pow(x, 5000)", "an exponent beyond", 7),
    ("max()", "max takes other arguments", 0),
    ("é\u3000+ x.y", "attribute access", 4),
    ("x +", "ends too early", 3),
    ("x y", "not an expression", 2),
    ("x; y", "not an expression", 1),
    ("x = 1", "not an expression", 2),
    ("import os", "not an expression", 0),
    ("(x := 1)", "NamedExpr", 1),
    ("sin(x, y)", r"sin\(\) cannot take 2 arguments", 0),
    ("exp()", r"exp\(\) needs an argument", 0),
    ("relu(x, k=1)", "cannot take 'k'", 0),
    ("leaky_relu(x, y)", "no gradient can flow to 'negative_slope'", 0),
    ("dot([x], [x, y])", "first row has 1 numbers, the second 2", 0),
    ("dot(x, y)", "dot takes two lists", 4),
    ("é + x.y", "attribute access", 4),
    ("(" * 300 + "x" + ")" * 300, "nested more than 100 deep", 100),
    ("-" * 300 + "x", "nested more than 100 deep", 100),
    ("[" * 90 + "x", "never closed", 89),
]


@pytest.mark.parametrize(("text", "message", "column"), REFUSED, ids=[text[:30] for text, *_ in REFUSED])
def test_anything_else_is_refused_at_its_place(text, message, column):
    with pytest.raises(ExpressionError, match=message) as refusal:
        evaluate(text, dict.fromkeys(variables(text), 2.0))
    assert refusal.value.column == column
    problem, shown, caret = str(refusal.value).split("\n")
    assert message.replace("\\", "") in problem
    if len(text) < 60:
        assert shown == "  " + "".join(c if c.isprintable() else " " for c in text)
        assert caret.index("^") == column + 2


@pytest.mark.parametrize("text", ["+".join(["x"] * 5000), "-" * 9000 + "x", "**".join(["x"] * 3000), "x" * 10_001])
def test_monstrous_expressions_are_refused_quickly(text):
    with pytest.raises(ExpressionError, match=r"nested|characters"):
        evaluate(text, {"x": 1.0})


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_expression_is_refused(text):
    with pytest.raises(ExpressionError, match="the expression is empty"):
        evaluate(text, {})


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("x + y", {"x": 1.0}, "no value for y: add y=…"),
        ("x + y", {}, "no value for x, y: add x=… y=…"),
        ("x", {"x": 1.0, "y": 2.0}, "no variable y in the expression"),
        ("x", {"x": math.inf}, "x=inf is not a finite number"),
        ("log(x)", {"x": -1.0}, r"log\(-1\) is not defined"),
        ("sqrt(x - 5)", {"x": 1.0}, r"sqrt\(-4\) is not defined"),
        ("log(x)", {"x": 0.0}, r"log\(0\) is infinite"),
        ("1 / x", {"x": 0.0}, "1 / 0 is infinite"),
        ("0 / x", {"x": 0.0}, "0 / 0 is not defined"),
        ("exp(x)", {"x": 1000.0}, r"exp\(1000\) is too large for a float64"),
        ("10 ** 400 + x", {"x": 1.0}, r"10 \*\* 400 is too large"),
        ("log1p(x)", {"x": -1.0}, r"log1p\(-1\) is infinite"),
        ("dot([x], [x])", {"x": 1e200}, r"dot\(\[…\], \[…\]\) is too large"),
    ],
)
def test_what_has_no_finite_value_is_a_one_line_error(text, values, message):
    with pytest.raises(ExpressionError, match=message) as refusal:
        evaluate(text, values)
    assert "\n" not in str(refusal.value)


def test_a_long_expression_is_shown_around_the_place():
    text = "x + " * 60 + "x.y"
    with pytest.raises(ExpressionError) as refusal:
        evaluate(text, {"x": 1.0})
    _, shown, caret = str(refusal.value).split("\n")
    assert len(shown) < 110
    assert shown[caret.index("^") :].startswith("x.y")
