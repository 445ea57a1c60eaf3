"""The programs as one writes them with MyGrad, with its guard against changes of saved arrays on (as it is) and off."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.losses import softmax_crossentropy
from workloads import Chain, Network

VERSION = f"MyGrad {mg.__version__}"


def numpy(x: Any) -> np.ndarray:
    return np.asarray(x)


def network(workload: Network) -> Callable[[], Any]:
    x, target = workload.data()
    layers = [(mg.tensor(weight), mg.tensor(bias)) for weight, bias in workload.weights()]
    parameters = [p for layer in layers for p in layer]
    hidden = mg.tanh if workload.hidden == "tanh" else relu
    squared = workload.loss == "mse"

    def step() -> Any:
        h = x
        for weight, bias in layers[:-1]:
            h = hidden(h @ weight + bias)
        weight, bias = layers[-1]
        scores = h @ weight + bias
        loss = mg.mean((scores - target) ** 2) if squared else softmax_crossentropy(scores, target)
        loss.backward()
        for p in parameters:  # a gradient is cleared when its tensor is next used
            p.data -= workload.rate * p.grad
        return loss

    return step


def chain(workload: Chain) -> Callable[[], Any]:
    start, scale, shift = workload.data()
    x = mg.tensor(start)
    w, c = (mg.tensor(a, constant=not workload.shared) for a in (scale, shift))
    asked = w if workload.shared else x

    def step() -> Any:
        y = x
        for _ in range(workload.operations // 4):
            y = y * w
            y = y + c
            y = mg.tanh(y)
            y = mg.sin(y)
        y.sum().backward()
        return asked.grad

    return step


def unguarded(way: Callable[[Any], Callable[[], Any]]) -> Callable[[Any], Callable[[], Any]]:
    """The same, inside of MyGrad's ``mem_guard_off``."""

    @functools.wraps(way)
    def make(workload: Any) -> Callable[[], Any]:
        return mg.mem_guard_off(way(workload))

    return make


NETWORK = {"guard off": unguarded(network), "guard on": network}
CHAIN = {"guard off": unguarded(chain), "guard on": chain}
