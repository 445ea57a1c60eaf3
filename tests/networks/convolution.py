"""Which convolutions are compared: along lines and over planes, their transposes, windows, and borders?"""

from __future__ import annotations

from networks.case import A, Case, ModuleCase, functional, module, refused

LINES: list[Case | ModuleCase] = [
    functional("conv1d", A(2, 3, 6), A(4, 3, 2)),
    functional("conv1d", A(2, 3, 6), A(4, 3, 2), A(4)),
    functional("conv1d", A(3, 6), A(4, 3, 2), A(4)),
    functional("conv1d", A(2, 3, 6), A(4, 3, 1), A(4), 2),
    functional("conv1d", A(2, 3, 6), A(4, 3, 6), A(4)),
    functional("conv1d", A(1, 1, 1), A(1, 1, 1), A(1)),
    functional("conv1d", A(2, 4, 9), A(6, 2, 3), A(6), 2, 1, 2, 2),
    functional("conv1d", A(2, 4, 9), A(4, 1, 3), None, (3,), (2,), (1,), groups=4),
    functional("conv1d", A(2, 2, 5), A(2, 2, 4), padding="same"),
    functional("conv1d", A(2, 2, 8), A(2, 2, 3), padding="same", dilation=2),
    functional("conv1d", A(2, 2, 5), A(2, 2, 4), padding="valid"),
    functional("conv1d", A(0, 2, 5), A(2, 2, 4), A(2)),
    module("Conv1d", 2, 3, 3, inputs=[A(2, 2, 7)], order=2),
    module("Conv1d", 2, 4, 3, 2, 1, 2, 2, False, inputs=[A(2, 2, 7)]),
    module("Conv1d", 2, 3, (4,), padding="same", padding_mode="circular", inputs=[A(2, 2, 7)]),
    module("Conv1d", 2, 3, 3, padding=2, padding_mode="reflect", inputs=[A(2, 7)]),
    module("Conv1d", 2, 3, 3, padding="valid", padding_mode="replicate", inputs=[A(2, 2, 7)]),
]

SPOTS = A(2, 3, 5, 6), A(4, 3, 3, 2), A(4)
PLANES: list[Case | ModuleCase] = [
    functional("conv2d", *SPOTS),
    functional("conv2d", *SPOTS[:2]),
    functional("conv2d", A(3, 5, 6), *SPOTS[1:]),
    *[functional("conv2d", *SPOTS, stride=stride) for stride in (2, 3, (1, 2), [2, 1])],
    *[functional("conv2d", *SPOTS, padding=padding) for padding in (1, 4, (0, 2), "same", "valid")],
    *[functional("conv2d", *SPOTS, dilation=dilation) for dilation in (2, (1, 3))],
    functional("conv2d", *SPOTS, stride=2, padding=3, dilation=2),
    functional("conv2d", *SPOTS, stride=4, padding=2, dilation=(2, 3)),
    functional("conv2d", *SPOTS, padding="same", dilation=(3, 2)),
    *[functional("conv2d", A(2, 3, 5, 6), A(4, 3, 1, 1), A(4), stride) for stride in (1, 2, 7)],
    functional("conv2d", A(2, 4, 5, 6), A(6, 2, 2, 3), A(6), 1, 1, 1, 2),
    functional("conv2d", A(2, 4, 5, 6), A(4, 1, 3, 3), A(4), 2, 1, 1, 4),
    functional("conv2d", A(2, 2, 5, 6), A(6, 1, 3, 3), None, 1, 0, 2, 2),
    functional("conv2d", A(2, 6, 5, 6), A(3, 2, 2, 2), A(3), groups=3),
    functional("conv2d", A(1, 1, 3, 3), A(1, 1, 3, 3), A(1)),
    functional("conv2d", A(0, 3, 5, 6), *SPOTS[1:]),
    functional("conv2d", A(2, 3, 6, 5).transposed(), *SPOTS[1:]),
    functional("conv2d", A(2, 3, 5, 12).strided(), A(4, 3, 2, 3).transposed(), A(4)),
    functional("conv2d", A(2, 3, 5, 6).reversed(), A(4, 3, 3, 4).strided(), A(4).reversed()),
    functional("conv2d", A(2, 3, 5, 6).kept(), *SPOTS[1:]),
    functional("conv2d", A(2, 3, 5, 6), A(4, 3, 3, 2).kept(), A(4)),
    functional("conv2d", A(2, 3, 5, 6), A(4, 3, 3, 2).kept(), A(4).kept(), stride=2),
    functional("conv2d", *[x.of("float32") for x in SPOTS]).up_to(1),
    functional("conv2d", A(9, 2, 34, 40), A(3, 2, 3, 3), A(3), padding=1).up_to(1),  # longer than one block of places
    functional("conv2d", A(3, 1, 2, 1100), A(2, 1, 2, 2), A(2), stride=(1, 2)).up_to(1),
    functional("conv2d", A(33, 8, 12, 12), A(8, 8, 5, 5), A(8), padding=2).up_to(1),  # enough for several threads
    module("Conv2d", 3, 4, 3, inputs=[A(2, 3, 5, 6)], order=2),
    module("Conv2d", 3, 4, (3, 2), (2, 1), (1, 0), (1, 2), inputs=[A(2, 3, 5, 6)]),
    module("Conv2d", 4, 6, 3, groups=2, bias=False, inputs=[A(2, 4, 5, 6)]),
    module("Conv2d", 3, 4, kernel_size=1, inputs=[A(3, 5, 6)]),
    module("Conv2d", 3, 4, 3, padding="same", inputs=[A(2, 3, 5, 6)]),
    module("Conv2d", 3, 4, 3, dtype="float32", inputs=[A(2, 3, 5, 6).of("float32")]),
    *[
        module("Conv2d", 2, 3, (3, 4), padding=padding, padding_mode=mode, inputs=[A(2, 2, 5, 6)])
        for mode in ("reflect", "replicate", "circular")
        for padding in ((2, 1), "same", "valid")
    ],
    module("Conv2d", 2, 3, 3, stride=2, padding=1, padding_mode="circular", inputs=[A(2, 5, 6)], order=2),
    module(
        "Sequential",
        module("Conv2d", 1, 2, 3, padding=1),
        module("ReLU"),
        module("MaxPool2d", 2),
        module("Conv2d", 2, 3, 2),
        module("Flatten"),
        module("Linear", 12, 2),
        inputs=[A(2, 1, 6, 6)],
        order=2,
    ),
]

