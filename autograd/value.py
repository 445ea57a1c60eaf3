"""What is a scalar node?

`Value` is one float64 that remembers how it was computed: micrograd's node, with every scalar operation of the
table. Its methods are made from the table; this file only says how a node is laid out and recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ArgumentTypeError, GraphError
from autograd.graph import Contribution, Node, Row, backpropagate_scalars, refuse_to_lose, require_recorded, steps
from autograd.kernels import kernel
from autograd.modes import enable_grad, is_grad_enabled, pauses
from autograd.ops.table import PIECEWISE_CONSTANT, TABLE, Op

__all__ = ["NUMBERS", "Value"]

NUMBERS = (int, float, np.integer, np.floating, np.bool_)
"""The kinds of plain number that a Value works with."""


class Value(Node):
    """A float64 that records what is computed from it.

    Parameters
    ----------
    data : int, float or NumPy scalar
    label : str, optional
        The name that pictures and messages use.

    Raises
    ------
    ArgumentTypeError
        If ``data`` is anything but a real number.

    Examples
    --------
    >>> x, y, z = Value(-2), Value(5), Value(-4)
    >>> f = (x + y) * z
    >>> f.backward()
    >>> f.data, x.grad, y.grad, z.grad
    (-12.0, -4.0, -4.0, 3.0)

    Notes
    -----
    Order comparisons go by value, ``==`` and hashing by identity. Leaves add up gradients over several calls of
    ``backward``; inner nodes hold the gradient of the last one.
    """

    # One or two inputs sit in the node itself, next to the local gradients computed with the output; only longer
    # rows of inputs take tuples (then _a is None). So a node is a single object to the garbage collector, holds
    # no cycle, dies with its last reference, and a backward step is a multiplication. A local gradient of None:
    # nothing flows there (a constant, or a closed gate). A leaf has neither _a nor _b. A deferred operation keeps
    # the numbers that it saw in _da and no local gradients. An operation on two rows of Values (see `Row`) has
    # them in _a and _b, and in _da and _db tuples that begin with their local gradients.
    __slots__ = ("_a", "_b", "_da", "_db", "data", "grad", "label", "op")

    def __init__(self, data: Any, label: str = "") -> None:
        if not isinstance(label, str):
            raise ArgumentTypeError(f"Value(): the label must be text, not {type(label).__name__} {label!r:.40}")
        self.data = _number(data, "Value()")
        self.grad = 0.0
        self.label = label
        self.op = None
        self._a = self._b = self._da = self._db = None

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What the operation was called with: Values and constants; empty for a leaf."""
        if self._a is None:
            return self._b or ()
        if type(self._a) is Row:
            return (*self._a, *self._b)
        op = self.op
        return (self._a,) if len(op.parameters) == 1 else (self._a, self._b)

    @property
    def local_gradients(self) -> tuple[float | None, ...]:
        """For each input the derivative of this node with respect to it; None for constants."""
        pairs = zip(self.inputs, self._locals(), strict=True)
        return tuple(None if type(x) is not Value else 0.0 if d is None else d for x, d in pairs)

    def _locals(self) -> Sequence[float | None]:
        """The local gradients as recorded: None where nothing flows, be it to a constant or through a closed gate."""
        if type(self._a) is Row:
            return (*self._da[: len(self._a)], *self._db[: len(self._b)])
        if self._a is not None:
            return (self._da,) if len(self.op.parameters) == 1 else (self._da, self._db)
        if self._b is not None and self._db is None:
            return self._deferred(1.0)
        return self._db or ()

    def _deferred(self, upstream: float) -> list[float | None]:
        """What a person's own gate sends to its inputs, from the numbers that it saw forward."""
        shares = self.op.flow(upstream, self.data, self._da, [type(x) is Value for x in self._b])
        return [None if share is None else _number(share, self.op.name) for share in shares]

    def backward(self, gradient: float = 1.0, create_graph: bool = False) -> None:
        """Backpropagate from this node: fill in ``grad`` of everything that it was computed from.

        Parameters
        ----------
        gradient : float
            The upstream gradient, by which all results are multiplied.
        create_graph : bool
            Record the backward pass too: then each ``grad`` is a Value that can be differentiated again.

        Raises
        ------
        GraphError
            If the node was computed under ``no_grad``.
        """
        require_recorded(self)
        if not create_graph:
            backpropagate_scalars(self, _number(gradient, "the upstream gradient"))
            return
        upstream = gradient if isinstance(gradient, Value) else Value(gradient)
        with enable_grad():
            for node, total, _ in steps({self: upstream}, create_graph=True):
                node.grad = node.grad + total if node.is_leaf else total

    def _one(self, create_graph: bool) -> Any:
        return Value(1.0) if create_graph else 1.0

    def _flow(self, upstream: Any, create_graph: bool) -> list[Contribution]:
        inputs, local = self.inputs, self._locals()
        received: Sequence[Any]
        if create_graph:
            self._require_unchanged()
            shares = self.op.flow(upstream, self, inputs, [type(x) is Value for x in inputs])
            received = [Value(share) if isinstance(share, NUMBERS) else share for share in shares]
        elif self._a is None and self._db is None:
            received = self._deferred(upstream)
        else:
            received = [None if d is None else upstream * d for d in local]
        nothing = Value(0.0) if create_graph else 0.0
        return [
            Contribution(x, position, d or 0.0, nothing if share is None else share)
            for position, (x, d, share) in enumerate(zip(inputs, local, received, strict=True))
            if type(x) is Value
        ]

    def _require_unchanged(self) -> None:
        """Refuse to differentiate through numbers that are no longer those of the forward pass.

        (The bare pass needs no such check: its local gradients were fixed then.)
        """
        again = self.op(*self.inputs)
        deferred = self.op.deferred  # its local gradients are not fixed: compare the numbers that it saw
        of = (lambda node: node._da) if deferred else lambda node: tuple(node._locals())
        if repr((again.data, of(again))) != repr((self.data, of(self))):
            name = f" ({self.label!r})" if self.label else ""
            raise GraphError(
                f"an input of {self.op.name}{name} was changed after the forward pass: "
                "backward(create_graph=True) would differentiate at the wrong point. Compute the graph again."
            )

    @classmethod
    def _apply(cls, op: Op, inputs: Sequence[Any]) -> Value:
        """Record an operation of any number of inputs."""
        if not op.scalar:
            raise ArgumentTypeError(f"{op.name} is an operation on arrays: it takes Tensors, not Values")
        inputs = tuple([x if type(x) is Value else _number(x, op.name) for x in inputs])
        numbers = [x.data if type(x) is Value else x for x in inputs]
        out = _new(Value)
        local: Sequence[Any] = ()
        recording = is_grad_enabled()
        if op.variadic:
            out.data = _number(op.forward(*numbers), op.name)
            if recording and not op.deferred:
                local = op.all_rules(1.0, out.data, *numbers)  # type: ignore[misc]
                if float in set(map(type, inputs)):
                    local = [d if type(x) is Value else None for d, x in zip(local, inputs, strict=True)]
        else:
            out.data, *local = _kernel(op, tuple([type(x) is Value for x in inputs]))(*numbers)
        out.grad, out.op, out.label = 0.0, op, ""
        out._a = out._b = out._da = out._db = None
        if recording:
            if op.deferred:
                out._b, out._da = inputs, tuple(numbers)
            elif len(inputs) <= 2 and not op.variadic:
                out._a, out._da = inputs[0], local[0]
                if len(inputs) == 2:
                    out._b, out._db = inputs[1], local[1]
            else:
                out._b, out._db = inputs, tuple(local)
        return out

    @classmethod
    def _of_rows(cls, op: Op, rows: Iterable[Row], shared: Row) -> list[Value]:
        """Record an operation on two rows that hold nothing but Values: on each of some rows with a shared one."""
        assert op.of_rows is not None
        compute, to_row, to_shared = op.of_rows
        recording = not pauses or is_grad_enabled()
        others = tuple([x.data for x in shared])
        local = to_row(others)
        nodes = []
        for row in rows:
            numbers = tuple([x.data for x in row])
            out = _new(Value)
            out.data = compute(numbers, others)
            out.grad = 0.0
            out.label = ""
            out.op = op
            if recording:
                out._a = row
                out._b = shared
                out._da = local
                out._db = to_shared(numbers)
            else:
                out._a = out._b = out._da = out._db = None
            nodes.append(out)
        return nodes

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        # NumPy sometimes hands on its own scalars as 0-d arrays
        inputs = tuple(x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x for x in inputs)
        if ufunc in PIECEWISE_CONSTANT and method == "__call__" and not options:
            return ufunc(*(_plain(x, f"np.{ufunc.__name__}") for x in inputs)).item()
        op = TABLE.of_numpy(ufunc)
        if op is None or method != "__call__" or options:
            raise ArgumentTypeError(f"np.{ufunc.__name__} ({method}) does not work on a Value")
        return op(*inputs)

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        op = TABLE.of_numpy(function)
        if op is None:
            raise ArgumentTypeError(f"np.{function.__name__} does not work on a Value")
        return op(*inputs, **options)

    def __float__(self) -> float:
        refuse_to_lose(self)
        return self.data

    def __int__(self) -> int:
        return int(self.data)

    def __bool__(self) -> bool:
        return self.data != 0

    def __lt__(self, other: Any) -> bool:
        return self.data < _plain(other, "<")

    def __le__(self, other: Any) -> bool:
        return self.data <= _plain(other, "<=")

    def __gt__(self, other: Any) -> bool:
        return self.data > _plain(other, ">")

    def __ge__(self, other: Any) -> bool:
        return self.data >= _plain(other, ">=")

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self.data}, grad={self.grad}{label})"

    def __getattr__(self, name: str) -> Callable[..., Value]:
        """Rows that people enter later are methods too."""
        if name in TABLE and TABLE[name].elementwise and name != "where":
            return partial(TABLE[name], self)
        raise AttributeError(f"a Value has no attribute {name!r}", name=name, obj=self)

    if TYPE_CHECKING:  # these, and every other method, are made from the table below
        data: float
        grad: Any
        label: str
        op: Any
        _a: Any
        _b: Any
        _da: Any
        _db: Any

        def __add__(self, other: Any) -> Value: ...
        def __radd__(self, other: Any) -> Value: ...
        def __sub__(self, other: Any) -> Value: ...
        def __rsub__(self, other: Any) -> Value: ...
        def __mul__(self, other: Any) -> Value: ...
        def __rmul__(self, other: Any) -> Value: ...
        def __truediv__(self, other: Any) -> Value: ...
        def __rtruediv__(self, other: Any) -> Value: ...
        def __pow__(self, other: Any) -> Value: ...
        def __rpow__(self, other: Any) -> Value: ...
        def __neg__(self) -> Value: ...
        def __abs__(self) -> Value: ...


