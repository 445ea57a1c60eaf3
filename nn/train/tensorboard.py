"""How does TensorBoard get to see a training?"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nn.data import MissingPackageError
from nn.train.callbacks import Callback

if TYPE_CHECKING:
    from nn.train.run import Run

__all__ = ["TensorBoard"]


class TensorBoard(Callback):
    """Writes what the history gets for TensorBoard to show: ``tensorboard --logdir …``.

    Parameters
    ----------
    folder : str or path
        Made if it is not there. Each run adds a file to it.

    Raises
    ------
    MissingPackageError
        If TensorBoard is not installed.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        try:
            from tensorboard.compat.proto.event_pb2 import Event
            from tensorboard.compat.proto.summary_pb2 import Summary
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError as problem:
            raise MissingPackageError(
                "log_to needs TensorBoard: pip install tensorboard; without it, History.to_csv() writes the same "
                "numbers"
            ) from problem
        self.folder = os.fspath(folder)
        self._event, self._summary, self._open = Event, Summary, EventFileWriter
        self._writer: Any = None

    def on_train_begin(self, run: Run) -> None:  # noqa: ARG002
        self._writer = self._open(self.folder)

    def on_step_end(self, run: Run) -> None:
        self._write("step", run.record, run.step)

    def on_epoch_end(self, run: Run) -> None:
        self._write("epoch", run.record, run.step)

    def on_train_end(self, run: Run) -> None:  # noqa: ARG002
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _write(self, group: str, record: Mapping[str, Any], step: int) -> None:
        values = [
            self._summary.Value(tag=f"{group}/{name}", simple_value=float(value))
            for name, value in record.items()
            if name not in ("step", "epoch")
        ]
        event = self._event(wall_time=time.time(), step=step, summary=self._summary(value=values))
        self._writer.add_event(event)
