"""The load generator, a process of its own: one scenario against servers that run, one answer."""

from __future__ import annotations

import asyncio
import gc
import sys
from dataclasses import asdict

import orjson
import uvloop

from loadtests import scenarios
from loadtests.scenarios import Load, Measured, Servers
from loadtests.storm import reconnect_storm

SCENARIOS = {**scenarios.SCENARIOS, reconnect_storm.__name__: reconnect_storm}
LONGEST = 120.0
"""Seconds after which a scenario has failed."""


async def run(asked: bytes) -> Measured:
    """Run what is asked: {scenario, servers, load}."""
    told = orjson.loads(asked)
    servers, load = Servers(**told["servers"]), Load(**told["load"])
    async with asyncio.timeout(LONGEST):
        return await SCENARIOS[told["scenario"]](servers, load)


def main() -> None:
    gc.disable()  # So that thousands of clients are not looked through again and again.
    measured = uvloop.run(run(sys.stdin.buffer.read()))
    sys.stdout.write(orjson.dumps(asdict(measured)).decode())


if __name__ == "__main__":
    main()
