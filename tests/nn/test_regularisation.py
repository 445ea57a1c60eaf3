"""Each means against overfitting does what defines it."""

import math

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import Generator, Tensor
from nn.data import sine
from nn.optim import l1_penalty, l2_penalty
from nn.train import EarlyStopping, fit

FREE = np.array([2.0, -1.0, 0.5, 0.05, -0.02])
"""Where the weights of `bowl` would go without a penalty."""


class Weights(nn.Module):
    def __init__(self, start):
        super().__init__()
        self.w = nn.Parameter(Tensor(np.array(start, np.float64)))

    def forward(self, x):
        return x * self.w


def descend(penalty, weight, lr=0.01, steps=3000, **options):
    """Minimise ½·‖w − FREE‖² and a penalty from 0; where w ends."""
    model = Weights(np.zeros(5))
    ones = Tensor(np.ones(5))
    fit(
        model,
        [(ones, Tensor(FREE))],
        lambda w, target: 0.5 * (w - target).square().sum() + (penalty(model.parameters(), weight) if penalty else 0.0),
        nn.optim.SGD(model.parameters(), lr=lr, **options),
        steps=steps,
    )
    return model.w.detach().numpy()


def test_L3_31_l2_shrinks_all_weights_by_the_same_share():
    assert np.allclose(descend(l2_penalty, 0.25), FREE / (1 + 2 * 0.25), rtol=1e-9)


def test_L3_31_l1_takes_the_same_from_all_weights_and_makes_small_ones_zero():
    lr, weight = 0.01, 0.1
    found = descend(l1_penalty, weight, lr)
    expected = np.sign(FREE) * np.maximum(np.abs(FREE) - weight, 0)
    assert np.count_nonzero(expected) == 3
    assert np.allclose(found[:3], expected[:3], rtol=1e-9)
    assert np.abs(found[3:]).max() <= lr * (weight + np.abs(FREE[3:]).max()), "around 0, within a step"


def test_L3_31_weight_decay_is_the_l2_penalty_under_sgd():
    as_penalty = descend(l2_penalty, 0.25, steps=50)
    as_decay = descend(None, 0.0, steps=50, weight_decay=0.5)
    assert np.allclose(as_penalty, as_decay, rtol=1e-12)


def test_L3_31_ridge_regression_has_its_closed_form():
    draws = np.random.default_rng(0)
    x, y = draws.normal(size=(30, 4)), draws.normal(size=(30, 1))
    decay = 0.3
    model = nn.Linear(4, 1, bias=False).double()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1, weight_decay=decay)
    fit(model, (x, y), F.mse_loss, optimizer, steps=2000)
    exact = np.linalg.solve(x.T @ x * 2 / 30 + decay * np.eye(4), x.T @ y * 2 / 30)
    assert np.allclose(model.weight.detach().numpy().T, exact, rtol=1e-9)


def test_L3_31_early_stopping_keeps_the_model_from_before_it_overfits():
    autograd.manual_seed(0)
    train, held_out = sine(12, noise=0.4, generator=Generator(0)), sine(100, noise=0.4, generator=Generator(1))

    def run(**options):
        autograd.manual_seed(0)
        model = nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
        optimizer = nn.optim.Adam(model.parameters(), lr=1e-2)
        history = fit(model, train, F.mse_loss, optimizer, epochs=400, validation=held_out, **options)
        return history, F.mse_loss(model(held_out[0]), held_out[1]).item()

    free, end = run()
    best = min(free["validation_loss"])
    assert free["train_loss"][-1] < 0.5 * free["train_loss"][free["validation_loss"].index(best)]
    assert end > 1.5 * best, "it overfits: better and better on what it learns from, worse on the rest"
    stopped, kept = run(early_stopping=EarlyStopping(patience=50))
    assert len(stopped.epochs) < 400
    assert kept == min(stopped["validation_loss"])
    assert kept < end / 1.5


@pytest.mark.parametrize("smoothing", [0.1, 0.3])
def test_L3_31_label_smoothing_has_its_optimum_at_the_smoothed_targets(smoothing):
    classes = 4
    model = Weights(np.zeros(classes))
    optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
    loss = nn.CrossEntropyLoss(label_smoothing=smoothing)
    fit(model, [(Tensor(np.ones((1, classes))), Tensor([2], dtype="int64"))], loss, optimizer, steps=3000)
    expected = np.full(classes, smoothing / classes)
    expected[2] += 1 - smoothing
    assert np.allclose(F.softmax(model.w.detach(), dim=0).numpy(), expected, rtol=1e-6)


def test_L3_31_without_label_smoothing_the_logits_grow_for_ever():
    def largest(steps, smoothing):
        model = Weights(np.zeros(4))
        loss = nn.CrossEntropyLoss(label_smoothing=smoothing)
        optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
        fit(model, [(Tensor(np.ones((1, 4))), Tensor([2], dtype="int64"))], loss, optimizer, steps=steps)
        return model.w.detach().numpy().max()

    assert largest(2000, 0.0) - largest(1000, 0.0) > 0.5 * math.log(2)
    assert largest(2000, 0.1) - largest(1000, 0.1) < 1e-6
