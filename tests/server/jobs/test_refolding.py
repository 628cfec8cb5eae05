"""After an upgrade every header has today's shape, though nobody looked at its ticket."""

from __future__ import annotations

from typing import Any

import pytest

from domain.ticket.commands import SetStatus
from domain.ticket.state import STATE_VERSION, Status
from server.dispatch.dispatcher import Dispatcher
from server.jobs.refolding import refold
from server.store.counters import count_team
from server.store.models import LogEntry, TicketHeader
from server.store.streams import Streams
from tests.server.house import FixedClock, House, new_id, open_ticket


async def resolved(dispatcher: Dispatcher, house: House) -> str:
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    await dispatcher.dispatch(
        SetStatus(command_id=new_id(), ticket_id=ticket_id, status=Status.RESOLVED), house.agent
    )
    return ticket_id


async def age(house: House) -> None:
    """As if the release before had written every header."""
    await house.store[TicketHeader].update_many(
        {}, {"$set": {"version": STATE_VERSION - 1}, "$unset": {"state.resolved_at": ""}}
    )


async def header(house: House, ticket_id: str) -> dict[str, Any]:
    found = await house.store[TicketHeader].find_one({"_id": ticket_id})
    assert found is not None
    return found


async def test_headers_of_an_older_shape_become_what_the_log_says(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    ids = [await resolved(dispatcher, house) for _ in range(2)]
    await dispatcher.close()
    before = [await header(house, each) for each in ids]
    await age(house)

    await refold(Streams(house.store))

    assert [await header(house, each) for each in ids] == before
    counts = await count_team(house.store, house.team.id, clock.now())
    assert counts["tickets.resolved_today"] == 2


async def test_one_that_cannot_be_folded_here_does_not_keep_the_others(
    dispatcher: Dispatcher, house: House
):
    beyond, whole = [await resolved(dispatcher, house) for _ in range(2)]
    await dispatcher.close()
    newer = {"stream": f"ticket:{beyond}", "seq": 2}
    await house.store[LogEntry].update_one(newer, {"$set": {"events.0.type": "ticket.cloned"}})
    await age(house)

    await refold(Streams(house.store))

    versions = [(await header(house, each))["version"] for each in (beyond, whole)]
    assert versions == [STATE_VERSION - 1, STATE_VERSION]


@pytest.mark.parametrize("version", [STATE_VERSION, STATE_VERSION + 1])
async def test_headers_of_this_and_of_a_newer_shape_stay_as_they_are(
    dispatcher: Dispatcher, house: House, version: int
):
    ticket_id = await resolved(dispatcher, house)
    await dispatcher.close()
    await house.store[TicketHeader].update_one({}, {"$set": {"version": version, "due": 7}})

    await refold(Streams(house.store))

    assert (await header(house, ticket_id))["due"] == 7
