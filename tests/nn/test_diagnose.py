"""Is every broken network recognised, each broken on purpose, and is a sound one left in peace?"""

import itertools
import json
import math
from itertools import pairwise

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import ArgumentTypeError, ArgumentValueError, Tensor, get_rng_state
from nn.diagnose import diagnose, learning_rate_range, recognise
from nn.train import History, NonFiniteError, fit


def batch(count=64, inputs=10, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, inputs)).astype("float32")
    return Tensor(x), Tensor((x[:, :classes]).argmax(1))


def network(*widths, bend=nn.ReLU, seed=0):
    nn.manual_seed(seed)
    layers = []
    for fan_in, fan_out in pairwise(widths):
        layers += [nn.Linear(fan_in, fan_out), bend()]
    return nn.Sequential(*layers[:-1])


def cross_entropy(outputs, targets):
    return F.cross_entropy(outputs, targets)


def test_a_sound_model_is_left_in_peace_and_as_it_was():
    model = network(10, 32, 4)
    optimizer = nn.optim.Adam(model.parameters(), lr=1e-3)
    before = {name: np.array(entries.detach().numpy()) for name, entries in model.state_dict().items()}
    state = get_rng_state()
    report = diagnose(model, cross_entropy, batch(), optimizer)
    assert report.ok, str(report)
    assert {finding.check for finding in report.findings} >= {
        "initialisation",
        "first loss",
        "gradients",
        "one batch",
        "learning rate",
    }
    assert get_rng_state() == state
    assert model.training
    for name, entries in model.state_dict().items():
        np.testing.assert_array_equal(entries.detach().numpy(), before[name])
    assert all(p.grad is None for p in model.parameters())


def test_the_first_loss_is_compared_with_a_guess():
    """ML-2: a classifier among K classes starts at −ln(1/K)."""
    model = network(10, 32, 4)
    assert diagnose(model, cross_entropy, batch())["first loss"].severity == "fine"
    nn.init.normal_(model[2].weight, std=10.0)
    sure = diagnose(model, cross_entropy, batch())["first loss"]
    assert sure.severity == "warning"
    assert f"{math.log(4):.4g}" in sure.what
    assert "sure of wrong answers" in sure.what


def test_a_model_that_sees_the_answers_is_suspected():
    x, y = batch()
    model = nn.Sequential(nn.Linear(10, 4, bias=False))
    model[0].weight.detach().numpy()[...] = 20 * np.eye(4, 10)
    assert "knows more" in diagnose(model, cross_entropy, (x, y))["first loss"].what


@pytest.mark.parametrize(("value", "word"), [(0.0, "all zero"), (0.3, "the same weights")])
def test_zero_and_symmetric_initialisation(value, word):
    model = network(10, 32, 4)
    nn.init.constant_(model[0].weight, value)
    found = diagnose(model, cross_entropy, batch())["initialisation"]
    assert found.severity == "problem"
    assert word in found.what
    assert "0.weight" in found.what


def test_vanishing_and_exploding_gradients():
    deep = network(10, *[16] * 14, 4, bend=nn.Sigmoid)
    found = diagnose(deep, cross_entropy, batch())["gradients"]
    assert found.severity in ("warning", "problem")
    assert "fade" in found.what or "vanish" in found.what
    wild = network(10, 64, 64, 64, 4)
    for p in wild.parameters():
        if p.ndim == 2:
            nn.init.normal_(p, std=2.0)
    found = diagnose(wild, cross_entropy, batch())["gradients"]
    assert "explode" in found.what


def test_a_layer_without_gradient_is_named():
    class Cut(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(10, 8), nn.Linear(8, 4)

        def forward(self, x):
            return self.second(F.relu(self.first(x)).detach())

    nn.manual_seed(0)
    found = diagnose(Cut(), cross_entropy, batch())["gradients"]
    assert found.severity == "warning"
    assert "first.weight" in found.what


def test_dead_relus():
    model = network(10, 32, 4)
    nn.init.constant_(model[0].bias, -50.0)
    report = diagnose(model, cross_entropy, batch())
    assert "dead" in report["activations"].what


def test_a_batch_that_cannot_be_learned():
    x, y = batch()
    same = Tensor(np.ones((64, 10), "float32"))
    found = diagnose(network(10, 32, 4), cross_entropy, (same, y))["one batch"]
    assert found.severity == "problem"
    assert "by heart" in found.what
    assert diagnose(network(10, 32, 4), cross_entropy, (x, y))["one batch"].severity == "fine"


def test_a_batch_learned_in_part_is_a_warning_with_the_better_of_two_rates():
    nn.manual_seed(0)
    rng = np.random.default_rng(0)
    data = Tensor(rng.normal(size=(32, 4)).astype("float32")), Tensor(rng.integers(0, 2, 32))
    found = diagnose(network(4, 16, 2), cross_entropy, data)["one batch"]
    assert found.severity == "warning"
    first, last = map(float, found.what.rsplit("from ", 1)[1].split(" to "))
    assert 0.1 * first < last < 0.5 * first


@pytest.mark.parametrize("sign", [0, -1])
def test_a_loss_that_is_not_above_zero_cannot_fall_to_zero(sign):
    report = diagnose(network(10, 1), lambda y, _: sign * y.sigmoid().sum(), batch())
    assert report["one batch"].severity == "note"
    assert report["first loss"].severity == "note"


def test_dropout_does_not_hinder_learning_by_heart():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.9), nn.Linear(64, 4))
    assert diagnose(model, cross_entropy, batch())["one batch"].severity == "fine"
    assert model[2].training


