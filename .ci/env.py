"""Make the virtual environment .venv and install this project into it: ``python3 .ci/env.py [extra …]``.

Needs Python 3.11 or newer and PyPI. Debian's Python refuses to install outside a virtual environment, and may come
without the part that puts pip into one; then its own pip installs into the environment from outside.
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def works(*command: object) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def pip_into_environment() -> list[object]:
    """The pip command that installs into the environment, which is made if it is not there."""
    inside = [PYTHON, "-m", "pip"]
    if PYTHON.exists() and works(*inside, "--version"):
        return inside
    venv.create(ENVIRONMENT, clear=True)
    if works(PYTHON, "-m", "ensurepip"):
        return inside
    outside = [sys.executable, "-m", "pip", "--python", PYTHON]
    if works(*outside, "--version"):
        return outside
    sys.exit("this Python has neither ensurepip nor pip: install one of them (on Debian: python3-venv or python3-pip)")


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Micrograph needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    extras = f"[{','.join(sys.argv[1:])}]" if sys.argv[1:] else ""
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip_into_environment(), "install", *quiet, "--editable", f"{ROOT}{extras}"], check=True)


main()
