"""Logistic regression on a toy data set, by gradient descent."""

import autograd.numpy as np
from autograd import grad, value_and_grad


def sigmoid(x):
    return 0.5 * (np.tanh(x / 2.0) + 1)


def predictions(weights, inputs):
    return sigmoid(np.dot(inputs, weights))


def loss(weights):
    p = predictions(weights, inputs)
    likelihood = p * targets + (1 - p) * (1 - targets)
    return -np.sum(np.log(likelihood))


inputs = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
targets = np.array([True, True, False, True])

gradient = grad(loss)
weights = np.array([0.0, 0.0, 0.0])
history = []
for _ in range(100):
    history.append(loss(weights))
    weights -= gradient(weights) * 0.01

results = {"weights": weights, "history": np.array(history[::10]), "end": value_and_grad(loss)(weights)}
