"""What goes on inside a network in training: how large are gradients, weights, updates and activations?

A `Monitor` looks on while a model trains, and warns in plain words where the numbers leave the range in which training
works. It changes nothing: the run's numbers are the same with and without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np

from autograd import ArgumentTypeError, Tensor
from autograd.functions.bare import bare
from nn.module import Module
from nn.utils.clip_grad import norm_of

__all__ = ["LIMITS", "Limits", "Monitor", "Snapshot", "gradient_norms", "total_norm", "weight_norms"]


@dataclass(frozen=True)
class Limits:
    """Where a warning begins."""

    exploding: float = 100.0
    """A gradient norm above this explodes."""
    vanishing: float = 1e-7
    """A gradient norm below this vanishes."""
    dead: float = 0.5
    """A larger share than this of a layer's ReLUs that are 0 for the whole batch is too large."""
    saturated: float = 0.5
    """A larger share than this of a sigmoid's or tanh's outputs within 0.05 of their bounds is too large."""
    update_high: float = 1e-1
    """A step that changes a layer's weight matrix by more than this part of its norm is too large."""
    update_low: float = 1e-6
    """A step that changes it by less than this part hardly trains."""


LIMITS = Limits()
"""Gradient norms above 100 and below 1e-7 as the texts have them; updates are healthy at about 1e-3 of the weights."""

_NEAR = 0.05
"""How close to its bounds a sigmoid's or tanh's output is saturated."""

_BOUNDED = {"Sigmoid": (0.0, 1.0), "Tanh": (-1.0, 1.0), "Hardsigmoid": (0.0, 1.0), "Hardtanh": (-1.0, 1.0)}
"""The bounds of the bends that have two."""

_RECTIFIERS = frozenset(("ReLU", "ReLU6"))
"""The bends whose units can be dead."""


@dataclass
class Snapshot:
    """What was seen in one step; every mapping goes from a layer's or parameter's path to a number."""

    step: int
    gradient_norm: float = math.nan
    """Of all gradients together; nan before a backward pass."""
    gradient_norms: dict[str, float] = field(default_factory=dict)
    weight_norms: dict[str, float] = field(default_factory=dict)
    update_ratios: dict[str, float] = field(default_factory=dict)
    """‖change of the weights‖ / ‖weights‖ in the latest step of the optimizer."""
    activation_mean: dict[str, float] = field(default_factory=dict)
    activation_std: dict[str, float] = field(default_factory=dict)
    dead: dict[str, float] = field(default_factory=dict)
    """The share of a ReLU layer's units that were 0 for every example of the batch."""
    saturated: dict[str, float] = field(default_factory=dict)
    """The share of outputs near their bounds."""
    warnings: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts and numbers, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        names = list(dict.fromkeys([*self.weight_norms, *self.activation_std]))
        columns: list[tuple[str, Mapping[str, float]]] = [
            ("gradient", self.gradient_norms),
            ("weight", self.weight_norms),
            ("update/weight", self.update_ratios),
            ("activation mean", self.activation_mean),
            ("and deviation", self.activation_std),
            ("dead", self.dead),
            ("saturated", self.saturated),
        ]
        columns = [(title, numbers) for title, numbers in columns if numbers]
        width = max([len(name) for name in names] + [5])
        lines = [f"step {self.step}, gradient norm {self.gradient_norm:.3g}"]
        lines.append("  ".join(["layer".ljust(width), *(title.rjust(max(9, len(title))) for title, _ in columns)]))
        for name in names:
            cells = (
                (f"{numbers[name]:.3g}" if name in numbers else "").rjust(max(9, len(title)))
                for title, numbers in columns
            )
            lines.append("  ".join([name.ljust(width), *cells]).rstrip())
        return "\n".join([*lines, *(f"! {warning}" for warning in self.warnings)])


def _norm(array: Any) -> float:
    """The Euclidean norm, in float64."""
    return norm_of([np.asarray(array, np.float64)])


