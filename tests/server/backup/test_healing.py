"""What a copy may be wrong in, and what becomes of it."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from domain.people.state import User
from realtime.feed import RedisFeeds
from server.backup.erasing import Eraser
from server.backup.finishing import finish
from server.backup.folding import fold_all, unbind_files
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.documents import DocumentDispatch
from server.dispatch.owing import RECALCULATE
from server.notices.desk import NOTICE
from server.processes.refusal import Refused
from server.settings import Settings
from server.store.attachments import StoredFile
from server.store.connect import Store
from server.store.defaults import ensure_defaults
from server.store.documents import fetch
from server.store.effects import Effect, Effects
from server.store.erasures import Erased, ErasedKind, Erasures
from server.store.models import LogEntry, StoredEffect, StoredMessage, TicketHeader
from tests.server.dispatch.conftest import clock, dispatcher, heard, house
from tests.server.dispatch.papers import make_user
from tests.server.house import FixedClock, House, new_id, open_ticket, reply

__all__ = ["clock", "dispatcher", "heard", "house"]


async def a_ticket(dispatcher: Dispatcher, house: House, replies: int) -> str:
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id: str = opened.result["ticket_id"]
    for number in range(replies):
        await dispatcher.dispatch(reply(ticket_id, f"No {number}"), house.client)
    return ticket_id


async def state_of(store: Store, ticket_id: str) -> tuple[int, int, int]:
    """The header's seq, how many messages it counts, and how many there are."""
    header = await store[TicketHeader].find_one({"_id": ticket_id})
    assert header is not None
    messages = await store[StoredMessage].count_documents({"ticket_id": ticket_id})
    return header["seq"], header["state"]["staff"]["messages"], messages


async def test_a_header_behind_the_log_is_brought_along(
    store: Store, dispatcher: Dispatcher, house: House
):
    ticket_id = await a_ticket(dispatcher, house, 3)
    now = await state_of(store, ticket_id)
    await store[TicketHeader].delete_one({"_id": ticket_id})
    await store[StoredMessage].delete_many({"ticket_id": ticket_id})

    assert await fold_all(store) == 1

    assert await state_of(store, ticket_id) == now


async def test_a_header_ahead_of_the_log_is_folded_anew_with_its_messages(
    store: Store, dispatcher: Dispatcher, house: House
):
    ticket_id = await a_ticket(dispatcher, house, 3)
    seq, counted, _ = await state_of(store, ticket_id)
    await store[LogEntry].delete_one({"stream": f"ticket:{ticket_id}", "seq": seq})

    assert await fold_all(store) == 1

    assert await state_of(store, ticket_id) == (seq - 1, counted - 1, counted - 1)


async def test_a_header_without_a_log_goes(store: Store, dispatcher: Dispatcher, house: House):
    ticket_id = await a_ticket(dispatcher, house, 1)
    await store[LogEntry].delete_many({"stream": f"ticket:{ticket_id}"})

    await fold_all(store)

    assert await store[TicketHeader].find_one({"_id": ticket_id}) is None
    assert await store[StoredMessage].find_one({"ticket_id": ticket_id}) is None


async def test_a_log_with_a_hole_is_refused(store: Store, dispatcher: Dispatcher, house: House):
    ticket_id = await a_ticket(dispatcher, house, 3)
    await store[LogEntry].delete_one({"stream": f"ticket:{ticket_id}", "seq": 2})

    with pytest.raises(Refused, match=f"The log of ticket:{ticket_id} lacks its commit 2"):
        await fold_all(store)


async def test_a_file_whose_message_is_not_in_the_copy_is_nobodys_again(
    store: Store, dispatcher: Dispatcher, house: House
):
    ticket_id = await a_ticket(dispatcher, house, 0)
    message = await store[StoredMessage].find_one({"ticket_id": ticket_id})
    assert message is not None
    for file_id, message_id in (("kept", message["_id"]), ("lost", new_id())):
        document = {"_id": file_id, "message_id": message_id, "ticket_id": ticket_id}
        await store[StoredFile].insert_one(document)

    await unbind_files(store)

    bound = {each["_id"]: each["message_id"] async for each in store[StoredFile].find({})}
    assert bound == {"kept": message["_id"], "lost": None}


async def test_clocks_still_follow_a_policy_that_changed_and_nobody_is_written_to_twice(
    store: Store, settings: Settings, redis: Redis, clock: FixedClock
):
    kinds = (RECALCULATE, NOTICE)
    owed = [Effect(id=kind, kind=kind, about={}, at=1, due_at=1) for kind in kinds]
    await Effects(store, clock).owe(owed)

    await finish(store, redis, settings, print)

    states = {each["_id"]: each["state"] async for each in store[StoredEffect].find({})}
    assert states == {RECALCULATE: "owed", NOTICE: "dropped"}


async def test_the_last_admin_is_not_erased_again_and_named(
    store: Store, settings: Settings, redis: Redis, clock: FixedClock
):
    await ensure_defaults(store)
    documents = DocumentDispatch(store, clock, b"the secret of the tests")
    last = await make_user(documents, store, "admin")
    await Erasures(store).note(Erased(kind=ErasedKind.USER, id=last.id, at=1))

    applied = await Eraser(store, settings, RedisFeeds(redis)).apply_all()

    assert applied.erased == 0
    assert applied.refused == [
        f"user {last.id}: This is the last active admin: make another one first."
    ]
    assert await fetch(store, User, last.id) == last
