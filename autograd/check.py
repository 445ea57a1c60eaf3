"""Are the gradients right?

`gradcheck` compares the engine's Jacobian of any function with central differences, entry by entry or, for large
functions, along random directions; backward and forward mode. `gradgradcheck` does so for the gradients themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ArgumentTypeError, DtypeError, GradcheckError, GraphError, ShapeError
from autograd.forward import push
from autograd.graph import Node, gradients
from autograd.lineage import lineage
from autograd.modes import is_grad_enabled
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["GradcheckReport", "gradcheck", "gradgradcheck"]

_LARGE = 10_000
"""Jacobians of more entries are checked along random directions, unless asked otherwise."""

_DIRECTIONS = 3


class GradcheckReport(NamedTuple):
    """The outcome of a gradient check; true if every entry agrees."""

    entries: int
    """How many partial derivatives were compared."""
    output: tuple[int, tuple[int, ...]]
    """Where the worst one is: which output, and the index in it."""
    input: tuple[int, tuple[int, ...]]
    """Which input, and the index in it."""
    engine: float
    """The engine's number there."""
    numeric: float
    """The central difference there."""
    passed: bool
    label: str = ""
    """The label of the input."""
    mode: str = "backward"
    """Which of the engine's numbers it is: ``"backward"`` or ``"forward"`` mode."""
    along_directions: bool = False
    """Whether it is a derivative along a random direction instead of a partial one; the indices are then empty."""

    @property
    def relative_error(self) -> float:
        """|engine − numeric| / max(|engine|, |numeric|) at the worst entry."""
        scale = max(abs(self.engine), abs(self.numeric))
        return abs(self.engine - self.numeric) / scale if scale > 0 else 0.0

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        verdict = "agree" if self.passed else "DISAGREE"
        name = f" ({self.label})" if self.label else ""
        kind = "derivatives along random directions" if self.along_directions else "partial derivatives"
        return (
            f"engine and central differences {verdict} over {self.entries} {kind}; the worst is "
            f"∂output {_place(self.output)} / ∂input {_place(self.input)}{name} in {self.mode} mode: "
            f"engine {self.engine:.10g}, numeric {self.numeric:.10g}, relative error {self.relative_error:.2g}"
        )


def _place(where: tuple[int, tuple[int, ...]]) -> str:
    number, index = where
    return f"{number}{list(index)}" if index else str(number)


class _Comparison(NamedTuple):
    """Numbers of the engine and central differences, for one output and one entry or direction of one input."""

    mode: str
    output: int
    input: int
    place: tuple[int, ...]
    engine: np.ndarray
    numeric: np.ndarray


def gradcheck(
    function: Callable[..., Any],
    inputs: Any,
    *,
    eps: float | Sequence[float] = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-5,
    raise_exception: bool = True,
    check_forward_ad: bool = False,
    fast_mode: bool | None = None,
) -> GradcheckReport:
    """Compare the engine's gradients of a function with central differences.

    Parameters
    ----------
    function : callable
        Takes the inputs; returns a Value, a Tensor, or a sequence of them.
    inputs : Value, Tensor, or sequence of them
        Where to check. Tensors that require no gradient, and anything that is not a node, are held fixed.
    eps : float or sequence of float
        The step, for all inputs or for each, relative to entries larger than 1. The truncation error is of order
        eps², the rounding error of order 1e-16/eps (Nocedal and Wright, Numerical Optimization, section 8.1).
    atol, rtol : float
        Entries agree when |engine − numeric| ≤ atol + rtol·|numeric|.
    raise_exception : bool
        Raise on disagreement instead of returning a report that is false.
    check_forward_ad : bool
        Check forward mode as well.
    fast_mode : bool, optional
        Compare along a few random directions, always the same, instead of entry by entry: uᵀ J v (default: for
        Jacobians of more than 10,000 entries).

    Returns
    -------
    GradcheckReport

    Raises
    ------
    GradcheckError
        If an entry disagrees; the message is the report.
    DtypeError
        If a Tensor to differentiate is not float64, whose rounding the comparison needs.

    Examples
    --------
    >>> bool(gradcheck(lambda x, y: x * y.sin(), [Value(2.0), Value(0.5)], check_forward_ad=True))
    True
    """
    points = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    steps = _step_sizes(eps, len(points))
    variables = _variables(points)

    arguments = [_copy(x, x.data) if i in variables else x for i, x in enumerate(points)]
    outputs = _outputs(function, arguments)
    if fast_mode is None:
        fast_mode = sum(_size(x) for x in outputs) * sum(_size(points[i]) for i in variables) > _LARGE
    modes = ("backward", "forward") if check_forward_ad else ("backward",)
    compare = _along_directions if fast_mode else _entry_by_entry

    worst: _Comparison | None = None
    worst_excess, entries = -1.0, 0
    where: tuple[int, ...] = ()
    for comparison in compare(function, points, arguments, outputs, variables, steps, modes):
        error = np.abs(comparison.engine - comparison.numeric)
        excess = error / (atol + rtol * np.abs(comparison.numeric))
        excess = np.where(np.isfinite(excess), excess, np.inf)
        entries += excess.size
        if excess.size and excess.max() > worst_excess:
            place = np.unravel_index(int(np.argmax(excess)), excess.shape)
            worst, worst_excess, where = comparison, float(excess[place]), tuple(int(k) for k in place)
    if worst is None:
        raise ShapeError("gradcheck has nothing to compare: every input or output is empty")
    report = GradcheckReport(
        entries,
        (worst.output, where),
        (worst.input, worst.place),
        float(worst.engine[where]),
        float(worst.numeric[where]),
        worst_excess <= 1,
        points[worst.input].label,
        worst.mode,
        fast_mode,
    )
    if raise_exception and not report.passed:
        raise GradcheckError(str(report))
    return report


