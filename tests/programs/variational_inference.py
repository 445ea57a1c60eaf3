"""Black-box variational inference: a normal distribution fitted to an unnormalised density, with fixed draws."""

import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.norm as norm
from autograd import grad
from autograd.misc.optimizers import adam, sgd


def log_density(x):
    mu, log_sigma = x[:, 0], x[:, 1]
    return norm.logpdf(log_sigma, 0, 1.35) + norm.logpdf(mu, 0, np.exp(log_sigma)) + np.log(norm.cdf(mu + 1.0))


draws = npr.RandomState(0).randn(50, 2)


def objective(params, i):
    mean, log_std = params[:2], params[2:]
    entropy = 0.5 * 2 * (1.0 + np.log(2 * np.pi)) + np.sum(log_std)
    samples = draws * np.exp(log_std) + mean
    return -(entropy + np.mean(log_density(samples)))


start = np.array([-1.0, -1.0, -2.0, -2.0])
seen = []
end = adam(grad(objective), start, step_size=0.05, num_iters=60, callback=lambda p, i, g: seen.append(objective(p, i)))
results = {
    "gradient": grad(objective)(start, 0),
    "seen": np.array(seen),
    "adam": end,
    "sgd": sgd(grad(objective), start, num_iters=30, step_size=0.05, mass=0.8),
}
