"""The assistant's parts come behind a server that serves, and never stop it."""

import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from server.processes import ai_parts
from server.processes.ai_parts import ai_requirements, install_ai_parts
from server.processes.supervisor import supervised
from tests.server.processes.given import settings_of
from tests.server.processes.packages import Respond, forbid, hang, index_of, served, wheel

# Two PyTorches: for processors only, and what the ordinary index has.
SMALL = index_of(wheel("torch", "2.13.0+cpu", "sympy"))
ORDINARY = (
    wheel("torch", "2.13.0", "nvidia-cublas-cu12", "sympy"),
    wheel("nvidia-cublas-cu12", "12.9"),
    wheel("sympy", "1.14.0"),
)
HUGE = "AI parts: not installed, nvidia-cublas-cu12 would come with them. To install:"


class Machine:
    """A machine without the parts, whose pip knows two indexes of this machine and no other."""

    def __init__(self, folder: Path, said: list[str]) -> None:
        self.data = folder / "data"
        self.place = folder / "installed"
        self.said = said

    async def install(self, torch_index: str, **environ: str) -> None:
        settings = settings_of(self.data, torch_index=torch_index)
        async with supervised(settings.data_dir, "test", self.said.append) as supervisor:
            await install_ai_parts(environ, settings, supervisor, self.said.append)

    def installed(self) -> set[str]:
        return {each.name.removesuffix(".dist-info") for each in self.place.glob("*.dist-info")}


@pytest.fixture
async def machine(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch):
    machine = Machine(tmp_path, said)
    async with served(index_of(*ORDINARY)) as ordinary:
        pip = (sys.executable, "-m", "pip", "--isolated", "install", "--disable-pip-version-check")
        where = ("--no-cache-dir", "--target", str(machine.place), "--index-url", ordinary)
        monkeypatch.setattr(ai_parts, "INDEX_SECONDS", 60)  # The machine may be busy.
        monkeypatch.setattr(ai_parts, "IMPATIENT", ())
        monkeypatch.setattr(ai_parts, "ai_parts_installed", lambda: False)
        monkeypatch.setattr(ai_parts, "ai_requirements", lambda: ["torch==2.13.0"])
        monkeypatch.setattr(ai_parts, "pip_install", lambda wanted: (*pip, *where, *wanted))
        yield machine


IMPATIENT = ("--timeout", "0.3", "--retries", "0")
"""Three seconds are long for a test that waits for them."""


async def test_the_index_for_processors_only_is_used_where_it_answers(machine: Machine):
    async with served(SMALL) as index:
        await machine.install(index)

    assert machine.installed() == {"torch-2.13.0+cpu", "sympy-1.14.0"}
    assert machine.said[-1] == "AI parts: installed"


@pytest.mark.parametrize("badly", [forbid, hang])
async def test_an_index_that_answers_badly_brings_nothing_of_nvidia(
    machine: Machine, badly: Respond, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ai_parts, "INDEX_SECONDS", 0.3)
    async with served(badly) as index:
        await machine.install(index)

    assert machine.installed() == set()
    said, line = machine.said[-1].splitlines()
    assert said == HUGE
    assert line.endswith(f"torch==2.13.0 --extra-index-url {index}")


async def test_no_index_at_all_brings_nothing_of_nvidia(machine: Machine):
    await machine.install("http://127.0.0.1:9")

    assert machine.installed() == set()
    assert machine.said[-1].startswith(HUGE)


@pytest.mark.parametrize("then", [forbid, hang])
async def test_an_index_that_answers_once_and_then_badly_brings_nothing_of_nvidia(
    machine: Machine, then: Respond, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ai_parts, "IMPATIENT", IMPATIENT)
    asked = list[str]()

    async def once(path: str) -> tuple[str, bytes]:
        asked.append(path)
        return await (SMALL if len(asked) == 1 else then)(path)

    async with served(once) as index:
        await machine.install(index)

    assert len(asked) > 1
    assert machine.installed() == set()
    assert machine.said[-1].startswith(HUGE)


async def test_an_index_that_fails_after_the_plan_is_a_failure_and_no_other_file(
    machine: Machine,
):
    async def pages_only(path: str) -> tuple[str, bytes]:
        asked.append(path)
        return await (forbid if asked.count(path) > 1 and path.endswith("whl") else SMALL)(path)

    asked = list[str]()
    async with served(pages_only) as index:
        await machine.install(index)

    assert machine.installed() == set()
    assert machine.said[-1].startswith("AI parts: not installed (ai-parts failed (exit code 1).)")


async def test_an_ordinary_index_whose_pytorch_needs_nothing_of_nvidia_will_do(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
):
    """As on a Mac."""
    monkeypatch.setattr(ai_parts, "ai_requirements", lambda: ["sympy"])

    await machine.install("http://127.0.0.1:9")

    assert machine.installed() == {"sympy-1.14.0"}
    assert machine.said[-1] == "AI parts: installed"


async def test_a_failure_is_said_and_stops_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ai_parts, "ai_requirements", lambda: ["nowhere-to-be-had"])

    await machine.install("http://127.0.0.1:9")

    assert machine.said[-1].startswith("AI parts: not installed (ai-plan failed (exit code 1).)")


async def test_no_ai_asks_nothing_and_says_nothing(machine: Machine):
    await machine.install("http://127.0.0.1:9", NO_AI="1")
    assert (machine.installed(), machine.said) == (set(), [])


async def test_a_full_disk_is_said(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9))

    await machine.install("http://127.0.0.1:9")

    assert machine.installed() == set()
    assert "1.0 GB are free" in machine.said[-1]


def test_every_part_is_pinned():
    pins = (ai_parts.CHECKOUT / "constraints.txt").read_text().splitlines()
    names = {pin.partition("==")[0] for pin in pins}

    assert "torch==2.13.0" in ai_requirements()
    assert {wanted.partition("==")[0] for wanted in ai_requirements()} <= names
