"""The reactors of feed rooms over one history: in order, twice, backwards, shuffled, as it grows.

Whatever the order, a member of every room ends with what the documents say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from domain.audience import WALLBOARD, team_room, user_room
from domain.message import Command
from domain.ticket.commands import AssignTicket, DeleteTicket, SetPriority, SetStatus
from domain.ticket.state import Priority, Status
from realtime.feed import RedisFeeds
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.drafting import COUNTERS, ERASURE, NOTIFY, ROUTING, ROWS
from server.jobs import counting
from server.jobs.counting import Counting
from server.jobs.reactors import Reactor
from server.jobs.reactors.erasure import Erasure
from server.jobs.reactors.looking import Looking
from server.jobs.reactors.marking import Marking
from server.jobs.reactors.rows import Rows
from server.mail.taking_back import TakingBack
from server.notices.board import NoticeBoard
from server.notices.desk import NoticeDesk
from server.notices.reactor import NoticeReactor
from server.settings import Settings
from server.store.attachments import AttachmentFolder
from server.store.commits import Commit, reactor_work
from server.store.connect import Store
from server.store.counters import Counters
from server.store.effects import Effects
from server.store.feed_source import StoreFeedSource
from server.store.leases import Leases
from server.store.letters import Letters
from server.store.models import LogEntry
from server.store.streams import Streams
from tests.server.house import FixedClock, House, new_id, open_ticket, reply

History = list[Commit]
Shown = dict[str, tuple[int, Any]]
"""By item, its seq and what it shows."""


def in_order(history: History) -> Sequence[Commit]:
    return history


def twice(history: History) -> Sequence[Commit]:
    return [*history, *history]


def each_twice_at_once(history: History) -> Sequence[Commit]:
    return [commit for commit in history for _ in range(2)]


def backwards(history: History) -> Sequence[Commit]:
    return history[::-1]


def forth_and_back(history: History) -> Sequence[Commit]:
    return [*history, *history[::-1]]


def shuffled(seed: int) -> Callable[[History], Sequence[Commit]]:
    """Everything at least once and half of it again, in any order."""

    def order(history: History) -> Sequence[Commit]:
        chance = Random(seed)
        again = chance.sample(history, len(history) // 2)
        return chance.sample([*history, *again], len(history) + len(again))

    return order


ORDERS = {
    "in order": in_order,
    "twice": twice,
    "each twice at once": each_twice_at_once,
    "backwards": backwards,
    "forth and back": forth_and_back,
    **{f"shuffled {seed}": shuffled(seed) for seed in range(3)},
}


class Watcher:
    """A member of one feed room from before anything happened, who follows the wire's rules."""

    def __init__(self, feeds: RedisFeeds, source: StoreFeedSource, room: str) -> None:
        self.room = room
        self.shown: Shown = {}
        self._feeds, self._source = feeds, source
        self._epoch, self._offset = "", 0

    async def enter(self) -> None:
        """Join an empty house: there is nothing to show yet, but a cursor."""
        self._epoch, self._offset, _ = await self._feeds.read(self.room, None)

    async def catch_up(self) -> None:
        """Take what came since, or a snapshot where the room began anew."""
        epoch, offset, missed = await self._feeds.read(self.room, self._offset)
        if epoch != self._epoch:
            snapshot = await self._source.feed_snapshot(self.room)
            self.shown = snapshot_of(snapshot)
            _, _, missed = await self._feeds.read(self.room, 0)
        self._epoch, self._offset = epoch, offset
        for raw in missed:
            for event in orjson.loads(raw)["events"]:
                self._take(event)

    def _take(self, event: dict[str, Any]) -> None:
        key, seq, value = item_of(event)
        if seq >= self.shown.get(key, (0, None))[0]:
            self.shown[key] = (seq, value)

    def visible(self) -> Shown:
        return {key: entry for key, entry in self.shown.items() if entry[1] is not None}


def item_of(event: dict[str, Any]) -> tuple[str, int, Any]:
    if "notice" in event:
        return f"notice:{event['id']}", event["seq"], event["notice"]
    if "ticket_id" in event:
        return f"row:{event['ticket_id']}", event["seq"], event["row"]
    return f"counter:{event['name']}", event["seq"], event["value"]


def snapshot_of(snapshot: dict[str, Any]) -> Shown:
    items = [
        item_of(each) for each in (*snapshot["rows"], *snapshot["counters"], *snapshot["notices"])
    ]
    return {key: (seq, value) for key, seq, value in items}


class Desk:
    """The reactors of feed rooms on one store, a fresh Redis, and a watcher in every room."""

    def __init__(
        self, house: House, redis: Redis, clock: FixedClock, settings: Settings, folder: Any
    ) -> None:
        store, self._redis = house.store, redis
        self._feeds = RedisFeeds(redis)
        streams, self._source = Streams(store), StoreFeedSource(store)
        self._counters = Counters(store)
        board = NoticeBoard(store, self._feeds)
        effects = Effects(store, clock)
        taking_back = TakingBack(store, Letters(store), effects, board)
        self.counting = Counting(store, self._counters, Leases(store, clock), self._feeds, clock)
        self._reactors: dict[str, Reactor] = {
            ROUTING: Looking(lambda: None),
            ROWS: Rows(store, streams.headers, self._feeds),
            COUNTERS: Marking(self._counters, streams.headers, self.counting.marked),
            ERASURE: Erasure(
                store, streams.journal, self._feeds, AttachmentFolder(folder), taking_back
            ),
            NOTIFY: NoticeReactor(
                store, streams.headers, NoticeDesk(store, board, effects, settings)
            ),
        }
        people = (house.agent, house.agent2, house.client, house.stranger)
        rooms = [team_room(house.team.id), team_room(house.other_team.id), WALLBOARD]
        rooms += [user_room(each.id) for each in people]
        self.watchers = [Watcher(self._feeds, self._source, room) for room in rooms]

    async def open(self) -> None:
        await self._redis.flushdb()
        for watcher in self.watchers:
            await watcher.enter()

    async def react(self, commits: Sequence[Commit]) -> None:
        """Bring commits to the reactors, one at a time and in this order."""
        for commit in commits:
            for name, reactor in self._reactors.items():
                if reactor_work(name) in commit.pending:
                    assert set(await reactor({commit.stream: [commit]})) == {commit.stream}

    async def check(self) -> dict[str, Shown]:
        """Count, and compare every watcher with who enters now; what each shows."""
        await self.counting.count()
        shown: dict[str, Shown] = {}
        for watcher in self.watchers:
            await watcher.catch_up()
            fresh = snapshot_of(await self._source.feed_snapshot(watcher.room))
            assert without_seqs(watcher.visible()) == without_seqs(fresh), watcher.room
            shown[watcher.room] = {
                key: entry for key, entry in watcher.visible().items() if key.startswith("row:")
            }
        return shown


