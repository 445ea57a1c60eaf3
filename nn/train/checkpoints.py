"""How is a training kept so that it can go on, exactly, where it was cut?

A checkpoint holds weights and buffers, what the optimizer and the schedule remember, the place in the data, gradients
that are being accumulated, the callbacks' own states, the history, and the states of random draws: those of autograd's
default generator, of generators that modules or the DataLoader have, of Python's ``random`` and of NumPy's global
generator (``numpy.random.seed``). Other generators are their owners' concern.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, AutogradError, InterchangeError
from autograd.functions.bare import bare
from autograd.random import Generator, get_rng_state, set_rng_state
from autograd.saved import mark_changed
from nn.data.sampler import positive
from nn.saving import load_checkpoint, save_checkpoint
from nn.train.history import History

if TYPE_CHECKING:
    from nn.module import Module
    from nn.train.run import Run

__all__ = ["Checkpointer", "as_checkpointer"]

_KIND = "micrograph training"
_VERSION = 1
_PARTS = {
    "form": dict,
    "model": dict,
    "optimizer": dict,
    "scheduler": (dict, type(None)),
    "data": dict,
    "validation": (dict, type(None)),
    "place": dict,
    "gradients": list,
    "callbacks": list,
    "history": dict,
    "random": dict,
    "files": list,
}


class Checkpointer:
    """Writes checkpoints while `fit` trains, and at its end.

    Parameters
    ----------
    path : str or path
        The file that always has the latest one. It is replaced when the next one is complete, never in part. Runs at
        the same time need a path each.
    every : int or "epoch"
        After so many steps of the optimizer, or after every epoch.
    keep : int
        How many there are to be: with 1, only the latest; with more, those before it as well, the number of the step in
        the names.

    Raises
    ------
    ArgumentValueError
        If ``every`` or ``keep`` is something else.

    Notes
    -----
    `nn.load_checkpoint` reads the file as a dict; its entry ``"model"`` is the ``state_dict`` of the model.
    """

    def __init__(self, path: str | os.PathLike[str], every: int | str = "epoch", keep: int = 1) -> None:
        self.path = Path(path)
        self.every = every if every == "epoch" else positive("Checkpointer", 'every, if not "epoch",', every)
        self.keep = positive("Checkpointer", "keep", keep)
        self._latest: int | None = None
        """The step of the file at ``path``, if this run has written or read it."""
        self._files: list[str] = []
        """The names of those before it."""

    def is_due(self, step: int | None) -> bool:
        """Whether to write after a step; None stands for the end of an epoch."""
        if isinstance(self.every, int):
            return step is not None and step % self.every == 0
        return step is None

    def prepare(self, run: Run) -> None:
        """Make sure, before anything is computed, that files can be written without harm to others.

        Raises
        ------
        FileNotFoundError
            If there is no such folder.
        PermissionError
            If nothing can be written into it.
        FileExistsError
            If something is at the place that is no checkpoint of such a training.
        """
        self._latest, self._files = None, []
        self._check_folder()
        others = sorted(other.name for other in self.path.parent.iterdir() if self._is_earlier(other.name))
        if self.keep > 1 and others:
            raise FileExistsError(
                f"beside {str(self.path)!r} there are checkpoints of another run: {', '.join(others[:5])}; they are "
                "not overwritten: choose another path, or remove them"
            )
        if not self.path.exists():
            return
        try:
            found = _shapes(self._read()["model"])
        except (AutogradError, OSError) as problem:
            raise FileExistsError(
                f"{str(self.path)!r} is there and no checkpoint of a training ({problem}); it is not overwritten: "
                "choose another path, or remove it"
            ) from problem
        if found != _shapes(run.model.state_dict()):
            raise FileExistsError(
                f"{str(self.path)!r} is a checkpoint of another model; it is not overwritten: choose another path, or "
                "remove it"
            )

    def _check_folder(self) -> None:
        folder = self.path.resolve().parent
        if not folder.is_dir():
            raise FileNotFoundError(f"there is no folder {str(self.path.parent)!r} to write checkpoints into")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(f"checkpoints cannot be written into the folder {str(self.path.parent)!r}")

    def _is_earlier(self, name: object) -> bool:
        """Whether a file is called as an earlier checkpoint of this path is."""
        pattern = rf"{re.escape(self.path.stem)}-\d+{re.escape(self.path.suffix)}"
        return isinstance(name, str) and re.fullmatch(pattern, name) is not None

    # --- writing ----------------------------------------------------------------------------------------------

    def save(self, run: Run) -> None:
        """Write down where a run is."""
        self.write(self.capture(run))

    def capture(self, run: Run) -> dict[str, Any]:
        """Where a run is. The arrays are its own, so this is to be written before they change."""
        loader = getattr(run.validation, "state_dict", None)
        return {
            "kind": _KIND,
            "version": _VERSION,
            "form": _form(run),
            "model": run.model.state_dict(),
            "transient": _transient(run.model),
            "optimizer": run.optimizer.state_dict(),
            "scheduler": None if run.scheduler is None else run.scheduler.state_dict(),
            "data": run.feed.state_dict(run.batch),
            "validation": None if loader is None else loader(),
            "place": {
                "step": run.step,
                "epoch": run.epoch,
                "batch": run.batch,
                "pending": run.pending,
                "optimizer_steps": run.optimizer.steps_taken,
                **{
                    name: {"values": dict(means.values), "count": means.count}
                    for name, means in (("of_the_epoch", run.of_the_epoch), ("of_the_step", run.of_the_step))
                },
            },
            "gradients": [p.grad if run.pending else None for p in _parameters(run)],
            "callbacks": [callback.state_dict() for callback in _keeping(run)],
            "history": _packed(run.history),
            "random": {
                "autograd": get_rng_state(),
                "modules": {name: _state_of(generator) for name, generator in _generators(run.model)},
                "python": random.getstate(),
                "numpy": np.random.get_state(legacy=False),  # noqa: NPY002 (the global one is meant)
            },
            "files": list(self._files),
        }

    def write(self, state: dict[str, Any]) -> None:
        """Write what `capture` gave, and let the file before it go or keep it under another name."""
        step = state["place"]["step"]
        if self.keep > 1 and self._latest is not None and self._latest < step and self.path.exists():
            before = self.path.with_name(f"{self.path.stem}-{self._latest}{self.path.suffix}")
            if not before.exists():
                _duplicate(self.path, before)
            if before.name not in self._files:
                self._files.append(before.name)
            while len(self._files) >= self.keep:
                self.path.with_name(self._files.pop(0)).unlink(missing_ok=True)
        save_checkpoint(self.path, {**state, "files": list(self._files)})
        self._latest = step

    # --- reading ----------------------------------------------------------------------------------------------

    def resume(self, run: Run) -> None:
        """Put a run where another one was when the checkpoint was written.

        Raises
        ------
        FileNotFoundError, PermissionError
            If there is no checkpoint, or no new one can be written.
        InterchangeError
            If the file is damaged, or something else.
        StateDictError, ArgumentValueError, ArgumentTypeError, ShapeError
            If it is of another model, optimizer, schedule, or of other data or callbacks.
        """
        self._check_folder()
        state = self._read()
        try:
            self._restore(run, state)
        except AutogradError as problem:
            problem.add_note(f"while resuming from the checkpoint {str(self.path)!r}")
            raise
        except (TypeError, KeyError, ValueError, AttributeError, IndexError) as problem:
            raise self._damaged(f"{type(problem).__name__}: {problem}") from problem

    def _read(self) -> dict[str, Any]:
        state = load_checkpoint(self.path)
        if not isinstance(state, dict) or state.get("kind") != _KIND:
            raise InterchangeError(f"{str(self.path)!r} is a checkpoint, but none that fit() has written")
        if state.get("version") != _VERSION:
            raise InterchangeError(
                f"{str(self.path)!r} is a training of version {state.get('version')!r:.20}; this program reads "
                f"{_VERSION}"
            )
        for name, kind in _PARTS.items():
            if not isinstance(state.get(name), kind):  # type: ignore[arg-type]
                raise self._damaged(f"{name!r} is missing, or of another form")
        return state

    def _damaged(self, problem: str) -> InterchangeError:
        return InterchangeError(f"{str(self.path)!r} is no sound checkpoint of a training: {problem}")

    def _restore(self, run: Run, state: dict[str, Any]) -> None:
        for what, now in _form(run).items():
            if state["form"][what] != now:
                raise ArgumentValueError(
                    f"the checkpoint is of a training with {what} {state['form'][what]!r:.80}; this one has {now!r}"
                )
        place, parameters = state["place"], _parameters(run)
        gradients = [None if g is None else Tensor(bare(g)) for g in state["gradients"]]
        if len(gradients) != len(parameters):
            raise ArgumentValueError(f"the checkpoint has {len(gradients)} gradients for {len(parameters)} parameters")

        history = History.from_dict(state["history"])
        run.model.load_state_dict(state["model"])
        _restore_transient(run.model, state["transient"])
        run.optimizer.load_state_dict(state["optimizer"])
        run.optimizer.steps_taken = _count(place, "optimizer_steps")
        if run.scheduler is not None:
            run.scheduler.load_state_dict(state["scheduler"])
        for callback, own in zip(_keeping(run), state["callbacks"], strict=True):
            callback.load_state_dict(own)
        for p, gradient in zip(parameters, gradients, strict=True):
            p.grad = gradient
        run.step, run.batch = _count(place, "step"), _count(place, "batch")
        run.epoch = _count(place, "epoch", least=1)
        run.pending = _count(place, "pending", below=run.accumulate)
        for name in ("of_the_epoch", "of_the_step"):
            means = getattr(run, name)
            means.values = {key: float(value) for key, value in place[name]["values"].items()}
            means.count = _count(place[name], "count")
        run.history.steps, run.history.epochs = history.steps, history.epochs
        run.resumed = True
        run.feed.load_state_dict(state["data"])
        if state["validation"] is not None and hasattr(run.validation, "load_state_dict"):
            run.validation.load_state_dict(state["validation"])
        self._restore_draws(run, state["random"])
        self._latest = run.step
        self._files = [name for name in state["files"] if self._is_earlier(name)]  # for these it removes

    def _restore_draws(self, run: Run, states: dict[str, Any]) -> None:
        set_rng_state(states["autograd"])
        generators = dict(_generators(run.model))
        if generators.keys() != states["modules"].keys():
            raise ArgumentValueError(
                f"the checkpoint has states of the generators {sorted(states['modules'])}; the model has "
                f"{sorted(generators)}"
            )
        for name, generator in generators.items():
            if isinstance(generator, Generator):
                generator.set_state(states["modules"][name])
            else:
                generator.bit_generator.state = states["modules"][name]
        random.setstate(states["python"])
        np.random.set_state(states["numpy"])  # noqa: NPY002


def _form(run: Run) -> dict[str, Any]:
    """What a training has to have again to go on."""
    return {
        "optimizer": type(run.optimizer).__name__,
        "scheduler": None if run.scheduler is None else type(run.scheduler).__name__,
        "scheduler_every": run.scheduler_every,
        "accumulate": run.accumulate,
        "callbacks": [type(callback).__name__ for callback in _keeping(run)],
    }


def _count(place: Mapping[str, Any], name: str, least: int = 0, below: float = inf) -> int:
    count = place[name]
    if isinstance(count, bool) or not isinstance(count, int) or not least <= count < below:
        raise ValueError(f"{name!r} is {count!r:.40}")
    return count


def _shapes(state: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(x.shape) for name, x in state.items()}


def _parameters(run: Run) -> list[Tensor]:
    return [p for group in run.optimizer.param_groups for p in group["params"]]


def _keeping(run: Run) -> Iterator[Any]:
    """The callbacks that have something to keep."""
    return (x for x in run.callbacks if hasattr(x, "state_dict") and hasattr(x, "load_state_dict"))


def _transient(model: Module) -> dict[str, Tensor]:
    """The buffers that a ``state_dict`` leaves out."""
    kept = model.state_dict()
    return {name: buffer.detach() for name, buffer in model.named_buffers() if name not in kept}


def _restore_transient(model: Module, state: Mapping[str, Tensor]) -> None:
    for name, buffer in model.named_buffers():
        if name in state:
            array = bare(buffer)
            array[...] = bare(state[name])
            mark_changed(array)


def _generators(model: Module) -> Iterator[tuple[str, Any]]:
    """The generators that modules have among their attributes."""
    for path, module in model.named_modules():
        for name, value in vars(module).items():
            if isinstance(value, (Generator, np.random.Generator)):
                yield f"{path}.{name}", value


def _state_of(generator: Any) -> Mapping[str, Any]:
    return generator.get_state() if isinstance(generator, Generator) else generator.bit_generator.state


def _packed(history: History) -> dict[str, Any]:
    """A history with arrays for columns: lists of a million numbers do not belong into a header."""
    state = history.to_dict()
    for part in ("steps", "epochs"):
        state[part] = {name: np.array(column) for name, column in state[part].items()}
    return state


def _duplicate(path: Path, other: Path) -> None:
    try:
        os.link(path, other)
    except OSError:  # a file system without links
        shutil.copyfile(path, other)


def as_checkpointer(checkpoint: Any) -> Checkpointer | None:
    """What `fit` was given, as a Checkpointer.

    Raises
    ------
    ArgumentTypeError
        If it is neither that nor a path.
    """
    if checkpoint is None or isinstance(checkpoint, Checkpointer):
        return checkpoint
    if isinstance(checkpoint, (str, os.PathLike)):
        return Checkpointer(checkpoint)
    raise ArgumentTypeError(f"checkpoint is a path or a Checkpointer, not {type(checkpoint).__name__}")
