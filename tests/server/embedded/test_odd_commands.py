"""Odd pipelines, cursors, names and options: answered as MongoDB does, or refused."""

from typing import Any

import pytest
from bson import Int64, encode
from bson.code import Code
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp

from tests.server.embedded.rawclient import RawClient

NAN, INF = float("nan"), float("inf")
Answer = Any


@pytest.fixture
def raw(shared_store):
    with RawClient(shared_store.socket) as client:
        yield client
        client.command({"drop": "odd"})


# The values of a field `a`, what a group is, and the groups, or a code.
GROUPS: list[tuple[list[Any], dict[str, Any], Answer]] = [
    ([None, {}, 1], {"_id": "$a.b"}, [{"_id": None}]),
    ([{"b": None}, {}, 1], {"_id": "$a.b", "n": {"$sum": 1}}, [{"_id": None, "n": 3}]),
    ([1, 1.0, Int64(1), True], {"_id": "$a", "n": {"$sum": 1}}, [(1, 3), (True, 1)]),
    ([NAN, Decimal128("NaN")], {"_id": {"$eq": ["$a", NAN]}}, [{"_id": True}]),
    ([0.0, -0.0], {"_id": "$a", "n": {"$sum": 1}}, [(0.0, 2)]),
    ([[1], [1], 1], {"_id": "$a", "n": {"$sum": 1}}, [([1], 2), (1, 1)]),
    ([1, 2], {"_id": ["$a", "$b"]}, [{"_id": [1, None]}, {"_id": [2, None]}]),
    ([[[{"b": 1}], {"b": 2}]], {"_id": "$a.b"}, [{"_id": [2]}]),
    ([[[5]]], {"_id": "$a.0"}, [{"_id": []}]),
    ([{"b": [{"c": 1}, {}, 5]}], {"_id": "$a.b.c"}, [{"_id": [1]}]),
    ([1, "x", None, [5]], {"_id": None, "n": {"$sum": "$a"}}, [{"_id": None, "n": 1}]),
    ([2**31 - 1, 1], {"_id": None, "n": {"$sum": "$a"}}, [{"_id": None, "n": 2**31}]),
    ([Int64(2**63 - 1), 1], {"_id": None, "n": {"$sum": "$a"}}, 2),
    ([0.1, 0.2], {"_id": None, "n": {"$sum": "$a"}}, 238),
    ([1.0], {"_id": None, "n": {"$sum": "$a"}}, 238),
    ([Decimal128("1")], {"_id": None, "n": {"$sum": "$a"}}, 238),
    ([True], {"_id": None, "n": {"$sum": "$a"}}, [{"_id": None, "n": 0}]),
    ([1], {"_id": None, "n": {"$sum": "$b"}}, [{"_id": None, "n": 0}]),
    ([1], {"_id": None, "n": {"$sum": ["$a", 1]}}, 40237),
    ([1], {"_id": None, "n": {"$sum": ["$a"]}}, 40237),
    ([1], {"_id": None, "n": {"$min": ["$a", 1]}}, 40237),
    ([1], {"_id": None, "n": {"$min": []}}, 40237),
    ([None, 3, 2, "x"], {"_id": None, "n": {"$min": "$a"}}, [{"_id": None, "n": 2}]),
    ([None], {"_id": None, "n": {"$min": "$a"}}, [{"_id": None, "n": None}]),
    ([[2], 3], {"_id": None, "n": {"$min": "$a"}}, [{"_id": None, "n": 3}]),
    ([1, NAN], {"_id": None, "n": {"$min": "$a.b"}}, [{"_id": None, "n": None}]),
    ([MinKey(), 1], {"_id": None, "n": {"$min": "$a"}}, [{"_id": None, "n": MinKey()}]),
    ([1], {"_id": {"$lt": ["$b", None]}}, [{"_id": True}]),
    ([1], {"_id": {"$lt": ["$b", MinKey()]}}, [{"_id": False}]),
    ([1], {"_id": {"$gte": ["$b", MinKey()]}}, [{"_id": True}]),
    ([1], {"_id": {"$gte": [MaxKey(), "$a"]}}, [{"_id": True}]),
    ([1], {"_id": {"$eq": ["$b", "$c"]}}, [{"_id": True}]),
    ([1], {"_id": {"$eq": ["$a", True]}}, [{"_id": False}]),
    ([1], {"_id": {"$eq": ["$a"]}}, 16020),
    ([1], {"_id": {"$in": ["$a", "$a"]}}, 40081),
    ([1], {"_id": {"$in": [1, ["$a", "$b"]]}}, [{"_id": True}]),
    ([1], {"_id": {"$cond": [NAN, 1, 2]}}, [{"_id": 1}]),
    ([1], {"_id": {"$cond": ["", 1, 2]}}, [{"_id": 1}]),
    ([1], {"_id": {"$cond": [-0.0, 1, 2]}}, [{"_id": 2}]),
    ([Decimal128("sNaN")], {"_id": {"$cond": ["$a", 1, 2]}}, [{"_id": 1}]),
    ([1], {"_id": {"$cond": [1, "$b", 2]}}, [{"_id": None}]),
    ([1], {"_id": {"$and": "$a"}}, [{"_id": True}]),
    ([1], {"_id": {"$and": [True, 0]}}, [{"_id": False}]),
    ([1], {"_id": "$a.$b"}, 16410),
    ([1], {"_id": "$"}, 56),
    ([1], {"_id": "$a."}, 56),
    ([1], {"_id": "$$ROOT"}, 17276),
    ([1], {"_id": {}}, 238),
    ([1], {"_id": {"b": 1}}, 238),
    ([1], {"_id": {"$a": 1}}, 168),
    ([1], {"_id": None, "n": 5}, 40238),
    ([1], {"_id": None, "n": {"$sum": 1, "$min": 1}}, 40238),
    ([1], {"_id": None, "$n": {"$sum": 1}}, 40235),
    ([1], {"n": {"$sum": 1}}, 15955),
    ([], {"_id": None, "n": {"$sum": 1}}, []),
]


