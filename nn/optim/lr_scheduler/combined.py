"""Schedules made of schedules: one after the other, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from autograd.errors import ArgumentTypeError, ArgumentValueError
from nn.optim.lr_scheduler.base import LRScheduler, checked_optimizer, rates, whole
from nn.optim.lr_scheduler.plateau import ReduceLROnPlateau
from nn.optim.optimizer import Optimizer

__all__ = ["ChainedScheduler", "SequentialLR"]


class _Combined(LRScheduler):
    _not_kept = LRScheduler._not_kept | {"_schedulers"}

    def _take(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer) -> None:
        for position, scheduler in enumerate(schedulers):
            if not isinstance(scheduler, LRScheduler):
                raise ArgumentTypeError(f"schedule {position} is a {type(scheduler).__name__}, not an LRScheduler")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ArgumentValueError(
                    f"schedule {position} is a ReduceLROnPlateau, whose step() needs a metric: it cannot be combined"
                )
            if scheduler.optimizer is not optimizer:
                raise ArgumentValueError(f"schedule {position} belongs to another optimizer")
        self.optimizer = optimizer
        self._schedulers = list(schedulers)

    def _undo(self) -> None:
        self.last_epoch -= 1
        for scheduler in self._schedulers:
            scheduler._undo()

    def _restart(self) -> None:
        self._begin_rates()
        self._initial_step()

    def _begin_rates(self) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = group.get("initial_lr", group["lr"])  # a group added since has none

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on later, with the states of all parts."""
        return {**super().state_dict(), "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another schedule of the same parts was."""
        parts = state_dict.get("_schedulers") if isinstance(state_dict, dict) else None
        if not isinstance(parts, (list, tuple)) or len(parts) != len(self._schedulers):
            raise ArgumentValueError(
                f"this is not the state of a {type(self).__name__} of {len(self._schedulers)} parts"
            )
        super().load_state_dict({"last_epoch": self._schedulers[0].last_epoch, **state_dict})
        for scheduler, part in zip(self._schedulers, parts, strict=True):
            scheduler.load_state_dict(part)


class SequentialLR(_Combined):
    """One schedule after the other; each begins anew when its turn comes.

    Parameters
    ----------
    optimizer : Optimizer
    schedulers : list of LRScheduler
        All of this optimizer.
    milestones : list of int
        The steps at which the next one takes over: one fewer.
    last_epoch : int

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If there is none, if they are of another optimizer, if there are too many milestones or too few, or if one is
        `ReduceLROnPlateau`.
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ) -> None:
        if len(milestones) != len(schedulers) - 1:
            raise ArgumentValueError(
                f"{len(schedulers)} schedules need one milestone fewer, and at least one schedule; there are "
                f"{len(milestones)} milestones"
            )
        self._take(schedulers, checked_optimizer(optimizer))
        self._milestones = [whole("a milestone", at, 0) for at in milestones]
        if self._milestones != sorted(self._milestones):
            raise ArgumentValueError(f"the milestones of a sequence must go up, not {self._milestones}")
        self.last_epoch = last_epoch
        self._begin_rates()
        for scheduler in schedulers:
            scheduler._undo()
        self._initial_step()

    def _initial_step(self) -> None:
        self.last_epoch += 1
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def step(self) -> None:  # type: ignore[override]
        """Go on to the next rates, with the schedule whose turn it is."""
        self.last_epoch += 1
        turn = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[turn]
        if turn > 0 and self._milestones[turn - 1] == self.last_epoch:
            scheduler._restart()
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_Combined):
    """Several schedules at once: each changes what the one before has made of the rate.

    Parameters
    ----------
    schedulers : sequence of LRScheduler
        All of one optimizer.
    optimizer : Optimizer, optional
        Which (default: that of the first).

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If there is none, if they are of several optimizers, or if one is `ReduceLROnPlateau`.
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if not schedulers:
            raise ArgumentValueError("there are no schedules to chain")
        self._take(schedulers, optimizer or schedulers[0].optimizer)
        self.last_epoch = self._schedulers[0].last_epoch
        self._last_lr = rates(self.optimizer)

    def step(self) -> None:  # type: ignore[override]
        """Go on to the next rates, with all schedules."""
        self.last_epoch += 1
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = rates(self.optimizer)

    def _initial_step(self) -> None:
        self.last_epoch += 1
        for scheduler in self._schedulers:
            scheduler._initial_step()
        self._last_lr = rates(self.optimizer)
