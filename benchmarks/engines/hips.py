"""The programs as one writes them with HIPS autograd.

Its package is called ``autograd``, like ours, so this module is only ever imported by `serve`, in an environment of its
own.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from typing import Any

import numpy as np
from workloads import Chain, Network

import autograd.numpy as anp
from autograd import grad, value_and_grad

VERSION = f"HIPS autograd {importlib.metadata.version('autograd')}"


def numpy(x: Any) -> np.ndarray:
    return np.asarray(x)


def log_softmax(x: Any) -> Any:
    """By hand: the logsumexp of its documentation is SciPy's, which is slower."""
    shifted = x - anp.max(x, axis=-1, keepdims=True)
    return shifted - anp.log(anp.sum(anp.exp(shifted), axis=-1, keepdims=True))


def network(workload: Network) -> Callable[[], Any]:
    x, target = workload.data()
    rows = np.arange(workload.batch)
    squared = workload.loss == "mse"

    def hidden(z: Any) -> Any:
        return anp.tanh(z) if workload.hidden == "tanh" else anp.maximum(z, 0)

    def loss(layers: list[Any]) -> Any:
        h = x
        for weight, bias in layers[:-1]:
            h = hidden(anp.dot(h, weight) + bias)
        weight, bias = layers[-1]
        scores = anp.dot(h, weight) + bias
        return anp.mean((scores - target) ** 2) if squared else -anp.mean(log_softmax(scores)[rows, target])

    loss_and_gradient = value_and_grad(loss)
    layers = workload.weights()

    def step() -> Any:
        nonlocal layers
        value, gradients = loss_and_gradient(layers)
        layers = [
            (weight - workload.rate * to_weight, bias - workload.rate * to_bias)
            for (weight, bias), (to_weight, to_bias) in zip(layers, gradients, strict=True)
        ]
        return value

    return step


def chain(workload: Chain) -> Callable[[], Any]:
    def last(y: Any, w: Any, c: Any) -> Any:
        for _ in range(workload.operations // 4):
            y = y * w
            y = y + c
            y = anp.tanh(y)
            y = anp.sin(y)
        return anp.sum(y)

    data = workload.data()
    if workload.shared:
        gradients = grad(last, argnum=(0, 1, 2))
        return lambda: gradients(*data)[1]
    gradient = grad(last)
    return lambda: gradient(*data)


NETWORK = {"operations": network}
CHAIN = {"operations": chain}
