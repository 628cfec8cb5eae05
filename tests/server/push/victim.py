"""A worker of its own process that pushes what is due, and may die at a named step."""

from __future__ import annotations

import asyncio
import sys

from realtime.cluster import open_redis
from server.clock import SystemClock
from server.settings import Settings
from server.store.connect import open_store
from tests.server.push.conftest import pusher_of


async def main(settings: Settings) -> None:
    store, redis = await open_store(settings), open_redis(settings.redis_url)
    await pusher_of(settings, store, SystemClock(), redis).perform_due()
    await redis.aclose()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Settings.model_validate_json(sys.argv[1])))
