"""Set up Deskwire on a machine that has only Python, then run one of its commands."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def install() -> None:
    """Make the virtual environment and install the project from constraints.txt."""
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    subprocess.run(
        [PYTHON, "-m", "pip", "install", "-q", "-c", "constraints.txt", "-e", ".[dev,web]"],
        cwd=ROOT,
        check=True,
    )


def main() -> int:
    """Run `test` or `check`; the exit code is the tool's."""
    install()
    if sys.argv[1:] == ["check"]:
        return subprocess.run([VENV / "bin" / "ruff", "check", "."], cwd=ROOT).returncode
    return subprocess.run([PYTHON, "-m", "pytest"], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
