"""The assistant's parts come behind a server that serves, and never stop it."""

import asyncio
import shutil
import sys
from collections import namedtuple
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.processes import ai_parts
from server.processes.ai_parts import ai_requirements, install_ai_parts
from server.processes.supervisor import supervised
from tests.server.processes.given import settings_of

# Writes down what it is asked; a dry run plans what the test says.
PIP = """
import json, pathlib, sys
folder = pathlib.Path({folder!r})
with (folder / "asked").open("a") as asked:
    asked.write(" ".join(sys.argv[1:]) + "\\n")
if "--report" in sys.argv:
    plan = (folder / "plan").read_text().split()
    report = {{"install": [{{"metadata": {{"name": name}}}} for name in plan]}}
    pathlib.Path(sys.argv[sys.argv.index("--report") + 1]).write_text(json.dumps(report))
elif (folder / "broken").exists():
    sys.exit("no matching distribution")
"""


class Machine:
    """A machine without the parts, with a pip that only writes down."""

    def __init__(self, folder: Path, said: list[str]) -> None:
        self.folder = folder
        self.said = said
        self.index = "http://127.0.0.1:9"

    async def install(self, **environ: str) -> None:
        settings = settings_of(self.folder / "data", torch_index=self.index)
        async with supervised(settings.data_dir, "test", self.said.append) as supervisor:
            await install_ai_parts(environ, settings, supervisor, self.said.append)

    def plans(self, *names: str) -> None:
        (self.folder / "plan").write_text(" ".join(names))

    def breaks(self) -> None:
        (self.folder / "broken").touch()

    def asked(self) -> list[str]:
        place = self.folder / "asked"
        return place.read_text().splitlines() if place.exists() else []


@pytest.fixture
def machine(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Machine:
    pip = tmp_path / "pip.py"
    pip.write_text(PIP.format(folder=str(tmp_path)))
    monkeypatch.setattr(ai_parts, "ai_parts_installed", lambda: False)
    monkeypatch.setattr(
        ai_parts, "pip_install", lambda wanted: (sys.executable, str(pip), "install", *wanted)
    )
    return Machine(tmp_path, said)


@pytest.fixture
async def index() -> AsyncIterator[str]:
    """An index that takes connections."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/whl/cpu"


async def test_the_processor_only_index_is_used_where_it_answers(machine: Machine, index: str):
    machine.index = index

    await machine.install()

    [asked] = machine.asked()
    assert asked.startswith("install ")
    assert asked.endswith(f"--extra-index-url {index}")
    assert "--dry-run" not in asked
    assert machine.said[-1] == "AI parts: installed"


async def test_without_that_index_the_plan_is_looked_at_first(machine: Machine):
    machine.plans("torch", "numpy")

    await machine.install()

    look, install = machine.asked()
    assert "--dry-run" in look
    assert "--dry-run" not in install
    assert machine.said[-1] == "AI parts: installed"


async def test_nothing_is_installed_when_the_plan_names_nvidia(machine: Machine):
    machine.plans("torch", "nvidia-cublas-cu12", "numpy")

    await machine.install()

    [look] = machine.asked()
    assert "--dry-run" in look
    assert "not installed, nvidia-cublas-cu12 would come with them" in machine.said[-1]
    assert f"--extra-index-url {machine.index}" in machine.said[-1]


async def test_a_failure_is_said_and_stops_nothing(machine: Machine, index: str):
    machine.index = index
    machine.breaks()

    await machine.install()

    assert machine.said[-1].startswith("AI parts: not installed (ai-parts failed (exit code 1).)")


async def test_no_ai_asks_nothing_and_says_nothing(machine: Machine):
    await machine.install(NO_AI="1")
    assert (machine.asked(), machine.said) == ([], [])


async def test_a_full_disk_is_said(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9))

    await machine.install()

    assert machine.asked() == []
    assert "1.0 GB are free" in machine.said[-1]


def test_every_part_is_pinned():
    pins = (ai_parts.CHECKOUT / "constraints.txt").read_text().splitlines()
    names = {pin.partition("==")[0] for pin in pins}

    assert "torch==2.13.0" in ai_requirements()
    assert {wanted.partition("==")[0] for wanted in ai_requirements()} <= names
