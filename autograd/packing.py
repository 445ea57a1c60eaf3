"""How can less be kept between the forward and the backward pass?

Either packed, as `saved_tensors_hooks` says, or not at all and computed again, as `checkpoint` does. Both rest on what
the engine can do anyway: an array that was let go is computed again when somebody asks for it (see `autograd.saved`).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd.modes import Watching
from autograd.saved import Released
from autograd.tensor import Tensor

__all__ = ["checkpoint", "keep_in_16_bits", "saved_tensors_hooks"]


class saved_tensors_hooks(Watching):
    """Keep what the backward pass needs of Tensors in another form.

    Parameters
    ----------
    pack : callable
        Takes a Tensor that a rule will look at; returns anything. Called once for each Tensor.
    unpack : callable
        Takes what ``pack`` returned; returns a Tensor or an array of the same shape.

    Notes
    -----
    The Tensor's own array is let go as soon as nobody else holds the Tensor and it is larger than
    `autograd.saved.SMALL`. A recorded backward pass (``create_graph=True``) uses the unpacked numbers' exact originals.

    Examples
    --------
    >>> from autograd import Tensor, saved_tensors_hooks
    >>> x = Tensor([3.0], requires_grad=True)
    >>> with saved_tensors_hooks(lambda t: t.numpy().astype("float16"), lambda a: a.astype("float32")):
    ...     y = (x * 1).exp()
    >>> y.backward()
    """

    def __init__(self, pack: Callable[[Any], Any], unpack: Callable[[Any], Any]) -> None:
        self.pack = pack
        self.unpack = unpack

    def saw_forward(self, out: Any, op: Any, inputs: Any) -> None:
        if out.op is None:
            return
        out._extras()  # so that the backward pass asks what became of its numbers
        unneeded = op.unneeded
        if op.needs_output:
            self._keep(out)
        if unneeded is not None:
            for position, x in enumerate(inputs):
                if isinstance(x, Tensor) and position not in unneeded:
                    self._keep(x)

    def _keep(self, x: Tensor) -> None:
        if x._more is not None and x._more.packed is not None:
            return
        x._extras().packed = (self.pack(x.detach()), self.unpack)


class _Scaled(NamedTuple):
    """An array in 16 bits, and what to multiply it by: float16 alone ends at 65504."""

    scale: float
    entries: np.ndarray
    dtype: Any

    @classmethod
    def pack(cls, array: np.ndarray) -> _Scaled:
        largest = float(np.max(np.abs(array), initial=0.0))
        scale = largest if 0 < largest < np.inf else 1.0
        return cls(scale, (array / array.dtype.type(scale)).astype(np.float16), array.dtype)

    def unpack(self) -> np.ndarray:
        return self.entries.astype(self.dtype) * self.dtype.type(self.scale)


class keep_in_16_bits(saved_tensors_hooks):
    """Keep activations in 16 bits between the forward and the backward pass, for half the memory of float32.

    Leaves (parameters, data) stay as they are: somebody holds them anyway. Entries are scaled by the largest one, so
    that none overflows; they come back with a relative error of up to 2⁻¹¹, those smaller than 6e-5 times the largest
    one with an absolute error.
    """

    def __init__(self) -> None:
        super().__init__(lambda x: _Scaled.pack(x.numpy()), _Scaled.unpack)

    def _keep(self, x: Tensor) -> None:
        if x.op is not None and x.dtype.itemsize > 2:
            super()._keep(x)


class _Collecting(Watching):
    """Notes every node that is recorded."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []

    def saw_forward(self, out: Any, op: Any, inputs: Any) -> None:
        if out.op is not None:
            self.nodes.append(out)


def checkpoint(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a function, but let go of all that it computed on the way; the backward pass computes it again.

    Parameters
    ----------
    function : callable
    *args, **options
        What it is called with.

    Returns
    -------
    Whatever the function returns.

    Notes
    -----
    Keeping only every k-th of L activations costs memory for L/k + k of them, least at k = √L (Chen et al. 2016,
    "Training deep nets with sublinear memory cost"), and one more forward pass.

    The graph stays, only the numbers go. So the function itself is called once: what it drew at random, printed or
    counted is not done again, and the repeated numbers are the same bits. What it made without recording, such as a
    dropout mask, is kept.
    """
    with _Collecting() as seen:
        result = function(*args, **options)
    nodes = seen.nodes
    inside = Counter(id(x) for node in nodes for x in node._inputs if isinstance(x, Tensor))
    for node in nodes:
        node._extras()  # so that the backward pass asks what became of its numbers
    for position in range(len(nodes)):
        # one reference from the list, and one from the call
        if sys.getrefcount(nodes[position]) <= inside[id(nodes[position])] + _FROM_A_LIST:
            nodes[position]._data = Released(nodes[position]._data)
    return result


def _references(items: list[Any], position: int) -> int:
    return sys.getrefcount(items[position])


_FROM_A_LIST = _references([object()], 0)
