"""A worker of its own process that performs what is due, and may die at a named step."""

from __future__ import annotations

import asyncio
import sys

from server.clock import SystemClock
from server.settings import Settings
from server.store.connect import open_store
from tests.server.mail.conftest import performer_of


async def main(settings: Settings) -> None:
    store, clock = await open_store(settings), SystemClock()
    await performer_of(settings, store, clock).perform_due()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Settings.model_validate_json(sys.argv[1])))
