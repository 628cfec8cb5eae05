"""Where the envelopes of rooms stand, and how a room looks when it is read there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from domain import access
from domain.access import Belonging
from domain.ticket.state import Ticket
from domain.workforce.state import Agent
from realtime.order import Parcel

if TYPE_CHECKING:
    from realtime.room import Room


class View(NamedTuple):
    """What a join is answered with: a room as it was read, at `seq`.

    `snapshot` is a JSON object, None where `envelopes` continue the asker's cursor; `more` says
    that they end before `seq`; `header` is what access is judged on, None for a feed and where
    the room remembered; `generation` is the room's when the read began.
    """

    epoch: str
    seq: int
    header: Ticket | Agent | None
    snapshot: bytes | None
    envelopes: Sequence[Parcel]
    more: bool
    generation: int

    @property
    def belonging(self) -> Belonging | None:
        return None if self.header is None else access.belonging_of(self.header)


class Source(Protocol):
    """Where the envelopes of a kind of rooms stand."""

    async def read(self, room: Room, after: int | None, epoch: str | None) -> View:
        """The room from a cursor on, or a snapshot; NotFound where there is none."""
        ...

    async def gap(self, room: Room) -> list[Parcel] | None:
        """What follows the room's head up to its `upto`; None where that is not known any more."""
        ...

    async def check(self, rooms: Sequence[Room]) -> None:
        """Tell each room of a newer head, in one query for all."""
        ...
