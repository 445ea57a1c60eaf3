"""Is a compiled function the function, only faster, and is the compiler loaded no sooner than needed?"""

from __future__ import annotations

import copy
import inspect
import subprocess
import sys

import numpy as np
import pytest

from autograd.compiled import compiled


@compiled
def twice(x):
    return 2 * x


@compiled
def axpy(a, x, y):
    """Add a multiple of one array to another."""
    for i in range(x.size):
        y[i] += twice(a) * x[i] / 2


@compiled
def ratio(x, y):
    return x / y


@compiled(fastmath={"reassoc"})
def total(x):
    found = 0.0
    for i in range(x.size):
        found += x[i]
    return found


def test_it_computes_what_the_python_function_computes() -> None:
    x = np.random.default_rng(0).normal(size=5)
    ours, plain = np.ones(5), np.ones(5)
    axpy(3.0, x, ours)
    axpy.py_func(3.0, x, plain)
    assert np.array_equal(ours, plain)
    assert np.array_equal(ours, 1 + 3.0 * x)
    assert axpy.__wrapped__ is axpy.py_func


def test_options_reach_the_compiler() -> None:
    assert total(np.ones(100)) == 100
    assert total.dispatcher.targetoptions["fastmath"] == {"reassoc"}
    assert total.dispatcher.targetoptions["nogil"]


def test_every_element_type_has_its_own_machine_code() -> None:
    y = np.zeros(2, "float32")
    axpy(2.0, np.ones(2, "float32"), y)
    assert y.tolist() == [2, 2]
    assert y.dtype == "float32"


def test_division_by_zero_is_numpys() -> None:
    assert ratio(1.0, 0.0) == np.inf
    assert np.isnan(ratio(0.0, 0.0))


def test_it_is_documented_like_the_function() -> None:
    assert axpy.__doc__ == "Add a multiple of one array to another."
    assert axpy.__name__ == "axpy"
    assert list(inspect.signature(axpy).parameters) == ["a", "x", "y"]
    assert repr(axpy).endswith("test_compiled.axpy>")


def test_after_the_first_call_nothing_is_in_between() -> None:
    assert twice(2) == 4
    assert twice.func is twice.dispatcher


def test_it_is_copied_as_functions_are() -> None:
    assert copy.deepcopy(axpy) is axpy


def test_machine_code_is_kept_in_a_file_beside_the_source() -> None:
    ratio(1.0, 2.0)
    stats = ratio.dispatcher.stats
    assert sum(stats.cache_hits.values()) + sum(stats.cache_misses.values()) >= 1
    assert stats.cache_path


def test_without_a_file_to_keep_it_in_it_is_compiled_all_the_same() -> None:
    scope: dict[str, object] = {}
    exec("def three(x):\n    return 3 * x\n", scope)  # no file has its source
    three = compiled(scope["three"])  # type: ignore[arg-type]
    assert three(2) == 6  # type: ignore[operator]


def test_the_compiler_is_loaded_at_the_first_call(tmp_path) -> None:
    (tmp_path / "mine.py").write_text(
        "import sys\nfrom autograd.compiled import compiled\n"
        "@compiled\ndef four(x):\n    return 4 * x\n"
        "assert 'numba' not in sys.modules\nassert four(1) == 4\nassert 'numba' in sys.modules\n"
        "import pickle\nassert pickle.loads(pickle.dumps(four)) is four\n"
    )
    subprocess.run([sys.executable, str(tmp_path / "mine.py")], check=True, timeout=120)
    assert any("four" in file.name for file in (tmp_path / "__pycache__").iterdir())


def test_a_file_changed_is_compiled_anew(tmp_path) -> None:
    for factor in (2, 3):
        (tmp_path / "mine.py").write_text(
            "from autograd.compiled import compiled\n"
            f"@compiled\ndef times(x):\n    return {factor} * x\n"
            f"assert times(1) == {factor}\n"
        )
        subprocess.run([sys.executable, str(tmp_path / "mine.py")], check=True, timeout=120)


def test_wrong_arguments_are_refused_by_the_compiler() -> None:
    with pytest.raises(TypeError, match="expected 1"):
        twice(1, 2)
