"""Are the gradients of a function right, asked as in HIPS autograd?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.check import gradcheck
from autograd.errors import GradcheckError
from autograd.numpy import concatenate
from autograd.tensor import Tensor
from autograd.transforms import jvp, vjp
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
        Forward mode is compared with reverse mode, reverse mode with differences.
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
    draw = np.random.default_rng(0).standard_normal
    gradcheck(f, [Tensor(x, requires_grad=True) for x in points])
    out, back = vjp(f, *points)
    upstream = draw(out.shape)
    if "fwd" in modes:
        tangents = [draw(x.shape) for x in points]
        moved = jvp(f, points, tangents)[1]
        forward = float(np.sum(upstream * moved))
        reverse = float(sum(np.sum(g * t) for g, t in zip(back(upstream), tangents, strict=True)))
        if not np.isclose(forward, reverse, rtol=1e-8, atol=1e-10):
            raise GradcheckError(
                f"forward mode gives {forward:.12g}, reverse mode {reverse:.12g}, for the same product"
            )
    if order > 1:

        def gradient(*new: Any) -> Any:
            return concatenate([np.reshape(g, (-1,)) for g in vjp(f, *new)[1](upstream)])

        _check(gradient, points, modes, order - 1)
