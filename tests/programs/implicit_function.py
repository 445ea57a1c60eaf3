"""How a solution of equations moves with a parameter: Jacobians, Newton's method and the implicit function theorem."""

import autograd.numpy as np
from autograd import grad, jacobian


def equations(x, a):
    return np.array([x[0] ** 2 + x[1] ** 2 - a[0], np.exp(0.3 * x[0]) * x[1] - a[1], x[2] - x[0] * x[1] * a[0]])


def solve(a):
    x = np.array([1.0, 1.0, 1.0])
    for _ in range(12):
        x = x - np.linalg.solve(jacobian(equations, 0)(x, a), equations(x, a))
    return x


a = np.array([3.0, 1.1])
x = solve(a)
by_x, by_a = jacobian(equations, 0)(x, a), jacobian(equations, 1)(x, a)
results = {
    "solution": x,
    "implicit": -np.linalg.solve(by_x, by_a),
    "through Newton": jacobian(solve)(a),
    "of a function of it": grad(lambda a: np.sum(solve(a) ** 2))(a),
}
