"""The only place where the parts are joined."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from ai.llm.asking import Llm
from domain.ports import Clock, FeedSource, Log, Markers, Sessions
from realtime.cluster import AnyRedis, open_redis
from realtime.feed import RedisFeeds
from realtime.node import Realtime
from realtime.options import Options
from server.assistant.finding import Finder
from server.assistant.language_model import llm_of
from server.auth.login import Auth
from server.auth.passwords import Passwords
from server.auth.sessions import StoreSessions
from server.auth.throttle import Throttle
from server.brands import Brands
from server.changes import Changes
from server.clock import SharedClock
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.documents import DocumentDispatch
from server.dispatch.promises import Promises
from server.jobs.broker import WakingBroker
from server.jobs.kicker import Kicker
from server.library import Library
from server.repeating import for_ever
from server.settings import Settings
from server.store.citations import Citations
from server.store.connect import Store, open_store
from server.store.defaults import ensure_defaults
from server.store.feed_source import StoreFeedSource
from server.store.log import StoreLog
from server.store.markers import StoreMarkers

REDIS_ANSWER_SECONDS = 5.0
LOOK_SECONDS = 5.0


@dataclass(frozen=True)
class Parts:
    """What a process is made of; a node puts doors before it, a worker jobs behind it."""

    settings: Settings
    clock: Clock
    store: Store
    redis: AnyRedis
    sessions: Sessions
    log: Log
    feeds: RedisFeeds
    feed_source: FeedSource
    markers: Markers
    realtime: Realtime
    documents: DocumentDispatch
    promises: Promises
    dispatch: Dispatcher
    library: Library
    citations: Citations
    brands: Brands
    throttle: Throttle
    auth: Auth
    finder: Finder
    llm: Llm | None


@asynccontextmanager
async def compose(settings: Settings, passwords: Passwords | None = None) -> AsyncGenerator[Parts]:
    """Open and start every part, and let all go in the opposite order: what is under way in
    dispatch still finds its bus and its store. Tests bring `passwords` that are quick to hash."""
    async with AsyncExitStack() as stack:
        yield await _join(settings, passwords or Passwords(), stack)


async def _join(settings: Settings, passwords: Passwords, stack: AsyncExitStack) -> Parts:
    secret = settings.secret_key.encode()
    store, redis = await _open_stores(settings, stack)
    clock = await _start_clock(store, stack)
    brands = Brands(settings, store, redis)
    sessions, log = StoreSessions(store, secret, clock), StoreLog(store)
    feeds, feed_source, markers = RedisFeeds(redis), StoreFeedSource(store), StoreMarkers(store)
    realtime = Realtime(
        redis=redis,
        log=log,
        sessions=sessions,
        feeds=feeds,
        feed_source=feed_source,
        markers=markers,
        options=_options(settings, brands, clock),
    )
    await realtime.start()
    stack.push_async_callback(realtime.stop)
    kicker = await _start_kicker(settings, stack)
    documents = DocumentDispatch(store, clock, secret)
    library = Library(store, clock)
    documents.listen(library.listen)
    documents.listen(brands.listen)
    promises = await _keep_promises(store, clock, stack)
    documents.listen(promises.listen)
    documents.listen(_tell_changes(feeds, stack).listen)
    stack.push_async_callback(documents.close)
    dispatch = Dispatcher(
        store,
        clock,
        realtime.publisher,
        secret,
        documents=documents,
        wake=kicker.wake,
        quiet_after=settings.quiet_after,
        promises=promises,
    )
    stack.push_async_callback(dispatch.close)
    stack.callback(passwords.close)
    throttle = Throttle(redis, clock)
    auth = Auth(
        store=store,
        settings=settings,
        clock=clock,
        throttle=throttle,
        documents=documents,
        sessions=sessions,
        kick=realtime.kick,
        passwords=passwords,
    )
    return Parts(
        settings=settings,
        clock=clock,
        store=store,
        redis=redis,
        sessions=sessions,
        log=log,
        feeds=feeds,
        feed_source=feed_source,
        markers=markers,
        realtime=realtime,
        documents=documents,
        promises=promises,
        dispatch=dispatch,
        library=library,
        citations=Citations(store, clock),
        brands=brands,
        throttle=throttle,
        auth=auth,
        finder=Finder(redis),
        llm=_find_llm(settings, stack),
    )


async def _open_stores(settings: Settings, stack: AsyncExitStack) -> tuple[Store, AnyRedis]:
    store = await open_store(settings)
    stack.push_async_callback(store.close)
    await ensure_defaults(store)
    redis = open_redis(
        settings.redis_url,
        socket_timeout=REDIS_ANSWER_SECONDS,
        socket_connect_timeout=REDIS_ANSWER_SECONDS,
    )
    stack.push_async_callback(redis.aclose)
    return store, redis


async def _start_clock(store: Store, stack: AsyncExitStack) -> SharedClock:
    clock = SharedClock()
    await clock.look(store.time)
    following = asyncio.create_task(clock.follow(store.time))
    stack.callback(following.cancel)
    return clock


async def _keep_promises(store: Store, clock: Clock, stack: AsyncExitStack) -> Promises:
    """What follows the policies; known before anything is decided."""
    promises = Promises(store, clock)
    await promises.refresh()
    following = asyncio.create_task(promises.run())
    stack.callback(following.cancel)
    return promises


def _tell_changes(feeds: RedisFeeds, stack: AsyncExitStack) -> Changes:
    """What tells staff of changed documents."""
    changes = Changes(feeds)
    telling = asyncio.create_task(changes.run())
    stack.callback(telling.cancel)
    return changes


def _find_llm(settings: Settings, stack: AsyncExitStack) -> Llm | None:
    """The language model, looked for again and again: it may come later, or come back."""
    if llm := llm_of(settings):
        stack.push_async_callback(llm.close)
        looking = asyncio.create_task(for_ever("the model", llm.look, LOOK_SECONDS))
        stack.callback(looking.cancel)
    return llm


async def _start_kicker(settings: Settings, stack: AsyncExitStack) -> Kicker:
    """What tells the workers that a stream has work."""
    broker = WakingBroker(settings.redis_url)
    await broker.startup()
    stack.push_async_callback(broker.shutdown)
    kicker = Kicker(broker)
    stack.push_async_callback(kicker.close)
    return kicker


def _options(settings: Settings, brands: Brands, clock: Clock) -> Options:
    return Options(
        now=clock.now,
        origins=brands.admits,
        node=settings.node,
        frame_bytes=settings.socket_frame_bytes,
        sockets_per_address=settings.sockets_per_address,
        handshakes_per_minute=float(settings.handshakes_per_minute),
        sockets_per_user=settings.sockets_per_user,
        command_rate=float(settings.socket_commands_per_second),
    )
