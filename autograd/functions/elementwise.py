"""Which functions work entry by entry, but are made of rows, or take more than their rows do?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, ArgumentValueError
from autograd.functions.bare import bare
from autograd.functions.comparisons import gt, isnan, logical_or, lt
from autograd.functions.registry import FUNCTIONS, function
from autograd.functions.spelling import numpys_arguments, numpys_names
from autograd.graph import Node
from autograd.ops.table import TABLE
from autograd.tensor import Tensor

__all__ = [
    "add",
    "addcdiv",
    "addcmul",
    "celu",
    "clamp",
    "clamp_max",
    "clamp_min",
    "deg2rad",
    "div",
    "float_power",
    "frac",
    "gelu",
    "logit",
    "nan_to_num",
    "positive",
    "rad2deg",
    "real",
    "relu6",
    "round",
    "selu",
    "sub",
]

ALIASES = {
    "absolute": "abs",
    "multiply": "mul",
    "negative": "neg",
    "power": "pow",
    "fix": "trunc",
    "expit": "sigmoid",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
}
"""Second names that PyTorch or NumPy have for rows."""

for _alias, _name in ALIASES.items():
    FUNCTIONS[_alias] = TABLE[_name]
    setattr(Tensor, _alias, getattr(Tensor, _name))


@function()
def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input + alpha·other."""
    return TABLE["add"](input, other if alpha == 1 else other * alpha)


