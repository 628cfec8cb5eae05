"""A node of its own process that routes without asking whose turn it is, from when a file is there
until nothing is left that it could give."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from server.clock import SystemClock
from server.dispatch.dispatcher import Dispatcher
from server.jobs.routing import Router
from server.settings import Settings
from server.store.connect import open_store
from server.store.leases import Leases
from tests.server.dispatch.conftest import SECRET
from tests.server.house import Heard

IN_VAIN = 3
"""So many rounds in a row give nothing before it is done: others may have been faster."""


async def main(settings: Settings, go: Path) -> None:
    clock, store = SystemClock(), await open_store(settings)
    dispatcher = Dispatcher(store, clock, Heard(), SECRET)
    router = Router(store, Leases(store, clock), dispatcher, clock)
    print("ready", flush=True)
    while not go.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
        await asyncio.sleep(0.005)
    given = in_vain = 0
    while in_vain < IN_VAIN:
        now = await router.round()
        given += now
        in_vain = 0 if now else in_vain + 1
    await dispatcher.close()
    print(f"gave {given}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Settings.model_validate_json(sys.argv[1]), Path(sys.argv[2])))
