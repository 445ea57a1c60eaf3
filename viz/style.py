"""What does a drawing look like: which colours, shapes and fonts?"""

from __future__ import annotations

from collections.abc import Mapping

from viz.plan import Kind, Role

__all__ = ["BOXES", "COLORS", "FONT", "QUIET", "SMALL_PRINT", "TEXT"]

TEXT = "#1f2937"
QUIET = "#6b7280"
FONT = "Helvetica,Arial,sans-serif"

COLORS: Mapping[Role, str] = {
    "label": TEXT,
    "operation": QUIET,
    "type": QUIET,
    "value": "#0f766e",  # teal: what the forward pass computed
    "gradient": "#c2410c",  # orange: what the backward pass sent back
    "note": QUIET,
}

SMALL_PRINT: Mapping[Role, str] = {"type": "10", "note": "10"}
"""Font sizes of the lines that matter less than the numbers."""

BOXES: Mapping[Kind, Mapping[str, str]] = {
    "leaf": {"style": "rounded,filled", "fillcolor": "#ecfdf5"},
    "constant": {"style": "rounded,filled,dashed", "fillcolor": "#f3f4f6"},
    "operation": {"style": "filled", "fillcolor": "#ffffff"},
    "root": {"style": "filled", "fillcolor": "#fef3c7", "peripheries": "2"},
}
