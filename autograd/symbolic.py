"""What does a rule say, written out?

The rules in the table of operations are plain expressions. Called with an `Expression` instead of a number, a
rule returns the expression tree of what it would have computed, and `write` prints that tree in a dialect: here
the Python of fast scalar kernels and the notation of the documentation. Another dialect is another dictionary.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["NOTATION", "PYTHON", "Dialect", "Expression", "Writer", "constant", "symbol", "write"]


class Expression:
    """A tree: ``head`` names the operator or function, ``arguments`` are its subtrees.

    Two heads are leaves: ``"symbol"`` (its argument is a name) and ``"constant"`` (its argument is a number).
    """

    __slots__ = ("arguments", "head")

    def __init__(self, head: str, arguments: tuple[Any, ...]) -> None:
        self.head = head
        self.arguments = arguments

    @classmethod
    def _apply(cls, op: Any, inputs: Sequence[Any]) -> Expression:
        """The protocol of nodes: calling an operation writes it down, a person's own as what it consists of."""
        if op.is_entered:
            return call(op.name, *inputs)
        written: Expression = op.forward(*inputs)
        return written

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Expression:
        if method != "__call__" or options:
            raise TypeError(f"a rule may call np.{ufunc.__name__} only plainly, without {method} or options")
        return call(ufunc.__name__, *inputs)

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Expression:
        if function.__name__ != "where" or options:
            raise TypeError(f"np.{function.__name__} cannot be written out symbolically")
        return call("where", *inputs)

    def __neg__(self) -> Expression:
        return call("negative", self)

    def __abs__(self) -> Expression:
        return call("abs", self)

    def __bool__(self) -> bool:
        raise TypeError("a rule may not branch on its inputs with if, and, or: use np.where")

    def __repr__(self) -> str:
        return write(self, NOTATION)


def symbol(name: str) -> Expression:
    """A named unknown."""
    return Expression("symbol", (name,))


def constant(value: float | None) -> Expression:
    """A number; None stands for "nothing flows here"."""
    return Expression("constant", (value,))


def is_constant(expression: Expression, value: float) -> bool:
    return expression.head == "constant" and expression.arguments[0] == value


def call(head: str, *arguments: Any) -> Expression:
    """Build ``head(arguments)``, leaving out multiplications and divisions by one."""
    head = _SYNONYMS.get(head, head)
    parts = tuple(part if isinstance(part, Expression) else constant(part) for part in arguments)
    if head == "multiply":
        if is_constant(parts[0], 1):
            return parts[1]
        if is_constant(parts[1], 1):
            return parts[0]
    if head == "divide" and is_constant(parts[1], 1):
        return parts[0]
    if head == "negative" and parts[0].head == "constant":
        return constant(-parts[0].arguments[0])
    return Expression(head, parts)


_SYNONYMS = {
    "true_divide": "divide",
    "absolute": "abs",
    "fabs": "abs",
    "pow": "power",
    "rint": "round",
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
}

_OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
}
_COMPARISONS = {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}


def _binary(head: str, *, swapped: bool = False) -> Callable[[Any, Any], Expression]:
    if swapped:
        return lambda self, other: call(head, other, self)
    return lambda self, other: call(head, self, other)


for _name, _head in (_OPERATORS | _COMPARISONS).items():
    setattr(Expression, f"__{_name}__", _binary(_head))
for _name, _head in _OPERATORS.items():
    setattr(Expression, f"__r{_name}__", _binary(_head, swapped=True))


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """Replace symbols by expressions."""
    if expression.head == "symbol":
        return values.get(expression.arguments[0], expression)
    if expression.head == "constant":
        return expression
    parts = [substitute(part, values) for part in expression.arguments]
    unchanged = all(new is old for new, old in zip(parts, expression.arguments, strict=True))
    return expression if unchanged else call(expression.head, *parts)


def mentions(expression: Expression, name: str) -> bool:
    """Whether the symbol occurs anywhere in the tree."""
    if expression.head == "symbol":
        return bool(expression.arguments[0] == name)
    return expression.head != "constant" and any(mentions(part, name) for part in expression.arguments)


class Dialect(NamedTuple):
    """How one language spells expressions.

    ``infix`` maps a head to its sign and binding strength; ``forms`` maps a head to a template and the strength
    of the result. Any other head is written as a call, ``head(arguments)``.
    """

    infix: Mapping[str, tuple[str, int]]
    forms: Mapping[str, tuple[str, int]]
    number: Callable[[Any], str]


_ATOM, _POWER, _SIGN, _PRODUCT, _SUM, _COMPARE, _LOGIC, _CHOICE = 8, 7, 6, 5, 4, 3, 2, 1


