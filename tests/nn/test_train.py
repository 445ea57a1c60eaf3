"""fit is the five-line loop, with what one wants around it."""

import itertools
import math
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import ArgumentTypeError, ArgumentValueError, Generator, GraphError, ShapeError, Tensor
from nn.data import DataLoader, MissingPackageError, TensorDataset
from nn.optim.lr_scheduler import ExponentialLR, LambdaLR, ReduceLROnPlateau
from nn.train import Callback, EarlyStopping, History, LambdaCallback, NonFiniteError, TensorBoard, evaluate, fit


def network(seed=0):
    autograd.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2)).double()


def samples(count=20, seed=0):
    draws = np.random.default_rng(seed)
    x = draws.normal(size=(count, 3))
    return Tensor(x), Tensor((x.sum(1) > 0).astype(np.int64))


def batches(count=20, size=4):
    x, y = samples(count)
    return [(x[i : i + size], y[i : i + size]) for i in range(0, count, size)]


def weights(model):
    return np.concatenate([p.numpy().ravel() for p in map(Tensor.detach, model.parameters())])


def sgd(model, lr=0.1, **options):
    return nn.optim.SGD(model.parameters(), lr=lr, **options)


def raiser(problem, when):
    """A callback that raises at a step."""

    def on_step_end(run):
        if run.step == when:
            raise problem

    return LambdaCallback(on_step_end=on_step_end)


# --- the loop -------------------------------------------------------------------------------------------------------


def test_fit_is_the_five_line_loop():
    ours, theirs = network(), network()
    optimizer = nn.optim.Adam(ours.parameters(), lr=0.01)
    losses = []
    for _ in range(3):
        for x, y in batches():
            optimizer.zero_grad()
            loss = F.cross_entropy(ours(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    history = fit(theirs, batches(), F.cross_entropy, nn.optim.Adam(theirs.parameters(), lr=0.01), epochs=3)
    assert weights(ours).tobytes() == weights(theirs).tobytes()
    assert history["loss"] == losses
    assert history["step"] == list(range(1, 16))
    assert history["epoch"] == [1] * 5 + [2] * 5 + [3] * 5
    assert history.epochs["step"] == [5, 10, 15]
    assert np.allclose(history["train_loss"], np.reshape(losses, (3, 5)).mean(1), rtol=1e-14)
    assert not history.stopped
    assert not history.interrupted


def test_tensors_loaders_lists_and_arrays_are_data():
    x, y = samples()
    forms = [
        {"data": (x, y), "batch_size": 4, "generator": Generator(3)},
        {"data": (x.numpy(), y.numpy()), "batch_size": 4, "generator": Generator(3)},
        {"data": DataLoader(TensorDataset(x, y), batch_size=4, shuffle=True, generator=Generator(3))},
    ]
    found = []
    for form in forms:
        model = network()
        fit(model, loss=F.cross_entropy, optimizer=sgd(model), epochs=2, **form)
        found.append(weights(model).tobytes())
    assert len(set(found)) == 1
    model, other = network(), network()
    fit(model, batches(), F.cross_entropy, sgd(model), epochs=2)
    arrays = [(x.numpy(), y.numpy()) for x, y in batches()]
    fit(other, (batch for _ in range(2) for batch in arrays), F.cross_entropy, sgd(other), epochs=1)
    assert weights(model).tobytes() == weights(other).tobytes()


def test_two_tensors_without_a_batch_size_are_one_batch():
    x, y = samples()
    model, other = network(), network()
    fit(model, (x, y), F.cross_entropy, sgd(model), epochs=4)
    for _ in range(4):
        other.zero_grad()
        F.cross_entropy(other(x), y).backward()
        with autograd.no_grad():
            for p in other.parameters():
                p.sub_(0.1 * p.grad)
    assert np.allclose(weights(model), weights(other), rtol=1e-12)


def test_a_model_can_have_several_inputs():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(3, 1)

        def forward(self, x, scale):
            return self.a(x) * scale

    autograd.manual_seed(0)
    model = Two().double()
    x, _ = samples()
    target = x.sum(1, keepdim=True) * 2
    history = fit(model, [(x, Tensor(2.0), target)], F.mse_loss, sgd(model), epochs=100)
    assert history["train_loss"][-1] < 1e-3


def test_steps_go_round_the_data_as_often_as_needed():
    model, other = network(), network()
    history = fit(model, batches(), F.cross_entropy, sgd(model), steps=12, validation=samples())
    assert len(history.steps) == 12
    assert history.epochs["step"] == [5, 10, 12], "the last row is that of a part of an epoch"
    fit(other, batches() + batches() + batches()[:2], F.cross_entropy, sgd(other), epochs=1)
    assert weights(model).tobytes() == weights(other).tobytes()


def test_steps_that_end_with_an_epoch():
    model = network()
    history = fit(model, batches(), F.cross_entropy, sgd(model), steps=10)
    assert history.epochs["step"] == [5, 10]
    history = fit(model, iter(batches()), F.cross_entropy, sgd(model), steps=5)
    assert history.epochs["step"] == [5]


def test_an_endless_stream_is_one_epoch():
    def stream():
        while True:
            x = autograd.randn(4, 3, dtype="float64")
            yield x, (x.sum(1) > 0).astype("int64")

    model = network()
    history = fit(model, stream(), F.cross_entropy, sgd(model, lr=0.5), steps=100)
    assert len(history.steps) == 100
    assert len(history.epochs) == 1
    assert np.mean(history["loss"][-10:]) < 0.5 * np.mean(history["loss"][:10])


# --- accumulation and clipping --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(4, 4, 4, 4), (5, 3, 7, 1), (4, 4, 4), (6, 1, 2, 2, 3)])
@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), nn.CrossEntropyLoss(reduction="sum")])
def test_accumulated_batches_are_one_large_batch(sizes, loss):
    x, y = samples(sum(sizes))
    ends = np.cumsum([0, *sizes])
    small = [(x[a:b], y[a:b]) for a, b in itertools.pairwise(ends)]
    ends = [*ends[:-1:2], ends[-1]]  # two and two; the last may be alone
    large = [(x[a:b], y[a:b]) for a, b in itertools.pairwise(ends)]
    one, other = network(), network()
    options = {"epochs": 3, "clip_grad_norm": 0.5, "metrics": F.accuracy}
    a = fit(one, small, loss, sgd(one, momentum=0.9), accumulate=2, **options)
    b = fit(other, large, loss, sgd(other, momentum=0.9), **options)
    assert np.allclose(weights(one), weights(other), rtol=1e-12, atol=1e-14)
    for name in ("step", "loss", "grad_norm", "train_loss", "train_accuracy"):
        assert np.allclose(a[name], b[name], rtol=1e-12), name