def gradgradcheck(
    function: Callable[..., Any], inputs: Any, grad_outputs: Any = None, *, seed: int = 0, **options: Any
) -> GradcheckReport:
    """Compare the engine's gradients of gradients with central differences of its gradients.

    Parameters
    ----------
    function, inputs
        As for `gradcheck`.
    grad_outputs : sequence of numbers or arrays, optional
        The upstream gradient of each output; drawn at random by default, and differentiated by as well.
    seed : int
        Of the random numbers.
    **options
        As for `gradcheck`.

    Notes
    -----
    The gradient of any order is checked by nesting: a function that returns gradients recorded with
    ``autograd.gradients(seeds, create_graph=True)`` is a function like any other.
    """
    points = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    variables = _variables(points)
    outputs = _outputs(function, points)
    rng = np.random.default_rng(seed)
    if grad_outputs is None:
        grad_outputs = [rng.normal(size=np.shape(out.data)) for out in outputs]
    upstream = [
        Value(float(g)) if isinstance(out, Value) else Tensor(np.asarray(g, float), requires_grad=True)
        for out, g in zip(outputs, grad_outputs, strict=True)
    ]

    def first(*arguments: Any) -> list[Any]:
        made = _outputs(function, arguments[: len(points)])
        pairs = zip(made, arguments[len(points) :], strict=True)
        reached = gradients({out: g for out, g in pairs if out.requires_grad}, create_graph=True)
        return [reached[arguments[i]] if arguments[i] in reached else arguments[i] * 0.0 for i in variables]

    steps = options.pop("eps", 1e-6)
    if isinstance(steps, Sequence):
        steps = [*steps, *(1e-6 for _ in upstream)]
    return gradcheck(first, [*points, *upstream], eps=steps, **options)


def _step_sizes(eps: float | Sequence[float], count: int) -> list[float]:
    if not is_grad_enabled():
        raise GraphError("gradcheck needs a recorded graph: call it outside of no_grad()")
    steps = [float(each) for each in eps] if isinstance(eps, Sequence) else [float(eps)] * count
    if not all(0 < each < 1 for each in steps):
        raise ArgumentTypeError(f"gradcheck needs steps between 0 and 1, such as 1e-6, not {eps}")
    if len(steps) != count:
        raise ShapeError(f"gradcheck got {len(steps)} steps for {count} inputs; give one, or one for each")
    return steps


def _variables(points: Sequence[Any]) -> list[int]:
    """Which of the inputs are to be differentiated by."""
    variables = [i for i, x in enumerate(points) if isinstance(x, Node) and x.requires_grad]
    if not variables:
        raise ArgumentTypeError("gradcheck needs at least one Value, or one Tensor with requires_grad=True")
    for i in variables:
        if isinstance(points[i], Tensor) and points[i].dtype != np.float64:
            raise DtypeError(
                f"gradcheck needs float64: input {i} is {points[i].dtype}, too coarse for "
                "differences; make it with dtype='float64'"
            )
    return variables


def _size(x: Node) -> int:
    return int(np.size(x.data))


def _copy(x: Node, data: Any) -> Node:
    return Value(data, x.label) if isinstance(x, Value) else Tensor(data, requires_grad=True, label=x.label)


def _outputs(function: Callable[..., Any], arguments: Sequence[Any]) -> list[Node]:
    made = function(*arguments)
    outputs = list(made) if isinstance(made, (list, tuple)) else [made]
    for out in outputs:
        if not isinstance(out, Node):
            raise ArgumentTypeError(f"the function under check must return Values or Tensors, not {type(out).__name__}")
    return outputs


