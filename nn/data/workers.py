"""How are batches read ahead, in other threads, and still in order?

Threads share memory, so nothing is copied between them; they help where reading waits for a disk, or computes in NumPy,
which lets other threads run meanwhile.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass
from functools import cached_property
from queue import SimpleQueue
from typing import Any

import numpy as np

from autograd.errors import AutogradError
from autograd.random import Generator, numpy_generator

__all__ = ["END", "WorkerInfo", "WorkerTimeoutError", "Workers", "get_worker_info", "source_of_draws"]

END = object()
"""What reading gives when there is nothing more to read."""


class WorkerTimeoutError(AutogradError, TimeoutError):
    """A worker thread took longer over a batch than a `DataLoader` was told to wait."""


@dataclass
class WorkerInfo:
    """What a dataset can know while a worker thread reads from it.

    Attributes
    ----------
    id, num_workers : int
        The number of the thread, and how many there are.
    seed : int
        Another for every batch, decided by the state of the loader's generator when the epoch began: which thread
        reads the batch makes no difference.
    dataset : Dataset
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any

    @cached_property
    def generator(self) -> Generator:
        """A generator for the draws of this batch, begun from the seed."""
        return Generator(self.seed)


_current: ContextVar[WorkerInfo | None] = ContextVar("the worker that this thread is", default=None)


def get_worker_info() -> WorkerInfo | None:
    """What is known of the worker thread in which this is called; None in any other thread."""
    return _current.get()


def source_of_draws(generator: Any = None) -> np.random.Generator:
    """NumPy's generator behind this one, behind that of the worker's batch, or behind the default one."""
    worker = get_worker_info()
    return numpy_generator(worker.generator if generator is None and worker is not None else generator)


@dataclass
class Workers:
    """Threads to be.

    Parameters
    ----------
    count : int
    ahead : int
        How many batches are read ahead.
    timeout : float
        The longest time, in seconds, to wait for one; 0 for ever.
    prepare : callable, optional
        Called in each thread with its number, before its first batch.
    dataset : Dataset
        For `WorkerInfo`.
    """

    count: int
    ahead: int
    timeout: float
    prepare: Callable[[int], Any] | None
    dataset: Any

    def read(self, read: Callable[[Any], Any], requests: Iterable[Any], first: int, seed: int) -> Iterator[Any]:
        """What ``read`` makes of every request, in order, until it gives `END`.

        Parameters
        ----------
        read : callable
            Called in the threads, in the context (modes, default element type) of who asks for results.
        requests : iterable
        first : int
            The number that the first request has in its epoch.
        seed : int
            Of the epoch; with the number of a request it gives the seed of that.

        Raises
        ------
        WorkerTimeoutError
            If a result was not there in time.
        Exception
            What ``read`` raises.
        """
        jobs: SimpleQueue[tuple[Future[Any], Context, int, Any] | None] = SimpleQueue()
        threads = [
            # daemons: a program can end although one of them waits for something that never comes
            threading.Thread(target=self._serve, args=(i, read, jobs, seed), name=f"DataLoader_{i}", daemon=True)
            for i in range(self.count)
        ]
        numbered = enumerate(requests, first)
        pending: deque[Future[Any]] = deque()
        try:
            for thread in threads:
                thread.start()
            while True:
                for number, request in itertools.islice(numbered, self.ahead - len(pending)):
                    pending.append(Future())
                    jobs.put((pending[-1], copy_context(), number, request))
                if not pending:
                    return
                result = self._result_of(pending.popleft())
                if result is END:
                    return
                yield result
        finally:  # also when the loop that asks for results is left
            for future in pending:
                future.cancel()
            for _ in threads:
                jobs.put(None)

    def _serve(self, own_id: int, read: Callable[[Any], Any], jobs: SimpleQueue[Any], seed: int) -> None:
        """What one thread does."""
        is_prepared = False

        def work(number: int, request: Any) -> Any:
            nonlocal is_prepared
            batch_seed = np.random.SeedSequence((seed, number)).generate_state(1, np.uint64)
            _current.set(WorkerInfo(own_id, self.count, int(batch_seed[0]), self.dataset))
            if self.prepare is not None and not is_prepared:
                is_prepared = True
                self.prepare(own_id)
            return read(request)

        while (job := jobs.get()) is not None:
            future, context, number, request = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(context.run(work, number, request))
                except BaseException as problem:  # it is raised in the loop that asks for the result
                    future.set_exception(problem)
            del job, future, context, request  # or they would live until the next one comes

    def _result_of(self, future: Future[Any]) -> Any:
        if not wait([future], min(self.timeout, threading.TIMEOUT_MAX) or None).done:
            raise WorkerTimeoutError(
                f"DataLoader: a worker has been reading a batch for {self.timeout} s; pass a longer timeout, or "
                "look at what the dataset waits for"
            )
        return future.result()
