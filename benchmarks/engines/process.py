"""How does an engine run that shares our import name?

In a process of its own, with an environment of its own, and takes turns with us: the parent sends what is to be called
through a pipe and waits; the child answers with the times that it took itself.

    python -m engines.process hips      (in benchmarks/, by the environment's Python; the parent does this)
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import numpy as np
from workloads import Chain, Network

from engines import Engine

__all__ = ["RemoteEngine", "environment"]

BENCHMARKS = Path(__file__).resolve().parent.parent
ENVIRONMENTS = BENCHMARKS.parent / "build" / "benchmarks"


def environment(name: str, *packages: str) -> Path:
    """The Python of a virtual environment with these packages; made under build/ if it is not there.

    Raises
    ------
    ImportError
        If it cannot be made.
    """
    folder = ENVIRONMENTS / name
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    installed = folder / "installed.txt"
    wanted = "\n".join(packages)
    if not (installed.exists() and installed.read_text() == wanted):
        venv.create(folder, clear=True, with_pip=False)
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", *packages]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ImportError(f"{' '.join(pip)} failed: {done.stderr.strip().splitlines()[-1:]}")
        installed.write_text(wanted)
    return python


class RemoteEngine:
    """An `Engine` in another process.

    Parameters
    ----------
    name : str
        The name of its module.
    python : path
        The Python that has it.
    """

    def __init__(self, name: str, python: Path | str) -> None:
        variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
        self._process = subprocess.Popen(
            [python, "-m", "engines.process", name],
            cwd=BENCHMARKS,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            self.version: str = self._receive()
        except EOFError:
            self.close()
            raise ImportError(f"{python} has no {name}") from None

    def prepare(self, workload: Network | Chain) -> list[str]:
        return self._call("prepare", workload)

    def results(self, workload: Network | Chain, way: str, steps: int) -> list[np.ndarray]:
        return self._call("results", workload, way, steps)

    def block(self, workload: Network | Chain, way: str, steps: int, warm_up: int) -> list[float]:
        return self._call("block", workload, way, steps, warm_up)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _call(self, method: str, *inputs: Any) -> Any:
        assert self._process.stdin is not None
        pickle.dump((method, inputs), self._process.stdin)
        self._process.stdin.flush()
        answer = self._receive()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _receive(self) -> Any:
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)


def serve(name: str) -> None:
    """Answer calls until the pipe is closed."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # so that nothing that a library prints gets among the answers
    engine = Engine(name)
    answer: Any = engine.version
    while True:
        pickle.dump(answer, answers)
        answers.flush()
        try:
            method, inputs = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = getattr(engine, method)(*inputs)
        except Exception as problem:  # the parent raises it
            answer = problem


if __name__ == "__main__":
    serve(sys.argv[1])
