"""How is a convolution computed fastest: through columns and a BLAS, place by place of the kernel, or by own loops?

Each way computes output, gradient of the weights and gradient of the input, in float32, for the layers of a LeNet and
for 3×3 filters on 28×28. Then the layers of the LeNet, and all of it, through `nn` and through PyTorch.

Run with ``python benchmarks/convolution.py``; PyTorch takes part if it is installed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from timing import alternate_blocks, machine, time_block

from nn.ops.correlation import Windows, correlate, spread, weigh

__all__ = ["LAYERS", "LENET", "PASSES", "WAYS", "Layer", "lenet"]

PASSES = ("output", "weights", "input")
"""What is computed: the output, the gradient of the weights, that of the input."""


@dataclass(frozen=True)
class Layer:
    """A convolution of stride 1 of a batch of square planes."""

    samples: int
    channels: int
    size: int
    filters: int
    kernel: int
    padding: int

    @property
    def name(self) -> str:
        return f"{self.channels} → {self.filters} of {self.kernel}×{self.kernel} on {self.size}×{self.size}"

    @property
    def places(self) -> int:
        """Rows, and columns, of an output plane."""
        return self.size + 2 * self.padding - self.kernel + 1

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Input, weight, and a gradient of the output."""
        rng = np.random.default_rng(0)
        shapes = (
            (self.samples, self.channels, self.size, self.size),
            (self.filters, self.channels, self.kernel, self.kernel),
            (self.samples, self.filters, self.places, self.places),
        )
        x, w, g = (rng.normal(size=shape).astype(np.float32) for shape in shapes)
        return x, w, g


LAYERS = (
    Layer(64, 1, 28, 6, 5, 2),
    Layer(64, 6, 14, 16, 5, 0),
    Layer(64, 16, 28, 16, 3, 1),
    Layer(64, 32, 28, 32, 3, 1),
    Layer(64, 64, 28, 64, 3, 1),
)

Passes = dict[str, Callable[[], np.ndarray]]


# --- the ways ---------------------------------------------------------------------------------------------------------


def _ours(layer: Layer) -> Passes:
    x, w, g = layer.arrays()
    k, p, size = layer.kernel, layer.padding, (layer.size, layer.size)
    windows = Windows((k, k), (1, 1), (p, p), (1, 1), g.shape[2:])  # type: ignore[arg-type]
    return {
        "output": lambda: correlate(x, w, None, windows),
        "weights": lambda: weigh(x, g, w.shape, windows),
        "input": lambda: spread(g, w, None, size, windows),
    }


def _padded(x: np.ndarray, padding: int) -> np.ndarray:
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _columns_by_sample(layer: Layer) -> Passes:
    """Columns [N, C·k·k, places] and a matrix product for each sample; the columns are kept for the backward pass."""
    x, w, g = layer.arrays()
    k, m, filters = layer.kernel, layer.places, w.reshape(len(w), -1)
    upstream = g.reshape(*g.shape[:2], -1)
    kept: list[np.ndarray] = []

    def output() -> np.ndarray:
        around = _padded(x, layer.padding)
        columns = np.empty((len(x), layer.channels, k, k, m, m), x.dtype)
        for u in range(k):
            for v in range(k):
                columns[:, :, u, v] = around[:, :, u : u + m, v : v + m]
        kept[:] = [columns.reshape(len(x), -1, m * m)]
        return (filters @ kept[0]).reshape(g.shape)

    def backward() -> np.ndarray:
        columns = (filters.T @ upstream).reshape(len(x), layer.channels, k, k, m, m)
        return _added_up(columns, layer)

    output()
    return {
        "output": output,
        "weights": lambda: (upstream @ kept[0].transpose(0, 2, 1)).sum(0).reshape(w.shape),
        "input": backward,
    }


def _added_up(columns: np.ndarray, layer: Layer) -> np.ndarray:
    """Columns [N, C, k, k, m, m] back in the planes that they come from."""
    k, m, p, wide = layer.kernel, layer.places, layer.padding, layer.size + 2 * layer.padding
    out = np.zeros((*columns.shape[:2], wide, wide), columns.dtype)
    for u in range(k):
        for v in range(k):
            out[:, :, u : u + m, v : v + m] += columns[:, :, u, v]
    return out[:, :, p : p + layer.size, p : p + layer.size]


def _columns_of_the_batch(layer: Layer) -> Passes:
    """Columns [C·k·k, N·places] and one matrix product for all samples, whose result is then turned round."""
    x, w, g = layer.arrays()
    k, m, filters = layer.kernel, layer.places, w.reshape(len(w), -1)
    kept: list[np.ndarray] = []

    def output() -> np.ndarray:
        around = _padded(x, layer.padding).swapaxes(0, 1)
        columns = np.empty((layer.channels, k, k, len(x), m, m), x.dtype)
        for u in range(k):
            for v in range(k):
                columns[:, u, v] = around[:, :, u : u + m, v : v + m]
        kept[:] = [columns.reshape(filters.shape[1], -1)]
        return np.ascontiguousarray((filters @ kept[0]).reshape(len(w), len(x), m, m).swapaxes(0, 1))

    def turned() -> np.ndarray:
        return np.ascontiguousarray(g.swapaxes(0, 1)).reshape(len(w), -1)

    def backward() -> np.ndarray:
        columns = (filters.T @ turned()).reshape(layer.channels, k, k, len(x), m, m)
        return _added_up(columns.transpose(3, 0, 1, 2, 4, 5), layer)

    output()
    return {"output": output, "weights": lambda: (turned() @ kept[0].T).reshape(w.shape), "input": backward}


