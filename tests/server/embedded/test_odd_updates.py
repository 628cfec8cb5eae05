"""Odd updates, upserts and bulk writes: each does what MongoDB's does, or is refused."""

from typing import Any

import pytest
from bson import Int64, encode
from bson.datetime_ms import DatetimeMS
from bson.dbref import DBRef
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.regex import Regex
from bson.timestamp import Timestamp

from tests.server.embedded.rawclient import RawClient

NAN, INF = float("nan"), float("inf")
Answer = Any

# A document but its `_id` (1), an update, and what is there after it, or a code.
UPDATES: list[tuple[dict[str, Any], Any, Answer]] = [
    # places
    ({"a": 1}, {"$set": {"b.c": 2}}, {"a": 1, "b": {"c": 2}}),
    ({"a": 1}, {"$set": {"a.b": 2}}, 28),
    ({"a": None}, {"$set": {"a.b": 2}}, 28),
    ({"a": [1]}, {"$set": {"a.b": 2}}, 28),
    ({"a": [1]}, {"$set": {"a.1": 2}}, {"a": [1, 2]}),
    ({"a": [1]}, {"$set": {"a.01": 2}}, 28),
    ({"a": [1]}, {"$set": {"a.-1": 2}}, 28),
    ({"a": [1]}, {"$set": {"a.5": 2}}, 238),
    ({"a": [1]}, {"$set": {"a.9999999999": 2}}, 28),
    ({"a": {}}, {"$set": {"a.0": 2}}, {"a": {"0": 2}}),
    ({"a": {}}, {"$set": {"a.01": 2}}, {"a": {"01": 2}}),
    ({}, {"$set": {"a.0": 2}}, {"a": {"0": 2}}),
    ({}, {"$set": {"10": 1, "2": 1, "b": 1, "A": 1}}, {"2": 1, "10": 1, "A": 1, "b": 1}),
    ({}, {"$set": {"x.10": 1, "x.9": 1}}, {"x": {"9": 1, "10": 1}}),
    ({"a": [[1]]}, {"$set": {"a.0.0": 2}}, {"a": [[2]]}),
    ({"a": [[1]]}, {"$push": {"a.0": 2}}, {"a": [[1, 2]]}),
    ({"a": [{"b": 1}]}, {"$inc": {"a.0.b": 2}}, {"a": [{"b": 3}]}),
    ({"a": [{"b": 1}]}, {"$set": {"a.b": 2}}, 28),
    ({"a": 1}, {"$set": {"a": 2, "a.b": 1}}, 40),
    ({"a": {}}, {"$set": {"a.b": 1}, "$unset": {"a": 1}}, 40),
    ({"a": {}}, {"$set": {"a.b": 1}, "$inc": {"a.b": 1}}, 40),
    ({"a": 1}, {"$set": {"a.": 1}}, 56),
    ({"a": 1}, {"$set": {"": 1}}, 56),
    ({"a": [1]}, {"$set": {"a.$": 1}}, 238),
    ({"a": [1]}, {"$inc": {"a.$[]": 1}}, 238),
    ({"a": 1}, {"$set": {"$a": 1}}, 52),
    ({"a": 1}, {"$set": {"a": {"$b": 1}}}, 52),
    ({"a": 1}, {"$set": {"a": [{"b": {"$c": 1}}]}}, 52),
    ({"a": 1}, {"$set": {"a": DBRef("x", 1)}}, {"a": DBRef("x", 1)}),
    ({"a": 1}, {"$set": {"a": {"b.c": 1}}}, {"a": {"b.c": 1}}),
    # _id
    ({"a": 1}, {"$set": {"_id": 1}}, {"a": 1}),
    ({"a": 1}, {"$set": {"_id": 2}}, 66),
    ({"a": 1}, {"$unset": {"_id": ""}}, 66),
    ({"a": 1}, {"$inc": {"_id": 1}}, 66),
    ({"a": 1}, {"$set": {"_id.x": 1}}, 238),
    ({"a": 1}, {"$unset": {"_id.x": 1}}, 238),
    ({"a": 1}, {"_id": 2, "a": 2}, 66),
    ({"a": 1}, {"b": 2, "_id": 1}, {"b": 2}),
    ({"a": 1}, {}, {}),
    # $set and $unset
    ({"a": 1}, {"$set": {}}, {"a": 1}),
    ({"a": 1}, {"$set": {"a": None}}, {"a": None}),
    ({"a": 1}, {"$set": {"a": -0.0}}, {"a": -0.0}),
    ({"a": 1}, {"$set": {"a": Decimal128("1.0")}}, {"a": Decimal128("1.0")}),
    ({"a": 1}, {"$set": {"t": Timestamp(0, 0)}}, 238),
    ({"a": 1}, {"$set": {"o": {"t": Timestamp(0, 0)}}}, {"a": 1, "o": {"t": Timestamp(0, 0)}}),
    ({"a": 1}, {"$unset": {"b": 1}}, {"a": 1}),
    ({"a": 1}, {"$unset": {"a.b": 1}}, {"a": 1}),
    ({"a": [1, 2, 3]}, {"$unset": {"a.1": 1}}, {"a": [1, None, 3]}),
    ({"a": [1, 2, 3]}, {"$unset": {"a.01": 1}}, {"a": [1, 2, 3]}),
    ({"a": [1, 2, 3]}, {"$unset": {"a.3": 1}}, {"a": [1, 2, 3]}),
    ({"a": [{"b": 1}]}, {"$unset": {"a.0.b": 1, "a.b": 1}}, {"a": [{}]}),
    ({"a": {"b": 1}}, {"$unset": {"a.b": 1}}, {"a": {}}),
    ({"a": 1}, {"$setOnInsert": {"a": 2}}, {"a": 1}),
    ({"a": 1}, {"$set": 5}, 9),
    ({"a": 1}, {"$set": {"a": 1}, "b": 1}, 52),
    ({"a": 1}, {"b": 1, "$set": {"a": 1}}, 52),
    # $inc
    ({"a": 2**31 - 1}, {"$inc": {"a": 1}}, {"a": 2**31}),
    ({"a": Int64(2**63 - 1)}, {"$inc": {"a": 1}}, 2),
    ({"a": Int64(-(2**63))}, {"$inc": {"a": -1}}, 2),
    ({"a": 0.1}, {"$inc": {"a": 0.2}}, {"a": 0.1 + 0.2}),
    ({"a": 1}, {"$inc": {"a": 0.0}}, {"a": 1.0}),
    ({"a": 1}, {"$inc": {"a": INF}}, {"a": INF}),
    ({"a": 1}, {"$inc": {"b": -2}}, {"a": 1, "b": -2}),
    ({"a": None}, {"$inc": {"a": 1}}, 14),
    ({"a": "1"}, {"$inc": {"a": 1}}, 14),
    ({"a": [1]}, {"$inc": {"a": 1}}, 14),
    ({"a": True}, {"$inc": {"a": 1}}, 14),
    ({"a": DatetimeMS(1)}, {"$inc": {"a": 1}}, 14),
    ({"a": 1}, {"$inc": {"a": True}}, 14),
    ({"a": 1}, {"$inc": {"a": None}}, 14),
    ({"a": 1}, {"$inc": {"a": Decimal128("1")}}, 238),
    ({"a": Decimal128("1")}, {"$inc": {"a": 1}}, 238),
    # $max
    ({"a": 5}, {"$max": {"a": 5.0}}, {"a": 5}),
    ({"a": 5}, {"$max": {"a": "a"}}, {"a": "a"}),
    ({"a": 5}, {"$max": {"a": None}}, {"a": 5}),
    ({"a": None}, {"$max": {"a": NAN}}, {"a": NAN}),
    ({"a": 5}, {"$max": {"a": NAN}}, {"a": 5}),
    ({"a": 5}, {"$max": {"a": [1]}}, {"a": [1]}),
    ({"a": [9]}, {"$max": {"a": 10}}, {"a": [9]}),
    ({"a": 5}, {"$max": {"b": None}}, {"a": 5, "b": None}),
    ({"a": 5}, {"$max": {"a": MaxKey()}}, {"a": MaxKey()}),
    # $push
    ({}, {"$push": {"a": 1}}, {"a": [1]}),
    ({"a": None}, {"$push": {"a": 1}}, 2),
    ({"a": [1]}, {"$push": {"a": [2, 3]}}, {"a": [1, [2, 3]]}),
    ({"a": [1]}, {"$push": {"a": {"$each": []}}}, {"a": [1]}),
    ({}, {"$push": {"a": {"$each": []}}}, {"a": []}),
    ({"a": [1, 2, 3]}, {"$push": {"a": {"$each": [], "$slice": 0}}}, {"a": []}),
    ({"a": [1, 2, 3]}, {"$push": {"a": {"$each": [4], "$slice": -2}}}, {"a": [3, 4]}),
    ({"a": [1, 2, 3]}, {"$push": {"a": {"$each": [4], "$slice": 2.0}}}, {"a": [1, 2]}),
    ({"a": [1]}, {"$push": {"a": {"$each": [4], "$slice": -9}}}, {"a": [1, 4]}),
    ({"a": [1]}, {"$push": {"a": {"$each": [4], "$slice": 1.5}}}, 2),
    ({"a": [1]}, {"$push": {"a": {"$each": [4], "$slice": None}}}, 2),
    ({"a": [1]}, {"$push": {"a": {"$each": 4}}}, 2),
    ({"a": [1]}, {"$push": {"a": {"$each": [4], "b": 1}}}, 2),
    ({"a": [1]}, {"$push": {"a": {"$each": [4], "$sort": 1}}}, 238),
    ({"a": [1]}, {"$push": {"a": {"$each": [4], "$position": 0}}}, 238),
    ({"a": [1]}, {"$push": {"a": {"$slice": 1}}}, 52),
    # $pull
    ({"a": [1, 1.0, True, "1"]}, {"$pull": {"a": 1}}, {"a": [True, "1"]}),
    ({"a": [None, 1, {}]}, {"$pull": {"a": None}}, {"a": [1, {}]}),
    ({"a": [[1, 2], 1, [1]]}, {"$pull": {"a": [1]}}, {"a": [[1, 2], 1]}),
    ({"a": [[1, 9], 9, 1]}, {"$pull": {"a": {"$gt": 5}}}, {"a": [1]}),
    ({"a": [[1, 9], 9, 1]}, {"$pull": {"a": {"$in": [1]}}}, {"a": [9]}),
    ({"a": [[1, 9], [9]]}, {"$pull": {"a": {"$in": [[9]]}}}, {"a": [[1, 9]]}),
    ({"a": [1, 2]}, {"$pull": {"a": {"$ne": 1}}}, {"a": [1]}),
    ({"a": ["ab", "b"]}, {"$pull": {"a": Regex("^a")}}, {"a": ["b"]}),
    ({"a": [{"b": 1, "c": 2}, {"b": 1}]}, {"$pull": {"a": {"b": 1}}}, {"a": []}),
    ({"a": [{"b": 1, "c": 2}, 1]}, {"$pull": {"a": {"b": 2}}}, {"a": [{"b": 1, "c": 2}, 1]}),
    ({"a": [{"b": 1}, {}, 1, [1]]}, {"$pull": {"a": {"b": None}}}, {"a": [{"b": 1}, 1, [1]]}),
    ({"a": [{"b": 1}, {}, 1]}, {"$pull": {"a": {}}}, {"a": [1]}),
    ({"a": [{"b": [1]}]}, {"$pull": {"a.0.b": 1}}, {"a": [{"b": []}]}),
    ({"a": [{"b": 1}]}, {"$pull": {"a.b": 1}}, 28),
    ({"a": 5}, {"$pull": {"a": 5}}, 2),
    ({"a": 5}, {"$pull": {"a.b": 5}}, 28),
    ({"a": 5}, {"$pull": {"b.c": 5}}, {"a": 5}),
    ({"a": None}, {"$pull": {"a": None}}, 2),
    ({"a": [1]}, {"$pull": {"a": {"$nothing": 1}}}, 2),
    # others
    ({"a": 1}, {"$rename": {"a": "b"}}, 9),
    ({"a": 1}, {"$nothing": {"a": 1}}, 9),
    ({"a": 1}, [{"$set": {"a": 2}}], 238),
    ({"a": 1}, {"t": Timestamp(0, 0)}, 238),
    ({"a": 1}, {"a": {"$b": 1}}, {"a": {"$b": 1}}),
]


