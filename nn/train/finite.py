"""A loss is nan: where did it begin, and what can be tried?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import AnomalyError, AutogradError, Tensor, detect_anomaly, enable_grad
from autograd.functions.bare import bare
from autograd.random import preserved_state
from autograd.saved import mark_changed

if TYPE_CHECKING:
    from nn.module import Module
    from nn.train.history import History

__all__ = ["NonFiniteError", "origin"]


class NonFiniteError(AutogradError, FloatingPointError):
    """The loss or its gradient has become nan or infinite; the training has stopped before that reached the weights.

    Attributes
    ----------
    history : History
        Of the training until then; its last step is the one that failed.
    step, epoch : int
        Which one that was.
    """

    def __init__(self, message: str, history: History, step: int, epoch: int) -> None:
        super().__init__(message)
        self.history = history
        self.step = step
        self.epoch = epoch


def origin(model: Module, loss: Callable[[Any, Any], Any], inputs: Iterable[Any], target: Any) -> str:
    """Where nan or infinity comes from in a batch, in words; the batch is computed once more to find out.

    Buffers (running statistics) and the default generator are as before afterwards.
    """
    inputs = list(inputs)
    if not inputs:
        return "The batch is not at hand any more to find out where it begins."
    for what, x in [*((f"input {number}", x) for number, x in enumerate(inputs)), ("the target", target)]:
        if count := _not_finite(x):
            return f"The data is not finite: {what} of the batch has {count} such entries."
    for name, parameter in model.named_parameters():
        if count := _not_finite(parameter):
            return f"The weights were not finite before this step: {count} entries of {name!r}."
    try:
        with _unchanged(model), preserved_state(), enable_grad(), detect_anomaly():
            loss(model(*inputs), target).backward()
    except AnomalyError as problem:
        return f"It begins here: {problem}."
    except Exception as problem:  # what failed is not this second pass, but the first one
        return f"Where it begins could not be found out ({type(problem).__name__}: {problem})."
    return (
        "Computed once more, the batch gives finite numbers: it depends on random draws, such as dropout's, or on "
        "earlier batches of this step."
    )


def _not_finite(x: Any) -> int:
    array = bare(x) if isinstance(x, Tensor) else x
    if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
        return 0
    return int(array.size - np.isfinite(array).sum())


@contextmanager
def _unchanged(model: Module) -> Iterator[None]:
    """Compute with a model, and leave its buffers and gradients as they were."""
    parameters, buffers = list(model.parameters()), list(model.buffers())
    gradients = [parameter.grad for parameter in parameters]
    arrays = [bare(buffer).copy() for buffer in buffers]
    for parameter in parameters:
        parameter.grad = None
    try:
        yield
    finally:
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        for buffer, array in zip(buffers, arrays, strict=True):
            bare(buffer)[...] = array
            mark_changed(bare(buffer))


def advice(lr: float, clips: bool) -> str:
    """What can be tried, in words."""
    tries = [f"a smaller learning rate (it is {lr:g})"] if math.isfinite(lr) else []
    if not clips:
        tries.append("clip_grad_norm=1.0")
    tries.append("a warm-up of the learning rate")
    tries.append("losses that take logits, in the place of log or exp of your own")
    return f"Try {', '.join(tries[:-1])}, or {tries[-1]}."
