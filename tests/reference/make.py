"""Which values does PyTorch compute for the cases? This writes them into the files beside it.

Run ``python tests/reference/make.py`` with PyTorch installed, whenever ``tests/cases`` has changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cases import FAMILIES
from cases.pytorch import THEIRS
from cases.running import run
from cases.stored import cases_to_store, save

if __name__ == "__main__":
    for family in FAMILIES:
        path = save(family, {str(case): run(THEIRS, case) for case in cases_to_store(family)})
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB")  # noqa: T201
