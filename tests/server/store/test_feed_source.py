"""What a feed room shows to who enters it."""

from __future__ import annotations

import pytest

from domain.approval.state import Level
from domain.audience import WALLBOARD, team_room, ticket_room, user_room
from domain.errors import NotFound
from domain.inbox.state import Category
from domain.routing.commands import SnoozeTicket
from domain.ticket.commands import AssignTicket, SetStatus, UpdateTicket
from domain.ticket.state import Status
from server.dispatch.dispatcher import Dispatcher
from server.jobs.routing import load_queues
from server.store.counters import Counters, count_team, sum_of_teams
from server.store.feed_source import StoreFeedSource
from server.store.models import LogEntry
from tests.server.house import FixedClock, House, keep, new_id, open_ticket, reply


@pytest.fixture
def source(house: House) -> StoreFeedSource:
    return StoreFeedSource(house.store)


async def shown(source: StoreFeedSource, room: str) -> dict[str, object]:
    rows = (await source.feed_snapshot(room))["rows"]
    return {each["row"]["title"]: each["row"].get("tags") for each in rows}


async def test_a_ticket_stands_in_the_lists_of_its_team_its_owner_and_its_requester(
    source: StoreFeedSource, dispatcher: Dispatcher, house: House
):
    opened = await dispatcher.dispatch(
        open_ticket(title="red", tags=("hot",), requester_id=house.client.id), house.agent
    )
    ticket_id = opened.result["ticket_id"]
    give = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=house.agent.id)
    await dispatcher.dispatch(give, house.supervisor)

    assert await shown(source, team_room(house.team.id)) == {"red": ["hot"]}
    assert await shown(source, user_room(house.agent.id)) == {"red": ["hot"]}
    assert await shown(source, user_room(house.client.id)) == {"red": None}
    assert await shown(source, user_room(house.stranger.id)) == {}
    assert await shown(source, WALLBOARD) == {}


async def test_a_clients_row_tells_nothing_of_what_was_said_behind_their_back(
    source: StoreFeedSource, dispatcher: Dispatcher, house: House, clock: FixedClock
):
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    before = await source.feed_snapshot(user_room(house.client.id))
    clock.time += 5
    note = reply(opened.result["ticket_id"], "Hm.", visibility="private")
    await dispatcher.dispatch(note, house.agent)

    assert await source.feed_snapshot(user_room(house.client.id)) == before
    (entry,) = (await source.feed_snapshot(team_room(house.team.id)))["rows"]
    assert (entry["seq"], entry["row"]["messages"]) == (2, 2)


async def test_a_closed_ticket_stays_with_its_requester_only(
    source: StoreFeedSource, dispatcher: Dispatcher, house: House
):
    opened = await dispatcher.dispatch(open_ticket(title="red"), house.client)
    for status in (Status.RESOLVED, Status.CLOSED):
        await dispatcher.dispatch(
            SetStatus(command_id=new_id(), ticket_id=opened.result["ticket_id"], status=status),
            house.agent,
        )

    assert await shown(source, team_room(house.team.id)) == {}
    assert await shown(source, user_room(house.client.id)) == {"red": None}


async def test_a_room_that_replays_a_log_is_no_feed(source: StoreFeedSource, house: House):
    with pytest.raises(NotFound):
        await source.feed_snapshot(ticket_room(new_id()))


