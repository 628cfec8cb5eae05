"""The worker: listens for jobs, sweeps, counts, and fires timers, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol

from pymongo.errors import PyMongoError
from taskiq.receiver import Receiver

from ai.llm.asking import Llm
from domain.ports import Clock, Feeds
from realtime.cluster import AnyRedis
from realtime.node import Realtime
from server.assistant.office import AssistantOffice
from server.assistant.passages import Passages
from server.dispatch.begun import Begun
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.drafting import (
    ASSISTANT,
    COUNTERS,
    ERASURE,
    MAIL,
    NOTIFY,
    ROUTING,
    ROWS,
    TRIAGE,
)
from server.dispatch.owing import MERGED, RECALCULATE
from server.dispatch.promises import Promises
from server.jobs.attendance import EVERY_SECONDS as LOOK_SECONDS
from server.jobs.attendance import AttendanceWatch
from server.jobs.broker import WakingBroker
from server.jobs.counting import Counting
from server.jobs.effects import AT_ONCE, Performer
from server.jobs.handover import EVERY_SECONDS as HANDOVER_SECONDS
from server.jobs.handover import Handover
from server.jobs.kicker import TASK
from server.jobs.merged import MergedRows
from server.jobs.queueing import EVERY_SECONDS as QUEUE_SECONDS
from server.jobs.queueing import QueueWatch
from server.jobs.react import Reactions
from server.jobs.reactors.erasure import Erasure
from server.jobs.reactors.looking import Looking
from server.jobs.reactors.marking import Marking
from server.jobs.reactors.rows import Rows
from server.jobs.recalculating import Recalculation
from server.jobs.refolding import EVERY_SECONDS as REFOLD_SECONDS
from server.jobs.refolding import refold
from server.jobs.routing import Router
from server.jobs.sweeper import EVERY_SECONDS as SWEEP_SECONDS
from server.jobs.sweeper import Sweeper
from server.jobs.timers import EVERY_SECONDS as TIMER_SECONDS
from server.jobs.timers import Scheduler, quiet, waking
from server.leave.following import LOOK_SECONDS as CALENDAR_SECONDS
from server.leave.following import Following
from server.mail.office import mail_kinds
from server.mail.reactor import MailReactor
from server.mail.taking_back import TakingBack
from server.notices.board import NoticeBoard
from server.notices.desk import PUSH, NoticeDesk
from server.notices.reactor import NoticeReactor
from server.push.notices import NoticePush
from server.push.service import PushService
from server.questions.gathering import EVERY_SECONDS as GATHER_SECONDS
from server.questions.gathering import Gathering
from server.repeating import for_ever
from server.settings import Settings
from server.store.attachments import AttachmentFolder
from server.store.connect import Store
from server.store.counters import Counters
from server.store.effects import Effects
from server.store.leases import Leases
from server.store.letters import Letters
from server.store.streams import Streams
from server.triage.office import TriageOffice

GIVE_BACK_SECONDS = 2.0


class WorkerParts(Protocol):
    """What a worker is made of; composed elsewhere."""

    @property
    def settings(self) -> Settings: ...
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def promises(self) -> Promises: ...
    @property
    def dispatch(self) -> Dispatcher: ...
    @property
    def feeds(self) -> Feeds: ...
    @property
    def redis(self) -> AnyRedis: ...
    @property
    def realtime(self) -> Realtime: ...
    @property
    def llm(self) -> Llm | None: ...


async def run_worker(parts: WorkerParts, passages: Passages) -> None:
    """Work until cancelled."""
    store, clock, feeds = parts.store, parts.clock, parts.feeds
    streams = Streams(store)
    leases = Leases(store, clock)
    counters = Counters(store)
    counting = Counting(store, counters, leases, feeds, clock)
    files = AttachmentFolder(parts.settings.attachments_dir)
    effects = Effects(store, clock)
    board = NoticeBoard(store, feeds)
    desk = NoticeDesk(store, board, effects, parts.settings)
    taking_back = TakingBack(store, Letters(store), effects, board)
    rows = Rows(store, streams.headers, feeds)
    kinds = {
        **mail_kinds(parts.settings, store, clock, taking_back, desk),
        PUSH: NoticePush(store, PushService(parts.settings, clock), parts.redis, clock).tell,
        MERGED: MergedRows(store, rows).write,
        RECALCULATE: Recalculation(
            store, streams.headers, effects, parts.promises, parts.dispatch, clock
        ).recalculate,
    }
    performer = Performer(effects, kinds)
    router = Router(store, leases, parts.dispatch, clock)
    assistant = AssistantOffice(parts, passages, streams)
    triage = TriageOffice(parts, passages, streams)
    reactions = Reactions(
        streams.journal,
        leases,
        {
            ROUTING: Looking(router.marked),
            ROWS: rows,
            COUNTERS: Marking(counters, streams.headers, counting.marked),
            ERASURE: Erasure(store, streams.journal, feeds, files, taking_back),
            MAIL: MailReactor(store, streams.headers, effects, parts.settings),
            NOTIFY: NoticeReactor(store, streams.headers, desk),
            ASSISTANT: assistant.reactor,
            TRIAGE: triage.reactor,
        },
    )
    sweeper = Sweeper(streams.journal, leases, parts.dispatch, reactions, clock)
    timers = Scheduler(
        leases,
        parts.dispatch,
        clock,
        [
            waking(store, streams.headers, "ticket"),
            waking(store, streams.headers, "agent"),
            quiet(store, parts.settings.quiet_after),
        ],
    )
    attendance = AttendanceWatch(store, leases, parts.redis, feeds, clock, router.marked)
    queues = QueueWatch(store, leases, feeds, clock)
    vanished_after = parts.settings.vanished_minutes * 60_000
    handover = Handover(store, leases, parts.dispatch, clock, vanished_after)
    calendars = Following(store, leases, clock)
    gathering = Gathering(store, clock, passages.retriever.embeddings)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_listen(parts.settings.redis_url, reactions))
            group.create_task(for_ever("sweeper", sweeper.sweep, SWEEP_SECONDS))
            group.create_task(for_ever("refolding", lambda: refold(streams), REFOLD_SECONDS))
            group.create_task(for_ever("counting", counting.count, 0.0))
            group.create_task(for_ever("attendance", attendance.look, LOOK_SECONDS))
            group.create_task(for_ever("timers", timers.fire, TIMER_SECONDS))
            group.create_task(router.run())
            group.create_task(for_ever("handover", handover.look, HANDOVER_SECONDS))
            group.create_task(for_ever("queues", queues.look, QUEUE_SECONDS))
            group.create_task(assistant.run())
            group.create_task(for_ever("questions", gathering.gather, GATHER_SECONDS))
            group.create_task(triage.run())
            group.create_task(for_ever("calendars", calendars.look, CALENDAR_SECONDS))
            group.create_task(performer.run("effects", AT_ONCE))
    finally:
        await _give_back(leases)


async def _give_back(leases: Leases) -> None:
    """Nobody is to wait for who stops; where the store is away, the leases run out."""
    with suppress(PyMongoError, TimeoutError):
        async with asyncio.timeout(GIVE_BACK_SECONDS):
            await leases.give_back()


async def _listen(redis_url: str, reactions: Reactions) -> None:
    """Take jobs from Redis for ever. The receiver leaves behind what it began, so it is ended here:
    nothing may go on when the stores are closed."""
    broker = WakingBroker(redis_url)
    broker.is_worker_process = True
    begun = Begun()

    async def react(streams: list[str]) -> None:
        if broker.is_open:
            await begun.carry_out(reactions.react(streams))

    broker.register_task(react, task_name=TASK)

    async def receive() -> None:
        await broker.startup()
        await Receiver(broker, run_startup=False, max_async_tasks=32).listen(asyncio.Event())

    try:
        await for_ever("listening", receive, 1.0)
    finally:
        await broker.shutdown()
        await begun.end()
