"""A recurrent network that predicts the next letter, trained by RMSProp through time."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad
from autograd.misc.optimizers import rmsprop
from autograd.scipy.special import logsumexp

text = "the quick brown fox jumps over the lazy dog "
letters = sorted(set(text))
codes = np.array([letters.index(letter) for letter in text])
one_hot = np.eye(len(letters))[codes].reshape((4, 11, len(letters))).transpose((1, 0, 2))


def concat_and_multiply(weights, *parts):
    stacked = np.hstack(parts + (np.ones((parts[0].shape[0], 1)),))
    return np.dot(stacked, weights)


def rnn(params, inputs):
    hidden = np.repeat(params["start"], inputs.shape[1], axis=0)
    outputs = []
    for step in inputs:
        hidden = np.tanh(concat_and_multiply(params["change"], step, hidden))
        scores = concat_and_multiply(params["predict"], hidden)
        outputs.append(scores - logsumexp(scores, axis=1, keepdims=True))
    return outputs


def loss(params, i):
    log_likelihood = 0.0
    for predicted, actual in zip(rnn(params, one_hot[:-1]), one_hot[1:]):
        log_likelihood = log_likelihood + np.sum(predicted * actual)
    return -log_likelihood / (one_hot.shape[0] * one_hot.shape[1])


rs = npr.RandomState(5)
size, width = len(letters), 7
start = {
    "start": 0.1 * rs.randn(1, width),
    "change": 0.1 * rs.randn(size + width + 1, width),
    "predict": 0.1 * rs.randn(width + 1, size),
}
gradient = grad(loss)(start, 0)
end = rmsprop(grad(loss), start, num_iters=25, step_size=0.02)
results = {
    "gradient to start": gradient["start"],
    "gradient to change": gradient["change"],
    "predict": end["predict"],
    "loss": loss(end, 0),
}
