"""Odd filters, sorts and projections: each has MongoDB's answer, or is refused."""

from typing import Any

import pytest
from bson import Int64, ObjectId
from bson.binary import Binary
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex
from bson.timestamp import Timestamp

from tests.server.embedded.rawclient import RawClient

NAN, INF = float("nan"), float("inf")
LONG = "x" * 40_000
Answer = Any

# The values of a field `a`, a filter, and the places of the values that match, or a code.
FILTERS: list[tuple[list[Any], Any, Answer]] = [
    # numbers
    ([0, -0.0, Decimal128("-0"), Int64(0), False], {"a": -0.0}, [0, 1, 2, 3]),
    ([NAN, Decimal128("NaN"), None, 0], {"a": NAN}, [0, 1]),
    ([NAN, 0, 1], {"a": {"$lt": 1}}, [1]),
    ([NAN, 0, 1], {"a": {"$gte": NAN}}, [0]),
    ([NAN, 0, 1], {"a": {"$gt": NAN}}, []),
    ([NAN, 0, 1], {"a": {"$ne": NAN}}, [1, 2]),
    ([NAN, 0, -INF], {"a": {"$gte": -INF}}, [1, 2]),
    ([NAN, 0, 1], {"a": {"$in": [NAN, 1]}}, [0, 2]),
    ([2**53, 2**53 + 1, float(2**53)], {"a": float(2**53)}, [0, 2]),
    ([2**53, 2**53 + 1], {"a": {"$gt": float(2**53)}}, [1]),
    ([Int64(2**63 - 1), float(2**63)], {"a": {"$lt": float(2**63)}}, [0]),
    ([Decimal128("0.1"), 0.1], {"a": Decimal128("0.1")}, [0]),
    ([Decimal128("0.5"), 0.5], {"a": Decimal128("0.50")}, [0, 1]),
    ([Decimal128("1E400"), INF], {"a": {"$lt": INF}}, [0]),
    ([1, 1.0, True, "1"], {"a": 1}, [0, 1]),
    ([1, 0, True, False], {"a": False}, [3]),
    ([True, False], {"a": {"$gt": False}}, [0]),
    ([5, "5", [5], {"b": 5}], {"a": {"$gt": 4}}, [0, 2]),
    # null and missing
    ([None, 1, [], [None], [1, None]], {"a": None}, [0, 3, 4]),
    ([None, 1, []], {"a": {"$ne": None}}, [1, 2]),
    ([None, 1], {"b": None}, [0, 1]),
    ([None, 1], {"b": {"$ne": None}}, []),
    ([None, 1], {"b": {"$in": [None, 5]}}, [0, 1]),
    ([None, 1], {"a": {"$gte": None}}, [0]),
    ([None, 1], {"a": {"$lte": None}}, [0]),
    ([None, 1], {"a": {"$lt": None}}, []),
    ([None, 1], {"a": {"$exists": True}}, [0, 1]),
    ([{"b": None}, {}, 5, [{"b": 1}, {}]], {"a.b": None}, [0, 1, 2, 3]),
    ([[1, 2], []], {"a.b": None}, []),
    ([[1, 2], [{"b": 1}]], {"a.b": {"$ne": 1}}, [0]),
    ([None, 1], {"a": {"$exists": False}}, 238),
    ([None, 1], {"a": {"$exists": 1}}, 238),
    # arrays
    ([[1, 2], [2, 1], [[1, 2]], 1], {"a": [1, 2]}, [0, 2]),
    ([[1, 2], 1], {"a": {"$in": [[1, 2]]}}, [0]),
    ([[], [[]], None], {"a": []}, [0, 1]),
    ([[1, 9], [5]], {"a": {"$gt": 4, "$lt": 6}}, [0, 1]),
    ([[1, 9], [5]], {"a": {"$gt": 6, "$lt": 4}}, [0]),
    ([[1, 9], [5]], {"a": {"$elemMatch": {"$gt": 6, "$lt": 4}}}, []),
    ([[1, 5], [6]], {"a": {"$ne": 5}}, [1]),
    ([[1, 2], [3]], {"a": {"$lt": [2]}}, [0]),
    ([[[5]], [5]], {"a": 5}, [1]),
    ([[[5]], [5]], {"a": {"$elemMatch": {"$gt": 4}}}, [1]),
    ([[[5]], [[4]]], {"a": {"$elemMatch": {"0": 5}}}, [0]),
    ([[[{"b": 5}]], [{"b": 5}]], {"a": {"$elemMatch": {"b": 5}}}, [1]),
    ([[[{"b": 5}]], [{"b": 5}]], {"a": {"$elemMatch": {"0.b": 5}}}, [0]),
    ([[[5]], [5], [{}]], {"a": {"$elemMatch": {"b": None}}}, [0, 2]),
    ([[[5]], [5], [{}]], {"a": {"$elemMatch": {}}}, [0, 2]),
    ([[1], 1, []], {"a": {"$elemMatch": {"$exists": True}}}, [0]),
    ([[1], {"b": 1}], {"a": {"$elemMatch": {"b": 1}}}, []),
    ([[{"b": [1]}], [{"b": 1}]], {"a": {"$elemMatch": {"b": {"$elemMatch": {"$eq": 1}}}}}, [0]),
    ([[1, 5]], {"a": {"$elemMatch": {"$ne": 5}}}, 2),
    ([[1, 5]], {"a": {"$elemMatch": {"$or": [{"b": 1}]}}}, 2),
    ([[{"b": 1}], [{"b": 2}]], {"a": {"$elemMatch": {"b": 1, "$or": [{"b": 1}]}}}, [0]),
    ([[1]], {"a": {"$elemMatch": 5}}, 2),
    ([[1]], {"a": {"$elemMatch": {"$gt": 0, "b": 1}}}, 2),
    # paths with numbers
    ([[5, 6], {"0": 5}, [[5]], 5], {"a.0": 5}, [0, 1]),
    ([[5, 6], {"01": 6}], {"a.01": 6}, [1]),
    ([[5, 6], {"-1": 6}], {"a.-1": 6}, [1]),
    ([[5], []], {"a.0": {"$exists": True}}, [0]),
    ([[{"0": 5}]], {"a.0": 5}, [0]),
    ([[[5, 6]]], {"a.0.1": 6}, [0]),
    ([[[{"b": 6}]], [{"b": 6}]], {"a.0.b": 6}, [0, 1]),
    ([[5], []], {"a.0": {"$ne": 5}}, [1]),
    ([[5], []], {"a.00": {"$ne": 5}}, [0, 1]),
    ([[5], []], {"a.1": None}, 238),
    ([[5], []], {"a.0.b": {"$in": [None]}}, 238),
    ([[5]], {"a." + "9" * 5000: 5}, []),
    # objects
    ([{"x": 1, "y": 2}, {"y": 2, "x": 1}], {"a": {"x": 1, "y": 2}}, [0]),
    ([{"x": 1}, {"x": 1.0}, {"x": True}], {"a": {"x": Int64(1)}}, [0, 1]),
    ([{"x": 1}, {"x": 1, "y": 1}], {"a": {"x": 1}}, [0]),
    ([{"x": 1}, {}, 5], {"a": {"$gt": {}}}, [0]),
    ([{"b": 1, "$gt": 2}, 5], {"a": {"b": 1, "$gt": 2}}, [0]),
    ([{"x": 1}], {"a": {"$eq": {"$gt": 0}}}, []),
    ([1], {"a": {"$gt": 0, "b": 1}}, 2),
    # other types
    ([b"ab", Binary(b"ab", 4), "ab"], {"a": b"ab"}, [0]),
    ([b"b", b"ab"], {"a": {"$gt": b"b"}}, [1]),
    ([DatetimeMS(-1), DatetimeMS(1), Timestamp(1, 1), 5], {"a": {"$gt": DatetimeMS(-5)}}, [0, 1]),
    ([DatetimeMS(10**14), DatetimeMS(0)], {"a": {"$gte": DatetimeMS(10**14)}}, [0]),
    ([Timestamp(1, 2), Timestamp(2, 1)], {"a": {"$gt": Timestamp(1, 5)}}, [1]),
    ([ObjectId("0" * 24), "0" * 24], {"a": ObjectId("0" * 24)}, [0]),
    ([MinKey(), MaxKey(), None], {"a": MinKey()}, [0]),
    ([MinKey(), MaxKey(), None], {"a": {"$in": [MaxKey(), None]}}, [1, 2]),
    ([MinKey(), 1], {"a": {"$lt": 5}}, [1]),
    ([1], {"a": {"$gt": MinKey()}}, 238),
    ([1], {"a": {"$lte": MaxKey()}}, 238),
    (["", "a", "A", "\xe9", "a\x00", "ab"], {"a": {"$gt": "a"}}, [3, 4, 5]),
    ([LONG, LONG + "y", LONG[1:]], {"a": LONG}, [0]),
    ([LONG, LONG + "y", LONG[1:]], {"a": {"$gt": LONG}}, [1]),
    (["e\u0301", "\xe9"], {"a": "\xe9"}, [1]),
    # patterns
    (["five", Regex("^fi"), 5, ["fi"]], {"a": Regex("^fi")}, [0, 1, 3]),
    ([Regex("^fi"), Regex("^fi", 2)], {"a": {"$eq": Regex("^fi")}}, [0]),
    (["Five", "IV"], {"a": {"$regex": "iv", "$options": "i"}}, [0, 1]),
    (["a.b", "axb"], {"a": {"$regex": "a\\.b"}}, [0]),
    (["a\nb", "b"], {"a": {"$regex": "^b"}}, [1]),
    (["b\n", "b\nc"], {"a": {"$regex": "b$"}}, [0]),
    (["a"], {"a": {"$regex": ""}}, [0]),
    (["a"], {"a": {"$in": [Regex("a")]}}, 238),
    (["a"], {"a": {"$ne": Regex("a")}}, 2),
    (["a"], {"a": {"$gt": Regex("a")}}, 2),
    (["a"], {"a": {"$regex": "(a+)+b"}}, 238),
    (["a"], {"a": {"$regex": "a", "$options": "im"}}, 238),
    (["a"], {"a": {"$options": "i"}}, 2),
    # logic
    ([1, 2], {"$and": [{"a": {"$gt": 1}}, {"a": {"$lt": 3}}]}, [1]),
    ([1, 2, [1, 2]], {"$nor": [{"a": 1}]}, [1]),
    ([1, 2], {"$nor": [{"a": 1}, {"b": None}]}, []),
    ([1, 2], {"$or": [{"a": 1}, {}]}, [0, 1]),
    ([1, 2], {"$or": [{"$and": [{"a": 2}]}]}, [1]),
    ([1, 2], {"a": 1, "$or": [{"a": 2}]}, []),
    ([1], {"$or": []}, 2),
    ([1], {"$and": [5]}, 2),
    ([1], {"$nor": {"a": 1}}, 2),
    ([1], {"a": {"$and": [{"$gt": 0}]}}, 2),
    ([1], {"$xor": [{"a": 1}]}, 2),
    ([1], {"a": {"$in": [{"$gt": 0}]}}, 2),
    ([1], {"a": {"$in": None}}, 2),
    ([1], {"a": {"$in": []}}, []),
    ([1], {"": 1}, 56),
    ([1], {"a.": 1}, 56),
    ([1, [1]], {"a": {"$type": "string"}}, []),
    ([1], {"a": {"$type": 16}}, 238),
]


