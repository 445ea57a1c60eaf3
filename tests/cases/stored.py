"""How do PyTorch's results of the cases lie in files, so that they can be compared where there is no PyTorch?

A file per family, without pickle: all numbers of all its cases one after another, and a text (JSON) that says for
each case which arrays of which element types and shapes they are.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from cases import FAMILIES
from cases.case import Case
from cases.running import Results

__all__ = ["FOLDER", "cases_to_store", "load", "save"]

FOLDER = Path(__file__).parents[1] / "reference"
KEPT = ("values", "first", "second")  # the recorded first gradients are PyTorch's unrecorded ones


def cases_to_store(family: str) -> list[Case]:
    """What both sides compute, and ours as PyTorch does."""
    return [case for case in FAMILIES[family] if not (case.refused or case.differs)]


def save(family: str, results: dict[str, Results]) -> Path:
    """Write the results of a family's cases."""
    layout = {
        case: [[[array.dtype.name, *array.shape] for array in getattr(found, what)] for what in KEPT]
        for case, found in results.items()
    }
    arrays = [array for found in results.values() for what in KEPT for array in getattr(found, what)]
    numbers = np.concatenate([array.ravel().astype("float64") for array in arrays])
    path = FOLDER / f"{family}.npz"
    np.savez_compressed(path, layout=np.array(json.dumps(layout, separators=(",", ":"))), numbers=numbers)
    return path


def load(family: str) -> dict[str, Results]:
    """Read the results of a family's cases."""
    with np.load(FOLDER / f"{family}.npz", allow_pickle=False) as file:
        layout, numbers = json.loads(file["layout"].item()), file["numbers"]
    results, at = {}, 0
    for case, parts in layout.items():
        found = Results()
        for what, arrays in zip(KEPT, parts, strict=True):
            for dtype, *shape in arrays:
                size = int(np.prod(shape, dtype=int))
                getattr(found, what).append(numbers[at : at + size].astype(dtype).reshape(shape))
                at += size
        found.recorded = found.first if found.second else []
        results[case] = found
    return results
