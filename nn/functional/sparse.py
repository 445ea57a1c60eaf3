"""Rows of a table by their numbers: which vectors stand for these words?"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, BoundsError
from autograd.functions.bare import bare
from autograd.saved import mark_changed
from nn.ops.sparse import embedding as rows_of
from nn.ops.sparse import rows_in

__all__ = ["embedding", "padding_row"]


def padding_row(padding_idx: Any, count: int) -> int | None:
    """The row that ``padding_idx`` names, counted from the front.

    Raises
    ------
    ArgumentTypeError, BoundsError
        If it is no integer, or the table has no such row.
    """
    if padding_idx is None:
        return None
    if isinstance(padding_idx, bool) or not isinstance(padding_idx, (int, np.integer)):
        raise ArgumentTypeError(f"embedding: padding_idx is the number of a row, not {padding_idx!r:.40}")
    if not -count <= padding_idx < count:
        raise BoundsError(f"embedding: padding_idx {padding_idx} is none of the {count} rows of the weight")
    return int(padding_idx) % count


def embedding(
    input: Any,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of the weight that the indices name.

    Parameters
    ----------
    input : Tensor of integers [...]
    weight : Tensor [num_embeddings, embedding_dim]
    padding_idx : int, optional
        A row that receives no gradient; negative ones count from the end.
    max_norm : float, optional
        Rows that are used and longer than that are shortened to it first: the weight itself is changed, as in PyTorch,
        and no gradient knows of it.
    norm_type : float
        How length is measured: the p of the p-norm.
    scale_grad_by_freq : bool
        Divide each row's gradient by how often it is used.
    sparse : bool
        There are no sparse gradients: must be False.

    Returns
    -------
    Tensor [..., embedding_dim]

    Raises
    ------
    BoundsError
        If an index or ``padding_idx`` is no row.
    DtypeError, ShapeError
        If the indices are no integers, or the weight is no table.
    ArgumentTypeError, ArgumentValueError
        If ``padding_idx`` is no integer, ``max_norm`` or ``norm_type`` is not positive, or ``sparse`` is asked for.
    """
    if sparse:
        raise ArgumentValueError("embedding: there are no sparse gradients; pass sparse=False")
    if padding_idx is not None:
        padding_idx = padding_row(padding_idx, len(weight))
    if max_norm is not None:
        _shorten(input, weight, max_norm, norm_type)
    return rows_of(input, weight, padding_idx, bool(scale_grad_by_freq))


def _shorten(input: Any, weight: Any, max_norm: float, norm_type: float) -> None:
    """Scale rows that are used and longer than max_norm, in the weight's own array."""
    if not (max_norm > 0 and norm_type > 0):
        raise ArgumentValueError(f"embedding: max_norm {max_norm} and norm_type {norm_type} must be positive")
    table = bare(weight)
    used = np.unique(rows_in(bare(input), table))
    lengths = np.linalg.norm(table[used], norm_type, 1)
    long = lengths > max_norm
    if long.any():
        # PyTorch adds 1e-7 too, so a shortened row is not taken for too long the next time
        table[used[long]] *= (max_norm / (lengths[long] + 1e-7))[:, None].astype(table.dtype)
        mark_changed(table)
