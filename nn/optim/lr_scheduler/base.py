"""What have all schedules in common: when do they set the rates, and how are they kept?"""

from __future__ import annotations

import copy
import types
import warnings
from typing import Any, ClassVar

from autograd.errors import ArgumentTypeError, ArgumentValueError
from nn.optim.optimizer import Optimizer, as_number

__all__ = ["LRScheduler", "checked_optimizer", "for_each_group", "memory", "rates", "remind", "whole"]


class LRScheduler:
    """Sets the learning rate of every parameter group. Base of all schedules.

    Parameters
    ----------
    optimizer : Optimizer
        Its rates are set to those of the beginning at once.
    last_epoch : int
        -1 to begin; otherwise where an earlier run ended, whose ``initial_lr`` are in the parameter groups.

    Attributes
    ----------
    last_epoch : int
        How often ``step`` was called.
    base_lrs : list of float
        The rate of each group before any schedule.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If ``optimizer`` is none, or if it does not know the rates that it began with.

    Notes
    -----
    A schedule of your own derives from this class and defines ``get_lr``, which returns a rate for each group. Where
    PyTorch computes a rate from the one before, so does this: schedules can then be combined, and a rate changed by
    hand lasts.
    """

    _not_kept: ClassVar[frozenset[str]] = frozenset({"optimizer", "_is_initial", "_steps_before"})
    _only_pytorchs: ClassVar[frozenset[str]] = frozenset()
    """What PyTorch keeps besides."""

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = checked_optimizer(optimizer)
        for position, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise ArgumentValueError(
                    f"last_epoch={last_epoch} goes on with an earlier run, but parameter group {position} has no "
                    "'initial_lr' of it: load the optimizer's state first, or begin with last_epoch=-1"
                )
        self.base_lrs = rates(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        self._steps_before = optimizer.steps_taken
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        self.step()
        self._is_initial = False

    def get_lr(self) -> list[float]:
        """The rate of each group at ``last_epoch``, computed from the present ones; see `get_last_lr` for those."""
        raise NotImplementedError(f"{type(self).__name__} must define get_lr()")

    def get_last_lr(self) -> list[float]:
        """The rate of each group that the schedule has set last."""
        return list(self._last_lr)

    def _closed_form(self) -> list[float]:
        """The rates at ``last_epoch``, computed from the beginning where that can be done."""
        return self.get_lr()

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next rates; to be called after the optimizer's ``step``.

        Parameters
        ----------
        epoch : int, optional
            Jump there. PyTorch discourages it.
        """
        if self._step_count == 1 and self.optimizer.steps_taken == self._steps_before:
            warnings.warn(
                "the schedule is stepped before the optimizer, which so never uses the first rate: call "
                "optimizer.step() first, then scheduler.step()",
                UserWarning,
                stacklevel=2,
            )
        self._step_count += 1
        if epoch is not None:
            warnings.warn("scheduler.step(epoch) is discouraged: call step() without it", UserWarning, stacklevel=2)
        self._go_to(epoch)

    def _go_to(self, epoch: int | None) -> None:
        if epoch is None:
            self.last_epoch += 1
            values = self.get_lr()
        else:
            self.last_epoch = epoch
            values = self._closed_form()
        groups = self.optimizer.param_groups
        if len(values) != len(groups):
            raise ArgumentValueError(
                f"the schedule has rates for {len(values)} parameter groups, the optimizer has {len(groups)}: was a "
                "group added after the schedule was made?"
            )
        for group, value in zip(groups, values, strict=True):
            group["lr"] = as_number("lr", value)
        self._last_lr = rates(self.optimizer)

    def _restart(self) -> None:
        """Begin anew, as a part of `SequentialLR` whose turn has come."""
        self._go_to(0)

    def _undo(self) -> None:
        """Take the first step back, as a part of `SequentialLR` whose turn has not come."""
        self.last_epoch -= 1

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on later: plain numbers, texts and lists. Functions are not kept."""
        return {key: copy.deepcopy(value) for key, value in vars(self).items() if key not in self._not_kept}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another schedule of this kind was.

        Parameters
        ----------
        state_dict : dict
            As `state_dict` gives it, ours or PyTorch's.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            If it is no dict, or not one of such a schedule.
        """
        known = self.state_dict()
        self._check_state(known, state_dict)
        for key in known.keys() & state_dict.keys() - self._not_kept:
            setattr(self, key, copy.deepcopy(state_dict[key]))

    def _check_state(self, known: dict[str, Any], state_dict: dict[str, Any]) -> None:
        if not isinstance(state_dict, dict):
            raise ArgumentTypeError(f"the state of a schedule is a dict, not a {type(state_dict).__name__}")
        missing = sorted(key for key in known.keys() - state_dict.keys() if not key.startswith("_"))
        unknown = sorted(
            key for key in state_dict.keys() - known.keys() - self._only_pytorchs if not key.startswith("_")
        )
        if missing or unknown:
            raise ArgumentValueError(
                f"this is not the state of a {type(self).__name__}: it lacks {missing or 'nothing'}, and has "
                f"{unknown or 'nothing'} besides"
            )

    def __repr__(self) -> str:
        now = ", ".join(f"{rate:.4g}" for rate in self._last_lr)
        return f"{type(self).__name__}(after {max(self.last_epoch, 0)} steps: lr={now})"


def checked_optimizer(optimizer: Any) -> Optimizer:
    """The optimizer itself, if it is one."""
    if not isinstance(optimizer, Optimizer):
        raise ArgumentTypeError(f"a schedule needs an Optimizer, not a {type(optimizer).__name__}")
    return optimizer


def rates(optimizer: Optimizer, key: str = "lr") -> list[float]:
    """One option of all groups."""
    return [group[key] for group in optimizer.param_groups]


def for_each_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """A value for each group: those given, or one for all."""
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise ArgumentValueError(f"{name} has {len(value)} entries; the optimizer has {count} parameter groups")
    return list(value)


def whole(name: str, value: Any, least: int) -> int:
    """An option that is a whole number from ``least`` on, as in ``10``, ``10.0``, or NumPy's."""
    number = as_number(name, value)
    if number != number // 1 or number < least:
        raise ArgumentValueError(f"{name} must be an integer of at least {least}, not {value!r:.40}")
    return int(number)


def memory(function: Any) -> dict[str, Any] | None:
    """What a function knows that can be kept: the attributes of an object with ``__call__``, of others None."""
    known = None if isinstance(function, types.FunctionType) else getattr(function, "__dict__", None)
    return copy.deepcopy(known)


def remind(function: Any, known: dict[str, Any] | None) -> None:
    """Give back to a function what `memory` kept of it."""
    if known:
        vars(function).update(copy.deepcopy(known))