def _by_place(layer: Layer) -> Passes:
    """A matrix product for each place of the kernel; no columns."""
    x, w, g = layer.arrays()
    k, m, p, wide = layer.kernel, layer.places, layer.padding, layer.size + 2 * layer.padding
    upstream = g.reshape(*g.shape[:2], -1)

    def seen(around: np.ndarray, u: int, v: int) -> np.ndarray:
        return around[:, :, u : u + m, v : v + m].reshape(len(x), layer.channels, -1)

    def output() -> np.ndarray:
        around, y = _padded(x, p), np.zeros_like(upstream)
        for u in range(k):
            for v in range(k):
                y += w[:, :, u, v] @ seen(around, u, v)
        return y.reshape(g.shape)

    def weights() -> np.ndarray:
        around, out = _padded(x, p), np.empty_like(w)
        for u in range(k):
            for v in range(k):
                out[:, :, u, v] = (upstream @ seen(around, u, v).transpose(0, 2, 1)).sum(0)
        return out

    def backward() -> np.ndarray:
        out = np.zeros((len(x), layer.channels, wide, wide), x.dtype)
        for u in range(k):
            for v in range(k):
                out[:, :, u : u + m, v : v + m] += (w[:, :, u, v].T @ upstream).reshape(len(x), -1, m, m)
        return out[:, :, p : p + layer.size, p : p + layer.size]

    return {"output": output, "weights": weights, "input": backward}


def _pytorch(layer: Layer) -> Passes:
    import torch

    x, w, g = (torch.from_numpy(a) for a in layer.arrays())
    windows: dict[str, Any] = {"padding": layer.padding}
    of_weight, of_input = torch.nn.grad.conv2d_weight, torch.nn.grad.conv2d_input
    return {
        "output": lambda: torch.conv2d(x, w, **windows).numpy(),
        "weights": lambda: of_weight(x, w.shape, g, **windows).numpy(),
        "input": lambda: of_input(x.shape, w, g, **windows).numpy(),
    }


WAYS: dict[str, Callable[[Layer], Passes]] = {
    "ours": _ours,
    "columns by sample": _columns_by_sample,
    "columns of the batch": _columns_of_the_batch,
    "place by place": _by_place,
    "PyTorch": _pytorch,
}


# --- through the layers -----------------------------------------------------------------------------------------------

LENET: tuple[tuple[str, tuple[Any, ...], dict[str, Any]], ...] = (
    ("Conv2d", (1, 6, 5), {"padding": 2}),
    ("ReLU", (), {}),
    ("MaxPool2d", (2,), {}),
    ("Conv2d", (6, 16, 5), {}),
    ("ReLU", (), {}),
    ("MaxPool2d", (2,), {}),
    ("Flatten", (), {}),
    ("Linear", (400, 120), {}),
    ("ReLU", (), {}),
    ("Linear", (120, 84), {}),
    ("ReLU", (), {}),
    ("Linear", (84, 10), {}),
)


def lenet(library: Any) -> Any:
    """LeNet-5 with ReLU and maximum pooling, of `nn` or of ``torch.nn``."""
    return library.Sequential(*(getattr(library, name)(*args, **options) for name, args, options in LENET))


def _steps(library: Any, tensor: Callable[..., Any]) -> dict[str, Callable[[], Any]]:
    """Forward and backward pass of each layer that works on planes, under a sum, and of all of it with its loss."""
    model, loss = lenet(library), library.CrossEntropyLoss()
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 1, 28, 28)).astype(np.float32)
    images, classes = tensor(x), tensor(rng.integers(0, 10, 64))
    steps: dict[str, Callable[[], Any]] = {}
    at = images
    for number, layer in enumerate(list(model)[:6]):
        at = tensor(at.detach().numpy().copy())
        at.requires_grad_(number > 0)  # no gradient of the images

        def one(layer: Any = layer, at: Any = at) -> None:
            layer.zero_grad()
            at.grad = None
            layer(at).sum().backward()

        steps[f"{number} {type(layer).__name__}"] = one
        at = layer(at)

    def whole() -> None:
        model.zero_grad()
        loss(model(images), classes).backward()

    return {**steps, "LeNet and its loss": whole}


# --- the run ----------------------------------------------------------------------------------------------------------


def _best(programs: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Milliseconds, of the fastest run: whatever else the machine does can only add to it."""
    blocks = {name: partial(time_block, step) for name, step in programs.items()}
    measured = alternate_blocks(blocks, rounds=rounds, steps=4, warm_up=1, pause=0.01)
    return {name: 1e3 * min(t for block in seconds for t in block) for name, seconds in measured.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    try:
        import torch
    except ImportError:
        torch = None
        del WAYS["PyTorch"]
    print(", ".join(f"{what}: {value}" for what, value in machine().items()))
    for layer in LAYERS:
        print(f"\n{layer.name}, {layer.samples} samples; milliseconds")
        print(f"{'':24}" + "".join(f"{name:>10}" for name in PASSES))
        ways = {name: way(layer) for name, way in WAYS.items()}
        found = {what: _best({name: way[what] for name, way in ways.items()}, rounds) for what in PASSES}
        for name in ways:
            print(f"{name:24}" + "".join(f"{found[what][name]:10.2f}" for what in PASSES))
    if torch is None:
        return
    import autograd
    import nn

    print(f"\nforward and backward; milliseconds\n{'':24}{'ours':>10}{'PyTorch':>10}{'ratio':>10}")
    ours, theirs = _steps(nn, autograd.Tensor), _steps(torch.nn, torch.tensor)
    for name in ours:
        took = _best({"ours": ours[name], "PyTorch": theirs[name]}, rounds)
        print(f"{name:24}{took['ours']:10.2f}{took['PyTorch']:10.2f}{took['ours'] / took['PyTorch']:10.2f}")


if __name__ == "__main__":
    main()
