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
        "avg": {"$avg": "$n"},
        "min": {"$min": "$n"},
        "max": {"$max": "$n"},
        "first": {"$first": "$_id"},
        "last": {"$last": "$_id"},
        "all": {"$push": "$n"},
        "set": {"$addToSet": "$team"},
        "number": {"$count": {}},
    }

    found = await run(sales, {"$sort": {"_id": 1}}, {"$group": group}, {"$sort": {"_id": 1}})

    empty, a, _ = found
    assert a == {
        "_id": "a",
        "count": 2,
        "sum": 5,
        "avg": 2.5,
        "min": 1,
        "max": 4,
        "first": 1,
        "last": 2,
        "all": [1, 4],
        "set": ["a"],
        "number": 2,
    }
    assert empty == {
        **{"_id": None, "count": 1, "sum": 0, "avg": None, "min": None, "max": None},
        **{"first": 4, "last": 4, "all": [None], "set": [], "number": 1},
    }


async def test_groups_by_several_fields_and_by_day(sales):
    day = {"$dateTrunc": {"date": "$at", "unit": "day"}}
    found = await run(
        sales,
        {"$match": {"team": {"$exists": True}}},
        {"$group": {"_id": {"team": "$team", "day": day}, "n": {"$sum": "$n"}}},
        {"$sort": {"_id.day": 1}},
    )

    assert found == [
        {"_id": {"team": "a", "day": utc(2026, 1, 5)}, "n": 5},
        {"_id": {"team": "b", "day": utc(2026, 1, 20)}, "n": 2.5},
    ]


async def test_many_values_of_one_group_are_folded_on_the_way(things):
    await things.insert_many([{"n": n, "k": n % 3} for n in range(3000)])

    (found,) = await run(
        things,
        {"$group": {"_id": None, "sum": {"$sum": "$n"}, "set": {"$addToSet": "$k"}}},
    )

    assert found["sum"] == 4_498_500
    assert sorted(found["set"]) == [0, 1, 2]


@pytest.mark.parametrize(
    ("stages", "wanted"),
    [
        (
            [{"$match": {"n": {"$gt": 1}}}, {"$project": {"n": 1}}],
            [{"_id": 2, "n": 4}, {"_id": 3, "n": 2.5}],
        ),
        ([{"$sort": {"n": -1}}, {"$limit": 1}, {"$project": {"_id": 1}}], [{"_id": 2}]),
        ([{"$sort": {"_id": 1}}, {"$skip": 3}, {"$project": {"_id": 1}}], [{"_id": 4}]),
        ([{"$match": {"team": "a"}}, {"$count": "many"}], [{"many": 2}]),
        ([{"$match": {"team": "none"}}, {"$count": "many"}], []),
        (
            [{"$unwind": "$tags"}, {"$project": {"tags": 1}}],
            [{"_id": 1, "tags": "x"}, {"_id": 1, "tags": "y"}, {"_id": 3, "tags": "x"}],
        ),
        (
            [
                {
                    "$unwind": {
                        "path": "$tags",
                        "preserveNullAndEmptyArrays": True,
                        "includeArrayIndex": "i",
                    }
                },
                {"$match": {"_id": {"$in": [2, 3, 4]}}},
                {"$project": {"tags": 1, "i": 1}},
            ],
            [
                {"_id": 2, "i": None},
                {"_id": 3, "tags": "x", "i": 0},
                {"_id": 4, "tags": None, "i": None},
            ],
        ),
        (
            [{"$match": {"_id": 1}}, {"$project": {"_id": "$team", "n": 1}}],
            [{"_id": "a", "n": 1}],
        ),
        ([{"$match": {"_id": 1}}, {"$project": {"_id": 0, "x": "$n"}}], [{"x": 1}]),
        ([{"$match": {"_id": 1}}, {"$unset": ["at", "tags", "team"]}], [{"_id": 1, "n": 1}]),
        ([{"$match": {"_id": 1}}, {"$replaceRoot": {"newRoot": {"x": "$n"}}}], [{"x": 1}]),
        ([{"$match": {"_id": 1}}, {"$replaceWith": {"x": "$$ROOT.n"}}], [{"x": 1}]),
        ([{"$sort": {"_id": 1}}, {"$limit": 1}, {"$match": {"n": 4}}], []),
    ],
)
async def test_each_stage_does_its_part(sales, stages, wanted):
    assert await run(sales, *stages) == wanted


