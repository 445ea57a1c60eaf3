"""With which numbers does a network begin?

PyTorch's names, arguments and defaults. A name that ends in an underscore fills the Tensor that it is given, outside of
any recorded graph, and returns it. Every draw takes a ``generator``.

A weight matrix keeps the size of what passes through it if Var(w) fits its fan: of z = Σ wᵢ·xᵢ over n independent
entries of mean 0, Var(z) = n·Var(w)·Var(x), so Var(w) = 1/n leaves the variance as it is. `xavier_normal_` takes n
from the inputs, from the outputs or from both; `kaiming_normal_` makes up for what a ReLU cuts off.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, DtypeError, ShapeError
from autograd.functions.bare import bare
from autograd.functions.creation import cast, number
from autograd.random import numpy_generator
from autograd.saved import mark_changed

__all__ = [
    "calculate_gain",
    "constant_",
    "dirac_",
    "eye_",
    "fan_in_and_fan_out",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]

_LINEAR = ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
_GAINS = {**dict.fromkeys(_LINEAR, 1.0), "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 0.75}


# --- how large should weights be? -------------------------------------------------------------------------------------


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which weights are larger because of the activation that follows.

    Parameters
    ----------
    nonlinearity : str
        "linear", "conv1d" … "conv_transpose3d", "sigmoid": 1. "tanh": 5/3. "relu": √2. "selu": 3/4.
        "leaky_relu": √(2/(1 + slope²)).
    param : float, optional
        The negative slope of "leaky_relu" (default 0.01).

    Raises
    ------
    ArgumentValueError, ArgumentTypeError
        If there is no gain for this activation, or the slope is not a number.

    Notes
    -----
    For the ReLU family (He et al. 2015, eq. 10 and 15) it keeps the second moment exactly. The values for tanh and
    SELU are those that PyTorch uses, found by experiment.
    """
    if nonlinearity == "leaky_relu":
        if isinstance(param, bool):
            raise ArgumentTypeError(f"calculate_gain(): the negative slope is a number, not {param}")
        slope = 0.01 if param is None else number("calculate_gain", "param", param)
        return math.sqrt(2 / (1 + slope**2))
    if not isinstance(nonlinearity, str) or nonlinearity not in _GAINS:
        raise ArgumentValueError(
            f"calculate_gain(): no gain is known for {nonlinearity!r}; there are {', '.join([*_GAINS, 'leaky_relu'])}"
        )
    return _GAINS[nonlinearity]


def fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs an output of this weight has, and how many outputs an input.

    Parameters
    ----------
    tensor : Tensor [out, in, …]
        The weight of a linear layer, or of a convolution with its kernel in the further axes.

    Returns
    -------
    tuple of int
        ``fan_in = in · kernel`` and ``fan_out = out · kernel``, where ``kernel`` is the number of its entries.

    Raises
    ------
    ShapeError
        If there are fewer than two axes.
    """
    shape = tensor.shape
    if len(shape) < 2:
        raise ShapeError(
            f"a Tensor of shape {shape} has no fan: that takes a weight of shape [out, in] or [out, in, kernel …]. For "
            "a bias use zeros_, or uniform_ with bounds of its own"
        )
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


_calculate_fan_in_and_fan_out = fan_in_and_fan_out  # PyTorch's name, private there and yet used by many programs


def _std(name: str, tensor: Tensor, gain: float, mode: str, modes: tuple[str, ...]) -> float:
    """The standard deviation gain/√fan."""
    _require_tensor(name, tensor)
    fan_in, fan_out = fan_in_and_fan_out(tensor)
    fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
    if mode not in modes:
        raise ArgumentValueError(f"{name}(): mode is {' or '.join(map(repr, modes))}, not {mode!r:.40}")
    return number(name, "gain", gain) / math.sqrt(max(fans[mode], 1))  # a fan is 0 only where there is nothing to fill


# --- without chance ---------------------------------------------------------------------------------------------------


def constant_(tensor: Any, val: float) -> Any:
    """Fill with one number.

    Raises
    ------
    DtypeError
        If the Tensor is of integers or booleans and cannot hold the number.
    """
    val = number("constant_", "val", val)
    _require_tensor("constant_", tensor)
    if tensor.dtype.kind != "f" and cast("constant_", np.asarray(val), tensor.dtype) != val:
        raise DtypeError(f"constant_(): a Tensor of {tensor.dtype} cannot hold {val}")
    return _filled("constant_", tensor, val)


def zeros_(tensor: Any) -> Any:
    """Fill with zeros. Right for biases; weights of zeros leave all neurons of a layer equal for ever."""
    return _filled("zeros_", tensor, 0)


def ones_(tensor: Any) -> Any:
    """Fill with ones."""
    return _filled("ones_", tensor, 1)


def eye_(tensor: Any) -> Any:
    """Make a matrix the identity, as far as its shape allows.

    Raises
    ------
    ShapeError
        If it is no matrix.
    """
    _require_tensor("eye_", tensor)
    shape = tensor.shape
    if len(shape) != 2:
        raise ShapeError(f"eye_(): the identity is a matrix, and this Tensor has shape {shape}")
    return _filled("eye_", tensor, np.eye(*shape))


def dirac_(tensor: Any, groups: int = 1) -> Any:
    """Make a convolution's weight pass channels through unchanged, as many as possible.

    Parameters
    ----------
    tensor : Tensor [out, in, kernel …]
        With one to three axes for the kernel.
    groups : int
        How many groups of output channels pass the input channels each.

    Raises
    ------
    ShapeError, ArgumentValueError
        If it is no such weight, or the groups do not divide ``out``.
    """
    _require_tensor("dirac_", tensor)
    shape = tensor.shape
    if len(shape) not in (3, 4, 5):
        raise ShapeError(f"dirac_(): a convolution's weight has 3, 4 or 5 axes, this Tensor has shape {shape}")
    if isinstance(groups, bool) or not isinstance(groups, (int, np.integer)) or groups < 1 or shape[0] % groups:
        raise ArgumentValueError(f"dirac_(): {groups!r:.40} groups do not divide {shape[0]} output channels")
    of_group = shape[0] // groups
    values = np.zeros(shape)
    centre = tuple(size // 2 for size in shape[2:])
    for group in range(groups):
        for channel in range(min(of_group, shape[1])):
            values[(group * of_group + channel, channel, *centre)] = 1
    return _filled("dirac_", tensor, values)


# --- at random --------------------------------------------------------------------------------------------------------


def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Any:
    """Draw from between ``a`` and ``b``, all equally likely.

    Raises
    ------
    ArgumentValueError
        If a > b, or the distance between them is not finite.
    """
    a, b = number("uniform_", "a", a), number("uniform_", "b", b)
    if not (a <= b and b - a < math.inf):
        raise ArgumentValueError(f"uniform_(): there is nothing to draw evenly from a = {a} to b = {b}")
    return _filled("uniform_", tensor, lambda: _scaled(autograd.rand_like(tensor, generator=generator), b - a, a))


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Any:
    """Draw from the normal distribution.

    Raises
    ------
    ArgumentValueError
        If the standard deviation is negative.
    """
    mean, std = number("normal_", "mean", mean), number("normal_", "std", std)
    if not std >= 0:
        raise ArgumentValueError(f"normal_(): a standard deviation is not negative, as {std} is")
    return _filled("normal_", tensor, lambda: _scaled(autograd.randn_like(tensor, generator=generator), std, mean))


def trunc_normal_(
    tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Any:
    """Draw from the part of a normal distribution that lies between ``a`` and ``b``.

    Parameters
    ----------
    tensor : Tensor
    mean, std : float
        Of the whole distribution.
    a, b : float
        Bounds for the numbers themselves, not in units of ``std``; ±inf are allowed.

    Raises
    ------
    ArgumentValueError
        If std ≤ 0, a ≥ b, or next to nothing of the distribution lies between them.

    Notes
    -----
    By inversion: a uniform draw between Φ((a − mean)/std) and Φ((b − mean)/std) is put through Φ⁻¹.
    """
    from scipy.special import ndtr, ndtri

    mean, std, a, b = (
        number("trunc_normal_", what, x) for what, x in (("mean", mean), ("std", std), ("a", a), ("b", b))
    )
    if not (std > 0 and a < b):
        raise ArgumentValueError(f"trunc_normal_(): it takes std > 0 and a < b, not std = {std}, a = {a}, b = {b}")
    low, high = (a - mean) / std, (b - mean) / std
    side = -1 if low > 0 else 1  # Φ has few digits left near 1: look at the mirror image
    if side < 0:
        low, high = -high, -low
    first, last = ndtr(low), ndtr(high)
    if not first < last:
        raise ArgumentValueError(
            f"trunc_normal_(): from {a} to {b} there is nothing of a normal distribution around {mean} with standard "
            f"deviation {std}"
        )

    def draw() -> np.ndarray:
        drawn = ndtri(numpy_generator(generator).uniform(first, last, tensor.shape))
        return np.clip(mean + side * std * drawn, a, b)

    return _filled("trunc_normal_", tensor, draw)


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Any = None, *, mode: str = "fan_avg") -> Any:
    """Draw uniformly from between ±gain·√(3/fan), so that the variance is gain²/fan.

    Parameters
    ----------
    tensor : Tensor [out, in, …]
    gain : float
        See `calculate_gain`.
    mode : {"fan_avg", "fan_in", "fan_out"}
        Which fan: their mean, as in PyTorch (Glorot and Bengio 2010, eq. 16: Var(w) = 2/(n_in + n_out)), the
        inputs' (Var(w) = 1/n_in, the form of LeCun et al. 1998, eq. 16), or the outputs'.

    Raises
    ------
    ShapeError, ArgumentValueError
        If the Tensor has fewer than two axes, or there is no such mode.
    """
    std = _std("xavier_uniform_", tensor, gain, mode, ("fan_avg", "fan_in", "fan_out"))
    return _uniform_of_std(tensor, std, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Any = None, *, mode: str = "fan_avg") -> Any:
    """Draw from the normal distribution of variance gain²/fan; otherwise as `xavier_uniform_`."""
    std = _std("xavier_normal_", tensor, gain, mode, ("fan_avg", "fan_in", "fan_out"))
    return normal_(tensor, 0.0, std, generator)


def kaiming_uniform_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    """Draw uniformly from between ±gain·√(3/fan), with the gain of the activation that follows.

    Parameters
    ----------
    tensor : Tensor [out, in, …]
    a : float
        The negative slope, if the activation is "leaky_relu".
    mode : {"fan_in", "fan_out"}
        Whether variances are kept in the forward or in the backward pass.
    nonlinearity : str
        See `calculate_gain`.

    Raises
    ------
    ShapeError, ArgumentValueError
        If the Tensor has fewer than two axes, or there is no such mode or activation.

    Notes
    -----
    He et al. 2015, eq. 10: Var(w) = 2/n_in before a ReLU, because it sets half of the entries to 0.
    """
    std = _std("kaiming_uniform_", tensor, calculate_gain(nonlinearity, a), mode, ("fan_in", "fan_out"))
    return _uniform_of_std(tensor, std, generator)


def kaiming_normal_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    """Draw from the normal distribution of variance gain²/fan; otherwise as `kaiming_uniform_`."""
    std = _std("kaiming_normal_", tensor, calculate_gain(nonlinearity, a), mode, ("fan_in", "fan_out"))
    return normal_(tensor, 0.0, std, generator)


def orthogonal_(tensor: Any, gain: float = 1, generator: Any = None) -> Any:
    """Make rows or columns, whichever are fewer, orthogonal and of length ``gain``.

    Parameters
    ----------
    tensor : Tensor [rows, …]
        Axes after the first count as columns together.
    gain : float

    Raises
    ------
    ShapeError
        If there are fewer than two axes.

    Notes
    -----
    Saxe et al. 2014. The QR factor of a normal matrix, its signs chosen so that R has a positive diagonal, is drawn
    evenly from all such matrices (Mezzadri 2007). It is computed in float64.
    """
    _require_tensor("orthogonal_", tensor)
    shape = tensor.shape
    if len(shape) < 2:
        raise ShapeError(f"orthogonal_(): only a Tensor with two axes or more has rows and columns, not shape {shape}")
    gain = number("orthogonal_", "gain", gain)

    def draw() -> np.ndarray:
        rows, columns = shape[0], math.prod(shape[1:])
        q, r = np.linalg.qr(numpy_generator(generator).standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.where(np.diagonal(r) < 0, -gain, gain)
        return (q if rows >= columns else q.T).reshape(shape)

    return _filled("orthogonal_", tensor, draw)


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Any = None) -> Any:
    """Draw a matrix from the normal distribution, with a share of zeros in every column.

    Parameters
    ----------
    tensor : Tensor [rows, columns]
    sparsity : float
        The share of every column that is 0, rounded up to whole entries.
    std : float

    Raises
    ------
    ShapeError, ArgumentValueError
        If it is no matrix, the sparsity no share, or the standard deviation negative.

    Notes
    -----
    Martens 2010, with a share in the place of a number.
    """
    _require_tensor("sparse_", tensor)
    shape = tensor.shape
    if len(shape) != 2:
        raise ShapeError(f"sparse_(): only a matrix has columns, and this Tensor has shape {shape}")
    if not 0 <= number("sparse_", "sparsity", sparsity) <= 1:
        raise ArgumentValueError(f"sparse_(): the share of zeros lies between 0 and 1, not at {sparsity}")
    if not number("sparse_", "std", std) >= 0:
        raise ArgumentValueError(f"sparse_(): a standard deviation is not negative, as {std} is")

    def draw() -> np.ndarray:
        source = numpy_generator(generator)
        values = source.normal(0.0, std, shape)
        zeros = source.random(shape).argsort(axis=0)[: math.ceil(sparsity * shape[0])]
        np.put_along_axis(values, zeros, 0, axis=0)
        return values

    return _filled("sparse_", tensor, draw)


# --- what they have in common -----------------------------------------------------------------------------------------


def _require_tensor(name: str, tensor: Any) -> None:
    if not isinstance(tensor, Tensor):
        raise ArgumentTypeError(f"{name}() fills a Tensor, not {type(tensor).__name__} {tensor!r:.40}")


def _filled(name: str, tensor: Any, values: Any) -> Any:
    """The Tensor, its array overwritten: with numbers, or with what a function draws."""
    _require_tensor(name, tensor)
    if callable(values):
        if tensor.dtype.kind != "f":
            raise DtypeError(f"{name}() draws floating-point numbers, and this Tensor is of {tensor.dtype}")
        values = values()
    array = bare(tensor)
    if not array.flags.writeable:
        raise ShapeError(
            f"{name}(): entries of this Tensor of shape {tensor.shape} share their memory, as after expand(): fill "
            "what it was made of, or a copy"
        )
    array[...] = values
    mark_changed(array)
    return tensor


def _scaled(drawn: Tensor, factor: float, shift: float) -> np.ndarray:
    array = bare(drawn)
    if factor != 1:
        array *= factor
    if shift:
        array += shift
    return array


def _uniform_of_std(tensor: Any, std: float, generator: Any) -> Any:
    bound = math.sqrt(3) * std  # of a uniform draw between ±bound the variance is bound²/3
    return uniform_(tensor, -bound, bound, generator)
