"""Schedules that lead the rate up and down, and the momentum the other way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, floor, pi
from typing import Any

from autograd.errors import ArgumentValueError
from nn.optim.lr_scheduler.base import LRScheduler, checked_optimizer, for_each_group, memory, remind, whole
from nn.optim.optimizer import Optimizer

__all__ = ["CyclicLR", "OneCycleLR"]

Rates = float | Sequence[float]


def _uses_beta1(optimizer: Optimizer) -> bool:
    """Whether the optimizer's momentum is Adam's first beta."""
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ArgumentValueError(
            f"cycle_momentum needs an optimizer with momentum or betas; {type(optimizer).__name__} has neither: pass "
            "cycle_momentum=False"
        )
    return "betas" in optimizer.defaults


def _set_momentum(group: dict[str, Any], use_beta1: bool, momentum: float) -> None:
    if use_beta1:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum


def _begin_momentum(optimizer: Optimizer, use_beta1: bool, base: list[float], highest: list[float]) -> None:
    for group, low, high in zip(optimizer.param_groups, base, highest, strict=True):
        _set_momentum(group, use_beta1, high)
        group["max_momentum"], group["base_momentum"] = high, low


class CyclicLR(LRScheduler):
    """Leads the rate from ``base_lr`` to ``max_lr`` and back, again and again, in straight lines.

    Parameters
    ----------
    optimizer : Optimizer
    base_lr, max_lr : float or list of float
        One for all groups, or one for each.
    step_size_up, step_size_down : int
        Steps up, and down (default: as many).
    mode : {"triangular", "triangular2", "exp_range"}
        Whether the height stays, is halved each cycle, or is ``gamma**t`` at step t.
    gamma : float
    scale_fn : callable, optional
        In the place of ``mode``: what the height is multiplied by; takes the number of the cycle, or of the step.
    scale_mode : {"cycle", "iterations"}
        Which of them.
    cycle_momentum : bool
        Lead the momentum (Adam: the first beta) the other way, from ``max_momentum`` to ``base_momentum``.
    base_momentum, max_momentum : float or list of float
    last_epoch : int

    References
    ----------
    Smith, "Cyclical learning rates for training neural networks", WACV 2017, arXiv:1506.01186.
    """

    _not_kept = LRScheduler._not_kept | {"_scale_fn_custom"}

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Rates,
        max_lr: Rates,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: Rates = 0.8,
        max_momentum: Rates = 0.9,
        last_epoch: int = -1,
    ) -> None:
        lows = for_each_group("base_lr", checked_optimizer(optimizer), base_lr)
        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise ArgumentValueError(f"mode must be triangular, triangular2 or exp_range, not {mode!r:.40}")
        if scale_mode not in ("cycle", "iterations"):
            raise ArgumentValueError(f"scale_mode must be cycle or iterations, not {scale_mode!r:.40}")
        up = whole("step_size_up", step_size_up, 1)
        self.max_lrs = for_each_group("max_lr", optimizer, max_lr)
        self.total_size = float(up + (up if step_size_down is None else whole("step_size_down", step_size_down, 1)))
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode if scale_fn else "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = _uses_beta1(optimizer)
            self.base_momentums = for_each_group("base_momentum", optimizer, base_momentum)
            self.max_momentums = for_each_group("max_momentum", optimizer, max_momentum)
        if last_epoch == -1:
            for group, low in zip(optimizer.param_groups, lows, strict=True):
                group["lr"] = low
            if cycle_momentum:
                _begin_momentum(optimizer, self.use_beta1, self.base_momentums, self.max_momentums)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = lows

    def scale_fn(self, x: float) -> float:
        """What the height of a cycle is multiplied by."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        return {"triangular": 1.0, "triangular2": 0.5 ** (x - 1), "exp_range": self.gamma**x}[self.mode]

    def get_lr(self) -> list[float]:
        cycle = floor(1 + self.last_epoch / self.total_size)
        x = 1 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        height *= self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            momentums = zip(self.base_momentums, self.max_momentums, strict=True)
            for group, (low, high) in zip(self.optimizer.param_groups, momentums, strict=False):
                _set_momentum(group, self.use_beta1, high - (high - low) * height)
        return [low + (high - low) * height for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on later; of a ``scale_fn`` that is an object, its attributes."""
        return {**super().state_dict(), "_scale_fn_custom": memory(self._scale_fn_custom)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another schedule of this kind was; a ``scale_fn`` stays."""
        super().load_state_dict(state_dict)
        remind(self._scale_fn_custom, state_dict.get("_scale_fn_custom"))


class OneCycleLR(LRScheduler):
    """Leads the rate up to ``max_lr`` and then down to almost 0, in one run; the momentum the other way.

    Parameters
    ----------
    optimizer : Optimizer
    max_lr : float or list of float
        One for all groups, or one for each.
    total_steps : int, optional
        Or ``epochs`` and ``steps_per_epoch``.
    epochs, steps_per_epoch : int, optional
    pct_start : float
        The share of the steps that goes up, from 0 to 1.
    anneal_strategy : {"cos", "linear"}
    cycle_momentum : bool
        Lead the momentum (Adam: the first beta) from ``max_momentum`` to ``base_momentum`` and back.
    base_momentum, max_momentum : float or list of float
    div_factor : float
        The first rate is ``max_lr / div_factor``.
    final_div_factor : float
        The last is the first divided by this.
    three_phase : bool
        Go down to the first rate as long as it went up, and only then to the last.
    last_epoch : int

    Raises
    ------
    ArgumentValueError
        If it is stepped more than ``total_steps`` times, among others.

    References
    ----------
    Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2019,
    arXiv:1708.07120.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Rates,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: Rates = 0.85,
        max_momentum: Rates = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        highs = for_each_group("max_lr", checked_optimizer(optimizer), max_lr)
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ArgumentValueError("pass total_steps, or both epochs and steps_per_epoch")
            total_steps = whole("epochs", epochs, 1) * whole("steps_per_epoch", steps_per_epoch, 1)
        if not 0 <= pct_start <= 1:
            raise ArgumentValueError(f"pct_start must be from 0 to 1, not {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ArgumentValueError(f"anneal_strategy must be cos or linear, not {anneal_strategy!r:.40}")
        self.total_steps = whole("total_steps", total_steps, 1)
        self._anneal_func_type = anneal_strategy
        up, last = pct_start * self.total_steps, self.total_steps - 1
        self._ends = [up - 1, 2 * up - 2, last] if three_phase else [up - 1, last]
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = _uses_beta1(optimizer)
        if last_epoch == -1:
            for group, high in zip(optimizer.param_groups, highs, strict=True):
                group["initial_lr"], group["max_lr"] = high / div_factor, high
                group["min_lr"] = group["initial_lr"] / final_div_factor
            if cycle_momentum:
                lowest = for_each_group("base_momentum", optimizer, base_momentum)
                highest = for_each_group("max_momentum", optimizer, max_momentum)
                _begin_momentum(optimizer, self.use_beta1, lowest, highest)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        t = self.last_epoch
        if t > self.total_steps:
            raise ArgumentValueError(f"the schedule is {self.total_steps} steps long; this would be step {t}")
        phase = next((i for i, end in enumerate(self._ends[:-1]) if t <= end), len(self._ends) - 1)
        start, end = self._ends[phase - 1] if phase else 0, self._ends[phase]
        share = (t - start) / (end - start) if end > start else 1.0  # of a phase without length
        found = []
        for group in (group for group in self.optimizer.param_groups if "max_lr" in group):
            lrs = [
                group["initial_lr"],
                group["max_lr"],
                *[group["initial_lr"]] * (len(self._ends) - 2),
                group["min_lr"],
            ]
            found.append(self._between(lrs[phase], lrs[phase + 1], share))
            if self.cycle_momentum:
                high, low = group["max_momentum"], group["base_momentum"]
                momentums = [high, low, high, high]
                now = self._between(momentums[phase], momentums[phase + 1], share)
                _set_momentum(group, self.use_beta1, now)
        return found

    def _between(self, start: float, end: float, share: float) -> float:
        if self._anneal_func_type == "cos":
            return end + (start - end) / 2 * (1 + cos(pi * share))
        return (end - start) * share + start
