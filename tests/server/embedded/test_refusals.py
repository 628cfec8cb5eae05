"""What is not supported is refused with MongoDB's code; nothing is silently ignored."""

import pytest
from pymongo.errors import OperationFailure

from server.embedded.commands import COMMANDS
from tests.server.embedded.rawclient import RawClient


@pytest.fixture
def raw(shared_store):
    with RawClient(shared_store.socket) as client:
        yield client


BODIES = {
    "find": {"find": "t"},
    "aggregate": {"aggregate": "t", "pipeline": [], "cursor": {}},
    "insert": {"insert": "t", "documents": [{}]},
    "update": {"update": "t", "updates": [{"q": {}, "u": {"$set": {"a": 1}}}]},
    "delete": {"delete": "t", "deletes": [{"q": {}, "limit": 1}]},
    "findAndModify": {"findAndModify": "t", "update": {"$set": {"a": 1}}},
    "createIndexes": {"createIndexes": "t", "indexes": [{"key": {"a": 1}, "name": "a"}]},
}


@pytest.mark.parametrize(
    "name", [name for name in COMMANDS if name.lower() not in ("hello", "ismaster")]
)
def test_every_command_refuses_a_field_it_does_not_know(raw, name):
    reply = raw.command({**BODIES.get(name, {name: 1}), "unheardOf": 1})

    assert (reply["code"], reply["codeName"]) == (40415, "IDLUnknownField")


@pytest.mark.parametrize("name", ["update", "delete"])
def test_every_statement_refuses_a_field_it_does_not_know(raw, name):
    body = BODIES[name]
    (statement,) = body[f"{name}s"]

    reply = raw.command({**body, f"{name}s": [statement, {**statement, "sort": {}}]})

    assert reply["code"] == 40415


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"find": "t", "min": {"a": 1}}, 40415),
        ({"find": "t", "let": {"a": 1}}, 40415),
        ({"find": "t", "tailable": True}, 40415),
        ({"find": "t", "showRecordId": True}, 40415),
        ({"find": "t", "collation": {"locale": "en", "strength": 2}}, 40415),
        ({"find": "t", "allowDiskUse": True}, 40415),
        ({"find": "t", "readConcern": {"level": "snapshot"}}, 238),
        ({"find": "t", "readConcern": {"afterClusterTime": 1}}, 40415),
        ({"find": "t", "filter": 5}, 14),
        ({"find": "t", "limit": "5"}, 14),
        ({"find": "t", "limit": -1}, 51024),
        ({"find": "t", "sort": {"a": 2}}, 2),
        ({"find": "t", "sort": {"a": {"$meta": "textScore"}}}, 2),
        ({"find": 5}, 73),
        ({"find": "t", "hint": {"a": 1}}, 0),
        ({"insert": "t", "documents": []}, 2),
        ({"insert": "t", "documents": [{}], "writeConcern": {"w": 2}}, 100),
        ({"insert": "t", "documents": [{}], "writeConcern": {"w": "tag"}}, 100),
        ({"insert": "", "documents": [{}]}, 73),
        ({"insert": "a$b", "documents": [{}]}, 73),
        ({"insert": "system.x", "documents": [{}]}, 73),
        ({"insert": "t", "documents": [{}], "$db": "a.b"}, 73),
        ({"create": "t", "capped": True, "size": 5}, 40415),
        ({"create": "t", "timeseries": {"timeField": "t"}}, 40415),
        ({"create": "t", "viewOn": "u", "pipeline": []}, 40415),
        ({"create": "t", "clusteredIndex": {}}, 40415),
        ({"count": "t"}, 59),
        ({"distinct": "t", "key": "a"}, 59),
        ({"dropIndexes": "t", "index": "*"}, 59),
        ({"mapReduce": "t"}, 59),
        ({"bulkWrite": 1}, 59),
        ({"eval": "1"}, 59),
        ({"commitTransaction": 1}, 20),
        ({"getMore": 5, "collection": "t"}, 43),
        ({"aggregate": "t", "pipeline": []}, 9),
        ({"aggregate": 1, "pipeline": [], "cursor": {}}, 73),
        ({"aggregate": 1, "pipeline": [{"$changeStream": {}}], "cursor": {}}, 40573),
        ({"explain": {"insert": "t"}}, 59),
        ({"explain": {"find": "t", "filter": {"a": 1}}, "verbosity": "queryPlanner"}, 0),
        ({"explain": {"find": "t", "unheardOf": 1}, "verbosity": "queryPlanner"}, 40415),
        ({"explain": {"find": "t"}, "verbosity": "executionStats"}, 238),
        ({"explain": {"find": "t"}}, 238),
        ({"findAndModify": "t"}, 9),
        ({"findAndModify": "t", "update": []}, 238),
        ({"findAndModify": "t", "remove": True}, 40415),
        ({"findAndModify": "t", "update": {}, "fields": {}}, 40415),
        ({"listIndexes": "nothing"}, 26),
        ({"setParameter": 1}, 72),
    ],
)
def test_what_is_not_supported_is_refused_with_its_code(raw, body, code):
    reply = raw.command(body)

    assert reply.get("code", 0) == code, reply


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"$a": 1}, 52),
        ({"_id": [1]}, 53),
        ({"_id": {"$a": 1}}, 52),
    ],
)
def test_a_document_that_cannot_be_stored_is_refused(raw, document, code):
    (error,) = raw.command({"insert": "t", "documents": [document]})["writeErrors"]

    assert error["code"] == code


async def test_transactions_are_refused(client, things):
    async with client.start_session() as session:
        with pytest.raises(OperationFailure) as failure:
            async with await session.start_transaction():
                await things.insert_one({}, session=session)

    assert failure.value.code == 20
    assert await things.count_documents({}) == 0


async def test_change_streams_are_refused(things):
    with pytest.raises(OperationFailure) as failure:
        async with await things.watch():
            pass

    assert failure.value.code == 40573


async def test_a_time_limit_ends_a_long_scan(things):
    await things.insert_many([{"n": n, "text": "x" * 100} for n in range(5000)])

    with pytest.raises(OperationFailure) as failure:
        await things.find({"text": {"$regex": "y"}}).max_time_ms(1).to_list()

    assert failure.value.code == 50
