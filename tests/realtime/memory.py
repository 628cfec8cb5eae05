"""The ports of the door in memory, over the domain's own desk, with every read in hand."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from domain.access import Actor
from domain.audience import Room, parse_room, rooms_of
from domain.errors import NotFound, Unauthenticated
from domain.message import Command, Envelope
from domain.ports import Marker, Newer, Outcome, Publisher, RoomRead, Session, Snapshot
from domain.process import streams_of
from domain.ticket.state import Ticket
from domain.workforce.state import Agent
from tests.domain.desk import Desk

READ_BYTES = 1_000_000

Hook = Callable[[], Awaitable[None]]


class MemoryStore:
    """A desk as the store of any number of nodes: Log, Markers, Sessions and FeedSource in one.

    `before[name]` and `after[name]` are awaited around a read of that name; `reads` counts them.
    """

    def __init__(self) -> None:
        self.desk = Desk()
        self.epoch = uuid4().hex
        self.reads: Counter[str] = Counter()
        self.before: dict[str, Hook] = {}
        self.after: dict[str, Hook] = {}
        self.markers: dict[tuple[str, str], Marker] = {}
        self.sessions: dict[str, Session] = {}
        self.feed: defaultdict[str, dict[str, Any]] = defaultdict(lambda: {"rows": []})

    # What tests do.

    def commit(self, command: Command, actor: Actor) -> list[Envelope]:
        """Carry out a command; returns the envelopes of its ticket's rooms, unpublished."""
        stream = streams_of(command, actor)[0]
        seen = len(self.desk.log[stream])
        self.desk.do(command, actor)
        newest = self.desk.log[stream][seen].meta.seq if len(self.desk.log[stream]) > seen else 0
        rooms = rooms_of(stream).values()
        return [e for room in rooms for e in self.envelopes(room) if e.seq >= newest > 0]

    def envelopes(self, name: str) -> list[Envelope]:
        """A room's whole log."""
        room, prev = parse_room(name), 0
        found: list[Envelope] = []
        for meta, events in self.desk.log[room.stream]:
            seen = [e.model_dump(mode="json") for e in events if _sees(room, e)]
            if seen:
                found.append(
                    Envelope(
                        room=name,
                        epoch=self.epoch,
                        seq=meta.seq,
                        prev=prev,
                        at=meta.at,
                        actor=meta.actor,
                        command_id=meta.command_id,
                        events=seen,
                    )
                )
                prev = meta.seq
        return found

    def log_in(self, actor: Actor, expires_at: int = 2**50) -> str:
        """A token for somebody."""
        token = uuid4().hex
        self.sessions[token] = Session(uuid4().hex, actor, "1", expires_at)
        return token

    def change(self, token: str, actor: Actor) -> None:
        """The person behind a token may something else from now on."""
        session = self.sessions[token]
        self.sessions[token] = session._replace(
            actor=actor, access_version=session.access_version + "+"
        )

    # Log.

    async def read_room(self, room: str, after: int | None, epoch: str | None) -> RoomRead:
        async with _Read(self, "read_room"):
            header, head = self._present(room)
            envelopes, more = None, False
            if after is not None and epoch == self.epoch and after <= head:
                envelopes, more = _bounded([e for e in self.envelopes(room) if e.seq > after])
            return RoomRead(room, self.epoch, head, header, envelopes, more)

    async def snapshot(self, room: str) -> Snapshot:
        async with _Read(self, "snapshot"):
            header, head = self._present(room)
            if isinstance(header, Agent):
                return Snapshot(head, header, {"agent": header.model_dump(mode="json")})
            parsed = parse_room(room)
            view = header.seen_by(parsed.audience).model_dump(mode="json")
            messages = [
                message.model_dump(mode="json")
                for message in self.desk.messages.values()
                if message.ticket_id == header.id
                and (parsed.audience == "staff" or message.visibility == "public")
            ]
            return Snapshot(head, header, {"ticket": view, "messages": messages[-50:]})

    async def read_gap(self, room: str, after: int, upto: int) -> list[Envelope]:
        async with _Read(self, "read_gap"):
            gap = [e for e in self.envelopes(room) if after < e.seq <= upto]
            return _bounded(gap)[0]

    async def newer(self, looked: Mapping[str, int]) -> dict[str, Newer]:
        async with _Read(self, "newer"):
            heads = {room: self._head(room) for room in looked}
            return {room: Newer(head, head) for room, head in heads.items() if head > looked[room]}

    # Markers.

    async def advance(self, markers: Sequence[Marker]) -> None:
        async with _Read(self, "advance"):
            for marker in markers:
                key = (marker.ticket_id, marker.person)
                known = self.markers.get(key, marker)
                self.markers[key] = marker._replace(
                    delivered=max(known.delivered, marker.delivered),
                    read=max(known.read, marker.read),
                )

    async def of(self, ticket_ids: Sequence[str]) -> list[Marker]:
        async with _Read(self, "markers"):
            return [m for m in self.markers.values() if m.ticket_id in ticket_ids]

    # Sessions.

    async def authenticate(self, token: str) -> Session:
        async with _Read(self, "authenticate"):
            if token not in self.sessions:
                raise Unauthenticated("Log in again.")
            return self.sessions[token]

    async def recheck(self, sessions: Sequence[Session]) -> dict[str, Session | None]:
        async with _Read(self, "recheck"):
            present = {session.id: session for session in self.sessions.values()}
            return {session.id: present.get(session.id) for session in sessions}

    # FeedSource.

    async def feed_snapshot(self, room: str) -> dict[str, Any]:
        async with _Read(self, "feed_snapshot"):
            return dict(self.feed[room])

    def _present(self, name: str) -> tuple[Ticket | Agent, int]:
        room = parse_room(name)
        if room.kind == "agent":
            return self.desk.agents.get(room.id) or Agent(id=room.id), self._head(name)
        if room.id not in self.desk.tickets:
            raise NotFound("There is no such ticket.")
        return self.desk.tickets[room.id], self._head(name)

    def _head(self, name: str) -> int:
        return max((envelope.seq for envelope in self.envelopes(name)), default=0)


