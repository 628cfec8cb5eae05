"""The functions of aggregation expressions: of values, once the arguments are evaluated."""

from __future__ import annotations

from collections.abc import Callable

from bson.decimal128 import Decimal128

from .arithmetic import add, or_double
from .documents import MISSING, Value, is_number
from .errors import MongoError
from .keys import key


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


def total(values: list[Value]) -> Value:
    """The sum of what is a number among the values."""
    result: Value = 0
    for value in values:
        if is_number(value):
            result = or_double(add(result, value))
    return result


def least(values: list[Value]) -> Value:
    return min((value for value in values if not nullish(value)), key=key, default=None)


def greatest(values: list[Value]) -> Value:
    return max((value for value in values if not nullish(value)), key=key, default=None)


def _in(value: Value, items: Value) -> bool:
    if items.__class__ is not list:
        raise MongoError(40081, "$in requires an array as a second argument")
    return order(value) in {order(item) for item in items}


def _comparison(test: Callable[[bytes, bytes], Value]) -> tuple[int, Callable[..., Value]]:
    def compare(left: Value, right: Value) -> Value:
        return test(order(left), order(right))

    return 2, compare


def _not(value: Value) -> bool:
    return not truthy(value)


# With the number of arguments.
FUNCTIONS: dict[str, tuple[int, Callable[..., Value]]] = {
    "$eq": _comparison(lambda left, right: left == right),
    "$ne": _comparison(lambda left, right: left != right),
    "$gt": _comparison(lambda left, right: left > right),
    "$gte": _comparison(lambda left, right: left >= right),
    "$lt": _comparison(lambda left, right: left < right),
    "$lte": _comparison(lambda left, right: left <= right),
    "$not": (1, _not),
    "$in": (2, _in),
}
