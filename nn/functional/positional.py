"""How does a network that treats all places alike hear of the order: waves that are added, pairs that are turned?"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentValueError, ShapeError
from autograd.functions.bare import bare
from autograd.promotion import as_dtype, get_default_dtype
from autograd.tensor import _wrap
from nn.ops.positional import rotate_pairs

__all__ = ["rotary_embedding", "rotary_tables", "sinusoidal_positions"]


def _angles(positions: Any, pairs: int, width: int, base: float) -> np.ndarray:
    """Position times frequency, [T, pairs] in float64: the i-th frequency is base^(−2i / width).

    Raises
    ------
    ArgumentValueError, ShapeError
        If the base is not positive, or the positions have not one axis.
    """
    if not base > 0:
        raise ArgumentValueError(f"the base of the wavelengths must be positive, not {base}")
    place = np.asarray(bare(positions), np.float64)
    if place.ndim != 1:
        raise ShapeError(f"positions have one axis, [T], and not the shape {place.shape}")
    return place[:, None] * base ** (-2 * np.arange(pairs) / width)


def sinusoidal_positions(length: int, d_model: int, base: float = 10000.0, *, dtype: Any = None) -> Tensor:
    """Waves over the positions: sin(t / base^(2i / d_model)) at entry 2i, the cosine at entry 2i + 1.

    Parameters
    ----------
    length, d_model : int
    base : float
        Wavelengths run from 2π to nearly 2π·base.
    dtype : data-type, optional

    Returns
    -------
    Tensor [length, d_model]

    Raises
    ------
    ArgumentValueError
        If the base is not positive.

    Notes
    -----
    Vaswani et al. (2017), section 3.5.
    """
    angle = _angles(np.arange(length), (d_model + 1) // 2, d_model, base)
    table = np.empty((length, d_model), get_default_dtype() if dtype is None else as_dtype(dtype))
    table[:, 0::2] = np.sin(angle)
    table[:, 1::2] = np.cos(angle[:, : d_model // 2])
    return _wrap(table)


def rotary_embedding(
    input: Tensor, positions: Any = None, *, base: float = 10000.0, interleaved: bool = True
) -> Tensor:
    """Turn each pair of entries by its position times its frequency (Su et al. 2021, equation 34).

    The product of a query and a key that are turned so depends on how far they are apart, and not on where they are.

    Parameters
    ----------
    input : Tensor [..., T, D]
        Queries or keys; D is even.
    positions : array_like [T], optional
        Default: 0, 1, …, T − 1.
    base : float
        The i-th pair turns by base^(−2i / D) from one position to the next.
    interleaved : bool
        Pairs are neighbours, as in the paper; otherwise entries i and i + D / 2 make a pair, as in LLaMA's weights.

    Returns
    -------
    Tensor [..., T, D]

    Raises
    ------
    ShapeError, DtypeError, ArgumentValueError
        If D is odd, if there are not T positions, if the input is not floating-point, or if the base is not positive.
    """
    if input.ndim < 2 or input.shape[-1] % 2:
        raise ShapeError(f"rotary_embedding: the input has shape {input.shape}; it must be [..., T, D] with an even D")
    length, width = input.shape[-2:]
    cos, sin = rotary_tables(range(length) if positions is None else positions, width, base, dtype=input.dtype)
    return rotate_pairs(input, cos, sin, bool(interleaved))


def rotary_tables(positions: Any, width: int, base: float = 10000.0, *, dtype: Any = None) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the angles by which `rotary_embedding` turns, [T, width / 2] each.

    Raises
    ------
    ShapeError, ArgumentValueError
        If the width is odd, the positions have not one axis, or the base is not positive.
    """
    if width % 2:
        raise ShapeError(f"pairs need an even number of entries, not {width}")
    angle = _angles(positions, width // 2, width, base)
    kind = get_default_dtype() if dtype is None else as_dtype(dtype)
    return _wrap(np.cos(angle).astype(kind)), _wrap(np.sin(angle).astype(kind))
