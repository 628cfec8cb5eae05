"""The two kinds of logged streams: how each begins, folds, and is kept as a header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from domain.audience import rooms_of
from domain.message import Audience, Event, Meta, Millis
from domain.ticket import evolve as ticket_rules
from domain.ticket import state as ticket_state
from domain.ticket.state import Priority, Ticket
from domain.ticket.wakes import Wake, wakes
from domain.workforce import evolve as agent_rules
from domain.workforce import state as agent_state
from domain.workforce.state import Agent
from domain.workforce.wakes import wakes as agent_wakes
from server.store.models import AgentHeader, StreamHeader, TicketHeader

State = Ticket | Agent
NEVER = 2**53 - 1
"""Later than every moment: when is due, or wakes, what never does."""
_RANKS = {priority: rank for rank, priority in enumerate(Priority)}


@dataclass(frozen=True)
class Aggregate:
    """What the data path must know about one kind of stream."""

    model: type[StreamHeader]
    version: int
    begin: Callable[[str], State]
    load: Callable[[dict[str, Any]], State]
    """Takes the fields that this release knows; raises ValidationError where they do not fit."""
    fold: Callable[[Any, Iterable[Event], Meta], State]
    keys: Callable[[Any], dict[str, Any]]
    """What the header's document holds beside the state, for lists to sort by."""
    wakes: Callable[[Any], list[Wake]]
    """What the stream wants done by itself, the first due first."""


def _ticket_keys(ticket: Ticket) -> dict[str, Any]:
    return {
        "listed": ticket.exists,
        "rank": _RANKS[ticket.priority],
        "due": NEVER if ticket.due_at is None else ticket.due_at,
        "wake": next((wake.at for wake in wakes(ticket)), NEVER),
        "peril": _peril(ticket),
    }


def _peril(ticket: Ticket) -> str | None:
    sla = ticket.private and ticket.private.sla
    return sla.peril.value if sla and sla.peril else None


def _agent_keys(agent: Agent) -> dict[str, Any]:
    return {"wake": next((wake.at for wake in agent_wakes(agent)), NEVER)}


AGGREGATES = {
    "ticket": Aggregate(
        model=TicketHeader,
        version=ticket_state.STATE_VERSION,
        begin=lambda identity: Ticket(id=identity),
        load=partial(Ticket.model_validate, extra="ignore"),
        fold=ticket_rules.fold,
        keys=_ticket_keys,
        wakes=wakes,
    ),
    "agent": Aggregate(
        model=AgentHeader,
        version=agent_state.STATE_VERSION,
        begin=lambda identity: Agent(id=identity),
        load=partial(Agent.model_validate, extra="ignore"),
        fold=agent_rules.fold,
        keys=_agent_keys,
        wakes=agent_wakes,
    ),
}
"""By the part of a stream's name before the colon."""


def aggregate_of(stream: str) -> Aggregate:
    """The kind of a stream."""
    return AGGREGATES[stream.partition(":")[0]]


@dataclass(frozen=True, slots=True)
class Standing:
    """A stream's state, and when its last commit was, which may have had no events."""

    stream: str
    state: State
    at: Millis
    ahead: bool = False
    """Whether it was read from the log and its stored header, which lists go by, is to follow."""

    @property
    def seq(self) -> int:
        return self.state.seq

    def heads(self) -> dict[str, int]:
        """The seq of the last commit that each room of the stream could see."""
        rooms = rooms_of(self.stream)
        if isinstance(self.state, Agent):
            return {rooms[Audience.STAFF]: self.state.head}
        return {room: self.state.face(audience).head for audience, room in rooms.items()}

    def after(self, events: Iterable[Event], meta: Meta) -> Standing:
        """The standing after one more commit."""
        state = aggregate_of(self.stream).fold(self.state, events, meta)
        return Standing(self.stream, state, meta.at)


def begin(stream: str) -> Standing:
    """A stream to which nothing happened yet."""
    kind, _, identity = stream.partition(":")
    return Standing(stream, AGGREGATES[kind].begin(identity), 0)


def kept_standing(stream: str, header: Mapping[str, Any] | None) -> Standing | None:
    """The standing that a stored header shows; None where only the log can say it.

    Of the shape of a newer release it has the fields that this one knows: enough to show, but
    never to decide on.
    """
    aggregate = aggregate_of(stream)
    if header is None or header["version"] < aggregate.version:
        return None
    try:
        state = aggregate.load(header["state"])
    except ValidationError:
        return None
    whole = len(state.model_fields_set) == len(type(state).model_fields)
    return Standing(stream, state, header["at"]) if whole else None