def test_a_nan_is_traced_to_its_origin():
    class Careless(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(10, 4)

        def forward(self, x):
            return self.layer(x).log()

    nn.manual_seed(0)
    report = diagnose(Careless(), cross_entropy, batch())
    assert report["nan"].severity == "problem"
    assert "log" in report["nan"].what


class Named(nn.Module):
    def forward(self, batch):
        return batch["x"]


def test_bad_data():
    x, y = batch()
    broken = np.array(x.numpy())
    broken[3, 2] = np.nan
    assert "(3, 2)" in diagnose(network(10, 32, 4), cross_entropy, (Tensor(broken), y))["data"].what
    named = nn.Sequential(Named(), *network(10, 32, 4))
    assert "(3, 2)" in diagnose(named, cross_entropy, ({"x": Tensor(broken)}, y))["data"].what
    assert "mean" in diagnose(network(10, 32, 4), cross_entropy, (Tensor(x.numpy() * 100 + 500), y))["data"].what


def test_a_forgotten_zero_grad_is_noticed_and_everything_put_back():
    model = network(10, 32, 4)
    optimizer = nn.optim.Adam(model.parameters(), lr=1e-3)
    x, y = batch()

    def careless():
        cross_entropy(model(x), y).backward()
        optimizer.step()

    def careful():
        optimizer.zero_grad()
        careless()

    before = {name: np.array(entries.detach().numpy()) for name, entries in model.state_dict().items()}
    assert diagnose(model, cross_entropy, (x, y), optimizer, train_step=careful)["zero_grad"].severity == "fine"
    found = diagnose(model, cross_entropy, (x, y), optimizer, train_step=careless)["zero_grad"]
    assert found.severity == "problem"
    assert "zero_grad()" in found.advice
    for name, entries in model.state_dict().items():
        np.testing.assert_array_equal(entries.detach().numpy(), before[name])
    assert optimizer.state_dict()["state"] == {}


def test_a_forgotten_zero_grad_is_noticed_though_the_steps_draw_at_random():
    model = network(10, 1)
    x, _ = batch()

    def careless():
        (model(x * autograd.randn(10)) * autograd.randn(64, 1)).sum().backward()

    assert (
        diagnose(model, lambda y, _: (y * y).sum(), (x, None), train_step=careless)["zero_grad"].severity == "problem"
    )


def test_learning_rates():
    model, data = network(10, 32, 4), batch()
    measured = learning_rate_range(model, cross_entropy, data)
    assert 1e-4 < measured.suggestion < 1
    assert len(measured.rates) == len(measured.losses)
    high = nn.optim.SGD(model.parameters(), lr=1e4)
    assert diagnose(model, cross_entropy, data, high)["learning rate"].severity == "problem"
    low = nn.optim.SGD(model.parameters(), lr=1e-7)
    assert diagnose(model, cross_entropy, data, low)["learning rate"].severity == "warning"
    with pytest.raises(ArgumentValueError, match="0 < low < high"):
        learning_rate_range(model, cross_entropy, data, low=1.0, high=0.1)


def test_what_cannot_be_diagnosed_is_refused():
    with pytest.raises(ArgumentTypeError, match="must be a Module"):
        diagnose(lambda x: x, cross_entropy, batch())
    with pytest.raises(ArgumentTypeError, match="a pair"):
        diagnose(network(10, 4), cross_entropy, batch()[0])
    with pytest.raises(ArgumentTypeError, match=r"a scalar Tensor .* not one of shape \(64, 4\)"):
        diagnose(network(10, 4), lambda outputs, targets: outputs, batch())
    with pytest.raises(ArgumentTypeError, match="requires no gradient: are all of them frozen"):
        diagnose(network(10, 4).requires_grad_(False), cross_entropy, batch())
    with pytest.raises(KeyError, match="no check 'weather'"):
        diagnose(network(10, 4), cross_entropy, batch())["weather"]


# --- ML-8: curves of runs that are broken on purpose --------------------------------------------------------------


def curves(model, optimizer, train, held_out, steps):
    losses, validation = [], []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(train[0]), train[1])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        validation.append(F.cross_entropy(model(held_out[0]), held_out[1]).item())
    return {"loss": losses, "validation_loss": validation}


