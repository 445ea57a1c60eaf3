"""Schedules that a function tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.errors import ArgumentTypeError, ArgumentValueError
from nn.optim.lr_scheduler.base import LRScheduler, checked_optimizer, for_each_group, memory, rates, remind
from nn.optim.optimizer import Optimizer

__all__ = ["LambdaLR", "MultiplicativeLR"]

Function = Callable[[int], float]


class LambdaLR(LRScheduler):
    """Sets the rate to that of the beginning times a function of the step.

    Parameters
    ----------
    optimizer : Optimizer
    lr_lambda : callable or list of callable
        Takes the number of the step; one for all groups, or one for each.
    last_epoch : int

    Notes
    -----
    A function is not part of ``state_dict``; of an object with ``__call__`` the attributes are.
    """

    _not_kept = LRScheduler._not_kept | {"lr_lambdas"}

    def __init__(self, optimizer: Optimizer, lr_lambda: Function | Sequence[Function], last_epoch: int = -1) -> None:
        self.lr_lambdas: list[Function] = for_each_group("lr_lambda", checked_optimizer(optimizer), lr_lambda)
        for function in self.lr_lambdas:
            if not callable(function):
                raise ArgumentTypeError(f"lr_lambda must be a function, not {type(function).__name__}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [lr * f(self.last_epoch) for f, lr in zip(self.lr_lambdas, self.base_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on later."""
        return {**super().state_dict(), "lr_lambdas": [memory(f) for f in self.lr_lambdas]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another schedule of this kind was; the functions stay."""
        super().load_state_dict(state_dict)
        for function, known in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=True):
            remind(function, known)

    def _check_state(self, known: dict[str, Any], state_dict: dict[str, Any]) -> None:
        super()._check_state(known, state_dict)
        count = len(state_dict["lr_lambdas"])
        if count != len(self.lr_lambdas):
            raise ArgumentValueError(f"the state is of {count} functions; here there are {len(self.lr_lambdas)}")


class MultiplicativeLR(LambdaLR):
    """Multiplies the rate by a function of the step, at every step but the first.

    Parameters
    ----------
    optimizer, lr_lambda, last_epoch
        As for `LambdaLR`.
    """

    def get_lr(self) -> list[float]:
        now = rates(self.optimizer)
        if self._is_initial:
            return now
        return [lr * f(self.last_epoch) for f, lr in zip(self.lr_lambdas, now, strict=False)]
