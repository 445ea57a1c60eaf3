"""What can go wrong, and under which name?

Every refusal of the engine is one of these. Each derives from the built-in exception that a reader would
expect, so ``except ValueError`` keeps working, and from `AutogradError`, so all of them can be caught at once.
"""

__all__ = [
    "ArgumentTypeError",
    "AutogradError",
    "BoundsError",
    "DtypeError",
    "GradcheckError",
    "GraphError",
    "ShapeError",
]


class AutogradError(Exception):
    """Base of every exception that the engine raises on purpose."""


class ArgumentTypeError(AutogradError, TypeError):
    """An argument is of a kind that the operation cannot take."""


class DtypeError(AutogradError, TypeError):
    """An array has an element type that the operation cannot take."""


class ShapeError(AutogradError, ValueError):
    """Shapes, axes or indices do not fit together."""


class BoundsError(ShapeError, IndexError):
    """An index or an axis lies outside of the array."""


class GraphError(AutogradError, RuntimeError):
    """The recorded graph cannot answer: it was freed, never recorded, or needs an upstream gradient."""


class GradcheckError(AutogradError, AssertionError):
    """A gradient of the engine differs from the numeric one; the message is the report."""
