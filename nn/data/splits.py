"""Which samples are for training, which for validation, which for the test?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentValueError, ShapeError
from autograd.functions.bare import bare
from autograd.random import numpy_generator
from nn.data.dataset import Subset

__all__ = ["k_fold", "random_split", "train_val_test_split"]


def random_split(dataset: Any, lengths: Sequence[float], generator: Any = None) -> list[Subset[Any]]:
    """Share out the samples at random.

    Parameters
    ----------
    dataset : Dataset
    lengths : sequence of int or of float
        How many samples each part gets, or fractions that add up to 1; what rounding down leaves over goes to the
        parts one by one, from the first on, as in PyTorch.
    generator : Generator, optional

    Returns
    -------
    list of Subset

    Raises
    ------
    ArgumentValueError
        If the lengths do not add up to the dataset's, or the fractions to 1.
    """
    sizes = _sizes("random_split", len(dataset), lengths)
    order = numpy_generator(generator).permutation(len(dataset))
    return [Subset(dataset, part.tolist()) for part in np.split(order, np.cumsum(sizes)[:-1])]


def train_val_test_split(
    dataset: Any, fractions: Sequence[float] = (0.8, 0.1, 0.1), stratify: Any = None, generator: Any = None
) -> list[Subset[Any]]:
    """Share out the samples at random, on request in the same proportions for every class.

    Parameters
    ----------
    dataset : Dataset
    fractions : sequence of float
        That add up to 1; three of them for training, validation and test, but any number will do.
    stratify : Tensor, array or sequence of length len(dataset), optional
        The class of every sample. The parts then have the sizes that they have without it, and of every class the share
        that is theirs, to within fewer samples than there are parts.
    generator : Generator, optional

    Returns
    -------
    list of Subset

    Raises
    ------
    ArgumentValueError
        If the fractions do not add up to 1.
    ShapeError
        If there is not one class for every sample.
    """
    if stratify is None:
        return random_split(dataset, fractions, generator)
    count = len(dataset)
    labels = np.asarray(bare(stratify))
    if labels.shape != (count,):
        raise ShapeError(
            f"train_val_test_split(): stratify has shape {labels.shape}; it takes one class for each of {count} samples"
        )
    sizes = _sizes("train_val_test_split", count, fractions)
    order = numpy_generator(generator).permutation(count)
    by_class = np.argsort(labels[order], kind="stable")
    part_of = np.empty(count, np.int64)
    part_of[by_class] = _evenly_mixed(sizes)
    return [Subset(dataset, order[part_of == part].tolist()) for part in range(len(sizes))]


def k_fold(
    dataset: Any, k: int, shuffle: bool = True, generator: Any = None
) -> Iterator[tuple[Subset[Any], Subset[Any]]]:
    """Train k times, each time with another k-th of the samples left out for validation.

    Parameters
    ----------
    dataset : Dataset
    k : int
        From 2 to the number of samples.
    shuffle : bool
        Whether the folds are drawn; otherwise they are consecutive samples.
    generator : Generator, optional

    Yields
    ------
    tuple of Subset
        Training and validation samples. Every sample is in one of the k validation sets, whose sizes differ by 1 at
        most.

    Raises
    ------
    ArgumentValueError
        If there are no k folds to be had.
    """
    count = len(dataset)
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 2 <= k <= count:
        raise ArgumentValueError(f"k_fold(): k is a number from 2 to that of the samples, {count}, not {k!r:.40}")
    order = numpy_generator(generator).permutation(count) if shuffle else np.arange(count)
    folds = np.array_split(order, k)
    return (
        (
            Subset(dataset, np.concatenate([*folds[:i], *folds[i + 1 :]]).tolist()),
            Subset(dataset, folds[i].tolist()),
        )
        for i in range(k)
    )


def _sizes(name: str, count: int, lengths: Sequence[float]) -> list[int]:
    shares = [x.item() if isinstance(x, np.generic) else x for x in lengths]
    if not all(isinstance(x, (int, float)) and not isinstance(x, bool) and x >= 0 for x in shares):
        raise ArgumentValueError(f"{name}(): the parts are numbers of samples, or fractions, not {shares!r:.80}")
    if any(isinstance(x, float) for x in shares) and math.isclose(sum(shares), 1, abs_tol=1e-9):
        sizes = [math.floor(count * x) for x in shares]
        for i in range(count - sum(sizes)):
            sizes[i % len(sizes)] += 1
        return sizes
    if sum(shares) != count or not all(isinstance(x, int) for x in shares):
        raise ArgumentValueError(
            f"{name}(): the parts {shares} add up to {sum(shares):g}; whole numbers add up to that of the samples, "
            f"{count}, fractions to 1"
        )
    return [int(x) for x in shares]


def _evenly_mixed(sizes: Sequence[int]) -> np.ndarray:
    """Part numbers, each as often as its size says, so that every stretch has them in nearly the same proportions."""
    times = np.concatenate([(np.arange(size) + 0.5) / max(size, 1) for size in sizes])
    return np.repeat(np.arange(len(sizes)), sizes)[np.argsort(times, kind="stable")]
