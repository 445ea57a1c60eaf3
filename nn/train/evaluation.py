"""How good is a model on data that it does not learn from?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import Tensor, no_grad
from autograd.errors import ArgumentTypeError, ArgumentValueError, ShapeError
from autograd.functions.bare import bare
from nn.module import Module
from nn.train.batches import as_batches, parts, sample_count

__all__ = ["Means", "Metrics", "as_metrics", "evaluate", "is_sum", "modes_kept", "number"]

Metrics = Mapping[str, Callable[[Any, Any], Any]] | Iterable[Callable[[Any, Any], Any]] | Callable[[Any, Any], Any]


def evaluate(
    model: Module,
    data: Any,
    loss: Callable[[Any, Any], Any],
    metrics: Metrics | None = None,
    *,
    batch_size: int | None = None,
) -> dict[str, float]:
    """Loss and metrics over all of some data, in evaluation mode and without recording.

    Parameters
    ----------
    model : Module
        Afterwards it, and every part of it, is in the mode in which it was.
    data : DataLoader, iterable of batches, or a tuple of two Tensors
        As for `fit`.
    loss : callable
        Takes the model's output and the targets, and returns a scalar.
    metrics : dict of callables, list of callables, or callable, optional
        These take the same.
    batch_size : int, optional
        Of two Tensors.

    Returns
    -------
    dict of str to float
        ``loss``, and the metrics by their names. They are means over the batches, weighted by the numbers of samples,
        as one large batch would give; of a loss with ``reduction="sum"``, the sum.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, ShapeError
        If something has another form, or there is no batch.

    Examples
    --------
    >>> import nn, nn.functional as F
    >>> model = nn.Linear(2, 1)
    >>> x, y = Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([[0.0], [0.0]])
    >>> result = evaluate(model, (x, y), F.mse_loss)
    >>> result["loss"] == F.mse_loss(model(x), y).item()
    True
    """
    named = as_metrics(metrics)
    summed = is_sum(loss)
    means = Means(summed)
    with modes_kept(model), no_grad():
        model.eval()
        for batch in as_batches(data, batch_size, shuffle=False):
            inputs, target = parts(batch)
            output = model(*inputs)
            values = {"loss": number("the loss", loss(output, target))}
            values.update({name: number(name, metric(output, target)) for name, metric in named.items()})
            means.add(values, sample_count(target))
    if not means.count:
        raise ArgumentValueError(
            "evaluate(): the data gave no batch; is it a generator that was used up before? Pass a DataLoader or a list"
        )
    return means.values


@contextmanager
def modes_kept(model: Module) -> Iterator[None]:
    """Put a model, and every part of it, afterwards into the mode, training or evaluation, that it had before."""
    if not isinstance(model, Module):
        raise ArgumentTypeError(f"the model is an nn.Module, not {type(model).__name__} {model!r:.40}")
    before = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, mode in before:
            module.training = mode


def as_metrics(metrics: Metrics | None) -> dict[str, Callable[[Any, Any], Any]]:
    """Metrics by name; functions that come without one go by their own.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If something cannot be called, or two go by one name.
    """
    if metrics is None:
        return {}
    if isinstance(metrics, Mapping):
        named = list(metrics.items())
    else:
        listed = [metrics] if callable(metrics) else list(metrics)
        named = [(getattr(metric, "__name__", type(metric).__name__), metric) for metric in listed]
    for name, metric in named:
        if isinstance(metric, type) or not callable(metric):
            raise ArgumentTypeError(f"a metric is a function of output and targets, not {metric!r:.40}")
        if name == "loss":
            raise ArgumentValueError("a metric cannot be called 'loss': that is the loss's name")
    if len(dict(named)) < len(named):
        raise ArgumentValueError("two metrics have one name: pass a dict of names to functions")
    return dict(named)


def is_sum(loss: Any) -> bool:
    """Whether a loss adds up over the samples of a batch. A plain function is taken to give their mean."""
    return getattr(loss, "reduction", "mean") == "sum"


def number(what: str, x: Any) -> float:
    """The number of a scalar Tensor.

    Raises
    ------
    ShapeError, ArgumentTypeError
        If there is not exactly one.
    """
    if isinstance(x, (Tensor, np.ndarray)):
        if math.prod(x.shape) != 1:
            raise ShapeError(
                f"{what} is one number for the whole batch, not a {type(x).__name__} of shape {x.shape}: take its "
                'mean() or sum(), or use reduction="mean"'
            )
        x = x.item()
    try:
        return float(bare(x))
    except (TypeError, ValueError) as problem:
        raise ArgumentTypeError(f"{what} is a number or a scalar Tensor, not {type(x).__name__} {x!r:.40}") from problem


class Means:
    """Means over batches as over one large batch: each counts as often as it has samples.

    Parameters
    ----------
    summed_loss : bool
        Whether the value called "loss" adds up instead.

    Attributes
    ----------
    values : dict of str to float
        The means until now.
    count : int
        Of samples.
    """

    def __init__(self, summed_loss: bool = False) -> None:
        self._summed = "loss" if summed_loss else None
        self.values: dict[str, float] = {}
        self.count = 0

    def add(self, values: Mapping[str, float], count: int) -> None:
        """Enter what a batch gave."""
        self.count += count
        share = count / self.count if self.count else 0.0
        means = self.values
        for name, value in values.items():
            mean = means.get(name, 0.0)
            means[name] = mean + (value if name == self._summed else (value - mean) * share)
