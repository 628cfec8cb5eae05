"""Rooms as the log reads them: cursors, gaps, heads, snapshots, limits."""

from __future__ import annotations

import pytest

from domain.audience import agent_room, staff_room, team_room, ticket_room
from domain.errors import NotFound, Retryable
from domain.ports import Marker, Newer
from domain.ticket.commands import DeleteTicket
from server.dispatch.dispatcher import Dispatcher
from server.store import log as rooms
from server.store.log import StoreLog
from server.store.markers import StoreMarkers
from server.store.models import LogEntry, StoredMessage, TicketHeader
from server.store.streams import Streams
from tests.server.house import FixedClock, House, new_id, open_ticket, reply


@pytest.fixture
async def ticket_id(dispatcher: Dispatcher, house: House) -> str:
    """A ticket with: opened 1, note 2, reply 3, note 4, reply 5."""
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    for n, visibility in enumerate(("private", "public", "private", "public"), start=2):
        await dispatcher.dispatch(reply(ticket_id, f"body {n}", visibility=visibility), house.agent)
    return ticket_id


async def test_a_cursor_gets_what_came_after_it_for_its_audience(ticket_id: str, log: StoreLog):
    public = await log.read_room(ticket_room(ticket_id), 1, log.epoch)
    staff = await log.read_room(staff_room(ticket_id), 3, log.epoch)

    assert [(each.prev, each.seq) for each in public.envelopes or ()] == [(1, 3), (3, 5)]
    assert [(each.prev, each.seq) for each in staff.envelopes or ()] == [(3, 4), (4, 5)]
    assert (public.seq, staff.seq) == (5, 5)


async def test_no_cursor_another_epoch_and_a_cursor_beyond_need_a_snapshot(
    ticket_id: str, log: StoreLog
):
    room = ticket_room(ticket_id)

    for after, epoch in ((None, None), (1, "another"), (6, log.epoch)):
        assert (await log.read_room(room, after, epoch)).envelopes is None
    assert (await log.read_room(room, 5, log.epoch)).envelopes == []


async def test_who_is_too_far_behind_needs_a_snapshot(
    ticket_id: str, log: StoreLog, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rooms, "TOO_FAR", 2)

    assert (await log.read_room(staff_room(ticket_id), 2, log.epoch)).envelopes is None
    assert (await log.read_room(staff_room(ticket_id), 3, log.epoch)).envelopes is not None


async def test_a_read_over_the_limit_ends_early_and_says_so(
    ticket_id: str, log: StoreLog, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rooms, "READ_BYTES", 900)

    read = await log.read_room(staff_room(ticket_id), 1, log.epoch)

    assert read.more
    assert [each.seq for each in read.envelopes or ()] == [2]
    assert read.seq == 5


async def test_a_gap_is_read_with_both_ends_respected(ticket_id: str, log: StoreLog):
    gap = await log.read_gap(staff_room(ticket_id), 1, 4)

    assert [each.seq for each in gap] == [2, 3, 4]
    assert await log.read_gap(ticket_room(ticket_id), 3, 4) == []