BACK: list[Case | ModuleCase] = [
    functional("conv_transpose1d", A(2, 3, 4), A(3, 2, 3)),
    functional("conv_transpose1d", A(3, 4), A(3, 2, 3), A(2)),
    functional("conv_transpose1d", A(2, 4, 4), A(4, 3, 3), A(6), 2, 1, 1, 2, 2),
    functional("conv_transpose1d", A(2, 4, 3), A(4, 1, 2), A(4), (3,), 0, (2,), 4),
    functional("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 2)),
    functional("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 2), A(2)),
    functional("conv_transpose2d", A(3, 3, 4), A(3, 2, 3, 2), A(2)),
    *[functional("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 2), A(2), stride) for stride in (2, (1, 3), 5)],
    functional("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 3), A(2), 2, 1, 1),
    functional("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 2), A(2), 3, (3, 1), (0, 2)),
    functional("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 2), A(2), dilation=2),
    functional("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 2), A(2), 2, 1, 1, 1, (2, 3)),
    functional("conv_transpose2d", A(2, 4, 3, 4), A(4, 3, 2, 2), A(6), 2, groups=2),
    functional("conv_transpose2d", A(2, 4, 3, 4), A(4, 1, 3, 3), None, 2, 1, groups=4),
    functional("conv_transpose2d", A(0, 3, 3, 4), A(3, 2, 3, 2), A(2)),
    functional("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 2).kept(), A(2), 2),
    module("ConvTranspose1d", 3, 2, 3, 2, inputs=[A(2, 3, 4)]),
    module("ConvTranspose2d", 3, 2, 3, inputs=[A(2, 3, 3, 4)], order=2),
    module("ConvTranspose2d", 4, 6, (3, 2), 2, (1, 0), (1, 0), 2, False, 1, inputs=[A(2, 4, 3, 4)]),
    module("ConvTranspose2d", 3, 2, 3, dilation=2, inputs=[A(3, 3, 4)]),
    module("ConvTranspose2d", 3, 2, 3, 2, inputs=[A(2, 3, 3, 4)], call={"output_size": (8, 9)}),
    module("ConvTranspose2d", 3, 2, 3, 2, 1, inputs=[A(2, 3, 3, 4)], call={"output_size": [2, 2, 6, 7]}),
]

WINDOWS: list[Case | ModuleCase] = [
    functional("unfold", A(2, 3, 5, 6), 2),
    functional("unfold", A(2, 3, 5, 6), (3, 2), 2, (1, 0), (2, 1)),
    functional("unfold", A(3, 5, 6), (1, 3), padding=1, stride=3),
    functional("fold", A(2, 12, 20), (5, 6), 2),
    functional("fold", A(2, 18, 8), (5, 6), (3, 2), 2, (1, 0), (2, 1)),
    functional("fold", A(4, 9), 4, 2, 1, 1, 2),
    module("Unfold", 2, 1, 1, 2, inputs=[A(2, 3, 5, 6)]),
    module("Unfold", (2, 3), inputs=[A(2, 3, 5, 6)]),
    module("Fold", (5, 6), (2, 3), inputs=[A(2, 12, 16)]),
    module("Fold", 4, 2, dilation=2, padding=1, stride=2, inputs=[A(2, 4, 4)]),
]

BORDERS: list[Case | ModuleCase] = [
    functional("pad", A(2, 3), (1, 2)),
    functional("pad", A(2, 3), (1, -1, 0, 2), "constant", 1.5),
    *[functional("pad", A(1, 2, 3, 4), (1, 2, 2, 0), mode) for mode in ("reflect", "replicate", "circular")],
    *[
        module(name, padding, *value, inputs=[A(*shape)])
        for padding, shape in ((1, (2, 2, 4)), ((2, 1), (2, 4)))
        for name, *value in (("ZeroPad1d",), ("ConstantPad1d", 2.5), ("ReflectionPad1d",), ("ReplicationPad1d",))
    ],
    *[
        module(name, padding, *value, inputs=[A(2, 2, 4, 5)])
        for padding in (1, (2, 1, 0, 3))
        for name, *value in (("ZeroPad2d",), ("ConstantPad2d", -1), ("ReflectionPad2d",), ("ReplicationPad2d",))
    ],
    module("CircularPad1d", 2, inputs=[A(2, 2, 4)]),
    module("CircularPad2d", (1, 2, 3, 0), inputs=[A(2, 2, 4, 5)]),
    module("ConstantPad2d", (-1, 1, 0, -2), 3.0, inputs=[A(2, 2, 4, 5)]),
]

REFUSED: list[Case | ModuleCase] = [
    refused("conv2d", A(2, 2, 5, 6), *SPOTS[1:]),
    refused("conv2d", *SPOTS[:2], A(3)),
    refused("conv2d", A(5, 6), *SPOTS[1:]),
    refused("conv2d", A(2, 3, 5, 6), A(4, 3, 3), A(4)),
    refused("conv2d", A(2, 3, 2, 6), *SPOTS[1:]),
    refused("conv2d", *SPOTS, dilation=3),
    refused("conv2d", *SPOTS, stride=0),
    refused("conv2d", *SPOTS, padding=-1),
    refused("conv2d", *SPOTS, dilation=0),
    refused("conv2d", *SPOTS, padding="full"),
    refused("conv2d", *SPOTS, stride=2, padding="same"),
    refused("conv2d", *SPOTS, stride=(1, 2, 3)),
    refused("conv2d", *SPOTS, stride=1.5),
    refused("conv2d", *SPOTS, groups=0),
    refused("conv2d", A(2, 6, 5, 6), A(4, 2, 2, 2), groups=3),
    refused("conv2d", A(2, 3, 5, 6).of("float32"), *SPOTS[1:]),
    refused("conv1d", A(2, 3, 6, 1), A(4, 3, 2)),
    refused("conv_transpose2d", A(2, 2, 3, 4), A(3, 2, 3, 2)),
    refused("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 2), A(3)),
    refused("conv_transpose2d", A(2, 3, 3, 4), A(3, 2, 3, 2), None, 2, 0, 2),
    refused("conv_transpose2d", A(2, 3, 1, 1), A(3, 2, 3, 3), None, 1, 2),
    refused("Conv2d", 3, 4, 3, groups=2),
    refused("Conv2d", 4, 3, 3, groups=2),
    refused("Conv2d", 3, 4, 3, groups=0),
    refused("Conv2d", 3, 4, 3, padding="full"),
    refused("Conv2d", 3, 4, 3, stride=2, padding="same"),
    refused("Conv2d", 3, 4, 3, padding_mode="zero"),
    refused("Conv2d", 3, 4, 3, inputs=[A(2, 4, 5, 6)]),
    refused("ConvTranspose2d", 3, 4, 3, padding_mode="reflect"),
    refused("ConvTranspose2d", 3, 2, 3, 2, inputs=[A(2, 3, 3, 4)], call={"output_size": (9, 9)}),
    refused("fold", A(2, 12, 19), (5, 6), 2),
    refused("fold", A(2, 11, 20), (5, 6), 2),
    refused("unfold", A(2, 3, 5, 6), 7),
]

CASES: list[Case | ModuleCase] = [*LINES, *PLANES, *BACK, *WINDOWS, *BORDERS, *REFUSED]
