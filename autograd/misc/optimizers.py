"""How do plain NumPy parameters go downhill, as in HIPS autograd's examples?

Each takes ``grad(params, i)``, the gradient in step i, and returns the final parameters, a tree like the first ones.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.misc.flatten import flatten

__all__ = ["adam", "rmsprop", "sgd"]


def _of_trees(optimize: Callable[..., Any]) -> Callable[..., Any]:
    """Let an optimizer of a vector take trees of parameters; the callback sees trees, too."""

    @wraps(optimize)
    def of_tree(grad: Callable[..., Any], x0: Any, callback: Any = None, *args: Any, **options: Any) -> Any:
        vector, unflatten = flatten(x0)

        def flat_gradient(x: Any, i: int) -> Any:
            parameters = unflatten(x)
            gradient = grad(parameters, i)
            if callback:
                callback(parameters, i, gradient)
            return flatten(gradient)[0]

        return unflatten(optimize(flat_gradient, vector, *args, **options))

    return of_tree


@_of_trees
def sgd(grad: Callable[..., Any], x: Any, num_iters: int = 200, step_size: float = 0.1, mass: float = 0.9) -> Any:
    """Gradient descent with momentum: the velocity is a running mean of the negative gradients."""
    velocity = np.zeros(len(x))
    for i in range(num_iters):
        velocity = mass * velocity - (1.0 - mass) * grad(x, i)
        x = x + step_size * velocity
    return x


@_of_trees
def rmsprop(
    grad: Callable[..., Any],
    x: Any,
    num_iters: int = 100,
    step_size: float = 0.1,
    gamma: float = 0.9,
    eps: float = 1e-8,
) -> Any:
    """Steps divided by the root of a running mean of the squared gradient (Tieleman and Hinton, 2012)."""
    mean_square = np.ones(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        mean_square = gamma * mean_square + (1 - gamma) * g**2
        x = x - step_size * g / (np.sqrt(mean_square) + eps)
    return x


@_of_trees
def adam(
    grad: Callable[..., Any],
    x: Any,
    num_iters: int = 100,
    step_size: float = 0.001,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> Any:
    """Adam (Kingma and Ba, 2015, algorithm 1)."""
    mean = np.zeros(len(x))
    mean_square = np.zeros(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        mean = b1 * mean + (1 - b1) * g
        mean_square = b2 * mean_square + (1 - b2) * g**2
        unbiased = mean / (1 - b1 ** (i + 1)), mean_square / (1 - b2 ** (i + 1))
        x = x - step_size * unbiased[0] / (np.sqrt(unbiased[1]) + eps)
    return x
