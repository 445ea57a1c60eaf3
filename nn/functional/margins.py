"""How far is a prediction from being right by a margin? Hinge losses, and losses of distances, as in PyTorch.

What `nn.functional.losses` says about targets holds here too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd.errors import ArgumentValueError, DtypeError, ShapeError
from autograd.functions.bare import bare
from autograd.functions.creation import number
from autograd.functions.shapes import array
from autograd.ops.activations import relu
from autograd.ops.exponential import sqrt
from autograd.ops.selection import where
from nn.functional.activations import pairwise_distance
from nn.functional.losses import class_weight, floats, of_one_type, pair, require_reduction, sided
from nn.ops import classes
from nn.ops.losses import reduced, require_same_shape

__all__ = [
    "cosine_embedding_loss",
    "hinge_embedding_loss",
    "hinge_loss",
    "margin_ranking_loss",
    "multi_margin_loss",
    "multiclass_hinge_loss",
    "multilabel_margin_loss",
    "triplet_margin_loss",
]


def _sides(name: str, target: Any) -> np.ndarray:
    """The bare numbers of targets that say yes (1) or no (−1)."""
    sides = np.asarray(bare(target))
    other = np.abs(sides) != 1
    if other.any():
        raise ArgumentValueError(
            f"{name}(): the target holds 1 and −1, not {sides.flat[int(np.argmax(other))]:g}; "
            "from 0 and 1 make them by 2 * target - 1"
        )
    return sides


# --- two classes, and more --------------------------------------------------------------------------------------------


def hinge_loss(input: Any, target: Any, margin: float = 1.0, *, reduction: str = "mean") -> Any:
    """max(0, margin − target·input): no loss once the score is on the target's side by the margin.

    Parameters
    ----------
    input, target : Tensor of one shape
        Scores, and for each the side it belongs to, 1 or −1.
    margin : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`, and if a target is neither 1 nor −1.

    Notes
    -----
    The loss of a support vector machine (Cortes and Vapnik 1995); PyTorch has none of this kind for two classes. At the
    margin itself the gradient is 0.
    """
    require_reduction("hinge_loss", reduction)
    margin = number("hinge_loss", "margin", margin)
    x, t = pair("hinge_loss", input, target)
    _sides("hinge_loss", t)
    return reduced(relu(margin - t * x), reduction)


def _shortfalls(name: str, input: Any, target: Any, margin: float) -> tuple[Any, np.ndarray]:
    """By how much each wrong class comes closer to the right one than the margin, and the class indices."""
    margin = number(name, "margin", margin)
    x, t = floats(name, input), np.asarray(bare(array(name, target)))
    if x.ndim not in (1, 2):
        raise ShapeError(f"{name}(): the input has shape (N, C) or (C,), not {x.shape}")
    classes.require_classes(name, x, t)
    classes.require_indices(name, t, x.shape[-1])
    right = np.expand_dims(t, -1)
    wrong = np.ones(x.shape, x.dtype)
    np.put_along_axis(wrong, right, 0, -1)
    return relu(margin - autograd.gather(x, -1, right) + x) * wrong, t


def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    *,
    reduction: str = "mean",
) -> Any:
    """Σ max(0, margin − x_y + x_j)^p / C over the wrong classes j: the multi-class hinge, divided by the classes.

    Parameters
    ----------
    input : Tensor of shape (N, C) or (C,)
    target : Tensor of integers of shape (N,) or ()
    p : {1, 2}
    margin : float
    weight : Tensor of shape (C,), optional
        Multiplies the losses of the targets of each class.
    reduction : {"mean", "sum", "none"}
        The mean is divided by N.

    Raises
    ------
    ArgumentValueError, BoundsError, DtypeError, GraphError, ShapeError
        As `cross_entropy`, and if p is neither 1 nor 2.

    See Also
    --------
    multiclass_hinge_loss : the same sum, not divided by C.
    """
    name = "multi_margin_loss"
    require_reduction(name, reduction)
    if p not in (1, 2):
        raise ArgumentValueError(f"{name}(): p is 1 or 2, not {p!r:.40}")
    short, t = _shortfalls(name, input, target, margin)
    losses = (short if p == 1 else short * short).mean(-1)
    if weight is not None:
        losses, w = of_one_type(losses, class_weight(name, weight, short))
        losses = losses * bare(w)[t]
    return reduced(losses, reduction)


def multiclass_hinge_loss(input: Any, target: Any, margin: float = 1.0, *, reduction: str = "mean") -> Any:
    """Σ max(0, s_j − s_y + margin) over the wrong classes j (Weston and Watkins 1999).

    This is the loss of the multi-class support vector machine as it is taught; `multi_margin_loss`, PyTorch's, is this
    divided by the number of classes.

    Parameters
    ----------
    input : Tensor of shape (N, C) or (C,)
        Scores s.
    target : Tensor of integers of shape (N,) or ()
        The right classes y.
    margin : float
    reduction : {"mean", "sum", "none"}
        The mean is that over the N examples.

    Raises
    ------
    ArgumentValueError, BoundsError, DtypeError, ShapeError
        As `cross_entropy`.
    """
    require_reduction("multiclass_hinge_loss", reduction)
    short, _ = _shortfalls("multiclass_hinge_loss", input, target, margin)
    return reduced(short.sum(-1), reduction)


def multilabel_margin_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """Σ max(0, 1 − (x_y − x_j)) / C over all classes y that are right and all j that are not.

    Parameters
    ----------
    input : Tensor of shape (N, C) or (C,)
    target : Tensor of integers of that shape
        In each row the indices of the right classes; from the first −1 on the rest does not count.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, BoundsError, DtypeError, ShapeError
        As `cross_entropy`.
    """
    name = "multilabel_margin_loss"
    require_reduction(name, reduction)
    x, t = floats(name, input), np.asarray(bare(array(name, target)))
    require_same_shape(name, x, t)
    if x.ndim not in (1, 2):
        raise ShapeError(f"{name}(): the input has shape (N, C) or (C,), not {x.shape}")
    if t.dtype.kind not in "iu":
        raise DtypeError(f"{name}(): the target holds indices of classes, integers, not {t.dtype}")
    classes.require_indices(name, t, x.shape[-1], -1)
    listed = np.asarray(np.logical_and.accumulate(t >= 0, -1))
    places = np.where(listed, t, 0)
    is_right = (np.equal(places[..., None], np.arange(x.shape[-1])) & listed[..., None]).any(-2)
    pairs = (listed[..., None] & ~is_right[..., None, :]).astype(x.dtype)
    right = autograd.gather(x, -1, places)
    short = relu(1 - (autograd.unsqueeze(right, -1) - autograd.unsqueeze(x, -2)))
    return reduced((short * pairs).sum((-2, -1)) / x.shape[-1], reduction)


# --- distances --------------------------------------------------------------------------------------------------------


def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, *, reduction: str = "mean") -> Any:
    """The input where the target is 1, max(0, margin − input) where it is −1; the input is a distance.

    Parameters
    ----------
    input, target : Tensor of one shape
    margin : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`, and if a target is neither 1 nor −1.
    """
    require_reduction("hinge_embedding_loss", reduction)
    margin = number("hinge_embedding_loss", "margin", margin)
    x, t = pair("hinge_embedding_loss", input, target)
    similar = _sides("hinge_embedding_loss", t) == 1
    return reduced(where(similar, x, autograd.clamp_min(margin - x, 0)), reduction)


def margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, *, reduction: str = "mean") -> Any:
    """max(0, −target·(input1 − input2) + margin): with target 1 the first should be larger, with −1 the second.

    Parameters
    ----------
    input1, input2, target : Tensor of one shape
    margin : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`, and if a target is 0.
    """
    require_reduction("margin_ranking_loss", reduction)
    margin = number("margin_ranking_loss", "margin", margin)
    x1, x2 = pair("margin_ranking_loss", input1, input2)
    x1, t = pair("margin_ranking_loss", x1, target)
    sided("margin_ranking_loss", t)
    return reduced(autograd.clamp_min(margin - t * (x1 - x2), 0), reduction)


_TINY = 1e-12
"""What PyTorch adds to a squared length before it divides by its root."""


def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, *, reduction: str = "mean"
) -> Any:
    """1 − cos where the target is 1, max(0, cos − margin) where it is −1; cos is that of the angle between two vectors.

    Parameters
    ----------
    input1, input2 : Tensor of shape (N, D) or (D,)
    target : Tensor of shape (N,) or ()
    margin : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`, and if a target is neither 1 nor −1.
    """
    name = "cosine_embedding_loss"
    require_reduction(name, reduction)
    margin = number(name, "margin", margin)
    x1, x2 = pair(name, input1, input2)
    sides = _sides(name, array(name, target))
    if x1.ndim not in (1, 2) or sides.shape != x1.shape[:-1]:
        raise ShapeError(
            f"{name}(): the inputs have shape {x1.shape}, the target {sides.shape}; they take (N, D) and (N,), or (D,) "
            "and ()"
        )
    lengths = ((x1 * x1).sum(-1) + _TINY) * ((x2 * x2).sum(-1) + _TINY)
    cosine = (x1 * x2).sum(-1) / sqrt(lengths)
    return reduced(where(sides == 1, 1 - cosine, autograd.clamp_min(cosine - margin, 0)), reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> Any:
    """max(0, d(anchor, positive) − d(anchor, negative) + margin), d the p-norm of the difference (Schroff et al. 2015).

    Parameters
    ----------
    anchor, positive, negative : Tensor of shape (…, D)
        All of one shape.
    margin : float
    p : float
    eps : float
        Added to every difference, so that the norm has a derivative where two vectors are equal.
    swap : bool
        Compare with the distance from the positive to the negative where that is smaller (Balntas et al. 2016).
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ArgumentValueError, DtypeError, ShapeError
        As `mse_loss`, and if the margin is not positive.
    """
    name = "triplet_margin_loss"
    require_reduction(name, reduction)
    margin = number(name, "margin", margin)
    if not margin > 0:
        raise ArgumentValueError(f"{name}(): the margin is a positive number, not {margin}")
    a, b = pair(name, anchor, positive)
    a, c = pair(name, a, negative)
    near, far = pairwise_distance(a, b, p, eps), pairwise_distance(a, c, p, eps)
    if swap:
        far = autograd.minimum(far, pairwise_distance(b, c, p, eps))
    return reduced(autograd.clamp_min(margin + near - far, 0), reduction)
