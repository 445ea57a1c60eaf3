"""Which optimizers and schedules are compared with PyTorch, and over which run?

A side is a library: its ``optim`` module, and how a parameter is made of an array, given a gradient, and read.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from autograd import Tensor
from nn import optim

__all__ = ["OPTIMIZERS", "OURS", "SCHEDULES", "Side", "load", "rates", "run", "save"]

FILE = Path(__file__).parents[1] / "reference" / "optimizers.npz"
STEPS = 100


@dataclass(frozen=True)
class Side:
    """A library."""

    optim: Any
    tensor: Callable[..., Any]

    def parameter(self, array: np.ndarray) -> Any:
        return self.tensor(array, requires_grad=True)

    def give_gradient(self, p: Any, time: float) -> None:
        """A slope that depends on where the parameter is, and on the time."""
        x = p.detach().numpy()
        p.grad = self.tensor(np.asarray(np.sin(3 * x + time) + 0.3 * x, x.dtype))


OURS = Side(optim, Tensor)

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"lr": 0.1}),
    "sgd decay": ("SGD", {"lr": 0.1, "weight_decay": 0.1}),
    "sgd maximize": ("SGD", {"lr": 0.01, "maximize": True, "weight_decay": 0.5}),
    "momentum": ("SGD", {"lr": 0.05, "momentum": 0.9}),
    "momentum dampening": ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    "nesterov": ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}),
    "adagrad": ("Adagrad", {"lr": 0.1}),
    "adagrad all": (
        "Adagrad",
        {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.2, "eps": 1e-3, "maximize": True},
    ),
    "rmsprop": ("RMSprop", {}),
    "rmsprop momentum": ("RMSprop", {"momentum": 0.9, "alpha": 0.9, "weight_decay": 0.1}),
    "rmsprop centered": ("RMSprop", {"centered": True, "eps": 1e-4}),
    "rmsprop all": ("RMSprop", {"centered": True, "momentum": 0.5, "maximize": True, "weight_decay": 0.1}),
    "adam": ("Adam", {"lr": 0.05}),
    "adam decay": ("Adam", {"lr": 0.05, "weight_decay": 0.1, "betas": (0.8, 0.9), "eps": 1e-3}),
    "adam amsgrad": ("Adam", {"lr": 0.05, "amsgrad": True, "maximize": True}),
    "adam decoupled": ("Adam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    "adamw": ("AdamW", {"lr": 0.05}),
    "adamw amsgrad": ("AdamW", {"lr": 0.05, "amsgrad": True, "weight_decay": 0.2, "betas": (0.5, 0.99)}),
}
"""Name and options of the class."""

SHAPES: list[tuple[int, ...]] = [(3, 4), (5,), (), (2, 3, 2, 2), (0, 2)]


def start(dtype: str = "float64") -> list[np.ndarray]:
    """Where the parameters begin."""
    rng = np.random.default_rng(0)
    return [np.asarray(rng.normal(size=shape), dtype) for shape in SHAPES]


def go_on(side: Side, optimizer: Any, parameters: list[Any], first: int, last: int) -> None:
    """Steps from one to the other; now and then a parameter has no gradient."""
    for t in range(first, last):
        for i, p in enumerate(parameters):
            side.give_gradient(p, 0.1 * t)
            if (t + i) % 7 == 3:
                p.grad = None
        optimizer.step()


def run(side: Side, name: str, dtype: str = "float64") -> np.ndarray:
    """All parameters after the run, in one vector."""
    kind, options = OPTIMIZERS[name]
    parameters = [side.parameter(array) for array in start(dtype)]
    go_on(side, getattr(side.optim, kind)(parameters, **options), parameters, 0, STEPS)
    return np.concatenate([np.asarray(p.detach().numpy()).ravel() for p in parameters])


# --- schedules --------------------------------------------------------------------------------------------------------


def _sequence(s: Any, o: Any) -> Any:
    parts = [s.LinearLR(o, 0.1, 1.0, 5), s.CosineAnnealingLR(o, 20), s.ExponentialLR(o, 0.9)]
    return s.SequentialLR(o, parts, [5, 25])


def _other_sequence(s: Any, o: Any) -> Any:
    parts = [s.ConstantLR(o, 0.1, 5), s.StepLR(o, 3), s.CosineAnnealingWarmRestarts(o, 5), s.MultiStepLR(o, [2])]
    return s.SequentialLR(o, parts, [7, 20, 50])


def _functions_in_sequence(s: Any, o: Any) -> Any:
    parts = [s.MultiplicativeLR(o, lambda t: 0.9), s.LambdaLR(o, lambda t: 0.9**t), s.PolynomialLR(o, 20)]
    return s.SequentialLR(o, parts, [7, 22])


SCHEDULES: dict[str, tuple[Callable[[Any, Any], Any], dict[str, Any]]] = {
    "lambda": (lambda s, o: s.LambdaLR(o, lambda t: 0.95**t), {}),
    "lambdas": (lambda s, o: s.LambdaLR(o, [lambda t: 0.95**t, lambda t: 1 / (1 + t)]), {"groups": 2}),
    "multiplicative": (lambda s, o: s.MultiplicativeLR(o, lambda t: 0.9 + 0.1 / t), {}),
    "step": (lambda s, o: s.StepLR(o, 7, 0.5), {"groups": 2}),
    "multistep": (lambda s, o: s.MultiStepLR(o, [30, 5, 12, 12]), {}),
    "constant": (lambda s, o: s.ConstantLR(o, 0.3, 8), {}),
    "linear": (lambda s, o: s.LinearLR(o, 0.2, 0.9, 13), {}),
    "exponential": (lambda s, o: s.ExponentialLR(o, 0.93), {}),
    "polynomial": (lambda s, o: s.PolynomialLR(o, 17, 2.0), {}),
    "cosine": (lambda s, o: s.CosineAnnealingLR(o, 13, 0.01), {"groups": 2}),
    "restarts": (lambda s, o: s.CosineAnnealingWarmRestarts(o, 7), {}),
    "longer restarts": (lambda s, o: s.CosineAnnealingWarmRestarts(o, 7, 2, 0.01), {}),
    "cyclic": (lambda s, o: s.CyclicLR(o, 0.01, 0.3, 5, 9), {"momentum": 0.9}),
    "cyclic halved": (
        lambda s, o: s.CyclicLR(o, 0.01, [0.3, 0.4], 5, mode="triangular2"),
        {"kind": "Adam", "groups": 2},
    ),
    "cyclic exponential": (
        lambda s, o: s.CyclicLR(o, 0.01, 0.3, 5, mode="exp_range", gamma=0.97, cycle_momentum=False),
        {},
    ),
    "cyclic own": (
        lambda s, o: s.CyclicLR(
            o, 0.01, 0.3, 5, scale_fn=lambda t: 1 / (1 + t), scale_mode="iterations", cycle_momentum=False
        ),
        {},
    ),
    "one cycle": (lambda s, o: s.OneCycleLR(o, 0.3, 60), {"kind": "Adam"}),
    "one cycle of three": (
        lambda s, o: s.OneCycleLR(
            o, [0.3, 0.2], epochs=6, steps_per_epoch=10, three_phase=True, anneal_strategy="linear", pct_start=0.4
        ),
        {"momentum": 0.9, "groups": 2},
    ),
    "sequence": (_sequence, {}),
    "other sequence": (_other_sequence, {"groups": 2}),
    "functions in sequence": (_functions_in_sequence, {}),
    "chained": (lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 20), s.ExponentialLR(o, 0.9)]), {}),
    "chained three": (
        lambda s, o: s.ChainedScheduler([s.LinearLR(o, 0.1, 1.0, 20), s.CosineAnnealingLR(o, 15), s.StepLR(o, 4)], o),
        {},
    ),
}
"""How the schedule is made of a library's lr_scheduler and an optimizer, and the optimizer's options."""

PLATEAUS: dict[str, dict[str, Any]] = {
    "plateau": {"patience": 2},
    "plateau max": {"mode": "max", "factor": 0.5, "patience": 3, "cooldown": 2, "min_lr": 0.01},
    "plateau abs": {"threshold_mode": "abs", "threshold": 0.05, "factor": 0.7, "patience": 1, "eps": 0.01},
    "plateau max abs": {"mode": "max", "threshold_mode": "abs", "threshold": 0.2, "factor": 0.9, "patience": 0},
}
METRICS = [*np.random.default_rng(1).normal(size=58) / np.arange(1, 59), float("nan"), inf]


def optimizer_for(side: Side, kind: str = "SGD", groups: int = 1, **options: Any) -> Any:
    """Something whose rates are to be set: group i has (i + 1)/10."""
    parameters = [side.parameter(np.ones(2)) for _ in range(groups)]
    listed = [{"params": [p], "lr": 0.1 * (i + 1)} for i, p in enumerate(parameters)]
    return getattr(side.optim, kind)(listed, **options)


def settings(optimizer: Any) -> list[tuple[float, ...]]:
    """What a schedule may change: rate and momentum of each group."""
    return [(g["lr"], g.get("momentum", 0), g.get("betas", (0,))[0]) for g in optimizer.param_groups]


def rates(side: Side, name: str) -> np.ndarray:
    """Rate and momentum of each group, step by step."""
    if name in PLATEAUS:
        optimizer = optimizer_for(side)
        schedule = side.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **PLATEAUS[name])
    else:
        make, options = SCHEDULES[name]
        optimizer = optimizer_for(side, **options)
        schedule = make(side.optim.lr_scheduler, optimizer)
    found = []
    for metric in METRICS:
        found.append(settings(optimizer))
        optimizer.step()
        schedule.step(*([metric] if name in PLATEAUS else []))
    return np.array(found)


# --- kept in a file ---------------------------------------------------------------------------------------------------


def all_results(side: Side) -> dict[str, np.ndarray]:
    """Everything that is compared."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = {f"optimizer {name}": run(side, name) for name in OPTIMIZERS}
        found |= {f"schedule {name}": rates(side, name) for name in (*SCHEDULES, *PLATEAUS)}
    return found


def save(results: dict[str, np.ndarray]) -> Path:
    """Write results into the file."""
    layout = json.dumps({name: array.shape for name, array in results.items()})
    numbers = np.concatenate([array.ravel() for array in results.values()])
    np.savez_compressed(FILE, layout=np.array(layout), numbers=numbers)
    return FILE


def load() -> dict[str, np.ndarray]:
    """Read them."""
    with np.load(FILE, allow_pickle=False) as file:
        layout, numbers = json.loads(file["layout"].item()), file["numbers"]
    found, at = {}, 0
    for name, shape in layout.items():
        size = int(np.prod(shape, dtype=int))
        found[name] = numbers[at : at + size].reshape(shape)
        at += size
    return found
