"""A numbered write is applied once, whatever is repeated, even over a restart."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from bson.binary import Binary
from pymongo import AsyncMongoClient
from pymongo.errors import AutoReconnect

from tests.server.embedded.conftest import close_pipes, start_store
from tests.server.embedded.rawclient import RawClient


@pytest.fixture
def raw(shared_store):
    with RawClient(shared_store.socket) as client:
        yield client
        client.command({"dropDatabase": 1, "$db": "retries"})


class Session:
    """A driver's session: it numbers its writes."""

    def __init__(self) -> None:
        self.lsid = {"id": Binary(uuid4().bytes, 4)}
        self.number = 0

    def next(self, **body: Any) -> dict[str, Any]:
        self.number += 1
        return {**body, "$db": "retries", "lsid": self.lsid, "txnNumber": self.number}


WRITES = {
    "insert": {"insert": "things", "documents": [{"_id": 7}]},
    "update": {"update": "things", "updates": [{"q": {"_id": 1}, "u": {"$inc": {"n": 1}}}]},
    "upsert": {
        "update": "things",
        "updates": [{"q": {"_id": 9}, "u": {"$inc": {"n": 1}}, "upsert": True}],
    },
    "delete": {"delete": "things", "deletes": [{"q": {"kind": "same"}, "limit": 1}]},
    "findAndModify": {
        "findAndModify": "things",
        "query": {"_id": 1},
        "update": {"$inc": {"n": 1}},
        "new": True,
    },
}


def contents(raw: RawClient) -> list[Any]:
    reply = raw.command({"find": "things", "sort": {"_id": 1}, "$db": "retries"})
    return reply["cursor"]["firstBatch"]


def seed(raw: RawClient) -> None:
    documents = [{"_id": n, "n": 0, "kind": "same"} for n in range(3)]
    raw.command({"insert": "things", "documents": documents, "$db": "retries"})


@pytest.mark.parametrize("what", WRITES)
def test_a_repeated_write_answers_the_same_and_applies_once(raw, what):
    seed(raw)
    write = Session().next(**WRITES[what])

    first = raw.command(write)
    after = contents(raw)

    assert first["ok"] == 1.0
    assert [raw.command(write) for _ in range(2)] == [first, first]
    assert contents(raw) == after


def test_the_next_number_is_a_new_write(raw):
    seed(raw)
    session = Session()

    raw.command(session.next(**WRITES["update"]))
    raw.command(session.next(**WRITES["update"]))

    assert contents(raw)[1]["n"] == 2


def test_a_number_that_was_passed_is_refused(raw):
    seed(raw)
    session = Session()
    first = session.next(**WRITES["update"])
    raw.command(first)
    raw.command(session.next(**WRITES["update"]))

    assert raw.command(first)["code"] == 225
    assert contents(raw)[1]["n"] == 2


def test_a_write_that_failed_as_a_whole_is_run_again(raw):
    session = Session()
    write = session.next(findAndModify="things", query={"_id": 1}, update={"$inc": {"text": 1}})
    raw.command({"insert": "things", "documents": [{"_id": 1, "text": "a"}], "$db": "retries"})
    assert raw.command(write)["code"] == 14
    raw.command(
        {
            "update": "things",
            "updates": [{"q": {"_id": 1}, "u": {"$set": {"text": 1}}}],
            "$db": "retries",
        }
    )

    assert raw.command(write)["value"] == {"_id": 1, "text": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"update": "t", "updates": [{"q": {}, "u": {"$set": {"a": 1}}, "multi": True}]},
        {"delete": "t", "deletes": [{"q": {}, "limit": 0}]},
    ],
)
def test_many_documents_at_once_cannot_be_numbered(raw, body):
    (error,) = raw.command(Session().next(**body))["writeErrors"]

    assert error["code"] == 72


def test_a_number_needs_a_session_and_a_write(raw):
    numbered = {"$db": "retries", "txnNumber": 1}
    assert raw.command({"insert": "t", "documents": [{}], **numbered})["code"] == 72
    assert raw.command({"find": "t", **numbered})["code"] == 72


def test_the_answer_survives_a_kill(folder: Path):
    write = Session().next(**WRITES["insert"])
    store = start_store(folder)
    with RawClient(store.socket) as raw:
        first = raw.command(write)
    store.kill()
    close_pipes(store)

    again = start_store(folder)
    with RawClient(again.socket) as raw:
        assert raw.command(write) == first
        assert contents(raw) == [{"_id": 7}]
    close_pipes(again)


# Through the driver, with faults


async def fail(client: AsyncMongoClient, times: int = 1, **data: Any) -> None:
    await client.admin.command(
        {"configureFailPoint": "failCommand", "mode": {"times": times}, "data": data}
    )


@pytest.mark.parametrize("when", ["closeConnection", "closeConnectionAfter"])
async def test_the_driver_retries_a_cut_write_and_it_is_applied_once(client, things, when):
    await things.insert_one({"_id": 1, "n": 0})
    await fail(client, failCommands=["update"], **{when: True})

    result = await things.update_one({"_id": 1}, {"$inc": {"n": 1}})

    assert result.modified_count == 1
    assert await things.find_one() == {"_id": 1, "n": 1}


@pytest.mark.parametrize(("when", "applied"), [("closeConnection", 0), ("closeConnectionAfter", 1)])
async def test_without_retries_a_cut_is_an_unknown_outcome(
    client, shared_store, things, when, applied
):
    async with AsyncMongoClient(shared_store.url, retryWrites=False) as careless:
        collection = careless[things.database.name]["things"]
        await collection.count_documents({})
        await fail(client, failCommands=["insert"], **{when: True})

        with pytest.raises(AutoReconnect):
            await collection.insert_one({"_id": 1})

    assert await things.count_documents({}) == applied


async def test_the_driver_retries_find_and_modify_and_sees_the_first_answer(client, things):
    await things.insert_one({"_id": 1, "n": 0})
    await fail(client, failCommands=["findAndModify"], closeConnectionAfter=True)

    before = await things.find_one_and_update({"_id": 1}, {"$inc": {"n": 1}})

    assert before == {"_id": 1, "n": 0}
    assert await things.find_one() == {"_id": 1, "n": 1}


async def test_many_inserts_cut_after_their_commit_are_there_once(client, things):
    await fail(client, failCommands=["insert"], closeConnectionAfter=True)

    result = await things.insert_many([{"_id": n} for n in range(500)])

    assert len(result.inserted_ids) == 500
    assert await things.count_documents({}) == 500
