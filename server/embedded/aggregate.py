"""Aggregation stages compiled to functions of streams of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from .documents import Document, Value, as_integer
from .errors import MongoError, not_supported
from .groups import group
from .indexes import parse_pattern, sort_key
from .matcher import compile_filter
from .scan import Stream, limited, sorted_stream

Documents = Stream[Document]
Stage = Callable[[Documents], Documents]

# What MongoDB has too, and what nobody here asks for.
_REFUSED = {
    *("$addFields", "$bucket", "$bucketAuto", "$count", "$facet", "$graphLookup", "$lookup"),
    *("$merge", "$out", "$project", "$redact", "$replaceRoot", "$replaceWith", "$sample", "$set"),
    *("$setWindowFields", "$sortByCount", "$unionWith", "$unset", "$unwind"),
}


def compile_pipeline(stages: list[Any]) -> list[Stage]:
    """Compile stages in order; an unknown stage is refused (code 40324)."""
    compiled: list[Stage] = []
    for n, (name, argument) in enumerate(map(_named, stages)):
        if name == "$sort":
            follower = _named(stages[n + 1]) if n + 1 < len(stages) else ("", None)
            compiled.append(_sort(argument, follower))
        elif name in STAGES:
            compiled.append(STAGES[name](argument))
        elif name == "$changeStream":
            raise MongoError(40573, "The $changeStream stage is not supported by this store")
        elif name in _REFUSED:
            raise not_supported(f"the stage {name}")
        else:
            raise MongoError(40324, f"Unrecognized pipeline stage name: '{name}'")
    return compiled


def _named(stage: Value) -> tuple[str, Any]:
    if not isinstance(stage, dict) or len(cast("Document", stage)) != 1:
        raise MongoError(40323, "A pipeline stage specification object has exactly one field")
    ((name, argument),) = cast("Document", stage).items()
    return name, argument


def _match(argument: Value) -> Stage:
    matches = compile_filter(argument)

    def stage(documents: Documents) -> Documents:
        for document in documents:
            if document is None or matches(document):
                yield document

    return stage


def _sort(argument: Value, follower: tuple[str, Any]) -> Stage:
    fields = parse_pattern(argument, "$sort")
    if not fields:
        raise MongoError(15976, "$sort stage must have at least one sort key")
    by = sort_key(fields)
    limit = as_integer(follower[1], "$limit") if follower[0] == "$limit" else None
    return lambda documents: sorted_stream(documents, by, limit)


def _limit(argument: Value) -> Stage:
    limit = as_integer(argument, "$limit")
    if limit <= 0:
        raise MongoError(15958, "the limit must be positive")
    return lambda documents: limited(documents, 0, limit)


def _skip(argument: Value) -> Stage:
    skip = as_integer(argument, "$skip")
    if skip < 0:
        raise MongoError(5107200, "invalid argument to $skip stage: it must not be negative")
    return lambda documents: limited(documents, skip, None)


STAGES: dict[str, Callable[[Any], Stage]] = {
    "$match": _match,
    "$sort": lambda argument: _sort(argument, ("", None)),
    "$limit": _limit,
    "$skip": _skip,
    "$group": group,
}


def run_pipeline(documents: Iterator[Document | None], stages: list[Stage]) -> Documents:
    for stage in stages:
        documents = stage(documents)
    return documents
