"""Where did the first nan or inf come from?"""

from __future__ import annotations

import linecache
import os
import sys
from typing import Any

import numpy as np

from autograd.errors import AnomalyError
from autograd.modes import Watching
from autograd.tensor import Tensor, _array_of

__all__ = ["detect_anomaly"]

_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib is slow to import)
_OURS = tuple(os.path.join(_HOME, package, "") for package in ("autograd", "nn", "viz"))  # noqa: PTH118


class detect_anomaly(Watching):
    """Raise at the first operation that makes nan or inf out of finite numbers, forward or backward.

    A context manager or a decorator, for Tensors. An operation that is given nan or inf (a mask of −inf, say) may hand
    it on. Every operation is checked and its line noted, so programs run slower in this mode.

    Raises
    ------
    AnomalyError
        Says which operation it was, on which line of the program, with which inputs; in the backward pass, the line of
        the forward operation whose gradient went wrong (if that was recorded in this mode).

    Examples
    --------
    >>> from autograd import Tensor, detect_anomaly
    >>> x = Tensor([0.0, 1.0], requires_grad=True)
    >>> with detect_anomaly():  # doctest: +ELLIPSIS, +IGNORE_EXCEPTION_DETAIL
    ...     y = x.sqrt()  # 0 and 1, but infinitely steep at 0
    ...     y.sum().backward()
    Traceback (most recent call last):
    autograd.errors.AnomalyError: the gradient of sqrt to its input number 0 …
    """

    def saw_forward(self, out: Any, op: Any, inputs: Any) -> None:
        if out.op is not None:
            out._extras().origin = _users_line()
        if not _is_finite(out) and all(map(_is_finite, inputs)):
            shown = ", ".join(map(_summary, inputs))
            raise AnomalyError(f"{op.name}({shown}) made {_what(out)} at {_users_line()}")

    def saw_backward(self, node: Any, upstream: Any, contributions: Any) -> None:
        if not _is_finite(upstream):
            return
        for contribution in contributions:
            if not _is_finite(contribution.gradient):
                origin = (node._more.origin if node._more is not None else "") or "a line outside of detect_anomaly()"
                raise AnomalyError(
                    f"the gradient of {node.op.name} to its input number {contribution.position} "
                    f"({_summary(contribution.parent)}) became {_what(contribution.gradient)}, with a finite upstream "
                    f"gradient; the operation stands at {origin}"
                )


def _numbers(x: Any) -> Any:
    return _array_of(x) if isinstance(x, Tensor) else x


def _is_finite(x: Any) -> bool:
    numbers = _numbers(x)
    if isinstance(numbers, (float, np.ndarray, np.floating)) and getattr(numbers, "dtype", np.dtype(float)).kind == "f":
        return bool(np.isfinite(numbers).all())
    return True


def _what(x: Any) -> str:
    numbers = np.asarray(_numbers(x))
    bad = numbers[~np.isfinite(numbers)]
    return f"{bad[0]} ({bad.size} of {numbers.size} entries)" if numbers.size > 1 else f"{bad[0]}"


def _summary(x: Any) -> str:
    if not isinstance(x, (Tensor, np.ndarray)):
        return f"{x!r:.30}"
    numbers = np.asarray(_numbers(x))
    name = f"{x.label!r}, " if isinstance(x, Tensor) and x.label else ""
    spread = f" from {numbers.min():.4g} to {numbers.max():.4g}" if numbers.size > 1 else f" {numbers.reshape(-1)[:1]}"
    return f"{name}shape {numbers.shape},{spread}"


def _users_line() -> str:
    """The innermost line of the program that is not ours."""
    frame: Any = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    file, line = frame.f_code.co_filename, frame.f_lineno
    source = linecache.getline(file, line).strip()
    place = f"{os.path.basename(file)}:{line}"  # noqa: PTH119
    return f"{place}, in {frame.f_code.co_name}: {source}" if source else place
