"""Does a training take the way that it takes in PyTorch, from the same weights and with the same batches?"""

from __future__ import annotations

import numpy as np
import pytest

import nn
import nn.functional as F
from autograd import Tensor
from nn.optim.lr_scheduler import OneCycleLR
from nn.train import fit

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'micrograph[parity]'")

CLOSE = {"rtol": 1e-9, "atol": 1e-9}


@pytest.fixture(autouse=True)
def one_thread():
    """Threads would only wait for each other over matrices so small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def perceptron(kit):
    return kit.Sequential(kit.Linear(4, 16), kit.GELU(), kit.Linear(16, 3)).double()


def normalized(kit):
    return kit.Sequential(
        *(kit.Linear(16, 64), kit.LayerNorm(64), kit.GELU()),
        *(kit.Linear(64, 64), kit.LayerNorm(64), kit.GELU()),
        kit.Linear(64, 4),
    ).double()


def classifier(kit):
    return kit.Sequential(kit.Linear(3, 64), kit.ReLU(), kit.Linear(64, 2)).double()


def twins(build):
    """The same network twice, with PyTorch's weights."""
    torch.manual_seed(0)
    theirs = build(torch.nn)
    ours = build(nn)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def random_batches(count, size, features, classes):
    draws = np.random.default_rng(0)
    return [(draws.normal(size=(size, features)), draws.integers(0, classes, size)) for _ in range(count)]


def their_losses(model, optimizer, batches, clip=None, schedule=None):
    losses = []
    for x, y in batches:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(torch.tensor(x)), torch.tensor(y))
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        if schedule is not None:
            schedule.step()
        losses.append(loss.item())
    return losses


def compare(ours, theirs, our_losses, losses):
    np.testing.assert_allclose(our_losses, losses, **CLOSE)
    state = theirs.state_dict()
    for name, x in ours.state_dict().items():
        np.testing.assert_allclose(x.numpy(), state[name].numpy(), **CLOSE, err_msg=name)


def test_NN_8_adamw_with_clipping():
    ours, theirs = twins(perceptron)
    batches = random_batches(200, 32, 4, 3)
    options = {"lr": 3e-4, "weight_decay": 0.01}
    losses = their_losses(theirs, torch.optim.AdamW(theirs.parameters(), **options), batches, clip=1.0)
    history = fit(
        ours, batches, F.cross_entropy, nn.optim.AdamW(ours.parameters(), **options), epochs=1, clip_grad_norm=1.0
    )
    compare(ours, theirs, history["loss"], losses)


def test_NN_9_layer_norm_and_gelu_evaluated_every_hundred_steps():
    ours, theirs = twins(normalized)
    batches = random_batches(500, 32, 16, 4)
    x, y = random_batches(1, 256, 16, 4)[0]
    optimizer, other = nn.optim.AdamW(ours.parameters(), lr=1e-3), torch.optim.AdamW(theirs.parameters(), lr=1e-3)
    for start in range(0, 500, 100):
        part = batches[start : start + 100]
        losses = their_losses(theirs, other, part)
        history = fit(ours, part, F.cross_entropy, optimizer, epochs=1, validation=(x, y))
        compare(ours, theirs, history["loss"], losses)
        theirs.eval()
        with torch.no_grad():
            held_out = torch.nn.functional.cross_entropy(theirs(torch.tensor(x)), torch.tensor(y)).item()
        theirs.train()
        np.testing.assert_allclose(history["validation_loss"], [held_out], **CLOSE)


@pytest.mark.parametrize("kind", ["SGD", "RMSprop", "Adagrad", "Adam"])
def test_L3_26_every_optimizer_under_a_schedule(kind):
    ours, theirs = twins(classifier)
    batches = random_batches(100, 16, 3, 2)
    options = {"lr": 1e-2, "weight_decay": 1e-4}
    optimizer, other = (
        getattr(kit, kind)(model.parameters(), **options) for kit, model in ((nn.optim, ours), (torch.optim, theirs))
    )
    # without momentum of its own, which not all of them have
    cycle = {"max_lr": 1e-2, "total_steps": 101, "cycle_momentum": False}
    losses = their_losses(theirs, other, batches, schedule=torch.optim.lr_scheduler.OneCycleLR(other, **cycle))
    history = fit(ours, batches, F.cross_entropy, optimizer, steps=100, scheduler=OneCycleLR(optimizer, **cycle))
    compare(ours, theirs, history["loss"], losses)


def test_accumulation_is_that_of_a_large_batch_in_pytorch():
    ours, theirs = twins(classifier)
    batches = random_batches(40, 8, 3, 2)
    pairs = zip(batches[::2], batches[1::2], strict=True)
    large = [tuple(np.concatenate(parts) for parts in zip(*pair, strict=True)) for pair in pairs]
    losses = their_losses(theirs, torch.optim.Adam(theirs.parameters(), lr=1e-2), large)
    optimizer = nn.optim.Adam(ours.parameters(), lr=1e-2)
    history = fit(
        ours, [tuple(map(Tensor, batch)) for batch in batches], F.cross_entropy, optimizer, epochs=1, accumulate=2
    )
    compare(ours, theirs, history["loss"], losses)
