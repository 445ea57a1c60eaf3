"""How do PyTorch's results for `nn` lie in files, so that they can be compared where there is no PyTorch?

A file per family, without pickle: numbers, and a text (JSON) that says for each case which arrays of which element
types and shapes they are, and where they begin. Equal arrays are kept once. Of a large array only some entries are
kept, and a weighted sum of all, in which any other would show.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from cases.case import Case, numbers
from cases.stored import FOLDER

from networks import FAMILIES
from networks.case import ModuleCase
from networks.running import Results

__all__ = ["cases_to_store", "load", "save", "sketch"]

LARGE = 32
"""How many entries are kept of one array."""


def cases_to_store(family: str) -> list[Case | ModuleCase]:
    """What both sides compute, and ours as PyTorch does."""
    return [case for case in FAMILIES[family] if not (case.refused or case.differs)]


def sketch(results: Results) -> Results:
    """The same results, large arrays as their shape, entries from all over, and a weighted sum of all."""
    return {name: _sketch(array) if array.size > LARGE else array for name, array in results.items()}


def _sketch(array: np.ndarray) -> np.ndarray:
    entries = array.ravel()
    places = np.linspace(0, array.size - 1, LARGE).astype(int)
    weighted = np.sum(entries * numbers("sketch", (array.size,), 0.5, 2.0))
    return np.array([*array.shape, *entries[places], weighted], array.dtype if array.dtype.kind == "f" else np.float64)


def save(family: str, results: dict[str, Results]) -> Path:
    """Write the results of a family's cases."""
    places: dict[bytes, int] = {}
    kept: list[np.ndarray] = []
    at = 0
    layout: dict[str, dict[str, list[str | int]]] = {}
    for case, found in results.items():
        layout[case] = {}
        for name, array in sketch(found).items():
            entries = array.ravel().astype("float64")
            place = places.setdefault(entries.tobytes(), at)
            if place == at:
                kept.append(entries)
                at += entries.size
            layout[case][name] = [array.dtype.name, place, *array.shape]
    path = FOLDER / f"nn_{family}.npz"
    text = np.frombuffer(json.dumps(layout, separators=(",", ":")).encode(), np.uint8)
    np.savez_compressed(path, layout=text, numbers=np.concatenate([*kept, np.empty(0)]))
    return path


def load(family: str) -> dict[str, Results]:
    """Read the results of a family's cases."""
    with np.load(FOLDER / f"nn_{family}.npz", allow_pickle=False) as file:
        layout, kept = json.loads(file["layout"].tobytes()), file["numbers"]
    return {
        case: {
            name: kept[place : place + int(np.prod(shape, dtype=int))].astype(dtype).reshape(shape)
            for name, (dtype, place, *shape) in found.items()
        }
        for case, found in layout.items()
    }
