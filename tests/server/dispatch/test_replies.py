"""Replies: the stale are told what they missed, files belong to one message, senders may leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from domain.access import Actor
from domain.contact.state import Contact
from domain.errors import Forbidden, Invalid, Stale
from domain.message import Envelope
from domain.ticket.commands import SetStatus
from server.dispatch.dispatcher import Dispatcher
from server.store.attachments import AttachmentFolder, StoredFile
from server.store.connect import Store
from server.store.documents import kind_of
from server.store.models import LogEntry, TicketHeader
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, Heard, House, new_id, open_ticket, reply


@pytest.fixture
async def ticket_id(dispatcher: Dispatcher, house: House) -> str:
    return (await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"]


async def upload(tmp_path: Path, owner: Actor) -> str:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"bytes"

    folder = AttachmentFolder(tmp_path)
    draft = await folder.receive(chunks())
    file = StoredFile(
        id=new_id(),
        uploader=owner.id,
        name="a.txt",
        media_type="text/plain",
        size=draft.size,
        digest=draft.digest,
        at=0,
    )
    await folder.keep(draft, file)
    return file.id


async def test_a_stale_reply_is_refused_with_what_its_sender_missed(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    await dispatcher.dispatch(reply(ticket_id, "Behind.", visibility="private"), house.agent)
    await dispatcher.dispatch(reply(ticket_id, "Aloud."), house.agent)

    with pytest.raises(Stale) as refused:
        await dispatcher.dispatch(reply(ticket_id, "Hello?", seen_seq=1), house.client)

    (missed,) = refused.value.fields["missed"]
    assert (missed["seq"], missed["events"][0]["body"]) == (3, "Aloud.")
    assert "Behind" not in str(refused.value.fields)


async def test_a_file_of_a_private_note_cannot_be_named_in_a_clients_reply(
    dispatcher: Dispatcher, house: House, ticket_id: str, tmp_path: Path
):
    file_id = await upload(tmp_path, house.agent)
    note = reply(ticket_id, "Look.", visibility="private", attachments=[file_id])
    await dispatcher.dispatch(note, house.agent)

    for actor in (house.client, house.agent):
        with pytest.raises(Invalid):
            await dispatcher.dispatch(reply(ticket_id, "Mine.", attachments=[file_id]), actor)


async def test_a_file_of_a_refused_reply_can_be_sent_again_at_once(
    dispatcher: Dispatcher, house: House, ticket_id: str, tmp_path: Path
):
    file_id = await upload(tmp_path, house.client)
    await dispatcher.dispatch(reply(ticket_id, "Aloud."), house.agent)
    stale = reply(ticket_id, "See.", seen_seq=1, attachments=[file_id])
    with pytest.raises(Stale):
        await dispatcher.dispatch(stale, house.client)

    again = reply(ticket_id, "See.", seen_seq=2, attachments=[file_id])
    done = await dispatcher.dispatch(again, house.client)

    file = await house.store[StoredFile].find_one({"_id": file_id})
    assert file is not None
    assert file["message_id"] == done.result["message_id"]


async def test_who_is_blocked_writes_nothing_and_gives_no_reasons(
    dispatcher: Dispatcher, house: House, ticket_id: str
):
    contacts = house.store[kind_of(Contact).model]
    await contacts.update_one({"_id": house.client.id}, {"$set": {"state.blocked": True}})
    resolve = {"command_id": new_id(), "ticket_id": ticket_id, "status": "resolved"}

    for command in (
        reply(ticket_id, "You will hear from me."),
        SetStatus.model_validate({**resolve, "reason": "You will hear from me."}),
    ):
        with pytest.raises(Forbidden):
            await dispatcher.dispatch(command, house.client)


async def test_who_stops_waiting_does_not_stop_what_has_begun(
    dispatcher: Dispatcher, house: House, ticket_id: str, heard: Heard
):
    sending = asyncio.ensure_future(dispatcher.dispatch(reply(ticket_id), house.agent))
    await asyncio.sleep(0)  # It has begun.
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending

    await dispatcher.close()

    header = await house.store[TicketHeader].find_one({"_id": ticket_id})
    assert header is not None
    assert header["seq"] == 2
    assert {envelope.seq for envelope in heard.envelopes} == {1, 2}


async def test_a_publisher_that_fails_does_not_take_the_commit_back(
    store: Store, house: House, clock: FixedClock, dispatcher: Dispatcher
):
    class Broken:
        def publish(self, envelopes: Sequence[Envelope]) -> None:
            raise RuntimeError("a bug in the rooms")

    broken = Dispatcher(store, clock, Broken(), SECRET)

    done = await broken.dispatch(open_ticket(), house.client)
    await broken.close()

    assert done.seq == 1
    (entry,) = await store[LogEntry].find().to_list()
    assert entry["pending"][:2] == ["project", "publish"]
    await dispatcher.redo(entry["stream"], [])
