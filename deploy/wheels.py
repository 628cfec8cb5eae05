"""Can everything in constraints.txt be had as a wheel, on every machine that we promise?

Asks pip for each platform and each Python, as if it were there. Nothing is installed; where an
index has no separate metadata, pip downloads the wheels to look into them. llama-cpp-python is
compiled wherever it is wanted, and is not among them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.markers import Marker

from bootstrap import REFUSE_BY_MISTAKE, supported

CONSTRAINTS = Path(__file__).resolve().parents[1] / "constraints.txt"
GLIBC = range(17, 36)
"""The minor versions of glibc 2 up to that of the oldest systems that we promise."""
PLATFORMS = {
    "Linux x86-64": [f"manylinux_2_{minor}_x86_64" for minor in GLIBC] + ["manylinux2014_x86_64"],
    "Linux arm64": [f"manylinux_2_{minor}_aarch64" for minor in GLIBC] + ["manylinux2014_aarch64"],
    "macOS arm64": ["macosx_14_0_arm64"],
    "macOS Intel": ["macosx_14_0_x86_64"],
}
COMPILED = ("llama-cpp-python",)
WITHOUT = {"macOS Intel": ("torch", "onnxruntime", "faiss-cpu")}
"""What runs models is no longer built for Intel Macs: the assistant finds by words there."""
AT_ONCE = 2
IGNORE = "--ignore-requires-python"
MISSING = re.compile(r"No matching distribution found for (\S+)==")


def main() -> int:
    """Print a table: how many wheels, or the packages without one."""
    pythons = supported()
    cases = list(product(PLATFORMS, pythons))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        missing = dict(zip(cases, pool.map(missing_on, *zip(*cases, strict=True)), strict=True))
    print("| platform | " + " | ".join("Python {}.{}".format(*python) for python in pythons) + " |")
    print("|---" * (len(pythons) + 1) + "|")
    for platform in PLATFORMS:
        cells = [say(platform, python, missing[platform, python]) for python in pythons]
        print(f"| {platform} | " + " | ".join(cells) + " |")
    return 1 if any(missing.values()) else 0


def missing_on(platform: str, python: tuple[int, int]) -> list[str]:
    """The packages of constraints.txt that have no wheel for a machine."""
    by_itself = REFUSE_BY_MISTAKE.get(python, ())
    pins = {pin.partition("==")[0]: pin for pin in pins_for(platform, python)}
    missing = _missing(platform, python, [pins.pop(name) for name in by_itself], IGNORE)
    return missing + _missing(platform, python, list(pins.values()))


def _missing(platform: str, python: tuple[int, int], wanted: list[str], *options: str) -> list[str]:
    missing = list[str]()
    while wanted and (said := ask_pip(platform, python, wanted, *options)) is not None:
        found = MISSING.search(said)
        if found is None:
            raise SystemExit(f"pip failed for {platform}, Python {python}:\n{said}")
        missing.append(found[1])
        wanted = [pin for pin in wanted if not pin.startswith(f"{found[1]}==")]
    return missing


def pins_for(platform: str, python: tuple[int, int]) -> list[str]:
    """What is pinned for a machine; a pin may be for some Pythons only."""
    names = {*COMPILED, *WITHOUT.get(platform, ())}
    version = {"python_version": "{}.{}".format(*python)}
    lines = (line.partition(" #")[0] for line in CONSTRAINTS.read_text().splitlines())
    pins = [line.partition(";") for line in lines if "==" in line]
    return [
        pin
        for pin, _, marker in pins
        if pin.partition("==")[0] not in names and (not marker or Marker(marker).evaluate(version))
    ]


def ask_pip(platform: str, python: tuple[int, int], pins: list[str], *options: str) -> str | None:
    """What pip complains of; None where it has a wheel for each pin."""
    with TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--quiet"),
            *("--only-binary=:all:", "--target", folder, "--disable-pip-version-check"),
            *("--implementation", "cp", "--python-version", "{}.{}".format(*python)),
            *(word for tag in PLATFORMS[platform] for word in ("--platform", tag)),
            *options,
            *pins,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else None


def say(platform: str, python: tuple[int, int], missing: list[str]) -> str:
    if missing:
        return "no wheel: " + ", ".join(missing)
    names = WITHOUT.get(platform, ())
    without = f", without {', '.join(names)}" if names else ""
    return f"{len(pins_for(platform, python))} wheels{without}"


if __name__ == "__main__":
    sys.exit(main())
