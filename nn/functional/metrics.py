"""How good are predictions, in numbers that people read? Nothing here has a gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentValueError
from autograd.functions.bare import bare
from autograd.functions.shapes import array
from nn.ops.classes import class_axis, require_classes, require_indices
from nn.ops.losses import require_same_shape

__all__ = ["accuracy", "binary_accuracy", "confusion_matrix", "r2_score"]


def accuracy(input: Any, target: Any, topk: int = 1, ignore_index: int = -100) -> float:
    """Which share of the targets are among the ``topk`` classes with the highest scores.

    Of equal scores the first class counts as the highest, as for ``argmax``; a score that is nan is never right.

    Parameters
    ----------
    input : Tensor of shape (C,), (N, C) or (N, C, …)
        Scores: logits or probabilities.
    target : Tensor of integers of shape (), (N,) or (N, …)
    topk : int
    ignore_index : int
        A class index that does not count.

    Returns
    -------
    float
        From 0 to 1; nan of no targets.

    Raises
    ------
    ArgumentValueError, BoundsError, DtypeError, ShapeError
        If the target does not fit the input, or topk is not positive.
    """
    if not isinstance(topk, (int, np.integer)) or topk < 1:
        raise ArgumentValueError(f"accuracy(): topk is a number from 1 on, not {topk!r:.40}")
    scores, classes = _scores_and_classes("accuracy", input, target, ignore_index)
    axis = class_axis(scores)
    counts = classes != ignore_index
    right = np.expand_dims(np.where(counts, classes, 0), axis)
    score = np.take_along_axis(scores, right, axis)
    numbers = np.arange(scores.shape[axis]).reshape(-1, *[1] * (scores.ndim - 1 - axis))
    before = ~(scores <= score) | ((scores == score) & (numbers < right))
    return _share((before.sum(axis) < topk)[counts])


def binary_accuracy(input: Any, target: Any, threshold: float = 0.0) -> float:
    """Which share of the scores lie on the target's side of the threshold.

    Parameters
    ----------
    input, target : Tensor of one shape
        Scores, and targets that are above 0 for yes: 1 and 0, 1 and −1, or booleans.
    threshold : float
        0 for logits; for probabilities 0.5.

    Returns
    -------
    float
        From 0 to 1; nan of no targets.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    scores, sides = (np.asarray(bare(array("binary_accuracy", x))) for x in (input, target))
    require_same_shape("binary_accuracy", scores, sides)
    return _share(((scores > threshold) == (sides > 0)) & ~np.isnan(scores))


def _share(is_right: np.ndarray) -> float:
    return float(is_right.mean()) if is_right.size else float("nan")


def confusion_matrix(input: Any, target: Any, ignore_index: int = -100) -> Tensor:
    """How often each class was taken for each: rows are the targets, columns the predictions.

    Parameters
    ----------
    input, target, ignore_index
        As for `accuracy`.

    Returns
    -------
    Tensor of int64 of shape (C, C)

    Raises
    ------
    BoundsError, DtypeError, ShapeError
        If the target does not fit the input.
    """
    scores, classes = _scores_and_classes("confusion_matrix", input, target, ignore_index)
    axis = class_axis(scores)
    size = scores.shape[axis]
    counts = classes != ignore_index
    pairs = classes[counts] * size + np.argmax(scores, axis)[counts]
    return Tensor(np.bincount(pairs, minlength=size * size).reshape(size, size))


def _scores_and_classes(name: str, input: Any, target: Any, ignore_index: int) -> tuple[np.ndarray, np.ndarray]:
    scores, classes = (np.asarray(bare(array(name, x))) for x in (input, target))
    require_classes(name, scores, classes)
    require_indices(name, classes, scores.shape[class_axis(scores)], ignore_index)
    return scores, classes.astype(np.int64, copy=False)


def r2_score(input: Any, target: Any) -> float:
    """Which share of the target's variance the input explains: 1 − Σ (target − input)² / Σ (target − mean)².

    Parameters
    ----------
    input, target : Tensor of one shape

    Returns
    -------
    float
        1 if all are met, 0 for what the mean achieves, negative for less; nan if the target does not vary.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    predicted, true = (np.asarray(bare(array("r2_score", x)), np.float64) for x in (input, target))
    require_same_shape("r2_score", predicted, true)
    spread = np.square(true - true.mean()).sum() if true.size else 0.0
    return 1 - float(np.square(true - predicted).sum() / spread) if spread else float("nan")
