"""How fast is a Value, against micrograd 0.1.0 and against scalars of PyTorch?

    python benchmarks/scalar.py [--rounds 5] [--json scalar.json]

A step is micrograd's moons demo: forward over 100 points, zero, backward, update (see `moons`). The same demo code
and the same network code run on every engine; "nn.scalar" is this project's own network, one dot node a neuron.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import statistics
import time
import tracemalloc
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import micrograd.engine
import micrograd.nn
from moons import Demo, micrograd_nn
from timing import alternate, machine, median_ratio

from autograd import Value
from nn.scalar import MLP


def torch_demo() -> Demo | None:
    """The demo on 0-d float64 tensors, where PyTorch is installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)

    def scalar(x: float) -> Any:
        return torch.tensor(float(x), dtype=torch.float64, requires_grad=True)

    class TorchDemo(Demo):
        def step(self) -> tuple[float, float]:
            total, accuracy = self.loss()
            for p in self.model.parameters():
                p.grad = None
            total.backward()
            learning_rate = 1.0 - 0.9 * self.steps / 100
            with torch.no_grad():
                for p in self.model.parameters():
                    p -= learning_rate * p.grad
            self.steps += 1
            return total.item(), accuracy

    return TorchDemo(scalar, micrograd_nn(types.SimpleNamespace(Value=scalar)).MLP)


def measure(demos: dict[str, Demo], rounds: int, steps: int, collector: bool) -> dict[str, Any]:
    """Median milliseconds per step, and how many times as long as ours each takes."""
    programs: dict[str, Callable[[], Any]] = {name: demo.step for name, demo in demos.items()}
    seconds = alternate(programs, rounds=rounds, steps=steps, collector=collector)
    return {
        name: {
            "ms_per_step": round(1e3 * statistics.median(times), 2),
            "ms_fastest": round(1e3 * min(times), 2),
            "ms_slowest": round(1e3 * max(times), 2),
            "times_as_long_as_ours": round(median_ratio(times, seconds["micrograph"]), 2),
        }
        for name, times in seconds.items()
    }


def chains() -> list[dict[str, float]]:
    """Chains of additions: time to build, backpropagate and free them, and memory for each node."""
    results = []
    for length in (10_000, 100_000, 1_000_000):
        start = time.perf_counter()
        x = y = Value(1.0)
        for _ in range(length):
            y = y + 1
        forward = time.perf_counter()
        y.backward()
        backward = time.perf_counter()
        del y
        freed = time.perf_counter()

        gc.collect()
        tracemalloc.start()
        y = x
        for _ in range(length):
            y = y + 1
        forward_bytes = tracemalloc.get_traced_memory()[0]
        y.backward(0.5)
        bytes_with_gradient = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        del y
        results.append(
            {
                "nodes": length,
                "forward_s": round(forward - start, 4),
                "backward_s": round(backward - forward, 4),
                "free_s": round(freed - backward, 4),
                "bytes_per_node": round(forward_bytes / length, 1),
                "bytes_per_node_after_backward": round(bytes_with_gradient / length, 1),
            }
        )
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="blocks of 5 counted steps for each engine")
    parser.add_argument("--json", type=Path, default=Path("scalar.json"), help="where to write the figures")
    options = parser.parse_args()

    demos = {
        f"micrograd {importlib.metadata.version('micrograd')}": Demo(micrograd.engine.Value, micrograd.nn.MLP),
        "micrograph": Demo(Value, micrograd_nn(types.SimpleNamespace(Value=Value)).MLP),
        "micrograph, nn.scalar": Demo(Value, MLP),
    }
    results: dict[str, Any] = {"machine": machine()}
    for name, collector in (("collector on (the default)", True), ("collection paused", False)):
        results[name] = measure(demos, options.rounds, 5, collector)
    if (demo := torch_demo()) is not None:
        pair = {"PyTorch scalars": demo, "micrograph": demos["micrograph"]}
        results["against PyTorch, collector on"] = measure(pair, max(1, options.rounds // 2), 2, True)
    else:
        print("PyTorch is not installed: that comparison is left out")

    for setting, figures in results.items():
        if not isinstance(figures, dict) or setting == "machine":
            continue
        print(f"\n{setting}")
        print(f"  {'engine':<24}{'ms/step':>10}{'fastest':>10}{'slowest':>10}{'× ours':>9}")
        for name, figure in figures.items():
            print(
                f"  {name:<24}{figure['ms_per_step']:>10}{figure['ms_fastest']:>10}"
                f"{figure['ms_slowest']:>10}{figure['times_as_long_as_ours']:>9}"
            )
    results["chains"] = chains()
    print("\nchains of additions")
    print(f"  {'nodes':>9}{'forward s':>12}{'backward s':>12}{'free s':>9}{'bytes/node':>12}{'with gradient':>15}")
    for row in results["chains"]:
        print(
            f"  {row['nodes']:>9}{row['forward_s']:>12}{row['backward_s']:>12}{row['free_s']:>9}"
            f"{row['bytes_per_node']:>12}{row['bytes_per_node_after_backward']:>15}"
        )
    options.json.write_text(json.dumps(results, indent=2) + "\n")
    print(f"\nwritten: {options.json}")


if __name__ == "__main__":
    main()
