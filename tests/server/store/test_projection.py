"""The documents are what folding the log gives, whatever order and however often."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.ticket.commands import (
    AssignTicket,
    DeleteTicket,
    EditMessage,
    RedactMessage,
    SetStatus,
    UpdateTicket,
)
from domain.ticket.evolve import evolve_message
from domain.ticket.state import Message, Status
from server.dispatch.dispatcher import Dispatcher
from server.store.aggregates import Standing, begin
from server.store.connect import Store
from server.store.messages import shown
from server.store.models import LogEntry, StoredMessage, TicketHeader
from server.store.streams import Streams
from tests.server.house import House, new_id, open_ticket, reply


async def fold_log(store: Store, stream: str) -> tuple[Standing, dict[str, Message]]:
    """The header and messages by folding every commit from the first on."""
    standing = begin(stream)
    messages: dict[str, Message] = {}
    async for commit in Streams(store).journal.after(stream, 0):
        events = commit.parsed()
        standing = standing.after(events, commit.meta)
        for event in events:
            named = getattr(event, "message_id", None)
            for message_id in [named] if named else list(messages):
                before = messages.get(message_id)
                after = evolve_message(before, event, commit.meta, stream[7:])
                if after is not None:
                    messages[message_id] = after
    return standing, messages


async def documents(store: Store, ticket_id: str) -> tuple[dict[str, Any], dict[str, Message]]:
    header = await store[TicketHeader].find_one({"_id": ticket_id})
    assert header is not None
    found = store[StoredMessage].find({"ticket_id": ticket_id})
    messages = [Message.model_validate(shown(each)) async for each in found]
    return header["state"], {message.id: message for message in messages}


async def busy_ticket(dispatcher: Dispatcher, house: House) -> str:
    """A ticket to which everything happened but its end."""
    opened = await dispatcher.dispatch(open_ticket(tags=()), house.client)
    ticket_id = opened.result["ticket_id"]
    said = await dispatcher.dispatch(reply(ticket_id, "Fisrt."), house.agent)
    noted = await dispatcher.dispatch(reply(ticket_id, "N.", visibility="private"), house.agent2)
    mine = {"ticket_id": ticket_id, "message_id": said.result["message_id"]}
    note = {"ticket_id": ticket_id, "message_id": noted.result["message_id"]}
    this = {"ticket_id": ticket_id}
    for command, actor in (
        (EditMessage(command_id=new_id(), **mine, body="First."), house.agent),
        (UpdateTicket(command_id=new_id(), **this, title="Fire", tags=("hot",)), house.agent),
        (AssignTicket(command_id=new_id(), **this, agent_id=house.agent.id), house.supervisor),
        (SetStatus(command_id=new_id(), **this, status=Status.PENDING), house.agent),
        (reply(ticket_id, "Still."), house.client),
        (RedactMessage(command_id=new_id(), **note), house.supervisor),
    ):
        await dispatcher.dispatch(command, actor)
    await dispatcher.close()
    return ticket_id


async def test_the_documents_equal_a_fold_of_the_log(dispatcher: Dispatcher, house: House):
    ticket_id = await busy_ticket(dispatcher, house)

    standing, messages = await fold_log(house.store, f"ticket:{ticket_id}")
    header, kept = await documents(house.store, ticket_id)

    assert header == standing.state.model_dump(mode="json")
    assert kept == messages


async def test_catching_up_from_nothing_gives_the_same_and_so_does_doing_it_at_once(
    dispatcher: Dispatcher, house: House
):
    ticket_id = await busy_ticket(dispatcher, house)
    before = await documents(house.store, ticket_id)
    await house.store[TicketHeader].delete_one({"_id": ticket_id})
    await house.store[StoredMessage].delete_many({"ticket_id": ticket_id})

    await asyncio.gather(
        *(Streams(house.store).projection.catch_up(f"ticket:{ticket_id}") for _ in range(3))
    )

    assert await documents(house.store, ticket_id) == before


async def test_a_late_writer_of_an_edit_does_not_bring_redacted_words_back(
    dispatcher: Dispatcher, house: House
):
    # Given a message that was edited and redacted, and a node that read the edit before
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    said = await dispatcher.dispatch(reply(ticket_id, "Secret one."), house.agent)
    target = {"ticket_id": ticket_id, "message_id": said.result["message_id"]}
    edit = EditMessage(command_id=new_id(), **target, body="Secret two.")
    await dispatcher.dispatch(edit, house.agent)
    late = await Streams(house.store).messages.load(target["message_id"])
    assert late is not None
    redact = RedactMessage(command_id=new_id(), **target)
    await dispatcher.dispatch(redact, house.supervisor)

    # When that node writes at last
    await Streams(house.store).messages.change(late, 3)
    await Streams(house.store).messages.post(late)

    # Then nothing came back
    kept = await Streams(house.store).messages.load(target["message_id"])
    assert kept is not None
    assert (kept.body, kept.edits) == ("", (3,))


@pytest.mark.parametrize("how", ["redact", "delete"])
async def test_words_are_gone_everywhere_once_it_is_acknowledged(
    dispatcher: Dispatcher, house: House, how: str
):
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    said = await dispatcher.dispatch(reply(ticket_id, "unutterable-1"), house.agent)
    target = {"ticket_id": ticket_id, "message_id": said.result["message_id"]}
    edit = EditMessage(command_id=new_id(), **target, body="unutterable-2")
    await dispatcher.dispatch(edit, house.agent)
    rename = UpdateTicket(
        command_id=new_id(), ticket_id=ticket_id, title="unutterable-3", tags=("unutterable-4",)
    )
    await dispatcher.dispatch(rename, house.agent)
    command = (
        RedactMessage(command_id=new_id(), **target)
        if how == "redact"
        else DeleteTicket(command_id=new_id(), ticket_id=ticket_id)
    )

    await dispatcher.dispatch(command, house.supervisor)

    gone = ["unutterable-1", "unutterable-2"]
    gone += ["unutterable-3", "unutterable-4", "Printer", "burns"] if how == "delete" else []
    everything = [str(each) async for each in house.store[LogEntry].find()]
    everything += [str(each) async for each in house.store[StoredMessage].find()]
    everything += [str(each) async for each in house.store[TicketHeader].find()]
    assert [word for word in gone if word in "".join(everything)] == []
    if how == "redact":
        assert "burns" in "".join(everything)


async def test_what_could_not_be_emptied_is_not_published(
    dispatcher: Dispatcher, house: House, heard: Any
):
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    said = await dispatcher.dispatch(reply(ticket_id, "Secret."), house.agent)
    await dispatcher.close()
    heard.envelopes.clear()
    failing = {
        "failCommands": ["update"],
        "errorCode": 8,
        "namespace": f"{house.store.database.name}.log",
    }
    configure = house.store.client.admin.command
    await configure("configureFailPoint", "failCommand", mode="alwaysOn", data=failing)
    try:
        redact = RedactMessage(
            command_id=new_id(), ticket_id=ticket_id, message_id=said.result["message_id"]
        )
        await dispatcher.dispatch(redact, house.supervisor)
        await dispatcher.close()
    finally:
        await configure("configureFailPoint", "failCommand", mode="off")

    assert heard.envelopes == []
    stream = f"ticket:{ticket_id}"
    await dispatcher.redo(stream, await Streams(house.store).journal.owed_by([stream]))
    assert [envelope.events[0]["type"] for envelope in heard.envelopes] == ["message.redacted"] * 2
