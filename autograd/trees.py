"""How are nested lists, tuples and dicts taken apart into leaves, and put together again?

A tree is a list, tuple, named tuple, dict, or array of objects, whose entries are trees; None is a tree without
leaves; anything else is a leaf. The order of the leaves is that of the containers, of dicts their own.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from autograd.errors import ShapeError

__all__ = ["is_tree", "leaves", "leaves_like", "map_leaves", "rebuild"]


def is_tree(x: Any) -> bool:
    """Whether it is a container (or None) and no leaf."""
    return x is None or isinstance(x, (list, tuple, dict)) or (isinstance(x, np.ndarray) and x.dtype == object)


def leaves(tree: Any) -> list[Any]:
    """The leaves of a tree, in order."""
    if not is_tree(tree):
        return [tree]
    return [leaf for _, child in _children(tree) for leaf in leaves(child)]


def rebuild(tree: Any, new: Iterable[Any]) -> Any:
    """A tree of the same structure with other leaves."""
    remaining = iter(new)

    def fill(part: Any) -> Any:
        if not is_tree(part):
            return next(remaining)
        return _like(part, [fill(child) for _, child in _children(part)])

    return fill(tree)


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The tree of ``function(leaf)``."""
    return rebuild(tree, map(function, leaves(tree)))


def leaves_like(pattern: Any, tree: Any, what: str) -> list[Any]:
    """The leaves of a tree in the order of another one's, which must have the same structure.

    Raises
    ------
    ShapeError
        If it has another structure.
    """
    if not is_tree(pattern):
        if is_tree(tree):
            raise ShapeError(f"{what}: there is a {type(tree).__name__} where a single array or number belongs")
        return [tree]
    wanted = dict(_children(pattern))
    given = dict(_children(tree)) if is_tree(tree) and _kind(tree) == _kind(pattern) else None
    if given is None or given.keys() != wanted.keys():
        shown = f"a {type(tree).__name__}" if given is None else f"entries {list(given)}"
        raise ShapeError(f"{what}: {shown} where a {type(pattern).__name__} with entries {list(wanted)} belongs")
    return [leaf for key, child in wanted.items() for leaf in leaves_like(child, given[key], what)]


def _kind(tree: Any) -> type | None:
    return next((kind for kind in (dict, np.ndarray, list, tuple) if isinstance(tree, kind)), None)


def _children(tree: Any) -> Iterator[tuple[Any, Any]]:
    if tree is None:
        return iter(())
    if isinstance(tree, dict):
        return iter(tree.items())
    return enumerate(tree.flat if isinstance(tree, np.ndarray) else tree)


def _like(tree: Any, children: list[Any]) -> Any:
    if tree is None:
        return None
    if isinstance(tree, dict):
        made = copy.copy(tree)
        made.update(zip(tree, children, strict=True))
        return made
    if isinstance(tree, np.ndarray):
        array = np.empty(tree.shape, object)
        for place, child in zip(np.ndindex(tree.shape), children, strict=True):
            array[place] = child
        return array
    return type(tree)(*children) if hasattr(tree, "_fields") else type(tree)(children)
