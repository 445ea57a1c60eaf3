"""Is the forward pass being recorded right now?

The answer is a context variable, so threads and asyncio tasks each have their own.
"""

from __future__ import annotations

from contextlib import ContextDecorator
from contextvars import ContextVar, Token

__all__ = ["is_grad_enabled", "no_grad"]

_recording: ContextVar[bool] = ContextVar("recording", default=True)

is_grad_enabled = _recording.get
"""Whether operations are recorded in the current thread or task."""


class no_grad(ContextDecorator):
    """Compute without recording a graph, as a context manager or a decorator.

    Examples
    --------
    >>> from autograd import Value, no_grad
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.inputs
    (9.0, ())
    """

    def __init__(self) -> None:
        self._tokens: list[Token[bool]] = []

    def __enter__(self) -> no_grad:
        self._tokens.append(_recording.set(False))
        return self

    def __exit__(self, *exc_info: object) -> None:
        _recording.reset(self._tokens.pop())

    def _recreate_cm(self) -> no_grad:
        """Give each call of a decorated function a context of its own (it may run in several threads)."""
        return no_grad()
