"""Who of the staff is there is told to the wallboard and to their teams."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pytest
from redis.asyncio import Redis

from domain.audience import WALLBOARD, team_room
from domain.leave.state import Leave
from domain.message import Millis
from domain.people.state import Team, User
from domain.ports import FeedItem
from domain.ticket.commands import AssignTicket
from domain.wire import FeedAgent
from realtime.feed import RedisFeeds
from realtime.presence import KEY, tell
from server.dispatch.dispatcher import Dispatcher
from server.jobs import reached
from server.jobs.attendance import LEASE_MS, MISSED, AttendanceWatch
from server.jobs.plans import EVERY
from server.store.connect import Store
from server.store.devices import REACHES_MS, Device, Devices
from server.store.documents import fields_of, kind_of
from server.store.feed_source import StoreFeedSource
from server.store.leases import Leases
from server.store.models import StoredAttendance
from server.store.roster import load_roster
from tests.server.house import FixedClock, House, new_id, open_ticket
from tests.server.jobs.test_reactors import events_of


@pytest.fixture
def watch(
    store: Store, house: House, clock: FixedClock, redis: Redis, feeds: RedisFeeds
) -> AttendanceWatch:
    assert house, "the people must be there"
    return AttendanceWatch(store, Leases(store, clock), redis, feeds, clock)


async def connected(redis: Redis, *who: str) -> None:
    """What the nodes say of whom they are connected to."""
    await tell(redis, who)


async def states(store: Store, room: str) -> dict[str, str]:
    shown = await StoreFeedSource(store).feed_snapshot(room)
    return {each["agent_id"]: each["agent"]["state"] for each in shown["agents"]}


async def told(feeds: RedisFeeds, room: str) -> dict[str, str | None]:
    """What a member would hold who folded the room's whole history."""
    found: dict[str, str | None] = {}
    for event in await events_of(feeds, room):
        if event["type"] == "feed.agent":
            found[event["agent_id"]] = event["agent"] and event["agent"]["state"]
    return found


def later(clock: FixedClock, by: Millis) -> None:
    clock.time += by


async def test_who_is_connected_is_online_and_the_others_are_not(
    watch: AttendanceWatch,
    store: Store,
    house: House,
    clock: FixedClock,
    redis: Redis,
    feeds: RedisFeeds,
):
    await connected(redis, house.agent.id)
    await watch.look()

    first, second = team_room(house.team.id), team_room(house.other_team.id)
    here = {house.agent.id: "online", house.agent2.id: "offline", house.supervisor.id: "offline"}
    for room in (WALLBOARD, first):
        assert await states(store, room) == here
        assert await told(feeds, room) == here
    assert await states(store, second) == {house.agent2.id: "offline"}


async def test_what_stays_the_same_is_told_once(
    watch: AttendanceWatch, house: House, clock: FixedClock, redis: Redis
):
    await connected(redis, house.agent.id)
    assert await watch.look() == 3
    later(clock, 1_000)
    assert await watch.look() == 0


async def test_what_is_planned_of_somebody_is_news_to_who_looks_at_the_week(
    watch: AttendanceWatch, store: Store, house: House, clock: FixedClock
):
    async def plan() -> int:
        await watch.look()
        shown = await StoreFeedSource(store).feed_snapshot(WALLBOARD)
        return next(
            each["agent"]["plan"] for each in shown["agents"] if each["agent_id"] == house.agent.id
        )

    # Given leave that is weeks ahead
    before = await plan()
    far = clock.time + 40 * 24 * 3_600_000
    leave = Leave(id=new_id(), user_id=house.agent.id, start=far, end=far + 3_600_000)
    leaves = store[kind_of(Leave).model]
    kept = {"_id": leave.id, "version": 1, "pending": [], **fields_of(leave)}
    await leaves.insert_one(kept)
    later(clock, EVERY)
    with_leave = await plan()

    # When it is another day, is taken back, and something of the person is changed
    await leaves.update_one({"_id": leave.id}, {"$inc": {"version": 1}})
    later(clock, EVERY)
    moved = await plan()
    await leaves.update_one({"_id": leave.id}, {"$set": {"state": {}, "gone": True}})
    later(clock, EVERY)
    taken_back = await plan()
    users = store[kind_of(User).model]
    await users.update_one({"_id": house.agent.id}, {"$inc": {"version": 1}})
    changed = await plan()

    # Then each was told, and what stays is not
    assert taken_back == before
    assert len({before, with_leave, moved, changed}) == 4
    later(clock, EVERY)
    assert await watch.look() == 0


async def test_somebody_full_is_busy_until_there_is_room(
    watch: AttendanceWatch,
    dispatcher: Dispatcher,
    store: Store,
    house: House,
    clock: FixedClock,
    redis: Redis,
):
    # Given somebody who may carry one ticket, and does
    await connected(redis, house.agent.id)
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    give = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent.id)
    await dispatcher.dispatch(give, house.supervisor)
    await store[kind_of(User).model].update_one(
        {"_id": house.agent.id}, {"$set": {"state.capacity": 1}}
    )
    await watch.look()
    assert (await states(store, WALLBOARD))[house.agent.id] == "busy"

    # When it is taken back
    back = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=None)
    await dispatcher.dispatch(back, house.supervisor)
    async with asyncio.timeout(10):  # The agent is released behind the answer.
        while not await watch.look():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert (await states(store, WALLBOARD))[house.agent.id] == "online"


