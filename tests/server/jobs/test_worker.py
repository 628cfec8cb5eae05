"""A whole worker: jobs arrive over Redis, whatever happens to Redis; the sweeper has the rest."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from redis.asyncio import Redis

from domain.audience import WALLBOARD, team_room
from domain.ports import FeedItem, Feeds
from realtime.feed import RedisFeeds
from realtime.node import Realtime
from realtime.options import Options
from server.assistant.passages import open_passages
from server.auth.sessions import StoreSessions
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.promises import Promises
from server.jobs.broker import QUEUE, WakingBroker
from server.jobs.kicker import Kicker
from server.jobs.run import run_worker
from server.settings import Settings
from server.store.connect import Store
from server.store.feed_source import StoreFeedSource
from server.store.log import StoreLog
from server.store.markers import StoreMarkers
from server.store.models import LogEntry
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, Heard, House, open_ticket, reply
from tests.server.jobs.test_reactors import counters_of, rows_of
from tests.stores import StoreProcess, store_folder, valkey_process

SECONDS = 20.0


@dataclass(frozen=True)
class Parts:
    settings: Settings
    store: Store
    clock: FixedClock
    dispatch: Dispatcher
    feeds: Feeds
    redis: Redis

    llm: None = None

    @property
    def promises(self) -> Promises:
        return Promises(self.store, self.clock)

    @property
    def realtime(self) -> Realtime:
        """Nobody enters it: nothing that is said there is waited for."""
        return Realtime(
            redis=self.redis,
            log=StoreLog(self.store),
            sessions=StoreSessions(self.store, SECRET, self.clock),
            feeds=RedisFeeds(self.redis),
            feed_source=StoreFeedSource(self.store),
            markers=StoreMarkers(self.store),
            options=Options(),
        )


@pytest.fixture
def valkey() -> Iterator[StoreProcess]:
    """A Valkey of the test's own, since it will not have a good time."""
    with store_folder() as folder:
        process = valkey_process(folder)
        process.start()
        yield process
        process.kill()


@pytest.fixture
async def redis(valkey: StoreProcess) -> AsyncGenerator[Redis]:
    redis = Redis.from_url(valkey.url)
    yield redis
    await redis.aclose()


@pytest.fixture
def feeds(redis: Redis) -> RedisFeeds:
    return RedisFeeds(redis)


@asynccontextmanager
async def kicking(url: str) -> AsyncIterator[Kicker]:
    broker = WakingBroker(url)
    await broker.startup()
    kicker = Kicker(broker)
    try:
        yield kicker
    finally:
        await kicker.close()
        await broker.shutdown()


@asynccontextmanager
async def working(parts: Parts) -> AsyncIterator[None]:
    async with open_passages(parts.settings, parts.store, parts.clock) as passages:
        task = asyncio.ensure_future(run_worker(parts, passages))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await holds():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.02)


def nothing_owed(store: Store) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return await store[LogEntry].count_documents({"pending.0": {"$exists": True}}) == 0

    return check


async def test_jobs_are_done_at_once_and_again_after_a_flush_and_a_restart_of_redis(
    settings: Settings,
    house: House,
    clock: FixedClock,
    valkey: StoreProcess,
    feeds: RedisFeeds,
    redis: Redis,
):
    # Time stands still, so that the sweeper finds nothing old: all that is done, jobs did.
    ours = settings.model_copy(update={"redis_url": valkey.url})
    async with kicking(valkey.url) as kicker:
        dispatcher = Dispatcher(house.store, clock, Heard(), SECRET, wake=kicker.wake)
        async with working(Parts(ours, house.store, clock, dispatcher, feeds, redis)):
            done = nothing_owed(house.store)
            opened = await dispatcher.dispatch(open_ticket(), house.client)
            ticket_id = opened.result["ticket_id"]
            await eventually(done)
            assert set(await rows_of(feeds, team_room(house.team.id))) == {ticket_id}

            flusher = Redis.from_url(valkey.url)
            await flusher.flushall()
            await flusher.aclose()
            await dispatcher.dispatch(reply(ticket_id, "After the flush."), house.agent)
            await eventually(done)

            valkey.kill()
            valkey.start()

            async def still_kicked() -> bool:
                kicker.wake(f"ticket:{ticket_id}")  # What was kicked into the void is gone.
                return await done()

            await dispatcher.dispatch(reply(ticket_id, "After the restart."), house.agent)
            await eventually(still_kicked)
            rows = await rows_of(feeds, team_room(house.team.id))
            assert rows[ticket_id]["row"]["messages"] == 3
        await dispatcher.close()


