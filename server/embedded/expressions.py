"""Aggregation expressions compiled to closures: document in, value (or MISSING) out."""

from __future__ import annotations

from collections.abc import Callable

from .documents import MISSING, Document, Value, split_path
from .errors import MongoError
from .functions import FUNCTIONS, truthy

Expression = Callable[[Document], Value]


def compile_expression(value: Value) -> Expression:
    """Compile an expression; an unknown operator is refused (code 168)."""
    if value.__class__ is str and value.startswith("$"):
        return _path(value)
    if value.__class__ is list:
        items = [compile_expression(item) for item in value]
        return lambda document: [null_if_missing(item(document)) for item in items]
    if value.__class__ is not dict:
        return lambda _: value
    for name in value:
        if name.startswith("$") and len(value) == 1:
            return _operator(name, value[name])
        if name.startswith("$"):
            raise MongoError(15983, "an expression has exactly one operator")
        if "." in name:
            raise MongoError(16412, f"FieldPath field names may not contain '.': '{name}'")
    fields = [(name, compile_expression(item)) for name, item in value.items()]

    def build(document: Document) -> Document:
        values = ((name, expression(document)) for name, expression in fields)
        return {name: found for name, found in values if found is not MISSING}

    return build


def null_if_missing(value: Value) -> Value:
    return None if value is MISSING else value


def value_at(value: Value, parts: tuple[str, ...]) -> Value:
    """The value at a path; arrays on the way give an array of their elements' values."""
    for position, name in enumerate(parts):
        if value.__class__ is dict:
            value = value.get(name, MISSING)
        elif value.__class__ is list:
            found = (value_at(item, parts[position:]) for item in value)
            return [item for item in found if item is not MISSING]
        else:
            return MISSING
    return value


def _path(text: str) -> Expression:
    if text.startswith("$$"):
        raise MongoError(17276, f"Use of undefined variable: {text[2:].split('.')[0]}")
    parts = split_path(text[1:])
    if len(parts) == 1:
        (name,) = parts
        return lambda document: document.get(name, MISSING)
    return lambda document: value_at(document, parts)


def _operator(name: str, argument: Value) -> Expression:
    if name in SPECIAL:
        return SPECIAL[name](argument)
    if name in FUNCTIONS:
        count, function = FUNCTIONS[name]
        items = _list(argument)
        if len(items) != count:
            raise MongoError(16020, f"Expression {name} takes exactly {count} arguments")
        return lambda document: function(*(item(document) for item in items))
    raise MongoError(168, f"Unrecognized expression '{name}'")


def _list(argument: Value) -> list[Expression]:
    return [
        compile_expression(item)
        for item in (argument if argument.__class__ is list else [argument])
    ]


# Operators that do not evaluate all of their arguments


def _cond(argument: Value) -> Expression:
    if argument.__class__ is not list or len(argument) != 3:
        raise MongoError(16020, "Expression $cond takes exactly 3 arguments")
    test, then, other = map(compile_expression, argument)
    return lambda document: then(document) if truthy(test(document)) else other(document)


def _and(argument: Value) -> Expression:
    items = _list(argument)
    return lambda document: all(truthy(item(document)) for item in items)


def _or(argument: Value) -> Expression:
    items = _list(argument)
    return lambda document: any(truthy(item(document)) for item in items)


SPECIAL: dict[str, Callable[[Value], Expression]] = {"$cond": _cond, "$and": _and, "$or": _or}
