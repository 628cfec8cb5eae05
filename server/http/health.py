"""Does the process live, and may it be sent requests?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from pydantic import BaseModel
from starlette.responses import Response

from domain.message import Millis
from domain.ports import Clock
from server.clock import SystemClock, millis_of
from server.http.answers import Json
from server.http.operation import Call, Who, operation
from server.processes.status import read_processes

ANSWER_SECONDS = 2.0
CLOCK_OFF_MS = 500


class Alive(BaseModel):
    alive: bool = True


class Part(BaseModel):
    """One thing that this node needs; `detail` says what is wrong, or how far the clock is off."""

    ready: bool
    detail: str = ""


class Readiness(BaseModel):
    """`parts` by name: mongodb, clock, redis, and the processes beside this one."""

    ready: bool
    parts: dict[str, Part]


@operation("GET", "/healthz", "Whether the process lives", answers=Alive, who=Who.ANYBODY)
async def healthz(_call: Call) -> Alive:
    return Alive()


@operation(
    "GET",
    "/readyz",
    "Whether requests can be served; 503 where not",
    answers=Readiness,
    who=Who.ANYBODY,
)
async def readyz(call: Call) -> Response:
    parts = await examine(call)
    readiness = Readiness(ready=all(part.ready for part in parts.values()), parts=parts)
    return Json(readiness.model_dump_json(), 200 if readiness.ready else 503)


async def examine(call: Call) -> dict[str, Part]:
    """Ask everything at once; nothing takes longer than two seconds."""
    (mongodb, clock), redis = await asyncio.gather(_ask_mongodb(call), _ask_redis(call))
    processes = {
        name: Part(ready=state.running, detail="" if state.running else state.phase)
        for name, state in read_processes().items()
        # The stores among them are asked themselves.
        if name not in ("mongodb", "valkey")
    }
    return {"mongodb": mongodb, "clock": clock, "redis": redis, **processes}


async def _ask_mongodb(call: Call) -> tuple[Part, Part]:
    """Is there a primary, and does its clock agree with the machine's and with ours?"""
    clocks: tuple[Clock, ...] = (SystemClock(), call.parts.clock)
    before = [clock.now() for clock in clocks]
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            hello = await call.parts.store.client.admin.command("hello")
    except Exception as error:
        return _failed(error), Part(ready=False, detail="not known without the database")
    after = [clock.now() for clock in clocks]
    if not hello.get("isWritablePrimary"):
        return Part(ready=False, detail="there is no primary"), Part(ready=False)
    theirs = cast("datetime", hello["localTime"])
    return Part(ready=True), judge_clocks(theirs, zip(before, after, strict=True))


def judge_clocks(theirs: datetime, spans: Iterable[tuple[Millis, Millis]]) -> Part:
    """Compare the database's time with the span in which it was asked, by each of our clocks."""
    told = millis_of(theirs)
    off = max(max(before - told, told - after, 0) for before, after in spans)
    return Part(ready=off <= CLOCK_OFF_MS, detail=f"{off} ms off the database")


async def _ask_redis(call: Call) -> Part:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await call.parts.redis.ping()  # pyright: ignore[reportUnknownMemberType]
    except Exception as error:
        return _failed(error)
    return Part(ready=True)


def _failed(error: Exception) -> Part:
    return Part(ready=False, detail=f"it does not answer ({type(error).__name__})")


OPERATIONS = (healthz, readyz)