_new: Callable[[type[Value]], Any] = object.__new__


def _number(x: Any, where: str) -> float:
    """A plain float from a real number.

    Raises
    ------
    ArgumentTypeError
    """
    if not isinstance(x, NUMBERS):
        raise ArgumentTypeError(f"{where}: {_refusal(x)}")
    try:
        return float(x)
    except OverflowError:
        raise ArgumentTypeError(f"{where}: an integer of {int(x).bit_length()} bits does not fit a float64") from None


def _refusal(x: Any) -> str:
    hint = ""
    if isinstance(x, (np.ndarray, list, tuple)):
        hint = "; for arrays there is Tensor"
    elif isinstance(x, Node):
        hint = "; the two do not mix in one graph: make both Values or both Tensors"
    shown = repr(x)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    return f"a Value works with Values, int, float and NumPy scalars, not with {type(x).__name__} {shown}{hint}"


def _plain(x: Any, where: str) -> float:
    return x.data if type(x) is Value else _number(x, where)


_kernel = cache(kernel)
"""The kernel of an operation, by which inputs need a local gradient; made when first needed."""


# Nearly all nodes of nearly all graphs come from these two makers of methods. They do what `Value._apply` does,
# for one and for two inputs, without building a tuple on the way.


def _unary(op: Op) -> Callable[[Value], Value]:
    compute = _kernel(op, (True,))

    def method(self):  # type: ignore[no-untyped-def]
        out = _new(Value)
        out.data, local = compute(self.data)
        out.grad = 0.0
        out.label = ""
        out.op = op
        out._b = out._db = None
        if not pauses or is_grad_enabled():
            out._a = self
            out._da = local
        else:
            out._a = out._da = None
        return out

    return method


