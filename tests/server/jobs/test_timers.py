"""A resolved ticket that stayed quiet closes by itself, once."""

from __future__ import annotations

from domain.ticket.commands import SetStatus
from domain.ticket.state import Status
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.facts import QUIET_AFTER
from server.jobs.timers import QuietTickets
from server.store.leases import Leases
from server.store.models import LogEntry, TicketHeader
from tests.server.house import FixedClock, House, new_id, open_ticket, reply


async def resolved(dispatcher: Dispatcher, house: House) -> str:
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    await dispatcher.dispatch(
        SetStatus(command_id=new_id(), ticket_id=ticket_id, status=Status.RESOLVED), house.agent
    )
    return ticket_id


async def status_of(house: House, ticket_id: str) -> str:
    header = await house.store[TicketHeader].find_one({"_id": ticket_id})
    assert header is not None
    return header["state"]["status"]


def timer(dispatcher: Dispatcher, house: House, clock: FixedClock) -> QuietTickets:
    leases = Leases(house.store, clock)
    return QuietTickets(house.store, leases, dispatcher, clock, QUIET_AFTER)


async def test_only_what_was_quiet_for_long_enough_is_closed(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    old = await resolved(dispatcher, house)
    clock.time += 1_000
    young = await resolved(dispatcher, house)
    clock.time += QUIET_AFTER - 1

    assert await timer(dispatcher, house, clock).fire() == 1

    assert await status_of(house, old) == "closed"
    assert await status_of(house, young) == "resolved"
    closing = await house.store[LogEntry].find_one({"stream": f"ticket:{old}", "seq": 3})
    assert closing is not None
    assert closing["command_id"] == f"close_quiet:ticket:{old}:2"


async def test_a_timer_whose_ticket_was_reopened_meanwhile_does_nothing(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    ticket_id = await resolved(dispatcher, house)
    await dispatcher.dispatch(reply(ticket_id, "Not yet."), house.client)
    clock.time += 10 * QUIET_AFTER

    await timer(dispatcher, house, clock)._close(ticket_id, 2)  # pyright: ignore

    assert await status_of(house, ticket_id) == "open"


async def test_only_one_worker_fires(dispatcher: Dispatcher, house: House, clock: FixedClock):
    await resolved(dispatcher, house)
    clock.time += QUIET_AFTER + 1

    fired = [await timer(dispatcher, house, clock).fire() for _ in range(2)]

    assert fired == [1, 0]
