"""micrograd's demo: a 2→16→16→1 network of scalars learns to separate two moons.

The data, the model, the loss and the update are those of micrograd's demo notebook (100 points, hinge loss, L2 of
1e-4, learning rate from 1.0 down to 0.1), written once for any engine with micrograd's interface.
"""

from __future__ import annotations

import importlib.util
import random
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np


def make_moons(samples: int = 100, noise: float = 0.1, seed: int = 1337) -> tuple[np.ndarray, np.ndarray]:
    """Two interleaving half circles with Gaussian noise: points (samples, 2) and labels ±1."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, np.pi, samples // 2)
    outer = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    inner = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.concatenate([outer, inner]) + rng.normal(0, noise, (samples // 2 * 2, 2))
    labels = np.repeat([-1.0, 1.0], samples // 2)
    order = rng.permutation(len(labels))
    return points[order], labels[order]


def micrograd_nn(engine: types.ModuleType) -> types.ModuleType:
    """micrograd's own ``nn`` module with its one import, ``from micrograd.engine import Value``, changed."""
    spec = importlib.util.find_spec("micrograd.nn")
    if spec is None or spec.loader is None:
        raise ImportError("the package micrograd is not installed")
    module = importlib.util.module_from_spec(spec)
    original = sys.modules.get("micrograd.engine")
    sys.modules["micrograd.engine"] = engine
    try:
        spec.loader.exec_module(module)
    finally:
        if original is None:
            del sys.modules["micrograd.engine"]
        else:
            sys.modules["micrograd.engine"] = original
    return module


class Demo:
    """The training loop, a step at a time.

    Parameters
    ----------
    value : type
        The engine's scalar node.
    mlp : callable
        ``mlp(2, [16, 16, 1])`` makes the network; its weights are drawn from Python's ``random``.
    """

    def __init__(self, value: Callable[[float], Any], mlp: Callable[[int, list[int]], Any], seed: int = 1337) -> None:
        random.seed(seed)
        self.value = value
        self.model = mlp(2, [16, 16, 1])
        self.points, self.labels = make_moons()
        self.steps = 0

    def loss(self) -> tuple[Any, float]:
        """The total loss over all points, and the accuracy."""
        inputs = [[self.value(x) for x in row] for row in self.points.tolist()]
        scores = [self.model(row) for row in inputs]
        labels = self.labels.tolist()
        losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        penalty = 1e-4 * sum(p * p for p in self.model.parameters())
        right = [(label > 0) == (score.data > 0) for label, score in zip(labels, scores, strict=True)]
        return data_loss + penalty, sum(right) / len(right)

    def step(self) -> tuple[float, float]:
        """Forward, zero, backward, update; returns the loss and the accuracy before the update."""
        total, accuracy = self.loss()
        self.model.zero_grad()
        total.backward()
        learning_rate = 1.0 - 0.9 * self.steps / 100
        for p in self.model.parameters():
            p.data -= learning_rate * p.grad
        self.steps += 1
        return total.data, accuracy