EXPRESSIONS: list[tuple[Any, Any]] = [
    ("$n", 6),
    ("$o.x", 1),
    ("$l.x", [1, 2]),
    ({"$literal": "$n"}, "$n"),
    ({"$add": ["$n", 1, 0.5]}, 7.5),
    ({"$add": ["$n", None]}, None),
    ({"$add": ["$at", 1000]}, utc(2026, 5, 17, 13, 45, 31)),
    ({"$subtract": ["$n", 2]}, 4),
    ({"$subtract": ["$at", {"$dateTrunc": {"date": "$at", "unit": "hour"}}]}, 2_730_000),
    ({"$multiply": ["$n", 2, 2]}, 24),
    ({"$multiply": [2**62, 4]}, float(2**64)),
    ({"$add": [Decimal128("0.1"), Decimal128("0.2")]}, Decimal128("0.3")),
    ({"$divide": ["$n", 4]}, 1.5),
    ({"$sum": ["$n", "text", 1]}, 7),
    ({"$sum": "$nums"}, 6),
    ({"$avg": "$nums"}, 2.0),
    ({"$min": "$nums"}, 1),
    ({"$max": ["$n", 9]}, 9),
    ({"$concat": ["a", "$s"]}, "aText"),
    ({"$concat": ["a", "$none"]}, None),
    ({"$toLower": "$s"}, "text"),
    ({"$size": "$nums"}, 3),
    ({"$in": [2, "$nums"]}, True),
    ({"$arrayElemAt": ["$nums", -1]}, 3),
    ({"$cond": [{"$gt": ["$n", 5]}, "yes", "no"]}, "yes"),
    ({"$cond": {"if": "$none", "then": "yes", "else": "no"}}, "no"),
    ({"$ifNull": ["$none", "$nothing", "default"]}, "default"),
    (
        {"$switch": {"branches": [{"case": {"$lt": ["$n", 3]}, "then": "low"}], "default": "high"}},
        "high",
    ),
    ({"$and": [True, "$n"]}, True),
    ({"$and": []}, True),
    ({"$or": [False, 0, "$none"]}, False),
    ({"$not": ["$none"]}, True),
    ({"$eq": ["$none", None]}, False),
    ({"$eq": ["$n", 6.0]}, True),
    ({"$lt": ["$n", "a"]}, True),
    ({"$cmp": ["$n", 6]}, 0),
    ({"$dateTrunc": {"date": "$at", "unit": "month"}}, utc(2026, 5, 1)),
    ({"$dateTrunc": {"date": "$at", "unit": "quarter"}}, utc(2026, 4, 1)),
    ({"$dateTrunc": {"date": "$at", "unit": "minute", "binSize": 15}}, utc(2026, 5, 17, 13, 45)),
    ({"$dateTrunc": {"date": "$none", "unit": "day"}}, None),
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
            "at": utc(2026, 5, 17, 13, 45, 30),
        }
    )

    for expression, wanted in EXPRESSIONS:
        (found,) = await run(things, {"$replaceWith": {"v": {"$ifNull": [expression, None]}}})
        assert found == {"v": wanted}, expression
        assert type(found["v"]) is type(wanted) or wanted == 2_730_000, expression


async def test_a_lookup_joins_by_equality(database):
    await database.people.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}])
    await database.teams.insert_many(
        [{"_id": "x", "members": [1, 2]}, {"_id": "y", "members": 2}, {"_id": "z"}]
    )
    lookup = {"from": "people", "localField": "members", "foreignField": "_id", "as": "people"}

    found = await run(database.teams, {"$lookup": lookup}, {"$project": {"people.name": 1}})

    assert found == [
        {"_id": "x", "people": [{"name": "a"}, {"name": "b"}]},
        {"_id": "y", "people": [{"name": "b"}]},
        {"_id": "z", "people": []},
    ]


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ({"$changeStream": {}}, 40573),
        ({"$graphLookup": {}}, 238),
        ({"$setWindowFields": {}}, 238),
        ({"$merge": {"into": "x"}}, 238),
        ({"$out": "x"}, 238),
        ({"$facet": {}}, 238),
        ({"$nonsense": {}}, 40324),
        ({"$match": {}, "$limit": 1}, 40323),
        ({"$limit": 0}, 15958),
        ({"$group": {"n": {"$sum": 1}}}, 15955),
        ({"$group": {"_id": 1, "n": {"$stdDevPop": "$n"}}}, 15952),
        ({"$project": {"n": {"$map": {"input": "$n", "in": 1}}}}, 168),
        ({"$project": {}}, 51272),
        ({"$project": {"n": "$$nothing"}}, 17276),
        ({"$lookup": {"from": "x", "let": {}, "pipeline": [], "as": "y"}}, 238),
        ({"$set": {"n": {"$divide": ["$n", 0]}}}, 2),
        ({"$set": {"n": {"$add": ["$team", 1]}}}, 14),
        ({"$unwind": "tags"}, 28818),
    ],
)
async def test_a_stage_that_is_not_known_or_not_possible_is_refused(sales, stage, code):
    with pytest.raises(OperationFailure) as failure:
        await run(sales, stage)

    assert failure.value.code == code


async def test_a_large_answer_comes_in_batches(things):
    await things.insert_many([{"_id": n} for n in range(500)])

    found = await run(things, {"$match": {}}, {"$set": {"x": 1}}, batchSize=50)

    assert len(found) == 500