def gradient_norms(model: Module) -> dict[str, float]:
    """The Euclidean norm of each parameter's gradient, by the parameter's path; those without one are left out."""
    return {name: _norm(bare(p.grad)) for name, p in model.named_parameters() if p.grad is not None}


def weight_norms(model: Module) -> dict[str, float]:
    """The Euclidean norm of each parameter, by its path."""
    return {name: _norm(bare(p)) for name, p in model.named_parameters()}


def total_norm(norms: Iterable[float]) -> float:
    """The norm of all parts together: the root of the sum of squares."""
    return math.hypot(*norms)


class Monitor:
    """Watches a model in training.

    Parameters
    ----------
    model : Module
    optimizer : Optimizer, optional
        Then each of its steps is compared with the weights before.
    every : int
        Look at every so many-th forward pass in training mode; the others cost nothing but a count.
    limits : Limits
        Where warnings begin.

    Raises
    ------
    ArgumentTypeError
        If ``model`` is not a Module.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    >>> with Monitor(model) as monitor:
    ...     model(Tensor([[1.0, 2.0]])).sum().backward()
    ...     seen = monitor.snapshot()
    >>> sorted(seen.weight_norms)
    ['0.bias', '0.weight', '2.bias', '2.weight']

    Notes
    -----
    Call ``snapshot()`` after ``backward()`` (and after the optimizer's step, for update ratios). Given to
    `nn.train.fit` as a callback it does so itself. ``history`` keeps what was seen.
    """

    def __init__(self, model: Module, optimizer: Any = None, every: int = 1, limits: Limits = LIMITS) -> None:
        if not isinstance(model, Module):
            raise ArgumentTypeError(f"Monitor(): the model must be a Module, not {type(model).__name__}")
        self.model = model
        self.optimizer = optimizer
        self.every = max(1, every)
        self.limits = limits
        self.history: list[Snapshot] = []
        self._handles: list[Any] = []
        self._activations: dict[str, tuple[str, np.ndarray]] = {}
        self._before: dict[str, np.ndarray] = {}
        self._changes: dict[str, float] = {}
        self._passes = 0

    # --- looking on -------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Begin to look on."""
        if self._handles:
            return self
        self._handles.append(self.model.register_forward_pre_hook(self._count))
        for name, module in self.model.named_modules():
            if not list(module.children()):
                self._handles.append(module.register_forward_hook(self._watcher(name or type(module).__name__)))
        if self.optimizer is not None:
            self._handles.append(self.optimizer.register_step_pre_hook(self._before_step))
            self._handles.append(self.optimizer.register_step_post_hook(self._after_step))
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Look on no more; what was seen stays."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    attach = __enter__

    def detach(self) -> None:
        """Look on no more; what was seen stays."""
        self.__exit__()

    @property
    def _is_looking(self) -> bool:
        return (self._passes - 1) % self.every == 0

    def _count(self, module: Module, args: Any) -> None:  # noqa: ARG002 (what hooks are called with)
        if module.training:
            self._passes += 1
            self._activations.clear()

    def _watcher(self, name: str) -> Callable[..., None]:
        def watch(module: Module, args: Any, out: Any) -> None:  # noqa: ARG001
            if module.training and self._is_looking and isinstance(out, Tensor) and out.dtype.kind == "f":
                self._activations[name] = (type(module).__name__, np.array(bare(out)))

        return watch

    def _before_step(self, *_: Any) -> None:
        if self._is_looking:
            self._before = {name: np.array(bare(p)) for name, p in self.model.named_parameters()}

    def _after_step(self, *_: Any) -> None:
        if not self._before:
            return
        self._changes = {}
        for name, p in self.model.named_parameters():
            before = self._before.get(name)
            if before is not None and before.shape == p.shape and (size := _norm(before)) > 0:
                self._changes[name] = _norm(bare(p) - before) / size
        self._before = {}

    # --- what was seen ----------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """What can be seen now, with warnings; it is kept in ``history``."""
        gradients = gradient_norms(self.model)
        seen = Snapshot(
            step=self._passes,
            gradient_norm=total_norm(gradients.values()) if gradients else math.nan,
            gradient_norms=gradients,
            weight_norms=weight_norms(self.model),
            update_ratios=dict(self._changes),
        )
        for name, (kind, out) in self._activations.items():
            if not out.size:
                continue
            seen.activation_mean[name] = float(out.mean(dtype=np.float64))
            seen.activation_std[name] = float(out.std(dtype=np.float64))
            if kind in _RECTIFIERS and out.ndim > 1:
                seen.dead[name] = dead_share(out)
            if kind in _BOUNDED:
                low, high = _BOUNDED[kind]
                margin = _NEAR * (high - low) / 2
                seen.saturated[name] = float(np.mean((out < low + margin) | (out > high - margin)))
        matrices = {name for name, p in self.model.named_parameters() if p.ndim > 1}
        seen.warnings = list(_warnings(seen, self.limits, matrices))
        self.history.append(seen)
        return seen

    def on_step_end(self, state: Any) -> None:  # noqa: ARG002 (nn.train calls it with the state of the run)
        """As a callback of `nn.train.fit`: keep a snapshot of the step."""
        if self._is_looking:
            self.snapshot()

    def on_train_begin(self, state: Any) -> None:
        """As a callback of `nn.train.fit`: begin to look on."""
        self.optimizer = self.optimizer or getattr(state, "optimizer", None)
        self.attach()

    def on_train_end(self, state: Any) -> None:  # noqa: ARG002
        """As a callback of `nn.train.fit`: look on no more."""
        self.detach()


