"""The test of one query operator on one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex

from .documents import MISSING, Value, as_integer, is_number, type_name
from .errors import MongoError
from .keys import is_nan, key
from .patterns import compile_pattern

Test = Callable[[Any], bool]

COMPARISONS = {"$gt", "$gte", "$lt", "$lte"}
_TYPE_CODES = {
    1: "double",
    2: "string",
    3: "object",
    4: "array",
    5: "binData",
    7: "objectId",
    8: "bool",
    9: "date",
    10: "null",
    11: "regex",
    13: "javascript",
    16: "int",
    17: "timestamp",
    18: "long",
    19: "decimal",
    -1: "minKey",
    127: "maxKey",
}
_NUMBER_TYPES = {"int", "long", "double", "decimal"}


def is_operators(value: Value) -> bool:
    """Whether a condition is `{$gt: …}` and not a document to be equal to."""
    if value.__class__ is not dict or not value:
        return False
    first = next(iter(value))
    return first.startswith("$") and first not in ("$ref", "$id", "$db")


def leaf(name: str, value: Value) -> Test:
    """Compile one operator; one that is not known is refused (code 2)."""
    if name in COMPARISONS:
        return _compares(name, value)
    build = OTHERS.get(name)
    if build is None:
        raise MongoError(2, f"unknown operator: {name}")
    return build(value)


def _equals(wanted: Value) -> Test:
    if wanted is None:
        return lambda value: value is None or value is MISSING
    if wanted.__class__ is str or wanted.__class__ is bool:
        kind = wanted.__class__
        return lambda value: value.__class__ is kind and value == wanted
    wanted_key = key(wanted)
    return lambda value: value is not MISSING and key(value) == wanted_key


def _is_in(wanted: Value) -> Test:
    if not isinstance(wanted, list):
        raise MongoError(2, "$in needs an array")
    items = cast("list[Any]", wanted)
    if any(is_operators(item) for item in items):
        raise MongoError(2, "cannot nest $ under $in")
    patterns = [compile_pattern(item, "") for item in items if isinstance(item, Regex)]
    keys = {key(item) for item in items}
    null = any(item is None for item in items)

    def test(value: Value) -> bool:
        if value is MISSING:
            return null
        return key(value) in keys or any(pattern(value) for pattern in patterns)

    return test


def _compares(name: str, bound: Value) -> Test:
    """Within the bound's own type only, save for MinKey and MaxKey."""
    if isinstance(bound, Regex):
        raise MongoError(2, f"Can't have RegEx as arg to predicate over field ({name})")
    limit = key(bound)
    below, equal = name in ("$lt", "$lte"), name in ("$gte", "$lte")
    if is_nan(bound):
        return lambda value: equal and is_nan(value)
    anything = isinstance(bound, (MinKey, MaxKey))
    tag, null = limit[:1], bound is None

    def test(value: Value) -> bool:
        if value is MISSING:
            return null and equal
        found = key(value)
        if found == limit:
            return equal
        if (found[:1] != tag and not anything) or is_nan(value):
            return False
        return (found < limit) is below

    return test


def _has_type(value: Value) -> Test:
    wanted: set[str] = set()
    for item in cast("list[Any]", value) if isinstance(value, list) else [value]:
        name = _TYPE_CODES.get(as_integer(item, "$type"), "") if is_number(item) else item
        if name == "number":
            wanted |= _NUMBER_TYPES
        elif name in _TYPE_CODES.values():
            wanted.add(name)
        else:
            raise MongoError(2, f"Unknown type name alias or code: {item}")
    return lambda found: type_name(found) in wanted


OTHERS: dict[str, Callable[[Any], Test]] = {
    "$eq": _equals,
    "$in": _is_in,
    "$type": _has_type,
}
