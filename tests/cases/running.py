"""How does a case run: values, gradients, gradients of gradients, on either side?

The course of it is the same for both; a `Side` says how each makes leaves, finds functions and goes back.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

import autograd
from autograd import Tensor
from cases.case import Array, Case, numbers

__all__ = ["OURS", "Results", "Side", "differences", "made", "run"]


class Side(Protocol):
    """An engine: PyTorch, or ours."""

    silenced: str

    def leaf(self, array: np.ndarray, requires_grad: bool) -> Any: ...
    def reversed(self, x: Any) -> Any: ...
    def index(self, x: Any, index: Any) -> Any: ...
    def function(self, name: str) -> Any: ...
    def array(self, x: Any) -> np.ndarray: ...
    def dtype(self, name: str) -> Any: ...
    def gradients(self, total: Any, leaves: list[Any], record: bool) -> list[Any]: ...


@dataclass
class Results:
    """What a case gave."""

    values: list[np.ndarray] = field(default_factory=list)
    first: list[np.ndarray] = field(default_factory=list)
    recorded: list[np.ndarray] = field(default_factory=list)
    second: list[np.ndarray] = field(default_factory=list)

    def items(self) -> Iterator[tuple[str, np.ndarray]]:
        for what in ("values", "first", "recorded", "second"):
            for position, array in enumerate(getattr(self, what)):
                yield f"{what}[{position}]", array


def run(side: Side, case: Case) -> Results:
    """Run a case: the call, then back from a weighted sum of its results, then back from one of the gradients."""
    out, xs = made(side, case)
    ys = [y for position, y in enumerate(_flat(out)) if case.outputs is None or position in case.outputs]
    results = Results([side.array(y) for y in ys])
    if not xs or case.order == 0:
        return results
    floats = [y for y, value in zip(ys, results.values, strict=True) if value.dtype.kind == "f"]
    upstream = [side.leaf(_weights(f"{case} upstream {k}", side.array(y)), True) for k, y in enumerate(floats)]
    weights = [side.leaf(_weights(f"{case} weights {k}", side.array(x)), False) for k, x in enumerate(xs)]
    with np.errstate(all="ignore"):
        total = _total(floats, upstream)
        results.first = [side.array(g) for g in side.gradients(total, xs, False)]
        if case.order == 2:
            recorded = side.gradients(total, xs, True)
            results.recorded = [side.array(g) for g in recorded]
            second = side.gradients(_total(recorded, weights), [*xs, *upstream], False)
            results.second = [side.array(g) for g in second]
    return results


def made(side: Side, case: Case) -> tuple[Any, list[Any]]:
    """What the call returns, and its leaves."""
    leaves: list[Any] = []
    args, options = _arguments(side, case, leaves)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", side.silenced)
        return _call(side, case, args, options), leaves


def _weights(seed: str, like: np.ndarray) -> np.ndarray:
    return numbers(seed, like.shape, 0.5, 2.0).astype(like.dtype)


def _total(tensors: list[Any], weights: list[Any]) -> Any:
    return sum((x * weight).sum() for x, weight in zip(tensors, weights, strict=True))


def _arguments(side: Side, case: Case, leaves: list[Any]) -> tuple[Any, dict[str, Any]]:
    count = 0

    def placed(x: Any) -> Any:
        nonlocal count
        if isinstance(x, Array):
            leaf = side.leaf(x.array(f"{case} {count}"), x.requires_grad)
            count += 1
            if x.requires_grad:
                leaves.append(leaf)
            return _laid_out(side, leaf, x.layout)
        if isinstance(x, (tuple, list)):
            return type(x)(map(placed, x))
        return x

    args = placed(case.args)
    options = {
        name: side.dtype(value) if name == "dtype" and value is not None else placed(value)
        for name, value in case.options.items()
    }
    return args, options


def _laid_out(side: Side, leaf: Any, layout: str) -> Any:
    if layout == "reversed":
        return side.reversed(leaf)
    if layout == "transposed":
        return leaf.transpose(-1, -2)
    return leaf[..., ::2] if layout == "strided" else leaf


def _call(side: Side, case: Case, args: Any, options: dict[str, Any]) -> Any:
    if case.name == "getitem":
        return side.index(*args)
    if case.name == "setitem":
        x, index, value = args
        made = x * 1.0
        made[index] = value
        return made
    if case.name.startswith("Tensor."):
        attribute = getattr(args[0], case.name.removeprefix("Tensor."))
        return attribute(*args[1:], **options) if callable(attribute) else attribute
    return side.function(case.name)(*args, **options)


def _flat(out: Any) -> list[Any]:
    return [y for part in out for y in _flat(part)] if isinstance(out, (tuple, list)) else [out]


class _Ours:
    """This engine."""

    silenced = "Mean of empty slice|Degrees of freedom"  # what NumPy says beside the errors that errstate keeps quiet

    def leaf(self, array: np.ndarray, requires_grad: bool) -> Any:
        return Tensor(array, requires_grad=requires_grad)

    def reversed(self, x: Any) -> Any:
        return x[::-1]

    def index(self, x: Any, index: Any) -> Any:
        return x[index]

    def function(self, name: str) -> Any:
        found: Any = autograd
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def array(self, x: Any) -> np.ndarray:
        return x.data if isinstance(x, Tensor) else np.asarray(x)

    def dtype(self, name: str) -> Any:
        return name

    def gradients(self, total: Any, leaves: list[Any], record: bool) -> list[Any]:
        for x in leaves:
            x.grad = None
        if isinstance(total, Tensor) and total.requires_grad:
            total.backward(retain_graph=True, create_graph=record)
        found = [Tensor(np.zeros(x.shape, x.dtype)) if x.grad is None else x.grad for x in leaves]
        for x in leaves:
            x.grad = None
        return found


OURS = _Ours()


def differences(ours: Results, theirs: Results) -> list[str]:
    """Where two results are not equal to a relative 1e-10 (absolute 1e-12; 1e-5 where single precision takes part)."""
    found = []
    mine, others = dict(ours.items()), dict(theirs.items())
    if mine.keys() != others.keys():
        return [f"ours has {', '.join(mine)}; PyTorch has {', '.join(others)}"]
    single = any(their.dtype == np.float32 for their in others.values())
    for what, their in others.items():
        our = mine[what]
        if our.dtype != their.dtype:
            found.append(f"{what}: element type {our.dtype}, PyTorch has {their.dtype}")
        if our.shape != their.shape:
            found.append(f"{what}: shape {our.shape}, PyTorch has {their.shape}")
            continue
        equal = np.isclose(our, their, rtol=1e-5 if single else 1e-10, atol=1e-6 if single else 1e-12, equal_nan=True)
        if not equal.all():
            found.append(f"{what} differs at {np.sum(~equal)} of {equal.size} places:\n{our}\nPyTorch has\n{their}")
    return found
