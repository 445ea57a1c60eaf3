"""How much memory does a training step take, against what the mathematics needs?

    python benchmarks/memory.py [--layers 50] [--width 256] [--batch 512]

A step (forward, backward, update) of a deep network: so many layers of `width` units with bias, relu between them, mean
squared error, float32. Measured is the peak above what was there before the step: parameters, inputs and targets do not
count. NumPy reports its arrays to tracemalloc; PyTorch's profiler reports what its allocator gives out.

The mathematics needs, if nothing is computed twice: the output of every layer, until the backward pass comes to it (a
layer's relu and the next product look at the same array); the gradient of every parameter; and two gradients of
activations, the one that came in and the one that goes out.
"""

from __future__ import annotations

import argparse
import gc
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Tensor, no_grad

__all__ = ["DeepNetwork", "needed", "peak_of", "pytorch_peak"]

MIB = 2**20


class DeepNetwork:
    """Equal layers with relu between them, and the mean squared error of the last one's output.

    Parameters
    ----------
    layers, width, batch : int
    dtype : str
    """

    def __init__(self, layers: int, width: int, batch: int, dtype: str = "float32") -> None:
        rng = np.random.default_rng(5)
        self.layers = [
            (
                Tensor((rng.standard_normal((width, width)) * np.sqrt(2 / width)).astype(dtype), requires_grad=True),
                Tensor(np.zeros(width, dtype=dtype), requires_grad=True),
            )
            for _ in range(layers)
        ]
        self.x = Tensor(rng.standard_normal((batch, width)).astype(dtype))
        self.target = Tensor(rng.standard_normal((batch, width)).astype(dtype))

    @property
    def parameters(self) -> list[Tensor]:
        return [p for layer in self.layers for p in layer]

    @staticmethod
    def part(h: Tensor, *parameters: Tensor) -> Tensor:
        """Some layers in a row, given by their weights and biases in turn, each with relu."""
        for weight, bias in zip(parameters[::2], parameters[1::2], strict=True):
            h = (h @ weight + bias).relu()
        return h

    def loss(self) -> Tensor:
        h = self.part(self.x, *self.parameters[:-2])
        weight, bias = self.layers[-1]
        return ((h @ weight + bias - self.target) ** 2).mean()

    def step(self, rate: float = 1e-3) -> None:
        self.loss().backward()
        with no_grad():
            for p in self.parameters:
                p -= rate * p.grad

    def forget_gradients(self) -> None:
        for p in self.parameters:
            p.grad = None


def needed(layers: int, width: int, batch: int, itemsize: int = 4) -> dict[str, int]:
    """Bytes that a step needs besides parameters and data (see this module's text)."""
    activation = batch * width * itemsize
    return {
        "outputs of the layers": layers * activation,
        "gradients of the parameters": layers * (width * width + width) * itemsize,
        "two gradients of activations": 2 * activation,
    }


def peak_of(work: Callable[[], Any]) -> tuple[int, int]:
    """Bytes above what was there before: at the peak, and what is left when the result is still held."""
    gc.collect()
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    result = work()
    kept, peak = tracemalloc.get_traced_memory()
    del result
    if not tracing:
        tracemalloc.stop()
    return peak - before, kept - before


def pytorch_peak(layers: int, width: int, batch: int) -> int:
    """The peak of the same step in PyTorch, in bytes.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    """
    import torch
    from torch.profiler import ProfilerActivity, profile

    model: list[Any] = []
    for _ in range(layers):
        model += [torch.nn.Linear(width, width), torch.nn.ReLU()]
    network = torch.nn.Sequential(*model[:-1])
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-3)
    x, target = torch.randn(batch, width), torch.randn(batch, width)

    def step() -> None:
        torch.nn.functional.mse_loss(network(x), target).backward()
        optimizer.step()
        optimizer.zero_grad()

    step()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        step()
    changes = [event.nbytes() for event in watched.profiler.kineto_results.events() if event.name() == "[memory]"]
    return int(np.cumsum(changes).max())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int, default=50)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--batch", type=int, default=512)
    options = parser.parse_args(arguments)
    sizes = (options.layers, options.width, options.batch)

    need = needed(*sizes)
    total = sum(need.values())
    print(f"one step of {options.layers} layers of {options.width}, batch {options.batch}, float32; MiB")
    for what, count in need.items():
        print(f"  {what:<34}{count / MIB:>9.2f}")
    print(f"  {'needed in all':<34}{total / MIB:>9.2f}")

    network = DeepNetwork(*sizes)
    network.step()  # whatever is made once and kept for good is there now
    network.forget_gradients()
    forward = peak_of(network.loss)
    step = peak_of(network.step)
    print(f"  {'kept by our forward pass':<34}{forward[1] / MIB:>9.2f}")
    print(f"  {'peak of our forward pass':<34}{forward[0] / MIB:>9.2f}")
    print(f"  {'peak of our step':<34}{step[0] / MIB:>9.2f}{step[0] / total:>9.2f} of what is needed")
    try:
        theirs = pytorch_peak(*sizes)
        print(f"  {'peak of PyTorch’s step':<34}{theirs / MIB:>9.2f}{theirs / total:>9.2f} of what is needed")
    except ImportError:
        print("  PyTorch is not installed: pip install torch==2.13.0")


if __name__ == "__main__":
    main()
