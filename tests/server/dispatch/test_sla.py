"""Clocks through dispatch: on several nodes, whatever is changed meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pymongo.asynchronous.collection import AsyncCollection

from domain.access import DEFAULT_ROLES, Actor
from domain.contact.commands import MergeContact, UpdateContact
from domain.contact.state import Contact
from domain.errors import Forbidden
from domain.message import ActorKind
from domain.process import MACHINE
from domain.sla.commands import CreateCalendar, CreatePolicy, SlaTick, UpdatePolicy
from domain.sla.explain import explain
from domain.sla.state import Metric, Peril, Sla
from domain.ticket.commands import SetStatus
from domain.ticket.state import Ticket
from domain.ticket.wakes import wakes
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.documents import DocumentDispatch
from server.dispatch.owing import RECALCULATE
from server.dispatch.promises import Promises
from server.jobs.recalculating import AGAIN_AFTER, Recalculation
from server.store.connect import Store
from server.store.documents import fetch, fields_of
from server.store.effects import Effects
from server.store.kinds import ContactDocument
from server.store.sla_past import past_of
from server.store.streams import Streams
from server.store.tickets import TicketQuery, query_tickets
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, Heard, House, new_id, open_ticket, reply

MINUTE = 60_000
ADMIN = Actor(
    kind=ActorKind.AGENT, id=new_id(), user_id=new_id(), permissions=DEFAULT_ROLES["admin"]
)
ALWAYS = [
    {
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "start": "00:00",
        "end": "00:00",
    }
]


class Node:
    """A node with all that clocks need; another has another."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        self.promises = Promises(store, clock)
        self.documents = DocumentDispatch(store, clock, SECRET)
        self.documents.listen(self.promises.listen)
        self.dispatcher = Dispatcher(
            store, clock, Heard(), SECRET, documents=self.documents, promises=self.promises
        )
        self.streams = Streams(store)
        self.effects = Effects(store, clock)
        self._recalculation = Recalculation(
            store, self.streams.headers, self.effects, self.promises, self.dispatcher, clock
        )

    async def close(self) -> None:
        await self.dispatcher.close()
        await self.documents.close()

    async def promise(self, **fields: Any) -> str:
        """A policy round the clock; its id."""
        calendar = CreateCalendar.model_validate(
            {"command_id": new_id(), "name": new_id(), "hours": ALWAYS}
        )
        made = await self.dispatcher.dispatch(calendar, ADMIN)
        policy = CreatePolicy.model_validate(
            {
                "command_id": new_id(),
                "name": new_id(),
                "calendar_id": made.result["calendar_id"],
                "targets": {"medium": {"first_response": 60, "resolution": 480}},
                **fields,
            }
        )
        return (await self.dispatcher.dispatch(policy, ADMIN)).result["policy_id"]

    async def change(self, policy_id: str, **fields: Any) -> None:
        given = {"command_id": new_id(), "policy_id": policy_id, **fields}
        await self.dispatcher.dispatch(UpdatePolicy.model_validate(given), ADMIN)

    async def open(self, house: House) -> str:
        opened = await self.dispatcher.dispatch(open_ticket(), house.client)
        return opened.result["ticket_id"]

    async def ticket(self, ticket_id: str) -> Ticket:
        state = (await self.streams.headers.load(f"ticket:{ticket_id}")).state
        assert isinstance(state, Ticket)
        return state

    async def sla(self, ticket_id: str) -> Sla | None:
        private = (await self.ticket(ticket_id)).private
        assert private is not None
        return private.sla

    async def due(self, ticket_id: str) -> int | None:
        """In how many minutes a first answer is."""
        sla = await self.sla(ticket_id)
        clock = sla and sla.clock(Metric.FIRST_RESPONSE)
        due_at = clock.due_at if clock else None
        return None if due_at is None else (due_at - self.clock.now()) // MINUTE

    async def recalculate(self) -> int:
        """What a worker does about the changes that are owed by now; how many there were."""
        claimed = 0
        while owed := await self.effects.claim([RECALCULATE]):
            outcome = await self._recalculation.recalculate(owed)
            for effect in owed:
                await self.effects.end(effect, outcome)
            claimed += len(owed)
        return claimed


@pytest.fixture
async def node(store: Store, clock: FixedClock) -> AsyncGenerator[Node]:
    node = Node(store, clock)
    yield node
    await node.close()


