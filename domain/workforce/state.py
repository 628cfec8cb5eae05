"""How much an agent carries."""

from __future__ import annotations

from pydantic import Field

from domain.message import Id, Millis, Record

STATE_VERSION = 1
LET_GO_KEPT = 100


class Held(Record):
    """Capacity held for a ticket.

    `as_of` is the ticket's seq that the weight was read at: an older one never overwrites.
    """

    ticket_id: Id
    weight: int
    confirmed: bool
    as_of: int


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

    @property
    def load(self) -> int:
        """The sum of the weights held, confirmed or not: a crash errs towards full."""
        return sum(held.weight for held in self.held.values())

    def load_without(self, ticket_id: Id) -> int:
        """The load of all other tickets: while one is given again it is held twice."""
        return sum(held.weight for held in self.held.values() if held.ticket_id != ticket_id)
