"""What a command asks of a store, without what it is about: names of operators, no values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bson.regex import Regex

Shape = tuple[str, str, str]
"""The command, the part of it, and what that part uses: `("find", "filter", "$gt")`."""
Named = Iterator[tuple[str, str]]

# What drivers add by themselves, depending on the server they found.
_ENVELOPE = {"$db", "lsid", "$clusterTime", "txnNumber", "$readPreference"}
_LOGICAL = {"$and", "$or", "$nor"}


def shapes_of(command: Mapping[str, Any]) -> set[Shape]:
    """The shapes of one command as PyMongo sends it."""
    name = next(iter(command))
    return {(name, part, used) for part, used in _command(command)} or {(name, "fields", "none")}


def _command(command: Mapping[str, Any]) -> Named:
    for name, value in list(command.items())[1:]:
        if name in _ENVELOPE:
            continue
        yield "fields", name
        if name in _PARTS:
            yield from _PARTS[name](value)


def _concern(part: str, concern: Mapping[str, Any]) -> Named:
    """Levels are names, and matter; times do not."""
    for name, value in concern.items():
        yield part, f"{name}: {value}" if name in ("level", "w") else name


def _statements(statements: Any) -> Named:
    for statement in statements:
        for name, value in statement.items():
            yield "fields", f"a statement's {name}"
            if name in _PARTS:
                yield from _PARTS[name](value)


def _path(part: str, path: str) -> Named:
    for name in path.split(".")[1:]:
        named = "a path with "
        if name == "$" or name == "$[]":
            yield part, named + name
        elif name.startswith("$["):
            yield part, named + "$[name]"
        else:
            yield part, named + ("a number" if name.isdigit() else "dots")


def _filter(query: Any, part: str = "filter") -> Named:
    for name, value in query.items():
        if name in _LOGICAL:
            yield part, name
            for branch in value:
                yield from _filter(branch, part)
        elif name == "$expr":
            yield part, name
            yield from _expression(value)
        elif name.startswith("$"):
            yield part, name
        else:
            yield from _path(part, name)
            yield from _condition(value, part)


def _condition(value: Any, part: str) -> Named:
    """What is asked of a field."""
    if not _is_operators(value):
        yield part, f"equality to {_kind(value)}"
        return
    for name, operand in value.items():
        yield from _operator(name, operand, part)


def _operator(name: str, operand: Any, part: str) -> Named:
    if name == "$exists":
        yield part, f"$exists: {str(bool(operand)).lower()}"
    elif name in ("$eq", "$ne"):
        yield part, f"{name} {_kind(operand)}"
    elif name in ("$in", "$nin", "$all"):
        yield part, name
        for item in operand:
            if _kind(item) != "a value":
                yield part, f"{name} {_kind(item)}"
    else:
        yield part, name
        if name == "$not":
            yield from _condition(operand, part)
        elif name == "$elemMatch":
            yield from (
                _condition(operand, part) if _is_operators(operand) else _filter(operand, part)
            )


def _is_operators(value: Any) -> bool:
    return isinstance(value, Mapping) and next(iter(value), "").startswith("$")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "a document"
    if isinstance(value, list):
        return "an array"
    return "a pattern" if isinstance(value, re.Pattern | Regex) else "a value"


def _update(update: Any) -> Named:
    if isinstance(update, list):
        yield "update", "a pipeline"
        yield from _pipeline(update)
        return
    if not _is_operators(update):
        yield "update", "a replacement"
        return
    for name, fields in update.items():
        yield "update", name
        for path, value in fields.items():
            yield from _path("update", path)
            if _is_operators(value) and name in ("$push", "$addToSet"):
                yield from (("update", f"{name} {modifier}") for modifier in value)
            elif isinstance(value, Mapping) and name == "$pull":
                yield "update", "$pull by a condition"
                yield from (_condition if _is_operators(value) else _filter)(value, "filter")


def _pipeline(stages: Any) -> Named:
    for stage in stages:
        ((name, argument),) = stage.items()
        yield "stages", name
        if name in _STAGES:
            yield from _STAGES[name](argument)
        elif isinstance(argument, Mapping):
            yield from (("stages", f"{name} {option}") for option in argument)


def _group(argument: Any) -> Named:
    for name, value in argument.items():
        if name == "_id":
            yield from _expression(value)
            continue
        for accumulator, operand in value.items():
            yield "accumulators", accumulator
            yield from _expression(operand)


def _fields(argument: Any) -> Named:
    for path, value in argument.items():
        yield from _path("stages", path)
        yield from _expression(value)


def _expression(value: Any) -> Named:
    if isinstance(value, str) and value.startswith("$"):
        yield "expressions", value if value.startswith("$$") else "a field's path"
    elif isinstance(value, list):
        for item in value:
            yield from _expression(item)
    elif isinstance(value, Mapping):
        for name, operand in value.items():
            if name.startswith("$"):
                yield "expressions", name
            if name != "$literal":
                yield from _expression(operand)


def _projection(projection: Any) -> Named:
    for path, value in projection.items():
        yield from _path("projection", path)
        if isinstance(value, bool | int | float):
            yield "projection", "inclusion" if value else "exclusion"
        elif isinstance(value, Mapping) and next(iter(value), "") in ("$slice", "$elemMatch"):
            yield "projection", next(iter(value))
        else:
            yield "projection", "a computed field"
            yield from _expression(value)


def _order(part: str, fields: Mapping[str, Any]) -> Named:
    if len(fields) > 1:
        yield part, "several fields"
    for path, direction in fields.items():
        if path == "$natural" or isinstance(direction, str | Mapping):
            yield part, path if path == "$natural" else str(direction)
            continue
        yield from _path(part, path)
        yield part, "ascending" if direction > 0 else "descending"


def _indexes(indexes: Any) -> Named:
    for spec in indexes:
        for name, value in spec.items():
            yield "index", f"the option {name}"
            if name == "key":
                yield from _order("index", value)
            elif name == "partialFilterExpression":
                yield from _filter(value, "index filter")


_STAGES: dict[str, Any] = {
    "$match": _filter,
    "$group": _group,
    "$set": _fields,
    "$addFields": _fields,
    "$project": _projection,
    "$sort": lambda fields: _order("sort", fields),
    "$replaceWith": _expression,
    "$replaceRoot": lambda argument: _expression(argument["newRoot"]),
    "$limit": lambda _: (),
    "$skip": lambda _: (),
}
_PARTS: dict[str, Any] = {
    "filter": _filter,
    "query": _filter,
    "q": _filter,
    "u": _update,
    "update": _update,
    "updates": _statements,
    "deletes": _statements,
    "pipeline": _pipeline,
    "sort": lambda fields: _order("sort", fields),
    "projection": _projection,
    "fields": _projection,
    "arrayFilters": lambda filters: (named for each in filters for named in _filter(each)),
    "indexes": _indexes,
    "readConcern": lambda concern: _concern("read concern", concern),
    "writeConcern": lambda concern: _concern("write concern", concern),
}
