"""A training that was cut at any point and goes on gives the same bits as one that was not."""

import itertools
import os
import random
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import ArgumentValueError, AutogradError, Generator, InterchangeError, Tensor
from nn.data import DataLoader, TensorDataset
from nn.module import StateDictError
from nn.optim.lr_scheduler import CosineAnnealingLR, ReduceLROnPlateau
from nn.train import Callback, Checkpointer, EarlyStopping, LambdaCallback, fit

EPOCHS, BATCHES, SIZE = 2, 5, 4


class Noise(nn.Module):
    """Adds draws from a generator of its own, and from Python's and NumPy's global ones."""

    def __init__(self):
        super().__init__()
        self.generator = Generator(5)
        self.other = np.random.default_rng(6)
        self.register_buffer("calls", Tensor(0.0), persistent=False)

    def forward(self, x):
        if not self.training:
            return x
        self.calls.add_(1.0)
        elsewhere = random.random() + np.random.rand() + self.other.random()  # noqa: NPY002
        return x + 0.01 * autograd.randn(x.shape[-1], generator=self.generator) + 0.01 * elsewhere * self.calls


def network():
    return nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), Noise(), nn.Linear(8, 2))


def samples(count=BATCHES * SIZE - 1, seed=0):
    draws = np.random.default_rng(seed)
    x = draws.normal(size=(count, 3)).astype("float32")
    return Tensor(x), Tensor((x.sum(1) > 0).astype(np.int64))


def shuffled(workers=0, own=True):
    generator = Generator(3) if own else None
    return DataLoader(TensorDataset(*samples()), SIZE, shuffle=True, num_workers=workers, generator=generator)


def plain_list():
    x, y = samples()
    return [(x[i : i + SIZE], y[i : i + SIZE]) for i in range(0, len(y.data), SIZE)]


class Stream:
    """Batches whose order is drawn from the default generator, and that cannot tell where they are."""

    def __iter__(self):
        x, y = samples()
        for numbers in autograd.randperm(BATCHES * (SIZE - 1)).reshape(BATCHES, SIZE - 1).numpy():
            yield x[numbers], y[numbers]


DATA = {
    "loader": shuffled,
    "workers": lambda: shuffled(workers=2),
    "default generator": lambda: shuffled(own=False),
    "list": plain_list,
    "stream": Stream,
}


class Averages(Callback):
    """A callback that has something to keep: a running mean of the weights."""

    def __init__(self):
        self.means = {}

    def on_step_end(self, run):
        for name, p in run.model.named_parameters():
            now = p.detach().numpy().copy()
            self.means[name] = 0.9 * self.means.get(name, now) + 0.1 * now

    def state_dict(self):
        return {"means": dict(self.means)}

    def load_state_dict(self, state):
        self.means = state["means"]


class Setup:
    """A whole training, made anew from seeds each time."""

    def __init__(self, data="loader", seed=1):
        autograd.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        self.model = network()
        self.optimizer = nn.optim.Adam(self.model.parameters(), lr=0.05)
        self.scheduler = CosineAnnealingLR(self.optimizer, 6)
        self.averages = Averages()
        self.data = DATA[data]()
        self.validation = DataLoader(TensorDataset(*samples(9, seed=1)), 4, shuffle=True)

    def train(self, *, loss=F.cross_entropy, callbacks=(), **options):
        usual = {
            "epochs": EPOCHS,
            "validation": self.validation,
            "metrics": F.accuracy,
            "scheduler": self.scheduler,
            "scheduler_every": "step",
            "accumulate": 2,
            "clip_grad_norm": 1.0,
            "early_stopping": EarlyStopping(5),
            "callbacks": [self.averages, *callbacks],
        }
        history = fit(self.model, self.data, loss, self.optimizer, **{**usual, **options})
        return history, self.bits(history)

    def bits(self, history):
        """Everything that a training leaves behind."""
        state = self.optimizer.state_dict()["state"]
        arrays = {
            **self.model.state_dict(),
            **{f"{n} {name}": x for n, entry in state.items() for name, x in entry.items()},
            **self.averages.means,
            "calls": self.model[4].calls,
            "draw": autograd.rand(3),
            "module draw": autograd.rand(3, generator=self.model[4].generator),
            "python": random.random(),
            "numpy": np.random.rand(),  # noqa: NPY002
        }
        arrays = {name: np.asarray(x.detach() if isinstance(x, Tensor) else x).tobytes() for name, x in arrays.items()}
        tables = history.to_dict()
        return {**arrays, "lr": self.scheduler.get_last_lr(), "history": [tables["steps"], tables["epochs"]]}


