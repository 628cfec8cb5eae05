"""The door's ports in memory: so that what is measured is the door, and not a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from domain.access import DEFAULT_ROLES, Actor
from domain.audience import parse_room, staff_room
from domain.errors import Invalid
from domain.message import ActorKind, Command, Envelope
from domain.ports import Clock, Marker, Newer, Outcome, Publisher, RoomRead, Session, Snapshot
from domain.ticket.commands import Reply
from domain.ticket.state import Ticket, Visibility
from loadtests.peers.envelope import posted
from server.auth.tokens import TokenKind, Tokens

TEAM = str(uuid5(NAMESPACE_OID, "team"))


class Memory:
    """Log, Sessions, FeedSource and Markers in one: every ticket there may be is there, and its
    log is only a number. Whoever holds a token is an agent of the one team."""

    epoch = "bench"

    def __init__(self, secret: str, clock: Clock) -> None:
        self.heads: dict[str, int] = {}
        self._tokens = Tokens(secret.encode(), clock)

    # Log.

    async def read_room(self, room: str, after: int | None, epoch: str | None) -> RoomRead:
        head = self.heads.get(room, 0)
        return RoomRead(room, self.epoch, head, _ticket(room, head), None, False)

    async def snapshot(self, room: str) -> Snapshot:
        head = self.heads.get(room, 0)
        return Snapshot(head, _ticket(room, head), {"messages": []})

    async def read_gap(self, room: str, after: int, upto: int) -> list[Envelope]:
        raise LookupError(f"a gap in {room} after {after}: what is measured must not lose anything")

    async def newer(self, looked: Mapping[str, int]) -> dict[str, Newer]:
        heads = {room: self.heads.get(room, 0) for room in looked}
        return {room: Newer(head, head) for room, head in heads.items() if head > looked[room]}

    # Sessions.

    async def authenticate(self, token: str) -> Session:
        claims = self._tokens.read(token, TokenKind.ACCESS)
        actor = Actor(
            kind=ActorKind.AGENT,
            id=claims.subject,
            user_id=claims.subject,
            contact_ids=(claims.subject,),
            team_ids=frozenset((TEAM,)),
            role="agent",
            permissions=DEFAULT_ROLES["agent"],
        )
        return Session(claims.session_id, actor, f"u1.r1:1.t{TEAM}:1", claims.expires_at)

    async def recheck(self, sessions: Sequence[Session]) -> dict[str, Session | None]:
        return {session.id: session for session in sessions}

    # FeedSource and Markers, of which nobody asks here.

    async def feed_snapshot(self, room: str) -> dict[str, Any]:
        return {}

    async def advance(self, markers: Sequence[Marker]) -> None:
        pass

    async def of(self, ticket_ids: Sequence[str]) -> list[Marker]:
        return []


class MemoryDispatch:
    """Carries out one command, the note: it is given its place in the log, and published.

    As at the other peers, the message's id is the command's.
    """

    def __init__(self, memory: Memory, publisher: Publisher, clock: Clock) -> None:
        self._heads = memory.heads
        self._publisher = publisher
        self._clock = clock

    async def dispatch(self, command: Command, actor: Actor) -> Outcome:
        if not isinstance(command, Reply) or command.visibility is not Visibility.PRIVATE:
            raise Invalid("Only notes are written here.")
        room = staff_room(command.ticket_id)
        prev = self._heads.get(room, 0)
        self._heads[room] = seq = prev + 1
        author = {"kind": actor.kind, "id": actor.id}
        envelope = Envelope(
            room=room,
            epoch=Memory.epoch,
            seq=seq,
            prev=prev,
            at=self._clock.now(),
            actor=actor.ref,
            command_id=command.command_id,
            events=[posted(command.command_id, command.visibility, command.body, author)],
        )
        self._publisher.publish([envelope])
        return Outcome(seq, {"message_id": command.command_id})


def _ticket(room: str, head: int) -> Ticket:
    return Ticket(id=parse_room(room).id, seq=head, number=1, team_id=TEAM)
