"""Which normalizations are compared?"""

from __future__ import annotations

from networks.case import A, Case, ModuleCase, functional, module, refused

LAYER: list[Case | ModuleCase] = [
    functional("layer_norm", A(2, 3), (3,)),
    functional("layer_norm", A(4), (4,), A(4), A(4)),
    functional("layer_norm", A(2, 3, 4), (4,), A(4)),
    functional("layer_norm", A(2, 3, 4), (3, 4), None, A(3, 4)).up_to(1),  # PyTorch fails at the second
    functional("layer_norm", A(2, 3, 4), (3, 4), A(3, 4), A(3, 4), 0.1),
    functional("layer_norm", A(2, 3, 4), [2, 3, 4], weight=A(2, 3, 4), eps=1e-12),
    functional("layer_norm", A(4, 3).transposed(), (4,), A(4)),
    functional("layer_norm", A(2, 6).strided(), (3,), A(6).strided(), A(3).reversed()),
    functional("layer_norm", A(5, 1), (1,), A(1), A(1)),
    functional("layer_norm", A(0, 3), (3,), A(3), A(3)).up_to(1),
    functional("layer_norm", A(2, 3), (3,), A(3).kept(), A(3)),
    functional("layer_norm", A(2, 3).kept(), (3,), A(3), A(3).kept()),
    functional("layer_norm", A(3, 40).within(99, 101), (40,), A(40), A(40)).up_to(1),
    functional("layer_norm", A(3, 8).within(-1e-8, 1e-8), (8,), A(8)),
    functional("layer_norm", A(2, 3).of("float32"), (3,)).up_to(1),
    functional("layer_norm", A(3, 5).of("float32"), (5,), A(5).of("float32"), A(5).of("float32")).up_to(1),
    *[module("LayerNorm", 3, inputs=[x]) for x in (A(3), A(2, 3), A(2, 4, 3))],
    module("LayerNorm", (2, 3), 1e-3, inputs=[A(4, 2, 3)], order=2),
    module("LayerNorm", [3], elementwise_affine=False, inputs=[A(2, 3)]),
    module("LayerNorm", 3, bias=False, inputs=[A(2, 3)]),
    module("LayerNorm", 3, dtype="float32", inputs=[A(2, 3).of("float32")]),
    refused("layer_norm", A(2, 3), (4,)),
    refused("layer_norm", A(2, 3), ()),
    refused("layer_norm", A(3), (2, 3)),
    refused("layer_norm", A(2, 3), (3,), A(4)),
    refused("layer_norm", A(2, 3), (3,), A(3), A(1)),
    refused("layer_norm", A(2, 3).of("int64"), (3,)),
    refused("layer_norm", A(2, 3), (3,), A(3).of("float32")),
    refused("LayerNorm", 3, inputs=[A(2, 4)]),
    refused("LayerNorm", 3.5),
]

RMS: list[Case | ModuleCase] = [
    functional("rms_norm", A(2, 3), (3,)),
    functional("rms_norm", A(4), (4,), A(4)),
    functional("rms_norm", A(2, 3, 4), (4,), A(4), 1e-5),
    functional("rms_norm", A(2, 3, 4), [3, 4], weight=A(3, 4), eps=0.1),
    functional("rms_norm", A(4, 3).transposed(), (4,), A(4).reversed()),
    functional("rms_norm", A(5, 1), (1,), A(1)),
    functional("rms_norm", A(0, 3), (3,), A(3)).up_to(1),
    functional("rms_norm", A(2, 3).kept(), (3,), A(3)),
    functional("rms_norm", A(3, 8).within(-1e-8, 1e-8), (8,), A(8)),
    functional("rms_norm", A(3, 8).within(1e8, 1e9), (8,), A(8)).up_to(1),
    functional("rms_norm", A(3, 5).of("float32"), (5,), A(5).of("float32")).up_to(1),
    functional("rms_norm", A(3, 5).within(-1e-3, 1e-3).of("float32"), (5,)).up_to(1),
    *[module("RMSNorm", 3, inputs=[x]) for x in (A(3), A(2, 3), A(2, 4, 3))],
    module("RMSNorm", (2, 3), 1e-3, inputs=[A(4, 2, 3)], order=2),
    module("RMSNorm", [3], elementwise_affine=False, inputs=[A(2, 3)]),
    module("RMSNorm", 3, dtype="float32", inputs=[A(2, 3).of("float32")]),
    refused("rms_norm", A(2, 3), (4,)),
    refused("rms_norm", A(2, 3), ()),
    refused("rms_norm", A(2, 3), (3,), A(4)),
    refused("RMSNorm", 3, inputs=[A(2, 4)]),
]

