"""Query filters compiled to closures: document in, True or False out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex

from .documents import MISSING, Document, Value, index_of, split_path, type_name, walk
from .errors import MongoError, not_supported
from .keys import is_nan, key
from .patterns import as_regex, compile_pattern

Matcher = Callable[[Document], bool]
Test = Callable[[Any], bool]
# An operator with its argument; that of `$regex` is always a Regex.
Condition = tuple[str, Any]


def is_operators(value: Value) -> bool:
    """Whether a condition is `{$gt: …}` and not a document to be equal to."""
    if value.__class__ is not dict or not value:
        return False
    first = next(iter(value))
    return first.startswith("$") and first not in ("$ref", "$id", "$db")


def conditions_of(wanted: Value) -> list[Condition]:
    """What a filter asks of one field."""
    if wanted.__class__ is Regex:
        return [("$regex", wanted)]
    if not is_operators(wanted):
        return [("$eq", wanted)]
    found = [item for item in wanted.items() if item[0] not in ("$regex", "$options")]
    if "$regex" in wanted:
        found.append(("$regex", as_regex(wanted["$regex"], wanted.get("$options"))))
    elif "$options" in wanted:
        raise MongoError(2, "$options needs a $regex")
    return found


def compile_filter(query: Value) -> Matcher:
    """Compile a query; an operator that this store does not know is refused (code 2)."""
    if not isinstance(query, dict):
        raise MongoError(14, f"the filter must be an object, found {type_name(query)}")
    return _all([_clause(name, value) for name, value in cast("Document", query).items()])


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda found: all(test(found) for test in tests)


def _clause(name: str, value: Value) -> Matcher:
    if not name.startswith("$"):
        parts = split_path(name)
        return _all([_condition(parts, *condition) for condition in conditions_of(value)])
    if name not in ("$and", "$or", "$nor"):
        raise MongoError(2, f"unknown top level operator: {name}")
    items: list[Any] = value if value.__class__ is list else []
    if not items or not all(isinstance(item, dict) for item in items):
        raise MongoError(2, f"{name} must be a nonempty array of objects")
    tests = [compile_filter(item) for item in items]
    if name == "$and":
        return _all(tests)
    return lambda document: any(test(document) for test in tests) is (name == "$or")


def _condition(parts: tuple[str, ...], name: str, argument: Value) -> Matcher:
    asked: list[Any] = argument if name == "$in" and argument.__class__ is list else [argument]
    if None in asked and any(index_of(part) is not None for part in parts):
        raise not_supported("null at a path with a number")
    if name == "$ne":
        if isinstance(argument, Regex):
            raise MongoError(2, "Can't have regex as arg to $ne.")
        equal = _on_path(parts, _equals(argument))
        return lambda document: not equal(document)
    return _on_path(parts, _test(name, argument), elements=name != "$elemMatch")


def _on_path(parts: tuple[str, ...], test: Test, elements: bool = True) -> Matcher:
    """Some value on the path passes; with `elements`, an array's elements count as well."""
    if len(parts) == 1:
        name = parts[0]

        def of_field(document: Document) -> bool:
            value = document.get(name, MISSING)
            if value.__class__ is list and elements:
                return any(map(test, value)) or test(value)
            return test(value)

        return of_field

    def on_path(document: Document) -> bool:
        for value in walk(document, parts):
            if value.__class__ is tuple:
                if test(value[0]):
                    return True
            elif test(value) or (elements and value.__class__ is list and any(map(test, value))):
                return True
        return False

    return on_path


# Tests of one value


def _test(name: str, argument: Value) -> Test:
    if name not in OPERATORS:
        raise MongoError(2, f"unknown operator: {name}")
    return OPERATORS[name](argument)


def pull_test(wanted: Value) -> Test:
    """Which elements a `$pull` takes: the equal ones, or those that a filter would match."""
    if wanted.__class__ is dict and not is_operators(wanted):
        matches = compile_filter(wanted)
        return lambda found: found.__class__ is dict and matches(found)
    if wanted.__class__ is Regex or is_operators(wanted):
        test = _clause("element", wanted)  # So that an array among the elements is opened.
        return lambda found: test({"element": found})
    return _equals(wanted)


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
    if any(isinstance(item, Regex) for item in items):
        raise not_supported("a pattern in $in")
    keys, null = {key(item) for item in items}, any(item is None for item in items)
    return lambda value: null if value is MISSING else key(value) in keys


def _compares(name: str, bound: Value) -> Test:
    """Within the bound's own type only."""
    if isinstance(bound, Regex):
        raise MongoError(2, f"Can't have RegEx as arg to predicate over field ({name})")
    if isinstance(bound, (MinKey, MaxKey)):
        raise not_supported(f"{name} of MinKey or MaxKey")
    limit = key(bound)
    below, equal = name in ("$lt", "$lte"), name in ("$gte", "$lte")
    if is_nan(bound):
        return lambda value: equal and is_nan(value)
    tag, null = limit[:1], bound is None

    def test(value: Value) -> bool:
        if value is MISSING:
            return null and equal
        found = key(value)
        if found == limit:
            return equal
        if found[:1] != tag or is_nan(value):
            return False
        return (found < limit) is below

    return test


def _exists(wanted: Value) -> Test:
    if wanted is not True:
        raise not_supported("$exists other than true")
    return lambda value: value is not MISSING


def _has_type(wanted: Value) -> Test:
    if wanted != "string":
        raise not_supported("$type other than 'string'")
    return lambda value: value.__class__ is str


def _elem_match(wanted: Value) -> Test:
    if not isinstance(wanted, dict):
        raise MongoError(2, "$elemMatch needs an Object")
    if is_operators(wanted):
        test = _all([_test(*condition) for condition in conditions_of(wanted)])
    else:
        test = _of_element(compile_filter(wanted))
    return lambda found: found.__class__ is list and any(map(test, found))


def _of_element(matches: Matcher) -> Test:
    """An array among the elements is an object, too, whose names are its places."""

    def test(found: Value) -> bool:
        if found.__class__ is list:
            found = {str(n): item for n, item in enumerate(found)}
        return found.__class__ is dict and matches(found)

    return test


COMPARISONS = {"$gt", "$gte", "$lt", "$lte"}
OPERATORS: dict[str, Callable[[Any], Test]] = {
    **{name: partial(_compares, name) for name in COMPARISONS},
    "$eq": _equals,
    "$in": _is_in,
    "$exists": _exists,
    "$type": _has_type,
    "$regex": compile_pattern,
    "$elemMatch": _elem_match,
}
