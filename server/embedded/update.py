"""Update operators compiled to functions that change a decoded document in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, cast

from .documents import MISSING, Document, Value, add, as_integer, is_number, split_path, type_name
from .errors import MongoError, not_supported
from .keys import key
from .matcher import element_test, is_operators
from .planner import conjuncts

Parts = tuple[str, ...]
# The new value of the old one; MISSING as a result leaves the field as it is.
Change = Callable[[Any], Any]
# As a result: take the field away.
_GONE = object()


class Update:
    """A compiled update; `query` tells what an upsert begins with."""

    def __init__(self, spec: Value, query: Document) -> None:
        if isinstance(spec, list):
            raise not_supported("an update by a pipeline")
        if not isinstance(spec, dict):
            raise MongoError(9, "an update is a document")
        self._query = query
        self._spec = cast("Document", spec)
        self.is_replacement = not is_operators(spec)
        self._steps = [] if self.is_replacement else _compile(self._spec)

    def apply(self, document: Document, inserting: bool = False) -> Document:
        """The changed document; the given one may be changed on the way."""
        identity = document.get("_id", MISSING)
        changed = dict(self._spec) if self.is_replacement else document
        for parts, name, change in self._steps:
            if inserting or name != "$setOnInsert":
                _take(changed, parts, change, create=name not in ("$pull", "$unset"))
        return _keep_id(changed, identity)

    def upserted(self) -> Document:
        """The document that an upsert inserts: the query's equalities, then the update."""
        base: Document = {}
        for path, value in _equalities(self._query):
            if path == "_id" or not self.is_replacement:
                _take(base, split_path(path), _set(value), create=True)
        return self.apply(base, inserting=True)


def _compile(spec: Document) -> list[tuple[Parts, str, Change]]:
    steps: list[tuple[Parts, str, Change]] = []
    for name, fields in spec.items():
        if not name.startswith("$"):
            raise MongoError(52, f"update operators and fields may not be mixed: '{name}'")
        if name not in OPERATORS:
            raise MongoError(9, f"Unknown modifier: {name}")
        if not isinstance(fields, dict):
            raise MongoError(9, f"Modifiers operate on fields but {name} has none")
        for path, argument in cast("Document", fields).items():
            steps.append((_checked(split_path(path)), name, OPERATORS[name](argument)))
    steps.sort(key=lambda step: step[0])  # New fields come in the order of names.
    for (one, *_), (other, *_) in pairwise(steps):
        if other[: len(one)] == one:
            path = ".".join(other)
            raise MongoError(40, f"Updating the path '{path}' would create a conflict at '{path}'")
    return steps


def _checked(parts: Parts) -> Parts:
    for part in parts:
        if part == "$" or part.startswith("$["):
            raise not_supported(f"the position '{part}' in an update")
        if part.startswith("$") and part not in ("$ref", "$id", "$db"):
            raise MongoError(52, f"The dollar ($) prefixed field '{part}' is not valid here")
    return parts


def _equalities(query: Document) -> Iterator[tuple[str, Any]]:
    """The (path, value) pairs that a query demands to be equal."""
    for path, conditions in conjuncts(query).items():
        for name, value in conditions:
            if name == "$eq":
                yield path, value
            elif name == "$in" and len(value) == 1:
                yield path, value[0]


def _take(document: Document, parts: Parts, change: Change, create: bool) -> None:
    """Change the value at a path; with `create`, objects are made on the way to it."""
    holder: Any = document
    for n, name in enumerate(parts):
        place = _place(holder, name, create)
        if place is None:
            return
        there = place in holder if holder.__class__ is dict else place < len(holder)
        if n == len(parts) - 1:
            changed = change(holder[place] if there else MISSING)
            if changed is not MISSING:
                _put(holder, place, changed)
        elif there or create:
            if not there:
                _put(holder, place, {})
            holder = holder[place]
        else:
            return


def _place(holder: Value, name: str, create: bool) -> Value:
    """Where a name is in its holder: a field, an index, or None if it cannot be there."""
    if holder.__class__ is dict:
        return name
    if holder.__class__ is list and name.isascii() and name.isdigit():
        if int(name) > len(holder):
            raise not_supported("a place beyond the end of an array")
        return int(name)
    if create:
        raise MongoError(28, f"Cannot create field '{name}' in element {holder!r}")
    return None


def _put(holder: Value, place: Value, value: Value) -> None:
    if holder.__class__ is list and place == len(holder):
        holder.append(value)
    elif value is not _GONE:
        holder[place] = value
    elif holder.__class__ is dict:
        del holder[place]
    else:
        holder[place] = None


def _keep_id(changed: Document, identity: Value) -> Document:
    if identity is MISSING:
        return changed
    found = changed.get("_id", identity)
    if found.__class__ is not identity.__class__ or key(found) != key(identity):
        raise MongoError(
            66, "Performing an update on the path '_id' would modify the immutable field '_id'"
        )
    if next(iter(changed), None) == "_id":
        return changed
    return {"_id": identity, **changed}


# What each operator makes of the value it finds


def _set(argument: Value) -> Change:
    return lambda _: argument


def _unset(_: Value) -> Change:
    return lambda current: MISSING if current is MISSING else _GONE


def _inc(argument: Value) -> Change:
    if not is_number(argument):
        raise MongoError(14, f"Cannot increment with non-numeric argument: {argument!r}")

    def change(current: Value) -> Value:
        if current is MISSING:
            return argument
        if not is_number(current):
            kind = type_name(current)
            raise MongoError(14, f"Cannot apply $inc to a value of non-numeric type {kind}")
        return add(current, argument)

    return change


def _max(argument: Value) -> Change:
    wanted = key(argument)
    return lambda current: argument if current is MISSING or wanted > key(current) else MISSING


def _items(current: Value, name: str) -> list[Any]:
    if current.__class__ is not list:
        raise MongoError(2, f"Cannot apply {name} to a field of type {type_name(current)}")
    return current


def _push(argument: Value) -> Change:
    values, cut = [argument], None
    if argument.__class__ is dict and "$each" in argument:
        for modifier in argument.keys() - {"$each", "$slice"}:
            if modifier not in ("$sort", "$position"):
                raise MongoError(2, f"Unrecognized clause in $push: {modifier}")
            raise not_supported(f"{modifier} in $push")
        values = argument["$each"]
        if values.__class__ is not list:
            raise MongoError(2, "The argument to $each in $push must be an array")
        cut = as_integer(argument["$slice"], "$slice") if "$slice" in argument else None

    def change(current: Value) -> Value:
        items = [] if current is MISSING else _items(current, "$push")
        items = [*items, *values]
        if cut is not None:
            items = items[:cut] if cut >= 0 else items[cut:]
        return items

    return change


def _pull(argument: Value) -> Change:
    gone = element_test(argument)

    def change(current: Value) -> Value:
        if current is MISSING:
            return MISSING
        return [item for item in _items(current, "$pull") if not gone(item)]

    return change


OPERATORS: dict[str, Callable[[Any], Change]] = {
    "$set": _set,
    "$setOnInsert": _set,
    "$unset": _unset,
    "$inc": _inc,
    "$max": _max,
    "$push": _push,
    "$pull": _pull,
}
