"""What is the density of a normal vector, with gradients to x, mean and covariance?"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.numpy import asarray

__all__ = ["entropy", "logpdf", "pdf"]

_LOG_2PI = float(np.log(2 * np.pi))


def logpdf(x: Any, mean: Any = 0.0, cov: Any = 1.0) -> Any:
    """The logarithm of the density at x of shape (..., d), with mean of shape (d,) and covariance of shape (d, d).

    A number as covariance is that multiple of the identity, a vector its diagonal.
    """
    x = asarray(x)
    cov = _matrix(cov, mean)
    size = cov.shape[0]
    away = x - mean
    rows = np.reshape(away, (-1, size))
    distance = np.sum(rows * np.transpose(np.linalg.solve(cov, np.transpose(rows))), 1)
    left = away.shape[:-1] if size > 1 or away.shape[-1:] == (1,) else away.shape
    return np.reshape(-0.5 * (distance + np.linalg.slogdet(cov)[1] + size * _LOG_2PI), left)


def pdf(x: Any, mean: Any = 0.0, cov: Any = 1.0) -> Any:
    """The density."""
    return np.exp(logpdf(x, mean, cov))


def entropy(mean: Any = None, cov: Any = 1.0) -> Any:
    """The differential entropy; it does not depend on the mean."""
    cov = _matrix(cov, 0.0 if mean is None else mean)
    return 0.5 * (np.linalg.slogdet(cov)[1] + cov.shape[0] * (1 + _LOG_2PI))


def _matrix(cov: Any, mean: Any) -> Any:
    """The covariance as a matrix, of the size that the mean asks for."""
    cov = asarray(cov)
    if cov.ndim == 2:
        return cov
    if cov.ndim == 1:
        return cov * np.eye(cov.shape[0])
    size = np.shape(mean)[0] if np.ndim(mean) else 1
    return cov * np.eye(size)
