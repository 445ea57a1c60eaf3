"""A schedule that looks at how learning goes."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from autograd.errors import ArgumentValueError
from nn.optim.lr_scheduler.base import LRScheduler, checked_optimizer, for_each_group, rates, whole
from nn.optim.optimizer import Optimizer, as_number

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(LRScheduler):
    """Multiplies the rate by ``factor`` when a metric has not become better for a while.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {"min", "max"}
        Whether less is better, as of a loss, or more.
    factor : float
        Less than 1.
    patience : int
        So many steps without improvement are borne; the next one reduces the rate.
    threshold : float
        What counts as an improvement: by this share of the best, or by this much.
    threshold_mode : {"rel", "abs"}
        Which of them.
    cooldown : int
        Steps after a reduction in which none is counted.
    min_lr : float or list of float
        The rate never falls below.
    eps : float
        A reduction by no more than this is left out.

    Raises
    ------
    ArgumentValueError
        If ``factor`` is not less than 1, or a mode is unknown.
    """

    _only_pytorchs = frozenset({"default_min_lr", "mode_worse"})

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        if not factor < 1:
            raise ArgumentValueError(f"factor must be less than 1, not {factor}")
        if mode not in ("min", "max"):
            raise ArgumentValueError(f"mode must be min or max, not {mode!r:.40}")
        if threshold_mode not in ("rel", "abs"):
            raise ArgumentValueError(f"threshold_mode must be rel or abs, not {threshold_mode!r:.40}")
        self.optimizer = checked_optimizer(optimizer)
        self.mode = mode
        self.factor = factor
        self.patience = whole("patience", patience, 0)
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = whole("cooldown", cooldown, 0)
        self.min_lrs = for_each_group("min_lr", optimizer, min_lr)
        self.eps = eps
        self.last_epoch = 0
        self.best = inf if mode == "min" else -inf
        self.cooldown_counter = 0
        self.num_bad_epochs = 0
        self._last_lr = rates(optimizer)

    def step(self, metrics: Any, epoch: int | None = None) -> None:  # type: ignore[override]
        """Look at a metric, and reduce the rates if it is time.

        Parameters
        ----------
        metrics : float or Tensor of one entry
            A validation loss, for example. A nan is no improvement.
        epoch : int, optional
            What ``last_epoch`` becomes (default: one more).
        """
        current = as_number("metrics", metrics)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(current):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = rates(self.optimizer)

    @property
    def in_cooldown(self) -> bool:
        """Whether a reduction was not long ago."""
        return self.cooldown_counter > 0

    def _is_better(self, current: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        if self.threshold_mode == "rel":
            return sign * current > sign * self.best * (1 + sign * self.threshold)
        return sign * current > sign * (self.best + sign * self.threshold)

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if len(set(self.min_lrs)) > 1:
                raise ArgumentValueError(
                    f"there are {len(self.min_lrs)} min_lrs for {len(groups)} parameter groups: was a group added "
                    "after the schedule was made? Set scheduler.min_lrs"
                )
            self.min_lrs = self.min_lrs[:1] * len(groups)
        for group, least in zip(groups, self.min_lrs, strict=True):
            reduced = max(group["lr"] * self.factor, least)
            if group["lr"] - reduced > self.eps:
                group["lr"] = reduced
