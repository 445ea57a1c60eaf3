"""L3-32: does the monitor see what it should, warn at the texts' thresholds, and change nothing?"""

import math

import numpy as np
import pytest

import nn
from autograd import ArgumentTypeError, Tensor
from nn.monitor import Monitor, gradient_norms, total_norm, weight_norms


def network():
    nn.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))


def inputs():
    return Tensor(np.random.default_rng(0).normal(size=(16, 3)).astype("float32"))


def test_the_figures_are_those_of_the_formulas():
    model = network()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    with Monitor(model, optimizer) as monitor:
        (model(inputs()) ** 2).sum().backward()
        before = np.array(model[0].weight.detach().numpy())
        gradient = np.array(model[0].weight.grad.numpy())
        optimizer.step()
        seen = monitor.snapshot()
    assert seen.gradient_norms["0.weight"] == pytest.approx(np.linalg.norm(gradient), rel=1e-6)
    assert seen.gradient_norm == pytest.approx(total_norm(gradient_norms(model).values()))
    assert seen.weight_norms == weight_norms(model)
    assert seen.update_ratios["0.weight"] == pytest.approx(
        0.1 * np.linalg.norm(gradient) / np.linalg.norm(before), rel=1e-5
    )
    hidden = np.maximum(inputs().numpy() @ before.T + model[0].bias.detach().numpy(), 0)
    assert set(seen.activation_mean) == {"0", "1", "2", "3", "4"}
    assert seen.activation_std["1"] == pytest.approx(hidden.std(), rel=0.2)  # the bias has moved since
    assert 0 <= seen.dead["1"] <= 1
    assert 0 <= seen.saturated["3"] <= 1
    assert "update/weight" in str(seen)
    assert seen.to_dict()["step"] == 1


def test_a_monitor_changes_nothing():
    results = []
    for watched in (False, True):
        model = network()
        optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
        monitor = Monitor(model, optimizer, every=2)
        if watched:
            monitor.attach()
        for _ in range(4):
            optimizer.zero_grad()
            (model(inputs()) ** 2).sum().backward()
            optimizer.step()
            if watched:
                monitor.on_step_end(None)
        monitor.detach()
        results.append([np.array(p.detach().numpy()) for p in model.parameters()])
        assert len(monitor.history) == 2 * watched
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_after_it_is_detached_it_sees_nothing_more():
    model = network()
    with Monitor(model) as monitor:
        model(inputs())
    model(inputs())
    assert monitor.snapshot().step == 1
    assert not monitor._handles


@pytest.mark.parametrize(("scale", "word"), [(1e4, "explodes"), (1e-10, "vanishes")])
def test_gradients_beyond_the_thresholds_are_warned_of(scale, word):
    model = network()
    with Monitor(model) as monitor:
        (model(inputs()) * scale).sum().backward()
        seen = monitor.snapshot()
    assert any(word in warning for warning in seen.warnings)
    assert ("above 100" in str(seen)) == (word == "explodes")
    assert ("below 1e-07" in str(seen)) == (word == "vanishes")


def test_between_the_thresholds_there_is_no_warning():
    model = network()
    with Monitor(model) as monitor:
        model(inputs()).mean().backward()
        assert monitor.snapshot().warnings == []


def test_a_gradient_that_is_not_finite_is_warned_of():
    model = network()
    with Monitor(model) as monitor:
        (model(inputs()) * math.inf).sum().backward()
        assert any("not finite" in warning for warning in monitor.snapshot().warnings)


def test_dead_relus_are_counted():
    model = network()
    nn.init.constant_(model[0].bias, 0.0)
    model[0].bias.detach().numpy()[:6] = -1e3
    with Monitor(model) as monitor:
        model(inputs())
        seen = monitor.snapshot()
    assert seen.dead["1"] >= 6 / 8
    assert any("are dead" in warning for warning in seen.warnings)


def test_dead_channels_are_those_that_are_zero_everywhere():
    out = np.zeros((2, 3, 4, 4))
    out[1, 2, 3, 3] = 1.0
    assert nn.monitor.dead_share(out) == pytest.approx(2 / 3)


def test_dead_features_are_those_that_are_zero_at_all_times():
    out = np.ones((2, 5, 8))
    out[:, :, :6] = 0.0
    assert nn.monitor.dead_share(out) == pytest.approx(6 / 8)
    assert nn.monitor.dead_share(out.swapaxes(1, 2)) == pytest.approx(6 / 8)


def test_saturation_is_counted():
    model = network()
    nn.init.constant_(model[2].bias, 50.0)
    with Monitor(model) as monitor:
        model(inputs())
        seen = monitor.snapshot()
    assert seen.saturated["3"] == 1.0
    assert any("saturated" in warning for warning in seen.warnings)


@pytest.mark.parametrize(("rate", "word"), [(10.0, "too high"), (1e-9, "too low")])
def test_updates_out_of_proportion_are_warned_of(rate, word):
    model = network()
    optimizer = nn.optim.SGD(model.parameters(), lr=rate)
    with Monitor(model, optimizer) as monitor:
        model(inputs()).sum().backward()
        optimizer.step()
        assert any(word in warning for warning in monitor.snapshot().warnings)


def test_small_biases_may_change_much():
    model = network()
    optimizer = nn.optim.SGD(model.parameters(), lr=1e-4)
    nn.init.constant_(model[0].bias, 1e-6)
    with Monitor(model, optimizer) as monitor:
        model(inputs()).sum().backward()
        optimizer.step()
        seen = monitor.snapshot()
    assert seen.update_ratios["0.bias"] > 1
    assert not any("learning rate" in warning for warning in seen.warnings)


def test_evaluation_is_not_looked_at():
    model = network()
    with Monitor(model) as monitor:
        model.eval()
        model(inputs())
        assert monitor.snapshot().activation_mean == {}


def test_a_model_is_needed():
    with pytest.raises(ArgumentTypeError, match="must be a Module"):
        Monitor([1, 2])