async def test_a_teams_tickets_are_counted_as_they_stand(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    day = 24 * 3600 * 1000
    clock.time -= clock.time % day
    ids = [
        (await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"]
        for _ in range(3)
    ]
    first_opened = clock.time
    clock.time += day
    ids.append((await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"])
    resolve = SetStatus(command_id=new_id(), ticket_id=ids[0], status=Status.RESOLVED)
    await dispatcher.dispatch(resolve, house.agent)
    give = AssignTicket(command_id=new_id(), ticket_id=ids[1], agent_id=house.agent.id)
    await dispatcher.dispatch(give, house.supervisor)

    counts = await count_team(house.store, house.team.id, clock.now())

    assert {name: value for name, value in counts.items() if value} == {
        "tickets.open": 3,
        "tickets.resolved": 1,
        "tickets.unassigned": 2,
        "tickets.opened_today": 1,
        "tickets.resolved_today": 1,
        "opened.h0": 1,
        "oldest_wait_at": first_opened,
    }
    nothing = await count_team(house.store, house.other_team.id, clock.now())
    assert set(nothing.values()) == {0}
    assert sum_of_teams([nothing, counts, counts])["tickets.open"] == 6
    assert sum_of_teams([nothing, counts, {**counts, "oldest_wait_at": 5}])["oldest_wait_at"] == 5


async def test_what_closes_today_was_resolved_on_the_day_that_it_was_resolved(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    day = 24 * 3600 * 1000

    async def resolved_today() -> int:
        return (await count_team(house.store, house.team.id, clock.now()))["tickets.resolved_today"]

    opened = await dispatcher.dispatch(open_ticket(), house.client)
    for status, counted in ((Status.RESOLVED, 1), (Status.CLOSED, 0), (Status.OPEN, 0)):
        await dispatcher.dispatch(
            SetStatus(command_id=new_id(), ticket_id=opened.result["ticket_id"], status=status),
            house.agent,
        )
        assert await resolved_today() == counted, status
        clock.time += day

    straight = SetStatus(
        command_id=new_id(), ticket_id=opened.result["ticket_id"], status=Status.CLOSED
    )
    await dispatcher.dispatch(straight, house.agent)
    assert await resolved_today() == 1


async def test_volume_is_counted_by_the_hour_of_the_last_day_and_dates_by_today(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    hour = 3600 * 1000
    clock.time -= clock.time % (24 * hour)
    for hours in (0, 5, 5, 23, 24):
        clock.time += hours * hour
        await dispatcher.dispatch(open_ticket(), house.client)
        clock.time -= hours * hour
    clock.time += 24 * hour
    dated = [
        UpdateTicket(
            command_id=new_id(),
            ticket_id=(await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"],
            due_at=clock.time + after,
        )
        for after in (1, hour, 25 * hour)
    ]
    for command in dated:
        await dispatcher.dispatch(command, house.supervisor)
    clock.time += 1_000

    counts = await count_team(house.store, house.team.id, clock.now())

    hours = {name: value for name, value in counts.items() if name.startswith("opened.h") and value}
    assert hours == {"opened.h5": 2, "opened.h23": 1, "opened.h0": 4}  # Yesterday's h0 is over.
    assert (counts["tickets.overdue"], counts["tickets.due_today"]) == (1, 1)


async def test_an_outdated_holder_of_the_lease_keeps_no_counters(house: House):
    counters = Counters(house.store)
    counts = {"tickets.open": 3}

    assert await counters.keep(WALLBOARD, counts, token=2, counted=0) == 1
    assert await counters.keep(WALLBOARD, {"tickets.open": 9}, token=1, counted=0) is None
    assert await counters.keep(WALLBOARD, counts, token=2, counted=0) == 2
    assert await counters.load(WALLBOARD) == [{"name": "tickets.open", "seq": 2, "value": 3}]


async def test_marks_add_up_until_they_are_counted(house: House):
    counters = Counters(house.store)
    room = team_room(house.team.id)

    await counters.mark([room])
    await counters.mark([room])
    assert await counters.marks() == {room: (2, 0)}
    await counters.keep(room, {}, token=1, counted=2)
    assert await counters.marks() == {room: (2, 2)}


async def test_what_is_put_off_or_waits_for_an_approval_does_not_wait_for_an_owner(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    level = Level(approver_ids=(house.supervisor.id,))
    category = Category(id=new_id(), name="Dear", approval=(level,))
    await keep(house.store, category)
    await dispatcher.dispatch(open_ticket(category=category.id), house.client)
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    began = clock.time

    async def waits() -> tuple[int, int]:
        await dispatcher.close()
        counts = await count_team(house.store, house.team.id, clock.time)
        return counts["tickets.unassigned"], counts["oldest_wait_at"]

    async def counted() -> tuple[int, int]:
        counts = await count_team(house.store, house.team.id, clock.time)
        return counts["tickets.open"], counts["tickets.snoozed"]

    assert await waits() == (1, began)
    assert await counted() == (2, 0)
    until = clock.time + 60_000
    snooze = SnoozeTicket(command_id=new_id(), ticket_id=ticket_id, until=until)
    await dispatcher.dispatch(snooze, house.agent)
    assert await waits() == (0, 0)
    assert await counted() == (1, 1)

    clock.time += 5_000
    back = SnoozeTicket(command_id=new_id(), ticket_id=ticket_id, until=None)
    await dispatcher.dispatch(back, house.agent)
    private = (await load_queues(house.store, [house.team.id]))[0].private
    assert private is not None
    assert await waits() == (1, private.queued_at)
    (entry,) = await house.store[LogEntry].find({"command_id": back.command_id}).to_list()
    assert "react:counters" in entry["pending"]
