"""The only place where the parts are joined."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis
from taskiq import AsyncBroker

from domain.ports import Clock, FeedSource, Log, Markers, Sessions
from realtime.feed import RedisFeeds
from realtime.node import Realtime
from realtime.options import Options
from server.auth.login import Auth
from server.auth.passwords import Passwords
from server.auth.sessions import StoreSessions
from server.clock import SystemClock
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.documents import DocumentDispatch
from server.jobs.broker import make_broker
from server.jobs.kicker import Kicker
from server.settings import Settings
from server.store.connect import Store, open_store
from server.store.defaults import ensure_defaults
from server.store.feed_source import StoreFeedSource
from server.store.log import StoreLog
from server.store.markers import StoreMarkers


@dataclass(frozen=True)
class Parts:
    """What a process is made of; a node puts doors before it, a worker jobs behind it."""

    settings: Settings
    clock: Clock
    store: Store
    redis: Redis
    broker: AsyncBroker
    sessions: Sessions
    log: Log
    feeds: RedisFeeds
    feed_source: FeedSource
    markers: Markers
    realtime: Realtime
    documents: DocumentDispatch
    dispatch: Dispatcher
    auth: Auth


@asynccontextmanager
async def compose(settings: Settings) -> AsyncGenerator[Parts]:
    """Open and start every part, and let all go in the opposite order."""
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        secret = settings.secret_key.encode()
        store = await open_store(settings)
        stack.push_async_callback(store.close)
        await ensure_defaults(store)
        redis = Redis.from_url(settings.redis_url)  # pyright: ignore[reportUnknownMemberType]
        stack.push_async_callback(redis.aclose)

        sessions = StoreSessions(store, secret, clock)
        log = StoreLog(store)
        feeds = RedisFeeds(redis)
        feed_source = StoreFeedSource(store)
        markers = StoreMarkers(store)
        realtime = Realtime(
            redis=redis,
            log=log,
            sessions=sessions,
            feeds=feeds,
            feed_source=feed_source,
            markers=markers,
            options=_options(settings),
        )
        await realtime.start()
        stack.push_async_callback(realtime.stop)
        broker = make_broker(settings.redis_url)
        await broker.startup()
        stack.push_async_callback(broker.shutdown)
        kicker = Kicker(broker)
        stack.push_async_callback(kicker.close)

        documents = DocumentDispatch(store, clock, secret)
        stack.push_async_callback(documents.close)
        dispatch = Dispatcher(
            store, clock, realtime.publisher, secret, documents=documents, wake=kicker.wake
        )
        stack.push_async_callback(dispatch.close)
        passwords = Passwords()
        stack.callback(passwords.close)
        auth = Auth(
            store=store,
            settings=settings,
            clock=clock,
            redis=redis,
            documents=documents,
            sessions=sessions,
            kick=realtime.kick,
            passwords=passwords,
        )
        yield Parts(
            settings=settings,
            clock=clock,
            store=store,
            redis=redis,
            broker=broker,
            sessions=sessions,
            log=log,
            feeds=feeds,
            feed_source=feed_source,
            markers=markers,
            realtime=realtime,
            documents=documents,
            dispatch=dispatch,
            auth=auth,
        )


def _options(settings: Settings) -> Options:
    return Options(
        origins=settings.origins,
        frame_bytes=settings.socket_frame_bytes,
        command_rate=float(settings.socket_commands_per_second),
    )
