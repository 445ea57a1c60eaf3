"""Which calls are compared with PyTorch? One list, used live (tests/parity) and as stored values (tests/reference)."""

from cases import creation, elementwise, indexing, products, reductions, shapes
from cases.case import Case

__all__ = ["CASES", "FAMILIES"]

FAMILIES: dict[str, list[Case]] = {
    module.__name__.removeprefix("cases."): module.CASES
    for module in (elementwise, reductions, shapes, indexing, products, creation)
}
CASES: list[Case] = [case for family in FAMILIES.values() for case in family]