def test_clipping_by_norm_and_by_value():
    one, other = network(), network()
    history = fit(one, batches(), F.cross_entropy, sgd(one), epochs=2, clip_grad_norm=0.01)
    before = weights(other)
    for x, y in batches() * 2:
        other.zero_grad()
        F.cross_entropy(other(x), y).backward()
        nn.utils.clip_grad_norm_(other.parameters(), 0.01)
        with autograd.no_grad():
            for p in other.parameters():
                p.sub_(0.1 * p.grad)
    assert np.allclose(weights(one), weights(other), rtol=1e-12)
    assert min(history["grad_norm"]) > 0.01, "the norm before clipping"
    assert np.linalg.norm(weights(one) - before) < 10 * 0.1 * 0.01 * 1.001
    one = network()
    fit(one, batches(), F.cross_entropy, sgd(one, lr=1.0), steps=1, clip_grad_value=1e-3)
    assert np.abs(weights(one) - before).max() == pytest.approx(1e-3, rel=1e-12)


def test_the_norm_of_the_gradient_is_recorded_or_not():
    model, other = network(), network()
    x, y = samples()
    F.cross_entropy(other(x), y).backward()
    norm = nn.utils.get_total_norm([p.grad for p in other.parameters()]).item()
    history = fit(model, (x, y), F.cross_entropy, sgd(model), epochs=1)
    assert history["grad_norm"] == [pytest.approx(norm, rel=1e-14)]
    history = fit(model, (x, y), F.cross_entropy, sgd(model), epochs=1, log_grad_norm=False)
    assert history.steps.columns == ["step", "epoch", "loss", "lr"]


@pytest.mark.parametrize("scale", [1e-25, 1e18])
def test_very_small_and_large_gradients_have_their_norm(scale):
    model = nn.Linear(2, 1, bias=False)
    x = Tensor([[3.0, 4.0]])
    history = fit(model, [(x, x)], lambda out, _: (out * scale).sum(), sgd(model, lr=0.0), epochs=1)
    assert history["grad_norm"][0] == pytest.approx(5 * scale, rel=1e-6)


# --- schedules ------------------------------------------------------------------------------------------------------