@pytest.fixture
def raw(shared_store):
    with RawClient(shared_store.socket) as client:
        yield client
        client.command({"drop": "odd"})


def there(raw: RawClient) -> list[dict[str, Any]]:
    return raw.command({"find": "odd", "sort": {"_id": 1}})["cursor"]["firstBatch"]


def outcome(reply: dict[str, Any]) -> int:
    return (reply.get("writeErrors") or [reply])[0].get("code", 0)


@pytest.mark.parametrize("by", ["update", "findAndModify"])
def test_an_odd_update_does_what_mongodbs_does_or_is_refused(raw, by):
    for document, change, wanted in UPDATES:
        before = {"_id": 1, **document}
        raw.command({"insert": "odd", "documents": [before]})
        if by == "update":
            reply = raw.command({"update": "odd", "updates": [{"q": {}, "u": change}]})
        else:
            reply = raw.command({"findAndModify": "odd", "update": change, "new": True})
        refused = isinstance(wanted, int)
        assert outcome(reply) == (wanted if refused else 0), (document, change, reply)
        after = before if refused else {"_id": 1, **wanted}
        (found,) = there(raw)
        # As BSON, which tells types, signs of zero and the order of names.
        assert encode(found) == encode(after), (document, change, found)
        if by == "findAndModify" and not refused:
            assert encode(reply["value"]) == encode(after)
        raw.command({"drop": "odd"})


