"""Which Tensors does a module train, and which does it merely keep?"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.functions.bare import bare
from autograd.promotion import as_array, get_default_dtype

__all__ = ["Buffer", "Parameter"]


class Parameter(Tensor):
    """A Tensor that is trained: a `Module` that it is assigned to lists it among its parameters.

    Parameters
    ----------
    data : Tensor or array_like, optional
        A Tensor's memory is shared, without its history; anything else is copied, as by `Tensor`. Default: no entries.
    requires_grad : bool

    Raises
    ------
    DtypeError
        If it requires a gradient and ``data`` is not floating-point.

    Examples
    --------
    >>> Parameter([1.0, 2.0])
    Parameter([1., 2.], requires_grad=True)
    """

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        self._lay_out(_own_array(data))
        self.requires_grad = requires_grad

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """A leaf of its own, as from a pickle: ``grad`` stays behind, as in PyTorch."""
        rebuild, facts, attributes = self.__reduce__()
        made = memo[id(self)] = rebuild(*copy.deepcopy(facts, memo))
        for name, value in (attributes or {}).items():
            setattr(made, name, copy.deepcopy(value, memo))
        return made


class Buffer(Tensor):
    """A Tensor that is kept and not trained, as running statistics are; assigning it to a `Module` registers it.

    Parameters
    ----------
    data : Tensor or array_like, optional
        As for `Parameter`.
    persistent : bool
        Whether it is part of the module's ``state_dict``.
    """

    def __init__(self, data: Any = None, *, persistent: bool = True) -> None:
        self._lay_out(_own_array(data))
        self.persistent = persistent


def _own_array(data: Any) -> np.ndarray:
    if data is None:
        return np.empty(0, get_default_dtype())
    return bare(data) if isinstance(data, Tensor) else as_array(data)
