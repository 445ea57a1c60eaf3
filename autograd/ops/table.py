"""What is an operation, and where are all of them?

An `Op` states everything the system knows about one operation. Methods, functions, scalar kernels, pictures,
the generated documentation and the cases of the gradient-check test are all derived from it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np

from autograd.errors import ArgumentTypeError, ShapeError
from autograd.graph import Node
from autograd.symbolic import Expression, constant, mentions, symbol

__all__ = ["CANNOT_BE_WRITTEN", "PIECEWISE_CONSTANT", "TABLE", "Op", "Pattern", "Table", "entry"]

Pattern = Literal["distribute", "swap", "route", "scale", "sum"]
"""What a gate does with the blame that reaches it (the four patterns of the texts, and plain scaling).

distribute: hands it on unchanged to every input (add). swap: multiplies it by the *other* input (mul).
route: sends it to some inputs or entries and nothing to the others (max). scale: multiplies it by the local
slope (exp). sum: adds up what comes back from several copies (broadcasting).
"""

Rule = Callable[..., Any]
"""A VJP: ``rule(g, y, *inputs)`` is what reaches the input, from the upstream gradient g and the output y.

It is written with operators and NumPy functions only. For equality it uses ``np.equal``: ``==`` between two
`Value` nodes asks whether they are the same node.
"""

PIECEWISE_CONSTANT = frozenset(
    {
        np.less,
        np.less_equal,
        np.greater,
        np.greater_equal,
        np.equal,
        np.not_equal,
        np.logical_and,
        np.logical_or,
        np.logical_not,
        np.isfinite,
        np.isinf,
        np.isnan,
    }
)
"""NumPy functions that work on nodes, but through which no gradient flows: what they return is not recorded."""


class Op:
    """One row of the table of operations. Calling it computes, and records if an input is a node.

    Parameters
    ----------
    name : str
        The function's name, as users write it.
    forward : callable
        ``forward(*inputs)`` in NumPy; its keyword parameters with defaults are the operation's static arguments.
    *rules : callable or None
        For each differentiable input its VJP, ``rule(g, y, *inputs)``, in plain operators and NumPy functions.
        Broadcasting is undone by the engine. None: no gradient flows to this input.
    sign : str, optional
        What is drawn on the node (default: the name).
    pattern : Pattern
        Which gate pattern the backward pass follows.
    operator : str, optional
        The Python operator method that stands for it: ``"add"`` gives ``__add__`` and ``__radd__``.
    numpy : sequence of callables
        The NumPy functions that mean the same, beside ``forward`` itself.
    elementwise : bool
        Whether the operation acts entry by entry (then it is an operation on scalars too).
    floating : bool
        Whether the result is a floating-point number even for integers.
    at_kink : str
        What happens where the derivative does not exist or the value is infinite: decided once, here.
    kink : callable, optional
        ``kink(*inputs)`` is zero exactly where the derivative does not exist.
    domain : pair of float
        The open interval in which the first input has to lie for the result to be finite.
    formula, gradients : str, sequence of str
        How the rule reads; derived from the rule itself for elementwise operations.
    examples : sequence of tuples
        For array operations: argument tuples to check, with a shape in the place of each differentiable input.
        An array operation of any number of inputs takes its one static argument before them.
    all_rules : callable, optional
        For an operation of any number of inputs: ``all_rules(g, y, *inputs)`` returns what reaches each of them.
    linear : {"jointly", "each"}, optional
        What forward mode and the saving of values may rely on. jointly: linear in all differentiable inputs taken
        together (add, concatenate), so no rule looks at the numbers that went in. each: linear in each input while
        the others stay (matrix product), so no rule looks at the output.
    scalar : bool, optional
        Whether the operation works on `Value` (default: elementwise ones, and those of any number of inputs).
    deferred : bool
        Call ``all_rules`` in the backward pass only, with the upstream gradient that really arrives: a person's own
        gate may clip or turn it, so it need not be linear in it.
    parameters : dict, optional
        The parameters and their defaults, where the forward function does not show them.
    of_rows : three callables, optional
        For an operation on two rows of scalars that is linear in each: the output ``f(a, b)`` from the numbers of both,
        the local gradients ``f(b)`` of the first row, and those of the second, ``f(a)``; a tuple may be longer than
        its row.
    together : bool
        Whether one call of `flow` computes the gradients of all inputs (default: as ``all_rules`` does).

    module : str
        The public module whose function it is; autograd itself shows only its own.

    Attributes
    ----------
    composition : callable or None
        What a fused operation is made of, see `autograd.ops.fused`.
    """

    composition: Callable[..., Any] | None = None
    keeping: Callable[..., tuple[Any, Any]] | None = None
    """A forward function that returns the output and what the backward pass wants to have kept (fused operations)."""

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        *rules: Rule | None,
        sign: str | None = None,
        pattern: Pattern = "scale",
        operator: str | None = None,
        numpy: tuple[Callable[..., Any], ...] = (),
        elementwise: bool = False,
        floating: bool = False,
        at_kink: str = "",
        kink: Callable[..., Any] | None = None,
        domain: tuple[float, float] = (-np.inf, np.inf),
        formula: str | None = None,
        gradients: tuple[str, ...] = (),
        examples: tuple[tuple[Any, ...], ...] = (),
        all_rules: Callable[..., Sequence[Any]] | None = None,
        linear: Literal["jointly", "each"] | None = None,
        scalar: bool | None = None,
        deferred: bool = False,
        parameters: dict[str, Any] | None = None,
        of_rows: tuple[Callable[..., float], Callable[..., Any], Callable[..., Any]] | None = None,
        together: bool = False,
        module: str = "autograd",
        doc: str = "",
    ) -> None:
        self.name = self.__name__ = name
        self.forward = forward
        self.module = module
        self.rules = rules
        self.all_rules = all_rules
        self.of_rows = of_rows
        self.together = together or all_rules is not None
        self.linear = linear
        self.promotes = elementwise or operator is not None
        self.scalar = elementwise or all_rules is not None if scalar is None else scalar
        self.deferred = deferred
        self.sign = sign or name
        if pattern not in get_args(Pattern):
            raise ArgumentTypeError(f"{name}: the pattern must be one of {get_args(Pattern)}, not {pattern!r}")
        self.pattern: Pattern = pattern
        self.operator = operator
        self.numpy = (forward, *numpy)
        self.elementwise = elementwise
        self.floating = floating
        self.at_kink = at_kink
        self.kink = kink
        self.domain = domain
        self.examples = examples
        self.doc = doc
        self.is_entered = False
        if parameters is not None:
            self.parameters = parameters
        self.counts_inputs = all_rules is None or parameters is not None
        self._formula = formula
        self._gradients = gradients

    @property
    def variadic(self) -> bool:
        """Whether the operation takes any number of inputs."""
        return self.all_rules is not None

    @cached_property
    def needs_output(self) -> bool:
        """Whether a rule looks at the output's numbers."""
        return self.linear is None and self._looks_at("y")

    def needs(self, position: int) -> bool:
        """Whether a rule looks at the numbers of this input."""
        if self.linear == "jointly":
            return False
        return self.linear is not None or not self.elementwise or position in self._needed

    @cached_property
    def _needed(self) -> frozenset[int]:
        return frozenset(i for i, name in enumerate(self.parameters) if self._looks_at(name))

    def _looks_at(self, name: str) -> bool:
        """Whether any rule mentions a symbol; True where the rules cannot be written out."""
        if not self.elementwise:
            return True
        try:
            written = [self.rule_expression(index) for index in range(len(self.rules))]
        except CANNOT_BE_WRITTEN:
            return True
        return any(rule is not None and mentions(rule, name) for rule in written)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The forward function's parameters: name → default, or `inspect.Parameter.empty`."""
        if isinstance(self.forward, np.ufunc):
            return dict.fromkeys(("a", "b", "c")[: self.forward.nin], inspect.Parameter.empty)
        return {name: parameter.default for name, parameter in inspect.signature(self.forward).parameters.items()}

    def bind(self, inputs: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, ...]:
        """All inputs by position, static arguments filled in from their defaults.

        Raises
        ------
        ArgumentTypeError
            If there are too many or too few, or an option is unknown.
        """
        if not self.counts_inputs and not options:
            return inputs
        bound = list(inputs)
        named = self._named(options) if options else {}
        for name, value in self._defaults[len(inputs) :]:
            if name in named:
                value = named.pop(name)
            elif value is inspect.Parameter.empty:
                raise ArgumentTypeError(f"{self.name}() needs an argument for '{name}': {self.usage}")
            bound.append(value)
        if named or len(bound) > len(self._defaults):
            surplus = ", ".join(map(repr, named)) or f"{len(bound)} arguments"
            raise ArgumentTypeError(f"{self.name}() cannot take {surplus}: {self.usage}")
        return tuple(bound)

    def _named(self, options: dict[str, Any]) -> dict[str, Any]:
        """Keyword arguments under our names."""
        named: dict[str, Any] = {}
        for given, value in options.items():
            name = given if given in self.parameters else SYNONYMS.get(given, given)
            if name in named:
                raise ArgumentTypeError(f"{self.name}() got {name!r} under two names, which mean the same: give one")
            named[name] = value
        return named

    @cached_property
    def _defaults(self) -> list[tuple[str, Any]]:
        return list(self.parameters.items())

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        if options or len(inputs) != len(self._defaults):
            inputs = self.bind(inputs, options)
        for x in inputs:
            if isinstance(x, Node):
                if self.all_rules is None:
                    for static in inputs[len(self.rules) :]:
                        if isinstance(static, Node):
                            self._refuse_node(static, inputs)
                return x._apply(self, inputs)
            if isinstance(x, Expression):
                return x._apply(self, inputs)
        return self.forward(*inputs)

    def _refuse_node(self, node: Node, inputs: tuple[Any, ...]) -> None:
        """Refuse a node in the place of a static argument, where its gradient would silently be lost."""
        name = next(name for (name, _), x in zip(self._defaults, inputs, strict=False) if x is node)
        raise ArgumentTypeError(
            f"{self.name}(): no gradient can flow to '{name}', so it takes a plain number, not a "
            f"{type(node).__name__}: pass .data if that is what you want"
        )

    def flow(
        self,
        g: Any,
        y: Any,
        inputs: Sequence[Any],
        wanted: Sequence[bool],
        kept: Any = None,  # noqa: ARG002 (only fused operations keep something)
    ) -> list[Any]:
        """What reaches each input from the upstream gradient ``g``; None where nothing does or it is not wanted.

        ``kept`` is what the forward pass kept beside the output.

        Raises
        ------
        ShapeError
            If a rule for any number of inputs returns another number of gradients.
        """
        if self.all_rules is None:
            rules = (*self.rules, *[None] * (len(inputs) - len(self.rules)))
            pairs = zip(rules, wanted, strict=True)
            return [rule(g, y, *inputs) if rule is not None and want else None for rule, want in pairs]
        received = self.all_rules(g, y, *inputs)
        if len(received) != len(inputs):
            raise ShapeError(
                f"the backward pass of {self.name} returned {len(received)} gradients for {len(inputs)} inputs; "
                "return one for each"
            )
        return [gradient if want else None for gradient, want in zip(received, wanted, strict=True)]

    @property
    def usage(self) -> str:
        """How to call it: ``leaky_relu(a, negative_slope=0.01)``."""
        empty = inspect.Parameter.empty
        if self.variadic:
            return f"{self.name}(…)"
        parts = (name if value is empty else f"{name}={value!r}" for name, value in self.parameters.items())
        return f"{self.name}({', '.join(parts)})"

    # --- the rules, written out -------------------------------------------------------------------------------

    @cached_property
    def symbols(self) -> tuple[Expression, ...]:
        """A symbol for each parameter.

        Raises
        ------
        ArgumentTypeError
            If a parameter has a name that stands for something else in rules.
        """
        if reserved := {"g", "y"} & set(self.parameters):
            raise ArgumentTypeError(f"{self.name}: name its inputs otherwise than {', '.join(sorted(reserved))}")
        return tuple(symbol(name) for name in self.parameters)

    @cached_property
    def expression(self) -> Expression:
        """The forward function, written out (elementwise operations)."""
        return self.forward(*self.symbols)

    def rule_expression(self, index: int) -> Expression | None:
        """The rule of one input, written out in g, y and the inputs."""
        rule = self.rules[index] if index < len(self.rules) else None
        if rule is None:
            return None
        written = rule(symbol("g"), symbol("y"), *self.symbols)
        return written if isinstance(written, Expression) else constant(written)

    @property
    def formula(self) -> str:
        """The forward function as people write it."""
        if self._formula is None:
            try:
                self._formula = repr(self.expression)
            except CANNOT_BE_WRITTEN:
                self._formula = self.usage
        return self._formula

    @property
    def gradients(self) -> tuple[str, ...]:
        """For each differentiable input, what reaches it, as people write it."""
        if not self._gradients:
            try:
                rules = [self.rule_expression(index) for index in range(len(self.rules))]
                self._gradients = tuple("—" if rule is None else repr(rule) for rule in rules)
            except CANNOT_BE_WRITTEN:
                self._gradients = ("its rule",) * len(self.rules)
        return self._gradients

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        rules = "; ".join(f"{name}: {text}" for name, text in zip(self.parameters, self.gradients, strict=False))
        body = (self.doc, f"Backward, with upstream g and output y: {rules}.", self.at_kink)
        return "\n".join([f"{self.usage} = {self.formula}", "", *filter(None, body)])

    def __repr__(self) -> str:
        return f"<op {self.usage}>"


