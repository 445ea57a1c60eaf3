"""Adagrad: what if every entry had a step of its own, smaller the more it has moved?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.compiled import compiled
from nn.optim.optimizer import Optimizer, Row, check_forms, check_range
from nn.optim.update import blocks, in_both_forms

__all__ = ["Adagrad"]


def _lines(x: Any, g: Any, total: Any, _b: None, _c: None, numbers: Any) -> None:
    sign, lr, decay, eps = numbers.tolist()
    for part, slope, squares in blocks(x, g, total):
        slope = sign * slope
        if decay != 0:
            slope += decay * part
        squares += slope * slope
        part -= lr * slope / (np.sqrt(squares) + eps)


@compiled
def _loop(x: Any, g: Any, total: Any, _b: None, _c: None, numbers: Any) -> None:
    x, g, total = x.reshape(-1), g.reshape(-1), total.reshape(-1)
    c = numbers.astype(x.dtype)
    sign, lr, decay, eps = c[0], c[1], c[2], c[3]
    for i in range(x.size):
        slope = sign * g[i]
        if decay != 0:
            slope += decay * x[i]
        squares = total[i] + slope * slope
        total[i] = squares
        x[i] -= lr * slope / (np.sqrt(squares) + eps)


_update = in_both_forms(_lines, _loop)


class Adagrad(Optimizer):
    """Adaptive gradients: the step of an entry shrinks with all the gradients it has had.

    ``s ← s + g²``, then ``x ← x − lr/(1 + (t − 1)·lr_decay) · g/(√s + eps)`` in step t. As ``s`` only grows, the steps
    die out; `RMSprop` forgets.

    Parameters
    ----------
    params : iterable of Tensor, of (str, Tensor), or of dict
    lr : float
        Learning rate.
    lr_decay : float
        How fast the learning rate falls.
    weight_decay : float
        λ of an L2 penalty λ/2·Σx²: λ·x is added to the gradient.
    initial_accumulator_value : float
        What ``s`` begins with.
    eps : float
        Keeps the division finite.
    foreach, fused : bool, optional
        PyTorch's choices of a kernel; they change nothing.
    maximize : bool
        Go uphill.
    differentiable : bool
        Must be False.

    Raises
    ------
    ArgumentValueError
        If an option is negative.

    References
    ----------
    Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 12,
    2011.
    """

    states = ("sum",)
    needed = frozenset({"step", "sum"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                self._begin(p, group)

    def _begin(self, p: Any, group: dict[str, Any]) -> dict[str, Any]:
        self.state[p]["step"] = 0
        return self._remember(p, "sum", value=group["initial_accumulator_value"])

    def _check(self, group: dict[str, Any]) -> None:
        check_range(group, "lr_decay", "weight_decay", "initial_accumulator_value", "eps")
        check_forms(group)

    def _update(self, group: dict[str, Any], rows: list[Row]) -> None:
        sign = -1 if group["maximize"] else 1
        numbers = np.array([sign, group["lr"], group["weight_decay"], group["eps"]], "float64")
        for p, x, g in rows:
            state = self.state[p] or self._begin(p, group)
            state["step"] += 1
            numbers[1] = group["lr"] / (1 + (state["step"] - 1) * group["lr_decay"])
            _update(x, g, state["sum"]._data, None, None, numbers)
