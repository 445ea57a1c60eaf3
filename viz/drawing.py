"""How does one get a picture of a computation?

`draw` takes any node and returns a `Drawing`, which shows itself in a notebook and saves itself to a file.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from autograd import ArgumentTypeError, Node, ShapeError, Tensor, gradients, topological_order
from viz.dot import MARK, to_dot
from viz.errors import DrawingError, GraphTooLargeError, OutputExistsError
from viz.layout import Engine, png_from_svg, render, with_text
from viz.plan import Plan, make_plan
from viz.svg import finish_svg

__all__ = ["Drawing", "draw", "draw_dot"]

_EDGES_PER_NODE = 3
"""A graph with more edges than this for each node that is allowed takes the layout too long."""

_LABELLED_EDGES = 300
"""Up to this many nodes the edges carry their local gradients unless told otherwise."""


class Drawing:
    """A picture of a computation graph.

    Attributes
    ----------
    dot : str
        The graph in Graphviz's language.
    svg : str
        The picture.
    """

    def __init__(self, plan: Plan, direction: str = "LR", engine: Engine = "embedded") -> None:
        self.plan = plan
        self.direction = direction
        self.engine: Engine = engine

    @cached_property
    def dot(self) -> str:
        return to_dot(self.plan, direction=self.direction)

    @cached_property
    def svg(self) -> str:
        plain = to_dot(self.plan, direction=self.direction, markup=False)
        return finish_svg(render(plain, "svg", self.engine).decode("utf-8"), self.plan)

    def png(self, scale: float = 2.0) -> bytes:
        """The picture in pixels (needs the extra ``png``)."""
        return png_from_svg(self.svg, scale)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the picture to a file; the suffix decides the format.

        Parameters
        ----------
        path : path-like
            Ending in ``.svg``, ``.dot``, ``.png`` (extra ``png``) or ``.pdf`` (the system's Graphviz).
        overwrite : bool
            Replace a file that is not an earlier drawing. Drawings are replaced anyway (but for PDF, which carries
            no mark of its maker).

        Returns
        -------
        Path

        Raises
        ------
        OutputExistsError
            If the file exists and is somebody's.
        DrawingError
            If the suffix is unknown or the folder is missing.
        """
        target = Path(path)
        content = self._content(target.suffix.lower())
        target = target.resolve()  # through a symbolic link to the file itself
        if not target.parent.is_dir():
            raise DrawingError(f"there is no folder {target.parent}")
        if target.exists() and not target.is_file():
            raise DrawingError(f"{target} is not a file: name one")
        if target.exists() and not overwrite and not _is_drawing(target):
            raise OutputExistsError(
                f"{target} exists and is not a drawing of ours: choose another name, or say that it may go "
                "(overwrite=True, --force)"
            )
        _write_whole(target, content)
        return Path(path)

    def _content(self, suffix: str) -> bytes:
        if suffix == ".svg":
            return self.svg.encode("utf-8")
        if suffix in (".dot", ".gv"):
            return self.dot.encode("utf-8")
        if suffix == ".png":
            return with_text(self.png(), MARK)
        if suffix == ".pdf":
            return render(self.dot, "pdf", "system")
        raise DrawingError(f"no format for the suffix {suffix!r}: use .svg, .dot, .png or .pdf")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<drawing of {len(self.plan.boxes)} nodes: .svg, .dot, .png(), .save(path)>"


def _is_drawing(path: Path) -> bool:
    """Whether an existing file was written by `Drawing.save`."""
    with path.open("rb") as file:
        return MARK.encode() in file.read(1000)


