"""How can Ctrl-C end a training between two steps, and not within one?"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

__all__ = ["Interrupts"]


class Interrupts:
    """While this is entered, the first Ctrl-C is noted, and only another one interrupts what is being computed.

    A program that handles SIGINT itself goes on doing so, and threads other than the main one, which signals never
    reach, are left alone.
    """

    def __init__(self) -> None:
        self.requested = False
        """Whether there was one."""
        self._is_ours = False

    def __enter__(self) -> Self:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._is_ours = True
            self._handle_by(self._note)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._handle_by(signal.default_int_handler)
        self._is_ours = False

    def _handle_by(self, handler: Any) -> None:
        if self._is_ours:
            signal.signal(signal.SIGINT, handler)

    def _note(self, *_: Any) -> None:
        if self.requested:
            self._handle_by(signal.default_int_handler)  # now: this may keep __exit__ from being entered
            raise KeyboardInterrupt
        self.requested = True
        with suppress(Exception):  # the stream may be closed, or in the middle of a write: no reason to fail
            sys.stderr.write("\nCtrl-C: this batch is finished first; once more stops at once\n")

    def between(self, batches: Iterable[Any]) -> Iterator[Any]:
        """The batches, until there was a Ctrl-C: for work of which a part is of no use.

        Raises
        ------
        KeyboardInterrupt
            Where nothing is half done.
        """
        for batch in batches:
            if self.requested:
                raise KeyboardInterrupt
            yield batch

    @contextmanager
    def ignored(self) -> Iterator[None]:
        """While what is needed after one is done."""
        self._handle_by(signal.SIG_IGN)
        try:
            yield
        finally:
            self._handle_by(signal.default_int_handler)
