"""The committed table of published tests: none wrong, each refusal for a listed reason."""

import csv
from itertools import groupby

import pytest
from pymongo.errors import BulkWriteError, OperationFailure

from tests.server.embedded.suites.reasons import reason_of, refusals_in
from tests.server.embedded.suites.run import PAGE, TABLE, told
from tests.server.embedded.suites.sources import SUITES

with TABLE.open() as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_suite_was_run_and_no_answer_was_wrong():
    assert [name for name, _ in groupby(row["suite"] for row in ROWS)] == [s.name for s in SUITES]
    assert {row["result"] for row in ROWS} == {"passed", "refused", "skipped"}
    assert all(row["code"] and row["reason"] for row in ROWS if row["result"] == "refused")
    assert all(row["reason"] for row in ROWS if row["result"] == "skipped")


def test_the_page_has_the_sums_of_the_table():
    results = {name: list(rows) for name, rows in groupby(ROWS, lambda row: row["suite"])}

    assert told(results) in PAGE.read_text()


@pytest.mark.parametrize(
    ("code", "message", "refused"),
    [
        (59, "no such command: 'count'", True),
        (40415, "BSON field 'find.collation' is an unknown field.", True),
        (2, "unknown operator: $mod", True),
        (2, "Failed to apply $inc: the result is beyond 64 bits", False),
        (11000, "E11000 duplicate key error", False),
        (1, "internal error", False),
        (66, "would modify the immutable field '_id'", False),
    ],
)
def test_only_what_is_listed_counts_as_a_refusal(code, message, refused):
    assert (reason_of(code, message) is not None) is refused


def test_a_failure_is_a_refusal_only_if_it_came_from_one():
    refusal = OperationFailure("no", 59, {"code": 59, "errmsg": "no such command: 'count'"})
    told = [{"index": 0, "code": 9, "errmsg": "Unknown modifier: $mul"}]
    wrong = OperationFailure("no", 2, {"code": 2, "errmsg": "the sum is beyond 64 bits"})
    met_on_the_way = AssertionError("59 is not 11601")
    met_on_the_way.__context__ = refusal

    assert list(refusals_in(refusal)) == [(59, "the command count")]
    assert list(refusals_in(BulkWriteError({"writeErrors": told}))) == [(9, "an update operator")]
    assert list(refusals_in(met_on_the_way)) == [(59, "the command count")]
    assert list(refusals_in(wrong)) == []
    assert list(refusals_in(AssertionError("[1] is not [2]"))) == []
