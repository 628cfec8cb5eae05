"""Aggregation expressions compiled to closures: document in, value (or MISSING) out."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from bson import Int64
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128

from .arithmetic import CONTEXT, add, multiply, or_double, subtract, to_decimal
from .dates import truncate
from .documents import (
    MISSING,
    Document,
    Value,
    as_integer,
    is_number,
    now_ms,
    split_path,
    type_name,
)
from .errors import MongoError
from .keys import key

Expression = Callable[[Document], Value]
Fold = Callable[[list[Value]], Value]


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


def truthy(value: Value) -> bool:
    """False for false, null, missing and zero; true for all else."""
    if value is MISSING or value is None or value is False:
        return False
    if value.__class__ is Decimal128:
        return value.to_decimal() != 0
    return not (is_number(value) and value == 0)


def order(value: Value) -> bytes:
    """A key for comparisons in expressions, where missing is less than null."""
    return b"" if value is MISSING else key(value)


def nullish(value: Value) -> bool:
    return value is None or value is MISSING


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
    if name in _FOLDS:
        fold = _FOLDS[name]
        if argument.__class__ is not list:
            only = compile_expression(argument)
            return lambda document: fold([only(document)])
        items = _list(argument)
        return lambda document: fold([item(document) for item in items])
    if name in _FUNCTIONS:
        count, function = _FUNCTIONS[name]
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


# Functions of evaluated arguments


def _number(value: Value, what: str) -> Value:
    if not is_number(value):
        raise MongoError(14, f"{what} only supports numeric types, not {type_name(value)}")
    return value


def _plain(value: Value) -> Value:
    return value.to_decimal() if value.__class__ is Decimal128 else value


def _sum_of(values: list[Value]) -> Value:
    if any(map(nullish, values)):
        return None
    dates = [value for value in values if value.__class__ is DatetimeMS]
    if len(dates) > 1:
        raise MongoError(16612, "only one date allowed in an $add expression")
    result: Value = 0
    for value in values:
        if value.__class__ is not DatetimeMS:
            result = or_double(add(result, _number(value, "$add")))
    return DatetimeMS(int(dates[0]) + round(_plain(result))) if dates else result


def _product_of(values: list[Value]) -> Value:
    if any(map(nullish, values)):
        return None
    result: Value = 1
    for value in values:
        result = or_double(multiply(result, _number(value, "$multiply")))
    return result


def _minus(left: Value, right: Value) -> Value:
    if nullish(left) or nullish(right):
        return None
    if left.__class__ is DatetimeMS and right.__class__ is DatetimeMS:
        return Int64(int(left) - int(right))
    if left.__class__ is DatetimeMS:
        return DatetimeMS(int(left) - round(_plain(_number(right, "$subtract"))))
    return or_double(subtract(_number(left, "$subtract"), _number(right, "$subtract")))


def _divide(left: Value, right: Value) -> Value:
    if nullish(left) or nullish(right):
        return None
    if _plain(_number(right, "$divide")) == 0:
        raise MongoError(2, "can't $divide by zero")
    if Decimal128 in (_number(left, "$divide").__class__, right.__class__):
        return Decimal128(CONTEXT.divide(to_decimal(left), to_decimal(right)))
    return float(left) / float(right)


def total(values: list[Value]) -> Value:
    """The sum of what is a number among the values."""
    result: Value = 0
    for value in values:
        if is_number(value):
            result = or_double(add(result, value))
    return result


def average(values: list[Value]) -> Value:
    numbers = [value for value in values if is_number(value)]
    return _divide(total(numbers), len(numbers)) if numbers else None


def least(values: list[Value]) -> Value:
    return min((value for value in values if not nullish(value)), key=key, default=None)


def greatest(values: list[Value]) -> Value:
    return max((value for value in values if not nullish(value)), key=key, default=None)


def _over_array(run: Fold) -> Fold:
    """With a single argument that is an array, its elements are meant."""
    return lambda values: run(
        values[0] if len(values) == 1 and values[0].__class__ is list else values
    )


def _concat(values: list[Value]) -> Value:
    if any(map(nullish, values)):
        return None
    for value in values:
        if value.__class__ is not str:
            raise MongoError(16702, f"$concat only supports strings, not {type_name(value)}")
    return "".join(values)


def _to_lower(value: Value) -> str:
    """MongoDB changes the case of ASCII letters only."""
    if nullish(value):
        return ""
    if value.__class__ is not str:
        raise MongoError(16007, f"can't convert from {type_name(value)} to string")
    return "".join(letter.lower() if letter.isascii() else letter for letter in value)


def _size(value: Value) -> int:
    if value.__class__ is not list:
        raise MongoError(17124, f"The argument to $size must be an array, not {type_name(value)}")
    return len(value)


def _in(value: Value, items: Value) -> bool:
    if items.__class__ is not list:
        raise MongoError(40081, "$in requires an array as a second argument")
    return order(value) in {order(item) for item in items}


def _element(items: Value, position: Value) -> Value:
    if nullish(items) or nullish(position):
        return None
    if items.__class__ is not list:
        raise MongoError(28689, f"$arrayElemAt needs an array, not {type_name(items)}")
    index, array = as_integer(position, "$arrayElemAt"), cast("list[Value]", items)
    return array[index] if -len(array) <= index < len(array) else MISSING


def _comparison(test: Callable[[bytes, bytes], Value]) -> tuple[int, Callable[..., Value]]:
    def compare(left: Value, right: Value) -> Value:
        return test(order(left), order(right))

    return 2, compare


def _not(value: Value) -> bool:
    return not truthy(value)


_FOLDS: dict[str, Fold] = {
    "$add": _sum_of,
    "$multiply": _product_of,
    "$sum": _over_array(total),
    "$avg": _over_array(average),
    "$min": _over_array(least),
    "$max": _over_array(greatest),
    "$concat": _concat,
}
_FUNCTIONS: dict[str, tuple[int, Callable[..., Value]]] = {
    "$eq": _comparison(lambda left, right: left == right),
    "$ne": _comparison(lambda left, right: left != right),
    "$gt": _comparison(lambda left, right: left > right),
    "$gte": _comparison(lambda left, right: left >= right),
    "$lt": _comparison(lambda left, right: left < right),
    "$lte": _comparison(lambda left, right: left <= right),
    "$cmp": _comparison(lambda left, right: (left > right) - (left < right)),
    "$not": (1, _not),
    "$subtract": (2, _minus),
    "$divide": (2, _divide),
    "$in": (2, _in),
    "$arrayElemAt": (2, _element),
    "$size": (1, _size),
    "$toLower": (1, _to_lower),
}
