"""Keeps the rows of feed rooms: a team's inbox, an agent's own tickets, a client's."""

from __future__ import annotations

from collections.abc import Sequence

from domain.audience import rooms_of, team_room, user_room
from domain.message import Audience
from domain.ports import FeedItem, Feeds
from domain.ticket.state import Ticket
from server.store.commits import Commit
from server.store.connect import Store
from server.store.contacts import survivor_of
from server.store.headers import Headers
from server.store.rows import RowEntry, gone_entry, rows_of, staff_rooms


class Rows:
    """Writes a ticket's row as it is now into every list it stands in, or stood in before."""

    def __init__(self, store: Store, headers: Headers, feeds: Feeds) -> None:
        self._store = store
        self._headers = headers
        self._feeds = feeds

    async def __call__(self, stream: str, commits: Sequence[Commit]) -> None:
        left = {room for commit in commits for room in _rooms_before(commit)}
        told_public = any(rooms_of(stream)[Audience.PUBLIC] in commit.rooms for commit in commits)
        seq = -1
        while (ticket := await self._load(stream)).seq != seq:
            # It may have moved while the rows were written: then they are written anew.
            seq = ticket.seq
            await self._feeds.write(await self._items(ticket, left, told_public=told_public))
            left |= set(staff_rooms(ticket))

    async def _load(self, stream: str) -> Ticket:
        state = (await self._headers.load(stream)).state
        assert isinstance(state, Ticket), "only tickets have rows"
        return state

    async def _items(self, ticket: Ticket, left: set[str], *, told_public: bool) -> list[FeedItem]:
        requester = await survivor_of(self._store, ticket.requester_id)
        theirs = user_room(requester.id) if requester else None
        rows = rows_of(ticket, theirs)
        gone = gone_entry(ticket, Audience.STAFF)
        entries = dict.fromkeys({*left, *staff_rooms(ticket)}, gone) | rows
        if theirs is not None:
            entries.setdefault(theirs, gone_entry(ticket, Audience.PUBLIC))
            if not told_public:  # That something was noted behind their back is no news.
                del entries[theirs]
        return [_item(room, entry) for room, entry in entries.items()]


def _rooms_before(commit: Commit) -> list[str]:
    """The staff's lists that a commit took its ticket out of."""
    rooms: list[str] = []
    for event in commit.events:
        if event["type"] == "ticket.assigned":
            rooms.append(team_room(event["before_team_id"]))
            if event["before_agent_id"]:
                rooms.append(user_room(event["before_agent_id"]))
    return rooms


def _item(room: str, entry: RowEntry) -> FeedItem:
    event = {"type": "feed.row", "v": 1, **entry._asdict()}
    return FeedItem(room, f"row:{entry.ticket_id}", entry.seq, event)
