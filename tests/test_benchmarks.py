"""The benchmarks run, and what they compare is the same computation."""

from __future__ import annotations

import sys
from typing import Any

import costs
import memory
import numpy as np
import pytest
import tensor
import timing
import worked
from engines import Engine
from engines.process import ENVIRONMENTS, RemoteEngine
from workloads import CHAINS, NETWORKS, Chain, Network

TINY: list[Any] = [
    Network(4, (3, 5, 2), "tanh", "mse", rate=0.1),
    Network(4, (3, 6, 6, 5), "relu", "cross_entropy", rate=0.1),
    Chain(8, 4),
    Chain(8, 4, shared=True),
]


def peer(name: str) -> Any:
    """A peer's engine; skips the test where it is not installed."""
    if name == "hips":
        python = ENVIRONMENTS / "hips" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        if not (ENVIRONMENTS / "hips" / "installed.txt").exists():
            pytest.skip("benchmarks/tensor.py has not made the environment for HIPS autograd yet")
        return RemoteEngine("hips", python)
    pytest.importorskip({"pytorch": "torch"}.get(name, name))
    return Engine(name)


@pytest.mark.parametrize("name", ["pytorch", "mygrad", "hips"])
@pytest.mark.parametrize("workload", TINY, ids=lambda workload: workload.name)
def test_every_way_of_every_engine_computes_the_same(name, workload):
    engine = peer(name)
    try:
        ways = tensor.compare({tensor.OURS: Engine("micrograph"), name: engine}, workload, steps=10)
        assert ways[name]
    finally:
        engine.close()


@pytest.mark.parametrize("workload", TINY[:2], ids=lambda workload: workload.name)
def test_our_networks_learn(workload):
    engine = Engine("micrograph")
    way, *_ = engine.prepare(workload)
    losses = np.array(engine.results(workload, way, 100))
    assert losses.dtype == np.float32
    assert losses[-1] < 0.9 * losses[0]


def test_a_chains_gradient_is_the_product_of_the_local_ones():
    workload = Chain(8, 4)
    engine = Engine("micrograph")
    (way,) = engine.prepare(workload)
    y, w, c = (a.astype(np.float64) for a in workload.data())
    expected = np.ones(4)
    for _ in range(2):
        inner = np.tanh(y * w + c)
        expected *= w * (1 - inner**2) * np.cos(inner)
        y = np.sin(inner)
    np.testing.assert_allclose(engine.results(workload, way, 1)[0], expected, rtol=1e-5)


def test_an_engine_that_computes_something_else_is_found_out():
    class Wrong(Engine):
        def results(self, workload, way, steps):
            return [1.001 * x for x in super().results(workload, way, steps)]

    with pytest.raises(tensor.DisagreementError, match="wrong"):
        tensor.compare({tensor.OURS: Engine("micrograph"), "wrong": Wrong("micrograph")}, TINY[0])


def test_the_benchmark_of_tensors_reports_every_program(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(tensor, "NETWORKS", TINY[:2])
    monkeypatch.setattr(tensor, "CHAINS", TINY[2:])
    written = tmp_path / "figures.json"
    tensor.main(["--quick", "--peers", "", "--json", str(written)])
    printed = capsys.readouterr().out
    assert all(workload.name in printed for workload in TINY)
    assert costs.FIXED in printed
    assert "Micrograph" in printed
    assert written.exists()


def test_a_missing_peer_is_left_out_with_a_line(monkeypatch, capsys):
    monkeypatch.setitem(tensor.PEERS, "absent", ("no_such_engine", "pip install it"))
    assert list(tensor.available(["absent"])) == [tensor.OURS]
    assert "pip install it" in capsys.readouterr().out


def test_the_goals_programs_are_measured():
    assert [(n.batch, n.widths) for n in NETWORKS] == [
        (100, (2, 16, 16, 1)),
        (32, (64, 64, 64, 10)),
        (128, (784, 512, 512, 10)),
    ]
    assert {chain.operations for chain in CHAINS} == {100}


def test_alternation_takes_turns():
    calls: list[str] = []

    def block(name):
        def run(steps, warm_up):
            calls.append(name)
            return [float(warm_up)] * steps

        return run

    seconds = timing.alternate_blocks({"a": block("a"), "b": block("b")}, rounds=2, steps={"a": 1, "b": 3}, warm_up=4)
    assert calls == ["a", "b", "a", "b"]
    assert seconds == {"a": [[4.0], [4.0]], "b": [[4.0] * 3] * 2}
    assert timing.ratios_by_round([[4.0], [1.0]], [[2.0], [1.0]]) == [1.0, 2.0]


def test_numpys_threads_are_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    assert timing.blas_threads() == 3


def test_a_peak_is_measured_above_what_was_there():
    before = np.ones(2**18)

    def work() -> np.ndarray:
        temporary = before + before  # 2 MiB, and then a result of as much
        return temporary * 2

    peak, kept = memory.peak_of(work)
    assert 4 * memory.MIB <= peak < 4.1 * memory.MIB
    assert 2 * memory.MIB <= kept < 2.1 * memory.MIB


def test_the_benchmark_of_memory_reports(capsys):
    assert sum(memory.needed(50, 256, 512).values()) == 4 * (50 * 512 * 256 + 50 * 256 * 257 + 2 * 512 * 256)
    memory.main(["--layers", "3", "--width", "16", "--batch", "8"])
    assert "peak of our step" in capsys.readouterr().out


def test_gradient_check_confirms_five_digits():
    """L3-24."""
    errors = worked.gradient_check()
    assert len(errors) == 3
    assert max(errors.values()) < 1e-5


def test_the_cost_of_the_backward_pass_is_measured():
    """L3-27; the figure depends on the machine, so only that both passes are timed."""
    (row,) = worked.backward_cost([(2, 16, 8)], steps=3).values()
    assert row["forward_ms"] > 0
    assert row["backward_ms"] > 0


def test_checkpoints_keep_fewer_activations():
    """L3-28: every √L-th is kept."""
    (row,) = worked.checkpointing([16], 64, 512, rounds=1, steps=1)
    assert row["every"] == 4
    assert row["kept"] >= 15
    assert row["kept_checkpointed"] < 0.7 * row["kept"]
    assert row["peak_checkpointed"] < row["peak"]


def test_sixteen_bits_are_half_of_thirty_two():
    """L3-29."""
    row = worked.sixteen_bits(6, 256, 128, steps=1)
    assert row["ratio"] < 0.7
    assert row["gradient_error"] < 1e-3
