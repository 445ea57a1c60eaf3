"""In which forms may data come, and how does a training go on where it was in them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np

from autograd import Tensor, from_numpy
from autograd.errors import ArgumentTypeError, ArgumentValueError
from autograd.random import get_rng_state, preserved_state
from nn.data import DataLoader, TensorDataset

__all__ = ["Feed", "as_batches", "is_pair", "parts", "sample_count"]


def as_batches(data: Any, batch_size: int | None, shuffle: bool, generator: Any = None) -> Iterable[Any]:
    """Data in the form of batches.

    Parameters
    ----------
    data : DataLoader, iterable of batches, or a tuple of two Tensors or arrays
    batch_size : int, optional
        Of two Tensors; None for all samples in one batch.
    shuffle : bool
        Whether two Tensors are to be read in another order each epoch (all in one batch stay in theirs).
    generator : Generator, optional
        What that order is drawn from.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If it is none of these, or is divided into batches already and comes with a batch size.
    """
    if is_pair(data):
        dataset = TensorDataset(*data)
        if not len(dataset):
            raise ArgumentValueError("there are no samples: the first axis of the data has length 0")
        size = len(dataset) if batch_size is None else batch_size
        return DataLoader(dataset, size, shuffle=shuffle and batch_size is not None, generator=generator)
    if batch_size is not None or generator is not None:
        raise ArgumentValueError(
            "batch_size and generator are for data given as two Tensors (inputs, targets); this "
            f"{type(data).__name__} makes its batches itself"
        )
    if isinstance(data, (Tensor, np.ndarray, str, Mapping)) or not hasattr(data, "__iter__"):
        raise ArgumentTypeError(
            "data is a DataLoader, an iterable of batches (inputs, targets), or a tuple of two Tensors with a "
            f"batch_size; not {type(data).__name__}"
        )
    return data


def is_pair(data: Any) -> bool:
    """Whether data are all inputs and all targets."""
    return isinstance(data, tuple) and len(data) == 2 and all(isinstance(x, (Tensor, np.ndarray)) for x in data)


def parts(batch: Any) -> tuple[list[Any], Any]:
    """What of a batch goes into the model, and what the loss compares the output with: the last part.

    Raises
    ------
    ArgumentTypeError
        If it has no parts.
    """
    if not isinstance(batch, (tuple, list)) or len(batch) < 2:
        raise ArgumentTypeError(
            "a batch is a tuple or list (inputs, targets), or (input, another input, …, targets); not "
            f"{type(batch).__name__} {batch!r:.60}"
        )
    if np.ndarray in map(type, batch):
        batch = [from_numpy(x) if type(x) is np.ndarray else x for x in batch]
    return list(batch[:-1]), batch[-1]


def sample_count(target: Any) -> int:
    """How many samples a batch has: the length of the target's first axis."""
    shape = getattr(target, "shape", ())
    return shape[0] if shape else 1


class Feed:
    """The batches of a training, and its place in them.

    A `DataLoader`, or anything else with ``state_dict`` and ``load_state_dict``, keeps its place itself. Other
    iterables are begun anew, with the default generator as it was at the beginning of the epoch, and read up to the
    place.

    Attributes
    ----------
    is_over : bool
        Whether all batches of the epoch were given out, and it has only to be closed.
    """

    def __init__(self, data: Iterable[Any]) -> None:
        self.data: Any = data
        self.is_over = False
        self._keeps_place = hasattr(data, "state_dict") and hasattr(data, "load_state_dict")
        self._start: Any = None

    def epoch(self, done: int) -> Iterator[Any]:
        """The batches of an epoch of which some are done.

        Raises
        ------
        ArgumentValueError
            If there are not so many.
        """
        if self.is_over:
            return iter(())
        if self._keeps_place:
            return iter(self.data)
        if not done:
            self._start = get_rng_state()
            return iter(self.data)
        with preserved_state(self._start):
            batches = iter(self.data)
            skipped = sum(1 for _ in islice(batches, done))
        if skipped < done:
            raise ArgumentValueError(
                f"the training was cut after {done} batches of an epoch, but the data has only {skipped}: are they "
                "others now?"
            )
        return batches

    def length(self) -> int | None:
        """How many batches an epoch has, if that is known."""
        try:
            return len(self.data)
        except TypeError:
            return None

    def state_dict(self, done: int) -> dict[str, Any]:
        """The place after some batches of an epoch.

        Raises
        ------
        ArgumentValueError
            If somebody else has begun to read from the same loader.
        """
        if not self._keeps_place:
            return {"is_over": self.is_over, "start": self._start if done else None}
        state = self.data.state_dict()
        if isinstance(self.data, DataLoader) and not self.is_over and state["batches"] != done:
            raise ArgumentValueError(
                f"{done} batches of this epoch are done, but the DataLoader is at {state['batches']}: something else, "
                "a callback perhaps, reads from it, too; give that a DataLoader of its own"
            )
        return {"is_over": self.is_over, "loader": state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Be at the place where `state_dict` was called.

        Raises
        ------
        ArgumentValueError
            If the data was of another form there.
        """
        if self._keeps_place != ("loader" in state):
            raise ArgumentValueError(
                "the checkpoint is of a training whose data came in another form: from a DataLoader in one, not in "
                "the other"
            )
        self.is_over = bool(state["is_over"])
        if self._keeps_place:
            self.data.load_state_dict(state["loader"])
        else:
            self._start = state["start"]
