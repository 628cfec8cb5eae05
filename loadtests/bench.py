"""`make bench`: our realtime door and others side by side, as ratios of work per CPU second."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import orjson

from loadtests.facts import machine_facts
from loadtests.processes import on_cores
from loadtests.report import Figures, as_json, table
from loadtests.rows import ROWS, Row
from loadtests.scenarios import Load, Measured, Servers
from loadtests.servers import PEERS_FOLDER, raise_file_limit, running, share_cores

RESULTS = Path(__file__).parents[1] / "data" / "bench.json"


class ScenarioFailed(Exception):
    """The generator could not carry a scenario out; the text is what it printed."""


async def measure(peer: str, row: Row) -> Measured:
    """Start a peer's servers, let the generator do a row's scenario to them, and stop them."""
    async with running(peer, row.nodes) as servers:
        return await generate(servers, row.scenario, row.load)


async def generate(servers: Servers, scenario: str, load: Load) -> Measured:
    """Run the generator, on a core that no server has."""
    _, cores = share_cores()
    asked = {"scenario": scenario, "servers": asdict(servers), "load": load._asdict()}
    with on_cores(cores):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "loadtests.generator"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    try:
        answer, printed = await process.communicate(orjson.dumps(asked))
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise ScenarioFailed(printed.decode()[-2_000:])
    return Measured(**orjson.loads(answer))


async def compare(row: Row, repeats: int, without: Sequence[str]) -> Figures:
    """Measure a row's peers in turn, `repeats` times, each time in the opposite order."""
    peers = [peer for peer in row.peers if peer not in without]
    runs: defaultdict[str, list[Measured]] = defaultdict(list)
    for repeat in range(repeats):
        for peer in peers if repeat % 2 == 0 else reversed(peers):
            result = await measure(peer, row)
            runs[peer].append(result)
            print(f"{row.name} {peer}: {result.figure:,.1f} {row.unit}", file=sys.stderr)
    return Figures(row, runs)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench", description=__doc__)
    known = {row.name: row for row in ROWS}
    parser.add_argument("rows", nargs="*", help=f"by default all: {', '.join(known)}")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--without", action="append", default=[], help="a peer not to measure")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the figures go")
    options = parser.parse_args(arguments)
    if unknown := set(options.rows) - set(known):
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    if not (PEERS_FOLDER / "node_modules").exists():
        sys.exit("The peers are not installed.\n  python3 bootstrap.py bench")
    raise_file_limit()
    options.json.parent.mkdir(exist_ok=True)
    facts, measured = machine_facts(), list[Figures]()
    for name in options.rows or known:
        measured.append(asyncio.run(compare(known[name], options.repeats, options.without)))
        options.json.write_bytes(as_json(facts, measured))  # A long run may be interrupted.
    print(table(measured))


if __name__ == "__main__":
    main()
