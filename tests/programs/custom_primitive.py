"""An operation of one's own, with its rule, in first and second derivatives."""

import autograd.numpy as np
from autograd import grad, hessian, jacobian
from autograd.extend import defvjp, primitive
from autograd.test_util import check_grads


@primitive
def logsumexp(x):
    """Numerically safe log(sum(exp(x)))."""
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def logsumexp_vjp(ans, x):
    return lambda g: g * np.exp(x - ans)


defvjp(logsumexp, logsumexp_vjp)


@primitive
def scaled_power(x, k, offset=0.0):
    return offset + x**k


defvjp(scaled_power, lambda ans, x, k, offset=0.0: lambda g: g * k * x ** (k - 1), None)


def example(y):
    z = y**2
    return logsumexp(z) + np.sum(scaled_power(y, 3, offset=1.0))


point = np.array([1.5, 0.7, -0.9, 2.0])
check_grads(example, modes=["rev"])(point)
results = {
    "value": example(point),
    "gradient": grad(example)(point),
    "jacobian": jacobian(grad(example))(point),
    "hessian": hessian(example)(point),
    "single": grad(grad(lambda x: scaled_power(x, 4)))(1.3),
}