# A query, an update, and the document that is inserted (but a made-up `_id`), or a code.
SET = {"$set": {"z": 1}}
UPSERTS: list[tuple[dict[str, Any], Any, Answer]] = [
    ({}, SET, {"z": 1}),
    ({"x": 1}, SET, {"x": 1, "z": 1}),
    ({"y": 1, "x": 1}, SET, {"x": 1, "y": 1, "z": 1}),
    ({"x": 1, "_id": 5}, SET, {"_id": 5, "x": 1, "z": 1}),
    ({"x": {"$eq": 1}}, SET, {"x": 1, "z": 1}),
    ({"x": None}, SET, {"x": None, "z": 1}),
    ({"x": [1, 2]}, SET, {"x": [1, 2], "z": 1}),
    ({"x": {"y": 1}}, SET, {"x": {"y": 1}, "z": 1}),
    ({"x.y": 1, "x.a": 2}, SET, {"x": {"a": 2, "y": 1}, "z": 1}),
    ({"x.0": 1}, SET, {"x": {"0": 1}, "z": 1}),
    ({"x": {"$gt": 1}}, SET, {"z": 1}),
    ({"x": {"$gt": 1, "$eq": 2}}, SET, {"x": 2, "z": 1}),
    ({"x": {"$exists": True}}, SET, {"z": 1}),
    ({"x": {"$ne": 1}}, SET, {"z": 1}),
    ({"x": Regex("^a")}, SET, {"z": 1}),
    ({"x": {"$elemMatch": {"y": 1}}}, SET, {"z": 1}),
    ({"x": {"$in": [1, 2]}}, SET, {"z": 1}),
    ({"x": {"$in": [1]}}, SET, 238),
    ({"$or": [{"x": 1}]}, SET, 238),
    ({"$or": [{"x": 1}, {"x": 2}]}, SET, {"z": 1}),
    ({"$nor": [{"x": 1}]}, SET, {"z": 1}),
    ({"$and": [{"x": 1}, {"y": 2}]}, SET, {"x": 1, "y": 2, "z": 1}),
    ({"$and": [{"$and": [{"x": 1}]}]}, SET, {"x": 1, "z": 1}),
    ({"x": 1, "$and": [{"x": 2}]}, SET, 54),
    ({"$and": [{"x": 1}, {"x": 1}]}, SET, 54),
    ({"x": {}, "x.x": 1}, SET, 54),
    ({"x.x": 1, "x": {"x": 1}}, SET, 54),
    ({"x": 1, "x-y": 2, "x.y": 3}, SET, 54),
    ({"x": 1}, {"$set": {"x": 2}}, {"x": 2}),
    ({"x": 1}, {"$inc": {"x": 2}}, {"x": 3}),
    ({"x": 1}, {"$unset": {"x": 1}}, {}),
    ({"x": 1}, {"$max": {"x": 0}}, {"x": 1}),
    ({"x": 1}, {"$push": {"x": 2}}, 2),
    ({"x": [1]}, {"$push": {"x": 2}}, {"x": [1, 2]}),
    ({"x": 1}, {"$set": {"x.y": 2}}, 28),
    ({"x": 1}, {"$setOnInsert": {"y": 2}}, {"x": 1, "y": 2}),
    ({"_id": 5}, {"$set": {"_id": 5}}, {"_id": 5}),
    ({"_id": 5}, {"$set": {"_id": 6}}, 66),
    ({"x": 1}, {"$set": {"_id": 6}}, {"_id": 6, "x": 1}),
    ({"_id": {"$gt": 5}}, SET, {"z": 1}),
    ({"_id": {"a": 1}}, SET, {"_id": {"a": 1}, "z": 1}),
    ({"_id.a": 1}, SET, 238),
    ({"_id": [1]}, SET, 53),
    ({"_id": None}, SET, {"_id": None, "z": 1}),
    ({"x.$y": 1}, SET, 52),
    ({"x": 1, "y": 2}, {"z": 1}, {"z": 1}),
    ({"x": 1, "$and": [{"x": 2}]}, {"z": 1}, {"z": 1}),
    ({"_id": 5, "x": 1}, {"z": 1}, {"_id": 5, "z": 1}),
    ({"_id": 5}, {"_id": 5, "z": 1}, {"_id": 5, "z": 1}),
    ({"_id": 5}, {"_id": 6, "z": 1}, 66),
    ({"_id.a": 5}, {"z": 1}, 238),
    ({"x": 1}, {"_id": 6}, {"_id": 6}),
    ({"x": 1}, {}, {}),
    ({"x": Timestamp(0, 0)}, SET, 238),
]


