"""Indexes: what they hold, what they forbid, and how queries use them."""

import datetime as dt

import pytest
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError, OperationFailure

from tests.server.embedded.conftest import ids, until


async def plan_of(things, query, sort=None, limit=0):
    found = {"find": things.name, "filter": query, "sort": sort or {}, "limit": limit}
    explained = await things.database.command("explain", found, verbosity="queryPlanner")
    return explained["queryPlanner"]["winningPlan"]


async def index_of(things, query, sort=None, limit=0) -> str:
    """The index that is used, with a word for what else has to be done."""
    return spelled(await plan_of(things, query, sort, limit))


def spelled(stage) -> str:
    if stage["stage"] == "SORT":
        return f"sort {spelled(stage['inputStage'])}"
    if stage["stage"] == "COLLSCAN":
        return "scan"
    if stage["stage"] == "OR":
        return " or ".join(map(spelled, stage["inputStages"]))
    scan = stage["inputStage"]
    return f"{scan['indexName']}{' backwards' * (scan['direction'] == 'backward')}"


async def test_an_index_is_made_once_and_told_about(things):
    model = [IndexModel([("a", 1), ("b", -1)]), IndexModel("c", unique=True, sparse=True)]

    assert await things.create_indexes(model) == ["a_1_b_-1", "c_1"]
    assert await things.create_indexes(model) == ["a_1_b_-1", "c_1"]

    assert await things.index_information() == {
        "_id_": {"v": 2, "key": [("_id", 1)]},
        "a_1_b_-1": {"v": 2, "key": [("a", 1), ("b", -1)]},
        "c_1": {"v": 2, "key": [("c", 1)], "unique": True, "sparse": True},
    }


async def test_another_index_in_its_place_is_an_error(things):
    await things.create_index("a", name="first")

    with pytest.raises(OperationFailure) as failure:
        await things.create_index("b", name="first")
    assert failure.value.code == 86
    with pytest.raises(OperationFailure) as failure:
        await things.create_index("a", name="second")
    assert failure.value.code == 85
    await things.create_index("a", name="ones", partialFilterExpression={"b": 1})
    await things.create_index("a", name="ones", partialFilterExpression={"b": 1.0})
    with pytest.raises(OperationFailure) as failure:
        await things.create_index("a", name="ones", partialFilterExpression={"b": True})
    assert failure.value.code == 86


@pytest.mark.parametrize(
    ("keys", "options", "code"),
    [
        ([("a", "text")], {}, 67),
        ([("a", "2dsphere")], {}, 67),
        ([("a", "hashed")], {}, 67),
        ([("$**", 1)], {}, 238),
        ([("a.0", 1)], {}, 238),
        ([("a", 1)], {"hidden": True}, 197),
        ([("a", 1)], {"collation": {"locale": "de"}}, 197),
        ([("a", 1), ("b", 1)], {"expireAfterSeconds": 5}, 67),
        ([("a", 1)], {"partialFilterExpression": {"a": {"$regex": "x"}}}, 67),
        ([("a", 1)], {"partialFilterExpression": {"a": {"$exists": False}}}, 238),
        ([("a", 1)], {"partialFilterExpression": {"$or": [{"a": 1}]}}, 67),
        ([("a", 1)], {"background": True}, 197),
        ([("a", 1)], {"partialFilterExpression": {"b": 1}, "sparse": True}, 67),
    ],
)
async def test_an_index_of_another_kind_is_refused(things, keys, options, code):
    with pytest.raises(OperationFailure) as failure:
        await things.create_index(keys, **options)

    assert failure.value.code == code


async def test_a_unique_index_over_documents_that_are_not_is_refused_and_leaves_none(things):
    await things.insert_many([{"a": 1}, {"a": 1}])

    with pytest.raises(DuplicateKeyError):
        await things.create_index("a", unique=True)

    assert list(await things.index_information()) == ["_id_"]
    await things.insert_one({"a": 1})


