"""A ticket of ten thousand messages costs a join and a write no more than a short one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from pymongo import AsyncMongoClient
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from domain.access import Actor
from domain.errors import NotFound
from domain.message import Command
from server.dispatch.dispatcher import Dispatcher
from server.settings import Settings
from server.store.connect import DURABLE, MAJORITY, Raw, Store
from server.store.log import StoreLog
from server.store.messages import SHOWN
from server.store.models import LogEntry, TicketHeader
from server.store.streams import Streams
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, Heard, House, new_id, open_ticket, reply

STAGES = re.compile(r"'stage': '(\w+)'")
CONNECTION = ("lsid", "$db", "$clusterTime", "txnNumber", "readConcern", "$readPreference")


class Asked(NamedTuple):
    """One command, and how many documents came back."""

    command: dict[str, Any]
    documents: int

    @property
    def name(self) -> str:
        """Such as 'find log'."""
        name = next(iter(self.command))
        return f"{name} {self.command[name]}"

    @property
    def question(self) -> dict[str, Any]:
        """The command without what belongs to its connection."""
        return {key: value for key, value in self.command.items() if key not in CONNECTION}


@dataclass
class Listener(CommandListener):
    """Writes down what a database is asked."""

    asked: list[Asked] = field(default_factory=list[Asked])
    _started: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])

    def started(self, event: CommandStartedEvent) -> None:
        self._started[event.request_id] = dict(event.command)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        cursor = event.reply.get("cursor", {})
        batch = cursor.get("firstBatch", cursor.get("nextBatch", ()))
        self.asked.append(Asked(self._started.pop(event.request_id), len(batch)))

    def failed(self, event: CommandFailedEvent) -> None: ...


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def watched(settings: Settings, store: Store, listener: Listener) -> AsyncIterator[Store]:
    """The store through a client that writes down what it asks."""
    client = AsyncMongoClient[Raw](settings.mongodb_url, tz_aware=True, event_listeners=[listener])
    database = client.get_database(settings.database, read_concern=MAJORITY, write_concern=DURABLE)
    yield Store(client, database, store.epoch)
    await client.close()


@pytest.fixture
async def tickets(store: Store, house: House) -> tuple[str, str]:
    """A ticket with 160 messages, more than are shown at once, and one with 10,000."""
    node = Dispatcher(store, FixedClock(), Heard(), SECRET)
    short, long = [
        (await node.dispatch(open_ticket(), house.client)).result["ticket_id"] for _ in range(2)
    ]
    for n in range(159):
        await node.dispatch(reply(short, f"{n:05}"), house.agent)
    for n in range(2):
        await node.dispatch(reply(long, f"{n}"), house.agent)
    await node.close()
    await lengthen(store, long, 10_000)
    return short, long


async def lengthen(store: Store, ticket_id: str, upto: int) -> None:
    """Repeat a ticket's last commit as if its author had gone on."""
    stream = f"ticket:{ticket_id}"
    last = await store[LogEntry].find_one({"stream": stream, "seq": 3})
    assert last is not None
    entries: list[dict[str, Any]] = []
    for seq in range(4, upto + 1):
        event = {**last["events"][0], "message_id": new_id(), "body": f"{seq:05}"}
        place = {"_id": f"{stream}:{seq:010d}", "seq": seq, "command_id": new_id()}
        prev = dict.fromkeys(last["prev"], seq - 1)
        entries.append({**last, **place, "events": [event], "prev": prev, "pending": []})
    await store[LogEntry].insert_many(entries, ordered=False)
    await Streams(store).projection.catch_up(stream)


async def test_they_are_equally_large_to_write_and_to_enter(
    store: Store, house: House, log: StoreLog, tickets: tuple[str, str]
):
    async def sizes(each: str) -> tuple[int, int, int]:
        node = Dispatcher(store, FixedClock(), Heard(), SECRET)
        done = await node.dispatch(reply(each, "00000"), house.agent)
        await node.close()
        header = await store[TicketHeader].find_one({"_id": each})
        entry = await store[LogEntry].find_one({"_id": f"ticket:{each}:{done.seq:010d}"})
        shown = await log.snapshot(f"ticket:{each}")
        return len(str(header)), len(str(entry)), len(str(shown.state))

    short, long = [await sizes(each) for each in tickets]
    assert all(abs(a - b) < 0.02 * a for a, b in zip(short, long, strict=True))


async def test_they_ask_the_database_the_same_and_are_shown_as_much(
    watched: Store, house: House, listener: Listener, tickets: tuple[str, str]
):
    """Of a node that remembers neither: a write, its repeat, a refused one and a join."""

    async def tell(command: Command, actor: Actor) -> None:
        node = Dispatcher(watched, FixedClock(), Heard(), SECRET)
        try:
            await node.dispatch(command, actor)
        finally:
            await node.close()  # All of it is done by then.

    async def asked_for(each: str) -> list[Asked]:
        command = reply(each, "00000")
        listener.asked.clear()
        await tell(command, house.agent)
        await tell(command, house.agent)
        with pytest.raises(NotFound):
            await tell(reply(each, "Mine?"), house.stranger)
        await StoreLog(watched).snapshot(f"ticket:{each}:staff")
        return list(listener.asked)

    short, long = [await asked_for(each) for each in tickets]

    assert sorted((each.name, each.documents) for each in long) == sorted(
        (each.name, each.documents) for each in short
    )
    assert max(each.documents for each in long) <= SHOWN + 1
    assert {"find log", "find tickets", "find messages", "insert log"} <= {e.name for e in long}
    for each in (one for one in long if one.name in ("find log", "find messages")):
        ask = {"explain": each.question, "verbosity": "queryPlanner"}
        plan = await watched.database.command(ask)
        stages = str(plan["queryPlanner"]["winningPlan"])
        assert not {"COLLSCAN", "SORT"} & set(STAGES.findall(stages)), each.question
