"""The doctor's look at the machine: what is installed, and what more could be."""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from bootstrap import supported, supported_in_words
from server.processes.ai_parts import ai_parts_installed, ai_requirements, pip_install
from server.processes.finding import Finding
from server.settings import CHECKOUT, Settings, variable_of

FREE_BYTES = 1_000_000_000
INSTALL = "python3 bootstrap.py setup"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Not settings: the supervisor's word to its children, and what other parts of ours read.
OTHER_VARIABLES = frozenset({"DESKWIRE_PROCESSES", "DESKWIRE_FAULT"})


def examine_machine(data_dir: Path) -> Iterator[Finding]:
    """Python, the place for the data, its space."""
    system = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    mend = "" if sys.version_info[:2] in supported() else f"take {supported_in_words()}"
    yield Finding("python", system, mend)
    place = next(each for each in (data_dir, *data_dir.parents) if each.exists())
    writable = os.access(place, os.W_OK | os.X_OK)
    yield Finding(
        "data", str(data_dir), "" if writable else f"sudo chown $USER {shlex.quote(str(place))}"
    )
    free = shutil.disk_usage(place).free
    mend = "" if free > FREE_BYTES else f"free at least 1 GB on the disk of {place}"
    yield Finding("disk", f"{free / 1e9:.1f} GB free", mend)


def examine_packages() -> Iterator[Finding]:
    """The Python packages, against constraints.txt; the web pages."""
    lines = (CHECKOUT / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line and ";" not in line)
    core = [re.split(r"[^\w.-]", line)[0] for line in requires("deskwire") or () if ";" not in line]
    absent = [name for name in core if _installed(name) is None]
    other = [
        f"{name} is {installed}, tested is {pin}"
        for name, pin in pins.items()
        if (installed := _installed(name)) and installed.split("+")[0] != pin
    ]
    detail = "; ".join((*(f"{name} is missing" for name in absent), *other))
    yield Finding(
        "packages", detail or f"{len(core)} and what they need", INSTALL if detail else ""
    )
    built = (CHECKOUT / "clients" / "web" / "dist" / "index.html").exists()
    yield Finding("web pages", "built" if built else "not built", "" if built else INSTALL)


def examine_names(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that look like ours and are none: most likely misspelt."""
    known = {*map(variable_of, Settings.model_fields), *OTHER_VARIABLES}
    for name in sorted(environ):
        if name.startswith("DESKWIRE_") and name not in known:
            near = get_close_matches(name, known, 1)
            mend = f"did you mean {near[0]}?" if near else f"unset {name}"
            yield Finding("settings", f"{name} means nothing", mend, optional=True)


def examine_extras() -> Iterator[Finding]:
    """What only some need: the assistant's parts, a browser for the tests, nginx, a compiler."""
    installed = ai_parts_installed()
    line = shlex.join(pip_install(ai_requirements()))
    yield _extra("AI parts", "for the assistant", "" if installed else line)
    yield _tool("chromium", "for the browser tests (make e2e)", "chromium", *BROWSERS)
    yield _tool("nginx", "in front of several nodes", "nginx", "nginx")
    yield _tool("compiler", "to build the language model's engine", "build-essential", "cc")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _tool(part: str, use: str, package: str, *programs: str) -> Finding:
    found = any(map(shutil.which, programs))
    install = "brew install" if platform.system() == "Darwin" else "sudo apt install"
    return _extra(part, use, "" if found else f"{install} {package}")


def _extra(part: str, use: str, mend: str) -> Finding:
    return Finding(part, f"{'missing' if mend else 'there'}, {use}", mend, optional=True)
