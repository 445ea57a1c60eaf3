"""A convolutional layer from index arrays and einsum, pooled by the maximum, with its gradients."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad

rs = npr.RandomState(3)
images = rs.randn(4, 2, 8, 8)
labels = np.eye(3)[np.array([0, 1, 2, 1])]


def windows(x, size):
    """Every window of an image: (n, channels, size, size, height, width)."""
    height, width = x.shape[2] - size + 1, x.shape[3] - size + 1
    i = np.arange(size)[:, None, None, None] + np.arange(height)[None, None, :, None]
    j = np.arange(size)[None, :, None, None] + np.arange(width)[None, None, None, :]
    return x[:, :, i, j]


def convolve(x, kernel):
    return np.einsum("ncijhw,kcij->nkhw", windows(x, kernel.shape[2]), kernel)


def pool(x):
    n, k, height, width = x.shape
    return np.max(np.max(x.reshape((n, k, height // 2, 2, width // 2, 2)), axis=5), axis=3)


def loss(params):
    hidden = pool(np.maximum(convolve(images, params["kernel"]) + params["bias"][:, None, None], 0.0))
    scores = np.dot(np.reshape(hidden, (hidden.shape[0], -1)), params["out"])
    scores = scores - np.max(scores, axis=1, keepdims=True)
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(np.sum(log_p * labels, axis=1))


params = {"kernel": 0.3 * rs.randn(5, 2, 3, 3), "bias": 0.1 * rs.randn(5), "out": 0.2 * rs.randn(45, 3)}
results = {}
for step in range(5):
    gradient = grad(loss)(params)
    results[f"loss {step}"] = loss(params)
    for name in sorted(params):
        params[name] = params[name] - 0.5 * gradient[name]
results.update(gradient)
