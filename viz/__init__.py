"""Pictures of computation graphs, with the forward value and the backward gradient on every node."""

from viz.drawing import Drawing, draw, draw_dot
from viz.errors import DrawingError, ExpressionError, GraphTooLargeError, OutputExistsError

__all__ = [
    "Drawing",
    "DrawingError",
    "ExpressionError",
    "GraphTooLargeError",
    "OutputExistsError",
    "draw",
    "draw_dot",
]