async def test_null_and_missing_are_the_same_to_a_unique_index_but_not_to_a_sparse_one(things):
    await things.create_index("a", unique=True)
    await things.create_index("b", unique=True, sparse=True)
    await things.insert_one({"_id": 1})

    with pytest.raises(DuplicateKeyError) as failure:
        await things.insert_one({"_id": 2, "a": None})
    assert failure.value.details["keyValue"] == {"a": None}
    await things.insert_one({"_id": 3, "a": 3})


async def test_a_unique_index_over_an_array_forbids_shared_elements(things):
    await things.create_index("tags", unique=True)
    await things.insert_one({"_id": 1, "tags": ["a", "b", "a"]})

    with pytest.raises(DuplicateKeyError) as failure:
        await things.insert_one({"_id": 2, "tags": ["c", "b"]})
    assert failure.value.details["keyValue"] == {"tags": "b"}
    await things.insert_one({"_id": 3, "tags": ["c"]})
    with pytest.raises(DuplicateKeyError):
        await things.update_one({"_id": 3}, {"$push": {"tags": "a"}})
    await things.update_one({"_id": 1}, {"$pull": {"tags": "a"}})
    await things.update_one({"_id": 3}, {"$push": {"tags": "a"}})


async def test_two_arrays_cannot_be_in_one_index(things):
    await things.create_index([("a", 1), ("b", 1)])

    with pytest.raises(OperationFailure) as failure:
        await things.insert_one({"a": [1], "b": [2]})
    assert failure.value.code == 171


async def test_a_partial_unique_index_binds_only_its_documents(things):
    await things.create_index(
        "mail", unique=True, partialFilterExpression={"active": True}, name="active_mail"
    )
    await things.insert_many([{"_id": n, "mail": "a", "active": False} for n in range(2)])
    await things.insert_one({"_id": 2, "mail": "a", "active": True})

    with pytest.raises(DuplicateKeyError):
        await things.update_one({"_id": 0}, {"$set": {"active": True}})

    assert await index_of(things, {"mail": "a", "active": True}) == "active_mail"
    assert await index_of(things, {"mail": "a"}) == "scan"
    assert await things.count_documents({"mail": "a"}) == 3
    assert await things.count_documents({"mail": "a", "active": True}) == 1


async def test_a_partial_index_by_existence_serves_who_asks_for_it(things):
    await things.create_index("at", partialFilterExpression={"pending": {"$exists": True}})
    await things.insert_many([{"_id": 1, "at": 1, "pending": ["x"]}, {"_id": 2, "at": 2}])

    query = {"pending": {"$exists": True}}
    assert await index_of(things, query) == "at_1"
    assert await index_of(things, {"pending": "x"}, {"at": 1}) == "at_1"
    assert [d["_id"] async for d in things.find(query)] == [1]


async def test_plans_are_chosen_by_equality_range_and_sort(things):
    await things.create_indexes(
        [IndexModel([("team", 1), ("at", -1)]), IndexModel("tags"), IndexModel("mail", unique=True)]
    )
    await things.insert_many(
        [{"_id": n, "team": n % 3, "at": n, "mail": n, "tags": [n % 2, "t"]} for n in range(50)]
    )

    assert await index_of(things, {}) == "scan"
    assert await index_of(things, {"_id": 5, "team": 1}) == "_id_"
    assert await index_of(things, {"mail": 5, "team": 1}) == "mail_1"
    assert await index_of(things, {"team": 1}) == "team_1_at_-1"
    assert await index_of(things, {"team": 1}, {"at": -1}) == "team_1_at_-1"
    assert await index_of(things, {"team": 1}, {"at": 1}) == "team_1_at_-1 backwards"
    assert await index_of(things, {"team": 1, "at": {"$gt": 3}}, {"at": 1}) == (
        "team_1_at_-1 backwards"
    )
    assert await index_of(things, {"team": {"$in": [1, 2]}}, {"at": 1}) == "sort team_1_at_-1"
    assert await index_of(things, {}, {"_id": -1}) == "_id_ backwards"
    assert await index_of(things, {"tags": "t"}) == "tags_1"
    assert await index_of(things, {"tags": {"$gt": 0}}, {"tags": 1}) == "sort tags_1"
    assert await index_of(things, {"other": 1}) == "scan"


