"""Which losses are compared, as functions and as modules?"""

from __future__ import annotations

from itertools import product
from math import inf

from networks.case import A, Array, Case, ModuleCase, Of, functional, loss, refused

REDUCTIONS = ("mean", "sum", "none")
X, Y = A(3, 4), A(3, 4).within(-1, 1)
PROBABILITIES = A(3, 4).within(0.2, 0.8)
SHARES = Of([[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25], [0.0, 1.0, 0.0, 0.0]], label="shares").kept()
SOME = A(3, 4).within(0, 1)
SIDES = Of([[1, -1, -1, 1], [-1, 1, 1, 1], [-1, -1, 1, -1]], label="sides").kept()
YES = Of([[1, 0, 0, 1], [0, 1, 1, 1], [0, 0, 1, 0]], label="yes").kept()
LOGS = A(3, 4).within(-3, -0.1)
POSITIVE = A(3, 4).within(0.2, 3)
WEIGHTS = Of([0.5, 2.0, 0.0, 1.5], label="weights").kept()
EACH = POSITIVE.kept()


def indices(entries: object) -> Array:
    return Of(entries, "int64")


ROW = indices([1, 3, 0])
IMAGE = indices([[0, 2], [-100, 1], [1, 0]])
FAR = Of([[1000.0, -1000.0, 0.0, 3.0], [-1000.0, -1000.0, -1000.0, 1000.0], [0.0, 0.0, 0.0, 0.0]], label="far")
EMPTY = indices([])

BY_CLASS: tuple[tuple[Array, Array], ...] = (
    (A(4), indices(3)),
    (A(3, 4), ROW),
    (A(3, 4), indices([1, -100, 0])),
    (A(3, 4), indices([-100, -100, -100])),
    (A(3, 4, 2), IMAGE),
    (A(2, 4, 2, 2), indices([[[0, 1], [2, 3]], [[3, -100], [1, 1]]])),
    (A(4, 3).transposed(), ROW),
    (A(3, 8).strided(), ROW),
    (A(1, 1), indices([0])),
    (FAR, ROW),
    (A(3, 4), Of([1, 3, 0], "uint8")),
)
"""Scores and class indices."""

IGNORED = (-100, 1)
"""Two indices to ignore; targets that hold the first are not called with the second."""


def fits(target: Array, ignore_index: int) -> bool:
    return ignore_index == -100 or "-100" not in str(target)


def takes_weights(x: Array) -> bool:
    """Whether there are the four classes that the weights are for."""
    return x.shape[:2][-1] == 4 and not x.layout


TO_PROBABILITIES: tuple[tuple[Array, Array], ...] = (
    (A(4), A(4).within(0, 1)),
    (A(3, 4), A(3, 4).within(0, 1)),
    (A(3, 4), SHARES),
    (A(2, 4, 3), A(2, 4, 3).within(0, 1)),
    (FAR, SHARES),
    (A(3, 4), A(4, 3).within(0, 1).transposed()),
)

