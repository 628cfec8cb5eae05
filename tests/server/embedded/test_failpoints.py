"""Faults on demand: how often, for whom, and what the driver makes of them."""

from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import AutoReconnect, NotPrimaryError, OperationFailure, WriteConcernError

from tests.server.embedded.rawclient import RawClient


async def configure(client: AsyncMongoClient, mode: Any, **data: Any) -> None:
    await client.admin.command({"configureFailPoint": "failCommand", "mode": mode, "data": data})


@pytest.fixture
async def faulty(client: AsyncMongoClient):
    """The client; its fail point is off when the test is over."""
    yield client
    await client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})


async def test_an_error_code_strikes_as_often_as_it_was_told(faulty, things):
    await configure(faulty, {"times": 2}, failCommands=["find"], errorCode=8)

    for _ in range(2):
        with pytest.raises(OperationFailure) as failure:
            await things.find_one()
        assert failure.value.code == 8
    assert await things.find_one() is None


async def test_other_commands_and_collections_are_spared_and_off_ends_it(faulty, things):
    namespace = f"{things.database.name}.things"
    await configure(faulty, "alwaysOn", failCommands=["find"], namespace=namespace, errorCode=8)

    assert await things.database.others.find_one() is None
    for _ in range(3):
        assert await things.count_documents({}) == 0
        with pytest.raises(OperationFailure):
            await things.find_one()
    await configure(faulty, "off")
    assert await things.find_one() is None


async def test_a_write_concern_error_comes_with_an_applied_write(faulty, things):
    error = {"code": 64, "errmsg": "waiting for replication timed out"}
    await configure(faulty, {"times": 1}, failCommands=["insert"], writeConcernError=error)

    with pytest.raises(WriteConcernError) as failure:
        await things.insert_one({"_id": 1})

    assert failure.value.code == 64
    assert await things.count_documents({}) == 1


async def test_a_retryable_write_concern_error_is_retried_and_applied_once(faulty, things):
    await configure(
        faulty,
        {"times": 1},
        failCommands=["update"],
        writeConcernError={"code": 91, "errmsg": "shutting down"},
        errorLabels=["RetryableWriteError"],
    )
    await things.insert_one({"_id": 1, "n": 0})

    await things.update_one({"_id": 1}, {"$inc": {"n": 1}})

    assert await things.find_one() == {"_id": 1, "n": 1}


async def test_no_longer_primary_is_retried_by_the_driver(faulty, things):
    await configure(faulty, {"times": 1}, failCommands=["insert"], errorCode=10107)

    await things.insert_one({"_id": 1})

    assert await things.count_documents({}) == 1


async def test_no_longer_primary_for_ever_is_an_error_and_nothing_is_written(faulty, things):
    await configure(faulty, {"times": 2}, failCommands=["insert"], errorCode=10107)

    with pytest.raises(NotPrimaryError):
        await things.insert_one({"_id": 1})

    assert await things.count_documents({}) == 0


async def test_a_read_is_cut_and_retried(faulty, things):
    await things.insert_one({"_id": 1})
    await configure(faulty, {"times": 1}, failCommands=["find"], closeConnection=True)

    assert await things.find_one() == {"_id": 1}
    await configure(faulty, {"times": 2}, failCommands=["find"], closeConnection=True)
    with pytest.raises(AutoReconnect):
        await things.find_one()


async def test_a_fault_that_is_not_known_is_refused(faulty):
    with pytest.raises(OperationFailure) as failure:
        await configure(faulty, "alwaysOn", failCommands=[], blockConnection=True)

    assert failure.value.code == 40415


def test_the_fail_point_itself_can_never_fail(shared_store):
    with RawClient(shared_store.socket) as raw:
        data = {"failCommands": ["configureFailPoint"], "closeConnection": True}
        body = {"configureFailPoint": "failCommand", "mode": "alwaysOn", "data": data}
        assert raw.command(body)["ok"] == 1.0
        assert raw.command({**body, "mode": "off"})["ok"] == 1.0
        assert raw.command({**body, "configureFailPoint": "other"})["code"] == 2
        assert raw.command({**body, "mode": "sometimes"})["code"] == 2
        assert raw.command({**body, "mode": {"skip": 1}})["code"] == 2
