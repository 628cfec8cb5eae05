"""How much an agent carries, and what they said of themselves."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from domain.message import Id, Millis, Record

STATE_VERSION = 4
LET_GO_KEPT = 100
MISSED_MOST = 3
"""Who lets so many offers in a row run out is offered nothing until they say that they are here."""

StatusNote = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)]


class AgentStatus(StrEnum):
    """What somebody says of themselves; only who is available is given work."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"


class Held(Record):
    """Capacity held for a ticket.

    `as_of` is the ticket's seq that the weight was read at: an older one never overwrites.
    """

    ticket_id: Id
    weight: int
    confirmed: bool
    as_of: int


class Break(Record):
    """A break that was taken. `seq` is the generation of the timer that ends it."""

    since: Millis
    until: Millis
    seq: int


class Lately(Record):
    """What somebody carried on an average of so much time at work, eight hours of it at most."""

    load: float = 0.0
    worked: Millis = 0


class Agent(Record):
    """The header of an agent's stream. `seq` 0: nothing happened to them yet."""

    id: Id
    seq: int = 0
    head: int = 0
    at: Millis = 0
    held: dict[str, Held] = Field(default_factory=dict)
    """By reservation, the id of the command that gave the ticket: so a late release of an
    earlier gift never frees a later one of the same ticket."""
    let_go: tuple[str, ...] = ()
    """The reservations last released, newest last: a step that comes late holds them no more."""
    given_at: Millis = 0
    """When they were last given something: who has waited longest comes first."""
    lately: Lately = Lately()
    """As of `at`."""
    status: AgentStatus = AgentStatus.AVAILABLE
    note: str = ""
    status_at: Millis = 0
    on_break: Break | None = None
    warned_until: Millis = 0
    """The end of the shift that they were last warned of."""
    missed: int = 0
    """How many offers they let run out, since they last answered one or said how they are."""

    @property
    def load(self) -> int:
        """The sum of the weights held, confirmed or not: a crash errs towards full."""
        return sum(held.weight for held in self.held.values())

    @property
    def answers(self) -> bool:
        """Whether they answer what they are offered, as far as it is known."""
        return self.missed < MISSED_MOST

    @property
    def seen(self) -> Self:
        """As their room shows them: exactly what its events fold to; `seq` becomes the head."""
        return self.model_copy(update={"seq": self.head})

    def load_without(self, ticket_id: Id | None) -> int:
        """The load of all other tickets: while one is given again it is held twice."""
        return sum(held.weight for held in self.held.values() if held.ticket_id != ticket_id)