def test_a_schedule_steps_with_what_is_counted():
    model = network()
    optimizer = sgd(model, lr=1e-3)
    history = fit(model, batches(), F.cross_entropy, optimizer, epochs=3, scheduler=ExponentialLR(optimizer, 0.5))
    assert history["lr"] == [1e-3] * 5 + [5e-4] * 5 + [2.5e-4] * 5
    optimizer = sgd(model, lr=1e-3)
    history = fit(model, batches(), F.cross_entropy, optimizer, steps=4, scheduler=ExponentialLR(optimizer, 0.5))
    assert history["lr"] == [1e-3, 5e-4, 2.5e-4, 1.25e-4]
    optimizer = sgd(model, lr=1e-3)
    schedule = LambdaLR(optimizer, lambda step: step)
    history = fit(
        model, batches(), F.cross_entropy, optimizer, epochs=2, accumulate=2, scheduler=schedule, scheduler_every="step"
    )
    assert np.allclose(history["lr"], 1e-3 * np.arange(6)), "a step is one of the optimizer's"


def test_reduce_on_plateau_looks_at_the_validation_loss():
    model = network()
    optimizer = sgd(model, lr=0.1)
    schedule = ReduceLROnPlateau(optimizer, patience=0, threshold=0.0)
    x, y = samples(seed=1)
    wrong = (x, 1 - y)  # the better the training, the worse this becomes
    history = fit(model, batches(), F.cross_entropy, optimizer, epochs=4, scheduler=schedule, validation=wrong)
    assert np.all(np.diff(history["train_loss"]) < 0)
    assert np.all(np.diff(history["validation_loss"]) > 0)
    assert np.allclose(history["lr"][::5], [0.1, 0.1, 0.01, 0.001])
    optimizer = sgd(model, lr=0.1)
    schedule = ReduceLROnPlateau(optimizer, patience=0, threshold=0.0)
    history = fit(model, batches(), F.cross_entropy, optimizer, epochs=4, scheduler=schedule)
    assert set(history["lr"]) == {0.1}, "without validation, the training loss"


# --- evaluation -----------------------------------------------------------------------------------------------------


class Recorder(nn.Module):
    """Notes in which mode it is called."""

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 2)
        self.seen = []

    def forward(self, x):
        self.seen.append((self.training, autograd.is_grad_enabled()))
        return self.a(x)


def test_evaluation_weighs_batches_by_their_samples():
    model = network()
    x, y = samples(10)
    parts = [(x[:7], y[:7]), (x[7:], y[7:])]
    found = evaluate(model, parts, F.cross_entropy, {"right": F.accuracy})
    assert found["loss"] == pytest.approx(F.cross_entropy(model(x), y).item(), rel=1e-14)
    assert found["right"] == pytest.approx(F.accuracy(model(x), y), rel=1e-14)
    assert found == pytest.approx(evaluate(model, (x, y), F.cross_entropy, {"right": F.accuracy}, batch_size=3))
    summed = evaluate(model, parts, nn.CrossEntropyLoss(reduction="sum"))
    assert summed["loss"] == pytest.approx(10 * found["loss"])


def test_evaluation_records_nothing_and_restores_every_mode():
    model = nn.Sequential(Recorder(), nn.Tanh())
    model[1].eval()
    evaluate(model, samples(), F.cross_entropy)
    assert model[0].seen == [(False, False)]
    assert [m.training for m in model.modules()] == [True, True, True, False]
    with pytest.raises(ZeroDivisionError):
        evaluate(model, samples(), lambda *_: 1 / 0)
    assert model.training


def test_fit_trains_in_training_mode_and_validates_in_evaluation_mode():
    model = Recorder().double().eval()
    fit(model, batches(8), F.cross_entropy, sgd(model), epochs=2, validation=samples())
    assert model.seen == [(True, True), (True, True), (False, False)] * 2
    assert not model.training, "as it was"


def test_parts_in_evaluation_mode_stay_so():
    model = nn.Sequential(Recorder(), nn.Tanh()).double()
    model[0].eval()
    fit(model, batches(4), F.cross_entropy, sgd(model), epochs=1)
    assert model[0].seen == [(False, True)]
    assert model.training


def test_metrics_are_recorded_for_training_and_validation():
    model = network()
    history = fit(model, batches(), F.cross_entropy, sgd(model), epochs=2, validation=samples(), metrics=[F.accuracy])
    assert history.epochs.columns == [
        "epoch",
        "step",
        "train_loss",
        "train_accuracy",
        "validation_loss",
        "validation_accuracy",
    ]
    x, y = samples()
    assert history["validation_accuracy"][-1] == F.accuracy(model(x), y)
    assert history["validation_loss"][-1] == F.cross_entropy(model(x), y).item()


# --- callbacks and early stopping -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: np.array([x]), lambda x: Tensor([float(x)])])
def test_metrics_may_look_at_bare_arrays(wrap):
    def highest(output, target):
        return wrap(output.numpy().max() + target.numpy().max())

    model = network()
    history = fit(model, batches(), F.cross_entropy, sgd(model), epochs=1, validation=samples(), metrics=highest)
    assert history["train_highest"][0] > 0
    assert history["validation_highest"][0] > 0


