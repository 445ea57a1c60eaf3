"""A mixture of two-dimensional normal distributions, fitted by the gradient of its log-likelihood."""

import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.multivariate_normal as mvn
from autograd import grad, hessian_vector_product
from autograd.misc.flatten import flatten_func
from autograd.scipy.special import logsumexp


def init(rs, components, dimensions):
    return {
        "log proportions": 0.1 * rs.randn(components),
        "means": rs.randn(components, dimensions),
        "roots": [np.eye(dimensions) + 0.05 * rs.randn(dimensions, dimensions) for _ in range(components)],
    }


def log_likelihood(params, data):
    normed = params["log proportions"] - logsumexp(params["log proportions"])
    terms = []
    for log_p, mean, root in zip(normed, params["means"], params["roots"]):
        terms.append(log_p + mvn.logpdf(data, mean, np.dot(root.T, root)))
    return np.sum(logsumexp(np.vstack(terms), axis=0))


rs = npr.RandomState(1)
centres = np.array([[0.0, 2.0], [-2.0, -1.0], [2.0, -1.0]])
data = np.concatenate([c + 0.5 * rs.randn(20, 2) for c in centres])

params = init(rs, 3, 2)
objective = lambda params: -log_likelihood(params, data) / len(data)
flat_objective, unflatten, flat = flatten_func(objective, params)
gradient = grad(flat_objective)
losses = []
for _ in range(40):
    losses.append(flat_objective(flat))
    flat = flat - 0.2 * gradient(flat)
direction = np.cos(np.arange(len(flat)))
results = {
    "losses": np.array(losses).ravel(),
    "parameters": flat,
    "curvature": hessian_vector_product(flat_objective)(flat, direction),
}
