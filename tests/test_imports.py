"""The rules of who may import what: each is broken in a small house, and each is noticed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[1]
LINT = Path(sys.executable).with_name("lint-imports")
HOUSE = {
    "domain/ticket": "import json\nimport pydantic",
    "realtime/door": "import domain.ticket\nimport orjson",
    "ai/finding": "import domain.ticket",
    "mobile_api/sync": "import domain.ticket",
    "loadtests/bench": "import picows",
    "server/store/models": "import beanie\nimport domain.ticket",
    "server/http/door": "import realtime.door\nimport starlette\nimport server.store.models",
    "server/embedded/wire": "import bson\nimport sqlite3\nimport server.embedded.keys",
    "server/embedded/keys": "import struct",
}


def lint(folder: Path, **more: str) -> tuple[int, str]:
    """What import-linter says of a house, with these lines more at the end of some modules."""
    shutil.copy(HERE / "pyproject.toml", folder)
    shutil.copytree(HERE / "deploy", folder / "deploy")
    for name, text in HOUSE.items():
        module = folder / f"{name}.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(f"{text}\n{more.pop(name.replace('/', '_'), '')}\n")
        for package in module.relative_to(folder).parents[:-1]:
            (folder / package / "__init__.py").touch()
    assert not more, "every line has a module to stand in"
    done = subprocess.run(
        [LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_house_in_order_passes(tmp_path: Path):
    code, said = lint(tmp_path)
    assert (code, "0 broken" in said) == (0, True), said


@pytest.mark.parametrize(
    ("module", "line", "rule"),
    [
        ("domain_ticket", "import starlette", "The domain knows only"),
        ("domain_ticket", "def late():\n    import redis.asyncio", "The domain knows only"),
        ("domain_ticket", "from pymongo import errors", "The domain knows only"),
        ("domain_ticket", "import server.http.door", "The domain knows only"),
        ("domain_ticket", "import realtime.door", "Imports go one way"),
        ("realtime_door", "import server.http.door", "Imports go one way"),
        ("realtime_door", "import ai.finding", "Imports go one way"),
        ("server_http_door", "from beanie import Document", "Beanie is known in"),
        ("loadtests_bench", "import beanie.odm.queries", "Beanie is known in"),
        ("server_embedded_wire", "import beanie", "The embedded store could be"),
        ("server_embedded_wire", "import pydantic", "The embedded store could be"),
        ("server_embedded_keys", "import server.http.door", "The embedded store could be"),
    ],
)
def test_what_is_not_allowed_is_named(tmp_path: Path, module: str, line: str, rule: str):
    code, said = lint(tmp_path, **{module: line})

    assert code == 1, said
    assert [each for each in said.splitlines() if each.startswith(rule) and "BROKEN" in each], said
