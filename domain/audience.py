"""Room names, and which rooms may see an event. Rooms are named here and nowhere else."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.errors import NotFound
from domain.message import Audience, Event

WALLBOARD = "wallboard"
SETTINGS = "settings"


class RoomKind(StrEnum):
    """What a room shows. Ticket and agent rooms replay a log; the others are feeds."""

    TICKET = "ticket"
    TICKET_STAFF = "ticket_staff"
    AGENT = "agent"
    TEAM = "team"
    USER = "user"
    WALLBOARD = "wallboard"
    SETTINGS = "settings"

    @property
    def durable(self) -> bool:
        """Whether the room's events come from a stream's log."""
        return self in (RoomKind.TICKET, RoomKind.TICKET_STAFF, RoomKind.AGENT)

    @property
    def subject(self) -> str:
        """What the room is about, in a word for people."""
        return "ticket" if self is RoomKind.TICKET_STAFF else self.value


class Room(NamedTuple):
    """A parsed room name; `id` is empty where there is one room of the kind."""

    kind: RoomKind
    id: str

    @property
    def stream(self) -> str:
        """The stream a durable room replays."""
        return f"agent:{self.id}" if self.kind is RoomKind.AGENT else f"ticket:{self.id}"

    @property
    def audience(self) -> Audience:
        """Which of the stream's events a durable room shows."""
        return Audience.PUBLIC if self.kind is RoomKind.TICKET else Audience.STAFF


def ticket_room(ticket_id: str) -> str:
    """What the client may see of a ticket."""
    return f"ticket:{ticket_id}"


def staff_room(ticket_id: str) -> str:
    """Everything about a ticket."""
    return f"ticket:{ticket_id}:staff"


def agent_room(agent_id: str) -> str:
    """An agent's own work: load, and later status and shift."""
    return f"agent:{agent_id}"


def team_room(team_id: str) -> str:
    """The rows of a team's tickets."""
    return f"team:{team_id}"


def user_room(principal: str) -> str:
    """Own tickets and notifications: by user id for staff, by contact id for clients."""
    return f"user:{principal}"


def parse_room(name: str) -> Room:
    """Read a room name back; raises NotFound for one that cannot exist."""
    if name in (WALLBOARD, SETTINGS):
        return Room(RoomKind(name), "")
    kind, _, rest = name.partition(":")
    identity, _, suffix = rest.partition(":")
    try:
        canonical = str(UUID(identity)) == identity
    except ValueError:
        canonical = False
    if canonical:
        if kind == "ticket" and name.endswith(":staff") and suffix == "staff":
            return Room(RoomKind.TICKET_STAFF, identity)
        if kind in ("ticket", "agent", "team", "user") and rest == identity:
            return Room(RoomKind(kind), identity)
    raise NotFound(f"There is no room {name[:80]!r}.")


def rooms_of(stream: str) -> dict[Audience, str]:
    """The durable room of each audience of a stream."""
    kind, _, identity = stream.partition(":")
    if kind == "agent":
        return {Audience.STAFF: agent_room(identity)}
    return {Audience.PUBLIC: ticket_room(identity), Audience.STAFF: staff_room(identity)}


def rooms_seeing(stream: str, event: Event) -> tuple[str, ...]:
    """The durable rooms that may see an event: staff see what the public sees."""
    rooms = rooms_of(stream)
    if event.audience is Audience.PUBLIC:
        return tuple(rooms.values())
    return (rooms[Audience.STAFF],)