class Told:
    """Feeds that remember all that was written: the flushes take Redis' memory along."""

    def __init__(self, feeds: RedisFeeds) -> None:
        self._feeds = feeds
        self.items: list[FeedItem] = []

    async def write(self, items: Sequence[FeedItem]) -> None:
        await self._feeds.write(items)
        self.items += items

    async def forget(self, rooms: Iterable[str]) -> None:
        await self._feeds.forget(rooms)

    def rows(self, room: str) -> dict[str, dict[str, Any]]:
        """The newest row of each ticket."""
        found = [each for each in self.items if each.room == room and "row" in each.event]
        found.sort(key=lambda item: item.seq)
        return {each.event["ticket_id"]: each.event["row"] for each in found}


async def test_all_jobs_run_though_redis_is_flushed_again_and_again_while_they_are_enqueued(
    settings: Settings,
    house: House,
    clock: FixedClock,
    valkey: StoreProcess,
    feeds: RedisFeeds,
    redis: Redis,
):
    ours = settings.model_copy(update={"redis_url": valkey.url})
    tickets: set[str] = set()
    enqueuing = True

    async def enqueue(dispatcher: Dispatcher) -> None:
        for _ in range(12):
            opened = await dispatcher.dispatch(open_ticket(), house.client)
            tickets.add(opened.result["ticket_id"])
            for text in ("One.", "Two."):
                again = reply(opened.result["ticket_id"], text)
                await dispatcher.dispatch(again, house.agent)

    async def flush() -> int:
        taken = 0
        async with Redis.from_url(valkey.url) as flusher:
            while enqueuing:
                if await flusher.exists(QUEUE):
                    taken += 1
                    await flusher.flushall()
        return taken

    told = Told(feeds)
    async with kicking(valkey.url) as kicker:
        dispatcher = Dispatcher(house.store, clock, Heard(), SECRET, wake=kicker.wake)
        async with working(Parts(ours, house.store, clock, dispatcher, told, redis)):
            flushing = asyncio.ensure_future(flush())
            await asyncio.gather(*(enqueue(dispatcher) for _ in range(5)))
            enqueuing = False
            assert await flushing > 5
            clock.time += 3_001  # What was flushed away is old now, and swept.

            await eventually(nothing_owed(house.store))
            shown = told.rows(team_room(house.team.id))
            assert {ticket: row["messages"] for ticket, row in shown.items()} == (
                dict.fromkeys(tickets, 3)
            )

            # And jobs are taken at once again, without the sweeper.
            opened = await dispatcher.dispatch(open_ticket(), house.client)
            await eventually(nothing_owed(house.store))
            assert opened.result["ticket_id"] in told.rows(team_room(house.team.id))
        await dispatcher.close()


async def test_a_lost_kick_is_swept(
    settings: Settings,
    house: House,
    clock: FixedClock,
    valkey: StoreProcess,
    feeds: RedisFeeds,
    redis: Redis,
):
    ours = settings.model_copy(update={"redis_url": valkey.url})
    dispatcher = Dispatcher(house.store, clock, Heard(), SECRET)  # Nobody is woken.
    async with working(Parts(ours, house.store, clock, dispatcher, feeds, redis)):
        await dispatcher.dispatch(open_ticket(), house.client)
        done = nothing_owed(house.store)

        async def done_in_time() -> bool:
            clock.time += 200  # What the worker commits meanwhile has to grow old as well.
            return await done()

        await eventually(done_in_time)

        async def counted() -> bool:
            return (await counters_of(feeds, WALLBOARD)).get("tickets.open") == 1

        await eventually(counted)
    await dispatcher.close()


async def test_commands_are_acknowledged_while_redis_is_away(
    settings: Settings, house: House, clock: FixedClock, valkey: StoreProcess
):
    async with kicking(valkey.url) as kicker:
        valkey.kill()
        dispatcher = Dispatcher(house.store, clock, Heard(), SECRET, wake=kicker.wake)

        opened = await dispatcher.dispatch(open_ticket(), house.client)

        assert opened.seq == 1
        await dispatcher.close()
        valkey.start()
