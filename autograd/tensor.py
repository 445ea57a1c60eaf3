"""What is an array node?

`Tensor` is a NumPy array that remembers how it was computed, with PyTorch's names and meanings. Its methods are
made from the table of operations; this file says how arrays are taken in, recorded, and given their gradients.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ArgumentTypeError, BoundsError, DtypeError, GraphError, ShapeError
from autograd.graph import Contribution, Node, steps
from autograd.modes import enable_grad, is_grad_enabled
from autograd.ops import shapes
from autograd.ops.table import PIECEWISE_CONSTANT, TABLE, Op

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Tensor", "get_default_dtype", "set_default_dtype"]

_default_dtype: np.dtype[Any] = np.dtype(np.float32)
_TYPED = (np.ndarray, np.generic)
_OPERANDS = (*_TYPED, bool, int, float)


def get_default_dtype() -> np.dtype[Any]:
    """The element type of Tensors made from Python numbers and lists."""
    return _default_dtype


def set_default_dtype(dtype: npt.DTypeLike) -> None:
    """Choose the element type of Tensors made from Python numbers and lists (at first float32).

    Raises
    ------
    DtypeError
        If it is not a floating-point type.
    """
    global _default_dtype
    chosen = _dtype(dtype)
    if chosen.kind != "f":
        raise DtypeError(f"the default dtype must be a floating-point type, not {chosen}")
    _default_dtype = chosen


class Tensor(Node):
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
    Element types combine as in PyTorch: floats win over integers, arrays over 0-d arrays of the same kind, and
    Python numbers adapt; otherwise the wider type is taken.
    """

    __slots__ = ("__weakref__", "_inputs", "_keeps_grad", "_requires_grad", "data", "grad", "label", "op")
    __array_priority__ = 1000

    def __init__(
        self, data: Any, requires_grad: bool = False, dtype: npt.DTypeLike | None = None, label: str = ""
    ) -> None:
        if not isinstance(label, str):
            raise ArgumentTypeError(f"Tensor(): the label must be text, not {type(label).__name__} {label!r:.40}")
        self.data = _array(data, dtype)
        self.grad = None
        self.label = label
        self.op = None
        self._inputs = ()
        self._keeps_grad = False
        self.requires_grad = requires_grad

    @property
    def requires_grad(self) -> bool:
        """Whether gradients reach this Tensor; it can be set on leaves of a floating-point type."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if wanted and self.data.dtype.kind != "f":
            raise DtypeError(
                f"only floating-point Tensors can require gradients, not {self.data.dtype}; pass dtype='float32'"
            )
        if self.op is not None:
            raise GraphError(f"requires_grad of a Tensor made by {self.op.name} follows from its inputs: use .detach()")
        self._requires_grad = bool(wanted)

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

    def backward(self, gradient: Any = None, retain_graph: bool = False, create_graph: bool = False) -> None:
        """Backpropagate from this Tensor: add to ``grad`` of every leaf that requires it.

        Parameters
        ----------
        gradient : array_like, optional
            The upstream gradient, of this Tensor's shape; a scalar's is 1 by default.
        retain_graph : bool
            Keep the graph for another call. Otherwise it is freed, as PyTorch does (default: ``create_graph``).
        create_graph : bool
            Record the backward pass too, so that the gradients can be differentiated again.

        Raises
        ------
        GraphError
            If there is no graph, if it was freed, or if a gradient is needed and missing.
        ShapeError
            If the gradient does not have this Tensor's shape.
        """
        if not self.requires_grad:
            raise GraphError(
                f"this Tensor{_named(self)} does not require a gradient and was not computed from one that does, or "
                "it was computed under no_grad(): there is no graph to go back through"
            )
        upstream: Any = self._upstream(gradient)
        if create_graph:
            upstream = gradient if isinstance(gradient, Tensor) else _wrap(upstream)
        with np.errstate(all="ignore"), enable_grad() if create_graph else nullcontext():
            for node, total, _ in steps({self: upstream}, create_graph):
                if node.is_leaf or node._keeps_grad:  # type: ignore[attr-defined]
                    _accumulate(node, total)
                if not (retain_graph or create_graph) and not node.is_leaf:
                    node._inputs = None  # type: ignore[attr-defined]

    def _upstream(self, gradient: Any) -> np.ndarray:
        if gradient is None:
            if self.data.size != 1:
                raise GraphError(
                    f"backward() from a Tensor of shape {self.shape} needs an upstream gradient of that shape: pass "
                    "one, or reduce to a scalar first, as in .sum().backward()"
                )
            return np.ones_like(self.data)
        given = gradient.data if isinstance(gradient, Tensor) else _array(gradient, None)
        if given.shape != self.shape:
            raise ShapeError(f"the upstream gradient has shape {given.shape}, the Tensor {self.shape}; make them equal")
        return given.astype(self.dtype)

    def _flow(self, upstream: Any, create_graph: bool) -> list[Contribution]:
        y: Any = self
        inputs = self._inputs
        if not create_graph:
            y = self.data
            inputs = tuple([x.data if isinstance(x, Tensor) else x for x in inputs])
        wanted = [isinstance(x, Tensor) and x.requires_grad for x in self._inputs]
        received = self.op.flow(upstream, y, inputs, wanted)
        return [
            Contribution(x, position, None, _fitted(gradient, x, create_graph))
            for position, (x, gradient) in enumerate(zip(self._inputs, received, strict=True))
            if gradient is not None
        ]

    def retain_grad(self) -> None:
        """Make ``backward`` fill in ``grad`` here too, although this is not a leaf."""
        if not self.requires_grad:
            raise GraphError(f"this Tensor{_named(self)} does not require a gradient: there is none to keep")
        self._keeps_grad = True

    def detach(self) -> Tensor:
        """The same array without its history; nothing computed from it reaches back."""
        out = _wrap(self.data)
        out.label = self.label
        return out

    # --- as an array ------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.data.dtype

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def size(self) -> int:
        return self.data.size

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
        if self.requires_grad:
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
        if self.data.size != 1:
            raise ShapeError(f"item() needs a Tensor of one entry; this one has shape {self.shape}")
        return self.data.item()

    def tolist(self) -> Any:
        """The entries as nested lists of Python numbers."""
        return self.data.tolist()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __bool__(self) -> bool:
        if self.data.size != 1:
            raise ShapeError(f"a Tensor of shape {self.shape} is neither true nor false; compare, then reduce")
        return bool(self.data.item())

    def __len__(self) -> int:
        if not self.shape:
            raise ArgumentTypeError("a 0-d Tensor has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Tensor:
        return TABLE["getitem"](self, _bare_index(index))

    def __repr__(self) -> str:
        text = np.array2string(self.data, separator=", ", prefix="Tensor(")
        facts = [text]
        if self.dtype != _default_dtype:
            facts.append(f"dtype={self.dtype}")
        if not self.is_leaf:
            facts.append(f"op={self.op.name}")
        elif self.requires_grad:
            facts.append("requires_grad=True")
        if self.label:
            facts.append(f"label={self.label!r}")
        return f"Tensor({', '.join(facts)})"

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

    def sum(self, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False) -> Tensor:
        """The sum over axes (all by default); NumPy's ``axis`` and ``keepdims`` mean the same."""
        return _reduce("sum", self, dim, keepdim, axis, keepdims)

    def mean(self, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False) -> Tensor:
        """The mean over axes (all by default)."""
        return _reduce("mean", self, dim, keepdim, axis, keepdims)

    def amax(self, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False) -> Tensor:
        """The largest entry along axes (all by default); equal ones share the gradient."""
        return _reduce("amax", self, dim, keepdim, axis, keepdims)

    def amin(self, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False) -> Tensor:
        """The smallest entry along axes (all by default); equal ones share the gradient."""
        return _reduce("amin", self, dim, keepdim, axis, keepdims)

    def max(self, *, axis: Any = None, keepdims: bool = False) -> Tensor:
        """The largest entry, over all axes or NumPy's ``axis``; equal ones share the gradient."""
        return _reduce("amax", self, None, False, axis, keepdims)

    def min(self, *, axis: Any = None, keepdims: bool = False) -> Tensor:
        """The smallest entry, over all axes or NumPy's ``axis``; equal ones share the gradient."""
        return _reduce("amin", self, None, False, axis, keepdims)

    # --- recording --------------------------------------------------------------------------------------------

    @classmethod
    def _apply(cls, op: Op, inputs: Sequence[Any]) -> Tensor:
        """Compute an operation and record it."""
        arrays = []
        requires_grad = False
        for x in inputs:
            if isinstance(x, Tensor):
                arrays.append(x.data)
                requires_grad = requires_grad or x.requires_grad
            else:
                arrays.append(_no_other_node(x, op.name))
        arrays = _promoted(op, arrays)
        try:
            data = op.forward(*arrays)
        except IndexError as problem:
            raise BoundsError(_misfit(op, arrays, problem)) from problem
        except ValueError as problem:
            raise ShapeError(_misfit(op, arrays, problem)) from problem
        except (TypeError, OverflowError) as problem:
            raise ArgumentTypeError(f"{op.name}: {problem}") from problem
        out = _wrap(np.asarray(data))
        if out.data.dtype.kind not in "fiub":
            raise DtypeError(f"{op.name}: a Tensor holds real numbers or booleans, not {out.data.dtype}")
        if requires_grad and out.data.dtype.kind == "f" and is_grad_enabled():
            out._requires_grad = True
            out.op = op
            out._inputs = tuple([_own(x) for x in inputs])
        return out

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "__call__" and list(options) == ["out"] and not isinstance(options["out"][0], Tensor):
            # array -= tensor: the array is bare, so nothing is recorded, as in p.data -= 0.1 * p.grad
            return ufunc(*(x.data if isinstance(x, Tensor) else x for x in inputs), **options)
        if method == "__call__" and not options:
            op = TABLE.of_numpy(ufunc)
            if op is not None:
                return op(*inputs)
            if ufunc in PIECEWISE_CONSTANT:
                return _wrap(np.asarray(ufunc(*(x.data if isinstance(x, Tensor) else x for x in inputs))))
        raise ArgumentTypeError(f"np.{ufunc.__name__} ({method}) is not in the table of operations for Tensors")

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        op = TABLE.of_numpy(function)
        if op is None:
            raise ArgumentTypeError(f"np.{function.__name__} is not in the table of operations for Tensors")
        return op(*inputs, **options)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.numpy()
        return np.array(array, dtype=dtype, copy=copy)

    __hash__ = object.__hash__

    if TYPE_CHECKING:  # these, and every other method, are made from the table below
        data: np.ndarray
        grad: Any
        label: str
        op: Any
        _inputs: Any
        _requires_grad: bool

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
        def __getattr__(self, name: str) -> Callable[..., Tensor]: ...


