"""A worker of its own process that performs what is due, and may die at a named step."""

from __future__ import annotations

import asyncio
import sys

from server.clock import SystemClock
from server.jobs.effects import Performer
from server.mail.office import mail_kinds
from server.mail.taking_back import TakingBack
from server.settings import Settings
from server.store.connect import open_store
from server.store.effects import Effects
from server.store.letters import Letters


async def main(settings: Settings) -> None:
    store, clock = await open_store(settings), SystemClock()
    effects = Effects(store, clock)
    taking_back = TakingBack(Letters(store), effects)
    await Performer(effects, mail_kinds(settings, store, clock, taking_back)).perform_due()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Settings.model_validate_json(sys.argv[1])))
