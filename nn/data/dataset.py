"""What can be asked for its samples?

A `Dataset` answers ``dataset[i]`` and ``len(dataset)``, an `IterableDataset` gives its samples one after the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Generic, TypeVar

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentTypeError, BoundsError, ShapeError
from autograd.functions.bare import bare
from autograd.tensor import _wrap

__all__ = ["ConcatDataset", "Dataset", "IterableDataset", "Subset", "TensorDataset", "read", "rows"]

T_co = TypeVar("T_co", covariant=True)


class Dataset(Generic[T_co]):
    """Samples that can be asked for by number. A subclass defines ``__getitem__``, and ``__len__``.

    A method ``__getitems__``, which takes a list of numbers and returns a list of samples, is used by a `DataLoader` if
    there is one.
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(index), which returns one sample")

    def __add__(self, other: Dataset[Any]) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co]):
    """Samples that come as a stream. A subclass defines ``__iter__``, which begins anew each time."""

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(
            f"{type(self).__name__} must define __iter__(), which yields one sample after another"
        )


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Sample i is the tuple of the i-th rows of some Tensors.

    Parameters
    ----------
    *tensors : Tensor or array
        With equally long first axes. Arrays are copied.

    Raises
    ------
    ShapeError, ArgumentTypeError
        If the first axes differ, or there are no Tensors.
    """

    def __init__(self, *tensors: Any) -> None:
        if not tensors:
            raise ArgumentTypeError("TensorDataset() takes one Tensor or more")
        for x in tensors:
            if not isinstance(x, (Tensor, np.ndarray)):
                raise ArgumentTypeError(f"TensorDataset() takes Tensors or arrays, not {type(x).__name__} {x!r:.40}")
        self.tensors = tuple(x if isinstance(x, Tensor) else Tensor(x) for x in tensors)
        if len({x.shape[:1] for x in self.tensors}) > 1 or not self.tensors[0].ndim:
            raise ShapeError(
                "TensorDataset(): the first axis counts the samples, so it is equally long in every Tensor; the shapes "
                f"are {', '.join(str(x.shape) for x in self.tensors)}"
            )

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(x[index] for x in self.tensors)

    def __len__(self) -> int:
        return self.tensors[0].shape[0]


class Subset(Dataset[T_co]):
    """Some of the samples of a dataset.

    Parameters
    ----------
    dataset : Dataset
    indices : sequence of int
        Their numbers in the dataset, in the order that they have here.
    """

    def __init__(self, dataset: Dataset[T_co], indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> T_co:
        return self.dataset[[self.indices[i] for i in index] if isinstance(index, list) else self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset[T_co]):
    """Datasets one behind the other.

    Parameters
    ----------
    datasets : iterable of Dataset

    Raises
    ------
    ArgumentTypeError
        If there is none, or one is a stream, which has no numbers.
    """

    def __init__(self, datasets: Any) -> None:
        self.datasets = list(datasets)
        if not self.datasets or any(isinstance(d, IterableDataset) for d in self.datasets):
            raise ArgumentTypeError("ConcatDataset() takes one or more datasets whose samples have numbers")
        self.cumulative_sizes = list(accumulate(len(d) for d in self.datasets))

    def __getitem__(self, index: int) -> T_co:
        if not -len(self) <= index < len(self):
            raise BoundsError(f"there is no sample {index} among {len(self)}")
        index %= len(self)
        position = bisect_right(self.cumulative_sizes, index)
        return self.datasets[position][index - (self.cumulative_sizes[position - 1] if position else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


# --- how a DataLoader reads -------------------------------------------------------------------------------------------


def read(dataset: Any, indices: Sequence[Any]) -> list[Any]:
    """Samples by their numbers. An exception gets a note that says which sample it was."""
    dataset, indices = _behind_subsets(dataset, indices)
    together = getattr(dataset, "__getitems__", None)
    if together is not None:
        return together(indices)
    samples = []
    for index in indices:
        try:
            samples.append(dataset[index])
        except Exception as problem:
            problem.add_note(f"while reading sample {index!r} of a {type(dataset).__name__}")
            raise
    return samples


def rows(dataset: Any, indices: Sequence[Any]) -> list[Tensor] | None:
    """The batch that reading and collating samples would give, taken from whole Tensors at once.

    None if the dataset is not made of Tensors, or if the rows are to be read in another way.
    """
    dataset, indices = _behind_subsets(dataset, indices)
    if getattr(type(dataset), "__getitem__", None) is not TensorDataset.__getitem__ or hasattr(dataset, "__getitems__"):
        return None
    numbers = np.asarray(indices)
    if numbers.ndim != 1 or numbers.dtype.kind != "i" or any(x.requires_grad for x in dataset.tensors):
        return None
    try:
        return [_wrap(bare(x).take(numbers, 0)) for x in dataset.tensors]
    except IndexError:
        return None  # reading one by one says which it is


def _behind_subsets(dataset: Any, indices: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    """The dataset of which this is a subset, and the numbers there; a subclass of `Subset` may read in its own way."""
    while type(dataset) is Subset:
        dataset, indices = dataset.dataset, [dataset.indices[i] for i in indices]
    return dataset, indices
