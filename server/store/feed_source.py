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
from server.store.notices import SHOWN, Notices
from server.store.queues import Queues
from server.store.reach import retryable_when_away
from server.store.rows import row_entry
from server.store.tickets import load_ticket

MOST_ROWS = 200
"""The most rows of a snapshot: those that something happened to last."""
_NOT_CLOSED: Raw = {"state.status": {"$ne": Status.CLOSED.value}}


class StoreFeedSource:
    """Implements the port `FeedSource`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counters = Counters(store)
        self._attendance = AttendanceBook(store)
        self._queues = Queues(store)
        self._notices = Notices(store)

    @retryable_when_away
    async def feed_snapshot(self, room: str) -> dict[str, Any]:
        """{rows: [{ticket_id, seq, row}], counters: [{name, seq, value}],
        agents: [{agent_id, seq, agent}], notices: [{id, seq, notice}]}, newest first."""
        parsed = parse_room(room)
        counters = await self._counters.load(room)
        notices: list[dict[str, Any]] = []
        match parsed.kind:
            case RoomKind.TEAM:
                rows = await self._staff_rows({"state.team_id": parsed.id})
                counters += await self._queues.counters(parsed.id)
            case RoomKind.USER:
                contact = await fetch(self._store, Contact, parsed.id)
                names = (contact.id, *contact.aliases) if contact else (parsed.id,)
                rows = await self._user_rows(names, client=contact is not None)
                unread = await self._notices.counter(names, draw=False)
                counters += [unread] if unread["seq"] else []  # Else nothing was ever told.
                counters += await self._queues.places(names) if contact else []
                notices = [kept.entry for kept in await self._notices.page(names, None, SHOWN)]
            case RoomKind.WALLBOARD:
                rows = []
                counters += await self._queues.counters()
            case RoomKind.SETTINGS:
                rows = []
            case _:
                raise NotFound(f"The room {room!r} is not a feed.")
        return {
            "rows": rows,
            "counters": counters,
            "agents": await self._attendance.of(room),
            "notices": notices,
        }

    async def _user_rows(self, names: tuple[Id, ...], *, client: bool) -> list[dict[str, Any]]:
        """`names` are all ids that somebody had: after a merge, a client has several."""
        if not client:
            return await self._staff_rows({"state.owner_id": names[0]})
        return await self._rows({"state.requester_id": {"$in": list(names)}}, Audience.PUBLIC)

    async def _staff_rows(self, where: Raw) -> list[dict[str, Any]]:
        return await self._rows({**where, **_NOT_CLOSED}, Audience.STAFF)

    async def _rows(self, where: Raw, audience: Audience) -> list[dict[str, Any]]:
        face = "public" if audience is Audience.PUBLIC else "staff"
        cursor = self._store[TicketHeader].find({**where, "listed": True})
        found = (
            await cursor.sort([(f"state.{face}.at", -1), ("_id", -1)]).limit(MOST_ROWS).to_list()
        )
        tickets = [await load_ticket(self._store, raw) for raw in found]
        return [row_entry(ticket, audience)._asdict() for ticket in tickets]
