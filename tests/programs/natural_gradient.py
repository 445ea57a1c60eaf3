"""Gauss–Newton steps: products with the generalised Gauss–Newton matrix, solved by conjugate gradients."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad, make_ggnvp, make_hvp, make_vjp

rs = npr.RandomState(7)
inputs = rs.randn(30, 3)
targets = np.sin(inputs[:, 0]) + 0.5 * inputs[:, 1] * inputs[:, 2]


def model(w):
    hidden = np.tanh(np.dot(inputs, w[:12].reshape((3, 4))) + w[12:16])
    return np.dot(hidden, w[16:])


def misfit(out):
    return 0.5 * np.sum((out - targets) ** 2)


def loss(w):
    return misfit(model(w))


def conjugate_gradients(product, b, steps):
    x, r = np.zeros(len(b)), b
    p = r
    for _ in range(steps):
        ap = product(p)
        alpha = np.dot(r, r) / np.dot(p, ap)
        x = x + alpha * p
        left = r - alpha * ap
        p = left + np.dot(left, left) / np.dot(r, r) * p
        r = left
    return x


w = 0.5 * rs.randn(20)
losses = [loss(w)]
for _ in range(5):
    ggnvp = make_ggnvp(model, misfit)(w)
    w = w - conjugate_gradients(lambda v: ggnvp(v) + 1.0 * v, grad(loss)(w), 6)
    losses.append(loss(w))

direction = np.arange(20) / 20.0
hvp, gradient = make_hvp(loss)(w)
vjp, out = make_vjp(model)(w)
results = {
    "losses": np.array(losses),
    "weights": w,
    "ggnvp": make_ggnvp(model)(w)(direction),
    "hvp": hvp(direction),
    "gradient": gradient,
    "vjp": vjp(out),
}
