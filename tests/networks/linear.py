"""Which layers that are a matrix product, or only another shape, are compared?"""

from __future__ import annotations

from networks.case import A, Case, ModuleCase, functional, module, refused

LINEAR: list[Case | ModuleCase] = [
    *[
        functional("linear", x, A(4, 3), A(4))
        for x in (A(3), A(2, 3), A(2, 2, 3), A(1, 3), A(0, 3), A(3, 2).transposed())
    ],
    *[functional("linear", x, A(4, 3)) for x in (A(3), A(2, 3), A(2, 1, 2, 3))],
    functional("linear", A(2, 3), A(1, 3), A(1)),
    functional("linear", A(2, 1), weight=A(2, 1), bias=A(2)),
    functional("linear", A(2, 3), A(3, 4).transposed(), A(4)),
    functional("linear", A(2, 6).strided(), A(4, 3), A(4)),
    functional("linear", A(2, 3), A(4, 3).kept(), A(4)),
    functional("linear", A(2, 3).kept(), A(4, 3), A(4).kept()),
    functional("linear", *[x.of("float32") for x in (A(2, 3), A(4, 3), A(4))]).up_to(1),
    *[module("Linear", 3, 4, inputs=[x]) for x in (A(3), A(2, 3), A(2, 2, 3))],
    module("Linear", 3, 4, bias=False, inputs=[A(2, 3)]),
    module("Linear", 3, 4, False, inputs=[A(3)]),
    module("Linear", in_features=3, out_features=1, inputs=[A(2, 3)], order=2),
    module("Linear", 3, 2, dtype="float32", inputs=[A(2, 3).of("float32")]),
    module("Linear", 3, 4, inputs=[A(2, 3)], calls=2),
    refused("linear", A(2, 3), A(4, 2)),
    refused("linear", A(2, 3), A(4, 3), A(3)),
    refused("linear", A(2, 3), A(4, 3, 1)),
    refused("Linear", 3, 4, inputs=[A(2, 4)]),
]

BILINEAR: list[Case | ModuleCase] = [
    *[functional("bilinear", A(*lead, 3), A(*lead, 2), A(4, 3, 2), A(4)) for lead in ((2,), (2, 3), (0,))],
    functional("bilinear", A(2, 3), A(2, 2), A(4, 3, 2)),
    functional("bilinear", A(3), A(2), A(4, 3, 2), A(4)),
    module("Bilinear", 3, 2, 4, inputs=[A(2, 3), A(2, 2)]),
    module("Bilinear", 3, 2, 1, bias=False, inputs=[A(2, 3), A(2, 2)], order=2),
    module("Bilinear", in1_features=1, in2_features=2, out_features=3, inputs=[A(2, 2, 1), A(2, 2, 2)]),
    refused("bilinear", A(2, 3), A(3, 2), A(4, 3, 2)),
    refused("bilinear", A(2, 3), A(2, 3), A(4, 3, 2)),
    refused("bilinear", A(2, 3), A(2, 2), A(4, 3, 2), A(3)),
    refused("Bilinear", 3, 2, 4, inputs=[A(2, 3), A(2, 3)]),
]

SHAPES: list[Case | ModuleCase] = [
    module("Identity", inputs=[A(2, 3)]),
    module("Identity", 54, unused=0.1, inputs=[A(2)]),
    module("Flatten", inputs=[A(2, 3, 2)]),
    module("Flatten", 0, inputs=[A(2, 3)]),
    module("Flatten", 1, 2, inputs=[A(2, 3, 2, 2)]),
    module("Flatten", start_dim=-2, end_dim=-1, inputs=[A(2, 3, 2)]),
    module("Unflatten", 1, (2, 3), inputs=[A(2, 6)]),
    module("Unflatten", dim=-1, unflattened_size=(2, -1), inputs=[A(2, 6)]),
    module("Unflatten", 0, [1, 2], inputs=[A(2, 6)]),
    refused("Flatten", 3, inputs=[A(2, 3)]),
    refused("Unflatten", 1, (2, 2), inputs=[A(2, 6)]),
    module("Sequential", module("Linear", 3, 4), module("ReLU"), module("Linear", 4, 2), inputs=[A(2, 3)]),
    module("Sequential", module("Flatten"), module("Sequential", module("Linear", 6, 2)), inputs=[A(2, 3, 2)]),
    module("Sequential", inputs=[A(2)]),
]

CASES: list[Case | ModuleCase] = [*LINEAR, *BILINEAR, *SHAPES]
