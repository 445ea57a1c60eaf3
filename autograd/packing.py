"""How can less be kept between the forward and the backward pass?

Either packed, as `saved_tensors_hooks` says, or not at all and computed again, as `checkpoint` does. Both rest on what
the engine can do anyway: an array that was let go is computed again when somebody asks for it (see `autograd.saved`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd.modes import Watching, no_grad, unwatched
from autograd.saved import CLOCK, Released, changed_since, is_handed, references_beside, take_back
from autograd.tensor import Tensor, _wrap, is_as_computed

__all__ = ["checkpoint", "keep_in_16_bits", "saved_tensors_hooks"]


class _Recorder(Watching):
    """Knows every node recorded in a block, and so whether anybody but the graph refers to one."""

    def __enter__(self) -> Any:
        self.nodes: list[Tensor] = []
        self.references: Counter[int] = Counter()
        """How many inputs of the recorded nodes each Tensor is, by its id."""
        return super().__enter__()

    def saw_forward(self, out: Any, op: Any, inputs: Any) -> None:  # noqa: ARG002 (its heirs look at it)
        if out.op is None:
            return
        out._extras()  # so that the backward pass asks what became of its numbers
        self.nodes.append(out)
        self.references.update(id(x) for x in inputs if isinstance(x, Tensor))

    def let_go(self, position: int) -> bool:
        """Let go of a node's array, unless somebody holds the node."""
        if not is_as_computed(self.nodes[position]):
            return False
        if references_beside(self.nodes, position) > self.references[id(self.nodes[position])]:
            return False
        node = self.nodes[position]
        node._data = Released(node._data)
        node._extras().kept = None
        return True


class saved_tensors_hooks(_Recorder):
    """Keep what the backward pass needs of Tensors in another form.

    Parameters
    ----------
    pack : callable
        Takes a Tensor that a rule will look at; returns anything. Called once for each node; leaves (parameters,
        data) stay as they are, because somebody holds them anyway.
    unpack : callable
        Takes what ``pack`` returned; returns a Tensor or an array of the same shape.

    Notes
    -----
    The Tensor's own array is let go as soon as nobody else holds the Tensor. A recorded backward pass
    (``create_graph=True``) uses the exact numbers, computed again.

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

    def __enter__(self) -> Any:
        self._kept: list[int] = []
        """The positions of nodes that have their arrays still."""
        self._needed: set[int] = set()
        """The ids of Tensors whose numbers a rule looks at."""
        return super().__enter__()

    def __exit__(self, *exc_info: object) -> None:
        super().__exit__(*exc_info)
        self._let_go_of(self._kept)
        self.nodes.clear()

    def saw_forward(self, out: Any, op: Any, inputs: Any) -> None:
        super().saw_forward(out, op, inputs)
        if out.op is None:
            return
        if op.needs_output:
            self._pack(out)
        for position, x in enumerate(inputs):
            if isinstance(x, Tensor) and op.needs(position):
                self._pack(x)
        self._kept.append(len(self.nodes) - 1)
        # the latest ones are those whose last outside reference has just gone; the others wait for the end
        self._kept[-_LATEST:] = self._let_go_of(self._kept[-_LATEST:])

    def _pack(self, x: Tensor) -> None:
        """Pack a node's numbers, which a rule will look at; leaves are held by somebody anyway."""
        self._needed.add(id(x))
        packed = None if x._more is None else x._more.packed
        if x.op is None or (packed is not None and not changed_since(x._data, packed[2])):
            return
        was_handed = is_handed(x._data)
        with no_grad(), unwatched():
            x._extras().packed = (self.pack(_wrap(x._data)), self.unpack, CLOCK.now)
        if not was_handed:
            take_back(x._data)

    def _let_go_of(self, positions: list[int]) -> list[int]:
        """Let go of what is packed or looked at by no rule, and held by nobody; returns the others' positions."""
        return [i for i in positions if not (self._has_no_need_of(self.nodes[i]) and self.let_go(i))]

    def _has_no_need_of(self, node: Tensor) -> bool:
        return node._more.packed is not None or id(node) not in self._needed


_LATEST = 8


class _Scaled(NamedTuple):
    """An array in 16 bits, and what to multiply it by: float16 alone ends at 65504."""

    scale: float
    entries: np.ndarray
    dtype: Any

    @classmethod
    def pack(cls, array: np.ndarray) -> _Scaled:
        largest = float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array)))
        scale = largest if largest > 0 else 1.0
        return cls(scale, (array / array.dtype.type(scale)).astype(np.float16), array.dtype)

    def unpack(self) -> np.ndarray:
        return self.entries.astype(self.dtype) * self.dtype.type(self.scale)


class keep_in_16_bits(saved_tensors_hooks):
    """Keep activations in 16 bits between the forward and the backward pass, for half the memory of float32.

    Leaves (parameters, data) stay as they are. Entries are scaled by the largest one, so
    that none overflows; they come back with a relative error of up to 2⁻¹¹, those smaller than 6e-5 times the largest
    one with an absolute error.
    """

    def __init__(self) -> None:
        super().__init__(lambda x: _Scaled.pack(x.numpy()), _Scaled.unpack)


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
    with _Recorder() as region:
        result = function(*args, **options)
    for position in range(len(region.nodes)):
        region.let_go(position)
    return result
