"""The functions of aggregation expressions: of values, once the arguments are evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from bson import Int64
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128

from .arithmetic import CONTEXT, add, multiply, or_double, subtract, to_decimal
from .documents import MISSING, Value, as_integer, is_number, type_name
from .errors import MongoError
from .keys import key

Fold = Callable[[list[Value]], Value]


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


FOLDS: dict[str, Fold] = {
    "$add": _sum_of,
    "$multiply": _product_of,
    "$sum": _over_array(total),
    "$avg": _over_array(average),
    "$min": _over_array(least),
    "$max": _over_array(greatest),
    "$concat": _concat,
}
# With the number of arguments.
FUNCTIONS: dict[str, tuple[int, Callable[..., Value]]] = {
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
