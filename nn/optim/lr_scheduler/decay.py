"""Schedules that multiply the rate by something: at some steps, or at every one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from autograd.errors import ArgumentValueError
from nn.optim.lr_scheduler.base import LRScheduler, rates, whole
from nn.optim.optimizer import Optimizer

__all__ = ["ConstantLR", "ExponentialLR", "LinearLR", "MultiStepLR", "PolynomialLR", "StepLR"]


class StepLR(LRScheduler):
    """Multiplies the rate by ``gamma`` every ``step_size`` steps: lr·γ^⌊t/s⌋.

    Parameters
    ----------
    optimizer : Optimizer
    step_size : int
    gamma : float
    last_epoch : int
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = whole("step_size", step_size, 1)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        falls = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return _times(self.gamma if falls else 1, rates(self.optimizer))

    def _closed_form(self) -> list[float]:
        return _times(self.gamma ** (self.last_epoch // self.step_size), self.base_lrs)


class MultiStepLR(LRScheduler):
    """Multiplies the rate by ``gamma`` at each milestone.

    Parameters
    ----------
    optimizer : Optimizer
    milestones : iterable of int
        Steps, in any order; one that is listed twice counts twice.
    gamma : float
    last_epoch : int
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = sorted(whole("a milestone", at, 0) for at in milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return _times(self.gamma ** self.milestones.count(self.last_epoch), rates(self.optimizer))

    def _closed_form(self) -> list[float]:
        return _times(self.gamma ** bisect_right(self.milestones, self.last_epoch), self.base_lrs)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another schedule of this kind was, ours or PyTorch's."""
        super().load_state_dict(state_dict)
        if isinstance(self.milestones, Mapping):  # PyTorch counts them
            self.milestones = sorted(int(at) for at, times in self.milestones.items() for _ in range(times))


class ConstantLR(LRScheduler):
    """Multiplies the rate by ``factor`` for the first ``total_iters`` steps.

    Parameters
    ----------
    optimizer : Optimizer
    factor : float
        From 0 to 1; 0 cannot be undone, so that the rate stays 0.
    total_iters : int
    last_epoch : int
    """

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if not 0 < factor <= 1:
            raise ArgumentValueError(f"factor must be more than 0 and at most 1, not {factor}")
        self.factor = factor
        self.total_iters = whole("total_iters", total_iters, 0)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0:
            return _times(self.factor, rates(self.optimizer))
        return _times(1 / self.factor if self.last_epoch == self.total_iters else 1, rates(self.optimizer))

    def _closed_form(self) -> list[float]:
        return _times(1 if self.last_epoch >= self.total_iters else self.factor, self.base_lrs)


class LinearLR(LRScheduler):
    """Leads the rate in a straight line from ``start_factor`` to ``end_factor`` times itself: a warm-up.

    Parameters
    ----------
    optimizer : Optimizer
    start_factor : float
        More than 0, at most 1.
    end_factor : float
        From 0 to 1.
    total_iters : int
        Steps from one to the other.
    last_epoch : int
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ArgumentValueError(f"start_factor must be more than 0 and at most 1, not {start_factor}")
        if not 0 <= end_factor <= 1:
            raise ArgumentValueError(f"end_factor must be from 0 to 1, not {end_factor}")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = whole("total_iters", total_iters, 1)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0:
            return _times(self.start_factor, rates(self.optimizer))
        if self._is_initial or self.last_epoch > self.total_iters:
            return rates(self.optimizer)
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * rise
        return _times(1 + rise / before, rates(self.optimizer))

    def _closed_form(self) -> list[float]:
        share = min(self.total_iters, self.last_epoch) / self.total_iters
        return _times(self.start_factor + (self.end_factor - self.start_factor) * share, self.base_lrs)


class ExponentialLR(LRScheduler):
    """Multiplies the rate by ``gamma`` at every step: lr·γᵗ.

    Parameters
    ----------
    optimizer : Optimizer
    gamma : float
    last_epoch : int
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return _times(1 if self._is_initial else self.gamma, rates(self.optimizer))

    def _closed_form(self) -> list[float]:
        return _times(self.gamma**self.last_epoch, self.base_lrs)


class PolynomialLR(LRScheduler):
    """Leads the rate to 0 by a power of the steps that are left: lr·(1 − t/T)^p.

    Parameters
    ----------
    optimizer : Optimizer
    total_iters : int
        T.
    power : float
        p.
    last_epoch : int
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = whole("total_iters", total_iters, 1)
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self._is_initial or self.last_epoch > self.total_iters:
            return rates(self.optimizer)
        left, before = self.total_iters - self.last_epoch, self.total_iters - self.last_epoch + 1
        return _times((left / before) ** self.power, rates(self.optimizer))

    def _closed_form(self) -> list[float]:
        left = 1 - min(self.total_iters, self.last_epoch) / self.total_iters
        return _times(left**self.power, self.base_lrs)


def _times(factor: float, values: list[float]) -> list[float]:
    return [value * factor for value in values]
