"""Programs written for HIPS autograd run unchanged, and compute the same numbers.

The numbers in hips_autograd.json were computed by HIPS autograd itself (the versions are in the file) with store.py.
"""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
STORED = json.loads((HERE / "hips_autograd.json").read_text())
PROGRAMS = sorted(path.stem for path in HERE.glob("*.py") if path.name not in {"store.py", "test_programs.py"})


def numbers(x):
    return np.concatenate([numbers(part) for part in x]) if isinstance(x, tuple) else np.ravel(np.asarray(x, float))


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_numbers_are_those_of_hips_autograd(program):
    made = runpy.run_path(str(HERE / f"{program}.py"))["results"]
    assert made.keys() == STORED[program].keys()
    for name, expected in STORED[program].items():
        np.testing.assert_allclose(numbers(made[name]), expected, rtol=1e-10, atol=1e-10, err_msg=name)
