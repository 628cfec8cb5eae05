"""Pipelines: what each stage and expression answers, and what is refused."""

import datetime as dt
from typing import Any

import pytest
from bson.decimal128 import Decimal128
from pymongo.errors import OperationFailure

SALES: list[dict[str, Any]] = [
    {"_id": 1, "team": "a", "n": 1, "tags": ["x", "y"], "at": (2026, 1, 5, 10)},
    {"_id": 2, "team": "a", "n": 4, "tags": [], "at": (2026, 1, 5, 11)},
    {"_id": 3, "team": "b", "n": 2.5, "tags": ["x"], "at": (2026, 1, 20, 1)},
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


async def test_a_group_folds_its_values(sales):
    group = {
        "_id": "$team",
        "count": {"$sum": 1},
        "sum": {"$sum": "$n"},
        "min": {"$min": "$n"},
        "max": {"$max": "$n"},
    }

    found = await run(sales, {"$sort": {"_id": 1}}, {"$group": group}, {"$sort": {"_id": 1}})

    empty, a, _ = found
    assert a == {"_id": "a", "count": 2, "sum": 5, "min": 1, "max": 4}
    assert empty == {"_id": None, "count": 1, "sum": 0, "min": None, "max": None}


async def test_groups_by_several_fields(sales):
    found = await run(
        sales,
        {"$match": {"team": {"$exists": True}}},
        {"$group": {"_id": {"team": "$team", "at": "$at"}, "n": {"$sum": "$n"}}},
        {"$match": {"n": {"$gt": 2}}},
        {"$sort": {"_id.at": 1}},
    )

    assert found == [
        {"_id": {"team": "a", "at": utc(2026, 1, 5, 11)}, "n": 4},
        {"_id": {"team": "b", "at": utc(2026, 1, 20, 1)}, "n": 2.5},
    ]


async def test_many_values_of_one_group_are_folded_on_the_way(things):
    await things.insert_many([{"n": n, "k": n % 3} for n in range(3000)])

    (found,) = await run(
        things,
        {"$group": {"_id": None, "sum": {"$sum": "$n"}, "low": {"$min": "$n"}}},
    )

    assert found == {"_id": None, "sum": 4_498_500, "low": 0}


@pytest.mark.parametrize(
    ("stages", "wanted"),
    [
        ([{"$match": {"n": {"$gt": 1}}}], [2, 3]),
        ([{"$sort": {"n": -1}}, {"$limit": 1}], [2]),
        ([{"$sort": {"_id": -1}}, {"$match": {"team": "a"}}], [2, 1]),
        ([{"$sort": {"_id": 1}}, {"$skip": 3}], [4]),
        ([{"$match": {"team": "none"}}], []),
        ([{"$sort": {"_id": 1}}, {"$limit": 1}, {"$match": {"n": 4}}], []),
    ],
)
async def test_each_stage_does_its_part(sales, stages, wanted):
    assert [found["_id"] for found in await run(sales, *stages)] == wanted


EXPRESSIONS: list[tuple[Any, Any]] = [
    ("$n", 6),
    ("$o.x", 1),
    ("$l.x", [1, 2]),
    ({"$in": [2, "$nums"]}, True),
    ({"$in": ["$s", ["Text", "text"]]}, True),
    ({"$cond": [{"$gt": ["$n", 5]}, "yes", "no"]}, "yes"),
    ({"$cond": ["$none", "yes", "no"]}, "no"),
    ({"$and": [True, "$n"]}, True),
    ({"$and": []}, True),
    ({"$or": [False, 0, "$none"]}, False),
    ({"$not": ["$none"]}, True),
    ({"$not": ["$d"]}, True),
    ({"$eq": ["$none", None]}, False),
    ({"$eq": ["$n", 6.0]}, True),
    ({"$ne": ["$n", 6]}, False),
    ({"$lt": ["$n", "a"]}, True),
    ({"$lte": ["$n", 6]}, True),
    ({"$gte": ["$none", None]}, False),
    ({"a": "$n", "b": "$none"}, {"a": 6}),
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
        (found,) = await run(things, {"$group": {"_id": {"v": expression}}})
        assert found == {"_id": {"v": wanted}}, expression
        assert type(found["_id"]["v"]) is type(wanted), expression


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1, 2.5, "text", None], 3.5),
        ([Decimal128("0.1"), Decimal128("0.2")], Decimal128("0.3")),
        ([2**62] * 4, float(2**64)),
        ([2**31 - 1, 1], 2**31),
    ],
)
async def test_a_sum_takes_the_type_of_what_it_adds(things, values, wanted):
    await things.insert_many([{"n": value} for value in values])

    (found,) = await run(things, {"$group": {"_id": None, "sum": {"$sum": "$n"}}})

    assert found["sum"] == wanted
    assert isinstance(found["sum"], type(wanted))


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
        ({"$nonsense": {}}, 40324),
        ({"$match": {}, "$limit": 1}, 40323),
        ({"$limit": 0}, 15958),
        ({"$group": {"n": {"$sum": 1}}}, 15955),
        *(
            ({"$group": {"_id": 1, "n": {name: "$n"}}}, 15952)
            for name in ("$stdDevPop", "$avg", "$first", "$last", "$push", "$addToSet", "$count")
        ),
        *(
            ({"$group": {"_id": {name: ["$n", 1]}}}, 168)
            for name in (
                *("$map", "$add", "$subtract", "$multiply", "$divide", "$sum", "$avg", "$min"),
                *("$max", "$concat", "$toLower", "$size", "$arrayElemAt", "$cmp", "$ifNull"),
                *("$switch", "$dateTrunc", "$literal"),
            )
        ),
        ({"$group": {"_id": {"$cond": {"if": 1, "then": 1, "else": 2}}}}, 16020),
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

    found = await run(things, {"$match": {}}, {"$skip": 0}, batchSize=50)

    assert len(found) == 500