def _entry_by_entry(
    function: Callable[..., Any],
    points: Sequence[Any],
    arguments: Sequence[Any],
    outputs: Sequence[Node],
    variables: Sequence[int],
    steps: Sequence[float],
    modes: Sequence[str],
) -> Iterator[_Comparison]:
    """Every partial derivative: a backward pass for each output entry, a forward one for each input entry."""
    leaves = [arguments[i] for i in variables]
    backward = [_jacobian(output, leaves) for output in outputs]
    for column, i in enumerate(variables):
        base = np.asarray(points[i].data, dtype=float)
        for index in np.ndindex(base.shape):
            direction = np.zeros(base.shape)
            direction[index] = 1.0
            h = steps[i] * max(1.0, abs(float(base[index])))
            numeric = _difference(function, points, i, base, direction, h)
            if "forward" in modes:
                forward = _moved(outputs, arguments[i], direction)
            for number in range(len(outputs)):
                at_entry: Any = (..., *index)
                exact = {"backward": backward[number][column][at_entry]}
                if "forward" in modes:
                    exact["forward"] = forward[number]
                for mode in modes:
                    yield _Comparison(mode, number, i, index, exact[mode], numeric[number])


def _along_directions(
    function: Callable[..., Any],
    points: Sequence[Any],
    arguments: Sequence[Any],
    outputs: Sequence[Node],
    variables: Sequence[int],
    steps: Sequence[float],
    modes: Sequence[str],
) -> Iterator[_Comparison]:
    """uᵀ J v for random u and v: three for each pair of an output and an input."""
    rng = np.random.default_rng(0)
    for _ in range(_DIRECTIONS):
        us = [np.asarray(rng.normal(size=np.shape(out.data))) for out in outputs]
        pulled = [_pulled(out, u) for out, u in zip(outputs, us, strict=True)]
        for i in variables:
            base = np.asarray(points[i].data, dtype=float)
            v = np.asarray(rng.normal(size=base.shape))
            numeric = _difference(function, points, i, base, v, steps[i] * max(1.0, np.abs(base).max(initial=0.0)))
            forward = _moved(outputs, arguments[i], v) if "forward" in modes else numeric
            for number, u in enumerate(us):
                exact = {
                    "backward": np.sum(pulled[number].get(arguments[i], 0.0) * v),
                    "forward": np.sum(u * forward[number]),
                }
                for mode in modes:
                    yield _Comparison(mode, number, i, (), np.asarray(exact[mode]), np.sum(u * numeric[number]))


def _pulled(output: Node, upstream: np.ndarray) -> dict[Node, Any]:
    """What reaches each node from an output."""
    if not output.requires_grad:
        return {}
    return gradients({output: float(upstream) if isinstance(output, Value) else upstream})


def _jacobian(output: Node, variables: Sequence[Node]) -> list[np.ndarray]:
    """For each variable an array of shape (*output shape, *variable shape), a backward pass per output entry."""
    shape = np.shape(output.data)
    jacobian = [np.zeros((*shape, *np.shape(x.data))) for x in variables]
    for index in np.ndindex(shape):
        seed = np.zeros(shape)
        seed[index] = 1.0
        reached = _pulled(output, seed)
        for matrix, x in zip(jacobian, variables, strict=True):
            matrix[index] = reached.get(x, 0.0)
    return jacobian


def _moved(outputs: Sequence[Node], variable: Node, direction: np.ndarray) -> list[np.ndarray]:
    """How the outputs move when the variable moves: forward mode."""
    order, _ = lineage(outputs, {variable})
    tangent = float(direction) if isinstance(variable, Value) else direction
    tangents = push(order, {variable: tangent}, create_graph=False)
    return [np.asarray(tangents.get(out, np.zeros(np.shape(out.data)))) for out in outputs]


def _difference(
    function: Callable[..., Any], points: Sequence[Any], i: int, base: np.ndarray, direction: np.ndarray, h: float
) -> list[np.ndarray]:
    """The central difference of each output, with input i moved along a direction."""
    up, down = base + h * direction, base - h * direction
    sides = []
    for moved in (up, down):
        arguments = list(points)
        arguments[i] = _copy(points[i], float(moved) if isinstance(points[i], Value) else moved)
        sides.append([np.array(out.data, dtype=float) for out in _outputs(function, arguments)])
    # what the rounding of base ± h really left
    distance = float(np.abs(up - down).sum() / np.abs(direction).sum()) if direction.size else 1.0
    return [(above - below) / distance for above, below in zip(*sides, strict=True)]
