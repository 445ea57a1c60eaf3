"""Do threads that share a task do all of it, once, as the caller would, and without waiting for each other?"""

import threading

import numpy as np
import pytest

from nn.ops import threads
from nn.ops.threads import WORTH, share


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 2)


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_every_part_is_done_once(count):
    times = np.zeros(count, int)

    def task(start, stop):
        times[start:stop] += 1

    share(task, count, 10 * WORTH)
    assert np.all(times == 1)


def test_who_shares_may_be_sharing():
    # With as many threads waiting as there are, nobody is left to do what they wait for.
    times = np.zeros((4, 4), int)

    def outer(start, stop):
        for row in times[start:stop]:
            share(lambda a, b, row=row: row.__setitem__(slice(a, b), row[a:b] + 1), 4, 10 * WORTH)

    caller = threading.Thread(target=share, args=(outer, 4, 10 * WORTH), daemon=True)
    caller.start()
    caller.join(20)
    assert not caller.is_alive()
    assert np.all(times == 1)


@pytest.mark.parametrize("at", [0, 1])
def test_an_error_in_any_part_reaches_the_caller(at):
    def task(start, stop):
        if start <= at < stop:
            raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        share(task, 2, 10 * WORTH)


def test_every_part_treats_infinities_as_the_caller_does():
    found = {}
    with np.errstate(over="raise", divide="call"):
        share(lambda start, stop: found.update({start: np.geterr()}), 2, 10 * WORTH)
        assert found == {0: np.geterr(), 1: np.geterr()}
