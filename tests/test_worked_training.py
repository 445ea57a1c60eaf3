"""Do small networks learn what the teaching texts say that they learn?

Each test is a row of the catalogue, named by its id.
"""

import math

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import Generator, Tensor
from nn.data import circle, linear, ring, spiral, xor
from nn.train import LambdaCallback, evaluate, fit

CORNERS = Tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
EITHER = Tensor([[0.0], [1.0], [1.0], [0.0]])
"""XOR."""


def playground(hidden, seed):
    """h = ReLU(W1·[x, y] + b1), p = σ(W2·h + b2), with σ in the loss."""
    autograd.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, 1))


def learnt(model, x, y, lr, steps):
    """The loss and the accuracy after full-batch steps with binary cross-entropy."""
    loss = F.binary_cross_entropy_with_logits
    fit(model, (x, y), loss, nn.optim.SGD(model.parameters(), lr=lr), steps=steps, log_grad_norm=False)
    found = evaluate(model, (x, y), loss, F.binary_accuracy)
    return found["loss"], found["binary_accuracy"]


def toy(name, seed, count=100):
    x, y = name(count, generator=Generator(seed))
    return x, y.float().reshape(-1, 1)


# --- what a line can divide -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_L4_22_a_linear_classifier_cannot_learn_xor(seed):
    autograd.manual_seed(seed)
    model = nn.Linear(2, 1)
    loss, accuracy = learnt(model, CORNERS, EITHER, lr=1.0, steps=2000)
    assert loss == pytest.approx(math.log(2), rel=1e-5), "its best is to say one half everywhere"
    assert np.abs(model.weight.detach().numpy()).max() < 1e-2
    assert accuracy <= 0.75


def test_L4_22_four_hidden_units_can_learn_xor():
    outcomes = [learnt(playground(4, seed), CORNERS, EITHER, lr=0.5, steps=1500) for seed in range(4)]
    assert sum(accuracy == 1.0 and loss < 0.02 for loss, accuracy in outcomes) >= 2, "not from every start"
    loss, accuracy = learnt(playground(16, 0), CORNERS, EITHER, lr=0.5, steps=1500)
    assert accuracy == 1.0
    assert loss < 0.02


@pytest.mark.parametrize("seed", range(2))
def test_L4_23_a_ring_needs_the_radius(seed):
    x, y = toy(ring, seed)
    autograd.manual_seed(seed)
    _, in_the_plane = learnt(nn.Linear(2, 1), x, y, lr=1.0, steps=1000)
    assert in_the_plane < 0.8
    radius = x.square().sum(1, keepdim=True).sqrt()
    _, by_radius = learnt(nn.Linear(1, 1), radius, y, lr=1.0, steps=3000)
    assert by_radius == 1.0
    assert learnt(playground(8, seed), x, y, lr=1.0, steps=1000)[1] == 1.0, "hidden units find it themselves"


# --- the playground -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [linear, circle, xor])
def test_L3_25_sixteen_units_learn_line_circle_and_xor(name):
    found = [learnt(playground(16, seed), *toy(name, seed), lr=1.0, steps=800)[1] for seed in range(3)]
    assert min(found) >= 0.99


def test_L3_25_a_spiral_needs_many_units():
    """Measured from 3 starts: 0.66 to 0.72 of the points with 2 hidden units, all with 16."""
    few = [learnt(playground(2, seed), *toy(spiral, seed), lr=1.0, steps=1500)[1] for seed in range(3)]
    many = [learnt(playground(16, seed), *toy(spiral, seed), lr=1.0, steps=1500)[1] for seed in range(3)]
    assert 0.5 <= np.mean(few) < 0.75
    assert np.mean(many) > 0.97


def test_L3_25_the_learning_rate_decides_how_far_one_gets():
    losses = [learnt(playground(16, 0), *toy(spiral, 0), lr=lr, steps=1000)[0] for lr in (1.0, 0.1, 0.001)]
    assert losses[0] < 0.5 * losses[1] < 0.5 * losses[2]
    assert losses[2] > 0.6, "hardly anything happens"


# --- the loop -------------------------------------------------------------------------------------------------------


def points_in_space(count=128, seed=0):
    draws = np.random.default_rng(seed)
    x = draws.normal(size=(count, 3)).astype("float32")
    return Tensor(x), Tensor((np.linalg.norm(x, axis=1) > 1.5).astype(np.int64))


