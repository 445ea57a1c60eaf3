"""Which calls of functions that work entry by entry are compared?"""

from __future__ import annotations

from math import e, inf, nan, pi
from typing import Any

from cases.case import A, Array, Case, Of, call, refused

EVERYWHERE = (
    *("abs", "neg", "exp", "exp2", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "asinh", "erf"),
    *("square", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sinc", "sign"),
    *("floor", "ceil", "round", "trunc", "reciprocal", "erfc", "deg2rad", "rad2deg", "celu", "selu"),
)
WITHIN = {
    **dict.fromkeys(("log", "log2", "log10", "sqrt", "rsqrt"), (0.1, 3.0)),
    **dict.fromkeys(("asin", "acos", "atanh"), (-0.9, 0.9)),
    "log1p": (-0.9, 3.0),
    "acosh": (1.1, 3.0),
    "erfinv": (-0.9, 0.9),
}
UNARY = {**dict.fromkeys(EVERYWHERE, (-2.0, 2.0)), **WITHIN}

FUNCTIONAL = ("leaky_relu", "elu", "gelu", "silu", "softplus", "celu", "selu")

MILD = Of([-3.0, -2.5, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.5, 3.0, pi, e, 0.1], label="mild")
"""Ordinary numbers, among them halves (round) and the ends of domains."""

_EDGES = [-inf, -1e300, -745.0, -40.0, -20.0, -2.0, -1.0, -1e-300, -0.0, 0.0, 1e-8, 1.0, 20.0, 40.0, 745.0, inf, nan]
EDGES = Of(_EDGES, label="edges")

LAYOUTS = (A(3, 2).reversed(), A(2, 3).transposed(), A(2, 5).strided())
SHAPES = (A(2, 3), A(), A(1), A(0), A(2, 0, 3), A(1, 2, 1), *LAYOUTS)


NEAR_ZERO = "PyTorch's formula for the gradient of sinc loses its digits near 0"


def _unary() -> list[Case]:
    cases = []
    for name, bounds in UNARY.items():
        cases += [call(name, x.within(*bounds)) for x in SHAPES]
        edges = call(name, EDGES).up_to(1)
        cases += [call(name, MILD).up_to(1), edges.but(NEAR_ZERO) if name == "sinc" else edges]
        cases.append(call(name, A(4).within(*bounds).of("float32")).up_to(1))
        if name not in FUNCTIONAL:  # which PyTorch keeps apart: no methods, nothing for integers
            cases += [call(name, Of([1, 2, -3], "int64")), call(f"Tensor.{name}", A(2).within(*bounds))]
    return cases


WITH_OPTIONS = [
    *[call("leaky_relu", A(2, 3), slope) for slope in (0.2, 0.0, 1.5)],
    call("leaky_relu", A(5), negative_slope=0.3),
    *[call("elu", A(2, 3), alpha) for alpha in (0.5, 2.0)],
    call("elu", A(5), alpha=1.5),
    call("gelu", A(2, 3), approximate="tanh"),
    call("gelu", MILD, approximate="tanh").up_to(1),
    call("gelu", A(3), approximate="none"),
    *[call("celu", x, alpha) for x in (A(2, 3), MILD) for alpha in (0.5, 2.0)],
    call("celu", A(5), alpha=1.5),
    call("softplus", A(2, 3), 2.0),
    call("softplus", A(2, 3).within(-9, 9), 2.0, 5.0),
    call("softplus", A(5).within(-9, 9), beta=0.5, threshold=3.0),
    *[call("round", A(5).within(-200, 200), decimals=decimals) for decimals in (0, 1, 2, -1)],
    call("round", Of([0.5, 1.5, 2.5, -0.5, -1.5])),
]

PAIRS = (
    (A(2, 3), A(2, 3)),
    (A(2, 3), A(3)),
    (A(2, 1), A(1, 3)),
    (A(4, 1, 3), A(2, 1)),
    (A(), A()),
    (A(3), A()),
    (A(), A(2, 2)),
    (A(1, 1), A(3)),
    (A(0), A()),
    (A(0, 3), A(3)),
    (A(1), A(0)),
    (A(3, 2).reversed(), A(3, 2)),
    (A(2, 3).transposed(), A(3, 2)),
    (A(2, 5).strided(), A(2, 1)),
    (A(2, 3).kept(), A(3)),
    (A(3), A(2, 3).kept()),
)

# PyTorch's trigamma, the derivative of digamma, is right to nine digits only
GAMMA = [
    *[call("lgamma", x.within(0.1, 3)).up_to(1) for x in SHAPES],
    *[call("lgamma", x).up_to(1) for x in (MILD, A(4).of("float32").within(0.1, 3))],
    *[call("digamma", x.within(0.1, 3)).values_only() for x in SHAPES],
    *[call(name, EDGES).values_only() for name in ("lgamma", "digamma")],
    *[call(name, Of([1, 2, 7], "int64")) for name in ("lgamma", "digamma")],
    *[call(f"Tensor.{name}", A(2).within(0.1, 3)).values_only() for name in ("lgamma", "digamma")],
    call("polygamma", 0, A(2, 3).within(0.1, 3)).values_only(),
    *[call("polygamma", n, A(2, 3).within(0.1, 3)) for n in (2, 3)],
]

BINARY = (
    *("add", "sub", "mul", "div", "pow", "maximum", "minimum", "fmax", "fmin", "atan2", "hypot", "logaddexp"),
    *("fmod", "remainder", "logaddexp2", "xlogy", "copysign"),
)
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")


def _grid(label: str, *points: float) -> tuple[Array, Array]:
    """Every pair of these points."""
    return Of([x for x in points for _ in points], label=label), Of([x for _ in points for x in points], label=label)


GRID = _grid("extremes", -inf, -2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0, inf, nan)
FINITE = _grid("finite", -2.0, -1.0, 0.0, 0.5, 3.0)
SMOOTH = _grid("smooth", -2.0, -0.3, 0.5, 3.0)


def _positive(x: Array) -> Array:
    return x.within(0.2, 3)


def _binary() -> list[Case]:
    cases = []
    for name in BINARY:
        for a, b in PAIRS:
            cases.append(call(name, _positive(a) if name == "pow" else a, _positive(b) if name == "xlogy" else b))
        cases += [call(name, *GRID).up_to(1), call(name, *FINITE).up_to(1), call(name, *SMOOTH)]
        cases.append(call(name, A(3).of("float32").within(0.2, 2), A(3)).up_to(1))
        cases += [refused(name, A(2), A(3)), refused(name, A(2, 3), A(2, 1, 2))]
        cases.append(call(f"Tensor.{name}", A(2, 2).within(0.2, 2), A(2)))
    for name in ("add", "sub", "mul", "div", "fmod", "remainder", "pow"):
        for number in (2.5, 2, -1, 0.5, 0):
            cases.append(call(name, A(2, 3).within(0.2, 3), number))
    cases += [call(name, Of([7, -7, 7, -7], "int64"), Of([3, 3, -3, -3], "int64")) for name in ("fmod", "remainder")]
    cases += [call("pow", 2.0, A(2, 3)), call("pow", A(2, 3), 2), call("pow", A(3), 3.0), call("pow", A(3), -2)]
    cases += [call("pow", Of([0.0, 2.0, -1.0]), exponent).up_to(1) for exponent in (0, 1, 2, 3, 0.5, -1)]
    for name in COMPARISONS:
        cases += [call(name, *pair) for pair in PAIRS[:4]]
        cases += [call(name, *GRID), call(name, A(2, 3), 0.5), call(name, Of([1, 2, 3], "int64"), 2)]
    cases += [call(f"Tensor.{name}", A(2, 3), A(3)) for name in COMPARISONS]
    return cases


_OPERATORS = ("add", "sub", "mul", "truediv", "pow", "matmul", "mod", "lt", "le", "gt", "ge", "eq", "ne")
OPERATORS = [
    *[call(f"Tensor.__{name}__", A(2, 2).within(0.2, 3), A(2, 2)) for name in _OPERATORS],
    *[call(f"Tensor.__{name}__", A(2, 2).within(0.2, 3), 2.5) for name in _OPERATORS if name != "matmul"],
    *[call(f"Tensor.__{name}__", A(2, 2), 2.5) for name in ("radd", "rsub", "rmul", "rtruediv", "rpow")],
    *[call(f"Tensor.__{name}__", A(2, 2)) for name in ("neg", "abs")],
]

OTHERS = [
    # where
    call("where", Of([True, False, True], "bool"), A(3), A(3)),
    call("where", Of([[True], [False]], "bool"), A(3), A()),
    call("where", Of([True, False], "bool"), A(2), 0.0),
    call("where", Of([True, False], "bool"), 1.5, A(2)),
    call("where", Of(True, "bool"), A(2, 3), A(3)),
    call("where", Of([True, False, True], "bool"), Of([1.0, inf, nan]), Of([inf, 2.0, 3.0])),
    call("where", Of([[True], [False], [True]], "bool"), A(2, 3).transposed(), A(3, 1)),
    call("where", Of([True, False, True], "bool"), A(3).reversed(), A(2, 3)),
    call("where", Of([], "bool"), A(0), A(0)),
    call("Tensor.where", A(3), Of([True, False, True], "bool"), A(3)),
    call("Tensor.where", A(2, 1), Of([True, False], "bool"), 0.5),
    # bits
    *[
        call(f"{prefix}{name}{suffix}", Of(x, dtype), Of(y, dtype))
        for prefix, suffix in (("bitwise_", ""), ("Tensor.__", "__"), ("Tensor.__r", "__"))
        for name in ("and", "or", "xor")
        for x, y, dtype in (
            ([True, True, False, False], [True, False, True, False], "bool"),
            ([5, -3, 12], [3, 7, -1], "int64"),
        )
    ],
    call("bitwise_and", Of([5, -3], "int32"), Of([[3], [7]], "int64")),
    call("bitwise_or", Of([5, -3], "int32"), 8),
    *[
        call(name, x)
        for name in ("bitwise_not", "Tensor.__invert__")
        for x in (Of([True, False], "bool"), Of([5, -3, 0], "int64"), Of([5, 0], "uint8"))
    ],
    refused("bitwise_and", A(2), A(2)),
    refused("bitwise_not", A(2)),
    # what stands behind the point
    *[call("frac", x) for x in (A(2, 3), A(), A(0), MILD)],
    call("frac", EDGES).up_to(1),
    call("Tensor.frac", A(2)),
    call("real", A(2, 3)),
    refused("pow", Of([1, 2], "int64"), -1),
    # clamp
    call("clamp", A(2, 3), -1.0, 1.0),
    call("clamp", A(2, 3), min=-0.5),
    call("clamp", A(2, 3), max=0.5),
    call("clamp", Of([-1.0, 0.0, 1.0, 2.0, 3.0, nan, inf, -inf]), 0.0, 2.0),
    call("clamp", A(2, 3), 1.0, -1.0),
    call("clamp", A(0), 0.0, 1.0),
    call("clamp", A(), 0.0, 1.0),
    call("clamp", A(2, 3), A(3).within(-1, 0), A(2, 1).within(0, 1)),
    call("clamp", A(2, 3), min=A(3)),
    call("clamp", A(2, 3), max=A(3)),
    call("clamp", Of([1.0, 2.0, 3.0]), Of([1.0, 3.0, 0.0]), Of([1.0, 2.0, 3.0])).up_to(1),
    call("clip", A(2, 3), -1.0, 1.0),
    call("clip", A(2, 3), max=0.5),
    call("clamp", Of([-1, 1, 3], "int64"), 0, 2),
    call("Tensor.clamp", A(3), -1.0, 1.0),
    call("Tensor.clip", A(3), -1.0, 1.0),
    # lerp, addcmul, addcdiv
    call("lerp", A(2, 3), A(2, 3), 0.3),
    call("lerp", A(2, 3), A(2, 3), 0.7),
    call("lerp", A(2, 3), A(3), A(2, 1)),
    call("lerp", A(), A(3), 0.5),
    call("lerp", A(3), A(3), A()),
    call("lerp", A(0), A(0), 0.5),
    call("lerp", A(2, 3).transposed(), A(3, 2), 0.25),
    call("lerp", Of([inf, 1.0, nan]), Of([1.0, inf, 0.0]), 0.25).up_to(1),
    call("addcmul", A(2, 3), A(2, 3), A(2, 3)),
    call("addcmul", A(2, 3), A(3), A(2, 1), value=0.5),
    call("addcmul", A(), A(3), A(2, 1), value=-2),
    call("addcmul", A(0), A(0), A(0)),
    call("addcmul", A(2, 3), A(3, 2).transposed(), A(3)),
    call("logit", A(2, 3).within(0.1, 0.9)),
    call("logit", Of([0.0, 0.25, 0.5, 1.0, 2.0, -1.0, nan])).up_to(1),
    call("logit", Of([0.0, 0.05, 0.1, 0.5, 0.95, 1.0, 2.0, -1.0, nan]), 0.1).up_to(1),
    call("logit", A(2, 3).within(0.1, 0.9), eps=0.2),
    call("Tensor.logit", A(2).within(0.1, 0.9)),
    call("hardtanh", A(2, 3)),
    call("hardtanh", A(2, 3), -0.5, 1.5),
    call("hardtanh", Of([-1.0, 1.0, 0.0, nan, inf]), min_val=-1.0, max_val=2.0).up_to(1),
    call("hardtanh", A(0)),
    # heaviside has no gradient
    call("heaviside", Of([-1.0, 0.0, 2.0, nan]).kept(), Of([0.5]).kept()),
    call("heaviside", A(2, 3).kept(), A(3).kept()),
    # kinds of numbers
    call("isnan", Of([1.0, nan, inf])),
    call("isinf", Of([1.0, nan, inf, -inf])),
    call("isfinite", Of([1.0, nan, inf, -inf])),
    call("logical_not", Of([True, False], "bool")),
    *[
        call(f"logical_{name}", Of([True, True, False, False], "bool"), Of([True, False, True, False], "bool"))
        for name in ("and", "or", "xor")
    ],
    call("floor_divide", A(2, 3).kept(), A(3).kept()),
    call("floor_divide", *(x.kept() for x in GRID)),
    call("floor_divide", Of([7, -7, 7], "int64"), Of([2, 2, -2], "int64")),
    call("floor_divide", A(3).kept(), 0.75),
    # ties, written out
    call("maximum", Of([1.0, 2.0, -0.0]), Of([1.0, 1.0, 0.0])),
    call("minimum", Of([1.0, 2.0, -0.0]), Of([1.0, 1.0, 0.0])),
    call("fmax", Of([1.0, nan, 2.0, nan]), Of([1.0, 3.0, nan, nan])),
    call("fmin", Of([1.0, nan, 2.0, nan]), Of([1.0, 3.0, nan, nan])),
    call("maximum", Of([1.0, nan, 2.0]), Of([1.0, 3.0, nan])).up_to(1),
    call("hypot", Of([0.0, 3.0, 1e200]), Of([0.0, 4.0, 1e200])).up_to(1),
    call("logaddexp", Of([1000.0, -1000.0, -inf, inf]), Of([1000.0, 0.0, -inf, inf])).up_to(1),
    call("sinc", Of([0.0, 1.0, -2.0, 0.01, 0.5, inf, nan])).up_to(1),
    # refused
    refused("where", Of([True, False], "bool"), A(3), A(3)),
    refused("lerp", A(2), A(3), 0.5),
    refused("addcmul", A(2), A(3), A(3)),
    refused("clamp", A(2), A(3)),
    refused("clamp", A(2)),
    refused("sigmoid", A(2), 3),
]


_WITHIN_1 = A(2, 3).within(-0.9, 0.9)
ALIASES = [
    *[call(name, _WITHIN_1) for name in ("arccos", "arcsin", "arctan", "arctanh", "arcsinh")],
    *[call(name, A(2, 3)) for name in ("absolute", "negative", "positive", "fix", "relu6", "signbit", "nan_to_num")],
    call("arccosh", A(2, 3).within(1.1, 3)),
    call("Tensor.__pos__", A(2, 3)),
    call("Tensor.arcsin", _WITHIN_1),
    call("Tensor.absolute", A(2)),
    *[call(name, A(2, 3), A(3)) for name in ("arctan2", "subtract", "multiply", "divide", "true_divide")],
    *[call(f"Tensor.{name}", A(2, 3), 2.5) for name in ("subtract", "multiply", "divide", "true_divide")],
    *[
        call(name, A(2, 3), A(3))
        for name in ("greater", "greater_equal", "less", "less_equal", "not_equal", "isclose", "allclose", "equal")
    ],
    *[call(name, Of([1.0, nan, inf]), Of([1.0, nan, inf])) for name in ("isclose", "allclose", "equal")],
    call("isclose", Of([1.0, nan, inf, 1.0]), Of([1.0 + 1e-6, nan, inf, 2.0]), equal_nan=True),
    call("allclose", Of([1.0, nan]), Of([1.0 + 1e-9, nan]), equal_nan=True),
    call("isclose", Of([1.0, 100.0]), Of([1.1, 101.0]), rtol=0.05, atol=0.0),
    call("clamp_min", A(2, 3), -0.5),
    call("clamp_max", A(2, 3), 0.5),
    call("clamp_min", A(2, 3), A(3)),
    call("clamp_max", A(2, 3), A(2, 1)),
    *[call("relu6", x).up_to(1) for x in (Of([-1.0, 0.0, 3.0, 6.0, 7.0, nan]), EDGES)],
    *[call("nan_to_num", EDGES, *args).up_to(1) for args in ((), (1.0,), (1.0, 2.0, 3.0))],
    call("nan_to_num", EDGES, nan=5.0, neginf=-1.0).up_to(1),
    call("signbit", EDGES),
    *[
        call("addcdiv", a, b, c.within(0.5, 2), **options)
        for a, b, c, options in (
            *((A(2, 3), A(2, 3), A(2, 3), {}), (A(2, 3), A(3), A(2, 1), {"value": 0.5}), (A(), A(3), A(2, 1), {})),
            *((A(0), A(0), A(0), {}), (A(3), A(3).kept(), A(3), {"value": -2})),
        )
    ],
    *[call("float_power", A(2, 3).within(0.2, 2), exponent) for exponent in (2, 0.5, -1.5, A(3))],
    call("float_power", Of([1, 2, 3], "int64"), 2),
    call("float_power", A(3).of("float32").within(0.2, 2), 2).up_to(1),
    *[call(name, A(2, 3), A(3), alpha=alpha) for name in ("add", "sub", "subtract") for alpha in (2, -0.5)],
    *[call("div", A(2, 3), A(3), rounding_mode=mode) for mode in (None, "floor", "trunc")],
    call("div", Of([7, -7], "int64"), 2, rounding_mode="trunc"),
    call("is_floating_point", A(2)),
    call("is_floating_point", Of([1], "int64")),
    call("is_tensor", A(2)),
    call("numel", A(2, 3)),
    call("numel", A(0, 3)),
]


def dtypes() -> list[Case]:
    """Element types of results, where they are not plain."""
    kinds = {"bool": [True, False, True], "int32": [1, 2, 3], "int64": [3, 1, 2], "float32": [0.5, 1.0, 2.0]}
    pairs: list[tuple[Any, Any]] = [(x, y) for x in kinds for y in (*kinds, "float64") if x != y]
    made = {**kinds, "float64": [1.5, 2.0, 0.25]}
    binary = ("add", "mul", "div", "maximum", "minimum", "fmax", "atan2", "hypot", "logaddexp", "fmod", "remainder")
    return [
        call(name, Of(made[x], x).kept(), Of(made[y], y).kept())
        for name in binary
        for x, y in pairs
        if not (name in ("fmod", "remainder", "hypot", "logaddexp") and {x, y} <= {"bool", "int32", "int64"})
    ]


CASES = [*_unary(), *WITH_OPTIONS, *GAMMA, *_binary(), *OPERATORS, *OTHERS, *ALIASES, *dtypes()]
