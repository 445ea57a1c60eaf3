"""What is a network made of, and what does a forward pass cost: shapes, parameters, FLOPs, memory?

Nothing is estimated from the kinds of layers. The model runs once, and what it really computes is watched.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from autograd import ArgumentTypeError, ArgumentValueError, Tensor, get_default_dtype, no_grad, preserved_state
from autograd.modes import Watching, unwatched
from autograd.ops.fused import Fused
from autograd.ops.table import Op
from nn.module import Module

__all__ = ["FLOPS", "Row", "Summary", "summary"]


def _of_einsum(_out: Any, inputs: Sequence[Any]) -> int:
    """A product of all operands, added up, for every combination of the indices."""
    subscripts, *operands = inputs
    terms = subscripts.replace(" ", "").partition("->")[0].split(",")
    lengths: dict[str, int] = {}
    for term, x in zip(terms, operands, strict=True):
        before, dots, after = term.partition("...")
        shape = x.shape
        if dots:
            lengths["..."] = max(lengths.get("...", 1), prod(shape[len(before) : len(shape) - len(after)]))
            shape = (*shape[: len(before)], *shape[len(shape) - len(after) :])
        lengths.update((label, max(lengths.get(label, 1), n)) for label, n in zip(before + after, shape, strict=True))
    return len(operands) * prod(lengths.values()) if len(operands) > 1 else 0


def _of_convolution(out: Any, inputs: Sequence[Any]) -> int:
    return 2 * prod(out.shape) * prod(inputs[1].shape[1:])


def _of_transposed_convolution(_out: Any, inputs: Sequence[Any]) -> int:
    return 2 * prod(inputs[0].shape) * prod(inputs[1].shape[1:])


FLOPS: dict[str, Callable[[Any, Sequence[Any]], int]] = {
    "matmul": lambda out, inputs: 2 * prod(out.shape) * inputs[0].shape[-1],
    "linear": lambda out, inputs: 2 * prod(out.shape) * inputs[1].shape[1],
    "einsum": _of_einsum,
    "conv1d": _of_convolution,
    "conv2d": _of_convolution,
    "conv_transpose1d": _of_transposed_convolution,
    "conv_transpose2d": _of_transposed_convolution,
}
"""The floating-point operations of a row of the table, from its output and its inputs.

A multiplication and the addition that goes with it are two. Only sums of products are counted, where nearly all the
work is; a bias, activations and normalizations are not, as is usual in papers. A fused row that is not listed costs
what its composition costs.
"""


def _flops(out: Tensor, op: Op, inputs: Sequence[Any]) -> int:
    if op.name in FLOPS:
        return FLOPS[op.name](out, inputs)
    if not isinstance(op, Fused) or op.composition is None:
        return 0
    with unwatched(), _Counter() as counter:
        op.composition(*inputs)
    return counter.flops


class _Counter(Watching):
    """Adds up the floating-point operations of a block."""

    def __init__(self) -> None:
        self.flops = 0

    def saw_forward(self, out: Any, op: Any, inputs: Any) -> None:
        self.flops += _flops(out, op, inputs)


@dataclass
class Row:
    """One module, and what belongs to it and to no module below it."""

    path: str
    """The module's dotted name; "" is the model itself."""
    type: str
    """The name of its class."""
    depth: int
    """How far below the model it is."""
    output_shape: Any = None
    """The shape of its (last) output; a list of shapes where there are several; None if it was not called."""
    parameters: int = 0
    """Entries of its own parameters; of shared ones where they come first."""
    trainable: int = 0
    """Those that require a gradient."""
    flops: int = 0
    """See `FLOPS`."""
    activation_bytes: int = 0
    """Memory of what its operations computed, views not counted."""
    calls: int = 0
    """How often it was called."""


class _Meter(Watching):
    """Enters every operation in the row of the innermost running module that has one."""

    def __init__(self, outermost: Row) -> None:
        self.running = [outermost]

    def saw_forward(self, out: Any, op: Any, inputs: Any) -> None:
        row = self.running[-1]
        row.flops += _flops(out, op, inputs)
        memory = _owner(out._data)
        if not any(isinstance(x, Tensor) and _owner(x._data) is memory for x in inputs):
            row.activation_bytes += memory.nbytes


