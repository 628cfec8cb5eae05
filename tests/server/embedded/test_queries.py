"""What each query operator matches, and how results are sorted and projected."""

import datetime as dt
from typing import Any

import pytest
from bson import Int64
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex
from pymongo.errors import OperationFailure

DOCUMENTS: list[dict[str, Any]] = [
    {"_id": "number", "a": 5},
    {"_id": "float", "a": 5.5},
    {"_id": "nan", "a": float("nan")},
    {"_id": "text", "a": "five"},
    {"_id": "null", "a": None},
    {"_id": "absent"},
    {"_id": "true", "a": True},
    {"_id": "list", "a": [1, 5, 9]},
    {"_id": "empty list", "a": []},
    {"_id": "lists", "a": [[1, 5]]},
    {"_id": "object", "a": {"b": 5}},
    {"_id": "empty object", "a": {}},
    {"_id": "objects", "a": [{"b": 5, "c": 1}, {"b": 7, "c": 2}]},
    {"_id": "some b", "a": [{"b": None}, {"c": 2}]},
    {"_id": "nulls", "a": [None]},
]
EVERYTHING = {document["_id"] for document in DOCUMENTS}

CASES: list[tuple[dict[str, Any], set[str]]] = [
    ({"a": 5}, {"number", "list"}),
    ({"a": 5.0}, {"number", "list"}),
    ({"a": {"$eq": Decimal128("5.0")}}, {"number", "list"}),
    ({"a": {"$in": [Int64(5), "five"]}}, {"number", "list", "text"}),
    ({"a": {"$in": []}}, set()),
    ({"a": {"$in": [None]}}, {"null", "absent", "nulls"}),
    ({"a": {"$ne": 5}}, EVERYTHING - {"number", "list"}),
    ({"a": True}, {"true"}),
    ({"a": 1}, {"list"}),
    ({"a": {"$gt": 5}}, {"float", "list"}),
    ({"a": {"$lt": 5}}, {"list"}),
    ({"a": {"$gt": 5, "$lt": 2}}, {"list"}),
    ({"a": {"$gte": 5, "$lte": 5}}, {"number", "list"}),
    ({"a": {"$gte": float("nan")}}, {"nan"}),
    ({"a": {"$lt": float("nan")}}, set()),
    ({"a": {"$gt": "a"}}, {"text"}),
    ({"a": {"$gte": None}}, {"null", "absent", "nulls"}),
    ({"a": {"$gt": None}}, set()),
    ({"a": {"$gt": {}}}, {"object", "objects", "some b"}),
    ({"a": {"$gt": False}}, {"true"}),
    ({"a": {"$gt": []}}, {"list", "lists", "objects", "some b", "nulls"}),
    ({"a": None}, {"null", "absent", "nulls"}),
    ({"a": {"$ne": None}}, EVERYTHING - {"null", "absent", "nulls"}),
    (
        {"a.b": None},
        {
            "number",
            "float",
            "nan",
            "text",
            "null",
            "absent",
            "true",
            "empty object",
            "some b",
        },
    ),
    ({"a": {"$exists": True}}, EVERYTHING - {"absent"}),
    ({"a.b": {"$exists": True}}, {"object", "objects", "some b"}),
    ({"a.b": 5}, {"object", "objects"}),
    ({"a.b": {"$gt": 5}}, {"objects"}),
    ({"a.b": 5, "a.c": 2}, {"objects"}),
    ({"a": {"$elemMatch": {"b": 5, "c": 2}}}, set()),
    ({"a": {"$elemMatch": {"b": 5, "c": 1}}}, {"objects"}),
    ({"a": {"$elemMatch": {"$gt": 1, "$lt": 9}}}, {"list"}),
    ({"a": {"$elemMatch": {"$in": [[1, 5]]}}}, {"lists"}),
    ({"a": [1, 5]}, {"lists"}),
    ({"a": [1, 5, 9]}, {"list"}),
    ({"a": []}, {"empty list"}),
    ({"a": {}}, {"empty object"}),
    ({"a": {"b": 5}}, {"object"}),
    ({"a": {"$type": "string"}}, {"text"}),
    ({"a": {"$regex": "^FIVE$", "$options": "i"}}, {"text"}),
    ({"a": Regex("^fi")}, {"text"}),
    ({"a.0": 1}, {"list"}),
    ({"a.1.b": 7}, {"objects"}),
    ({"a.0.0": 1}, {"lists"}),
    ({"$or": [{"a": "five"}, {"a.b": 7}]}, {"text", "objects"}),
    ({"$nor": [{"a": {"$exists": True}}]}, {"absent"}),
    ({"$and": [{"a": {"$gt": 1}}, {"a": {"$lt": 5.2}}]}, {"number", "list"}),
]


