"""The refusals that the embedded store is entitled to, by code and sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pymongo.errors import OperationFailure

# A refusal is what the page on the store lists; whatever else an answer says is judged as wrong.
_LISTED = (
    (20, "Transactions", "transactions"),
    (40573, "changeStream", "change streams"),
    (59, "no such command: 'count'", "the command count"),
    (59, "no such command: 'distinct'", "the command distinct"),
    (59, "no such command: 'dropIndexes'", "the command dropIndexes"),
    (59, "no such command|Explain failed", "another command"),
    (40415, r"collation'", "collations"),
    (238, "verbosity", "explain that runs what it explains"),
    (238, "several messages", "exhaust cursors"),
    (40415, r"'findAndModify\.(remove|fields)'", "findAndModify that removes or projects"),
    (40415, r"'create\.", "capped collections, views, time series, validators"),
    (40415, r"arrayFilters", "positions in arrays"),
    (40415, "unknown field", "an option of a command"),
    (9, "Unknown modifier", "an update operator"),
    (2, "unknown operator|unknown top level operator", "a query operator"),
    (2, "bad hint", "hints of $natural, or of an index that is not there"),
    (238, "update by a pipeline", "updates by pipelines"),
    (238, "position .* in an update", "positions in arrays"),
    (238, "the stage", "a stage of pipelines"),
    (40324, "Unrecognized pipeline stage", "a stage of pipelines"),
    (52, "not valid for storage", "top-level names that begin with $"),
    (292, "Sort exceeded", "a long sort without a limit"),
    (238, "in a projection|the projection of", "computed projections"),
    (238, "pattern", "a pattern other than a text"),
    (238, r"\$type other", "a type in $type"),
    (238, r"sort on the path '\$natural'", "a sort by $natural"),
    (168, "Unrecognized expression", "an aggregation expression"),
    (15952, "unknown group operator", "an accumulator"),
    (16020, "takes exactly", "an expression by names"),
    (17276, "undefined variable", "variables"),
    (67, "Index type", "text, geo and hashed indexes"),
    (197, "not valid for an index", "an option of an index"),
    (72, "the one parameter", "server parameters"),
    (73, "collection name has invalid type", "aggregation of a database"),
    (100, "Not enough data-bearing nodes", "a write concern of more nodes"),
    (2, "unknown fail point", "another fail point"),
    (2, "mode is 'off'", "another fail point"),
)


def reason_of(code: int, message: str) -> str | None:
    """For which listed reason the store said so; None if that is no refusal."""
    for listed, pattern, reason in _LISTED:
        if code == listed and re.search(pattern, message):
            return reason
    return None


def refusals_in(error: BaseException | None) -> Iterator[tuple[int, str]]:
    """The refusals that an exception is, or came from."""
    while error is not None:
        for code, message in _told(error):
            if (reason := reason_of(code, message)) is not None:
                yield code, reason
        error = error.__cause__ or error.__context__


def _told(error: BaseException) -> Iterator[tuple[int, str]]:
    details = getattr(error, "details", None)
    if isinstance(error, OperationFailure) and isinstance(details, Mapping):
        for each in (details, *details.get("writeErrors", ())):
            yield each.get("code", 0), str(each.get("errmsg"))


# Failures of which the refusal was swallowed on the way: a part of the test's name, of what it
# says, the code and the reason. Each was read.
_READ = (
    # It asks for a $where that takes long, and only whether its error was a timeout.
    ("test_to_list_csot_applied", "False is not true", 2, "a query operator"),
)


def read_by_hand(test: str, said: str) -> tuple[int, str] | None:
    """The refusal behind a failure that does not tell of it."""
    for name, part, code, reason in _READ:
        if name in test and part in said:
            return code, reason
    return None


def skipped_for(said: str) -> str:
    """Why a test was left out, in the words of its own suite."""
    reason = re.sub(r"\s+", " ", said.partition(": ")[2]).strip()
    if "runOnRequirements not satisfied" in reason:
        return "for other versions or topologies of servers"
    return reason
