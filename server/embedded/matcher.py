"""Query filters compiled to closures: document in, True or False out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex

from .documents import (
    INT64_MAX,
    INT64_MIN,
    MISSING,
    Document,
    Value,
    as_integer,
    is_number,
    split_path,
    type_name,
    walk,
)
from .errors import MongoError, not_supported
from .keys import is_nan, key

Matcher = Callable[[Document], bool]
Test = Callable[[Any], bool]

_COMPARISONS = {"$gt", "$gte", "$lt", "$lte"}
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


def compile_filter(query: Value) -> Matcher:
    """Compile a query; an operator that this store does not know is refused (code 2)."""
    if not isinstance(query, dict):
        raise MongoError(14, f"the filter must be an object, found {type_name(query)}")
    tests = [_clause(name, value) for name, value in cast("Document", query).items()]
    tests = [test for test in tests if test is not None]
    if not tests:
        return lambda _: True
    if len(tests) == 1:
        return tests[0]
    return lambda document: all(test(document) for test in tests)


def _clause(name: str, value: Value) -> Matcher | None:
    if name == "$comment":
        return None
    if name in ("$and", "$or", "$nor"):
        return _logical(name, value)
    if name == "$expr":
        from .expressions import compile_expression, truthy

        expression = compile_expression(value)
        return lambda document: truthy(expression(document))
    if name.startswith("$"):
        raise MongoError(2, f"unknown top level operator: {name}")
    return _field(split_path(name), value)


def _logical(name: str, value: Value) -> Matcher:
    if not isinstance(value, list) or not value:
        raise MongoError(2, f"{name} must be a nonempty array")
    tests = [compile_filter(item) for item in cast("list[Any]", value)]
    if name == "$and":
        return lambda document: all(test(document) for test in tests)
    if name == "$or":
        return lambda document: any(test(document) for test in tests)
    return lambda document: not any(test(document) for test in tests)


def is_operators(value: Value) -> bool:
    """Whether a condition is `{$gt: …}` and not a document to be equal to."""
    if value.__class__ is not dict or not value:
        return False
    first = next(iter(value))
    return first.startswith("$") and first not in ("$ref", "$id", "$db")


def _field(parts: tuple[str, ...], condition: Value) -> Matcher:
    if condition.__class__ is Regex:
        condition = {"$regex": condition}
    if not is_operators(condition):
        return _on_path(parts, *_leaf("$eq", condition))
    tests = [_operator(parts, name, condition) for name in condition if name != "$options"]
    if "$options" in condition and "$regex" not in condition:
        raise MongoError(2, "$options needs a $regex")
    if len(tests) == 1:
        return tests[0]
    return lambda document: all(test(document) for test in tests)


def _operator(parts: tuple[str, ...], name: str, condition: Document) -> Matcher:
    value = condition[name]
    if name == "$not":
        if value.__class__ is Regex:
            value = {"$regex": value}
        if not is_operators(value):
            raise MongoError(2, "$not needs a regex or a document of operators")
        inner = _field(parts, value)
        return lambda document: not inner(document)
    if name in ("$ne", "$nin"):
        if name == "$ne" and isinstance(value, Regex):
            raise MongoError(2, "Can't have regex as arg to $ne.")
        positive = _on_path(parts, *_leaf("$eq" if name == "$ne" else "$in", value))
        return lambda document: not positive(document)
    if name == "$exists":
        wanted = _truth(value)
        return lambda document: (
            any(found is not MISSING for found in walk(document, parts)) is wanted
        )
    if name == "$all":
        return _all(parts, value)
    if name == "$regex":
        return _on_path(parts, _regex_test(value, condition.get("$options", "")), True)
    return _on_path(parts, *_leaf(name, value))


def _truth(value: Value) -> bool:
    return value is not None and value is not False and not (is_number(value) and value == 0)


def _on_path(parts: tuple[str, ...], test: Test, elements: bool) -> Matcher:
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


def _leaf(name: str, value: Value) -> tuple[Test, bool]:
    """The test of one operator, and whether it looks at an array's elements too."""
    if name == "$eq":
        return _equals(value), True
    if name == "$in":
        return _is_in(value), True
    if name in _COMPARISONS:
        return _compares(name, value), True
    if name == "$type":
        return _has_type(value), True
    if name == "$mod":
        return _modulo(value), True
    if name == "$size":
        size = as_integer(value, "$size")
        if size < 0:
            raise MongoError(2, "$size may not be negative")
        return (lambda found: found.__class__ is list and len(found) == size), False
    if name == "$elemMatch":
        return _elem_match(value), False
    raise MongoError(2, f"unknown operator: {name}")


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
    patterns = [_regex_test(item, "") for item in items if isinstance(item, Regex)]
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


