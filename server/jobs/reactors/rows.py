"""Keeps the rows of feed rooms: a team's inbox, an agent's own tickets, a client's."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from domain.audience import rooms_of, team_room, user_room
from domain.message import Audience, Id
from domain.ports import FeedItem, Feeds
from domain.ticket.state import Ticket
from server.jobs.reactors import Owing
from server.store.aggregates import Standing
from server.store.commits import Commit
from server.store.connect import Store
from server.store.contacts import survivors_of
from server.store.headers import Headers
from server.store.rows import RowEntry, gone_entry, rows_of, staff_rooms


@dataclass
class Place:
    """A ticket, the lists of staff that it may have left, and whether its client is told."""

    ticket: Ticket
    left: set[str]
    told_public: bool


class Rows:
    """Writes tickets' rows as they are now into every list they stand in, or stood in before."""

    def __init__(self, store: Store, headers: Headers, feeds: Feeds) -> None:
        self._store = store
        self._headers = headers
        self._feeds = feeds

    async def __call__(self, owing: Owing) -> Collection[str]:
        standings = await self._headers.load_some(
            {stream: commits[-1].seq for stream, commits in owing.items()}
        )
        places = {
            stream: Place(
                ticket=_ticket(standing),
                left={room for commit in owing[stream] for room in _rooms_before(commit)},
                told_public=_told_public(stream, owing[stream]),
            )
            for stream, standing in standings.items()
        }
        await self._write(places)
        # Who enters a list now sees the stored header in it, and none of what was written already:
        # where that header was behind, the row is owed until it is written once more.
        return [stream for stream, standing in standings.items() if not standing.ahead]

    async def write_anew(self, streams: Collection[str]) -> None:
        """Write the rows of tickets as they are now, where whom they are for was changed."""
        standings = await self._headers.load_some(dict.fromkeys(streams, 0))
        await self._write(
            {
                stream: Place(_ticket(standing), left=set(), told_public=True)
                for stream, standing in standings.items()
            }
        )

    async def _write(self, places: dict[str, Place]) -> None:
        while places:
            await self._feeds.write(await self._items(places.values()))
            places = await self._moved(places)

    async def _moved(self, places: dict[str, Place]) -> dict[str, Place]:
        """Those that something happened to while their rows were written: once more, then."""
        again = await self._headers.load_some(
            {stream: place.ticket.seq for stream, place in places.items()}
        )
        moved: dict[str, Place] = {}
        for stream, standing in again.items():
            before = places[stream]
            if standing.seq != before.ticket.seq:
                left = before.left | set(staff_rooms(before.ticket))
                moved[stream] = Place(_ticket(standing), left, before.told_public)
        return moved

    async def _items(self, places: Collection[Place]) -> list[FeedItem]:
        requesters = {place.ticket.requester_id for place in places} - {None}
        survivors = await survivors_of(self._store, sorted(each for each in requesters if each))
        rooms = {contact_id: user_room(each.id) for contact_id, each in survivors.items()}
        return [item for place in places for item in _items(place, rooms)]


def _items(place: Place, rooms: dict[Id, str]) -> Iterable[FeedItem]:
    ticket = place.ticket
    theirs = rooms.get(ticket.requester_id) if ticket.requester_id else None
    rows = rows_of(ticket, theirs)
    gone = gone_entry(ticket, Audience.STAFF)
    entries = dict.fromkeys({*place.left, *staff_rooms(ticket)}, gone) | rows
    if theirs is not None:
        entries.setdefault(theirs, gone_entry(ticket, Audience.PUBLIC))
        if not place.told_public:  # That something was noted behind their back is no news.
            del entries[theirs]
    return (_item(room, entry) for room, entry in entries.items())


def _ticket(standing: Standing) -> Ticket:
    assert isinstance(standing.state, Ticket), "only tickets have rows"
    return standing.state


def _told_public(stream: str, commits: Iterable[Commit]) -> bool:
    return any(rooms_of(stream)[Audience.PUBLIC] in commit.rooms for commit in commits)


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
