"""Does every function that PyTorch also has compute what PyTorch computes?

The calls are those of ``tests/cases``; here PyTorch runs them beside the engine.
"""

from __future__ import annotations

import pytest
from cases import CASES
from cases.case import A, Case, call
from cases.running import OURS, differences, made, run

import autograd
from autograd import TABLE
from autograd.errors import AutogradError
from autograd.functions import FUNCTIONS

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")
from cases.pytorch import THEIRS, torch_function  # noqa: E402

COMPARED = [
    pytest.param(
        case, id=str(case), marks=[pytest.mark.xfail(strict=True, reason=case.differs)] if case.differs else []
    )
    for case in CASES
    if not case.refused
]
REFUSED = [pytest.param(case, id=str(case)) for case in CASES if case.refused]


@pytest.mark.parametrize("case", COMPARED)
def test_values_gradients_and_gradients_of_gradients(case: Case) -> None:
    found = differences(run(OURS, case), run(THEIRS, case))
    assert not found, f"{case}\n" + "\n".join(found)


@pytest.mark.parametrize("case", REFUSED)
def test_what_pytorch_refuses_is_refused_with_an_error_of_ours(case: Case) -> None:
    with pytest.raises((RuntimeError, ValueError, TypeError, IndexError)):
        run(THEIRS, case)
    with pytest.raises(AutogradError):
        run(OURS, case)


FIELDS = ("values", "indices", "sign", "logabsdet")
NAMED = [
    case for case in CASES if case.name in ("max", "min", "median", "sort", "topk", "slogdet") and not case.refused
]


@pytest.mark.parametrize("case", NAMED, ids=str)
def test_several_results_have_pytorchs_names(case: Case) -> None:
    (ours, _), (theirs, _) = (made(side, case) for side in (OURS, THEIRS))
    if isinstance(theirs, tuple):
        assert list(ours._fields) == [name for name in FIELDS if hasattr(theirs, name)]


# --- is everything compared? ------------------------------------------------------------------------------------------

RANDOM = ("bernoulli", "multinomial", "normal", "randperm", "rand", "randint", "randn")
EXCLUDED: dict[str, str] = {
    **dict.fromkeys((*RANDOM, *(f"{name}_like" for name in ("rand", "randint", "randn"))), "random"),
    **dict.fromkeys(("from_dlpack", "from_numpy"), "takes an array of another library"),
}
"""Functions that PyTorch has too, and that no case calls: why."""


def is_in_pytorch(name: str) -> bool:
    return torch_function(name) is not None or hasattr(torch.Tensor, name)


def test_every_function_that_pytorch_has_is_compared() -> None:
    called = {case.name.split(".")[-1] for case in CASES if not case.refused}
    ours = {*FUNCTIONS, *(op.name for op in TABLE if op.module == "autograd")}
    assert {name for name in ours if is_in_pytorch(name)} - called - EXCLUDED.keys() == set()
    assert EXCLUDED.keys() <= set(dir(autograd)) - called


def test_a_difference_would_be_seen() -> None:
    x = A(2, 3)
    for other in (call("mean", x), call("sum", x, 0), call("sum", x.of("float32")), call("exp", x).up_to(1)):
        assert differences(run(OURS, call("sum", x)), run(THEIRS, other))


def test_every_case_is_another() -> None:
    assert len({str(case) for case in CASES}) == len(CASES)