@pytest.mark.parametrize("indexed", [False, True], ids=["scan", "index"])
async def test_each_operator_matches_what_it_should(things, indexed):
    await things.insert_many(DOCUMENTS)
    if indexed:
        await things.create_index("a")
        await things.create_index([("a.b", -1), ("a.c", 1)])

    for query, wanted in CASES:
        found = {document["_id"] async for document in things.find(query, {"_id": 1})}
        assert found == wanted, query
        assert await things.count_documents(query) == len(wanted), query


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"a": {"$near": [0, 0]}}, 2),
        ({"$where": "true"}, 2),
        ({"$text": {"$search": "x"}}, 2),
        ({"$jsonSchema": {}}, 2),
        ({"a": {"$bitsAllSet": 1}}, 2),
        ({"a": {"$gt": 1, "b": 2}}, 2),
        ({"a": {"$in": 5}}, 2),
        ({"a": {"$regex": "("}}, 238),
        ({"a": {"$regex": "a", "$options": "q"}}, 51108),
        ({"a": {"$options": "i"}}, 2),
        ({"a": {"$type": "int"}}, 238),
        ({"a": {"$type": ["string"]}}, 238),
        ({"a": {"$gt": MinKey()}}, 238),
        ({"a": {"$lt": MaxKey()}}, 238),
        ({"a": {"$not": {"$gt": 5}}}, 2),
        ({"a": {"$nin": [5]}}, 2),
        ({"a": {"$exists": False}}, 238),
        ({"a": {"$in": [Regex("^fi")]}}, 238),
        ({"a": {"$elemMatch": {"$ne": 5}}}, 2),
        ({"$or": []}, 2),
        ({"$and": {}}, 2),
        ({"a": {"$size": 1}}, 2),
        ({"a": {"$all": [1]}}, 2),
        ({"a": {"$mod": [2, 1]}}, 2),
        ({"a": {"$elemMatch": {"$size": 1}}}, 2),
        ({"$expr": {"$eq": ["$a", 5]}}, 2),
        ({"$comment": "said nothing"}, 2),
    ],
)
async def test_what_is_not_known_is_refused_even_on_an_empty_collection(things, query, code):
    with pytest.raises(OperationFailure) as failure:
        await things.find_one(query)

    assert failure.value.code == code


async def test_types_come_back_as_they_went_in(things):
    document = {
        "_id": 1,
        "int": 1,
        "long": Int64(1),
        "double": 1.0,
        "decimal": Decimal128("1.10"),
        "date": dt.datetime(2026, 1, 2, 3, 4, 5, 678000, dt.UTC).replace(tzinfo=None),
        "far": dt.datetime(9999, 12, 31, tzinfo=dt.UTC).replace(tzinfo=None),
        "bytes": b"\x00\xff",
        "nested": {"list": [1, Int64(2), 3.0, None, True]},
    }
    await things.insert_one(document)
    await things.update_one({}, {"$set": {"touched": 1}, "$inc": {"int": 1, "long": 1}})

    found = await things.find_one({}, {"touched": 0})

    assert found == {**document, "int": 2, "long": 2}
    assert [type(found[name]) for name in ("int", "long", "double")] == [int, Int64, float]


async def test_a_sort_takes_the_least_or_greatest_element_of_arrays(things):
    await things.insert_many(
        [{"_id": 1, "a": [3, 9]}, {"_id": 2, "a": [1, 5]}, {"_id": 3, "a": []}, {"_id": 4, "a": 4}]
    )

    for _ in ("in memory", "by index"):
        assert [d["_id"] async for d in things.find().sort("a", 1)] == [3, 2, 1, 4]
        assert [d["_id"] async for d in things.find().sort("a", -1)] == [1, 2, 4, 3]
        narrowed = things.find({"a": {"$gte": 4}}).sort("a", 1)
        assert [d["_id"] async for d in narrowed] == [2, 1, 4]
        await things.create_index("a")


async def test_a_sort_over_types_follows_their_order(things):
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
    ordered = [None, 1, 2.5, "a", {"a": 1}, b"x", False, True, day]
    await things.insert_many({"v": value} for value in reversed(ordered))

    assert [d["v"] async for d in things.find().sort("v")] == ordered


async def test_a_sort_without_a_limit_holds_so_much_in_memory_and_no_more(things):
    text = "x" * 15_000_000
    for n in range(7):
        await things.insert_one({"_id": n, "n": -n, "text": text})

    with pytest.raises(OperationFailure) as failure:
        await things.find({}, {"n": 1}).sort("n").to_list()
    assert failure.value.code == 292

    found = await things.find({}, {"n": 1}).sort("n").limit(3).to_list()
    assert [document["n"] for document in found] == [-6, -5, -4]
    await things.create_index("n")
    assert len(await things.find({}, {"n": 1}).sort("n").to_list()) == 7


@pytest.mark.parametrize(
    ("projection", "wanted"),
    [
        ({"a": 1}, {"_id": 1, "a": 1}),
        ({"a": 1, "_id": 0}, {"a": 1}),
        ({"a": 0, "o": 0, "l": 0}, {"_id": 1}),
        ({"_id": 0, "o": 0, "l": False}, {"a": 1}),
        ({"_id": 1}, {"_id": 1}),
        ({"o.x": 1}, {"_id": 1, "o": {"x": 1}}),
        ({"l.x": 1}, {"_id": 1, "l": [{"x": 1}, {}]}),
        ({"l.x": 0, "o.y": 0, "a": 0}, {"_id": 1, "o": {"x": 1}, "l": [{"y": 2}, {"y": 3}, 4]}),
        ({"missing": 1}, {"_id": 1}),
    ],
)
async def test_a_projection_keeps_or_drops(things, projection, wanted):
    await things.insert_one(
        {"_id": 1, "a": 1, "o": {"x": 1, "y": 2}, "l": [{"x": 1, "y": 2}, {"y": 3}, 4]}
    )

    assert await things.find_one({}, projection) == wanted


@pytest.mark.parametrize(
    ("projection", "code"),
    [
        ({"a": 1, "b": 0}, 31254),
        ({"a": 1, "a.b": 1}, 31249),
        ({"l.$": 1}, 238),
        ({"a": 1, "b": "$o.x"}, 238),
        ({"a": {"$in": ["$a", [1]]}}, 238),
        ({"o": {"x": 1}}, 238),
        ({"l": {"$slice": 1}}, 238),
        ({"l": {"$elemMatch": {"x": 1}}}, 238),
    ],
)
async def test_a_projection_that_cannot_be_is_refused(things, projection, code):
    with pytest.raises(OperationFailure) as failure:
        await things.find_one({}, projection)

    assert failure.value.code == code
