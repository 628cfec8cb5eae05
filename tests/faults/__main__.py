"""`make faults`: every fault at full size, one after the other, and the table in docs/faults.md.

Names of faults run only those, and write nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import uvloop

from loadtests.facts import machine_facts
from tests.faults.ordeals import ORDEALS, Ordeal, set_clock
from tests.faults.report import table, write
from tests.faults.run import Outcome, Scale, measure, undergo
from tests.house import House

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
LONGEST = 240.0
"""Seconds after which one fault's run has failed."""
WANTED = 500.0
"""Commands a second."""
STEADY = 0.6
"""The part of what can be carried at the most that is carried steadily."""

LONG_TOKENS = {"DESKWIRE_ACCESS_TOKEN_SECONDS": "7200"}

Result = TypeVar("Result")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make faults ARGS=…", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="fault", help=", ".join(ORDEALS))
    parser.add_argument("--members", type=int, default=1_000)
    parser.add_argument("--tickets", type=int, default=20)
    parser.add_argument("--rate", type=float, help="commands a second; else what can be carried")
    parser.add_argument("--before", type=float, default=6, help="seconds' worth before a fault")
    parser.add_argument("--after", type=float, default=10, help="seconds' worth after it")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - ORDEALS.keys()
    if unknown:
        parser.error(f"there is no {unknown.pop()}; there are {', '.join(ORDEALS)}")
    raise_limit()
    facts = machine_facts()
    scale = Scale(options.members, options.tickets, WANTED, before=0, after=0)
    carried = options.rate or alone(lambda house: measure(house, scale))
    rate = options.rate or min(WANTED, carried * STEADY)
    if not options.rate:
        print(f"{carried:.0f} commands a second are carried; {rate:.0f} are offered", flush=True)
    before, after = int(options.before * rate), int(options.after * rate)
    scale = replace(scale, rate=rate, before=before, after=after)
    outcomes: list[Outcome] = []
    broken: list[str] = []
    for name in options.names or ORDEALS:
        try:
            outcome = suffer(ORDEALS[name], scale)
            outcomes.append(outcome)
            print(outcome.line(), flush=True)
            outcome.check()
        except Exception as error:
            broken.append(name)
            print(f"{name} FAILED: {error!r}", flush=True)
    print(table(outcomes))
    if not options.names:
        write(PAGE, facts, None if options.rate else carried, outcomes)
    if broken:
        print(f"Broken: {', '.join(broken)}")
    return 1 if broken else 0


def suffer(ordeal: Ordeal, scale: Scale) -> Outcome:
    """A fault in a house of its own. Where the machine was busy with something else, so that not
    even what went before was in time, once more and slower: else nothing would be late."""
    for slower in (1, 2, 4):
        some = replace(
            scale,
            rate=scale.rate / slower,
            before=scale.before // slower,
            after=scale.after // slower,
        )
        outcome = alone(lambda house, some=some: undergo(house, ordeal, some))
        if not (outcome.busy and outcome.complete):
            break
        print(f"Too busy for {some.rate:.0f} a second: {outcome.line()}", flush=True)
    return outcome


def alone(do: Callable[[House], Coroutine[Any, Any, Result]]) -> Result:
    """Do something in a house of its own, within bounds of time."""

    async def bounded(house: House) -> Result:
        async with asyncio.timeout(LONGEST):
            return await do(house)

    gc.disable()  # So that thousands of members are not looked through again and again.
    try:
        with TemporaryDirectory() as folder:
            clock = Path(folder) / "clock"
            set_clock(clock, 0)
            with House(DESKWIRE_FAULT=f"clock:{clock}", **LONG_TOKENS) as house:
                try:
                    return uvloop.run(bounded(house))
                except BaseException:
                    print(house.complaints(), flush=True)
                    raise
    finally:
        gc.enable()
        gc.collect()


def raise_limit() -> None:
    """Let this process, and those that it starts, hold thousands of sockets."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
