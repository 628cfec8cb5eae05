"""What each room shows: a join's answer at some moment, the envelopes since, a fresh load."""

from __future__ import annotations

from typing import Any, NamedTuple

from domain.audience import parse_room, rooms_of
from domain.message import Audience, Envelope
from domain.ticket.state import Ticket
from tests.domain.desk import Desk

EPOCH = "epoch-1"


class Seen(NamedTuple):
    """A room's view, up to `head`."""

    head: int
    state: dict[str, Any]


def rooms(desk: Desk, but: dict[str, int]) -> list[str]:
    """Every durable room whose stream has grown beyond the given lengths."""
    return [
        room
        for stream, commits in desk.log.items()
        if len(commits) != but.get(stream)
        for room in rooms_of(stream).values()
    ]


def load(desk: Desk, room: str) -> Seen:
    """What somebody sees who enters the room now, from the documents."""
    kind, identity = parse_room(room)
    if not kind.durable or kind.value == "agent":
        agent = desk.agents[identity].seen
        return Seen(agent.head, {"agent": agent.model_dump(mode="json")})
    audience = parse_room(room).audience
    ticket: Ticket = desk.tickets[identity].seen_by(audience)
    messages = [
        message.model_dump(mode="json")
        for message in desk.messages.values()
        if message.ticket_id == identity
        and (audience is Audience.STAFF or message.visibility == "public")
    ]
    return Seen(ticket.seq, {"ticket": ticket.model_dump(mode="json"), "messages": messages})


def envelopes(desk: Desk, room: str) -> list[Envelope]:
    """The log as the room's members get it, chained by `prev`."""
    audience, found, prev = parse_room(room).audience, list[Envelope](), 0
    for meta, events in desk.log[parse_room(room).stream]:
        visible = [
            event.model_dump(mode="json")
            for event in events
            if audience is Audience.STAFF or event.audience is Audience.PUBLIC
        ]
        if visible:
            found.append(
                Envelope(
                    room=room,
                    epoch=EPOCH,
                    seq=meta.seq,
                    prev=prev,
                    at=meta.at,
                    actor=meta.actor,
                    command_id=meta.command_id,
                    events=visible,
                )
            )
            prev = meta.seq
    return found


def unbroken(head: int, chain: list[Envelope], last: int) -> bool:
    """Whether envelopes lead from a head to the last one without a hole."""
    for envelope in chain:
        if envelope.prev != head:
            return False
        head = envelope.seq
    return head == last
