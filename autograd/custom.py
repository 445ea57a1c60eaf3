"""How does a person add an operation of their own?

Either as a row, ``Op(name, forward, *rules)``, or as the texts write gates: a class with ``forward`` and
``backward``, made into a row by `gate`.
"""

from __future__ import annotations

from typing import Any, Protocol

from autograd.ops.table import Op

__all__ = ["Gate", "gate"]


class Gate(Protocol):
    """A class with a forward and a backward pass."""

    def forward(self, *inputs: Any) -> Any:
        """Compute the output, and keep in ``self`` what ``backward`` needs."""

    def backward(self, upstream: Any) -> Any:
        """What reaches each input: a tuple or list, or for a single input the gradient itself."""


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
        return cls().forward(*inputs)

    def all_rules(upstream: Any, _output: Any, *inputs: Any) -> tuple[Any, ...]:
        instance = cls()
        instance.forward(*inputs)
        received = instance.backward(upstream)
        return tuple(received) if isinstance(received, (tuple, list)) else (received,)

    name = cls.__name__
    return Op(
        name,
        forward,
        all_rules=all_rules,
        deferred=True,
        formula=f"{name}.forward(…)",
        gradients=(f"{name}.backward(g)",),
        doc=(cls.__doc__ or "").strip(),
    )
