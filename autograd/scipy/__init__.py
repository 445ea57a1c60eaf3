"""Which of SciPy's functions work on nodes, under SciPy's names? Those that code written for HIPS autograd uses."""

from autograd.scipy import special, stats

__all__ = ["special", "stats"]
