"""A node of its own process that carries out one command, and may die at a named step."""

from __future__ import annotations

import asyncio
import sys

import orjson

from domain.access import Actor
from domain.catalog import load_command
from server.clock import SystemClock
from server.dispatch.dispatcher import Dispatcher
from server.jobs.react import Reactions
from server.settings import Settings
from server.store.connect import open_store
from server.store.leases import Leases
from server.store.streams import Streams
from tests.server.dispatch.conftest import SECRET
from tests.server.house import Heard


async def main(given: dict[str, str]) -> None:
    store = await open_store(Settings.model_validate(given["settings"]))
    dispatcher = Dispatcher(store, SystemClock(), Heard(), SECRET)
    command = load_command(orjson.loads(given["command"]))
    actor = Actor.model_validate_json(given["actor"])
    await dispatcher.dispatch(command, actor)
    print("acknowledged", flush=True)
    await dispatcher.close()
    await Reactions(Streams(store).journal, Leases(store, SystemClock()), {}).react(
        [command.stream]
    )


if __name__ == "__main__":
    asyncio.run(main(orjson.loads(sys.argv[1])))