def _wrap(array: np.ndarray) -> Tensor:
    """A Tensor around an array, without copying."""
    out = Tensor.__new__(Tensor)
    out.data = array
    out.grad = out.op = None
    out._requires_grad = out._keeps_grad = False
    out._inputs = ()
    out.label = ""
    return out


def _no_other_node(x: Any, where: str) -> Any:
    if isinstance(x, Node):
        raise ArgumentTypeError(
            f"{where}: a {type(x).__name__} and a Tensor do not mix in one graph; make both Tensors"
        )
    return x


def _named(tensor: Tensor) -> str:
    return f" ({tensor.label!r})" if tensor.label else ""


def _array(data: Any, dtype: npt.DTypeLike | None) -> np.ndarray:
    if isinstance(data, Tensor):
        data = data.data
    elif isinstance(data, Node):
        raise ArgumentTypeError(f"a Tensor cannot be made from a {type(data).__name__}: take its .data")
    try:
        array = np.asarray(data)
    except ValueError as problem:
        raise ShapeError(f"a Tensor cannot be made from this {type(data).__name__}: {problem}") from problem
    if array.dtype.kind not in "fiub":
        raise DtypeError(f"a Tensor holds real numbers or booleans, not {array.dtype} (from {data!r:.40})")
    if dtype is None and not isinstance(data, (np.ndarray, np.generic)):
        dtype = _default_dtype
    wanted = array.dtype if dtype is None else _dtype(dtype)
    if wanted.kind not in "fiub":
        raise DtypeError(f"a Tensor holds real numbers or booleans, not {wanted}")
    return np.array(array, dtype=wanted)


