"""Do the schedules lead the rates where they say, and go on where they were?"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cases.optimizers import METRICS, OURS, PLATEAUS, SCHEDULES, load, optimizer_for, rates, settings

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError
from nn.optim import SGD, lr_scheduler
from nn.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiplicativeLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
    WarmupCosineLR,
)


def optimizer(lr: float = 0.1, **options: Any) -> SGD:
    return SGD([Tensor([1.0], requires_grad=True)], lr=lr, **options)


def history(o: Any, schedule: LRScheduler, steps: int) -> list[float]:
    """The rates in use at steps 0, 1, 2 …"""
    found = []
    for _ in range(steps):
        found.append(o.param_groups[0]["lr"])
        o.step()
        schedule.step()
    return found


@pytest.mark.parametrize("name", [*SCHEDULES, *PLATEAUS])
def test_the_rates_are_those_that_pytorch_had(name: str) -> None:
    stored = load()
    assert f"schedule {name}" in stored, "this case is new: run python tests/reference/make.py optimizers"
    np.testing.assert_allclose(rates(OURS, name), stored[f"schedule {name}"], rtol=1e-13, atol=1e-16)


def test_nothing_is_stored_that_no_case_asks_for() -> None:
    known = {f"schedule {name}" for name in (*SCHEDULES, *PLATEAUS)}
    assert {name for name in load() if name.startswith("schedule")} <= known


# --- at their ends ----------------------------------------------------------------------------------------------------


def test_warm_up_then_cosine() -> None:
    o = optimizer(3e-4)
    found = history(o, WarmupCosineLR(o, warmup_steps=50, total_steps=500), 520)
    expected = {0: "0.0e+00", 1: "6.00e-06", 100: "2.91e-04", 200: "2.25e-04", 300: "1.24e-04", 400: "3.51e-05"}
    for step, rate in {**expected, 499: "3.7e-09"}.items():
        digits = len(rate) - len("0.e-00")
        assert f"{found[step]:.{digits}e}" == rate
    assert found[50] == max(found) == 3e-4
    assert found[500:] == [0] * 20  # it stays at the end


def test_warm_up_then_cosine_to_a_least_rate_and_without_warm_up() -> None:
    o = optimizer(0.1)
    found = history(o, WarmupCosineLR(o, 0, 10, min_lr=0.01), 15)
    assert found[0] == 0.1
    assert found[5] == pytest.approx(0.055)
    assert found[10:] == [0.01] * 5


def test_steps() -> None:
    o = optimizer(1.0)
    found = history(o, StepLR(o, 10, 0.5), 31)
    assert found[0] == found[9] == 1
    assert found[10] == found[19] == 0.5
    assert found[30] == 0.125
    o = optimizer(1.0)
    found = history(o, MultiStepLR(o, [3, 5], 0.1), 8)
    np.testing.assert_allclose(found, [1, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.01])


def test_exponential() -> None:
    o = optimizer(1.0)
    found = history(o, ExponentialLR(o, 0.9), 51)
    assert found[0] == 1
    assert found[50] == pytest.approx(0.9**50)
    np.testing.assert_allclose(np.divide(found[1:], found[:-1]), 0.9)


def test_cosine() -> None:
    o = optimizer(1.0)
    found = history(o, CosineAnnealingLR(o, 100, 0.1), 201)
    assert found[0] == 1
    assert found[50] == pytest.approx(0.55)
    assert found[100] == pytest.approx(0.1)
    assert found[200] == pytest.approx(1)  # and up again
    assert (np.diff(found[:101]) < 0).all()


def test_warm_up() -> None:
    o = optimizer(1.0)
    found = history(o, LinearLR(o, 0.1, 1.0, 9), 15)
    np.testing.assert_allclose(found[:10], np.linspace(0.1, 1, 10))
    np.testing.assert_allclose(found[9:], 1)


def test_polynomial_constant_and_restarts_at_their_ends() -> None:
    o = optimizer(1.0)
    found = history(o, PolynomialLR(o, 4, 2.0), 7)
    np.testing.assert_allclose(found, [1, 0.5625, 0.25, 0.0625, 0, 0, 0], atol=1e-15)
    o = optimizer(1.0)
    np.testing.assert_allclose(history(o, ConstantLR(o, 0.5, 2), 4), [0.5, 0.5, 1, 1])
    o = optimizer(1.0)
    found = history(o, CosineAnnealingWarmRestarts(o, 2, 2), 7)
    np.testing.assert_allclose(found[:7], [1, 0.5, 1, 0.5 + 0.5**1.5, 0.5, 0.5 - 0.5**1.5, 1])


def test_one_cycle_at_its_ends() -> None:
    o = optimizer(1.0, momentum=0.9)
    schedule = OneCycleLR(o, 1.0, total_steps=100, pct_start=0.25)
    first = settings(o)[0][:2]
    ways = [first]
    for _ in range(99):
        o.step()
        schedule.step()
        ways.append(settings(o)[0][:2])
    assert ways[0] == pytest.approx((1 / 25, 0.95))
    assert ways[24] == pytest.approx((1.0, 0.85))
    assert ways[99] == pytest.approx((1 / 25e4, 0.95))
    schedule.step()
    with pytest.raises(ArgumentValueError, match="100 steps long"):
        schedule.step()


@pytest.mark.parametrize(
    ("total", "share", "expected"), [(10, 0.1, [1.0]), (4, 1.0, [0.04, 0.28, 0.76, 1.0, 4e-6]), (1, 1.0, [1.0, 4e-6])]
)
def test_one_cycle_with_a_phase_of_no_length(total: int, share: float, expected: list[float]) -> None:
    o = optimizer(1.0)
    schedule = OneCycleLR(o, 1.0, total, pct_start=share)
    found = [o.param_groups[0]["lr"], *history(o, schedule, total)[1:], o.param_groups[0]["lr"]]
    np.testing.assert_allclose(found[: len(expected)], expected)


def test_whole_numbers_of_any_type_are_plain_in_the_state() -> None:
    o = optimizer(1.0)
    for schedule in (
        StepLR(o, np.int64(3)),
        CosineAnnealingLR(o, 10.0),  # type: ignore[arg-type]
        MultiStepLR(o, np.arange(10, 30, 10)),
        SequentialLR(o, [StepLR(o, 3), StepLR(o, 3)], np.array([5])),  # type: ignore[arg-type]
        LambdaLR(o, lambda t: np.float32(0.5)),  # type: ignore[arg-type,return-value]
        LambdaLR(o, lambda t: Tensor(0.5)),  # type: ignore[arg-type,return-value]
        LambdaLR(o, math.exp),
    ):
        json.dumps(schedule.state_dict())
        assert type(o.param_groups[0]["lr"]) is float


# --- combined ---------------------------------------------------------------------------------------------------------


def test_schedules_within_schedules() -> None:
    def nested(o: Any) -> LRScheduler:
        inner = SequentialLR(o, [LinearLR(o, 0.1, 1.0, 5), ExponentialLR(o, 0.9)], [5])
        return SequentialLR(o, [inner, StepLR(o, 3)], [15])

    def flat(o: Any) -> LRScheduler:
        return SequentialLR(o, [LinearLR(o, 0.1, 1.0, 5), ExponentialLR(o, 0.9), StepLR(o, 3)], [5, 15])

    def late(o: Any) -> LRScheduler:
        inner = SequentialLR(o, [ExponentialLR(o, 0.9), StepLR(o, 3)], [10])
        return SequentialLR(o, [LinearLR(o, 0.1, 1.0, 5), inner], [5])

    found = []
    for make in (nested, flat, late):
        o = optimizer()
        found.append(history(o, make(o), 30))
    assert found[0] == found[1] == found[2]


def test_chained_schedules_within_a_sequence() -> None:
    o = optimizer(1.0)
    chained = ChainedScheduler([ConstantLR(o, 0.5, 2), ExponentialLR(o, 0.9)])
    found = history(o, SequentialLR(o, [StepLR(o, 1), chained], [2]), 6)
    np.testing.assert_allclose(found, [1, 0.1, 0.5, 0.45, 0.81, 0.729])
    o = optimizer(1.0)
    chained = ChainedScheduler([ConstantLR(o, 0.5, 2), ExponentialLR(o, 0.9)])
    found = history(o, SequentialLR(o, [chained, StepLR(o, 1)], [3]), 6)
    np.testing.assert_allclose(found, [0.5, 0.45, 0.81, 1, 0.1, 0.01])


# --- a metric ---------------------------------------------------------------------------------------------------------


def test_a_plateau_reduces_the_rate() -> None:
    o = optimizer(1.0)
    schedule = ReduceLROnPlateau(o, factor=0.5, patience=1)
    found = []
    for loss in (3.0, 2.0, 2.0, 2.0, 1.0, 1.0, math.nan, Tensor(1.0, requires_grad=True)):
        schedule.step(loss)
        found.append(o.param_groups[0]["lr"])
    assert found == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]
    assert schedule.get_last_lr() == [0.25]


@pytest.mark.parametrize("metric", [1.0, Tensor(1.0), Tensor([1.0]), np.array([[1.0]]), np.float32(1)])
def test_a_metric_is_one_number(metric: Any) -> None:
    schedule = ReduceLROnPlateau(optimizer())
    schedule.step(metric)
    assert schedule.best == 1
    for wrong in (None, Tensor([1.0, 2.0]), "1"):
        with pytest.raises(ArgumentTypeError, match="metrics must be a number"):
            schedule.step(wrong)
    assert schedule.last_epoch == 1


def test_the_best_of_all_metrics_is_kept() -> None:
    schedule = ReduceLROnPlateau(optimizer(), "max")
    schedule.step(math.inf)
    other = ReduceLROnPlateau(optimizer(), "max")
    other.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    assert other.best == math.inf


def test_a_group_that_was_added_is_reduced_as_the_others() -> None:
    o = optimizer(1.0)
    one, several = ReduceLROnPlateau(o, patience=0), ReduceLROnPlateau(o, patience=0, min_lr=[0.1])
    assert several.min_lrs == [0.1]
    o.add_param_group({"params": [Tensor([1.0], requires_grad=True)], "lr": 0.5})
    one.step(1.0)
    one.step(1.0)
    assert one.get_last_lr() == [0.1, 0.05]
    uneven = ReduceLROnPlateau(o, patience=0, min_lr=[0.1, 0.2])
    o.add_param_group({"params": [Tensor([1.0], requires_grad=True)]})
    uneven.step(1.0)
    with pytest.raises(ArgumentValueError, match="min_lrs"):
        uneven.step(1.0)


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_a_schedule_of_ones_own() -> None:
    class InverseRoot(LRScheduler):
        def get_lr(self) -> list[float]:
            return [lr / math.sqrt(1 + self.last_epoch) for lr in self.base_lrs]

    o = optimizer(1.0)
    np.testing.assert_allclose(history(o, InverseRoot(o), 4), [1, 1 / math.sqrt(2), 1 / math.sqrt(3), 0.5])
    with pytest.raises(NotImplementedError, match="get_lr"):
        LRScheduler(optimizer())


def test_a_rate_changed_by_hand_lasts() -> None:
    o = optimizer(1.0)
    schedule = ExponentialLR(o, 0.5)
    o.step()
    schedule.step()
    o.param_groups[0]["lr"] = 8.0
    schedule.step()
    assert o.param_groups[0]["lr"] == 4


def test_the_rates_handed_out_are_a_copy() -> None:
    o = optimizer(1.0)
    schedule = ExponentialLR(o, 0.5)
    schedule.get_last_lr()[0] = 7.0
    assert schedule.get_last_lr() == [1.0]


def test_stepping_before_the_optimizer_is_warned_of_once() -> None:
    o = optimizer()
    schedule = StepLR(o, 1)
    with pytest.warns(UserWarning, match="stepped before the optimizer"):
        schedule.step()
    schedule.step()  # warnings are errors
    o = optimizer()
    o.step()  # before the schedule was made
    schedule = StepLR(o, 1)
    with pytest.warns(UserWarning, match="stepped before the optimizer"):
        schedule.step()


def test_jumping_is_warned_of() -> None:
    o = optimizer()
    schedule = StepLR(o, 2)
    o.step()
    with pytest.warns(UserWarning, match="discouraged"):
        schedule.step(4)
    assert schedule.get_last_lr() == [pytest.approx(1e-3)]


def test_it_tells_where_it_is() -> None:
    o = optimizer()
    schedule = StepLR(o, 2)
    o.step()
    schedule.step()
    assert repr(schedule) == "StepLR(after 1 steps: lr=0.1)"


# --- keeping ----------------------------------------------------------------------------------------------------------

OWN: dict[str, tuple[Callable[[Any, Any], Any], dict[str, Any]]] = {
    "warm-up and cosine": (lambda s, o: s.WarmupCosineLR(o, 5, 40, 0.01), {"groups": 2}),
    "nested": (
        lambda s, o: s.SequentialLR(
            o,
            [s.SequentialLR(o, [s.LinearLR(o), s.ExponentialLR(o, 0.9)], [5]), s.ChainedScheduler([s.StepLR(o, 3)])],
            [15],
        ),
        {},
    ),
}


@pytest.mark.parametrize("name", [*SCHEDULES, *OWN])
@pytest.mark.parametrize("cut", [0, 1, 6, 23])
def test_a_run_that_is_cut_and_resumed_has_the_same_rates(name: str, cut: int) -> None:
    make, options = (SCHEDULES | OWN)[name]

    def begin() -> tuple[Any, LRScheduler]:
        o = optimizer_for(OURS, **options)
        return o, make(lr_scheduler, o)

    def go(o: Any, schedule: LRScheduler, steps: int) -> list[Any]:
        found = []
        for _ in range(steps):
            o.step()
            schedule.step()
            found.append((settings(o), schedule.get_last_lr(), schedule.last_epoch))
        return found

    whole = go(*begin(), 50)
    o, schedule = begin()
    go(o, schedule, cut)
    kept = json.dumps([o.state_dict(), schedule.state_dict()], allow_nan=False)
    other, resumed = begin()
    states = json.loads(kept)
    other.load_state_dict(states[0])
    resumed.load_state_dict(states[1])
    assert go(other, resumed, 50 - cut) == whole[cut:]


@pytest.mark.parametrize("name", PLATEAUS)
@pytest.mark.parametrize("cut", [0, 5, 30])
def test_a_plateau_that_is_cut_and_resumed(name: str, cut: int) -> None:
    expected = rates(OURS, name)[:, 0, 0]
    o = optimizer_for(OURS)
    schedule = ReduceLROnPlateau(o, **PLATEAUS[name])
    for metric in METRICS[:cut]:
        schedule.step(metric)
    state = json.loads(json.dumps(schedule.state_dict()))
    resumed = ReduceLROnPlateau(o)
    resumed.load_state_dict(state)
    for metric, rate in zip(METRICS[cut:], expected[cut:], strict=True):
        assert o.param_groups[0]["lr"] == rate
        resumed.step(metric)


class Halving:
    """A function with a memory."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, _step: float) -> float:
        self.calls += 1
        return 0.5**self.calls


