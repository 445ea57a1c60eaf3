"""Run the programs under HIPS autograd, unchanged, and store what they compute.

python -m venv /tmp/hips && /tmp/hips/bin/pip install autograd==1.9.1 scipy
cd tests/programs && /tmp/hips/bin/python store.py
"""

import importlib.metadata
import json
import runpy
from pathlib import Path

import numpy as np


def numbers(x):
    return np.concatenate([numbers(part) for part in x]) if isinstance(x, tuple) else np.ravel(np.asarray(x, float))


here = Path(__file__).parent
if __name__ == "__main__":
    stored = {"made with": {name: importlib.metadata.version(name) for name in ("autograd", "numpy", "scipy")}}
    for path in sorted(here.glob("*.py")):
        if path.name not in {"store.py", "test_programs.py"}:
            made = runpy.run_path(str(path))["results"]
            stored[path.stem] = {name: numbers(x).tolist() for name, x in made.items()}
    (here / "hips_autograd.json").write_text(json.dumps(stored, indent=0))
