"""Which calls of functions that make many numbers into few, or order them, are compared?"""

from __future__ import annotations

from math import inf, nan, prod

import numpy as np

from cases.case import A, Array, Case, Of, call, refused

AXES: tuple[tuple[Array, object], ...] = (
    (A(2, 3), 0),
    (A(2, 3), 1),
    (A(2, 3), -1),
    (A(2, 3), -2),
    (A(2, 3, 2), (0, 2)),
    (A(2, 3, 2), (-1, 0)),
    (A(2, 3, 2), (0, 1, 2)),
    (A(2, 1, 3), 1),
    (A(), 0),
    (A(), -1),
    (A(1), 0),
    (A(3, 2).reversed(), 0),
    (A(2, 3).transposed(), 0),
    (A(2, 5).strided(), 1),
)
WHOLE = (A(2, 3), A(5), A(), A(1), A(2, 1, 3), A(3, 2).reversed(), A(2, 3).transposed(), A(2, 5).strided())
EMPTY = ((A(0), 0), (A(0, 3), 0), (A(2, 0, 3), (0, 1)), (A(0, 3), 1), (A(3, 0), 1))

TIES = Of([[1.0, 3.0, 3.0], [3.0, 0.0, 3.0]])
NANS = Of([[1.0, nan, 2.0], [inf, 0.0, -inf], [inf, inf, 1.0]])
ZEROS = Of([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0], [1.5, -2.0, 0.5]])

SEVERAL = ("sum", "mean", "amax", "amin", "var", "std", "logsumexp")
"""Over one axis, several, or all."""

TO_ONE = ("sum", "mean", "prod", "amax", "amin", "max", "min", "var", "std", "median", "norm")
"""Of the whole array if no axis is named."""

ALONG_ONE = ("prod", "cumsum", "cumprod", "softmax", "log_softmax", "max", "min", "median", "sort")
"""Along one axis."""

KEEPING = ("prod", "max", "min", "median")


def is_undefined(name: str, x: Array, dim: object) -> bool:
    """Whether it is the variance of one number: nan, and its second derivative is what a formula makes of that."""
    count = prod(x.shape) if dim in (None, ()) or not x.shape else prod(x.shape[k] for k in np.ravel(dim))
    return name in ("var", "std") and count == 1


def _several() -> list[Case]:
    cases = []
    for name in SEVERAL:
        for k, (x, dim) in enumerate(AXES):
            case = call(name, x, dim=dim, keepdim=bool(k % 2))
            cases.append(case.up_to(1) if is_undefined(name, x, dim) else case)
        cases += [call(name, A(2, 3), 1), call(f"Tensor.{name}", A(2, 3), 0), call(f"Tensor.{name}", A(2, 3), [0, 1])]
        cases.append(call(f"Tensor.{name}", A(2, 3), -1, keepdim=True))
        cases += [refused(name, A(2, 3), 2), refused(name, A(2, 3), (0, -3)), refused(name, A(2, 3), (0, 0))]
        cases.append(refused(name, A(2, 3), (0, -2)))
        cases.append(call(name, A(2, 3).of("float32"), 0))
        cases += [call(name, NANS, dim=dim).up_to(1) for dim in (0, 1, (0, 1))]
    for name in ("sum", "mean", "logsumexp", "var", "std"):
        cases += [call(name, x, dim=dim, keepdim=name == "sum") for x, dim in EMPTY]
    for name in ("amax", "amin"):
        cases += [call(name, A(0, 3), dim=1), call(name, A(3, 0, 2), dim=-1, keepdim=True)]
        cases += [refused(name, A(0, 3), dim=0), refused(name, A(2, 0)), refused(name, A(0))]
        cases += [call(name, TIES, dim=dim, keepdim=keep) for dim in (0, 1, (0, 1)) for keep in (False, True)]
        cases += [call(name, TIES), call(name, A(2, 3), dim=())]
        cases += [call(name, Of([[3, 1], [2, 3]], "int64"), dim=1), call(name, Of([True, False], "bool"), dim=0)]
    cases += [call("sum", A(2, 3), dim=None, keepdim=True), call("mean", A(2, 3), dim=None, keepdim=True)]
    cases += [call(name, A(2, 3), dim=()) for name in ("sum", "mean")]
    return cases


