"""Where are Fourier transforms? In NumPy; Tensors hold real numbers, and are refused in words."""

from __future__ import annotations

from typing import Any

import numpy as _np


def __getattr__(name: str) -> Any:
    return getattr(_np.fft, name)


def __dir__() -> list[str]:
    return dir(_np.fft)
