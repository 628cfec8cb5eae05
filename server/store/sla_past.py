"""How a ticket's clocks and its status stood from commit to commit."""

from __future__ import annotations

from domain.assistant.events import AssistantEngaged, AssistantHandedOver
from domain.assistant.turn import rests
from domain.catalog import load_event
from domain.message import ActorKind, ActorRef, Meta
from domain.sla.events import SlaBreached, SlaChanged, SlaEscalated, SlaWarned
from domain.sla.explain import Moment
from domain.sla.follow import counted_as
from domain.ticket.events import MessagePosted, StatusChanged, TicketOpened
from domain.ticket.evolve import evolve
from domain.ticket.state import Ticket
from server.store.connect import Store
from server.store.models import LogEntry

_TOLD = [
    event.model_fields["type"].default
    for event in (TicketOpened, StatusChanged, SlaChanged, SlaWarned, SlaBreached, SlaEscalated)
]
_FOLDED = _TOLD + [
    event.model_fields["type"].default
    for event in (MessagePosted, AssistantEngaged, AssistantHandedOver)
]
"""Whether the client was answered by the assistant, too: what changes that moves the clocks."""


async def past_of(store: Store, ticket: Ticket) -> list[Moment]:
    """Oldest first, up to the header that is given."""
    found = store[LogEntry].find(
        {
            "stream": f"ticket:{ticket.id}",
            "seq": {"$lte": ticket.seq},
            "events.type": {"$in": _TOLD},
        },
        {"seq": 1, "at": 1, "events": 1},
    )
    past: list[Moment] = []
    header = Ticket(id=ticket.id)
    async for raw in found.sort([("seq", 1)]):
        meta = Meta(seq=raw["seq"], at=raw["at"], actor=_NOBODY, command_id="")
        for told in raw["events"]:
            if told["type"] in _FOLDED:
                header = evolve(header, load_event(told), meta)
        sla = header.private.sla if header.private else None
        status = counted_as(header.status, resting=rests(header.assistant))
        past.append(Moment(raw["at"], status, sla))
    return past


_NOBODY = ActorRef(kind=ActorKind.SYSTEM, id="")
