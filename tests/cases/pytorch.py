"""How does a case run in PyTorch?"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

__all__ = ["THEIRS", "torch_function"]

torch.set_num_threads(1)

PLACES = (torch, torch.nn.functional, torch.linalg)

ELSEWHERE = {
    "cholesky": torch.linalg.cholesky,  # torch.cholesky and torch.solve are deprecated
    "solve": torch.linalg.solve,
}
"""Where PyTorch has several functions of a name, the one that is meant."""


def torch_function(name: str) -> Any:
    """PyTorch's function of a name, None if it has none."""
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    for place in PLACES:
        found: Any = place
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is not None:
            return found
    return None


class _Theirs:
    """PyTorch."""

    silenced = ""  # all of its warnings

    def leaf(self, array: np.ndarray, requires_grad: bool) -> Any:
        return torch.tensor(array, requires_grad=requires_grad)

    def reversed(self, x: Any) -> Any:
        return torch.flip(x, [0])

    def index(self, x: Any, index: Any) -> Any:
        """PyTorch's indexing; the places that NumPy names are taken where PyTorch names others or none.

        It has no negative steps, and a number beside index arrays is not one of them, as it is for NumPy.
        """
        parts = index if isinstance(index, tuple) else (index,)
        has_number = any(isinstance(part, int) or getattr(part, "ndim", 1) == 0 for part in parts)
        has_array = any(isinstance(part, (list, torch.Tensor)) for part in parts)
        if not (has_number and has_array) and not any(isinstance(x, slice) and (x.step or 1) < 0 for x in parts):
            return x[index]
        numpy_index = tuple(part.numpy() if isinstance(part, torch.Tensor) else part for part in parts)
        places = np.arange(x.numel()).reshape(x.shape)[numpy_index]
        return torch.take(x, torch.tensor(np.array(places)))

    def function(self, name: str) -> Any:
        found = torch_function(name)
        if found is None:
            raise NotImplementedError(f"PyTorch has no {name}")
        return found

    def array(self, x: Any) -> np.ndarray:
        return x.numpy(force=True) if isinstance(x, torch.Tensor) else np.asarray(x)

    def dtype(self, name: str) -> Any:
        return getattr(torch, name)

    def gradients(self, total: Any, leaves: list[Any], record: bool) -> list[Any]:
        if not (isinstance(total, torch.Tensor) and total.requires_grad):
            return [torch.zeros_like(x) for x in leaves]
        options = {"retain_graph": True, "create_graph": record, "allow_unused": True, "materialize_grads": True}
        return list(torch.autograd.grad(total, leaves, **options))


THEIRS = _Theirs()
