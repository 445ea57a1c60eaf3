"""Which distributions can be differentiated?"""

from autograd.scipy.stats import multivariate_normal, norm

__all__ = ["multivariate_normal", "norm"]