def dead_share(out: np.ndarray) -> float:
    """The share of units that are 0 for every example, and at every place of an image.

    Units lie along axis 1. With three axes they may as well lie along the last, as in [batch, time, features]: then
    the larger share counts.
    """
    axes = (1, 2) if out.ndim == 3 else (1,)
    return max(float(np.mean(~np.any(out, axis=tuple({*range(out.ndim)} - {axis})))) for axis in axes)


def _warnings(seen: Snapshot, limits: Limits, matrices: Collection[str]) -> Iterable[str]:
    for name, size in seen.gradient_norms.items():
        if not math.isfinite(size):
            yield f"the gradient of {name} is not finite: look for its origin with autograd.detect_anomaly()"
    if seen.gradient_norm > limits.exploding and math.isfinite(seen.gradient_norm):
        yield (
            f"the gradient norm is {seen.gradient_norm:.3g}, above {limits.exploding:g}: it explodes. Try a smaller "
            "learning rate, clip_grad_norm_, or normalisation"
        )
    if seen.gradient_norm < limits.vanishing:
        yield (
            f"the gradient norm is {seen.gradient_norm:.3g}, below {limits.vanishing:g}: it vanishes. Try ReLU instead "
            "of sigmoid, residual connections, normalisation, or another initialisation"
        )
    elif seen.gradient_norms:
        vanished = [name for name, size in seen.gradient_norms.items() if size < limits.vanishing]
        if vanished:
            yield f"no gradient to speak of (below {limits.vanishing:g}) reaches {', '.join(vanished)}"
    for name, share in seen.dead.items():
        if share > limits.dead:
            yield (
                f"{share:.0%} of the ReLUs of {name} are dead (0 for the whole batch). Try a smaller learning rate, "
                "He initialisation, or LeakyReLU"
            )
    for name, share in seen.saturated.items():
        if share > limits.saturated:
            yield (
                f"{share:.0%} of the outputs of {name} are saturated, where the slope is near 0. Try smaller weights, "
                "normalised inputs, or ReLU"
            )
    for name, ratio in seen.update_ratios.items():
        if name not in matrices:  # biases begin at about 0, so that any step is large in proportion
            continue
        if ratio > limits.update_high:
            yield f"a step changes {name} by {ratio:.1%} of its norm: the learning rate may be too high"
        elif ratio < limits.update_low and name in seen.gradient_norms:
            yield f"a step changes {name} by {ratio:.1e} of its norm: the learning rate may be too low"
