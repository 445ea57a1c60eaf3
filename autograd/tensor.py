"""What is an array node?

`Tensor` is a NumPy array that remembers how it was computed, with PyTorch's names and meanings. Its methods are
made from the table of operations; this file says how operations are recorded, and how an array behaves.
"""

from __future__ import annotations

import copy
import dis
import gc
import inspect
import itertools
import operator
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.backward import backpropagate_arrays, fitted
from autograd.errors import ArgumentTypeError, AutogradError, BoundsError, DtypeError, GraphError, ShapeError
from autograd.graph import Contribution, Node, refuse_to_lose, steps
from autograd.interchange import Interchange
from autograd.modes import active_watchers, enable_grad, is_grad_enabled, pauses, watchers
from autograd.ops import shapes
from autograd.ops.table import PIECEWISE_CONSTANT, SYNONYMS, TABLE, Op
from autograd.promotion import as_array, promoted
from autograd.saved import (
    CLOCK,
    HANDED,
    SMALL,
    Released,
    changed_since,
    check_handed,
    hand_out,
    is_alone,
    is_handed,
    lend,
    mark_changed,
    refuse_changed,
    settle,
)

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Tensor"]


class Extras:
    """What only few Tensors have."""

    __slots__ = ("hooks", "keeps_grad", "kept", "origin", "packed")

    def __init__(self) -> None:
        self.hooks: dict[int, Callable[[Any], Any]] = {}
        """Called with the whole gradient that reaches the Tensor; what they return takes its place."""
        self.keeps_grad = False
        """Whether an inner Tensor's gradient is kept in ``grad``."""
        self.kept: Any = None
        """What a fused operation keeps for its backward pass beside the output."""
        self.packed: Any = None
        """The Tensor's numbers as a pair ``(packed, unpack)``, see `autograd.saved_tensors_hooks`."""
        self.origin = ""
        """The line of the user's program that made the Tensor, noted while `autograd.detect_anomaly` is on."""

    def receive(self, tensor: Tensor, gradient: Any, deliver: Callable[..., None]) -> Any:
        """An inner Tensor's whole gradient has arrived: run the hooks, and keep it if it is to be kept."""
        gradient = self.hooked(gradient)
        if self.keeps_grad:
            deliver(tensor, gradient, False, hooks=False)
        return gradient

    def hooked(self, gradient: Any) -> Any:
        """The gradient as the hooks leave it."""
        for hook in list(self.hooks.values()):
            bare = not isinstance(gradient, Tensor)
            changed = hook(_wrap(gradient) if bare else gradient)
            if changed is None:
                continue
            shape = changed.shape if isinstance(changed, Tensor) else np.shape(changed)
            if shape != gradient.shape:
                raise ShapeError(
                    f"a hook returned a gradient of shape {shape} in the place of one of shape "
                    f"{gradient.shape}; return the same shape, or None to leave it"
                )
            if bare:
                changed = np.asarray(_array_of(changed) if isinstance(changed, Tensor) else changed, gradient.dtype)
            gradient = changed
        return gradient


