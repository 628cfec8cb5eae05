"""The store is killed under load: what was acknowledged is there, once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from domain.errors import Retryable
from server.dispatch.dispatcher import Dispatcher
from server.settings import Settings
from server.store.connect import open_store
from server.store.log import StoreLog
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, Heard, furnish, open_ticket, reply
from tests.stores import StoreProcess, mongodb_process, store_folder

TICKETS, EACH = 5, 30


@pytest.fixture
def mongodb() -> Iterator[StoreProcess]:
    """A store of the test's own, since it will not have a good time."""
    with store_folder() as folder:
        process = mongodb_process(folder)
        process.start()
        yield process
        process.kill()


async def test_every_acknowledged_command_survives_a_kill_of_the_store(
    mongodb: StoreProcess, settings: Settings
):
    store = await open_store(settings.model_copy(update={"mongodb_url": mongodb.url}))
    house = await furnish(store)
    node = Dispatcher(store, FixedClock(), Heard(), SECRET)
    tickets = [
        (await node.dispatch(open_ticket(), house.client)).result["ticket_id"]
        for _ in range(TICKETS)
    ]
    acknowledged: dict[str, list[tuple[int, str]]] = {each: [] for each in tickets}

    async def talk(ticket_id: str) -> None:
        for n in range(EACH):
            command = reply(ticket_id, f"{n}")
            while True:
                try:
                    done = await node.dispatch(command, house.agent)
                    break
                except Retryable:
                    continue
            acknowledged[ticket_id].append((done.seq, f"{n}"))

    async def kill_twice() -> None:
        for part in (3, 2):
            while sum(map(len, acknowledged.values())) < TICKETS * EACH // part:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            mongodb.kill()
            await asyncio.to_thread(mongodb.start)

    async with asyncio.timeout(120):
        await asyncio.gather(kill_twice(), *(talk(each) for each in tickets))
    await node.close()

    log = StoreLog(store)
    for ticket_id, said in acknowledged.items():
        read = await log.read_room(f"ticket:{ticket_id}", 1, log.epoch)
        kept = [(each.seq, each.events[0]["body"]) for each in read.envelopes or ()]
        assert kept == said == [(n + 2, f"{n}") for n in range(EACH)]
    await store.close()