@pytest.mark.parametrize("by", ["update", "findAndModify"])
def test_an_odd_upsert_inserts_what_mongodbs_does_or_is_refused(raw, by):
    for query, change, wanted in UPSERTS:
        if by == "update":
            statement = {"q": query, "u": change, "upsert": True}
            reply = raw.command({"update": "odd", "updates": [statement]})
        else:
            body = {"query": query, "update": change, "upsert": True, "new": True}
            reply = raw.command({"findAndModify": "odd", **body})
        refused = isinstance(wanted, int)
        assert outcome(reply) == (wanted if refused else 0), (query, change, reply)
        found = there(raw)
        assert len(found) == (0 if refused else 1), (query, change)
        for document in found:
            made_up = {"_id": document["_id"]} if "_id" not in wanted else {}
            assert encode(document) == encode({**made_up, **wanted}), (query, change, document)
            told = reply["upserted"][0]["_id"] if by == "update" else reply["value"]["_id"]
            assert told == document["_id"]
        raw.command({"drop": "odd"})


def test_an_ordered_bulk_stops_at_its_first_error_and_an_unordered_one_goes_on(raw):
    updates = [
        {"q": {"_id": 1}, "u": {"$inc": {"n": 1}}},
        {"q": {"_id": 1}, "u": {"$inc": {"text": 1}}},
        {"q": {"_id": 1}, "u": {"$nothing": {"n": 1}}},
        {"q": {"_id": 9}, "u": {"$set": {"n": 1}}, "upsert": True},
        {"q": {"_id": 1}, "u": {"$inc": {"n": 0}}},
    ]
    for ordered, errors, counts in ((True, [1], (1, 1)), (False, [1, 2], (3, 1))):
        raw.command({"insert": "odd", "documents": [{"_id": 1, "n": 0, "text": "x"}]})

        reply = raw.command({"update": "odd", "updates": updates, "ordered": ordered})

        assert [error["index"] for error in reply["writeErrors"]] == errors
        assert (reply["n"], reply["nModified"]) == counts
        assert [found["index"] for found in reply.get("upserted", ())] == [3] * (not ordered)
        raw.command({"drop": "odd"})


