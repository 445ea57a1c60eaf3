"""Where is linear algebra? In NumPy, whose functions hand Tensors over to the engine."""

from __future__ import annotations

from typing import Any

import numpy as _np


def __getattr__(name: str) -> Any:
    return getattr(_np.linalg, name)


def __dir__() -> list[str]:
    return dir(_np.linalg)