def _dtype(name: npt.DTypeLike) -> np.dtype[Any]:
    try:
        return np.dtype(name)
    except TypeError:
        raise DtypeError(f"{name!r} is not an element type; use 'float32', 'float64', 'int64', 'bool' …") from None


def _promoted(op: Op, arrays: list[Any]) -> list[Any]:
    """Bring the operands of an elementwise operation or a product to the element type that PyTorch would use."""
    if not (op.elementwise or op.operator):
        return arrays
    operands = [x for x, rule in zip(arrays, op.rules, strict=False) if rule is not None]
    for x in operands:
        if not isinstance(x, _OPERANDS) or (isinstance(x, np.ndarray) and x.dtype.kind not in "fiub"):
            raise ArgumentTypeError(
                f"{op.name}: a Tensor works with Tensors, arrays of real numbers and Python numbers, not with "
                f"{type(x).__name__} {x!r:.40}"
            )
    typed = [x for x in operands if isinstance(x, _TYPED)]
    if not typed:  # where(condition, 1.0, 2.0)
        wanted = _default_dtype if float in map(type, operands) else np.result_type(*operands)
        return [arrays[0], *(np.asarray(x, wanted) for x in operands)]
    wanted = typed[0].dtype if len({x.dtype for x in typed}) == 1 else _common(typed)
    if wanted.kind != "f" and (op.floating or _has_float(operands, arrays)):
        wanted = _default_dtype
    if all(x.dtype == wanted for x in typed):
        return arrays
    rules = (*op.rules, *(None for _ in arrays))
    return [
        x.astype(wanted) if rule is not None and isinstance(x, _TYPED) else x
        for x, rule in zip(arrays, rules, strict=False)
    ]