class CtrlC:
    """A loss that asks for the end after so many batches of training."""

    def __init__(self, after):
        self.left = after

    def __call__(self, output, target):
        if output.requires_grad:
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)
        return F.cross_entropy(output, target)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.safetensors"


def differences(a, b):
    return [name for name in a if a[name] != b[name]] + sorted(a.keys() ^ b.keys())


# --- the same bits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("cut", range(1, EPOCHS * BATCHES + 1))
def test_cut_after_any_batch(data, cut, path):
    _, whole = Setup(data).train()
    first, _ = Setup(data).train(loss=CtrlC(cut), checkpoint=path)
    assert first.interrupted
    epochs, batches = divmod(cut - 1, BATCHES)
    assert len(first.steps) == 3 * epochs + (batches + 1) // 2
    second, resumed = Setup(data, seed=99).train(checkpoint=path, resume=True)
    assert not second.interrupted
    assert not differences(whole, resumed)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("cut", range(1, 7))
def test_killed_after_any_step(data, cut, path):
    """What was computed after the last checkpoint is computed again, alike."""

    def die(run):
        if run.step == cut:
            raise MemoryError

    _, whole = Setup(data).train()
    keep = Checkpointer(path, every=1)
    with pytest.raises(MemoryError):
        Setup(data).train(callbacks=[LambdaCallback(on_step_end=die)], checkpoint=keep)
    assert path.exists() == (cut > 1)
    _, resumed = Setup(data, seed=99 if cut > 1 else 1).train(checkpoint=path, resume="auto")
    assert not differences(whole, resumed)


def test_cut_many_times(path):
    _, whole = Setup().train()
    for turn in itertools.count():
        history, bits = Setup(seed=turn + 1).train(loss=CtrlC(1), checkpoint=path, resume="auto")
        if not history.interrupted:
            break
    assert turn == EPOCHS * BATCHES
    assert not differences(whole, bits)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_cut_in_the_validation(at, path):
    calls = []

    def loss(output, target):
        if not output.requires_grad:
            calls.append(None)
            if len(calls) == at + 3:  # of the second epoch
                signal.raise_signal(signal.SIGINT)
        return F.cross_entropy(output, target)

    _, whole = Setup().train()
    history, _ = Setup().train(loss=loss, checkpoint=Checkpointer(path, every=1000))
    assert history.interrupted
    assert len(history.steps) == 6
    assert len(history.epochs) == (1 if at < 3 else 2), "the last of its batches ends it"
    _, resumed = Setup(seed=99).train(checkpoint=path, resume=True)
    assert not differences(whole, resumed)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
def test_fewer_steps_first(steps, path):
    _, whole = Setup().train(epochs=None, steps=6)
    Setup().train(epochs=None, steps=steps, checkpoint=path)
    _, resumed = Setup(seed=99).train(epochs=None, steps=6, checkpoint=path, resume=True)
    assert not differences(whole, resumed)


def test_fewer_epochs_first(path):
    _, whole = Setup().train()
    Setup().train(epochs=1, checkpoint=path)
    _, resumed = Setup(seed=99).train(checkpoint=path, resume=True)
    assert not differences(whole, resumed)


