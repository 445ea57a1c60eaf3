"""A small classifier whose parameters are a list of pairs (weights, biases), trained by Adam on batches."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad
from autograd.misc import flatten
from autograd.misc.optimizers import adam
from autograd.scipy.special import logsumexp


def init_params(scale, sizes, rs):
    return [(scale * rs.randn(m, n), scale * rs.randn(n)) for m, n in zip(sizes[:-1], sizes[1:])]


def predict(params, inputs):
    """Log-probabilities of the classes."""
    for weights, biases in params:
        outputs = np.dot(inputs, weights) + biases
        inputs = np.tanh(outputs)
    return outputs - logsumexp(outputs, axis=1, keepdims=True)


def log_posterior(params, inputs, targets, l2):
    prior = -l2 * sum(np.sum(w**2) + np.sum(b**2) for w, b in params)
    return prior + np.sum(predict(params, inputs) * targets)


rs = npr.RandomState(0)
angles = rs.uniform(0, 2 * np.pi, 90)
labels = np.arange(90) % 3
images = np.stack([(1 + labels) * np.cos(angles), (1 + labels) * np.sin(angles)], 1) + 0.1 * rs.randn(90, 2)
targets = np.eye(3)[labels]
batch = 30


def objective(params, iteration):
    chosen = slice((iteration % 3) * batch, (iteration % 3 + 1) * batch)
    return -log_posterior(params, images[chosen], targets[chosen], 0.01)


start = init_params(0.5, [2, 16, 3], rs)
seen = []
end = adam(grad(objective), start, callback=lambda p, i, g: seen.append(flatten(g)[0][i]), num_iters=60, step_size=0.02)
results = {
    "first gradient": flatten(grad(objective)(start, 0))[0],
    "seen": np.array(seen),
    "parameters": flatten(end)[0],
    "accuracy": np.mean(np.argmax(predict(end, images), axis=1) == labels),
}
