"""Does `nn` compute what PyTorch computed when the files in ``tests/reference`` were made?

The same cases as in ``tests/parity``, where PyTorch is not needed.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from networks import FAMILIES
from networks.case import Case, ModuleCase
from networks.running import OURS, differences, run
from networks.stored import LARGE, cases_to_store, load, sketch

stored = cache(load)

STORED = [pytest.param(family, case, id=str(case)) for family in FAMILIES for case in cases_to_store(family)]


@pytest.mark.parametrize(("family", "case"), STORED)
def test_equal_to_the_stored_values(family: str, case: Case | ModuleCase) -> None:
    theirs = stored(family).get(str(case))
    assert theirs is not None, f"this case is new: run python tests/reference/make.py nn_{family}"
    found = differences(sketch(run(OURS, case)), theirs)
    assert not found, f"{case}\n" + "\n".join(found)


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_stored_that_no_case_asks_for(family: str) -> None:
    made = f"run python tests/reference/make.py nn_{family}"
    assert stored(family).keys() <= {str(case) for case in cases_to_store(family)}, made


def test_a_difference_anywhere_in_a_large_array_would_be_seen() -> None:
    x = np.linspace(-1, 1, 3 * LARGE * LARGE).reshape(3, LARGE, LARGE)
    for place in ((0, 0, 0), (1, 2, 3), (2, 30, 30)):
        other = x.copy()
        other[place] += 1e-8
        assert differences(sketch({"x": other}), sketch({"x": x}))
    assert differences(sketch({"x": x.reshape(LARGE, -1)}), sketch({"x": x}))
