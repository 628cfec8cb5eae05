"""Aggregation expressions compiled to closures: document in, value (or MISSING) out."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from bson import Int64
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128

from . import dates
from .arithmetic import CONTEXT, add, multiply, or_double, subtract, to_decimal
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

Expression = Callable[[Document], Any]
# Inside, a closure gets the variables: ROOT, NOW and what $map, $filter and $let have bound.
Scope = dict[str, Any]
Node = Callable[[Scope], Any]
Names = frozenset[str]

_ROOT_NAMES: Names = frozenset({"ROOT", "CURRENT", "NOW", "REMOVE"})


def compile_expression(value: Value) -> Expression:
    """Compile an expression; an unknown operator is refused (code 168)."""
    node = _node(value, _ROOT_NAMES)
    return lambda document: node({"ROOT": document, "CURRENT": document})


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


def _node(value: Value, names: Names) -> Node:
    if value.__class__ is str and value.startswith("$"):
        return _path(value, names)
    if value.__class__ is list:
        nodes = [_node(item, names) for item in value]
        return lambda scope: [_null_for_missing(node(scope)) for node in nodes]
    if value.__class__ is not dict:
        return lambda _: value
    document = cast("Document", value)
    if len(document) == 1 and next(iter(document)).startswith("$"):
        ((name, argument),) = document.items()
        return _operator(name, argument, names)
    for name in document:
        if name.startswith("$"):
            raise MongoError(15983, "an expression has exactly one operator")
        if "." in name:
            raise MongoError(16412, f"FieldPath field names may not contain '.': '{name}'")
    fields = [(name, _node(item, names)) for name, item in document.items()]

    def build(scope: Scope) -> Document:
        values = ((name, node(scope)) for name, node in fields)
        return {name: item for name, item in values if item is not MISSING}

    return build


def _null_for_missing(value: Value) -> Value:
    return None if value is MISSING else value


def _path(text: str, names: Names) -> Node:
    if not text.startswith("$$"):
        return _field(split_path(text[1:]), "ROOT")
    name, *rest = split_path(text[2:])
    if name not in names:
        raise MongoError(17276, f"Use of undefined variable: {name}")
    if name == "NOW":
        return lambda _: now_ms()
    if name == "REMOVE":
        return lambda _: MISSING
    return _field(tuple(rest), name)


def _field(parts: tuple[str, ...], variable: str) -> Node:
    if len(parts) == 1:
        (only,) = parts

        def one(scope: Scope) -> Value:
            holder = scope[variable]
            if holder.__class__ is dict:
                return holder.get(only, MISSING)
            return value_at(holder, parts)

        return one
    return lambda scope: value_at(scope[variable], parts)


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


def _operator(name: str, argument: Value, names: Names) -> Node:
    if name == "$literal":
        return lambda _: argument
    if name in _SPECIAL:
        return _SPECIAL[name](argument, names)
    arity, function = _FUNCTIONS.get(name, (0, None))
    if function is None:
        raise MongoError(168, f"Unrecognized expression '{name}'")
    if arity is None:
        return _variadic(argument, names, function)
    arguments = cast("list[Any]", argument if argument.__class__ is list else [argument])
    low, high = arity if isinstance(arity, tuple) else (arity, arity)
    if not low <= len(arguments) <= high:
        raise MongoError(16020, f"Expression {name} takes {low} to {high} arguments")
    nodes = [_node(item, names) for item in arguments]
    if len(nodes) == 1:
        (only,) = nodes
        return lambda scope: function(only(scope))
    if len(nodes) == 2:
        first, second = nodes
        return lambda scope: function(first(scope), second(scope))
    return lambda scope: function(*(node(scope) for node in nodes))


def _variadic(argument: Value, names: Names, function: Callable[[list[Any]], Any]) -> Node:
    if argument.__class__ is list:
        nodes = [_node(item, names) for item in argument]
        return lambda scope: function([node(scope) for node in nodes])
    node = _node(argument, names)
    return lambda scope: function([node(scope)])


# Operators that bind variables, or do not evaluate all of their arguments


def _arguments(argument: Value, what: str, required: set[str], optional: set[str]) -> Document:
    if argument.__class__ is not dict:
        raise MongoError(9, f"{what} needs an object as its argument")
    for name in argument:
        if name not in required | optional:
            raise MongoError(9, f"Unrecognized argument to {what}: {name}")
    for name in sorted(required):
        if name not in argument:
            raise MongoError(9, f"Missing '{name}' parameter to {what}")
    return argument


def _cond(argument: Value, names: Names) -> Node:
    if argument.__class__ is list:
        if len(argument) != 3:
            raise MongoError(16020, "Expression $cond takes exactly 3 arguments")
        argument = dict(zip(("if", "then", "else"), argument, strict=True))
    given = _arguments(argument, "$cond", {"if", "then", "else"}, set())
    test, then, other = (_node(given[name], names) for name in ("if", "then", "else"))
    return lambda scope: then(scope) if truthy(test(scope)) else other(scope)


def _switch(argument: Value, names: Names) -> Node:
    given = _arguments(argument, "$switch", {"branches"}, {"default"})
    branches: list[tuple[Node, Node]] = []
    for branch in given["branches"]:
        parts = _arguments(branch, "$switch", {"case", "then"}, set())
        branches.append((_node(parts["case"], names), _node(parts["then"], names)))
    default = _node(given["default"], names) if "default" in given else None

    def run(scope: Scope) -> Value:
        for case, then in branches:
            if truthy(case(scope)):
                return then(scope)
        if default is None:
            raise MongoError(40066, "$switch could not find a matching branch")
        return default(scope)

    return run


def _if_null(argument: Value, names: Names) -> Node:
    if argument.__class__ is not list or len(argument) < 2:
        raise MongoError(1257300, "$ifNull needs at least two arguments")
    *candidates, last = [_node(item, names) for item in argument]

    def run(scope: Scope) -> Value:
        for node in candidates:
            value = node(scope)
            if not nullish(value):
                return value
        return last(scope)

    return run


def _and(argument: Value, names: Names) -> Node:
    nodes = _list_of_nodes(argument, names)
    return lambda scope: all(truthy(node(scope)) for node in nodes)


def _or(argument: Value, names: Names) -> Node:
    nodes = _list_of_nodes(argument, names)
    return lambda scope: any(truthy(node(scope)) for node in nodes)


def _list_of_nodes(argument: Value, names: Names) -> list[Node]:
    return [_node(item, names) for item in (argument if argument.__class__ is list else [argument])]


def _let(argument: Value, names: Names) -> Node:
    given = _arguments(argument, "$let", {"vars", "in"}, set())
    bound = {name: _node(item, names) for name, item in given["vars"].items()}
    body = _node(given["in"], names | bound.keys())
    return lambda scope: body({**scope, **{name: node(scope) for name, node in bound.items()}})


def _array_of(value: Value, what: str) -> list[Any]:
    if value.__class__ is not list:
        raise MongoError(28689, f"input to {what} must be an array not {type_name(value)}")
    return value


def _filter(argument: Value, names: Names) -> Node:
    given = _arguments(argument, "$filter", {"input", "cond"}, {"as"})
    name = given.get("as", "this")
    source, test = _node(given["input"], names), _node(given["cond"], names | {name})

    def run(scope: Scope) -> Value:
        items = source(scope)
        if nullish(items):
            return None
        return [item for item in _array_of(items, "$filter") if truthy(test({**scope, name: item}))]

    return run


def _map(argument: Value, names: Names) -> Node:
    given = _arguments(argument, "$map", {"input", "in"}, {"as"})
    name = given.get("as", "this")
    source, body = _node(given["input"], names), _node(given["in"], names | {name})

    def run(scope: Scope) -> Value:
        items = source(scope)
        if nullish(items):
            return None
        results = (body({**scope, name: item}) for item in _array_of(items, "$map"))
        return [_null_for_missing(item) for item in results]

    return run


def _date_parts(
    name: str, required: set[str], optional: set[str], run: Callable[[Document], Any]
) -> Callable[[Any, Names], Node]:
    """An operator with named arguments; null if a required one is null."""

    def build(argument: Value, names: Names) -> Node:
        given = _arguments(argument, name, required, optional)
        nodes = {part: _node(item, names) for part, item in given.items()}

        def evaluate(scope: Scope) -> Value:
            values = {part: node(scope) for part, node in nodes.items()}
            return None if any(map(nullish, values.values())) else run(values)

        return evaluate

    return build


_SPECIAL: dict[str, Callable[[Any, Names], Node]] = {
    "$cond": _cond,
    "$switch": _switch,
    "$ifNull": _if_null,
    "$and": _and,
    "$or": _or,
    "$let": _let,
    "$filter": _filter,
    "$map": _map,
    "$dateTrunc": _date_parts("$dateTrunc", {"date", "unit"}, {"binSize"}, dates.truncate),
    "$dateToString": _date_parts("$dateToString", {"date"}, {"format"}, dates.to_text),
}


# Functions of evaluated arguments


def _sum_of(values: list[Any]) -> Value:
    result: Value = 0
    date: Value = None
    for value in values:
        if nullish(value):
            return None
        if value.__class__ is DatetimeMS:
            if date is not None:
                raise MongoError(16612, "only one date allowed in an $add expression")
            date = value
        else:
            result = or_double(add(result, _number(value, "$add")))
    return result if date is None else DatetimeMS(int(date) + int(_plain(result)))


def _product_of(values: list[Any]) -> Value:
    result: Value = 1
    for value in values:
        if nullish(value):
            return None
        result = or_double(multiply(result, _number(value, "$multiply")))
    return result


def _number(value: Value, what: str) -> Value:
    if not is_number(value):
        raise MongoError(14, f"{what} only supports numeric types, not {type_name(value)}")
    return value


def _plain(value: Value) -> Value:
    return value.to_decimal() if value.__class__ is Decimal128 else value


def _minus(left: Value, right: Value) -> Value:
    if nullish(left) or nullish(right):
        return None
    if left.__class__ is DatetimeMS:
        if right.__class__ is DatetimeMS:
            return Int64(int(left) - int(right))
        return DatetimeMS(int(left) - int(_plain(_number(right, "$subtract"))))
    return or_double(subtract(_number(left, "$subtract"), _number(right, "$subtract")))


def _divide(left: Value, right: Value) -> Value:
    if nullish(left) or nullish(right):
        return None
    if _plain(_number(right, "$divide")) == 0:
        raise MongoError(2, "can't $divide by zero")
    if Decimal128 in (_number(left, "$divide").__class__, right.__class__):
        return Decimal128(CONTEXT.divide(to_decimal(left), to_decimal(right)))
    return float(left) / float(right)


def _mod(left: Value, right: Value) -> Value:
    if nullish(left) or nullish(right):
        return None
    if _plain(_number(right, "$mod")) == 0:
        raise MongoError(16610, "can't $mod by zero")
    if Decimal128 in (_number(left, "$mod").__class__, right.__class__):
        return Decimal128(CONTEXT.remainder(to_decimal(left), to_decimal(right)))
    if float in (left.__class__, right.__class__):
        return math.fmod(left, right)
    result = abs(left) % abs(right) * (1 if left >= 0 else -1)
    return Int64(result) if Int64 in (left.__class__, right.__class__) else result


def _round_with(whole: Callable[[Any], int]) -> Callable[[Any], Any]:
    def run(value: Value) -> Value:
        if nullish(value):
            return None
        if _number(value, "rounding").__class__ is float:
            return float(whole(value)) if math.isfinite(value) else value
        if value.__class__ is Decimal128:
            number = value.to_decimal()
            return Decimal128(Decimal(whole(number))) if number.is_finite() else value
        return value

    return run


def _abs(value: Value) -> Value:
    if nullish(value):
        return None
    if _number(value, "$abs").__class__ is Decimal128:
        return Decimal128(abs(value.to_decimal()))
    return multiply(value, -1) if value < 0 else value


def total(values: list[Any]) -> Value:
    """The sum of what is a number among the values."""
    result: Value = 0
    for value in values:
        if is_number(value):
            result = or_double(add(result, value))
    return result


def average(values: list[Any]) -> Value:
    numbers = [value for value in values if is_number(value)]
    return _divide(total(numbers), len(numbers)) if numbers else None


def least(values: list[Any]) -> Value:
    return min((value for value in values if not nullish(value)), key=key, default=None)


def greatest(values: list[Any]) -> Value:
    return max((value for value in values if not nullish(value)), key=key, default=None)


def _over_array(run: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    """With a single argument that is an array, its elements are meant."""
    return lambda values: run(
        values[0] if len(values) == 1 and values[0].__class__ is list else values
    )


def _concat(values: list[Any]) -> Value:
    if any(map(nullish, values)):
        return None
    for value in values:
        if value.__class__ is not str:
            raise MongoError(16702, f"$concat only supports strings, not {type_name(value)}")
    return "".join(values)


def _concat_arrays(values: list[Any]) -> Value:
    if any(map(nullish, values)):
        return None
    return [item for value in values for item in _array_of(value, "$concatArrays")]


def _union(values: list[Any]) -> Value:
    if any(map(nullish, values)):
        return None
    return list(
        {key(item): item for value in values for item in _array_of(value, "$setUnion")}.values()
    )


def _merge_objects(values: list[Any]) -> Value:
    merged: Document = {}
    for value in values:
        if nullish(value):
            continue
        if value.__class__ is not dict:
            raise MongoError(40400, "$mergeObjects requires object inputs")
        merged.update(value)
    return merged


def _size(value: Value) -> int:
    if value.__class__ is not list:
        raise MongoError(17124, f"The argument to $size must be an array, not {type_name(value)}")
    return len(value)


def _in(value: Value, items: Value) -> bool:
    if items.__class__ is not list:
        raise MongoError(40081, f"$in requires an array as a second argument, not {items!r}")
    return order(value) in {order(item) for item in items}


def _element(items: Value, position: Value) -> Value:
    if nullish(items) or nullish(position):
        return None
    index = as_integer(position, "$arrayElemAt")
    array = _array_of(items, "$arrayElemAt")
    return array[index] if -len(array) <= index < len(array) else MISSING


def _slice(items: Value, first: Value, count: Value = None) -> Value:
    if nullish(items) or nullish(first):
        return None
    array, start = _array_of(items, "$slice"), as_integer(first, "$slice")
    if count is None:
        return array[:start] if start >= 0 else array[start:]
    length = as_integer(count, "$slice")
    if length <= 0:
        raise MongoError(28729, "the third argument of $slice must be positive")
    start = max(0, len(array) + start) if start < 0 else start
    return array[start : start + length]


def _text_with(change: Callable[[str], str]) -> Callable[[Any], str]:
    def run(value: Value) -> str:
        if nullish(value):
            return ""
        if value.__class__ is not str:
            raise MongoError(16007, f"can't convert from {type_name(value)} to string")
        return change(value)

    return run


def _ascii(text: str, low: int, high: int) -> str:
    """MongoDB changes the case of ASCII letters only."""
    return "".join(chr(ord(c) ^ 32) if low <= ord(c) <= high else c for c in text)


def _to_string(value: Value) -> Value:
    if nullish(value):
        return None
    if value.__class__ in (str, int, Int64) or type_name(value) in ("objectId", "decimal"):
        return str(value)
    if value.__class__ is bool:
        return "true" if value else "false"
    if value.__class__ is DatetimeMS:
        return dates.to_text({"date": value})
    raise MongoError(241, f"Unsupported conversion from {type_name(value)} to string")


def _length(value: Value) -> int:
    if value.__class__ is not str:
        raise MongoError(34471, f"$strLenCP requires a string argument, found: {type_name(value)}")
    return len(value)


def _compare(test: Callable[[bytes, bytes], Any]) -> tuple[int, Callable[[Any, Any], Any]]:
    return 2, lambda left, right: test(order(left), order(right))


_FUNCTIONS: dict[str, tuple[Any, Callable[..., Any]]] = {
    "$eq": _compare(lambda left, right: left == right),
    "$ne": _compare(lambda left, right: left != right),
    "$gt": _compare(lambda left, right: left > right),
    "$gte": _compare(lambda left, right: left >= right),
    "$lt": _compare(lambda left, right: left < right),
    "$lte": _compare(lambda left, right: left <= right),
    "$cmp": _compare(lambda left, right: (left > right) - (left < right)),
    "$not": (1, lambda value: not truthy(value)),
    "$add": (None, _sum_of),
    "$multiply": (None, _product_of),
    "$subtract": (2, _minus),
    "$divide": (2, _divide),
    "$mod": (2, _mod),
    "$abs": (1, _abs),
    "$floor": (1, _round_with(math.floor)),
    "$ceil": (1, _round_with(math.ceil)),
    "$sum": (None, _over_array(total)),
    "$avg": (None, _over_array(average)),
    "$min": (None, _over_array(least)),
    "$max": (None, _over_array(greatest)),
    "$concat": (None, _concat),
    "$concatArrays": (None, _concat_arrays),
    "$setUnion": (None, _union),
    "$mergeObjects": (None, _over_array(_merge_objects)),
    "$size": (1, _size),
    "$in": (2, _in),
    "$arrayElemAt": (2, _element),
    "$first": (1, lambda items: _element(items, 0)),
    "$last": (1, lambda items: _element(items, -1)),
    "$slice": ((2, 3), _slice),
    "$isArray": (1, lambda value: value.__class__ is list),
    "$type": (1, type_name),
    "$toLower": (1, _text_with(lambda text: _ascii(text, 65, 90))),
    "$toUpper": (1, _text_with(lambda text: _ascii(text, 97, 122))),
    "$toString": (1, _to_string),
    "$strLenCP": (1, _length),
}
