"""Sums of BSON numbers, with MongoDB's rules for the type of the result."""

from __future__ import annotations

from decimal import Context, Decimal

from bson import Int64
from bson.decimal128 import Decimal128, create_decimal128_context

from .documents import INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, Value

_CONTEXT: Context = create_decimal128_context()


def add(left: Value, right: Value) -> Value:
    """The sum; a whole number beyond 64 bits comes back as a plain int for the caller."""
    kinds = (left.__class__, right.__class__)
    if Decimal128 in kinds:
        return Decimal128(_CONTEXT.add(_to_decimal(left), _to_decimal(right)))
    if float in kinds:
        try:
            return float(left) + float(right)
        except OverflowError:
            return float("inf")
    result = int(left) + int(right)
    long = Int64 in kinds or not INT32_MIN <= result <= INT32_MAX
    return Int64(result) if long and fits(result) else result


def _to_decimal(value: Value) -> Decimal:
    """A number as decimal; doubles as MongoDB converts them, by 15 digits."""
    if value.__class__ is Decimal128:
        return value.to_decimal()
    if value.__class__ is float:
        return Context(prec=15).create_decimal_from_float(value)
    return Decimal(int(value))


def fits(value: Value) -> bool:
    return value.__class__ is not int or INT64_MIN <= value <= INT64_MAX


def or_double(value: Value) -> Value:
    """What aggregation makes of a whole number beyond 64 bits."""
    return value if fits(value) else float(value)
