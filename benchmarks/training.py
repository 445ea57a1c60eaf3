"""How fast does a network train, against PyTorch eager?

    python benchmarks/training.py [--quick] [--only NAME] [--json training.json]

Whole training steps (forward, cross-entropy, backward, Adam) in float32 of the networks in `models`, written once for
both libraries. Both start from the same weights, and their losses are compared over the first steps before anything is
timed. Then they take turns in blocks; a ratio is the median of the ratios of the rounds. PyTorch has as many threads as
NumPy's products (OPENBLAS_NUM_THREADS, else a thread a core); its Adam is the default one and, in a row of its own, the
fused one.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from models import WORKLOADS, Library, Workload
from timing import Block, alternate_blocks, blas_threads, machine, ratios_by_round, time_block

OURS, PYTORCH, FUSED = "micrograph", "PyTorch", "PyTorch, fused Adam"
TOLERANCE = 1e-3
"""How far, relatively, losses may be apart after a few steps in float32."""


class DisagreementError(Exception):
    """The two libraries do not compute the same."""


def micrograph() -> Library:
    """Our own library."""
    import nn
    from autograd import Tensor

    return Library(OURS, nn, nn.functional, nn.optim, Tensor)


def pytorch() -> Library:
    """PyTorch, with as many threads as we have."""
    import torch

    torch.set_num_threads(blas_threads())
    return Library(PYTORCH, torch.nn, torch.nn.functional, torch.optim, torch.tensor)


class Training:
    """A network in training on one batch.

    Parameters
    ----------
    library : Library
    workload : Workload
    state : mapping of str to array, optional
        The weights to start from.
    options
        For Adam.
    """

    def __init__(self, library: Library, workload: Workload, state: Any = None, **options: Any) -> None:
        self.library = library
        self.model = workload.build(library)
        if state is not None:
            self.model.load_state_dict({name: library.array(np.array(entries)) for name, entries in state.items()})
        self.optimizer = library.optim.Adam(self.model.parameters(), lr=1e-3, **options)
        inputs, targets = workload.batch(np.random.default_rng(0))
        self.inputs, self.targets = library.array(inputs), library.array(targets)

    def step(self) -> Any:
        """Forward, backward, update; returns the loss before the update."""
        loss = self.library.functional.cross_entropy(self.model(self.inputs), self.targets)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def weights(self) -> dict[str, np.ndarray]:
        """The weights as arrays."""
        return {name: np.array(entries.detach().numpy()) for name, entries in self.model.state_dict().items()}


def trainings(workload: Workload) -> dict[str, Training]:
    """The programs to compare, from the same weights, after their losses were found to be the same.

    Raises
    ------
    DisagreementError
        If they are not.
    """
    ours = Training(micrograph(), workload)
    programs = {OURS: ours}
    try:
        theirs = pytorch()
    except ImportError:
        print("PyTorch is not installed: only our times are measured")
        return programs
    state = ours.weights()
    programs[PYTORCH] = Training(theirs, workload, state)
    programs[FUSED] = Training(theirs, workload, state, fused=True)
    losses = {name: [program.step().item() for _ in range(5)] for name, program in programs.items()}
    for name in (PYTORCH, FUSED):
        if not np.allclose(losses[OURS], losses[name], rtol=TOLERANCE):
            raise DisagreementError(f"{workload.name}: losses {losses[OURS]}, {name}'s {losses[name]}")
    return programs


def measure(workload: Workload, rounds: int, seconds: float) -> dict[str, Any]:
    """Median milliseconds per step, and how many times as long as ours PyTorch takes.

    Parameters
    ----------
    workload : Workload
    rounds : int
        How many turns each gets.
    seconds : float
        About how long a turn lasts.
    """
    programs = trainings(workload)
    steps = {name: max(3, int(seconds / _duration(program.step))) for name, program in programs.items()}
    blocks: dict[str, Block] = {name: _block(program.step) for name, program in programs.items()}
    warm_up = {name: 1 + count // 4 for name, count in steps.items()}
    measured = alternate_blocks(blocks, rounds=rounds, steps=steps, warm_up=warm_up, pause=0.2)
    result: dict[str, Any] = {"goal": round(workload.goal, 2), "parameters": _size(programs[OURS].model)}
    for name, times in measured.items():
        ratios = ratios_by_round(times, measured[OURS])
        result[name] = {
            "ms_per_step": round(1e3 * statistics.median(time for block in times for time in block), 4),
            "times_as_long_as_ours": round(statistics.median(ratios), 2),
            "from": round(ratios[0], 2),
            "to": round(ratios[-1], 2),
        }
    return result


def _size(model: Any) -> int:
    return sum(int(np.prod(p.shape)) for p in model.parameters())


def _duration(step: Callable[[], Any]) -> float:
    step()
    return statistics.median(time_block(step, 3, 1))


def _block(step: Callable[[], Any]) -> Block:
    return lambda steps, warm_up: time_block(step, steps, warm_up)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a look, not a measurement")
    parser.add_argument("--only", default="", help="only the networks whose names contain this")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    rounds, seconds = (3, 0.1) if options.quick else (11, 0.6)

    results: dict[str, Any] = {"machine": {**machine(), "threads": str(blas_threads())}}
    print(f"{results['machine']}\n\n{'ms per step':<44}{'ours':>9}{'PyTorch':>9}{'fused':>9}{'× ours':>14}{'goal':>7}")
    for workload in WORKLOADS:
        if options.only.lower() not in workload.name.lower():
            continue
        results[workload.name] = figures = measure(workload, rounds, seconds)
        row = f"{workload.name:<44}{figures[OURS]['ms_per_step']:>9.3f}"
        if PYTORCH in figures:
            theirs, fused = figures[PYTORCH], figures[FUSED]
            row += f"{theirs['ms_per_step']:>9.3f}{fused['ms_per_step']:>9.3f}"
            spread = f"({theirs['from']:.2f}–{theirs['to']:.2f})"
            row += f"{theirs['times_as_long_as_ours']:>6.2f} {spread}{workload.goal:>7.2f}"
        print(row, flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
        print(f"\nwritten: {options.json}")


if __name__ == "__main__":
    main()
