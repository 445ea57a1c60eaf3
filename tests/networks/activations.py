"""Which activations are compared, as functions and as modules?"""

from __future__ import annotations

from cases.elementwise import EDGES

from networks.case import A, Case, ModuleCase, Of, functional, module, refused

X = A(2, 3).within(-4, 4)
KINKS = Of([-6.0, -3.0, -1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0, 3.0, 6.0], label="kinks")
"""Where the pieces of the piecewise ones meet: which slope is taken there is part of what is compared."""

SIXTH = "PyTorch takes a sixth in single precision for the slope"
AT_NAN = "PyTorch's slope at nan is that of the last piece"
CLAMPED = "PyTorch differentiates the length that eps has replaced"

PLAIN: dict[str, str] = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "celu": "CELU",
    "hardtanh": "Hardtanh",
    "hardshrink": "Hardshrink",
    "softshrink": "Softshrink",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "logsigmoid": "LogSigmoid",
    "hardsigmoid": "Hardsigmoid",
    "hardswish": "Hardswish",
    "silu": "SiLU",
    "mish": "Mish",
    "gelu": "GELU",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "tanhshrink": "Tanhshrink",
    "rrelu": "RReLU",  # without training
}
"""Functions that can be called with the input alone, and their modules."""

OPTIONS: list[tuple[str, tuple[float, ...] | dict[str, object]]] = [
    ("leaky_relu", (0.2,)),
    ("leaky_relu", {"negative_slope": 1.5}),
    ("elu", (0.5,)),
    ("elu", {"alpha": 2.0}),
    ("celu", (0.5,)),
    ("celu", {"alpha": 2.0}),
    ("gelu", {"approximate": "tanh"}),
    ("hardtanh", (-2.0, 0.5)),
    ("hardtanh", {"max_val": 3.0}),
    ("hardshrink", (1.5,)),
    ("hardshrink", {"lambd": 0.0}),
    ("softshrink", (1.5,)),
    ("softshrink", {"lambd": 0.0}),
    ("softplus", (2.0,)),
    ("softplus", {"beta": 2.0, "threshold": 3.0}),
    ("softplus", {"beta": 0.5, "threshold": 1.0}),
    ("rrelu", (0.1, 0.5)),
    ("threshold", (0.5, -7.0)),
    ("threshold", {"threshold": -1.0, "value": 0.0}),
]
WITH_INPLACE = [
    *("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "hardtanh", "hardsigmoid", "hardswish", "silu", "mish"),
    "rrelu",
]


def _elementwise() -> list[Case | ModuleCase]:
    cases: list[Case | ModuleCase] = []
    for name, layer in PLAIN.items():
        if name == "hardsigmoid":
            continue
        modes = ("eval",) if name == "rrelu" else ("train", "eval")
        cases += [functional(name, x) for x in (X, A(), A(0, 2), A(2, 3).transposed())]
        cases += [functional(name, x).up_to(1) for x in (KINKS, A(5).of("float32"))]
        edges = functional(name, EDGES).up_to(1)
        cases.append(edges.but(AT_NAN) if name == "hardswish" else edges)
        cases += [module(layer, inputs=[x], modes=modes) for x in (A(4), A(2, 3, 2))]
    for name, given in OPTIONS:
        layer = PLAIN.get(name, "Threshold")
        modes = ("eval",) if name == "rrelu" else ("train", "eval")
        args, options = ((), given) if isinstance(given, dict) else (given, {})
        cases += [functional(name, x, *args, **options) for x in (X,)]
        cases += [
            functional(name, KINKS, *args, **options).up_to(1),
            functional(name, EDGES, *args, **options).up_to(1),
        ]
        cases.append(module(layer, *args, inputs=[X], modes=modes, **options))
    return cases


ELEMENTWISE = [
    *_elementwise(),
    # PyTorch cannot overwrite a leaf that requires a gradient
    *[functional(name, A(3).kept(), inplace=True) for name in WITH_INPLACE],
    *[module(PLAIN[name], inplace=True, inputs=[A(3).kept()], modes=("eval",)) for name in WITH_INPLACE],
    functional("threshold", A(3).kept(), 0.5, 2.0, inplace=True),
    module("Threshold", 0.5, 2.0, True, inputs=[A(3).kept()]),
    module("RReLU", 0.2, 0.2, inputs=[X]),  # nothing to draw
    functional("rrelu", X, 0.2, 0.2, training=True),
]

HARDSIGMOID = [
    *[functional("hardsigmoid", x).values_only() for x in (X, KINKS, EDGES, A(), A(5).of("float32"))],
    functional("hardsigmoid", X.of("float32")).up_to(1),
    functional("hardsigmoid", A(4)).up_to(1).but(SIXTH),
    module("Hardsigmoid", inputs=[A(2, 3)]).values_only(),
    module("Hardsigmoid", inputs=[A(2, 3).of("float32")]),
]

PRELU = [
    *[functional("prelu", x, A(1)) for x in (A(), A(4), A(2, 3), A(2, 3, 2), A(0, 3))],
    functional("prelu", KINKS, A(1)).up_to(1),
    *[functional("prelu", x, A(3)) for x in (A(2, 3), A(2, 3, 4), A(2, 3, 2, 2), A(0, 3))],
    functional("prelu", EDGES, Of([0.25])).up_to(1),
    module("PReLU", inputs=[A(2, 3)], order=2),
    module("PReLU", 3, inputs=[A(2, 3, 2)]),
    module("PReLU", 3, 0.5, inputs=[A(2, 3)]),
    module("PReLU", num_parameters=3, init=0.1, inputs=[A(2, 3, 2, 2).of("float32")], dtype="float32"),
]

GATES = [
    *[functional("glu", A(2, 4), dim) for dim in (-1, 0, 1)],
    functional("glu", A(4)),
    functional("glu", A(2, 4, 3), dim=1),
    functional("glu", A(2, 6).transposed(), 0),
    module("GLU", inputs=[A(2, 4)]),
    module("GLU", 1, inputs=[A(2, 4, 3)]),
    module("GLU", dim=0, inputs=[A(2, 3)]),
]

SHARES = [
    *[functional(name, A(2, 3), dim) for name in ("softmax", "log_softmax", "softmin") for dim in (0, 1, -1)],
    *[functional(name, A(2, 3, 2), dim=1) for name in ("softmax", "log_softmax", "softmin")],
    *[functional(name, Of([1000.0, -1000.0, 999.0]), 0) for name in ("softmax", "log_softmax", "softmin")],
    *[functional(name, A(3).of("float32"), 0, dtype="float64") for name in ("softmax", "log_softmax", "softmin")],
    *[module(name, 1, inputs=[A(2, 3)]) for name in ("Softmax", "LogSoftmax", "Softmin")],
    *[module(name, dim=-2, inputs=[A(2, 3, 2)]) for name in ("Softmax", "LogSoftmax", "Softmin")],
    *[module("Softmax2d", inputs=[x]) for x in (A(2, 3, 2, 2), A(3, 2, 2))],
]

LENGTHS = [
    *[functional("normalize", A(2, 3), p) for p in (1.0, 2.0, 3.0, float("inf"))],
    functional("normalize", A(4), dim=0),
    functional("normalize", A(2, 3, 2), dim=(1, 2)),
    functional("normalize", A(2, 3), p=2, dim=-1, eps=10.0),
    functional("normalize", Of([[0.0, 0.0], [3.0, 4.0]])).up_to(1),
    functional("cosine_similarity", A(2, 3), A(2, 3)),
    functional("cosine_similarity", A(2, 3), A(2, 3), 0),
    functional("cosine_similarity", A(4), A(4), dim=0),
    functional("cosine_similarity", A(2, 1, 3), A(4, 3), dim=-1),
    functional("cosine_similarity", A(2, 3), A(2, 3), eps=10.0).values_only(),
    functional("cosine_similarity", A(2, 3), A(2, 3), eps=5.0).but(CLAMPED),
    functional("cosine_similarity", Of([[0.0, 0.0]]), Of([[3.0, 4.0]])).up_to(1),
    *[functional("pairwise_distance", A(2, 3), A(2, 3), p) for p in (1.0, 2.0, 3.0)],
    functional("pairwise_distance", A(2, 3), A(3), keepdim=True),
    functional("pairwise_distance", A(3), A(3), eps=0.1),
    functional("one_hot", Of([[0, 2], [1, 1]], "int64")),
    functional("one_hot", Of([0, 2, 1], "int64"), 5),
    functional("one_hot", Of([0, 2, 1], "int64"), num_classes=3),
]

REFUSED = [
    refused("prelu", A(2, 3), A(2)),
    refused("prelu", A(3), A(3)),
    refused("prelu", A(2, 3), A(1, 1)),
    refused("glu", A(2, 3)),
    refused("glu", A()),
    refused("glu", A(2, 4), 2),
    refused("softshrink", A(3), -1.0),
    refused("hardtanh", A(3), 1.0, -1.0),
    refused("rrelu", A(3), 0.5, 0.1),
    refused("celu", A(3), 0.0),
    refused("gelu", A(3), approximate="erf"),
    refused("softmax", A(2, 3), 2),
    refused("cosine_similarity", A(2, 3), A(2, 4)),
    refused("pairwise_distance", A(2, 3), A(2, 4)),
    refused("one_hot", Of([0, 3], "int64"), 3),
    refused("Softmax2d", inputs=[A(2, 3)]),
    refused("GELU", "erf", inputs=[A(2, 3)]),
    refused("Hardtanh", 1.0, -1.0, inputs=[A(2)]),
    refused("GLU", inputs=[A(3)]),
    refused("PReLU", 2, inputs=[A(2, 3)]),
]

CASES: list[Case | ModuleCase] = [*ELEMENTWISE, *HARDSIGMOID, *PRELU, *GATES, *SHARES, *LENGTHS, *REFUSED]
