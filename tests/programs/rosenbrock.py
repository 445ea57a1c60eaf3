"""Rosenbrock's function, minimised by SciPy with our gradients, Hessians and Hessian-vector products."""

from scipy.optimize import minimize

import autograd.numpy as np
from autograd import grad, hessian, hessian_vector_product, value_and_grad


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def chained(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0)


start = np.array([-1.2, 1.0])
long_start = np.linspace(-1.0, 1.5, 6)
trust = minimize(rosenbrock, start, jac=grad(rosenbrock), hess=hessian(rosenbrock), method="trust-ncg", tol=1e-12)
newton = minimize(
    chained, long_start, jac=grad(chained), hessp=hessian_vector_product(chained), method="Newton-CG", tol=1e-14
)
bfgs = minimize(value_and_grad(rosenbrock), start, jac=True, method="BFGS", tol=1e-10)
results = {
    "gradient": grad(chained)(long_start),
    "hessian": hessian(chained)(long_start),
    "trust": np.round(trust.x, 8),
    "newton": np.round(newton.x, 8),
    "bfgs": np.round(bfgs.x, 6),
}
