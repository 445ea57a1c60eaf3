"""How is a number, or a whole array, written where there is little room?"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["array_lines", "number"]

_SMALL = 16
"""Arrays of at most this many entries, in at most 2 dimensions, are shown in full."""


def number(x: Any, digits: int = 4) -> str:
    """A number with ``digits`` significant digits: ``-12``, ``0.7311``, ``9.537e-07``, ``inf``.

    Whole numbers of up to six digits are written out.
    """
    x = float(x)
    if x == 0:
        return "0"
    if x.is_integer() and abs(x) < 1e6:
        return f"{x:.0f}"
    return f"{x:.{digits}g}"


def array_lines(array: np.ndarray, digits: int = 4) -> list[str]:
    """An array in full if it is small, otherwise what can be said of it in a line or two."""
    if array.ndim == 0:
        return [number(array, digits)]
    if array.size == 0:
        return ["empty"]
    if array.ndim <= 2 and array.size <= _SMALL:
        return ["[" + ", ".join(number(x, digits) for x in row) + "]" for row in np.atleast_2d(array)]
    finite = array[np.isfinite(array)]
    lines = []
    if finite.size:
        lines.append(f"{number(finite.min(), digits)} … {number(finite.max(), digits)}")
        lines.append(f"mean {number(finite.mean(), digits)}")
    if finite.size < array.size:
        lines.append(f"{array.size - finite.size} of {array.size} not finite")
    return lines
