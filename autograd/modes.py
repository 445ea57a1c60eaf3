"""Is the forward pass being recorded right now?

The answer is a context variable, so threads and asyncio tasks each have their own.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from typing import Any

from autograd.errors import ArgumentTypeError

__all__ = ["Watching", "enable_grad", "inference", "inference_mode", "is_grad_enabled", "no_grad", "set_grad_enabled"]

_recording: ContextVar[bool] = ContextVar("recording", default=True)

is_grad_enabled = _recording.get
"""Whether operations are recorded in the current thread or task."""

pauses: list[None] = []
"""One entry for each ``no_grad`` that is open anywhere. While it is empty nobody needs to ask the context variable,
which would cost a scalar operation a tenth of its time."""

_watching: ContextVar[tuple[Any, ...]] = ContextVar("watching", default=())

active_watchers = _watching.get
"""The modes that see every operation on Tensors in the current thread or task, see `Watching`."""

watchers: list[None] = []
"""One entry for each of these modes that is open anywhere, for the same reason as ``pauses``."""


_differentiating: ContextVar[bool] = ContextVar("differentiating", default=False)

is_differentiating = _differentiating.get
"""Whether a transform (grad, jvp …) is calling a person's function in the current thread or task."""


@contextmanager
def differentiating() -> Iterator[None]:
    """While a transform calls a function, in which ``float(x)`` would lose a gradient without a word."""
    token = _differentiating.set(True)
    try:
        yield
    finally:
        _differentiating.reset(token)


class _SetRecording(ContextDecorator):
    """Switch recording for a block or a function."""

    enabled: bool

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """``@no_grad`` without parentheses decorates too."""
        made = super().__new__(cls)
        made._before = []  # type: ignore[attr-defined]
        return made if function is None else made(function)

    def __call__(self, func: Any) -> Any:
        if inspect.isgeneratorfunction(func) or inspect.iscoroutinefunction(func) or inspect.isasyncgenfunction(func):
            raise ArgumentTypeError(
                f"{type(self).__name__}() cannot decorate {func.__name__}, whose body runs later: use it inside, as in "
                f"'with {type(self).__name__}():'"
            )
        return super().__call__(func)

    def __enter__(self) -> Any:
        self._before.append(_recording.get())  # type: ignore[attr-defined]
        _recording.set(self.enabled)
        if not self.enabled:
            pauses.append(None)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if not self.enabled:
            pauses.pop()
        _recording.set(self._before.pop())  # type: ignore[attr-defined]

    def _recreate_cm(self) -> Any:
        """Give each call of a decorated function a context of its own (it may run in several threads)."""
        return type(self)()


class set_grad_enabled(_SetRecording):
    """Record a graph or not, as a flag says: at once, and as a context manager or a decorator until its end.

    Parameters
    ----------
    mode : bool
    """

    def __new__(cls, mode: bool) -> Any:
        made = super().__new__(cls)
        made.enabled = bool(mode)
        made.__enter__()
        made._is_set = True
        return made

    def __enter__(self) -> Any:
        if getattr(self, "_is_set", False):
            self._is_set = False
            return self
        return super().__enter__()

    def _recreate_cm(self) -> Any:
        return type(self)(self.enabled)

    def __call__(self, func: Any) -> Any:
        self.__exit__()
        return super().__call__(func)


class no_grad(_SetRecording):
    """Compute without recording a graph, as a context manager or a decorator.

    Raises
    ------
    ArgumentTypeError
        If it decorates a generator or a coroutine function, whose body would run outside of it.

    Examples
    --------
    >>> from autograd import Value, no_grad
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.inputs
    (9.0, ())
    """

    enabled = False


class inference(no_grad):
    """Compute without recording a graph, for programs that only evaluate; PyTorch's ``inference_mode``.

    The same as `no_grad`: what PyTorch saves in this mode is bookkeeping that is not done here in the first place.
    """


inference_mode = inference


class enable_grad(_SetRecording):
    """Record a graph again inside of `no_grad`, as a context manager or a decorator."""

    enabled = True


@contextmanager
def unwatched() -> Iterator[None]:
    """While a mode computes something itself."""
    token = _watching.set(())
    try:
        yield
    finally:
        _watching.reset(token)


class Watching(ContextDecorator):
    """Base of the modes that see every operation on Tensors, as context managers or decorators."""

    def __enter__(self) -> Any:
        _watching.set((*_watching.get(), self))
        watchers.append(None)
        return self

    def __exit__(self, *exc_info: object) -> None:
        watchers.pop()
        _watching.set(_watching.get()[:-1])

    def _recreate_cm(self) -> Any:
        """Give each call of a decorated function a context of its own."""
        return copy.copy(self)

    def saw_forward(self, out: Any, op: Any, inputs: Any) -> None:
        """An operation has been computed, and recorded if ``out`` is not a leaf."""

    def saw_backward(self, node: Any, upstream: Any, contributions: Any) -> None:
        """A node has handed on what reached it."""
