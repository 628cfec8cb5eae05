"""A worker of its own process that reacts and performs at one moment, until it is killed."""

from __future__ import annotations

import asyncio
import sys

from realtime.cluster import open_redis
from realtime.feed import RedisFeeds
from server.dispatch.drafting import NOTIFY
from server.jobs.react import Reactions
from server.notices.board import NoticeBoard
from server.notices.desk import NoticeDesk
from server.notices.reactor import NoticeReactor
from server.settings import Settings
from server.store.connect import open_store
from server.store.effects import Effects
from server.store.leases import Leases
from server.store.models import OWED, LogEntry
from server.store.streams import Streams
from tests.server.house import FixedClock
from tests.server.mail.conftest import performer_of

AT_ONCE, STREAMS = 3, 2


async def main(settings: Settings, now: int) -> None:
    store, clock = await open_store(settings), FixedClock(now)
    streams, redis = Streams(store), open_redis(settings.redis_url)
    effects, board = Effects(store, clock), NoticeBoard(store, RedisFeeds(redis))
    reactor = NoticeReactor(store, streams.headers, NoticeDesk(store, board, effects, settings))
    reactions = Reactions(streams.journal, Leases(store, clock), {NOTIFY: reactor})
    owing = [raw["stream"] async for raw in store[LogEntry].find(OWED, {"stream": 1})]
    for start in range(0, len(owing), STREAMS):
        await reactions.react(list(dict.fromkeys(owing[start : start + STREAMS])))
    performer = performer_of(settings, store, clock)
    await asyncio.gather(*(performer.perform_due() for _ in range(AT_ONCE)))
    await redis.aclose()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Settings.model_validate_json(sys.argv[1]), int(sys.argv[2])))