CLASSES: list[Case | ModuleCase] = [
    *(functional("cross_entropy", x, t, reduction=how) for (x, t), how in product(BY_CLASS, REDUCTIONS)),
    *(
        functional("cross_entropy", x, t, w, ignore_index=index, reduction=how, label_smoothing=smoothing)
        for (x, t), how, w, index, smoothing in product(
            BY_CLASS[:6], REDUCTIONS, (None, WEIGHTS), IGNORED, (0.0, 0.1, 1.0)
        )
        if (w or smoothing or index == 1) and fits(t, index)
    ),
    *(
        functional("cross_entropy", x, t, w, reduction=how, label_smoothing=smoothing)
        for (x, t), how, w, smoothing in product(TO_PROBABILITIES, REDUCTIONS, (None, WEIGHTS), (0.0, 0.2))
    ),
    *(functional("cross_entropy", A(0, 4), EMPTY, reduction=how) for how in REDUCTIONS),
    functional("cross_entropy", A(0, 4), A(0, 4)),
    functional("cross_entropy", A(3, 4).of("float32"), ROW),
    functional("cross_entropy", A(3, 4).of("float32"), SOME.of("float32"), WEIGHTS.of("float32")),
    functional("cross_entropy", A(3, 4), SOME.of("float32").kept()),
    *(
        functional("nll_loss", x, t, w, ignore_index=index, reduction=how)
        for (x, t), how, w, index in product(BY_CLASS[:9], REDUCTIONS, (None, WEIGHTS), IGNORED)
        if (w is None or takes_weights(x)) and fits(t, index)
    ),
    *(functional("nll_loss", A(0, 4), EMPTY, reduction=how) for how in REDUCTIONS),
    *(
        functional("multi_margin_loss", x, t, p, margin, w, reduction=how).up_to(1)
        for (x, t), how, p, margin, w in product(
            (BY_CLASS[0], BY_CLASS[1], BY_CLASS[6]), REDUCTIONS, (1, 2), (1.0, 0.3), (None, WEIGHTS)
        )
        if w is None or takes_weights(x)
    ),
    *(
        functional("multilabel_margin_loss", x, t, reduction=how).up_to(1)
        for (x, t), how in product(
            (
                (A(3, 4), indices([[0, -1, 2, 1], [3, 2, 1, 0], [-1, 0, 0, 0]])),
                (A(3, 4), indices([[0, 0, 2, -1], [3, 3, 3, 3], [1, -1, -1, -1]])),
                (A(4), indices([2, 0, -1, 1])),
            ),
            REDUCTIONS,
        )
    ),
    loss("CrossEntropyLoss", inputs=[X, ROW]),
    loss("CrossEntropyLoss", WEIGHTS, inputs=[X, ROW]),
    loss("CrossEntropyLoss", WEIGHTS, inputs=[X, SOME], reduction="sum", label_smoothing=0.1),
    loss("CrossEntropyLoss", ignore_index=3, reduction="none", label_smoothing=0.3, inputs=[X, ROW]),
    loss("NLLLoss", inputs=[LOGS, ROW]),
    loss("NLLLoss", WEIGHTS, ignore_index=3, inputs=[LOGS, ROW]),
    loss("MultiMarginLoss", order=1, inputs=[X, ROW]),
    loss("MultiMarginLoss", 2, 0.7, WEIGHTS, order=1, inputs=[X, ROW], reduction="sum"),
    loss("MultiLabelMarginLoss", order=1, inputs=[X, indices([[0, -1, 2, 1], [3, 2, 1, 0], [-1, 0, 0, 0]])]),
    refused("cross_entropy", A(3, 4), indices([0, 4, 1])),
    refused("cross_entropy", A(3, 4), indices([0, -1, 1])),
    refused("cross_entropy", A(3, 4), indices([0, 1])),
    refused("cross_entropy", A(3, 4), indices([[0], [1], [1]])),
    refused("cross_entropy", A(3, 4), Of([0, 1, 1])),
    refused("cross_entropy", A(3, 4), Of([False, True, True], "bool")),
    refused("cross_entropy", A(3, 4), indices([[0, 1, 0, 0]] * 3)),
    refused("cross_entropy", A(), indices(0)),
    refused("cross_entropy", A(3, 4), ROW, A(3)),
    refused("cross_entropy", A(3, 4), ROW, A(4, 1)),
    refused("cross_entropy", A(3, 4), ROW, A(4)),
    refused("cross_entropy", A(3, 4), ROW, reduction="average"),
    refused("cross_entropy", A(3, 4), ROW, label_smoothing=1.5),
    refused("cross_entropy", A(3, 4), SOME, ignore_index=2),
    refused("cross_entropy", A(3, 4).of("int64"), ROW),
    refused("nll_loss", A(3, 4), indices([0, 5, 1])),
    refused("nll_loss", A(3, 4), SOME),
    refused("nll_loss", A(3, 4), ROW, A(3).kept()),
    refused("multi_margin_loss", A(3, 4), indices([0, 4, 1])),
    refused("multi_margin_loss", A(3, 4), ROW, 3),
    refused("multi_margin_loss", A(3, 4), ROW, weight=A(3).kept()),
    refused("multilabel_margin_loss", A(3, 4), indices([0, 1, 2])),
    refused("multilabel_margin_loss", A(4), indices([0, 4, 2, 1])),
]

