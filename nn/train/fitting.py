"""How is a model trained by one call?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from autograd.errors import ArgumentTypeError, ArgumentValueError
from autograd.functions.creation import number
from nn.data.sampler import positive
from nn.module import Module
from nn.optim import Optimizer
from nn.optim.lr_scheduler import ReduceLROnPlateau
from nn.train.batches import as_batches, is_pair
from nn.train.callbacks import EVENTS, Callback, EarlyStopping
from nn.train.checkpoints import Checkpointer, as_checkpointer
from nn.train.evaluation import Metrics, as_metrics
from nn.train.history import History
from nn.train.progress import Progress, is_wanted
from nn.train.run import Run
from nn.train.tensorboard import TensorBoard

__all__ = ["fit"]


def fit(
    model: Module,
    data: Any,
    loss: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    *,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int | None = None,
    generator: Any = None,
    validation: Any = None,
    metrics: Metrics | None = None,
    scheduler: Any = None,
    scheduler_every: str | None = None,
    clip_grad_norm: float | None = None,
    clip_grad_value: float | None = None,
    log_grad_norm: bool = True,
    accumulate: int = 1,
    early_stopping: EarlyStopping | None = None,
    checkpoint: str | os.PathLike[str] | Checkpointer | None = None,
    resume: bool | str = False,
    callbacks: Iterable[Callback] = (),
    progress: bool | None = None,
    log_to: str | os.PathLike[str] | None = None,
) -> History:
    """Train a model: these five lines, for every batch of every epoch, and what is wanted around them ::

        for x, y in data:
            optimizer.zero_grad()
            error = loss(model(x), y)
            error.backward()
            optimizer.step()

    Parameters
    ----------
    model : Module
        If it is in evaluation mode it trains in training mode; if it is in training mode, parts of it that are in
        evaluation mode stay so. Afterwards every part is in the mode in which it was before.
    data : DataLoader, iterable of batches, or a tuple of two Tensors
        A batch is ``(input, target)``, or ``(input, another input, …, target)``; the first axis of the target counts
        its samples. An iterable begins anew in each epoch. Two Tensors, all inputs and all targets, are divided into
        batches of ``batch_size``, in another order each epoch, drawn from ``generator``.
    loss : callable
        Takes output and target and returns a scalar Tensor, the mean over the batch (or the sum, if its attribute
        ``reduction`` is "sum").
    optimizer : Optimizer
    epochs, steps : int
        One of them: how often all data is gone through, or how many steps the optimizer takes, in all. A run that
        resumes goes on up to this number.
    batch_size : int, optional
        Of data or validation given as Tensors; None for all in one batch.
    generator : Generator, optional
        For the order of data given as Tensors (default: the default generator).
    validation : DataLoader, iterable of batches, or a tuple of two Tensors, optional
        What is evaluated, see `evaluate`, after every epoch, and at the end.
    metrics : dict of callables, list of callables, or callable, optional
        Functions of output and target beside the loss, such as `nn.functional.accuracy`.
    scheduler : LRScheduler, optional
    scheduler_every : {"epoch", "step"}, optional
        When it steps. Default: what is counted, ``epochs`` or ``steps``. `ReduceLROnPlateau` steps after epochs, and
        looks at the validation loss, or at the training loss if there is no validation.
    clip_grad_norm, clip_grad_value : float, optional
        How large the norm of the gradient, or its entries, may be: see `nn.utils.clip_grad_norm_`.
    log_grad_norm : bool
        Whether the norm is recorded, and refused if it is not finite.
    accumulate : int
        How many batches make one step: their gradients are those of one batch as large as all together (of a loss that
        is a mean over samples). The last step of an epoch may have fewer.
    early_stopping : EarlyStopping, optional
    checkpoint : path or Checkpointer, optional
        Where the run is kept, so that it can go on exactly where it was cut.
    resume : bool or "auto"
        Go on from the checkpoint; with "auto" only if there is one. Everything else has to be given as it was.
    callbacks : iterable of Callback
    progress : bool, optional
        Whether there is a bar on standard error. Default: if that is a terminal or a notebook.
    log_to : path, optional
        A folder for TensorBoard.

    Returns
    -------
    History
        Loss, learning rate and norm of the gradient by step; losses and metrics by epoch. Ctrl-C ends a run early,
        after the batch that it is at, with a last checkpoint if checkpoints are written; the history then says so.

    Raises
    ------
    NonFiniteError
        If the loss or the gradient is nan or infinite: says at which step and where it began. It has the history.
    ArgumentTypeError, ArgumentValueError
        If arguments have another form, or contradict each other.
    GraphError
        If there would be nothing to learn: no gradient comes to the parameters of the optimizer.
    FileExistsError
        If a checkpoint would overwrite something else.

    Examples
    --------
    >>> import autograd, nn, nn.functional as F
    >>> _ = autograd.manual_seed(0)
    >>> x = autograd.randn(64, 3)
    >>> y = x @ autograd.Tensor([[1.0], [2.0], [3.0]])
    >>> model = nn.Linear(3, 1)
    >>> history = fit(model, (x, y), F.mse_loss, nn.optim.SGD(model.parameters(), lr=0.1), epochs=20, batch_size=16)
    >>> history["train_loss"][-1] < 0.001 < history["train_loss"][0]
    True
    """
    if not isinstance(model, Module):
        raise ArgumentTypeError(f"fit(): the model is an nn.Module, not {type(model).__name__} {model!r:.40}")
    if isinstance(loss, type) or not callable(loss):
        raise ArgumentTypeError(f"fit(): the loss is a function of output and target, not {_kind(loss)}")
    if not isinstance(optimizer, Optimizer):
        raise ArgumentTypeError(f"fit(): the optimizer is one of nn.optim, not {_kind(optimizer)}")
    if (epochs is None) == (steps is None):
        raise ArgumentValueError("fit(): say how long to train, either by epochs or by steps")
    epochs, steps = (
        None if count is None else positive("fit()", what, count)
        for what, count in (("epochs", epochs), ("steps", steps))
    )
    accumulate = positive("fit()", "accumulate", accumulate)
    _above_zero(clip_grad_norm=clip_grad_norm, clip_grad_value=clip_grad_value)
    if clip_grad_norm is not None and clip_grad_value is not None:
        raise ArgumentValueError("fit(): gradients are clipped by norm or by value: pass one of them")
    if scheduler is not None and (isinstance(scheduler, type) or not callable(getattr(scheduler, "step", None))):
        raise ArgumentTypeError(f"fit(): the scheduler is one of nn.optim.lr_scheduler, not {_kind(scheduler)}")
    if scheduler is not None and getattr(scheduler, "optimizer", optimizer) is not optimizer:
        raise ArgumentValueError("fit(): the scheduler is one of another optimizer")
    batches = as_batches(data, None if is_pair(validation) and not is_pair(data) else batch_size, True, generator)
    if validation is not None:
        validation = as_batches(validation, batch_size if is_pair(validation) else None, shuffle=False)
    run = Run(
        model,
        batches,
        loss,
        optimizer,
        epochs=epochs,
        steps=steps,
        validation=validation,
        metrics=as_metrics(metrics),
        scheduler=scheduler,
        scheduler_every=_steps_each(scheduler, scheduler_every, steps is not None),
        clip_grad_norm=clip_grad_norm,
        clip_grad_value=clip_grad_value,
        log_grad_norm=log_grad_norm,
        accumulate=accumulate,
        checkpointer=as_checkpointer(checkpoint),
        callbacks=_callbacks(early_stopping, callbacks, log_to, progress),
    )
    _prepare(run, resume)
    return run.train()


def _kind(x: Any) -> str:
    return f"the class {x.__name__}: call it first" if isinstance(x, type) else type(x).__name__


def _above_zero(**limits: float | None) -> None:
    for name, limit in limits.items():
        if limit is not None and not 0 < number("fit", name, limit) < inf:
            raise ArgumentValueError(f"fit(): {name} is a number above 0, not {limit!r:.40}")


def _steps_each(scheduler: Any, every: str | None, counts_steps: bool) -> str:
    if scheduler is None:
        if every is not None:
            raise ArgumentValueError("fit(): scheduler_every is for a scheduler, and there is none")
        return ""
    if every not in (None, "epoch", "step"):
        raise ArgumentValueError(f'fit(): scheduler_every is "epoch" or "step", not {every!r:.40}')
    if isinstance(scheduler, ReduceLROnPlateau):
        if every == "step" or scheduler.mode != "min":
            raise ArgumentValueError(
                "fit(): ReduceLROnPlateau is stepped after epochs, with a loss (mode='min'); for something else call "
                "its step() in a callback"
            )
        return "epoch"
    return every or ("step" if counts_steps else "epoch")


def _callbacks(
    early_stopping: EarlyStopping | None, callbacks: Iterable[Callback], log_to: Any, progress: bool | None
) -> list[Any]:
    if early_stopping is not None and not isinstance(early_stopping, EarlyStopping):
        raise ArgumentTypeError(
            f"fit(): early_stopping is an EarlyStopping(patience=…), not {type(early_stopping).__name__}"
        )
    if not isinstance(callbacks, Iterable):
        raise ArgumentTypeError(f"fit(): callbacks is a list of callbacks, not {type(callbacks).__name__}")
    listed = [*callbacks]
    for callback in listed:
        if isinstance(callback, type) or not any(callable(getattr(callback, event, None)) for event in EVENTS):
            raise ArgumentTypeError(
                f"fit(): a callback is an object with methods of nn.train.Callback, not {callback!r:.60}"
            )
    if early_stopping is not None:
        listed.append(early_stopping)
    if log_to is not None:
        listed.append(TensorBoard(log_to))
    if is_wanted(progress):
        listed.append(Progress())
    return listed


def _prepare(run: Run, resume: bool | str) -> None:
    """Put the run at its beginning, or where the checkpoint says."""
    if resume not in (False, True, "auto"):
        raise ArgumentValueError(f'fit(): resume is True, False or "auto", not {resume!r:.40}')
    if run.checkpointer is None:
        if resume:
            raise ArgumentValueError("fit(): there is no checkpoint to resume from: pass checkpoint=, too")
    elif resume is True or (resume == "auto" and run.checkpointer.path.exists()):
        run.checkpointer.resume(run)
    else:
        run.checkpointer.prepare(run)
