"""Aggregation expressions compiled to closures: document in, value (or MISSING) out."""

from __future__ import annotations

from collections.abc import Callable

from .documents import MISSING, Document, Value, is_number, split_path
from .errors import MongoError, not_supported
from .keys import UNDEFINED, key

Expression = Callable[[Document], Value]


def compile_expression(value: Value) -> Expression:
    """Compile an expression; an unknown operator is refused (code 168)."""
    if value.__class__ is str and value.startswith("$"):
        return _path(value)
    if value.__class__ is list:
        items = [compile_expression(item) for item in value]
        return lambda document: [_shown(item(document)) for item in items]
    if value.__class__ is not dict:
        return lambda _: value
    if len(value) != 1 or not next(iter(value)).startswith("$"):
        raise not_supported("an object in an expression")
    ((name, argument),) = value.items()
    if name not in OPERATORS:
        raise MongoError(168, f"Unrecognized expression '{name}'")
    count, operator = OPERATORS[name]
    given = argument if argument.__class__ is list else [argument]
    if count is not None and len(given) != count:
        raise MongoError(16020, f"Expression {name} takes exactly {count} arguments")
    arguments = [compile_expression(item) for item in given]
    return lambda document: operator(document, *arguments)


def order(value: Value) -> bytes:
    """A key for comparisons in expressions, where missing is between MinKey and null."""
    return UNDEFINED if value is MISSING else key(value)


def _shown(value: Value) -> Value:
    return None if value is MISSING else value


def _path(text: str) -> Expression:
    if text.startswith("$$"):
        raise MongoError(17276, f"Use of undefined variable: {text[2:].split('.')[0]}")
    parts = split_path(text[1:])
    if any(part.startswith("$") for part in parts):
        raise MongoError(16410, f"FieldPath field names may not start with '$': {text}")
    return lambda document: _value_at(document, parts)


def _value_at(value: Value, parts: tuple[str, ...]) -> Value:
    """The value at a path; arrays on the way give an array of their elements' values."""
    for position, name in enumerate(parts):
        if value.__class__ is dict:
            value = value.get(name, MISSING)
        elif value.__class__ is list:
            inner = (_value_at(item, parts[position:]) for item in value if item.__class__ is dict)
            return [item for item in inner if item is not MISSING]
        else:
            return MISSING
    return value


def _truthy(value: Value) -> bool:
    """False for false, null, missing and zero; true for all else."""
    if is_number(value):
        return key(value) != key(0)
    return value not in (None, False, MISSING)


def _cond(document: Document, test: Expression, then: Expression, other: Expression) -> Value:
    return then(document) if _truthy(test(document)) else other(document)


def _and(document: Document, *tests: Expression) -> bool:
    return all(_truthy(test(document)) for test in tests)


def _eq(document: Document, left: Expression, right: Expression) -> bool:
    return order(left(document)) == order(right(document))


def _gte(document: Document, left: Expression, right: Expression) -> bool:
    return order(left(document)) >= order(right(document))


def _lt(document: Document, left: Expression, right: Expression) -> bool:
    return order(left(document)) < order(right(document))


def _in(document: Document, value: Expression, items: Expression) -> bool:
    found = items(document)
    if found.__class__ is not list:
        raise MongoError(40081, "$in requires an array as a second argument")
    return order(value(document)) in map(order, found)


# With the number of arguments; None takes any.
OPERATORS: dict[str, tuple[int | None, Callable[..., Value]]] = {
    "$and": (None, _and),
    "$cond": (3, _cond),
    "$eq": (2, _eq),
    "$gte": (2, _gte),
    "$in": (2, _in),
    "$lt": (2, _lt),
}