PAIRS: tuple[tuple[Array, Array], ...] = (
    (X, Y),
    (A(5), A(5)),
    (A(), A()),
    (A(2, 2, 3), A(2, 3, 2).transposed()),
    (A(3, 4), A(3, 8).strided()),
    (A(3, 4), A(3, 4).kept()),
    (A(0), A(0)),
    (Of([0.0, 0.25, -0.75, 1000.0]), Of([0.0, 0.0, 0.0, -1000.0])),
)

OF_DIFFERENCES: list[Case | ModuleCase] = [
    *(
        functional(name, x, t, reduction=how)
        for name, (x, t), how in product(("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"), PAIRS, REDUCTIONS)
    ),
    *(
        functional(name, Of([0.0, 1.0, -1.0, inf, -inf]), Of([0.0] * 5), reduction=how).up_to(1)
        for name, how in product(("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"), REDUCTIONS)
    ),
    *(functional("smooth_l1_loss", X, Y, reduction=how, beta=b) for how, b in product(REDUCTIONS, (0.0, 0.5, 2.0))),
    *(functional("huber_loss", X, Y, how, delta) for how, delta in product(REDUCTIONS, (0.3, 2.0))),
    *(
        functional(name, X, Y, reduction=how, weight=w)
        for name, how, w in product(("mse_loss", "l1_loss", "huber_loss"), REDUCTIONS, (POSITIVE, EACH))
    ),
    *(functional(name, X.of("float32"), Y.of("float32")) for name in ("mse_loss", "l1_loss", "huber_loss")),
    *(functional(name, X.of("float32"), Y).up_to(1) for name in ("mse_loss", "l1_loss", "smooth_l1_loss")),
    *(functional(name, X, A(3, 4).of("int64")) for name in ("mse_loss", "l1_loss", "smooth_l1_loss")),
    loss("MSELoss", inputs=[X, Y]),
    loss("MSELoss", reduction="sum", inputs=[X, Y]),
    loss("L1Loss", inputs=[X, Y]),
    loss("SmoothL1Loss", inputs=[X, Y]),
    loss("SmoothL1Loss", reduction="none", beta=0.4, inputs=[X, Y]),
    loss("HuberLoss", inputs=[X, Y]),
    loss("HuberLoss", "sum", 0.4, inputs=[X, Y]),
    refused("mse_loss", A(3, 4).of("int64"), A(3, 4).of("int64")),
    refused("mse_loss", X, A(3)),
    refused("mse_loss", X, Y, reduction="batchmean"),
    refused("mse_loss", X, Y, weight=A(4)),
    refused("l1_loss", X, Y, weight=A(4)),
    refused("huber_loss", X, Y, weight=A(4)),
    refused("huber_loss", X, Y, delta=0.0),
    refused("smooth_l1_loss", X, Y, beta=-1.0),
    *(
        functional("poisson_nll_loss", x, t, log_input, full, reduction=how)
        for (x, t), log_input, full, how in product(
            ((POSITIVE, A(3, 4).within(0, 4)), (POSITIVE, Of([[0, 1, 2, 3], [4, 5, 0, 1], [2, 2, 1, 9]]).kept())),
            (True, False),
            (True, False),
            REDUCTIONS,
        )
    ),
    functional("poisson_nll_loss", POSITIVE, A(3, 4).within(0, 4), False, eps=0.5),
    loss("PoissonNLLLoss", inputs=[X, A(3, 4).within(0, 4)]),
    loss("PoissonNLLLoss", False, True, eps=1e-3, inputs=[POSITIVE, A(3, 4).within(0, 4)], reduction="sum"),
    *(
        functional("gaussian_nll_loss", X, Y, var, full, eps, how)
        for var, full, eps, how in product(
            (POSITIVE, A(3, 1).within(0.2, 3), A(3).within(0.2, 3), A(1, 4).within(0.2, 3), 2.0),
            (False, True),
            (1e-6, 0.8),
            REDUCTIONS,
        )
    ),
    loss("GaussianNLLLoss", inputs=[X, Y, POSITIVE]),
    loss("GaussianNLLLoss", full=True, eps=0.5, reduction="none", inputs=[X, Y, POSITIVE]),
    refused("gaussian_nll_loss", X, Y, A(4).within(0.2, 3)),
    refused("gaussian_nll_loss", X, Y, A(3, 4).within(-2, -1)),
    refused("gaussian_nll_loss", X, Y, -1.0),
    refused("gaussian_nll_loss", X, Y, POSITIVE, reduction="average"),
]

