"""Pipelines: what each stage and expression answers, and what is refused."""

import datetime as dt
from typing import Any

import pytest
from bson import Int64
from bson.decimal128 import Decimal128
from pymongo.errors import OperationFailure

SALES: list[dict[str, Any]] = [
    {"_id": 1, "team": "a", "n": 1, "tags": ["x", "y"], "at": (2026, 1, 5, 10)},
    {"_id": 2, "team": "a", "n": 4, "tags": [], "at": (2026, 1, 5, 11)},
    {"_id": 3, "team": "b", "n": 3, "tags": ["x"], "at": (2026, 1, 20, 1)},
    {"_id": 4, "n": None, "tags": None, "at": (2026, 3, 1, 0)},
]


def utc(*parts: int) -> dt.datetime:
    """A moment as the driver gives it back: in UTC, without saying so."""
    return dt.datetime(*parts, tzinfo=dt.UTC).replace(tzinfo=None)


@pytest.fixture
async def sales(database):
    await database.sales.insert_many([{**sale, "at": utc(*sale["at"])} for sale in SALES])
    return database.sales


async def run(collection, *stages: dict[str, Any], **options: Any) -> list[Any]:
    return await (await collection.aggregate(list(stages), **options)).to_list()


def by_id(found: list[Any]) -> list[Any]:
    return sorted(found, key=lambda document: str(document["_id"]))


async def test_a_group_folds_its_values(sales):
    group = {"_id": "$team", "count": {"$sum": 1}, "sum": {"$sum": "$n"}, "min": {"$min": "$n"}}

    empty, a, b = by_id(await run(sales, {"$group": group}))

    assert a == {"_id": "a", "count": 2, "sum": 5, "min": 1}
    assert b == {"_id": "b", "count": 1, "sum": 3, "min": 3}
    assert empty == {"_id": None, "count": 1, "sum": 0, "min": None}


async def test_a_group_by_a_list_has_the_values_within_arrays_and_null_for_what_is_missing(sales):
    parts = [{"a": 1}, {"a": 1}, {"b": 2}]
    await sales.insert_many([{"parts": parts, "ok": True}, {"parts": parts}, {"parts": []}])
    stages = {"$match": {"parts.0": {"$exists": True}}}, {"$group": {"_id": ["$parts.a", "$ok"]}}

    assert by_id(await run(sales, *stages)) == [{"_id": [[1, 1], None]}, {"_id": [[1, 1], True]}]


async def test_groups_are_filtered_and_limited_like_documents(sales):
    groups = {"$group": {"_id": "$at", "n": {"$sum": "$n"}}}

    found = await run(sales, {"$match": {"n": {"$gt": 1}}}, groups, {"$match": {"n": {"$gt": 3}}})

    assert found == [{"_id": utc(2026, 1, 5, 11), "n": 4}]
    assert len(await run(sales, groups, {"$limit": 3})) == 3


@pytest.mark.parametrize(
    ("stages", "wanted"),
    [
        ([{"$match": {"n": {"$gt": 1}}}], [2, 3]),
        ([{"$match": {"tags.0": {"$exists": True}}}], [1, 3]),
        ([{"$match": {"team": "a"}}, {"$match": {"n": 4}}], [2]),
        ([{"$limit": 1}, {"$match": {"n": 4}}], []),
        ([{"$match": {"team": "none"}}], []),
        ([], [1, 2, 3, 4]),
    ],
)
async def test_each_stage_does_its_part(sales, stages, wanted):
    assert [found["_id"] for found in await run(sales, *stages)] == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [({}, 4), ({"team": "a"}, 2), ({"tags": {"$in": ["x", "y"]}}, 2), ({"tags": "x"}, 2)],
)
async def test_documents_are_counted_with_and_without_an_index(sales, query, wanted):
    for _ in range(2):
        assert await sales.count_documents(query) == wanted
        assert await sales.count_documents(query, limit=1) == 1
        await sales.create_index("tags")
        await sales.create_index("team")


@pytest.mark.parametrize(("one", "kind"), [(1, int), (Int64(1), Int64), (True, bool)])
async def test_what_looks_like_a_count_keeps_its_types(sales, one, kind):
    (found,) = await run(sales, {"$match": {}}, {"$group": {"_id": one, "n": {"$sum": one}}})

    assert type(found["_id"]) is kind
    assert found["n"] == (0 if one is True else 4)
    assert type(found["n"]) is (int if one is True else kind)


