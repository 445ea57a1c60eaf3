"""Predators and prey by Euler's method: the solution differentiated with respect to rates and starting point."""

import autograd.numpy as np
from autograd import grad, jacobian


def rates(state, t, theta):
    prey, predators = state
    alpha, beta, gamma, delta = theta
    season = 1.0 + 0.1 * np.sin(t)
    return np.array([alpha * season * prey - beta * prey * predators, delta * prey * predators - gamma * predators])


def euler(start, theta, steps=200, dt=0.02):
    path = [start]
    for i in range(steps):
        path.append(path[-1] + dt * rates(path[-1], i * dt, theta))
    return np.array(path)


true_theta = np.array([1.1, 0.4, 0.9, 0.25])
observed = euler(np.array([4.0, 2.0]), true_theta)[::20]


def misfit(theta, start):
    return np.mean((euler(start, theta)[::20] - observed) ** 2)


theta, start = np.array([1.0, 0.5, 1.0, 0.2]), np.array([3.5, 2.5])
to_theta, to_start = grad(misfit, 0), grad(misfit, 1)
results = {
    "end by theta": jacobian(lambda theta: euler(start, theta)[-1])(theta),
    "to theta": to_theta(theta, start),
    "to start": to_start(theta, start),
}
for _ in range(15):
    theta = theta - 0.005 * to_theta(theta, start)
    start = start - 0.05 * to_start(theta, start)
results["fitted"] = np.concatenate((theta, start))
results["misfit"] = misfit(theta, start)
