"""Where do random draws come from? NumPy's own generators: draws are plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as _np


def __getattr__(name: str) -> Any:
    return getattr(_np.random, name)


def __dir__() -> list[str]:
    return dir(_np.random)