def _python_number(value: Any) -> str:
    if value is None or math.isfinite(value):
        return repr(float(value)) if isinstance(value, int) and not isinstance(value, bool) else repr(value)
    return str(value)  # inf and nan are names in the kernel's namespace


_COMPARISON_SIGNS = {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "=="}

PYTHON = Dialect(
    infix={
        "add": ("+", _SUM),
        "subtract": ("-", _SUM),
        "multiply": ("*", _PRODUCT),
        "divide": ("/", _PRODUCT),
        "logical_and": ("and", _LOGIC),
        **{head: (sign, _COMPARE) for head, sign in _COMPARISON_SIGNS.items()},
    },
    forms={
        "negative": ("-{0:7}", _SIGN),
        "logical_not": ("(not {0:3})", _ATOM),
        # math.pow never turns complex: it raises, and the kernel then asks NumPy
        "power": ("pow({0}, {1})", _ATOM),
        "where": ("{1:2} if {0:2} else {2:1}", _CHOICE),
        # the first operand wins when it is NaN, and comparisons with a NaN in the second are False
        "maximum": ("{0:2} if {0:4} >= {1:4} or {0:4} != {0:4} else {1:1}", _CHOICE),
        "minimum": ("{0:2} if {0:4} <= {1:4} or {0:4} != {0:4} else {1:1}", _CHOICE),
        # a NaN in the first operand makes the comparison False
        "fmax": ("{0:2} if {0:4} >= {1:4} or {1:4} != {1:4} else {1:1}", _CHOICE),
        "fmin": ("{0:2} if {0:4} <= {1:4} or {1:4} != {1:4} else {1:1}", _CHOICE),
        "logical_or": ("({0:3} or {1:3})", _ATOM),
        "isnan": ("{0:4} != {0:4}", _COMPARE),
        "reciprocal": ("1.0 / {0:6}", _PRODUCT),
        "remainder": ("{0:5} % {1:6}", _PRODUCT),
        "fmod": ("copysign(abs({0}) % abs({1}), {0})", _ATOM),
        "floor_divide": ("{0:5} // {1:6}", _PRODUCT),
        # these are integers in Python; for inf and nan they raise
        **{name: (f"float({name}({{0}}))", _ATOM) for name in ("floor", "ceil", "trunc", "round")},
        "sign": ("1.0 if {0:4} > 0.0 else -1.0 if {0:4} < 0.0 else {0:1}", _CHOICE),
        "logaddexp": (
            "{0:4} + log(2.0) if {0:4} == {1:4} else max({0}, {1}) + log1p(exp(-abs({0:4} - {1:5})))",
            _CHOICE,
        ),
        "logaddexp2": (
            "{0:4} + 1.0 if {0:4} == {1:4} else max({0}, {1}) + log1p(exp2(-abs({0:4} - {1:5}))) / log(2.0)",
            _CHOICE,
        ),
    },
    number=_python_number,
)


def _plain_number(value: Any) -> str:
    for known, name in _NAMED_NUMBERS:
        if value == known:
            return name
    return f"{value:g}"


_NAMED_NUMBERS = (
    (math.pi, "π"),
    (math.log(2), "ln 2"),
    (math.log(10), "ln 10"),
    (math.sqrt(2 / math.pi), "√(2/π)"),
    (2 / math.sqrt(math.pi), "2/√π"),
    (1 / math.sqrt(2), "1/√2"),
    (1 / math.sqrt(2 * math.pi), "1/√(2π)"),
)

NOTATION = Dialect(
    infix={
        "add": ("+", _SUM),
        "subtract": ("−", _SUM),
        "multiply": ("·", _PRODUCT),
        "divide": ("/", _PRODUCT),
        "logical_and": ("and", _LOGIC),
        **{head: (sign, _COMPARE) for head, sign in _COMPARISON_SIGNS.items()},
        "less_equal": ("≤", _COMPARE),
        "greater_equal": ("≥", _COMPARE),
        "equal": ("=", _COMPARE),
    },
    forms={
        "negative": ("−{0:7}", _SIGN),
        "logical_not": ("not {0:3}", _LOGIC),
        "logical_or": ("({0:3} or {1:3})", _ATOM),
        "isnan": ("{0:5} is nan", _COMPARE),
        "power": ("{0:8}^{1:8}", _POWER),
        "reciprocal": ("1/{0:6}", _PRODUCT),
        "where": ("{1:2} if {0:2} else {2:1}", _CHOICE),
        "abs": ("|{0}|", _ATOM),
        "maximum": ("max({0}, {1})", _ATOM),
        "minimum": ("min({0}, {1})", _ATOM),
        "log": ("ln({0})", _ATOM),
        "log1p": ("ln(1 + {0:5})", _ATOM),
        "expm1": ("exp({0}) − 1", _SUM),
        "exp2": ("2^{0:8}", _POWER),
        "sqrt": ("√({0})", _ATOM),
        "rsqrt": ("1/√({0})", _PRODUCT),
        "floor": ("⌊{0}⌋", _ATOM),
        "ceil": ("⌈{0}⌉", _ATOM),
        "floor_divide": ("⌊{0:5}/{1:6}⌋", _ATOM),
        "remainder": ("{0:5} mod {1:6}", _PRODUCT),
        "sigmoid": ("σ({0})", _ATOM),
    },
    number=_plain_number,
)


