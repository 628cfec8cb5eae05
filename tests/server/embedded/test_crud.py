"""Documents are inserted, found, changed and deleted by the driver as on a real server."""

import asyncio

import pytest
from bson import ObjectId
from bson.decimal128 import Decimal128
from pymongo import (
    DeleteMany,
    DeleteOne,
    InsertOne,
    MongoClient,
    ReplaceOne,
    ReturnDocument,
    UpdateMany,
    UpdateOne,
    WriteConcern,
)
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure
from pymongo.read_concern import ReadConcern

from tests.server.embedded.conftest import ids


async def test_what_the_promises_ask_for_is_granted(database):
    things = database.get_collection(
        "things",
        write_concern=WriteConcern("majority", j=True),
        read_concern=ReadConcern("majority"),
    )

    await things.insert_one({"_id": 1})

    assert await things.find_one() == {"_id": 1}


async def test_a_missing_id_is_made_and_comes_first(things):
    result = await things.insert_one({"a": 1})

    found = await things.find_one()
    assert list(found) == ["_id", "a"]
    assert found["_id"] == result.inserted_id
    assert isinstance(found["_id"], ObjectId)


async def test_an_ordered_batch_stops_at_its_first_error(things):
    with pytest.raises(BulkWriteError) as failure:
        await things.insert_many([{"_id": 1}, {"_id": 1}, {"_id": 2}])

    details = failure.value.details
    assert details["nInserted"] == 1
    assert [error["index"] for error in details["writeErrors"]] == [1]
    assert await ids(things) == [1]


async def test_an_unordered_batch_goes_on_and_names_each_error(things):
    with pytest.raises(BulkWriteError) as failure:
        await things.insert_many([{"_id": 1}, {"_id": 1}, {"_id": 2}, {"_id": 2}], ordered=False)

    errors = failure.value.details["writeErrors"]
    assert [(error["index"], error["code"]) for error in errors] == [(1, 11000), (3, 11000)]
    assert await ids(things) == [1, 2]


async def test_a_duplicate_id_is_reported_before_other_unique_indexes(things):
    await things.create_index("mail", unique=True)
    await things.insert_one({"_id": 1, "mail": "a@b.c"})

    with pytest.raises(DuplicateKeyError) as failure:
        await things.insert_one({"_id": 1, "mail": "a@b.c"})
    assert failure.value.details["keyPattern"] == {"_id": 1}
    assert failure.value.details["keyValue"] == {"_id": 1}

    with pytest.raises(DuplicateKeyError) as failure:
        await things.insert_one({"_id": 2, "mail": "a@b.c"})
    assert failure.value.details["keyPattern"] == {"mail": 1}
    assert failure.value.details["keyValue"] == {"mail": "a@b.c"}
    assert "index: mail_1 dup key" in failure.value.details["errmsg"]


async def test_a_refused_write_leaves_no_key_in_any_index(things):
    await things.create_index("a")
    await things.create_index("b", unique=True)
    await things.insert_one({"_id": 1, "b": 1})

    with pytest.raises(DuplicateKeyError):
        await things.insert_one({"_id": 2, "a": 5, "b": 1})
    with pytest.raises(DuplicateKeyError):
        await things.update_one({"_id": 3}, {"$set": {"a": 5, "b": 1}}, upsert=True)

    validated = await things.database.command("validate", "things")
    assert validated["valid"]
    assert validated["keysPerIndex"] == {"_id_": 1, "a_1": 1, "b_1": 1}


async def test_counters_tell_matched_and_modified_apart(things):
    await things.insert_many([{"_id": n, "n": n % 2} for n in range(4)])

    result = await things.update_many({}, {"$set": {"n": 1}})

    assert (result.matched_count, result.modified_count) == (4, 2)


async def test_an_upsert_takes_the_equalities_of_its_query(things):
    result = await things.update_one(
        {"_id": 5, "f": 7, "a.b": 1, "c": {"$gt": 3}, "$and": [{"d": {"$eq": 2}}]},
        {"$set": {"z": 1}, "$setOnInsert": {"first": True}},
        upsert=True,
    )

    assert result.upserted_id == 5
    assert await things.find_one() == {
        "_id": 5,
        "a": {"b": 1},
        "d": 2,
        "f": 7,
        "first": True,
        "z": 1,
    }


