"""Which networks are trained in `training`? Each is written once, in words that this project and PyTorch share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

__all__ = ["WORKLOADS", "Library", "Workload"]

LETTERS = 27
"""The alphabet, and a sign for the end."""


@dataclass(frozen=True)
class Library:
    """Where a program gets its parts from: this project, or PyTorch."""

    name: str
    nn: Any
    functional: Any
    optim: Any
    array: Callable[[np.ndarray], Any]
    """A tensor of an array's entries."""


@dataclass(frozen=True)
class Workload:
    """A network, one batch, and what is fast enough."""

    name: str
    build: Callable[[Library], Any]
    batch: Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]
    goal: float
    """How many times as fast as PyTorch we want to be at least."""


def perceptron(*sizes: int) -> Callable[[Library], Any]:
    """Linear layers with ReLU between them."""

    def build(library: Library) -> Any:
        nn = library.nn
        layers: list[Any] = []
        for fan_in, fan_out in pairwise(sizes):
            layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
        return nn.Sequential(*layers[:-1])

    return build


def convnet(library: Library) -> Any:
    """LeNet-5's sizes with ReLU and max pooling, on 28×28 (LeCun et al. 1998)."""
    nn = library.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def transformer(library: Library) -> Any:
    """Two encoder layers of width 64 with four heads over 64 tokens, and a class for each token."""
    nn = library.nn

    class Tagger(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(100, 64)
            self.layers = nn.Sequential(
                *(nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0, batch_first=True) for _ in range(2))
            )
            self.head = nn.Linear(64, 100)

        def forward(self, tokens: Any) -> Any:
            return self.head(self.layers(self.embedding(tokens))).flatten(0, 1)

    return Tagger()


def character_gpt(library: Library) -> Any:
    """One block of four heads, 16 wide, RMSNorm, no biases: 4,192 parameters. A document is a batch of its own."""
    nn, functional = library.nn, library.functional
    heads, width, longest = 4, 16, 16

    class GPT(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.letters = nn.Embedding(LETTERS, width)
            self.places = nn.Embedding(longest, width)
            self.attention = nn.Linear(width, 3 * width, bias=False)
            self.mix = nn.Linear(width, width, bias=False)
            self.up = nn.Linear(width, 4 * width, bias=False)
            self.down = nn.Linear(4 * width, width, bias=False)
            self.head = nn.Linear(width, LETTERS, bias=False)

        def forward(self, tokens: Any) -> Any:
            length = tokens.shape[0]
            x = functional.rms_norm(self.letters(tokens) + self.places.weight[:length], (width,))
            parts = self.attention(functional.rms_norm(x, (width,)))
            query, key, value = parts.view(length, 3, heads, width // heads).permute(1, 2, 0, 3).unbind(0)
            seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
            x = x + self.mix(seen.transpose(0, 1).reshape(length, width))
            x = x + self.down(functional.relu(self.up(functional.rms_norm(x, (width,)))))
            return self.head(x)

    return GPT()


def _images(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(size=(64, 1, 28, 28)).astype(np.float32), rng.integers(0, 10, 64)


def _rows(batch: int, width: int, classes: int) -> Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]:
    return lambda rng: (rng.normal(size=(batch, width)).astype(np.float32), rng.integers(0, classes, batch))


def _sentences(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.integers(0, 100, (16, 64)), rng.integers(0, 100, 16 * 64)


def _name(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    letters = rng.integers(1, LETTERS, 10)
    return np.append(0, letters), np.append(letters, 0)


WORKLOADS = [
    Workload("MLP 2-16-16-2, 100 rows", perceptron(2, 16, 16, 2), _rows(100, 2, 2), 1.0),
    Workload("MLP 64-64-64-10, 32 rows", perceptron(64, 64, 64, 10), _rows(32, 64, 10), 1.0),
    Workload("MLP 784-512-512-10, 128 rows", perceptron(784, 512, 512, 10), _rows(128, 784, 10), 1.0),
    Workload("LeNet, 64 images of 28×28", convnet, _images, 0.5),
    Workload("transformer, 2 layers of 64, 16×64 tokens", transformer, _sentences, 1 / 1.3),
    Workload("character GPT, a name of 10 letters", character_gpt, _name, 1.0),
]
