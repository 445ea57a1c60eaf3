"""Which modules, functions and losses of `nn` are compared with PyTorch?

A list a family, used live (tests/parity) and as stored values (tests/reference). How to write a case: `networks.case`.
"""

from networks import (
    activations,
    attention,
    convolution,
    dropout,
    linear,
    losses,
    normalization,
    pooling,
    recurrent,
    sparse,
)
from networks.case import Case, ModuleCase

__all__ = ["CASES", "FAMILIES"]

FAMILIES: dict[str, list[Case | ModuleCase]] = {
    module.__name__.removeprefix("networks."): module.CASES
    for module in (
        *(activations, linear, convolution, pooling, normalization, dropout, sparse, recurrent, attention, losses),
    )
}
CASES: list[Case | ModuleCase] = [case for family in FAMILIES.values() for case in family]