def run(name):
    nn.manual_seed(0)
    train, held_out = batch(128), batch(128, seed=1)
    if name == "healthy":
        model = network(10, 32, 4)
        return curves(model, nn.optim.Adam(model.parameters(), lr=1e-2), train, held_out, 60)
    if name == "overfitting":
        rng = np.random.default_rng(5)
        few = (train[0][:24], Tensor(rng.integers(0, 4, 24)))
        model = network(10, 128, 4)
        return curves(model, nn.optim.Adam(model.parameters(), lr=1e-2), few, held_out, 120)
    if name == "underfitting":
        rng = np.random.default_rng(6)
        angles = rng.uniform(-3, 3, (128, 2)).astype("float32")
        xor = (Tensor(angles), Tensor((angles[:, 0] * angles[:, 1] > 0).astype("int64")))
        model = nn.Linear(2, 2)
        nn.init.normal_(model.weight, std=1.0)
        return curves(model, nn.optim.Adam(model.parameters(), lr=5e-2), xor, xor, 200)
    if name == "diverging":
        model = network(10, 32, 32, 4)
        return curves(model, nn.optim.SGD(model.parameters(), lr=30.0), train, held_out, 40)
    if name == "rate too high":
        model = network(10, 32, 4)
        return curves(model, nn.optim.SGD(model.parameters(), lr=10.0), train, held_out, 80)
    if name == "rate too low":
        model = network(10, 32, 4)
        return curves(model, nn.optim.SGD(model.parameters(), lr=1e-2), train, held_out, 60)
    model = network(10, 32, 4)
    for p in model.parameters():
        nn.init.zeros_(p)
    return curves(model, nn.optim.SGD(model.parameters(), lr=0.1), train, held_out, 60)


PATTERNS = ["healthy", "overfitting", "underfitting", "diverging", "rate too high", "rate too low", "not learning"]


@pytest.mark.parametrize("name", PATTERNS)
def test_the_curves_of_a_run_are_recognised(name):
    found = recognise(run(name))
    assert found.name == name, str(found)
    assert bool(found.advice) == (name != "healthy")


def test_curves_come_as_lists_and_histories():
    falling = list(np.exp(-np.linspace(0, 5, 50)))
    assert recognise(falling).name == "healthy"
    assert recognise({"train_loss": falling, "val_loss": falling}).name == "healthy"
    assert recognise(falling[:3]).name == "too short"
    assert recognise([1.0, 0.5, math.nan]).name == "diverging"
    assert recognise(falling, target=1e-9).name in ("underfitting", "rate too low")
    with pytest.raises(ArgumentValueError, match="no training loss"):
        recognise({})
    with pytest.raises(ArgumentValueError, match="flat lists"):
        recognise([[1.0, 2.0]])


def history_of_fit(lr, loss=cross_entropy, **options):
    nn.manual_seed(0)
    model = network(10, 32, 4)
    optimizer = nn.optim.Adam(model.parameters(), lr=lr)
    try:
        return fit(model, batch(512), loss, optimizer, batch_size=32, validation=batch(256, seed=1), **options)
    except NonFiniteError as problem:
        return problem.history


@pytest.mark.parametrize(
    ("name", "lr", "options"),
    [
        ("healthy", 1e-2, {"epochs": 8}),  # read by epochs
        ("healthy", 1e-2, {"epochs": 3}),  # by steps, whose losses jump because their batches differ
        ("healthy", 1e-2, {"steps": 100}),  # with a part of an epoch at the end
        ("rate too low", 1e-3, {"epochs": 8}),
        ("rate too low", 1e-3, {"steps": 70}),
        ("not learning", 1e-7, {"epochs": 8}),
        ("not learning", 1e-7, {"epochs": 3}),
        ("not learning", 1e-7, {"steps": 100}),
        ("diverging", 1e5, {"epochs": 3}),
        ("too short", 1e-2, {"steps": 4}),
    ],
)
def test_the_history_of_a_training_is_recognised(name, lr, options):
    history = history_of_fit(lr, **options)
    assert recognise(history).name == name, str(recognise(history))
    assert recognise(json.loads(json.dumps(history.to_dict()))) == recognise(history)


def test_a_training_that_ended_in_nan_after_good_epochs_is_no_good_one():
    calls = itertools.count()

    def loss(outputs, targets):
        return cross_entropy(outputs, targets) * (math.nan if next(calls) > 150 else 1.0)

    history = history_of_fit(1e-2, loss, epochs=20)
    assert len(history.epochs) >= 5
    assert recognise(history).name == "diverging"


def test_an_epoch_that_has_learnt_nearly_all_is_not_taken_for_the_beginning():
    steps = {"loss": [2.3, *[0.1] * 499]}
    epochs = {"step": [100, 200, 300, 400, 500], "train_loss": [0.1, 0.09, 0.085, 0.084, 0.084]}
    assert recognise({"steps": steps, "epochs": epochs}).name == "healthy"


def test_a_history_in_which_nothing_happened():
    with pytest.raises(ArgumentValueError, match="no training loss"):
        recognise(History())
