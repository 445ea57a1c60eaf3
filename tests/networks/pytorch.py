"""How does a case of `nn` run in PyTorch?"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

import torch
from cases import pytorch

__all__ = ["THEIRS", "signature_of"]


class _Theirs(type(pytorch.THEIRS)):  # type: ignore[misc]
    """PyTorch and its layers."""

    def function(self, name: str) -> Any:
        return attrgetter(name if "." in name else f"functional.{name}")(torch.nn)

    def module(self, name: str) -> Any:
        return getattr(torch.nn, name)

    @contextmanager
    def default_dtype(self, name: str) -> Iterator[None]:
        before = torch.get_default_dtype()
        torch.set_default_dtype(getattr(torch, name))
        try:
            yield
        finally:
            torch.set_default_dtype(before)


THEIRS = _Theirs()


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """A signature; of functions that are made in C, or chosen at the call, as their documentation gives it.

    Raises
    ------
    ValueError
        If it does not.
    """
    documented = re.match(r"\s*\w+\((.*?)\)( ->|$)", function.__doc__ or "", re.DOTALL | re.MULTILINE)
    try:
        found = inspect.signature(function)
        if documented is None or not any(p.kind is p.VAR_KEYWORD for p in found.parameters.values()):
            return found
    except ValueError:
        if documented is None:
            raise
    return _written(documented[1])


def _written(arguments: str) -> inspect.Signature:
    """The signature that a text such as ``input, bias=None, *, out=None`` means."""
    read = ast.parse(f"def f({arguments}): ...").body[0].args  # type: ignore[attr-defined]
    names = [(x.arg, inspect.Parameter.POSITIONAL_OR_KEYWORD) for x in read.args]
    names += [(x.arg, inspect.Parameter.KEYWORD_ONLY) for x in read.kwonlyargs]
    defaults = [*[None] * (len(read.args) - len(read.defaults)), *read.defaults, *read.kw_defaults]
    values = [inspect.Parameter.empty if x is None else ast.literal_eval(x) for x in defaults]
    return inspect.Signature(
        [inspect.Parameter(name, kind, default=value) for (name, kind), value in zip(names, values, strict=True)]
    )