async def test_only_an_insert_sets_what_is_set_on_insert(things):
    for n in range(2):
        await things.update_one(
            {"_id": 1}, {"$set": {"n": n}, "$setOnInsert": {"first": n}}, upsert=True
        )

    assert await things.find_one() == {"_id": 1, "first": 0, "n": 1}


async def test_a_replacement_keeps_the_id_and_drops_the_rest(things):
    await things.insert_one({"_id": 1, "a": 1})

    await things.replace_one({"a": 1}, {"b": 2})
    await things.replace_one({"_id": 2}, {"c": 3}, upsert=True)

    assert await things.find().to_list() == [{"_id": 1, "b": 2}, {"_id": 2, "c": 3}]


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"$set": {"_id": 2}}, 66),
        ({"$inc": {"text": 1}}, 14),
        ({"$inc": {"n": "1"}}, 14),
        ({"$set": {"a": 1, "a.b": 2}}, 40),
        ({"$set": {"a": 1}, "$inc": {"a": 1}}, 40),
        ({"$set": {"n.b": 1}}, 28),
        ({"$push": {"n": 1}}, 2),
        ({"$pop": {"n": 1}}, 9),
        ({"$nonsense": {"a": 1}}, 9),
        ({"$inc": {"long": 1}}, 2),
        ({"$inc": {"n": Decimal128("0.1")}}, 238),
        ({"$set": {"list.5": 1}}, 238),
        ({"$set": {"list.$": 1}}, 238),
        ({"$set": {"list.$[x]": 1}}, 238),
        ({"$set": {"a..b": 1}}, 56),
        ({"$set": {"a.$b": 1}}, 52),
        ({"$bit": {"n": {"and": 1}}}, 9),
    ],
)
async def test_an_update_that_cannot_be_is_refused_and_changes_nothing(things, update, code):
    before = {"_id": 1, "n": 1, "text": "x", "long": 2**63 - 1, "list": [1]}
    await things.insert_one(before)

    with pytest.raises(OperationFailure) as failure:
        await things.update_one({"_id": 1}, update)

    assert failure.value.code == code
    assert await things.find_one() == before


async def test_find_and_modify_gives_the_document_before_or_after(things):
    await things.insert_many([{"_id": n, "n": n} for n in range(3)])
    increment = {"$inc": {"n": 10}}

    assert await things.find_one_and_update({}, increment, sort={"n": -1}) == {"_id": 2, "n": 2}
    after = ReturnDocument.AFTER
    assert await things.find_one_and_update({"_id": 0}, increment, return_document=after) == {
        "_id": 0,
        "n": 10,
    }
    assert await things.find_one_and_update({"_id": 9}, increment) is None
    assert await things.find_one_and_update(
        {"_id": 9}, increment, upsert=True, return_document=after
    ) == {"_id": 9, "n": 10}
    assert await things.find_one_and_replace({"_id": 9}, {"x": 1}, return_document=after) == {
        "_id": 9,
        "x": 1,
    }
    assert await things.count_documents({}) == 4


async def test_a_claim_is_won_by_one_of_many_clients(things):
    await things.insert_one({"_id": "job", "owner": None})

    claims = [
        things.find_one_and_update({"_id": "job", "owner": None}, {"$set": {"owner": n}})
        for n in range(20)
    ]

    assert sum(claim is not None for claim in await asyncio.gather(*claims)) == 1


async def test_concurrent_increments_all_count(things):
    await things.insert_one({"_id": 1, "n": 0})

    await asyncio.gather(*(things.update_one({"_id": 1}, {"$inc": {"n": 1}}) for _ in range(100)))

    assert await things.find_one() == {"_id": 1, "n": 100}


async def test_a_bulk_of_mixed_writes_counts_each_kind(things):
    result = await things.bulk_write(
        [
            InsertOne({"_id": 1, "n": 1}),
            InsertOne({"_id": 2, "n": 1}),
            UpdateOne({"_id": 1}, {"$inc": {"n": 1}}),
            UpdateMany({}, {"$set": {"seen": True}}),
            UpdateOne({"_id": 3}, {"$set": {"n": 0}}, upsert=True),
            ReplaceOne({"_id": 2}, {"n": 5}),
            DeleteOne({"_id": 1}),
            DeleteMany({"n": 0}),
        ]
    )

    assert result.bulk_api_result | {"upserted": None} == {
        "writeErrors": [],
        "writeConcernErrors": [],
        "nInserted": 2,
        "nUpserted": 1,
        "nMatched": 4,
        "nModified": 4,
        "nRemoved": 2,
        "upserted": None,
    }
    assert await things.find().to_list() == [{"_id": 2, "n": 5}]