def _has_float(operands: Sequence[Any], arrays: Sequence[Any]) -> bool:
    """Whether a Python float takes part; a static argument of ±inf (no bound) does not."""
    return any(isinstance(x, float) for x in operands) or any(isinstance(x, float) and np.isfinite(x) for x in arrays)


def _common(operands: Sequence[Any]) -> np.dtype[Any]:
    """The common element type: the highest kind decides; within it arrays go before 0-d arrays."""
    kind = next(kind for kind in ("f", "iu", "b") if any(x.dtype.kind in kind for x in operands))
    members = [x for x in operands if x.dtype.kind in kind]
    return np.result_type(*{x.dtype for x in ([x for x in members if x.ndim] or members)})


def _fitted(gradient: Any, x: Tensor, create_graph: bool) -> Any:
    """A contribution in the shape and element type of the input that receives it."""
    if not create_graph:
        gradient = shapes.unbroadcast(np.asarray(gradient), x.data.shape)
        return gradient if gradient.dtype == x.data.dtype else gradient.astype(x.data.dtype)
    if not isinstance(gradient, Tensor):
        gradient = _wrap(np.asarray(gradient, dtype=x.data.dtype))
    gradient = shapes.unbroadcast(gradient, x.data.shape)
    return gradient if gradient.dtype == x.data.dtype else TABLE["astype"](gradient, x.data.dtype)


