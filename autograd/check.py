"""Are the gradients right?

`gradcheck` compares the engine's Jacobian of any function with central differences, entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import ArgumentTypeError, DtypeError, GradcheckError, GraphError, ShapeError
from autograd.graph import Node, gradients
from autograd.modes import is_grad_enabled
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["GradcheckReport", "gradcheck"]


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
        return (
            f"engine and central differences {verdict} over {self.entries} partial derivatives; the worst is "
            f"∂output {_place(self.output)} / ∂input {_place(self.input)}{name}: "
            f"engine {self.engine:.10g}, numeric {self.numeric:.10g}, relative error {self.relative_error:.2g}"
        )


def _place(where: tuple[int, tuple[int, ...]]) -> str:
    number, index = where
    return f"{number}{list(index)}" if index else str(number)


def gradcheck(
    function: Callable[..., Any],
    inputs: Any,
    *,
    eps: float | Sequence[float] = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-5,
    raise_exception: bool = True,
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
    >>> bool(gradcheck(lambda x, y: x * y.sin(), [Value(2.0), Value(0.5)]))
    True
    """
    points = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    if not is_grad_enabled():
        raise GraphError("gradcheck needs a recorded graph: call it outside of no_grad()")
    step_sizes = [float(each) for each in eps] if isinstance(eps, Sequence) else [float(eps)] * len(points)
    if not all(0 < each < 1 for each in step_sizes):
        raise ArgumentTypeError(f"gradcheck needs steps between 0 and 1, such as 1e-6, not {eps}")
    if len(step_sizes) != len(points):
        raise ShapeError(f"gradcheck got {len(step_sizes)} steps for {len(points)} inputs; give one, or one for each")
    variables = [i for i, x in enumerate(points) if isinstance(x, Node) and x.requires_grad]
    if not variables:
        raise ArgumentTypeError("gradcheck needs at least one Value, or one Tensor with requires_grad=True")
    for i in variables:
        if isinstance(points[i], Tensor) and points[i].dtype != np.float64:
            raise DtypeError(
                f"gradcheck needs float64: input {i} is {points[i].dtype}, too coarse for "
                "differences; make it with dtype='float64'"
            )

    arguments = [_copy(x, x.data) if i in variables else x for i, x in enumerate(points)]
    outputs = _outputs(function, arguments)
    engine = [_jacobian(output, [arguments[i] for i in variables]) for output in outputs]

    worst: GradcheckReport | None = None  # entries and verdict are filled in at the end
    worst_excess = -1.0
    entries = 0
    for column, i in enumerate(variables):
        for index, step, bumped in _bumps(points[i], step_sizes[i]):
            sides = []
            for x in bumped:
                arguments[i] = x
                sides.append([np.array(out.data, dtype=float) for out in _outputs(function, arguments)])
            arguments[i] = points[i]
            for number, (up, down) in enumerate(zip(*sides, strict=True)):
                numeric = (up - down) / step
                at_entry: Any = (..., *index)
                exact = engine[number][column][at_entry]
                error = np.abs(exact - numeric)
                excess = error / (atol + rtol * np.abs(numeric))
                excess = np.where(np.isfinite(excess), excess, np.inf)
                entries += excess.size
                if excess.size and excess.max() > worst_excess:
                    place = np.unravel_index(int(np.argmax(excess)), excess.shape)
                    worst_excess = float(excess[place])
                    where = tuple(int(k) for k in place)
                    worst = GradcheckReport(
                        0,
                        (number, where),
                        (i, index),
                        float(exact[place]),
                        float(numeric[place]),
                        False,
                        points[i].label,
                    )
    if worst is None:
        raise ShapeError("gradcheck has nothing to compare: every input or output is empty")
    passed = worst_excess <= 1
    report = worst._replace(entries=entries, passed=passed)
    if raise_exception and not passed:
        raise GradcheckError(str(report))
    return report


def _copy(x: Node, data: Any) -> Node:
    return Value(data, x.label) if isinstance(x, Value) else Tensor(data, requires_grad=True, label=x.label)


def _outputs(function: Callable[..., Any], arguments: Sequence[Any]) -> list[Node]:
    made = function(*arguments)
    outputs = list(made) if isinstance(made, (list, tuple)) else [made]
    for out in outputs:
        if not isinstance(out, Node):
            raise ArgumentTypeError(f"the function under check must return Values or Tensors, not {type(out).__name__}")
    return outputs


def _jacobian(output: Node, variables: Sequence[Node]) -> list[np.ndarray]:
    """For each variable an array of shape (*output shape, *variable shape), a backward pass per output entry."""
    shape = np.shape(output.data)
    jacobian = [np.zeros((*shape, *np.shape(x.data))) for x in variables]
    for index in np.ndindex(shape):
        seed: Any = 1.0
        if not output.requires_grad:
            continue
        if isinstance(output, Tensor):
            seed = np.zeros(shape)
            seed[index] = 1.0
        reached = gradients({output: seed})
        for matrix, x in zip(jacobian, variables, strict=True):
            matrix[index] = reached.get(x, 0.0)
    return jacobian


def _bumps(x: Node, eps: float) -> Iterator[tuple[tuple[int, ...], float, tuple[Node, Node]]]:
    """For each entry: its index, the distance between the two points, and the input moved up and down."""
    base = np.asarray(x.data, dtype=float)
    for index in np.ndindex(base.shape):
        h = eps * max(1.0, abs(float(base[index])))
        up, down = base.copy(), base.copy()
        up[index] += h
        down[index] -= h
        distance = float(up[index] - down[index])  # what the rounding of base ± h really left
        sides = (_copy(x, float(up)), _copy(x, float(down))) if isinstance(x, Value) else (_copy(x, up), _copy(x, down))
        yield index, distance, sides
