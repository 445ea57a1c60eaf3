"""Schedules in the form of half a cosine: slow at both ends."""

from __future__ import annotations

from math import cos, floor, log, pi

from autograd.errors import ArgumentValueError
from nn.optim.lr_scheduler.base import LRScheduler, rates, whole
from nn.optim.optimizer import Optimizer

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts", "WarmupCosineLR"]


def _between(high: float, low: float, share: float) -> float:
    """From ``high`` at 0 to ``low`` at 1."""
    return low + (high - low) * (1 + cos(pi * share)) / 2


class CosineAnnealingLR(LRScheduler):
    """Leads the rate to ``eta_min`` in half a cosine, and back, and so on: η + (lr − η)·(1 + cos(πt/T))/2.

    Parameters
    ----------
    optimizer : Optimizer
    T_max : int
        Steps from top to bottom.
    eta_min : float
    last_epoch : int

    References
    ----------
    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, arXiv:1608.03983.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:  # noqa: N803
        self.T_max = whole("T_max", T_max, 1)
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        now = rates(self.optimizer)
        if self._is_initial:
            return now
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # from the bottom no factor leads up
            rise = (1 - cos(pi / self.T_max)) / 2
            return [lr + (base - self.eta_min) * rise for base, lr in zip(self.base_lrs, now, strict=False)]
        factor = (1 + cos(pi * self.last_epoch / self.T_max)) / (1 + cos(pi * (self.last_epoch - 1) / self.T_max))
        return [factor * (lr - self.eta_min) + self.eta_min for lr in now]

    def _closed_form(self) -> list[float]:
        return [_between(base, self.eta_min, self.last_epoch / self.T_max) for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Leads the rate to ``eta_min`` in half a cosine, then begins anew at the top, each time for longer.

    Parameters
    ----------
    optimizer : Optimizer
    T_0 : int
        Steps of the first time.
    T_mult : int
        How many times longer each time is than the one before.
    eta_min : float
    last_epoch : int

    References
    ----------
    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, arXiv:1608.03983.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803
        T_mult: int = 1,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        self.T_0 = self.T_i = whole("T_0", T_0, 1)
        self.T_mult = whole("T_mult", T_mult, 1)
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [_between(base, self.eta_min, self.T_cur / self.T_i) for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go on to the next rates.

        Parameters
        ----------
        epoch : float, optional
            Where to go; parts of an epoch are welcome, as in ``scheduler.step(epoch + batch / batches)``.
        """
        self._step_count += 1
        if epoch is None and self.last_epoch >= 0:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult
        else:
            epoch = epoch or 0
            if epoch < 0:
                raise ArgumentValueError(f"epoch must be at least 0, not {epoch}")
            self._find_period(epoch)
        self.last_epoch = floor(epoch) - 1  # the next line adds one
        self._go_to(None)

    def _find_period(self, epoch: float) -> None:
        self.T_cur, self.T_i = epoch, self.T_0
        if epoch < self.T_0:
            return
        if self.T_mult == 1:
            self.T_cur = epoch % self.T_0
            return
        n = int(log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
        self.T_cur = epoch - self.T_0 * (self.T_mult**n - 1) / (self.T_mult - 1)
        self.T_i = self.T_0 * self.T_mult**n


class WarmupCosineLR(LRScheduler):
    """Leads the rate up from 0 in a straight line, then down in half a cosine: the usual for transformers.

    ``lr·t/w`` for t < w, then ``m + (lr − m)·(1 + cos(π·(t − w)/(T − w)))/2``, and ``m`` from step T on.

    Parameters
    ----------
    optimizer : Optimizer
    warmup_steps : int
        w.
    total_steps : int
        T, with the warm-up.
    min_lr : float
        m.
    last_epoch : int

    Raises
    ------
    ArgumentValueError
        If the warm-up is not shorter than the whole.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, for the warm-up; the cosine as in `CosineAnnealingLR`.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        warmup_steps: int,
        total_steps: int,
        min_lr: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        self.warmup_steps = whole("warmup_steps", warmup_steps, 0)
        self.total_steps = whole("total_steps", total_steps, self.warmup_steps + 1)
        self.min_lr = min_lr
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        t, w = self.last_epoch, self.warmup_steps
        if t < w:
            return [lr * t / w for lr in self.base_lrs]
        share = min(1.0, (t - w) / (self.total_steps - w))
        return [_between(lr, self.min_lr, share) for lr in self.base_lrs]