@pytest.fixture
def raw(shared_store):
    with RawClient(shared_store.socket) as client:
        yield client
        client.command({"drop": "odd"})


@pytest.mark.parametrize("indexed", [False, True], ids=["scan", "index"])
def test_an_odd_filter_has_mongodbs_answer_or_is_refused(raw, indexed):
    for values, query, wanted in FILTERS:
        documents = [{"_id": n, "a": value} for n, value in enumerate(values)]
        raw.command({"insert": "odd", "documents": documents})
        if indexed:
            index = {"key": {"a": 1}, "name": "a"}
            assert raw.command({"createIndexes": "odd", "indexes": [index]})["ok"]
        reply = raw.command({"find": "odd", "filter": query, "sort": {"_id": 1}})
        found = [each["_id"] for each in reply["cursor"]["firstBatch"]] if reply["ok"] else None
        assert (reply.get("code") if found is None else found) == wanted, (values, query, reply)
        raw.command({"drop": "odd"})


SORTS: list[tuple[list[Any], dict[str, int], Answer]] = [
    ([3, None, "a", [], 1], {"a": 1}, [3, 1, 4, 0, 2]),
    ([3, None, "a", [], 1], {"a": -1}, [2, 0, 4, 1, 3]),
    ([[5, 1], 3, [2, 9]], {"a": 1}, [0, 2, 1]),
    ([[5, 1], 3, [2, 9]], {"a": -1}, [2, 0, 1]),
    ([NAN, -INF, 0, INF], {"a": 1}, [0, 1, 2, 3]),
    ([True, 1, "1", {"x": 1}, [[1]]], {"a": 1}, [1, 2, 3, 4, 0]),
    ([MaxKey(), MinKey(), None], {"a": 1}, [1, 2, 0]),
    ([Decimal128("1.5"), 1, 2.0, Int64(3)], {"a": -1}, [3, 2, 0, 1]),
    ([{"b": 2}, [{"b": 1}, {"b": 3}], {"c": 1}], {"a.b": 1}, [2, 1, 0]),
    ([{"b": 2}, [{"b": 1}, {"b": 3}], {"c": 1}], {"a.b": -1}, [1, 0, 2]),
    (["b", "B", "a", "\xe9"], {"a": 1}, [1, 2, 0, 3]),
    ([2, 1], {"a": 1.0}, [1, 0]),
    ([2, 1], {"a": 0}, 2),
    ([2, 1], {"a": True}, 2),
    ([2, 1], {"a": "1"}, 2),
    ([2, 1], {"a.0": 1}, 238),
    ([2, 1], {"$natural": 1}, 238),
    ([2, 1], {"": 1}, 56),
]


