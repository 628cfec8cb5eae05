"""Which language model there is, and how one of our own is started and fetched.

`LLM_URL` comes first; then a llama-server or an Ollama on this machine; then a file in the folder
of models, which gets a process of our own. Without any, the assistant quotes articles.
"""

from __future__ import annotations

import asyncio
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ai.llm.remote import RemoteLlm
from server.processes.child import ChildSpec
from server.processes.runtime import runtime_folder
from server.settings import Settings

SERVERS = ("http://127.0.0.1:8080", "http://127.0.0.1:11434")
"""Where llama-server and Ollama listen unless they are told otherwise."""
LOOK_SECONDS = 1.0
SOCKET = "llm.sock"


class Found(NamedTuple):
    """The settings with the model's address, the process to start for it, and a line to say."""

    settings: Settings
    process: ChildSpec | None
    said: str


async def find_llm(settings: Settings, *, look_around: bool, own: bool = True) -> Found:
    """What this deployment will ask; `look_around` tries other servers on this machine, `own`
    reads a file in the folder of models."""
    if settings.llm_url:
        return Found(settings, None, f"Language model: asks {_shown(settings.llm_url)}")
    if look_around:
        for url in SERVERS:
            if name := await _answers(url):
                here = settings.model_copy(update={"llm_url": url, "llm_model": name})
                return Found(here, None, f"Language model: {name} at {url}")
    if not own or (model := newest_model(settings.models_dir)) is None:
        return Found(settings, None, "Language model: none; answers quote the articles")
    if not find_spec("llama_cpp"):
        said = f"Language model: {model.name} is not read before `make llm` installs llama.cpp"
        return Found(settings, None, said)
    place = runtime_folder(settings.data_dir) / SOCKET
    ours = settings.model_copy(update={"llm_url": f"unix://{place}"})
    return Found(ours, llm_spec(ours, model), f"Language model: {model.name} is being loaded")


def llm_spec(settings: Settings, model: Path) -> ChildSpec:
    """The model's own process, behind everything that people wait for.

    Nobody waits until it is loaded: who asks meanwhile is told that it is not there.
    """
    place = settings.llm_url.removeprefix("unix://")
    options = ("--slots", str(settings.llm_slots), "--context", str(settings.llm_context))
    return ChildSpec(
        name="llm",
        command=(
            *("nice", sys.executable, "-m", "ai.llm.serve"),
            *("--model", str(model), "--socket", place, *options),
        ),
    )


def _shown(url: str) -> str:
    """An address without the password that may stand in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def newest_model(folder: Path) -> Path | None:
    """The file that was put there last."""
    files = [each for each in folder.glob("*.gguf") if each.is_file()]
    return max(files, key=lambda each: each.stat().st_mtime, default=None)


async def _answers(url: str) -> str | None:
    """What a server calls its model; None where there is none."""
    llm = RemoteLlm(url)
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await llm.look()
    except TimeoutError:
        return None
    finally:
        await llm.close()
    return llm.name if llm.up else None