def _modulo(value: Value) -> Test:
    if not isinstance(value, list) or len(cast("list[Any]", value)) != 2:
        raise MongoError(2, "malformed mod, needs a divisor and a remainder")
    divisor, remainder = (as_integer(item, "$mod") for item in cast("list[Any]", value))
    if divisor == 0:
        raise MongoError(2, "divisor cannot be 0")

    def test(found: Value) -> bool:
        if not is_number(found):
            return False
        number = found.to_decimal() if found.__class__ is Decimal128 else found
        if number != number or not INT64_MIN <= number <= INT64_MAX:
            return False
        whole = int(number)
        return (abs(whole) % abs(divisor)) * (1 if whole >= 0 else -1) == remainder

    return test


def _all(parts: tuple[str, ...], value: Value) -> Matcher:
    if not isinstance(value, list):
        raise MongoError(2, "$all needs an array")
    items = cast("list[Any]", value)
    if any(is_operators(item) and "$elemMatch" not in item for item in items):
        raise MongoError(2, "no $ expressions in $all")
    tests = [_field(parts, item) for item in items]
    if not tests:
        return lambda _: False
    return lambda document: all(test(document) for test in tests)


def _elem_match(value: Value) -> Test:
    if not isinstance(value, dict):
        raise MongoError(2, "$elemMatch needs an Object")
    condition = cast("Document", value)
    logical = next(iter(condition), "") in ("$and", "$or", "$nor")
    if is_operators(condition) and not logical:
        on_item = element_test(condition)
        return lambda found: found.__class__ is list and any(map(on_item, found))
    on_object = compile_filter(condition)
    return lambda found: (
        found.__class__ is list
        and any(item.__class__ is dict and on_object(item) for item in found)
    )


def element_test(condition: Document) -> Test:
    """Operators on a value itself: an array among the elements counts as a whole."""
    tests: list[Test] = []
    for name, value in condition.items():
        if name in ("$not", "$ne", "$nin"):
            positive = {"$not": value, "$ne": {"$eq": value}, "$nin": {"$in": value}}[name]
            if not is_operators(positive):
                positive = {"$regex": positive}
            tests.append(_negated(element_test(positive)))
        elif name == "$regex":
            tests.append(_regex_test(value, condition.get("$options", "")))
        elif name == "$exists":
            wanted = _truth(value)
            tests.append(lambda _, wanted=wanted: wanted)
        elif name != "$options":
            tests.append(_leaf(name, value)[0])
    return lambda found: all(test(found) for test in tests)


def _negated(test: Test) -> Test:
    return lambda found: not test(found)


_REGEX_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def regex_source(value: Value, options: Value) -> tuple[str, str]:
    """The pattern and the option letters of a `$regex`, which may be a Regex or a string."""
    if isinstance(value, Regex):
        pattern = cast("Regex[Any]", value)
        bits = (("i", re.I), ("m", re.M), ("s", re.S), ("x", re.X), ("l", re.L), ("u", re.U))
        letters = "".join(letter for letter, bit in bits if pattern.flags & bit and letter != "u")
        value, options = pattern.pattern, options or letters
    if isinstance(value, bytes):
        value = value.decode()
    if not isinstance(value, str) or not isinstance(options, str):
        raise MongoError(2, "$regex and $options have to be strings")
    return value, options


def _regex_test(value: Value, options: Value) -> Test:
    pattern, letters = regex_source(value, options)
    flags = 0
    for letter in letters:
        if letter not in _REGEX_FLAGS:
            raise MongoError(51108, f"invalid flag in regex options: {letter}")
        flags |= _REGEX_FLAGS[letter]
    if "[[:" in pattern or "\x00" in pattern:
        raise not_supported("this regular expression")
    try:
        search = re.compile(pattern, flags).search
    except (re.error, OverflowError, RecursionError) as error:
        raise MongoError(51091, f"Regular expression is invalid: {error}") from error
    same = key(value) if isinstance(value, Regex) else None

    def test(found: Value) -> bool:
        if found.__class__ is str:
            return search(found) is not None
        return same is not None and found.__class__ is Regex and key(found) == same

    return test