def without_seqs(shown: Shown) -> dict[str, Any]:
    """Counters are counted anew, with a new seq: rows keep theirs. That nobody waits in a queue
    is told to who enters, and to others only where somebody did."""
    return {
        key: entry if key.startswith("row:") else entry[1]
        for key, entry in shown.items()
        if not (key.startswith("counter:queue.") and entry[1] == 0)
    }


async def live(dispatcher: Dispatcher, house: House, *, deletes: bool) -> None:
    """Tickets that come, move, are given away and back, noted on, closed, opened again."""
    chance = Random(5)
    ids: list[str] = []
    for place in range(8):
        asker = house.client if place % 3 else house.stranger
        opened = await dispatcher.dispatch(open_ticket(title=f"t{place}"), asker)
        ids.append(opened.result["ticket_id"])
    for ticket_id in chance.choices(ids, k=24):
        await dispatcher.dispatch(any_change(chance, house, ticket_id), house.supervisor)
    for ticket_id, status in ((ids[0], Status.RESOLVED), (ids[0], Status.CLOSED)):
        change = SetStatus(command_id=new_id(), ticket_id=ticket_id, status=status)
        await dispatcher.dispatch(change, house.supervisor)
    if deletes:
        for ticket_id in ids[1:3]:
            gone = DeleteTicket(command_id=new_id(), ticket_id=ticket_id)
            await dispatcher.dispatch(gone, house.supervisor)


def any_change(chance: Random, house: House, ticket_id: str) -> Command:
    target: dict[str, Any] = {"command_id": new_id(), "ticket_id": ticket_id}
    owner = chance.choice([house.agent.id, house.agent2.id, None])
    return chance.choice(
        [
            AssignTicket(**target, agent_id=owner),
            AssignTicket(**target, agent_id=None, team_id=house.other_team.id),
            AssignTicket(**target, agent_id=None, team_id=house.team.id),
            SetPriority(**target, priority=chance.choice(list(Priority))),
            reply(ticket_id, "A word."),
            reply(ticket_id, "A note.", visibility="private"),
        ]
    )


async def history_of(store: Store) -> History:
    found = await store[LogEntry].find().sort([("at", 1), ("_id", 1)]).to_list()
    commits = [Commit.from_document(document) for document in found]
    return [commit for commit in commits if commit.stream.startswith("ticket:")]


@pytest.fixture(autouse=True)
def counted_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(counting, "SHARE", 0)


@pytest.fixture(params=[False, True], ids=["nothing is deleted", "two are deleted"])
async def history(request: Any, dispatcher: Dispatcher, house: House) -> History:
    """What happened while no reactor ran."""
    await live(dispatcher, house, deletes=request.param)
    await dispatcher.close()
    return await history_of(house.store)


async def test_in_whatever_order_and_however_often_the_rooms_end_the_same(
    history: History,
    house: House,
    redis: Redis,
    clock: FixedClock,
    settings: Settings,
    tmp_path: Any,
):
    ends: dict[str, dict[str, Shown]] = {}
    for name, order in ORDERS.items():
        desk = Desk(house, redis, clock, settings, tmp_path)
        await desk.open()
        clock.time += 60_000  # The last one's lease has ended.
        await desk.react(order(history))
        ends[name] = await desk.check()

    assert any(ends["in order"].values())
    for name, shown in ends.items():
        assert shown == ends["in order"], name


@pytest.mark.parametrize("again", [twice, backwards, shuffled(9)], ids=["twice", "back", "mixed"])
async def test_a_history_that_is_done_again_after_it_was_followed_live_changes_nothing(
    again: Callable[[History], Sequence[Commit]],
    dispatcher: Dispatcher,
    house: House,
    redis: Redis,
    clock: FixedClock,
    settings: Settings,
    tmp_path: Any,
):
    # Given rooms that were written while things happened
    desk, done = Desk(house, redis, clock, settings, tmp_path), set[str]()
    await desk.open()
    chance = Random(3)
    ids = [
        (await dispatcher.dispatch(open_ticket(title=f"t{n}"), house.client)).result["ticket_id"]
        for n in range(4)
    ]
    for ticket_id in chance.choices(ids, k=20):
        await dispatcher.dispatch(any_change(chance, house, ticket_id), house.supervisor)
        fresh = [each for each in await history_of(house.store) if each.id not in done]
        await desk.react(fresh)
        done |= {each.id for each in fresh}
    before = await desk.check()

    # When a worker that knows nothing of it does everything again
    await desk.react(again(await history_of(house.store)))

    # Then nobody is shown anything else, not even with another seq
    clock.time += 60_000
    assert await desk.check() == before
