"""What a release does with documents that a newer one wrote: shows what it knows, loses nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from domain import catalog
from domain.errors import Retryable
from domain.people.commands import UpdateRole, UpdateTeam
from domain.people.state import Role, Team
from domain.ticket.commands import DeleteTicket, EditMessage, RedactMessage
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.documents import DocumentDispatch
from server.store.connect import Store
from server.store.documents import fetch, find, kind_of
from server.store.models import LogEntry, StoredMessage
from tests.server.conftest import database, mongodb_url, redis_url, settings, store
from tests.server.dispatch.papers import admin
from tests.server.house import FixedClock, Heard, House, furnish, new_id, open_ticket, reply

__all__ = ["database", "mongodb_url", "redis_url", "settings", "store"]

SECRET = b"the secret of the tests"


@pytest.fixture
async def house(store: Store) -> House:
    return await furnish(store)


@pytest.fixture
async def documents(store: Store) -> AsyncGenerator[DocumentDispatch]:
    documents = DocumentDispatch(store, FixedClock(), SECRET)
    yield documents
    await documents.close()


@pytest.fixture
async def dispatcher(store: Store) -> AsyncGenerator[Dispatcher]:
    dispatcher = Dispatcher(store, FixedClock(), Heard(), SECRET)
    yield dispatcher
    await dispatcher.close()


async def test_a_document_with_a_new_field_is_read_but_changed_by_the_newer_release_only(
    documents: DocumentDispatch, store: Store, house: House
):
    teams = store[kind_of(Team).model]
    await teams.update_one({"_id": house.team.id}, {"$set": {"state.motto": "Ad fontes"}})
    before = await teams.find_one({"_id": house.team.id})

    read = await fetch(store, Team, house.team.id)
    rename = UpdateTeam(command_id=new_id(), team_id=house.team.id, name="Another")
    with pytest.raises(Retryable):
        await documents.dispatch(rename, admin())

    assert read is not None
    assert read.member_ids == house.team.member_ids
    assert await teams.find_one({"_id": house.team.id}) == before


async def test_a_new_permission_is_nobodys_here_and_takes_none_of_the_others_away(
    documents: DocumentDispatch, store: Store, house: House
):
    before = {role.name: role for role in await find(store, Role)}
    agents = before["agent"]
    roles = store[kind_of(Role).model]
    granted = {"$set": {"state.permissions": {**agents.permissions, "ticket.star": "team"}}}
    await roles.update_one({"_id": agents.id}, granted)

    read = await fetch(store, Role, agents.id)
    retitle = UpdateRole(command_id=new_id(), role_id=agents.id, title="People")
    with pytest.raises(Retryable):
        await documents.dispatch(retitle, admin())

    assert read is not None
    assert read.permissions == agents.permissions
    kept = await roles.find_one({"_id": agents.id})
    assert kept is not None
    assert kept["state"]["permissions"]["ticket.star"] == "team"


@pytest.mark.parametrize("how", ["redact", "delete"])
async def test_words_in_fields_that_only_a_newer_release_knows_are_emptied_too(
    dispatcher: Dispatcher, store: Store, house: House, how: str
):
    # Given a message that a newer release keeps a translation of
    ticket_id, message_id = await conversation(dispatcher, house)
    await store[LogEntry].update_one(
        {"_id": f"ticket:{ticket_id}:0000000002"}, {"$set": {"events.0.translation": "Geheim"}}
    )
    message = {"_id": message_id}
    await store[StoredMessage].update_one(message, {"$set": {"translation": "Geheim"}})

    # When its words have to go
    target = {"command_id": new_id(), "ticket_id": ticket_id}
    if how == "redact":
        command = RedactMessage(**target, message_id=message_id)
    else:
        command = DeleteTicket(**target)
    await dispatcher.dispatch(command, house.supervisor)

    # Then those go as well
    assert "Geheim" not in str(await store[LogEntry].find().to_list())
    kept = await store[StoredMessage].find_one(message)
    assert kept is not None
    assert (kept["body"], "translation" in kept) == ("", False)


async def test_an_edited_message_keeps_what_only_a_newer_release_knows(
    dispatcher: Dispatcher, store: Store, house: House
):
    ticket_id, message_id = await conversation(dispatcher, house)
    await store[StoredMessage].update_one({"_id": message_id}, {"$set": {"language": "fr"}})

    edit = EditMessage(
        command_id=new_id(), ticket_id=ticket_id, message_id=message_id, body="Bonjour !"
    )
    await dispatcher.dispatch(edit, house.agent)

    kept = await store[StoredMessage].find_one({"_id": message_id})
    assert kept is not None
    assert (kept["body"], kept["language"]) == ("Bonjour !", "fr")


@pytest.mark.parametrize(
    "step",
    [
        {"command": {"type": "agent.applaud", "command_id": "applaud:1"}},
        {"command": {"type": "agent.release"}, "mood": "new"},
    ],
)
async def test_a_step_of_a_newer_release_stays_owed(
    dispatcher: Dispatcher, store: Store, house: House, step: dict[str, Any]
):
    ticket_id, _ = await conversation(dispatcher, house)
    entry = {"_id": f"ticket:{ticket_id}:0000000002"}
    actor = {"kind": "system", "id": "process"}
    await store[LogEntry].update_one(
        entry, {"$set": {"steps": [{"actor": actor, **step}], "pending": ["step:applaud:1"]}}
    )
    [commit] = [each async for each in dispatcher._journal.after(f"ticket:{ticket_id}", 1, upto=2)]

    with pytest.raises(Retryable):
        await dispatcher.redo(commit.stream, [commit])

    kept = await store[LogEntry].find_one(entry)
    assert kept is not None
    assert kept["pending"] == ["step:applaud:1"]


async def test_events_are_upcast_step_by_step_and_those_of_a_later_version_are_not_guessed_at(
    monkeypatch: pytest.MonkeyPatch,
):
    third = {"type": "ticket.priority_changed", "v": 1, "before": "low", "priority": "high"}
    first = {"type": "ticket.priority_changed", "v": -1, "from": "low", "to": "high"}
    kind = first["type"]
    monkeypatch.setitem(
        catalog.UPCASTS,
        (kind, -1),
        lambda event: {"type": kind, "v": 0, "before": event["from"], "to": event["to"]},
    )
    monkeypatch.setitem(
        catalog.UPCASTS,
        (kind, 0),
        lambda event: {"type": kind, "v": 1, "before": event["before"], "priority": event["to"]},
    )

    assert catalog.load_event(first) == catalog.load_event(third)
    with pytest.raises(Retryable):
        catalog.load_event({**third, "v": 2})


async def conversation(dispatcher: Dispatcher, house: House) -> tuple[str, str]:
    """A ticket, and the message with which an agent answered."""
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    said = await dispatcher.dispatch(reply(ticket_id, "Bonjour."), house.agent)
    await dispatcher.close()
    return ticket_id, said.result["message_id"]