class Tensor(Interchange, Node):
    """An n-dimensional array that records what is computed from it.

    Parameters
    ----------
    data : array_like
        Copied. Arrays and NumPy scalars keep their element type; Python numbers and lists get the default one.
    requires_grad : bool
        Whether ``backward`` should fill in ``grad`` for this leaf.
    dtype : data-type, optional
    label : str, optional
        The name that pictures and messages use.

    Raises
    ------
    ArgumentTypeError, DtypeError, ShapeError
        If ``data`` is not an array of numbers, if a gradient is asked for of one that is not floating-point,
        or if nested lists are ragged.

    Examples
    --------
    >>> x = Tensor([[1.0, 2.0]], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    Tensor([[2., 4.]])

    Notes
    -----
    Element types combine as in PyTorch, see `autograd.promotion`. What a backward pass needs of an array is guarded,
    see `autograd.saved`.
    """

    # _data: the array, or what stands for one that was let go. _uses: how many recorded operations refer to this
    # Tensor, or have referred to it. _at: the time on the clock of changes when it was recorded (a leaf: when it got
    # another array). _more: what only few Tensors have.
    __slots__ = (
        "__weakref__",
        "_at",
        "_data",
        "_inputs",
        "_more",
        "_requires_grad",
        "_uses",
        "grad",
        "label",
        "op",
    )
    __array_priority__ = 1000

    def __init__(
        self, data: Any, requires_grad: bool = False, dtype: npt.DTypeLike | None = None, label: str = ""
    ) -> None:
        if not isinstance(label, str):
            raise ArgumentTypeError(f"Tensor(): the label must be text, not {type(label).__name__} {label!r:.40}")
        self._lay_out(as_array(data, dtype))
        self.label = label
        self.requires_grad = requires_grad

    def _lay_out(self, array: np.ndarray) -> None:
        """Make this a leaf with an array and nothing else."""
        self._data = array
        self.grad = self.op = self._more = None
        self._requires_grad = False
        self._inputs = ()
        self._at = self._uses = 0
        self.label = ""

    @property
    def data(self) -> np.ndarray:
        """The array itself. It may be written to, but not between the forward and the backward pass."""
        if type(self._data) is Released:
            _compute_again(self)
        hand_out(self)
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        if value is self._data:  # x.data -= …
            mark_changed(self._data)
            return
        array = value._data if isinstance(value, Tensor) else value
        array = array if isinstance(array, np.ndarray) else as_array(array, self.dtype)
        if array.dtype.kind not in ("f" if self._requires_grad else "fiub"):
            raise DtypeError(f"the data of this Tensor{_named(self)} cannot become {array.dtype}")
        if self._uses and array.shape != self.shape:
            raise ShapeError(
                f"the data of this Tensor{_named(self)} has shape {self.shape}, which the recorded graph relies on; it "
                f"cannot become {array.shape}"
            )
        self._data = array
        if self.op is None:
            CLOCK.now += 1
            self._at = CLOCK.now
        else:
            mark_changed(array)
        lend(self)

    @property
    def requires_grad(self) -> bool:
        """Whether gradients reach this Tensor; it can be set on leaves of a floating-point type."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if wanted and self._data.dtype.kind != "f":
            raise DtypeError(
                f"only floating-point Tensors can require gradients, not {self._data.dtype}; pass dtype='float32'"
            )
        if self.op is not None:
            raise GraphError(f"requires_grad of a Tensor made by {self.op.name} follows from its inputs: use .detach()")
        self._requires_grad = bool(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set ``requires_grad``, and return the Tensor."""
        self.requires_grad = requires_grad
        return self

    # --- the backward pass ------------------------------------------------------------------------------------

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What the operation was called with: Tensors and constants; empty for a leaf.

        Raises
        ------
        GraphError
            If an earlier ``backward`` has freed the graph.
        """
        if self._inputs is None:
            raise GraphError(
                f"the graph behind this Tensor{_named(self)}, made by {self.op.name}, was freed by an earlier "
                "backward(); pass retain_graph=True there to use it again"
            )
        return self._inputs

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made this Tensor."""
        return self.op is None

    @property
    def grad_fn(self) -> Op | None:
        """PyTorch's name for what made this Tensor; None for a leaf."""
        return self.op

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False) -> None:
        """Backpropagate from this Tensor: add to ``grad`` of every leaf that requires it.

        Parameters
        ----------
        gradient : array_like, optional
            The upstream gradient, of this Tensor's shape; a scalar's is 1 by default.
        retain_graph : bool, optional
            Keep the graph for another call. Otherwise it is freed, as PyTorch does (default: ``create_graph``).
        create_graph : bool
            Record the backward pass too, so that the gradients can be differentiated again.

        Raises
        ------
        GraphError
            If there is no graph, if it was freed, if a gradient is needed and missing, or if numbers that a rule
            needs were changed since the forward pass.
        ShapeError
            If the gradient does not have this Tensor's shape.
        """
        if not self._requires_grad:
            raise GraphError(
                f"this Tensor{_named(self)} does not require a gradient and was not computed from one that does, or "
                "it was computed under no_grad(): there is no graph to go back through"
            )
        upstream = self._upstream(gradient)
        settle()
        retain = create_graph if retain_graph is None else retain_graph
        if not (create_graph or watchers):
            with np.errstate(all="ignore"):
                backpropagate_arrays(self, upstream, retain, _saved, _deliver)
            return
        seed: Any = upstream
        if create_graph:
            seed = gradient if isinstance(gradient, Tensor) else _wrap(upstream)
        with np.errstate(all="ignore"), enable_grad() if create_graph else nullcontext():
            for node, total, _ in steps({self: seed}, create_graph):
                if node.is_leaf:
                    _deliver(node, total, fresh=False)  # type: ignore[arg-type]
                elif not retain:
                    node._free()  # type: ignore[attr-defined]

    def _free(self) -> None:
        """Forget how this Tensor was computed."""
        for x in self._inputs:
            if isinstance(x, Tensor):
                x._uses -= 1
        self._inputs = None
        if self._more is not None:
            self._more.kept = None

    def _upstream(self, gradient: Any) -> np.ndarray:
        if gradient is None:
            if self._data.size != 1:
                raise GraphError(
                    f"backward() from a Tensor of shape {self.shape} needs an upstream gradient of that shape: pass "
                    "one, or reduce to a scalar first, as in .sum().backward()"
                )
            return np.ones(self._data.shape, self._data.dtype)
        given = gradient.data if isinstance(gradient, Tensor) else as_array(gradient)
        if given.shape != self.shape:
            raise ShapeError(f"the upstream gradient has shape {given.shape}, the Tensor {self.shape}; make them equal")
        return given.astype(self.dtype)

    def _one(self, create_graph: bool) -> Any:
        return _wrap(self._upstream(None)) if create_graph else self._upstream(None)

    def _receive(self, upstream: Any) -> Any:
        return upstream if self._more is None or self.op is None else self._more.receive(self, upstream, _deliver)

    def _flow(self, upstream: Any, create_graph: bool) -> list[Contribution]:
        y, inputs = _saved(self)
        if create_graph:
            if self.op.composition is not None:  # it looks at all inputs, also where the kernel does not
                for x in self._inputs:
                    if isinstance(x, Tensor):
                        _saved_array(x, self, True)
            y, inputs = self, self._inputs
        wanted = [isinstance(x, Tensor) and x._requires_grad for x in self._inputs]
        kept = None if self._more is None else self._more.kept
        received = self.op.flow(upstream, y, inputs, wanted, kept)
        contributions = [
            Contribution(x, position, None, _fitted(gradient, x) if create_graph else fitted(gradient, x._data))
            for position, (x, gradient) in enumerate(zip(self._inputs, received, strict=True))
            if gradient is not None
        ]
        if watchers:
            for watcher in active_watchers():
                watcher.saw_backward(self, upstream, contributions)
        return contributions

    def retain_grad(self) -> None:
        """Make ``backward`` fill in ``grad`` here too, although this is not a leaf."""
        if not self._requires_grad:
            raise GraphError(f"this Tensor{_named(self)} does not require a gradient: there is none to keep")
        self._extras().keeps_grad = True

    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHook:
        """Call a function with the whole gradient of this Tensor, in every backward pass.

        Parameters
        ----------
        hook : callable
            Takes the gradient, a Tensor; may return another one of the same shape to go on with, or None.

        Returns
        -------
        RemovableHook
            With a method ``remove``.

        Raises
        ------
        GraphError
            If the Tensor requires no gradient.
        """
        if not self._requires_grad:
            raise GraphError(f"this Tensor{_named(self)} does not require a gradient: no hook would ever be called")
        return RemovableHook(self._extras().hooks, hook)

    def _extras(self) -> Extras:
        if self._more is None:
            self._more = Extras()
        return self._more

    def detach(self) -> Tensor:
        """The same array without its history; nothing computed from it reaches back."""
        out = _wrap(_array_of(self))
        out.label = self.label
        return out

    # --- as an array ------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self._data.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._data.dtype

    @property
    def ndim(self) -> int:
        return self._data.ndim

    @property
    def T(self) -> Tensor:
        """The Tensor with its axes reversed."""
        return TABLE["transpose"](self)

    def numpy(self) -> np.ndarray:
        """The array itself, not a copy.

        Raises
        ------
        GraphError
            If the Tensor requires a gradient, because changes to the array would not be recorded.
        """
        if self._requires_grad:
            raise GraphError(
                f"this Tensor{_named(self)} requires a gradient, and what is done to a bare array is not recorded: "
                "use .detach().numpy()"
            )
        return self.data

    def item(self) -> Any:
        """The single entry as a Python number.

        Raises
        ------
        ShapeError
            If there is not exactly one.
        """
        if self._data.size != 1:
            raise ShapeError(f"item() needs a Tensor of one entry; this one has shape {self.shape}")
        return _array_of(self).item()

    def tolist(self) -> Any:
        """The entries as nested lists of Python numbers."""
        return _array_of(self).tolist()

    def __float__(self) -> float:
        if self._requires_grad and is_grad_enabled():
            _refuse_to_vanish_in_an_array(self)
            refuse_to_lose(self)
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise ShapeError(f"a Tensor of shape {self.shape} is neither true nor false; compare, then reduce")
        return bool(self.item())

    def __getitem__(self, index: Any) -> Tensor:
        return TABLE["getitem"](self, _bare_index(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        index = _bare_index(index)
        if is_grad_enabled() and (self._requires_grad or (isinstance(value, Tensor) and value._requires_grad)):
            _record_into(self, lambda before: TABLE["setitem"](before, value, index))
            return
        array = _array_of(self)
        number = _array_of(value) if isinstance(value, Tensor) else _no_other_node(value, "assignment")
        try:
            array[index] = number
        except IndexError as problem:
            raise BoundsError(f"assignment into shape {self.shape}: {problem}") from problem
        except (TypeError, ValueError) as problem:
            raise ShapeError(f"assignment into shape {self.shape}: {problem}") from problem
        mark_changed(array)

    # --- operations whose arguments PyTorch spells in its own way ---------------------------------------------

    def reshape(self, *shape: Any) -> Tensor:
        """The same entries in another shape; -1 stands for what is left."""
        return TABLE["reshape"](self, shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape)

    def transpose(self, dim0: int, dim1: int) -> Tensor:
        """Exchange two axes."""
        return TABLE["swapaxes"](self, dim0, dim1)

    def permute(self, *dims: Any) -> Tensor:
        """Put the axes in another order."""
        return TABLE["transpose"](self, dims[0] if len(dims) == 1 and not isinstance(dims[0], int) else dims)

    # --- recording --------------------------------------------------------------------------------------------

    @classmethod
    def _apply(cls, op: Op, inputs: Sequence[Any]) -> Tensor:
        """Compute an operation and record it."""
        if HANDED:
            for x in inputs:
                if isinstance(x, Tensor):
                    check_handed(x)
        arrays = list(inputs)
        requires_grad = mixed = False
        array = dtype = None
        for position, x in enumerate(inputs):
            if isinstance(x, Tensor):
                array = x._data
                if type(array) is Released:
                    array = _array_of(x)
                arrays[position] = array
                requires_grad = requires_grad or x._requires_grad
                if dtype is None:
                    dtype = array.dtype
                elif array.dtype is not dtype:
                    mixed = True
            elif type(x) not in _PYTHON_NUMBERS:
                mixed = True
                if isinstance(x, Node):
                    _no_other_node(x, op.name)
        if op.promotes and (mixed or (dtype is not _F32 and dtype is not _F64)):
            arrays = promoted(op, arrays)
            mixed = True
        else:
            mixed = False
        kept = None
        if op.keeping is None:
            out = _wrap(_compute(op, arrays))
        else:
            data, kept = _compute(op, arrays, op.keeping)
            out = _wrap(data)
        if requires_grad and out._data.dtype.kind == "f" and is_grad_enabled():
            out._requires_grad = True
            out.op = op
            if mixed:
                inputs = [_cast(x, array) for x, array in zip(inputs, arrays, strict=True)]
            out._inputs = inputs = tuple([x if isinstance(x, Tensor) or type(x) in _SAFE else _own(x) for x in inputs])
            for x in inputs:
                if isinstance(x, Tensor):
                    x._uses += 1
                    if x.op is not None and x._data.nbytes > SMALL:
                        _let_go_of_inputs(x)
            out._at = CLOCK.now
            if kept is not None:
                out._extras().kept = kept
        if watchers:
            for watcher in reversed(active_watchers()):  # the innermost first
                watcher.saw_forward(out, op, inputs)
        return out

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "__call__" and list(options) == ["out"] and not isinstance(options["out"][0], Tensor):
            # array -= tensor: the array is bare, so nothing is recorded, as in p.data -= 0.1 * p.grad
            for x in inputs:
                if isinstance(x, Tensor) and x._requires_grad and is_grad_enabled():
                    raise GraphError(
                        f"np.{ufunc.__name__} into an array would lose the gradient of a Tensor{_named(x)} that "
                        "requires one: keep the array as a Tensor, or use .detach()"
                    )
            return ufunc(*(_array_of(x) if isinstance(x, Tensor) else x for x in inputs), **options)
        if method == "__call__" and not options:
            made = TABLE.of_numpy(ufunc)
            if made is not None:
                return made(*inputs)
            if ufunc in PIECEWISE_CONSTANT:
                return _wrap(np.asarray(ufunc(*(_array_of(x) if isinstance(x, Tensor) else x for x in inputs))))
        if method == "reduce" and ufunc in _REDUCTIONS:
            return TABLE[_REDUCTIONS[ufunc]](*inputs, **{"axis": 0, **options})
        raise ArgumentTypeError(f"np.{ufunc.__name__} ({method}) is not in the table of operations for Tensors")

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        made = TABLE.of_numpy(function)
        if made is None:
            raise ArgumentTypeError(f"np.{function.__name__} is not in the table of operations for Tensors")
        if isinstance(made, Op) and not made.variadic:
            inputs, options = _as_ours(made, function, inputs, options)
        return made(*inputs, **options)

    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Rows that people enter later are methods too."""
        if name in TABLE and not TABLE[name].variadic and TABLE[name].module == "autograd":
            return partial(TABLE[name], self)
        raise AttributeError(f"a Tensor has no attribute {name!r}", name=name, obj=self)

    if TYPE_CHECKING:  # these, and every other method, are made from the table below
        grad: Any
        label: str
        op: Any
        _at: int
        _data: Any
        _inputs: Any
        _more: Any
        _requires_grad: bool
        _uses: int

        def __add__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __rtruediv__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __rpow__(self, other: Any) -> Tensor: ...
        def __matmul__(self, other: Any) -> Tensor: ...
        def __rmatmul__(self, other: Any) -> Tensor: ...
        def __lt__(self, other: Any) -> Tensor: ...
        def __le__(self, other: Any) -> Tensor: ...
        def __gt__(self, other: Any) -> Tensor: ...
        def __ge__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __abs__(self) -> Tensor: ...


class RemovableHook:
    """A hook in its place, to be removed.

    Parameters
    ----------
    hooks : dict
        Where it is kept.
    hook : callable
    """

    def __init__(self, hooks: dict[int, Callable[..., Any]], hook: Callable[..., Any]) -> None:
        self._hooks = hooks
        self._number = next(_NUMBERS)
        hooks[self._number] = hook

    def remove(self) -> None:
        """Call it no more."""
        self._hooks.pop(self._number, None)

    def __enter__(self) -> RemovableHook:
        """For a hook that is in its place during a block only."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.remove()


_NUMBERS = itertools.count()
_ACCUMULATING = threading.Lock()
_new: Callable[[type[Tensor]], Tensor] = object.__new__
_PYTHON_NUMBERS = frozenset((bool, int, float))
_SAFE = frozenset((*_PYTHON_NUMBERS, type(None), str, slice, type(...)))
"""What nobody can change."""
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)


def _wrap(array: np.ndarray) -> Tensor:
    """A Tensor around an array, without copying."""
    out = _new(Tensor)
    out._data = array
    out.grad = out.op = out._more = None
    out._requires_grad = False
    out._inputs = ()
    out._at = out._uses = 0
    out.label = ""
    return out


def _array_of(tensor: Tensor) -> np.ndarray:
    """The array, to be read here and now."""
    if type(tensor._data) is Released:
        _compute_again(tensor)
    return tensor._data


def _no_other_node(x: Any, where: str) -> Any:
    if isinstance(x, Node):
        raise ArgumentTypeError(
            f"{where}: a {type(x).__name__} and a Tensor do not mix in one graph; make both Tensors"
        )
    return x


def _named(tensor: Tensor) -> str:
    return f" ({tensor.label!r})" if tensor.label else ""


def _compute(op: Op, arrays: Sequence[Any], forward: Callable[..., Any] | None = None) -> Any:
    """The forward function, or another one in its place, on bare arrays, its complaints in our words."""
    try:
        data = (forward or op.forward)(*arrays)
    except AutogradError:
        raise
    except IndexError as problem:
        raise BoundsError(_misfit(op, arrays, problem)) from problem
    except ValueError as problem:
        raise ShapeError(_misfit(op, arrays, problem)) from problem
    except (TypeError, OverflowError, AttributeError) as problem:
        if op.promotes:
            promoted(op, list(arrays))  # says which operand is not a number
        raise ArgumentTypeError(f"{op.name}: {problem}") from problem
    if type(data) is tuple:  # the output, and what is kept beside it
        return data
    if type(data) is not np.ndarray:
        data = np.asarray(data)
    if data.dtype.kind not in "fiub":
        raise DtypeError(f"{op.name}: a Tensor holds real numbers or booleans, not {data.dtype}")
    return data


# --- what the backward pass needs of the forward pass, see `autograd.saved` ---------------------------------------


def _let_go_of_inputs(node: Tensor) -> None:
    """Let go of arrays among a node's inputs that no rule looks at and nobody can ask for.

    They are the temporaries of an expression, as x @ W is in x @ W + b. Should anybody reach them through the graph,
    they are computed again.
    """
    inputs = node._inputs
    for position in range(len(inputs or ())):
        if is_alone(inputs, position):
            x = inputs[position]
            if not node.op.needs(position) and _can_be_let_go(x):
                x._data = Released(x._data)
            del x  # a reference of ours would count at the next position


def _can_be_let_go(x: Any) -> bool:
    """Whether a node's array is large, its own, not looked at by its own rule, and can be computed again."""
    if not isinstance(x, Tensor) or not x._inputs or x._data.nbytes <= SMALL or x._data.base is not None:
        return False
    return not x.op.needs_output and is_as_computed(x)


def is_as_computed(x: Tensor) -> bool:
    """Whether computing a node again would give what it holds: nobody has changed it, or can."""
    return x._inputs is not None and not changed_since(x._data, x._at) and not is_handed(x._data)


def _compute_again(tensor: Tensor) -> None:
    """Bring back numbers that were let go, from what they were made of."""
    settle()
    stack = [tensor]
    while stack:
        node = stack[-1]
        if type(node._data) is not Released:
            stack.pop()
            continue
        missing = [x for x in node.inputs if isinstance(x, Tensor) and type(x._data) is Released]
        if missing:
            stack += missing
            continue
        for x in node.inputs:
            if isinstance(x, Tensor) and _has_changed(x, node):
                raise refuse_changed(_described(x), node.op.name)
        arrays = [x._data if isinstance(x, Tensor) else x for x in node.inputs]
        with np.errstate(all="ignore"):
            node._data = _compute(node.op, promoted(node.op, arrays) if node.op.promotes else arrays)


def _saved(node: Tensor) -> tuple[Any, list[Any]]:
    """The numbers that a node's rules look at: its output and its inputs, as they were in the forward pass.

    Raises
    ------
    GraphError
        If one of them was changed since.
    """
    op = node.op
    y = _saved_array(node, node, op.needs_output)
    arrays = [
        _saved_array(x, node, op.needs(position)) if isinstance(x, Tensor) else x
        for position, x in enumerate(node._inputs)
    ]
    return y, arrays


def _saved_array(x: Tensor, node: Tensor, needed: bool) -> Any:
    if not needed:
        return x._data
    if node._at != CLOCK.now and type(x._data) is not Released and _has_changed(x, node):
        raise refuse_changed(_described(x), node.op.name)
    if x._more is None or x._more.packed is None:
        return _array_of(x)
    packed, unpack, _ = x._more.packed
    restored = unpack(packed)
    array = _array_of(restored) if isinstance(restored, Tensor) else np.asarray(restored)
    if array.shape != x.shape:
        raise ShapeError(f"unpacking what was saved of {_described(x)} gave shape {array.shape}: unpack must undo pack")
    return array


def _has_changed(x: Tensor, node: Tensor) -> bool:
    """Whether an input's array was changed, or another one put in its place, since a node was recorded."""
    return x._at > node._at or changed_since(x._data, node._at)


def _described(x: Tensor) -> str:
    what = f"the Tensor {x.label!r}" if x.label else f"a Tensor of shape {x.shape}"
    return f"{what} (made by {x.op.name})" if x.op is not None else what


def _deliver(tensor: Tensor, gradient: Any, fresh: bool, hooks: bool = True) -> None:
    """Add to ``grad``; no two gradients share memory.

    ``fresh`` says that nobody else has the array, so that it need not be copied.
    """
    if hooks and tensor._more is not None:
        gradient, fresh = tensor._more.hooked(gradient), False
    before = tensor.grad
    if isinstance(gradient, Tensor):
        tensor.grad = gradient * 1.0 if before is None else before + gradient
    elif before is None:
        tensor.grad = _wrap(gradient if fresh else np.array(gradient))
    elif type(before) is Tensor and before.shape == gradient.shape and not (before._requires_grad or before._uses):
        with _ACCUMULATING:
            before._data += gradient
        mark_changed(before._data)
    elif (shape := np.shape(getattr(before, "_data", before))) not in ((), gradient.shape):
        raise ShapeError(f"the .grad of {_described(tensor)} was set to shape {shape}; give it the Tensor's, or None")
    else:  # people set .grad to 0.0, too
        tensor.grad = _wrap(np.asarray(np.add(getattr(before, "data", before), gradient)))


def _fitted(gradient: Any, x: Tensor) -> Tensor:
    """A recorded contribution in the shape and element type of the input that receives it."""
    if not isinstance(gradient, Tensor):
        gradient = _wrap(np.asarray(gradient, dtype=x._data.dtype))
    gradient = shapes.unbroadcast(gradient, x._data.shape)
    return gradient if gradient.dtype == x._data.dtype else TABLE["astype"](gradient, x._data.dtype)


# --- assignment into a recorded graph -----------------------------------------------------------------------------


def _twin(tensor: Tensor) -> Tensor:
    """A second Tensor with the same array and history."""
    twin = _new(type(tensor))
    for name in ("_at", "_data", "_inputs", "_more", "_requires_grad", "_uses", "label", "op"):
        setattr(twin, name, getattr(tensor, name))
    twin.grad = None
    return twin


def _record_into(tensor: Tensor, make: Callable[[Tensor], Tensor]) -> None:
    """Let a Tensor go on as the result of an operation on what it was before.

    Raises
    ------
    GraphError
        If others have been computed from it, or if it is a leaf that requires a gradient: their gradients would be
        wrong.
    """
    advice = "compute a new Tensor instead: autograd.setitem(x, value, index), where() or x.clone() first"
    if tensor.op is None and tensor._requires_grad:
        raise GraphError(
            f"a leaf that requires a gradient{_named(tensor)} cannot be assigned into while recording: its gradient "
            f"belongs to the old entries. Do it under no_grad(), or {advice}"
        )
    if tensor._data.base is not None and _is_view_of_others(tensor):
        raise GraphError(
            f"{_described(tensor)} is a view, and what it is a view of would not hear of the assignment: assign into "
            "the whole, as in b[0, 1] = w, or take x.clone() first"
        )
    if tensor._uses and _is_used(tensor):
        raise GraphError(
            f"{_described(tensor)} was already used in the recorded graph, which needs it as it is: {advice}"
        )
    if tensor.dtype.kind != "f":
        raise DtypeError(f"a Tensor of {tensor.dtype} cannot take entries with gradients; make it floating-point")
    after = make(_twin(tensor))
    if after.shape != tensor.shape:
        raise ShapeError(f"in place: shape {tensor.shape} cannot hold a result of shape {after.shape}")
    keeps_grad = tensor._more is not None and tensor._more.keeps_grad
    for name in ("_at", "_data", "_inputs", "_more", "_requires_grad", "op"):
        setattr(tensor, name, getattr(after, name))
    if keeps_grad:
        tensor._extras().keeps_grad = True


def _is_view_of_others(tensor: Tensor) -> bool:
    """Whether a Tensor's array, which is a view, is one of another Tensor's: fresh results may be reshaped, too."""
    arrays = [x._data for x in tensor._inputs or () if isinstance(x, Tensor)]
    fresh = tensor.op is not None and tensor._inputs
    return not fresh or any(type(x) is Released or np.may_share_memory(tensor._data, x) for x in arrays)


def _is_used(tensor: Tensor) -> bool:
    """Whether a recorded operation that is still alive refers to a Tensor. Slow: it looks at every object."""
    return any(
        isinstance(node, Tensor) and node._inputs is holder
        for holder in gc.get_referrers(tensor)
        if type(holder) is tuple
        for node in gc.get_referrers(holder)
    )


def replace(tensor: Tensor, make: Callable[[Tensor], Tensor]) -> Tensor:
    """Let a Tensor become what ``make`` computes from it: recorded if gradients flow, else written into its array.

    Raises
    ------
    GraphError
        If it would make gradients wrong, see `_record_into`.
    ShapeError, DtypeError
        If the result does not fit.
    """
    if tensor._requires_grad and is_grad_enabled():
        _record_into(tensor, make)
        return tensor
    made = make(tensor)
    if made.shape != tensor.shape:
        raise ShapeError(f"in place: shape {tensor.shape} cannot hold a result of shape {made.shape}")
    if not np.can_cast(made.dtype, tensor.dtype, "same_kind"):
        raise DtypeError(f"in place: {tensor.dtype} cannot hold a result of {made.dtype}")
    if made._requires_grad:
        _record_into(tensor, make)
        return tensor
    array = _array_of(tensor)
    array[...] = _array_of(made)
    mark_changed(array)
    return tensor


def _refuse_to_vanish_in_an_array(tensor: Tensor) -> None:
    """Refuse ``array[0] = tensor``: NumPy takes the number of a 0-d Tensor, and its gradient would silently be lost.

    NumPy asks for the number just as ``float(tensor)`` does, which is fine; only the instruction at which the caller
    stands tells the two apart.
    """
    frame = sys._getframe(2)
    if frame.f_code.co_code[frame.f_lasti] == _STORE_SUBSCR:
        raise GraphError(
            f"assigning {_described(tensor)} to an entry of an array would lose its gradient: make the array a Tensor, "
            "build it from a list (autograd.stack, autograd.numpy.array), or use .item() if no gradient is wanted"
        )


_STORE_SUBSCR = dis.opmap["STORE_SUBSCR"]


def _bare_index(index: Any) -> Any:
    if isinstance(index, tuple):
        return tuple(_bare_index(part) for part in index)
    if isinstance(index, Tensor):
        if index.dtype.kind not in "iub":
            raise ArgumentTypeError(
                f"a Tensor of {index.dtype} cannot be an index: make it with dtype='int64', or compare for a mask"
            )
        index = _array_of(index)
    return index


def _cast(x: Any, array: Any) -> Any:
    """An operand in the element type that was computed with, so that its rule computes with that too."""
    if not isinstance(array, np.ndarray):
        return x
    if isinstance(x, Tensor):
        return x if x.dtype == array.dtype else TABLE["astype"](x, array.dtype)
    return array


def _own(x: Any) -> Any:
    """An array or list from outside as a copy: whoever changes it later does not change the recorded graph."""
    if isinstance(x, tuple):
        return tuple([part if type(part) in _SAFE else _own(part) for part in x])
    if isinstance(x, np.ndarray):
        return x.copy()
    return copy.deepcopy(x) if isinstance(x, list) else x


def _misfit(op: Op, arrays: Sequence[Any], problem: Exception) -> str:
    """What did not fit in an operation, and how to mend it."""
    shown = [f"shape {x.shape}" if isinstance(x, np.ndarray) else repr(x) for x in arrays]
    advice = ""
    if op.name == "matmul" and all(isinstance(x, np.ndarray) for x in arrays):
        left, right = arrays
        if not (left.ndim and right.ndim):
            advice = "; a 0-d Tensor cannot be a factor of @: use *"
        elif left.shape[-1] != right.shape[max(right.ndim - 2, 0)]:
            inner = f"{left.shape[-1]} ≠ {right.shape[max(right.ndim - 2, 0)]}"
            advice = f"; the last axis of the left factor must be as long as the rows of the right one ({inner})"
        else:
            advice = "; the leading axes must be equal or 1"
    elif op.elementwise and "broadcast" in str(problem):
        advice = "; aligned from the last axis, sizes must be equal or 1"
    else:
        advice = f" ({problem})"
    return f"{op.name}: {' and '.join(shown)} do not fit{advice}"


def _as_ours(op: Op, function: Callable[..., Any], inputs: Sequence[Any], options: Any) -> tuple[Any, dict[str, Any]]:
    """NumPy's arguments as ours: static ones by name, because NumPy has them in another order."""
    names = _numpy_parameters(function)
    ours = list(op.parameters)
    count = len(op.rules)
    options = {name: value for name, value in options.items() if value is not np._NoValue}
    for name, value in zip(names[count:], inputs[count:], strict=False):
        if value is not None or SYNONYMS.get(name, name) in ours:
            options[name] = value
    return (inputs[:count] if len(names) > count else inputs), options


@cache
def _numpy_parameters(function: Callable[..., Any]) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except ValueError:  # written in C
        return []


def _compare(function: Callable[[Any, Any], Any]) -> Callable[[Tensor, Any], Tensor]:
    def method(self: Tensor, other: Any) -> Tensor:
        operand = _array_of(other) if isinstance(other, Tensor) else _no_other_node(other, function.__name__)
        try:
            return _wrap(np.asarray(function(_array_of(self), operand)))
        except ValueError as problem:
            raise ShapeError(f"{function.__name__}: {problem}") from problem
        except TypeError as problem:
            raise ArgumentTypeError(f"{function.__name__} of a Tensor and {other!r:.40}: {problem}") from problem

    method.__name__ = f"__{function.__name__}__"
    return method


# --- methods from the table ---------------------------------------------------------------------------------------

# Nearly all nodes of nearly all graphs come from these two makers of methods. They do what `Tensor._apply` does, for
# one and for two inputs of the same floating-point type; at anything else they hand over to it.


def _unary(op: Op) -> Callable[[Tensor], Tensor]:
    forward = op.forward

    def method(self):  # type: ignore[no-untyped-def]
        array = self._data
        dtype = array.dtype
        if watchers or (dtype is not _F32 and dtype is not _F64):
            return op(self)
        if HANDED and (array.base is not None or id(array) in HANDED):
            return op(self)
        try:
            data = forward(array)
        except _COMPLAINTS:
            return op(self)
        out = _new(Tensor)
        out._data = data if type(data) is np.ndarray else np.asarray(data)
        out.grad = out._more = None
        out._uses = 0
        out.label = ""
        if self._requires_grad and (not pauses or is_grad_enabled()):
            out._requires_grad = True
            out.op = op
            out._inputs = (self,)
            self._uses += 1
            if self.op is not None and self._data.nbytes > SMALL:
                _let_go_of_inputs(self)
            out._at = CLOCK.now
        else:
            out._requires_grad = False
            out.op = None
            out._inputs = ()
            out._at = 0
        return out

    return method


def _binary(op: Op) -> tuple[Callable[[Tensor, Any], Tensor], Callable[[Tensor, Any], Tensor]]:
    forward = op.forward

    def method(self, other):  # type: ignore[no-untyped-def]
        array = self._data
        dtype = array.dtype
        kind = type(other)
        requires_grad = self._requires_grad
        if watchers or (dtype is not _F32 and dtype is not _F64):
            return op(self, other)
        if HANDED and (array.base is not None or id(array) in HANDED):
            return op(self, other)
        if kind is float or kind is int:
            second = other
        elif kind is Tensor or isinstance(other, Tensor):  # a Parameter is one, too
            second = other._data
            if second.dtype is not dtype:
                return op(self, other)
            if HANDED and (second.base is not None or id(second) in HANDED):
                return op(self, other)
            requires_grad = requires_grad or other._requires_grad
        else:
            return op(self, other)
        try:
            data = forward(array, second)
        except _COMPLAINTS:
            return op(self, other)
        out = _new(Tensor)
        out._data = data if type(data) is np.ndarray else np.asarray(data)
        out.grad = out._more = None
        out._uses = 0
        out.label = ""
        if requires_grad and (not pauses or is_grad_enabled()):
            out._requires_grad = True
            out.op = op
            out._inputs = (self, other)
            self._uses += 1
            if self.op is not None and self._data.nbytes > SMALL:
                _let_go_of_inputs(self)
            if second is not other:
                other._uses += 1
                if other.op is not None and other._data.nbytes > SMALL:
                    _let_go_of_inputs(other)
            out._at = CLOCK.now
        else:
            out._requires_grad = False
            out.op = None
            out._inputs = ()
            out._at = 0
        return out

    def reflected(self, other):  # type: ignore[no-untyped-def]
        array = self._data
        dtype = array.dtype
        kind = type(other)
        if watchers or (kind is not float and kind is not int) or (dtype is not _F32 and dtype is not _F64):
            return op(other, self)
        if HANDED and (array.base is not None or id(array) in HANDED):
            return op(other, self)
        try:
            data = forward(other, array)
        except _COMPLAINTS:
            return op(other, self)
        out = _new(Tensor)
        out._data = data if type(data) is np.ndarray else np.asarray(data)
        out.grad = out._more = None
        out._uses = 0
        out.label = ""
        if self._requires_grad and (not pauses or is_grad_enabled()):
            out._requires_grad = True
            out.op = op
            out._inputs = (other, self)
            self._uses += 1
            if self.op is not None and self._data.nbytes > SMALL:
                _let_go_of_inputs(self)
            out._at = CLOCK.now
        else:
            out._requires_grad = False
            out.op = None
            out._inputs = ()
            out._at = 0
        return out

    return method, reflected


_REDUCTIONS = {np.add: "sum", np.multiply: "prod", np.maximum: "amax", np.minimum: "amin", np.logaddexp: "logsumexp"}
"""The rows that ``np.add.reduce`` and its like mean."""

_COMPLAINTS = (TypeError, ValueError, OverflowError)
"""What NumPy raises for operands that do not fit; our own words for it are found on the general way."""


def _general(op: Op) -> Callable[..., Tensor]:
    def method(self: Tensor, *others: Any, **options: Any) -> Tensor:
        made: Tensor = op(self, *others, **options)
        return made

    return method


def _general_reflected(op: Op) -> Callable[[Tensor, Any], Tensor]:
    def method(self: Tensor, other: Any) -> Tensor:
        made: Tensor = op(other, self)
        return made

    return method


def _methods(op: Op) -> tuple[Callable[..., Tensor], Callable[[Tensor, Any], Tensor]]:
    """The method of an operation, and the one with the operands exchanged."""
    method, reflected = _general(op), _general_reflected(op)
    if op.promotes and all(op.rules) and len(op.rules) == len(op.parameters):
        if len(op.rules) == 1:
            method = _unary(op)
        elif len(op.rules) == 2:
            method, reflected = _binary(op)
    method.__name__, method.__qualname__, method.__doc__ = op.name, f"Tensor.{op.name}", op.usage
    return method, reflected


def _in_place(op: Op) -> Callable[[Tensor, Any], Tensor]:
    def method(self: Tensor, other: Any) -> Tensor:
        if is_grad_enabled():
            made: Tensor = op(self, other)
            return made  # rebinds the name: the graph keeps the old node
        array = _array_of(self)
        if not array.flags.writeable:
            raise GraphError(
                f"{op.name} in place: this Tensor{_named(self)} is expanded from fewer entries: clone() it"
            )
        operand = _array_of(other) if isinstance(other, Tensor) else _no_other_node(other, op.name)
        try:
            op.forward(array, operand, out=array)
        except (TypeError, ValueError) as problem:
            made = op(self, other)  # says so itself, if the operands do not fit each other
            if made.shape != self.shape:
                raise ShapeError(
                    f"{op.name} in place: shape {self.shape} cannot hold a result of shape {made.shape}"
                ) from problem
            raise DtypeError(f"{op.name} in place: {self.dtype} cannot hold a result of {made.dtype}") from problem
        mark_changed(array)
        return self

    return method


for _function in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
    setattr(Tensor, f"__{_function.__name__}__", _compare(_function))
for _op in TABLE:
    _forward, _backward = _methods(_op)
    if not _op.variadic and _op.name not in vars(Tensor) and _op.name != "where":
        setattr(Tensor, _op.name, _forward)
    if _op.operator:
        setattr(Tensor, f"__{_op.operator}__", _forward)
        if len(_op.rules) == 2:
            setattr(Tensor, f"__r{_op.operator}__", _backward)
            setattr(Tensor, f"__i{_op.operator}__", _in_place(_op))
