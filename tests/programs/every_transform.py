"""Each way of asking for derivatives, on one function of several arguments."""

import autograd.numpy as np
from autograd import (
    deriv,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_tensor_product,
    jacobian,
    make_jvp,
    make_vjp,
    tensor_jacobian_product,
    value_and_grad,
)
from autograd.builtins import isinstance, tuple
from autograd.misc.flatten import flatten


def f(a, b, power=2):
    if isinstance(b, (float, np.ndarray)):
        return np.sum(np.sin(a) * b**power) + np.sum(a**3)
    return np.sum(a * b["x"]) ** 2 + b["y"]


a, b = np.array([0.4, 1.1, -0.7]), 1.3
v = np.array([1.0, -2.0, 0.5])
jvp_value, jvp_tangent = make_jvp(lambda a: np.outer(a, a) * b)(a)(v)
nested = {"z": [a, (a * 2, 3.0)], "a": np.ones((2, 2))}
flat, unflatten = flatten(nested)
to_pair = grad(f, (0, 1))(a, b, power=3)
to_point = grad(f, 1)(a, {"x": a, "y": 2.0})

results = {
    "second argument": grad(f, 1)(a, b, power=3),
    "pair": np.append(to_pair[0], to_pair[1]),
    "named": grad_named(f, "b")(a, b),
    "dict": np.append(to_point["x"], to_point["y"]),
    "value and gradient": np.append(*value_and_grad(f)(a, b)),
    "with aux": grad_and_aux(lambda a: tuple((np.sum(a**2), np.sum(a))))(a)[0],
    "hessian of a matrix function": hessian(lambda m: np.sum(np.dot(m, m) * m))(np.outer(a, a[:2])[:2]),
    "hessian times": hessian_tensor_product(f)(a, b, v),
    "times jacobian": tensor_jacobian_product(lambda a: np.outer(a, a**2))(a, v),
    "jacobian": jacobian(lambda a: np.outer(a, a) * b)(a),
    "jvp": np.append(jvp_value, jvp_tangent),
    "vjp": make_vjp(lambda a: np.outer(a, a) * b)(a)[0](np.ones((3, 3))),
    "derivative": deriv(lambda t: np.sin(t) ** 2 / t)(0.7),
    "third": elementwise_grad(elementwise_grad(elementwise_grad(lambda x: np.log(1 + x**4))))(a),
    "inside": grad(lambda x: x * grad(lambda y: x * y**2)(x))(1.5),
    "flat": flat,
    "nested": flatten(grad(lambda p: np.sum(p["z"][0] * p["z"][1][0]) * p["z"][1][1] + np.sum(p["a"]))(nested))[0],
    "back": unflatten(flat)["z"][1][0],
    "mixed": grad(grad(lambda x, y: np.sin(x) * np.exp(x * y), 0), 1)(0.3, 0.8),
}
