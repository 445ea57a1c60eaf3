"""What happened in a training, step by step and epoch by epoch, and how is it read and kept?"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError, BoundsError
from autograd.functions.bare import bare

__all__ = ["History", "Records"]

_ROWS_SHOWN = 8


class Records:
    """A table that grows by rows; what a row does not have is nan in its columns.

    ``records["loss"]`` is a column, a plain list of numbers; ``records[-1]`` is a row, a dict of what was recorded.
    """

    def __init__(self, columns: Mapping[str, Iterable[float]] | None = None) -> None:
        self._columns = {str(name): _column(name, column) for name, column in (columns or {}).items()}
        lengths = {len(column) for column in self._columns.values()}
        if len(lengths) > 1:
            raise ArgumentValueError(f"the columns of a history are equally long, not of lengths {sorted(lengths)}")
        self._length = lengths.pop() if lengths else 0

    def append(self, record: Mapping[str, Any]) -> None:
        """Add a row of numbers (or of Tensors with one entry).

        Raises
        ------
        ArgumentTypeError
            If something is no number. Nothing is added then.
        """
        row = record
        if not set(map(type, record.values())) <= _NUMBERS:
            row = {name: _number(name, x) for name, x in record.items()}
        columns = self._columns
        for name, value in row.items():
            column = columns.get(name)
            if column is None:
                columns[name] = column = [math.nan] * self._length
            column.append(value)
        self._length += 1
        if len(row) < len(columns):
            for column in columns.values():
                if len(column) < self._length:
                    column.append(math.nan)

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in the order in which they appeared."""
        return list(self._columns)

    def __len__(self) -> int:
        return self._length

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __getitem__(self, key: str | int) -> Any:
        if isinstance(key, str):
            if key not in self._columns:
                raise BoundsError(f"there is no column {key!r}; there are {', '.join(self._columns) or 'none yet'}")
            return self._columns[key]
        if not -self._length <= key < self._length:
            raise BoundsError(f"there is no row {key} among {self._length}")
        return {name: column[key] for name, column in self._columns.items() if column[key] == column[key]}

    def __iter__(self) -> Iterator[dict[str, float]]:
        return (self[number] for number in range(self._length))

    def to_dict(self) -> dict[str, list[float]]:
        """The columns, copied."""
        return {name: list(column) for name, column in self._columns.items()}

    def __repr__(self) -> str:
        shown = list(range(self._length))
        if self._length > _ROWS_SHOWN:
            shown = [*shown[: _ROWS_SHOWN // 2], *shown[-_ROWS_SHOWN // 2 :]]
        names = self.columns
        lines = [[_written(self._columns[name][number]) for name in names] for number in shown]
        if self._length > _ROWS_SHOWN:
            lines.insert(_ROWS_SHOWN // 2, ["…"] * len(names))
        widths = [max(map(len, column)) for column in zip(names, *lines, strict=True)] if names else []
        return "\n".join(
            "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)) for line in [names, *lines]
        )


class History:
    """What `fit` has seen.

    Attributes
    ----------
    steps : Records
        A row for each step of the optimizer: ``step`` and ``epoch`` (both from 1), ``loss``, ``lr`` (the rate of the
        first parameter group in that step), ``grad_norm`` (before clipping), and what callbacks have added.
    epochs : Records
        A row for each epoch: ``epoch``, ``step`` (the last one), ``train_loss`` and ``train_…`` for each metric (means
        over the epoch, while the weights changed), ``validation_loss`` and ``validation_…`` if there is validation.
    stopped : str
        Why the training ended before its time, in words; empty if it did not.
    interrupted : bool
        Whether that was Ctrl-C.

    Notes
    -----
    ``history["train_loss"]`` finds a column among the epochs or the steps. The columns ``epoch`` and ``step`` are in
    both: there it is the steps'.
    """

    def __init__(
        self,
        steps: Records | None = None,
        epochs: Records | None = None,
        stopped: str = "",
        interrupted: bool = False,
    ) -> None:
        self.steps = Records() if steps is None else steps
        self.epochs = Records() if epochs is None else epochs
        self.stopped = stopped
        self.interrupted = interrupted

    def __getitem__(self, name: str) -> list[float]:
        for records in (self.steps, self.epochs):
            if name in records:
                return records[name]
        raise BoundsError(
            f"the history has no column {name!r}; by step there are {', '.join(self.steps.columns) or 'none'}, by "
            f"epoch {', '.join(self.epochs.columns) or 'none'}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything as dicts of lists of numbers: ``steps``, ``epochs``, ``stopped``, ``interrupted``."""
        return {
            "steps": self.steps.to_dict(),
            "epochs": self.epochs.to_dict(),
            "stopped": self.stopped,
            "interrupted": self.interrupted,
        }

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> History:
        """The history that `to_dict` has taken apart; the columns can be arrays, too.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            If it is no such dict.
        """
        try:
            steps, epochs = Records(state["steps"]), Records(state["epochs"])
            return cls(steps, epochs, str(state["stopped"]), bool(state["interrupted"]))
        except (TypeError, KeyError, AttributeError) as problem:
            raise ArgumentTypeError(f"no history, as History.to_dict() gives it: {state!r:.60}") from problem

    def to_csv(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write a table for other programs: a line for each step, and on the last line of an epoch what the epoch gave.

        A column of the epochs that is called like one of the steps gets ``epoch_`` before its name.

        Parameters
        ----------
        path : str or path
        overwrite : bool
            Whether a file that is there may be replaced.

        Raises
        ------
        FileExistsError
            If there is one, and it may not.
        """
        of_the_epoch = {
            name: f"epoch_{name}" if name in self.steps else name
            for name in self.epochs.columns
            if name not in ("step", "epoch")
        }
        ends = {
            row["step"]: {name: row[key] for key, name in of_the_epoch.items() if key in row} for row in self.epochs
        }
        try:
            file = open(path, "w" if overwrite else "x", newline="", encoding="utf-8")  # noqa: PTH123, SIM115
        except FileExistsError:
            raise FileExistsError(f"{os.fspath(path)!r} is there already; pass overwrite=True to replace it") from None
        with file:
            table = csv.DictWriter(file, [*self.steps.columns, *of_the_epoch.values()])
            table.writeheader()
            for row in self.steps:
                table.writerow({**row, **ends.get(row["step"], {})})

    def __repr__(self) -> str:
        counted = f"{_counted(len(self.epochs), 'epoch')}, {_counted(len(self.steps), 'step')}"
        lines = [f"History of {counted}{f'; {self.stopped}' if self.stopped else ''}"]
        shown = self.epochs if len(self.epochs) else self.steps
        return "\n".join([*lines, repr(shown)]) if len(shown) else lines[0]


_NUMBERS = {float, int}


def _column(name: str, column: Iterable[Any]) -> list[float]:
    numbers = column.tolist() if isinstance(column, np.ndarray) else list(column)
    return numbers if set(map(type, numbers)) <= _NUMBERS else [_number(name, x) for x in numbers]


def _number(name: str, x: Any) -> float:
    try:
        number = bare(x)
        if isinstance(number, np.ndarray):
            number = number.item()
        if isinstance(number, (int, np.integer)):
            return int(number)
        return float(number)
    except (TypeError, ValueError) as problem:
        raise ArgumentTypeError(f"a history holds numbers: {name!r} is {type(x).__name__} {x!r:.40}") from problem


def _written(x: float) -> str:
    return str(x) if isinstance(x, int) else f"{x:.4g}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
