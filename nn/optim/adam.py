"""Adam: what if both the direction and the size of the gradients of late were averaged?"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Any

import numpy as np

from autograd.compiled import compiled
from autograd.errors import ArgumentTypeError, ArgumentValueError
from nn.optim.optimizer import Optimizer, Row, as_number, check_forms, check_range
from nn.optim.update import blocks, in_both_forms

__all__ = ["Adam", "AdamW"]


def _lines(x: Any, g: Any, mean: Any, square: Any, top: Any, numbers: Any) -> None:
    sign, rate, eps, decay, keep, rest1, beta2, rest2 = numbers.tolist()
    for part, slope, means, squares, tops in blocks(x, g, mean, square, top):
        slope = sign * slope
        if decay != 0:
            slope += decay * part
        means += rest1 * (slope - means)
        squares *= beta2
        squares += rest2 * slope * slope
        if tops is not None:
            np.maximum(tops, squares, out=tops)
        part *= keep
        part -= rate * means / (np.sqrt(squares if tops is None else tops) + eps)


@compiled
def _loop(x: Any, g: Any, mean: Any, square: Any, top: Any, numbers: Any) -> None:
    x, g, mean, square = x.reshape(-1), g.reshape(-1), mean.reshape(-1), square.reshape(-1)
    c = numbers.astype(x.dtype)
    sign, rate, eps, decay, keep, rest1, beta2, rest2 = c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
    if top is not None:
        tops = top.reshape(-1)
    for i in range(x.size):
        slope = sign * g[i]
        if decay != 0:
            slope += decay * x[i]
        direction = mean[i] + rest1 * (slope - mean[i])
        mean[i] = direction
        size = square[i] * beta2 + rest2 * slope * slope
        square[i] = size
        if top is not None:
            size = tops[i] if tops[i] > size or tops[i] != tops[i] else size  # a nan stays
            tops[i] = size
        x[i] = x[i] * keep - rate * direction / (np.sqrt(size) + eps)


_update = in_both_forms(_lines, _loop)


class Adam(Optimizer):
    """Adaptive moments: the mean of the gradients of late, divided by their size of late.

    In step t: ``m ← m + (1 − β₁)·(g − m)``, ``v ← β₂·v + (1 − β₂)·g²``, then ``x ← x − lr·m̂/(√v̂ + eps)`` with
    ``m̂ = m/(1 − β₁ᵗ)`` and ``v̂ = v/(1 − β₂ᵗ)``: both begin at 0, and this takes the bias away that comes from it, so
    that the first step has the size ``lr`` for every entry.

    Parameters
    ----------
    params : iterable of Tensor, of (str, Tensor), or of dict
    lr : float
        Learning rate.
    betas : (float, float)
        How much is kept of the means of gradients and of their squares.
    eps : float
        Keeps the division finite.
    weight_decay : float
        λ of an L2 penalty λ/2·Σx²: λ·x is added to the gradient; `AdamW` shrinks the parameters instead.
    amsgrad : bool
        Divide by the largest ``v`` so far.
    foreach, capturable, fused : bool, optional
        PyTorch's choices of a kernel; they change nothing.
    maximize : bool
        Go uphill.
    differentiable : bool
        Must be False.
    decoupled_weight_decay : bool
        Be `AdamW`.

    Raises
    ------
    ArgumentValueError
        If an option is negative, or a beta is not in [0, 1).

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, arXiv:1412.6980, in the order of operations
    at the end of its section 2; amsgrad: Reddi, Kale and Kumar, ICLR 2018, arXiv:1904.09237.
    """

    states = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
    needed = frozenset({"step", "exp_avg", "exp_avg_sq"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def _check(self, group: dict[str, Any]) -> None:
        check_range(group, "eps", "weight_decay")
        check_forms(group)
        betas = group["betas"]
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ArgumentTypeError(f"betas are two numbers, as in (0.9, 0.999), not {betas!r:.40}")
        group["betas"] = tuple(as_number(f"betas[{i}]", beta) for i, beta in enumerate(betas))
        for i, beta in enumerate(group["betas"]):
            if not 0.0 <= beta < 1.0:
                raise ArgumentValueError(f"betas[{i}]={beta}: it must be at least 0 and less than 1")

    def _update(self, group: dict[str, Any], rows: list[Row]) -> None:
        lr, decay, (beta1, beta2) = group["lr"], group["weight_decay"], group["betas"]
        sign, keep = -1 if group["maximize"] else 1, 1
        if group["decoupled_weight_decay"]:
            decay, keep = 0, 1 - lr * decay
        numbers = np.array([sign, 0, 0, decay, keep, 1 - beta1, beta2, 1 - beta2], "float64")
        amsgrad = group["amsgrad"]
        top, t = None, 0
        for p, x, g in rows:
            state = self.state[p]
            if not state:
                self._remember(p, "exp_avg", "exp_avg_sq")["step"] = 0
            if amsgrad:
                top = self._remember(p, "max_exp_avg_sq")["max_exp_avg_sq"]._data
            state["step"] = step = state["step"] + 1
            if step != t:  # mostly it is that of the parameter before
                t = step
                root = sqrt(1 - beta2**t)
                numbers[1], numbers[2] = lr * root / (1 - beta1**t), group["eps"] * root
            _update(x, g, state["exp_avg"]._data, state["exp_avg_sq"]._data, top, numbers)


class AdamW(Adam):
    """Adam with weight decay that goes past the means: ``x ← (1 − lr·λ)·x`` first, then Adam's step.

    Parameters
    ----------
    params, lr, betas, eps, amsgrad, maximize, foreach, capturable, differentiable, fused
        As in `Adam`.
    weight_decay : float
        λ.

    References
    ----------
    Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019, arXiv:1711.05101; with PyTorch, λ is
    multiplied by the learning rate.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def _check(self, group: dict[str, Any]) -> None:
        super()._check(group)
        group["decoupled_weight_decay"] = True  # whatever was loaded
