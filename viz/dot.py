"""How is a plan written in Graphviz's language?

In two ways: with markup, where each line has its colour, for any Graphviz on any system; and plain, for the
embedded one, which is built without the markup parser (`viz.svg` colours its output). Text that people wrote is
escaped in both: it can only ever be text.
"""

from __future__ import annotations

import html

import graphviz

from viz.plan import Box, Plan
from viz.style import BOXES, COLORS, FONT, QUIET, SMALL_PRINT, TEXT

__all__ = ["MARK", "to_dot"]

MARK = "drawn by micrograph"
"""Written into every file, so that a drawing can be told from a person's own work."""

_CROWDED = 1000
"""From this many nodes on (an edge counts half) the layout settles for less than the best, to take seconds."""

_QUICK_LAYOUT = {"splines": "line", "nslimit": "1", "nslimit1": "1", "mclimit": "0.1"}


def to_dot(plan: Plan, *, direction: str = "LR", markup: bool = True) -> str:
    """Write a plan in DOT.

    Parameters
    ----------
    plan : Plan
    direction : {"LR", "TB"}
        Graphviz's rankdir.
    markup : bool
        Use HTML-like labels, in colour.
    """
    graph = graphviz.Digraph(
        "micrograph",
        comment=MARK,
        graph_attr={"rankdir": direction, "bgcolor": "transparent", "pad": "0.2"}
        | (_QUICK_LAYOUT if len(plan.boxes) + len(plan.arrows) / 2 >= _CROWDED else {}),
        node_attr={"shape": "box", "fontname": FONT, "fontsize": "12", "margin": "0.16,0.06", "color": TEXT},
        edge_attr={"fontname": FONT, "fontsize": "10", "fontcolor": QUIET, "color": QUIET, "arrowsize": "0.6"},
    )
    for box in plan.boxes:
        options = dict(BOXES[box.kind])
        if markup:
            label = _markup(box)
            options["tooltip"] = graphviz.nohtml(_plain(box.description))
        else:
            label = graphviz.nohtml(r"\n".join(_plain(line.text) for line in box.lines))
        graph.node(box.name, label, **options)
    for arrow in plan.arrows:
        options = {"label": graphviz.nohtml(_plain(f" {arrow.text} "))} if arrow.text else {}
        graph.edge(arrow.tail, arrow.head, **options)
    source: str = graph.source
    return source


def _plain(text: str) -> str:
    """Text inside a quoted DOT string: no backslash escapes, no character entities."""
    escaped: str = graphviz.escape(text.replace("&", "&amp;"))
    return escaped


def _markup(box: Box) -> str:
    rows = []
    for line in box.lines:
        pieces = (
            f'<FONT COLOR="{COLORS[role]}" POINT-SIZE="{SMALL_PRINT.get(role, "12")}">{html.escape(text)}</FONT>'
            for text, role in line.pieces
        )
        rows.append(f"<TR><TD>{'  '.join(pieces)}</TD></TR>")
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(rows)}</TABLE>>'
