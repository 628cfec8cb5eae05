"""What the product asks of the store is listed, served, and all that is served."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from server.embedded.aggregate import FOLDS, STAGES
from server.embedded.commands import COMMANDS
from server.embedded.expressions import OPERATORS as EXPRESSIONS
from server.embedded.matcher import OPERATORS
from server.embedded.update import OPERATORS as UPDATES
from tests.recording.recorder import ROOT, USED, Recorder, read_list
from tests.recording.shapes import shapes_of

LISTED = read_list(USED)
PAGE = (ROOT / "docs" / "embedded-store.md").read_text()
BESIDES = {
    "filter": {"$eq", "$type"},  # Other words for what is used, or used in an index.
    "stages": set[str](),
    "accumulators": set[str](),
    "expressions": set[str](),
    "update": {"$unset"},  # What the product's tests make documents of older releases with.
}
SERVED = {
    "filter": OPERATORS.keys() | {"$and", "$or", "$nor", "$ne", "$options"},
    "stages": set(STAGES),
    "accumulators": set(FOLDS),
    "expressions": set(EXPRESSIONS),
    "update": set(UPDATES),
}


def used(part: str) -> set[str]:
    names = [name for _, where, name in LISTED if where == part and name.startswith("$")]
    return {re.split("[ :]", name)[0] for name in names}


@pytest.mark.parametrize("part", SERVED)
def test_what_is_served_is_what_is_used_and_the_few_named_besides(part):
    assert SERVED[part] - used(part) <= BESIDES[part]
    assert used(part) <= SERVED[part]


def test_every_command_and_field_that_is_used_is_served():
    generic = {"readConcern", "writeConcern", "maxTimeMS"}
    for command, part, name in LISTED:
        assert command in COMMANDS
        if part == "fields" and name != "none" and not name.startswith("a statement's"):
            assert name in COMMANDS[command].fields.keys() | generic, (command, name)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("filters", "filter"),
        ("updates", "update"),
        ("pipelines", "stages"),
        ("expressions", "expressions"),
    ],
)
def test_the_page_names_all_that_is_served(row, part):
    (line,) = re.findall(rf"^\| {row} \| (.*?) \| .*\|$", PAGE, re.MULTILINE)

    assert SERVED[part] - {"$options"} <= set(re.findall(r"\$\w+", line))


def test_a_shape_has_the_names_of_operators_and_nothing_of_the_data():
    shapes = shapes_of(
        {
            "update": "collection-x",
            "$db": "database-x",
            "updates": [
                {
                    "q": {"field-x.0.sub": {"$not": {"$in": ["value-x", None]}}, "b": None},
                    "u": {
                        "$set": {"field-x.$.y": "value-x"},
                        "$push": {"l": {"$each": ["value-x"]}},
                        "$pull": {"l": {"field-x": {"$gt": "value-x"}}},
                    },
                }
            ],
            "writeConcern": {"w": "majority", "wtimeout": 77},
        }
    )

    assert {f"{part}: {name}" for _, part, name in shapes} == {
        "fields: updates",
        "fields: writeConcern",
        "fields: a statement's q",
        "fields: a statement's u",
        "filter: $not",
        "filter: $in",
        "filter: $in null",
        "filter: $gt",
        "filter: a path with a number",
        "filter: a path with dots",
        "filter: equality to null",
        "update: $set",
        "update: a path with $",
        "update: a path with dots",
        "update: $push",
        "update: $push $each",
        "update: $pull",
        "update: $pull by a condition",
        "write concern: w: majority",
        "write concern: wtimeout",
    }


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        (
            {"find": "c", "filter": {"$or": [{"a": re.compile("x")}]}, "sort": {"a": 1, "b": -1}},
            {"fields: filter", "fields: sort", "filter: $or", "filter: equality to a pattern"}
            | {"sort: ascending", "sort: descending", "sort: several fields"},
        ),
        (
            {"find": "c", "projection": {"a": 1, "b": {"$slice": 1}, "c": "$d"}},
            {"fields: projection", "projection: inclusion", "projection: $slice"}
            | {"projection: a computed field", "expressions: a field's path"},
        ),
        (
            {
                "aggregate": "c",
                "pipeline": [
                    {"$match": {"a": {"$exists": False}}},
                    {"$group": {"_id": "$a", "n": {"$sum": {"$cond": ["$$ROOT", 1, 0]}}}},
                    {"$unwind": {"path": "$a"}},
                ],
            },
            {"fields: pipeline", "filter: $exists: false", "stages: $match", "stages: $group"}
            | {"stages: $unwind", "stages: $unwind path", "accumulators: $sum"}
            | {"expressions: $cond", "expressions: $$ROOT", "expressions: a field's path"},
        ),
        (
            {
                "createIndexes": "c",
                "indexes": [{"key": {"a": 1}, "partialFilterExpression": {"b": {"$gt": 5}}}],
            },
            {"fields: indexes", "index: the option key", "index: ascending", "index filter: $gt"}
            | {"index: the option partialFilterExpression"},
        ),
    ],
)
def test_each_kind_of_command_has_its_shape(command, wanted):
    assert {f"{part}: {name}" for _, part, name in shapes_of(command)} == wanted


async def test_what_tests_ask_is_theirs(shared_store):
    recorder = Recorder([])
    async with AsyncMongoClient(shared_store.url, event_listeners=[recorder]) as client:
        await client.test.things.find_one({"a": 1})
        assert recorder.new() == {}

        # What a task of its own sends has nobody of ours on its stack: it counts.
        await asyncio.gather(client.test.things.find_one({"a": 1}))

    assert ("find", "filter", "equality to a value") in recorder.new()
    assert recorder.new() == {}


def run_a_test_of_the_product(listed: Path, *options: str) -> subprocess.CompletedProcess[str]:
    test = "tests/server/store/test_leases.py::test_only_one_of_many_gets_a_lease"
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", test),
            *(f"--used-commands={listed}", *options),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_test_fails_when_the_product_asks_for_what_is_not_listed_until_it_is(tmp_path):
    listed = tmp_path / "used.json"
    commands = json.loads(USED.read_text())
    commands["findAndModify"]["filter"].remove("$lte")
    listed.write_text(json.dumps(commands))

    refused = run_a_test_of_the_product(listed)
    assert refused.returncode == 1
    assert "findAndModify, filter: $lte  (sent by server/store/leases.py:" in refused.stdout

    assert run_a_test_of_the_product(listed, "--record-commands").returncode == 0
    assert run_a_test_of_the_product(listed).returncode == 0
    assert read_list(listed) == LISTED