def test_callbacks_are_called_in_order():
    calls = []

    class Everything(Callback):
        def on_train_begin(self, run):
            calls.append(f"begin with {len(run.history.steps)}")

        def on_epoch_begin(self, run):
            calls.append(f"epoch {run.epoch}")

        def on_step_end(self, run):
            calls.append(f"step {run.step}")
            run.record["twice"] = 2 * run.record["loss"]

        def on_epoch_end(self, run):
            assert 0 < run.record["validation_loss"] < 1
            calls.append(f"after {run.epoch}")

        def on_train_end(self, run):
            calls.append(f"end with {len(run.history.steps)}")

    model = network()
    history = fit(
        model, batches(8), F.cross_entropy, sgd(model), epochs=2, validation=samples(), callbacks=[Everything()]
    )
    assert calls == [
        "begin with 0",
        *["epoch 1", "step 1", "step 2", "after 1"],
        *["epoch 2", "step 3", "step 4", "after 2"],
        "end with 4",
    ]
    assert history["twice"] == [2 * loss for loss in history["loss"]]


def test_a_callback_can_stop_the_training():
    model = network()
    stop = LambdaCallback(on_step_end=lambda run: run.stop("far enough") if run.step == 7 else None)
    history = fit(model, batches(), F.cross_entropy, sgd(model), epochs=9, callbacks=[stop])
    assert len(history.steps) == 7
    assert history.stopped == "far enough"
    assert not history.interrupted
    assert history.epochs["step"] == [5, 7]


def test_a_training_stopped_before_an_epoch_learns_nothing_of_it():
    model = network()
    stop = LambdaCallback(on_epoch_begin=lambda run: run.stop() if run.epoch == 2 else None)
    history = fit(model, batches(), F.cross_entropy, sgd(model), epochs=9, accumulate=2, callbacks=[stop])
    assert history["step"] == [1, 2, 3]
    assert history.epochs["epoch"] == [1]
    assert history.stopped == "stopped by a callback"


def test_all_callbacks_are_told_of_the_end_though_one_fails():
    def fail(_):
        raise ZeroDivisionError

    told = []
    model = network()
    ends = [LambdaCallback(on_train_end=fail), LambdaCallback(on_train_end=told.append)]
    with pytest.raises(ZeroDivisionError):
        fit(model, batches(), F.cross_entropy, sgd(model), epochs=1, callbacks=ends)
    assert len(told) == 1


def test_the_history_has_the_step_in_which_a_callback_failed():
    model = network()
    with pytest.raises(ZeroDivisionError) as caught:
        fit(model, batches(), F.cross_entropy, sgd(model), epochs=9, callbacks=[raiser(ZeroDivisionError(), 7)])
    assert caught.value.__notes__ == ["in fit(): epoch 2, batch 2, after step 7"]


def test_any_object_with_such_a_method_is_a_callback():
    class Counter:
        count = 0

        def on_step_end(self, run):
            self.count += run.step

    counter = Counter()
    model = network()
    fit(model, batches(), F.cross_entropy, sgd(model), epochs=2, callbacks=[counter])
    assert counter.count == sum(range(1, 11))


class Scripted(nn.Module):
    """A model whose loss in validation is told by a list, and whose weight counts the steps."""

    def __init__(self, losses):
        super().__init__()
        self.w = nn.Parameter(Tensor(0.0, dtype="float64"))
        self.losses = iter(losses)

    def forward(self, x):
        return x - self.w if self.training else Tensor(next(self.losses), dtype="float64")


def scripted(losses, **options):
    model = Scripted(losses)
    history = fit(
        model,
        [(Tensor(0.0), Tensor(0.0))],
        lambda output, _: output,
        sgd(model, lr=1.0),
        epochs=len(losses),
        validation=[(Tensor(0.0), Tensor(0.0))],
        **options,
    )
    return model, history


def test_early_stopping_waits_and_restores_the_best():
    losses = [5.0, 4.0, 4.5, 3.0, 3.5, 3.2, 3.1, 2.0]
    stopping = EarlyStopping(patience=3)
    model, history = scripted(losses, early_stopping=stopping)
    assert history["validation_loss"] == losses[:7]
    assert stopping.best == 3.0
    assert stopping.best_epoch == 4
    assert model.w.item() == 4.0, "one step an epoch: the weights after epoch 4"
    assert "early stopping" in history.stopped
    assert "epoch 4" in history.stopped


def test_early_stopping_without_restoring():
    model, history = scripted([2.0, 3.0, 4.0, 5.0], early_stopping=EarlyStopping(patience=2, restore_best=False))
    assert len(history.epochs) == 3
    assert model.w.item() == 3.0


