"""What do the worked examples measure that are about cost?

    python benchmarks/worked.py [--quick]

- L3-24: how many digits central differences with ε = 1e-5 confirm.
- L3-27: what the backward pass costs, in forward passes.
- L3-28: what is kept, and what it costs, when only every k-th of L layers' activations is kept.
- L3-29: what is kept when activations are kept in 16 bits.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from memory import DeepNetwork, peak_of
from timing import alternate_blocks, median_ratio, ratios_by_round, time_block

import autograd
from autograd import Tensor, gradcheck

MIB = 2**20


def gradient_check() -> dict[str, float]:
    """L3-24: the relative error of the worst partial derivative, for networks in float64."""
    rng = np.random.default_rng(6)

    def parameter(*shape: int) -> Tensor:
        return Tensor(rng.standard_normal(shape), requires_grad=True)

    x = Tensor(rng.standard_normal((5, 3)))
    target = np.array([0, 1, 1, 0, 1])

    def scores(activation: Callable[[Tensor], Tensor], w1: Any, b1: Any, w2: Any, b2: Any) -> Tensor:
        return activation(x @ w1 + b1) @ w2 + b2

    def cross_entropy(z: Tensor) -> Tensor:
        return (z.exp().sum(dim=1).log() - z[np.arange(5), target]).mean()

    errors = {}
    for name in ("tanh", "sigmoid", "relu"):
        weights = [parameter(3, 4), parameter(4), parameter(4, 2), parameter(2)]
        activation: Any = getattr(Tensor, name)
        report = gradcheck(lambda *w, activation=activation: cross_entropy(scores(activation, *w)), weights, eps=1e-5)
        errors[f"3→4→2 network, {name}, softmax and cross-entropy"] = report.relative_error
    return errors


def backward_cost(sizes: Sequence[tuple[int, int, int]], steps: int) -> dict[str, dict[str, float]]:
    """L3-27: seconds of the forward and the backward pass, and how many times as long the backward pass takes."""
    found = {}
    for layers, width, batch in sizes:
        pairs = split(DeepNetwork(layers, width, batch), steps, warm_up=2)
        ratios = np.sort([backward / forward for forward, backward in pairs])
        forward, backward = 1e3 * np.median(pairs, axis=0)
        found[f"{layers} layers of {width}, batch {batch}"] = {
            "forward_ms": float(forward),
            "backward_ms": float(backward),
            "ratio": float(np.median(ratios)),
            "lower_quartile": float(np.quantile(ratios, 0.25)),
            "upper_quartile": float(np.quantile(ratios, 0.75)),
        }
    return found


def split(network: DeepNetwork, steps: int, warm_up: int) -> list[tuple[float, float]]:
    """Seconds of the forward and of the backward pass of each step."""
    pairs = []
    for _ in range(warm_up + steps):
        network.forget_gradients()
        start = time.perf_counter()
        loss = network.loss()
        middle = time.perf_counter()
        loss.backward()
        pairs.append((middle - start, time.perf_counter() - middle))
    return pairs[warm_up:]


class CheckpointedNetwork(DeepNetwork):
    """The same network in segments of so many layers, inside of which nothing is kept."""

    def __init__(self, layers: int, width: int, batch: int, every: int) -> None:
        super().__init__(layers, width, batch)
        self.every = every

    def loss(self) -> Tensor:
        h, hidden = self.x, self.parameters[:-2]
        for first in range(0, len(hidden), 2 * self.every):
            h = autograd.checkpoint(self.part, h, *hidden[first : first + 2 * self.every])
        weight, bias = self.layers[-1]
        return ((h @ weight + bias - self.target) ** 2).mean()


def activations_kept(network: DeepNetwork) -> tuple[int, int]:
    """Bytes of activations: what the forward pass leaves, and the peak of a whole step less the gradients.

    The gradients of the parameters are made beforehand, so that only activations come and go.
    """
    network.step(0.0)
    left = peak_of(network.loss)[1]
    peak = peak_of(lambda: network.loss().backward())[0]
    return left, peak


def checkpointing(lengths: Sequence[int], width: int, batch: int, rounds: int, steps: int) -> list[dict[str, float]]:
    """L3-28: activations (in layers' outputs) and time, all kept against every √L-th kept."""
    rows = []
    for layers in lengths:
        plain = DeepNetwork(layers, width, batch)
        sparse = CheckpointedNetwork(layers, width, batch, round(math.sqrt(layers)))
        one = batch * width * 4
        times = alternate_blocks(
            {
                name: lambda steps, warm_up, network=network: time_block(
                    lambda: network.loss().backward(), steps, warm_up
                )
                for name, network in (("plain", plain), ("sparse", sparse))
            },
            rounds=rounds,
            steps=steps,
            warm_up=1,
        )
        (kept, peak), (kept_sparse, peak_sparse) = activations_kept(plain), activations_kept(sparse)
        rows.append(
            {
                "layers": layers,
                "every": sparse.every,
                "kept": kept / one,
                "kept_checkpointed": kept_sparse / one,
                "peak": peak / one,
                "peak_checkpointed": peak_sparse / one,
                "time_ratio": float(np.median(ratios_by_round(times["sparse"], times["plain"]))),
            }
        )
    return rows


def growth(rows: Sequence[dict[str, float]], what: str) -> float:
    """The exponent p in ``what ~ layers^p``, by least squares on logarithms."""
    slope, _ = np.polyfit(np.log([row["layers"] for row in rows]), np.log([row[what] for row in rows]), 1)
    return float(slope)


def sixteen_bits(layers: int, width: int, batch: int, steps: int) -> dict[str, float]:
    """L3-29: what the forward pass leaves with activations in 32 and in 16 bits, and what the gradients lose."""
    network = DeepNetwork(layers, width, batch)

    def packed() -> Tensor:
        with autograd.keep_in_16_bits():
            return network.loss()

    network.step(0.0)
    full, half = peak_of(network.loss)[1], peak_of(packed)[1]
    gradients = []
    for loss in (network.loss, packed):
        network.forget_gradients()
        loss().backward()
        gradients.append(np.concatenate([p.grad.detach().numpy().ravel() for p in network.parameters]))
    exact, rounded = gradients
    return {
        "kept_32_MiB": full / MIB,
        "kept_16_MiB": half / MIB,
        "ratio": half / full,
        "gradient_error": float(np.linalg.norm(rounded - exact) / np.linalg.norm(exact)),
        "time_ratio": median_ratio(
            time_block(lambda: packed().backward(), steps, 1), time_block(lambda: network.loss().backward(), steps, 1)
        ),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller networks and fewer repetitions")
    quick = parser.parse_args(arguments).quick
    rounds, steps = (3, 3) if quick else (5, 6)

    print("L3-24  central differences, ε = 1e-5, float64: relative error of the worst partial derivative")
    for name, error in gradient_check().items():
        print(f"  {name:<50}{error:>10.1e}{-math.log10(max(error, 1e-16)):>7.1f} digits")

    sizes = [(4, 64, 32), (4, 256, 128)] if quick else [(4, 64, 32), (4, 256, 128), (8, 512, 256), (8, 1024, 512)]
    print("\nL3-27  the backward pass in forward passes; the products alone: one forward, two backward")
    print(f"  {'':<32}{'forward ms':>12}{'backward ms':>13}{'ratio':>8}{'quartiles':>16}")
    for name, row in backward_cost(sizes, 5 * steps).items():
        spread = f"{row['lower_quartile']:.2f} … {row['upper_quartile']:.2f}"
        print(f"  {name:<32}{row['forward_ms']:>12.3f}{row['backward_ms']:>13.3f}{row['ratio']:>8.2f}{spread:>16}")

    rows = checkpointing((16, 36) if quick else (16, 36, 64, 100), 128, 512 if quick else 1024, rounds, steps)
    print("\nL3-28  activations in layers' outputs, everything kept against every k-th of L layers")
    print(f"  {'L':>4}{'k':>4}{'kept':>9}{'every k-th':>12}{'peak':>9}{'every k-th':>12}{'time':>8}")
    for row in rows:
        print(
            f"  {row['layers']:>4}{row['every']:>4}{row['kept']:>9.1f}{row['kept_checkpointed']:>12.1f}"
            f"{row['peak']:>9.1f}{row['peak_checkpointed']:>12.1f}{row['time_ratio']:>8.2f}"
        )
    for what in ("kept", "kept_checkpointed", "peak", "peak_checkpointed"):
        print(f"  {what.replace('_', ', '):<20} grows like L^{growth(rows, what):.2f}")

    print("\nL3-29  activations kept in 16 bits")
    for name, figure in sixteen_bits(20, 256, 512, steps).items():
        print(f"  {name.replace('_', ' '):<20}{figure:>10.4g}")


if __name__ == "__main__":
    main()