async def test_a_choice_of_conditions_is_the_union_of_their_indexes(things):
    await things.create_indexes([IndexModel("owner"), IndexModel("team"), IndexModel("at")])
    await things.insert_many(
        [{"_id": n, "owner": n % 100, "team": n % 50, "at": -n, "tag": n} for n in range(1000)]
    )
    either = {"$or": [{"owner": 7}, {"team": {"$in": [7, 8]}}]}

    assert await index_of(things, either, {"at": 1}, 5) == "sort owner_1 or team_1"
    assert await index_of(things, {"$and": [either, {"tag": {"$gt": 5}}]}) == "owner_1 or team_1"
    assert await index_of(things, {"$or": [{"owner": 7}, {"tag": 1}]}) == "scan"
    assert await things.count_documents(either) == 40
    newest = await things.find(either).sort("at").limit(3).to_list()
    assert [found["_id"] for found in newest] == [958, 957, 908]


async def test_what_matches_much_is_read_in_the_order_asked_for_and_what_matches_little_sorted(
    things,
):
    await things.create_indexes([IndexModel("status"), IndexModel("at")])
    await things.insert_many(
        [{"at": n, "status": "rare" if n % 500 == 0 else "open"} for n in range(2000)]
    )

    assert await index_of(things, {"status": "open"}, {"at": -1}, 50) == "at_1 backwards"
    assert await index_of(things, {"status": "rare"}, {"at": -1}, 50) == "sort status_1"
    assert await index_of(things, {"status": "open"}) == "status_1"
    found = things.find({"status": "open"}).sort("at", -1).limit(2)
    assert [document["at"] async for document in found] == [1999, 1998]


async def test_a_prefix_of_an_id_is_a_range_of_its_index(things):
    await things.insert_many(
        [{"_id": f"{s}:{n:04}"} for s in ("ticket:a", "ticket:b") for n in range(100)]
    )

    newest = things.find({"_id": {"$gte": "ticket:a:", "$lt": "ticket:a;"}}).sort("_id", -1)
    assert [d["_id"] async for d in newest.limit(2)] == ["ticket:a:0099", "ticket:a:0098"]
    matching = {"_id": {"$regex": "^ticket:b:009"}}
    assert await things.count_documents(matching) == 10
    assert await index_of(things, matching) == "_id_"


async def test_a_hint_is_followed_or_refused(things):
    await things.create_index("a")
    await things.create_index("b", partialFilterExpression={"b": {"$exists": True}})
    await things.insert_many([{"a": 1, "b": 1}, {"a": 1}])

    assert len(await things.find({"a": 1}).hint("a_1").to_list()) == 2
    assert len(await things.find({"a": 1}).hint([("_id", 1)]).to_list()) == 2
    for hint in ("nothing", "b_1", [("$natural", 1)]):
        with pytest.raises(OperationFailure) as failure:
            await things.find({"a": 1}).hint(hint).to_list()
        assert failure.value.code == 2


async def test_expired_documents_go_and_others_stay(things, client):
    await things.create_index("at", expireAfterSeconds=60)
    now = dt.datetime.now(dt.UTC)
    await things.insert_many(
        [
            {"_id": "old", "at": now - dt.timedelta(seconds=61)},
            {"_id": "one of two", "at": [now, now - dt.timedelta(days=1)]},
            {"_id": "new", "at": now},
            {"_id": "no date", "at": 5},
            {"_id": "absent"},
        ]
    )

    await client.admin.command("setParameter", 1, ttlMonitorSleepSecs=0.05)

    async def two_are_gone() -> bool:
        return await things.count_documents({}) == 3

    await until(two_are_gone)
    assert await ids(things) == ["absent", "new", "no date"]
    await client.admin.command("setParameter", 1, ttlMonitorSleepSecs=60)
