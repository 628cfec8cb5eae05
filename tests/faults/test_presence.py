"""Who of the staff is there: a killed node is noticed, a short absence is not told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from typing import Any

import pytest
from redis.asyncio import Redis

from realtime.presence import present
from tests.faults.member import Member
from tests.house import House
from tests.waiting import until

WALLBOARD = "wallboard"
FALLS_WITHIN = 40.0
"""Seconds until whoever was on a killed node is offline: 16, and what a busy machine needs."""
NO_FLAP = 10_000
"""So long, in milliseconds, nobody is told that somebody is away."""


@pytest.fixture
def product() -> Generator[House]:
    with House() as product:
        yield product


async def test_a_killed_nodes_people_fall_after_a_grace_and_nobody_else_does(product: House):
    first, second = (node.url for node in product.nodes)
    chief = Member(second, "admin@demo.test")
    on_both = [Member(url, "agent@demo.test") for url in (first, second)]
    on_first, away = Member(first, "agent2@demo.test"), Member(second, "supervisor@demo.test")
    everybody = [chief, *on_both, on_first, away]
    redis = Redis.from_url(product.valkey.url)
    try:
        # Given three people on two nodes, one of them on both
        await chief.enter(WALLBOARD)
        for each in everybody[1:]:
            await each.enter()
        agent, agent2, supervisor = (each.user["id"] for each in (on_both[0], on_first, away))
        for each in (agent, agent2, supervisor):
            await until(
                lambda each=each: told(chief, each)[-1:] == ["online"], f"{each} is online", 20
            )
        before = {each: len(told(chief, each)) for each in (agent, agent2, supervisor)}

        # When one node dies, and somebody of the other is away until Redis does not count them
        killed = time.time_ns() // 1_000_000
        await asyncio.to_thread(product.nodes[0].kill)
        await away.leave()
        await missing(redis, supervisor)
        again = Member(second, "supervisor@demo.test")
        everybody.append(again)
        await again.enter()

        # Then who was on that node only falls, after the grace
        await until(lambda: told(chief, agent2)[-1] == "offline", "it is noticed", FALLS_WITHIN)
        assert since(chief, agent2) - killed >= NO_FLAP
        # And of the others nothing is told
        assert told(chief, agent)[before[agent] :] == []
        assert told(chief, supervisor)[before[supervisor] :] == []

        # And whoever comes is told all of it at once
        late = Member(second, "admin@demo.test")
        everybody.append(late)
        await late.enter(WALLBOARD)
        shown = {each["agent_id"]: each["agent"]["state"] for each in entries(late)}
        assert (shown[agent], shown[agent2], shown[supervisor]) == ("online", "offline", "online")
    except BaseException:
        print(product.complaints())
        raise
    finally:
        for each in everybody:
            await each.leave()
        await redis.aclose()


def entries(member: Member) -> list[dict[str, Any]]:
    """What the wallboard showed of people, the newest last."""
    room = member.rooms[WALLBOARD]
    changes = [each for each in room.shown if each["type"] == "feed.agent"]
    return [*room.snapshot["agents"], *changes]


def told(member: Member, agent_id: str) -> list[str]:
    return [each["agent"]["state"] for each in entries(member) if each["agent_id"] == agent_id]


def since(member: Member, agent_id: str) -> int:
    """When somebody's present state began, by the server."""
    return [each for each in entries(member) if each["agent_id"] == agent_id][-1]["agent"]["since"]


async def missing(redis: Redis, agent_id: str) -> None:
    async with asyncio.timeout(FALLS_WITHIN):
        while agent_id in await present(redis):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
