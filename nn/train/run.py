"""What happens in a training, in which order?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor, enable_grad, no_grad
from autograd.errors import ArgumentValueError, GraphError
from autograd.functions.bare import bare
from nn.optim.lr_scheduler import ReduceLROnPlateau
from nn.train.batches import Feed, parts, sample_count
from nn.train.callbacks import EVENTS, Callback
from nn.train.evaluation import Means, evaluate, is_sum, modes_kept, number
from nn.train.finite import NonFiniteError, advice, origin
from nn.train.history import History
from nn.train.interrupts import Interrupts
from nn.utils.clip_grad import clip_grad_norm_, clip_grad_value_, norm_of

if TYPE_CHECKING:
    from nn.module import Module
    from nn.optim import Optimizer
    from nn.train.checkpoints import Checkpointer

__all__ = ["Run"]


class Run:
    """A training under way, as callbacks see it; `fit` says what it is made from.

    Attributes
    ----------
    model, loss, optimizer, scheduler
        What trains and is trained.
    step : int
        How many steps the optimizer has taken.
    epoch : int
        The number of the present epoch, from 1.
    batch : int
        How many batches of it are done.
    epochs, total_steps : int or None
        How many there are to be, where that is known.
    record : dict
        In ``on_step_end`` and ``on_epoch_end``, the row that the history is about to get; columns may be added.
    history : History
        The rows before it.
    resumed : bool
        Whether this goes on from a checkpoint.
    """

    def __init__(
        self,
        model: Module,
        data: Any,
        loss: Callable[[Any, Any], Any],
        optimizer: Optimizer,
        *,
        epochs: int | None,
        steps: int | None,
        validation: Any,
        metrics: dict[str, Callable[[Any, Any], Any]],
        scheduler: Any,
        scheduler_every: str,
        clip_grad_norm: float | None,
        clip_grad_value: float | None,
        log_grad_norm: bool,
        accumulate: int,
        checkpointer: Checkpointer | None,
        callbacks: Sequence[Callback],
    ) -> None:
        self.model, self.loss, self.optimizer, self.scheduler = model, loss, optimizer, scheduler
        self.epochs, self._last_step = epochs, math.inf if steps is None else steps
        self.feed, self.validation, self.metrics = Feed(data), validation, metrics
        self.clip_grad_norm, self.clip_grad_value, self.log_grad_norm = clip_grad_norm, clip_grad_value, log_grad_norm
        self.accumulate = accumulate
        self.checkpointer, self.callbacks = checkpointer, callbacks
        self.scheduler_every = scheduler_every
        self._sums = is_sum(loss)

        self._length = length = self.feed.length()
        self.total_steps = steps
        if steps is None and length is not None and epochs is not None:
            self.total_steps = epochs * -(-length // accumulate)
        self.step, self.epoch, self.batch = 0, 1, 0
        self.of_the_epoch, self.of_the_step = Means(self._sums), Means(self._sums)
        self.pending = 0
        """How many batches have been added to the gradients since the last step."""
        self.record: dict[str, Any] = {}
        self.history = History()
        self.resumed = False
        self._stopped = ""
        self._saved_at: tuple[int, int] | None = None
        self._latest: tuple[list[Any], Any] = [], None
        self._interrupts = Interrupts()
        self._before_validation: dict[str, Any] | None = None
        self._told = {event: _methods(callbacks, event) for event in EVENTS}

    def stop(self, reason: str = "stopped by a callback") -> None:
        """End the training after this step or epoch.

        Parameters
        ----------
        reason : str
            In words, for the history.
        """
        self._stopped = str(reason) or "stopped by a callback"

    def train(self) -> History:
        """Go through all epochs, from where the run is."""
        history = self.history
        # put right at the end, whatever was cut off in the middle of a change
        with self._interrupts, modes_kept(self.model), enable_grad():
            if not self.model.training:
                self.model.train()
            try:
                self._tell("on_train_begin")
                while not (self._is_over() or self._is_past_the_last_epoch()):
                    self._train_an_epoch()
                self._finish()
            except BaseException as problem:
                if not _is_ctrl_c(problem):
                    problem.add_note(f"in fit(): epoch {self.epoch}, batch {self.batch}, after step {self.step}")
                    raise
                with self._interrupts.ignored():
                    self._drop_half_a_step()
            finally:
                history.stopped = self._stopped
                with ExitStack() as stack:  # all of them are told, even if one fails
                    for method in reversed(self._told["on_train_end"]):
                        stack.callback(method, self)
        return history

    # --- an epoch ---------------------------------------------------------------------------------------------

    def _train_an_epoch(self) -> None:
        if not self.batch:
            self.of_the_epoch = Means(self._sums)
            self._tell("on_epoch_begin")
            if self._stopped:
                return
        for batch in self.feed.epoch(self.batch):
            self.batch += 1
            self._learn_from(batch)
            if self._interrupts.requested:
                self._stop_between_batches()
                return
            if self._is_over() and self.batch != self._length:
                return
        if not self.batch:
            raise ArgumentValueError(
                f"the data gave no batch in epoch {self.epoch}: it is empty, or an iterator that was used up in "
                "the epoch before; pass a DataLoader, a list, or another iterable that begins anew"
            )
        self.feed.is_over = True
        self._end_the_epoch()

    def _learn_from(self, batch: Any) -> None:
        """The five lines of every training loop, and what is to be known of them."""
        inputs, target = self._latest = parts(batch)
        if not self.pending:
            self.optimizer.zero_grad()
        output = self.model(*inputs)
        loss = self.loss(output, target)
        self._note(loss, output, target)
        self._go_backward(loss, target)
        if self.pending == self.accumulate:
            self._take_a_step()

    def _note(self, loss: Any, output: Any, target: Any) -> None:
        value = number("the loss", loss)
        values = {"loss": value}
        if self.metrics:
            seen = output.detach() if isinstance(output, Tensor) else output
            with no_grad():
                values.update({name: number(name, metric(seen, target)) for name, metric in self.metrics.items()})
        count = sample_count(target)
        self.of_the_epoch.add(values, count)
        if self.pending:
            self.of_the_step.add(values, count)
        else:
            self.of_the_step.values, self.of_the_step.count = values, count
        if not math.isfinite(value):
            self._refuse(f"the loss is {value}")

    def _go_backward(self, loss: Any, target: Any) -> None:
        if not isinstance(loss, Tensor) or not loss.requires_grad:
            raise GraphError(
                "the loss was not computed from anything that requires a gradient, so there is nothing to learn: are "
                "all parameters frozen, or is the output detached?"
            )
        if self.accumulate == 1 or self._sums:
            loss.backward()
        else:  # as many times as there are samples; divided by all of the step's before it is taken
            loss.backward(np.full(loss.shape, sample_count(target), loss.dtype))
        self.pending += 1

    # --- a step -----------------------------------------------------------------------------------------------

    def _take_a_step(self) -> None:
        parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        if not self.step and all(p.grad is None for p in parameters):
            raise GraphError(
                "no parameter of the optimizer has got a gradient, so it would change nothing: was it made for another "
                "model, or before the model's parameters were replaced?"
            )
        if self.accumulate > 1 and not self._sums:
            _divide(parameters, self.of_the_step.count)
        norm = self._clip(parameters)
        if not math.isfinite(norm):
            self._refuse(f"the norm of the gradient is {norm}")
        self.record = self._row(norm)
        self.optimizer.step()
        self.step += 1
        self.pending = 0
        if self.scheduler_every == "step":
            self.scheduler.step()
        try:
            self._tell("on_step_end")
        finally:
            self.history.steps.append(self.record)
        if self.checkpointer is not None and self.checkpointer.is_due(self.step):
            self._save()

    def _clip(self, parameters: list[Tensor]) -> float:
        """The norm of the gradient, before it is clipped; 0 if nobody wants to know."""
        if self.clip_grad_norm is not None:
            return clip_grad_norm_(parameters, self.clip_grad_norm).item()
        norm = _norm(parameters) if self.log_grad_norm else 0.0
        if self.clip_grad_value is not None:
            clip_grad_value_(parameters, self.clip_grad_value)
        return norm

    def _row(self, norm: float) -> dict[str, Any]:
        row = {
            "step": self.step + 1,
            "epoch": self.epoch,
            "loss": self.of_the_step.values["loss"],
            "lr": float(self.optimizer.param_groups[0]["lr"]),
        }
        if self.log_grad_norm or self.clip_grad_norm is not None:
            row["grad_norm"] = norm
        return row

    def _refuse(self, what: str) -> None:
        self.history.steps.append(self._row(math.nan))
        self._stopped = f"{what} at step {self.step + 1}"
        clips = self.clip_grad_norm is not None or self.clip_grad_value is not None
        raise NonFiniteError(
            f"{what} at step {self.step + 1} (epoch {self.epoch}, batch {self.batch}). "
            f"{origin(self.model, self.loss, *self._latest)} "
            f"{advice(self.optimizer.param_groups[0]['lr'], clips)} "
            "This step has not changed the weights; the history is in this error's attribute .history.",
            self.history,
            self.step + 1,
            self.epoch,
        )

    # --- ends -------------------------------------------------------------------------------------------------

    def _end_the_epoch(self) -> None:
        if self.pending:  # the last step of an epoch can have fewer batches
            self._take_a_step()
        self._validate()
        if self.scheduler_every == "epoch":
            if isinstance(self.scheduler, ReduceLROnPlateau):
                self.scheduler.step(self.record.get("validation_loss", self.record["train_loss"]))
            else:
                self.scheduler.step()
        self._tell_of_the_epoch()
        self.epoch += 1
        self.batch = 0
        self.feed.is_over = False
        if self._interrupts.requested:
            self._stop_between_batches()
        elif self.checkpointer is not None and self.checkpointer.is_due(None):
            self._save()

    def _validate(self) -> None:
        """Begin the row of an epoch."""
        self.record = {
            "epoch": self.epoch,
            "step": self.step,
            **{f"train_{name}": x for name, x in self.of_the_epoch.values.items()},
        }
        if self.validation is None:
            return
        if self.checkpointer is not None:
            self._before_validation = self.checkpointer.capture(self)
        found = evaluate(self.model, self._interrupts.between(self.validation), self.loss, self.metrics)
        self._before_validation = None
        self.record.update({f"validation_{name}": x for name, x in found.items()})

    def _finish(self) -> None:
        """The run is over, perhaps within an epoch, which then gets its row, too."""
        if self.history.interrupted:
            return
        self._save()
        if self.batch:
            reason = self._stopped
            self._validate()
            self._tell_of_the_epoch()
            self._stopped = reason  # nothing is left to be stopped

    def _tell_of_the_epoch(self) -> None:
        try:
            self._tell("on_epoch_end")
        finally:
            self.history.epochs.append(self.record)

    def _save(self) -> None:
        if self.checkpointer is not None and self._saved_at != (self.epoch, self.batch):
            self.checkpointer.save(self)
            self._saved_at = self.epoch, self.batch

    def _is_over(self) -> bool:
        return bool(self._stopped) or self.step >= self._last_step

    def _is_past_the_last_epoch(self) -> bool:
        return self.epochs is not None and self.epoch > self.epochs

    def _stop_between_batches(self) -> None:
        self._save()
        self._end_by_ctrl_c(f"interrupted by Ctrl-C after step {self.step}")

    def _drop_half_a_step(self) -> None:
        if self._before_validation is not None and self.checkpointer is not None:
            self.checkpointer.write(self._before_validation)
            self._end_by_ctrl_c(f"interrupted by Ctrl-C in the validation after step {self.step}")
        else:
            self._end_by_ctrl_c(f"interrupted by Ctrl-C at once, after step {self.step}")

    def _end_by_ctrl_c(self, reason: str) -> None:
        self.optimizer.zero_grad()  # those of half a step are of no use
        self.stop(reason)
        self.history.interrupted = True

    def _tell(self, event: str) -> None:
        for method in self._told[event]:
            method(self)


def _methods(callbacks: Sequence[Callback], event: str) -> list[Callable[[Run], Any]]:
    """What is to be called; not what a callback has left undefined."""
    methods = [getattr(callback, event, None) for callback in callbacks]
    undefined = getattr(Callback, event)
    return [method for method in methods if method is not None and getattr(method, "__func__", None) is not undefined]


def _is_ctrl_c(problem: BaseException | None) -> bool:
    """Whether this is one, or what became of one: numba makes it a SystemError."""
    while problem is not None and not isinstance(problem, KeyboardInterrupt):
        problem = problem.__cause__ or problem.__context__
    return problem is not None


def _norm(parameters: list[Tensor]) -> float:
    """The norm of the whole gradient."""
    return norm_of([bare(p.grad) for p in parameters if p.grad is not None])


def _divide(parameters: list[Tensor], count: int) -> None:
    with no_grad():
        for p in parameters:
            if p.grad is not None:
                p.grad.div_(count)