@pytest.mark.parametrize("indexed", [False, True], ids=["scan", "index"])
def test_an_odd_sort_has_mongodbs_order_or_is_refused(raw, indexed):
    for values, sort, wanted in SORTS:
        documents = [{"_id": n, "a": value} for n, value in enumerate(values)]
        raw.command({"insert": "odd", "documents": documents})
        if indexed and wanted.__class__ is list:
            index = {"key": sort, "name": "i"}
            assert raw.command({"createIndexes": "odd", "indexes": [index]})["ok"]
        reply = raw.command({"find": "odd", "sort": sort})
        found = [each["_id"] for each in reply["cursor"]["firstBatch"]] if reply["ok"] else None
        assert (reply.get("code") if found is None else found) == wanted, (values, sort, reply)
        raw.command({"drop": "odd"})


DOCUMENT = {"_id": {"x": 1, "y": 2}, "a": 1, "o": {"x": 1, "y": {"z": 2}}, "l": [[{"x": 1}], 5]}
PROJECTIONS: list[tuple[dict[str, Any], Answer]] = [
    ({}, DOCUMENT),
    ({"_id.x": 1}, {"_id": {"x": 1}}),
    ({"_id.x": 1, "a": 1}, {"_id": {"x": 1}, "a": 1}),
    ({"_id.x": 0, "o": 0, "l": 0}, {"_id": {"y": 2}, "a": 1}),
    ({"_id.x": 0, "a": 1}, 31253),
    ({"a": 1, "_id.x": 0}, 31254),
    ({"a": 0, "_id": 1}, 31253),
    ({"_id": 1, "a": 0}, 31253),
    ({"_id": 0, "_id.x": 1}, 31249),
    ({"_id.x": 1, "_id": 0}, 31250),
    ({"_id": 0, "a": 1}, {"a": 1}),
    ({"_id": False, "a": -1.5}, {"a": 1}),
    ({"o": 1, "a": 1}, {"_id": DOCUMENT["_id"], "a": 1, "o": DOCUMENT["o"]}),
    ({"_id": 0, "o.y.z": 1}, {"o": {"y": {"z": 2}}}),
    ({"_id": 0, "o.y.none": 1}, {"o": {"y": {}}}),
    ({"_id": 0, "a.b": 1}, {}),
    ({"_id": 0, "l.x": 1}, {"l": [[{"x": 1}]]}),
    ({"_id": 0, "l.0": 1}, {"l": [[{}]]}),
    ({"_id": 0, "a": 0, "o": 0, "l.x": 0}, {"l": [[{}], 5]}),
    ({"a": NAN, "_id": 0}, {"a": 1}),
    ({"a": Decimal128("0")}, 238),
    ({"a": "$o"}, 238),
    ({"a": None}, 238),
    ({"a": [1]}, 238),
    ({"a": {}}, 238),
    ({"a.$": 1}, 238),
    ({"a.$x": 1}, 238),
    ({"$a": 1}, 238),
    ({"": 1}, 56),
    ({"a": 1, "a.b": 1}, 31249),
    ({"a.b": 1, "a": 1}, 31250),
    ({"a": 1, "o": 0}, 31254),
    ({"a": 0, "o": 1}, 31253),
]


def test_an_odd_projection_has_mongodbs_answer_or_is_refused(raw):
    raw.command({"insert": "odd", "documents": [DOCUMENT]})
    for projection, wanted in PROJECTIONS:
        reply = raw.command({"find": "odd", "projection": projection})
        found = reply["cursor"]["firstBatch"][0] if reply["ok"] else reply["code"]
        assert found == wanted, (projection, reply)
        if isinstance(wanted, dict):
            assert list(found) == list(wanted)