EXTREMES = Of([0.0, 1.0, 0.0, 1.0, 1e-13, 0.5], label="extremes")

YES_OR_NO: list[Case | ModuleCase] = [
    *(
        functional("binary_cross_entropy", x, t, w, reduction=how).up_to(order)
        for (x, t, order), w, how in product(
            ((PROBABILITIES, SOME, 1), (PROBABILITIES, YES, 2), (PROBABILITIES, SOME.kept(), 2)),
            (None, EACH, A(4).within(0, 2).kept(), A(3, 1).within(0, 2).kept()),
            REDUCTIONS,
        )
    ),
    functional("binary_cross_entropy", EXTREMES, Of([1, 0, 0, 1, 1, 1]).kept(), reduction="none").up_to(1),
    functional("binary_cross_entropy", EXTREMES, Of([1, 0, 0, 1, 1, 1]).kept()).up_to(1),
    functional("binary_cross_entropy", SOME, YES).up_to(1),
    functional("binary_cross_entropy", A(0), A(0)),
    loss("BCELoss", inputs=[PROBABILITIES, YES]),
    loss("BCELoss", A(4).within(0, 2), inputs=[PROBABILITIES, YES], reduction="none"),
    *(
        functional("binary_cross_entropy_with_logits", x, t, w, reduction=how, pos_weight=p)
        for (x, t), w, p, how in product(
            ((X, SOME), (X, YES)),
            (None, EACH, A(3, 1).within(0, 2).kept()),
            (None, WEIGHTS, A(3, 1).within(0, 2).kept()),
            REDUCTIONS,
        )
    ),
    functional("binary_cross_entropy_with_logits", FAR, YES, reduction="none"),
    functional("binary_cross_entropy_with_logits", FAR, YES, pos_weight=WEIGHTS),
    functional("binary_cross_entropy_with_logits", A(0), A(0)),
    functional("binary_cross_entropy_with_logits", A(), A().within(0, 1)),
    functional("binary_cross_entropy_with_logits", X.of("float32"), SOME.of("float32")),
    loss("BCEWithLogitsLoss", inputs=[X, YES]),
    loss("BCEWithLogitsLoss", A(3, 1).within(0, 2), reduction="sum", pos_weight=WEIGHTS, inputs=[X, YES]),
    refused("binary_cross_entropy", PROBABILITIES, A(4).within(0, 1)),
    refused("binary_cross_entropy", A(3, 4).within(1, 2), SOME),
    refused("binary_cross_entropy", PROBABILITIES, A(3, 4).within(1, 2)),
    refused("binary_cross_entropy", PROBABILITIES, SOME, A(2, 3, 4).kept()),
    refused("binary_cross_entropy_with_logits", X, A(4)),
    refused("binary_cross_entropy_with_logits", X, SOME, A(2, 3, 4).kept()),
    refused("binary_cross_entropy_with_logits", X, SOME, pos_weight=A(3).kept()),
    refused("binary_cross_entropy_with_logits", X, SOME, reduction=None),
    *(
        functional("soft_margin_loss", x, t, reduction=how)
        for (x, t), how in product(((X, SIDES), (X, EACH)), REDUCTIONS)
    ),
    loss("SoftMarginLoss", inputs=[X, SIDES]),
    *(
        functional("multilabel_soft_margin_loss", x, t, w, reduction=how)
        for (x, t), w, how in product(((X, YES), (X, SOME), (A(2, 3, 4), A(2, 3, 4))), (None, WEIGHTS), REDUCTIONS)
    ),
    loss("MultiLabelSoftMarginLoss", WEIGHTS, inputs=[X, YES]),
    refused("multilabel_soft_margin_loss", X, YES, A(3).kept()),
]

