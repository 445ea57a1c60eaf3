"""What do the loss curves of a run say about it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograd import ArgumentValueError

__all__ = ["Pattern", "recognise"]

PatternName = Literal[
    "healthy", "overfitting", "underfitting", "diverging", "rate too high", "rate too low", "not learning", "too short"
]


_FEW = 5
"""Fewer points than these are no curve."""

_GROUPS = 10
"""Into how many groups steps are put."""


@dataclass(frozen=True)
class Pattern:
    """What the curves of a run look like."""

    name: PatternName
    what: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.what}" + (f"\n    try: {self.advice}" if self.advice else "")


def recognise(
    history: Mapping[str, Sequence[float]] | Sequence[float] | Any,
    validation: Sequence[float] | None = None,
    target: float | None = None,
) -> Pattern:
    """Which of the known patterns do the loss curves of a run follow?

    Parameters
    ----------
    history : History, mapping, or sequence of float
        The training losses, or a mapping with them under "train_loss" or "loss" (and those of validation under
        "validation_loss" or "val_loss"). Of what `nn.train.fit` returns, or its ``to_dict``, the epochs are read, or
        where these are fewer than five, the steps in groups, since their batches differ.
    validation : sequence of float, optional
        The validation losses, at the same or at fewer points.
    target : float, optional
        Up to which training loss the model counts as fitted (default: a third of the first loss).

    Returns
    -------
    Pattern
        One of: diverging (the loss grows without bound or is nan), not learning (it does not fall at all), rate too
        high (it jumps), overfitting (validation rises while training falls), rate too low (it still falls steadily at
        the end, far from done), underfitting (it has settled high), healthy.

    Raises
    ------
    ArgumentValueError
        If there is no training loss.
    """
    train, held_out, noise = _curves(history, validation)
    if not train.size:
        raise ArgumentValueError("recognise(): the history has no training loss")
    finite = np.isfinite(train)
    if not finite.all() or train[-1] > 2 * max(train[0], 1e-12):
        place = int(np.argmin(finite)) if not finite.all() else int(np.argmax(train > 2 * train[0]))
        return Pattern(
            "diverging",
            f"the loss runs away from point {place} on" + ("" if finite.all() else " and is not finite"),
            "a learning rate ten times smaller, clip_grad_norm_, warm-up; detect_anomaly() shows where a nan arises",
        )
    if train.size < _FEW:
        return Pattern("too short", f"{train.size} points are too few to read a curve")
    start, end = train[0], float(np.median(train[-max(1, train.size // 10) :]))
    fitted = start / 3 if target is None else target
    steps = np.diff(train)
    steps[np.abs(steps) < 2 * noise] = 0.0
    travelled = float(np.abs(steps).sum())
    rises = float(steps[steps > 0].sum())
    # of the way that the curve went, how much was up again; a quiet fall has none
    jumps_on = (
        rises > 0.3 * travelled and float(np.abs(steps[len(steps) // 2 :]).mean()) > 0.1 * abs(end) + 1e-4 * start
    )
    if train.max() > 2 * max(start, 1e-12) or jumps_on:
        return Pattern(
            "rate too high",
            f"the loss jumps: from {start:.3g} up to {train.max():.3g}, and {rises / travelled:.0%} of its way was up",
            "a learning rate three to ten times smaller, larger batches, or a schedule that lowers the rate",
        )
    if start - end < max(0.02 * abs(start), 2 * noise):
        return Pattern(
            "not learning",
            f"the loss stays where it began: {start:.4g} → {end:.4g}",
            "a learning rate a hundred times larger; if that does not help, diagnose(model, loss, batch): dead units, "
            "zero initialisation, a layer without gradient, or targets that do not belong to the inputs",
        )
    if held_out.size >= 4:
        best = int(np.nanargmin(held_out))
        late = float(np.median(held_out[-max(1, held_out.size // 10) :]))
        if late - held_out[best] > 0.1 * abs(held_out[best]) and best < 0.8 * held_out.size:
            return Pattern(
                "overfitting",
                f"validation was best at point {best} ({held_out[best]:.4g}) and rose to {late:.4g} while the training "
                f"loss fell to {end:.4g}",
                "early stopping, weight decay, dropout, augmentation, more data, or a smaller model",
            )
    middle = float(np.median(train[train.size // 2 - 1 : train.size // 2 + 2]))
    # a curve that has settled fell nearly all the way in its first half
    still_falls = middle - end > max(0.3 * (start - middle), 0.005 * abs(start), 2 * noise)
    if end > fitted and still_falls:
        return Pattern(
            "rate too low",
            f"the loss falls steadily and is far from done: {start:.4g} → {end:.4g}",
            "a learning rate three to ten times larger, or more steps",
        )
    if end > fitted:
        return Pattern(
            "underfitting",
            f"the loss has settled at {end:.4g}, not far below {start:.4g}",
            "a wider or deeper model, less regularisation, better features; diagnose() tells if it can fit one batch",
        )
    return Pattern("healthy", f"the loss fell from {start:.4g} to {end:.4g}")


def _curves(history: Any, validation: Sequence[float] | None) -> tuple[np.ndarray, np.ndarray, float]:
    """The losses of training and of validation, and how uncertain a point of the first is."""
    noise = 0.0
    if hasattr(history, "to_dict"):
        history = history.to_dict()
    if isinstance(history, Mapping):
        given = history
        if isinstance(history.get("steps"), Mapping):  # that of nn.train
            given, noise = _of_a_training(history["steps"], history.get("epochs", {}))
        history = _first_of(given, "train_loss", "loss")
        validation = _first_of(given, "validation_loss", "val_loss") if validation is None else validation
    train = np.asarray([] if history is None else history, np.float64)
    held_out = np.asarray([] if validation is None else validation, np.float64)
    if train.ndim != 1 or held_out.ndim != 1:
        raise ArgumentValueError("recognise(): losses are flat lists of numbers")
    return train, held_out[np.isfinite(held_out)], noise


def _of_a_training(steps: Mapping[str, Any], epochs: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
    """The curves of a history of `nn.train`, and how uncertain a point is."""
    losses = np.asarray(steps.get("loss", ()), np.float64)
    if losses.size < _FEW or not np.isfinite(losses).all():
        return {**epochs, "train_loss": losses}, 0.0
    points, ends = list(epochs.get("train_loss", ())), epochs.get("step", ())
    if len(ends) > 1 and ends[-1] - ends[-2] < ends[0]:
        points.pop()  # of a part of an epoch, whose batches may be easier or harder than all of them
    spread, noise = float(np.std(np.diff(losses))) / 2**0.5, 0.0
    if len(points) < _FEW:
        size = max(1, losses.size // _GROUPS)
        points = [float(group.mean()) for group in np.array_split(losses, losses.size // size)]
        noise = spread / size**0.5
    first = float(losses[0])
    if first - points[0] > max(0.5 * points[0], 3 * spread) or points[0] > 100 * first > 0:
        points.insert(0, first)  # most of what happened had happened by the first point
    return {**epochs, "train_loss": points}, noise


def _first_of(given: Mapping[str, Any], *names: str) -> Any:
    return next((given[name] for name in names if name in given), None)