def _binary(op: Op) -> tuple[Callable[[Value, Any], Value], Callable[[Value, Any], Value]]:
    both, left, right = (_kernel(op, needs) for needs in ((True, True), (True, False), (False, True)))

    def method(self, other):  # type: ignore[no-untyped-def]
        out = _new(Value)
        if type(other) is Value:
            out.data, da, db = both(self.data, other.data)
        else:
            if type(other) is not float:
                other = _number(other, op.name)
            out.data, da, db = left(self.data, other)
        out.grad = 0.0
        out.label = ""
        out.op = op
        if not pauses or is_grad_enabled():
            out._a = self
            out._b = other
            out._da = da
            out._db = db
        else:
            out._a = out._b = out._da = out._db = None
        return out

    def reflected(self, other):  # type: ignore[no-untyped-def]
        out = _new(Value)
        other = _number(other, op.name)
        out.data, da, db = right(other, self.data)
        out.grad = 0.0
        out.label = ""
        out.op = op
        if not pauses or is_grad_enabled():
            out._a = other
            out._b = self
            out._da = da
            out._db = db
        else:
            out._a = out._b = out._da = out._db = None
        return out

    return method, reflected


def _general(op: Op) -> Callable[..., Value]:
    def method(self: Value, *others: Any, **options: Any) -> Value:
        made: Value = op(self, *others, **options)
        return made

    return method


