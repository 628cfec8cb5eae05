"""The $group stage: values collected by key, and what is made of them at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from .documents import MISSING, Document, Value
from .errors import MongoError
from .expressions import Expression, compile_expression
from .functions import greatest, least, order, total
from .scan import Stream

FOLDS: dict[str, Callable[[list[Any]], Any]] = {
    "$sum": total,
    "$min": least,
    "$max": greatest,
}


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
                if len(values) > 200:  # The result so far stands for the values so far.
                    values[:] = [FOLDS[name](values)]
        for value, collected in groups.values():
            result: Document = {"_id": value}
            for values, (field, (name, _)) in zip(collected, accumulators.items(), strict=True):
                result[field] = FOLDS[name](values)
            yield result

    return stage


def _accumulator(value: Value) -> tuple[str, Expression]:
    if not isinstance(value, dict) or len(cast("Document", value)) != 1:
        raise MongoError(40238, "a group field needs exactly one accumulator")
    ((name, argument),) = cast("Document", value).items()
    if name not in FOLDS:
        raise MongoError(15952, f"unknown group operator '{name}'")
    return name, compile_expression(argument)
