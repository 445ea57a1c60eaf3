"""What can go wrong between a graph and its picture?"""

from __future__ import annotations

__all__ = ["DrawingError", "ExpressionError", "GraphTooLargeError", "OutputExistsError"]


class DrawingError(Exception):
    """A picture cannot be made, or not in this way."""


class GraphTooLargeError(DrawingError, ValueError):
    """The graph has more nodes than a picture of single nodes can show."""


class OutputExistsError(DrawingError, FileExistsError):
    """The output file exists and was not written by this package."""


class ExpressionError(ValueError):
    """An expression given as text is refused.

    Parameters
    ----------
    problem : str
        What is wrong and what to do, in one line.
    text : str
        The expression, or empty when no place in it is to blame.
    column : int
        Where in the text, from 0.
    """

    def __init__(self, problem: str, text: str = "", column: int = 0) -> None:
        super().__init__(problem)
        self.problem, self.text, self.column = problem, text, column

    def __str__(self) -> str:
        if not self.text:
            return self.problem
        # a long expression is shown around the place only
        start = max(0, self.column - 60)
        shown = "".join(c if c.isprintable() else " " for c in self.text[start : start + 100])
        return f"{self.problem}\n  {shown}\n  {' ' * (self.column - start)}^"