def _to_one() -> list[Case]:
    cases = []
    for name in TO_ONE:
        cases += [call(name, x).up_to(1 if is_undefined(name, x, None) else 2) for x in WHOLE]
        cases.append(call(f"Tensor.{name}", A(2, 3)))
        cases.append(call(name, A(4).of("float32")).up_to(1))
        cases.append(call(name, NANS).up_to(1))
    cases += [call(name, A(0)) for name in ("sum", "mean", "prod", "var", "std", "norm", "median")]
    cases += [call(name, A(2, 0)) for name in ("sum", "mean", "prod", "var", "std", "norm", "median")]
    cases += [refused(name, A(0)) for name in ("max", "min", "argmax", "argmin")]
    cases += [call(name, TIES) for name in ("max", "min")]
    return cases


def _along_one() -> list[Case]:
    cases = []
    for name in ALONG_ONE:
        for k, (x, dim) in enumerate((x, dim) for x, dim in AXES if isinstance(dim, int)):
            options = {"keepdim": True} if name in KEEPING and k % 2 else {}
            cases.append(call(name, x, dim=dim, **options))
        cases += [call(name, A(2, 3), 1), call(f"Tensor.{name}", A(2, 3), 0), call(name, A(2, 3, 2), 1)]
        cases += [refused(name, A(2, 3), 2), refused(name, A(2, 3), -3)]
        cases.append(call(name, A(0, 3), 1))
        cases.append(call(name, A(2, 3).of("float32"), 0))
        if name not in ("median", "cumprod"):
            cases.append(call(name, NANS, 0).up_to(1))
        if name not in ("max", "min", "median"):
            cases += [call(name, A(0, 3), 0), call(name, A(0), 0)]
    cases += [call("median", NANS, 0).values_only(0), call("median", NANS, 1).values_only(0)]
    cases += [call("cumprod", NANS, dim).values_only() for dim in (0, 1)]
    cases += [call(name, TIES, dim, keepdim) for name in ("max", "min") for dim in (0, 1) for keepdim in (False, True)]
    cases += [refused(name, A(0, 3), 0) for name in ("max", "min")]
    return cases


VARIANCES = [
    *[
        call(name, A(2, 3), dim=dim, correction=correction, keepdim=keepdim)
        for name in ("var", "std")
        for dim, correction, keepdim in (
            *((None, 0, False), (0, 0, True), (1, 1, False), ((0, 1), 0, False), (-1, 2, True), (None, 2, True)),
            (1, 0.5, False),
        )
    ],
    *[call(name, A(5), correction=0) for name in ("var", "std")],
    *[call(name, A(5), unbiased=False) for name in ("var", "std")],
    *[call(name, A(1), dim=0).up_to(1) for name in ("var", "std")],
    *[call(name, A(1), dim=0, correction=0).up_to(1) for name in ("var", "std")],
    *[call(name, A(2, 3), 1, correction=3).up_to(1) for name in ("var", "std")],
    *[call(name, Of([2.0, 2.0, 2.0])).up_to(1) for name in ("var", "std")],
    *[call(name, Of([[1.0, inf], [nan, 2.0]]), 1).up_to(1) for name in ("var", "std")],
    *[refused(name, Of([1, 2, 3], "int64")) for name in ("var", "std", "mean")],
]

NORMS = [
    *[call("norm", A(2, 3), p) for p in (1, 2, inf, -inf, 3, 2.5, 0, "fro", 1.0, 0.5, -1)],
    *[
        call("norm", A(2, 3, 2), p=p, dim=dim, keepdim=keepdim)
        for p in (1, 2, 3, inf, -inf, "fro")
        for dim, keepdim in ((0, False), (-1, True), ((0, 2), False))
    ],
    call("norm", A(2, 3), dim=1),
    call("norm", A(2, 3), keepdim=True),
    call("Tensor.norm", A(2, 3), 1, 0),
    *[call("norm", Of([0.0, 0.0]), p).up_to(1) for p in (1, 2, 3, inf, "fro")],
    *[call("norm", Of([[0.0, 0.0], [3.0, 0.0]]), p, dim=1).up_to(1) for p in (1, 2, 3, 1.5, inf, -inf, 0)],
    *[call("norm", Of([3.0, -3.0, 1.0]), p).up_to(1) for p in (inf, -inf)],
    *[call("norm", Of([3.0, nan, inf]), p).up_to(1) for p in (1, 2, 3, inf)],
    *[call("norm", A(0, 3), p, dim=0) for p in (1, 2)],
    call("norm", A(0, 3), 3, dim=0).up_to(1),
    *[call("norm", A(0, 3), p, dim=1) for p in (1, 2, inf)],
    *[call("norm", A(), p) for p in (1, 2, inf)],
    refused("norm", A(2, 3), dim=2),
    refused("norm", A(0), p=inf),
]

