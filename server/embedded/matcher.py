"""Query filters compiled to closures: document in, True or False out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from bson.regex import Regex

from .documents import MISSING, Document, Value, is_number, split_path, type_name, walk
from .errors import MongoError
from .leaves import Test, is_operators, leaf
from .patterns import compile_pattern

Matcher = Callable[[Document], bool]


def compile_filter(query: Value) -> Matcher:
    """Compile a query; an operator that this store does not know is refused (code 2)."""
    if not isinstance(query, dict):
        raise MongoError(14, f"the filter must be an object, found {type_name(query)}")
    tests = [_clause(name, value) for name, value in cast("Document", query).items()]
    if not tests:
        return lambda _: True
    if len(tests) == 1:
        return tests[0]
    return lambda document: all(test(document) for test in tests)


def _clause(name: str, value: Value) -> Matcher:
    if name in ("$and", "$or", "$nor"):
        return _logical(name, value)
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


def _field(parts: tuple[str, ...], condition: Value) -> Matcher:
    if condition.__class__ is Regex:
        condition = {"$regex": condition}
    if not is_operators(condition):
        return _on_path(parts, leaf("$eq", condition))
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
        positive = _on_path(parts, leaf("$eq" if name == "$ne" else "$in", value))
        return lambda document: not positive(document)
    if name == "$exists":
        wanted = _truth(value)
        return lambda document: (
            any(found is not MISSING for found in walk(document, parts)) is wanted
        )
    if name == "$regex":
        return _on_path(parts, compile_pattern(value, condition.get("$options", "")))
    if name == "$elemMatch":
        return _on_path(parts, _elem_match(value), elements=False)
    return _on_path(parts, leaf(name, value))


def _truth(value: Value) -> bool:
    return value is not None and value is not False and not (is_number(value) and value == 0)


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
            tests.append(compile_pattern(value, condition.get("$options", "")))
        elif name == "$exists":
            wanted = _truth(value)
            tests.append(lambda _, wanted=wanted: wanted)
        elif name == "$elemMatch":
            tests.append(_elem_match(value))
        elif name != "$options":
            tests.append(leaf(name, value))
    return lambda found: all(test(found) for test in tests)


def _negated(test: Test) -> Test:
    return lambda found: not test(found)
