"""RMSprop: what if the size of a gradient did not matter, only its size compared with those of late?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.compiled import compiled
from nn.optim.optimizer import Optimizer, Row, check_forms, check_range
from nn.optim.update import blocks, in_both_forms

__all__ = ["RMSprop"]


def _lines(x: Any, g: Any, square: Any, mean: Any, velocity: Any, numbers: Any) -> None:
    sign, lr, decay, momentum, alpha, rest, eps = numbers.tolist()
    for part, slope, squares, means, speed in blocks(x, g, square, mean, velocity):
        slope = sign * slope
        if decay != 0:
            slope += decay * part
        squares *= alpha
        squares += rest * slope * slope
        spread = squares
        if means is not None:
            means += rest * (slope - means)
            spread = np.maximum(squares - means * means, 0)
        slope = slope / (np.sqrt(spread) + eps)
        if speed is not None:
            speed *= momentum
            speed += slope
            slope = speed
        part -= lr * slope


@compiled
def _loop(x: Any, g: Any, square: Any, mean: Any, velocity: Any, numbers: Any) -> None:
    x, g, square = x.reshape(-1), g.reshape(-1), square.reshape(-1)
    c = numbers.astype(x.dtype)
    sign, lr, decay, momentum, alpha, rest, eps = c[0], c[1], c[2], c[3], c[4], c[5], c[6]
    zero = x.dtype.type(0)
    if mean is not None:
        means = mean.reshape(-1)
    if velocity is not None:
        speed = velocity.reshape(-1)
    for i in range(x.size):
        slope = sign * g[i]
        if decay != 0:
            slope += decay * x[i]
        spread = square[i] * alpha + rest * slope * slope
        square[i] = spread
        if mean is not None:
            middle = means[i] + rest * (slope - means[i])
            means[i] = middle
            spread -= middle * middle
            spread = zero if spread < zero else spread
        slope /= np.sqrt(spread) + eps
        if velocity is not None:
            slope += speed[i] * momentum
            speed[i] = slope
        x[i] -= lr * slope


_update = in_both_forms(_lines, _loop)


class RMSprop(Optimizer):
    """Root mean square propagation: gradients divided by their size of late.

    ``s ← α·s + (1 − α)·g²``, then ``x ← x − lr·g/(√s + eps)``. If centered, ``s`` less the square of the mean gradient
    takes the place of ``s``: a variance. With momentum, ``v ← momentum·v + g/(√s + eps)`` and ``x ← x − lr·v``.

    Parameters
    ----------
    params : iterable of Tensor, of (str, Tensor), or of dict
    lr : float
        Learning rate.
    alpha : float
        How much of the mean of squares is kept.
    eps : float
        Keeps the division finite.
    weight_decay : float
        λ of an L2 penalty λ/2·Σx²: λ·x is added to the gradient.
    momentum : float
        How much of the velocity is kept.
    centered : bool
        Divide by the spread of the gradients, rather than by their size.
    capturable, foreach : bool, optional
        PyTorch's choices of a kernel; they change nothing.
    maximize : bool
        Go uphill.
    differentiable : bool
        Must be False.

    Raises
    ------
    ArgumentValueError
        If an option is negative.

    Notes
    -----
    A variance that rounding has made negative counts as 0; PyTorch's centered form gives nan there.

    References
    ----------
    Hinton, "Neural networks for machine learning", lecture 6e, 2012; centered: Graves, arXiv:1308.0850.
    """

    states = ("square_avg", "momentum_buffer", "grad_avg")
    needed = frozenset({"step", "square_avg"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _check(self, group: dict[str, Any]) -> None:
        check_range(group, "alpha", "eps", "weight_decay", "momentum")
        check_forms(group)

    def _update(self, group: dict[str, Any], rows: list[Row]) -> None:
        momentum, alpha = group["momentum"], group["alpha"]
        sign = -1 if group["maximize"] else 1
        numbers = np.array(
            [sign, group["lr"], group["weight_decay"], momentum, alpha, 1 - alpha, group["eps"]], "float64"
        )
        names = ["square_avg"]
        if momentum > 0:
            names.append("momentum_buffer")
        if group["centered"]:
            names.append("grad_avg")
        wanted = {"step", *names}
        mean = velocity = None
        for p, x, g in rows:
            state = self.state[p]
            if not state.keys() >= wanted:
                self._remember(p, *names).setdefault("step", 0)
            state["step"] += 1
            if momentum > 0:
                velocity = state["momentum_buffer"]._data
            if group["centered"]:
                mean = state["grad_avg"]._data
            _update(x, g, state["square_avg"]._data, mean, velocity, numbers)