def test_a_training_that_is_complete_is_only_read(path):
    history, whole = Setup().train(checkpoint=path)
    again, resumed = Setup(seed=99).train(checkpoint=path, resume=True)
    assert not differences(whole, resumed)
    assert again.to_dict() == history.to_dict()


def test_the_checkpoint_changes_nothing(path):
    _, without = Setup().train()
    _, beside = Setup().train(checkpoint=Checkpointer(path, every=1))
    assert not differences(without, beside)


@pytest.mark.parametrize("cut", [2, 5, 7, 12])
def test_early_stopping_goes_on_counting(cut, path):
    def run(setup, **options):
        return setup.train(
            epochs=9, scheduler=None, scheduler_every=None, early_stopping=EarlyStopping(2, min_delta=0.5), **options
        )

    history, whole = run(Setup())
    assert "early stopping" in history.stopped
    run(Setup(), loss=CtrlC(cut), checkpoint=path)
    again, resumed = run(Setup(seed=99), checkpoint=path, resume=True)
    assert not differences(whole, resumed)
    assert again.stopped == history.stopped
    once_more, _ = run(Setup(seed=98), checkpoint=path, resume=True)
    assert once_more.stopped == history.stopped
    assert len(once_more.steps) == len(history.steps)


@pytest.mark.parametrize("cut", [3, 5, 8])
def test_a_plateau_goes_on(cut, path):
    def run(seed, **options):
        setup = Setup(seed=seed)
        setup.scheduler = ReduceLROnPlateau(setup.optimizer, patience=0, threshold=0.5)
        return setup.train(scheduler=setup.scheduler, scheduler_every=None, **options)

    _, whole = run(1)
    run(1, loss=CtrlC(cut), checkpoint=path)
    _, resumed = run(99, checkpoint=path, resume=True)
    assert not differences(whole, resumed)


def test_killed_from_outside(path):
    program = """
        import os, sys
        import autograd, nn, nn.functional as F
        from nn.train import Checkpointer, LambdaCallback, fit

        autograd.manual_seed(int(sys.argv[2]))
        model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
        x = autograd.rand(16, 2, generator=autograd.Generator(0))
        die = LambdaCallback(on_step_end=lambda run: os.kill(os.getpid(), 9) if run.step == int(sys.argv[3]) else None)
        fit(
            model, (x, x.sum(1, keepdim=True)), F.mse_loss, nn.optim.Adam(model.parameters()), epochs=3, batch_size=4,
            checkpoint=Checkpointer(sys.argv[1], every=1), resume="auto", callbacks=[die]
        )
        print(model.state_dict(), autograd.rand(1))
        """

    def run(name, seed, dies_at):
        command = [sys.executable, "-c", textwrap.dedent(program), str(path.with_name(name)), str(seed), str(dies_at)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    whole = run("whole", 1, 0)
    assert whole.returncode == 0, whole.stderr
    assert run("cut", 1, 7).returncode == -signal.SIGKILL
    again = run("cut", 2, 0)
    assert again.stdout == whole.stdout
    assert [other.name for other in path.parent.iterdir() if ".tmp" in other.name] == []


# --- files ----------------------------------------------------------------------------------------------------------


def simple(path=None, model=None, epochs=2, **options):
    autograd.manual_seed(0)
    model = nn.Linear(3, 2) if model is None else model
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    history = fit(model, plain_list(), F.cross_entropy, optimizer, epochs=epochs, checkpoint=path, **options)
    return model, history


def test_the_weights_are_in_the_file(path):
    model, _ = simple(path)
    found = nn.load_checkpoint(path)["model"]
    assert {name: x.tolist() for name, x in found.items()} == {n: x.tolist() for n, x in model.state_dict().items()}


def test_how_often_and_how_many(path):
    written = []
    watch = LambdaCallback(on_step_end=lambda run: written.append(path.exists()))
    simple(path, callbacks=[watch])
    assert written == [False] * 5 + [True] * 5, "after every epoch"
    path.unlink()
    simple(Checkpointer(path, every=3, keep=3), epochs=4)
    steps = {file.name: nn.load_checkpoint(file)["place"]["step"] for file in path.parent.iterdir()}
    assert steps == {"run.safetensors": 20, "run-18.safetensors": 18, "run-15.safetensors": 15}
    simple(Checkpointer(path, every=3, keep=3), epochs=5, resume=True)
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "run-21.safetensors",
        "run-24.safetensors",
        "run.safetensors",
    ]
    path.unlink()
    with pytest.raises(FileExistsError, match=r"run-21\.safetensors, run-24\.safetensors"):
        simple(Checkpointer(path, keep=2))


