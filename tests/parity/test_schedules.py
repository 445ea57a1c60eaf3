"""Do our schedules set PyTorch's rates at every step, and go on where PyTorch's have stopped?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cases.optimizers import OURS, PLATEAUS, SCHEDULES, Side, optimizer_for, rates, settings

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")
THEIRS = Side(torch.optim, torch.tensor)


@pytest.mark.parametrize("name", [*SCHEDULES, *PLATEAUS])
def test_the_rates_of_every_step(name: str) -> None:
    np.testing.assert_allclose(rates(OURS, name), rates(THEIRS, name), rtol=1e-13, atol=1e-16)


def steps(optimizer: Any, schedule: Any, count: int) -> list[Any]:
    found = []
    for _ in range(count):
        optimizer.step()
        schedule.step()
        found.append(settings(optimizer))
    return found


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("cut", [1, 6, 23])
def test_pytorchs_states_are_loaded(name: str, cut: int) -> None:
    make, options = SCHEDULES[name]
    theirs = optimizer_for(THEIRS, **options)
    their_schedule = make(torch.optim.lr_scheduler, theirs)
    steps(theirs, their_schedule, cut)
    ours = optimizer_for(OURS, **options)
    schedule = make(OURS.optim.lr_scheduler, ours)
    ours.load_state_dict(theirs.state_dict())
    schedule.load_state_dict(their_schedule.state_dict())
    assert schedule.get_last_lr() == pytest.approx(their_schedule.get_last_lr(), rel=1e-13)
    np.testing.assert_allclose(steps(ours, schedule, 20), steps(theirs, their_schedule, 20), rtol=1e-12)


@pytest.mark.parametrize("name", ["step", "multistep", "exponential", "linear", "constant", "polynomial", "cosine"])
@pytest.mark.parametrize("last_epoch", [0, 1, 6, 12])
def test_going_on_from_an_epoch(name: str, last_epoch: int) -> None:
    make_with: dict[str, Any] = {
        "step": lambda s, o: s.StepLR(o, 7, 0.5, last_epoch),
        "multistep": lambda s, o: s.MultiStepLR(o, [5, 12], last_epoch=last_epoch),
        "exponential": lambda s, o: s.ExponentialLR(o, 0.9, last_epoch),
        "linear": lambda s, o: s.LinearLR(o, last_epoch=last_epoch),
        "constant": lambda s, o: s.ConstantLR(o, last_epoch=last_epoch),
        "polynomial": lambda s, o: s.PolynomialLR(o, 10, last_epoch=last_epoch),
        "cosine": lambda s, o: s.CosineAnnealingLR(o, 9, last_epoch=last_epoch),
    }
    found = []
    for side in (OURS, THEIRS):
        optimizer = optimizer_for(side)
        optimizer.param_groups[0]["initial_lr"] = 0.2
        schedule = make_with[name](side.optim.lr_scheduler, optimizer)
        assert schedule.last_epoch == last_epoch + 1
        found.append([settings(optimizer), *steps(optimizer, schedule, 15)])
    np.testing.assert_allclose(*found, rtol=1e-13, atol=1e-16)


@pytest.mark.filterwarnings("ignore:.*epoch:UserWarning")
@pytest.mark.parametrize("name", ["step", "multistep", "exponential", "linear", "constant", "polynomial", "cosine"])
def test_jumping_to_an_epoch(name: str) -> None:
    found = []
    for side in (OURS, THEIRS):
        make, options = SCHEDULES[name]
        optimizer = optimizer_for(side, **options)
        schedule = make(side.optim.lr_scheduler, optimizer)
        optimizer.step()
        found.append([])
        for epoch in (9, 3, 20, 0, 13):
            schedule.step(epoch)
            found[-1].append([group["lr"] for group in optimizer.param_groups])
    np.testing.assert_allclose(*found, rtol=1e-14)


@pytest.mark.parametrize("longer", [1, 2, 3])
def test_restarts_within_an_epoch(longer: int) -> None:
    found = []
    for side in (OURS, THEIRS):
        optimizer = optimizer_for(side)
        schedule = side.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3, longer, 0.01)
        optimizer.step()
        found.append([])
        for epoch in np.linspace(0, 30, 91).tolist():
            schedule.step(epoch)
            found[-1].append((optimizer.param_groups[0]["lr"], schedule.last_epoch))
    np.testing.assert_allclose(*found, rtol=1e-12)