EXPRESSIONS: list[tuple[Any, Any]] = [
    ("$n", 6),
    ("$o.x", 1),
    ("$l.x", [1, 2]),
    ("text", "text"),
    ({"$in": [2, "$nums"]}, True),
    ({"$in": ["$s", ["Text", "text"]]}, True),
    ({"$in": ["$none", [None]]}, False),
    ({"$cond": [{"$gte": ["$n", 5]}, "yes", "no"]}, "yes"),
    ({"$cond": ["$none", "yes", "no"]}, "no"),
    ({"$cond": ["$d", "yes", "no"]}, "no"),
    ({"$and": [True, "$n"]}, True),
    ({"$and": [True, "$none"]}, False),
    ({"$and": []}, True),
    ({"$eq": ["$none", None]}, False),
    ({"$eq": ["$n", 6.0]}, True),
    ({"$lt": ["$n", "a"]}, True),
    ({"$lt": ["$n", 6]}, False),
    ({"$gte": ["$none", None]}, False),
    (["$n", "$none"], [6, None]),
]


async def test_each_expression_has_its_value(things):
    await things.insert_one(
        {
            "_id": 1,
            "n": 6,
            "s": "Text",
            "o": {"x": 1},
            "l": [{"x": 1}, {"x": 2}, {}],
            "nums": [1, 2, 3],
            "d": Decimal128("0.0"),
        }
    )

    for expression, wanted in EXPRESSIONS:
        (found,) = await run(things, {"$group": {"_id": expression}})
        assert found == {"_id": wanted}, expression
        assert type(found["_id"]) is type(wanted), expression


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([1, 2, "text", None], 3), ([2**31 - 1, 1], 2**31), ([Int64(1), 1], Int64(2))],
)
async def test_a_sum_takes_the_type_of_what_it_adds(things, values, wanted):
    await things.insert_many([{"n": value} for value in values])

    (found,) = await run(things, {"$group": {"_id": None, "sum": {"$sum": "$n"}}})

    assert found["sum"] == wanted
    assert isinstance(found["sum"], type(wanted))


@pytest.mark.parametrize(("value", "code"), [(Decimal128("0.1"), 238), (0.1, 238), (2**62, 2)])
async def test_a_sum_that_would_need_another_arithmetic_is_refused(things, value, code):
    await things.insert_many([{"n": value}, {"n": value}])

    with pytest.raises(OperationFailure) as failure:
        await run(things, {"$group": {"_id": None, "sum": {"$sum": "$n"}}})

    assert failure.value.code == code


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ({"$changeStream": {}}, 40573),
        ({"$graphLookup": {}}, 238),
        ({"$setWindowFields": {}}, 238),
        ({"$merge": {"into": "x"}}, 238),
        ({"$out": "x"}, 238),
        ({"$facet": {}}, 238),
        ({"$lookup": {"from": "x", "localField": "a", "foreignField": "b", "as": "c"}}, 238),
        ({"$unwind": "$tags"}, 238),
        ({"$project": {"n": 1}}, 238),
        ({"$set": {"n": 1}}, 238),
        ({"$addFields": {"n": 1}}, 238),
        ({"$unset": "n"}, 238),
        ({"$replaceRoot": {"newRoot": "$n"}}, 238),
        ({"$replaceWith": "$n"}, 238),
        ({"$count": "n"}, 238),
        ({"$sort": {"n": 1}}, 238),
        ({"$skip": 1}, 238),
        ({"$nonsense": {}}, 40324),
        ({"$match": {}, "$limit": 1}, 40323),
        ({"$limit": 0}, 15958),
        ({"$group": {"n": {"$sum": 1}}}, 15955),
        ({"$group": {"_id": 1, "a.b": {"$sum": 1}}}, 40235),
        *(
            ({"$group": {"_id": 1, "n": {name: "$n"}}}, 15952)
            for name in ("$avg", "$first", "$last", "$max", "$push", "$addToSet", "$count")
        ),
        *(
            ({"$group": {"_id": {name: ["$n", 1]}}}, 168)
            for name in (
                *("$map", "$add", "$subtract", "$multiply", "$divide", "$sum", "$avg", "$min"),
                *("$max", "$concat", "$toLower", "$size", "$arrayElemAt", "$cmp", "$ifNull"),
                *("$switch", "$dateTrunc", "$literal", "$or", "$not", "$ne", "$gt", "$lte"),
            )
        ),
        ({"$group": {"_id": {"$cond": {"if": 1, "then": 1, "else": 2}}}}, 16020),
        ({"$group": {"_id": {"team": "$team"}}}, 238),
        ({"$group": {"_id": "$$nothing"}}, 17276),
        ({"$group": {"_id": "$$ROOT"}}, 17276),
        ({"$group": {"_id": "$$NOW"}}, 17276),
    ],
)
async def test_a_stage_that_is_not_known_or_not_possible_is_refused(sales, stage, code):
    with pytest.raises(OperationFailure) as failure:
        await run(sales, stage)

    assert failure.value.code == code


async def test_a_large_answer_comes_in_batches(things):
    await things.insert_many([{"_id": n} for n in range(500)])

    found = await run(things, {"$match": {}}, batchSize=50)

    assert len(found) == 500
