"""Does every layer, function and loss that PyTorch also has compute what PyTorch computes, and is it called the same?

The cases are those of ``tests/networks``; here PyTorch runs them beside `nn`.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from networks import CASES
from networks.case import A, Case, ModuleCase, functional, module
from networks.running import OURS, differences, made, run

import nn
import nn.functional as F
from autograd.errors import AutogradError
from autograd.ops.table import Op

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")
from networks.pytorch import THEIRS, signature_of  # noqa: E402

COMPARED = [
    pytest.param(
        case, id=str(case), marks=[pytest.mark.xfail(strict=True, reason=case.differs)] if case.differs else []
    )
    for case in CASES
    if not case.refused
]
REFUSED = [pytest.param(case, id=str(case)) for case in CASES if case.refused]
MODULES = {
    str(Case(case.name, case.args, case.options)): case
    for case in CASES
    if isinstance(case, ModuleCase) and not case.refused
}


@pytest.mark.parametrize("case", COMPARED)
def test_outputs_gradients_and_buffers(case: Case | ModuleCase) -> None:
    found = differences(run(OURS, case), run(THEIRS, case))
    assert not found, f"{case}\n" + "\n".join(found)


@pytest.mark.parametrize("case", REFUSED)
def test_what_pytorch_refuses_is_refused_with_an_error_of_ours(case: Case | ModuleCase) -> None:
    with pytest.raises((RuntimeError, ValueError, TypeError, IndexError, AssertionError, NotImplementedError)):
        run(THEIRS, case)
    with pytest.raises(AutogradError):
        run(OURS, case)


PRINTS_OTHERWISE: dict[str, str] = {
    **dict.fromkeys(("Hardsigmoid", "Hardswish"), "PyTorch's leave out inplace=True"),
    **dict.fromkeys(
        (
            "MultiheadAttention",
            "Transformer",
            "TransformerDecoder",
            "TransformerDecoderLayer",
            "TransformerEncoder",
            "TransformerEncoderLayer",
        ),
        "PyTorch's out_proj is a NonDynamicallyQuantizableLinear",
    ),
}
"""Modules whose ``repr`` is another than PyTorch's: why."""


@pytest.mark.parametrize("case", MODULES.values(), ids=MODULES)
def test_modules_print_themselves_alike(case: ModuleCase) -> None:
    if case.name not in PRINTS_OTHERWISE:
        assert repr(made(OURS, case)) == repr(made(THEIRS, case))


# --- is everything compared? ------------------------------------------------------------------------------------------

NOT_CALLED: dict[str, str] = {
    **dict.fromkeys(("Module", "Parameter", "Buffer"), "tested by themselves"),
    **dict.fromkeys(
        ("ModuleList", "ModuleDict", "ParameterList", "ParameterDict"), "hold modules, and compute nothing"
    ),
}
"""Names of `nn` and `nn.functional` that PyTorch has too, and that no case calls: why."""


LAYERS = sorted(name for name in {*nn.EXPORTS} & {*dir(torch.nn)} if isinstance(getattr(nn, name), type))
FUNCTIONS = sorted({*F.__all__} & {*dir(torch.nn.functional)})


def mentioned(case: Case | ModuleCase) -> set[str]:
    """The name of a case, and those of the cases that it is made from."""

    def inside(x: Any) -> set[str]:
        if isinstance(x, (Case, ModuleCase)):
            return mentioned(x)
        parts = x.values() if isinstance(x, dict) else x if isinstance(x, (tuple, list)) else ()
        return {name for part in parts for name in inside(part)}

    return {case.name} | inside(case.args) | inside(case.options)


def test_everything_that_pytorch_has_is_compared() -> None:
    called = {name for case in CASES if not case.refused for name in mentioned(case)}
    assert {*LAYERS, *FUNCTIONS} - called - NOT_CALLED.keys() == set()
    assert not NOT_CALLED.keys() & called


# --- is everything called the same? -----------------------------------------------------------------------------------

DEPRECATED = frozenset({"size_average", "reduce", "_stacklevel"})
"""Parameters that PyTorch keeps for old programs."""

CALLED_OTHERWISE: dict[str, str] = {
    **dict.fromkeys(("Parameter", "Buffer"), "PyTorch's have no __init__"),
}
"""Classes and functions whose parameters are others than PyTorch's: why."""


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    """What it takes, without what is deprecated."""
    if isinstance(function, Op):
        named = {"input" if name == "a" else name: default for name, default in function.parameters.items()}
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return {name: inspect.Parameter(name, kind, default=default) for name, default in named.items()}
    found = signature_of(function.__init__ if isinstance(function, type) else function).parameters
    return {name: p for name, p in found.items() if name not in DEPRECATED | {"self"}}


def default_of(parameter: inspect.Parameter) -> Any:
    return parameter.default.__name__ if callable(parameter.default) else parameter.default


@pytest.mark.parametrize("name", sorted({*LAYERS, *FUNCTIONS} - CALLED_OTHERWISE.keys()))
def test_parameters_have_pytorchs_names_order_and_defaults(name: str) -> None:
    place, theirs_place = (F, torch.nn.functional) if name in FUNCTIONS else (nn, torch.nn)
    ours, theirs = parameters(getattr(place, name)), parameters(getattr(theirs_place, name))
    by_position = [p.name for p in ours.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    if not any(p.kind is p.VAR_POSITIONAL for p in theirs.values()):
        assert by_position == list(theirs)[: len(by_position)], "arguments by position would mean something else"
    for shared in ours.keys() & theirs.keys():
        assert default_of(ours[shared]) == default_of(theirs[shared]), shared


# --- would a difference be seen? --------------------------------------------------------------------------------------


def test_a_difference_would_be_seen() -> None:
    x = A(2, 3)
    case, call = module("Softplus", inputs=[x]), functional("softplus", x)
    for ours, theirs in [
        (case, module("Softplus", 1.5, inputs=[x])),
        (case, module("Softplus", inputs=[A(3, 2)])),
        (case, module("Softplus", inputs=[x], modes=("eval",))),
        (case, module("Softplus", inputs=[x], order=2)),
        (call, functional("softplus", x, 1.5)),
        (call, functional("silu", x)),
    ]:
        assert differences(run(OURS, ours), run(THEIRS, theirs))
    results = run(THEIRS, module("PReLU", 3, inputs=[x]))
    assert "train d weight" in results
    for name in results:
        off = {**results, name: results[name] + 1e-8}
        assert differences(off, results), name


def test_every_case_is_another() -> None:
    assert len({str(case) for case in CASES}) == len(CASES)


def test_running_statistics_are_filled_and_compared() -> None:
    case = module("BatchNorm1d", 3, inputs=[A(4, 3)], calls=2)
    results = run(THEIRS, case)
    assert np.all(results["eval buffer running_var"] > 0.4)
    assert results["train buffer num_batches_tracked"] == 2
    assert not np.array_equal(results["train output 0[0]"], results["train output 1[0]"])
