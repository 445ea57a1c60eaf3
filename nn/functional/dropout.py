"""Which entries, channels or examples are left out while training, so that no part of a network relies on another?

What is let through is divided by the share let through, so evaluation needs no change (Srivastava et al. 2014, section
10). Every function draws anew at every call, from ``generator`` or the default one. ``inplace`` is accepted as in
PyTorch, and nothing is overwritten.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError
from autograd.functions.bare import bare
from autograd.random import Generator, numpy_generator
from autograd.tensor import _wrap
from nn.ops.dropout import dropout as masked

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "feature_alpha_dropout",
    "probability",
    "stochastic_depth",
]

_NEGATIVE_LIMIT = -1.0507009873554805 * 1.6732632423543772
"""What SELU tends to for large negative inputs: −scale·alpha."""


def probability(name: str, p: Any) -> float:
    """A probability as a plain number.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        If it is no number, or does not lie between 0 and 1.
    """
    p = bare(p)
    if isinstance(p, bool) or not isinstance(p, (int, float, np.number, np.ndarray)) or np.ndim(p):
        raise ArgumentTypeError(f"{name}: p is the probability of being dropped, a number, not {p!r:.40}")
    if not 0 <= p <= 1:
        raise ArgumentValueError(f"{name}: p is the probability of being dropped, from 0 to 1, not {p}")
    return float(p)


def _let_through(shape: tuple[int, ...], p: float, generator: Any) -> np.ndarray:
    """For each entry of a shape whether it is let through; each is dropped with probability p."""
    return numpy_generator(generator).random(shape, np.float32) >= p


def _dropped(name: str, input: Any, p: Any, training: bool, axes: int, generator: Any) -> Any:
    """Drop with one draw for every place along the first so many axes."""
    p = probability(name, p)
    if not training or p == 0:
        return input
    _require_floating(name, input)
    shape = input.shape[:axes] + (1,) * (input.ndim - axes)
    if p == 1:
        mask = np.zeros(shape, input.dtype)
    else:
        mask = _let_through(shape, p, generator).astype(input.dtype)
        mask *= 1 / (1 - p)
    return masked(input, _wrap(mask))


def _require_floating(name: str, input: Any) -> None:
    if input.dtype.kind != "f":
        raise DtypeError(f"{name}: the input is of {input.dtype}; convert it to a floating-point type, x.to(dtype)")


def dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Drop each entry with probability p, and divide the others by 1 − p (Srivastava et al. 2014).

    Parameters
    ----------
    input : Tensor [...]
    p : float
        0 drops nothing, 1 everything.
    training : bool
        Otherwise the input is returned as it is.
    inplace : bool
        Accepted, see above.
    generator : Generator, optional

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, DtypeError
        If p is no probability, or the input is not floating-point.
    """
    return _dropped("dropout", input, p, training, input.ndim, generator)


def dropout1d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Drop whole channels of sequences with probability p (Tompson et al. 2015).

    Parameters
    ----------
    input : Tensor [N, C, L] or [C, L]
    p, training, inplace, generator
        As for `dropout`.

    Raises
    ------
    ShapeError
        If the input has another number of axes.
    ArgumentTypeError, ArgumentValueError, DtypeError
        As for `dropout`.
    """
    if input.ndim not in (2, 3):
        raise ShapeError(f"dropout1d: the input has shape {input.shape}; it must be [N, C, L] or [C, L]")
    return _dropped("dropout1d", input, p, training, input.ndim - 1, generator)


def dropout2d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Drop whole channels of images with probability p (Tompson et al. 2015).

    Parameters
    ----------
    input : Tensor [N, C, H, W]
    p, training, inplace, generator
        As for `dropout`.

    Raises
    ------
    ShapeError
        If the input has another number of axes; what PyTorch makes of three is announced to change.
    ArgumentTypeError, ArgumentValueError, DtypeError
        As for `dropout`.
    """
    if input.ndim != 4:
        raise ShapeError(
            f"dropout2d: the input has shape {input.shape}; it must be [N, C, H, W] (dropout1d is for [N, C, L])"
        )
    return _dropped("dropout2d", input, p, training, 2, generator)


def _alpha_dropped(name: str, input: Any, p: Any, training: bool, axes: int, generator: Any) -> Any:
    p = probability(name, p)
    if not training or p == 0:
        return input
    _require_floating(name, input)
    shape = input.shape[:axes] + (1,) * (input.ndim - axes)
    if p == 1:
        return masked(input, _wrap(np.zeros(shape, input.dtype)))
    scale = 1 / math.sqrt((1 - p) * (1 + p * _NEGATIVE_LIMIT**2))
    mask = _let_through(shape, p, generator).astype(input.dtype)
    filled = (1 - mask) * (scale * _NEGATIVE_LIMIT) - scale * p * _NEGATIVE_LIMIT
    return masked(input, _wrap(mask * scale)) + _wrap(filled.astype(input.dtype, copy=False))


def alpha_dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = False,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Set each entry to SELU's lower limit with probability p; shift and stretch all to keep mean 0 and variance 1.

    Parameters
    ----------
    input, p, training, inplace, generator
        As for `dropout`; ``training`` is False unless it is given, as in PyTorch.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, DtypeError
        As for `dropout`.

    Notes
    -----
    Klambauer et al. 2017, section "New dropout technique".
    """
    return _alpha_dropped("alpha_dropout", input, p, training, input.ndim, generator)


def feature_alpha_dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = False,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """`alpha_dropout` of whole channels.

    Parameters
    ----------
    input : Tensor [N, C, ...]
    p, training, inplace, generator
        As for `alpha_dropout`.

    Raises
    ------
    ShapeError
        If the input has no channel axis.
    ArgumentTypeError, ArgumentValueError, DtypeError
        As for `dropout`.
    """
    if input.ndim < 2:
        raise ShapeError(f"feature_alpha_dropout: the input has shape {input.shape}; it must be [N, C, …]")
    return _alpha_dropped("feature_alpha_dropout", input, p, training, 2, generator)


def stochastic_depth(
    input: Tensor, p: float, mode: str, training: bool = True, *, generator: Generator | None = None
) -> Tensor:
    """Drop a residual branch with probability p, for each example or for the whole batch (Huang et al. 2016).

    Parameters
    ----------
    input : Tensor [N, ...]
        What the branch has computed, before it is added.
    p : float
    mode : {"row", "batch"}
        Draw for each example, or once.
    training : bool
        Otherwise the input is returned as it is.
    generator : Generator, optional

    Raises
    ------
    ArgumentValueError
        If the mode is another.
    ShapeError
        If the mode is "row" and there is no axis of examples.
    ArgumentTypeError, ArgumentValueError, DtypeError
        As for `dropout`.

    Notes
    -----
    The arguments are those of torchvision.ops.stochastic_depth. As there, and unlike in the paper, what is let through
    is enlarged in training instead of being reduced in evaluation.
    """
    if mode not in ("row", "batch"):
        raise ArgumentValueError(f"stochastic_depth: the mode is 'row' or 'batch', not {mode!r:.40}")
    if mode == "row" and not input.ndim:
        raise ShapeError("stochastic_depth: mode='row' needs an axis of examples, and the input has shape ()")
    return _dropped("stochastic_depth", input, p, training, 1 if mode == "row" else 0, generator)
