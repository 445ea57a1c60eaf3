"""In which order are samples read?

A sampler is anything whose iteration gives numbers of samples; it begins a new epoch each time. Those here draw what an
epoch needs when the iteration begins, so that it is decided by the state that their generator has then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from itertools import islice
from typing import Any, Generic, TypeVar

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError, ShapeError
from autograd.functions.bare import bare
from autograd.promotion import as_array
from autograd.random import numpy_generator

__all__ = [
    "BatchSampler",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "SubsetRandomSampler",
    "WeightedRandomSampler",
    "in_batches",
    "positive",
]

T_co = TypeVar("T_co", covariant=True)


class Sampler(Generic[T_co]):
    """An order of samples. A subclass defines ``__iter__``, and ``__len__`` if it ends.

    A subclass that draws keeps its generator in an attribute ``generator`` (None for the default one), so that a
    `DataLoader` can save its state.
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__(), which gives numbers of samples")


class SequentialSampler(Sampler[int]):
    """Every sample once, in order."""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Every sample once, in random order; or random samples with replacement.

    Parameters
    ----------
    data_source : Dataset
    replacement : bool
        Whether a sample can come several times.
    num_samples : int, optional
        How many are drawn (default: as many as there are). Without replacement, more than there are begin a new order
        where the last one ends.
    generator : Generator, optional

    Raises
    ------
    ArgumentValueError
        If ``num_samples`` is not a positive integer.
    """

    def __init__(
        self, data_source: Sized, replacement: bool = False, num_samples: int | None = None, generator: Any = None
    ) -> None:
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = None if num_samples is None else positive("RandomSampler", "num_samples", num_samples)
        self.generator = generator

    @property
    def num_samples(self) -> int:
        """How many an epoch has."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        source, among, wanted = numpy_generator(self.generator), len(self.data_source), self.num_samples
        if not among:
            return iter(())
        if self.replacement:
            return iter(source.integers(among, size=wanted).tolist())
        orders = [source.permutation(among) for _ in range(-(-wanted // among))]
        return iter(np.concatenate(orders)[:wanted].tolist())

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """Some samples, each once, in random order.

    Parameters
    ----------
    indices : sequence of int
        Their numbers.
    generator : Generator, optional
    """

    def __init__(self, indices: Any, generator: Any = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        return iter([self.indices[i] for i in numpy_generator(self.generator).permutation(len(self.indices)).tolist()])

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Random samples, with probabilities in proportion to weights: rare classes can so be seen more often.

    Parameters
    ----------
    weights : Tensor, array or sequence of float
        One for each sample, not negative; they need not add up to 1.
    num_samples : int
        How many are drawn.
    replacement : bool
        Whether a sample can come several times.
    generator : Generator, optional

    Raises
    ------
    ShapeError, ArgumentValueError
        If the weights are no row of such numbers, or there are not enough above 0 to draw.
    """

    def __init__(self, weights: Any, num_samples: int, replacement: bool = True, generator: Any = None) -> None:
        self.weights = as_array(bare(weights), np.float64)
        self.num_samples = positive("WeightedRandomSampler", "num_samples", num_samples)
        self.replacement = replacement
        self.generator = generator
        if self.weights.ndim != 1:
            raise ShapeError(f"WeightedRandomSampler: the weights are one row, not of shape {self.weights.shape}")
        if not (np.isfinite(self.weights) & (self.weights >= 0)).all():
            raise ArgumentValueError("WeightedRandomSampler: a weight cannot be negative, infinite or nan")
        drawable = int((self.weights > 0).sum())
        if drawable < (1 if replacement else num_samples):
            raise ArgumentValueError(
                f"WeightedRandomSampler: {num_samples} draws {'with' if replacement else 'without'} replacement from "
                f"{drawable} weights above 0"
            )

    def __iter__(self) -> Iterator[int]:
        probabilities = self.weights / self.weights.max()  # first: the sum of large numbers may be infinite
        probabilities /= probabilities.sum()
        source = numpy_generator(self.generator)
        return iter(source.choice(len(probabilities), self.num_samples, self.replacement, probabilities).tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """The numbers that another sampler gives, in lists.

    Parameters
    ----------
    sampler : iterable of int
    batch_size : int
    drop_last : bool
        Whether a last list that is shorter is left out.

    Raises
    ------
    ArgumentValueError
        If the batch size is not a positive integer.
    """

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool) -> None:
        self.sampler = sampler
        self.batch_size = positive("BatchSampler", "batch_size", batch_size)
        self.drop_last = drop_last

    @property
    def generator(self) -> Any:
        """The sampler's."""
        return getattr(self.sampler, "generator", None)

    def __iter__(self) -> Iterator[list[int]]:
        return in_batches(iter(self.sampler), self.batch_size, self.drop_last)

    def __len__(self) -> int:
        if not isinstance(self.sampler, Sized):
            raise ArgumentTypeError(f"this BatchSampler's {type(self.sampler).__name__} has no length")
        count = len(self.sampler)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def in_batches(items: Iterator[Any], size: int, drop_last: bool) -> Iterator[list[Any]]:
    """Lists of so many items."""
    while batch := list(islice(items, size)):
        if len(batch) < size and drop_last:
            return
        yield batch


def positive(name: str, what: str, x: Any) -> int:
    """A positive integer, or an error that says what should have been one."""
    if isinstance(x, bool) or not isinstance(x, (int, np.integer)) or x < 1:
        raise ArgumentValueError(f"{name}: {what} is a positive integer, not {x!r:.40}")
    return int(x)
