"""Which values does PyTorch compute for the cases? This writes them into the files beside it.

Run ``python tests/reference/make.py`` with PyTorch installed, whenever ``tests/cases`` or ``tests/networks`` has
changed; ``make.py nn_losses`` makes one file anew.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import networks
import torch
from cases import FAMILIES, pytorch, running, stored
from cases.optimizers import Side, all_results
from cases.optimizers import save as save_optimizers
from networks.pytorch import THEIRS as THEIRS_FOR_NN
from networks.running import run as run_nn
from networks.stored import cases_to_store as nn_cases_to_store
from networks.stored import save as save_nn


def functions(family: str) -> Path:
    """Make the file of a family of functions."""
    found = {str(case): running.run(pytorch.THEIRS, case) for case in stored.cases_to_store(family)}
    return stored.save(family, found)


def layers(family: str) -> Path:
    """Make the file of a family of `nn`."""
    return save_nn(family, {str(case): run_nn(THEIRS_FOR_NN, case) for case in nn_cases_to_store(family)})


def trainings(_: str) -> Path:
    """Make the file of where optimizers and schedules arrive."""
    return save_optimizers(all_results(Side(torch.optim, torch.tensor)))


MAKERS = {family: (functions, family) for family in FAMILIES}
MAKERS |= {f"nn_{family}": (layers, family) for family in networks.FAMILIES}
MAKERS["optimizers"] = (trainings, "optimizers")

if __name__ == "__main__":
    for name in sys.argv[1:] or MAKERS:
        make, family = MAKERS[name]
        path = make(family)
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB")  # noqa: T201
