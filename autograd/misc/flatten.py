"""How does a tree of parameters become one vector, and back?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.numpy import asarray, concatenate
from autograd.trees import leaves, rebuild

__all__ = ["flatten", "flatten_func"]


def flatten(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """All numbers of a tree as one vector, and the function that puts such a vector back into the tree's structure.

    Parameters
    ----------
    value : tree
        Lists, tuples and dicts of arrays, numbers or Tensors; dicts in the order of their sorted keys.

    Returns
    -------
    vector : array or Tensor of shape (n,)
    unflatten : callable
        Gradients flow through both.
    """
    tree = _sorted(value)
    arrays = [asarray(x) for x in leaves(tree)]
    shapes = [x.shape for x in arrays]
    ends = np.cumsum([0] + [int(np.prod(shape)) for shape in shapes]).tolist()

    def unflatten(vector: Any) -> Any:
        pieces = (
            np.reshape(vector[start:end], shape) if shape else vector[start]
            for start, end, shape in zip(ends, ends[1:], shapes, strict=False)
        )
        return rebuild(tree, pieces)

    return concatenate([np.reshape(x, (-1,)) for x in arrays]) if arrays else np.zeros(0), unflatten


def _sorted(tree: Any) -> Any:
    """The tree with its dicts in the order of their keys."""
    if isinstance(tree, dict):
        return {key: _sorted(tree[key]) for key in sorted(tree)}
    if isinstance(tree, (list, tuple)):
        parts = map(_sorted, tree)
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return tree


def flatten_func(func: Callable[..., Any], example: Any) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """A function of a tree as a function between vectors: ``(flat_function, unflatten, flat_example)``."""
    vector, unflatten = flatten(example)
    return lambda flat, *args: flatten(func(unflatten(flat), *args))[0], unflatten, vector
