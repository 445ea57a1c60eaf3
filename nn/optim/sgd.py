"""Stochastic gradient descent: how does a parameter go downhill, and what does momentum add?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.compiled import compiled
from autograd.errors import ArgumentValueError
from nn.optim.optimizer import Optimizer, Row, check_forms, check_range
from nn.optim.update import blocks, in_both_forms

__all__ = ["SGD"]


def _lines(x: Any, g: Any, velocity: Any, _b: None, _c: None, numbers: Any) -> None:
    sign, lr, decay, momentum, intake, nesterov = numbers.tolist()
    for part, slope, speed in blocks(x, g, velocity):
        slope = sign * slope
        if decay != 0:
            slope += decay * part
        if speed is not None:
            speed *= momentum
            speed += intake * slope
            slope = slope + momentum * speed if nesterov != 0 else speed
        part -= lr * slope


@compiled
def _loop(x: Any, g: Any, velocity: Any, _b: None, _c: None, numbers: Any) -> None:
    x, g = x.reshape(-1), g.reshape(-1)
    c = numbers.astype(x.dtype)
    sign, lr, decay, momentum, intake, nesterov = c[0], c[1], c[2], c[3], c[4], c[5]
    if velocity is not None:
        speed = velocity.reshape(-1)
    for i in range(x.size):
        slope = sign * g[i]
        if decay != 0:
            slope += decay * x[i]
        if velocity is not None:
            now = speed[i] * momentum + intake * slope
            speed[i] = now
            slope = slope + momentum * now if nesterov != 0 else now
        x[i] -= lr * slope


_update = in_both_forms(_lines, _loop)


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if asked for.

    ``v ← momentum·v + (1 − dampening)·g``, then ``x ← x − lr·v``; with Nesterov's momentum
    ``x ← x − lr·(g + momentum·v)``. The first step has ``v = g``.

    Parameters
    ----------
    params : iterable of Tensor, of (str, Tensor), or of dict
    lr : float
        Learning rate.
    momentum : float
        How much of the velocity is kept; 0 is plain gradient descent.
    dampening : float
        How much of the gradient does not enter the velocity.
    weight_decay : float
        λ of an L2 penalty λ/2·Σx²: λ·x is added to the gradient. See `nn.optim.l2_penalty`.
    nesterov : bool
        Look at the gradient as if the velocity had carried the parameter on already.
    maximize : bool
        Go uphill.
    foreach, fused : bool, optional
        PyTorch's choices of a kernel; they change nothing.
    differentiable : bool
        Must be False.

    Raises
    ------
    ArgumentValueError
        If an option is negative, or Nesterov's momentum is asked for without momentum or with dampening.

    References
    ----------
    Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning", ICML 2013,
    in PyTorch's form, where the learning rate multiplies the velocity.
    """

    states = ("momentum_buffer",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def _check(self, group: dict[str, Any]) -> None:
        check_range(group, "momentum", "weight_decay")
        check_forms(group)
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ArgumentValueError(
                f"nesterov needs a momentum above 0 and no dampening, not momentum={group['momentum']}, "
                f"dampening={group['dampening']}"
            )

    def _update(self, group: dict[str, Any], rows: list[Row]) -> None:
        momentum = group["momentum"]
        sign = -1 if group["maximize"] else 1
        numbers = np.array(
            [sign, group["lr"], group["weight_decay"], momentum, 1 - group["dampening"], group["nesterov"]], "float64"
        )
        for p, x, g in rows:
            if momentum == 0:
                _update(x, g, None, None, None, numbers)
                continue
            now, state = numbers, self.state[p]
            if "momentum_buffer" not in state:
                self._remember(p, "momentum_buffer")
                now = numbers.copy()
                now[4] = 1  # the first velocity is the gradient, whatever the dampening
            _update(x, g, state["momentum_buffer"]._data, None, None, now)
