"""How is a network built from single numbers?

micrograd's Neuron, Layer and MLP: the same names, the same random draws, the same results. A neuron's weighted sum is
one node by default; with ``gates=True`` it is built from single additions and multiplications, as the lecture draws it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from operator import methodcaller
from typing import Any

from autograd import TABLE, ArgumentTypeError, ArgumentValueError, ShapeError, Value
from autograd.functions.scalars import row_of, weighted_sums
from autograd.graph import Row
from autograd.random import numpy_generator

__all__ = ["MLP", "Layer", "Module", "Neuron"]

INITIALISATIONS = ("uniform", "xavier", "he", "zeros")
"""How a weight is drawn: from U(−1, 1), as in micrograd; from N(0, 2/(inputs + neurons)), Glorot and Bengio 2010,
equation 12; from N(0, 2/inputs), He et al. 2015, equation 10; or not at all: then neurons stay equal."""


class _PythonsDraws:
    """Python's ``random`` under the names of NumPy's generators: micrograd's draws, if nobody names another source."""

    uniform = staticmethod(random.uniform)
    normal = staticmethod(random.gauss)


class Module:
    """What neurons, layers and networks have in common: parameters, and gradients to reset."""

    def parameters(self) -> list[Value]:
        """The Values to train, in order."""
        return []

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero."""
        for p in self.parameters():
            p.grad = 0.0


class Neuron(Module):
    """w·x + b, then a bend.

    Parameters
    ----------
    nin : int
        How many inputs it has.
    nonlin : bool
        Whether the bend follows the weighted sum.
    gates : bool
        Record every multiplication and addition as a node of its own.
    activation : str or callable
        The bend: the name of an elementwise operation of one input ("relu", "tanh", "sigmoid", "gelu" …), or a
        function of one Value.
    init : str or callable
        How a weight is drawn: a name from `INITIALISATIONS`, or a function of no arguments that returns a number. The
        bias starts at 0.
    generator : Generator, optional
        Where the draws come from (default: Python's ``random``, as in micrograd).
    fan_out : int
        How many neurons its layer has (for "xavier").

    Raises
    ------
    ArgumentValueError, ArgumentTypeError
        If the activation or the initialisation is unknown.
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        gates: bool = False,
        activation: str | Callable[[Value], Value] = "relu",
        init: str | Callable[[], float] = "uniform",
        generator: Any = None,
        fan_out: int = 1,
    ) -> None:
        if nin < 1:
            raise ArgumentValueError(f"a neuron has at least one input, not {nin}")
        draw = _PythonsDraws if generator is None else numpy_generator(generator)
        self.bend = _bend(activation)
        self.name = activation if isinstance(activation, str) else getattr(activation, "__name__", "bend")
        self._row = row_of([*(Value(_drawn(init, nin, fan_out, draw)) for _ in range(nin)), Value(0.0)], "Neuron")
        self.nonlin = nonlin
        self.gates = gates

    @property
    def w(self) -> tuple[Value, ...]:
        """The weights, one for each input."""
        return tuple(self._row[:-1])

    @w.setter
    def w(self, weights: Iterable[Value]) -> None:
        self._row = row_of([*weights, self.b], "Neuron")

    @property
    def b(self) -> Value:
        """The bias."""
        return self._row[-1]

    @b.setter
    def b(self, bias: Value) -> None:
        self._row = row_of([*self.w, bias], "Neuron")

    def __call__(self, x: Iterable[Any]) -> Value:
        return _outputs([self], x)[0]

    def _sum_from_gates(self, x: Sequence[Any]) -> Value:
        if len(x) != len(self.w):
            raise ShapeError(f"a neuron with {len(self.w)} weights (and a bias) got {len(x)} inputs")
        return sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)

    def parameters(self) -> list[Value]:
        """The weights and the bias; a plain number in the place of one is not trained."""
        return list(self._row) if type(self._row) is Row else [p for p in self._row if isinstance(p, Value)]

    def __repr__(self) -> str:
        name = {"relu": "ReLU"}.get(self.name, self.name)
        return f"{name if self.nonlin else 'Linear'}Neuron({len(self._row) - 1})"


def _outputs(neurons: Sequence[Neuron], x: Iterable[Any]) -> list[Value]:
    """What neurons make of the inputs that they share."""
    if neurons[0].gates:
        x = list(x)
        sums = [neuron._sum_from_gates(x) for neuron in neurons]
    else:
        sums = weighted_sums([neuron._row for neuron in neurons], x)
    return [neuron.bend(z) if neuron.nonlin else z for neuron, z in zip(neurons, sums, strict=True)]


def _bend(activation: Any) -> Callable[[Value], Value]:
    if isinstance(activation, str):
        known = sorted(op.name for op in TABLE if op.elementwise and len(op.rules) == 1)
        if activation not in known:
            raise ArgumentValueError(
                f"there is no activation {activation!r}; known are {', '.join(known)}, or give a function"
            )
        return methodcaller(activation)
    if not callable(activation):
        raise ArgumentTypeError(f"an activation is a name or a function of one Value, not {activation!r:.40}")
    return activation


def _drawn(init: Any, fan_in: int, fan_out: int, draw: Any) -> float:
    if callable(init):
        return init()
    if init not in INITIALISATIONS:
        raise ArgumentValueError(f"there is no initialisation {init!r:.40}; known are {', '.join(INITIALISATIONS)}")
    if init == "uniform":
        return draw.uniform(-1, 1)
    variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "zeros": 0.0}[init]
    return draw.normal(0, math.sqrt(variance))


class Layer(Module):
    """``nout`` neurons (at least one) that see the same ``nin`` inputs; options go to each `Neuron`."""

    def __init__(self, nin: int, nout: int, **options: Any) -> None:
        if nout < 1:
            raise ArgumentValueError(f"a layer has at least one neuron, not {nout}")
        self.neurons = [Neuron(nin, **{"fan_out": nout, **options}) for _ in range(nout)]

    def __call__(self, x: Iterable[Any]) -> Any:
        """The list of outputs; of a layer of one neuron, its output alone."""
        out = _outputs(self.neurons, x)
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """Layers one after another, a bend after all but the last.

    Parameters
    ----------
    nin : int
        The number of inputs.
    nouts : sequence of int
        The number of neurons in each layer.
    gates, activation, init, generator
        See `Neuron`.

    Examples
    --------
    >>> random.seed(0)
    >>> model = MLP(2, [3, 1])
    >>> len(model.parameters())
    13
    """

    def __init__(self, nin: int, nouts: Sequence[int], gates: bool = False, **options: Any) -> None:
        sizes = [nin, *nouts]
        self.layers = [
            Layer(sizes[i], sizes[i + 1], nonlin=i != len(nouts) - 1, gates=gates, **options) for i in range(len(nouts))
        ]

    def __call__(self, x: Iterable[Any]) -> Any:
        for layer in self.layers:
            x = layer([x] if isinstance(x, Value) else x)
        return x

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"