def test_a_checkpoint_of_the_same_kind_is_replaced(path):
    simple(path, epochs=3)
    simple(path, epochs=1)
    assert nn.load_checkpoint(path)["place"]["step"] == 5


def test_other_runs_may_have_longer_names(path):
    other = path.with_name("run-long.safetensors")
    other.write_bytes(b"mine")
    simple(Checkpointer(path, every=1, keep=2))
    assert other.read_bytes() == b"mine"


def test_a_checkpoint_cannot_have_other_files_removed(path):
    simple(path)
    other = path.with_name("thesis.txt")
    other.write_text("mine")
    nn.save_checkpoint(path, {**nn.load_checkpoint(path), "files": ["thesis.txt", "../thesis.txt", 3]})
    simple(Checkpointer(path, every=1, keep=2), epochs=4, resume=True)
    assert other.read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_that_cannot_be_written_into(resume, path):
    simple(path)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match="cannot be written into"):
            simple(path, resume=resume)
    finally:
        path.parent.chmod(0o700)


def test_ctrl_c_once_more_does_not_disturb_the_last_checkpoint(path):
    class Struck(Checkpointer):
        def write(self, state):
            signal.raise_signal(signal.SIGINT)
            super().write(state)

    def loss(output, target):
        if not output.requires_grad:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        return F.cross_entropy(output, target)

    _, whole = Setup().train()
    history, _ = Setup().train(loss=loss, checkpoint=Struck(path, every=1000))
    assert history.interrupted
    _, resumed = Setup(seed=99).train(checkpoint=path, resume=True)
    assert not differences(whole, resumed)


def test_nothing_else_is_overwritten(path):
    for content in (b"mine", b""):
        path.write_bytes(content)
        with pytest.raises(FileExistsError, match="no checkpoint of a training"):
            simple(path)
        assert path.read_bytes() == content
    for save in (lambda: nn.save({"a": Tensor([1.0])}, path), lambda: nn.save_checkpoint(path, {"kind": "other"})):
        path.unlink()
        save()
        before = path.read_bytes()
        with pytest.raises(FileExistsError, match="no checkpoint of a training"):
            simple(path)
        assert path.read_bytes() == before
    path.unlink()
    simple(path)
    with pytest.raises(FileExistsError, match="another model"):
        simple(path, nn.Sequential(nn.Linear(3, 2)))


def test_problems_show_before_anything_is_computed(path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        simple(path / "deeper" / "run.safetensors")
    with pytest.raises(FileNotFoundError):
        simple(path, resume=True)
    assert not path.exists()


def test_a_damaged_file_is_a_clear_error(path):
    simple(path)
    whole = path.read_bytes()
    for end in (0, 7, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:end])
        with pytest.raises(InterchangeError, match=r"run\.safetensors"):
            simple(path, resume=True)