def test_L3_26_the_loss_falls():
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 2))
    optimizer = nn.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)
    history = fit(model, points_in_space(), F.cross_entropy, optimizer, epochs=100, batch_size=16, metrics=F.accuracy)
    losses = history["train_loss"]
    assert losses[-1] < 0.35 * losses[0]
    assert np.mean(np.diff(losses) < 0) > 0.8
    assert history["train_accuracy"][-1] > 0.95


def test_L3_26_without_zero_grad_gradients_pile_up():
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 2)).double()
    x, y = points_in_space()
    x = x.double()
    F.cross_entropy(model(x), y).backward()
    once = [p.grad.numpy().copy() for p in model.parameters()]
    for times in (2, 3, 4):
        F.cross_entropy(model(x), y).backward()
        for p, gradient in zip(model.parameters(), once, strict=True):
            assert np.allclose(p.grad.numpy(), times * gradient, rtol=1e-12)
    model.zero_grad()
    F.cross_entropy(model(x), y).backward()
    for p, gradient in zip(model.parameters(), once, strict=True):
        assert np.array_equal(p.grad.numpy(), gradient)


def test_NN_7_gradients_have_the_shapes_of_their_parameters():
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 16), nn.GELU(), nn.Linear(16, 3))
    F.cross_entropy(model(autograd.randn(8, 4)), autograd.randint(0, 3, (8,))).backward()
    assert [p.grad.shape for p in model.parameters()] == [(16, 4), (16,), (3, 16), (3,)]
    assert [p.shape for p in model.parameters()] == [p.grad.shape for p in model.parameters()]


def test_NN_8_a_network_learns_random_labels_by_heart():
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 16), nn.GELU(), nn.Linear(16, 3))
    batch = autograd.randn(32, 4), autograd.randint(0, 3, (32,))
    optimizer = nn.optim.AdamW(model.parameters(), lr=3e-4, weight_decay=0.01)
    history = fit(model, batch, F.cross_entropy, optimizer, steps=200, clip_grad_norm=1.0)
    assert np.all(np.diff(history["loss"]) < 0)
    assert history["loss"][-1] < history["loss"][0] - 0.03


def test_NN_9_training_with_evaluation_every_hundred_steps():
    autograd.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(16, 64),
        nn.LayerNorm(64),
        nn.GELU(),
        nn.Linear(64, 64),
        nn.LayerNorm(64),
        nn.GELU(),
        nn.Linear(64, 4),
    )
    rule = autograd.randn(16, 4)

    def batch(generator):
        x = autograd.randn(32, 16, generator=generator)
        return x, (x @ rule).argmax(1)

    held_out = [batch(Generator(1))]
    modes = []

    def look(run):
        if run.step % 100 == 0:
            run.record.update({f"held_out_{k}": v for k, v in evaluate(model, held_out, loss, F.accuracy).items()})

    def loss(output, target):
        modes.append((model.training, output.requires_grad))
        return F.cross_entropy(output, target)

    draws = Generator(0)
    stream = (batch(draws) for _ in range(500))
    optimizer = nn.optim.AdamW(model.parameters(), lr=1e-3)
    history = fit(model, stream, loss, optimizer, steps=500, callbacks=[LambdaCallback(on_step_end=look)])
    seen = [row for row in history.steps if "held_out_loss" in row]
    assert [row["step"] for row in seen] == [100, 200, 300, 400, 500]
    assert modes.count((False, False)) == 5, "evaluations record nothing"
    assert modes.count((True, True)) == 500
    assert seen[-1]["held_out_loss"] < 0.5 * seen[0]["held_out_loss"]
    assert seen[-1]["held_out_accuracy"] > 0.8


def test_NN_11_an_embedding_looks_up_rows_and_trains_those_only():
    autograd.manual_seed(0)
    embedding = nn.Embedding(10, 4)
    before = embedding.weight.detach().numpy().copy()
    tokens = autograd.tensor([[1, 3, 3], [7, 1, 1]])
    out = embedding(tokens)
    assert out.shape == (2, 3, 4)
    assert np.array_equal(out.detach().numpy(), before[tokens.numpy()])
    out.sum().backward()
    assert np.array_equal(
        embedding.weight.grad.numpy(), np.bincount([1, 3, 3, 7, 1, 1], minlength=10)[:, None] * [[1.0] * 4]
    )
    nn.optim.SGD([embedding.weight], lr=0.1).step()
    changed = np.any(embedding.weight.detach().numpy() != before, axis=1)
    assert np.flatnonzero(changed).tolist() == [1, 3, 7]