@pytest.mark.parametrize(
    ("deletes", "code", "left"),
    [
        ([{"q": {}, "limit": 0}], 0, []),
        ([{"q": {}, "limit": 1}], 0, [2]),
        ([{"q": {}, "limit": 1.0}], 0, [2]),
        ([{"q": {}, "limit": 2}], 9, [1, 2]),
        ([{"q": {}, "limit": True}], 14, [1, 2]),
        ([{"q": {}}], 40414, [1, 2]),
        ([{"q": None, "limit": 0}], 14, [1, 2]),
        ([{"q": {"$nothing": 1}, "limit": 0}], 2, [1, 2]),
        ([{"q": {}, "limit": 0, "hint": "a"}], 40415, [1, 2]),
        ([{"q": {"_id": 1}, "limit": 1}, {"q": {}, "limit": "x"}], 14, [1, 2]),
        ([5], 14, [1, 2]),
        ([], 2, [1, 2]),
    ],
)
def test_an_odd_delete_takes_what_it_should_or_nothing(raw, deletes, code, left):
    raw.command({"insert": "odd", "documents": [{"_id": 1}, {"_id": 2}]})

    reply = raw.command({"delete": "odd", "deletes": deletes})

    assert outcome(reply) == code, reply
    assert [found["_id"] for found in there(raw)] == left
