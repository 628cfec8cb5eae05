"""Durable rooms as their members read them: replays, snapshots, gaps and heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from domain.audience import Room, parse_room
from domain.errors import NotFound
from domain.message import Audience, Envelope
from domain.ports import Newer, RoomRead, Snapshot
from domain.ticket.state import STAFF_PARTS, Ticket
from server.store.aggregates import Standing
from server.store.commits import commit_id
from server.store.connect import Raw, Store
from server.store.contacts import names_of
from server.store.journal import LAST_SEQ
from server.store.markers import StoreMarkers
from server.store.models import LogEntry
from server.store.reach import retryable_when_away
from server.store.streams import Streams

READ_BYTES = 1_000_000
"""The most that one read of a room answers with."""
TOO_FAR = 1_000
"""Who is further behind than so many commits is better off with a snapshot."""
ENVELOPE_BYTES = 300
"""About what an envelope takes beside its events."""


class StoreLog:
    """Implements the port `Log` on the store, with majority reads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries = store[LogEntry]
        self._streams = Streams(store)
        self._markers = StoreMarkers(store)

    @property
    def epoch(self) -> str:
        """The store's id, renewed by a restore."""
        return self._store.epoch

    @retryable_when_away
    async def read_room(self, room: str, after: int | None, epoch: str | None) -> RoomRead:
        """Read a room from a cursor on, at most 1 MB (`more`); NotFound where there is none."""
        parsed = _durable(room)
        standing = _present((await self._streams.headers.show(parsed.stream)).standing)
        head = standing.heads()[room]
        envelopes: list[Envelope] | None = None
        more = False
        if after is not None and epoch == self.epoch and head - TOO_FAR <= after <= head:
            envelopes, more = await self._read(room, after, head)
        return RoomRead(room, self.epoch, head, standing.state, envelopes, more)

    @retryable_when_away
    async def read_gap(self, room: str, after: int, upto: int) -> list[Envelope]:
        """Every envelope with after < seq <= upto, oldest first, at most 1 MB of them."""
        envelopes, _ = await self._read(room, after, upto)
        return envelopes

    @retryable_when_away
    async def snapshot(self, room: str) -> Snapshot:
        """The room's present view for its audience; NotFound where there is none."""
        parsed = _durable(room)
        standing, behind, newer = await self._streams.headers.show(parsed.stream)
        state = _present(standing).state
        head = standing.heads()[room]
        if not isinstance(state, Ticket):
            return Snapshot(head, state, {"agent": newer or state.seen.model_dump(mode="json")})
        if behind:
            await self._streams.projection.catch_up(parsed.stream)
        view = _view(state, newer, parsed.audience)
        return Snapshot(head, state, await self._show(state, view, parsed.audience, head))

    @retryable_when_away
    async def newer(self, looked: Mapping[str, int]) -> dict[str, Newer]:
        """What there is beyond the seq up to which each room's stream was looked at.

        Seqs are without gaps, so that one look at each stream's next tells most of them apart.
        """
        after: dict[str, int] = {}
        for room, seq in looked.items():
            stream = _durable(room).stream
            after[stream] = min(seq, after.get(stream, seq))
        nexts = [commit_id(stream, seq + 1) for stream, seq in after.items()]
        found = self._entries.find({"_id": {"$in": nexts}}, {"stream": 1, "_id": 0})
        moved = [each["stream"] async for each in found]
        seen = {stream: await self._seen_after(stream, after[stream]) for stream in moved}
        return {
            room: _newer(room, seq, seen[stream])
            for room, seq in looked.items()
            if (stream := _durable(room).stream) in seen
        }

    async def _seen_after(self, stream: str, seq: int) -> list[tuple[int, set[str]]]:
        """The seqs of a stream after one, each with the rooms that could see it."""
        beyond = {"$gt": commit_id(stream, seq), "$lte": commit_id(stream, LAST_SEQ)}
        found = self._entries.find({"_id": beyond}, {"seq": 1, "audience": 1, "_id": 0})
        return [
            (each["seq"], {room for seers in each["audience"] for room in seers})
            async for each in found
        ]

    async def _read(self, room: str, after: int, upto: int) -> tuple[list[Envelope], bool]:
        envelopes: list[Envelope] = []
        size = 0
        if after >= upto:
            return envelopes, False
        async for commit in self._streams.journal.after(_durable(room).stream, after, upto):
            envelope = commit.envelope(room, self.epoch)
            if envelope is None:
                continue
            size += len(orjson.dumps(envelope.events)) + ENVELOPE_BYTES
            if size > READ_BYTES and envelopes:
                return envelopes, True
            envelopes.append(envelope)
        return envelopes, False

    async def _show(
        self, ticket: Ticket, view: Raw, audience: Audience, head: int
    ) -> dict[str, Any]:
        messages, has_earlier = await self._streams.messages.page(ticket.id, audience, head)
        markers = await self._markers.of([ticket.id])
        people = {ticket.requester_id, ticket.owner_id, *(each.person for each in markers)}
        for message in messages:
            people |= {message["author"]["id"], *message["mentions"]}
        return {
            "ticket": view,
            "messages": messages,
            "has_earlier": has_earlier,
            # A head of the whole log would tell a client how much is said behind their back.
            "markers": [
                {
                    "person": each.person,
                    "kind": each.kind,
                    "delivered": min(each.delivered, head),
                    "read": min(each.read, head),
                }
                for each in markers
            ],
            "people": await names_of(self._store, sorted(each for each in people if each)),
        }


def _newer(room: str, after: int, seen: Sequence[tuple[int, set[str]]]) -> Newer:
    beyond = [(seq, rooms) for seq, rooms in seen if seq > after]
    head = max((seq for seq, rooms in beyond if room in rooms), default=0)
    return Newer(head, max((seq for seq, _ in beyond), default=after))


def _durable(room: str) -> Room:
    parsed = parse_room(room)
    if not parsed.kind.durable:
        raise NotFound(f"The room {room!r} replays no log.")
    return parsed


def _view(ticket: Ticket, newer: Raw | None, audience: Audience) -> Raw:
    """A ticket for an audience, with all that a newer release keeps in its header."""
    seen = ticket.seen_by(audience)
    view = seen.model_dump(mode="json")
    if newer is None:
        return view
    hidden = {part: None for part in STAFF_PARTS if view[part] is None}
    return {**newer, **hidden, "seq": seen.seq}


def _present(standing: Standing) -> Standing:
    """Raise NotFound for a ticket that was never opened; every agent has a stream."""
    if isinstance(standing.state, Ticket) and standing.state.number == 0:
        raise NotFound("There is no such ticket.")
    return standing