SYNONYMS = {
    "dim": "axis",
    "dims": "axis",
    "keepdim": "keepdims",
    "a_min": "min",
    "a_max": "max",
    "input": "a",
    "other": "b",
    "x": "a",
    "x1": "a",
    "x2": "b",
}
"""What PyTorch and NumPy call the parameters that have one name here."""


class Table:
    """The operations by name, and by the NumPy functions and Python operators that mean them.

    Functions that are made of several operations are registered beside the rows, under their NumPy counterparts.
    """

    def __init__(self) -> None:
        self._by_name: dict[str, Op] = {}
        self._by_function: dict[Callable[..., Any], Callable[..., Any]] = {}

    def add(self, op: Op) -> Op:
        """Enter an operation.

        Raises
        ------
        ValueError
            If the name is taken.
        """
        if op.name in self._by_name:
            raise ValueError(f"the table already has an operation named {op.name!r}")
        self._by_name[op.name] = op
        op.is_entered = True
        for function in op.numpy:
            self._by_function.setdefault(function, op)
        return op

    def __getitem__(self, name: str) -> Op:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Op]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def of_numpy(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """The operation, or the function made of operations, that a NumPy function or ufunc means."""
        return self._by_function.get(function)

    def translate(self, function: Callable[..., Any], made: Callable[..., Any]) -> None:
        """Let a NumPy function, called with nodes, mean ``made``, which takes NumPy's arguments."""
        self._by_function[function] = made


CANNOT_BE_WRITTEN = (TypeError, AttributeError, ValueError)
"""What a person's rule raises when it is called with symbols but needs numbers; it then runs as it is."""

TABLE = Table()


def entry(name: str, forward: Callable[..., Any], *rules: Rule | None, **facts: Any) -> Op:
    """Enter an operation into the table; see `Op` for the arguments."""
    return TABLE.add(Op(name, forward, *rules, **facts))
