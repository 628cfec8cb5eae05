"""Run published tests against the embedded store and write down how each of them ended.

`SUITES=` names a folder with the repositories; without it they are cloned. Nothing of them stays.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.server.embedded.suites.sources import SUITES, Source, Suite

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
DOCS = ROOT / "docs"
PAGE = DOCS / "embedded-store.md"
TABLE = DOCS / "embedded-suites.tsv"
COLUMNS = ("suite", "test", "result", "code", "reason")
BEGIN, END = "<!-- suites -->", "<!-- end of suites -->"
Result = dict[str, Any]


def main() -> int:
    given = os.environ.get("SUITES")
    with tempfile.TemporaryDirectory(prefix="suites-") as name:
        folder = Path(name)
        checkouts = Path(given) if given else folder
        revisions = {
            source.name: _revision(checkouts, source)
            for source in {part[0] for suite in SUITES for part in suite.parts}
        }
        results = {suite.name: _run(suite, checkouts, revisions, folder) for suite in SUITES}
    _write(results)
    return 1 if any(_counts(found)["wrong"] for found in results.values()) else 0


def _revision(checkouts: Path, source: Source) -> str:
    """What is taken of a repository or a package; it is fetched if it is not there."""
    if not source.address:
        return _distribution(checkouts, source.package)
    repository = checkouts / source.name
    if not repository.exists():
        _git(checkouts, "clone", "--quiet", "--bare", source.address, source.name)
    if not source.package:
        return "HEAD"
    releases = [tag for tag in _git(repository, "tag").split() if re.fullmatch(r"[\d.]+", tag)]
    installed = _numbers(version(source.package))
    return max((tag for tag in releases if _numbers(tag) <= installed), key=_numbers)


def _distribution(checkouts: Path, package: str) -> str:
    """The name of the source distribution of what is installed."""
    name = f"{package}-{version(package)}"
    if not (checkouts / f"{name}.tar.gz").exists():
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        wanted = ["--no-binary", package, f"{package}=={version(package)}"]
        subprocess.run([*download, *wanted, "--dest", str(checkouts)], check=True)
    return name


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _run(suite: Suite, checkouts: Path, revisions: dict[str, str], folder: Path) -> list[Result]:
    place = folder / re.sub(r"\W+", "-", suite.name)
    place.mkdir()
    for source, there, here in suite.parts:
        take = _take if source.address else _unpack
        take(checkouts, source, revisions[source.name], there, place / here)
    packages = place / "packages"
    if suite.packages:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*install, "--target", str(packages), *suite.packages], check=True)
    results = place / "results.jsonl"
    results.touch()
    with _store(place) as url:
        address = urlsplit(url)
        environ = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, (HERE, packages))),
            "SUITE_RESULTS": str(results),
            "MONGODB_DSN": f"mongodb://{address.netloc}/beanie_db",
            "DB_IP": str(address.hostname),
            "DB_PORT": str(address.port),
        }
        command = [
            *(sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short"),
            *("-p", "judge", "-p", "no:cacheprovider", "-W", "ignore", "--rootdir", str(place)),
            *(*suite.options, suite.tests),
        ]
        print(f"{suite.name} …", flush=True)
        with (place / "log").open("w") as log:
            subprocess.run(command, cwd=place, env=environ, stdout=log, stderr=log, timeout=3600)
    found = [json.loads(line) for line in results.read_text().splitlines()]
    assert found, f"no test of {suite.name} ran:\n{(place / 'log').read_text()[-3000:]}"
    print(f"  {dict(_counts(found))}", flush=True)
    for each in found:
        if each["result"] == "wrong":
            print(f"  wrong: {each['test']}\n    {each['said'][:300]}", flush=True)
    return found


def _unpack(checkouts: Path, _: Source, release: str, there: str, here: Path) -> None:
    """Put a folder of a source distribution in its place."""
    with (
        tempfile.TemporaryDirectory() as name,
        tarfile.open(checkouts / f"{release}.tar.gz") as tar,
    ):
        tar.extractall(name, filter="data")
        shutil.copytree(Path(name, release, there), here)


def _take(checkouts: Path, source: Source, revision: str, there: str, here: Path) -> None:
    """Put what is in a folder of a repository in its place, over what is there."""
    repository = checkouts / source.name
    here.mkdir(parents=True, exist_ok=True)
    depth = len([name for name in there.split("/") if "*" not in name])
    with subprocess.Popen(
        ["git", "-C", str(repository), "archive", revision, there], stdout=subprocess.PIPE
    ) as archive:
        unpack = ["tar", "-x", "-C", str(here), f"--strip-components={depth}"]
        subprocess.run(unpack, stdin=archive.stdout, check=True)
    assert archive.returncode == 0


@contextmanager
def _store(place: Path) -> Iterator[str]:
    data = place / "data"
    command = [sys.executable, "-m", "server.embedded", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as store:
        assert store.stdout is not None
        try:
            yield store.stdout.readline().split()[1]
        finally:
            store.terminate()


def _counts(found: list[Result]) -> Counter[str]:
    return Counter(each["result"] for each in found)


def _write(results: dict[str, list[Result]]) -> None:
    """The line of each test, and their sums in the page on the store."""
    lines = ["\t".join(COLUMNS)]
    for suite, found in results.items():
        lines += ["\t".join([suite, *(str(each[name]) for name in COLUMNS[1:])]) for each in found]
    TABLE.write_text("\n".join(lines) + "\n")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{told(results)}\n{END}{after}")


def told(results: dict[str, list[Result]]) -> str:
    """How the tests of each suite ended, and for what they were refused."""
    rows = ["| suite | passed | refused | wrong | skipped |", "|---|---|---|---|---|"]
    for suite, found in results.items():
        counts = _counts(found)
        numbers = (counts[name] for name in ("passed", "refused", "wrong", "skipped"))
        rows.append(f"| {suite} | {' | '.join(map(str, numbers))} |")
    lines = (f"{what.capitalize()} for: {_sums(results, what)}." for what in ("refused", "skipped"))
    return "\n\n".join(["\n".join(rows), *lines])


def _sums(results: dict[str, list[Result]], what: str) -> str:
    """How many tests there are for each reason, the most frequent first."""
    of_it = [each for found in results.values() for each in found if each["result"] == what]
    reasons = Counter(
        f"{each['reason']} ({each['code']})" if each["code"] else each["reason"] for each in of_it
    )
    return "; ".join(f"{reason}: {number}" for reason, number in reasons.most_common())


if __name__ == "__main__":
    sys.exit(main())
