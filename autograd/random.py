"""Where does chance come from, and how is it made to repeat itself?

A `Generator` is a seeded source of draws. Functions that draw (``rand``, ``multinomial``, dropout …) take one by the
name ``generator`` and otherwise use the default one, which ``manual_seed`` seeds. What it has yet to draw is its
*state*, a dictionary of text and integers that can be written as JSON.

The draws are NumPy's (PCG64), so a seed does not give PyTorch's numbers; and NumPy keeps the right to change, between
its versions, what a seed gives.

Threads: a draw is one step that no other thread can come between, but who draws first is left to chance. Whoever needs
draws to repeat in several threads gives each a generator of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError

__all__ = [
    "Generator",
    "default_generator",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "numpy_generator",
    "preserved_state",
    "seed",
    "set_rng_state",
]


class Generator:
    """A source of draws.

    Parameters
    ----------
    seed : int, optional
        Equal seeds give equal draws. Without one, the operating system gives a seed, another each time.
    device : str
        "cpu", for programs written for PyTorch.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If the seed is not an integer of at most 64 bits, or the device is another.

    Examples
    --------
    >>> import autograd
    >>> first, second = (autograd.rand(3, generator=Generator(7)) for _ in range(2))
    >>> bool((first == second).all())
    True
    """

    __slots__ = ("_numpy", "_seed")

    def __init__(self, seed: int | None = None, device: Any = "cpu") -> None:
        if str(device) != "cpu":
            raise ArgumentValueError(f"Generator(): there is no device {device!r}, only 'cpu'")
        self._numpy: np.random.Generator | None = None
        self._seed: int | None = None
        if seed is not None:
            self.manual_seed(seed)

    @property
    def numpy(self) -> np.random.Generator:
        """NumPy's generator, which does the drawing."""
        if self._numpy is None:  # made when it is needed: loading numpy.random takes a while
            self.seed()
        assert self._numpy is not None
        return self._numpy

    @property
    def device(self) -> str:
        """Always "cpu"."""
        return "cpu"

    def manual_seed(self, seed: int) -> Generator:
        """Begin anew from a seed, and return the generator. As in PyTorch, -1 is the largest seed of 64 bits."""
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise ArgumentTypeError(f"manual_seed(): a seed is an integer, not {type(seed).__name__} {seed!r:.40}")
        if not -(2**63) <= seed < 2**64:
            raise ArgumentValueError(f"manual_seed(): {seed} does not fit in 64 bits")
        self._seed = int(seed) % 2**64
        self._numpy = np.random.Generator(np.random.PCG64(self._seed))
        return self

    def seed(self) -> int:
        """Begin anew from a seed that the operating system gives, and return it."""
        drawn = np.random.SeedSequence().entropy
        assert isinstance(drawn, int)
        self.manual_seed(drawn % 2**64)
        return self.initial_seed()

    def initial_seed(self) -> int:
        """The seed that the generator began from."""
        if self._seed is None:
            self.seed()
        assert self._seed is not None
        return self._seed

    def get_state(self) -> dict[str, Any]:
        """Everything that decides the coming draws: NumPy's state of PCG64, and the seed.

        Text and integers only, some of them of 128 bits (Python's ``json`` keeps these exactly).
        """
        return {**self.numpy.bit_generator.state, "seed": self._seed}

    def set_state(self, state: Mapping[str, Any]) -> Generator:
        """Go on from a state that ``get_state`` returned, and return the generator.

        Raises
        ------
        ArgumentTypeError
            If it is not such a state.
        """
        made = np.random.Generator(np.random.PCG64(0))
        try:
            made.bit_generator.state = dict(state)
            seed = None if state["seed"] is None else int(state["seed"])
        except (TypeError, ValueError, KeyError, OverflowError) as problem:
            raise ArgumentTypeError(
                f"set_state() takes what get_state() returned, not {state!r:.40} ({type(problem).__name__}: {problem})"
            ) from problem
        self._numpy, self._seed = made, seed
        return self

    def __repr__(self) -> str:
        return "Generator()" if self._seed is None else f"Generator({self._seed})"


default_generator = Generator()
"""What is drawn from where no generator is named."""

manual_seed = default_generator.manual_seed
"""Seed the default generator."""

seed = default_generator.seed
"""Seed the default generator from the operating system."""

initial_seed = default_generator.initial_seed
"""The seed of the default generator."""

get_rng_state = default_generator.get_state
"""What the default generator has yet to draw."""

set_rng_state = default_generator.set_state
"""Let the default generator go on from a state."""


@contextmanager
def preserved_state(state: Mapping[str, Any] | None = None) -> Iterator[Generator]:
    """Leave the default generator, after a block, as it was before.

    Parameters
    ----------
    state : mapping, optional
        What ``get_rng_state`` returned before a computation whose draws the block is to repeat.

    Examples
    --------
    >>> import autograd
    >>> before = autograd.get_rng_state()
    >>> x = autograd.rand(3)
    >>> with preserved_state(before):
    ...     again = autograd.rand(3)
    >>> bool((x == again).all())
    True

    Notes
    -----
    There is one default generator for all threads: what others draw meanwhile is put back, too.
    """
    before = default_generator.get_state()
    try:
        if state is not None:
            default_generator.set_state(state)
        yield default_generator
    finally:
        default_generator.set_state(before)


def numpy_generator(generator: Any = None) -> np.random.Generator:
    """NumPy's generator behind one of ours, or behind the default one; one of NumPy's own will do, too.

    Raises
    ------
    ArgumentTypeError
        If it is neither.
    """
    if generator is None:
        return default_generator.numpy
    if isinstance(generator, Generator):
        return generator.numpy
    if isinstance(generator, np.random.Generator):
        return generator
    raise ArgumentTypeError(
        f"generator must be an autograd.Generator or NumPy's, not {type(generator).__name__} {generator!r:.40}"
    )
