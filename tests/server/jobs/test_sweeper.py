"""The sweeper redoes what is old and owed, page by page, and lets nothing stop it."""

from __future__ import annotations

import pytest

from domain.audience import staff_room
from server.dispatch.dispatcher import Dispatcher
from server.jobs import sweeper as sweeping
from server.store.commits import PROJECT, PUBLISH
from server.store.models import LogEntry, TicketHeader
from tests.server.house import FixedClock, Heard, House, new_id, open_ticket, reply
from tests.server.jobs.conftest import Work


async def owed(house: House) -> int:
    return await house.store[LogEntry].count_documents({"pending.0": {"$exists": True}})


async def owe_everything(house: House, ticket_id: str) -> None:
    """As if the node had died after each of these commits."""
    await house.store[LogEntry].update_many(
        {"stream": f"ticket:{ticket_id}"}, {"$set": {"pending": [PROJECT, PUBLISH, "react:rows"]}}
    )
    await house.store[TicketHeader].delete_one({"_id": ticket_id})


async def test_what_is_young_is_left_to_who_is_doing_it(
    dispatcher: Dispatcher, house: House, work: Work, clock: FixedClock
):
    await dispatcher.dispatch(open_ticket(), house.client)
    await dispatcher.close()

    assert await work.sweeper.sweep() == 0
    clock.time += 3_001
    assert await work.sweeper.sweep() == 1
    assert await owed(house) == 0


async def test_after_an_outage_only_the_newest_of_a_room_is_published_again(
    dispatcher: Dispatcher, house: House, work: Work, clock: FixedClock, heard: Heard
):
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    for n in range(3):
        await dispatcher.dispatch(reply(ticket_id, f"{n}"), house.agent)
    await dispatcher.close()
    await owe_everything(house, ticket_id)
    heard.envelopes.clear()
    clock.time += 3_001

    await work.sweeper.sweep()

    assert [envelope.seq for envelope in heard.of(staff_room(ticket_id))] == [4]
    header = await house.store[TicketHeader].find_one({"_id": ticket_id})
    assert header is not None
    assert header["seq"] == 4
    assert await owed(house) == 0


async def test_everything_is_swept_in_pages(
    dispatcher: Dispatcher,
    house: House,
    work: Work,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(sweeping, "PAGE", 2)
    for _ in range(5):
        await dispatcher.dispatch(open_ticket(), house.client)
    clock.time += 3_001

    assert await work.sweeper.sweep() == 5
    assert await owed(house) == 0


async def test_a_stream_with_an_event_of_a_newer_release_does_not_keep_the_others(
    dispatcher: Dispatcher, house: House, work: Work, clock: FixedClock
):
    ids: list[str] = []
    for _ in range(3):
        opened = await dispatcher.dispatch(open_ticket(), house.client)
        ids.append(opened.result["ticket_id"])
    await dispatcher.close()
    strange = min(ids)
    entry = await house.store[LogEntry].find_one({"stream": f"ticket:{strange}"})
    assert entry is not None
    newer = {"_id": f"ticket:{strange}:0000000002", "seq": 2, "command_id": new_id()}
    newer |= {"events": [{"type": "ticket.dreamt_of", "v": 1}], "audience": [[]]}
    await house.store[LogEntry].insert_one({**entry, **newer})
    clock.time += 3_001

    await work.sweeper.sweep()

    left = await house.store[LogEntry].find({"pending.0": {"$exists": True}}).to_list()
    assert {each["stream"] for each in left} == {f"ticket:{strange}"}
