"""What is due by itself is done once: a resolved ticket that stayed quiet closes."""

from __future__ import annotations

from domain.process import MACHINE
from domain.ticket.commands import SetStatus
from domain.ticket.state import Status
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.facts import QUIET_AFTER
from server.jobs.timers import LEASE_MS, Scheduler, quiet, waking
from server.store.leases import Leases
from server.store.models import LogEntry, TicketHeader
from server.store.streams import Streams
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


def timer(dispatcher: Dispatcher, house: House, clock: FixedClock) -> Scheduler:
    headers = Streams(house.store).headers
    sources = [waking(house.store, headers, "ticket"), quiet(house.store, QUIET_AFTER)]
    return Scheduler(Leases(house.store, clock), dispatcher, clock, sources)


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
    clock.time += 10 * QUIET_AFTER
    late = [page async for page in quiet(house.store, QUIET_AFTER)(clock.now())]
    await dispatcher.dispatch(reply(ticket_id, "Not yet."), house.client)

    await dispatcher.dispatch(late[0][0].command, MACHINE)

    assert await status_of(house, ticket_id) == "open"


async def test_a_header_that_says_due_what_its_stream_does_not_keeps_no_other_from_it(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    waiting = (await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"]
    await dispatcher.close()
    await house.store[TicketHeader].update_one({"_id": waiting}, {"$set": {"wake": 1}})
    quiet_one = await resolved(dispatcher, house)
    clock.time += QUIET_AFTER + 1

    assert await timer(dispatcher, house, clock).fire() == 1

    assert await status_of(house, quiet_one) == "closed"


async def test_a_stream_that_another_worker_has_is_left_to_it(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    ticket_id = await resolved(dispatcher, house)
    clock.time += QUIET_AFTER + 1
    other = Leases(house.store, clock)
    assert await other.acquire_some([f"timer:ticket:{ticket_id}"], LEASE_MS)

    assert await timer(dispatcher, house, clock).fire() == 0
    clock.time += LEASE_MS
    assert await timer(dispatcher, house, clock).fire() == 1


async def test_what_fires_too_early_by_a_clock_that_is_ahead_is_tried_again_later(
    dispatcher: Dispatcher, house: House, clock: FixedClock
):
    ticket_id = await resolved(dispatcher, house)
    ahead = FixedClock(clock.time + QUIET_AFTER)
    early = Scheduler(
        Leases(house.store, ahead), dispatcher, ahead, [quiet(house.store, QUIET_AFTER)]
    )

    assert await early.fire() == 0
    assert await status_of(house, ticket_id) == "resolved"
    clock.time += QUIET_AFTER + LEASE_MS
    assert await timer(dispatcher, house, clock).fire() == 1