PRODUCTS = [
    call("prod", ZEROS),
    *[call("prod", ZEROS, dim) for dim in (0, 1)],
    *[call("prod", ZEROS, dim, keepdim=True) for dim in (-1, -2)],
    call("prod", Of([2.0, 0.0, 3.0])),
    call("prod", Of([0.0, 0.0, 3.0])),
    call("prod", Of([0.0, 0.0, 0.0])),
    call("prod", Of([0.0])),
    call("prod", Of(0.0)),
    call("prod", Of([1.0, inf, 2.0])).up_to(1),
    call("prod", Of([0.0, inf, 2.0])).up_to(1),
    call("prod", Of([2, 3, 4], "int32")),
    call("prod", Of([True, True], "bool")),
    call("sum", Of([2, 3, 4], "int32")),
    call("sum", Of([True, True], "bool")),
    call("sum", Of([[True, True]], "bool"), dim=1),
    call("sum", Of([2, 3], "int64"), dtype="float64"),
    call("mean", Of([2, 3], "int64"), dtype="float64"),
    call("sum", A(3).of("float32"), dtype="float64"),
    *[call("cumprod", ZEROS, dim) for dim in (0, 1, -1)],
    call("cumprod", Of([2.0, 0.0, 3.0, 0.0, 1.0]), 0),
    call("cumprod", Of([0.0, 2.0, 3.0]), 0),
    call("cumprod", A(1), 0),
    call("cumprod", Of([2, 3, 4], "int32"), 0),
    call("cumsum", Of([2, 3, 4], "int32"), 0),
    call("cumsum", Of([True, True], "bool"), 0),
    call("cumsum", Of([1.0, inf, -inf, 2.0]), 0).up_to(1),
]

LOGS = [
    call("logsumexp", Of([1000.0, 1000.0, 0.0]), 0),
    call("logsumexp", Of([[-inf, -inf], [-inf, 1.0]]), 1).up_to(1),
    call("logsumexp", Of([inf, 1.0]), 0).up_to(1),
    call("logsumexp", Of([-1000.0, -1001.0]), dim=0, keepdim=True),
    call("softmax", Of([1000.0, 1000.0, 0.0]), 0),
    call("softmax", Of([[-inf, 0.0], [1.0, -inf]]), 1).up_to(1),
    call("softmax", Of([[-inf, -inf], [1.0, nan]]), 1).up_to(1),
    call("softmax", Of([inf, 1.0]), 0).up_to(1),
    call("log_softmax", Of([1000.0, 1000.0, 0.0]), 0),
    call("log_softmax", Of([[-inf, 0.0], [1.0, -inf]]), 1).up_to(1),
    call("softmax", A(3).of("float32"), 0, dtype="float64").up_to(1),
    call("softmax", Of([1, 2], "int64"), 0, dtype="float64"),
]

