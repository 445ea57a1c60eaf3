"""How does a case of `nn` run, on either side: outputs, gradients of inputs and parameters, buffers afterwards?

The course of it is the same for both; a `Side` says how each makes modules, and is otherwise that of `cases.running`.
A module is made and run in float64. Results are arrays by name, such as ``train d weight``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from operator import attrgetter
from typing import Any, Protocol

import numpy as np
from cases import running
from cases.case import A, Array, Case, numbers
from cases.running import _laid_out

import autograd
import nn
from networks.case import ModuleCase

__all__ = ["OURS", "Results", "Side", "differences", "made", "run"]

Results = dict[str, np.ndarray]

DRAWN = {"running_mean": A().within(-1, 1), "running_var": A().within(0.5, 2)}
"""Buffers that are filled with numbers; others hold what the module was made with, which is compared."""


class Side(running.Side, Protocol):
    """An engine with its layers: PyTorch, or ours."""

    def module(self, name: str) -> Any: ...
    def default_dtype(self, name: str) -> AbstractContextManager[None]: ...


def run(side: Side, case: Case | ModuleCase) -> Results:
    """All that a case gives, by name."""
    if isinstance(case, Case):
        return dict(running.run(side, case).items())
    results: Results = {}
    for mode in case.modes:
        module = made(side, case)
        module.train(mode == "train")
        results |= {f"{mode} {what}": array for what, array in _run_module(side, case, module).items()}
    return results


def made(side: Side, case: ModuleCase) -> Any:
    """The module of a case, its parameters and running statistics filled with the case's numbers."""
    with side.default_dtype("float64"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", side.silenced)
        args, options = _placed(side, f"{case} made", (case.args, case.options), None)
        module = side.module(case.name)(*args, **options)
    trained = {name: A().within(-1, 1) for name, _ in module.named_parameters()}
    said = {**DRAWN, **case.state}
    state = module.state_dict()
    for name, x in state.items():
        drawn = said.get(name) or said.get(name.rpartition(".")[2]) or trained.get(name)
        if drawn is not None:
            state[name] = side.leaf(_filling(f"{case} {name}", drawn, side.array(x)), False)
    module.load_state_dict(state)
    return module


def _filling(seed: str, drawn: Array, like: np.ndarray) -> np.ndarray:
    """Entries for a parameter or buffer."""
    if drawn.entries is not None:
        return np.array(drawn.entries, like.dtype)
    return numbers(seed, like.shape, drawn.low, drawn.high).astype(like.dtype)


def _run_module(side: Side, case: ModuleCase, module: Any) -> Results:
    """Call the module, go back from a weighted sum of its results, and then from its gradients."""
    parameters = dict(module.named_parameters())
    xs: dict[str, Any] = {}
    ys: dict[str, Any] = {}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", side.silenced)
        for turn in range(case.calls):
            called = f" {turn}" if case.calls > 1 else ""
            leaves: list[Any] = []
            inputs, options = _placed(side, f"{case}{called}", (case.inputs, case.call), leaves)
            out = enumerate(_flat(module(*inputs, **options)))
            ys |= {f"output{called}[{k}]": y for k, y in out if case.outputs is None or k in case.outputs}
            xs |= {f"input{called}[{k}]": x for k, x in enumerate(leaves)}
        ys = {name: y for name, y in ys.items() if y is not None}
        xs |= {name: x for name, x in parameters.items() if x.requires_grad}
        values = {name: side.array(y) for name, y in ys.items()}
        buffers = {name: side.array(x).copy() for name, x in module.state_dict().items() if name not in parameters}
        gradients = _gradients(side, case, values, ys, xs) if xs and case.order else {}
    return values | {f"buffer {name}": x for name, x in buffers.items()} | gradients


def _gradients(side: Side, case: ModuleCase, values: Results, ys: dict[str, Any], xs: dict[str, Any]) -> Results:
    ys = {name: y for name, y in ys.items() if values[name].dtype.kind == "f"}
    upstream = {name: side.leaf(_weights(f"{case} {name}", values[name]), case.order == 2) for name in ys}
    total, leaves = _total(ys, upstream), list(xs.values())
    first = dict(zip(xs, map(side.array, side.gradients(total, leaves, False)), strict=True))
    results = {f"d {name}": gradient for name, gradient in first.items()}
    if case.order == 2:
        recorded = dict(zip(xs, side.gradients(total, leaves, True), strict=True))
        weights = {name: side.leaf(_weights(f"{case} {name}", first[name]), False) for name in xs}
        again = side.gradients(_total(recorded, weights), [*leaves, *upstream.values()], False)
        results |= {f"recorded d {name}": side.array(gradient) for name, gradient in recorded.items()}
        results |= {f"second d {name}": side.array(x) for name, x in zip([*xs, *upstream], again, strict=True)}
    return results


def _weights(seed: str, like: np.ndarray) -> np.ndarray:
    return numbers(f"{seed} weights", like.shape, 0.5, 2.0).astype(like.dtype)


def _total(tensors: dict[str, Any], weights: dict[str, Any]) -> Any:
    return sum((x * weights[name]).sum() for name, x in tensors.items())


def _placed(side: Side, seed: str, x: Any, leaves: list[Any] | None) -> Any:
    """Arguments as this side takes them; floats are leaves if they are collected, and constants otherwise."""
    if isinstance(x, Array):
        leaf = side.leaf(x.array(seed), x.requires_grad and leaves is not None)
        if x.requires_grad and leaves is not None:
            leaves.append(leaf)
        return _laid_out(side, leaf, x.layout)
    if isinstance(x, Case):
        return side.function(x.name)
    if isinstance(x, ModuleCase):
        args, options = _placed(side, seed, (x.args, x.options), None)
        return side.module(x.name)(*args, **options)
    if isinstance(x, (tuple, list)):
        return type(x)([_placed(side, f"{seed} {k}", part, leaves) for k, part in enumerate(x)])
    if isinstance(x, dict):
        return {
            name: side.dtype(part) if name == "dtype" and part else _placed(side, f"{seed} {name}", part, leaves)
            for name, part in x.items()
        }
    return x


def _flat(out: Any) -> list[Any]:
    return [y for part in out for y in _flat(part)] if isinstance(out, (tuple, list)) else [out]


class _Ours(type(running.OURS)):  # type: ignore[misc]
    """This engine and its layers."""

    def function(self, name: str) -> Any:
        return attrgetter(name if "." in name else f"functional.{name}")(nn)

    def module(self, name: str) -> Any:
        return getattr(nn, name)

    @contextmanager
    def default_dtype(self, name: str) -> Iterator[None]:
        before = autograd.get_default_dtype()
        autograd.set_default_dtype(name)
        try:
            yield
        finally:
            autograd.set_default_dtype(before)


OURS = _Ours()


def differences(ours: Results, theirs: Results) -> list[str]:
    """Where two results are not equal, see `cases.running.differences`; the order of parameters and buffers counts."""
    if list(ours) != list(theirs):
        return [f"ours has {', '.join(ours)}; PyTorch has {', '.join(theirs)}"]
    return running.differences(ours, theirs)
