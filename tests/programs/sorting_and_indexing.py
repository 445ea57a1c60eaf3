"""Gradients through order and choice: sort, quantiles, masks, repeated indices, cumulative sums, where."""

import autograd.numpy as np
from autograd import elementwise_grad, grad, jacobian

x = np.array([0.3, -1.2, 2.5, 0.9, -0.4, 1.7])
w = np.arange(1.0, 7.0)
matrix = np.outer(x, w) + np.sin(np.arange(36.0)).reshape((6, 6))


def trimmed_mean(x):
    return np.mean(np.sort(x)[1:-1] ** 2)


def repeated(x):
    return np.sum(x[np.array([0, 0, 3, 5, 5, 5])] ** 3) + np.sum(x[x > 0] * 2.0) + x[-1] * x[1]


def pieces(x):
    first, second = np.split(x, [2])
    return np.sum(np.concatenate((second, first)) * w) + np.sum(np.append(first, [1.0, 2.0]) ** 2)


def choices(x):
    return np.where(x > 0.5, np.sqrt(np.abs(x)), x**2) + np.maximum(x, 0.1) * np.clip(x, -1.0, 1.0)


def extremes(m):
    return np.sum(np.max(m, axis=0) * w) - np.prod(np.min(m, axis=1) * 0.3) + np.sum(np.diag(m)) + np.trace(m.T)


results = {
    "trimmed": grad(trimmed_mean)(x),
    "repeated": grad(repeated)(x),
    "pieces": grad(pieces)(x),
    "choices": elementwise_grad(choices)(x),
    "cumulative": jacobian(lambda x: np.cumsum(x**2))(x),
    "extremes": grad(extremes)(matrix),
    "spread": grad(lambda x: np.var(x) + np.std(x * w))(x),
    "rows": grad(lambda m: np.sum(m[[0, 2, 2], 1:4] * m[1, ::2]))(matrix),
    "triangle": grad(lambda m: np.sum(np.tril(m) * np.triu(np.dot(m, m))))(matrix),
    "tile": grad(lambda x: np.sum(np.tile(x, 3) * np.repeat(w, 3)))(x),
}