ORDERS = [
    call("argmax", A(2, 3)),
    call("argmin", A(2, 3)),
    *[
        call(name, x, dim=dim, keepdim=keepdim)
        for name in ("argmax", "argmin")
        for x, dim, keepdim in (
            *((A(2, 3), 0, False), (A(2, 3), -1, True), (A(2, 3, 2), 1, False), (A(), 0, False), (A(0, 3), 1, False)),
            *((TIES, 0, False), (TIES, 1, True), (NANS, 0, False), (NANS, 1, False), (A(2, 3), None, True)),
            *((A(3, 2).reversed(), 0, False), (A(2, 3).transposed(), 0, False)),
        )
    ],
    refused("argmax", A(2, 3), 2),
    refused("argmax", A(0, 3), 0),
    refused("argmin", A(3, 0), -1),
    *[
        call(name, x, **options)
        for name in ("any", "all")
        for x, options in (
            (Of([[True, False], [True, True]], "bool"), {}),
            (Of([[True, False], [True, True]], "bool"), {"dim": 0}),
            (Of([[True, False], [False, False]], "bool"), {"dim": -1, "keepdim": True}),
            (Of([[[True, False], [True, True]]], "bool"), {"dim": (0, 2)}),
            (A(0).kept(), {}),
            (A(0, 3).kept(), {"dim": 0}),
            (Of([0, 2, 0], "int64"), {}),
            (Of([0.0, nan]).kept(), {}),
            (A(2, 3).kept(), {"dim": 1}),
            (Of(False, "bool"), {}),
        )
    ],
    *[
        call("sort", x, **options)
        for x, options in (
            (A(5), {}),
            (A(2, 3), {}),
            (A(2, 3), {"descending": True}),
            (A(2, 3), {"dim": 0, "descending": True}),
            (A(2, 3, 2), {"dim": 1}),
            (A(), {}),
            (A(0), {}),
        )
    ],
    *[call("sort", TIES, dim=dim, stable=True, descending=down) for dim in (0, 1) for down in (False, True)],
    *[call("sort", NANS, dim=dim, stable=True, descending=down).up_to(1) for dim in (0, 1) for down in (False, True)],
    call("Tensor.sort", A(2, 3)),
    call("Tensor.sort", A(2, 3), 0, True),
    call("sort", Of([3, 1, 2], "int64")),
    call("argsort", A(2, 3)),
    call("argsort", A(2, 3), 0),
    call("argsort", A(2, 3), -1, True),
    call("argsort", TIES, dim=1, stable=True),
    *[
        call("topk", x, k, **options)
        for x, k, options in (
            (A(5), 2, {}),
            (A(5), 5, {}),
            (A(5), 0, {}),
            (A(5), 1, {}),
            (A(2, 3), 2, {"dim": 0}),
            (A(2, 3), 2, {"dim": -1, "largest": False}),
            (A(2, 4, 2), 3, {"dim": 1}),
            (A(3, 2).reversed(), 2, {"dim": 0}),
            (A(2, 5).strided(), 2, {}),
            (A(0, 3), 2, {}),
            (A(), 1, {}),
        )
    ],
    call("topk", NANS, 2).values_only(0),
    call("topk", TIES, 2).values_only(0),
    call("Tensor.topk", A(5), 3),
    call("topk", A(5), 3, -1, True, True),
    refused("topk", A(5), 6),
    refused("topk", A(5), -1),
    refused("topk", A(2, 3), 1, 2),
    call("median", Of([1.0, 4.0, 2.0, 3.0])),
    call("median", Of([2.0, 2.0, 2.0])).values_only(),
    call("median", Of([[1.0, 4.0, 2.0, 3.0], [7.0, 5.0, 8.0, 6.0]]), 1),
    call("median", Of([[1.0, 4.0, 2.0, 3.0], [7.0, 5.0, 8.0, 6.0]]), dim=-1, keepdim=True),
    call("median", Of([3, 1, 2, 5], "int64")),
    call("max", A(2, 3), A(3)),
    call("min", A(2, 3), A(2, 1)),
    call("max", TIES, Of(3.0)),
    call("Tensor.max", A(2, 3), 1),
    call("Tensor.min", A(2, 3), 0, True),
    call("Tensor.max", A(2, 3), dim=1, keepdim=True),
    call("max", Of([[3, 1], [2, 3]], "int64"), 1),
    call("Tensor.argmax", A(2, 3), 1),
    call("Tensor.any", Of([True, False], "bool")),
    call("Tensor.softmax", A(2, 3), dim=-1),
    call("Tensor.cumsum", A(2, 3), dim=-1),
    call("Tensor.logsumexp", A(2, 3), dim=(0, 1)),
    call("Tensor.prod", A(2, 3), 1, True),
    call("Tensor.std", A(2, 3), correction=0),
    refused("cumsum", A(2, 3)),
]