def _owner(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


class Summary:
    """A table of a model's modules, to be printed, shown in a notebook, or read.

    Attributes
    ----------
    rows : list of Row
        One for each module, in the order of ``named_modules``.
    total_params, trainable_params : int
        Shared parameters count once.
    param_bytes : int
    flops : int
        Of the whole forward pass, see `FLOPS`.
    activation_bytes : int
        Memory of all that the forward pass computed; training keeps at most that much for the backward pass.
    """

    def __init__(self, rows: list[Row], param_bytes: int) -> None:
        self.rows = rows
        self.param_bytes = param_bytes
        self.total_params = sum(row.parameters for row in rows)
        self.trainable_params = sum(row.trainable for row in rows)
        self.flops = sum(row.flops for row in rows)
        self.activation_bytes = sum(row.activation_bytes for row in rows)

    def __getitem__(self, path: str) -> Row:
        """The row of a module.

        Raises
        ------
        KeyError
            If there is none.
        """
        return {row.path: row for row in self.rows}[path]

    _HEAD = ("layer", "type", "output shape", "parameters", "FLOPs", "activations")

    def _cells(self) -> Iterator[tuple[str, ...]]:
        for row in self.rows:
            yield (
                "  " * row.depth + (row.path.rpartition(".")[2] or "(model)"),
                row.type + (f" ×{row.calls}" if row.calls > 1 else ""),
                _shown_shape(row.output_shape),
                f"{row.parameters:,}" if row.parameters else "",
                _short(row.flops) if row.flops else "",
                _bytes(row.activation_bytes) if row.activation_bytes else "",
            )

    def _totals(self) -> list[str]:
        frozen = "" if self.trainable_params == self.total_params else f", {self.trainable_params:,} of them trainable"
        return [
            f"{self.total_params:,} parameters{frozen} ({_bytes(self.param_bytes)})",
            f"{_short(self.flops)}FLOPs (2 for each multiply–add of matrix products and convolutions)",
            f"{_bytes(self.activation_bytes)} of activations",
        ]

    def __str__(self) -> str:
        lines = [self._HEAD, *self._cells()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        texts = [
            "  ".join(
                cell.ljust(width) if place < 3 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
        return "\n".join([texts[0], rule, *texts[1:], rule, *self._totals()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def written(cells: Sequence[str], tag: str) -> str:
            sides = ["left"] * 3 + ["right"] * 3
            styled = (
                f'<{tag} style="text-align:{side};white-space:pre">{html.escape(cell)}</{tag}>'
                for side, cell in zip(sides, cells, strict=True)
            )
            return f"<tr>{''.join(styled)}</tr>"

        body = "".join(written(cells, "td") for cells in self._cells())
        totals = "<br>".join(map(html.escape, self._totals()))
        return f"<table><thead>{written(self._HEAD, 'th')}</thead><tbody>{body}</tbody></table><p>{totals}</p>"


def summary(model: Module, input: Any, *, depth: int | None = None) -> Summary:
    """Run a model once and tell shapes, parameters, FLOPs and activation memory of its modules.

    The model runs in evaluation mode and nothing is recorded; its mode and the random state are as before afterwards.

    Parameters
    ----------
    model : Module
    input : Tensor, tuple, or mapping
        What the model is called with: a Tensor; a shape, for zeros in the element type of the parameters; a tuple of
        those, for several arguments; or a mapping, for arguments by name. An argument may be a tuple, list or mapping
        of Tensors and shapes itself.
    depth : int, optional
        How far below the model modules have rows of their own; what is below counts for those above it.

    Returns
    -------
    Summary

    Raises
    ------
    ArgumentTypeError
        If the model is no module, or the input is none of these.
    ArgumentValueError
        If the depth is negative.

    Examples
    --------
    >>> import nn
    >>> table = nn.summary(nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 3)), (1, 4))
    >>> table.total_params, table["0"].flops
    (515, 512)
    """
    if not isinstance(model, Module):
        raise ArgumentTypeError(f"summary() takes a Module, not {type(model).__name__} {model!r:.40}")
    if depth is not None and depth < 0:
        raise ArgumentValueError(f"summary(): the depth is a number from 0, not {depth!r:.40}")
    args, kwargs = _arguments(model, input)
    rows: dict[str, Row] = {}
    row_of: dict[Module, Row] = {}
    counted: set[Any] = set()
    for path, module in model.named_modules():
        level = path.count(".") + 1 if path else 0
        if depth is None or level <= depth:
            row = rows[path] = row_of[module] = Row(path, type(module).__name__, level)
        else:
            row = rows[".".join(path.split(".")[:depth])]
        for parameter in module.parameters(recurse=False):
            if parameter not in counted:
                counted.add(parameter)
                row.parameters += parameter.numel()
                row.trainable += parameter.numel() if parameter.requires_grad else 0
    meter = _Meter(rows[""])
    with _evaluating(model), preserved_state(), no_grad(), _measuring(row_of, meter), meter:
        model(*args, **kwargs)
    return Summary(list(rows.values()), sum(parameter.nbytes for parameter in counted))


@contextmanager
def _evaluating(model: Module) -> Iterator[None]:
    """Evaluation mode for a block; afterwards every module has the mode that it had."""
    before = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        yield
    finally:
        for module, mode in before:
            module.training = mode


@contextmanager
def _measuring(row_of: Mapping[Module, Row], meter: _Meter) -> Iterator[None]:
    """Tell a meter for a block which module is running."""

    def enter(module: Module, _: Any) -> None:
        meter.running.append(row_of[module])

    def leave(_module: Module, _: Any, out: Any) -> None:
        row = meter.running.pop()
        row.output_shape = _shapes(out)
        row.calls += 1

    handles = []
    try:
        for module in row_of:
            handles.append(module.register_forward_pre_hook(enter, prepend=True))
            handles.append(module.register_forward_hook(leave))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _arguments(model: Module, given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if isinstance(given, Mapping):
        return (), {name: _argument(model, x) for name, x in given.items()}
    if isinstance(given, (tuple, list)) and not _is_shape(given):
        return tuple(_argument(model, x) for x in given), {}
    return (_argument(model, given),), {}


def _argument(model: Module, given: Any) -> Any:
    if _is_shape(given):
        kinds = [x.dtype for x in model.parameters() if x.dtype.kind == "f"]
        return Tensor(np.zeros(given, kinds[0] if kinds else get_default_dtype()))
    if isinstance(given, (tuple, list)):
        return type(given)([_argument(model, x) for x in given])
    if isinstance(given, Mapping):
        return {name: _argument(model, x) for name, x in given.items()}
    if isinstance(given, np.ndarray):
        return Tensor(given)
    if isinstance(given, (Tensor, bool, int, float)) or given is None:
        return given
    raise ArgumentTypeError(
        f"summary(): the input is a Tensor, a shape such as (1, 28, 28), or a tuple of those, not "
        f"{type(given).__name__} {given!r:.40}"
    )


def _is_shape(x: Any) -> bool:
    return isinstance(x, (tuple, list)) and len(x) > 0 and all(type(n) is int for n in x)


def _shapes(out: Any) -> Any:
    if isinstance(out, Tensor):
        return out.shape
    parts = out.values() if isinstance(out, Mapping) else out if isinstance(out, (tuple, list)) else ()
    return [shape for part in parts if (shape := _shapes(part)) not in (None, [])] or None


def _shown_shape(shape: Any) -> str:
    if shape is None:
        return ""
    return ", ".join(map(_shown_shape, shape)) if isinstance(shape, list) else str(list(shape))


def _short(count: int) -> str:
    """Three digits and a unit: 3.54 M."""
    value, units = float(count), ["", "k", "M", "G", "T", "P"]
    while value >= 999.5 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return f"{value:.0f} " if units[0] == "" else f"{value:#.3g}".rstrip(".") + f" {units[0]}"


def _bytes(count: int) -> str:
    value, units = float(count), ["B", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{value:.0f} B" if units[0] == "B" else f"{value:.1f} {units[0]}"
