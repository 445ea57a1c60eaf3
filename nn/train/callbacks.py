"""How does one look at a training while it runs, and end it early?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any

from autograd.errors import ArgumentTypeError, ArgumentValueError
from autograd.tensor import _wrap
from nn.data.sampler import positive

if TYPE_CHECKING:
    from nn.train.run import Run

__all__ = ["EVENTS", "Callback", "EarlyStopping", "LambdaCallback"]

EVENTS = ("on_train_begin", "on_epoch_begin", "on_step_end", "on_epoch_end", "on_train_end")
"""When callbacks are called."""


class Callback:
    """Is told how a training goes on. A subclass defines those of the methods that it needs.

    Each gets the `Run`. What is put into ``run.record`` in ``on_step_end`` or ``on_epoch_end`` becomes part of the
    history, and ``run.stop(reason)`` ends the training. A callback with the methods ``state_dict`` and
    ``load_state_dict`` is kept in checkpoints.
    """

    def on_train_begin(self, run: Run) -> None:
        """Before the first step, or before the first one after a resumption (``run.resumed``)."""

    def on_epoch_begin(self, run: Run) -> None:
        """Before the first batch of an epoch."""

    def on_step_end(self, run: Run) -> None:
        """After the optimizer's step; gradients are still there."""

    def on_epoch_end(self, run: Run) -> None:
        """After validation."""

    def on_train_end(self, run: Run) -> None:
        """At the end, also one by an error or by Ctrl-C; before ``early_stopping`` restores the best weights."""


class LambdaCallback(Callback):
    """Functions as a callback.

    Parameters
    ----------
    on_train_begin, on_epoch_begin, on_step_end, on_epoch_end, on_train_end : callable, optional

    Raises
    ------
    ArgumentTypeError
        If one cannot be called, or there is no such event.
    """

    def __init__(self, **functions: Callable[[Run], Any]) -> None:
        for event, function in functions.items():
            if event not in EVENTS:
                raise ArgumentTypeError(
                    f"LambdaCallback: there is no event {event!r:.40}; there are {', '.join(EVENTS)}"
                )
            if not callable(function):
                raise ArgumentTypeError(f"LambdaCallback: {event} is a function of the run, not {function!r:.40}")
            setattr(self, event, function)


class EarlyStopping(Callback):
    """Ends a training when it has not become better for some epochs.

    Parameters
    ----------
    patience : int
        How many epochs without improvement are waited for.
    min_delta : float
        Less of a change than this does not count as an improvement.
    monitor : str, optional
        The column of ``history.epochs`` that tells (default: ``validation_loss``, without validation ``train_loss``).
    mode : {"min", "max"}, optional
        Whether less or more is better; a loss is better if it is less, of other columns this must be said.
    restore_best : bool
        Whether the model gets back, at the end, the weights and buffers of its best epoch.

    Attributes
    ----------
    best : float
        The best value.
    best_epoch : int
        Its epoch, from 1; 0 if there was none yet.
    wait : int
        For how many epochs there has been no improvement.

    References
    ----------
    Prechelt, "Early stopping — but when?", in: Neural networks: tricks of the trade, Springer 1998.
    """

    def __init__(
        self,
        patience: int = 10,
        min_delta: float = 0.0,
        monitor: str | None = None,
        mode: str | None = None,
        restore_best: bool = True,
    ) -> None:
        if not 0 <= min_delta < inf:
            raise ArgumentValueError(f"EarlyStopping: min_delta is at least 0, not {min_delta!r:.40}")
        if mode is None and monitor is not None and not monitor.endswith("loss"):
            raise ArgumentValueError(
                f'EarlyStopping: is more or less of {monitor!r} better? Say mode="max" or mode="min"'
            )
        if mode not in (None, "min", "max"):
            raise ArgumentValueError(f'EarlyStopping: mode is "min" or "max", not {mode!r:.40}')
        self.patience = positive("EarlyStopping", "patience", patience)
        self.min_delta = min_delta
        self.monitor = monitor
        self.mode = mode or "min"
        self.restore_best = restore_best
        self._forget()

    def _forget(self) -> None:
        self.best, self.best_epoch, self.wait = inf if self.mode == "min" else -inf, 0, 0
        self._weights: dict[str, Any] = {}

    def on_train_begin(self, run: Run) -> None:
        if not run.resumed:
            self._forget()
        self._stop_if_patience_is_over(run)

    def on_epoch_end(self, run: Run) -> None:
        name = self.monitor or ("validation_loss" if "validation_loss" in run.record else "train_loss")
        if name not in run.record:
            raise ArgumentValueError(
                f"EarlyStopping watches {name!r}, which the epoch does not have; it has {', '.join(run.record)}"
            )
        value = float(run.record[name])
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.best_epoch, self.wait = value, run.epoch, 0
            if self.restore_best:
                self._weights = {key: _wrap(x._data.copy()) for key, x in run.model.state_dict().items()}
        else:
            self.wait += 1
        self._stop_if_patience_is_over(run)

    def _stop_if_patience_is_over(self, run: Run) -> None:
        if self.wait >= self.patience:
            run.stop(
                f"early stopping: no improvement for {self.wait} epochs; the best was {self.best:.6g} in epoch "
                f"{self.best_epoch}"
            )

    def on_train_end(self, run: Run) -> None:
        if self._weights:
            run.model.load_state_dict(self._weights)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "best_epoch": self.best_epoch, "wait": self.wait, "weights": dict(self._weights)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.best, self.best_epoch, self.wait = float(state["best"]), int(state["best_epoch"]), int(state["wait"])
        self._weights = dict(state["weights"])
