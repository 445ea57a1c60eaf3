"""How fast is a Tensor, against PyTorch, MyGrad and HIPS autograd?

    python benchmarks/tensor.py [--quick] [--peers torch,mygrad,hips] [--json tensor.json]

Training steps of three networks, and chains of a hundred small operations, in float32 (see `workloads`); each program
written as the users of that engine write it (see `engines`), the fastest way where there are several. All start from
the same weights, and their results are compared before they are timed. Then they take turns in blocks; a ratio is the
median of the ratios of the rounds. PyTorch has as many threads as NumPy's products: OPENBLAS_NUM_THREADS of them, or
a thread a core; where other programs run too, only OPENBLAS_NUM_THREADS=1 gives figures that stay. HIPS autograd
shares our import name and runs in a process and an environment of its own, made under build/ the first time.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from costs import costs
from engines import Engine
from engines.process import RemoteEngine, environment
from timing import Block, alternate_blocks, blas_threads, machine, ratios_by_round
from workloads import CHAINS, NETWORKS, Chain, Network

OURS = "micrograph"
PEERS = {
    "torch": ("pytorch", "pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"),
    "mygrad": ("mygrad", "pip install mygrad==2.5.0"),
    "hips": ("hips", "it needs pip and PyPI, to install autograd==1.9.1 into an environment of its own"),
}
TOLERANCE = 1e-4
Workload = Network | Chain


class DisagreementError(Exception):
    """Two engines do not compute the same."""


def available(peers: Sequence[str]) -> dict[str, Any]:
    """Our engine and those peers that can be imported, by name; says how to get the others."""
    engines: dict[str, Any] = {OURS: Engine(OURS)}
    for peer in peers:
        module, remedy = PEERS[peer]
        try:
            if peer == "hips":
                python = environment("hips", "autograd==1.9.1", f"numpy=={np.__version__}")
                engines[peer] = RemoteEngine(module, python)
            else:
                engines[peer] = Engine(module)
        except ImportError as problem:
            print(f"{peer} is left out ({problem}): {remedy}")
    return engines


def compare(engines: dict[str, Any], workload: Workload, steps: int = 5) -> dict[str, list[str]]:
    """Run the first steps of every program; returns each engine's ways of writing it.

    Raises
    ------
    DisagreementError
        If a result differs from ours by more than one part in ten thousand.
    """
    ways = {name: engine.prepare(workload) for name, engine in engines.items()}
    ours = engines[OURS].results(workload, ways[OURS][0], steps)
    for name, engine in engines.items():
        for way in ways[name]:
            if name == OURS and way == ways[OURS][0]:
                continue
            for number, (a, b) in enumerate(zip(ours, engine.results(workload, way, steps), strict=True)):
                if a.dtype != np.float32 or b.dtype != np.float32:
                    raise DisagreementError(
                        f"{workload.name}: float32 is asked for; ours is {a.dtype}, {name} {b.dtype}"
                    )
                if not np.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE * np.abs(a).max()):
                    raise DisagreementError(f"{workload.name}, step {number}: ours {a}, {name} ({way}) {b}")
    return ways


def measure(engines: dict[str, Any], workload: Workload, rounds: int, seconds: float) -> dict[str, Any]:
    """Median milliseconds per step of each engine's fastest program, and the ratios to ours.

    Parameters
    ----------
    engines : mapping
        As `available` gives them.
    workload : Network or Chain
    rounds : int
        How many turns each gets.
    seconds : float
        About how long a turn lasts; a third as long again runs first, uncounted.
    """
    ways = compare(engines, workload)
    blocks: dict[str, Block] = {}
    steps: dict[str, int] = {}
    chosen: dict[str, str] = {}
    for name, engine in engines.items():
        trials = {way: partial(engine.block, workload, way) for way in ways[name]}
        tried = alternate_blocks(trials, rounds=3, steps=10, warm_up=10, pause=seconds / 3)
        typical = {way: statistics.median(map(statistics.median, blocks)) for way, blocks in tried.items()}
        fastest = min(typical, key=typical.__getitem__)
        blocks[name], chosen[name] = trials[fastest], fastest
        steps[name] = max(5, int(seconds / typical[fastest]))
    warm_up = {name: max(2, count // 3) for name, count in steps.items()}
    measured = alternate_blocks(blocks, rounds=rounds, steps=steps, warm_up=warm_up, pause=seconds)
    figures = {}
    for name, times in measured.items():
        medians = [1e3 * statistics.median(block) for block in times]
        ratios = ratios_by_round(times, measured[OURS])
        figures[name] = {
            "way": chosen[name],
            "ms_per_step": statistics.median(medians),
            "ms_spread": (min(medians), max(medians)),
            "times_as_long_as_ours": statistics.median(ratios),
            "ratio_spread": (ratios[0], ratios[-1]),
        }
    return figures


def operation_costs(engines: dict[str, Any], repeats: int) -> dict[str, dict[str, Any]]:
    """Microseconds of single operations (see `costs`), ours and PyTorch's."""
    from autograd import Tensor

    found = {OURS: costs(lambda array, wanted: Tensor(array, requires_grad=wanted), repeats)}
    if "torch" in engines:
        import torch

        found["torch"] = costs(lambda array, wanted: torch.tensor(array, requires_grad=wanted), repeats)
    return found


def show(workload: Workload, figures: dict[str, Any]) -> None:
    print(f"\n{workload.name}")
    print(f"  {'engine':<12}{'ms/step':>10}{'fastest … slowest':>22}{'× ours':>9}{'spread':>16}   written with")
    for name, row in figures.items():
        fastest, slowest = row["ms_spread"]
        low, high = row["ratio_spread"]
        print(
            f"  {name:<12}{row['ms_per_step']:>10.4f}{f'{fastest:.4f} … {slowest:.4f}':>22}"
            f"{row['times_as_long_as_ours']:>9.2f}{f'{low:.2f} … {high:.2f}':>16}   {row['way']}"
        )


def show_costs(found: dict[str, dict[str, Any]]) -> None:
    print("\none operation on sixteen numbers, µs; every input wants a gradient")
    print(f"  {'':<26}" + "".join(f"{name + ' forward':>20}{'backward':>10}" for name in found))
    for operation in found[OURS]:
        figures = "".join(f"{found[name][operation][0]:>20.2f}{found[name][operation][1]:>10.2f}" for name in found)
        print(f"  {operation:<26}{figures}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short turns and few of them: a first look")
    parser.add_argument("--peers", default="torch,mygrad,hips", help="against whom, separated by commas")
    parser.add_argument("--json", type=Path, help="where to write the figures as well")
    options = parser.parse_args(arguments)
    peers = [peer for peer in options.peers.split(",") if peer]
    if unknown := set(peers) - set(PEERS):
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    rounds, seconds = (3, 0.03) if options.quick else (9, 0.2)

    engines = available(peers)
    versions = {name: engine.version for name, engine in engines.items()} | {"numpy": f"NumPy {np.__version__}"}
    results: dict[str, Any] = {"machine": machine() | {"threads": str(blas_threads())}, "versions": versions}
    print("  ".join(f"{key} {value}" for key, value in results["machine"].items()))
    print("  ".join(versions.values()))
    try:
        for workload in (*NETWORKS, *CHAINS):
            results[workload.name] = measure(engines, workload, rounds, seconds)
            show(workload, results[workload.name])
    finally:
        for engine in engines.values():
            engine.close()
    results["costs"] = operation_costs(engines, 20 if options.quick else 200)
    show_costs(results["costs"])
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")
        print(f"\nwritten: {options.json}")


if __name__ == "__main__":
    main()
