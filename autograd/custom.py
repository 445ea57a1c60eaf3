"""How does a person add an operation of their own?

Either as a row, ``Op(name, forward, *rules)``, or as the texts write gates: a class with ``forward`` and
``backward``, made into a row by `gate`.
"""

from __future__ import annotations

import inspect
from typing import Any, Protocol

import numpy as np

from autograd.errors import ArgumentTypeError, ShapeError
from autograd.graph import Node
from autograd.ops.table import Op

__all__ = ["Gate", "gate"]


class Gate(Protocol):
    """A class with a forward and a backward pass."""

    def forward(self, *inputs: Any) -> Any:
        """Compute the output, and keep in ``self`` what ``backward`` needs."""

    def backward(self, upstream: Any) -> Any:
        """What reaches each input: a tuple or list, or for a single input the gradient itself.

        Options, which have defaults in ``forward``, may be left out.
        """


def gate(cls: type) -> Op:
    """Make an operation from a `Gate` class; usable as a decorator.

    Parameters
    ----------
    cls : type
        Its instances live for one pass: the backward pass makes a new one and runs it forward first, so nothing
        kept in ``self`` can go stale.

    Returns
    -------
    Op
        To be called on Values and Tensors like any other operation.

    Raises
    ------
    ArgumentTypeError, ShapeError
        When called, if ``forward`` returns more than one result; in the backward pass, if a gradient does not have the
        shape of its input. What the gate is given it cannot change: arrays come read-only.

    Examples
    --------
    >>> from autograd import Value
    >>> @gate
    ... class Multiply:
    ...     def forward(self, x, y):
    ...         self.x, self.y = x, y
    ...         return x * y
    ...
    ...     def backward(self, upstream):
    ...         return upstream * self.y, upstream * self.x
    >>> x, y = Value(2.0), Value(3.0)
    >>> Multiply(x, y).backward(5.0)
    >>> x.grad, y.grad
    (15.0, 10.0)
    """

    def forward(*inputs: Any) -> Any:
        y = cls().forward(*map(_read_only, inputs))
        if isinstance(y, (tuple, list)):
            raise ArgumentTypeError(f"{name}.forward returned {len(y)} results; a gate has one output")
        return y

    def all_rules(upstream: Any, y: Any, *inputs: Any) -> tuple[Any, ...]:
        instance = cls()
        instance.forward(*map(_read_only, inputs))
        received = instance.backward(_read_only(upstream))
        received = tuple(received) if isinstance(received, (tuple, list)) else (received,)
        if 0 < len(inputs) - len(received) <= options:
            received += (None,) * (len(inputs) - len(received))
        for x, share in zip(inputs, received, strict=False):
            _require_fitting(name, x, share, y)
        return received

    name = cls.__name__
    parameters = _parameters(cls)
    options = sum(default is not inspect.Parameter.empty for default in (parameters or {}).values())
    return Op(
        name,
        forward,
        all_rules=all_rules,
        deferred=True,
        formula=f"{name}.forward(…)",
        gradients=(f"{name}.backward(g)",),
        doc=(cls.__doc__ or "").strip(),
        parameters=parameters,
    )


def _parameters(cls: Any) -> dict[str, Any] | None:
    """The parameters of a gate's forward method with their defaults; None if it takes any number of inputs."""
    parameters = list(inspect.signature(cls.forward).parameters.values())[1:]
    if any(parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) for parameter in parameters):
        return None
    return {parameter.name: parameter.default for parameter in parameters}


def _read_only(x: Any) -> Any:
    """The caller's array, safe from a gate that works in place."""
    if isinstance(x, np.ndarray):
        x = x.view()
        x.flags.writeable = False
    return x


def _require_fitting(name: str, x: Any, share: Any, y: Any) -> None:
    """Refuse a gradient that is neither of the input's shape nor of one that the input was broadcast to."""
    if share is None or _shape(share) in (_shape(x), _shape(y)):
        return
    raise ShapeError(
        f"the backward pass of {name} returned a gradient of shape {_shape(share)} for an input of shape "
        f"{_shape(x)}; return one of that shape"
    )


def _shape(x: Any) -> tuple[int, ...]:
    return () if isinstance(x, Node) and not hasattr(x, "shape") else np.shape(x)