async def test_a_cursor_reads_on_in_batches_and_can_be_closed(things, client):
    await things.insert_many([{"_id": n} for n in range(1000)])

    assert [d["_id"] async for d in things.find(batch_size=7)] == list(range(1000))
    assert len(await things.find().limit(150).to_list()) == 150
    assert [d["_id"] async for d in things.find().skip(990).limit(5)] == list(range(990, 995))
    cursor = things.find(batch_size=2)
    await cursor.next()
    await cursor.close()
    with pytest.raises(OperationFailure) as failure:
        await things.database.command("getMore", cursor.cursor_id or 5, collection="things")
    assert failure.value.code == 43


async def test_a_limit_that_fills_its_batch_leaves_no_cursor_open(things):
    await things.insert_many([{"_id": n} for n in range(10)])

    reply = await things.database.command("find", "things", limit=3, batchSize=3)

    assert reply["cursor"]["id"] == 0
    assert len(reply["cursor"]["firstBatch"]) == 3


async def test_a_cursor_over_a_dropped_collection_ends_with_an_error(things):
    await things.insert_many([{"_id": n} for n in range(1000)])
    cursor = things.find(batch_size=2)
    await cursor.next()
    await things.drop()

    with pytest.raises(OperationFailure) as failure:
        await cursor.to_list()
    assert failure.value.code == 175


async def test_collections_and_databases_come_and_go(client, database):
    await database.create_collection("empty")
    await database.things.insert_one({})

    assert sorted(await database.list_collection_names()) == ["empty", "things"]
    assert database.name in await client.list_database_names()
    with pytest.raises(OperationFailure) as failure:
        await database.command("create", "things")
    assert failure.value.code == 48
    await database.drop_collection("things")
    await database.drop_collection("never there")
    assert await database.list_collection_names() == ["empty"]
    await client.drop_database(database)
    assert database.name not in await client.list_database_names()


def test_the_synchronous_client_does_all_of_it_too(shared_store):
    with MongoClient(shared_store.url, serverSelectionTimeoutMS=5000) as client:
        things = client.synchronous.things
        things.create_index([("team", 1), ("n", -1)])
        things.insert_many([{"_id": n, "team": "ab"[n % 2], "n": n} for n in range(300)])
        with pytest.raises(DuplicateKeyError):
            things.insert_one({"_id": 1})
        with client.start_session() as session:
            result = things.update_many({"team": "a"}, {"$inc": {"n": 1000}}, session=session)
        claimed = things.find_one_and_update(
            {"team": "b"}, {"$set": {"team": "c"}}, sort=[("n", -1)], return_document=True
        )
        things.bulk_write([DeleteOne({"_id": 0}), ReplaceOne({"_id": 500}, {"n": 1}, upsert=True)])
        sums = things.aggregate([{"$group": {"_id": "$team", "n": {"$sum": 1}}}])

        assert result.modified_count == 150
        assert claimed == {"_id": 299, "team": "c", "n": 299}
        assert {each["_id"]: each["n"] for each in sums} == {"a": 149, "b": 149, "c": 1, None: 1}
        found = things.find({"team": "a"}, batch_size=20).sort("n", -1)
        assert [each["_id"] for each in found] == list(range(298, 0, -2))
        assert things.count_documents({"n": {"$gte": 1000}}) == 149
        client.drop_database("synchronous")


async def test_a_scan_of_many_documents_does_not_stall_the_others(things, shared_store):
    await things.insert_many([{"_id": n, "text": "x" * 50, "n": n} for n in range(20_000)])
    pipeline = [{"$group": {"_id": "$text", "n": {"$sum": "$n"}}}]
    scan = asyncio.create_task((await things.aggregate(pipeline)).to_list())

    slowest = 0.0
    loop = asyncio.get_running_loop()
    while not scan.done():
        start = loop.time()
        await things.find_one({"_id": 5})
        slowest = max(slowest, loop.time() - start)

    assert (await scan)[0]["n"] == 199_990_000
    assert slowest < 0.5
