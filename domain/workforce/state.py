"""How much an agent carries."""

from __future__ import annotations

from pydantic import Field

from domain.message import Id, Millis, Record

STATE_VERSION = 1


class Held(Record):
    """Capacity held for a ticket, under the id of the command that gave it.

    `as_of` is the ticket's seq that the weight was read at: an older one never overwrites.
    """

    reservation: str
    weight: int
    confirmed: bool
    as_of: int


class Agent(Record):
    """The header of an agent's stream. `seq` 0: nothing happened to them yet."""

    id: Id
    seq: int = 0
    head: int = 0
    at: Millis = 0
    held: dict[Id, Held] = Field(default_factory=dict)
    """By ticket id."""

    @property
    def load(self) -> int:
        """The sum of the weights held, confirmed or not: a crash errs towards full."""
        return sum(held.weight for held in self.held.values())