@pytest.mark.parametrize("make", [LambdaLR, MultiplicativeLR], ids=lambda made: made.__name__)
def test_objects_that_tell_the_rate_are_kept(make: Any) -> None:
    o = optimizer()
    schedule = make(o, Halving())
    o.step()
    schedule.step()
    other = make(optimizer(), Halving())
    other.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    assert other.lr_lambdas[0].calls == schedule.lr_lambdas[0].calls > 0
    assert isinstance(other.lr_lambdas[0], Halving)


def test_an_object_that_scales_cycles_is_kept() -> None:
    o = optimizer()
    schedule = CyclicLR(o, 0.1, 1.0, 2, scale_fn=Halving(), cycle_momentum=False)
    o.step()
    schedule.step()
    other = CyclicLR(optimizer(), 0.1, 1.0, 2, scale_fn=Halving(), cycle_momentum=False)
    other.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    assert other._scale_fn_custom.calls == schedule._scale_fn_custom.calls > 1
    assert other.scale_fn(1) == schedule.scale_fn(1)


def test_states_of_other_schedules_are_refused() -> None:
    o = optimizer()
    schedule = StepLR(o, 2)
    for state in (CosineAnnealingLR(o, 5).state_dict(), {}, {**schedule.state_dict(), "more": 1}):
        with pytest.raises(ArgumentValueError, match="not the state of a StepLR"):
            schedule.load_state_dict(state)
    with pytest.raises(ArgumentTypeError, match="dict"):
        schedule.load_state_dict([1])
    two = LambdaLR(SGD([{"params": [p]} for p in (Tensor(1.0), Tensor(2.0))]), lambda t: 1.0)
    one = LambdaLR(o, lambda t: 1.0)
    with pytest.raises(ArgumentValueError, match="of 2 functions"):
        one.load_state_dict(two.state_dict())
    assert len(one.base_lrs) == 1
    sequence = SequentialLR(o, [StepLR(o, 2), StepLR(o, 3)], [4])
    with pytest.raises(ArgumentValueError, match="2 parts"):
        sequence.load_state_dict({**sequence.state_dict(), "_schedulers": []})
    assert schedule.step_size == 2


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda o: StepLR(o, 0), "step_size"),
        (lambda o: StepLR(o, 1, last_epoch=3), "initial_lr"),
        (lambda o: ConstantLR(o, 1.5), "factor"),
        (lambda o: LinearLR(o, 0.0), "start_factor"),
        (lambda o: LinearLR(o, 0.5, 2.0), "end_factor"),
        (lambda o: LinearLR(o, total_iters=0), "total_iters"),
        (lambda o: PolynomialLR(o, 0), "total_iters"),
        (lambda o: CosineAnnealingLR(o, 0), "T_max"),
        (lambda o: CosineAnnealingWarmRestarts(o, 0), "T_0"),
        (lambda o: CosineAnnealingWarmRestarts(o, 2, 0), "T_mult"),
        (lambda o: CosineAnnealingWarmRestarts(o, 2).step(-1), "epoch"),
        (lambda o: WarmupCosineLR(o, 10, 10), "total_steps"),
        (lambda o: WarmupCosineLR(o, -1, 10), "warmup_steps"),
        (lambda o: LambdaLR(o, [lambda t: 1.0, lambda t: 1.0]), "2 entries"),
        (lambda o: CyclicLR(o, 0.1, 1.0, mode="square"), "mode"),
        (lambda o: CyclicLR(o, 0.1, 1.0, scale_mode="never"), "scale_mode"),
        (lambda o: CyclicLR(o, 0.1, 1.0, 0), "step_size_up"),
        (lambda o: OneCycleLR(o, 1.0), "total_steps"),
        (lambda o: OneCycleLR(o, 1.0, epochs=3), "steps_per_epoch"),
        (lambda o: OneCycleLR(o, 1.0, 10, pct_start=1.5), "pct_start"),
        (lambda o: OneCycleLR(o, 1.0, 10, anneal_strategy="square"), "anneal_strategy"),
        (lambda o: SequentialLR(o, [], []), "at least one"),
        (lambda o: SequentialLR(o, [StepLR(o, 1)], [3]), "one milestone fewer"),
        (lambda o: SequentialLR(o, [StepLR(o, 1)] * 3, [5, 3]), "go up"),
        (lambda o: SequentialLR(o, [StepLR(o, 1)] * 2, [2.5]), "milestone"),
        (lambda o: MultiStepLR(o, [2.5]), "milestone"),
        (lambda o: StepLR(o, math.inf), "step_size"),
        (lambda o: SequentialLR(o, [ReduceLROnPlateau(o)], []), "metric"),
        (lambda o: SequentialLR(o, [StepLR(optimizer(), 1)], []), "another optimizer"),
        (lambda o: ChainedScheduler([]), "no schedules"),
        (lambda o: ChainedScheduler([StepLR(o, 1), StepLR(optimizer(), 1)]), "another optimizer"),
        (lambda o: ReduceLROnPlateau(o, "least"), "mode"),
        (lambda o: ReduceLROnPlateau(o, factor=1.0), "factor"),
        (lambda o: ReduceLROnPlateau(o, threshold_mode="much"), "threshold_mode"),
        (lambda o: ReduceLROnPlateau(o, min_lr=[0.1, 0.2]), "2 entries"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(ArgumentValueError, match=words):
        make(optimizer())


def test_what_is_of_the_wrong_kind_is_refused() -> None:
    for make in (
        lambda: StepLR([0.1], 1),  # type: ignore[arg-type]
        lambda: ReduceLROnPlateau(None),  # type: ignore[arg-type]
        lambda: LambdaLR(optimizer(), 0.5),  # type: ignore[arg-type]
        lambda: SequentialLR(optimizer(), [3], []),  # type: ignore[list-item]
    ):
        with pytest.raises(ArgumentTypeError):
            make()


def test_cycling_the_momentum_needs_one() -> None:
    from nn.optim import Adagrad

    o = Adagrad([Tensor([1.0], requires_grad=True)])
    for make in (lambda: CyclicLR(o, 0.1, 1.0), lambda: OneCycleLR(o, 1.0, 10)):
        with pytest.raises(ArgumentValueError, match="cycle_momentum"):
            make()


@pytest.mark.parametrize(
    "make",
    [
        lambda o: CosineAnnealingWarmRestarts(o, 5),
        lambda o: CosineAnnealingLR(o, 1),
        lambda o: LambdaLR(o, lambda t: 1.0),
        lambda o: MultiplicativeLR(o, lambda t: 1.0),
        lambda o: CyclicLR(o, 0.1, 1.0, 5),
        lambda o: OneCycleLR(o, 1.0, 10),
    ],
)
def test_a_group_added_later_is_noticed(make: Callable[[Any], LRScheduler]) -> None:
    o = optimizer()
    schedule = make(o)
    o.step()
    schedule.step()
    o.add_param_group({"params": [Tensor([1.0], requires_grad=True)]})
    o.step()
    with pytest.raises(ArgumentValueError, match="group added"):
        schedule.step()


def test_a_group_added_later_is_led_where_nothing_of_its_beginning_is_needed() -> None:
    o = optimizer(1.0)
    chained = ChainedScheduler([ExponentialLR(o, 0.5)])
    schedule = SequentialLR(o, [StepLR(o, 1), chained], [2])
    o.add_param_group({"params": [Tensor([1.0], requires_grad=True)], "lr": 1.0})
    history(o, schedule, 4)
    assert schedule.get_last_lr() == pytest.approx([0.25, 0.025])  # the first began anew at step 2
