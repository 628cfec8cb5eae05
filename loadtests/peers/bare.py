"""A bare loop behind our door: inserts the message, updates its ticket, and emits."""

from __future__ import annotations

from functools import partial

from domain.access import Actor
from domain.message import Command
from domain.ports import Clock, Outcome, Publisher
from loadtests.peers.memory import Memory, MemoryDispatch
from loadtests.peers.ours import serve
from server.settings import Settings
from server.start import start
from server.store.connect import Raw, connect


class BareDispatch(MemoryDispatch):
    """The least that keeps a message: no rules, no repeats, no order across nodes, nothing owed."""

    def __init__(
        self, settings: Settings, memory: Memory, publisher: Publisher, clock: Clock
    ) -> None:
        super().__init__(memory, publisher, clock)
        _, database = connect(settings)
        self._log = database["log"]
        self._tickets = database["tickets"]

    async def dispatch(self, command: Command, actor: Actor) -> Outcome:
        said: Raw = {"_id": command.command_id, "actor": actor.id, **command.model_dump()}
        await self._log.insert_one(said)
        moved = {"$inc": {"messages": 1}, "$set": {"last": command.command_id}}
        await self._tickets.update_one({"_id": command.stream}, moved, upsert=True)
        return await super().dispatch(command, actor)


async def _serve(settings: Settings) -> None:
    await serve(settings, partial(BareDispatch, settings))


if __name__ == "__main__":
    start(_serve)