def test_early_stopping_counts_only_what_is_an_improvement():
    losses = [1.0, 0.95, 0.89, 0.85, 0.8]
    _, history = scripted(losses, early_stopping=EarlyStopping(patience=2, min_delta=0.2))
    assert len(history.epochs) == 3
    _, history = scripted([1.0, math.nan, math.nan, 0.5], early_stopping=EarlyStopping(patience=2))
    assert len(history.epochs) == 3, "nan is no improvement"


def test_early_stopping_can_watch_what_grows():
    stopping = EarlyStopping(patience=1, monitor="validation_right", mode="max")
    _, history = scripted(
        [1.0, 2.0, 3.0, 2.5, 4.0], early_stopping=stopping, metrics={"right": lambda output, _: output}
    )
    assert len(history.epochs) == 4
    assert stopping.best == 3.0


def test_early_stopping_watches_the_training_loss_if_there_is_no_other():
    model = network()
    history = fit(model, batches(), F.cross_entropy, sgd(model, lr=0.0), epochs=9, early_stopping=EarlyStopping(2))
    assert len(history.epochs) == 3


def test_early_stopping_begins_anew_with_each_training():
    stopping = EarlyStopping(patience=2)
    for _ in range(2):
        _, history = scripted([1.0, 2.0, 3.0, 4.0], early_stopping=stopping)
        assert len(history.epochs) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patience": 0}, "patience"),
        ({"patience": 2.5}, "patience"),
        ({"min_delta": -1}, "min_delta"),
        ({"monitor": "validation_accuracy"}, "mode"),
        ({"mode": "most"}, "mode"),
    ],
)
def test_early_stopping_refuses(options, message):
    with pytest.raises(ArgumentValueError, match=message):
        EarlyStopping(**options)


def test_early_stopping_needs_its_column():
    with pytest.raises(ArgumentValueError, match=r"'other_loss'.*train_loss"):
        scripted([1.0], early_stopping=EarlyStopping(monitor="other_loss"))


# --- numbers that are none ------------------------------------------------------------------------------------------


def test_a_nan_loss_stops_with_its_step_and_origin():
    def loss(output, target):
        return (output.sum(1) - target).log().mean()  # of negative numbers, after a while

    model = network()
    seen = []
    keep = LambdaCallback(on_step_end=lambda run: seen.append(weights(run.model)))
    x, y = samples()
    with pytest.raises(NonFiniteError) as caught:
        fit(model, [(x, y * 0 - 3.0)] * 50, loss, sgd(model, lr=0.5), epochs=1, callbacks=[keep])
    error = caught.value
    message = str(error)
    assert f"the loss is nan at step {error.step} (epoch 1, batch {error.step})" in message
    assert "It begins here: log(" in message
    assert "test_train.py" in message
    assert "smaller learning rate" in message
    assert "clip_grad_norm" in message
    assert isinstance(error, FloatingPointError)
    assert error.history.steps["step"] == list(range(1, error.step + 1))
    assert math.isnan(error.history["loss"][-1])
    assert np.isfinite(error.history["loss"][:-1]).all()
    assert weights(model).tobytes() == seen[-1].tobytes(), "the step that failed has not changed them"


def test_an_infinite_gradient_stops_before_the_step():
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    with pytest.raises(NonFiniteError, match=r"(?s)norm of the gradient.*It begins here: the gradient of sqrt"):
        fit(model, [(Tensor([[1.0]]), Tensor([[0.0]]))], lambda out, _: out.sqrt().sum(), sgd(model), epochs=1)
    assert model.weight.item() == 0.0


def test_the_data_or_the_weights_can_be_to_blame():
    x, y = samples()
    spoilt = x.numpy().copy()
    spoilt[3, 1] = np.nan
    model = network()
    with pytest.raises(NonFiniteError, match="input 0 of the batch has 1 such"):
        fit(model, [(Tensor(spoilt), y)], F.cross_entropy, sgd(model), epochs=1)
    with autograd.no_grad():
        model[2].weight[0, 0] = math.inf
    with pytest.raises(NonFiniteError, match=r"weights were not finite before.* 1 entries of '2\.weight'"):
        fit(model, [(x, y)], lambda out, _: out.sum() * 0, sgd(model), epochs=1)


def test_looking_for_the_origin_leaves_no_trace():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter([1.0])
            self.register_buffer("calls", Tensor(0.0))

        def forward(self, x):
            self.calls.add_(1.0)
            autograd.rand(1)
            return (self.w * x).log()

    model = Counting()
    with pytest.raises(NonFiniteError, match="log"):
        fit(model, [(Tensor([-1.0]), Tensor([0.0]))], lambda out, _: out.sum(), sgd(model), epochs=1)
    assert model.calls.item() == 1.0


