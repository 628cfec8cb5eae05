"""Looks at the teams' queues: tells the wallboard and the teams how long they are, and each client
where their ticket stands and how long it still waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from domain.audience import WALLBOARD, team_room, user_room
from domain.message import Id, Millis
from domain.people.state import Team
from domain.ports import Clock, FeedItem, Feeds
from domain.routing.waits import KEPT, about, estimated_wait
from domain.ticket.state import Ticket
from server.jobs.routing import WaitingTickets
from server.store.connect import Store
from server.store.contacts import survivors_of
from server.store.documents import find
from server.store.leases import Leases
from server.store.models import TicketHeader
from server.store.queues import Queue, Queues, Waiter, numbers_of, place_of

LEASE = "queues"
LEASE_MS = 3_000
EVERY_SECONDS = 1.0
MINUTE: Millis = 60_000


class QueueWatch:
    """One at a time among all workers."""

    def __init__(self, store: Store, leases: Leases, feeds: Feeds, clock: Clock) -> None:
        self._store = store
        self._leases = leases
        self._feeds = feeds
        self._clock = clock
        self._queues = Queues(store)
        self._waiting = WaitingTickets(store)

    async def look(self) -> int:
        """One look at every queue; how many changed."""
        if await self._leases.acquire(LEASE, LEASE_MS) is None:
            return 0
        now = self._clock.now()
        known = await self._queues.all()
        teams = [team.id for team in await find(self._store, Team)]
        tickets = await self._waiting.load(teams)
        by_team = {
            team_id: list(some)
            for team_id, some in groupby(
                sorted(tickets, key=lambda each: each.team_id or ""),
                key=lambda each: each.team_id or "",
            )
        }
        changed: list[Queue] = []
        for team_id in teams:
            before = known.get(team_id, Queue(team_id))
            after = await self._after(before, by_team.get(team_id, []), now)
            if replace(after, seq=before.seq) != before or team_id not in known:
                changed.append(after)
        gone = known.keys() - set(teams)
        await self._tell(known, changed)
        await self._queues.keep(changed, gone)
        return len(changed)

    async def _after(self, before: Queue, tickets: list[Ticket], now: Millis) -> Queue:
        """A queue as it is now; what left it for an owner says how fast it moves."""
        here = {each.id for each in tickets}
        left = [each.ticket_id for each in before.waiting if each.ticket_id not in here]
        taken = (*before.taken, *[now] * await self._owned(left))[-KEPT:]
        each_takes = estimated_wait(1, taken, now)
        waiting = tuple(
            Waiter(each.id, each.requester_id or "", about(position), _wait(position, each_takes))
            for position, each in enumerate(tickets, 1)
        )
        numbers = {
            "waiting": len(tickets),
            "offered": sum(bool(each.private and each.private.offer) for each in tickets),
            "oldest_at": min((_since(each) for each in tickets), default=0),
            "wait_ms": _wait(len(tickets) + 1, each_takes),
        }
        seq = max(now, before.seq + 1)
        return Queue(before.team_id, seq, waiting, numbers, taken)

    async def _owned(self, ticket_ids: list[Id]) -> int:
        if not ticket_ids:
            return 0
        where = {"_id": {"$in": ticket_ids}, "state.owner_id": {"$gt": ""}}
        return len(await self._store[TicketHeader].find(where, {"_id": 1}).to_list())

    async def _tell(self, known: dict[Id, Queue], changed: Iterable[Queue]) -> None:
        """What is new; who does not wait any more stands at place 0."""
        items: list[FeedItem] = []
        places: list[tuple[Id, FeedItem]] = []
        for queue in changed:
            before = known.get(queue.team_id, Queue(queue.team_id))
            news = numbers_of(queue).items() - numbers_of(before).items()
            for room in (WALLBOARD, team_room(queue.team_id)):
                items += [_item(room, name, queue.seq, value) for name, value in sorted(news)]
            places += _places(before, queue)
        survivors = await survivors_of(self._store, {who for who, _ in places if who})
        items += [
            item._replace(room=user_room(survivors[who].id))
            for who, item in places
            if who in survivors
        ]
        if items:
            await self._feeds.write(items)


def _places(before: Queue, after: Queue) -> list[tuple[Id, FeedItem]]:
    """By requester, what they are told of their tickets' places; the room is filled in later."""
    here = {each.ticket_id for each in after.waiting}
    gone = [
        replace(each, position=0, wait_ms=0)
        for each in before.waiting
        if each.ticket_id not in here
    ]
    old = {each.ticket_id: place_of(each) for each in before.waiting}
    return [
        (each.requester_id, _item("", name, after.seq, value))
        for each in (*after.waiting, *gone)
        for name, value in place_of(each).items()
        if old.get(each.ticket_id, {}).get(name) != value
    ]


def _wait(position: int, each_takes: Millis | None) -> Millis:
    """An estimate in whole minutes, at least one, since nobody knows it better; 0: unknown."""
    return 0 if each_takes is None else -(-position * each_takes // MINUTE) * MINUTE


def _since(ticket: Ticket) -> Millis:
    return (ticket.private and ticket.private.queued_at) or ticket.opened_at


def _item(room: str, name: str, seq: int, value: int) -> FeedItem:
    event = {"type": "feed.counter", "v": 1, "name": name, "seq": seq, "value": value}
    return FeedItem(room, f"counter:{name}", seq, event)
