"""How far is a training, for those who wait for it?"""

from __future__ import annotations

import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

from nn.train.callbacks import Callback

if TYPE_CHECKING:
    from nn.train.run import Run

__all__ = ["Progress", "is_wanted"]

_PAUSE = 0.1  # seconds
"""Between two changes of what the bar says: people do not read faster, and writing takes time."""

_FORMAT = "{desc}{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"
"""tqdm's without the rate, so that a terminal of 80 columns has room for the loss on what is held out."""


class Progress(Callback):
    """A bar on standard error, or in a notebook a widget (with ipywidgets)."""

    _bar: Any = None

    def on_train_begin(self, run: Run) -> None:
        with warnings.catch_warnings():  # tqdm.auto tells notebooks without ipywidgets, where it writes plain text
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

            self._bar = tqdm(
                total=run.total_steps,
                initial=run.step,
                unit="step",
                dynamic_ncols=True,
                file=sys.stderr,
                bar_format=_FORMAT if run.total_steps else None,
            )
        self._said = 0.0
        self._of_the_step = self._of_the_epoch = ""

    def on_step_end(self, run: Run) -> None:
        now = time.monotonic()
        if now - self._said > _PAUSE:
            self._said = now
            self._of_the_step = f"loss={run.record['loss']:.4g}"
            self._say(run)
        self._bar.update()

    def on_epoch_end(self, run: Run) -> None:
        held_out = {name: value for name, value in run.record.items() if name.startswith("validation_")}
        shown = held_out or {name: value for name, value in run.record.items() if name not in ("epoch", "step")}
        self._of_the_epoch = ", ".join(f"{name}={value:.4g}" for name, value in shown.items())
        self._say(run)

    def on_train_end(self, run: Run) -> None:
        if self._bar is not None:
            self._say(run)
            self._bar.close()
            self._bar = None

    def _say(self, run: Run) -> None:
        epoch = f"{min(run.epoch, run.epochs)}/{run.epochs}" if run.epochs else f"{run.epoch}"
        self._bar.set_description(f"epoch {epoch}", refresh=False)
        self._bar.set_postfix_str(" | ".join(filter(None, (self._of_the_step, self._of_the_epoch))), refresh=False)


def is_wanted(progress: bool | None) -> bool:
    """Whether there is to be a bar; where nobody has said so, whether anybody would see it."""
    if progress is not None:
        return progress
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())
