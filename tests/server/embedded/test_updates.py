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

CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("set", {"$set": {"n": 6}}, {"n": 6}),
    ("set a path", {"$set": {"o.c.d": 1}}, {"o": {"a": 1, "b": 2, "c": {"d": 1}}}),
    ("set an element", {"$set": {"list.1": 7}}, {"list": [1, 7, 9]}),
    ("set behind the last", {"$set": {"list.3": 7}}, {"list": [1, 5, 9, 7]}),
    ("set in an element", {"$set": {"items.0.n": 7}}, {"items.0.n": 7}),
    ("unset", {"$unset": {"n": ""}}, {"n": None}),
    ("unset a path", {"$unset": {"o.a": "", "o.z": ""}}, {"o": {"b": 2}}),
    ("unset where nothing is", {"$unset": {"n.a": "", "list.01": ""}}, {}),
    ("unset an element", {"$unset": {"list.1": "", "list.3": ""}}, {"list": [1, None, 9]}),
    ("inc", {"$inc": {"n": 2, "m": -1}}, {"n": 7, "m": -1}),
    ("inc by a fraction", {"$inc": {"n": 0.5}}, {"n": 5.5}),
    ("max", {"$max": {"n": 8, "m": 1}}, {"n": 8, "m": 1}),
    ("max of a lesser one", {"$max": {"n": 3}}, {}),
    ("max across types", {"$max": {"n": "a"}}, {"n": "a"}),
    ("push", {"$push": {"list": 2, "new": 1}}, {"list": [1, 5, 9, 2], "new": [1]}),
    ("push a list", {"$push": {"list": [2]}}, {"list": [1, 5, 9, [2]]}),
    ("push each", {"$push": {"list": {"$each": [2, 3]}}}, {"list": [1, 5, 9, 2, 3]}),
    (
        "push and cut",
        {"$push": {"list": {"$each": [2], "$slice": -2}}},
        {"list": [9, 2]},
    ),
    ("pull a value", {"$pull": {"list": 5}}, {"list": [1, 9]}),
    ("pull by operators", {"$pull": {"list": {"$gte": 5}}}, {"list": [1]}),
    ("pull objects", {"$pull": {"items": {"k": "b"}}}, {"items": [{"k": "a", "n": 1}]}),
    (
        "pull objects by operators",
        {"$pull": {"items": {"k": "b", "n": {"$gt": 2}}}},
        {"items": [{"k": "a", "n": 1}, {"k": "b", "n": 2}]},
    ),
    ("pull all but", {"$pull": {"list": {"$ne": 5}}}, {"list": [5]}),
    ("pull from nothing", {"$pull": {"nothing": 1}}, {}),
    ("nothing", {"$set": {}}, {}),
]


def expected(changes: dict[str, Any]) -> dict[str, Any]:
    """The document with the changes; None stands for a field that is gone."""
    after = BEFORE | {name: value for name, value in changes.items() if "." not in name}
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
    ("update", "code"),
    [
        ({"$min": {"n": 1}}, 9),
        ({"$addToSet": {"list": 1}}, 9),
        ({"$pull": {"list.k": 1}}, 28),
        ({"$pull": {"n.k": 1}}, 28),
        ({"$set": {"list.01": 7}}, 28),
        ({"$unset": {"_id": ""}}, 66),
        ({"$set": {"o": {"$inc": 1}}}, 52),
        ({"$push": {"list": {"$slice": 1}}}, 52),
        ({"$push": {"list": {"$each": [[{"$a": 1}]]}}}, 52),
        ({"$max": {"o": {"a": {"$b": 1}}}}, 52),
        ({"$set": {"list.4": 7}}, 238),
        ({"$mul": {"n": 2}}, 9),
        ({"$pop": {"list": 1}}, 9),
        ({"$rename": {"n": "m"}}, 9),
        ({"$bit": {"n": {"or": 1}}}, 9),
        ({"$currentDate": {"at": True}}, 9),
        ({"$set": {"items.$.n": 9}}, 238),
        ({"$set": {"items.$[].n": 9}}, 238),
        ({"$set": {"items.$[b].n": 9}}, 238),
        ({"$push": {"list": {"$each": [1], "$sort": 1}}}, 238),
        ({"$push": {"list": {"$each": [1], "$position": 0}}}, 238),
        ({"$push": {"list": {"$each": [1], "$nonsense": 0}}}, 2),
        ([{"$set": {"n": 2}}], 238),
        ({"$set": {"n": 1}, "m": 2}, 52),
        ({"$set": {"$n": 1}}, 52),
        ({"$set": {"n": 1, "n.m": 2}}, 40),
        ({"$set": {"_id": 2}}, 66),
        ({"$inc": {"text": 1}}, 14),
        ({"$push": {"n": 1}}, 2),
    ],
)
async def test_what_is_not_known_or_not_possible_is_refused(things, update, code):
    await things.insert_one(BEFORE)
    statement = {"q": {"items.k": "b"}, "u": update}

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
