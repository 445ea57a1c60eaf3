"""How does a training loop get its batches, one after the other, and go on where it was cut?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograd.errors import ArgumentTypeError, ArgumentValueError
from autograd.functions.creation import number
from autograd.random import Generator, default_generator, numpy_generator
from nn.data.collate import default_collate, default_convert
from nn.data.dataset import IterableDataset, read, rows
from nn.data.sampler import BatchSampler, RandomSampler, SequentialSampler, in_batches, positive
from nn.data.workers import END, Workers

__all__ = ["DataLoader"]


class DataLoader:
    """The samples of a dataset in batches.

    Parameters
    ----------
    dataset : Dataset or IterableDataset
    batch_size : int, optional
        How many samples a batch has; None for the samples themselves.
    shuffle : bool
        Whether every epoch has another order.
    sampler : iterable of int, optional
        The order, in the place of ``shuffle``.
    batch_sampler : iterable of lists of int, optional
        The batches, in the place of ``batch_size``, ``shuffle``, ``sampler`` and ``drop_last``.
    num_workers : int
        How many threads read batches ahead; 0 reads each when it is asked for. The order of batches is the same.
        A stream (`IterableDataset`) is read by one thread.
    collate_fn : callable, optional
        Makes a batch from a list of samples (default: `default_collate`, without batches `default_convert`).
    drop_last : bool
        Whether a last batch that is smaller is left out.
    timeout : float
        The longest time, in seconds, to wait for a worker's batch; 0 for ever.
    worker_init_fn : callable, optional
        Called in each thread with its number, before its first batch.
    generator : Generator, optional
        What orders are drawn from (default: the default one). Each epoch draws its order and one number more, as in
        PyTorch, from which workers get their generators, see `WorkerInfo`.
    prefetch_factor : int, optional
        How many batches are read ahead for each worker (default 2).
    pin_memory, pin_memory_device, multiprocessing_context, persistent_workers, in_order
        Accepted for programs written for PyTorch; they mean nothing for threads, whose results always come in order.

    Raises
    ------
    ArgumentValueError, ArgumentTypeError
        If arguments contradict each other or are none.

    Examples
    --------
    >>> from autograd import Generator
    >>> from nn.data import DataLoader, TensorDataset, moons
    >>> loader = DataLoader(TensorDataset(*moons(100)), batch_size=32, shuffle=True, generator=Generator(0))
    >>> [X.shape for X, y in loader]
    [(32, 2), (32, 2), (32, 2), (4, 2)]

    Notes
    -----
    An exception in a dataset or in ``collate_fn`` reaches the loop as it is, with a note that names sample and batch.
    When the loop is left early, threads end after the batch that they are at.

    ``state_dict`` says how far the epoch has come and from which state its order was drawn. After ``load_state_dict``,
    also in another process, the next iteration goes on with the very next batch of that epoch, and later epochs follow
    as they would have. Batches that were read ahead and not yet given out do not count. What is guaranteed about draws:

    - Orders: exactly repeated, if they are drawn by the samplers here, or by another one that has a length and draws
      from the loader's generator, from its own attribute ``generator``, or from the default one.
    - Draws of samples (augmentation) from the loader's generator, without workers: exactly repeated.
    - From the default generator, without workers: exactly repeated if whoever saves the loader's state saves the
      default generator's too, and restores it. Without a ``generator``, that goes for the orders of later epochs, too.
    - In workers: exactly repeated by what draws from ``get_worker_info().generator``, as the augmentations of `nn.data`
      do by themselves. Draws from any other generator depend on which thread comes first.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        del pin_memory, multiprocessing_context, persistent_workers, pin_memory_device, in_order
        self.dataset = dataset
        self.batch_size = None if batch_size is None else positive("DataLoader", "batch_size", batch_size)
        self.num_workers = num_workers
        self.drop_last = drop_last
        self.timeout = number("DataLoader", "timeout", timeout)
        self.worker_init_fn = worker_init_fn
        self.generator = generator
        self.prefetch_factor = prefetch_factor
        self._is_stream = isinstance(dataset, IterableDataset)
        self._refuse_contradictions(shuffle, sampler, batch_sampler)

        if sampler is None and batch_sampler is None and not self._is_stream:
            _length(dataset)
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_sampler is not None:
            self.batch_size = None
        elif sampler is not None and self.batch_size is not None:
            batch_sampler = BatchSampler(sampler, self.batch_size, drop_last)
        self.sampler, self.batch_sampler = sampler, batch_sampler
        self._makes_batches = batch_sampler is not None or batch_size is not None
        self.collate_fn: Callable[[Any], Any] = collate_fn or (
            default_collate if self._makes_batches else default_convert
        )
        self._order: Any = sampler if batch_sampler is None else batch_sampler
        self._generators = _distinct(generator, getattr(self._order, "generator", None))
        self._progress = _Progress()
        self._resumed = False

    def _refuse_contradictions(self, shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
        if self._is_stream and (shuffle or sampler is not None or batch_sampler is not None):
            raise ArgumentValueError(
                "DataLoader: the samples of an IterableDataset come in the stream's order; shuffle, sampler and "
                "batch_sampler are for datasets that are asked by number"
            )
        for what, given in (("sampler", sampler), ("batch_sampler", batch_sampler)):
            if given is not None and not hasattr(given, "__iter__"):
                raise ArgumentTypeError(f"DataLoader: {what} gives numbers of samples one by one, unlike {given!r:.40}")
        if sampler is not None and shuffle:
            raise ArgumentValueError("DataLoader: pass either a sampler or shuffle, not both")
        if batch_sampler is not None and (self.batch_size != 1 or shuffle or sampler is not None or self.drop_last):
            raise ArgumentValueError(
                "DataLoader: a batch_sampler takes the place of batch_size, shuffle, sampler and drop_last"
            )
        if self.batch_size is None and self.drop_last:
            raise ArgumentValueError("DataLoader: without batches (batch_size=None) there is no last one to drop")
        if self.num_workers:
            positive("DataLoader", "num_workers", self.num_workers)
        if self.prefetch_factor is not None:
            positive("DataLoader", "prefetch_factor", self.prefetch_factor)
            if not self.num_workers:
                raise ArgumentValueError("DataLoader: prefetch_factor is for workers: pass num_workers, too")
        if not self.timeout >= 0:
            raise ArgumentValueError(f"DataLoader: timeout is a number of seconds or 0, not {self.timeout}")

    def __len__(self) -> int:
        """How many batches an epoch has."""
        if not self._is_stream:
            return len(self._order)
        count = _length(self.dataset)
        if self.batch_size is None:
            return count
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        now = [generator.get_state() for generator in self._generators]
        progress = self._progress if self._resumed else _Progress()
        goes_on = progress.start is not None
        try:
            if progress.start is None:
                progress.start = now
            else:
                _set_states(self._generators, progress.start)
            requests = self._requests()
            seed = int(numpy_generator(self.generator).integers(2**63))
            if self._is_stream:  # what it gives may depend on its earlier draws, in a worker on those of every batch
                results = self._results(requests, 0, seed)
                skipped = sum(1 for _ in itertools.islice(results, progress.batches))
            else:
                skipped = sum(1 for _ in itertools.islice(requests, progress.batches))
                results = self._results(requests, skipped, seed)
        finally:
            if goes_on:
                _set_states(self._generators, now)
        if skipped < progress.batches:
            raise ArgumentValueError(
                f"DataLoader: according to the state that was loaded, {progress.batches} batches of this epoch were "
                f"given out, but it has only {skipped}: data or sampler are others than those of the state"
            )
        self._progress, self._resumed = progress, False
        return _Epoch(results, progress)

    def _requests(self) -> Iterator[Any]:
        """What is to be read for each batch: numbers of samples; of a stream, the samples themselves."""
        if not self._is_stream:
            # all at once, so that nothing is drawn later, between the draws of others
            return iter(list(self._order) if _has_length(self._order) else self._order)
        stream = iter(self.dataset)
        return stream if self.batch_size is None else in_batches(stream, self.batch_size, self.drop_last)

    def _results(self, requests: Iterator[Any], first: int, seed: int) -> Iterator[Any]:
        """The batches that come of the requests."""
        batches = (self._read(request) for request in requests)
        if not self.num_workers:
            return batches
        count = 1 if self._is_stream else self.num_workers
        workers = Workers(count, count * (self.prefetch_factor or 2), self.timeout, self.worker_init_fn, self.dataset)
        if self._is_stream:
            return workers.read(lambda _: next(batches, END), itertools.repeat(None), first, seed)
        return workers.read(self._read, requests, first, seed)

    def _read(self, request: Any) -> Any:
        """A batch, or a sample if there are no batches."""
        if self._is_stream:
            return self.collate_fn(request)
        if not self._makes_batches:
            return self.collate_fn(read(self.dataset, [request])[0])
        if self.collate_fn is default_collate and (batch := rows(self.dataset, request)) is not None:
            return batch
        samples = read(self.dataset, request)
        try:
            return self.collate_fn(samples)
        except Exception as problem:
            problem.add_note(f"while putting together samples {request!r:.80}")
            raise

    def state_dict(self) -> dict[str, Any]:
        """How far the iteration that began last has come, and the states of generators: can be written as JSON."""
        return {
            "samples": len(self.dataset) if _has_length(self.dataset) else None,
            "batch_size": self.batch_size,
            "batches": self._progress.batches,
            "start": self._progress.start,
            "generators": [None if g is default_generator else g.get_state() for g in self._generators],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Let the next iteration go on where another stood when its ``state_dict`` was taken.

        The loader's own generators (that of ``generator``, that of the sampler) go on from their states. The default
        generator is left alone: it belongs to everybody.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            If it is no such state, or that of other data, another batch size or other generators.
        """
        ours = self.state_dict()
        if not isinstance(state_dict, Mapping) or set(state_dict) != set(ours):
            raise ArgumentTypeError(
                f"DataLoader: a state has {', '.join(ours)}, as state_dict() returns it, unlike {state_dict!r:.80}"
            )
        for what in ("samples", "batch_size"):
            if state_dict[what] != ours[what]:
                raise ArgumentValueError(
                    f"DataLoader: the state is of a loader with {what} {state_dict[what]!r:.40}; this has {ours[what]}"
                )
        batches, start, generators = (state_dict[key] for key in ("batches", "start", "generators"))
        if isinstance(batches, bool) or not isinstance(batches, int) or batches < 0 or (batches and start is None):
            raise ArgumentTypeError(f"DataLoader: a state counts batches from a start, not {batches!r:.40} of them")
        own = [None if state is None else "a state" for state in ours["generators"]]
        theirs = [None if state is None else "a state" for state in _as_list(generators)]
        if own != theirs or (start is not None and len(_as_list(start)) != len(own)):
            raise ArgumentTypeError(
                "DataLoader: this loader draws from other generators than that of the state; make it with the same "
                "arguments generator, sampler and batch_sampler"
            )
        for state in [*(start or ()), *(state for state in generators if state is not None)]:
            Generator().set_state(state)  # refuses what is none, before anything is changed
        for generator, state in zip(self._generators, generators, strict=True):
            if state is not None:
                generator.set_state(state)
        self._progress, self._resumed = _Progress(start, batches), True


@dataclass
class _Progress:
    """How far an epoch has come: the generators' states when it began, and how many batches were given out since."""

    start: list[dict[str, Any]] | None = None
    batches: int = 0


class _Epoch(Iterator[Any]):
    """One iteration, which keeps count of what it has given out."""

    def __init__(self, results: Iterator[Any], progress: _Progress) -> None:
        self._results = results
        self._progress = progress

    def __next__(self) -> Any:
        try:
            batch = next(self._results)
        except StopIteration:
            self._progress.start, self._progress.batches = None, 0
            raise
        except Exception as problem:
            problem.add_note(f"DataLoader: in batch {self._progress.batches} of the epoch")
            self._results, self._progress = iter(()), _Progress()  # it is over, and the count stays where it was
            raise
        self._progress.batches += 1
        return batch


def _distinct(*generators: Any) -> list[Generator]:
    found: list[Generator] = []
    for generator in generators:
        made = default_generator if generator is None else generator
        if not isinstance(made, Generator):
            raise ArgumentTypeError(
                f"DataLoader: it saves the state of its generator, an autograd.Generator, not {made!r:.40}"
            )
        if not any(made is other for other in found):
            found.append(made)
    return found


def _set_states(generators: list[Generator], states: list[dict[str, Any]]) -> None:
    for generator, state in zip(generators, states, strict=True):
        generator.set_state(state)


def _as_list(x: Any) -> list[Any]:
    return x if isinstance(x, list) else []


def _has_length(x: Any) -> bool:
    try:
        len(x)
    except TypeError:
        return False
    return True


def _length(dataset: Any) -> int:
    if not _has_length(dataset):
        raise ArgumentTypeError(
            f"DataLoader: {type(dataset).__name__} has no length; define __len__, or make it an IterableDataset"
        )
    return len(dataset)