def test_an_odd_group_has_mongodbs_answer_or_is_refused(raw):
    for values, group, wanted in GROUPS:
        if values:
            raw.command({"insert": "odd", "documents": [{"a": value} for value in values]})
        reply = raw.command({"aggregate": "odd", "pipeline": [{"$group": group}], "cursor": {}})
        if isinstance(wanted, int):
            assert reply.get("code") == wanted, (values, group, reply)
        else:
            pairs = [{"_id": p[0], "n": p[1]} if isinstance(p, tuple) else p for p in wanted]
            found = reply["cursor"]["firstBatch"]
            assert list(map(encode, found)) == list(map(encode, pairs)), (values, group, found)
        raw.command({"drop": "odd"})


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"limit": 0}, [0, 1, 2]),
        ({"limit": 2.0}, [0, 1]),
        ({"limit": 1e300}, [0, 1, 2]),
        ({"limit": Int64(2**63 - 1), "skip": Int64(2**63 - 1)}, []),
        ({"limit": 2.5}, 2),
        ({"limit": NAN}, 2),
        ({"limit": INF}, 2),
        ({"limit": -1}, 51024),
        ({"limit": True}, 14),
        ({"limit": "2"}, 14),
        ({"limit": Decimal128("2")}, 14),
        ({"limit": None}, [0, 1, 2]),
        ({"skip": 2}, [2]),
        ({"skip": 5}, []),
        ({"skip": -1}, 51024),
        ({"skip": False}, 14),
        ({"batchSize": 0}, []),
        ({"batchSize": 2}, [0, 1]),
        ({"batchSize": -1}, 51024),
        ({"batchSize": 2, "singleBatch": True}, [0, 1]),
        ({"batchSize": 0, "singleBatch": True}, []),
        ({"singleBatch": 1}, 14),
        ({"maxTimeMS": -1}, 2),
        ({"maxTimeMS": 2**31}, 2),
        ({"maxTimeMS": True}, 14),
        ({"filter": None, "sort": None}, [0, 1, 2]),
        ({"filter": [1]}, 14),
        ({"sort": [["_id", 1]]}, 14),
        ({"hint": "_id_"}, [0, 1, 2]),
        ({"hint": "$natural"}, 2),
        ({"hint": {"$natural": 1}}, 2),
        ({"hint": "none"}, 2),
        ({"hint": 5}, 14),
        ({"hint": Code("_id_")}, 14),
        ({"readConcern": {"level": "snapshot"}}, 238),
        ({"readConcern": {"level": 5}}, 14),
        ({"readConcern": {"level": "majority", "atClusterTime": Timestamp(1, 1)}}, 40415),
        ({"writeConcern": {"w": 1}}, 72),
        ({"$db": ""}, 73),
        ({"$db": "a b"}, 73),
        ({"$db": "a.b"}, 73),
        ({"$db": 5}, 14),
        ({"noCursorTimeout": True}, 40415),
        ({"returnKey": True}, 40415),
        ({"allowPartialResults": False}, 40415),
    ],
)
def test_a_find_with_odd_options_is_answered_or_refused(raw, fields, wanted):
    raw.command({"insert": "odd", "documents": [{"_id": n} for n in range(3)]})

    reply = raw.command({"find": "odd", **fields})

    found = [each["_id"] for each in reply["cursor"]["firstBatch"]] if reply["ok"] else None
    assert (reply.get("code") if found is None else found) == wanted, reply