# --- Ctrl-C ---------------------------------------------------------------------------------------------------------


def test_ctrl_c_finishes_the_step():
    model, other = network(), network()
    at = []

    def loss(output, target):
        at.append(None)
        if len(at) == 7:
            signal.raise_signal(signal.SIGINT)
        return F.cross_entropy(output, target)

    history = fit(model, batches(), loss, sgd(model), epochs=9)
    assert history.interrupted
    assert history.stopped == "interrupted by Ctrl-C after step 7"
    assert len(history.steps) == 7
    fit(other, batches(), F.cross_entropy, sgd(other), steps=7)
    assert weights(model).tobytes() == weights(other).tobytes()
    assert all(p.grad is None for p in model.parameters())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "as it was"


@pytest.mark.parametrize("where", ["loss", "callback", "data", "validation"])
def test_a_keyboard_interrupt_leaves_model_and_history(where):
    model = network().eval()
    at = []

    def strike(name):
        at.append(name)
        if where == name and at.count(name) == 3:
            raise KeyboardInterrupt

    def loss(output, target):
        strike("loss" if output.requires_grad else "validation")
        return F.cross_entropy(output, target)

    class Data(list):
        def __iter__(self):
            for batch in super().__iter__():
                strike("data")
                yield batch

    ended = []
    watch = LambdaCallback(on_step_end=lambda _: strike("callback"), on_train_end=ended.append)
    history = fit(model, Data(batches(8)), loss, sgd(model), epochs=9, validation=samples(), callbacks=[watch])
    assert history.interrupted
    assert "Ctrl-C" in history.stopped
    assert len(history.steps) == {"loss": 2, "callback": 3, "data": 2, "validation": 6}[where]
    assert len(ended) == 1
    assert not model.training
    assert all(p.grad is None for p in model.parameters())
    assert np.isfinite(weights(model)).all()
    fit(model, batches(), F.cross_entropy, sgd(model), epochs=1)


def test_a_second_ctrl_c_stops_at_once():
    model = network()
    handlers = []

    def loss(*_):
        signal.raise_signal(signal.SIGINT)
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            handlers.append(signal.getsignal(signal.SIGINT))
        raise AssertionError("not reached")

    history = fit(model, batches(), loss, sgd(model), epochs=9)
    assert history.interrupted
    assert not len(history.steps)
    assert handlers == [signal.default_int_handler], "put back at once, wherever it strikes"


def test_ctrl_c_in_a_validation_finishes_its_batch():
    model = network()
    finished = []

    def loss(output, target):
        error = F.cross_entropy(output, target)
        if not output.requires_grad:
            signal.raise_signal(signal.SIGINT)
            finished.append(error)
        return error

    history = fit(model, batches(), loss, sgd(model), epochs=2, validation=batches(8))
    assert history.interrupted
    assert len(finished) == 1
    assert len(history.steps) == 5
    assert not len(history.epochs)


def test_what_was_cut_off_in_the_middle_is_put_right():
    model = network()
    pause = autograd.no_grad()

    def loss(*_):
        pause.__enter__()
        model[1].eval()
        raise KeyboardInterrupt

    history = fit(model, batches(), loss, sgd(model), epochs=1)
    assert history.interrupted
    assert autograd.is_grad_enabled()
    assert model[1].training
    pause.__exit__()


def test_ctrl_c_that_has_become_another_error():
    def loss(*_):
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as problem:
            raise SystemError("returned a result with an exception set") from problem

    model = network()
    assert fit(model, batches(), loss, sgd(model), epochs=1).interrupted


def test_ctrl_c_where_nothing_can_be_written(monkeypatch):
    class Busy:
        def write(self, _):
            raise RuntimeError("reentrant call")

    monkeypatch.setattr(sys, "stderr", Busy())
    model = network()
    strike = LambdaCallback(on_step_end=lambda _: signal.raise_signal(signal.SIGINT))
    history = fit(model, batches(), F.cross_entropy, sgd(model), epochs=1, callbacks=[strike], progress=False)
    assert history.stopped == "interrupted by Ctrl-C after step 1"


def test_a_program_that_handles_ctrl_c_goes_on_doing_so():
    noted = []
    before = signal.signal(signal.SIGINT, lambda *_: noted.append(1))
    try:
        model = network()
        watch = LambdaCallback(on_step_end=lambda _: signal.raise_signal(signal.SIGINT))
        history = fit(model, batches(), F.cross_entropy, sgd(model), epochs=1, callbacks=[watch])
    finally:
        signal.signal(signal.SIGINT, before)
    assert noted == [1] * 5
    assert not history.interrupted