@pytest.mark.parametrize(
    "part", ["form", "model", "optimizer", "data", "place", "gradients", "callbacks", "history", "random"]
)
@pytest.mark.parametrize("value", [None, 3, {}, [3], {"a": 3}])
def test_a_file_with_something_else_in_it_is_a_clear_error(part, value, path):
    simple(path)
    state = nn.load_checkpoint(path)
    nn.save_checkpoint(path, {**state, part: value})
    with pytest.raises(AutogradError):
        simple(path, resume=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("step", -1),
        ("step", "7"),
        ("step", 1e300),
        ("epoch", 0),
        ("batch", None),
        ("pending", 1),
        ("of_the_step", {"values": {"loss": "low"}, "count": 1}),
        ("of_the_epoch", {"values": {}, "count": -1}),
    ],
)
def test_a_place_that_cannot_be_is_a_clear_error(name, value, path):
    simple(path)
    state = nn.load_checkpoint(path)
    nn.save_checkpoint(path, {**state, "place": {**state["place"], name: value}})
    with pytest.raises(InterchangeError, match=r"run\.safetensors.*no sound checkpoint"):
        simple(path, resume=True)


def test_other_files_and_versions_are_refused(path):
    simple(path)
    state = nn.load_checkpoint(path)
    nn.save_checkpoint(path, {**state, "version": 2})
    with pytest.raises(InterchangeError, match="version 2"):
        simple(path, resume=True)
    nn.save_checkpoint(path, {"model": state["model"]})
    with pytest.raises(InterchangeError, match="none that fit"):
        simple(path, resume=True)


def test_another_training_cannot_go_on(path):
    simple(path)
    model, optimizer = nn.Linear(3, 2), nn.optim.SGD
    with pytest.raises(StateDictError):
        simple(path, nn.Sequential(nn.Linear(3, 2)), resume=True)
    decaying = optimizer(model.parameters(), lr=0.1)
    with pytest.raises(ArgumentValueError, match="scheduler None; this one has 'CosineAnnealingLR'"):
        fit(
            model,
            plain_list(),
            F.cross_entropy,
            decaying,
            epochs=3,
            scheduler=CosineAnnealingLR(decaying, 6),
            checkpoint=path,
            resume=True,
        )
    with pytest.raises(ArgumentValueError, match="EarlyStopping"):
        simple(path, early_stopping=EarlyStopping(), resume=True)
    with pytest.raises(ArgumentValueError, match="accumulate 1; this one has 2"):
        simple(path, accumulate=2, resume=True)
    for other in (nn.optim.Adam(model.parameters()), nn.optim.RMSprop(model.parameters())):
        with pytest.raises(ArgumentValueError, match="optimizer 'SGD'; this one has"):
            fit(model, plain_list(), F.cross_entropy, other, epochs=3, checkpoint=path, resume=True)
    with pytest.raises(ArgumentValueError, match="another form"):
        fit(
            model,
            shuffled(),
            F.cross_entropy,
            optimizer(model.parameters(), lr=0.1),
            epochs=3,
            checkpoint=path,
            resume=True,
        )
    with pytest.raises(ArgumentValueError, match="gradients for 1 parameters"):
        fit(
            model,
            plain_list(),
            F.cross_entropy,
            optimizer([model.weight], lr=0.1),
            epochs=3,
            checkpoint=path,
            resume=True,
        )


def test_data_that_became_shorter(path):
    model = nn.Linear(3, 2)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    fit(model, plain_list(), CtrlC(4), optimizer, epochs=1, checkpoint=path)
    with pytest.raises(ArgumentValueError, match="cut after 4 batches of an epoch, but the data has only 2"):
        fit(model, plain_list()[:2], F.cross_entropy, optimizer, epochs=1, checkpoint=path, resume=True)


def test_a_loader_that_somebody_else_reads_from(path):
    setup = Setup()
    peek = LambdaCallback(on_step_end=lambda run: next(iter(setup.data)))
    with pytest.raises(ArgumentValueError, match="reads from it, too"):
        setup.train(callbacks=[peek], checkpoint=Checkpointer(path, every=1))


@pytest.mark.parametrize(
    ("options", "message"), [({"every": 0}, "every"), ({"every": "week"}, "every"), ({"keep": 0}, "keep")]
)
def test_checkpointers_that_make_no_sense(options, message):
    with pytest.raises(ArgumentValueError, match=message):
        Checkpointer("run", **options)