class MemoryDispatch:
    """Dispatch over the desk; commits are published by this node's publisher."""

    def __init__(self, store: MemoryStore, publisher: Publisher) -> None:
        self._store = store
        self._publisher = publisher
        self.before: Callable[[Command], Awaitable[None]] | None = None

    async def dispatch(self, command: Command, actor: Actor) -> Outcome:
        if self.before is not None:
            await self.before(command)
        await asyncio.sleep(0)
        stream = streams_of(command, actor)[0]
        self._publisher.publish(self._store.commit(command, actor))
        room = rooms_of(stream)[actor.audience]
        head = max((e.seq for e in self._store.envelopes(room)), default=0)
        return Outcome(head, self._store.desk.outcomes.get((stream, command.command_id), {}))


class _Read:
    """Counts a read, and lets a test stop it before or after it looked."""

    def __init__(self, store: MemoryStore, name: str) -> None:
        self._store = store
        self._name = name

    async def __aenter__(self) -> None:
        self._store.reads[self._name] += 1
        await asyncio.sleep(0)
        if (hook := self._store.before.get(self._name)) is not None:
            await hook()

    async def __aexit__(self, *_: object) -> None:
        if (hook := self._store.after.get(self._name)) is not None:
            await hook()


def _sees(room: Room, event: Any) -> bool:
    return room.audience == "staff" or event.audience == "public"


def _bounded(envelopes: list[Envelope]) -> tuple[list[Envelope], bool]:
    size = 0
    for at, envelope in enumerate(envelopes):
        size += len(envelope.model_dump_json())
        if size > READ_BYTES and at:
            return envelopes[:at], True
    return envelopes, False
