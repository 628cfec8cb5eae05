"""Aggregation expressions compiled to closures: document in, value (or MISSING) out."""

from __future__ import annotations

from collections.abc import Callable

from .dates import truncate
from .documents import MISSING, Document, Value, now_ms, split_path
from .errors import MongoError
from .functions import FOLDS, FUNCTIONS, nullish, truthy

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
    parts = split_path(text[1:])
    if parts[0] in ("$ROOT", "$CURRENT"):
        parts = parts[1:]
    elif text == "$$NOW":
        return lambda _: now_ms()
    elif text == "$$REMOVE":
        return lambda _: MISSING
    elif text.startswith("$$"):
        raise MongoError(17276, f"Use of undefined variable: {parts[0][1:]}")
    if len(parts) == 1:
        (name,) = parts
        return lambda document: document.get(name, MISSING)
    return lambda document: value_at(document, parts)


def _operator(name: str, argument: Value) -> Expression:
    if name == "$literal":
        return lambda _: argument
    if name in _SPECIAL:
        return _SPECIAL[name](argument)
    if name in FOLDS:
        fold = FOLDS[name]
        if argument.__class__ is not list:
            only = compile_expression(argument)
            return lambda document: fold([only(document)])
        items = _list(argument)
        return lambda document: fold([item(document) for item in items])
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


# Operators that do not evaluate all of their arguments, or name them


def _named(argument: Value, what: str, required: set[str], optional: set[str]) -> Document:
    if argument.__class__ is not dict or not required <= set(argument) <= required | optional:
        raise MongoError(9, f"{what} takes {sorted(required)}, and perhaps {sorted(optional)}")
    return argument


def _cond(argument: Value) -> Expression:
    if argument.__class__ is list and len(argument) == 3:
        argument = dict(zip(("if", "then", "else"), argument, strict=True))
    given = _named(argument, "$cond", {"if", "then", "else"}, set())
    test, then, other = (compile_expression(given[name]) for name in ("if", "then", "else"))
    return lambda document: then(document) if truthy(test(document)) else other(document)


def _switch(argument: Value) -> Expression:
    given = _named(argument, "$switch", {"branches"}, {"default"})
    branches: list[tuple[Expression, Expression]] = []
    for branch in given["branches"]:
        parts = _named(branch, "$switch", {"case", "then"}, set())
        branches.append((compile_expression(parts["case"]), compile_expression(parts["then"])))
    default = compile_expression(given["default"]) if "default" in given else None

    def run(document: Document) -> Value:
        for case, then in branches:
            if truthy(case(document)):
                return then(document)
        if default is None:
            raise MongoError(40066, "$switch could not find a matching branch")
        return default(document)

    return run


def _if_null(argument: Value) -> Expression:
    *candidates, last = _list(argument)
    if not candidates:
        raise MongoError(1257300, "$ifNull needs at least two arguments")

    def run(document: Document) -> Value:
        for candidate in candidates:
            if not nullish(value := candidate(document)):
                return value
        return last(document)

    return run


def _and(argument: Value) -> Expression:
    items = _list(argument)
    return lambda document: all(truthy(item(document)) for item in items)


def _or(argument: Value) -> Expression:
    items = _list(argument)
    return lambda document: any(truthy(item(document)) for item in items)


def _date_trunc(argument: Value) -> Expression:
    given = _named(argument, "$dateTrunc", {"date", "unit"}, {"binSize"})
    nodes = [compile_expression(given.get(name, 1)) for name in ("date", "unit", "binSize")]

    def run(document: Document) -> Value:
        values = [node(document) for node in nodes]
        return None if any(map(nullish, values)) else truncate(*values)

    return run


_SPECIAL: dict[str, Callable[[Value], Expression]] = {
    "$cond": _cond,
    "$switch": _switch,
    "$ifNull": _if_null,
    "$and": _and,
    "$or": _or,
    "$dateTrunc": _date_trunc,
}
