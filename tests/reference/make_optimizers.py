"""Where does PyTorch arrive with its optimizers and schedules? This writes it into ``optimizers.npz``.

Run ``python tests/reference/make_optimizers.py`` with PyTorch installed, whenever ``tests/cases/optimizers.py`` has
changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from cases.optimizers import Side, all_results, save

if __name__ == "__main__":
    path = save(all_results(Side(torch.optim, torch.tensor)))
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB")  # noqa: T201
