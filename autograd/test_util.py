"""Are the gradients of a function right, asked as in HIPS autograd?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.check import gradcheck
from autograd.numpy import concatenate
from autograd.tensor import Tensor
from autograd.transforms import vjp
from autograd.transforms.tracing import Argnum
from autograd.trees import leaves, rebuild

__all__ = ["check_grads"]


def check_grads(
    f: Callable[..., Any], argnum: Argnum = 0, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> Callable[..., None]:
    """The function of ``(*args)`` that compares derivatives of ``f`` with central differences.

    Parameters
    ----------
    f : callable
    argnum : int or sequence of int
        Which arguments to differentiate: numbers, arrays, or trees of these.
    modes : sequence of {"fwd", "rev"}
        Reverse mode is compared with differences in any case, forward mode if it is named.
    order : int
        Up to which derivative.

    Raises
    ------
    GradcheckError
        When called, if they disagree.
    """

    def check(*args: Any, **kwargs: Any) -> None:
        positions = [argnum] if isinstance(argnum, int) else list(argnum)
        pattern = [args[position] for position in positions]

        def of_leaves(*new: Any) -> Any:
            arguments = list(args)
            for position, argument in zip(positions, rebuild(pattern, new), strict=True):
                arguments[position] = argument
            return concatenate([np.reshape(x, (-1,)) for x in leaves(f(*arguments, **kwargs))])

        _check(of_leaves, [np.array(x, dtype=float) for x in leaves(pattern)], modes, order)

    return check


def _check(f: Callable[..., Any], points: list[np.ndarray], modes: Sequence[str], order: int) -> None:
    gradcheck(f, [Tensor(x, requires_grad=True) for x in points], check_forward_ad="fwd" in modes)
    if order > 1:
        upstream = np.random.default_rng(0).standard_normal(np.shape(f(*points)))

        def gradient(*new: Any) -> Any:
            return concatenate([np.reshape(g, (-1,)) for g in vjp(f, *new)[1](upstream)])

        _check(gradient, points, modes, order - 1)
