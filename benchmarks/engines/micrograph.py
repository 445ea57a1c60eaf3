"""The programs as one writes them with Micrograph."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from typing import Any

import numpy as np
from workloads import Chain, Network

import nn
from autograd import Tensor, log_softmax, no_grad

VERSION = f"Micrograph {importlib.metadata.version('micrograph')}"


def numpy(x: Tensor) -> np.ndarray:
    return x.detach().numpy()


def network(workload: Network) -> Callable[[], Tensor]:
    inputs, targets = workload.data()
    x, rows = Tensor(inputs), np.arange(workload.batch)
    layers = [
        (Tensor(weight, requires_grad=True), Tensor(bias, requires_grad=True)) for weight, bias in workload.weights()
    ]
    parameters = [p for layer in layers for p in layer]
    squared = workload.loss == "mse"
    target: Any = Tensor(targets) if squared else targets
    hidden = Tensor.tanh if workload.hidden == "tanh" else Tensor.relu

    def step() -> Tensor:
        h = x
        for weight, bias in layers[:-1]:
            h = hidden(h @ weight + bias)
        weight, bias = layers[-1]
        scores = h @ weight + bias
        loss = ((scores - target) ** 2).mean() if squared else -log_softmax(scores, dim=-1)[rows, target].mean()
        loss.backward()
        with no_grad():
            for p in parameters:
                p -= workload.rate * p.grad
                p.grad = None
        return loss

    return step


def modules(workload: Network) -> Callable[[], Tensor]:
    inputs, targets = workload.data()
    x, target = Tensor(inputs), Tensor(targets)
    loss_function = nn.functional.mse_loss if workload.loss == "mse" else nn.functional.cross_entropy
    parts: list[nn.Module] = []
    for weight, bias in workload.weights():
        layer = nn.Linear(*weight.shape)
        layer.load_state_dict({"weight": weight.T, "bias": bias})
        parts += [layer, nn.Tanh() if workload.hidden == "tanh" else nn.ReLU()]
    model = nn.Sequential(*parts[:-1])
    optimizer = nn.optim.SGD(model.parameters(), lr=workload.rate)

    def step() -> Tensor:
        loss = loss_function(model(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def chain(workload: Chain) -> Callable[[], Tensor]:
    start, scale, shift = workload.data()
    x = Tensor(start, requires_grad=True)
    w, c = Tensor(scale, requires_grad=workload.shared), Tensor(shift, requires_grad=workload.shared)
    asked = w if workload.shared else x

    def step() -> Tensor:
        y = x
        for _ in range(workload.operations // 4):
            y = y * w
            y = y + c
            y = y.tanh()
            y = y.sin()
        x.grad = w.grad = c.grad = None
        y.sum().backward()
        return asked.grad

    return step


NETWORK = {"operations": network, "modules": modules}
CHAIN = {"operations": chain}
