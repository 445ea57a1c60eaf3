"""Does the engine compute what PyTorch computed when the files in ``tests/reference`` were made?

The same cases as in ``tests/parity``, where PyTorch is not needed.
"""

from __future__ import annotations

from functools import cache

import pytest
from cases import FAMILIES
from cases.case import Case
from cases.running import OURS, differences, run
from cases.stored import cases_to_store, load

stored = cache(load)

STORED = [pytest.param(family, case, id=str(case)) for family in FAMILIES for case in cases_to_store(family)]


@pytest.mark.parametrize(("family", "case"), STORED)
def test_equal_to_the_stored_values(family: str, case: Case) -> None:
    theirs = stored(family).get(str(case))
    assert theirs is not None, "this case is new: run python tests/reference/make.py"
    found = differences(run(OURS, case), theirs)
    assert not found, f"{case}\n" + "\n".join(found)


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_stored_that_no_case_asks_for(family: str) -> None:
    assert stored(family).keys() <= {str(case) for case in cases_to_store(family)}, "run python tests/reference/make.py"
