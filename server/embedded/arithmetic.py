"""Sums and products of BSON numbers, with MongoDB's rules for the type of the result."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

from bson import Int64
from bson.decimal128 import Decimal128, create_decimal128_context

from .documents import INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, Value

CONTEXT: Context = create_decimal128_context()


def add(left: Value, right: Value) -> Value:
    """The sum; a whole number beyond 64 bits comes back as a plain int for the caller."""
    return _apply(left, right, operator.add, CONTEXT.add)


def subtract(left: Value, right: Value) -> Value:
    return _apply(left, right, operator.sub, CONTEXT.subtract)


def multiply(left: Value, right: Value) -> Value:
    return _apply(left, right, operator.mul, CONTEXT.multiply)


def to_decimal(value: Value) -> Decimal:
    """A number as decimal; doubles as MongoDB converts them, by 15 digits."""
    if value.__class__ is Decimal128:
        return value.to_decimal()
    if value.__class__ is float:
        return Context(prec=15).create_decimal_from_float(value)
    return Decimal(int(value))


def fits(value: Value) -> bool:
    return value.__class__ is not int or INT64_MIN <= value <= INT64_MAX


def _apply(
    left: Value,
    right: Value,
    plain: Callable[[Any, Any], Any],
    exact: Callable[[Decimal, Decimal], Decimal],
) -> Value:
    kinds = (left.__class__, right.__class__)
    if Decimal128 in kinds:
        return Decimal128(exact(to_decimal(left), to_decimal(right)))
    if float in kinds:
        try:
            return plain(float(left), float(right))
        except OverflowError:
            return float("inf")
    result = plain(int(left), int(right))
    long = Int64 in kinds or not INT32_MIN <= result <= INT32_MAX
    return Int64(result) if long and fits(result) else result


def or_double(value: Value) -> Value:
    """What aggregation makes of a whole number beyond 64 bits."""
    return value if fits(value) else float(value)
