"""A command becomes a commit, a published envelope and a projected document."""

from __future__ import annotations

import pytest

from domain.audience import staff_room, ticket_room
from domain.errors import Forbidden, NotFound
from domain.ticket.commands import SetStatus
from domain.ticket.state import Status
from server.dispatch.dispatcher import Dispatcher
from server.store.log import StoreLog
from server.store.models import LogEntry, StoredMessage, TicketHeader
from tests.server.house import Heard, House, new_id, open_ticket, reply


async def test_an_opened_ticket_is_committed_published_and_projected(
    dispatcher: Dispatcher, house: House, heard: Heard, log: StoreLog
):
    done = await dispatcher.dispatch(open_ticket(), house.client)

    ticket_id = done.result["ticket_id"]
    assert (done.seq, done.result["number"]) == (1, 1)
    entry = await house.store[LogEntry].find_one({"_id": f"ticket:{ticket_id}:0000000001"})
    assert entry is not None
    assert [event["type"] for event in entry["events"]] == ["ticket.opened", "message.posted"]
    assert [envelope.room for envelope in heard.envelopes] == [
        ticket_room(ticket_id),
        staff_room(ticket_id),
    ]
    header = await house.store[TicketHeader].find_one({"_id": ticket_id})
    assert header is not None
    assert header["state"]["title"] == "Printer on fire"
    shown = await log.snapshot(ticket_room(ticket_id))
    assert [message["body"] for message in shown.state["messages"]] == ["It burns."]
    assert shown.state["people"][house.client.id]["name"] == "cleo"


async def test_what_was_done_at_once_is_struck_from_what_is_owed(
    dispatcher: Dispatcher, house: House
):
    await dispatcher.dispatch(open_ticket(), house.client)

    await dispatcher.close()

    (entry,) = await house.store[LogEntry].find().to_list()
    names = ("rows", "counters", "mail", "routing", "triage")
    assert entry["pending"] == [f"react:{name}" for name in names]


async def test_a_private_note_is_published_to_the_staff_only(
    dispatcher: Dispatcher, house: House, heard: Heard, log: StoreLog
):
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    heard.envelopes.clear()

    done = await dispatcher.dispatch(
        reply(ticket_id, "A secret.", visibility="private"), house.agent
    )

    assert done.seq == 2
    assert [envelope.room for envelope in heard.envelopes] == [staff_room(ticket_id)]
    public = await log.read_room(ticket_room(ticket_id), 0, log.epoch)
    assert (public.seq, [envelope.seq for envelope in public.envelopes or ()]) == (1, [1])
    said = await dispatcher.dispatch(reply(ticket_id, "Aloud."), house.agent)
    (envelope,) = heard.of(ticket_room(ticket_id))
    assert (said.seq, envelope.prev) == (3, 1)
    shown = await log.snapshot(ticket_room(ticket_id))
    assert [message["body"] for message in shown.state["messages"]] == ["It burns.", "Aloud."]


async def test_another_clients_ticket_is_not_there(dispatcher: Dispatcher, house: House):
    opened = await dispatcher.dispatch(open_ticket(), house.client)

    with pytest.raises(NotFound):
        await dispatcher.dispatch(reply(opened.result["ticket_id"]), house.stranger)


async def test_a_refusal_leaves_nothing_behind(dispatcher: Dispatcher, house: House):
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]

    with pytest.raises(Forbidden):
        await dispatcher.dispatch(
            SetStatus(command_id=new_id(), ticket_id=ticket_id, status=Status.PENDING),
            house.client,
        )

    assert await house.store[LogEntry].count_documents({}) == 1
    assert await house.store[StoredMessage].count_documents({}) == 1