def test_a_cursor_goes_on_where_its_first_batch_ended(raw):
    raw.command({"insert": "odd", "documents": [{"_id": n} for n in range(5)]})

    def opened(**fields: Any) -> int:
        return raw.command({"find": "odd", **fields})["cursor"]["id"]

    def more(id: int, **fields: Any) -> Any:
        reply = raw.command({"getMore": id, "collection": "odd", **fields})
        if not reply["ok"]:
            return reply["code"]
        return len(reply["cursor"]["nextBatch"]), reply["cursor"]["id"] == 0

    assert more(opened(batchSize=0)) == (5, True)
    assert more(opened(batchSize=2), batchSize=2) == (2, False)
    assert more(opened(batchSize=2, limit=3), batchSize=0) == (1, True)
    assert more(opened(batchSize=2), batchSize=-1) == 51024
    assert more(Int64(5)) == 43
    assert more(opened(batchSize=2), collection="other") == 43
    assert opened(batchSize=5, limit=5) == 0
    assert opened(batchSize=2, singleBatch=True) == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"find": ""}, 73),
        ({"find": "a\x00b"}, 73),
        ({"find": Code("odd")}, 73),
        ({"find": None}, 73),
        ({"aggregate": "", "pipeline": [], "cursor": {}}, 73),
        ({"aggregate": "odd", "cursor": {}}, 40414),
        ({"aggregate": "odd", "pipeline": {}, "cursor": {}}, 14),
        ({"aggregate": "odd", "pipeline": ["$match"], "cursor": {}}, 40323),
        ({"aggregate": "odd", "pipeline": [], "cursor": {"batchSize": -1}}, 51024),
        ({"aggregate": "odd", "pipeline": [], "cursor": {"batchSize": True}}, 14),
        ({"aggregate": "odd", "pipeline": [], "cursor": {"unheardOf": 1}}, 40415),
        ({"aggregate": "odd", "pipeline": [{"$match": 5}], "cursor": {}}, 14),
        ({"aggregate": "odd", "pipeline": [{"$limit": 1.5}], "cursor": {}}, 2),
        ({"aggregate": "odd", "pipeline": [{"$limit": -1}], "cursor": {}}, 15958),
        ({"insert": "odd", "documents": [{}], "writeConcern": {"w": True}}, 14),
        ({"insert": "odd", "documents": [{}], "writeConcern": {"w": {"dc": 1}}}, 14),
        ({"insert": "odd", "documents": [{}], "writeConcern": {"wtimeout": "1"}}, 14),
        ({"insert": "odd", "documents": [{}], "writeConcern": {"unheardOf": 1}}, 40415),
        ({"insert": "odd", "documents": [{}], "readConcern": {"level": "majority"}}, 72),
        ({"insert": "odd", "documents": [5]}, 2),
        ({"insert": "odd", "documents": [{"t": Timestamp(0, 0)}]}, 238),
        ({"insert": "odd", "documents": [{"o": {"t": Timestamp(0, 0)}}]}, 0),
        ({"insert": "odd", "documents": [{"_id": {"$x": 1}}]}, 52),
        ({"insert": "odd", "documents": [{"o": {"$x": 1}}]}, 0),
        ({"insert": "odd", "documents": [{}], "ordered": 1}, 14),
        ({"insert": "odd", "documents": [{}], "bypassDocumentValidation": True}, 40415),
        ({"update": "odd", "updates": [{"q": {}, "u": {"$set": {"a": 1}}, "multi": "x"}]}, 14),
        ({"update": "odd", "updates": [{"q": {}, "u": {"$set": {"a": 1}}, "upsert": 1}]}, 14),
        ({"update": "odd", "updates": [{"q": {}, "u": {"a": 1}, "multi": True}]}, 9),
        ({"update": "odd", "updates": [{"q": {}, "u": 5}]}, 14),
        ({"update": "odd", "updates": [{"q": {}}]}, 40414),
        ({"update": "odd", "updates": [{"q": {}, "u": {}, "arrayFilters": []}]}, 40415),
        ({"findAndModify": "odd", "query": {}}, 9),
        ({"findAndModify": "odd", "update": {"a": 1}, "new": 1}, 14),
        ({"findAndModify": "odd", "update": {"a": 1}, "sort": {"a": 5}}, 2),
        ({"findAndModify": "odd", "update": {"a": 1}, "multi": True}, 40415),
        ({"listDatabases": 1}, 238),
        ({"listCollections": 1, "cursor": {"batchSize": 1}}, 40415),
        ({"listCollections": 1, "filter": {"$nothing": 1}}, 2),
        ({"killCursors": "odd", "cursors": ["x"]}, 2),
        ({"endSessions": 5}, 14),
        ({"endSessions": [5]}, 14),
        ({"setParameter": 1, "ttlMonitorSleepSecs": 0}, 72),
        ({"setParameter": 1, "ttlMonitorSleepSecs": NAN}, 72),
        ({"createIndexes": "odd", "indexes": [{"key": {"a": 1}, "name": "a", "unique": 1}]}, 14),
        ({"createIndexes": "odd", "indexes": [{"key": {"a": "text"}, "name": "a"}]}, 67),
        ({"createIndexes": "odd", "indexes": [{"key": {}, "name": "a"}]}, 67),
        ({"createIndexes": "odd", "indexes": [{"key": {"a.$**": 1}, "name": "a"}]}, 238),
        ({"createIndexes": "odd", "indexes": [{"key": {"a.0": 1}, "name": "a"}]}, 238),
        ({"createIndexes": "odd", "indexes": [{"key": {"a": 1}}]}, 9),
        ({"createIndexes": "odd", "indexes": []}, 2),
        ({"explain": {"find": ""}, "verbosity": "queryPlanner"}, 73),
    ],
)
def test_an_odd_command_is_answered_or_refused(raw, body, code):
    reply = raw.command(body)

    assert (reply.get("writeErrors") or [reply])[0].get("code", 0) == code, reply


# {a: 1, a: 2}, {a: undefined} and {a: symbol "x"}, which Python has no values for.
TWICE = RawBSONDocument(b"\x13\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x10a\x00\x02\x00\x00\x00\x00")
UNDEFINED = RawBSONDocument(b"\x08\x00\x00\x00\x06a\x00\x00")
SYMBOL = RawBSONDocument(b"\x0e\x00\x00\x00\x0ea\x00\x02\x00\x00\x00x\x00\x00")


@pytest.mark.parametrize("document", [TWICE, UNDEFINED, SYMBOL], ids=["twice", "undefined", "old"])
def test_what_would_not_come_back_as_it_came_is_refused(raw, document):
    raw.command({"insert": "odd", "documents": [{"_id": 1, "a": None}]})

    asked = raw.command({"find": "odd", "filter": document})
    sent = raw.command({"insert": "odd"}, {"documents": [document]})
    changed = raw.command({"update": "odd"}, {"updates": [{"q": {}, "u": document}]})

    assert asked["code"] == changed["code"] == 22
    assert [error["code"] for error in sent["writeErrors"]] == [22]
    assert raw.command({"find": "odd"})["cursor"]["firstBatch"] == [{"_id": 1, "a": None}]
