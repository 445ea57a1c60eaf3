"""What can go wrong, and under which name?

Every refusal of the engine is one of these. Each derives from the built-in exception that a reader would
expect, so ``except ValueError`` keeps working, and from `AutogradError`, so all of them can be caught at once.
"""

import numpy as np

__all__ = [
    "AnomalyError",
    "ArgumentTypeError",
    "ArgumentValueError",
    "AutogradError",
    "BoundsError",
    "DtypeError",
    "GradcheckError",
    "GraphError",
    "InterchangeError",
    "LinAlgError",
    "ShapeError",
]


class AutogradError(Exception):
    """Base of every exception that the engine raises on purpose."""


class ArgumentTypeError(AutogradError, TypeError):
    """An argument is of a kind that the operation cannot take."""


class ArgumentValueError(AutogradError, ValueError):
    """An argument is of the right kind, but no such value makes sense here."""


class DtypeError(AutogradError, TypeError):
    """An array has an element type that the operation cannot take."""


class ShapeError(AutogradError, ValueError):
    """Shapes, axes or indices do not fit together."""


class BoundsError(ShapeError, IndexError):
    """An index or an axis lies outside of the array."""


class LinAlgError(AutogradError, np.linalg.LinAlgError):
    """A matrix does not have what was asked for: it is singular, or not positive definite."""


class GraphError(AutogradError, RuntimeError):
    """The recorded graph cannot answer: it was freed, never recorded, or needs an upstream gradient."""


class AnomalyError(AutogradError, FloatingPointError):
    """An operation has made nan or inf out of finite numbers, while `autograd.detect_anomaly` was on."""


class InterchangeError(AutogradError, BufferError):
    """The memory of an array cannot be shared with another library."""


class GradcheckError(AutogradError, AssertionError):
    """A gradient of the engine differs from the numeric one; the message is the report."""