async def test_a_reload_or_a_flush_of_redis_is_no_absence_but_leaving_is(
    watch: AttendanceWatch,
    store: Store,
    house: House,
    clock: FixedClock,
    redis: Redis,
):
    # Given somebody who is there
    await connected(redis, house.agent.id)
    await watch.look()

    # When Redis forgets, and the node says it again before long
    await redis.delete(KEY)
    await watch.look()
    later(clock, MISSED - 1)
    await watch.look()
    await connected(redis, house.agent.id)
    await watch.look()
    # Then nothing was told
    assert (await states(store, WALLBOARD))[house.agent.id] == "online"

    # But when nobody says it any more
    await redis.delete(KEY)
    await watch.look()
    assert (await states(store, WALLBOARD))[house.agent.id] == "online"
    later(clock, MISSED)
    await watch.look()
    assert (await states(store, WALLBOARD))[house.agent.id] == "offline"


async def test_who_leaves_a_team_leaves_its_room_and_who_stops_working_here_every_one(
    watch: AttendanceWatch,
    store: Store,
    house: House,
    clock: FixedClock,
    redis: Redis,
    feeds: RedisFeeds,
):
    await connected(redis, house.agent2.id)
    await watch.look()

    await _set_members(store, house.other_team, ())
    later(clock, 1)
    await watch.look()
    second = team_room(house.other_team.id)
    assert await states(store, second) == {}
    assert await told(feeds, second) == {house.agent2.id: None}
    assert (await states(store, WALLBOARD))[house.agent2.id] == "online"

    await _set_members(store, house.team, (house.agent.id,))
    later(clock, 1)
    await watch.look()
    assert await states(store, WALLBOARD) == {house.agent.id: "offline"}
    assert (await told(feeds, WALLBOARD))[house.agent2.id] is None


class Failing:
    """Feeds that are written to by nobody any more; `seen` is what a room shows meanwhile."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.seen: list[dict[str, str]] = []

    async def write(self, items: Sequence[FeedItem]) -> None:
        self.seen.append(await states(self.store, items[0].room))
        raise ConnectionError

    async def forget(self, rooms: Iterable[str]) -> None:
        raise ConnectionError


async def test_what_a_room_is_told_is_there_for_who_enters_it_meanwhile_and_told_after_a_failure(
    watch: AttendanceWatch,
    store: Store,
    house: House,
    clock: FixedClock,
    redis: Redis,
    feeds: RedisFeeds,
):
    # Given that somebody comes, another leaves their team, and it cannot be told
    await watch.look()
    await connected(redis, house.agent.id)
    await _set_members(store, house.other_team, ())
    await _set_members(store, house.team, (house.agent.id,))
    later(clock, 1)
    failing = Failing(store)
    other = AttendanceWatch(store, Leases(store, clock), redis, failing, clock)
    later(clock, LEASE_MS)

    # When the worker that was to tell it dies with it
    with pytest.raises(ConnectionError):
        await other.look()
    assert [seen.get(house.agent.id) for seen in failing.seen] == ["online"]
    assert (await told(feeds, WALLBOARD))[house.agent.id] == "offline"
    later(clock, LEASE_MS)
    await watch.look()

    # Then the next one tells it
    assert await told(feeds, WALLBOARD) == {
        house.agent.id: "online",
        house.agent2.id: None,
        house.supervisor.id: None,
    }
    assert await told(feeds, team_room(house.other_team.id)) == {house.agent2.id: None}
    assert await store[StoredAttendance].count_documents({}) == 1
    assert await watch.look() == 0


async def test_one_worker_looks_at_a_time(
    watch: AttendanceWatch, store: Store, clock: FixedClock, redis: Redis, feeds: RedisFeeds
):
    await watch.look()
    other = AttendanceWatch(store, Leases(store, clock), redis, feeds, clock)
    await connected(redis, *await _everybody(store))
    assert await other.look() == 0
    assert await watch.look() == 3


MADRID = {"zone": "Europe/Madrid", "shifts": [{"days": ["fri"], "start": "09:00", "end": "17:00"}]}


async def test_a_shift_that_begins_or_ends_is_told_at_once(
    watch: AttendanceWatch, store: Store, house: House, clock: FixedClock, feeds: RedisFeeds
):
    # Given somebody whose shift begins in a minute
    begins = _millis("2026-11-20T08:00:00Z")
    clock.time = begins - 60_000
    await _set_user(store, house.agent.id, MADRID)
    await watch.look()
    assert await duties(feeds, WALLBOARD) == {
        house.agent.id: (False, begins),
        house.agent2.id: (True, None),
        house.supervisor.id: (True, None),
    }

    # When it begins, and ends
    clock.time = begins - 1
    assert await watch.look() == 0
    clock.time = begins
    assert await watch.look() == 1
    ends = begins + 8 * 3_600_000
    for room in (WALLBOARD, team_room(house.team.id)):
        assert (await duties(feeds, room))[house.agent.id] == (True, ends)
    clock.time = ends
    assert await watch.look() == 1
    assert (await duties(feeds, WALLBOARD))[house.agent.id] == (
        False,
        begins + 7 * 24 * 3_600_000,
    )


async def test_whose_hours_are_changed_is_told_at_once(
    watch: AttendanceWatch, store: Store, house: House, clock: FixedClock, feeds: RedisFeeds
):
    clock.time = _millis("2026-11-20T12:00:00Z")
    await watch.look()
    await _set_user(store, house.agent.id, MADRID)
    assert await watch.look() == 1
    assert (await duties(feeds, WALLBOARD))[house.agent.id] == (
        True,
        _millis("2026-11-20T16:00:00Z"),
    )


async def test_what_is_told_is_as_the_contract_has_it_and_what_was_told_before_is_read(
    watch: AttendanceWatch, store: Store, house: House, feeds: RedisFeeds
):
    await watch.look()
    for event in await events_of(feeds, WALLBOARD):
        assert FeedAgent.model_validate(event).agent is not None

    await store[StoredAttendance].update_many({}, {"$unset": {"on_shift": 1, "shift_until": 1}})
    shown = await StoreFeedSource(store).feed_snapshot(WALLBOARD)
    assert all(each["agent"]["on_shift"] for each in shown["agents"])


async def duties(feeds: RedisFeeds, room: str) -> dict[str, tuple[bool, Millis | None]]:
    """Who is on shift until when, for a member who folded the room's whole history."""
    return {
        event["agent_id"]: (event["agent"]["on_shift"], event["agent"]["shift_until"])
        for event in await events_of(feeds, room)
        if event["type"] == "feed.agent"
    }


