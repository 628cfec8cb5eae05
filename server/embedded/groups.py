"""The $group stage: values collected by key, and what is made of them at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from .documents import MISSING, Document, Value
from .errors import MongoError
from .expressions import Expression, compile_expression
from .functions import average, greatest, least, order, total
from .keys import key
from .scan import Stream


def _first(values: list[Any]) -> Value:
    return None if not values or values[0] is MISSING else values[0]


def _last(values: list[Any]) -> Value:
    return None if not values or values[-1] is MISSING else values[-1]


def _pushed(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not MISSING]


def _distinct(values: list[Any]) -> list[Any]:
    return list({key(value): value for value in values if value is not MISSING}.values())


_FOLDS: dict[str, Callable[[list[Any]], Any]] = {
    "$sum": total,
    "$avg": average,
    "$min": least,
    "$max": greatest,
    "$first": _first,
    "$last": _last,
    "$push": _pushed,
    "$addToSet": _distinct,
}
# Folds whose result so far can stand for the values so far: their groups stay small.
_SHRINKING = {"$sum", "$min", "$max", "$first", "$last", "$addToSet"}


def group(argument: Value) -> Callable[[Stream[Document]], Stream[Document]]:
    """Compile a $group stage."""
    if not isinstance(argument, dict) or "_id" not in argument:
        raise MongoError(15955, "a group specification must include an _id")
    fields = cast("Document", argument)
    identity = compile_expression(fields["_id"])
    accumulators = {name: _accumulator(v) for name, v in fields.items() if name != "_id"}

    def stage(documents: Stream[Document]) -> Stream[Document]:
        groups: dict[bytes, tuple[Any, list[list[Any]]]] = {}
        for document in documents:
            if document is None:
                yield None
                continue
            value = identity(document)
            entry = groups.get(found := order(value))
            if entry is None:
                shown = None if value is MISSING else value
                entry = groups[found] = (shown, [[] for _ in accumulators])
            for values, (name, expression) in zip(entry[1], accumulators.values(), strict=True):
                values.append(expression(document))
                if len(values) > 200 and name in _SHRINKING:
                    folded = _FOLDS[name](values)
                    values[:] = folded if name == "$addToSet" else [folded]
        for value, collected in groups.values():
            result: Document = {"_id": value}
            for values, (field, (name, _)) in zip(collected, accumulators.items(), strict=True):
                result[field] = _FOLDS[name](values)
            yield result

    return stage


def _accumulator(value: Value) -> tuple[str, Expression]:
    if not isinstance(value, dict) or len(cast("Document", value)) != 1:
        raise MongoError(40238, "a group field needs exactly one accumulator")
    ((name, argument),) = cast("Document", value).items()
    if name == "$count":
        if argument != {}:
            raise MongoError(9, "$count takes no arguments, i.e. $count:{}")
        name, argument = "$sum", 1
    if name not in _FOLDS:
        raise MongoError(15952, f"unknown group operator '{name}'")
    return name, compile_expression(argument)
