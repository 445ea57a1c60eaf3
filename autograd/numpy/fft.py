"""Where are Fourier transforms? In NumPy; for Tensors there are none, because a Tensor holds real numbers."""

from __future__ import annotations

from typing import Any

import numpy as _np


def __getattr__(name: str) -> Any:
    return getattr(_np.fft, name)


def __dir__() -> list[str]:
    return dir(_np.fft)
