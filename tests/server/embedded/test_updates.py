"""What each update operator makes of a document."""

from typing import Any

import pytest
from pymongo.errors import OperationFailure

BEFORE: dict[str, Any] = {
    "_id": 1,
    "n": 5,
    "text": "x",
    "list": [1, 5, 9],
    "o": {"a": 1, "b": 2},
    "items": [{"k": "a", "n": 1}, {"k": "b", "n": 2}, {"k": "b", "n": 3}],
}

CASES: list[tuple[str, dict[str, Any] | list[Any], dict[str, Any]]] = [
    ("set", {"$set": {"n": 6}}, {"n": 6}),
    ("set a path", {"$set": {"o.c.d": 1}}, {"o": {"a": 1, "b": 2, "c": {"d": 1}}}),
    ("set an element", {"$set": {"list.1": 7}}, {"list": [1, 7, 9]}),
    ("set beyond the end", {"$set": {"list.4": 7}}, {"list": [1, 5, 9, None, 7]}),
    ("set in an element", {"$set": {"items.0.n": 7}}, {"items.0.n": 7}),
    ("unset", {"$unset": {"n": ""}}, {"n": None}),
    ("unset a path", {"$unset": {"o.a": "", "o.z": ""}}, {"o": {"b": 2}}),
    ("unset an element", {"$unset": {"list.1": ""}}, {"list": [1, None, 9]}),
    ("inc", {"$inc": {"n": 2, "m": -1}}, {"n": 7, "m": -1}),
    ("inc by a fraction", {"$inc": {"n": 0.5}}, {"n": 5.5}),
    ("mul", {"$mul": {"n": 3, "m": 2}}, {"n": 15, "m": 0}),
    ("min", {"$min": {"n": 3, "m": 1}}, {"n": 3, "m": 1}),
    ("min of a greater one", {"$min": {"n": 8}}, {}),
    ("max", {"$max": {"n": 8}}, {"n": 8}),
    ("max across types", {"$max": {"n": "a"}}, {"n": "a"}),
    ("push", {"$push": {"list": 2, "new": 1}}, {"list": [1, 5, 9, 2], "new": [1]}),
    ("push a list", {"$push": {"list": [2]}}, {"list": [1, 5, 9, [2]]}),
    ("push each", {"$push": {"list": {"$each": [2, 3]}}}, {"list": [1, 5, 9, 2, 3]}),
    (
        "push and cut",
        {"$push": {"list": {"$each": [2], "$slice": -2}}},
        {"list": [9, 2]},
    ),
    (
        "push, sort, cut",
        {"$push": {"list": {"$each": [2, 7], "$sort": -1, "$slice": 3}}},
        {"list": [9, 7, 5]},
    ),
    (
        "push at a position",
        {"$push": {"list": {"$each": [2, 3], "$position": 1}}},
        {"list": [1, 2, 3, 5, 9]},
    ),
    (
        "push objects in order",
        {"$push": {"items": {"$each": [{"k": "c", "n": 0}], "$sort": {"n": 1}, "$slice": 2}}},
        {"items": [{"k": "c", "n": 0}, {"k": "a", "n": 1}]},
    ),
    ("add to set", {"$addToSet": {"list": 5}}, {}),
    ("add each", {"$addToSet": {"list": {"$each": [5.0, 6, 6]}}}, {"list": [1, 5, 9, 6]}),
    ("pull a value", {"$pull": {"list": 5}}, {"list": [1, 9]}),
    ("pull by operators", {"$pull": {"list": {"$gte": 5}}}, {"list": [1]}),
    ("pull objects", {"$pull": {"items": {"k": "b"}}}, {"items": [{"k": "a", "n": 1}]}),
    (
        "pull objects by operators",
        {"$pull": {"items": {"k": "b", "n": {"$gt": 2}}}},
        {"items": [{"k": "a", "n": 1}, {"k": "b", "n": 2}]},
    ),
    ("pull from nothing", {"$pull": {"nothing": 1}}, {}),
    ("pop the last", {"$pop": {"list": 1}}, {"list": [1, 5]}),
    ("pop the first", {"$pop": {"list": -1}}, {"list": [5, 9]}),
    ("rename", {"$rename": {"n": "m"}}, {"n": None, "m": 5}),
    ("rename into a path", {"$rename": {"n": "o.n"}}, {"n": None, "o": {"a": 1, "b": 2, "n": 5}}),
    ("rename nothing", {"$rename": {"nothing": "m"}}, {}),
    ("nothing", {"$set": {}}, {}),
    (
        "by a pipeline",
        [{"$set": {"n": {"$add": ["$n", 1]}, "o.s": "$text"}}, {"$unset": "text"}],
        {"n": 6, "o": {"a": 1, "b": 2, "s": "x"}, "text": None},
    ),
]