GROUP: list[Case | ModuleCase] = [
    *[functional("group_norm", x, 2) for x in (A(2, 4), A(2, 4, 3), A(2, 2, 3, 2), A(2, 4, 1, 2, 2))],
    functional("group_norm", A(2, 4, 3), 1, A(4), A(4)),
    functional("group_norm", A(2, 4, 3), 4, A(4)),
    functional("group_norm", A(2, 4, 3), 2, None, A(4), 0.1).values_only(),  # PyTorch fails at the gradients
    functional("group_norm", A(2, 4), 4, A(4), A(4)),
    functional("group_norm", A(1, 4, 3), num_groups=2, weight=A(4).reversed(), bias=A(4), eps=1e-3),
    functional("group_norm", A(2, 3, 4).transposed(), 2, A(4), A(4)),
    functional("group_norm", A(0, 4, 3), 2, A(4), A(4)).up_to(1),
    functional("group_norm", A(2, 4, 5).within(99, 101), 2, A(4), A(4)).up_to(1),
    functional("group_norm", A(2, 4, 3).of("float32"), 2).up_to(1),
    module("GroupNorm", 2, 4, inputs=[A(2, 4, 3)], order=2),
    module("GroupNorm", 3, 6, 1e-3, inputs=[A(2, 6, 2, 2)]),
    module("GroupNorm", 2, 4, affine=False, inputs=[A(2, 4)]),
    module("GroupNorm", 2, 4, bias=False, inputs=[A(2, 4, 2)]),
    refused("group_norm", A(2, 4, 3), 3),
    refused("group_norm", A(4), 2),
    refused("group_norm", A(1, 4), 4),
    refused("group_norm", A(2, 4, 3), 2, A(2)),
    refused("group_norm", A(2, 4, 3), 2, A(4), A(3)),
    refused("GroupNorm", 3, 4),
    refused("GroupNorm", 2, 4, inputs=[A(2, 6, 3)]),
]

positive = A(3).within(0.5, 2).kept()
mean, variance = A(3).kept(), positive

BATCH: list[Case | ModuleCase] = [
    *[
        functional("batch_norm", x, None, None, training=True)
        for x in (A(4, 3), A(2, 3, 2), A(2, 3, 2, 2), A(2, 3, 1, 2, 2))
    ],
    functional("batch_norm", A(4, 3), None, None, A(3), A(3), True),
    functional("batch_norm", A(2, 3, 4), None, None, A(3), None, True, 0.5, 0.1),
    functional("batch_norm", A(2, 3, 4), None, None, None, A(3), True).up_to(1),
    functional("batch_norm", A(2, 3, 2, 2), mean, variance, A(3), A(3), True),
    *[functional("batch_norm", x, mean, variance) for x in (A(4, 3), A(2, 3, 2), A(2, 3, 2, 2), A(1, 3))],
    functional("batch_norm", A(4, 3), mean, variance, A(3), A(3)),
    functional("batch_norm", A(2, 3, 2), mean, variance, A(3), None, eps=0.1),
    functional("batch_norm", A(2, 3, 2), mean, variance, None, A(3), False, 0.5, 0.0).up_to(1),
    functional("batch_norm", A(2, 2, 3).transposed(), None, None, A(3), A(3), True),
    functional("batch_norm", A(0, 3, 2), mean, variance, A(3), A(3)).up_to(1),
    functional("batch_norm", A(0, 3, 2), mean, variance, A(3), A(3), True).values_only(),
    functional("batch_norm", A(6, 3).within(99, 101), None, None, A(3), A(3), True).up_to(1),
    functional("batch_norm", A(2, 3, 9).within(99, 101), None, None, A(3), A(3), True).up_to(1),
    functional("batch_norm", A(2, 3, 2).of("float32"), None, None, training=True).up_to(1),
    *[module("BatchNorm1d", 3, inputs=[x], calls=2) for x in (A(4, 3), A(2, 3, 4))],
    module("BatchNorm1d", 3, inputs=[A(4, 3)], order=2),
    module("BatchNorm1d", 3, momentum=None, inputs=[A(4, 3)], calls=3),
    module("BatchNorm1d", 3, 0.1, 0.3, inputs=[A(2, 3, 2)]),
    module("BatchNorm1d", 3, momentum=0.0, inputs=[A(4, 3)]),
    module("BatchNorm1d", 3, momentum=1.0, inputs=[A(4, 3)]),
    module("BatchNorm1d", 3, affine=False, inputs=[A(4, 3)]),
    module("BatchNorm1d", 3, bias=False, inputs=[A(4, 3)]),
    module("BatchNorm1d", 3, track_running_stats=False, inputs=[A(4, 3)], calls=2),
    module("BatchNorm1d", 3, dtype="float32", inputs=[A(4, 3).of("float32")]),
    module("BatchNorm2d", 3, inputs=[A(2, 3, 2, 2)], calls=2),
    module("BatchNorm2d", 3, inputs=[A(1, 3, 2, 3)], order=2),
    module("BatchNorm2d", 2, momentum=None, affine=False, inputs=[A(2, 2, 3, 1)], calls=2),
    module("BatchNorm2d", 1, inputs=[A(2, 1, 2, 2)]),
    module("BatchNorm2d", 3, inputs=[A(1, 3, 1, 1)], modes=("eval",)),
    refused("batch_norm", A(4, 3), None, None),
    refused("batch_norm", A(4, 3), A(3).kept(), None, training=True),
    refused("batch_norm", A(4, 3), None, None, training=True, eps=0.0),
    refused("batch_norm", A(4, 3), mean, variance, eps=-1.0),
    refused("batch_norm", A(1, 3), None, None, training=True),
    refused("batch_norm", A(1, 3, 1), mean, variance, training=True),
    refused("batch_norm", A(4, 2), mean, variance),
    refused("batch_norm", A(4, 2), mean, variance, training=True),
    refused("batch_norm", A(4, 3), mean, variance, A(2)),
    refused("batch_norm", A(4), mean, variance, training=True),
    refused("BatchNorm1d", 3, inputs=[A(1, 3)], modes=("train",)),
    refused("BatchNorm1d", 3, inputs=[A(4, 2)]),
    refused("BatchNorm1d", 3, inputs=[A(3)]),
    refused("BatchNorm1d", 3, inputs=[A(2, 3, 2, 2)]),
    refused("BatchNorm2d", 3, inputs=[A(2, 3, 2)]),
    refused("BatchNorm2d", 3, inputs=[A(2, 4, 2, 2)]),
]

