"""A merge shows the survivor the tickets of whom it took in, without anybody joining anew."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from domain.audience import user_room
from domain.contact.commands import MergeContact
from domain.contact.state import Contact
from domain.ticket.commands import DeleteTicket
from realtime.feed import RedisFeeds
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.documents import DocumentDispatch
from server.dispatch.owing import MERGED
from server.jobs import merged
from server.jobs.effects import Performer
from server.jobs.merged import MergedRows
from server.jobs.reactors.rows import Rows
from server.store.effects import Effects, State
from server.store.feed_source import StoreFeedSource
from server.store.models import StoredEffect
from server.store.streams import Streams
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, House, keep, new_id, open_ticket


async def rows_in(feeds: RedisFeeds, room: str) -> dict[str, Any]:
    """What a member holds who was in a room from its beginning."""
    _, _, envelopes = await feeds.read(room, 0)
    events = [event for raw in envelopes for event in orjson.loads(raw)["events"]]
    return {event["ticket_id"]: event["row"] for event in events if event["type"] == "feed.row"}


class Merging:
    """Merges contacts, and does what a worker then owes."""

    def __init__(self, house: House, clock: FixedClock, feeds: RedisFeeds) -> None:
        self._house = house
        self._documents = DocumentDispatch(house.store, clock, SECRET)
        rows = Rows(house.store, Streams(house.store).headers, feeds)
        kinds = {MERGED: MergedRows(house.store, rows).write}
        self._performer = Performer(Effects(house.store, clock), kinds)

    async def merge(self, contact_id: str, into_id: str) -> None:
        command = MergeContact(command_id=new_id(), contact_id=contact_id, into_id=into_id)
        await self._documents.dispatch(command, self._house.supervisor)

    async def settle(self) -> None:
        while await self._documents.sweep():
            pass
        await self._performer.perform_due()


@pytest.fixture
def merging(house: House, clock: FixedClock, feeds: RedisFeeds) -> Merging:
    return Merging(house, clock, feeds)


async def test_the_survivors_list_has_the_tickets_of_who_was_merged_into_it(
    dispatcher: Dispatcher,
    house: House,
    feeds: RedisFeeds,
    merging: Merging,
    monkeypatch: pytest.MonkeyPatch,
):
    # Given more tickets than are written at once, one of them deleted
    monkeypatch.setattr(merged, "AT_ONCE", 2)
    ids = [
        (await dispatcher.dispatch(open_ticket(title=f"t{n}"), house.client)).result["ticket_id"]
        for n in range(4)
    ]
    gone = ids.pop()
    await dispatcher.dispatch(DeleteTicket(command_id=new_id(), ticket_id=gone), house.supervisor)
    room = user_room(house.stranger.id)
    assert await rows_in(feeds, room) == {}

    await merging.merge(house.client.id, house.stranger.id)
    await merging.settle()

    rows = await rows_in(feeds, room)
    fresh = (await StoreFeedSource(house.store).feed_snapshot(room))["rows"]
    assert rows == {each["ticket_id"]: each["row"] for each in fresh}
    assert set(rows) == set(ids)


async def test_who_is_merged_on_brings_along_whom_they_had_taken_in(
    dispatcher: Dispatcher, house: House, feeds: RedisFeeds, merging: Merging
):
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    last = Contact(id=new_id(), name="Last")
    await keep(house.store, last)

    await merging.merge(house.client.id, house.stranger.id)
    await merging.merge(house.stranger.id, last.id)
    await merging.settle()

    assert set(await rows_in(feeds, user_room(last.id))) == {opened.result["ticket_id"]}


async def test_a_repeat_writes_the_same_and_the_effect_holds_only_ids(
    dispatcher: Dispatcher, house: House, feeds: RedisFeeds, merging: Merging
):
    await dispatcher.dispatch(open_ticket(), house.client)
    await merging.merge(house.client.id, house.stranger.id)
    await merging.settle()
    before = await rows_in(feeds, user_room(house.stranger.id))

    effects = house.store[StoredEffect]
    again = {"state": State.OWED.value, "lease_until": 0, "due_at": 0}
    effect = await effects.find_one({"kind": MERGED})
    await effects.update_many({"kind": MERGED}, {"$set": again})
    await merging.settle()

    assert effect is not None
    assert effect["about"] == {"contact_id": house.stranger.id}
    assert await rows_in(feeds, user_room(house.stranger.id)) == before
