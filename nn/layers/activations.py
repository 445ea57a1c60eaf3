"""The bends between the layers of a network, as modules: each calls its function of `nn.functional`.

``inplace`` is accepted as in PyTorch, and nothing is ever overwritten, see `nn.functional.activations`.
"""

from __future__ import annotations

import inspect
from typing import Any

from autograd import Tensor, full, no_grad
from autograd.errors import ArgumentTypeError, ShapeError
from autograd.random import Generator
from nn import functional as F
from nn.module import Module
from nn.parameter import Parameter

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class _Bend(Module):
    """A module that keeps its arguments under their names, and prints them."""

    def extra_repr(self) -> str:
        ours = next(kind for kind in type(self).__mro__ if kind.__module__ == __name__)  # a heir has other arguments
        said = {name: getattr(self, name) for name in inspect.signature(ours).parameters}
        said = {name: value for name, value in said.items() if name not in ("inplace", "generator") or value}
        return ", ".join(f"{value!r}" if name == "lambd" else f"{name}={value!r}" for name, value in said.items())


class _InPlace(_Bend):
    """A module whose one argument is ``inplace``."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class _AlongAnAxis(_Bend):
    """A module whose one argument is an axis, which has to be given."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        if dim is None:
            name = type(self).__name__
            raise ArgumentTypeError(f"{name}(): along which axis? Pass dim; where the classes lie last it is −1")
        self.dim = dim


# --- the ReLU family --------------------------------------------------------------------------------------------------


class ReLU(_InPlace):
    """max(x, 0); the gradient at 0 is 0."""

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input)


class ReLU6(_InPlace):
    """min(max(x, 0), 6); the gradient at 0 and at 6 is 0."""

    def forward(self, input: Tensor) -> Tensor:
        return F.relu6(input)


class LeakyReLU(_Bend):
    """x where it is positive, negative_slope·x elsewhere; the gradient at 0 is negative_slope."""

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope)


class PReLU(Module):
    """x where it is positive, weight·x elsewhere, with a weight that is learned (He et al. 2015, equation 1).

    Parameters
    ----------
    num_parameters : int
        1, or one for each channel.
    init : float
        What the weight begins with.
    dtype : data-type, optional

    Attributes
    ----------
    weight : Parameter [num_parameters]

    Notes
    -----
    x: [N, C, ...], of any shape if there is one weight → the same
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(full((num_parameters,), float(init), device=device, dtype=dtype))

    def reset_parameters(self) -> None:
        """Set the weight to ``init``."""
        with no_grad():
            self.weight.fill_(self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class RReLU(_Bend):
    """x where it is positive, a·x elsewhere; a is drawn while training, and the mean otherwise, see `F.rrelu`."""

    def __init__(
        self,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        inplace: bool = False,
        *,
        generator: Generator | None = None,
    ) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace
        self.generator = generator

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, generator=self.generator)


class ELU(_Bend):
    """x where it is positive, alpha·(exp(x) − 1) elsewhere (Clevert et al. 2015); the gradient at 0 is alpha."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha)


class CELU(_Bend):
    """alpha·elu(x/alpha): as `ELU`, but smooth at 0 for every alpha (Barron 2017)."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha)


class SELU(_InPlace):
    """A scaled `ELU` that keeps mean and variance from layer to layer (Klambauer et al. 2017)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input)


class Threshold(_Bend):
    """x where it is above the threshold, and the value elsewhere."""

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value)


class Hardtanh(_Bend):
    """x between two bounds; at the bounds themselves the gradient is 0."""

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.min_val = min_val
        self.max_val = max_val
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val)


class Hardshrink(_Bend):
    """x, and 0 where it lies between −lambd and lambd."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)


class Softshrink(_Bend):
    """x moved towards 0 by lambd, and 0 where it is not further away than that."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)


# --- the sigmoid family -----------------------------------------------------------------------------------------------


class Sigmoid(_Bend):
    """1/(1 + exp(−x)): between 0 and 1."""

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class Tanh(_Bend):
    """The hyperbolic tangent: between −1 and 1."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class LogSigmoid(_Bend):
    """ln σ(x), without overflow."""

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Hardsigmoid(_InPlace):
    """x/6 + 1/2 between 0 and 1."""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input)


class Hardswish(_InPlace):
    """x·hardsigmoid(x) (Howard et al. 2019)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input)


class SiLU(_InPlace):
    """x·σ(x), also called swish."""

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input)


class Mish(_InPlace):
    """x·tanh(softplus(x)) (Misra 2019)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input)


class GELU(_Bend):
    """x·Φ(x), the Gaussian error linear unit (Hendrycks and Gimpel 2016); approximate="tanh" for the form with tanh."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, self.approximate)


class Softplus(_Bend):
    """ln(1 + exp(beta·x))/beta: a smooth ReLU; x itself where beta·x is above the threshold."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)


class Softsign(_Bend):
    """x/(1 + |x|)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Tanhshrink(_Bend):
    """x − tanh(x)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


# --- along an axis ----------------------------------------------------------------------------------------------------


class GLU(_Bend):
    """a·σ(b), a and b the halves of the input along an axis (Dauphin et al. 2017)."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)


class Softmax(_AlongAnAxis):
    """exp(x) / Σ exp(x) along an axis, which has to be given."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim)


class LogSoftmax(_AlongAnAxis):
    """The logarithm of `Softmax`, exact where that is nearly 0."""

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim)


class Softmin(_AlongAnAxis):
    """The `Softmax` of −x."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim)


class Softmax2d(_Bend):
    """The `Softmax` over the channels, at each place of a picture.

    Notes
    -----
    x: [N, C, H, W] or [C, H, W] → the same
    """

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ShapeError(f"Softmax2d(): the input has shape {input.shape}; it must be [N, C, H, W] or [C, H, W]")
        return F.softmax(input, -3)
