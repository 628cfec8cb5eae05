"""The worker: listens for jobs, sweeps, counts, and fires timers, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
from typing import Protocol

from taskiq.receiver import Receiver

from domain.ports import Clock, Feeds
from realtime.cluster import AnyRedis
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.drafting import COUNTERS, ERASURE, MAIL, ROWS
from server.dispatch.owing import MERGED
from server.jobs.attendance import EVERY_SECONDS as LOOK_SECONDS
from server.jobs.attendance import AttendanceWatch
from server.jobs.broker import WakingBroker
from server.jobs.counting import Counting
from server.jobs.effects import AT_ONCE, Performer
from server.jobs.effects import EVERY_SECONDS as EFFECT_SECONDS
from server.jobs.kicker import TASK
from server.jobs.merged import MergedRows
from server.jobs.react import Reactions
from server.jobs.reactors.erasure import Erasure
from server.jobs.reactors.marking import Marking
from server.jobs.reactors.rows import Rows
from server.jobs.refolding import EVERY_SECONDS as REFOLD_SECONDS
from server.jobs.refolding import refold
from server.jobs.sweeper import EVERY_SECONDS as SWEEP_SECONDS
from server.jobs.sweeper import Sweeper
from server.jobs.timers import EVERY_SECONDS as TIMER_SECONDS
from server.jobs.timers import QuietTickets
from server.mail.office import mail_kinds
from server.mail.reactor import MailReactor
from server.mail.taking_back import TakingBack
from server.repeating import for_ever
from server.settings import Settings
from server.store.attachments import AttachmentFolder
from server.store.connect import Store
from server.store.counters import Counters
from server.store.effects import Effects
from server.store.leases import Leases
from server.store.letters import Letters
from server.store.streams import Streams


class WorkerParts(Protocol):
    """What a worker is made of; composed elsewhere."""

    @property
    def settings(self) -> Settings: ...
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def dispatch(self) -> Dispatcher: ...
    @property
    def feeds(self) -> Feeds: ...
    @property
    def redis(self) -> AnyRedis: ...


async def run_worker(parts: WorkerParts) -> None:
    """Work until cancelled."""
    store, clock, feeds = parts.store, parts.clock, parts.feeds
    streams = Streams(store)
    leases = Leases(store, clock)
    counters = Counters(store)
    counting = Counting(store, counters, leases, feeds, clock)
    files = AttachmentFolder(parts.settings.attachments_dir)
    effects = Effects(store, clock)
    taking_back = TakingBack(Letters(store), effects)
    rows = Rows(store, streams.headers, feeds)
    kinds = {
        **mail_kinds(parts.settings, store, clock, taking_back),
        MERGED: MergedRows(store, rows).write,
    }
    performer = Performer(effects, kinds)
    reactions = Reactions(
        streams.journal,
        leases,
        {
            ROWS: rows,
            COUNTERS: Marking(counters, streams.headers, counting.marked),
            ERASURE: Erasure(store, streams.journal, feeds, files, taking_back),
            MAIL: MailReactor(store, streams.headers, effects, parts.settings),
        },
    )
    sweeper = Sweeper(streams.journal, leases, parts.dispatch, reactions, clock)
    quiet = QuietTickets(store, leases, parts.dispatch, clock, parts.settings.quiet_after)
    attendance = AttendanceWatch(store, leases, parts.redis, feeds, clock)
    async with asyncio.TaskGroup() as group:
        group.create_task(_listen(parts.settings.redis_url, reactions))
        group.create_task(for_ever("sweeper", sweeper.sweep, SWEEP_SECONDS))
        group.create_task(for_ever("refolding", lambda: refold(streams), REFOLD_SECONDS))
        group.create_task(for_ever("counting", counting.count, 0.0))
        group.create_task(for_ever("attendance", attendance.look, LOOK_SECONDS))
        group.create_task(for_ever("timers", quiet.fire, TIMER_SECONDS))
        for _ in range(AT_ONCE):
            group.create_task(for_ever("effects", performer.perform_due, EFFECT_SECONDS))


async def _listen(redis_url: str, reactions: Reactions) -> None:
    """Take jobs from Redis for ever."""
    broker = WakingBroker(redis_url)
    broker.is_worker_process = True

    async def react(streams: list[str]) -> None:
        await reactions.react(streams)

    broker.register_task(react, task_name=TASK)

    async def receive() -> None:
        await broker.startup()
        await Receiver(broker, run_startup=False, max_async_tasks=32).listen(asyncio.Event())

    try:
        await for_ever("listening", receive, 1.0)
    finally:
        await broker.shutdown()
