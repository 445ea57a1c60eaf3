"""How do all parameters become one vector, and come back from it?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ArgumentValueError, ShapeError
from autograd.functions import FUNCTIONS
from autograd.functions.bare import bare
from autograd.saved import mark_all_changed

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters' entries, one after another.

    Parameters
    ----------
    parameters : iterable of Tensor
        Of any shapes.

    Returns
    -------
    Tensor
        Of one axis; recorded, so that gradients flow to the parameters.

    Raises
    ------
    ArgumentValueError
        If there are none.
    """
    flat = [p.reshape(-1) for p in parameters]
    if not flat:
        raise ArgumentValueError("there are no parameters to join; was an iterator used up before?")
    return FUNCTIONS["cat"](flat)


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Write a vector's entries into the parameters, in order.

    They are copied and cast to the parameters' types; in PyTorch the parameters share the vector's memory.

    Parameters
    ----------
    vec : Tensor
        Of one axis, with as many entries as all parameters together.
    parameters : iterable of Tensor

    Raises
    ------
    ArgumentTypeError
        If ``vec`` is not a Tensor.
    ShapeError
        If it does not have as many entries as the parameters.
    """
    if not isinstance(vec, Tensor):
        raise ArgumentTypeError(f"vec must be a Tensor, not a {type(vec).__name__}")
    listed = list(parameters)
    count = sum(p._data.size for p in listed)
    if vec.shape != (count,):
        raise ShapeError(f"vec has shape {vec.shape}; the {len(listed)} parameters need ({count},)")
    ends = np.cumsum([p._data.size for p in listed])[:-1]
    for p, part in zip(listed, np.split(bare(vec), ends), strict=True):
        p._data[...] = part.reshape(p.shape)
    mark_all_changed([p._data for p in listed])
