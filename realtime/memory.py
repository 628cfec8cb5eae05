"""Ports of the door in memory: rooms, joins and replay on one node, without a store.

For trying the door by itself, and a description by example of what a store must do for it. What
was said is gone with the process, which the new epoch tells clients.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from domain.access import DEFAULT_ROLES, Actor
from domain.audience import RoomKind, parse_room
from domain.errors import Unauthenticated
from domain.message import ActorKind, ActorRef, Envelope
from domain.ports import Marker, Newer, RoomRead, Session, Snapshot
from domain.ticket.state import Ticket
from domain.workforce.state import Agent

SHOWN = 50
"""How many of the newest envelopes a snapshot has."""
FOR_EVER = 2**52


class MemoryLog:
    """Implements ports.Log. Every ticket's and every agent's room exists, and belongs to all."""

    def __init__(self) -> None:
        self.epoch = uuid4().hex
        self._rooms: defaultdict[str, list[Envelope]] = defaultdict(list)
        self._said: dict[tuple[str, str], Envelope] = {}

    def append(
        self, room: str, who: ActorRef, command_id: str, *events: dict[str, Any]
    ) -> Envelope:
        """Say something in a room, and publish what this returns. A command that is repeated
        says nothing twice."""
        known = self._said.get((room, command_id))
        if known is not None:
            return known
        log = self._rooms[room]
        envelope = Envelope(
            room=room,
            epoch=self.epoch,
            seq=len(log) + 1,
            prev=len(log),
            at=time.time_ns() // 1_000_000,
            actor=who,
            command_id=command_id,
            events=list(events),
        )
        log.append(envelope)
        self._said[room, command_id] = envelope
        return envelope

    async def read_room(self, room: str, after: int | None, epoch: str | None) -> RoomRead:
        log = self._rooms[room]
        known = epoch == self.epoch and after is not None and after <= len(log)
        missed = log[after:] if known else None
        return RoomRead(room, self.epoch, len(log), _header(room), missed, more=False)

    async def snapshot(self, room: str) -> Snapshot:
        log = self._rooms[room]
        said = [envelope.model_dump(mode="json") for envelope in log[-SHOWN:]]
        return Snapshot(len(log), _header(room), {"said": said})

    async def read_gap(self, room: str, after: int, upto: int) -> list[Envelope]:
        return self._rooms[room][after:upto]

    async def newer(self, looked: Mapping[str, int]) -> dict[str, Newer]:
        heads = {room: len(self._rooms[room]) for room in looked}
        return {room: Newer(head, head) for room, head in heads.items() if head > looked[room]}


class MemoryMarkers:
    """Implements ports.Markers."""

    def __init__(self) -> None:
        self._markers: dict[tuple[str, str], Marker] = {}

    async def advance(self, markers: Sequence[Marker]) -> None:
        for marker in markers:
            key = (marker.ticket_id, marker.person)
            known = self._markers.get(key, marker)
            self._markers[key] = marker._replace(
                delivered=max(known.delivered, marker.delivered), read=max(known.read, marker.read)
            )

    async def of(self, ticket_ids: Sequence[str]) -> list[Marker]:
        return [each for each in self._markers.values() if each.ticket_id in ticket_ids]


class Anybody:
    """Implements ports.Sessions: lets in whoever says who they are, by a token that is their id,
    with the rights of a role."""

    def __init__(self, role: str = "supervisor") -> None:
        self._rights = DEFAULT_ROLES[role]

    async def authenticate(self, token: str) -> Session:
        if not token:
            raise Unauthenticated("Say who you are.")
        actor = Actor(kind=ActorKind.AGENT, id=token, user_id=token, permissions=self._rights)
        return Session(token, actor, access_version="1", expires_at=FOR_EVER)

    async def recheck(self, sessions: Sequence[Session]) -> dict[str, Session | None]:
        return {session.id: session for session in sessions}


class NoFeeds:
    """Implements ports.FeedSource: lists and counters have nothing."""

    async def feed_snapshot(self, room: str) -> dict[str, Any]:
        return {"rows": [], "counters": [], "agents": []}


def _header(room: str) -> Ticket | Agent:
    """What access to a room is judged on."""
    parsed = parse_room(room)
    if parsed.kind is RoomKind.AGENT:
        return Agent(id=parsed.id)
    return Ticket(id=parsed.id, number=1)