def _accumulate(tensor: Any, gradient: Any) -> None:
    """Add to ``grad``, which is always an array of its own: no two gradients share memory."""
    if isinstance(gradient, Tensor):
        tensor.grad = gradient * 1.0 if tensor.grad is None else tensor.grad + gradient
    elif tensor.grad is None:
        tensor.grad = _wrap(np.array(gradient))
    else:  # people set .grad to 0.0, too
        tensor.grad = _wrap(np.add(getattr(tensor.grad, "data", tensor.grad), gradient))


def _bare_index(index: Any) -> Any:
    if isinstance(index, tuple):
        return tuple(_bare_index(part) for part in index)
    if isinstance(index, Tensor):
        if index.dtype.kind not in "iub":
            raise ArgumentTypeError(
                f"a Tensor of {index.dtype} cannot be an index: make it with dtype='int64', or compare for a mask"
            )
        index = index.data
    return index


def _own(x: Any) -> Any:
    """An array or list from outside as a copy: whoever changes it later does not change the recorded graph."""
    if isinstance(x, tuple):
        return tuple(_own(part) for part in x)
    return copy.deepcopy(x) if isinstance(x, (np.ndarray, list)) else x


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


def _reduce(name: str, x: Tensor, dim: Any, keepdim: bool, axis: Any, keepdims: bool) -> Tensor:
    if dim is not None and axis is not None:
        raise ArgumentTypeError(f"{name}() got both dim={dim} and axis={axis}: they mean the same, give one")
    chosen = axis if dim is None else dim
    chosen = tuple(chosen) if isinstance(chosen, list) else chosen
    if name == "mean" and x.dtype.kind != "f":
        raise DtypeError(f"mean() of a Tensor of {x.dtype}: convert it to a floating-point type first")
    return TABLE[name](x, chosen, keepdim or keepdims)


def _compare(function: Callable[[Any, Any], Any]) -> Callable[[Tensor, Any], Tensor]:
    def method(self: Tensor, other: Any) -> Tensor:
        operand = other.data if isinstance(other, Tensor) else _no_other_node(other, function.__name__)
        try:
            return _wrap(np.asarray(function(self.data, operand)))
        except ValueError as problem:
            raise ShapeError(f"{function.__name__}: {problem}") from problem
        except TypeError as problem:
            raise ArgumentTypeError(f"{function.__name__} of a Tensor and {other!r:.40}: {problem}") from problem

    method.__name__ = f"__{function.__name__}__"
    return method


def _method(op: Op) -> Callable[..., Tensor]:
    def method(self: Tensor, *others: Any, **options: Any) -> Tensor:
        made: Tensor = op(self, *others, **options)
        return made

    method.__name__, method.__qualname__, method.__doc__ = op.name, f"Tensor.{op.name}", op.usage
    return method


def _in_place(op: Op) -> Callable[[Tensor, Any], Tensor]:
    def method(self: Tensor, other: Any) -> Tensor:
        made: Tensor = op(self, other)
        if is_grad_enabled():
            return made  # rebinds the name: the graph keeps the old node
        if made.shape != self.shape:
            raise ShapeError(f"{op.name} in place: shape {self.shape} cannot hold a result of shape {made.shape}")
        self.data[...] = made.data
        return self

    return method


def _reflected(op: Op) -> Callable[[Tensor, Any], Tensor]:
    def method(self: Tensor, other: Any) -> Tensor:
        made: Tensor = op(other, self)
        return made

    return method


for _function in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
    setattr(Tensor, f"__{_function.__name__}__", _compare(_function))
for _op in TABLE:
    if not _op.variadic and _op.name not in vars(Tensor) and _op.name != "where":
        setattr(Tensor, _op.name, _method(_op))
    if _op.operator:
        setattr(Tensor, f"__{_op.operator}__", _method(_op))
        if len(_op.rules) == 2:
            setattr(Tensor, f"__r{_op.operator}__", _reflected(_op))
            setattr(Tensor, f"__i{_op.operator}__", _in_place(_op))