def test_fit_runs_in_other_threads():
    found = []
    model = network()
    thread = threading.Thread(
        target=lambda: found.append(fit(model, batches(), F.cross_entropy, sgd(model), epochs=2, validation=samples()))
    )
    thread.start()
    thread.join()
    assert len(found[0].steps) == 10


def test_ctrl_c_from_outside():
    program = """
        import autograd, nn, nn.functional as F
        from nn.train import LambdaCallback, fit
        model = nn.Linear(2, 2)
        x, y = autograd.randn(8, 2), autograd.zeros(8, dtype="int64")
        say = LambdaCallback(on_step_end=lambda run: print("ready", flush=True) if run.step == 3 else None)
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
        history = fit(model, (x, y), F.cross_entropy, optimizer, steps=10**9, callbacks=[say])
        assert history.interrupted and len(history.steps) >= 3 and model.training
        model(x)
        print(history.stopped, flush=True)
        """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    threading.Event().wait(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert out.startswith("interrupted by Ctrl-C after step ")
    assert "once more stops at once" in err


# --- showing --------------------------------------------------------------------------------------------------------


def test_the_bar_is_shown_when_asked_for(capsys):
    model = network()
    fit(model, batches(), F.cross_entropy, sgd(model), epochs=2, validation=samples(), progress=True)
    captured = capsys.readouterr()
    assert not captured.out
    assert "epoch 2/2" in captured.err
    assert "10/10" in captured.err
    assert re.search(r"loss=[\d.]+ \| validation_loss=", captured.err), "what matters most comes before the line ends"


def test_there_is_no_bar_where_nobody_would_see_it(capsys, monkeypatch):
    model = network()
    fit(model, batches(), F.cross_entropy, sgd(model), epochs=1)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys, "stderr", None)
    assert len(fit(model, batches(), F.cross_entropy, sgd(model), epochs=1).steps) == 5


def test_tensorboard_gets_what_the_history_gets(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    model = network()
    history = fit(model, batches(), F.cross_entropy, sgd(model), epochs=2, validation=samples(), log_to=tmp_path)
    (file,) = tmp_path.iterdir()
    found = {}
    for event in EventFileLoader(os.fspath(file)).Load():
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value.tensor.float_val[0]))
    assert [step for step, _ in found["step/loss"]] == history["step"]
    assert np.allclose([loss for _, loss in found["step/loss"]], history["loss"])
    assert np.allclose([loss for _, loss in found["epoch/validation_loss"]], history["validation_loss"])


def test_tensorboard_that_is_missing_is_said_clearly(monkeypatch, tmp_path):
    for name in ("tensorboard", "tensorboard.compat.proto.event_pb2"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingPackageError, match="pip install tensorboard"):
        TensorBoard(tmp_path)


def test_the_document_says_what_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parents[2] / "docs" / "training.md").read_text("utf-8")
    loop, beginning, call = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    names = {}
    for block in (beginning, loop, call):
        exec(block, names)
    assert names["history"]["validation_accuracy"][-1] > 0.9
    assert "validation_accuracy" in capsys.readouterr().out
    assert sorted(file.name for file in tmp_path.iterdir()) == ["moons.csv", "moons.safetensors"]


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "either by epochs or by steps"),
        ({"epochs": 1, "steps": 1}, "either by epochs or by steps"),
        ({"epochs": 0}, "epochs"),
        ({"steps": 1.5}, "steps"),
        ({"epochs": True}, "epochs"),
        ({"epochs": 1, "accumulate": 0}, "accumulate"),
        ({"epochs": 1, "batch_size": 2}, "two Tensors"),
        ({"epochs": 1, "generator": Generator(0)}, "two Tensors"),
        ({"epochs": 1, "clip_grad_norm": 0}, "clip_grad_norm"),
        ({"epochs": 1, "clip_grad_value": -1.0}, "clip_grad_value"),
        ({"epochs": 1, "clip_grad_norm": 1.0, "clip_grad_value": 1.0}, "one of them"),
        ({"epochs": 1, "scheduler_every": "step"}, "there is none"),
        ({"epochs": np.int64(0)}, "epochs"),
        ({"epochs": 1, "resume": True}, "no checkpoint"),
        ({"epochs": 1, "resume": "sometimes"}, "resume"),
        ({"epochs": 1, "metrics": {"loss": F.accuracy}}, "loss"),
        ({"epochs": 1, "metrics": [F.accuracy, F.accuracy]}, "one name"),
    ],
)
def test_arguments_that_make_no_sense(options, message):
    model = network()
    with pytest.raises(ArgumentValueError, match=message):
        fit(model, batches(), F.cross_entropy, sgd(model), **options)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": lambda x: x}, "Module"),
        ({"loss": None}, "loss"),
        ({"loss": nn.CrossEntropyLoss}, "the class CrossEntropyLoss: call it first"),
        ({"scheduler": "cosine"}, "scheduler.*not str"),
        ({"scheduler": ExponentialLR}, "the class ExponentialLR: call it first"),
        ({"callbacks": EarlyStopping()}, "list of callbacks"),
        ({"clip_grad_norm": "1"}, "'clip_grad_norm' is a number"),
        ({"metrics": nn.CrossEntropyLoss}, "metric"),
        ({"optimizer": None}, "optimizer"),
        ({"data": samples()[0]}, "iterable of batches"),
        ({"data": 3}, "iterable of batches"),
        ({"data": [samples()[0]]}, "a batch is"),
        ({"data": [(samples()[0],)]}, "a batch is"),
        ({"early_stopping": 3}, "EarlyStopping"),
        ({"callbacks": [print]}, "callback"),
        ({"callbacks": [Callback]}, "callback"),
        ({"checkpoint": 3}, "checkpoint"),
        ({"metrics": [3]}, "metric"),
        ({"metrics": {"a": lambda *_: "text"}}, "'?a'? is a number"),
        ({"loss": lambda *_: "text"}, "the loss is a number"),
    ],
)
def test_arguments_of_another_kind(change, message):
    model = network()
    usual = {"model": model, "data": batches(), "loss": F.cross_entropy, "optimizer": sgd(model), "epochs": 1}
    with pytest.raises(ArgumentTypeError, match=message):
        fit(**{**usual, **change})


