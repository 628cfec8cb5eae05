"""Notices stand in one's own room, live, with how many are unread; and nothing of others' there."""

from __future__ import annotations

from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from domain.access import Actor
from domain.audience import user_room
from domain.contact.state import Contact
from domain.message import ActorKind, ActorRef
from domain.notification.state import Notice, NoticeKind
from domain.routing.commands import DeclineOffer, OfferTicket
from domain.ticket.commands import AssignTicket, DeleteTicket, RedactMessage
from domain.ticket.state import Visibility
from realtime.feed import RedisFeeds
from server.dispatch.dispatcher import Dispatcher
from server.jobs.routing import ROUTER
from server.notices.board import NoticeBoard
from server.store.feed_source import StoreFeedSource
from server.store.models import LogEntry, StoredNotice
from server.store.notices import KEPT_MS, READ_KEPT_MS, Notices
from tests.server.dispatch.conftest import clock, dispatcher, heard, house
from tests.server.house import House, keep, new_id, open_ticket, reply
from tests.server.jobs.conftest import Work, feeds, work
from tests.server.jobs.test_reactors import events_of
from tests.server.jobs.test_routing import are_there

__all__ = ["clock", "dispatcher", "feeds", "heard", "house", "work"]


class Told:
    """A house whose reactors have caught up after each command."""

    def __init__(self, house: House, dispatcher: Dispatcher, work: Work, feeds: RedisFeeds):
        self.house, self.dispatcher, self.work, self.feeds = house, dispatcher, work, feeds
        self.board = NoticeBoard(house.store, feeds)
        self.notices = Notices(house.store)

    async def act(self, command: Any, actor: Actor) -> dict[str, Any]:
        outcome = await self.dispatcher.dispatch(command, actor)
        ticket_id = outcome.result.get("ticket_id") or command.ticket_id
        await self.work.reactions.react([f"ticket:{ticket_id}"])
        return outcome.result

    async def ticket_of_ann(self) -> str:
        """A ticket that Ann was given, of which she was told."""
        ticket_id = (await self.act(open_ticket(), self.house.client))["ticket_id"]
        give = AssignTicket(command_id=new_id(), ticket_id=ticket_id, agent_id=self.house.agent.id)
        await self.act(give, self.house.supervisor)
        return ticket_id

    async def folded(self, actor: Actor) -> tuple[dict[str, Any], int]:
        """What a member would hold who folded the room's whole history: notices, unread."""
        notices: dict[str, Any] = {}
        unread = (0, 0)
        for event in await events_of(self.feeds, user_room(actor.id)):
            if event["type"] == "feed.notice":
                notices[event["id"]] = event["notice"]
            elif event["type"] == "feed.counter" and event["name"] == "notices.unread":
                unread = max(unread, (event["seq"], event["value"]))
        return {name: each for name, each in notices.items() if each}, unread[1]

    async def shown(self, actor: Actor) -> tuple[dict[str, Any], int]:
        """What who enters the room is shown."""
        source = StoreFeedSource(self.house.store)
        state = await source.feed_snapshot(user_room(actor.id))
        (unread,) = (each for each in state["counters"] if each["name"] == "notices.unread")
        return {each["id"]: each["notice"] for each in state["notices"]}, unread["value"]


@pytest.fixture
def told(house: House, dispatcher: Dispatcher, work: Work, feeds: RedisFeeds) -> Told:
    return Told(house, dispatcher, work, feeds)


async def test_folding_a_rooms_history_gives_what_who_enters_it_is_shown(told: Told):
    ann, cleo = told.house.agent, told.house.client
    ticket_id = await told.ticket_of_ann()
    await told.act(reply(ticket_id, "Still burning."), cleo)
    note = reply(ticket_id, "Hm.", visibility=Visibility.PRIVATE, mentions=(ann.id,))
    await told.act(note, told.house.supervisor)
    await told.act(reply(ticket_id, "Water comes."), ann)
    await told.board.read([ann.id], {"kind": "assigned"}, now=5)

    for actor, kinds, unread in (
        (ann, ["answered", "assigned", "mentioned"], 2),
        (cleo, ["answered"], 1),
    ):
        notices, count = await told.shown(actor)
        assert (notices, count) == await told.folded(actor)
        assert sorted(each["kind"] for each in notices.values()) == kinds
        assert count == unread
    assert await told.folded(told.house.agent2) == ({}, 0)
    assert "Still burning." not in str(await events_of(told.feeds, user_room(ann.id)))


async def test_a_repeated_reaction_tells_nobody_twice_and_leaves_what_was_read(told: Told):
    ticket_id = await told.ticket_of_ann()
    await told.board.read([told.house.agent.id], {}, now=5)

    owed = {"$set": {"pending": ["react:notify"]}}
    await told.house.store[LogEntry].update_many({"stream": f"ticket:{ticket_id}"}, owed)
    await told.work.reactions.react([f"ticket:{ticket_id}"])

    notices, unread = await told.folded(told.house.agent)
    assert ([each["read_at"] for each in notices.values()], unread) == ([5], 0)


