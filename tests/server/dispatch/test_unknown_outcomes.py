"""When the answer of the store is lost: looked for before anything is said or done again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest

from domain.errors import Conflict, Retryable
from domain.ticket.commands import SetStatus
from domain.ticket.state import Status
from server.dispatch import deciding
from server.dispatch.dispatcher import Dispatcher
from server.store.connect import Store
from server.store.models import LogEntry
from tests.server.house import Heard, House, new_id, open_ticket, reply

Fail = Callable[..., Awaitable[None]]


@pytest.fixture
async def fail(store: Store) -> AsyncGenerator[Fail]:
    """Let inserts into the log fail in some way, for a number of times."""

    async def configure(times: int, commands: tuple[str, ...] = ("insert",), **how: Any) -> None:
        data = {
            "failCommands": list(commands),
            "namespace": f"{store.database.name}.log",
            **how,
        }
        await store.client.admin.command(
            "configureFailPoint", "failCommand", mode={"times": times}, data=data
        )

    yield configure
    await store.client.admin.command("configureFailPoint", "failCommand", mode="off")


@pytest.fixture
async def ticket_id(dispatcher: Dispatcher, house: House) -> str:
    return (await dispatcher.dispatch(open_ticket(), house.client)).result["ticket_id"]


async def bodies(store: Store, ticket_id: str) -> list[str]:
    cursor = store[LogEntry].find({"stream": f"ticket:{ticket_id}", "seq": {"$gt": 1}})
    return [event["body"] async for entry in cursor for event in entry["events"]]


async def test_a_connection_lost_after_the_insert_is_answered_from_what_was_kept(
    dispatcher: Dispatcher, house: House, ticket_id: str, heard: Heard, fail: Fail
):
    heard.envelopes.clear()
    await fail(2, closeConnectionAfter=True)  # The driver repeats an insert once by itself.

    done = await dispatcher.dispatch(reply(ticket_id, "Once."), house.agent)
    await dispatcher.close()

    assert done.seq == 2
    assert await bodies(house.store, ticket_id) == ["Once."]
    assert {envelope.seq for envelope in heard.envelopes} == {2}


async def test_a_connection_lost_before_the_insert_is_done_again(
    dispatcher: Dispatcher, house: House, ticket_id: str, fail: Fail
):
    await fail(2, closeConnection=True)

    done = await dispatcher.dispatch(reply(ticket_id, "Once."), house.agent)

    assert done.seq == 2
    assert await bodies(house.store, ticket_id) == ["Once."]


async def test_a_write_concern_error_is_looked_up_before_it_is_acknowledged(
    dispatcher: Dispatcher, house: House, ticket_id: str, fail: Fail
):
    await fail(
        1, writeConcernError={"code": 64, "codeName": "WriteConcernTimeout", "errmsg": "late"}
    )

    done = await dispatcher.dispatch(reply(ticket_id, "Once."), house.agent)

    assert done.seq == 2
    assert await bodies(house.store, ticket_id) == ["Once."]


async def test_after_an_unknown_outcome_nothing_is_refused_for_good(
    dispatcher: Dispatcher, house: House, ticket_id: str, fail: Fail, store: Store
):
    # Given a close that is lost on its way, and a ticket that somebody else closes meanwhile
    await dispatcher.dispatch(
        SetStatus(command_id=new_id(), ticket_id=ticket_id, status=Status.RESOLVED), house.agent
    )
    other = Dispatcher(store, dispatcher._decider._clock, Heard(), b"x" * 32)  # pyright: ignore
    seen = reply(ticket_id, "Is it?")
    await fail(2, closeConnection=True)
    original = dispatcher._decider._wait_for_answer  # pyright: ignore

    async def closed_meanwhile(request: Any) -> None:
        await original(request)
        await other.dispatch(
            SetStatus(command_id=new_id(), ticket_id=ticket_id, status=Status.CLOSED),
            house.supervisor,
        )

    dispatcher._decider._wait_for_answer = closed_meanwhile  # pyright: ignore

    # When it is decided anew, it is refused; but the lost one might still land
    with pytest.raises(Retryable):
        await dispatcher.dispatch(seen, house.agent)

    # Then only the repeat is told for good
    dispatcher._decider._wait_for_answer = original  # pyright: ignore
    with pytest.raises(Conflict):
        await dispatcher.dispatch(seen, house.agent)
    await other.close()


async def test_a_store_that_stays_away_is_answered_with_retryable_and_the_repeat_succeeds(
    dispatcher: Dispatcher,
    house: House,
    ticket_id: str,
    fail: Fail,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(deciding, "PATIENCE_SECONDS", 0.2)
    command = reply(ticket_id, "Once.")
    await fail(1000, commands=("insert", "find"), closeConnection=True)

    with pytest.raises(Retryable):
        await dispatcher.dispatch(command, house.agent)

    await fail(0)
    done = await dispatcher.dispatch(command, house.agent)
    assert done.seq == 2
    assert await bodies(house.store, ticket_id) == ["Once."]
