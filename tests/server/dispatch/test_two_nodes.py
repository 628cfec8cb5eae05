"""Several dispatchers on one store: one order, each command once."""

from __future__ import annotations

import asyncio

import pytest

from domain.access import Actor
from domain.audience import staff_room
from domain.errors import Invalid, Retryable
from domain.message import Command
from domain.ports import Outcome
from server.dispatch.dispatcher import Dispatcher
from server.store.connect import Store
from server.store.log import StoreLog
from server.store.models import TicketHeader
from tests.server.dispatch.conftest import SECRET
from tests.server.house import FixedClock, Heard, House, open_ticket, reply


async def insistently(node: Dispatcher, command: Command, actor: Actor) -> Outcome:
    """What a client does: ask again with the same id."""
    while True:
        try:
            return await node.dispatch(command, actor)
        except Retryable:
            continue


@pytest.fixture
async def nodes(store: Store, clock: FixedClock):
    nodes = [Dispatcher(store, clock, Heard(), SECRET) for _ in range(2)]
    yield nodes
    for node in nodes:
        await node.close()


async def test_fifty_commands_at_once_on_one_stream_are_applied_once_in_one_order(
    nodes: list[Dispatcher], house: House, log: StoreLog
):
    opened = await nodes[0].dispatch(open_ticket(), house.client)
    ticket_id = opened.result["ticket_id"]
    commands = [reply(ticket_id, f"number {n}") for n in range(50)]

    outcomes = await asyncio.gather(
        *(insistently(nodes[n % 2], command, house.agent) for n, command in enumerate(commands))
    )

    assert sorted(outcome.seq for outcome in outcomes) == list(range(2, 52))
    read = await log.read_room(staff_room(ticket_id), 0, log.epoch)
    assert [(each.prev, each.seq) for each in read.envelopes or ()] == [
        (seq - 1, seq) for seq in range(1, 52)
    ]
    said = {event["body"] for each in (read.envelopes or ())[1:] for event in each.events}
    assert said == {f"number {n}" for n in range(50)}
    header = await house.store[TicketHeader].find_one({"_id": ticket_id})
    assert header is not None
    assert header["seq"] == 51
    shown = await log.snapshot(staff_room(ticket_id))
    assert [message["seq"] for message in shown.state["messages"]] == list(range(2, 52))


async def test_commits_of_many_streams_share_their_inserts(
    nodes: list[Dispatcher], house: House, monkeypatch: pytest.MonkeyPatch
):
    tickets = [
        (await nodes[0].dispatch(open_ticket(), house.client)).result["ticket_id"]
        for _ in range(10)
    ]
    sizes: list[int] = []
    insert = nodes[0]._journal._insert  # pyright: ignore
    send = insert._send  # pyright: ignore

    async def counted(items: list[object]) -> object:
        sizes.append(len(items))
        return await send(items)

    monkeypatch.setattr(insert, "_send", counted)

    await asyncio.gather(*(nodes[0].dispatch(reply(each), house.agent) for each in tickets))

    assert sum(sizes) == 10
    assert len(sizes) < 10


async def test_a_command_that_no_document_can_hold_harms_no_other_of_its_batch(
    nodes: list[Dispatcher], house: House
):
    tickets = [
        (await nodes[0].dispatch(open_ticket(), house.client)).result["ticket_id"] for _ in range(2)
    ]
    bad = reply(tickets[0]).model_copy(update={"body": "half a letter \ud800"})

    refused, done = await asyncio.gather(
        nodes[0].dispatch(bad, house.agent),
        nodes[0].dispatch(reply(tickets[1]), house.agent),
        return_exceptions=True,
    )

    assert isinstance(done, Outcome)
    assert isinstance(refused, Invalid)
