"""Which poolings are compared?"""

from __future__ import annotations

from typing import Any

from networks.case import A, Case, ModuleCase, Of, functional, module, refused

NAN, INF = float("nan"), float("inf")
X1, X2 = A(2, 3, 7), A(2, 3, 5, 6)
TIES = Of([[[1.0, 2, 2, 0, 3, 3], [2, 2, 1, 0, 3, 3], [0, 0, 0, 0, -1, -1], [0, 0, 0, 0, -1, -2]]], label="ties")
EDGES = Of(
    [[[1.0, NAN, -INF, -INF, INF, 3], [NAN, 2, -INF, -INF, 3, INF], [0, NAN, -INF, 1, 1, 1], [1, 1, 1, 1, NAN, 1]]],
    label="edges",
)
"""Which of equal entries receives the gradient, and which of several nan, is part of what is compared."""

SLIDING: list[tuple[Any, ...]] = [
    (2,),
    (3, 1),
    (2, 3),
    (3, 2, 1),
    (4, 2, 2),
    (1,),
]
"""Kernel size, stride, padding."""

MAX: list[Case | ModuleCase] = [
    *[functional("max_pool1d", X1, *window) for window in SLIDING],
    *[functional("max_pool2d", X2, *window) for window in SLIDING],
    *[functional(f"max_pool{n}d", x, 3, 2, 1, 2) for n, x in ((1, X1), (2, X2))],
    *[functional(f"max_pool{n}d", x, 3, 3, 1, 1, True) for n, x in ((1, X1), (2, X2))],
    *[functional(f"max_pool{n}d", x, 2, 2, 0, 2, True, True) for n, x in ((1, X1), (2, X2))],
    functional("max_pool1d", A(3, 7), 2),
    functional("max_pool2d", A(3, 5, 6), 2),
    functional("max_pool2d", X2, (3, 2), (1, 2), (1, 0), (2, 1)),
    functional("max_pool2d", X2, (2, 3), [], ceil_mode=True),
    functional("max_pool2d", X2, 2, return_indices=True),
    functional("max_pool2d", A(0, 3, 5, 6), 2),
    functional("max_pool2d", A(2, 3, 6, 5).transposed(), 2),
    functional("max_pool2d", A(2, 3, 5, 12).strided(), 3, 2),
    functional("max_pool2d", X2.of("float32"), 2).up_to(1),
    functional("max_pool2d", X2.of("int64"), 3, 2, 1),
    functional("max_pool2d", A(33, 8, 24, 24), 3, 2, 1).up_to(1),  # enough for several threads
    *[functional("max_pool2d", x, *window, return_indices=True) for x in (TIES, EDGES) for window in ((2,), (3, 1, 1))],
    functional("max_pool1d", Of([[3.0, 3, NAN, 1, NAN, -INF, -INF]], label="line"), 3, 2, 1, return_indices=True),
    *[functional("adaptive_max_pool1d", X1, n) for n in (1, 3, 7, 9)],
    *[functional("adaptive_max_pool2d", X2, n) for n in (1, 2, 4, 7, (3, None), (None, 1), (5, 3))],
    functional("adaptive_max_pool2d", A(3, 5, 6), (2, 4), return_indices=True),
    functional("adaptive_max_pool1d", A(3, 7), 4, True),
    functional("adaptive_max_pool2d", EDGES, 2, return_indices=True),
    module("MaxPool1d", 2, inputs=[X1]),
    module("MaxPool1d", 3, 2, 1, 2, True, True, inputs=[X1]),
    module("MaxPool2d", 2, inputs=[X2], order=2),
    module("MaxPool2d", (3, 2), (2, 1), padding=1, inputs=[X2]),
    module("MaxPool2d", 3, 2, 1, 1, True, True, inputs=[A(3, 5, 6)]),
    module("AdaptiveMaxPool1d", 3, inputs=[X1]),
    module("AdaptiveMaxPool2d", (2, None), inputs=[X2]),
    module("AdaptiveMaxPool2d", 3, return_indices=True, inputs=[X2]),
]

MEAN: list[Case | ModuleCase] = [
    *[functional("avg_pool1d", X1, *window) for window in SLIDING],
    *[functional("avg_pool2d", X2, *window) for window in SLIDING],
    *[
        functional(f"avg_pool{n}d", x, 3, 2, 1, ceil_mode, count_include_pad)
        for n, x in ((1, X1), (2, X2))
        for ceil_mode in (False, True)
        for count_include_pad in (False, True)
    ],
    functional("avg_pool2d", X2, (3, 2), (1, 2), (1, 0)),
    functional("avg_pool2d", X2, 3, 2, 1, divisor_override=5),
    functional("avg_pool2d", X2, 2, 2, 0, True, False, -2),
    functional("avg_pool2d", A(3, 5, 6), 2),
    functional("avg_pool1d", A(3, 7), 2),
    functional("avg_pool2d", A(0, 3, 5, 6), 2),
    functional("avg_pool2d", A(2, 3, 6, 5).transposed(), 2),
    functional("avg_pool2d", X2.of("float32"), 2).up_to(1),
    functional("avg_pool2d", EDGES, 2).up_to(1),
    *[functional("adaptive_avg_pool1d", X1, n) for n in (1, 3, 7, 9)],
    *[functional("adaptive_avg_pool2d", X2, n) for n in (1, 2, 4, 7, (3, None), (None, 1), (5, 3))],
    functional("adaptive_avg_pool2d", A(3, 5, 6), (2, 4)),
    functional("adaptive_avg_pool2d", EDGES, (2, 4)).up_to(1),
    functional("adaptive_avg_pool2d", A(2, 1, 24, 30), (3, 4)).up_to(1),
    module("AvgPool1d", 2, inputs=[X1]),
    module("AvgPool1d", 3, 2, 1, True, False, inputs=[X1]),
    module("AvgPool2d", 2, inputs=[X2], order=2),
    module("AvgPool2d", (3, 2), (2, 1), 1, True, False, 4, inputs=[A(3, 5, 6)]),
    module("AdaptiveAvgPool1d", 3, inputs=[X1]),
    module("AdaptiveAvgPool2d", 1, inputs=[X2], order=2),
    module("AdaptiveAvgPool2d", (None, 4), inputs=[X2]),
]

REFUSED: list[Case | ModuleCase] = [
    *[
        refused(name, *arguments)
        for name in ("max_pool2d", "avg_pool2d")
        for arguments in (
            (A(5, 6), 2),
            (X2, 7),
            (X2, 0),
            (X2, (2, 2, 2)),
            (X2, 2, 0),
            (X2, 3, 1, 2),
            (X2, 2, 1, -1),
        )
    ],
    refused("max_pool2d", X2, 2, dilation=0),
    refused("max_pool2d", X2, 3, dilation=3),
    refused("max_pool1d", A(7), 2),
    refused("avg_pool1d", X1, (2, 2)),
    refused("avg_pool2d", X2, 2, divisor_override=0),
    refused("adaptive_avg_pool2d", X2, -1),
    refused("adaptive_avg_pool2d", X2, (1, 2, 3)),
    refused("adaptive_avg_pool2d", A(5, 6), 2),
    refused("adaptive_max_pool2d", X2, 1.5),
    refused("MaxPool2d", 9, inputs=[X2]),
]

CASES: list[Case | ModuleCase] = [*MAX, *MEAN, *REFUSED]
