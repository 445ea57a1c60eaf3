"""Which built-in types does code written for HIPS autograd import?

There lists, tuples and dicts had to be special; here they are Python's own, because transforms take nested containers
apart before they call a function. ``isinstance`` lets a Tensor pass for the array or the number that it stands for.
"""

from __future__ import annotations

import builtins
from builtins import dict, list, tuple, type
from typing import Any

import numpy as np

from autograd.tensor import Tensor

__all__ = ["dict", "isinstance", "list", "tuple", "type"]


def isinstance(x: Any, kind: Any) -> bool:
    """Python's ``isinstance``; a Tensor also counts as an array, and as a number if it has no axes."""
    if builtins.isinstance(x, kind):
        return True
    if not builtins.isinstance(x, Tensor):
        return False
    kinds = kind if builtins.isinstance(kind, tuple) else (kind,)
    return np.ndarray in kinds or (x.ndim == 0 and any(builtins.issubclass(np.float64, each) for each in kinds))