def _millis(text: str) -> Millis:
    return int(datetime.fromisoformat(text).timestamp()) * 1000


async def _set_user(store: Store, user_id: str, hours: dict[str, Any]) -> None:
    named = {f"state.{name}": value for name, value in hours.items()}
    changed = {"$set": named, "$inc": {"version": 1}}
    await store[kind_of(User).model].update_one({"_id": user_id}, changed)


async def _everybody(store: Store) -> list[str]:
    return list(await states(store, WALLBOARD))


async def _set_members(store: Store, team: Team, members: tuple[str, ...]) -> None:
    changed = team.model_copy(update={"member_ids": members})
    await store[kind_of(Team).model].update_one({"_id": team.id}, {"$set": fields_of(changed)})


async def has_phone(store: Store, who: str, at: Millis) -> None:
    device = Device(
        id=new_id(),
        user_id=who,
        session_id=new_id(),
        endpoint="https://push.example.test/abc",
        p256dh="",
        auth="",
        label="Phone",
        created_at=at,
        seen_at=at,
    )
    await Devices(store).register(device)


async def test_who_is_gone_but_for_a_phone_is_reachable_since_they_went(
    watch: AttendanceWatch, store: Store, house: House, clock: FixedClock, redis: Redis
):
    who = house.agent.id

    async def shown() -> dict[str, Any]:
        kept = (await StoreFeedSource(store).feed_snapshot(WALLBOARD))["agents"]
        return next(each["agent"] for each in kept if each["agent_id"] == who)

    # Given somebody who was connected, and went
    await connected(redis, who)
    await watch.look()
    await redis.flushall()
    await watch.look()
    later(clock, MISSED)
    await watch.look()
    gone = await shown()
    assert (gone["state"], gone["reason"]) == ("offline", "not_connected")

    # When their phone tells of itself
    await has_phone(store, who, clock.time)
    later(clock, reached.EVERY)
    await watch.look()

    # Then they are reachable, and gone since they went
    found = await shown()
    assert (found["state"], found["reason"]) == ("reachable", "reachable")
    assert found["since"] == gone["since"]
    assert not (await load_roster(store, clock.time))[who].connected

    # Too full for more they are reachable all the same; after two silent weeks they are not
    await set_user_field(store, who, capacity=0)
    await watch.look()
    assert ((await shown())["state"], (await shown())["reason"]) == ("reachable", "full")
    await set_user_field(store, who, capacity=10)
    later(clock, REACHES_MS + 1)
    await watch.look()
    assert (await shown())["state"] == "offline"

    # And who comes back is there, whatever their phone does
    await has_phone(store, who, clock.time)
    await connected(redis, who)
    await watch.look()
    assert (await shown())["state"] == "online"


async def set_user_field(store: Store, who: str, **fields: Any) -> None:
    named = {f"state.{name}": value for name, value in fields.items()}
    await store[kind_of(User).model].update_one(
        {"_id": who}, {"$set": named, "$inc": {"version": 1}}
    )
