"""Update operators compiled to functions that change a decoded document in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cmp_to_key
from itertools import pairwise
from typing import Any, cast

from .documents import (
    MISSING,
    Document,
    Value,
    add,
    as_integer,
    dollar_prefixed,
    index_of,
    is_number,
    split_path,
    type_name,
)
from .errors import MongoError, not_supported
from .keys import key
from .matcher import conditions_of, is_operators, pull_test

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
                _take(changed, parts, change, name)
        if self.is_replacement and identity is not MISSING:
            changed.setdefault("_id", identity)
        return _keep_id(changed, identity)

    def upserted(self) -> Document:
        """The document that an upsert inserts: the query's equalities, then the update."""
        found = sorted(_equalities(self._query), key=lambda pair: pair[0])
        if self.is_replacement:
            found = [pair for pair in found if pair[0].split(".")[0] == "_id"]
        base: Document = {}
        paths = [_checked(split_path(path)) for path, _ in found]
        for _, at in _conflicts(paths):
            raise MongoError(54, f"cannot infer query fields to set, path '{at}' is matched twice")
        for parts, (_, value) in zip(paths, found, strict=True):
            _take(base, parts, _set(value), "$set")
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
            stored = argument["$each"] if name == "$push" and _is_each(argument) else argument
            if name not in ("$pull", "$unset"):
                _check_names(stored)
    for path, at in _conflicts(parts for parts, *_ in steps):
        raise MongoError(40, f"Updating the path '{path}' would create a conflict at '{at}'")
    # New fields come in the order of names.
    return sorted(steps, key=lambda step: [*map(_NAME_ORDER, step[0])])


def _conflicts(paths: Iterable[Parts]) -> Iterator[tuple[str, str]]:
    """The paths that go through another one, with that one."""
    for one, other in pairwise(sorted(paths)):
        if other[: len(one)] == one:
            yield ".".join(other), ".".join(one)


def _compare_names(one: str, other: str) -> int:
    """The order of letters, but numbers by their size."""
    if len(one) != len(other) and one.isdigit() and other.isdigit():
        return len(one) - len(other)
    return (one > other) - (one < other)


_NAME_ORDER = cmp_to_key(_compare_names)


def _check_names(value: Value) -> None:
    """Updates store no operators, however deep: they would be mistakes."""
    for item in value if value.__class__ is list else ():
        _check_names(item)
    for name, item in value.items() if value.__class__ is dict else ():
        if name.startswith("$") and name not in ("$ref", "$id", "$db"):
            raise dollar_prefixed(name)
        _check_names(item)


def _checked(parts: Parts) -> Parts:
    if parts[0] == "_id" and len(parts) > 1:
        raise not_supported("a change within '_id'")
    for part in parts:
        if part == "$" or part.startswith("$["):
            raise not_supported(f"the position '{part}' in an update")
        if part.startswith("$") and part not in ("$ref", "$id", "$db"):
            raise MongoError(52, f"The dollar ($) prefixed field '{part}' is not valid here")
    return parts


def _equalities(query: Document) -> Iterator[tuple[str, Any]]:
    """The (path, value) pairs that a query demands to be equal."""
    for path, wanted in query.items():
        if path == "$and":
            for branch in wanted:
                yield from _equalities(branch)
        if path == "$or" and len(wanted) == 1:
            raise not_supported("an upsert by $or of one choice")
        for name, value in () if path.startswith("$") else conditions_of(wanted):
            if name == "$eq":
                yield path, value
            if name == "$in" and len(value) == 1:
                raise not_supported("an upsert by $in of one choice")


def _take(document: Document, parts: Parts, change: Change, operator: str) -> None:
    """Change the value at a path; but for $pull and $unset, objects are made on the way to it."""
    create, holder = operator not in ("$pull", "$unset"), cast("Any", document)
    for n, name in enumerate(parts):
        place = _place(holder, name)
        if place is None and operator != "$unset":
            raise MongoError(28, f"Cannot use the part ({name}) to traverse {holder!r}")
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


def _place(holder: Value, name: str) -> Value:
    """Where a name is in its holder: a field, an index, or None if it cannot be there."""
    if holder.__class__ is dict:
        return name
    place = index_of(name) if holder.__class__ is list else None
    if place is not None and place > len(holder):
        raise not_supported("a place beyond the end of an array")
    return place


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
    found = changed.get("_id", MISSING)
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


def _is_each(argument: Value) -> bool:
    return argument.__class__ is dict and "$each" in argument


def _push(argument: Value) -> Change:
    values, cut = [argument], None
    if _is_each(argument):
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
    gone = pull_test(argument)

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
