"""Which embeddings are compared?"""

from __future__ import annotations

from networks.case import A, Case, ModuleCase, Of, functional, module, refused

some = Of([[0, 2, 2], [3, 0, 2]], "int64")
once = Of([3, 1], "int64")
none = Of([], "int64")
lengths = A(4, 3).within(0.1, 2)

FUNCTIONS: list[Case | ModuleCase] = [
    *[functional("embedding", index, A(4, 3)) for index in (once, some, Of(2, "int64"), Of([1, 1], "int32"))],
    functional("embedding", none, A(4, 3)).up_to(1),
    functional("embedding", none, A(0, 3)).up_to(1),
    functional("embedding", some, A(3, 4).transposed()),
    functional("embedding", some, A(4, 6).strided()),
    functional("embedding", some, A(4, 3), 2),
    functional("embedding", some, A(4, 3), padding_idx=-1),
    functional("embedding", some, A(4, 3), padding_idx=-4),
    functional("embedding", some, A(4, 3), scale_grad_by_freq=True).up_to(1),
    functional("embedding", some, A(4, 3), 0, scale_grad_by_freq=True).up_to(1),
    functional("embedding", some, A(4, 3).of("float32")).up_to(1),
    refused("embedding", Of([0, 4], "int64"), A(4, 3)),
    refused("embedding", Of([0, -1], "int64"), A(4, 3)),
    refused("embedding", Of([0.0, 1.0]), A(4, 3)),
    refused("embedding", Of([True, False], "bool"), A(4, 3)),
    refused("embedding", once, A(4)),
    refused("embedding", once, A(4, 3, 2)),
    refused("embedding", once, A(4, 3), 4),
    refused("embedding", once, A(4, 3), -5),
]

MODULES: list[Case | ModuleCase] = [
    module("Embedding", 4, 3, inputs=[some]),
    module("Embedding", 4, 3, inputs=[once], calls=2),
    module("Embedding", 4, 3, padding_idx=2, inputs=[some], order=2),
    module("Embedding", 4, 3, -1, inputs=[some]),
    module("Embedding", 4, 3, max_norm=1.0, inputs=[some], state={"weight": lengths}),
    module("Embedding", 4, 3, None, 0.5, 1.0, inputs=[some], state={"weight": lengths}),
    module("Embedding", 4, 3, max_norm=1.5, norm_type=3.0, inputs=[once], calls=2, state={"weight": lengths}),
    module("Embedding", 4, 3, scale_grad_by_freq=True, inputs=[some]),
    module("Embedding", 4, 3, _freeze=True, inputs=[some]),
    module("Embedding", 4, 3, dtype="float32", inputs=[some]),
    refused("Embedding", 4, 3, padding_idx=4),
    refused("Embedding", 4, 3, inputs=[Of([4], "int64")]),
]

CASES = FUNCTIONS + MODULES