@function(aliases=("subtract",))
def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input − alpha·other."""
    return TABLE["sub"](input, other if alpha == 1 else other * alpha)


@function(aliases=("divide", "true_divide"))
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """input / other; ``rounding_mode`` "floor" rounds down, "trunc" towards 0, and no gradient is left then.

    Raises
    ------
    ArgumentTypeError
        If the rounding mode is another.
    """
    if rounding_mode is None:
        return TABLE["div"](input, other)
    if rounding_mode == "floor":
        return TABLE["floor_divide"](input, other)
    if rounding_mode == "trunc":
        if np.result_type(_dtype(input), _dtype(other)).kind in "iu":
            return TABLE["floor_divide"](input - TABLE["fmod"](input, other), other)
        return TABLE["trunc"](TABLE["div"](input, other))
    raise ArgumentTypeError(f"div(): the rounding mode is 'floor', 'trunc' or None, not {rounding_mode!r:.40}")


def _dtype(x: Any) -> Any:
    return getattr(x, "dtype", type(x) if isinstance(x, (bool, int, float)) else float)


@function(numpy=(np.positive,), aliases=("__pos__",))
def positive(input: Any) -> Any:
    """The input itself."""
    return input


@function(numpy=(np.float_power,))
def float_power(input: Any, exponent: Any) -> Any:
    """The power, computed in float64."""
    return TABLE["pow"](_as_float64(input), _as_float64(exponent))


def _as_float64(x: Any) -> Any:
    return TABLE["astype"](x, np.dtype(np.float64)) if isinstance(x, Tensor) else x


@function(method=False, numpy=(np.real, np.conjugate))
def real(input: Any) -> Any:
    """The input itself: there are only real numbers."""
    return input


@function(numpy=(np.deg2rad, np.radians))
def deg2rad(input: Any) -> Any:
    """Degrees as radians: x·π/180."""
    return input * (math.pi / 180)


@function(numpy=(np.rad2deg, np.degrees))
def rad2deg(input: Any) -> Any:
    """Radians as degrees: x·180/π."""
    return input * (180 / math.pi)


@function()
def frac(input: Any) -> Any:
    """What stands behind the point, with the sign of the input."""
    return input - TABLE["trunc"](input)


@function(numpy=(np.round, np.around))
@numpys_names
def round(input: Any, decimals: int = 0) -> Any:
    """The nearest number with so many decimals; halves go to the even neighbour. No gradient flows.

    Raises
    ------
    ArgumentTypeError
        If the decimals are not an integer.
    """
    if not isinstance(decimals, (int, np.integer)):
        raise ArgumentTypeError(f"round(): decimals is an integer, not {decimals!r:.40}")
    if not decimals:
        return TABLE["round"](input)
    scale = 10 ** abs(int(decimals))
    return TABLE["round"](input * scale) / scale if decimals > 0 else TABLE["round"](input / scale) * scale


def _numpys_clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Any:
    return clamp(a, a_min if min is None else min, a_max if max is None else max)


@function(aliases=("clip",), numpy={np.clip: numpys_arguments(np.clip, _numpys_clip)})
def clamp(input: Any, min: Any = None, max: Any = None) -> Any:
    """The input, with what is below ``min`` raised to it and then what is above ``max`` lowered to it.

    Parameters
    ----------
    input : Tensor, Value or array
    min, max : number, Tensor or array, optional
        The bounds; None for no bound. Where a bound is a node and takes effect, it gets the gradient; at equality the
        input does.

    Raises
    ------
    ArgumentTypeError
        If both bounds are missing.
    """
    if min is None and max is None:
        raise ArgumentTypeError("clamp() needs at least one of min and max")
    if not (_is_array(min) or _is_array(max)):
        return TABLE["clip"](input, -np.inf if min is None else min, np.inf if max is None else max)
    y = input
    if min is not None:
        y = TABLE["where"](logical_or(lt(input, min), isnan(min)), min, y)
    if max is not None:
        lowered = logical_or(gt(input, max), isnan(max))
        if min is not None:  # the upper bound has the last word
            lowered = logical_or(lowered, lt(max, min))
        y = TABLE["where"](lowered, max, y)
    return y


def _is_array(x: Any) -> bool:
    return isinstance(x, (Node, np.ndarray))


@function()
def clamp_min(input: Any, min: Any) -> Any:
    """The input, with what is below ``min`` raised to it."""
    return clamp(input, min)


@function()
def clamp_max(input: Any, max: Any) -> Any:
    """The input, with what is above ``max`` lowered to it."""
    return clamp(input, None, max)


@function()
def relu6(input: Any) -> Any:
    """The input between 0 and 6; at both bounds no gradient flows."""
    return TABLE["hardtanh"](input, 0, 6)


@function()
def logit(input: Any, eps: float | None = None) -> Any:
    """ln(x / (1 − x)), the inverse of the sigmoid; with ``eps`` the input is first kept between eps and 1 − eps."""
    if eps is not None:
        outside = logical_or(lt(input, eps), gt(input, 1 - eps))
        input = TABLE["where"](outside, np.clip(bare(input), eps, 1 - eps), input)
    return TABLE["logit"](input)


@function()
def gelu(input: Any, approximate: str = "none") -> Any:
    """x·Φ(x), the Gaussian error linear unit; approximate="tanh" for the form with tanh.

    Raises
    ------
    ArgumentTypeError
        If the approximation is another.
    """
    if approximate not in ("none", "tanh"):
        raise ArgumentTypeError(f"gelu(): approximate is 'none' or 'tanh', not {approximate!r:.40}")
    return TABLE["gelu" if approximate == "none" else "gelu_tanh"](input)


_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805
"""They keep mean 0 and variance 1 from layer to layer (Klambauer et al. 2017, equation 14)."""


@function(method=False)
def selu(input: Any) -> Any:
    """A scaled `elu` that keeps mean and variance from layer to layer (Klambauer et al. 2017)."""
    return TABLE["elu"](input, _SELU_ALPHA) * _SELU_SCALE


@function(method=False)
def celu(input: Any, alpha: float = 1.0) -> Any:
    """alpha·elu(x/alpha): as `elu`, but smooth at 0 for every alpha.

    Raises
    ------
    ArgumentValueError
        If alpha is not positive.
    """
    if not alpha > 0:
        raise ArgumentValueError(f"celu(): alpha is a positive number, not {alpha!r:.40}")
    return TABLE["elu"](input / alpha) * alpha


def _where(self: Any, condition: Any, other: Any) -> Any:
    """Its own entries where the condition holds, and the other's elsewhere."""
    return TABLE["where"](condition, self, other)


setattr(Tensor, "where", _where)  # noqa: B010 (the method has its arguments in another order than the function)


@function(numpy=(np.nan_to_num,))
@numpys_names
def nan_to_num(input: Any, nan: float | None = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """The input with numbers in the place of nan, inf and -inf (by default 0, and the largest that there are).

    No gradient flows to what was replaced.
    """
    numbers = bare(input)
    filled = np.nan_to_num(numbers, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)
    return TABLE["where"](np.isfinite(numbers), input, filled)


@function()
def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """input + value·tensor1·tensor2."""
    product = tensor1 * tensor2
    return input + (product if value == 1 else product * value)


@function()
def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """input + value·tensor1/tensor2."""
    quotient = tensor1 / tensor2
    return input + (quotient if value == 1 else quotient * value)