tracked = {"track_running_stats": True}

INSTANCE: list[Case | ModuleCase] = [
    *[functional("instance_norm", x) for x in (A(2, 3, 4), A(2, 3, 2, 2), A(1, 3, 2, 1, 2))],
    functional("instance_norm", A(2, 3, 4), weight=A(3), bias=A(3), eps=0.1),
    functional("instance_norm", A(2, 3, 4), mean, variance, A(3), None),
    functional("instance_norm", A(2, 3, 4), mean, variance, use_input_stats=False),
    functional("instance_norm", A(2, 3, 1), mean, variance, A(3), A(3), False, 0.5, 0.1),
    functional("instance_norm", A(2, 3, 5).within(99, 101), weight=A(3), bias=A(3)).up_to(1),
    module("InstanceNorm1d", 3, inputs=[A(2, 3, 4)]),
    module("InstanceNorm1d", 3, inputs=[A(3, 4)]),
    module("InstanceNorm1d", 3, affine=True, inputs=[A(2, 3, 4)], order=2),
    module("InstanceNorm1d", 3, affine=True, bias=False, inputs=[A(2, 3, 4)]),
    module("InstanceNorm1d", 3, 1e-3, 0.3, True, True, inputs=[A(2, 3, 4)], calls=2),
    module("InstanceNorm1d", 3, **tracked, momentum=None, inputs=[A(2, 3, 4)], calls=2),
    module("InstanceNorm1d", 3, **tracked, inputs=[A(3, 4)], calls=2),
    module("InstanceNorm2d", 3, inputs=[A(2, 3, 2, 2)]),
    module("InstanceNorm2d", 3, inputs=[A(3, 2, 2)]),
    module("InstanceNorm2d", 3, affine=True, **tracked, inputs=[A(2, 3, 2, 2)], calls=2),
    refused("instance_norm", A(2, 3, 1)),
    refused("instance_norm", A(2, 3)),
    refused("instance_norm", A(2, 3, 4), use_input_stats=False),
    refused("instance_norm", A(2, 2, 4), mean, variance),
    refused("InstanceNorm1d", 3, affine=True, inputs=[A(2, 2, 4)]),
    refused("InstanceNorm1d", 3, inputs=[A(2, 3, 2, 2)]),
    refused("InstanceNorm2d", 3, inputs=[A(3, 4)]),
]

LOCAL: list[Case | ModuleCase] = [
    *[functional("local_response_norm", A(2, 5, 3), size) for size in (1, 2, 3, 5, 8)],
    functional("local_response_norm", A(2, 4, 2, 2), 3, 0.5, 0.4, 2.0),
    functional("local_response_norm", A(1, 3, 2, 1, 2), 2, alpha=0.1),
    module("LocalResponseNorm", 3, inputs=[A(2, 4, 2, 2)], order=2),
    module("LocalResponseNorm", 2, 0.5, 0.4, 2.0, inputs=[A(2, 3, 4)]),
    refused("local_response_norm", A(2, 3), 2),
]

CASES = LAYER + RMS + GROUP + BATCH + INSTANCE + LOCAL