@pytest.fixture
async def other(store: Store, clock: FixedClock) -> AsyncGenerator[Node]:
    node = Node(store, clock)
    yield node
    await node.close()


async def test_a_ticket_has_clocks_as_soon_as_there_is_a_policy(house: House, node: Node):
    before = await node.open(house)
    policy_id = await node.promise()
    ticket_id = await node.open(house)
    sla = await node.sla(ticket_id)
    assert await node.sla(before) is None
    assert sla is not None
    assert (sla.policy_id, sla.policy_version) == (policy_id, 1)
    assert await node.due(ticket_id) == 60


async def test_a_message_asks_the_store_for_nothing_more(house: House, node: Node):
    """Neither where something is promised, nor where nothing is."""
    ticket_id = await node.open(house)
    counted = await _finds(node, ticket_id, house)
    await node.promise(contact_tags=["vip"], position=0)
    await node.promise(position=1)
    promised = await node.open(house)
    assert await node.due(promised) == 60
    assert await _finds(node, promised, house) == counted


async def _finds(node: Node, ticket_id: str, house: House) -> int:
    """How often collections are asked while somebody answers."""
    asked = 0
    kept = {name: getattr(AsyncCollection, name) for name in ("find", "find_one", "aggregate")}

    def counting(name: str) -> Any:
        def call(self: Any, *args: Any, **named: Any) -> Any:
            nonlocal asked
            asked += 1
            return kept[name](self, *args, **named)

        return call

    for name in kept:
        setattr(AsyncCollection, name, counting(name))
    try:
        await node.dispatcher.dispatch(reply(ticket_id), house.agent)
    finally:
        for name, method in kept.items():
            setattr(AsyncCollection, name, method)
    return asked


async def test_a_change_counts_every_active_ticket_anew(
    house: House, node: Node, clock: FixedClock
):
    policy_id = await node.promise()
    ticket_id, resolved = await node.open(house), await node.open(house)
    done = SetStatus.model_validate(
        {"command_id": new_id(), "ticket_id": resolved, "status": "resolved"}
    )
    await node.dispatcher.dispatch(done, house.agent)
    clock.time += 10 * MINUTE
    await node.change(policy_id, targets={"medium": {"first_response": 30}})
    before = await node.sla(resolved)
    assert await node.recalculate() >= 1
    assert await node.due(ticket_id) == 20
    assert await node.sla(resolved) == before
    seq = (await node.ticket(ticket_id)).seq
    clock.time += AGAIN_AFTER
    assert await node.recalculate() >= 1  # Once more, for whoever heard of it late.
    assert (await node.ticket(ticket_id)).seq == seq


async def test_who_heard_of_a_change_late_is_put_right(
    house: House, node: Node, other: Node, clock: FixedClock
):
    policy_id = await node.promise()
    await other.promises.refresh()
    await node.change(policy_id, targets={"medium": {"first_response": 30}})
    await node.recalculate()
    late = await other.open(house)  # By what this node knew before.
    assert await node.due(late) == 60
    clock.time += AGAIN_AFTER
    await node.recalculate()
    sla = await node.sla(late)
    clock_ = sla and sla.clock(Metric.FIRST_RESPONSE)
    assert clock_ is not None
    assert clock_.target == 30 * MINUTE


async def test_a_node_that_meets_a_policy_it_does_not_know_asks_for_it(
    house: House, node: Node, other: Node, clock: FixedClock
):
    await other.promises.refresh()
    await node.promise()
    ticket_id = await node.open(house)
    clock.time += MINUTE
    await other.dispatcher.dispatch(reply(ticket_id, "One moment."), house.agent)
    sla = await other.sla(ticket_id)
    first = sla and sla.clock(Metric.FIRST_RESPONSE)
    resolution = sla and sla.clock(Metric.RESOLUTION)
    assert first is not None
    assert resolution is not None
    assert (first.consumed, first.met_at) == (MINUTE, clock.now())
    assert resolution.running


async def test_a_tick_and_an_answer_at_once_have_one_outcome(
    house: House, node: Node, other: Node, clock: FixedClock
):
    await node.promise()
    await other.promises.refresh()
    ticket_id = await node.open(house)
    clock.time += 60 * MINUTE
    tick = wakes(await node.ticket(ticket_id))[0].command()
    assert isinstance(tick, SlaTick)
    await asyncio.gather(
        node.dispatcher.dispatch(tick, MACHINE),
        other.dispatcher.dispatch(reply(ticket_id), house.agent),
    )
    log = [c async for c in node.streams.journal.after(f"ticket:{ticket_id}", 0)]
    told = [event["type"] for commit in log for event in commit.events]
    assert told.count("ticket.sla_breached") == 1
    sla = await node.sla(ticket_id)
    first = sla and sla.clock(Metric.FIRST_RESPONSE)
    assert first is not None
    assert first.met_at == clock.now()
    assert first.breached_at == clock.now()


