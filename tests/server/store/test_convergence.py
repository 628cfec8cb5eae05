"""An old snapshot and the events since give a fresh snapshot, for every audience of a ticket."""

from __future__ import annotations

import random
from typing import Any

import pytest

from domain.audience import staff_room, ticket_room
from domain.catalog import load_event
from domain.errors import DomainError
from domain.message import Envelope, Meta
from domain.ticket.commands import (
    AssignTicket,
    EditMessage,
    RedactMessage,
    SetStatus,
    UpdateTicket,
)
from domain.ticket.evolve import evolve_message, fold
from domain.ticket.state import Message, Priority, Status, Ticket
from server.dispatch.dispatcher import Dispatcher
from server.store.log import StoreLog
from tests.server.house import FixedClock, House, new_id, open_ticket, reply

Held = dict[str, Any]
STEPS = 45


def folded(snapshot: Held, envelopes: list[Envelope]) -> Held:
    """What a client holds who has a snapshot and then hears of every commit."""
    ticket = Ticket.model_validate(snapshot["ticket"])
    messages = {each["id"]: Message.model_validate(each) for each in snapshot["messages"]}
    for envelope in envelopes:
        meta = Meta(
            seq=envelope.seq,
            at=envelope.at,
            actor=envelope.actor,
            command_id=envelope.command_id,
        )
        events = [load_event(event) for event in envelope.events]
        ticket = fold(ticket, events, meta)
        for event in events:
            named = getattr(event, "message_id", None)
            if named is not None:
                after = evolve_message(messages.get(named), event, meta, ticket.id)
                assert after is not None
                messages[named] = after
    return {
        "ticket": ticket.model_dump(mode="json"),
        "messages": [each.model_dump(mode="json") for each in messages.values()],
    }


def anything(dice: random.Random, ticket_id: str, posted: list[str], house: House) -> Any:
    """Some command, and who gives it; it may well be refused."""
    this = {"command_id": new_id(), "ticket_id": ticket_id}
    staff = dice.choice([house.agent, house.agent2, house.supervisor])
    message_id = dice.choice(posted) if posted else new_id()
    owner = dice.choice([house.agent.id, house.agent2.id, None])
    return dice.choice(
        [
            (reply(ticket_id, f"{dice.random()}"), house.client),
            (reply(ticket_id, f"{dice.random()}"), staff),
            (reply(ticket_id, f"{dice.random()}", visibility="private"), staff),
            (EditMessage(**this, message_id=message_id, body=f"{dice.random()}"), staff),
            (RedactMessage(**this, message_id=message_id), house.supervisor),
            (AssignTicket(**this, agent_id=owner), house.supervisor),
            (SetStatus(**this, status=dice.choice([*Status])), staff),
            (UpdateTicket(**this, tags=(f"t{dice.randrange(9)}",)), staff),
            (UpdateTicket(**this, title=f"{dice.random()}"), staff),
            (UpdateTicket(**this, priority=dice.choice([*Priority])), staff),
        ]
    )


@pytest.mark.parametrize("seed", range(5))
async def test_an_old_snapshot_and_the_events_since_give_a_fresh_one(
    dispatcher: Dispatcher, house: House, log: StoreLog, clock: FixedClock, seed: int
):
    dice = random.Random(seed)
    opened = await dispatcher.dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    rooms = (ticket_room(ticket_id), staff_room(ticket_id))
    old = {room: [await log.snapshot(room)] for room in rooms}
    posted: list[str] = []
    for step in range(STEPS):
        clock.time += dice.randrange(1_000)
        command, actor = anything(dice, ticket_id, posted, house)
        try:
            done = await dispatcher.dispatch(command, actor)
        except DomainError:
            continue
        if set(done.result) == {"message_id"}:  # Not one that went on in a follow-up.
            posted.append(done.result["message_id"])
        if step % 9 == 0:
            for room in rooms:
                old[room].append(await log.snapshot(room))

    for room in rooms:
        fresh = await log.snapshot(room)
        for snapshot in old[room]:
            read = await log.read_room(room, snapshot.seq, log.epoch)
            envelopes = read.envelopes or []
            chain = [snapshot.seq, *(each.seq for each in envelopes)]
            assert [each.prev for each in envelopes] == chain[:-1]
            held = folded(snapshot.state, envelopes)
            assert held["ticket"] == fresh.state["ticket"]
            assert held["messages"] == fresh.state["messages"]
            if len(envelopes) > 1:  # A test that cannot fail is none: one commit less is wrong.
                assert folded(snapshot.state, envelopes[:-1])["ticket"] != held["ticket"]
