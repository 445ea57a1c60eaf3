"""Which dropouts are compared? Where chance decides, numbers differ; what is not left to it is equal."""

from __future__ import annotations

from networks.case import A, Case, ModuleCase, functional, module, refused

SHAPES = {
    "dropout": [A(4), A(2, 3), A(2, 3, 4)],
    "dropout1d": [A(2, 3), A(2, 3, 4)],
    "dropout2d": [A(2, 3, 2, 2)],
    "alpha_dropout": [A(4), A(2, 3)],
    "feature_alpha_dropout": [A(2, 3), A(2, 3, 2)],
}
LAYERS = {
    "Dropout": A(2, 3),
    "Dropout1d": A(2, 3, 4),
    "Dropout2d": A(2, 3, 2, 2),
    "AlphaDropout": A(2, 3),
    "FeatureAlphaDropout": A(2, 3, 4),
}

FUNCTIONS: list[Case | ModuleCase] = [
    *[
        functional(name, x, p, training)
        for name, shapes in SHAPES.items()
        for x in shapes
        for p, training in ((0.5, False), (0.0, True), (1.0, True))
    ],
    *[refused(name, shapes[0], p) for name, shapes in SHAPES.items() for p in (-0.1, 1.1)],
    refused("dropout", A(3), "0.5"),
    refused("dropout", A(3).of("int64"), 0.5),
    refused("dropout1d", A(3)),
    refused("feature_alpha_dropout", A(3), 0.5, True),
]

MODULES: list[Case | ModuleCase] = [
    *[module(name, inputs=[x], modes=("eval",)) for name, x in LAYERS.items()],
    *[module(name, p, inputs=[x]) for name, x in LAYERS.items() for p in (0.0, 1.0)],
    *[refused(name, p) for name in LAYERS for p in (-0.1, 1.1)],
]

CASES = FUNCTIONS + MODULES