VECTORS: list[Case | ModuleCase] = [
    *(
        functional("kl_div", x, t, reduction=how, log_target=logs)
        for (x, t), how, logs in product(
            ((LOGS, SOME), (LOGS, SHARES), (A(), A().within(0.1, 1)), (A(2, 3, 2), A(2, 3, 2).within(0.1, 1))),
            (*REDUCTIONS, "batchmean"),
            (False, True),
        )
    ),
    loss("KLDivLoss", inputs=[LOGS, SOME]),
    loss("KLDivLoss", reduction="batchmean", log_target=True, inputs=[LOGS, LOGS]),
    refused("kl_div", LOGS, SOME, reduction="batch"),
    *(
        functional("hinge_embedding_loss", POSITIVE, SIDES, margin, reduction=how)
        for margin, how in product((1.0, 2.5), REDUCTIONS)
    ),
    loss("HingeEmbeddingLoss", 2.0, inputs=[POSITIVE, SIDES]),
    *(
        functional("margin_ranking_loss", X, Y, SIDES, margin, reduction=how)
        for margin, how in product((0.0, 0.7), REDUCTIONS)
    ),
    functional("margin_ranking_loss", X, X, SIDES).up_to(1),
    loss("MarginRankingLoss", 0.5, inputs=[X, Y, SIDES]),
    refused("margin_ranking_loss", X, Y, A(3).kept()),
    *(
        functional("cosine_embedding_loss", x, y, sides, margin, reduction=how)
        for (x, y, sides), margin, how in product(
            ((X, Y, Of([1.0, -1.0, -1.0]).kept()), (X, Y, indices([1, -1, 1])), (A(4), A(4), indices(-1))),
            (0.0, 0.4, -0.5),
            REDUCTIONS,
        )
    ),
    loss("CosineEmbeddingLoss", 0.2, inputs=[X, Y, indices([1, -1, 1])]),
    refused("cosine_embedding_loss", X, Y, indices([1, -1, 1, 1])),
    refused("cosine_embedding_loss", X, A(4), indices([1, -1, 1])),
    *(
        functional("triplet_margin_loss", x, y, z, margin, p, eps, swap, reduction=how)
        for (x, y, z), margin, p, eps, swap, how in product(
            ((X, Y, POSITIVE), (A(5), A(5), A(5))), (1.0, 3.0), (2.0, 1.0), (1e-6,), (False, True), REDUCTIONS
        )
    ),
    functional("triplet_margin_loss", X, Y, POSITIVE, p=3, eps=1e-3),
    loss("TripletMarginLoss", inputs=[X, Y, POSITIVE]),
    loss("TripletMarginLoss", 2.0, 1.0, 1e-4, True, inputs=[X, Y, POSITIVE], reduction="none"),
    refused("triplet_margin_loss", X, Y, POSITIVE, margin=-1.0),
    refused("triplet_margin_loss", X, Y, A(4)),
]

CASES: list[Case | ModuleCase] = [*CLASSES, *OF_DIFFERENCES, *YES_OR_NO, *VECTORS]
