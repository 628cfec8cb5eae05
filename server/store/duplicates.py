"""Reading from a bulk write's error that some of its documents are there already."""

from __future__ import annotations

from typing import Any

from pymongo.errors import BulkWriteError

DUPLICATE_KEY = 11000


def taken_places(error: BulkWriteError) -> set[int]:
    """The places, in what was given, of documents that were there before.

    Raises the error again where it says anything else.
    """
    details: dict[str, Any] = dict(error.details)
    refused: list[dict[str, Any]] = details.get("writeErrors", [])
    if details.get("writeConcernErrors") or any(each["code"] != DUPLICATE_KEY for each in refused):
        raise error
    return {each["index"] for each in refused}
