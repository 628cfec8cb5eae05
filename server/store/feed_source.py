"""What a feed room shows to who enters it anew, from the documents."""

from __future__ import annotations

from typing import Any

from domain.audience import RoomKind, parse_room
from domain.contact.state import Contact
from domain.errors import NotFound
from domain.message import Audience, Id
from domain.ticket.state import Status
from server.store.attendance import AttendanceBook
from server.store.connect import Raw, Store
from server.store.counters import Counters
from server.store.documents import fetch
from server.store.models import TicketHeader
from server.store.reach import retryable_when_away
from server.store.rows import row_entry
from server.store.tickets import load_ticket

SHOWN = 200
"""The most rows of a snapshot: those that something happened to last."""
_NOT_CLOSED: Raw = {"state.status": {"$ne": Status.CLOSED.value}}


class StoreFeedSource:
    """Implements the port `FeedSource`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counters = Counters(store)
        self._attendance = AttendanceBook(store)

    @retryable_when_away
    async def feed_snapshot(self, room: str) -> dict[str, Any]:
        """{rows: [{ticket_id, seq, row}], counters: [{name, seq, value}],
        agents: [{agent_id, seq, agent}]}, newest row first."""
        parsed = parse_room(room)
        match parsed.kind:
            case RoomKind.TEAM:
                rows = await self._staff_rows({"state.team_id": parsed.id})
            case RoomKind.USER:
                rows = await self._user_rows(parsed.id)
            case RoomKind.WALLBOARD:
                rows = []
            case _:
                raise NotFound(f"The room {room!r} is not a feed.")
        return {
            "rows": rows,
            "counters": await self._counters.load(room),
            "agents": await self._attendance.of(room),
        }

    async def _user_rows(self, principal: Id) -> list[dict[str, Any]]:
        contact = await fetch(self._store, Contact, principal)
        if contact is None:
            return await self._staff_rows({"state.owner_id": principal})
        ids = {"$in": [contact.id, *contact.aliases]}
        return await self._rows({"state.requester_id": ids}, Audience.PUBLIC)

    async def _staff_rows(self, where: Raw) -> list[dict[str, Any]]:
        return await self._rows({**where, **_NOT_CLOSED}, Audience.STAFF)

    async def _rows(self, where: Raw, audience: Audience) -> list[dict[str, Any]]:
        face = "public" if audience is Audience.PUBLIC else "staff"
        cursor = self._store[TicketHeader].find({**where, "listed": True})
        found = await cursor.sort([(f"state.{face}.at", -1), ("_id", -1)]).limit(SHOWN).to_list()
        tickets = [await load_ticket(self._store, raw) for raw in found]
        return [row_entry(ticket, audience)._asdict() for ticket in tickets]
