"""How do samples become a batch?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.errors import ArgumentTypeError, DtypeError, ShapeError
from autograd.functions.bare import bare
from autograd.tensor import _wrap

__all__ = ["default_collate", "default_convert"]


def default_collate(batch: Sequence[Any]) -> Any:
    """Put samples together, each of their parts by itself.

    Parameters
    ----------
    batch : sequence
        Samples of one structure.

    Returns
    -------
    Any
        Of Tensors and arrays, a Tensor with a new first axis. Of numbers, a Tensor of shape (len(batch),): float64 for
        floats (also where integers are mixed in), int64 for integers, bool for booleans, and of NumPy's scalars their
        own type. Of texts, the list of them. Of mappings, a mapping; of named tuples, a named tuple; of tuples and
        lists, a list: with the parts that have one key or position put together.

    Raises
    ------
    ShapeError
        If the shapes, lengths or keys of samples differ.
    ArgumentTypeError, DtypeError
        If there are no samples, or parts that cannot be put together; say how with a ``collate_fn`` of your own.
    """
    if not len(batch):
        raise ArgumentTypeError("default_collate(): a batch has one sample or more")
    return _collated(list(batch), "")


def default_convert(sample: Any) -> Any:
    """A sample with its arrays made Tensors, for a `DataLoader` without batches."""
    if isinstance(sample, (np.ndarray, np.generic)):
        return Tensor(sample) if sample.dtype.kind in "fiub" else sample
    if isinstance(sample, Mapping):
        return _like(sample, {key: default_convert(value) for key, value in sample.items()})
    if hasattr(sample, "_fields"):
        return type(sample)(*map(default_convert, sample))
    if isinstance(sample, (tuple, list)):
        return [default_convert(part) for part in sample]
    return sample


def _collated(parts: list[Any], path: str) -> Any:
    """Parts put together; ``path`` says where in their samples they were found, as in "['image'][0]"."""
    first = parts[0]
    if isinstance(first, (Tensor, np.ndarray)):
        return _stacked(parts, path)
    if isinstance(first, (str, bytes)):  # also NumPy's, which are scalars of NumPy, too
        return parts
    if isinstance(first, (bool, int, float, np.generic)):
        return _wrap(_row(parts, path))
    if isinstance(first, Mapping):
        _require_equal("keys", [set(part) if isinstance(part, Mapping) else part for part in parts], path)
        return _like(first, {key: _collated([part[key] for part in parts], f"{path}[{key!r}]") for key in first})
    if isinstance(first, (tuple, list)):
        _require_equal("length", [len(part) if isinstance(part, (tuple, list)) else part for part in parts], path)
        columns = [_collated(list(column), f"{path}[{i}]") for i, column in enumerate(zip(*parts, strict=True))]
        return type(first)(*columns) if hasattr(first, "_fields") else columns
    raise ArgumentTypeError(
        f"default_collate(): sample 0{path} is a {type(first).__name__} {first!r:.40}; it can put together Tensors, "
        "arrays, numbers, texts, and mappings, tuples and lists of these. Anything else needs a collate_fn"
    )


def _stacked(parts: list[Any], path: str) -> Tensor:
    _require_equal("shape", [x.shape if isinstance(x, (Tensor, np.ndarray)) else x for x in parts], path)
    if any(isinstance(x, Tensor) and x.requires_grad for x in parts) or len({x.dtype for x in parts}) > 1:
        return autograd.stack([x if isinstance(x, Tensor) else Tensor(x) for x in parts])
    array = np.stack([bare(x) for x in parts])
    if array.dtype.kind not in "fiub":
        raise DtypeError(f"default_collate(): sample 0{path} is an array of {array.dtype}, not of numbers")
    return _wrap(array)


def _row(parts: list[Any], path: str) -> np.ndarray:
    try:
        row = np.asarray(parts)
    except ValueError as problem:  # something nested among the numbers
        raise ArgumentTypeError(f"default_collate(): sample 0{path} is a number, others are not") from problem
    rounded = row.dtype.kind == "f" and all(isinstance(x, int) for x in parts)  # what NumPy does with 2**63 and -1
    if row.ndim != 1 or row.dtype.kind not in "fiub" or rounded:
        raise ArgumentTypeError(
            f"default_collate(): sample 0{path} is a number, but the samples together are no row of numbers of 64 bits"
        )
    return row


def _require_equal(what: str, given: list[Any], path: str) -> None:
    for i, x in enumerate(given):
        if x != given[0]:
            raise ShapeError(
                f"default_collate(): {what} of sample 0{path}: {given[0]!r:.80}, of sample {i}{path}: {x!r:.80}; they "
                "must be equal. A collate_fn can pad or choose"
            )


def _like(mapping: Mapping[Any, Any], content: dict[Any, Any]) -> Any:
    """A mapping of the same kind, where that can be made from a dictionary."""
    try:
        return type(mapping)(content)  # type: ignore[call-arg]
    except TypeError:
        return content