NAN_SKIPPED = [
    *[
        call(name, x, **options).up_to(1)
        for name in ("nansum", "nanmean")
        for x, options in (
            *((A(2, 3), {}), (A(2, 3), {"dim": 0}), (A(2, 3, 2), {"dim": (0, -1), "keepdim": True}), (A(), {})),
            *((NANS, {"dim": 0}), (NANS, {"dim": 1}), (A(0, 3), {"dim": 0}), (A(0), {})),
            *((Of([[1.0, nan], [2.0, 3.0]]), {"dim": 1, "keepdim": True}), (Of([[1.0, nan], [nan, 3.0]]), {})),
        )
    ],
    *[call(name, Of([[1.0, nan], [2.0, 3.0]]), dim=0) for name in ("nansum", "nanmean")],
    call("nansum", Of([nan, nan])),
    call("nanmean", Of([nan, nan])).values_only(),
    call("nanmedian", Of([1.0, nan, 3.0, 2.0])),
    call("nanmedian", Of([[1.0, nan, 3.0, 2.0], [nan, 7.0, 5.0, 6.0]]), 1),
    call("nanmedian", Of([[1.0, nan, 3.0, 2.0], [nan, 7.0, 5.0, 6.0]]), dim=-1, keepdim=True),
    call("nanmedian", A(2, 3), 0),
    call("nanmedian", A(5)),
]

RARER = [
    *[
        call("count_nonzero", x, **options)
        for x, options in (
            *((ZEROS, {}), (ZEROS, {"dim": 0}), (ZEROS, {"dim": (0, 1)}), (A(0, 3).kept(), {"dim": 0})),
            *((Of([True, False], "bool"), {}), (Of([0, 2], "int64"), {"dim": -1})),
        )
    ],
    *[
        call("kthvalue", x, *args)
        for x, args in (
            *((A(5), (1,)), (A(5), (5,)), (A(2, 3), (2,)), (A(2, 3), (2, 0)), (A(2, 3), (1, -1, True)), (A(), (1,))),
            *((A(3, 2).reversed(), (2, 0)), (A(1), (1,))),
        )
    ],
    refused("kthvalue", A(3), 0),
    refused("kthvalue", A(3), 4),
    *[
        call("logcumsumexp", x, dim)
        for x, dim in ((A(5), 0), (A(2, 3), 0), (A(2, 3), -1), (A(), 0), (A(0, 3), 0), (A(3, 2).reversed(), 0))
    ],
    call("logcumsumexp", Of([1000.0, 1000.0, 0.0, -1000.0]), 0).up_to(1),
    *[
        call("quantile", x, q, **options)
        for x, q, options in (
            *(
                (A(5), 0.5, {}),
                (A(5), 0.3, {}),
                (A(2, 3), 0.25, {"dim": 1}),
                (A(2, 3), 0.75, {"dim": 0, "keepdim": True}),
            ),
            *((A(5), 0.0, {}), (A(5), 1.0, {}), (A(2, 3), 0.4, {}), (A(2, 4), Of([0.1, 0.5, 0.9]).kept(), {"dim": 1})),
            *((A(5), 0.3, {"interpolation": mode}) for mode in ("lower", "higher", "nearest", "midpoint")),
            (Of([1.0, nan, 2.0]).kept(), 0.5, {}),
        )
    ],
    refused("quantile", A(3), 1.5),
    *[
        call(name, x, *args, **options)
        for name in ("var_mean", "std_mean")
        for x, args, options in (
            *((A(5), (), {}), (A(2, 3), (0,), {}), (A(2, 3, 2), ((0, 2),), {"keepdim": True, "correction": 0})),
            (A(2, 3), (), {"dim": 1, "unbiased": False}),
        )
    ],
    *[
        call("vector_norm", x, *args, **options)
        for x, args, options in (
            *((A(2, 3), (), {}), (A(2, 3), (1,), {}), (A(2, 3), (3, 0), {}), (A(2, 3), (inf, -1, True), {})),
            *((A(2, 3), (2,), {"dim": (0, 1)}), (A(2, 3), (0,), {}), (A(2, 3), (-inf,), {"dim": 0}), (A(), (2,), {})),
        )
    ],
    *[call("softmin", A(2, 3), dim) for dim in (0, 1, -1)],
    call("softmin", A(3), dim=0),
]

