"""How does a function become a graph between its arguments and its output?

`Trace` calls the function once, with fresh nodes in the place of the arguments to differentiate, and then answers:
what came out, which gradients flow back (`pull`), which tangents flow forward (`push`). No ``.grad`` is touched.

Nesting needs no levels. A fresh node stands for the argument alone; if that argument belongs to an outer graph it is a
recorded identity of it, so outer derivatives pass through, while the inner ones stop at the fresh node. What flows is
itself recorded exactly if somebody else's variable is behind the output: an outer transform's, a closure's, a
parameter's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd.errors import ArgumentTypeError, BoundsError, DtypeError, GraphError, ShapeError
from autograd.forward import push
from autograd.functions.bare import bare
from autograd.graph import Node
from autograd.lineage import lineage, pull
from autograd.modes import differentiating, enable_grad, is_grad_enabled
from autograd.ops import shapes
from autograd.ops.table import Op
from autograd.promotion import default_dtype
from autograd.tensor import Tensor, _array_of, _wrap
from autograd.trees import is_tree, leaves, leaves_like, map_leaves, rebuild
from autograd.value import NUMBERS, Value

__all__ = ["Argnum", "Trace", "called"]

Argnum = int | Sequence[int]

IDENTITY = Op(
    "identity",
    lambda a: a,
    lambda g, y, a: g,
    sign="=",
    pattern="distribute",
    elementwise=True,
    linear="jointly",
    doc="The same value as a node of its own: an inner derivative is taken here, an outer one passes through.",
)


class Trace:
    """One call of a function, recorded from fresh nodes in the place of the arguments to differentiate.

    Parameters
    ----------
    fun : callable
    args, kwargs : tuple, dict
    argnum : int or sequence of int
        The positions of the arguments to differentiate: numbers, arrays, Tensors, Values, or trees of these.
    has_aux : bool
        Whether the function returns a pair of which only the first is differentiated.
    keep : bool
        Whether the trace outlives the call: then arrays are copied, so that changing them later does no harm.
    """

    def __init__(
        self,
        fun: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        argnum: Argnum = 0,
        has_aux: bool = False,
        keep: bool = False,
    ) -> None:
        self.name = called(fun)
        self.recording = is_grad_enabled()
        arguments = list(args)
        positions = _positions(argnum)
        for position in positions:
            if not -len(arguments) <= position < len(arguments):
                raise BoundsError(
                    f"argument {position} of {self.name} is to be differentiated, but it was called with "
                    f"{len(arguments)} positional arguments; keyword arguments are not differentiated"
                )
        if len({position % len(arguments) for position in positions}) < len(positions):
            raise ArgumentTypeError(f"argnum={argnum} names an argument of {self.name} twice; name each once")
        chosen = tuple(arguments[position] for position in positions)
        self.pattern: Any = chosen[0] if isinstance(argnum, (int, np.integer)) else chosen
        self.given = leaves(self.pattern)
        self._open: list[Tensor] = []
        # NumPy's numbers are float64, and so are those that the function makes from them
        precision = nullcontext() if any(isinstance(x, Node) for x in self.given) else default_dtype(self._precision())
        try:
            with enable_grad(), precision, differentiating():
                self.variables = [self._lifted(x, keep) for x in self.given]
                # the function may assign into what it is given; the variables stay
                fresh = rebuild(chosen, [_identity(v) if isinstance(v, Tensor) else v for v in self.variables])
                for position, argument in zip(positions, fresh, strict=True):
                    arguments[position] = argument
                output = fun(*arguments, **kwargs)
        finally:
            for leaf in self._open:
                leaf.requires_grad = False
        if output is None:
            raise ArgumentTypeError(f"{self.name} returned None, which cannot be differentiated: is a return missing?")
        aux = None
        if has_aux:
            if not (isinstance(output, (tuple, list)) and len(output) == 2):
                raise ArgumentTypeError(f"{self.name} must return a pair (output, aux), not {type(output).__name__}")
            output, aux = output
        self.tree = output
        self.outputs = leaves(output)
        self._fresh = set(self.variables)
        made = [x for x in (*self.outputs, *leaves(aux)) if isinstance(x, Node) and x.requires_grad]
        self.order, outside = lineage(made, self._fresh)
        self.outside = outside and self.recording
        self.plain = not self.outside and not any(isinstance(x, Node) for x in self.given)
        self.value = self._surfaced(output)
        self.aux = self._surfaced(aux)

    def _precision(self) -> Any:
        """The element type of the arguments: float64, unless they are arrays of another one."""
        return np.result_type(*[_array(x, self.name) for x in self.given]) if self.given else np.float64

    def _lifted(self, x: Any, keep: bool) -> Any:
        """A fresh node for an argument: an identity of it, or of a leaf that counts as a variable during the call."""
        if isinstance(x, Value):
            return _identity(x) if self.recording else Value(x.data, x.label)
        if isinstance(x, Tensor) and x.requires_grad and self.recording:
            return _identity(x)
        array = _array_of(x) if isinstance(x, Tensor) else _array(x, self.name)
        if array.dtype.kind != "f":
            raise DtypeError(
                f"{self.name} cannot be differentiated with respect to a Tensor of {array.dtype}: only floating-point "
                "Tensors have gradients; pass dtype='float64' when making it"
            )
        leaf = Tensor(array) if keep else _wrap(array)
        leaf.label = x.label if isinstance(x, Tensor) else ""
        leaf.requires_grad = True
        self._open.append(leaf)
        return _identity(leaf)

    def _surfaced(self, tree: Any) -> Any:
        """What the caller sees: nodes if somebody can differentiate them or gave some, else plain numbers."""
        if self.outside:
            return tree
        return map_leaves(lambda x: self._delivered(x.data, x) if isinstance(x, Node) else x, tree)

    def _delivered(self, data: Any, like: Any) -> Any:
        """Plain numbers in the kind that the caller uses."""
        if isinstance(like, Value):
            return float(data) if self.plain else Value(data)
        return data[()] if self.plain else _wrap(np.asarray(data))

    # --- what flows in ----------------------------------------------------------------------------------------

    def ones(self) -> list[Any]:
        """The upstream gradient 1 for every entry of every output."""
        return [np.ones(np.shape(bare(x))) for x in self.outputs]

    def scalar_seed(self, transform: str) -> list[Any]:
        """The upstream gradient of a function with a single number as its output.

        Raises
        ------
        ShapeError, ArgumentTypeError
            If there is none.
        """
        if is_tree(self.tree):
            raise ArgumentTypeError(
                f"{transform} needs a function with one number as its output, and {self.name} returned "
                f"{'None' if self.tree is None else f'a {type(self.tree).__name__}'}; for a number with something "
                "beside it there is has_aux=True, for several outputs vjp or jacobian"
            )
        out = bare(self.tree)
        if not isinstance(out, (*NUMBERS, np.ndarray)):
            raise ArgumentTypeError(f"{self.name} returned {out!r:.40}, which is no number to differentiate")
        if np.size(out) != 1:
            raise ShapeError(
                f"{transform} needs a function with one number as its output, and {self.name} returned shape "
                f"{np.shape(out)}: reduce it, as in .sum(), or use jacobian, elementwise_grad or vjp"
            )
        return self.ones()

    def cotangents(self, tree: Any) -> list[Any]:
        """Upstream gradients as the caller gives them, checked against the outputs."""
        what = f"the upstream gradient of {self.name}"
        given = leaves_like(self.tree, tree, what)
        return [_fitting(x, bare(out), what) for x, out in zip(given, self.outputs, strict=True)]

    def tangents(self, tree: Any) -> list[Any]:
        """Tangents as the caller gives them, checked against the arguments."""
        what = f"the tangent of {self.name}"
        given = leaves_like(self.pattern, tree, what)
        return [_fitting(x, bare(v), what) for x, v in zip(given, self.variables, strict=True)]

    # --- what flows out ---------------------------------------------------------------------------------------

    def pull(self, seeds: Sequence[Any]) -> list[Any]:
        """For every variable its gradient, from one upstream gradient for each output (None: nothing enters there)."""
        record = self._is_recorded(seeds)
        entering: dict[Node, Any] = {}
        for out, seed in zip(self.outputs, seeds, strict=True):
            if isinstance(out, Node) and out.requires_grad and seed is not None:
                seed = _seed(seed, out, record)
                entering[out] = entering[out] + seed if out in entering else seed
        reached = pull(self.order, self._fresh, entering, record)
        return [self._result(reached.get(v), v, record) for v in self.variables]

    def push(self, tangents: Sequence[Any]) -> list[Any]:
        """For every output its tangent, from one tangent for each variable (None: it does not move)."""
        record = self._is_recorded(tangents)
        moving = {v: _seed(t, v, record) for v, t in zip(self.variables, tangents, strict=True) if t is not None}
        reached = push(self.order, moving, record)
        return [self._result(reached.get(out) if isinstance(out, Node) else None, out, record) for out in self.outputs]

    def gradient(self, seeds: Sequence[Any]) -> Any:
        """The gradient in the structure of the arguments."""
        return rebuild(self.pattern, self.pull(seeds))

    def tangent(self, tangents: Sequence[Any]) -> Any:
        """The tangent in the structure of the output."""
        return rebuild(self.tree, self.push(tangents))

    def _is_recorded(self, given: Sequence[Any]) -> bool:
        return self.outside or (is_grad_enabled() and any(isinstance(x, Node) and x.requires_grad for x in given))

    def _result(self, flowed: Any, like: Any, record: bool) -> Any:
        if isinstance(like, Value):
            if record:
                return Value(0.0) if flowed is None else flowed
            return self._delivered(0.0 if flowed is None else flowed, like)
        if isinstance(flowed, Tensor):
            return flowed
        shape, dtype = np.shape(bare(like)), _float_of(like)
        # an array of the caller's own, who may write to it
        made = np.zeros(shape, dtype) if flowed is None else np.array(flowed)
        return _wrap(made) if record else self._delivered(made, None)


def _identity(x: Node) -> Any:
    made = IDENTITY(x)
    made.label = x.label
    return made


def _positions(argnum: Argnum) -> list[int]:
    """The positions of the arguments to differentiate."""
    try:
        return [operator.index(i) for i in (argnum if isinstance(argnum, Iterable) else [argnum])]
    except TypeError:
        raise ArgumentTypeError(f"argnum is the position of an argument, or several, not {argnum!r:.40}") from None


def called(fun: Any) -> str:
    """What a function is called in messages."""
    return getattr(fun, "__name__", type(fun).__name__)


def _array(x: Any, name: str) -> np.ndarray:
    """A plain argument as an array of floats; integers are taken as float64."""
    array = np.asarray(x)
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype.kind != "f":
        raise ArgumentTypeError(
            f"{name} cannot be differentiated with respect to {type(x).__name__} {x!r:.40}: the arguments to "
            "differentiate are real numbers, arrays of them, Tensors, Values, or lists, tuples and dicts of these"
        )
    return array


def _float_of(x: Any) -> Any:
    dtype = getattr(bare(x), "dtype", None)
    return dtype if dtype is not None and dtype.kind == "f" else np.float64


def _fitting(x: Any, like: Any, what: str) -> Any:
    """A cotangent or tangent, if it has the shape of what it belongs to."""
    given = bare(x)
    if not isinstance(given, (*NUMBERS, np.ndarray)) and not is_tree(given):
        raise ArgumentTypeError(f"{what} is made of numbers and arrays, not of {type(given).__name__} {given!r:.40}")
    if np.shape(given) != np.shape(like):
        raise ShapeError(f"{what} has shape {np.shape(given)} where {np.shape(like)} belongs; make them equal")
    return x


def _seed(x: Any, like: Any, record: bool) -> Any:
    """A cotangent or tangent for a node, in its element type: a node if what flows is recorded."""
    if isinstance(like, Value):
        if record:
            return x if isinstance(x, Value) else Value(np.float64(bare(x)))
        return float(bare(x))
    if isinstance(x, Value):
        raise GraphError("a Value cannot be the gradient or tangent of a Tensor: pass a number, an array or a Tensor")
    if not record:
        return np.asarray(bare(x), like.dtype)
    if not isinstance(x, Tensor):
        return _wrap(np.asarray(x, like.dtype))
    return x if x.dtype == like.dtype else shapes.astype(x, like.dtype)


def trees_of(outer: Any, inner: Any, blocks: Iterable[Any]) -> Any:
    """A tree of trees: in the place of each leaf of ``outer`` a tree like ``inner``."""
    remaining = iter(blocks)
    return map_leaves(lambda _: rebuild(inner, [next(remaining) for _ in leaves(inner)]), outer)
