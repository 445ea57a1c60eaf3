"""How is a network built from single numbers?

micrograd's Neuron, Layer and MLP: the same names, the same random draws, the same results. A neuron is one
dot-product node by default; with ``gates=True`` it is built from single additions and multiplications, as the
lecture draws it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

import autograd
from autograd import ShapeError, Value

__all__ = ["MLP", "Layer", "Module", "Neuron"]


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
    """w·x + b, then ReLU.

    Parameters
    ----------
    nin : int
        How many inputs it has. Weights are drawn from U(−1, 1) by Python's ``random``; the bias starts at 0.
    nonlin : bool
        Whether ReLU follows the weighted sum.
    gates : bool
        Record every multiplication and addition as a node of its own.
    """

    def __init__(self, nin: int, nonlin: bool = True, gates: bool = False) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin
        self.gates = gates

    def __call__(self, x: Iterable[Any]) -> Value:
        x = list(x)
        if len(x) != len(self.w):
            raise ShapeError(f"this neuron has {len(self.w)} weights and got {len(x)} inputs")
        if self.gates:
            act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        else:
            act = autograd.dot(self.w, x) + self.b
        return act.relu() if self.nonlin else act

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """``nout`` neurons that see the same ``nin`` inputs; options go to each `Neuron`."""

    def __init__(self, nin: int, nout: int, **options: Any) -> None:
        self.neurons = [Neuron(nin, **options) for _ in range(nout)]

    def __call__(self, x: Iterable[Any]) -> Any:
        """The list of outputs; of a layer of one neuron, its output alone."""
        x = list(x)
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """Layers one after another, ReLU after all but the last.

    Parameters
    ----------
    nin : int
        The number of inputs.
    nouts : sequence of int
        The number of neurons in each layer.
    gates : bool
        See `Neuron`.

    Examples
    --------
    >>> random.seed(0)
    >>> model = MLP(2, [3, 1])
    >>> len(model.parameters())
    13
    """

    def __init__(self, nin: int, nouts: Sequence[int], gates: bool = False) -> None:
        sizes = [nin, *nouts]
        self.layers = [
            Layer(sizes[i], sizes[i + 1], nonlin=i != len(nouts) - 1, gates=gates) for i in range(len(nouts))
        ]

    def __call__(self, x: Iterable[Any]) -> Any:
        for layer in self.layers:
            x = layer([x] if isinstance(x, Value) else x)
        return x

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"
