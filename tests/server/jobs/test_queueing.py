"""Queues are told to the wallboard and the teams, and to each client their own place."""

from __future__ import annotations

import pytest

from domain.audience import WALLBOARD, team_room, user_room
from domain.ticket.commands import AssignTicket
from realtime.feed import RedisFeeds
from server.dispatch.dispatcher import Dispatcher
from server.jobs.queueing import QueueWatch
from server.store.connect import Store
from server.store.feed_source import StoreFeedSource
from server.store.leases import Leases
from tests.server.house import FixedClock, House, new_id, open_ticket
from tests.server.jobs.test_reactors import counters_of

MINUTE = 60_000


@pytest.fixture
def watch(store: Store, house: House, clock: FixedClock, feeds: RedisFeeds) -> QueueWatch:
    assert house, "the people must be there"
    return QueueWatch(store, Leases(store, clock), feeds, clock)


async def shown(store: Store, room: str) -> dict[str, int]:
    counters = (await StoreFeedSource(store).feed_snapshot(room))["counters"]
    return {each["name"]: each["value"] for each in counters if each["name"].startswith("queue.")}


async def told(feeds: RedisFeeds, room: str) -> dict[str, int]:
    found = await counters_of(feeds, room)
    return {name: value for name, value in found.items() if name.startswith("queue.")}


async def test_who_waits_knows_their_place_and_it_moves(
    watch: QueueWatch,
    store: Store,
    house: House,
    dispatcher: Dispatcher,
    clock: FixedClock,
    feeds: RedisFeeds,
):
    # Given three who wait, the last of them urgent
    tickets: list[str] = []
    for priority in ("medium", "medium", "urgent"):
        clock.time += 1_000
        opened = await dispatcher.dispatch(open_ticket(priority=priority), house.client)
        tickets.append(opened.result["ticket_id"])
    await watch.look()
    room = user_room(house.client.id)

    def places(found: dict[str, int]) -> list[int | None]:
        return [found.get(f"queue.position.{each}") for each in tickets]

    assert places(await shown(store, room)) == [2, 3, 1]
    assert places(await told(feeds, room)) == [2, 3, 1]
    for other in (WALLBOARD, team_room(house.team.id)):
        assert (await shown(store, other))[f"queue.{house.team.id}.waiting"] == 3
    assert await watch.look() == 0

    # When the first is taken
    clock.time += 1_000
    take = AssignTicket(command_id=new_id(), ticket_id=tickets[2], agent_id=house.agent.id)
    await dispatcher.dispatch(take, house.agent)
    await watch.look()

    assert places(await shown(store, room)) == [1, 2, None]
    assert places(await told(feeds, room)) == [1, 2, 0]
    assert (await told(feeds, WALLBOARD))[f"queue.{house.team.id}.waiting"] == 2


async def test_the_wait_is_told_once_it_was_seen_how_fast_the_queue_moves(
    watch: QueueWatch,
    store: Store,
    house: House,
    dispatcher: Dispatcher,
    clock: FixedClock,
):
    tickets: list[str] = []
    for _ in range(6):
        opened = await dispatcher.dispatch(open_ticket(), house.client)
        tickets.append(opened.result["ticket_id"])
    await watch.look()
    last = f"queue.wait_ms.{tickets[-1]}"
    room = user_room(house.client.id)
    assert (await shown(store, room))[last] == 0

    for ticket_id in tickets[:3]:
        clock.time += 2 * MINUTE
        take = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent.id)
        await dispatcher.dispatch(take, house.agent)
        await watch.look()

    # Three in four minutes, and two before it.
    assert (await shown(store, room))[last] == 4 * MINUTE
