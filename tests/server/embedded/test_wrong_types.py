"""Whatever a field holds, the answer is an answer: no mistake of a client is a defect of ours."""

import datetime as dt
from random import Random
from typing import Any

import pytest
from bson import Int64, ObjectId
from bson.binary import Binary
from bson.code import Code
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex
from bson.timestamp import Timestamp

from server.embedded.commands import COMMANDS
from tests.server.embedded.rawclient import RawClient

ODD: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, Int64(-(2**63)), 1.5, -0.0, 1e300),
    *(float("nan"), float("inf"), Decimal128("0"), Decimal128("NaN"), Decimal128("sNaN")),
    *("", "a", "$a", "$$a", "a.b", "a..b", "a\x00b", "a." + "9" * 5000, "x" * 5000),
    *([], [1], [None], ["a", {}], [[]], {}, {"a": 1}, {"": 1}, {"$a": 1}, {"a.b": None}),
    *({"a": {"$in": 1}}, {"$ref": "a", "$id": 1}, {"$and": [1]}, {"$or": 5}, {"id": b"x"}),
    *({"$set": 5}, {"$set": {"a": 1}}, {"$group": {"_id": None}}, {"mode": 5}, {"times": "x"}),
    *(b"", b"x" * 16, Binary(b"x" * 16, 4), ObjectId("0" * 24), Timestamp(0, 0), Regex("(")),
    *(Code("x"), Code("x", {"a": 1}), MinKey(), MaxKey(), dt.datetime(1, 1, 1, tzinfo=dt.UTC)),
]
BODIES: list[dict[str, Any]] = [
    {"find": "t", "filter": {"a": 1}, "sort": {"a": 1}, "projection": {"a": 1}, "hint": "a_1"},
    {"find": "t", "filter": {"a": {"$gt": 1}}, "skip": 1, "limit": 5, "batchSize": 1},
    {"find": "t", "filter": {"a": {"$elemMatch": {"b": 1}}}, "singleBatch": True, "maxTimeMS": 5},
    {"find": "t", "filter": {"a": {"$regex": "a", "$options": "i"}}, "comment": "x"},
    {"find": "t", "filter": {"$or": [{"a": {"$in": [1, 2]}}, {"b": {"$exists": True}}]}},
    {"find": "t", "readConcern": {"level": "local"}, "$readPreference": {"mode": "primary"}},
    {"aggregate": "t", "pipeline": [{"$match": {"a": 1}}, {"$limit": 1}], "cursor": {}},
    {
        "aggregate": "t",
        "pipeline": [{"$group": {"_id": "$a", "n": {"$sum": {"$cond": ["$a", 1, 0]}}}}],
        "cursor": {"batchSize": 5},
    },
    {
        "aggregate": "t",
        "pipeline": [{"$group": {"_id": {"$in": ["$a", ["$b"]]}, "n": {"$min": "$a"}}}],
        "cursor": {},
    },
    {"insert": "t", "documents": [{"_id": 1, "a": 1}], "ordered": True, "writeConcern": {"w": 1}},
    {
        "update": "t",
        "updates": [{"q": {"a": 1}, "u": {"$set": {"a": 1}}, "upsert": True, "multi": False}],
    },
    {"update": "t", "updates": [{"q": {}, "u": {"$push": {"l": {"$each": [1], "$slice": 2}}}}]},
    {"update": "t", "updates": [{"q": {}, "u": {"$inc": {"n": 1}, "$max": {"m": 1}}}]},
    {"update": "t", "updates": [{"q": {}, "u": {"$pull": {"l": {"$gt": 1}}, "$unset": {"x": 1}}}]},
    {"delete": "t", "deletes": [{"q": {"a": 1}, "limit": 1}]},
    {
        "findAndModify": "t",
        "query": {"a": 1},
        "sort": {"a": 1},
        "update": {"$set": {"a": 1}},
        "new": True,
        "upsert": True,
    },
    {
        "createIndexes": "t",
        "indexes": [
            {
                "key": {"z": 1},
                "name": "z_1",
                "unique": False,
                "partialFilterExpression": {"z": {"$gt": 1}},
                "expireAfterSeconds": 5,
            }
        ],
    },
    {"listIndexes": "t", "cursor": {}},
    {"listCollections": 1, "filter": {"name": "t"}, "nameOnly": True, "cursor": {}},
    {"listDatabases": 1, "nameOnly": True},
    {"getMore": Int64(5), "collection": "t", "batchSize": 5},
    {"killCursors": "t", "cursors": [Int64(5)]},
    {"endSessions": [{"id": Binary(b"x" * 16, 4)}]},
    {"explain": {"find": "t", "filter": {"a": 1}, "limit": 1}, "verbosity": "queryPlanner"},
    {
        "configureFailPoint": "failCommand",
        "mode": {"times": 1},
        "data": {"failCommands": ["nothing"], "errorCode": 1, "writeConcernError": {"code": 1}},
    },
    {"setParameter": 1, "ttlMonitorSleepSecs": 60},
    {"ping": 1, "lsid": {"id": Binary(b"x" * 16, 4)}},
    {"insert": "t", "documents": [{}], "lsid": {"id": Binary(b"x" * 16, 4)}, "txnNumber": Int64(1)},
    {"create": "u"},
    {"drop": "u"},
    {"validate": "t"},
    {"buildInfo": 1},
    {"hello": 1},
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (holder, name or number) inside a body."""
    names = list(value) if isinstance(value, dict) else range(len(value))
    inside = [name for name in names if isinstance(value[name], (dict, list))]
    return [(value, name) for name in names] + [
        found for name in inside for found in places(value[name])
    ]


def copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: copied(item) for name, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def check(store: Any, seed: int, rounds: int) -> None:
    rng = Random(seed)
    with RawClient(store.socket) as client:
        client.command({"insert": "t", "documents": [{"a": n, "l": [n], "n": n} for n in range(3)]})
        client.command({"createIndexes": "t", "indexes": [{"key": {"a": 1}, "name": "a_1"}]})
        for _ in range(rounds):
            body = copied(rng.choice(BODIES))
            for _ in range(rng.choice([1, 1, 2])):
                holder, name = rng.choice(places(body))
                if rng.random() < 0.1 and (holder is not body or name != next(iter(body))):
                    del holder[name]
                else:
                    holder[name] = copied(rng.choice(ODD))
            reply = client.command(body)
            assert reply.get("code") != 1, (body, reply)
            codes = [error["code"] for error in reply.get("writeErrors", ())]
            assert 1 not in codes, (body, reply)
        client.command({"configureFailPoint": "failCommand", "mode": "off"})
        client.command({"setParameter": 1, "ttlMonitorSleepSecs": 60})
        client.command({"drop": "t"})


def test_every_command_is_tried():
    tried = {next(iter(body)) for body in BODIES} | {"isMaster", "ismaster", "buildinfo"}

    assert set(COMMANDS) - tried == {"compact", "dropDatabase"}


def test_a_value_of_another_type_is_answered(shared_store):
    check(shared_store, seed=1, rounds=3_000)


@pytest.mark.long
def test_many_values_of_other_types_are_answered(shared_store):
    check(shared_store, seed=2, rounds=50_000)
