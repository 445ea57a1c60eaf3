"""The programs as one writes them with PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from timing import blas_threads
from torch.nn import functional
from workloads import Chain, Network

VERSION = f"PyTorch {torch.__version__}"

torch.set_num_threads(blas_threads())


def numpy(x: torch.Tensor) -> np.ndarray:
    return x.detach().numpy()


def _loss(workload: Network) -> Callable[..., torch.Tensor]:
    return functional.mse_loss if workload.loss == "mse" else functional.cross_entropy


def _loop(workload: Network, layers: list[Any], layer: Callable[..., torch.Tensor]) -> Callable[[], torch.Tensor]:
    """A network whose parameters are tensors, and whose update is a loop."""
    x, target = map(torch.from_numpy, workload.data())
    parameters = [p for each in layers for p in each]
    hidden, loss_function = torch.tanh if workload.hidden == "tanh" else torch.relu, _loss(workload)

    def step() -> torch.Tensor:
        h = x
        for weight, bias in layers[:-1]:
            h = hidden(layer(h, weight, bias))
        loss = loss_function(layer(h, *layers[-1]), target)
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p -= workload.rate * p.grad
                p.grad = None
        return loss

    return step


def operations(workload: Network) -> Callable[[], torch.Tensor]:
    layers = [tuple(torch.tensor(p, requires_grad=True) for p in layer) for layer in workload.weights()]
    return _loop(workload, layers, lambda x, weight, bias: x @ weight + bias)


def linear(workload: Network) -> Callable[[], torch.Tensor]:
    layers = [
        (torch.tensor(np.ascontiguousarray(weight.T), requires_grad=True), torch.tensor(bias, requires_grad=True))
        for weight, bias in workload.weights()
    ]
    return _loop(workload, layers, functional.linear)


def modules(workload: Network) -> Callable[[], torch.Tensor]:
    x, target = map(torch.from_numpy, workload.data())
    loss_function = _loss(workload)
    parts: list[torch.nn.Module] = []
    for weight, bias in workload.weights():
        layer = torch.nn.Linear(*weight.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight.T))
            layer.bias.copy_(torch.from_numpy(bias))
        parts += [layer, torch.nn.Tanh() if workload.hidden == "tanh" else torch.nn.ReLU()]
    model = torch.nn.Sequential(*parts[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=workload.rate)

    def step() -> torch.Tensor:
        loss = loss_function(model(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def chain(workload: Chain) -> Callable[[], torch.Tensor]:
    x, w, c = map(torch.from_numpy, workload.data())
    x.requires_grad_()
    w.requires_grad_(workload.shared)
    c.requires_grad_(workload.shared)
    asked = w if workload.shared else x

    def step() -> torch.Tensor:
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


NETWORK = {"operations": operations, "nn.functional.linear": linear, "nn.Sequential, optim.SGD": modules}
CHAIN = {"operations": chain}