def _methods(op: Op) -> dict[str, Callable[..., Value]]:
    """The methods that one elementwise operation gives to `Value`, by name."""
    methods: dict[str, Callable[..., Value]] = {}
    if len(op.parameters) == 1:
        methods[op.name] = _unary(op)
    elif op.operator:
        methods[op.name], methods[f"__r{op.operator}__"] = _binary(op)
    else:
        methods[op.name] = _general(op)
    if op.operator:
        methods[f"__{op.operator}__"] = methods[op.name]
    return methods


def _install(op: Op) -> None:
    """Give `Value` the methods of one elementwise operation. They compile their kernels when first called."""
    names = [op.name]
    if op.operator:
        names += [f"__{op.operator}__", f"__r{op.operator}__"][: len(op.parameters)]
    for name in names:
        setattr(Value, name, _on_first_call(op, name))


def _on_first_call(op: Op, name: str) -> Callable[..., Value]:
    def stub(self: Value, *others: Any, **options: Any) -> Value:
        for each, method in _methods(op).items():
            method.__name__, method.__qualname__, method.__doc__ = each, f"Value.{each}", op.__doc__
            setattr(Value, each, method)
        made: Value = getattr(self, name)(*others, **options)
        return made

    stub.__name__, stub.__qualname__, stub.__doc__ = name, f"Value.{name}", op.usage
    return stub


for _op in TABLE:
    if _op.elementwise and _op is not TABLE["where"]:
        _install(_op)