SMALL_INTEGERS = [
    call(name, Of([1, 3, 2], dtype), *args)
    for name, args in (("sum", ()), ("prod", ()), ("nansum", ()), ("sum", (0,)), ("cumsum", (0,)), ("cumprod", (0,)))
    for dtype in ("uint8", "int8", "int16", "bool")
]

RUNNING_EXTREMES = [
    *[
        call(name, x, dim)
        for name in ("cummax", "cummin")
        for x, dim in (
            *((A(5), 0), (A(2, 3), 0), (A(2, 3), -1), (A(2, 3, 2), 1), (A(), 0), (A(0, 3), 0), (A(0, 3), 1)),
            *((TIES, 0), (TIES, 1), (A(3, 2).reversed(), 0), (Of([3, 1, 3, 2], "int64"), 0)),
        )
    ],
    *[call(name, NANS, dim).up_to(1) for name in ("cummax", "cummin") for dim in (0, 1)],
    *[
        call("aminmax", x, **options)
        for x, options in (
            *((A(2, 3), {}), (A(2, 3), {"dim": 0}), (A(2, 3), {"dim": -1, "keepdim": True}), (A(), {}), (TIES, {})),
            *((TIES, {"dim": 1}), (Of([3, 1], "int64"), {})),
        )
    ],
    call("Tensor.aminmax", A(5)),
    refused("aminmax", A(0)),
]

_BOUNDARIES = Of([1.0, 2.0, 2.0, 4.0]).kept()
_INTEGERS = Of([[3, 1, 3], [2, 1, 3]], "int64")

PLACES = [
    *[
        call("searchsorted", ordered, x.kept(), **options)
        for ordered, x in (
            *((_BOUNDARIES, A(2, 3).within(0, 5)), (_BOUNDARIES, Of([1.0, 2.0, 4.0, 5.0])), (_BOUNDARIES, A(0))),
            (Of([[1.0, 2.0], [0.0, 3.0]]).kept(), Of([[1.0, 1.5, 2.0], [3.0, 1.0, 9.0]])),
        )
        for options in ({}, {"right": True}, {"side": "right"}, {"out_int32": True})
    ],
    call("searchsorted", _BOUNDARIES, 2.0),
    refused("searchsorted", Of([[1.0, 2.0], [0.0, 3.0]]).kept(), A(3, 2).kept()),
    *[call("bucketize", Of([[0.5, 2.0], [4.0, 9.0]]).kept(), _BOUNDARIES, right=right) for right in (False, True)],
    *[
        call("unique", x, **options)
        for x in (_INTEGERS, Of([2.0, nan, 1.0, 2.0, nan]).kept(), A(0).kept())
        for options in (
            {},
            {"return_counts": True},
            {"return_inverse": True},
            {"return_inverse": True, "return_counts": True},
        )
    ],
    call("unique", Of([[1, 2], [1, 2], [0, 5]], "int64"), dim=0),
    call("unique", Of([[1, 2, 1], [3, 4, 3]], "int64"), dim=1, return_counts=True),
    call("bincount", Of([1, 3, 1, 0], "int64")),
    call("bincount", Of([1, 3, 1, 0], "int64"), minlength=6),
    call("bincount", Of([1, 3, 1], "int64"), Of([0.5, 1.0, 2.0]).kept()),
    call("bincount", Of([1, 3, 1], "int64"), Of([0.5, 1.0, 2.0], "float32").kept()),
    call("bincount", Of([], "int64")),
    refused("bincount", A(3).kept()),
    refused("bincount", Of([-1, 2], "int64")),
    refused("bincount", _INTEGERS),
    call("isin", _INTEGERS, Of([1, 2], "int64")),
    call("isin", _INTEGERS, Of([1, 2], "int64"), invert=True),
    refused("quantile", _INTEGERS, 0.5),
]

CASES = [
    *SMALL_INTEGERS,
    *RUNNING_EXTREMES,
    *PLACES,
    *NAN_SKIPPED,
    *RARER,
    *_several(),
    *_to_one(),
    *_along_one(),
    *VARIANCES,
    *NORMS,
    *PRODUCTS,
    *LOGS,
    *ORDERS,
]