def expected(changes: dict[str, Any]) -> dict[str, Any]:
    """The document with the changes; None stands for a field that is gone."""
    after = {**BEFORE, **{k: v for k, v in changes.items() if "." not in k}}
    if "items.0.n" in changes:
        after["items"] = [{"k": "a", "n": 7}, *BEFORE["items"][1:]]
    return {name: value for name, value in after.items() if value is not None}


@pytest.mark.parametrize(
    ("update", "changes"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
async def test_an_operator_changes_what_it_should(things, update, changes):
    await things.insert_one(BEFORE)

    result = await things.update_one({"_id": 1}, update)

    assert await things.find_one() == expected(changes)
    assert result.matched_count == 1
    assert result.modified_count == (1 if changes else 0)


async def test_new_fields_come_in_the_order_of_their_names(things):
    await things.insert_one({"_id": 1, "m": 1})

    await things.update_one({}, {"$set": {"z": 1, "b": 1}, "$inc": {"a": 1}})

    assert list(await things.find_one()) == ["_id", "m", "a", "b", "z"]


@pytest.mark.parametrize(
    ("query", "update", "items"),
    [
        ({"items.k": "b"}, {"$set": {"items.$.n": 9}}, [1, 9, 3]),
        ({"items": {"$elemMatch": {"k": "b", "n": 3}}}, {"$inc": {"items.$.n": 1}}, [1, 2, 4]),
        ({"items.n": {"$gte": 2}}, {"$set": {"items.$.n": 0}}, [1, 0, 3]),
        ({}, {"$inc": {"items.$[].n": 1}}, [2, 3, 4]),
    ],
)
async def test_positions_in_an_array_are_found(things, query, update, items):
    await things.insert_one(BEFORE)

    await things.update_one(query, update)

    assert [item["n"] for item in (await things.find_one())["items"]] == items


async def test_filtered_positions_change_every_element_that_matches(things):
    await things.insert_one(BEFORE)

    await things.update_one(
        {},
        {"$set": {"items.$[b].n": 0, "list.$[high]": 100}},
        array_filters=[{"b.k": "b"}, {"high": {"$gt": 4}}],
    )

    found = await things.find_one()
    assert [item["n"] for item in found["items"]] == [1, 0, 0]
    assert found["list"] == [1, 100, 100]


@pytest.mark.parametrize(
    ("query", "update", "filters", "code"),
    [
        ({"items.k": "b", "items.n": 3}, {"$set": {"items.$.n": 9}}, None, 238),
        ({}, {"$set": {"list.$[a]": 1}}, [{"a": 1}, {"a": 2}], 9),
        ({}, {"$set": {"list.$[a]": 1}}, [{"a": 1}, {"b": 2}], 9),
        ({}, {"$set": {"n.$[]": 1}}, None, 2),
        ({}, {"n": 1}, [{"a": 1}], 9),
        ({}, [{"$match": {}}], None, 72),
        ({}, [{"$set": {"_id": 2}}], None, 66),
        ({}, {"$rename": {"n": "text", "text": "n"}}, None, 40),
    ],
)
async def test_what_is_ambiguous_is_refused(things, query, update, filters, code):
    await things.insert_one(BEFORE)
    statement = {"q": query, "u": update}
    if filters is not None:
        statement["arrayFilters"] = filters

    reply = await things.database.command("update", "things", updates=[statement], check=False)

    assert [error["code"] for error in reply["writeErrors"]] == [code]
    assert await things.find_one() == BEFORE


async def test_an_update_of_many_that_fails_on_one_changes_none(things):
    await things.insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": "x"}])

    with pytest.raises(OperationFailure):
        await things.update_many({}, {"$inc": {"n": 1}})

    assert await things.find().to_list() == [{"_id": 1, "n": 1}, {"_id": 2, "n": "x"}]


async def test_an_update_of_many_does_not_meet_its_own_changes(things):
    await things.create_index("n")
    await things.insert_many([{"_id": n, "n": n} for n in range(300)])

    result = await things.update_many({"n": {"$gte": 0}}, {"$inc": {"n": 1000}})

    assert result.modified_count == 300
    assert await things.count_documents({"n": {"$gte": 1000, "$lt": 1300}}) == 300
