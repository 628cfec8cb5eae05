"""The furnished house, a dispatcher, and the reactors on real stores."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from realtime.feed import RedisFeeds
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.drafting import COUNTERS, ERASURE, MAIL, NOTIFY, ROUTING, ROWS, TRIAGE
from server.jobs.counting import Counting
from server.jobs.react import Reactions
from server.jobs.reactors.erasure import Erasure
from server.jobs.reactors.looking import Looking
from server.jobs.reactors.marking import Marking
from server.jobs.reactors.rows import Rows
from server.jobs.sweeper import Sweeper
from server.mail.reactor import MailReactor
from server.mail.taking_back import TakingBack
from server.notices.board import NoticeBoard
from server.notices.desk import NoticeDesk
from server.notices.reactor import NoticeReactor
from server.settings import Settings
from server.store.attachments import AttachmentFolder
from server.store.connect import Store
from server.store.counters import Counters
from server.store.effects import Effects
from server.store.examples import Examples
from server.store.leases import Leases
from server.store.letters import Letters
from server.store.streams import Streams
from server.triage.reactor import TriageReactor
from tests.server.dispatch.conftest import clock, dispatcher, heard, house, log
from tests.server.house import FixedClock

__all__ = ["clock", "dispatcher", "heard", "house", "log"]


@dataclass
class Work:
    """One worker's parts."""

    streams: Streams
    reactions: Reactions
    counting: Counting
    sweeper: Sweeper


@pytest.fixture
def feeds(redis: Redis) -> RedisFeeds:
    return RedisFeeds(redis)


@pytest.fixture
def work(
    store: Store,
    clock: FixedClock,
    feeds: RedisFeeds,
    dispatcher: Dispatcher,
    settings: Settings,
    tmp_path: Path,
) -> Work:
    streams = Streams(store)
    leases = Leases(store, clock)
    counters = Counters(store)
    counting = Counting(store, counters, leases, feeds, clock)
    effects = Effects(store, clock)
    board = NoticeBoard(store, feeds)
    taking_back = TakingBack(store, Letters(store), effects, board)
    reactions = Reactions(
        streams.journal,
        leases,
        {
            ROUTING: Looking(lambda: None),
            ROWS: Rows(store, streams.headers, feeds),
            COUNTERS: Marking(counters, streams.headers, counting.marked),
            ERASURE: Erasure(
                store, streams.journal, feeds, AttachmentFolder(tmp_path), taking_back
            ),
            MAIL: MailReactor(store, streams.headers, effects, settings),
            NOTIFY: NoticeReactor(
                store, streams.headers, NoticeDesk(store, board, effects, settings)
            ),
            TRIAGE: TriageReactor(
                clock, streams.headers, effects, Examples(store, clock), asyncio.Event()
            ),
        },
    )
    sweeper = Sweeper(streams.journal, leases, dispatcher, reactions, clock)
    return Work(streams, reactions, counting, sweeper)
