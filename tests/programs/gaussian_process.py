"""Regression by a Gaussian process: hyperparameters by the gradient of the marginal likelihood."""

import autograd.numpy as np
import autograd.scipy.stats.multivariate_normal as mvn
from autograd import grad, value_and_grad

inputs = np.linspace(-3, 3, 12)[:, None]
targets = np.sin(inputs[:, 0]) + 0.1 * np.cos(17 * inputs[:, 0])


def kernel(params, x, z):
    scale, lengths = np.exp(params[0]), np.exp(params[1:])
    difference = np.expand_dims(x / lengths, 1) - np.expand_dims(z / lengths, 0)
    return scale * np.exp(-0.5 * np.sum(difference**2, axis=2))


def unpack(params):
    return params[0], np.exp(params[1]), params[2:]


def log_likelihood(params):
    mean, noise, rest = unpack(params)
    covariance = kernel(rest, inputs, inputs) + noise * np.eye(len(targets))
    return mvn.logpdf(targets, mean * np.ones(len(targets)), covariance)


def by_hand(params):
    mean, noise, rest = unpack(params)
    covariance = kernel(rest, inputs, inputs) + noise * np.eye(len(targets))
    left = np.linalg.cholesky(covariance)
    away = np.linalg.solve(left, targets - mean)
    return -0.5 * np.dot(away, away) - np.sum(np.log(np.diag(left))) - 0.5 * len(targets) * np.log(2 * np.pi)


def predict(params, new):
    mean, noise, rest = unpack(params)
    covariance = kernel(rest, inputs, inputs) + noise * np.eye(len(targets))
    return mean + np.dot(kernel(rest, new, inputs), np.dot(np.linalg.inv(covariance), targets - mean))


params = np.array([0.1, -1.0, 0.2, 0.3])
for _ in range(10):
    params = params + 0.02 * grad(log_likelihood)(params)
value, gradient = value_and_grad(by_hand)(params)
results = {
    "params": params,
    "value": value,
    "gradient": gradient,
    "determinant": grad(lambda p: np.linalg.slogdet(kernel(p[2:], inputs, inputs) + np.eye(12))[1])(params),
    "slope": grad(lambda x: np.sum(predict(params, x)))(np.array([[0.3], [1.4]])),
}