class _Part:
    """A subexpression inside a template; its format spec is the binding strength that the place asks for."""

    def __init__(self, text: str, strength: int) -> None:
        self.text, self.strength = text, strength

    def __format__(self, spec: str) -> str:
        return f"({self.text})" if spec and self.strength < int(spec) else self.text


class Writer:
    """Writes expressions of one dialect, naming what occurs more than once instead of repeating it.

    Parameters
    ----------
    dialect : Dialect
    expand : callable, optional
        ``expand(head, arguments)`` returns the expression that a head outside the dialect stands for, or None.
    """

    def __init__(
        self,
        dialect: Dialect,
        expand: Callable[[str, tuple[Expression, ...]], Expression | None] = lambda _head, _arguments: None,
    ) -> None:
        self.dialect = dialect
        self.expand = expand
        self.names: dict[str, str] = {}
        # by identity, with the expression itself so that it stays alive: rules share their subtrees
        self._full: dict[int, tuple[Expression, Expression]] = {}
        self._texts: dict[int, tuple[Expression, str]] = {}

    def define(self, name: str, expression: Expression) -> str:
        """Give an expression a name, used from now on wherever it occurs; returns ``name = text``."""
        line = f"{name} = {self.write(expression)}"
        self.names[self._plain(expression)] = name
        return line

    def define_shared(self, expressions: Sequence[Expression], prefix: str = "t") -> list[str]:
        """Define each part that occurs more than once; returns the lines, in an order that can be executed."""
        counts: Counter[str] = Counter()
        inner_first: list[tuple[str, Expression]] = []

        def visit(expression: Expression) -> None:
            expression = self._expanded(expression)
            if expression.head in ("symbol", "constant"):
                return
            text = self._plain(expression)
            counts[text] += 1
            if counts[text] > 1 or text in self.names:
                return
            for part in expression.arguments:
                visit(part)
            inner_first.append((text, expression))

        for expression in expressions:
            visit(expression)
        shared = [expression for text, expression in inner_first if counts[text] > 1]
        return [self.define(f"{prefix}{number}", expression) for number, expression in enumerate(shared)]

    def write(self, expression: Expression) -> str:
        """The expression as text, with defined parts by their names."""
        return self._write(expression, self.names).text

    def _plain(self, expression: Expression) -> str:
        """The text without any names: equal for equal expressions."""
        key = id(expression)
        if key not in self._texts:
            self._texts[key] = expression, self._write(expression, {}).text
        return self._texts[key][1]

    def _expanded(self, expression: Expression) -> Expression:
        key = id(expression)
        if key not in self._full:
            full = expression
            while (further := self.expand(full.head, full.arguments)) is not None:
                full = further
            self._full[key] = expression, full
        return self._full[key][1]

    def _write(self, expression: Expression, names: Mapping[str, str]) -> _Part:
        expression = self._expanded(expression)
        head, arguments = expression.head, expression.arguments
        if head == "symbol":
            return _Part(arguments[0], _ATOM)
        if head == "constant":
            text = self.dialect.number(arguments[0])
            return _Part(text, _SIGN if text.startswith(("-", "−")) else _ATOM)
        if names and (name := names.get(self._plain(expression))):
            return _Part(name, _ATOM)
        parts = [self._write(part, names) for part in arguments]
        if head in self.dialect.infix:
            sign, strength = self.dialect.infix[head]
            # a − (b − c) keeps its parentheses, (a − b) − c loses them
            return _Part(f"{parts[0]:{strength}} {sign} {parts[1]:{strength + 1}}", strength)
        if head in self.dialect.forms:
            template, strength = self.dialect.forms[head]
            return _Part(template.format(*parts), strength)
        return _Part(f"{head}({', '.join(part.text for part in parts)})", _ATOM)


def write(expression: Expression, dialect: Dialect) -> str:
    """The expression as text in a dialect."""
    return Writer(dialect).write(expression)