async def test_what_is_newer_is_told_of_asked_rooms_by_seq_whatever_clocks_say(
    ticket_id: str, log: StoreLog, dispatcher: Dispatcher, house: House, clock: FixedClock
):
    other = (await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"]
    clock.time -= 3_600_000  # The node that commits is an hour behind.
    await dispatcher.dispatch(reply(ticket_id, "A note.", visibility="private"), house.agent)
    await dispatcher.dispatch(reply(ticket_id, "Another.", visibility="private"), house.agent)

    public, staff, elsewhere = ticket_room(ticket_id), staff_room(ticket_id), staff_room(other)

    assert await log.newer({public: 5, staff: 5, elsewhere: 1}) == {
        public: Newer(head=0, upto=7),
        staff: Newer(head=7, upto=7),
    }
    assert await log.newer({public: 7, staff: 7}) == {}
    assert (await log.newer({public: 0}))[public] == Newer(head=5, upto=7)


async def test_a_snapshot_shows_each_audience_its_own(ticket_id: str, log: StoreLog, house: House):
    public = await log.snapshot(ticket_room(ticket_id))
    staff = await log.snapshot(staff_room(ticket_id))

    assert [each["seq"] for each in public.state["messages"]] == [1, 3, 5]
    assert [each["seq"] for each in staff.state["messages"]] == [1, 2, 3, 4, 5]
    assert public.state["ticket"]["staff"] is None
    assert public.state["ticket"]["private"] is None
    assert {each["name"] for each in public.state["people"].values()} == {"cleo", "ann"}


async def test_a_snapshot_holds_the_last_fifty_messages_and_says_that_there_are_earlier(
    ticket_id: str, log: StoreLog, dispatcher: Dispatcher, house: House
):
    for n in range(50):
        await dispatcher.dispatch(reply(ticket_id, f"more {n}"), house.agent)

    shown = await log.snapshot(ticket_room(ticket_id))

    assert len(shown.state["messages"]) == 50
    assert shown.state["has_earlier"]
    assert shown.state["messages"][0]["body"] == "more 0"
    earlier, more = await Streams(house.store).messages.page(
        ticket_id, house.client.audience, shown.state["messages"][0]["seq"] - 1
    )
    assert ([each["seq"] for each in earlier], more) == ([1, 3, 5], False)


async def test_markers_move_up_only_and_tell_a_client_no_more_than_their_head(
    ticket_id: str, log: StoreLog, house: House, dispatcher: Dispatcher
):
    await dispatcher.dispatch(reply(ticket_id, "Behind.", visibility="private"), house.agent)
    markers = StoreMarkers(house.store)
    await markers.advance([Marker(ticket_id, house.agent.id, "agent", 6, 6)])
    await markers.advance([Marker(ticket_id, house.agent.id, "agent", 4, 3)])

    public = await log.snapshot(ticket_room(ticket_id))
    staff = await log.snapshot(staff_room(ticket_id))

    assert [(each["delivered"], each["read"]) for each in staff.state["markers"]] == [(6, 6)]
    assert [(each["delivered"], each["read"]) for each in public.state["markers"]] == [(5, 5)]
    assert [each.read for each in await markers.of([ticket_id])] == [6]


async def test_a_room_without_a_stream_is_not_there(log: StoreLog, house: House):
    for room in (ticket_room(new_id()), team_room(house.team.id), "ticket:x"):
        with pytest.raises(NotFound):
            await log.read_room(room, None, None)
    empty = await log.snapshot(agent_room(house.agent.id))
    assert (empty.seq, empty.state["agent"]["held"]) == (0, {})


async def test_a_deleted_ticket_is_still_read_so_that_access_can_be_refused(
    ticket_id: str, log: StoreLog, dispatcher: Dispatcher, house: House
):
    await dispatcher.dispatch(
        DeleteTicket(command_id=new_id(), ticket_id=ticket_id), house.supervisor
    )

    read = await log.read_room(ticket_room(ticket_id), None, None)

    assert getattr(read.header, "deleted", None) is True


async def test_what_is_behind_in_projection_is_folded_forward_when_read(
    ticket_id: str, log: StoreLog, house: House
):
    # Given documents that missed the last two commits
    fresh = await log.snapshot(staff_room(ticket_id))
    old = await Streams(house.store).headers.stored(f"ticket:{ticket_id}")
    await house.store[TicketHeader].delete_one({"_id": ticket_id})
    await house.store[StoredMessage].delete_many({"ticket_id": ticket_id, "seq": {"$gt": 3}})

    # Then they are read as if they had not
    assert await log.snapshot(staff_room(ticket_id)) == fresh
    assert await Streams(house.store).headers.stored(f"ticket:{ticket_id}") == old


async def test_an_event_of_a_newer_release_is_passed_on_but_not_decided_upon(
    ticket_id: str, log: StoreLog, house: House, dispatcher: Dispatcher
):
    entry = await house.store[LogEntry].find_one({"_id": f"ticket:{ticket_id}:0000000005"})
    assert entry is not None
    dreamt = {"type": "ticket.dreamt_of", "v": 1, "until": 7}
    newer = {**entry, "_id": f"ticket:{ticket_id}:0000000006", "seq": 6, "command_id": new_id()}
    newer |= {"events": [dreamt], "prev": dict.fromkeys(entry["prev"], 5)}
    await house.store[LogEntry].insert_one(newer)

    with pytest.raises(Retryable):
        await dispatcher.dispatch(reply(ticket_id), house.agent)
    (envelope,) = await log.read_gap(ticket_room(ticket_id), 5, 6)
    assert envelope.events == [dreamt]


async def test_a_new_field_of_a_newer_release_is_ignored_by_the_rules(
    ticket_id: str, log: StoreLog, house: House, dispatcher: Dispatcher
):
    await house.store[LogEntry].update_one(
        {"_id": f"ticket:{ticket_id}:0000000005"}, {"$set": {"events.0.mood": "calm"}}
    )

    await dispatcher.dispatch(reply(ticket_id), house.agent)

    (envelope,) = await log.read_gap(ticket_room(ticket_id), 3, 5)
    assert envelope.events[0]["mood"] == "calm"


async def test_an_older_node_never_writes_over_a_newer_shape(
    ticket_id: str, house: House, dispatcher: Dispatcher
):
    newer = {"version": 99, "state": {"shape": "of tomorrow"}, "seq": 5}
    await house.store[TicketHeader].update_one({"_id": ticket_id}, {"$set": newer})

    done = await dispatcher.dispatch(reply(ticket_id), house.agent)
    await dispatcher.close()

    assert done.seq == 6
    kept = await house.store[TicketHeader].find_one({"_id": ticket_id})
    assert kept is not None
    assert {name: kept[name] for name in newer} == newer


async def test_a_store_that_is_away_is_to_be_asked_again(
    ticket_id: str, log: StoreLog, house: House
):
    command = house.store.client.admin.command
    failing = {"failCommands": ["find"], "closeConnection": True}
    await command("configureFailPoint", "failCommand", mode="alwaysOn", data=failing)
    try:
        with pytest.raises(Retryable):
            await log.read_room(ticket_room(ticket_id), None, None)
    finally:
        await command("configureFailPoint", "failCommand", mode="off")
