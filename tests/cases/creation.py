"""Which ways of making arrays, where no chance is in it, are compared?"""

from __future__ import annotations

from math import inf, nan

from cases.case import A, Of, call, refused

CASES = [
    *[call(name, shape) for name in ("zeros", "ones") for shape in ((2, 3), (), (0,), [2, 3], (1, 0, 2))],
    *[call(name, 2, 3) for name in ("zeros", "ones")],
    *[call(name, 4) for name in ("zeros", "ones")],
    *[call(name, (2,), dtype=dtype) for name in ("zeros", "ones") for dtype in ("float64", "int64", "bool", "int32")],
    call("full", (2, 3), 1.5),
    call("full", (), 2.0),
    call("full", (0,), 2.0),
    call("full", (2,), 3),
    call("full", (2,), True),
    call("full", (2,), nan),
    call("full", (2,), -inf, dtype="float64"),
    call("full", (2,), 3, dtype="float64"),
    call("eye", 3),
    call("eye", 2, 4),
    call("eye", 3, 1),
    call("eye", 0),
    call("eye", 2, dtype="float64"),
    call("eye", 2, dtype="int64"),
    call("arange", 5),
    call("arange", 2, 7),
    call("arange", 2, 7, 2),
    call("arange", 7, 2, -2),
    call("arange", 0),
    call("arange", 5.0),
    call("arange", 0.0, 1.0, 0.25),
    call("arange", 1, 2, 0.5),
    call("arange", 5, dtype="float64"),
    call("arange", 0, 1, 0.3, dtype="float64"),
    call("linspace", 0, 1, 5),
    call("linspace", 0.0, 1.0, 5, dtype="float64"),
    call("linspace", 3.0, -2.0, 4, dtype="float64"),
    call("linspace", 1, 2, 1, dtype="float64"),
    call("linspace", 1, 2, 0, dtype="float64"),
    call("linspace", 0, 10, steps=3, dtype="float64"),
    *[
        call(f"{name}_like", x)
        for name in ("zeros", "ones")
        for x in (A(2, 3), A(), A(0, 2), Of([1, 2], "int64"), A(3).of("float32"), A(2, 3).transposed())
    ],
    call("full_like", A(2, 3), 2.5),
    call("full_like", Of([1, 2], "int64"), 3),
    call("full_like", A(), 1, dtype="float32"),
    call("zeros_like", Of([1, 2], "int64"), dtype="float64"),
    *[call("logspace", *args, dtype="float64") for args in ((0, 2, 3), (-1.0, 1.0, 5), (0, 3, 4, 2.0), (1, 1, 1))],
    *[call(name, *args) for name in ("tril_indices", "triu_indices") for args in ((3, 3), (2, 4, 1), (4, 2, -1))],
    *[call(name, data) for name in ("tensor", "as_tensor", "asarray") for data in ([1.0, 2.0], 3.0, [[1.5], [2.0]])],
    call("tensor", [1, 2], dtype="float64"),
    call("empty", (2, 0)),
    call("empty_like", A(0, 3)),
    refused("zeros", (-1,)),
    refused("ones", (2, -3)),
    refused("eye", -1),
    refused("arange", 0, 5, 0),
    refused("arange", -3),
    refused("arange", 0, 5, -1),
    refused("linspace", 0, 1, -1),
]
