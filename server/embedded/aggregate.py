"""Aggregation stages compiled to functions of streams of documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from .documents import MISSING, Document, Value, add, as_integer, is_number
from .errors import MongoError, not_supported
from .expressions import Expression, compile_expression, order
from .matcher import compile_filter
from .scan import Stream, limited

Documents = Stream[Document]
Stage = Callable[[Documents], Documents]

# What MongoDB has too, and what nobody here asks for.
_REFUSED = {
    *("$addFields", "$bucket", "$bucketAuto", "$count", "$facet", "$graphLookup", "$lookup"),
    *("$merge", "$out", "$project", "$redact", "$replaceRoot", "$replaceWith", "$sample", "$set"),
    *("$setWindowFields", "$skip", "$sort", "$sortByCount", "$unionWith", "$unset", "$unwind"),
}


def compile_stage(stage: Value) -> Stage:
    """Compile a stage; an unknown one is refused (code 40324)."""
    name, argument = single(stage, 40323, "A pipeline stage has exactly one field")
    if name in STAGES:
        return STAGES[name](argument)
    if name == "$changeStream":
        raise MongoError(40573, "The $changeStream stage is not supported by this store")
    if name in _REFUSED:
        raise not_supported(f"the stage {name}")
    raise MongoError(40324, f"Unrecognized pipeline stage name: '{name}'")


def single(value: Value, code: int, message: str) -> tuple[str, Any]:
    """The name and the value of an object's only field."""
    if not isinstance(value, dict) or len(cast("Document", value)) != 1:
        raise MongoError(code, message)
    return next(iter(cast("Document", value).items()))


def _match(argument: Value) -> Stage:
    matches = compile_filter(argument)
    return lambda documents: (
        document if document is not None and matches(document) else None for document in documents
    )


def _limit(argument: Value) -> Stage:
    limit = as_integer(argument, "$limit")
    if limit <= 0:
        raise MongoError(15958, "the limit must be positive")
    return lambda documents: limited(documents, 0, limit)


def _group(argument: Value) -> Stage:
    if not isinstance(argument, dict) or "_id" not in argument:
        raise MongoError(15955, "a group specification must include an _id")
    fields = cast("Document", argument)
    if any("." in name or name.startswith("$") for name in fields):
        raise MongoError(40235, "the names of a group's fields have no '.', nor '$' at their start")
    identity = compile_expression(fields["_id"])
    folds = {name: _fold(value) for name, value in fields.items() if name != "_id"}

    def stage(documents: Documents) -> Documents:
        groups: dict[bytes, Document] = {}
        for document in documents:
            if document is None:
                yield None
                continue
            value = identity(document)
            value = None if value is MISSING else value
            found = groups.get(identified := order(value))
            if found is None:
                found = groups[identified] = {"_id": value}
            for name, (fold, first, expression) in folds.items():
                found[name] = fold(found.get(name, first), expression(document))
        yield from groups.values()

    return stage


def _fold(value: Value) -> tuple[Callable[[Any, Any], Any], Any, Expression]:
    name, argument = single(value, 40238, "a group field needs exactly one accumulator")
    if name not in FOLDS:
        raise MongoError(15952, f"unknown group operator '{name}'")
    if argument.__class__ is list:
        raise MongoError(40237, f"The {name} accumulator is a unary operator")
    return (*FOLDS[name], compile_expression(argument))


def _sum(total: Value, value: Value) -> Value:
    """MongoDB sums doubles with more digits than they have; so whole numbers only."""
    if value.__class__ is float:
        raise not_supported("a sum of doubles")
    return add(total, value) if is_number(value) else total


def _min(least: Value, value: Value) -> Value:
    if value is None or value is MISSING:
        return least
    return value if least is None or order(value) < order(least) else least


STAGES: dict[str, Callable[[Any], Stage]] = {"$match": _match, "$limit": _limit, "$group": _group}
# With the result of a group without a value.
FOLDS: dict[str, tuple[Callable[[Any, Any], Any], Any]] = {"$sum": (_sum, 0), "$min": (_min, None)}