async def test_staff_are_not_told_what_they_did_about_a_request_of_their_own(told: Told):
    ann, contact_id = told.house.agent, new_id()
    await keep(told.house.store, Contact(id=contact_id, name="ann", user_id=ann.id))
    opened = await told.act(open_ticket(requester_id=contact_id), told.house.supervisor)
    await told.act(reply(opened["ticket_id"], "I found it."), ann)
    assert await told.notices.page([contact_id], None, 9) == []

    await told.act(reply(opened["ticket_id"], "Well done."), told.house.supervisor)

    assert len(await told.notices.page([contact_id], None, 9)) == 1


@pytest.mark.parametrize("how", ["redacted", "deleted"])
async def test_what_is_taken_back_leaves_the_room(told: Told, how: str):
    ann, ticket_id = told.house.agent, await told.ticket_of_ann()
    said = await told.act(reply(ticket_id, "My password is swordfish."), told.house.client)

    command = (
        DeleteTicket(command_id=new_id(), ticket_id=ticket_id)
        if how == "deleted"
        else RedactMessage(command_id=new_id(), ticket_id=ticket_id, message_id=said["message_id"])
    )
    await told.act(command, told.house.supervisor)

    notices, unread = await told.shown(ann)
    left = ["assigned"] if how == "redacted" else []
    assert [each["kind"] for each in notices.values()] == left
    assert unread == len(left)
    # A deletion makes the room start anew; what is left of its history is folded the same.
    if how == "redacted":
        assert (notices, unread) == await told.folded(ann)


async def test_what_is_taken_back_leaves_the_room_although_it_had_to_be_repeated(
    told: Told, monkeypatch: pytest.MonkeyPatch
):
    ann, ticket_id = told.house.agent, await told.ticket_of_ann()
    await told.act(reply(ticket_id, "Still burning."), told.house.client)

    async def away(items: object) -> None:
        raise RedisConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(told.feeds, "write", away)
        with pytest.raises(RedisConnectionError):
            await told.board.take_away({"kind": "answered"})
    await told.board.take_away({"kind": "answered"})

    notices, unread = await told.folded(ann)
    assert ([each["kind"] for each in notices.values()], unread) == (["assigned"], 1)
    assert await told.house.store[StoredNotice].count_documents({}) == 1
    assert (notices, unread) == await told.shown(ann)


async def test_an_offer_that_is_over_is_not_counted_any_more_and_the_next_one_is(told: Told):
    house, ann = told.house, told.house.agent
    await are_there(house, ann)
    ticket_id = (await told.act(open_ticket(), house.client))["ticket_id"]

    def offer() -> OfferTicket:
        named: dict[str, Any] = {"ticket_id": ticket_id, "agent_id": ann.id, "seconds": 60}
        return OfferTicket(command_id=f"route:{new_id()}", **named)

    await told.act(offer(), ROUTER)
    assert (await told.shown(ann))[1] == 1

    await told.act(DeclineOffer(command_id=new_id(), ticket_id=ticket_id), ann)
    notices, unread = await told.shown(ann)
    assert ([each["kind"] for each in notices.values()], unread) == (["offered"], 0)
    assert (notices, unread) == await told.folded(ann)

    await told.act(offer(), ROUTER)
    assert (await told.shown(ann))[1] == 1


async def test_who_reads_while_others_are_told_ends_with_the_right_count(told: Told):
    ann = told.house.agent.id
    for number in range(5):
        await told.board.post([(notice(ann, number), True)])
    first = await told.notices.counter([ann], draw=True)
    second = await told.notices.counter([ann], draw=True)

    assert (first["value"], second["value"]) == (5, 5)
    assert second["seq"] > first["seq"]
    assert await told.notices.counter([ann], draw=False) == second


async def test_pages_are_newest_first_and_one_does_not_page_in_anothers(told: Told):
    ann, bob = told.house.agent.id, told.house.agent2.id
    for number in range(5):
        await told.board.post([(notice(ann, number), True), (notice(bob, number), number > 2)])

    first = await told.notices.page([ann], None, 3)
    rest = await told.notices.page([ann], first[-1].notice.id, 3)

    assert [each.notice.at for each in (*first, *rest)] == [4, 3, 2, 1, 0]
    assert await told.notices.page([ann], notice(bob, 1).id, 3) == []
    assert await told.notices.unread([bob]) == 2  # The others are mailed only.


async def test_old_ones_are_forgotten_the_read_ones_sooner(told: Told):
    ann, now = told.house.agent.id, KEPT_MS
    await told.board.post([(notice(ann, number), True) for number in range(2)])
    await told.board.post([(notice(ann, now - READ_KEPT_MS - 1), True)])
    await told.board.read([ann], {"at": {"$ne": 1}}, now=7)

    await told.notices.tidy(now + 1)
    assert [each.notice.at for each in await told.notices.page([ann], None, 9)] == [1]
    await told.notices.tidy(now + 2)
    assert await told.notices.page([ann], None, 9) == []


def notice(recipient: str, at: int) -> Notice:
    return Notice(
        id=f"ticket:x:{at:010d}:assigned:{recipient}",
        kind=NoticeKind.ASSIGNED,
        recipient=recipient,
        at=at,
        actor=ActorRef(kind=ActorKind.SYSTEM, id="process"),
    )