def _write_whole(target: Path, content: bytes) -> None:
    """Write through a temporary file, so that a failure never leaves half a picture."""
    scratch = target.with_name(f".micrograph-{secrets.token_hex(8)}")
    try:
        with scratch.open("xb") as file:
            file.write(content)
        scratch.replace(target)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def draw(
    roots: Node | Iterable[Node],
    *,
    gradients: Literal["computed", "stored"] | None = "computed",
    upstream: Any = None,
    local_gradients: bool | None = None,
    patterns: bool = False,
    direction: Literal["LR", "TB"] = "LR",
    max_nodes: int = 2000,
    engine: Engine = "embedded",
) -> Drawing:
    """Draw a computation graph with the forward value and the backward gradient on every node.

    Parameters
    ----------
    roots : Value, Tensor, or iterable of them
        What to draw, with everything it was computed from. Shared parts appear once.
    gradients : {"computed", "stored"} or None
        Gradients of the (sum of the) roots, computed for the drawing without touching any ``.grad``; or what
        ``.grad`` holds; or none.
    upstream : float or array, optional
        The gradient that enters a single root from outside (default: ones, so the gradients of an array root are
        those of the sum of its entries).
    local_gradients : bool, optional
        Write the local gradient on every edge (default: up to 300 nodes).
    patterns : bool
        Name the gate pattern of every operation: add distributes, mul swaps, max routes, fan-out sums.
    direction : {"LR", "TB"}
        From left to right or from top to bottom.
    max_nodes : int
        Refuse larger graphs, and graphs of more than three times as many edges.
    engine : {"embedded", "system"}
        Which Graphviz lays it out.

    Returns
    -------
    Drawing

    Raises
    ------
    GraphTooLargeError
        If the graph has more nodes or edges than that.
    GraphError
        If the graph was freed by an earlier ``backward``.

    Examples
    --------
    >>> from autograd import Value
    >>> x, y = Value(2.0, "x"), Value(3.0, "y")
    >>> "grad 3" in draw(x * y).svg
    True
    """
    tops = _roots(roots)
    nodes = topological_order(tops)
    edges = sum(len(node.parents) for node in nodes)
    if len(nodes) > max_nodes or edges > _EDGES_PER_NODE * max_nodes:
        raise GraphTooLargeError(
            f"the graph has {len(nodes):,} nodes and {edges:,} edges, more than max_nodes={max_nodes:,} with "
            f"{_EDGES_PER_NODE} edges each: draw a part of it (one sample, one neuron, an inner node), or raise "
            "max_nodes and wait"
        )
    if direction not in ("LR", "TB"):
        raise ArgumentTypeError(f"direction must be 'LR' or 'TB', not {direction!r}")
    if engine not in get_args(Engine):
        raise DrawingError(f"engine must be 'embedded' or 'system', not {engine!r}")
    reached = _gradients(tops, nodes, gradients, upstream)
    labelled = len(nodes) <= _LABELLED_EDGES if local_gradients is None else local_gradients
    plan = make_plan(nodes, tops, reached, local_gradients=labelled, patterns=patterns)
    return Drawing(plan, direction, engine)


def draw_dot(root: Node, format: str = "svg", rankdir: Literal["LR", "TB"] = "LR") -> Drawing:
    """The lecture's name for `draw`: the gradients are those that ``backward()`` has stored."""
    if format not in ("svg", "png"):
        raise DrawingError(f"draw_dot knows the formats 'svg' and 'png', not {format!r}; see Drawing.save for others")
    return draw(root, gradients="stored", direction=rankdir)


def _roots(roots: Node | Iterable[Node]) -> list[Node]:
    tops = [roots] if isinstance(roots, Node) else list(roots) if isinstance(roots, Iterable) else [roots]
    for node in tops:
        if not isinstance(node, Node):
            raise ArgumentTypeError(f"draw takes Values and Tensors, not {type(node).__name__} {node!r:.40}")
    if not tops:
        raise ArgumentTypeError("draw needs at least one Value or Tensor")
    return tops


def _gradients(
    tops: Sequence[Node], nodes: Sequence[Node], which: Literal["computed", "stored"] | None, upstream: Any
) -> dict[Node, Any]:
    if which is None:
        return {}
    if which == "stored":
        return {node: node.grad for node in nodes if node.grad is not None}
    if which != "computed":
        raise ArgumentTypeError(f"gradients must be 'computed', 'stored' or None, not {which!r}")
    if upstream is not None and len(tops) > 1:
        raise ArgumentTypeError("an upstream gradient can be given for a single root only")
    seeds = {node: _seed(node, upstream) for node in tops if node.requires_grad}
    reached = gradients(seeds)
    for node in nodes:
        if node.requires_grad:
            reached.setdefault(node, np.zeros_like(node.data) if isinstance(node, Tensor) else 0.0)
    return reached


def _seed(node: Node, upstream: Any) -> Any:
    if not isinstance(node, Tensor):
        return 1.0 if upstream is None else float(upstream)
    if upstream is None:
        return np.ones_like(node.data)
    given = np.asarray(upstream, dtype=node.dtype)
    if given.shape != node.shape:
        raise ShapeError(f"the upstream gradient has shape {given.shape}, the root {node.shape}; make them equal")
    return given