def test_a_loss_that_is_no_loss():
    model = network()
    with pytest.raises(ShapeError, match=r"not a Tensor of shape \(4,\)"):
        fit(model, batches(), nn.CrossEntropyLoss(reduction="none"), sgd(model), epochs=1)
    with pytest.raises(GraphError, match="nothing to learn"):
        fit(model, batches(), lambda out, y: F.cross_entropy(out.detach(), y), sgd(model), epochs=1)
    with pytest.raises(GraphError, match="nothing to learn"):
        fit(model, batches(), lambda out, y: 1.0, sgd(model), epochs=1)


def test_an_optimizer_of_another_model():
    model = network()
    with pytest.raises(GraphError, match="made for another model"):
        fit(model, batches(), F.cross_entropy, sgd(network()), epochs=1)


def test_numbers_can_be_numpys():
    model = network()
    history = fit(model, samples(), F.cross_entropy, sgd(model), epochs=np.int64(2), batch_size=np.int32(5))
    assert len(history.steps) == 8


def test_schedules_that_do_not_fit():
    model = network()
    optimizer, other = sgd(model), sgd(model)
    cases = [
        (ExponentialLR(other, 0.5), None, "another optimizer"),
        (ExponentialLR(optimizer, 0.5), "week", "scheduler_every"),
        (ReduceLROnPlateau(optimizer), "step", "after epochs"),
        (ReduceLROnPlateau(optimizer, mode="max"), None, "after epochs"),
    ]
    for schedule, every, message in cases:
        with pytest.raises(ArgumentValueError, match=message):
            fit(model, batches(), F.cross_entropy, optimizer, epochs=1, scheduler=schedule, scheduler_every=every)


def test_data_that_is_used_up():
    model = network()
    with pytest.raises(ArgumentValueError, match="no batch in epoch 2"):
        fit(model, iter(batches()), F.cross_entropy, sgd(model), epochs=2)
    with pytest.raises(ArgumentValueError, match="no batch in epoch 1"):
        fit(model, [], F.cross_entropy, sgd(model), epochs=2)
    with pytest.raises(ArgumentValueError, match="no samples"):
        fit(model, (autograd.zeros(0, 3), autograd.zeros(0)), F.cross_entropy, sgd(model), epochs=2)
    with pytest.raises(ArgumentValueError, match="no batch"):
        evaluate(model, [], F.cross_entropy)
    with pytest.raises(ArgumentTypeError, match="Module"):
        evaluate(lambda x: x, batches(), F.cross_entropy)


def test_a_lambda_callback_knows_its_events():
    with pytest.raises(ArgumentTypeError, match="on_batch"):
        LambdaCallback(on_batch=print)
    with pytest.raises(ArgumentTypeError, match="function"):
        LambdaCallback(on_step_end=3)


def test_the_history_is_one_of_ours():
    model = network()
    history = fit(model, batches(), F.cross_entropy, sgd(model), epochs=2)
    assert isinstance(history, History)
    assert History.from_dict(history.to_dict()).to_dict() == history.to_dict()
