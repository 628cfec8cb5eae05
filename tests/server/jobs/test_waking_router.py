"""The router is woken by what it waits for, in whichever worker hears of it, and looks anyway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from domain.access import Actor
from domain.message import Command
from domain.people.state import Routing
from domain.routing.commands import DeclineOffer, SnoozeTicket
from domain.ticket.commands import SetStatus
from domain.ticket.state import Status
from domain.workforce.commands import EndBreak, SetAgentStatus, StartBreak
from domain.workforce.state import AgentStatus
from realtime.feed import RedisFeeds
from realtime.presence import tell
from server.dispatch.dispatcher import Dispatcher
from server.jobs import routing
from server.jobs.routing import LEASE, LEASE_MS, Router
from server.settings import Settings
from server.store.connect import Store
from server.store.leases import Leases
from server.store.models import Lease
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, Heard, House, new_id, open_ticket
from tests.server.jobs.test_routing import are_there, offered_to, set_team, set_user, ticket_of
from tests.server.jobs.test_worker import Parts, eventually, kicking, working


@pytest.fixture
async def desk(
    house: House,
    settings: Settings,
    clock: FixedClock,
    redis: Redis,
    feeds: RedisFeeds,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Dispatcher]:
    """Two workers whose routers look only when they are woken; Ann and Bob are there."""
    monkeypatch.setattr(routing, "EVERY_SECONDS", 3_600.0)
    await set_team(house, routing=Routing.OFFER.value, offer_seconds=3_600)
    await are_there(house, house.agent, house.agent2)
    await tell(redis, [house.agent.id, house.agent2.id])
    async with AsyncExitStack() as stack:
        kicker = await stack.enter_async_context(kicking(settings.redis_url))
        dispatcher = Dispatcher(house.store, clock, Heard(), SECRET, wake=kicker.wake)
        stack.push_async_callback(dispatcher.close)
        for _ in range(2):
            parts = Parts(settings, house.store, clock, dispatcher, feeds, redis)
            await stack.enter_async_context(working(parts))
        yield dispatcher


async def is_offered(house: House, ticket_id: str, *but: str) -> str:
    """To whom a ticket is offered; not to those of `but`."""
    found: list[str] = []

    async def somebody_else() -> bool:
        found[:] = [each for each in [await offered_to(house, ticket_id)] if each]
        return bool(found) and found[0] not in but

    await eventually(somebody_else)
    return found[0]


async def opened(desk: Dispatcher, house: House) -> str:
    return (await desk.dispatch(open_ticket(), house.client)).result["ticket_id"]


async def test_what_is_opened_and_what_is_declined_is_offered_at_once(
    desk: Dispatcher, house: House
):
    for _ in range(3):  # Whichever worker hears of it.
        ticket_id = await opened(desk, house)
        first = await is_offered(house, ticket_id)
        to = house.agent if first == house.agent.id else house.agent2
        await desk.dispatch(DeclineOffer(command_id=new_id(), ticket_id=ticket_id), to)
        assert await is_offered(house, ticket_id, first)


def status(who: Actor, status: AgentStatus) -> Command:
    return SetAgentStatus(command_id=new_id(), agent_id=who.id, status=status)


@pytest.mark.parametrize("kept_by", ["away", "break"])
async def test_who_is_available_again_is_offered_what_waits(
    desk: Dispatcher, house: House, kept_by: str
):
    for who in (house.agent, house.agent2):
        leaving = (
            status(who, AgentStatus.AWAY)
            if kept_by == "away"
            else StartBreak(command_id=new_id(), agent_id=who.id, minutes=5)
        )
        await desk.dispatch(leaving, who)
    ticket_id = await opened(desk, house)
    ann = house.agent
    back = EndBreak(command_id=new_id(), agent_id=ann.id)
    await desk.dispatch(back if kept_by == "break" else status(ann, AgentStatus.AVAILABLE), ann)

    assert await is_offered(house, ticket_id) == ann.id


async def test_who_has_room_again_is_offered_what_waits(desk: Dispatcher, house: House):
    await desk.dispatch(status(house.agent2, AgentStatus.AWAY), house.agent2)
    await set_user(house, house.agent, capacity=2)
    first = await opened(desk, house)
    assert await is_offered(house, first) == house.agent.id
    second = await opened(desk, house)

    resolved = SetStatus(command_id=new_id(), ticket_id=first, status=Status.RESOLVED)
    await desk.dispatch(resolved, house.supervisor)

    assert await is_offered(house, second) == house.agent.id


async def test_what_comes_back_from_a_snooze_is_offered_at_once(
    desk: Dispatcher, house: House, clock: FixedClock
):
    for who in (house.agent, house.agent2):
        await desk.dispatch(status(who, AgentStatus.AWAY), who)
    ticket_id = await opened(desk, house)
    until = clock.time + 60_000
    snooze = SnoozeTicket(command_id=new_id(), ticket_id=ticket_id, until=until)
    await desk.dispatch(snooze, house.agent)
    await desk.dispatch(status(house.agent, AgentStatus.AVAILABLE), house.agent)

    await desk.dispatch(
        snooze.model_copy(update={"command_id": new_id(), "until": None}), house.agent
    )

    assert await is_offered(house, ticket_id) == house.agent.id


async def test_a_turn_is_given_back_at_once_and_that_of_the_dead_is_taken_over_within_three_seconds(
    store: Store, house: House, dispatcher: Dispatcher, clock: FixedClock
):
    await set_team(house, routing=Routing.ASSIGN.value)
    await are_there(house, house.agent)
    one, other = (Router(store, Leases(store, clock), dispatcher, clock) for _ in range(2))
    assert [await one.route(), await other.route()] == [0, 0]

    dead = Leases(store, clock)
    await dead.acquire(LEASE, LEASE_MS)
    ticket_id = await opened(dispatcher, house)
    assert await one.route() is None
    clock.time += 3_000

    assert await other.route() == 1
    assert (await ticket_of(house, ticket_id)).owner_id == house.agent.id


async def test_a_worker_that_stops_leaves_nothing_that_others_would_wait_for(
    settings: Settings, house: House, clock: FixedClock, redis: Redis, feeds: RedisFeeds
):
    store = house.store
    dispatcher = Dispatcher(store, clock, Heard(), SECRET)

    async def all_begun() -> bool:
        names = {raw["_id"] async for raw in store[Lease].find({})}
        return {"queues", "attendance", "sweeper", "handover", "counters"} <= names

    async with working(Parts(settings, store, clock, dispatcher, feeds, redis)):
        await eventually(all_begun)

    assert await store[Lease].count_documents({"until": {"$gt": clock.time}}) == 0
    await dispatcher.close()


async def test_what_takes_long_keeps_its_turn(store: Store):
    class Real:
        def now(self) -> int:
            return int(asyncio.get_running_loop().time() * 1000)

    one, other = Leases(store, Real()), Leases(store, Real())
    async with one.turn("x", 600) as mine:
        assert mine
        for _ in range(12):
            await asyncio.sleep(0.1)
            async with other.turn("x", 600) as theirs:
                assert not theirs
    async with other.turn("x", 600) as theirs:
        assert theirs