async def test_the_tags_of_who_asks_decide(house: House, node: Node, store: Store):
    await node.promise(position=1)
    vip = await node.promise(
        position=0, contact_tags=["vip"], targets={"medium": {"first_response": 5}}
    )
    cleo = await fetch(store, Contact, house.client.id)
    assert cleo is not None
    tagged = fields_of(cleo.model_copy(update={"tags": ("vip",)}))
    await store[ContactDocument].update_one({"_id": cleo.id}, {"$set": tagged})
    ticket_id = await node.open(house)
    sla = await node.sla(ticket_id)
    assert sla is not None
    assert sla.policy_id == vip


async def test_other_tags_of_who_asks_change_what_their_open_tickets_are_promised(
    house: House, node: Node
):
    await node.promise(position=1)
    vip = await node.promise(
        position=0, contact_tags=["vip"], targets={"medium": {"first_response": 5}}
    )
    while await node.recalculate():
        node.clock.time += AGAIN_AFTER
    mine = await node.open(house)
    opened = await node.dispatcher.dispatch(open_ticket(), house.stranger)
    other = (await node.ticket(opened.result["ticket_id"])).seq

    async def update(**fields: Any) -> None:
        given = {"command_id": new_id(), "contact_id": house.client.id, **fields}
        await node.dispatcher.dispatch(UpdateContact.model_validate(given), ADMIN)

    await update(tags=["vip"])
    assert await node.recalculate() == 1
    sla = await node.sla(mine)
    assert sla is not None
    assert sla.policy_id == vip
    assert await node.due(mine) == 5

    await update(tags=[])
    assert await node.recalculate() == 1
    assert await node.due(mine) == 60
    await update(name="Cleopatra")  # Nothing that a policy asks for.
    assert await node.recalculate() == 0
    assert (await node.ticket(opened.result["ticket_id"])).seq == other


async def test_who_is_merged_into_another_is_promised_what_that_one_is(house: House, node: Node):
    await node.promise(position=1)
    vip = await node.promise(
        position=0, contact_tags=["vip"], targets={"medium": {"first_response": 5}}
    )
    while await node.recalculate():
        node.clock.time += AGAIN_AFTER
    mine = await node.open(house)
    tag = {"command_id": new_id(), "contact_id": house.stranger.id, "tags": ["vip"]}
    await node.dispatcher.dispatch(UpdateContact.model_validate(tag), ADMIN)
    await node.recalculate()
    assert await node.due(mine) == 60

    merge = {"command_id": new_id(), "contact_id": house.client.id, "into_id": house.stranger.id}
    await node.dispatcher.dispatch(MergeContact.model_validate(merge), ADMIN)
    await node.recalculate()

    sla = await node.sla(mine)
    assert sla is not None
    assert sla.policy_id == vip
    assert await node.due(mine) == 5


async def test_who_is_late_is_found_by_staff_and_told_by_how_much(
    house: House, node: Node, store: Store, clock: FixedClock
):
    await node.promise()
    late, answered = await node.open(house), await node.open(house)
    await node.dispatcher.dispatch(reply(answered), house.agent)
    clock.time += 70 * MINUTE
    await node.dispatcher.dispatch(wakes(await node.ticket(late))[0].command(), MACHINE)

    breached = TicketQuery(sla=Peril.BREACHED)
    found = await query_tickets(store, house.supervisor, breached)
    assert [ticket.id for ticket in found.items] == [late]
    assert not (await query_tickets(store, house.agent, TicketQuery(sla=Peril.AT_RISK))).items
    with pytest.raises(Forbidden):
        await query_tickets(store, house.client, breached)
    ticket = await node.ticket(late)
    sla = ticket.private and ticket.private.sla
    assert sla
    past, book = await past_of(store, ticket), await node.promises.book()
    first = explain(sla.clocks[0], past, book, sla.calendar_id, clock.now())
    assert (first.late, first.left) == (True, -10 * MINUTE)
