"""Ink that drifts and spreads on a ring of cells, and the starting picture that best becomes a wanted one."""

import autograd.numpy as np
from autograd import value_and_grad

rows, columns = 8, 9


def laplacian(c):
    return np.roll(c, 1, axis=0) + np.roll(c, -1, axis=0) + np.roll(c, 1, axis=1) + np.roll(c, -1, axis=1) - 4 * c


def drift(c, wind_y, wind_x):
    return wind_y * (np.roll(c, 1, axis=0) - c) + wind_x * (np.roll(c, 1, axis=1) - c)


def simulate(ink, wind, steps):
    for _ in range(steps):
        ink = ink + 0.1 * laplacian(ink) + 0.2 * drift(ink, wind[0] ** 2, wind[1] ** 2)
        ink = ink / (1.0 + 0.01 * np.abs(ink))
    return ink


y, x = np.arange(rows)[:, None], np.arange(columns)
wanted = np.exp(-0.3 * ((y - 4) ** 2 + (x - 4) ** 2))


def distance(params):
    ink = params[: rows * columns].reshape((rows, columns))
    return np.mean((wanted - simulate(ink, params[rows * columns :], 12)) ** 2)


params = np.concatenate((0.1 + 0.05 * np.cos(np.arange(rows * columns)), [0.5, 0.7]))
values = []
for _ in range(20):
    value, gradient = value_and_grad(distance)(params)
    values.append(value)
    params = params - 5.0 * gradient
results = {"values": np.array(values), "params": params, "gradient": gradient}
